//! What bytes can mean: text, digits, dates, identity and card numbers. Pure;
//! knows neither cards nor today.

use thiserror::Error;

pub mod bcd;
pub mod card_number;
pub mod date;
pub mod identity;
pub mod place;
pub mod text;
pub mod track2;

/// Why a value cannot be read or written, and where.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{kind} at byte {position}")]
pub struct DecodeError {
    /// What is wrong.
    pub kind: DecodeErrorKind,
    /// Offset in bytes, from 0, of the first one that is wrong. For a wrong
    /// length: of the first one that is missing or too many.
    pub position: usize,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// Bytes that encode no character.
    #[error("not GB 18030 text")]
    NotText,
    /// A character that has no code.
    #[error("no code in GB 18030")]
    NotEncodable,
    /// Something else where a decimal digit belongs.
    #[error("not a decimal digit")]
    NotDigit,
    /// Digits that are no day of the calendar.
    #[error("not a date")]
    NotDate,
    /// Too short or too long.
    #[error("wrong length, {expected} expected")]
    WrongLength {
        /// The right length in bytes.
        expected: usize,
    },
    /// The last character does not fit the ones before it.
    #[error("wrong check character")]
    WrongCheckCharacter,
}

impl DecodeErrorKind {
    fn at(self, position: usize) -> DecodeError {
        DecodeError { kind: self, position }
    }
}

/// Fails unless there are `expected` bytes.
fn check_length(present: usize, expected: usize) -> Result<(), DecodeError> {
    if present == expected {
        return Ok(());
    }
    Err(DecodeErrorKind::WrongLength { expected }.at(present.min(expected)))
}

/// The check character that belongs to `text`: the sum of value × weight modulo
/// 11 chooses one of `characters`. `None` when the length is not that of the
/// weights, or a character is no upper-case digit of the radix.
fn check_character(
    text: &str,
    radix: u32,
    weights: &[u32],
    characters: [char; 11],
) -> Option<char> {
    if text.len() != weights.len() {
        return None;
    }
    let mut sum = 0u32;
    for (byte, weight) in text.bytes().zip(weights) {
        let value = char::from(byte).to_digit(radix).filter(|_| !byte.is_ascii_lowercase())?;
        sum = sum.saturating_add(value.saturating_mul(*weight));
    }
    characters.get(usize::try_from(sum % 11).ok()?).copied()
}

/// Bytes as a number, the first the highest; `None` for none or more than eight.
#[must_use]
pub fn number(bytes: &[u8]) -> Option<u64> {
    let fits = (1..=8).contains(&bytes.len());
    fits.then(|| bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_kind_and_place() {
        let error = check_length(3, 4).unwrap_err();
        assert_eq!(error.to_string(), "wrong length, 4 expected at byte 3");
        assert_eq!(check_length(9, 4).unwrap_err().position, 4);
    }
}
