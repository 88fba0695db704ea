//! The order of questions, by likelihood; what an earlier answer excludes is
//! not asked.

use super::ask::{
    Asked, Way, ask, challenge, go_home, length, read, select, select_file, select_once,
};
use super::elsewhere::elsewhere;
use super::sweep::{Reach, applications, contents};
use super::tour::tour;
use super::{Depth, Step};
use crate::observe::{Facts, How, ItemState, Place, Reading, Target};
use crate::profile::{self, Item, Value, Version};

/// A question: the next command for it, or `None` when it is answered or
/// cannot be asked.
type Goal = fn(&Facts) -> Option<Vec<u8>>;

const QUICK: &[Goal] = &[ssse, version_alone, elsewhere];
const BASIC: &[Goal] = &[psam, ssse, issuer_data, holder_data, open_holder_data, elsewhere];
const FULL: &[Goal] = &[
    psam,
    ssse,
    issuer_data,
    holder_data,
    biometrics,
    challenges,
    issuer_data_again,
    directory,
    structure,
    regional_files,
    social_security_files,
    listed,
    certificates,
    elsewhere,
];
const EVERYTHING: &[Goal] = &[
    psam,
    ssse,
    issuer_data,
    holder_data,
    open_holder_data,
    every_biometric,
    challenges,
    issuer_data_again,
    directory,
    structure,
    everything_regional,
    everything,
    listed,
    certificates,
    elsewhere,
];

/// The next step, or `None` when everything is known.
#[must_use]
pub fn next(facts: &Facts, depth: Depth) -> Option<Step> {
    let goals = match depth {
        Depth::Quick => QUICK,
        Depth::Basic => BASIC,
        Depth::Full | Depth::PinState => FULL,
        Depth::Everything => EVERYTHING,
    };
    let command = goals.iter().find_map(|goal| goal(facts));
    let command = command.or_else(|| (depth == Depth::PinState).then(|| pin_state(facts))?);
    command.map(Step::Send).or_else(|| others(facts, depth))
}

/// What else is on the chip of a social security card, also where SSSE is blocked.
fn others(facts: &Facts, depth: Depth) -> Option<Step> {
    let social = home(facts).is_some() || knows_ssse(facts);
    let here_alone = matches!(depth, Depth::Quick | Depth::Basic);
    (!here_alone && social).then(|| tour(facts, depth)).flatten()
}

/// A PSAM answers the name of SSSE too: ask first.
fn psam(facts: &Facts) -> Option<Vec<u8>> {
    select_once(facts, "psam")
}

fn ssse(facts: &Facts) -> Option<Vec<u8>> {
    if is_psam(facts) { None } else { select_once(facts, "ssse") }
}

pub(super) fn is_psam(facts: &Facts) -> bool {
    facts.opened("psam").is_some()
}

/// Where to read, once SSSE is found and the card is no PSAM.
fn home(facts: &Facts) -> Option<Place> {
    if is_psam(facts) { None } else { facts.home() }
}

/// The version alone: record 03 by number, and by tag where that gives another.
fn version_alone(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let item = profile::item("ssse", 0xEF05, 0x03)?;
    match ask(facts, &home, item.file, How::Record(3), length(item)) {
        Asked::Send(command) => Some(command),
        Asked::Answered(reading) if reading.items().all(|fact| Some(fact.tag) != item.tag) => {
            command(ask(facts, &home, item.file, by_tag(item), length(item)))
        }
        Asked::Answered(_) | Asked::Refused => None,
    }
}

/// The first record with the item's tag.
fn by_tag(item: &Item) -> How {
    How::Tag(item.tag.unwrap_or_default())
}

fn command(asked: Asked<'_>) -> Option<Vec<u8>> {
    match asked {
        Asked::Send(command) => Some(command),
        Asked::Answered(_) | Asked::Refused => None,
    }
}

/// EF05 whole in one command, record by record where the card does not allow it.
fn issuer_data(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let number = |position: usize| u8::try_from(position).map_or(0, |n| n.saturating_add(1));
    let single = |position, _: &Item| How::Record(number(position));
    whole_or_single(facts, &home, 0xEF05, Version::V2, single)
}

/// EF06: on a third-generation card one probe tells whether it is protected, and
/// if it opens, that is all we want to know. On older cards the whole file;
/// record 3 is not the same in all versions, so single records go by tag.
fn holder_data(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    match version(facts, &home) {
        Some(version @ (Version::V1 | Version::V2 | Version::Undated)) => {
            whole_or_single(facts, &home, 0xEF06, version, |_, item| by_tag(item))
        }
        Some(Version::V3) | None => {
            let number = profile::item("ssse", 0xEF06, 0x08)?;
            command(ask(facts, &home, 0xEF06, by_tag(number), length(number)))
        }
    }
}

/// EF06 item by item where the one probe has shown that it opens.
fn open_holder_data(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let probe = How::Tag(0x08);
    if !facts.readings_of(&home, 0xEF06).any(|r| r.how == probe && r.is_ok()) {
        return None;
    }
    profile::items("ssse", 0xEF06, Version::V3)
        .find_map(|item| command(ask(facts, &home, item.file, by_tag(item), length(item))))
}

/// A file whole by SFI; where that is refused, its records one by one by SFI;
/// where that is refused too, the file is selected, and both are tried again.
fn whole_or_single(
    facts: &Facts,
    home: &Place,
    fid: u16,
    version: Version,
    single: impl Fn(usize, &Item) -> How,
) -> Option<Vec<u8>> {
    let size = u8::try_from(profile::file("ssse", fid, version)?.size?).unwrap_or(0);
    let whole = How::RecordsFrom(1);
    let tried = facts.readings_of(home, fid).any(|reading| reading.how == whole);
    let selected = facts.file_selection(home, fid).is_some();
    let worth_asking = if tried { selected } else { !refuses_whole_files(facts, home) };
    if worth_asking && let Asked::Send(command) = ask(facts, home, fid, whole, size) {
        return Some(command);
    }
    let settles = |r: &Reading| r.is_protected() || (r.is_ok() && is_clean(r, fid, version));
    if facts.readings_of(home, fid).any(|reading| reading.how == whole && settles(reading)) {
        return None;
    }
    for (position, item) in profile::items("ssse", fid, version).enumerate() {
        match ask(facts, home, fid, single(position, item), length(item)) {
            Asked::Send(command) => return Some(command),
            Asked::Answered(reading) if reading.is_protected() => return None,
            Asked::Answered(_) | Asked::Refused => {}
        }
    }
    // A record that is not there moves those behind it: only its tag tells.
    let opens = facts.readings_of(home, fid).any(Reading::is_ok);
    let is_known = |item: &Item| {
        matches!(facts.item(home, item).state, ItemState::Present(_) | ItemState::Missing)
    };
    profile::items("ssse", fid, version)
        .filter(|item| opens && !is_known(item))
        .find_map(|item| command(ask(facts, home, fid, by_tag(item), length(item))))
}

/// Whether this card has shown that it reads no file whole: it refused, and the
/// same file came record by record.
fn refuses_whole_files(facts: &Facts, home: &Place) -> bool {
    let here = || facts.readings.iter().filter(|reading| reading.place == *home);
    let whole = |reading: &&Reading| matches!(reading.how, How::RecordsFrom(_));
    here().any(|r| whole(&r) && !r.is_ok() && !r.is_protected())
        && !here().any(|r| whole(&r) && r.is_ok())
}

/// Whether a whole file came as the table has it, so that no wrong length can
/// have spoiled what follows it.
fn is_clean(reading: &Reading, fid: u16, version: Version) -> bool {
    let mut expected = profile::items("ssse", fid, version);
    let fits = reading.items().all(|fact| {
        expected
            .next()
            .is_some_and(|item| item.tag == Some(fact.tag) && item.length == fact.value.len())
    });
    fits && expected.next().is_none()
}

/// The version that the card names, where it names a known one.
fn version(facts: &Facts, home: &Place) -> Option<Version> {
    let item = profile::item("ssse", 0xEF05, 0x03)?;
    let ItemState::Present(fact) = facts.item(home, item).state else { return None };
    let Ok(Value::Written(decoded)) = item.decode(fact.value) else { return None };
    Version::of_text(&decoded.value)
}

/// One byte each of fingerprint and photo: they must not open. 1.0 has no rule.
fn biometrics(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    if version(facts, &home) == Some(Version::V1) {
        return None;
    }
    every_biometric(facts)
}

/// Whether fingerprint and photo open, in whatever version has them.
fn every_biometric(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let version = version(facts, &home).unwrap_or(Version::V2);
    [0xEF07, 0xEF08]
        .into_iter()
        .filter(|fid| profile::file("ssse", *fid, version).is_some())
        .find_map(|fid| command(ask(facts, &home, fid, How::Binary(0), 1)))
}

/// VERIFY without data, once: it asks how many tries are left, and the standard
/// says that no counter moves (P5 6.14.5).
fn pin_state(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    if facts.others_of(0x20).next().is_some() {
        return None;
    }
    match go_home(facts, &home) {
        Way::Here => Some(vec![0x00, 0x20, 0x00, 0x00]),
        Way::Send(command) => Some(command),
        Way::Lost => None,
    }
}

/// Two random numbers, which must differ.
fn challenges(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let mut asked = facts.others_of(0x84).peekable();
    let refused = asked.peek().is_some_and(|first| first.data.is_empty());
    if refused || asked.count() >= 2 {
        return None;
    }
    match go_home(facts, &home) {
        Way::Here => Some(challenge()),
        Way::Send(command) => Some(command),
        Way::Lost => None,
    }
}

/// EF05 once more, in the form that brought it first (of single records only
/// the first): two readings must agree.
fn issuer_data_again(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let numbered =
        |r: &&Reading| r.is_ok() && matches!(r.how, How::Record(1) | How::RecordsFrom(1));
    let first = facts.readings_of(&home, 0xEF05).find(numbered)?;
    let same = |r: &&Reading| r.how == first.how && r.exchanges >= first.exchanges;
    if facts.readings_of(&home, 0xEF05).filter(same).count() > 1 {
        return None;
    }
    let le = u8::try_from(first.data.len()).unwrap_or(0);
    match go_home(facts, &home) {
        Way::Here => {}
        Way::Send(command) => return Some(command),
        Way::Lost => return None,
    }
    let target = Target::File(home.clone(), 0xEF05);
    let selected = facts.selections.iter().filter(|selection| selection.target == target).count();
    match selected {
        0 => Some(read(first.how, Some(0xEF05), le)),
        _ if facts.current_file == Some(0xEF05) => Some(read(first.how, None, le)),
        1 => Some(select_file(0xEF05)),
        _ => None,
    }
}

/// The records of the directory that the FCI names, to the first that is refused.
fn directory(facts: &Facts) -> Option<Vec<u8>> {
    const MAX_ENTRIES: u8 = 16;
    let sfi = facts.directory_file()?;
    let home = home(facts)?;
    for number in 1..=MAX_ENTRIES {
        let asked = facts.directory_readings().find(|(asked, _)| *asked == number);
        match asked {
            Some((_, reading)) if reading.is_ok() => {}
            Some(_) => return None,
            None => {
                return match go_home(facts, &home) {
                    Way::Here => Some(read(How::Record(number), Some(u16::from(sfi)), 0)),
                    Way::Send(command) => Some(command),
                    Way::Lost => None,
                };
            }
        }
    }
    None
}

/// SELECT of what the directory lists and nothing else has asked for.
fn listed(facts: &Facts) -> Option<Vec<u8>> {
    let asked = |aid: &[u8]| {
        facts.selections.iter().any(|s| matches!(&s.target, Target::Name(name) if name == aid))
    };
    let aid = facts.directory().map(|entry| entry.aid).find(|aid| !asked(aid))?;
    Some(select(facts, aid))
}

/// Which files exist, where no version tells: what came with 2.0, what only 1.0
/// has.
fn structure(facts: &Facts) -> Option<Vec<u8>> {
    let home = home(facts)?;
    if version(facts, &home).is_some() {
        return None;
    }
    if let Some(command) = select_once(facts, "df07") {
        return Some(command);
    }
    below(facts, "df01", 0xEF16).or_else(|| below(facts, "df02", 0xEF08))
}

/// SELECT of a file below a DF, each once.
fn below(facts: &Facts, id: &str, fid: u16) -> Option<Vec<u8>> {
    if let Some(command) = select_once(facts, id) {
        return Some(command);
    }
    let place = profile::application(id).map(Place::Application)?;
    let asked = facts.file_selection(&place, fid).is_some();
    (facts.place == place && !asked).then(|| select_file(fid))
}

/// One look at the files that regional tables add to SSSE itself.
fn regional_files(facts: &Facts) -> Option<Vec<u8>> {
    regional(facts, Reach::Look)
}

/// Those files as far as they open.
fn everything_regional(facts: &Facts) -> Option<Vec<u8>> {
    regional(facts, Reach::Everything)
}

fn regional(facts: &Facts, reach: Reach) -> Option<Vec<u8>> {
    let home = home(facts)?;
    let version = version(facts, &home).unwrap_or(Version::V2);
    facts
        .regional_files("ssse", version)
        .find_map(|file| contents(facts, &home, file, version, reach))
}

/// One look at every file below SSSE.
fn social_security_files(facts: &Facts) -> Option<Vec<u8>> {
    below_ssse(facts, Reach::Look)
}

/// Every file below SSSE, as far as it opens.
fn everything(facts: &Facts) -> Option<Vec<u8>> {
    below_ssse(facts, Reach::Everything)
}

fn below_ssse(facts: &Facts, reach: Reach) -> Option<Vec<u8>> {
    let home = home(facts)?;
    applications(facts, version(facts, &home).unwrap_or(Version::V2), reach)
}

/// The certificate application, where it is.
fn certificates(facts: &Facts) -> Option<Vec<u8>> {
    home(facts)?;
    super::acse::certificates(facts)
}

/// SSSE refuses, but the card knows its name.
pub(super) fn knows_ssse(facts: &Facts) -> bool {
    facts.selection("ssse").is_some_and(|ssse| matches!(ssse.sw.0, 0x9303 | 0x6283 | 0x6985))
}
