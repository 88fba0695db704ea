//! Exchanges as people may see them: bytes that can be personal are `··`.

use super::Reveal;
use crate::apdu::{Command, Response, instruction_name};
use crate::atr::Atr;
use crate::observe::{Facts, Reading, Selection, Target};
use crate::profile::{self, Personal};
use crate::session::{Event, Exchange, Session, Step};
use crate::tlv::{ber, simple};

/// What stands for a byte that is not shown.
const HIDDEN: &str = "··";

/// Hex in pairs; bytes that `open` does not allow are hidden.
fn hex_pairs(bytes: &[u8], open: &[bool], gap: &str) -> String {
    let pairs: Vec<String> = bytes
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if open.get(at).copied().unwrap_or(false) {
                format!("{byte:02X}")
            } else {
                HIDDEN.into()
            }
        })
        .collect();
    pairs.join(gap)
}

/// An answer to reset; the last four of 13 historical bytes are a serial number.
#[must_use]
pub fn masked_atr(atr: &Atr, reveal: Reveal) -> String {
    let mut open = vec![true; atr.bytes.len()];
    if reveal == Reveal::Masked && atr.social_security().is_some() {
        let behind = atr.trailing.len().saturating_add(usize::from(atr.tck.present.is_some()));
        let end = atr.bytes.len().saturating_sub(behind);
        for at in end.saturating_sub(4)..end {
            if let Some(flag) = open.get_mut(at) {
                *flag = false;
            }
        }
    }
    hex_pairs(&atr.bytes, &open, "")
}

/// One exchange, command and answer, as two lines of hex.
#[must_use]
pub fn masked_exchange(
    facts: &Facts,
    session: &Session,
    number: u32,
    reveal: Reveal,
) -> Option<(String, String)> {
    let exchange = nth(session, number)?;
    let command_open = command_mask(&exchange.command, reveal);
    let command = hex_pairs(&exchange.command, &command_open, " ");
    let Some(answer) = exchange.response.as_deref() else {
        return Some((command, String::from("-")));
    };
    let data = Response::parse(answer).map_or(0, |response| response.data.len());
    let mut open = match reveal {
        Reveal::Shown => vec![true; data],
        Reveal::Masked => answer_mask(facts, session, number, data),
    };
    open.resize(answer.len(), true);
    Some((command, hex_pairs(answer, &open, " ")))
}

/// Every exchange with its meaning, one after the other.
#[must_use]
pub fn timeline(facts: &Facts, session: &Session, reveal: Reveal) -> Vec<String> {
    let mut lines = Vec::new();
    let mut number: u32 = 0;
    for step in &session.steps {
        match step {
            Step::Title(_) => {}
            Step::Event(event) => lines.push(format!("     ! {}", event_name(event))),
            Step::Exchange(exchange) => {
                number = number.saturating_add(1);
                let Some((command, answer)) = masked_exchange(facts, session, number, reveal)
                else {
                    continue;
                };
                let name = match exchange.command.as_slice() {
                    [cla, ins, ..] => instruction_name(*cla, *ins).unwrap_or("?"),
                    _ => "?",
                };
                let time =
                    exchange.elapsed_ms.map(|ms| format!("  {ms:.1} ms")).unwrap_or_default();
                lines.push(format!("[{number:>2}] {name}{time}"));
                lines.push(format!("     > {command}"));
                lines.push(format!("     < {answer}"));
            }
        }
    }
    lines
}

fn event_name(event: &Event) -> String {
    match event {
        Event::Reset(crate::session::Reset::Cold) => "reset cold".into(),
        Event::Reset(crate::session::Reset::Warm) => "reset warm".into(),
        Event::Removed => "removed".into(),
        Event::Timeout => "timeout".into(),
        Event::Error(name) => format!("error {name}"),
    }
}

fn nth(session: &Session, number: u32) -> Option<&Exchange> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    let exchanges = session.steps.iter().filter_map(|step| match step {
        Step::Exchange(exchange) => Some(exchange),
        Step::Event(_) | Step::Title(_) => None,
    });
    exchanges.into_iter().nth(index)
}

/// Of a command the header, Lc and Le are open, and the data of SELECT: the name
/// of an application. Data of other commands may be a PIN or a person's.
fn command_mask(command: &[u8], reveal: Reveal) -> Vec<bool> {
    let mut open = vec![true; command.len()];
    if reveal == Reveal::Shown {
        return open;
    }
    match Command::parse(command) {
        Ok(parsed) if parsed.ins == 0xA4 || parsed.data.is_empty() => {}
        _ => open.iter_mut().skip(5).for_each(|flag| *flag = false),
    }
    open
}

/// Which data bytes of an answer are open. The answer may be one part of a chain
/// (`61xx` and GET RESPONSE): the mask is made for the whole and cut.
fn answer_mask(facts: &Facts, session: &Session, number: u32, length: usize) -> Vec<bool> {
    let Some((exchanges, whole)) = whole_mask(facts, number) else { return vec![false; length] };
    let part = |n: &u32| {
        let answer = nth(session, *n).and_then(|exchange| exchange.response.as_deref());
        answer.and_then(Response::parse).map_or(0, |response| response.data.len())
    };
    let before: usize = exchanges.iter().take_while(|n| **n != number).map(part).sum();
    whole.into_iter().skip(before).take(length).collect()
}

/// The fact that an exchange belongs to: its exchanges and its mask.
fn whole_mask(facts: &Facts, number: u32) -> Option<(&[u32], Vec<bool>)> {
    if let Some(selection) = facts.selections.iter().find(|s| s.exchanges.contains(&number)) {
        return Some((&selection.exchanges, selection_mask(selection)));
    }
    if let Some(reading) = facts.readings.iter().find(|r| r.exchanges.contains(&number)) {
        return Some((&reading.exchanges, reading_mask(reading)));
    }
    let other = facts.others.iter().find(|other| other.exchanges.contains(&number))?;
    let random = other.ins == 0x84;
    Some((&other.exchanges, vec![random; other.data.len()]))
}

/// FCI: tags and lengths are open, and values of class `none`. What the issuer
/// put into 9F0C is open in SSSE only, and there only the algorithm.
fn selection_mask(selection: &Selection) -> Vec<bool> {
    let in_ssse = match &selection.target {
        Target::Name(name) => profile::application_by_aid(name).is_some_and(|row| row.id == "ssse"),
        Target::Directory(_) | Target::MasterFile | Target::File(..) => false,
    };
    let mut open = vec![false; selection.fci.len()];
    ber_mask(&selection.fci, &mut open);
    if in_ssse && let Some(algorithm) = locate(&selection.fci, &[0x6F, 0xA5, 0x9F0C, 0x86]) {
        open.iter_mut().take(algorithm.end).skip(algorithm.start).for_each(|flag| *flag = true);
    }
    open
}

/// Where an object stands, tag and length included.
fn locate(bytes: &[u8], path: &[u32]) -> Option<std::ops::Range<usize>> {
    let mut base: usize = 0;
    let mut level = bytes;
    let mut place = 0..0;
    for tag in path {
        let mut objects = ber::Reader::new(level).map_while(Result::ok);
        let object = objects.find(|object| object.tag.0 == *tag)?;
        let value = base.saturating_add(object.value_offset);
        place = base.saturating_add(object.offset)..value.saturating_add(object.value.len());
        (base, level) = (value, object.value);
    }
    Some(place)
}

/// Opens the tags, the lengths and the values of class `none` of BER data.
pub(super) fn ber_mask(bytes: &[u8], open: &mut [bool]) {
    let mut set = |from: usize, to: usize| {
        open.iter_mut().take(to).skip(from).for_each(|flag| *flag = true);
    };
    for (_, object) in ber::walk(bytes).map_while(Result::ok) {
        set(object.offset, object.value_offset);
        let class = profile::tag(object.tag.0).map_or(Personal::Unknown, |row| row.personal);
        if class == Personal::None && !object.tag.is_constructed() {
            set(object.value_offset, object.value_offset.saturating_add(object.value.len()));
        }
    }
}

/// Records of SSSE and its DFs: one-byte tags; elsewhere BER; bytes of
/// transparent files are hidden.
fn reading_mask(reading: &Reading) -> Vec<bool> {
    let mut open = vec![false; reading.data.len()];
    if matches!(reading.how, crate::observe::How::Binary(_)) {
        return open;
    }
    let application = match &reading.place {
        crate::observe::Place::Application(row) => {
            (row.kind == profile::ApplicationKind::SocialSecurity).then_some(row.id)
        }
        crate::observe::Place::MasterFile => Some("ssse"),
        crate::observe::Place::Foreign(_) => None,
    };
    match application {
        Some(id) => simple_mask(&reading.data, &mut open, id, reading.fid.unwrap_or_default()),
        None => ber_mask(&reading.data, &mut open),
    }
    open
}

/// Opens the tags, the lengths and the values of class `none` of one-byte-tag
/// data.
pub(super) fn simple_mask(bytes: &[u8], open: &mut [bool], application: &str, fid: u16) {
    for item in simple::Reader::new(bytes) {
        let row = profile::item(application, fid, item.tag);
        let is_open =
            row.is_some_and(|row| row.personal == Personal::None && row.length == item.declared);
        let value = item.offset.saturating_add(2);
        let end = if is_open { value.saturating_add(item.value.len()) } else { value };
        open.iter_mut().take(end).skip(item.offset).for_each(|flag| *flag = true);
    }
}
