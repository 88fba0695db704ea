//! The card in the reader: resets, a thousand short readings, a check.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use super::super::arguments::CardSource;
use super::super::card::in_reader;
use super::super::clock;
use super::super::output::Output;
use crate::apdu::{Permission, Response};
use crate::observe::observe;
use crate::probe::{self, Depth};
use crate::profile::{self, Text};
use crate::report::doctor::{Card as Seen, Contact};
use crate::report::{Detail, Exit, Language, Reveal, Words, headline, masked_atr};
use crate::session::{Reset, Session};
use crate::transport::pcsc::{ReaderState, ReaderStatus};
use crate::transport::{Card, Guarded, Transmit as _, TransportError, guarded};
use crate::verdict;

/// Readings of the same data.
const READS: u32 = 1000;
/// A slow card is given up after so long: a tenth of them tells enough.
const PATIENCE: Duration = Duration::from_secs(30);
/// Readings that may fail before it is no use to go on.
const MAX_RETRIES: u32 = 10;

/// Told before the card is touched.
const SHARED: Text = Text {
    zh: "! 别的程序正在用这张卡；下面要复位卡片，那个程序会丢失卡的状态，需要重新开始。",
    en: "! Another program uses this card; it is going to be reset, so that the program loses its state and has to begin anew.",
};

/// Looks at the card. Each part is looked at whatever became of the one before, as
/// long as there is a card.
pub(super) fn look(
    wanted: &CardSource,
    readers: &[ReaderState],
    output: &mut Output<'_>,
) -> Result<Seen, TransportError> {
    let card = in_reader(wanted)?;
    let is_shared =
        |reader: &ReaderState| reader.name == card.reader() && reader.status == ReaderStatus::InUse;
    let shared = readers.iter().any(is_shared);
    if shared {
        output.tell(&SHARED.into());
    }
    let card: Box<dyn Card> = Box::new(card);
    let mut card = guarded(card, Permission::Read);
    let atr = crate::atr::decode(card.atr());
    let mut seen = Seen {
        atr: masked_atr(&atr, Reveal::Masked),
        protocol: card.protocol().name(),
        resets: Vec::new(),
        shared,
        contact: Contact { wanted: READS, ..Contact::default() },
        verdict: None,
        lost: None,
    };
    let first = card.atr().to_vec();
    for kind in [Reset::Cold, Reset::Warm].into_iter().cycle().take(6) {
        match card.reset(kind) {
            Ok(()) => seen.resets.push(card.atr() == first),
            Err(error) => {
                seen.lost = Some(error);
                return Ok(seen);
            }
        }
    }
    // Most of the time is for the readings; a check is to have the rest.
    let time = PATIENCE.min(wanted.deadline.mul_f64(0.5));
    if let Err(error) = read_again_and_again(&mut card, &mut seen.contact, time, output) {
        seen.lost = Some(error);
        return Ok(seen);
    }
    let (verdict, ended) = check(card);
    seen.verdict = Some(verdict);
    seen.lost = ended.err();
    Ok(seen)
}

/// The same short reading, and what differs of it. What was read before the card was
/// lost counts.
fn read_again_and_again(
    card: &mut Guarded<Box<dyn Card>>,
    contact: &mut Contact,
    time: Duration,
    output: &Output<'_>,
) -> Result<(), TransportError> {
    let mut times = Vec::new();
    let ended = readings(card, contact, &mut times, time, output);
    times.sort_by(f64::total_cmp);
    contact.median_ms = times.get(times.len() / 2).copied().unwrap_or_default();
    contact.slowest_ms = times.last().copied().unwrap_or_default();
    ended
}

fn readings(
    card: &mut Guarded<Box<dyn Card>>,
    contact: &mut Contact,
    times: &mut Vec<f64>,
    time: Duration,
    output: &Output<'_>,
) -> Result<(), TransportError> {
    let (command, mut expected) = short_reading(card)?;
    let mut disturbed = 0_u32;
    let begun = Instant::now();
    while contact.reads < READS && begun.elapsed() < time {
        let sent = Instant::now();
        match card.transmit(&command) {
            Ok(answer) => {
                times.push(sent.elapsed().as_secs_f64() * 1e3);
                contact.reads = contact.reads.saturating_add(1);
                if answer != expected {
                    contact.differences = contact.differences.saturating_add(1);
                }
            }
            Err(error @ (TransportError::BadAnswer(_) | TransportError::ResetByOther)) => {
                // Another program that resets the card is no fault of its contacts.
                let count = match error {
                    TransportError::ResetByOther => &mut disturbed,
                    _ => &mut contact.retries,
                };
                *count = count.saturating_add(1);
                if *count > MAX_RETRIES {
                    return Err(error);
                }
                card.reset(Reset::Warm)?;
                expected = short_reading(card)?.1;
            }
            Err(error) => return Err(error),
        }
        progress(contact.reads, output);
    }
    Ok(())
}

/// The identification code of a social security card (18 bytes) where it opens; else
/// whatever the card says to the name of its environment.
fn short_reading(card: &mut impl Card) -> Result<(Vec<u8>, Vec<u8>), TransportError> {
    let mut select = vec![0x00, 0xA4, 0x04, 0x00];
    let name = profile::application("ssse").and_then(|row| row.aids.first().copied());
    let name = name.unwrap_or_default();
    select.push(u8::try_from(name.len()).unwrap_or_default());
    select.extend_from_slice(name);
    select.push(0x00);
    let selected = card.transmit(&select)?;
    let read = vec![0x00, 0xB2, 0x01, 0x28, 0x12];
    let answer = card.transmit(&read)?;
    let is_ok = |answer: &[u8]| Response::parse(answer).is_some_and(|answer| answer.sw.0 == 0x9000);
    Ok(if is_ok(&selected) && is_ok(&answer) { (read, answer) } else { (select, selected) })
}

fn progress(done: u32, output: &Output<'_>) {
    if done.is_multiple_of(50) && !output.is_json() && std::io::stderr().is_terminal() {
        let end = if done >= READS { "\r          \r" } else { "" };
        let _ = write!(std::io::stderr(), "\r{done}/{READS}{end}");
    }
}

type Verdict = (Exit, Words);

/// A whole check on the card as it is now, and what ended it early.
fn check(mut card: Guarded<Box<dyn Card>>) -> (Verdict, Result<(), TransportError>) {
    let header = probe::header(&card);
    let known = card.steps().len();
    let ended = probe::run(&mut card, Depth::Full);
    let (_, steps) = card.into_parts();
    let steps = steps.into_iter().skip(known).collect();
    let facts = observe(&Session { header, steps });
    let day = clock::day(None, &crate::session::Header::default());
    let verdict = verdict::judge(&facts, day, Depth::Full);
    let exit = Exit::from(verdict.outcome);
    let line = |language| headline(&verdict, exit, language, Detail::Screen);
    ((exit, Words { zh: line(Language::Chinese), en: line(Language::English) }), ended)
}
