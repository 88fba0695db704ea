//! Looks at the data objects of a payment application. Of several objects with
//! one tag the first that fits counts; that they differ is a look of its own.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{Context, Seen};
use crate::codec::date::{self, CardDate};
use crate::observe::DataObject;
use crate::profile::Application;
use crate::tlv::ber::Tag;
use crate::verdict::{ObjectLook, Rule};

/// Whether a rule about data objects fires for an application.
pub(super) fn look(
    context: &Context<'_>,
    rule: &Rule,
    application: &'static Application,
    wanted: ObjectLook,
) -> Option<Seen> {
    let objects = context.facts.data_objects(application);
    let seen = Objects { context, rule, objects: &objects };
    match wanted {
        ObjectLook::Past => seen.date(|last, day| last < day),
        ObjectLook::Soon => seen.date(|last, day| {
            let days = i32::try_from(rule.limit).unwrap_or(i32::MAX).days();
            last >= day && day.checked_add(days).is_ok_and(|end| last <= end)
        }),
        ObjectLook::Future => seen.date(|first, day| first > day),
        ObjectLook::Equals => seen.number(|number| number == rule.limit),
        ObjectLook::AtLeast => seen.number(|number| number >= rule.limit),
        ObjectLook::CounterMoved => counter_moved(context, rule, application),
    }
}

/// The objects of an application, under a rule.
struct Objects<'a> {
    context: &'a Context<'a>,
    rule: &'a Rule,
    objects: &'a [DataObject<'a>],
}

impl<'a> Objects<'a> {
    /// The objects that the rule looks at.
    fn named(&self) -> impl Iterator<Item = &'a DataObject<'a>> {
        let tags = self.rule.tags;
        self.objects.iter().filter(move |object| tags.iter().any(|tag| object.tag == Tag(*tag)))
    }

    /// A date that fits, beside the day of judgement. What is no date, or has no
    /// end, is told by other rules.
    fn date(&self, fits: impl Fn(Date, Date) -> bool) -> Option<Seen> {
        self.named().find_map(|object| match date::decode_short(object.value) {
            Ok(CardDate::Day(found)) if fits(found, self.context.day) => {
                Seen::value(found.to_string(), object.exchanges.to_vec())
            }
            _ => None,
        })
    }

    /// A number of at most eight bytes that fits.
    fn number(&self, fits: impl Fn(u64) -> bool) -> Option<Seen> {
        self.named().find_map(|object| {
            let number = number(object.value)?;
            fits(number).then(|| Seen::value(number.to_string(), object.exchanges.to_vec()))?
        })
    }
}

/// Bytes as a number, the first the highest; `None` for none or more than eight.
fn number(bytes: &[u8]) -> Option<u64> {
    let fits = (1..=8).contains(&bytes.len());
    fits.then(|| bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

/// Two answers to the same GET DATA that differ.
fn counter_moved(
    context: &Context<'_>,
    rule: &Rule,
    application: &'static Application,
) -> Option<Seen> {
    rule.tags.iter().find_map(|tag| {
        let tag = u16::try_from(*tag).ok()?;
        let mut answers = context.facts.answers(application, 0xCA, tag).filter(|a| a.is_ok());
        let first = answers.next()?;
        let other = answers.find(|answer| answer.data != first.data)?;
        Seen::value(format!("{tag:04X}"), [&first.exchanges[..], &other.exchanges].concat())
    })
}
