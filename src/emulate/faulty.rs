//! A card that fails on order: a decorator of any card. What goes wrong is written
//! in [`Fault`]; the card below knows nothing of it.

use std::thread::sleep;
use std::time::Duration;

use super::fault::{Fault, FaultKind};
use crate::session::{Interface, Protocol, Reset};
use crate::transport::{Card, Transmit, TransportError};

/// What a reader makes of a line that nobody drives.
const GARBAGE: [u8; 8] = [0xFF; 8];

/// What a chain of `61xx` without an end brings at a time.
const PIECE: u8 = 0x10;

/// A card and what goes wrong with it.
#[derive(Clone, Debug)]
pub struct Faulty<C> {
    card: C,
    faults: Vec<Fault>,
    /// Commands received so far.
    exchanges: u32,
    /// The answer to the last reset.
    atr: Vec<u8>,
    resets: u8,
    /// Why nothing comes any more.
    over: Option<TransportError>,
    patience: Option<Patience>,
}

/// How long somebody in the same process would wait.
#[derive(Clone, Copy, Debug)]
struct Patience {
    exchange: Duration,
    left: Duration,
}

/// An answer, and how much of it comes before the card leaves.
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) sent: usize,
}

impl<C: Card> Faulty<C> {
    /// A card with faults on order; powered, so that it has an answer to reset.
    pub fn new(card: C, faults: Vec<Fault>) -> Self {
        let mut faulty = Self {
            card,
            faults,
            exchanges: 0,
            atr: Vec::new(),
            resets: 0,
            over: None,
            patience: None,
        };
        faulty.atr = faulty.answer_to_reset();
        faulty
    }

    /// The same for a caller who waits so long for an exchange, and so long for all
    /// of them. What takes longer is a time-out at once: nobody waits in vain.
    #[must_use]
    pub fn with_patience(mut self, exchange: Duration, all: Duration) -> Self {
        self.patience = Some(Patience { exchange, left: all });
        self
    }

    /// The faults of the exchange that is next, or of the one that goes on.
    fn due(&self, exchange: u32) -> impl Iterator<Item = FaultKind> {
        self.faults.iter().filter(move |fault| fault.spoils(exchange)).map(|fault| fault.kind)
    }

    /// What the card gives after a reset, before the next exchange.
    fn answer_to_reset(&self) -> Vec<u8> {
        let mut atr = self.card.atr().to_vec();
        for kind in self.due(self.exchanges.saturating_add(1)) {
            match kind {
                FaultKind::BadAtr => atr = GARBAGE.to_vec(),
                FaultKind::NoAtr => atr.clear(),
                // The same change of the last two bytes leaves the check byte right.
                FaultKind::OtherAtr => {
                    atr.iter_mut().rev().take(2).for_each(|byte| *byte ^= self.resets);
                }
                _ => {}
            }
        }
        atr
    }

    /// Answers as the wire would show it.
    pub(super) fn respond(&mut self, command: &[u8]) -> Result<Answer, TransportError> {
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        self.exchanges = self.exchanges.saturating_add(1);
        let due: Vec<FaultKind> = self.due(self.exchanges).collect();
        for kind in &due {
            match kind {
                FaultKind::Slow(time) => self.wait(*time)?,
                FaultKind::Mute => return Err(TransportError::Timeout),
                FaultKind::Remove => return Err(self.end(TransportError::Removed)),
                FaultKind::ReaderGone => return Err(self.end(TransportError::ReaderGone)),
                _ => {}
            }
        }
        let mut bytes = self.card.transmit(command)?;
        for kind in &due {
            self.spoil(*kind, command, &mut bytes);
        }
        let sent = match due.contains(&FaultKind::Close) {
            true => bytes.len() / 2,
            false => bytes.len(),
        };
        if sent < bytes.len() {
            self.end(TransportError::Removed);
        }
        Ok(Answer { bytes, sent })
    }

    fn end(&mut self, error: TransportError) -> TransportError {
        self.over = Some(error.clone());
        error
    }

    fn wait(&mut self, time: Duration) -> Result<(), TransportError> {
        if let Some(patience) = &mut self.patience {
            let left = patience.left.checked_sub(time).filter(|_| time <= patience.exchange);
            patience.left = left.ok_or(TransportError::Timeout)?;
        }
        sleep(time);
        Ok(())
    }

    fn spoil(&self, kind: FaultKind, command: &[u8], answer: &mut Vec<u8>) {
        let end = answer.len().saturating_sub(2);
        match kind {
            FaultKind::Truncate(bytes) => {
                answer.truncate(answer.len().saturating_sub(usize::from(bytes)).max(1));
            }
            FaultKind::Extend(bytes) => {
                drop(answer.splice(end..end, std::iter::repeat_n(0xFF, usize::from(bytes))));
            }
            FaultKind::StatusWord(sw) => *answer = sw.to_be_bytes().to_vec(),
            FaultKind::Flip(bit) => flip(answer, usize::from(bit)),
            FaultKind::EndlessData => {
                answer.clear();
                if let [_, 0xC0, ..] = command {
                    answer.resize(usize::from(PIECE), 0);
                }
                answer.extend([0x61, PIECE]);
            }
            FaultKind::EndlessLength => *answer = vec![0x6C, PIECE],
            FaultKind::Unsteady => {
                let data = answer.get_mut(..end).unwrap_or_default();
                flip(data, usize::try_from(self.exchanges).unwrap_or_default());
            }
            _ => {}
        }
    }
}

/// Turns one bit round, counted from the highest of the first byte.
fn flip(bytes: &mut [u8], bit: usize) {
    let at = (bit / 8).checked_rem(bytes.len()).unwrap_or_default();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 0x80 >> (bit % 8);
    }
}

impl<C: Card> Transmit for Faulty<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let Answer { mut bytes, sent } = self.respond(command)?;
        let whole = sent == bytes.len();
        bytes.truncate(sent);
        match (sent, whole) {
            (2.., _) => Ok(bytes),
            (_, true) => Err(TransportError::BadAnswer(sent)),
            // Less than a status word from a card that has left is its removal.
            (_, false) => Err(TransportError::Removed),
        }
    }
}

impl<C: Card> Card for Faulty<C> {
    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn interface(&self) -> Interface {
        self.card.interface()
    }

    fn protocol(&self) -> Protocol {
        self.card.protocol()
    }

    /// Without an answer to reset, or with one that does not begin as it must
    /// (ISO/IEC 7816-3, 8.1), the card has not come back.
    fn reset(&mut self, kind: Reset) -> Result<(), TransportError> {
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        self.card.reset(kind)?;
        self.resets = self.resets.wrapping_add(1);
        self.atr = self.answer_to_reset();
        match self.atr.first() {
            Some(0x3B | 0x3F) => Ok(()),
            _ => Err(TransportError::Unresponsive),
        }
    }
}

#[cfg(test)]
mod tests;
