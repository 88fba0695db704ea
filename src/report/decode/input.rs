//! Hex as people type it, and what is wrong with it. A message never repeats
//! what was typed: it may be personal.

use super::words;
use crate::report::Words;

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The character, counted from 1.
    pub column: usize,
    /// What was expected there.
    pub expected: Words,
}

/// Bytes, and where each of them stands in the text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Hex {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The character with which each byte begins, counted from 1.
    columns: Vec<usize>,
    /// The character behind the last one.
    end: usize,
}

impl std::fmt::Debug for Hex {
    /// Their number only: they may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hex({} bytes)", self.bytes.len())
    }
}

impl Hex {
    /// A mistake at a byte, or behind the last one.
    #[must_use]
    pub fn mistake(&self, offset: usize, expected: Words) -> Mistake {
        Mistake { column: self.columns.get(offset).copied().unwrap_or(self.end), expected }
    }
}

/// Reads hex digits in pairs; blanks between pairs are free. `first` is the
/// number of the first character.
///
/// # Errors
///
/// Returns the first character that is no hex digit, or where a digit or a value
/// is missing.
pub fn hex(text: &str, first: usize) -> Result<Hex, Mistake> {
    let mut read = Hex::default();
    let mut high: Option<(u8, usize)> = None;
    let mut column = first;
    for character in text.chars() {
        let digit = character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (digit, high) {
            (Some(digit), None) => high = Some((digit, column)),
            (Some(digit), Some((above, place))) => {
                read.bytes.push(above << 4 | digit);
                read.columns.push(place);
                high = None;
            }
            (None, None) if character.is_whitespace() => {}
            (None, None) => return Err(Mistake { column, expected: a_digit() }),
            (None, Some(_)) => return Err(Mistake { column, expected: second_digit() }),
        }
        column = column.saturating_add(1);
    }
    read.end = column;
    if high.is_some() {
        return Err(Mistake { column, expected: second_digit() });
    }
    if read.bytes.is_empty() {
        return Err(Mistake { column, expected: a_digit() });
    }
    Ok(read)
}

fn a_digit() -> Words {
    words("十六进制数字（0-9、A-F）", "a hex digit (0-9, A-F)")
}

fn second_digit() -> Words {
    words("一个字节的第二个十六进制数字（0-9、A-F）", "the second hex digit of a byte (0-9, A-F)")
}

/// Where a value does not parse, and what was expected there.
#[must_use]
pub fn place(number: usize, line: Option<usize>, mistake: &Mistake) -> Words {
    let Mistake { column, expected } = mistake;
    let (line_zh, line_en) = match line {
        Some(line) => (format!("，标准输入第 {line} 行"), format!(", line {line}")),
        None => Default::default(),
    };
    words(
        format!("第 {number} 个值{line_zh}，第 {column} 个字符：应为{}", expected.zh),
        format!("value {number}{line_en}, character {column}: expected {}", expected.en),
    )
}

/// What is wrong with so many bytes that should be a status word: the offset, and
/// what was expected.
#[must_use]
pub fn not_two_bytes(present: usize) -> (usize, Words) {
    (present.min(2), words("正好 2 个字节：SW1 SW2", "exactly 2 bytes: SW1 SW2"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(text: &str) -> usize {
        hex(text, 1).unwrap_err().column
    }

    #[test]
    fn blanks_between_bytes_are_free() {
        assert_eq!(hex(" 6f 00\t9000 ", 1).unwrap().bytes, [0x6F, 0, 0x90, 0]);
    }

    #[test]
    fn finds_the_character() {
        assert_eq!((column("6F xx"), column("6 F"), column("6F9")), (4, 2, 4));
        assert_eq!((column(""), column("  "), column("六")), (1, 3, 1));
        assert_eq!(hex("zz", 3).unwrap_err().column, 3);
        let second = hex("6F9", 1).unwrap_err().expected;
        assert!(second.en.contains("second") && second.zh.contains("第二"));
    }

    #[test]
    fn a_byte_leads_back_to_its_character() {
        let read = hex("6F 00 9000", 3).unwrap();
        let place = |offset| read.mistake(offset, a_digit()).column;
        assert_eq!((place(0), place(2), place(3), place(4)), (3, 9, 11, 13));
    }
}
