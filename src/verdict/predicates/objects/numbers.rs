//! Counters and amounts.

use super::super::{Seen, files};
use super::Objects;
use crate::codec::{bcd, number};

/// Transaction counter, the counter at the last online transaction.
const COUNTER: u32 = 0x9F36;
const LAST_ONLINE: u32 = 0x9F13;
/// Limits of consecutive offline transactions (PBOC; EMV).
const OFFLINE_LIMITS: [u32; 2] = [0x9F59, 0x9F23];
/// Balance and limit of electronic cash, and the code that opens it.
const BALANCE: u32 = 0x9F79;
const BALANCE_LIMIT: u32 = 0x9F77;
const CASH_CODE: u32 = 0x9F74;

impl Objects<'_, '_> {
    /// A number of at most eight bytes that fits.
    pub(super) fn number(&self, fits: impl Fn(u64) -> bool) -> Option<Seen> {
        self.named().find_map(|object| {
            let number = number(object.value)?;
            fits(number).then(|| Seen::value(number.to_string(), object.exchanges.to_vec()))?
        })
    }

    /// The first number is lower than the second (`tags` in that order).
    pub(super) fn below(&self) -> Option<Seen> {
        let [low, high] = *self.rule.tags else { return None };
        let (low, high) = (self.first(low)?, self.first(high)?);
        let below = number(low.value)? < number(high.value)?;
        below.then(|| Seen::at([low.exchanges, high.exchanges].concat()))?
    }

    /// Packed digits above the limit.
    pub(super) fn amount_over(&self) -> Option<Seen> {
        let found = self.named().find(|object| {
            let digits = bcd::digits(object.value).ok();
            digits.and_then(|d| d.parse::<u64>().ok()).is_some_and(|n| n > self.rule.limit)
        })?;
        Seen::value(found.tag.to_string(), found.exchanges.to_vec())
    }

    /// Nibbles that are no digits.
    pub(super) fn not_digits(&self) -> Option<Seen> {
        let digits = |value: &[u8]| {
            let found = bcd::digits(value).map(|digits| digits.len());
            found == Ok(value.len().saturating_mul(2))
        };
        let found = self.named().find(|object| !digits(object.value))?;
        Seen::value(found.tag.to_string(), found.exchanges.to_vec())
    }

    /// Two answers to the same GET DATA that differ. Where other data came differently,
    /// too, it was the contact.
    pub(super) fn counter_moved(&self) -> Option<Seen> {
        if files::read_differently(self.context, 0xEF05).is_some() {
            return None;
        }
        self.rule.tags.iter().find_map(|tag| {
            let parameters = u16::try_from(*tag).ok()?;
            let mut answers = self
                .subject
                .get_data()
                .filter(|other| other.is_ok() && other.parameters == parameters);
            let first = answers.next()?;
            let other = answers.find(|answer| answer.data != first.data)?;
            let exchanges = [&first.exchanges[..], &other.exchanges].concat();
            Seen::value(format!("{tag:04X}"), exchanges)
        })
    }

    /// More transactions since the last online one than the card's own limit.
    pub(super) fn offline_limit(&self) -> Option<Seen> {
        let (counter, online) = (self.first(COUNTER)?, self.first(LAST_ONLINE)?);
        let limit = OFFLINE_LIMITS.into_iter().find_map(|tag| self.first(tag))?;
        let offline = number(counter.value)?.checked_sub(number(online.value)?)?;
        let exchanges = [counter.exchanges, online.exchanges, limit.exchanges].concat();
        (offline > number(limit.value)?).then(|| Seen::value(offline.to_string(), exchanges))?
    }

    /// GET DATA says that there is no such object (`6A88`).
    pub(super) fn not_offered(&self) -> Option<Seen> {
        let wanted = |parameters: u16| self.rule.tags.contains(&u32::from(parameters));
        let refused = self.subject.get_data().find(|o| o.sw.0 == 0x6A88 && wanted(o.parameters))?;
        Seen::at(refused.exchanges.clone())
    }

    /// A balance is there, but its limit is nothing, or nothing opened it.
    pub(super) fn cash_closed(&self) -> Option<Seen> {
        let balance = self.first(BALANCE)?;
        let limit = self.first(BALANCE_LIMIT);
        let zero = limit.is_some_and(|limit| number(limit.value) == Some(0));
        let unopened = self.first(CASH_CODE).is_none();
        let exchanges = [balance.exchanges, limit.map_or(&[][..], |l| l.exchanges)].concat();
        (zero || unopened).then(|| Seen::at(exchanges))?
    }
}
