//! Packed BCD: two decimal digits a byte, the first in the high nibble (`cn`
//! items).

use super::{DecodeError, DecodeErrorKind};

/// Unpacks digits. Nibbles `F` at the end are padding; of bytes `FF` alone
/// nothing is left.
///
/// # Errors
///
/// Returns the position of the byte that holds the first nibble that is neither
/// a digit nor padding.
///
/// Source: 文件结构和数据项 V2.0 (人社信息函〔2012〕37号), 表9, type `cn`.
pub fn digits(bytes: &[u8]) -> Result<String, DecodeError> {
    let mut digits = String::with_capacity(bytes.len().saturating_mul(2));
    let mut padding = None;
    for (position, byte) in bytes.iter().enumerate() {
        for nibble in [byte >> 4, byte & 0x0F] {
            match (nibble, padding) {
                (0..=9, None) => digits.push(char::from(b'0' | nibble)),
                (0xF, _) => padding = padding.or(Some(position)),
                // A digit behind an F: then the F was no padding.
                _ => return Err(DecodeErrorKind::NotDigit.at(padding.unwrap_or(position))),
            }
        }
    }
    Ok(digits)
}

/// Packs digits; an odd number of them is padded with a nibble `F`.
///
/// # Errors
///
/// Returns the position in the text of the first byte that is no ASCII digit.
///
/// Source: as [`digits`].
pub fn encode(digits: &str) -> Result<Vec<u8>, DecodeError> {
    if let Some(position) = digits.bytes().position(|byte| !byte.is_ascii_digit()) {
        return Err(DecodeErrorKind::NotDigit.at(position));
    }
    let pack = |pair: &[u8]| match pair {
        [high, low] => high << 4 | low & 0x0F,
        [high] => high << 4 | 0x0F,
        _ => 0xFF,
    };
    Ok(digits.as_bytes().chunks(2).map(pack).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_and_strips_padding() {
        assert_eq!(digits(&[0x20, 0x10, 0x01]).as_deref(), Ok("201001"));
        assert_eq!(digits(&[0x12, 0x3F, 0xFF]).as_deref(), Ok("123"));
        assert_eq!(digits(&[0xFF]).as_deref(), Ok(""));
        assert_eq!(digits(&[0x00]).as_deref(), Ok("00"));
    }

    #[test]
    fn names_the_byte_that_is_no_digit() {
        let position = |bytes: &[u8]| digits(bytes).unwrap_err().position;
        assert_eq!(position(&[0x12, 0xA3]), 1);
        assert_eq!(position(&[0x12, 0x3E]), 1);
        assert_eq!(position(&[0xF1]), 0);
        assert_eq!(position(&[0x1F, 0xFF, 0x20]), 0);
    }

    #[test]
    fn packs() {
        assert_eq!(encode("123"), Ok(vec![0x12, 0x3F]));
        assert_eq!(encode(""), Ok(vec![]));
        assert_eq!(encode("12a").unwrap_err(), DecodeErrorKind::NotDigit.at(2));
        assert_eq!(encode("1三").unwrap_err(), DecodeErrorKind::NotDigit.at(1));
    }
}
