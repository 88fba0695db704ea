//! The citizen identification number (公民身份号码), which is the social security
//! number as well (GB 11643).

use jiff::civil::Date;

use super::{DecodeError, DecodeErrorKind, check_length, date};

/// Sex, as the parity of the sequence code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Odd.
    Male,
    /// Even.
    Female,
}

/// What an identification number says of its holder.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    /// Region of the first registration: six digits (GB/T 2260).
    pub region: String,
    /// Day of birth.
    pub birth: Date,
    /// Sex.
    pub sex: Sex,
}

impl std::fmt::Debug for IdentityNumber {
    /// Nothing of it: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityNumber")
    }
}

/// Takes a number of 18 characters apart: 17 digits and a check character, of
/// which `x` is taken for `X`. Whether the region exists, or the day lies in the
/// future, is not asked here.
///
/// # Errors
///
/// Returns an error for another length, something else than digits, a day of
/// birth that does not exist, or a check character that does not fit; position
/// in bytes. Numbers of holders from abroad have other forms: an error here need
/// not be a fault of the card.
///
/// Source: GB 11643, 4.
pub fn parse(text: &str) -> Result<IdentityNumber, DecodeError> {
    if let Some(position) = text.bytes().take(17).position(|byte| !byte.is_ascii_digit()) {
        return Err(DecodeErrorKind::NotDigit.at(position));
    }
    check_length(text.len(), 18)?;
    let part = |from: usize, to| text.get(from..to).ok_or(DecodeErrorKind::NotDigit.at(from));
    let birth =
        date::day(part(6, 14)?).map_err(|error| error.kind.at(error.position.saturating_add(6)))?;
    let check = text.chars().next_back().map(|last| last.to_ascii_uppercase());
    if check_character(part(0, 17)?) != check {
        return Err(DecodeErrorKind::WrongCheckCharacter.at(17));
    }
    let odd = text.as_bytes().get(16).is_some_and(|digit| digit & 1 == 1);
    let sex = if odd { Sex::Male } else { Sex::Female };
    Ok(IdentityNumber { region: part(0, 6)?.to_owned(), birth, sex })
}

/// The check character that belongs to the first 17 digits: `0` to `9` or `X`.
/// `None` when these are not 17 digits.
///
/// Source: GB 11643, annex A (ISO 7064, MOD 11-2).
#[must_use]
pub fn check_character(first_17: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    super::check_character(first_17, 10, &WEIGHTS, CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> (DecodeErrorKind, usize) {
        let error = parse(text).unwrap_err();
        (error.kind, error.position)
    }

    #[test]
    fn takes_a_number_apart() {
        // The example numbers of GB 11643 itself.
        let number = parse("11010519491231002X").unwrap();
        assert_eq!((number.region.as_str(), number.sex), ("110105", Sex::Female));
        assert_eq!(number.birth, jiff::civil::date(1949, 12, 31));
        assert_eq!(parse("11010519491231002x"), Ok(number));
        assert_eq!(parse("440524188001010014").unwrap().sex, Sex::Male);
    }

    #[test]
    fn names_what_is_wrong_and_where() {
        assert_eq!(error("110105194912310021"), (DecodeErrorKind::WrongCheckCharacter, 17));
        assert_eq!(error("110105194902310021"), (DecodeErrorKind::NotDate, 12));
        assert_eq!(error("110105194913010021"), (DecodeErrorKind::NotDate, 10));
        assert_eq!(error("1101051949123100"), (DecodeErrorKind::WrongLength { expected: 18 }, 16));
        assert_eq!(
            error("11010519491231002X "),
            (DecodeErrorKind::WrongLength { expected: 18 }, 18)
        );
        assert_eq!(error("JPN123456789012"), (DecodeErrorKind::NotDigit, 0));
        // These two make other parsers panic.
        assert_eq!(error("1234567890123456é"), (DecodeErrorKind::NotDigit, 16));
        assert_eq!(error("一二三四五六"), (DecodeErrorKind::NotDigit, 0));
        assert_eq!(error(""), (DecodeErrorKind::WrongLength { expected: 18 }, 0));
    }

    #[test]
    fn computes_the_check_character() {
        assert_eq!(check_character("11010519491231002"), Some('X'));
        assert_eq!(check_character("1101051949123100"), None);
        assert_eq!(check_character("1101051949123100X"), None);
    }
}
