//! Looks at one item: is it there, is it right, what does it say?

use jiff::civil::Date;

use super::Seen;
use crate::codec::{card_number, identity, text};
use crate::observe::{ItemFact, ItemState};
use crate::profile::{ItemError, Value};
use crate::verdict::generation::Generation;
use crate::verdict::social::Known;
use crate::verdict::{Context, Predicate, Rule, rules};

/// How a date without end is written.
const NO_LIMIT: &str = "9999-12-31";

/// An item that came, with its proof.
struct Found<'a> {
    known: &'a Known<'a>,
    fact: ItemFact<'a>,
}

impl<'a> Found<'a> {
    /// What is written in it.
    fn written(&self) -> Option<&'a str> {
        self.known.written()
    }

    fn is_blank(&self) -> bool {
        text::is_blank(self.fact.value)
    }

    fn exchanges(&self) -> Vec<u32> {
        self.known.evidence.exchanges.clone()
    }
}

/// The item that the rule looks at, with what is known of it.
fn known<'a>(context: &'a Context<'_>, rule: &Rule) -> Option<&'a Known<'a>> {
    context.social.item(rule.file, rule.tag)
}

/// The item that the rule looks at, if it came.
fn found<'a>(context: &'a Context<'_>, rule: &Rule) -> Option<Found<'a>> {
    found_at(context, rule.file, rule.tag)
}

fn found_at<'a>(context: &'a Context<'_>, file: u16, tag: u8) -> Option<Found<'a>> {
    let known = context.social.item(file, tag)?;
    let ItemState::Present(fact) = known.evidence.state else { return None };
    Some(Found { known, fact })
}

/// Whether another row of the table speaks for the same evidence: one evidence,
/// one finding.
fn left_to(context: &Context<'_>, rule: &Rule, predicate: Predicate, same_tag: bool) -> bool {
    rules().iter().any(|other| {
        other.predicate == predicate
            && other.application == rule.application
            && other.file == rule.file
            && (!same_tag || other.tag == rule.tag)
            && (other.versions.is_empty()
                || context.version().is_some_and(|version| other.versions.contains(&version)))
    })
}

pub(super) fn bad(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let known = known(context, rule)?;
    let fires = match known.evidence.state {
        ItemState::Present(fact) => is_bad(context, rule, known, fact),
        ItemState::Missing => rule.missing,
        ItemState::Refused(_) | ItemState::NotAsked => false,
    };
    fires.then(|| Seen::at(known.evidence.exchanges.clone()))?
}

fn is_bad(context: &Context<'_>, rule: &Rule, known: &Known<'_>, fact: ItemFact<'_>) -> bool {
    let yields = |predicate, same_tag| left_to(context, rule, predicate, same_tag);
    if fact.declared == 0 {
        return !yields(Predicate::ItemUnwritten, true);
    }
    // What was asked for in part says nothing of the rest.
    if fact.is_cut_by_us() || (fact.is_truncated() && yields(Predicate::Truncated, false)) {
        return false;
    }
    match known.value() {
        // A date without end, where no other row speaks of it, is none.
        Some(Ok(Value::Written(text))) => rule.blank && text.value == NO_LIMIT,
        None => false,
        Some(Ok(Value::Blank)) => rule.blank,
        Some(Err(ItemError::Length { expected, found })) if found > expected => {
            !yields(Predicate::ItemLonger, true)
        }
        Some(Err(ItemError::Encoding(_))) => !yields(Predicate::RareCharacters, true),
        Some(Err(_)) => true,
    }
}

pub(super) fn missing(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let evidence = &known(context, rule)?.evidence;
    matches!(evidence.state, ItemState::Missing).then(|| Seen::at(evidence.exchanges.clone()))?
}

pub(super) fn unwritten(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let evidence = &known(context, rule)?.evidence;
    let unwritten = match evidence.state {
        ItemState::Missing => true,
        ItemState::Present(fact) => text::is_blank(fact.value),
        ItemState::Refused(_) | ItemState::NotAsked => false,
    };
    unwritten.then(|| Seen::at(evidence.exchanges.clone()))?
}

pub(super) fn present(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    Seen::at(found(context, rule)?.exchanges())
}

pub(super) fn longer(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    let longer = found.fact.value.len() > found.known.item.length && !found.is_blank();
    longer.then(|| Seen::at(found.exchanges()))?
}

pub(super) fn no_limit(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    let unlimited = match found.known.value()?.as_ref().ok()? {
        Value::Written(date) => date.value == NO_LIMIT,
        Value::Blank => true,
    };
    unlimited.then(|| Seen::at(found.exchanges()))?
}

/// The last four bytes of tag 01 are the authentication code; FFFFFFFF until it
/// is computed.
pub(super) fn unissued(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    let length_fits = found.fact.value.len() == found.known.item.length;
    (length_fits && found.fact.value.ends_with(&[0xFF; 4])).then(|| Seen::at(found.exchanges()))?
}

/// Text where a serial number belongs.
pub(super) fn serial_is_text(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    let serial = found.fact.value.get(8..12)?;
    text::is_serial_text(serial).then(|| Seen::at(found.exchanges()))?
}

pub(super) fn version_foreign(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    let version = found.written()?;
    match Generation::of_version(version) {
        Some(_) => None,
        None => Seen::value(version, found.exchanges()),
    }
}

/// The issuing region in tag 04 (behind its prefix) against that in tag 01.
pub(super) fn region_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let (issuer, card) = (found(context, rule)?, found_at(context, rule.file, 0x01)?);
    issuer.written().and(card.written())?;
    let differs = issuer.fact.value.get(5..8)? != card.fact.value.get(..3)?;
    differs.then(|| Seen::at([issuer.exchanges(), card.exchanges()].concat()))?
}

pub(super) fn past(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    dated(context, rule, |date, day| date < day)
}

/// No end is no day that will come.
pub(super) fn future(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    dated(context, rule, |date, day| date > day && date != Date::MAX)
}

fn dated(
    context: &Context<'_>,
    rule: &Rule,
    fires: impl FnOnce(Date, Date) -> bool,
) -> Option<Seen> {
    let found = found(context, rule)?;
    let value = found.written()?;
    let date: Date = value.parse().ok()?;
    fires(date, context.day).then(|| Seen::value(value, found.exchanges()))?
}

pub(super) fn check_character(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    (!card_number::is_valid(found.written()?)).then(|| Seen::at(found.exchanges()))?
}

/// The number's birth date against tag 0D, its 17th digit against tag 0A. A
/// number of another scheme says nothing.
pub(super) fn birth_or_sex_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    let number = identity::parse(found.written()?).ok()?;
    let value_of = |tag| context.social.written(rule.file, tag);
    let birth = value_of(0x0D).filter(|(date, _)| *date != number.birth.to_string());
    let expected = match number.sex {
        identity::Sex::Male => "1",
        identity::Sex::Female => "2",
    };
    let stated = |sex: &str| matches!(sex, "1" | "2");
    let sex = value_of(0x0A).filter(|(sex, _)| stated(sex) && *sex != expected);
    let (_, proof) = birth.or(sex)?;
    Seen::at([&found.exchanges(), proof].concat())
}

pub(super) fn rare_characters(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let found = found(context, rule)?;
    if found.is_blank() || found.fact.is_truncated() {
        return None;
    }
    // A name may end within a character that goes on in 4E.
    let extension = found_at(context, rule.file, 0x4E).map_or(&[][..], |more| more.fact.value);
    let rare = match text::decode_continued(found.fact.value, extension) {
        Ok((begun, rest)) => {
            let name = begun + &rest;
            text::has_private_use(&name) || name.contains(['?', '\u{FFFD}'])
        }
        Err(_) => true,
    };
    rare.then(|| Seen::at(found.exchanges()))?
}
