//! Two readers of tag, length and value, both borrowing, both bounded: BER for
//! FCI and payment data, one-byte tags for the records of the social security
//! environment. Neither knows what a tag means.

use thiserror::Error;

pub mod ber;
pub mod dol;
pub mod simple;

/// How many levels of objects are walked, the outermost included. Far more
/// than cards have; without a limit a few kilobytes of `61` would nest thousands.
pub const MAX_DEPTH: usize = 16;

/// Why bytes are no TLV object, and where.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{kind} at byte {offset}")]
pub struct TlvError {
    /// What is wrong.
    pub kind: TlvErrorKind,
    /// Offset in bytes of the field (tag, length or value) that is wrong, from
    /// the start of the outermost input.
    pub offset: usize,
}

/// What is wrong with an object.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TlvErrorKind {
    /// The bytes end within a field, or the value overruns its template.
    #[error("truncated ({needed} bytes needed, {present} present)")]
    Truncated {
        /// How many bytes the field needs; at least one more where it cannot
        /// be known.
        needed: usize,
        /// How many there are.
        present: usize,
    },
    /// Length `80`, which ISO/IEC 7816-4 does not allow.
    #[error("indefinite length")]
    IndefiniteLength,
    /// A length of more than four bytes (`85` to `FF`).
    #[error("length field too long")]
    LengthTooLarge,
    /// A tag of more than three bytes.
    #[error("tag field too long")]
    TagTooLong,
    /// Templates nested deeper than [`MAX_DEPTH`].
    #[error("nested too deep")]
    TooDeep,
}
