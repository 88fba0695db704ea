//! A payment application as far as it shows itself before a transaction: its
//! counters, its records, its open values, and its counters again.

use super::super::Depth;
use super::super::ask::{get_data, read};
use crate::observe::{Facts, How, Place, Reading};
use crate::profile::Application;
use crate::session::Interface;
use crate::tlv::ber::{self, Tag};

/// Transaction counter and PIN try counter: read first and last, they prove that
/// nothing moved.
const COUNTERS: [u16; 2] = [0x9F36, 0x9F17];

/// What a `check` asks for when the application has electronic cash (9F79).
const CASH: [u16; 2] = [0x9F77, 0x9F6D];

/// Open values that `read` asks for besides (PBOC 3.0, observed practice).
const MORE: [u16; 24] = [
    0x9F51, 0x9F52, 0x9F53, 0x9F54, 0x9F56, 0x9F57, 0x9F58, 0x9F5C, 0x9F5D, 0x9F68, 0x9F6B, 0x9F72,
    0x9F73, 0x9F75, 0x9F76, 0x9F78, 0xDF4F, 0xDF61, 0xDF62, 0xDF63, 0xDF71, 0xDF76, 0xDF77, 0xDF79,
];

/// Files that hold templates `70` (EMV 4.4 B3 5.3.2.2).
const FILES: std::ops::RangeInclusive<u8> = 1..=10;
const MAX_RECORDS: u8 = 16;
/// Records may leave numbers out: a file is given up after so many in a row.
const GAP: u8 = 3;

/// The next question to a payment application.
pub(super) fn application(
    facts: &Facts,
    row: &'static Application,
    depth: Depth,
) -> Option<Vec<u8>> {
    counters(facts, row, 1)
        .or_else(|| records(facts, row))
        .or_else(|| values(facts, row, depth))
        .or_else(|| log(facts, row, depth))
        .or_else(|| counters(facts, row, 2))
}

/// The records of PSE, by the file that its FCI names (EMV 4.4 B1 12.2.3).
pub(super) fn directory(facts: &Facts, row: &'static Application) -> Option<Vec<u8>> {
    let fci = &facts.opened(row)?.fci;
    let [sfi @ 1..=10] = *ber::find(fci, &[0x6F, 0xA5, 0x88])? else { return None };
    for number in 1..=MAX_RECORDS {
        match reading(facts, row, sfi, number) {
            None => return Some(record(sfi, number)),
            Some(reading) if reading.is_ok() => {}
            Some(_) => return None,
        }
    }
    None
}

/// Each counter once; in the second round once more, where the first answered.
fn counters(facts: &Facts, row: &'static Application, round: usize) -> Option<Vec<u8>> {
    COUNTERS.into_iter().find_map(|tag| {
        let answers: Vec<_> = facts.answers(row, 0xCA, tag).collect();
        let worth = round == 1 || answers.first().is_some_and(|first| first.is_ok());
        (offers_data(facts, row) && worth && answers.len() < round).then(|| get_data(tag, le(tag)))
    })
}

/// GET DATA is an instruction that the application knows.
fn offers_data(facts: &Facts, row: &'static Application) -> bool {
    let place = Place::Application(row);
    let mut answers = facts.others_of(0xCA).filter(|other| other.place == place);
    !answers.any(|other| matches!(other.sw.0, 0x6D00 | 0x6E00))
}

/// Records by number, file by file. `6A82` ends a file at once, a gap of three
/// numbers after that; once the mandatory data is there, the first gap does.
fn records(facts: &Facts, row: &'static Application) -> Option<Vec<u8>> {
    let gap = if is_complete(facts, row) { 1 } else { GAP };
    for sfi in FILES {
        let mut missing: u8 = 0;
        for number in 1..=MAX_RECORDS {
            match reading(facts, row, sfi, number) {
                None => return Some(record(sfi, number)),
                Some(reading) if reading.is_ok() => missing = 0,
                Some(reading) => match reading.sw.0 {
                    0x6A83 => missing = missing.saturating_add(1),
                    // Wants a transaction first, or reads no records at all.
                    0x6985 | 0x6D00 | 0x6E00 => return None,
                    _ => break,
                },
            }
            if missing >= gap {
                break;
            }
        }
    }
    None
}

/// Whether all data has come that must be there: account number and end of
/// validity, and where cards are put in, both lists for the cryptogram
/// (EMV 4.4 B3 7.2).
fn is_complete(facts: &Facts, row: &'static Application) -> bool {
    let objects = facts.data_objects(row);
    let has = |tag| objects.iter().any(|object| object.tag == Tag(tag));
    let lists = facts.interface == Some(Interface::Contactless) || (has(0x8C) && has(0x8D));
    (has(0x5A) || has(0x57)) && has(0x5F24) && lists
}

/// Open values: what a rule looks at, and for `read` all that are known.
fn values(facts: &Facts, row: &'static Application, depth: Depth) -> Option<Vec<u8>> {
    let has = |tag| facts.answers(row, 0xCA, tag).any(|answer| answer.is_ok());
    let mut wanted = vec![0x9F79];
    if has(0x9F36) {
        wanted.extend([0x9F13, 0x9F59]);
    }
    if has(0x9F79) {
        wanted.extend(CASH);
    }
    if facts.data_object(row, 0x9F4D).is_some() {
        wanted.push(0x9F4F);
    }
    if depth == Depth::Everything {
        wanted.extend(MORE);
    }
    let asked = |tag: &u16| facts.answers(row, 0xCA, *tag).next().is_some();
    let tag = wanted.into_iter().find(|tag| !asked(tag))?;
    offers_data(facts, row).then(|| get_data(tag, le(tag)))
}

/// The newest entry of the transaction log; for `read` all of them. The FCI says
/// in which file and how many (EMV 4.4 B3 D1).
fn log(facts: &Facts, row: &'static Application, depth: Depth) -> Option<Vec<u8>> {
    let entry = facts.data_object(row, 0x9F4D)?;
    let [sfi @ 11..=30, count] = *entry.value else { return None };
    let count = if depth == Depth::Everything { count } else { count.min(1) };
    for number in 1..=count {
        match reading(facts, row, sfi, number) {
            None => return Some(record(sfi, number)),
            Some(reading) if reading.is_ok() => {}
            Some(_) => return None,
        }
    }
    None
}

fn reading<'a>(
    facts: &'a Facts,
    row: &'static Application,
    sfi: u8,
    number: u8,
) -> Option<&'a Reading> {
    let place = Place::Application(row);
    let wanted = |r: &&Reading| r.place == place && r.how == How::Record(number);
    facts.readings.iter().filter(wanted).find(|r| r.fid == Some(0xEF00 | u16::from(sfi)))
}

/// READ RECORD of unknown length.
fn record(sfi: u8, number: u8) -> Vec<u8> {
    read(How::Record(number), Some(u16::from(sfi)), 0)
}

/// Length of the answer to GET DATA, tag and length included, where the format
/// fixes it.
fn le(tag: u16) -> u8 {
    match tag {
        0x9F17 => 4,
        0x9F36 | 0x9F13 => 5,
        0x9F6D | 0x9F77..=0x9F79 => 9,
        _ => 0,
    }
}
