//! Dates of the cards: four bytes of BCD, YYYYMMDD.

use jiff::civil::Date;

use super::{DecodeError, DecodeErrorKind, bcd, check_length, text};

/// What a date item says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardDate {
    /// A day of the calendar.
    Day(Date),
    /// `99991231`: without end.
    NoLimit,
    /// Not written.
    Blank,
}

/// Decodes a date. Only filler (`00`, `FF`, `20`), or nothing at all, is a blank.
///
/// # Errors
///
/// Returns an error when there are not four bytes, when a nibble is no digit, or
/// when there is no such day; its position is then that of the month or the day.
///
/// Source: 文件结构和数据项 V2.0 (人社信息函〔2012〕37号), 表9.
pub fn decode(bytes: &[u8]) -> Result<CardDate, DecodeError> {
    if bytes.is_empty() {
        return Ok(CardDate::Blank);
    }
    check_length(bytes.len(), 4)?;
    if text::is_blank(bytes) {
        return Ok(CardDate::Blank);
    }
    let digits = bcd::digits(bytes)?;
    // A nibble of padding is no digit of a date.
    if digits.len() < 8 {
        return Err(DecodeErrorKind::NotDigit.at(digits.len() / 2));
    }
    let day = day(&digits).map_err(|error| error.kind.at(error.position / 2))?;
    Ok(if day == Date::MAX { CardDate::NoLimit } else { CardDate::Day(day) })
}

/// Decodes a date of a payment application: three bytes, YYMMDD, of which 00 to
/// 49 are 20xx and 50 to 99 are 19xx. `491231` stands for "without end".
///
/// # Errors
///
/// Returns an error when there are not three bytes, when a nibble is no digit, or
/// when there is no such day.
///
/// Source: EMV 4.4 B4 6.7.3 (the century).
pub fn decode_short(bytes: &[u8]) -> Result<CardDate, DecodeError> {
    check_length(bytes.len(), 3)?;
    if text::is_blank(bytes) {
        return Ok(CardDate::Blank);
    }
    let digits = bcd::digits(bytes)?;
    if digits.len() < 6 {
        return Err(DecodeErrorKind::NotDigit.at(digits.len() / 2));
    }
    if digits == "491231" {
        return Ok(CardDate::NoLimit);
    }
    let century = if digits.as_str() < "50" { "20" } else { "19" };
    let day = day(&format!("{century}{digits}"));
    day.map(CardDate::Day).map_err(|error| error.kind.at((error.position.saturating_sub(2)) / 2))
}

/// The day that the digits YYYYMMDD name; positions in errors are digits.
pub(super) fn day(digits: &str) -> Result<Date, DecodeError> {
    let part = |from: usize, to: usize| {
        let digits = digits.get(from..to).and_then(|part| part.parse::<i16>().ok());
        digits.ok_or(DecodeErrorKind::NotDate.at(from))
    };
    let small = |value: i16, at| i8::try_from(value).map_err(|_| DecodeErrorKind::NotDate.at(at));
    let (year, month, day) = (part(0, 4)?, small(part(4, 6)?, 4)?, small(part(6, 8)?, 6)?);
    let first = Date::new(year, month, 1).map_err(|_| DecodeErrorKind::NotDate.at(4))?;
    first.with().day(day).build().map_err(|_| DecodeErrorKind::NotDate.at(6))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn error(bytes: &[u8]) -> (DecodeErrorKind, usize) {
        let error = decode(bytes).unwrap_err();
        (error.kind, error.position)
    }

    #[test]
    fn reads_days_and_what_is_none() {
        assert_eq!(decode(&[0x20, 0x24, 0x02, 0x29]), Ok(CardDate::Day(date(2024, 2, 29))));
        assert_eq!(decode(&[0x99, 0x99, 0x12, 0x31]), Ok(CardDate::NoLimit));
        assert_eq!(decode(&[0x99, 0x99, 0x12, 0x30]), Ok(CardDate::Day(date(9999, 12, 30))));
        for blank in [&[][..], &[0; 4], &[0xFF; 4], &[0x20; 4]] {
            assert_eq!(decode(blank), Ok(CardDate::Blank));
        }
    }

    #[test]
    fn reads_short_dates_in_their_century() {
        assert_eq!(decode_short(&[0x49, 0x12, 0x30]), Ok(CardDate::Day(date(2049, 12, 30))));
        assert_eq!(decode_short(&[0x49, 0x12, 0x31]), Ok(CardDate::NoLimit));
        assert_eq!(decode_short(&[0x50, 0x01, 0x01]), Ok(CardDate::Day(date(1950, 1, 1))));
        assert_eq!(decode_short(&[0xFF; 3]), Ok(CardDate::Blank));
        assert_eq!(decode_short(&[0x24, 0x02, 0x30]), Err(DecodeErrorKind::NotDate.at(2)));
        assert_eq!(decode_short(&[0x24, 0x13, 0x01]), Err(DecodeErrorKind::NotDate.at(1)));
        assert!(decode_short(&[0x24, 0x13]).is_err() && decode_short(&[0x2A, 0x13, 0x01]).is_err());
    }

    #[test]
    fn names_the_part_that_is_wrong() {
        assert_eq!(error(&[0x20, 0x23, 0x02, 0x29]), (DecodeErrorKind::NotDate, 3));
        assert_eq!(error(&[0x20, 0x23, 0x13, 0x01]), (DecodeErrorKind::NotDate, 2));
        assert_eq!(error(&[0x20, 0x23, 0x00, 0x00]), (DecodeErrorKind::NotDate, 2));
        assert_eq!(error(&[0x20, 0x23, 0x01, 0x00]), (DecodeErrorKind::NotDate, 3));
        assert_eq!(error(&[0x20, 0x2A, 0x02, 0x29]), (DecodeErrorKind::NotDigit, 1));
        assert_eq!(error(&[0x20, 0x23, 0x02, 0xFF]), (DecodeErrorKind::NotDigit, 3));
        assert_eq!(error(&[0x20, 0x23, 0x02]), (DecodeErrorKind::WrongLength { expected: 4 }, 3));
        assert_eq!(error(&[0; 5]), (DecodeErrorKind::WrongLength { expected: 4 }, 4));
    }
}
