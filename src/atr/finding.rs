//! What can be wrong with an answer to reset.

use thiserror::Error;

use super::InterfaceByte;

/// Something in an answer to reset that ISO/IEC 7816-3:2006, 8 does not allow.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AtrFinding {
    /// TS is neither `3B` nor `3F`.
    #[error("TS is {0:02X}, neither 3B nor 3F")]
    BadTs(u8),
    /// Announced bytes are missing. Lengths in bytes, TS included.
    #[error("truncated: at least {expected} bytes announced, {present} present")]
    Truncated {
        /// How long the answer says it is, as far as it can be known.
        expected: usize,
        /// How long it is.
        present: usize,
    },
    /// So many bytes follow the end.
    #[error("{0} bytes behind the end")]
    Trailing(usize),
    /// TCK does not fit.
    #[error("TCK is {present:02X}, {expected:02X} expected")]
    WrongTck {
        /// TCK as computed.
        expected: u8,
        /// TCK as sent.
        present: u8,
    },
    /// TCK is due, since more than T=0 is named, and not there.
    #[error("TCK is missing, {expected:02X} expected")]
    MissingTck {
        /// TCK as computed.
        expected: u8,
    },
    /// The one byte behind the end would be TCK, were it due.
    #[error("TCK is present, though only T=0 is offered")]
    UnexpectedTck,
    /// FI, the high nibble of TA1, has no meaning.
    #[error("TA1 has the reserved FI {0:X}")]
    ReservedFi(u8),
    /// DI, the low nibble of TA1, has no meaning.
    #[error("TA1 has the reserved DI {0:X}")]
    ReservedDi(u8),
    /// Another interface byte has no meaning.
    #[error("{0} has a reserved value")]
    Reserved(InterfaceByte),
    /// Longer than TS and 32 characters; the number of bytes.
    #[error("{0} bytes long, 33 allowed")]
    TooLong(usize),
}
