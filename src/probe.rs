//! The planner: from the facts so far, which read-only command next? Drives a
//! card and feeds `observe`. Has no opinion, and never stops at the first refusal.

mod acse;
mod ask;
mod elsewhere;
mod plan;
mod sweep;
mod tour;

pub use plan::next;

use crate::observe::{MAX_FOREIGN_RESETS, Observer};
use crate::session::{Header, Reset};
use crate::transport::{Card, Guarded, Transmit, TransportError};

/// How much to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The generation alone (`--quick`).
    Quick,
    /// Issuer and holder, as far as they open (`read --format bas`).
    Basic,
    /// Generation and health.
    Full,
    /// The same, and how many PIN tries are left (`--pin-state`).
    PinState,
    /// Everything that opens without keys (`read`).
    Everything,
}

/// The next thing to do with a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this command.
    Send(Vec<u8>),
    /// Reset it warm: what is selected, and what a directory may have closed, is
    /// forgotten.
    Reset,
}

/// A plan ends by itself: after some hundred commands, or a few hundred where all
/// files open. A card that answers each in a new way must not keep us for ever.
const MAX_COMMANDS: usize = 1000;

/// Asks a card everything that the plan wants to know. What happened stands in
/// the recording of `card`; an error only says why it ended early, and stands
/// there too.
///
/// # Errors
///
/// Returns the error that ended the conversation, if one did.
pub fn run<C: Card>(card: &mut Guarded<C>, depth: Depth) -> Result<(), TransportError> {
    let mut observer = Observer::new(&header(card));
    let mut seen = card.steps().len();
    for _ in 0..MAX_COMMANDS {
        observer.settle();
        let Some(step) = next(observer.facts(), depth) else { return Ok(()) };
        let answer = match step {
            Step::Send(command) => card.transmit(&command).map(|_| ()),
            Step::Reset => card.reset(Reset::Warm),
        };
        for step in card.steps().iter().skip(seen) {
            observer.step(step);
        }
        seen = card.steps().len();
        match answer {
            Ok(()) => {}
            Err(TransportError::ResetByOther)
                if observer.facts().foreign_resets <= MAX_FOREIGN_RESETS => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What a recording of this card says of it.
pub fn header<C: Card>(card: &C) -> Header {
    Header {
        interface: Some(card.interface()),
        protocol: Some(card.protocol()),
        atr: Some(card.atr().to_vec()),
        ..Header::default()
    }
}
