//! Track 2 of the magnetic stripe, as payment applications repeat it: digits in
//! nibbles, `D` between account number and the rest, `F` for padding (EMV 4.4 B3
//! annex A, 57; ISO/IEC 7813).

use super::{DecodeError, DecodeErrorKind};

/// What track 2 says.
#[derive(Clone, PartialEq, Eq)]
pub struct Track2 {
    /// Primary account number, digits.
    pub account: String,
    /// End of validity, YYMM.
    pub expiry: String,
    /// Service code, three digits.
    pub service: String,
}

impl std::fmt::Debug for Track2 {
    /// The end of validity only: the rest is a person's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Track2({})", self.expiry)
    }
}

/// Decodes track 2 equivalent data.
///
/// # Errors
///
/// Returns an error where a nibble is neither digit nor separator nor padding,
/// where there is no separator, or where less than YYMM and the service code
/// stand behind it. The position is that of the byte.
pub fn decode(bytes: &[u8]) -> Result<Track2, DecodeError> {
    let nibbles: Vec<u8> = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]).collect();
    let padding = nibbles.iter().rev().take_while(|nibble| **nibble == 0x0F).count();
    let written = nibbles.get(..nibbles.len().saturating_sub(padding)).unwrap_or_default();
    let separator = written.iter().position(|nibble| *nibble == 0x0D);
    let separator = separator.ok_or(DecodeErrorKind::NotDigit.at(bytes.len()))?;
    let foreign = |(at, nibble): (usize, &u8)| (at != separator && *nibble > 9).then_some(at);
    if let Some(at) = written.iter().enumerate().find_map(foreign) {
        return Err(DecodeErrorKind::NotDigit.at(at / 2));
    }
    let digits = |from: usize, to: usize| -> Option<String> {
        let digit = |nibble: &u8| char::from_digit(u32::from(*nibble), 10);
        written.get(from..to)?.iter().map(digit).collect()
    };
    let behind = separator.saturating_add(1);
    let expiry_end = behind.saturating_add(4);
    let short = || DecodeErrorKind::NotDigit.at(bytes.len());
    Ok(Track2 {
        account: digits(0, separator).ok_or_else(short)?,
        expiry: digits(behind, expiry_end).ok_or_else(short)?,
        service: digits(expiry_end, expiry_end.saturating_add(3)).ok_or_else(short)?,
    })
}

/// Whether the last digit is the check digit of the others (ISO/IEC 7812-1,
/// annex B). False for anything but digits.
#[must_use]
pub fn is_luhn(account: &str) -> bool {
    let digits: Option<Vec<u32>> = account.chars().rev().map(|c| c.to_digit(10)).collect();
    let doubled = |(at, digit): (usize, u32)| match at % 2 {
        0 => digit,
        _ if digit > 4 => digit.saturating_mul(2).saturating_sub(9),
        _ => digit.saturating_mul(2),
    };
    digits.is_some_and(|digits| {
        let sum: u32 = digits.iter().copied().enumerate().map(doubled).sum();
        !digits.is_empty() && sum.is_multiple_of(10)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(hex: &str) -> Result<(String, String, String), DecodeError> {
        let track = decode(&hex::decode(hex).unwrap())?;
        Ok((track.account, track.expiry, track.service))
    }

    #[test]
    fn reads_account_expiry_and_service_code() {
        let expected = ("6229990000000101007".into(), "4812".into(), "220".into());
        assert_eq!(read("6229990000000101007D48122200000000000F"), Ok(expected));
        assert_eq!(read("1234D3012201").unwrap().0, "1234");
    }

    #[test]
    fn says_where_it_is_no_track() {
        assert_eq!(read("1234567890").unwrap_err().position, 5);
        assert_eq!(read("12A4D3012201").unwrap_err().position, 1);
        assert!(read("1234D301").is_err() && read("").is_err());
    }

    #[test]
    fn knows_the_check_digit() {
        assert!(is_luhn("6229990000000101007"));
        assert!(!is_luhn("6229990000000101008") && !is_luhn("") && !is_luhn("62A"));
    }
}
