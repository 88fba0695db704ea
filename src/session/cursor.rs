//! A place in a line, moving to its end. Every error of the line is made here, so
//! that each has its column.

use std::fmt::Write as _;

use super::{ParseError, ParseErrorKind};

/// A place in one line.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    number: usize,
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the first character of a line, whose number counts from 1.
    pub(super) fn new(number: usize, line: &'a str) -> Self {
        Self { number, line, at: 0 }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    /// The next byte of the line's UTF-8.
    pub(super) fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    /// Passes over white space.
    pub(super) fn skip_spaces(&mut self) {
        let rest = self.rest();
        let behind = rest.trim_start();
        self.advance(rest.len().saturating_sub(behind.len()));
    }

    /// Passes over `token` if it comes next, and says whether it did.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.advance(token.len());
        }
        found
    }

    /// Passes over the characters that `belongs` accepts, and returns them.
    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = rest.split(|c| !belongs(c)).next().unwrap_or_default();
        self.advance(taken.len());
        taken
    }

    /// Passes over spaces, then over the word behind them, and returns it.
    pub(super) fn word(&mut self) -> &'a str {
        self.skip_spaces();
        self.take_while(|c| !c.is_whitespace())
    }

    /// The decimal number behind spaces, up to `most`.
    pub(super) fn number(
        &mut self,
        most: usize,
        kind: ParseErrorKind,
    ) -> Result<usize, ParseError> {
        self.skip_spaces();
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        let number = digits.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| self.error_at(start, kind))
    }

    /// One hex digit.
    pub(super) fn digit(&mut self) -> Option<u8> {
        let digit = char::from(self.peek()?).to_digit(16)?;
        self.advance(1);
        u8::try_from(digit).ok()
    }

    /// The bytes in hex up to the end of the line.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, ParseError> {
        let mut bytes = Vec::new();
        loop {
            self.skip_spaces();
            if self.peek().is_none() {
                return Ok(bytes);
            }
            let high = self.digit().ok_or_else(|| self.error(ParseErrorKind::Hex))?;
            let low = self.digit().ok_or_else(|| self.error(ParseErrorKind::HalfByte))?;
            bytes.push(high << 4 | low);
        }
    }

    /// Makes sure that nothing but spaces is left.
    pub(super) fn finish(&mut self) -> Result<(), ParseError> {
        self.skip_spaces();
        if self.rest().is_empty() { Ok(()) } else { Err(self.error(ParseErrorKind::Trailing)) }
    }

    /// This place, for [`Self::error_at`].
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// An error at this place.
    pub(super) fn error(&self, kind: ParseErrorKind) -> ParseError {
        self.error_at(self.at, kind)
    }

    /// An error at a place that was passed.
    pub(super) fn error_at(&self, place: usize, kind: ParseErrorKind) -> ParseError {
        let before = self.line.get(..place).unwrap_or_default();
        let column = before.chars().count().saturating_add(1);
        ParseError { line: self.number, column, kind }
    }

    /// Moves on by whole characters.
    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }
}

/// The text of a file, or where it stops being text.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, ParseError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default().0;
        let lines = valid.split(|byte| *byte == b'\n');
        let last = lines.clone().next_back().unwrap_or_default();
        let column = String::from_utf8_lossy(last).chars().count().saturating_add(1);
        ParseError { line: lines.count(), column, kind: ParseErrorKind::Encoding }
    })
}

/// Bytes in hex, upper case, with `between` between them.
pub(super) fn hex_text(bytes: &[u8], between: &str) -> String {
    let each = between.len().saturating_add(2);
    let mut text = String::with_capacity(bytes.len().saturating_mul(each));
    for (index, byte) in bytes.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{byte:02X}", if index > 0 { between } else { "" });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bytes_with_free_spaces_and_both_cases() {
        assert_eq!(Cursor::new(1, " 00a4 04 Ff").bytes(), Ok(vec![0, 0xA4, 4, 0xFF]));
        assert_eq!(Cursor::new(1, "  ").bytes(), Ok(vec![]));
    }

    #[test]
    fn names_the_character_not_the_byte() {
        let error = |column, kind| Err(ParseError { line: 7, column, kind });
        assert_eq!(Cursor::new(7, "00 社").bytes(), error(4, ParseErrorKind::Hex));
        // The wide space is one character of three bytes.
        assert_eq!(Cursor::new(7, "00\u{3000}0 1").bytes(), error(5, ParseErrorKind::HalfByte));
    }

    #[test]
    fn writes_what_it_reads() {
        assert_eq!(hex_text(&[0, 0xA4, 0xFF], " "), "00 A4 FF");
        assert_eq!(hex_text(&[0, 0xA4, 0xFF], ""), "00A4FF");
        assert_eq!(hex_text(&[], " "), "");
    }
}
