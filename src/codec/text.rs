//! Text of the cards: GB 18030, which contains GBK (`an` items hold its ASCII
//! part).

use std::borrow::Cow;

use encoding_rs::{DecoderResult, EncoderResult, GB18030};

use super::{DecodeError, DecodeErrorKind};

/// Decodes GB 18030, strictly: nothing is replaced, and a byte order mark is no
/// reason to read UTF-8 or UTF-16. Padding is text here; see [`unpad`].
///
/// Two liberties of the WHATWG table: `80` is the euro sign (code page 936), and
/// the four-byte forms of GB 18030 are taken in what calls itself GBK.
///
/// # Errors
///
/// Returns the position of the first byte of the sequence that is no character.
///
/// Source: GB 18030; 文件结构和数据项 V2.0 (人社信息函〔2012〕37号), 8.1.2 (text is GBK).
pub fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (DecoderResult::Malformed(bad, behind), read) => {
            let start = read.saturating_sub(usize::from(bad)).saturating_sub(usize::from(behind));
            Err(DecodeErrorKind::NotText.at(start))
        }
        // Cannot be: the room is that of the worst case.
        (DecoderResult::OutputFull, read) => Err(DecodeErrorKind::NotText.at(read)),
    }
}

/// Decodes a text that goes on in a second field: what each of them shows. The
/// first may end within a character; that one is shown with the second. A single
/// blank before the second belongs to the text.
///
/// # Errors
///
/// Returns the position of the first byte that is no character, counted over both
/// texts without their padding.
pub fn decode_continued(first: &[u8], second: &[u8]) -> Result<(String, String), DecodeError> {
    let first = match first {
        [.., before, 0x20] if !is_blank(second) && !is_blank(&[*before]) => first,
        _ => unpad(first),
    };
    let whole = decode(&[first, unpad(second)].concat())?;
    let begun = match decode(first) {
        Ok(begun) => begun,
        Err(split) => decode(first.get(..split.position).unwrap_or_default())?,
    };
    let rest = whole.get(begun.len()..).unwrap_or_default().to_owned();
    Ok((begun, rest))
}

/// Whether a text fills its place and ends within a character, which may go on in
/// another.
#[must_use]
pub fn ends_within(bytes: &[u8]) -> bool {
    let cut = |error: DecodeError| bytes.len().saturating_sub(error.position) < 4;
    unpad(bytes).len() == bytes.len() && decode(bytes).is_err_and(cut)
}

/// Encodes in GB 18030; the two-byte form (GBK) wherever there is one. What comes
/// out decodes to the same text, but for 18 code points of the user-defined area
/// whose codes now mean a character that Unicode got later.
///
/// # Errors
///
/// Returns the position, in bytes of UTF-8, of the first character that has no
/// code.
pub fn encode(text: &str) -> Result<Vec<u8>, DecodeError> {
    let mut encoder = GB18030.new_encoder();
    let room = encoder.max_buffer_length_from_utf8_without_replacement(text.len()).unwrap_or(0);
    let mut bytes = Vec::with_capacity(room);
    match encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true) {
        (EncoderResult::InputEmpty, _) => Ok(bytes),
        (EncoderResult::Unmappable(character), read) => {
            let start = read.saturating_sub(character.len_utf8());
            Err(DecodeErrorKind::NotEncodable.at(start))
        }
        // Cannot be: the room is that of the worst case.
        (EncoderResult::OutputFull, read) => Err(DecodeErrorKind::NotEncodable.at(read)),
    }
}

/// Without the padding at the end: any run of `00`, `FF` and `20`. No character
/// of GB 18030 ends in one of these (its last bytes are `30` to `39` and `40` to
/// `FE`), but for the space and NUL themselves.
#[must_use]
pub fn unpad(bytes: &[u8]) -> &[u8] {
    let mut text = bytes;
    while let [rest @ .., 0x00 | 0xFF | 0x20] = text {
        text = rest;
    }
    text
}

/// Whether nothing was written here: no byte at all, or only `00`, only `FF`, or
/// only `20`.
#[must_use]
pub fn is_blank(bytes: &[u8]) -> bool {
    let Some(first) = bytes.first() else { return true };
    matches!(first, 0x00 | 0xFF | 0x20) && bytes.iter().all(|byte| byte == first)
}

/// Whether four bytes are text as `00sx` where a serial number belongs (seen in the
/// field). Only `sx` is not enough: of 65,536 numbers one ends so by chance.
#[must_use]
pub fn is_serial_text(serial: &[u8]) -> bool {
    matches!(serial, [b'0'..=b'9', b'0'..=b'9', b's', b'x'])
}

/// Whether there is a character of the user-defined area of GBK (U+E000 to
/// U+F8FF): rare names were written so, and show properly only with the font of
/// the place that issued the card.
#[must_use]
pub fn has_private_use(text: &str) -> bool {
    text.contains(|character| matches!(character, '\u{E000}'..='\u{F8FF}'))
}

/// The text as it can stand on a line: a control character, which could move a
/// terminal's cursor, clear its screen or begin a line of its own, and a character
/// that turns the direction of writing, becomes U+FFFD.
#[must_use]
pub fn legible(text: &str) -> Cow<'_, str> {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let harms = |c: char| c.is_control() || turns(c) || matches!(c, '\u{2028}' | '\u{2029}');
    match text.contains(harms) {
        true => Cow::Owned(text.replace(harms, "\u{FFFD}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_order_a_terminal_about_is_replaced() {
        assert!(matches!(legible("张 三 é"), Cow::Borrowed(_)));
        assert_eq!(legible("\u{1B}[2J\n\u{9B}31m\u{202E}A"), "�[2J��31m�A");
    }

    fn bad(bytes: &[u8]) -> usize {
        let error = decode(bytes).unwrap_err();
        assert_eq!(error.kind, DecodeErrorKind::NotText);
        error.position
    }

    #[test]
    fn reads_and_writes_chinese() {
        let zhang_san = [0xD5, 0xC5, 0xC8, 0xFD];
        assert_eq!(decode(&zhang_san).as_deref(), Ok("张三"));
        assert_eq!(encode("张三"), Ok(zhang_san.to_vec()));
        // The dot of a name such as 买买提·艾力.
        assert_eq!(decode(&[0xA1, 0xA4]).as_deref(), Ok("·"));
        // 㐂 (U+3402) has only a four-byte form.
        assert_eq!(encode("㐂").map(|bytes| bytes.len()), Ok(4));
        assert_eq!(decode(&encode("㐂𠀀").unwrap()).as_deref(), Ok("㐂𠀀"));
    }

    #[test]
    fn finds_the_first_bad_byte() {
        assert_eq!(bad(&[0xFF]), 0);
        assert_eq!(bad(&[0x41, 0xD5]), 1);
        assert_eq!(bad(&[0xD5, 0xC5, 0xD5, 0x00, 0x41]), 2);
        assert_eq!(bad(&[0xD5, 0xC5, 0xC8, 0xFD, 0xFF, 0xFF]), 4);
        assert_eq!(bad(&[0x41, 0x81, 0x30, 0x81]), 1);
    }

    #[test]
    fn a_text_goes_on_in_a_second_field() {
        let both = |first: &[u8], second: &[u8]| decode_continued(first, second).unwrap();
        let text = |first: &str, second: &str| (first.to_owned(), second.to_owned());
        assert_eq!(both(b"\xD5\xC5\x00\x00", &[0xFF; 20]), text("张", ""));
        assert_eq!(both(b"\xD5\xC5", b"\xC8\xFD\x20\x20"), text("张", "三"));
        assert_eq!(both(b"\xD5\xC5\xC8", b"\xFD\x00"), text("张", "三"));
        let rare = encode("A㐂").unwrap();
        for cut in 1..4 {
            let (first, second) = rare.split_at(1 + cut);
            assert_eq!(both(first, second), text("A", "㐂"), "{cut}");
        }
        assert_eq!(both(b"AB ", b"C\x00"), text("AB ", "C"));
        assert_eq!(both(b"AB  ", b"C\x00"), text("AB", "C"));
        assert_eq!(both(b"AB ", b"\x00"), text("AB", ""));
        assert!(ends_within(b"A\xD5") && ends_within(&rare[..4]) && !ends_within(&rare));
        assert!(!ends_within(b"\xD5\x00") && !ends_within(b"A\xD5\x1BABC") && !ends_within(b""));
        assert_eq!(decode_continued(b"A\xD5", b"\x00").unwrap_err().position, 1);
        assert_eq!(decode_continued(b"A\xD5", b"\xC5\xFFB").unwrap_err().position, 3);
    }

    #[test]
    fn a_byte_order_mark_changes_nothing() {
        assert_eq!(decode(&[0xEF, 0xBB, 0xBF, 0xD5]).as_deref(), Ok("锘空"));
        assert_eq!(bad(&[0xEF, 0xBB, 0xBF]), 2);
        assert_eq!(bad(&[0xFF, 0xFE, 0x41, 0x00]), 0);
    }

    #[test]
    fn refuses_what_has_no_code() {
        let error = encode("A\u{E5E5}").unwrap_err();
        assert_eq!((error.kind, error.position), (DecodeErrorKind::NotEncodable, 1));
    }

    #[test]
    fn strips_padding_only_at_the_end() {
        assert_eq!(unpad(&[0xD5, 0xC5, 0x20, 0x00, 0xFF, 0xFF]), [0xD5, 0xC5]);
        assert_eq!(unpad(&[0x00, 0x41, 0x20, 0x42]), [0x00, 0x41, 0x20, 0x42]);
        assert!(unpad(&[0x20, 0xFF]).is_empty());
    }

    #[test]
    fn blank_is_one_filler_throughout() {
        assert!(is_blank(&[]) && is_blank(&[0xFF; 30]) && is_blank(&[0x20]) && is_blank(&[0; 4]));
        assert!(!is_blank(&[0x00, 0xFF]) && !is_blank(&[0x30]) && !is_blank(&[0x00, 0x01]));
    }

    #[test]
    fn notices_user_defined_characters() {
        // AAA1 is the first code of the first user-defined area.
        assert!(has_private_use(&decode(&[0xAA, 0xA1]).unwrap()));
        assert!(!has_private_use("张三"));
    }
}
