//! Whether an application was filled, and in the form of its standard.

use super::super::Seen;
use super::Objects;
use crate::observe::{Origin, Reading};
use crate::profile;
use crate::session::Interface;
use crate::tlv::{ber, dol};

/// Bytes of one command's data: a list that asks for more cannot be served
/// (EMV 4.4 B3 5.4).
const LONGEST_LIST: usize = 252;

impl Objects<'_, '_> {
    /// The application's records, whatever came.
    fn records(&self) -> impl Iterator<Item = (&Reading, u8, u8)> {
        self.subject.readings.iter().copied().filter_map(|reading| {
            let (sfi, number) = reading.template_record()?;
            Some((reading, sfi, number))
        })
    }

    /// Selected, but nothing is in it: no FCI or nothing in A5, or neither a
    /// record nor a data object.
    pub(super) fn empty(&self) -> Option<Seen> {
        let selected = self.subject.opened?;
        let content = ber::find(&selected.fci, &[0x6F, 0xA5]);
        if content.is_none_or(<[u8]>::is_empty) {
            return Seen::at(selected.exchanges.clone());
        }
        let gone = |sw: u16| matches!(sw, 0x6A82 | 0x6A83 | 0x6A88);
        let mut asked = 0_usize;
        let mut exchanges = selected.exchanges.clone();
        let records = self.records().map(|(reading, ..)| (reading.sw, &reading.exchanges));
        for (sw, shown) in
            records.chain(self.subject.get_data().map(|other| (other.sw, &other.exchanges)))
        {
            if !gone(sw.0) {
                return None;
            }
            asked = asked.saturating_add(1);
            exchanges.extend(shown);
        }
        // Ten files must have been looked for.
        (asked >= 10).then(|| Seen::at(exchanges))?
    }

    /// Selected, but every question afterwards ends with `6D00` or `6F00`.
    pub(super) fn dead(&self) -> Option<Seen> {
        self.subject.opened?;
        let answers: Vec<_> = self
            .records()
            .map(|(reading, ..)| (reading.sw, &reading.exchanges))
            .chain(self.subject.get_data().map(|other| (other.sw, &other.exchanges)))
            .collect();
        let dead = answers.iter().all(|(sw, _)| matches!(sw.0, 0x6D00 | 0x6F00));
        let (sw, _) = answers.first().filter(|_| dead && answers.len() > 1)?;
        let exchanges = answers.iter().flat_map(|(_, shown)| shown.iter().copied()).collect();
        Seen::value(sw.to_string(), exchanges)
    }

    /// No record opens before a transaction has begun.
    pub(super) fn needs_transaction(&self) -> Option<Seen> {
        let mut records = self.records().peekable();
        let (first, ..) = *records.peek()?;
        let closed = records.all(|(reading, ..)| reading.sw.0 == 0x6985);
        closed.then(|| Seen::at(first.exchanges.clone()))?
    }

    pub(super) fn malformed(&self) -> Option<Seen> {
        let malformed = self.context.facts.malformed(self.subject.application);
        let first = malformed.first()?;
        let place = match first.origin {
            Origin::Fci => "FCI".to_owned(),
            Origin::Record { sfi, number } => format!("{sfi:02X}/{number}"),
            Origin::GetData => "GET DATA".to_owned(),
        };
        let exchanges = malformed.iter().flat_map(|m| m.exchanges.iter().copied()).collect();
        Seen::value(place, exchanges)
    }

    /// Something about the FCI that the standard does not allow; names the tag.
    pub(super) fn fci_odd(&self) -> Option<Seen> {
        let selected = self.subject.opened?;
        if ber::walk(&selected.fci).any(|object| object.is_err()) {
            return None;
        }
        let content = ber::find(&selected.fci, &[0x6F, 0xA5]).filter(|a5| !a5.is_empty())?;
        let name = ber::find(&selected.fci, &[0x6F, 0x84]);
        let asked =
            |name: &[u8]| self.subject.application.aids.iter().any(|aid| name.starts_with(aid));
        let find = |tag| ber::find(content, &[tag]);
        let odd = if !name.is_some_and(asked) {
            "84"
        } else if find(0x50).is_none_or(|label| label.is_empty() || label.len() > 16) {
            "50"
        } else if find(0x5F2D).is_some_and(|l| l.len() % 2 == 1 || !(2..=8).contains(&l.len())) {
            "5F2D"
        } else if find(0x9F11).is_some_and(|index| !matches!(index, [1..=0x10])) {
            "9F11"
        } else {
            return None;
        };
        Seen::value(odd, selected.exchanges.clone())
    }

    /// A list of tags and lengths that breaks off, or asks for too much.
    pub(super) fn list_odd(&self) -> Option<Seen> {
        let fits = |list: &[u8]| dol::total(list).is_ok_and(|total| total <= LONGEST_LIST);
        let found = self.named().find(|object| !fits(object.value))?;
        Seen::value(found.tag.to_string(), found.exchanges.to_vec())
    }

    /// Mandatory objects that no record held, after all files were looked at and
    /// none refused. On the contactless side they may come with a transaction.
    pub(super) fn missing(&self) -> Option<Seen> {
        if self.context.facts.interface == Some(Interface::Contactless) {
            return None;
        }
        let refused = |(reading, ..): (&Reading, u8, u8)| {
            !reading.is_ok() && !matches!(reading.sw.0, 0x6A82 | 0x6A83)
        };
        let last = self.records().map(|(_, sfi, _)| sfi).max();
        let some = self.records().any(|(reading, ..)| reading.is_ok());
        if last != Some(10) || !some || self.records().any(refused) {
            return None;
        }
        let gone = self.rule.tags.iter().filter(|tag| self.first(**tag).is_none());
        let names: Vec<String> = gone.map(|tag| format!("{tag:02X}")).collect();
        let exchanges = self.records().flat_map(|(r, ..)| r.exchanges.iter().copied()).collect();
        (!names.is_empty()).then(|| Seen::value(names.join(" "), exchanges))?
    }

    /// A number without a record between two that have one.
    pub(super) fn gap(&self) -> Option<Seen> {
        let ok = |sfi, number| self.records().any(|(r, s, n)| r.is_ok() && s == sfi && n == number);
        let (reading, sfi, number) = self.records().find(|(reading, sfi, number)| {
            reading.sw.0 == 0x6A83
                && ok(*sfi, number.saturating_sub(1))
                && (number.saturating_add(1)..=number.saturating_add(2)).any(|n| ok(*sfi, n))
        })?;
        Seen::value(format!("{sfi:02X}/{number}"), reading.exchanges.clone())
    }

    /// What offline authentication and verification need, in part only.
    pub(super) fn authentication_incomplete(&self) -> Option<Seen> {
        let odd_methods =
            self.first(0x8E).filter(|list| list.value.len() < 10 || list.value.len() % 2 == 1);
        let other_list = self.first(0x9F4A).filter(|list| list.value != [0x82]);
        let without = |tag, needed| self.first(tag).filter(|_| self.first(needed).is_none());
        let found = odd_methods
            .or(other_list)
            .or_else(|| without(0x8F, 0x90))
            .or_else(|| without(0x9F46, 0x9F47))?;
        Seen::value(found.tag.to_string(), found.exchanges.to_vec())
    }

    /// A log record of another length than its format adds up to.
    pub(super) fn log_length(&self) -> Option<Seen> {
        let (entry, format) = (self.first(0x9F4D)?, self.first(0x9F4F)?);
        let [sfi @ 11..=30, _] = *entry.value else { return None };
        let total = dol::total(format.value).ok()?;
        let fid = 0xEF00 | u16::from(sfi);
        let mut records = self.subject.readings.iter().filter(|r| r.fid == Some(fid));
        let odd = records.find(|r| r.is_ok() && !r.data.is_empty() && r.data.len() != total)?;
        Seen::value(odd.data.len().to_string(), odd.exchanges.clone())
    }

    /// A sign of SM2, SM3 or SM4: the application asks the terminal for it
    /// (DF69 in a list).
    pub(super) fn national_cryptography(&self) -> Option<Seen> {
        let asks =
            |list: &[u8]| dol::dol(list).map_while(Result::ok).any(|entry| entry.tag.0 == 0xDF69);
        let found = self.named().find(|object| asks(object.value))?;
        Seen::value(found.tag.to_string(), found.exchanges.to_vec())
    }

    /// No such sign, though the application's records were read.
    pub(super) fn no_national_cryptography(&self) -> Option<Seen> {
        let (reading, ..) = self.records().find(|(reading, ..)| reading.is_ok())?;
        let selected = self.subject.opened?;
        let none = self.national_cryptography().is_none();
        let exchanges = [&selected.exchanges[..], &reading.exchanges].concat();
        (none && profile::tag(0xDF69).is_some()).then(|| Seen::at(exchanges))?
    }
}
