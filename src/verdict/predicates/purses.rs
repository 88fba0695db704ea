//! Looks at transport purses.

use super::Seen;
use crate::codec::date::CardDate;
use crate::codec::text;
use crate::observe::{How, Place, Selection};
use crate::profile::Application;
use crate::tlv::ber;
use crate::verdict::subject::Subject;
use crate::verdict::{Context, PurseLook, Rule};

/// Balance, overdraft used (P1-P2 of GET BALANCE).
const BALANCE: u16 = 0x0002;
const OVERDRAFT_USED: u16 = 0x0202;

pub(super) fn look(
    context: &Context<'_>,
    rule: &Rule,
    subject: &Subject<'_>,
    wanted: PurseLook,
) -> Option<Seen> {
    // One that did not open shows nothing.
    let opened = subject.opened?;
    let purse = Purse { context, rule, application: subject.application, opened };
    match wanted {
        PurseLook::Blank => purse.blank(),
        PurseLook::Past => purse.past(),
        PurseLook::Future => purse.future(),
        PurseLook::Differs => purse.differs(),
        PurseLook::NumberOdd => purse.number_odd(),
        PurseLook::Blocked => purse.blocked(),
        PurseLook::Overdrawn => purse.overdrawn(),
        PurseLook::BalanceOver => purse.balance_over(),
        PurseLook::NotLinked => purse.not_linked(),
        PurseLook::Unfinished => purse.unfinished(),
        PurseLook::TestCard => purse.test_card(),
        PurseLook::Unused => purse.unused(),
    }
}

struct Purse<'a> {
    context: &'a Context<'a>,
    rule: &'a Rule,
    application: &'static Application,
    opened: &'a Selection,
}

impl Purse<'_> {
    fn blank(&self) -> Option<Seen> {
        let public = self.context.facts.purse(self.application)?;
        text::is_blank(public.bytes()).then(|| Seen::at(public.exchanges.to_vec()))?
    }

    fn past(&self) -> Option<Seen> {
        let public = self.context.facts.purse(self.application)?;
        match public.end()? {
            CardDate::Day(end) if end < self.context.day => {
                Seen::value(end.to_string(), public.exchanges.to_vec())
            }
            _ => None,
        }
    }

    fn future(&self) -> Option<Seen> {
        let public = self.context.facts.purse(self.application)?;
        match public.start()? {
            CardDate::Day(start) if start > self.context.day => {
                Seen::value(start.to_string(), public.exchanges.to_vec())
            }
            _ => None,
        }
    }

    /// The FCI repeats the public data (9F0C); here it does not.
    fn differs(&self) -> Option<Seen> {
        let facts = self.context.facts;
        let public = facts.purse(self.application)?;
        let repeated = ber::find(&self.opened.fci, &[0x6F, 0xA5, 0x9F0C])?;
        let length = repeated.len().min(public.bytes().len());
        let same = repeated.get(..length) == public.bytes().get(..length);
        let exchanges = [&self.opened.exchanges[..], public.exchanges].concat();
        (!same).then(|| Seen::at(exchanges))?
    }

    /// National purses have numbers that begin with 31.
    fn number_odd(&self) -> Option<Seen> {
        let public = self.context.facts.purse(self.application)?;
        let national =
            matches!(public.number()?, [0x03 | 0x13 | 0xF3, second, ..] if second >> 4 == 1);
        let written = !text::is_blank(public.bytes());
        (written && !national).then(|| Seen::at(public.exchanges.to_vec()))?
    }

    /// The application opens, its balance is blocked for good.
    fn blocked(&self) -> Option<Seen> {
        let mut answers = self.context.facts.answers(self.application, 0x5C, BALANCE);
        let refused = answers.find(|answer| answer.sw.0 == 0x9303)?;
        Seen::at(refused.exchanges.clone())
    }

    fn overdrawn(&self) -> Option<Seen> {
        let (used, answer) = self.context.facts.balance(self.application, OVERDRAFT_USED)?;
        (used > 0).then(|| Seen::at(answer.exchanges.clone()))?
    }

    fn balance_over(&self) -> Option<Seen> {
        let (balance, answer) = self.context.facts.balance(self.application, BALANCE)?;
        (u64::from(balance) > self.rule.limit).then(|| Seen::at(answer.exchanges.clone()))?
    }

    fn not_linked(&self) -> Option<Seen> {
        let public = self.context.facts.purse(self.application)?;
        let blank = text::is_blank(public.bytes());
        (public.kind() == Some(0) && !blank).then(|| Seen::at(public.exchanges.to_vec()))?
    }

    /// The record of a purchase in parts is locked: its third byte is not 00.
    fn unfinished(&self) -> Option<Seen> {
        let place = Place::Application(self.application);
        let mut readings = self.context.facts.readings_of(&place, 0xEF17);
        let locked = readings.find(|reading| {
            let lock = reading.data.get(2).is_some_and(|lock| *lock != 0);
            reading.is_ok() && matches!(reading.how, How::Tag(_) | How::Record(_)) && lock
        })?;
        Seen::at(locked.exchanges.clone())
    }

    /// Card type 4 of a national purse.
    fn test_card(&self) -> Option<Seen> {
        let region = self.context.facts.purse_file(self.application, 0x17)?;
        (region.data.get(10) == Some(&4)).then(|| Seen::at(region.exchanges.clone()))?
    }

    /// Nothing on it, and nothing in its log.
    fn unused(&self) -> Option<Seen> {
        let facts = self.context.facts;
        let (balance, answer) = facts.balance(self.application, BALANCE)?;
        let place = Place::Application(self.application);
        let log = facts.readings_of(&place, 0xEF18).find(|r| r.how == How::Record(1))?;
        let empty = log.sw.0 == 0x6A83 || (log.is_ok() && text::is_blank(&log.data));
        let exchanges = [&answer.exchanges[..], &log.exchanges].concat();
        (balance == 0 && empty).then(|| Seen::at(exchanges))?
    }
}
