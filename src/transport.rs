//! Bytes to a card and bytes back. Nothing here knows what the bytes mean, but
//! for the instruction table.

use thiserror::Error;

use crate::apdu::Refusal;
use crate::session::{Event, Interface, Protocol, Reset};

#[cfg_attr(not(any(feature = "pcsc", test)), expect(dead_code, reason = "only a reader tells"))]
mod details;
pub mod get_response;
#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod read_only;
pub mod recording;

pub use details::ReaderDetails;
pub use get_response::GetResponse;
pub use read_only::ReadOnly;
pub use recording::Recording;

/// Sends a command, gives back the answer. One method; every extra duty is a
/// decorator of it.
pub trait Transmit {
    /// Sends one command and returns the whole response, status word included.
    ///
    /// # Errors
    ///
    /// Returns an error when no response came back. A response that reports
    /// failure (`6A82`, say) is a response, not an error.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError>;
}

/// A card that is powered and answers.
pub trait Card: Transmit {
    /// The answer to reset (ISO/IEC 7816-3, 8).
    fn atr(&self) -> &[u8];

    /// The side of the chip that answers.
    fn interface(&self) -> Interface;

    /// The protocol in use.
    fn protocol(&self) -> Protocol;

    /// Resets the card. Selection and security state are lost; the ATR may differ.
    ///
    /// # Errors
    ///
    /// Returns an error when the card does not come back.
    fn reset(&mut self, kind: Reset) -> Result<(), TransportError>;
}

impl<T: Transmit + ?Sized> Transmit for Box<T> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        (**self).transmit(command)
    }
}

impl<C: Card + ?Sized> Card for Box<C> {
    fn atr(&self) -> &[u8] {
        (**self).atr()
    }

    fn interface(&self) -> Interface {
        (**self).interface()
    }

    fn protocol(&self) -> Protocol {
        (**self).protocol()
    }

    fn reset(&mut self, kind: Reset) -> Result<(), TransportError> {
        (**self).reset(kind)
    }
}

/// Why no answer came back.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TransportError {
    /// PC/SC is absent, was stopped, or never answers.
    #[error("no PC/SC service")]
    NoService,
    /// PC/SC refused this user (polkit).
    #[error("access to the PC/SC service refused")]
    AccessDenied,
    /// No reader at the start, or none of the name given.
    #[error("no reader")]
    NoReader,
    /// More than one reader or card fits.
    #[error("more than one reader fits: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// No card seen in the reader.
    #[error("no card")]
    NoCard,
    /// Another program uses the card for longer than we wait.
    #[error("the card is used by another program")]
    Busy,
    /// Another program has the card for itself alone.
    #[error("the card is held exclusively by another program")]
    HeldExclusively,
    /// We want the card for us alone, and another program uses it.
    #[error("the card is used by another program, and cannot be had exclusively")]
    ExclusiveRefused,
    /// The card left the reader during the work.
    #[error("the card was removed")]
    Removed,
    /// The reader left during the work.
    #[error("the reader was removed")]
    ReaderGone,
    /// No answer within the deadline.
    #[error("no answer in time")]
    Timeout,
    /// The card does not power up, or the reader cannot talk to it.
    #[error("the card does not power up")]
    Unpowered,
    /// The card does not answer to reset, or its answer is unusable.
    #[error("the card does not answer to reset")]
    Unresponsive,
    /// No protocol that card and reader share.
    #[error("no common protocol")]
    ProtocolMismatch,
    /// An answer shorter than a status word, while the card is still there.
    #[error("an answer of {0} bytes is no answer")]
    BadAnswer(usize),
    /// Another program reset the card; selection and security state are lost.
    #[error("the card was reset by another program")]
    ResetByOther,
    /// The command is not in the instruction table, and was not sent.
    #[error("command refused: {0}")]
    Refused(Refusal),
    /// A PC/SC code that has no meaning of its own here.
    #[error("PC/SC error {0:08X}")]
    Service(u32),
}

/// A card behind the three duties, in the only order there is: answers are
/// completed at the top, what may leave is decided in the middle, and what is
/// recorded at the bottom is what crossed the wire.
pub type Guarded<C> = GetResponse<ReadOnly<Recording<C>>>;

/// Puts a card behind completion of answers, the instruction table and a recording.
pub fn guarded<C: Card>(card: C, permission: crate::apdu::Permission) -> Guarded<C> {
    GetResponse::new(ReadOnly::new(Recording::new(card), permission))
}

impl TransportError {
    /// The name of the kind, in kebab case, as in `! error NAME` of a recording.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoService => "no-service",
            Self::AccessDenied => "access-denied",
            Self::NoReader => "no-reader",
            Self::Ambiguous(_) => "ambiguous",
            Self::NoCard => "no-card",
            Self::Busy | Self::HeldExclusively | Self::ExclusiveRefused => "busy",
            Self::Removed => "removed",
            Self::ReaderGone => "reader-gone",
            Self::Timeout => "timeout",
            Self::Unpowered => "unpowered",
            Self::Unresponsive => "unresponsive",
            Self::ProtocolMismatch => "protocol-mismatch",
            Self::BadAnswer(_) => "bad-answer",
            Self::ResetByOther => "reset-by-other",
            Self::Refused(_) => "refused",
            Self::Service(_) => "service",
        }
    }

    /// What a failure looks like in a recording.
    #[must_use]
    pub fn event(&self) -> Event {
        match self {
            Self::Removed => Event::Removed,
            Self::Timeout => Event::Timeout,
            other => Event::Error(other.name().to_owned()),
        }
    }

    /// The error of that name; `None` where there is none. What a name does not
    /// carry (a length, a code, a list) is zero or empty.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::NoService,
            Self::AccessDenied,
            Self::NoReader,
            Self::Ambiguous(Vec::new()),
            Self::NoCard,
            Self::Busy,
            Self::Removed,
            Self::ReaderGone,
            Self::Timeout,
            Self::Unpowered,
            Self::Unresponsive,
            Self::ProtocolMismatch,
            Self::BadAnswer(0),
            Self::ResetByOther,
            Self::Refused(Refusal::Malformed),
            Self::Service(0),
        ]
        .into_iter()
        .find(|error| error.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_error_back() {
        assert_eq!(TransportError::from_name("reader-gone"), Some(TransportError::ReaderGone));
        assert_eq!(TransportError::BadAnswer(1).name(), "bad-answer");
        assert_eq!(TransportError::from_name("bad-answer"), Some(TransportError::BadAnswer(0)));
        assert_eq!(TransportError::from_name("Busy"), None);
    }
}
