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
use crate::profile;
use crate::report::doctor::{Card as Seen, Contact};
use crate::report::{Detail, Exit, Language, Reveal, Words, headline, masked_atr};
use crate::session::{Reset, Session};
use crate::transport::{Card, Guarded, Transmit as _, TransportError, guarded};
use crate::verdict;

/// Readings of the same data.
const READS: u32 = 1000;
/// A slow card is given up after so long: a tenth of them tells enough.
const PATIENCE: Duration = Duration::from_secs(30);
/// Readings that may fail before it is no use to go on.
const MAX_RETRIES: u32 = 10;

/// Looks at the card. Each part is looked at whatever became of the one before, as
/// long as there is a card.
pub(super) fn look(wanted: &CardSource, output: &Output<'_>) -> Result<Seen, TransportError> {
    let card: Box<dyn Card> = Box::new(in_reader(wanted)?);
    let mut card = guarded(card, Permission::Read);
    let atr = crate::atr::decode(card.atr());
    let mut seen = Seen {
        atr: masked_atr(&atr, Reveal::Masked),
        protocol: card.protocol().name(),
        resets: Vec::new(),
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
    if let Err(error) = read_again_and_again(&mut card, &mut seen.contact, output) {
        seen.lost = Some(error);
        return Ok(seen);
    }
    seen.verdict = Some(check(card));
    Ok(seen)
}

/// The same short reading, and what differs of it. What was read before the card was
/// lost counts.
fn read_again_and_again(
    card: &mut Guarded<Box<dyn Card>>,
    contact: &mut Contact,
    output: &Output<'_>,
) -> Result<(), TransportError> {
    let mut times = Vec::new();
    let ended = readings(card, contact, &mut times, output);
    times.sort_by(f64::total_cmp);
    contact.median_ms = times.get(times.len() / 2).copied().unwrap_or_default();
    contact.slowest_ms = times.last().copied().unwrap_or_default();
    ended
}

fn readings(
    card: &mut Guarded<Box<dyn Card>>,
    contact: &mut Contact,
    times: &mut Vec<f64>,
    output: &Output<'_>,
) -> Result<(), TransportError> {
    let (command, mut expected) = short_reading(card)?;
    let mut disturbed = 0_u32;
    let begun = Instant::now();
    while contact.reads < READS && begun.elapsed() < PATIENCE {
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

/// A whole check on the card as it is now.
fn check(mut card: Guarded<Box<dyn Card>>) -> (Exit, Words) {
    let header = probe::header(&card);
    let known = card.steps().len();
    let _ended = probe::run(&mut card, Depth::Full);
    let (_, steps) = card.into_parts();
    let steps = steps.into_iter().skip(known).collect();
    let facts = observe(&Session { header, steps });
    let day = clock::day(None, &crate::session::Header::default());
    let verdict = verdict::judge(&facts, day, Depth::Full);
    let exit = Exit::from(verdict.outcome);
    let line = |language| headline(&verdict, exit, language, Detail::Screen);
    (exit, Words { zh: line(Language::Chinese), en: line(Language::English) })
}
