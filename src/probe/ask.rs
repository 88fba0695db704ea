//! Asking for one thing: the shortest form first, and the next one when a card
//! does not know it.

use crate::observe::{Facts, How, Place, Reading, Selection, Target};
use crate::profile::{self, Application, Item};
use crate::session::Protocol;

/// What asking for something has come to.
pub(super) enum Asked<'a> {
    /// Send this next.
    Send(Vec<u8>),
    /// The card has answered.
    Answered(&'a Reading),
    /// No form of asking is left.
    Refused,
}

/// SELECT by DF name. On T=0 an Le would make the command a case 4 that not
/// every reader passes on; T=1 needs it.
pub(super) fn select(facts: &Facts, name: &[u8]) -> Vec<u8> {
    let mut command = header_and_data([0x00, 0xA4, 0x04, 0x00], name);
    if facts.protocol == Some(Protocol::T1) {
        command.push(0x00);
    }
    command
}

/// SELECT of an application, unless it was asked for before.
pub(super) fn select_once(facts: &Facts, id: &str) -> Option<Vec<u8>> {
    if facts.selection(id).is_some() {
        return None;
    }
    profile::application(id).and_then(|application| select_application(facts, application))
}

pub(super) fn select_application(facts: &Facts, application: &Application) -> Option<Vec<u8>> {
    application.aids.first().map(|aid| select(facts, aid))
}

/// SELECT by file identifier: the MF or a DF.
pub(super) fn select_directory(fid: u16) -> Vec<u8> {
    header_and_data([0x00, 0xA4, 0x00, 0x00], &fid.to_be_bytes())
}

/// SELECT of an EF under the current DF (P5 6.11.2).
pub(super) fn select_file(fid: u16) -> Vec<u8> {
    header_and_data([0x00, 0xA4, 0x02, 0x00], &fid.to_be_bytes())
}

/// GET CHALLENGE of eight bytes.
pub(super) fn challenge() -> Vec<u8> {
    vec![0x00, 0x84, 0x00, 0x00, 0x08]
}

/// GET DATA of one object. `le` is the exact length of the answer, 0 where that
/// is unknown.
pub(super) fn get_data(tag: u16, le: u8) -> Vec<u8> {
    let [high, low] = tag.to_be_bytes();
    vec![0x80, 0xCA, high, low, le]
}

/// GET BALANCE of a purse, four bytes.
pub(super) fn get_balance(parameters: u16) -> Vec<u8> {
    let [p1, p2] = parameters.to_be_bytes();
    vec![0x80, 0x5C, p1, p2, 0x04]
}

fn header_and_data(header: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut command = header.to_vec();
    command.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
    command.extend_from_slice(data);
    command
}

/// The way back to where the social security data stands.
pub(super) enum Way {
    /// The card stands there.
    Here,
    /// Send this first.
    Send(Vec<u8>),
    /// The card does not let us back.
    Lost,
}

/// Finds the way back home.
pub(super) fn go_home(facts: &Facts, home: &Place) -> Way {
    if facts.place == *home {
        return Way::Here;
    }
    let command = match home {
        Place::Application(application) => {
            let last = facts.selections_of(*application).last();
            let open = last.is_some_and(Selection::is_ok);
            if open { select_application(facts, application) } else { None }
        }
        Place::MasterFile => {
            let asked = facts.selections.iter().rfind(|s| s.target == Target::MasterFile);
            asked.is_none_or(Selection::is_ok).then(|| select_directory(0x3F00))
        }
        Place::Foreign(_) => None,
    };
    command.map_or(Way::Lost, Way::Send)
}

/// Asks for a part of a file: by SFI in one command; where the card does not
/// know that form, after a SELECT of the file. `le` is the exact length of the
/// answer in bytes.
pub(super) fn ask<'a>(facts: &'a Facts, home: &'a Place, fid: u16, how: How, le: u8) -> Asked<'a> {
    let tries: Vec<&Reading> = facts.readings_of(home, fid).filter(|r| r.how == how).collect();
    if let Some(answer) = tries.iter().find(|reading| is_answer(home, reading)) {
        return Asked::Answered(answer);
    }
    let Some(command) = next_form(facts, home, fid, how, le, &tries) else {
        return Asked::Refused;
    };
    match go_home(facts, home) {
        Way::Here => Asked::Send(command),
        Way::Send(first) => Asked::Send(first),
        Way::Lost => Asked::Refused,
    }
}

/// By SFI, then SELECT of the file, then as the current file.
fn next_form(
    facts: &Facts,
    home: &Place,
    fid: u16,
    how: How,
    le: u8,
    tries: &[&Reading],
) -> Option<Vec<u8>> {
    let Some(selection) = facts.file_selection(home, fid) else {
        let form = if tries.is_empty() { read(how, Some(fid), le) } else { select_file(fid) };
        return Some(form);
    };
    let since = selection.exchanges.first().copied().unwrap_or_default();
    let after = |reading: &&Reading| reading.exchanges.first().is_some_and(|n| *n > since);
    if !selection.is_ok() || tries.iter().any(after) {
        return None;
    }
    let current = facts.place == *home && facts.current_file == Some(fid);
    Some(if current { read(how, None, le) } else { select_file(fid) })
}

/// The length of an item's record: tag, length and value.
pub(super) fn length(item: &Item) -> u8 {
    u8::try_from(item.length.saturating_add(2)).unwrap_or(0)
}

/// Whether a status word answers the question; others say that the card does
/// not know this form of asking. `6A82` is taken at its word below SSSE; in SSSE
/// itself, whose files must exist, the file is selected before it is believed.
fn is_answer(home: &Place, reading: &Reading) -> bool {
    let below = !home.is("ssse") && *home != Place::MasterFile;
    reading.is_ok()
        || reading.is_protected()
        || matches!(reading.sw.0, 0x6A83 | 0x9303)
        || (below && reading.sw.0 == 0x6A82)
}

/// READ RECORD or READ BINARY, by SFI or of the current file.
pub(super) fn read(how: How, fid: Option<u16>, le: u8) -> Vec<u8> {
    let sfi = fid.map_or(0, |fid| fid.to_be_bytes()[1] & 0x1F);
    let (ins, p1, p2) = match how {
        How::Record(number) => (0xB2, number, (sfi << 3) | 0x04),
        How::RecordsFrom(number) => (0xB2, number, (sfi << 3) | 0x05),
        How::RecordsTo(number) => (0xB2, number, (sfi << 3) | 0x06),
        How::Tag(tag) => (0xB2, tag, sfi << 3),
        How::Binary(offset) => {
            let [high, low] = offset.to_be_bytes();
            (0xB0, if sfi == 0 { high } else { 0x80 | sfi }, low)
        }
    };
    vec![0x00, ins, p1, p2, le]
}
