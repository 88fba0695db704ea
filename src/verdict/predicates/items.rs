//! Looks at one item: is it there, is it right, what does it say?

use jiff::civil::Date;

use super::Seen;
use crate::codec::{card_number, identity, text};
use crate::observe::{ItemEvidence, ItemFact, ItemState};
use crate::profile::{self, Decoded, Item, ItemError, Value};
use crate::verdict::generation::Generation;
use crate::verdict::kind::social_place;
use crate::verdict::{Context, Predicate, Rule, rules};

/// An item that came, with its proof.
struct Found<'a> {
    item: &'static Item,
    fact: ItemFact<'a>,
    exchanges: Vec<u32>,
}

impl Found<'_> {
    fn decoded(&self) -> Option<Decoded> {
        match self.item.decode(self.fact.value) {
            Ok(Value::Written(decoded)) => Some(decoded),
            Ok(Value::Blank) | Err(_) => None,
        }
    }

    fn is_blank(&self) -> bool {
        text::is_blank(self.fact.value)
    }
}

/// Looks an item up, hands what is known of it to `judge`.
fn with_item<T>(
    context: &Context<'_>,
    file: u16,
    tag: u8,
    judge: impl FnOnce(&'static Item, ItemEvidence<'_>) -> Option<T>,
) -> Option<T> {
    let place = social_place(context.facts);
    let item = profile::item("ssse", file, tag)?;
    judge(item, context.facts.item(&place, item))
}

/// Looks an item up that came.
fn with_found<T>(
    context: &Context<'_>,
    rule: &Rule,
    judge: impl FnOnce(Found<'_>) -> Option<T>,
) -> Option<T> {
    found_at(context, rule.file, rule.tag, judge)
}

fn found_at<T>(
    context: &Context<'_>,
    file: u16,
    tag: u8,
    judge: impl FnOnce(Found<'_>) -> Option<T>,
) -> Option<T> {
    with_item(context, file, tag, |item, evidence| match evidence.state {
        ItemState::Present(fact) => judge(Found { item, fact, exchanges: evidence.exchanges }),
        ItemState::Missing | ItemState::Refused(_) | ItemState::NotAsked => None,
    })
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
    with_item(context, rule.file, rule.tag, |item, evidence| {
        let fires = match evidence.state {
            ItemState::Present(fact) => is_bad(context, rule, item, fact),
            ItemState::Missing => rule.missing,
            ItemState::Refused(_) | ItemState::NotAsked => false,
        };
        fires.then(|| Seen::at(evidence.exchanges)).flatten()
    })
}

fn is_bad(context: &Context<'_>, rule: &Rule, item: &Item, fact: ItemFact<'_>) -> bool {
    let yields = |predicate, same_tag| left_to(context, rule, predicate, same_tag);
    if fact.declared == 0 {
        return !yields(Predicate::ItemUnwritten, true);
    }
    if fact.is_truncated() && yields(Predicate::Truncated, false) {
        return false;
    }
    match item.decode(fact.value) {
        Ok(Value::Written(_)) => false,
        Ok(Value::Blank) => rule.blank,
        Err(ItemError::Length { expected, found }) if found > expected => {
            !yields(Predicate::ItemLonger, true)
        }
        Err(ItemError::Encoding(_)) => !yields(Predicate::RareCharacters, true),
        Err(_) => true,
    }
}

pub(super) fn missing(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_item(context, rule.file, rule.tag, |_, evidence| match evidence.state {
        ItemState::Missing => Seen::at(evidence.exchanges),
        _ => None,
    })
}

pub(super) fn unwritten(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_item(context, rule.file, rule.tag, |_, evidence| match evidence.state {
        ItemState::Missing => Seen::at(evidence.exchanges),
        ItemState::Present(fact) if text::is_blank(fact.value) => Seen::at(evidence.exchanges),
        _ => None,
    })
}

pub(super) fn present(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| Seen::at(found.exchanges))
}

pub(super) fn longer(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        (found.fact.value.len() > found.item.length).then(|| Seen::at(found.exchanges)).flatten()
    })
}

pub(super) fn no_limit(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        let unlimited = found.decoded().is_some_and(|decoded| decoded.value == "9999-12-31");
        (unlimited || found.is_blank()).then(|| Seen::at(found.exchanges)).flatten()
    })
}

/// The last four bytes of tag 01 are the authentication code; FFFFFFFF until it
/// is computed.
pub(super) fn unissued(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        let length_fits = found.fact.value.len() == found.item.length;
        (length_fits && found.fact.value.ends_with(&[0xFF; 4]))
            .then(|| Seen::at(found.exchanges))
            .flatten()
    })
}

/// `sx`, the end of the factor from which keys are derived, where a serial
/// number belongs.
pub(super) fn serial_is_text(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        let serial = found.fact.value.get(8..12)?;
        serial.ends_with(b"sx").then(|| Seen::at(found.exchanges)).flatten()
    })
}

pub(super) fn version_foreign(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        let version = found.decoded()?.value;
        match Generation::of_version(&version) {
            Some(_) => None,
            None => Seen::value(version, found.exchanges),
        }
    })
}

/// The issuing region in tag 04 (behind its prefix) against that in tag 01.
pub(super) fn region_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let (issuer, mut exchanges) = with_found(context, rule, |found| {
        found.decoded()?;
        Some((found.fact.value.get(5..8)?.to_vec(), found.exchanges))
    })?;
    let (region, proof) = found_at(context, rule.file, 0x01, |found| {
        found.decoded()?;
        Some((found.fact.value.get(..3)?.to_vec(), found.exchanges))
    })?;
    exchanges.extend(proof);
    (issuer != region).then(|| Seen::at(exchanges)).flatten()
}

pub(super) fn past(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    dated(context, rule, |date, day| date < day)
}

pub(super) fn future(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    dated(context, rule, |date, day| date > day)
}

fn dated(
    context: &Context<'_>,
    rule: &Rule,
    fires: impl FnOnce(Date, Date) -> bool,
) -> Option<Seen> {
    with_found(context, rule, |found| {
        let value = found.decoded()?.value;
        let date: Date = value.parse().ok()?;
        fires(date, context.day).then(|| Seen::value(value, found.exchanges)).flatten()
    })
}

pub(super) fn check_character(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        let number = found.decoded()?.value;
        (!card_number::is_valid(&number)).then(|| Seen::at(found.exchanges)).flatten()
    })
}

/// The number's birth date against tag 0D, its 17th digit against tag 0A. A
/// number of another scheme says nothing.
pub(super) fn birth_or_sex_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let (number, mut exchanges) = with_found(context, rule, |found| {
        Some((identity::parse(&found.decoded()?.value).ok()?, found.exchanges))
    })?;
    let value_of = |tag| {
        found_at(context, rule.file, tag, |found| Some((found.decoded()?.value, found.exchanges)))
    };
    let birth = value_of(0x0D).filter(|(date, _)| *date != number.birth.to_string());
    let expected = match number.sex {
        identity::Sex::Male => "1",
        identity::Sex::Female => "2",
    };
    let stated = |sex: &str| matches!(sex, "1" | "2");
    let sex = value_of(0x0A).filter(|(sex, _)| stated(sex) && sex != expected);
    let (_, proof) = birth.or(sex)?;
    exchanges.extend(proof);
    Seen::at(exchanges)
}

pub(super) fn rare_characters(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    with_found(context, rule, |found| {
        if found.is_blank() || found.fact.is_truncated() {
            return None;
        }
        // A name may end within a character that goes on in 4E.
        let extension = found_at(context, rule.file, 0x4E, |more| Some(more.fact.value.to_vec()));
        let name = text::decode_continued(found.fact.value, &extension.unwrap_or_default());
        let rare = match name.map(|(begun, rest)| begun + &rest) {
            Ok(name) => text::has_private_use(&name) || name.contains(['?', '\u{FFFD}']),
            Err(_) => true,
        };
        rare.then(|| Seen::at(found.exchanges)).flatten()
    })
}
