//! The readers, what is in them, and which side of a chip they talk to.

use std::ffi::CStr;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use pcsc::{Context, Error, PNP_NOTIFICATION, Scope, State};

use super::code::{meaning, without_context};
use super::details::{attributes, directly, is_idle};
use crate::session::Interface;
use crate::transport::TransportError;

/// A call about more readers than this is refused.
const MOST_STATES: usize = 16;

/// What a reader holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderStatus {
    /// No card.
    Empty,
    /// A card that nobody uses.
    Present,
    /// A card that another program uses too.
    InUse,
    /// A card that another program keeps for itself.
    Exclusive,
    /// A card that does not answer to reset.
    Mute,
    /// The reader itself cannot be used.
    Unavailable,
}

impl ReaderStatus {
    /// Whether there is a card, of whatever health.
    #[must_use]
    pub fn holds_card(self) -> bool {
        matches!(self, Self::Present | Self::InUse | Self::Exclusive | Self::Mute)
    }
}

/// A reader and what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct ReaderState {
    /// The reader's name.
    pub name: String,
    /// What it holds.
    pub status: ReaderStatus,
    /// The answer to reset of its card.
    pub atr: Option<Vec<u8>>,
    /// The side of the chip: by the answer to reset or, without one, by the name.
    pub interface: Option<Interface>,
    /// The driver's vendor and version, where it says so.
    pub driver: Option<String>,
    /// How many times a card came or went since the service began, modulo 65,536:
    /// a card that was swapped between two looks differs in it.
    pub changes: u32,
}

impl std::fmt::Debug for ReaderState {
    /// Without the ATR, which may hold a serial number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?}", self.name, self.status)
    }
}

/// All readers, with what they hold. Empty when the service runs without any.
///
/// # Errors
///
/// [`TransportError::NoService`] when PC/SC is absent or does not answer in
/// `timeout`; [`TransportError::AccessDenied`].
pub fn readers(timeout: Duration) -> Result<Vec<ReaderState>, TransportError> {
    let (report, results) = channel();
    let begun = Instant::now();
    thread::spawn(move || {
        let mut monitor = match Monitor::establish() {
            Ok(monitor) => monitor,
            Err(error) => return drop(report.send(Err(without_context(error)))),
        };
        let found = monitor.snapshot().map_err(meaning);
        let _ = report.send(found.clone());
        // Asking a driver may hang where asking the service did not.
        if let Ok(mut readers) = found {
            for reader in &mut readers {
                reader.driver = monitor.driver(reader);
            }
            let _ = report.send(Ok(readers));
        }
    });
    let first = results.recv_timeout(timeout).map_err(|_| TransportError::NoService)??;
    Ok(match results.recv_timeout(timeout.saturating_sub(begun.elapsed())) {
        Ok(Ok(with_drivers)) => with_drivers,
        _ => first,
    })
}

/// The side of the chip that a reader shows.
///
/// A contactless reader makes the ATR up: `3B 8n 80 01` and n historical bytes
/// (PC/SC Part 3, 3.1.3.2.3). Without a card only the reader's name can tell.
pub(super) fn interface_of(atr: Option<&[u8]>, reader: &str) -> Option<Interface> {
    match atr {
        Some([0x3B, t0, 0x80, 0x01, ..]) if t0 & 0xF0 == 0x80 => Some(Interface::Contactless),
        Some(_) => Some(Interface::Contact),
        None => {
            let name = reader.to_ascii_lowercase();
            ["contactless", "picc", "nfc"]
                .iter()
                .any(|word| name.contains(word))
                .then_some(Interface::Contactless)
        }
    }
}

/// A context of its own and the readers it saw last.
pub(super) struct Monitor {
    context: Context,
    states: Vec<pcsc::ReaderState>,
}

impl Monitor {
    pub(super) fn establish() -> Result<Self, Error> {
        Ok(Self { context: Context::establish(Scope::User)?, states: Vec::new() })
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// The readers as they are now.
    pub(super) fn snapshot(&mut self) -> Result<Vec<ReaderState>, Error> {
        let mut left = 3_u8;
        loop {
            left = left.saturating_sub(1);
            match self.refresh() {
                // A reader came between asking for the length of the list and the
                // list, or left between the list and its state.
                Err(Error::InsufficientBuffer | Error::UnknownReader) if left > 0 => {}
                result => return result.map(|()| self.states.iter().map(reader_state).collect()),
            }
        }
    }

    fn refresh(&mut self) -> Result<(), Error> {
        let names = self.context.list_readers_owned()?;
        self.states = names
            .into_iter()
            .take(MOST_STATES)
            .map(|name| pcsc::ReaderState::new(name, State::UNAWARE))
            .collect();
        if self.states.is_empty() {
            return Ok(());
        }
        self.context.get_status_change(Duration::ZERO, &mut self.states)
    }

    /// Waits until something differs from the last [`Self::snapshot`], or for
    /// `time`.
    pub(super) fn wait(&mut self, time: Duration) -> Result<(), Error> {
        for state in &mut self.states {
            state.sync_current_state();
        }
        // With sixteen readers there is no room for the pseudo reader that tells of
        // new ones: they are noticed when `time` is over.
        if self.states.len() < MOST_STATES {
            self.states.push(pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        }
        match self.context.get_status_change(time, &mut self.states) {
            Err(Error::Timeout | Error::UnknownReader) => Ok(()),
            other => other,
        }
    }

    /// The state of one reader now, and its count of insertions and removals.
    pub(super) fn state_of(&mut self, reader: &str) -> Result<(State, u32), Error> {
        self.snapshot()?;
        let found = self.states.iter().find(|state| name_of(state.name()) == reader);
        found.map_or(Err(Error::UnknownReader), |state| {
            Ok((state.event_state(), state.event_count()))
        })
    }

    /// The name as the service spells it, which need not be UTF-8.
    pub(super) fn raw_name(&self, reader: &str) -> Option<&CStr> {
        self.states.iter().map(pcsc::ReaderState::name).find(|name| name_of(name) == reader)
    }

    /// The driver's own word about itself. A reader in use is left alone.
    fn driver(&self, reader: &ReaderState) -> Option<String> {
        let name = self.raw_name(&reader.name).filter(|_| is_idle(reader.status))?;
        directly(&self.context, name, attributes).ok()?.driver()
    }
}

fn name_of(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn reader_state(state: &pcsc::ReaderState) -> ReaderState {
    let name = name_of(state.name());
    let status = status(state.event_state());
    let atr = (!state.atr().is_empty() && status.holds_card()).then(|| state.atr().to_vec());
    let interface = interface_of(atr.as_deref(), &name);
    let changes = state.event_count();
    ReaderState { name, status, atr, interface, driver: None, changes }
}

fn status(state: State) -> ReaderStatus {
    if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
        ReaderStatus::Unavailable
    } else if !state.contains(State::PRESENT) {
        ReaderStatus::Empty
    } else if state.contains(State::MUTE) {
        ReaderStatus::Mute
    } else if state.contains(State::EXCLUSIVE) {
        ReaderStatus::Exclusive
    } else if state.contains(State::INUSE) {
        ReaderStatus::InUse
    } else {
        ReaderStatus::Present
    }
}

#[cfg(test)]
impl ReaderState {
    pub(super) fn sample(name: &str, status: ReaderStatus) -> Self {
        let name = name.to_owned();
        Self { name, status, atr: None, interface: None, driver: None, changes: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_atr_tells_the_side_or_else_the_name() {
        let contactless = [0x3B, 0x88, 0x80, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        assert_eq!(interface_of(Some(&contactless), "R"), Some(Interface::Contactless));
        let contact = [0x3B, 0x6D, 0x00, 0x00, 0x00, 0x81];
        assert_eq!(interface_of(Some(&contact), "R PICC"), Some(Interface::Contact));
        assert_eq!(interface_of(None, "R PICC Interface"), Some(Interface::Contactless));
        assert_eq!(interface_of(None, "R Contact"), None);
    }

    #[test]
    fn states_are_told_apart() {
        assert_eq!(status(State::EMPTY | State::CHANGED), ReaderStatus::Empty);
        assert_eq!(status(State::PRESENT | State::INUSE), ReaderStatus::InUse);
        let alone = State::PRESENT | State::INUSE | State::EXCLUSIVE;
        assert_eq!(status(alone), ReaderStatus::Exclusive);
        assert_eq!(status(State::PRESENT | State::MUTE), ReaderStatus::Mute);
        assert_eq!(status(State::UNKNOWN | State::IGNORE), ReaderStatus::Unavailable);
    }
}
