//! Looks at the data objects of a payment application. Of several objects with
//! one tag the first that fits counts; that they differ is a look of its own.

mod agree;
mod form;
mod numbers;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{Context, Seen};
use crate::codec::date::{self, CardDate};
use crate::codec::text;
use crate::observe::DataObject;
use crate::tlv::ber::Tag;
use crate::verdict::subject::Subject;
use crate::verdict::{ObjectLook, Rule};

/// Whether a rule about data objects fires for an application.
pub(super) fn look(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
    wanted: ObjectLook,
) -> Option<Seen> {
    // Most are not there, and have no objects to look at.
    if subject.opened.is_none() && subject.selected?.fci.is_empty() {
        return None;
    }
    let seen = Objects { context, rule, subject };
    match wanted {
        ObjectLook::Past => seen.date(|last, day| last < day),
        ObjectLook::Soon => seen.date(|last, day| {
            let days = i32::try_from(rule.limit).unwrap_or(i32::MAX).days();
            last >= day && day.checked_add(days).is_ok_and(|end| last <= end)
        }),
        ObjectLook::Future => seen.date(|first, day| first > day),
        ObjectLook::Endless => seen.dated(|date| date == Ok(CardDate::NoLimit)),
        ObjectLook::NotADate => seen.dated(|date| date.is_err()),
        ObjectLook::DatesReversed => seen.dates_reversed(),
        ObjectLook::Equals => seen.number(|number| number == rule.limit),
        ObjectLook::AtLeast => seen.number(|number| number >= rule.limit),
        ObjectLook::Below => seen.below(),
        ObjectLook::AmountOver => seen.amount_over(),
        ObjectLook::NotDigits => seen.not_digits(),
        ObjectLook::CounterMoved => seen.counter_moved(),
        ObjectLook::OfflineLimit => seen.offline_limit(),
        ObjectLook::NotOffered => seen.not_offered(),
        ObjectLook::CashClosed => seen.cash_closed(),
        ObjectLook::Empty => seen.empty(),
        ObjectLook::Dead => seen.dead(),
        ObjectLook::NeedsTransaction => seen.needs_transaction(),
        ObjectLook::Malformed => seen.malformed(),
        ObjectLook::FciOdd => seen.fci_odd(),
        ObjectLook::ListOdd => seen.list_odd(),
        ObjectLook::Missing => seen.missing(),
        ObjectLook::Gap => seen.gap(),
        ObjectLook::AuthenticationIncomplete => seen.authentication_incomplete(),
        ObjectLook::LogLength => seen.log_length(),
        ObjectLook::Differs => seen.differs(),
        ObjectLook::AccountOdd => seen.account_odd(),
        ObjectLook::AccountCheck => seen.account_check(),
        ObjectLook::TrackDiffers => seen.track_differs(),
        ObjectLook::WithoutChip => seen.service_code(|first| matches!(first, '1' | '5')),
        ObjectLook::TestCard => seen.service_code(|first| first == '9'),
        ObjectLook::Foreign => seen.foreign(),
        ObjectLook::NameDiffers => seen.name_differs(),
        ObjectLook::NumberDiffers => seen.number_differs(),
        ObjectLook::ValidityDiffers => seen.validity_differs(),
        ObjectLook::NationalCryptography => seen.national_cryptography(),
        ObjectLook::NoNationalCryptography => seen.no_national_cryptography(),
    }
}

/// The objects of an application, under a rule.
struct Objects<'a, 'f> {
    context: &'a Context<'a>,
    rule: &'a Rule,
    subject: &'a Subject<'f>,
}

impl<'a, 'f> Objects<'a, 'f> {
    /// The objects that the rule looks at.
    fn named(&self) -> impl Iterator<Item = &'a DataObject<'f>> {
        let tags = self.rule.tags;
        self.subject
            .objects()
            .iter()
            .filter(move |object| tags.iter().any(|tag| object.tag == Tag(*tag)))
    }

    /// Every object of a tag.
    fn all(&self, tag: u32) -> impl Iterator<Item = &'a DataObject<'f>> {
        self.subject.objects().iter().filter(move |object| object.tag == Tag(tag))
    }

    /// The first object of a tag.
    fn first(&self, tag: u32) -> Option<&'a DataObject<'f>> {
        self.all(tag).next()
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

    /// A written date that is so; names its tag.
    fn dated(
        &self,
        fits: impl Fn(Result<CardDate, crate::codec::DecodeError>) -> bool,
    ) -> Option<Seen> {
        let written = |object: &&&DataObject<'_>| !text::is_blank(object.value);
        let mut dates = self.named().filter(|object| written(&object));
        let found = dates.find(|object| fits(date::decode_short(object.value)))?;
        Seen::value(found.tag.to_string(), found.exchanges.to_vec())
    }

    /// The first date lies behind the second (`tags` in that order).
    fn dates_reversed(&self) -> Option<Seen> {
        let [from, to] = *self.rule.tags else { return None };
        let (from, to) = (self.first(from)?, self.first(to)?);
        let day = |object: &DataObject<'_>| match date::decode_short(object.value) {
            Ok(CardDate::Day(day)) => Some(day),
            _ => None,
        };
        (day(from)? > day(to)?).then(|| Seen::at([from.exchanges, to.exchanges].concat()))?
    }
}
