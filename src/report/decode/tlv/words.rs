//! The words for TLV, in both languages.

use super::super::words;
use crate::codec::DecodeErrorKind;
use crate::profile::ItemError;
use crate::report::Words;
use crate::tlv::{MAX_DEPTH, TlvErrorKind};

/// Code and words of a mistake in BER.
pub(super) fn error(kind: TlvErrorKind) -> (&'static str, Words) {
    match kind {
        TlvErrorKind::Truncated { needed, present } => (
            "truncated",
            words(
                format!("不完整：需要 {needed} 字节，只有 {present} 字节"),
                format!("truncated: {needed} bytes needed, {present} present"),
            ),
        ),
        TlvErrorKind::IndefiniteLength => (
            "indefinite_length",
            words("长度 80（不定长）不允许", "length 80 (indefinite) is not allowed"),
        ),
        TlvErrorKind::LengthTooLarge => (
            "length_too_large",
            words("长度域超过 5 字节", "the length field has more than five bytes"),
        ),
        TlvErrorKind::TagTooLong => {
            ("tag_too_long", words("标签超过 3 字节", "the tag has more than three bytes"))
        }
        TlvErrorKind::TooDeep => (
            "too_deep",
            words(
                format!("嵌套超过 {MAX_DEPTH} 层，里面的不再解读"),
                format!("nested more than {MAX_DEPTH} levels deep; the inside is left out"),
            ),
        ),
    }
}

/// A length in more bytes than it takes.
pub(super) fn non_minimal() -> Words {
    words(
        "长度域用的字节比需要的多，允许，但有的读卡软件不认",
        "the length is written in more bytes than it takes: allowed, but some software trips over it",
    )
}

/// Values that may be personal records.
pub(super) fn ambiguous() -> Words {
    words(
        "不在模板里的数据可能是社会保障卡的记录，已遮盖；--reveal 显示",
        "data outside a template may be records of a social security card: masked, --reveal shows them",
    )
}

/// A value that is not what the table says of its item.
pub(super) fn bad_value(error: ItemError) -> Words {
    match error {
        ItemError::Length { expected, found } => words(
            format!("长 {found} 字节，应为 {expected} 字节"),
            format!("{found} bytes instead of {expected}"),
        ),
        ItemError::FixedPart(_) => words("固定部分不对", "the fixed part is missing"),
        ItemError::Character(_) => words("有不该出现的字符", "a character out of place"),
        ItemError::Encoding(error) => encoding(error.kind),
    }
}

fn encoding(kind: DecodeErrorKind) -> Words {
    match kind {
        DecodeErrorKind::NotText => words("不是 GB 18030 文字", "not GB 18030 text"),
        DecodeErrorKind::NotEncodable => words("GB 18030 没有这个字", "no code in GB 18030"),
        DecodeErrorKind::NotDigit => words("不是数字", "not a decimal digit"),
        DecodeErrorKind::NotDate => words("不是日期", "not a date"),
        DecodeErrorKind::WrongLength { expected } => words(
            format!("长度不对，应为 {expected} 字节"),
            format!("wrong length, {expected} expected"),
        ),
        DecodeErrorKind::WrongCheckCharacter => words("校验位不对", "wrong check character"),
    }
}

/// The byte of a value where it goes wrong.
pub(super) fn place(error: ItemError) -> usize {
    match error {
        ItemError::Length { .. } => 0,
        ItemError::FixedPart(at) | ItemError::Character(at) => at,
        ItemError::Encoding(error) => error.position,
    }
}

/// What was never written.
pub(super) fn empty() -> Words {
    words("空", "empty")
}

/// The algorithm that the issuer's data in the FCI of SSSE name.
pub(super) fn algorithm() -> Words {
    words("算法标识", "algorithm")
}
