//! What the values of tags mean, each in the way that its row names.

use crate::codec::date::{self, CardDate};
use crate::codec::{bcd, number, track2};
use crate::profile::{self, Shows, Text};
use crate::report::{Language, Words};
use crate::tlv::dol;

/// The meaning of a value; `None` where it has none, or is not in its form.
pub(super) fn meaning(shows: Shows, bytes: &[u8]) -> Option<Words> {
    match shows {
        Shows::Nothing => None,
        Shows::Date => day(bytes),
        Shows::Number => number(bytes).map(|number| same(number.to_string())),
        Shows::Amount => amount(bytes).map(same),
        Shows::Country => coded("country", bytes),
        Shows::Currency => coded("currency", bytes),
        Shows::ServiceCode => service_code(&bcd::digits(bytes).ok()?),
        Shows::Dol => list(bytes),
        Shows::FileLocator => files(bytes),
        Shows::LogEntry => log(bytes),
        Shows::Track2 => {
            let track = track2::decode(bytes).ok()?;
            let code = service_code(&track.service)?;
            let (year, month) = track.expiry.split_at_checked(2)?;
            Some(Words {
                zh: format!("有效期至 20{year}-{month}；{}", code.zh),
                en: format!("valid until 20{year}-{month}; {}", code.en),
            })
        }
        Shows::CvmList => methods(bytes),
        Shows::Bits(table) => bits(table, bytes),
        Shows::Code(table) => {
            profile::code(table, &hex::encode_upper(bytes)).map(|row| row.meaning.into())
        }
    }
}

/// The same in both languages.
fn same(text: String) -> Words {
    Words { zh: text.clone(), en: text }
}

fn text(zh: &'static str, en: &'static str) -> Words {
    Text { zh, en }.into()
}

fn joined(parts: &[Words]) -> Option<Words> {
    let join = |language: Language| {
        let words = parts.iter().map(|part| part.in_language(language));
        words.collect::<Vec<_>>().join(language.semicolon())
    };
    let words = || Words { zh: join(Language::Chinese), en: join(Language::English) };
    (!parts.is_empty()).then(words)
}

fn day(bytes: &[u8]) -> Option<Words> {
    match date::decode_short(bytes).ok()? {
        CardDate::Day(day) => Some(same(day.to_string())),
        CardDate::NoLimit => Some(text("长期有效", "without end")),
        CardDate::Blank => None,
    }
}

/// Packed digits of fen, as yuan.
fn amount(bytes: &[u8]) -> Option<String> {
    let digits = bcd::digits(bytes).ok()?;
    let fen: u64 = digits.parse().ok()?;
    Some(format!("{}.{:02}", fen / 100, fen % 100))
}

/// Three digits behind a 0.
fn coded(table: &str, bytes: &[u8]) -> Option<Words> {
    let digits = bcd::digits(bytes).ok()?;
    let code = digits.strip_prefix('0').filter(|code| code.len() == 3)?;
    profile::code(table, code).map(|row| row.meaning.into())
}

/// Each of the last three digits says something of its own (ISO/IEC 7813).
fn service_code(digits: &str) -> Option<Words> {
    let digits = digits.get(digits.len().checked_sub(3)?..)?;
    let tables = ["service-code-1", "service-code-2", "service-code-3"];
    let mut parts = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let row = profile::code(table, digits.get(at..=at)?)?;
        parts.push(row.meaning.into());
    }
    joined(&parts)
}

/// Each entry with its name and length, and the length of all.
fn list(bytes: &[u8]) -> Option<Words> {
    let mut parts = Vec::new();
    for entry in dol::dol(bytes) {
        let entry = entry.ok()?;
        let (tag, length) = (entry.tag, entry.length);
        parts.push(match profile::tag(tag.0) {
            Some(row) => Words {
                zh: format!("{tag} {} {length}", row.name.zh),
                en: format!("{tag} {} {length}", row.name.en),
            },
            None => same(format!("{tag} {length}")),
        });
    }
    let total = dol::total(bytes).ok()?;
    parts.push(Words { zh: format!("共 {total} 字节"), en: format!("{total} bytes in all") });
    joined(&parts)
}

/// File and records, four bytes each: SFI, first, last, how many are signed.
fn files(bytes: &[u8]) -> Option<Words> {
    let (entries, []) = bytes.as_chunks::<4>() else { return None };
    let line = |[sfi, first, last, signed]: &[u8; 4]| Words {
        zh: format!("文件 {:02X} 记录 {first}-{last}（签名 {signed}）", sfi >> 3),
        en: format!("file {:02X} records {first}-{last} ({signed} signed)", sfi >> 3),
    };
    joined(&entries.iter().map(line).collect::<Vec<_>>())
}

fn log(bytes: &[u8]) -> Option<Words> {
    let [sfi, records] = *bytes else { return None };
    Some(Words {
        zh: format!("文件 {sfi:02X}，{records} 条"),
        en: format!("file {sfi:02X}, {records} records"),
    })
}

/// How many methods, behind two amounts of four bytes (EMV 4.4 B3 10.5).
fn methods(bytes: &[u8]) -> Option<Words> {
    let (methods, []) = bytes.get(8..)?.as_chunks::<2>() else { return None };
    let line = |[method, condition]: &[u8; 2]| same(format!("{method:02X} {condition:02X}"));
    joined(&methods.iter().map(line).collect::<Vec<_>>())
}

/// The bits that are set, by the table's names; others by place.
fn bits(table: &str, bytes: &[u8]) -> Option<Words> {
    let mut parts = Vec::new();
    for (byte, value) in (1_usize..).zip(bytes) {
        for bit in (1..=8_u32).rev().filter(|bit| value >> bit.saturating_sub(1) & 1 == 1) {
            let place = format!("{byte}.{bit}");
            let row = profile::code(table, &place);
            parts.push(row.map_or_else(|| same(place), |row| row.meaning.into()));
        }
    }
    joined(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(shows: Shows, hex: &str) -> Option<String> {
        meaning(shows, &hex::decode(hex).unwrap()).map(|words| words.en)
    }

    #[test]
    fn explains_each_form() {
        let cases = [
            (Shows::Date, "481130", "2048-11-30"),
            (Shows::Date, "491231", "without end"),
            (Shows::Number, "0012", "18"),
            (Shows::Amount, "000000012345", "123.45"),
            (Shows::Country, "0156", "China"),
            (Shows::Currency, "0344", "Hong Kong dollar"),
            (
                Shows::ServiceCode,
                "0220",
                "international, with chip; online by the issuer; no restriction, PIN required",
            ),
            (Shows::LogEntry, "0B0A", "file 0B, 10 records"),
            (Shows::FileLocator, "08010100", "file 01 records 1-1 (0 signed)"),
            (Shows::CvmList, "0000000000000000 4203 1F03", "42 03; 1F 03"),
            (Shows::Bits("bits-ctq"), "8001", "online PIN required; 2.1"),
            (Shows::Code("code-id-type"), "00", "identity card"),
        ];
        for (shows, hex, expected) in cases {
            assert_eq!(shown(shows, &hex.replace(' ', "")).as_deref(), Some(expected), "{hex}");
        }
        let dol = shown(Shows::Dol, "9F02069A03").unwrap();
        assert!(dol.ends_with("9A Transaction Date 3; 9 bytes in all"), "{dol}");
        let track = shown(Shows::Track2, "6229990000000101007D48122200000000000F").unwrap();
        assert!(track.starts_with("valid until 2048-12; international, with chip"), "{track}");
    }

    #[test]
    fn what_is_not_in_its_form_has_no_meaning() {
        for (shows, hex) in [
            (Shows::Date, "481331"),
            (Shows::Amount, "0000000A"),
            (Shows::Country, "1156"),
            (Shows::Dol, "9F"),
            (Shows::FileLocator, "080101"),
            (Shows::Track2, "1234"),
            (Shows::LogEntry, "0B"),
        ] {
            assert_eq!(shown(shows, hex), None, "{hex}");
        }
    }
}
