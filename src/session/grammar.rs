//! Reads what stands behind `>`, `<` and `=`. The grammar is in [`super::script`].

use super::cursor::Cursor;
use super::limits::{MAX_COMMAND, MAX_NAME, MAX_PATH, MAX_RESPONSE};
use super::script::{
    Capture, Expectation, MaskedByte, MaskedStatusWord, Part, Piece, Source, Template, TlvPath,
};
use super::{ParseError, ParseErrorKind};

/// The smallest element of a command or pattern.
enum Token {
    Byte(MaskedByte),
    Run,
    Value(String),
    Length(String),
}

/// Reads a command.
pub(super) fn template(cursor: &mut Cursor) -> Result<Template, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    let mut parts = Vec::new();
    let mut size = 0_usize;
    loop {
        cursor.skip_spaces();
        let place = cursor.place();
        let Some(token) = token(cursor)? else { break };
        size = size.saturating_add(1);
        match (token, parts.last_mut()) {
            (Token::Byte(MaskedByte { value, mask: 0xFF }), Some(Part::Bytes(bytes))) => {
                bytes.push(value);
            }
            (Token::Byte(MaskedByte { value, mask: 0xFF }), _) => {
                parts.push(Part::Bytes(vec![value]));
            }
            (Token::Value(name), _) => parts.push(Part::Value(name)),
            (Token::Length(name), _) => parts.push(Part::Length(name)),
            (Token::Byte(_) | Token::Run, _) => {
                return Err(cursor.error_at(place, ParseErrorKind::CommandPattern));
            }
        }
    }
    match size {
        0 => Err(cursor.error_at(start, ParseErrorKind::NoCommand)),
        1..=MAX_COMMAND => Ok(Template { parts }),
        _ => Err(cursor.error_at(start, ParseErrorKind::CommandSize(size))),
    }
}

/// Reads what a response was, or has to be.
pub(super) fn expectation(cursor: &mut Cursor) -> Result<Expectation, ParseError> {
    let mut behind = cursor.clone();
    let word = behind.word();
    if matches!(word, "sw" | "len" | "tlv" | "max") {
        *cursor = behind;
    }
    match word {
        "sw" => status_words(cursor).map(Expectation::StatusWord),
        "len" => cursor.number(MAX_RESPONSE, ParseErrorKind::Length).map(Expectation::Length),
        "tlv" => {
            let path = path(cursor)?;
            cursor.skip_spaces();
            if !cursor.eat("=") {
                return Err(cursor.error(ParseErrorKind::TlvValue));
            }
            Ok(Expectation::Tlv { path, value: pattern(cursor)? })
        }
        "max" => milliseconds(cursor).map(Expectation::Max),
        _ => {
            let pattern = pattern(cursor)?;
            Ok(exact(&pattern).map_or(Expectation::Pattern(pattern), Expectation::Exact))
        }
    }
}

/// The response where a pattern leaves nothing open.
fn exact(pattern: &[Piece]) -> Option<Vec<u8>> {
    match pattern {
        [] => Some(Vec::new()),
        [Piece::Bytes(bytes)] if bytes.iter().all(|byte| byte.mask == 0xFF) => {
            Some(bytes.iter().map(|byte| byte.value).collect())
        }
        _ => None,
    }
}

/// Reads a capture.
pub(super) fn capture(cursor: &mut Cursor) -> Result<Capture, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    let name = name(cursor)?;
    if name.contains('.') || name == "i" || name == "len" {
        return Err(cursor.error_at(start, ParseErrorKind::FixedName));
    }
    keyword(cursor, "from")?;
    cursor.skip_spaces();
    let place = cursor.place();
    let source = match cursor.word() {
        "tlv" => Source::Tlv(path(cursor)?),
        "offset" => {
            let offset = cursor.number(MAX_RESPONSE, ParseErrorKind::Length)?;
            keyword(cursor, "length")?;
            Source::Range { offset, length: cursor.number(MAX_RESPONSE, ParseErrorKind::Length)? }
        }
        "all" => Source::All,
        _ => return Err(cursor.error_at(place, ParseErrorKind::Capture)),
    };
    Ok(Capture { name, source })
}

fn keyword(cursor: &mut Cursor, wanted: &str) -> Result<(), ParseError> {
    cursor.skip_spaces();
    let place = cursor.place();
    if cursor.word() == wanted {
        Ok(())
    } else {
        Err(cursor.error_at(place, ParseErrorKind::Capture))
    }
}

fn pattern(cursor: &mut Cursor) -> Result<Vec<Piece>, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    let mut pieces = Vec::new();
    let mut size = 0_usize;
    while let Some(token) = token(cursor)? {
        size = size.saturating_add(1);
        match (token, pieces.last_mut()) {
            (Token::Byte(byte), Some(Piece::Bytes(bytes))) => bytes.push(byte),
            (Token::Byte(byte), _) => pieces.push(Piece::Bytes(vec![byte])),
            (Token::Run, Some(Piece::Run)) => {}
            (Token::Run, _) => pieces.push(Piece::Run),
            (Token::Value(name), _) => pieces.push(Piece::Value(name)),
            (Token::Length(name), _) => pieces.push(Piece::Length(name)),
        }
    }
    if size > MAX_RESPONSE {
        return Err(cursor.error_at(start, ParseErrorKind::ResponseSize(size)));
    }
    Ok(pieces)
}

fn token(cursor: &mut Cursor) -> Result<Option<Token>, ParseError> {
    cursor.skip_spaces();
    if cursor.peek().is_none() {
        return Ok(None);
    }
    if cursor.eat("…") || cursor.eat("**") {
        return Ok(Some(Token::Run));
    }
    if cursor.peek() == Some(b'$') {
        return reference(cursor).map(Some);
    }
    let (high, high_mask) = nibble(cursor).ok_or_else(|| cursor.error(ParseErrorKind::Hex))?;
    let (low, low_mask) = nibble(cursor).ok_or_else(|| cursor.error(ParseErrorKind::HalfByte))?;
    let byte = MaskedByte { value: high << 4 | low, mask: high_mask << 4 | low_mask };
    Ok(Some(Token::Byte(byte)))
}

/// A hex digit, or `?` for any; with the bits that matter.
fn nibble(cursor: &mut Cursor) -> Option<(u8, u8)> {
    if cursor.eat("?") { Some((0, 0)) } else { cursor.digit().map(|digit| (digit, 0x0F)) }
}

fn reference(cursor: &mut Cursor) -> Result<Token, ParseError> {
    let start = cursor.place();
    if !cursor.eat("${") {
        return Err(cursor.error(ParseErrorKind::Reference));
    }
    let length = cursor.eat("len ");
    cursor.skip_spaces();
    let name = name(cursor)?;
    if !cursor.eat("}") {
        return Err(cursor.error_at(start, ParseErrorKind::Reference));
    }
    Ok(if length { Token::Length(name) } else { Token::Value(name) })
}

fn name(cursor: &mut Cursor) -> Result<String, ParseError> {
    let start = cursor.place();
    let name = cursor.take_while(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= MAX_NAME {
        Ok(name.to_owned())
    } else {
        Err(cursor.error_at(start, ParseErrorKind::Name))
    }
}

fn status_words(cursor: &mut Cursor) -> Result<Vec<MaskedStatusWord>, ParseError> {
    let mut words = Vec::new();
    loop {
        cursor.skip_spaces();
        let mut word = MaskedStatusWord { value: 0, mask: 0 };
        for _ in 0..4 {
            let digit = nibble(cursor).ok_or_else(|| cursor.error(ParseErrorKind::StatusWord))?;
            word.value = word.value << 4 | u16::from(digit.0);
            word.mask = word.mask << 4 | u16::from(digit.1);
        }
        words.push(word);
        cursor.skip_spaces();
        if !cursor.eat("|") {
            return Ok(words);
        }
    }
}

fn path(cursor: &mut Cursor) -> Result<TlvPath, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    let mut tags = Vec::new();
    loop {
        let place = cursor.place();
        let tag = cursor.take_while(|c| c.is_ascii_hexdigit());
        let tag = Cursor::new(1, tag).bytes().ok().filter(|tag| (1..=4).contains(&tag.len()));
        tags.push(tag.ok_or_else(|| cursor.error_at(place, ParseErrorKind::TlvPath))?);
        if !cursor.eat("/") {
            break;
        }
    }
    if tags.len() > MAX_PATH {
        return Err(cursor.error_at(start, ParseErrorKind::TlvPath));
    }
    Ok(TlvPath { tags })
}

/// A time of the form `4.1 ms`.
pub(super) fn milliseconds(cursor: &mut Cursor) -> Result<f64, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    let number = cursor.take_while(|c| c.is_ascii_digit() || c == '.');
    cursor.skip_spaces();
    let unit = cursor.take_while(char::is_alphanumeric);
    let value = number.parse().ok().filter(|value: &f64| value.is_finite() && unit == "ms");
    value.ok_or_else(|| cursor.error_at(start, ParseErrorKind::Milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Expectation, (usize, ParseErrorKind)> {
        let mut cursor = Cursor::new(1, text);
        let read = expectation(&mut cursor).and_then(|read| cursor.finish().map(|()| read));
        read.map_err(|error| (error.column, error.kind))
    }

    fn refused(text: &str) -> (usize, ParseErrorKind) {
        read(text).err().unwrap()
    }

    fn known(value: u8) -> MaskedByte {
        MaskedByte { value, mask: 0xFF }
    }

    #[test]
    fn a_response_without_gaps_is_exact() {
        assert!(read("6f 00 9000") == Ok(Expectation::Exact(vec![0x6F, 0, 0x90, 0])));
        assert!(read(" ") == Ok(Expectation::Exact(vec![])));
    }

    #[test]
    fn reads_patterns() {
        let name = || "AID.ssse".to_owned();
        let pieces = vec![
            Piece::Bytes(vec![
                known(0x6F),
                MaskedByte { value: 0, mask: 0 },
                MaskedByte { value: 6, mask: 0x0F },
                MaskedByte { value: 0x60, mask: 0xF0 },
            ]),
            Piece::Length(name()),
            Piece::Value(name()),
            Piece::Run,
            Piece::Bytes(vec![known(0x90), known(0)]),
        ];
        let text = "6F ???66? ${len AID.ssse}${AID.ssse} … ** 9000";
        assert!(read(text) == Ok(Expectation::Pattern(pieces)));
    }

    #[test]
    fn reads_the_other_expectations() {
        let words = vec![
            MaskedStatusWord { value: 0x9000, mask: 0xFFFF },
            MaskedStatusWord { value: 0x6100, mask: 0xFF00 },
        ];
        assert!(read("sw 9000|61??") == Ok(Expectation::StatusWord(words)));
        assert!(read("len 30") == Ok(Expectation::Length(30)));
        assert!(read("max 50 ms") == Ok(Expectation::Max(50.0)));
        let path = TlvPath { tags: vec![vec![0xA5], vec![0x9F, 0x0C], vec![0x86]] };
        let value = vec![Piece::Bytes(vec![known(3)])];
        assert!(read("tlv A5/9F0C/86 = 03") == Ok(Expectation::Tlv { path, value }));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(refused("6F xx"), (4, ParseErrorKind::Hex));
        assert_eq!(refused("6F 9 000"), (5, ParseErrorKind::HalfByte));
        assert_eq!(refused("… ${AID.ssse"), (3, ParseErrorKind::Reference));
        assert_eq!(refused("${1}"), (3, ParseErrorKind::Name));
        assert_eq!(refused("sw 9000|61"), (11, ParseErrorKind::StatusWord));
        assert_eq!(refused("sw"), (3, ParseErrorKind::StatusWord));
        assert_eq!(refused("len 70000"), (5, ParseErrorKind::Length));
        assert_eq!(refused("len 3 0"), (7, ParseErrorKind::Trailing));
        assert_eq!(refused("tlv 84"), (7, ParseErrorKind::TlvValue));
        assert_eq!(refused("tlv 84/4=00"), (8, ParseErrorKind::TlvPath));
        assert_eq!(refused("max 50"), (5, ParseErrorKind::Milliseconds));
    }

    #[test]
    fn a_command_has_no_gaps() {
        let refused = |text| {
            let error = template(&mut Cursor::new(1, text)).err().unwrap();
            (error.column, error.kind)
        };
        assert_eq!(refused("00 A? 04"), (4, ParseErrorKind::CommandPattern));
        assert_eq!(refused("00 …"), (4, ParseErrorKind::CommandPattern));
        assert_eq!(refused(" "), (2, ParseErrorKind::NoCommand));
        let long = "00".repeat(MAX_COMMAND.saturating_add(1));
        assert_eq!(refused(&long), (1, ParseErrorKind::CommandSize(65_545)));
    }

    #[test]
    fn reads_captures() {
        let read = |text| {
            let read = capture(&mut Cursor::new(1, text));
            read.map(|capture| capture.source).map_err(|error| (error.column, error.kind))
        };
        let path = TlvPath { tags: vec![vec![0x84]] };
        assert_eq!(read("name from tlv 84"), Ok(Source::Tlv(path)));
        let range = Source::Range { offset: 2, length: 4 };
        assert_eq!(read("year from offset 2 length 4"), Ok(range));
        assert_eq!(read("answer from all"), Ok(Source::All));
        assert_eq!(read("answer from nothing"), Err((13, ParseErrorKind::Capture)));
        assert_eq!(read("answer all"), Err((8, ParseErrorKind::Capture)));
        assert_eq!(read("AID.ssse from all"), Err((1, ParseErrorKind::FixedName)));
    }
}
