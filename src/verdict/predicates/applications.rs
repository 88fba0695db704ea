//! Looks at an application below SSSE: its files together, what opens, what it
//! holds.

use super::Seen;
use crate::codec::text;
use crate::observe::{Content, Facts, How, ItemFact, ItemState, Other, Place, Reading};
use crate::profile::{self, Access, File, Structure};
use crate::verdict::generation::absent;
use crate::verdict::subject::Subject;
use crate::verdict::{Context, Rule};

/// Where the application's files stand, if it was opened.
fn place<'a>(subject: &'a Subject<'_>) -> Option<&'a Place> {
    subject.opened.map(|_| &subject.place)
}

/// The files that the version has; without a known version, none.
fn files(context: &Context<'_>, rule: &Rule) -> impl Iterator<Item = &'static File> + use<> {
    let version = context.version();
    let application = rule.application;
    version.into_iter().flat_map(move |version| profile::files(application, version))
}

pub(super) fn present(subject: &Subject<'_>) -> Option<Seen> {
    Seen::at(subject.opened?.exchanges.clone())
}

pub(super) fn files_missing(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Option<Seen> {
    let wanted = |file: &&File| {
        let listed = rule.files.is_empty() || rule.files.contains(&file.fid);
        listed && file.structure != Structure::Transparent
    };
    missing(context, rule, subject, wanted)
}

pub(super) fn reserved_missing(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Option<Seen> {
    missing(context, rule, subject, |file| file.structure == Structure::Transparent)
}

/// The files that the card says it does not have.
fn missing(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
    wanted: impl Fn(&&'static File) -> bool,
) -> Option<Seen> {
    let place = place(subject)?;
    let gone = |file: &'static File| Some((file, absent(context.facts, place, file.fid)?));
    named(files(context, rule).filter(wanted).filter_map(gone))
}

/// Names files, with all the exchanges that show it; nothing for none.
fn named(found: impl Iterator<Item = (&'static File, Vec<u32>)>) -> Option<Seen> {
    let (names, exchanges): (Vec<String>, Vec<Vec<u32>>) =
        found.map(|(file, exchanges)| (format!("{:04X}", file.fid), exchanges)).unzip();
    if names.is_empty() { None } else { Seen::value(names.join(" "), exchanges.concat()) }
}

/// A file that asks for a key opens; or one that the PIN would open too, while
/// the card has a PIN. A card without a PIN may open those rightly.
pub(super) fn protected_file_opens(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Option<Seen> {
    let place = place(subject)?;
    let pin = pin_is_set(context.facts);
    let must_refuse = |file: &&File| match file.access {
        Access::Key | Access::Never => true,
        Access::Pin | Access::PinOrKey | Access::PinAndKey => pin,
        Access::Free | Access::Unknown => false,
    };
    let opens = |file: &'static File| {
        let open = |r: &&Reading| r.is_ok() && !r.authenticated && !r.data.is_empty();
        let reading = context.facts.readings_of(place, file.fid).find(open)?;
        Some((file, reading.exchanges.clone()))
    };
    named(files(context, rule).filter(must_refuse).filter_map(opens))
}

/// Whether the card has said that a PIN is set: tries left, or locked. The PINs of
/// the bank and of the certificates are others.
fn pin_is_set(facts: &Facts) -> bool {
    let set = |other: &Other| matches!(other.sw.0, 0x63C0..=0x63CF | 0x6983);
    facts.others_of(0x20).any(|other| other.place.is_social_security() && set(other))
}

/// Items that came and do not decode, by file and tag.
pub(super) fn any_item_bad(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Option<Seen> {
    let place = place(subject)?;
    let version = context.version()?;
    let mut bad: Vec<(String, Vec<u32>)> = Vec::new();
    let opened: Vec<_> = subject.readings.iter().filter(|reading| reading.is_ok()).collect();
    if opened.is_empty() {
        return None;
    }
    let opens = |file: &&'static File| opened.iter().any(|r| r.fid == Some(file.fid));
    for file in files(context, rule).filter(opens) {
        let contents = context.facts.contents(place, file, version);
        let wrong = contents.iter().filter(|content| is_bad(content, &contents));
        bad.extend(wrong.map(|content| {
            let tag = content.item.tag.map(|tag| format!("/{tag:02X}")).unwrap_or_default();
            (format!("{:04X}{tag}", file.fid), content.evidence.exchanges.clone())
        }));
    }
    let (names, exchanges): (Vec<String>, Vec<Vec<u32>>) = bad.into_iter().unzip();
    if names.is_empty() { None } else { Seen::value(names.join(" "), exchanges.concat()) }
}

fn is_bad(content: &Content<'_>, contents: &[Content<'_>]) -> bool {
    let item = content.item;
    let transparent = item.tag.is_none() && content.record.is_none();
    match content.evidence.state {
        ItemState::Present(fact) if !transparent && item.encoding_is_checked() => {
            came_whole(item, fact)
                && !item.is_rewritten(fact.value)
                && item.decode(fact.value).is_err()
                && !is_part_of_a_text(content, contents)
        }
        _ => false,
    }
}

/// Whether it holds one text together with another item, which begins or goes on
/// there within a character; or may do so there, where that one did not come.
fn is_part_of_a_text(content: &Content<'_>, contents: &[Content<'_>]) -> bool {
    let Some([first, second]) = profile::both_parts(content.item) else { return false };
    let value = |item: &profile::Item| {
        let content = contents.iter().find(|other| other.item.id == item.id)?;
        content.value().filter(|value| value.len() == content.item.length)
    };
    match (value(first), value(second)) {
        (Some(first), Some(second)) => text::decode_continued(first, second).is_ok(),
        (Some(first), None) => text::ends_within(first),
        (None, _) => false,
    }
}

/// Whether nothing but the card cut the item. Of an empty record, and of one without
/// tags that nobody wrote or that ends before the field, nothing came; what was not
/// asked for is behind the end of a single record, and of several behind the last.
fn came_whole(item: &profile::Item, fact: ItemFact<'_>) -> bool {
    let several = matches!(fact.reading.how, How::RecordsFrom(_) | How::RecordsTo(_));
    let cut = fact.is_cut_by_us() || (several && fact.is_truncated());
    let came = if item.tag.is_some() { fact.declared > 0 } else { !fact.value.is_empty() };
    came && !cut
}

/// Employment records, but no current occupation beside them (DF02: EF07 and
/// EF06 with the tag). Only where both files open.
pub(super) fn without_occupation(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Option<Seen> {
    let place = place(subject)?;
    let opens = |fid| context.facts.readings_of(place, fid).find(|reading| reading.is_ok());
    let (history, status) = (opens(0xEF07)?, opens(rule.file)?);
    let item = profile::item(rule.application, rule.file, rule.tag)?;
    match context.facts.item(place, item).state {
        ItemState::Missing => Seen::at([&history.exchanges[..], &status.exchanges].concat()),
        _ => None,
    }
}

/// The date of the last unemployment registration in neither of its two places,
/// both of which open.
pub(super) fn registration_nowhere(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
) -> Option<Seen> {
    let insurance = profile::application("df03").map(Place::Application)?;
    let here = place(subject)?;
    let missing = |place: &Place, id, fid| {
        context.facts.readings_of(place, fid).find(|reading| reading.is_ok())?;
        let evidence = context.facts.item(place, profile::item(id, fid, rule.tag)?);
        matches!(evidence.state, ItemState::Missing).then_some(evidence.exchanges)
    };
    let first = missing(here, rule.application, rule.file)?;
    let second = missing(&insurance, "df03", 0xEF05)?;
    Seen::at([first, second].concat())
}

/// P2 of GET BALANCE that asks for the balance and not for a sum of payments.
const BALANCE: u16 = 0x01;

/// GET BALANCE of the medical account, in a recording: refused, open, or not
/// offered are usual.
pub(super) fn balance_answers(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let usual = |sw: u16| matches!(sw, 0x6982 | 0x9000 | 0x6D00 | 0x6985);
    let asked =
        |other: &&Other| other.place.is(rule.application) && other.parameters & 0x00FF == BALANCE;
    let odd = context.facts.others_of(0x26).filter(asked).find(|other| !usual(other.sw.0))?;
    Seen::value(odd.sw.to_string(), odd.exchanges.clone())
}

impl profile::Item {
    /// Whether a wrong encoding can be told: bytes without a form cannot be wrong.
    fn encoding_is_checked(&self) -> bool {
        use profile::Encoding::{Binary, Undecided};
        !matches!(self.encoding, Binary | Undecided)
    }
}
