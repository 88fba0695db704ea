//! From what the bytes of an answer are to what stands in their place.

use std::collections::HashSet;

use super::numbers::Form;
use super::samples::FILL;
use super::{Scrubbing, Work};
use crate::apdu::{Command, Response};
use crate::atr::{Atr, Convention};
use crate::codec::{bcd, text};
use crate::observe::{Fact, How, Place, Reading, What};
use crate::profile::{
    self, ApplicationKind, Display, Item, Personal, TagEntry, application_by_aid,
};
use crate::session::Exchange;

/// RID of the Ministry of Human Resources and Social Security (2012-37 8.1.1.1).
const RID: [u8; 5] = [0xD1, 0x56, 0x00, 0x00, 0x05];

/// Files of the certificate application that hold keys, and certificates.
const KEYS: [u16; 2] = [0x0012, 0x0014];
const CERTIFICATES: [u16; 2] = [0x0018, 0x0019];

impl Work<'_> {
    /// The answer to reset: its serial number, and what follows its end.
    pub(super) fn atr(&mut self, atr: &Atr) -> Vec<u8> {
        let mut bytes = atr.bytes.clone();
        let behind = bytes.len().saturating_sub(atr.trailing.len());
        let end = behind.saturating_sub(usize::from(atr.tck.present.is_some()));
        if let Some(layout) = atr.social_security() {
            let sample = self.numbers.four(Form::Serial, layout.serial);
            self.values.add(&layout.serial, &sample);
            replace(&mut bytes, end.saturating_sub(4), &sample);
        } else if atr.convention == Convention::Unknown {
            // What a verdict asks for stays: how it is built, and how many they are.
            fill_range(&mut bytes, end.saturating_sub(atr.historical.len())..end);
        } else {
            let hidden = bytes.iter_mut().zip(atr.open_bytes()).filter(|(_, open)| !open);
            hidden.for_each(|(byte, _)| fill(byte));
        }
        fill_range(&mut bytes, behind..atr.bytes.len());
        // The check character is right where it was.
        let sum = |bytes: &[u8]| bytes.iter().take(end).skip(1).fold(0, |sum, byte| sum ^ byte);
        let change = sum(&bytes) ^ sum(&atr.bytes);
        if atr.tck.present.is_some() {
            bytes.iter_mut().skip(end).take(1).for_each(|byte| *byte ^= change);
        }
        bytes
    }

    /// Every answer, in order; then what belongs to none.
    pub(super) fn answers(&mut self) {
        let facts = self.facts;
        for fact in facts.in_order() {
            let data = fact.data();
            let mut scrubbing = Scrubbing {
                exchanges: fact.exchanges().to_vec(),
                data: data.to_vec(),
                kept: Vec::new(),
            };
            match fact {
                Fact::Reading(reading) if is_purse(&reading.place) => {
                    scrubbing.data = self.numbers.purse_file(reading);
                }
                Fact::Reading(reading) if matches!(reading.how, How::Binary(_)) => {
                    scrubbing.data = self.binary(reading);
                }
                _ => self.parts(fact, &mut scrubbing),
            }
            self.done.push(scrubbing);
        }
        let shown: HashSet<u32> =
            self.done.iter().flat_map(|done| done.exchanges.iter().copied()).collect();
        for (number, exchange) in (1..).zip(self.original.clone()) {
            if !shown.contains(&number) || is_left_out(exchange) {
                let data = data_of(exchange).to_vec();
                let data = self.numbers.like(&data);
                self.put_one(number, &data);
            }
        }
    }

    fn parts(&mut self, fact: Fact<'_>, scrubbing: &mut Scrubbing) {
        for part in self.facts.parts(fact) {
            let value = fact.data().get(part.range.clone()).unwrap_or_default();
            let is_none = |tag| {
                let row = profile::tag(tag);
                row.is_some_and(|row: &TagEntry| row.class(value.len()) == Personal::None)
            };
            let sample = match part.what {
                What::Frame => continue,
                What::Tag(tag) if part.is_open || is_none(tag) => {
                    scrubbing.kept.push(part.range);
                    continue;
                }
                _ if part.is_open => {
                    scrubbing.kept.push(part.range);
                    continue;
                }
                What::Tag(tag) => self.tagged(tag, value, fact),
                What::Item(item) => self.item(item, value, fact),
                What::Broken => broken(value.len()),
                What::Untagged => untagged(value.len()),
                What::Unknown => self.unknown(value, fact),
            };
            self.values.add(value, &sample);
            if is_telling(part.what) {
                self.values.sure(value);
            }
            replace(&mut scrubbing.data, part.range.start, &sample);
        }
    }

    fn unknown(&mut self, value: &[u8], fact: Fact<'_>) -> Vec<u8> {
        match fact {
            Fact::Other(other) if other.ins == 0x5C => self.numbers.balance(value),
            _ => self.numbers.like(value),
        }
    }

    fn tagged(&mut self, tag: u32, value: &[u8], fact: Fact<'_>) -> Vec<u8> {
        match (tag, fact) {
            (0x5A, _) => self.account(value),
            (0x57 | 0x5F22, _) => self.track(value),
            (0x5F20 | 0x9F0B | 0x5B, _) => self.name(value),
            (0x9F0C, Fact::Selection(selection))
                if selection.application.is_some_and(|a| a.kind == ApplicationKind::Transport) =>
            {
                self.numbers.purse(value)
            }
            _ => self.numbers.like(value),
        }
    }

    fn item(&mut self, item: &'static Item, value: &[u8], fact: Fact<'_>) -> Vec<u8> {
        let is_sex = item.codes.iter().any(|part| part.table == "sex");
        match (item.display, value) {
            _ if text::is_blank(value) => value.to_vec(),
            _ if is_rewritten(item, value) => self.rewritten(value),
            _ if let Some(sample) = self.part_of_a_text(item, value, fact) => sample,
            _ if value.len() < item.length
                && let Some(whole) = self.whole(item, value, fact) =>
            {
                let mut sample = self.item(item, whole, fact);
                sample.truncate(value.len());
                sample
            }
            _ if item.personal == Personal::None && item.decode(value).is_ok() => value.to_vec(),
            (Display::Code, [code @ (b'1' | b'2')]) if is_sex => vec![self.numbers.sex(*code)],
            (Display::Code, [b'!'..=b'~']) if is_sex => vec![b'9'],
            (Display::Region, [_, _, _]) if bcd::digits(value).is_ok() => vec![0x99, 0x99, 0x01],
            (Display::CardIdentificationCode, _) => self.identification_code(value),
            (Display::CardNumber, _) => self.numbers.card(value),
            _ if item.personal == Personal::Name => match fact {
                Fact::Reading(reading) => self.holder(item, value, reading),
                Fact::Selection(_) | Fact::Other(_) => self.name(value),
            },
            _ => self.numbers.like(value),
        }
    }

    /// The mark at the end stays, which tells how to read what stands before it.
    fn rewritten(&mut self, value: &[u8]) -> Vec<u8> {
        let (content, mark) = value.split_at(value.len().saturating_sub(1));
        [&self.numbers.like(content), mark].concat()
    }

    /// Region and RID stay; the serial number is that of the answer to reset.
    fn identification_code(&mut self, value: &[u8]) -> Vec<u8> {
        let is_regular = value.get(3..8) == Some(&RID[..])
            && value.get(..3).is_some_and(|region| bcd::digits(region).is_ok());
        let (kept, rest) = value.split_at_checked(8).unwrap_or_default();
        if is_regular && value.len() <= 16 {
            let mut sample = kept.to_vec();
            for (form, four) in [Form::Serial, Form::Code].into_iter().zip(rest.chunks(4)) {
                match <[u8; 4]>::try_from(four) {
                    Ok(four) => {
                        let serial = self.numbers.four(form, four);
                        self.values.add(&four, &serial);
                        sample.extend(serial);
                    }
                    Err(_) => sample.extend(self.numbers.like(four)),
                }
            }
            return sample;
        }
        let mut sample = self.numbers.like(value);
        if let Some(serial) = rest.first_chunk().filter(|four| text::is_serial_text(*four)) {
            let serial = self.numbers.four(Form::Serial, *serial);
            replace(&mut sample, 8, &serial);
        }
        sample
    }

    pub(super) fn name(&mut self, value: &[u8]) -> Vec<u8> {
        let content = text::unpad(value);
        let sample = self.numbers.name_bytes(content);
        [&sample[..], value.get(content.len()..).unwrap_or_default()].concat()
    }

    fn account(&mut self, value: &[u8]) -> Vec<u8> {
        let Some(digits) = bcd::digits(value).ok().filter(|digits| !digits.is_empty()) else {
            return self.numbers.like(value);
        };
        let sample = self.numbers.account(&digits);
        self.values.add(digits.as_bytes(), sample.as_bytes());
        let mut packed = bcd::encode(&sample).unwrap_or_default();
        packed.resize(value.len(), 0xFF);
        packed
    }

    /// Track 2: the account; end of validity and service code stay, what follows
    /// them goes.
    fn track(&mut self, value: &[u8]) -> Vec<u8> {
        let nibbles: Vec<u8> = value.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]).collect();
        let separator = nibbles.iter().position(|nibble| *nibble == 0x0D);
        let (before, behind) = nibbles.split_at_checked(separator.unwrap_or(0)).unwrap_or_default();
        let digit = |nibble: &u8| char::from_digit(u32::from(*nibble), 10);
        let digits: Option<String> = before.iter().map(digit).collect();
        let Some(digits) = digits.filter(|digits| !digits.is_empty()) else {
            return self.numbers.like(value);
        };
        let sample = self.numbers.account(&digits);
        self.values.add(digits.as_bytes(), sample.as_bytes());
        let account = sample.bytes().map(|digit| digit & 0x0F);
        let rest = behind.iter().enumerate().map(|(at, nibble)| match nibble {
            0..=9 if at > 7 => 0,
            nibble => *nibble,
        });
        let nibbles: Vec<u8> = account.chain(rest).collect();
        let packed = nibbles.chunks_exact(2).map(|pair| match pair {
            [high, low] => high << 4 | low,
            _ => 0xFF,
        });
        packed.collect()
    }

    /// Bytes of a transparent file. Keys and certificates are taken as a whole.
    fn binary(&mut self, reading: &Reading) -> Vec<u8> {
        let How::Binary(offset) = reading.how else { return Vec::new() };
        let fid = reading.fid.unwrap_or_default();
        let mut sample = reading.data.clone();
        if !reading.place.is("acse") || !(KEYS.contains(&fid) || CERTIFICATES.contains(&fid)) {
            if !text::is_blank(&sample) {
                let written = text::unpad(&reading.data).len();
                sample.iter_mut().take(written).for_each(|byte| *byte = FILL);
            }
            return sample;
        }
        let facts = self.facts;
        let numbers = &mut *self.numbers;
        let (whole, new) = &*self.files.entry(fid).or_insert_with(|| {
            let joined = facts.joined(&reading.place, fid);
            let whole = joined.map(|joined| joined.bytes).unwrap_or_default();
            let new = match KEYS.contains(&fid) {
                true => numbers.key_file(&whole),
                false => numbers.certificate_file(&whole),
            };
            (whole, new)
        });
        let there = whole.iter().zip(new).skip(offset.into()).map(Some);
        let there = there.chain(std::iter::repeat(None));
        for (byte, there) in sample.iter_mut().zip(there) {
            match there {
                Some((old, new)) if old == byte => *byte = *new,
                _ => fill(byte),
            }
        }
        sample
    }

    /// What was sent: a PIN, say. The name that SELECT asks for stays.
    pub(super) fn commands(&mut self) {
        for at in 0..self.exchanges.len() {
            let Some(exchange) = self.original.get(at) else { return };
            let command = exchange.command.as_slice();
            let begin = if command.get(4) == Some(&0) { 7 } else { 5 };
            let sent = match Command::parse(command) {
                Ok(parsed) if parsed.ins == 0xA4 => continue,
                Ok(parsed) => parsed.data,
                Err(_) => command.get(begin..).unwrap_or_default(),
            };
            let sample = self.numbers.like(sent);
            self.values.add(sent, &sample);
            if let Some(exchange) = self.exchanges.get_mut(at) {
                replace(&mut exchange.command, begin, &sample);
            }
        }
    }

    /// Personal values where none belongs: in what is open, and in names that no
    /// table has. Then everything is written back.
    pub(super) fn sweep(&mut self) {
        for mut done in std::mem::take(&mut self.done) {
            for range in done.kept {
                if let Some(open) = done.data.get_mut(range) {
                    self.values.sweep(open);
                }
            }
            self.put(&done.exchanges, &done.data);
        }
        for exchange in &mut self.exchanges {
            let name = Command::parse(&exchange.command).map(|command| command.data);
            let is_known = name.is_ok_and(|name| application_by_aid(name).is_some());
            if exchange.command.get(1) == Some(&0xA4)
                && !is_known
                && let Some(name) = exchange.command.get_mut(5..)
            {
                self.values.sweep(name);
            }
        }
    }

    /// Writes data back to the exchanges that brought it, in order.
    fn put(&mut self, numbers: &[u32], data: &[u8]) {
        let mut rest = data;
        for number in numbers {
            let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
            let Some(exchange) = self.original.get(index).filter(|one| !is_left_out(one)) else {
                continue;
            };
            let length = data_of(exchange).len().min(rest.len());
            let (own, behind) = rest.split_at_checked(length).unwrap_or_default();
            self.put_one(*number, own);
            rest = behind;
        }
    }

    fn put_one(&mut self, number: u32, data: &[u8]) {
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(answer) = self.exchanges.get_mut(index).and_then(|one| one.response.as_mut()) {
            replace(answer, 0, data);
        }
    }
}

/// Whether an item of the old meaning says by its end that it has the new one.
fn is_rewritten(item: &Item, value: &[u8]) -> bool {
    profile::same_tag(item).any(|row| row.is_rewritten(value))
}

/// Whether a value names its owner wherever it stands.
fn is_telling(what: What) -> bool {
    let class = match what {
        What::Item(item) => item.personal,
        What::Tag(tag) => profile::tag(tag).map_or(Personal::Unknown, |row| row.personal),
        What::Frame | What::Broken | What::Untagged | What::Unknown => Personal::Unknown,
    };
    matches!(class, Personal::Name | Personal::Id | Personal::Card | Personal::Account)
}

fn is_purse(place: &Place) -> bool {
    matches!(place, Place::Application(row) if row.kind == ApplicationKind::Transport)
}

/// GET RESPONSE that was answered by a corrected Le: nothing of it counts.
fn is_left_out(exchange: &Exchange) -> bool {
    let answer = exchange.response.as_deref().and_then(Response::parse);
    exchange.command.get(1) == Some(&0xC0) && answer.is_some_and(|answer| answer.sw.sw1() == 0x6C)
}

/// What came before the status word; all of what has none.
fn data_of(exchange: &Exchange) -> &[u8] {
    let answer = exchange.response.as_deref().unwrap_or_default();
    Response::parse(answer).map_or(answer, |response| response.data)
}

/// Something that is no BER either.
fn broken(length: usize) -> Vec<u8> {
    (0..length).map(|at| if at == 1 { 0x84 } else { FILL }).collect()
}

/// Something that is no record either: a tag that no table has, and a length that goes
/// beyond the end.
fn untagged(length: usize) -> Vec<u8> {
    (0..length).map(|at| if at == 1 { 0xFF } else { 0xFE }).collect()
}

fn fill(byte: &mut u8) {
    if !matches!(byte, 0x00 | 0xFF) {
        *byte = FILL;
    }
}

fn fill_range(bytes: &mut [u8], range: std::ops::Range<usize>) {
    bytes.iter_mut().take(range.end).skip(range.start).for_each(fill);
}

fn replace(bytes: &mut [u8], at: usize, sample: &[u8]) {
    bytes.iter_mut().skip(at).zip(sample).for_each(|(byte, new)| *byte = *new);
}
