//! Looks at the directory of SSSE.

use super::Seen;
use crate::observe::Target;
use crate::verdict::Context;

/// The FCI names no directory, or its first record is not there.
pub(super) fn missing(context: &Context<'_>) -> Option<Seen> {
    let facts = context.facts;
    let ssse = facts.named_ssse().filter(|ssse| !ssse.fci.is_empty())?;
    if facts.directory_file().is_none() {
        return Seen::at(ssse.exchanges.clone());
    }
    let (_, first) = facts.directory_readings().find(|(number, _)| *number == 1)?;
    let gone = matches!(first.sw.0, 0x6A82 | 0x6A83);
    gone.then(|| Seen::value(first.sw.to_string(), first.exchanges.clone()))?
}

/// Records that are not `61 {4F, 50}`; names their numbers.
pub(super) fn malformed(context: &Context<'_>) -> Option<Seen> {
    let facts = context.facts;
    let fits = |number| facts.directory().any(|entry| entry.number == number);
    let (numbers, exchanges): (Vec<String>, Vec<Vec<u32>>) = facts
        .directory_readings()
        .filter(|(number, reading)| reading.is_ok() && !fits(*number))
        .map(|(number, reading)| (number.to_string(), reading.exchanges.clone()))
        .unzip();
    if numbers.is_empty() { None } else { Seen::value(numbers.join(" "), exchanges.concat()) }
}

/// Names that are listed and answer `6A82`; names their number only, for a label
/// may say more of a person than a rule needs to.
pub(super) fn lists_absent(context: &Context<'_>) -> Option<Seen> {
    let facts = context.facts;
    let gone = facts.directory().find_map(|entry| {
        let named = |target: &Target| matches!(target, Target::Name(name) if name == entry.aid);
        let mut tries = facts.selections.iter().filter(|s| named(&s.target)).peekable();
        let first = tries.peek()?.exchanges.clone();
        let absent = tries.all(|selection| selection.sw.0 == 0x6A82);
        absent.then(|| (entry, [entry.exchanges, &first].concat()))
    });
    let (entry, exchanges) = gone?;
    Seen::value(hex::encode_upper(entry.aid), exchanges)
}
