//! From an item's bytes to what they say.

use thiserror::Error;

use super::{CodePart, Display, Encoding, Item, Text, code};
use crate::codec::date::CardDate;
use crate::codec::{DecodeError, bcd, date, text};

/// What an item's bytes say.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The value in canonical form: text without padding, dates as
    /// `2021-06-15`, amounts in yuan, packed digits as digits.
    pub value: String,
    /// What coded values mean, one for each part that is a known code.
    pub meanings: Vec<Text>,
}

impl std::fmt::Debug for Decoded {
    /// The length only: the value may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoded({} bytes)", self.value.len())
    }
}

/// A value that decodes, or one that was never written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// All 00, all FF or all blanks.
    Blank,
    /// Something is there.
    Written(Decoded),
}

/// Why an item's bytes are not what the standard says.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ItemError {
    /// The value is shorter or longer than the table says.
    #[error("{found} bytes instead of {expected}")]
    Length {
        /// Bytes by the table.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// The bytes are not in the item's encoding.
    #[error(transparent)]
    Encoding(#[from] DecodeError),
    /// A fixed part (RID, prefix) is missing at this byte.
    #[error("the fixed part is missing at byte {0}")]
    FixedPart(usize),
    /// A character that the item cannot hold, at this byte.
    #[error("a character out of place at byte {0}")]
    Character(usize),
}

/// RID of the Ministry of Human Resources and Social Security, in tag 01.
const RID: [u8; 5] = [0xD1, 0x56, 0x00, 0x00, 0x05];
/// What every number of an initialising body begins with, in tag 04.
const BODY_PREFIX: [u8; 5] = [0x91, 0x56, 0x00, 0x00, 0x02];

impl Item {
    /// Decodes a value (without tag and length).
    ///
    /// # Errors
    ///
    /// Returns an error when length, encoding or content is not what the
    /// standard says. An unknown code is no error.
    pub fn decode(&self, bytes: &[u8]) -> Result<Value, ItemError> {
        if bytes.len() != self.length {
            return Err(ItemError::Length { expected: self.length, found: bytes.len() });
        }
        if text::is_blank(bytes) && !self.is_zero(bytes) {
            return Ok(Value::Blank);
        }
        let value = match self.display {
            Display::CardIdentificationCode => card_identification_code(bytes)?,
            Display::InitialisingBody => initialising_body(bytes)?,
            Display::Date => match date::decode(bytes)? {
                CardDate::Day(day) => day.to_string(),
                CardDate::NoLimit => String::from("9999-12-31"),
                CardDate::Blank => return Ok(Value::Blank),
            },
            Display::DateTime => date_time(bytes)?,
            Display::YearMonth => year_month(bytes)?,
            Display::Version => version(bytes),
            Display::Amount => self.amount(bytes)?,
            Display::Count | Display::Months => self.number(bytes)?,
            Display::CardNumber | Display::IdentityNumber => alphanumeric(bytes)?,
            Display::Code
            | Display::Text
            | Display::Region
            | Display::Year
            | Display::Digits
            | Display::Organisation
            | Display::Group
            | Display::Raw => self.plain(bytes)?,
        };
        Ok(Value::Written(Decoded { meanings: self.meanings(&value), value }))
    }

    /// Whether the bytes are a number like any other: of amounts nothing.
    fn is_zero(&self, bytes: &[u8]) -> bool {
        let is_number = matches!(self.display, Display::Amount | Display::Count);
        let coded = matches!(self.encoding, Encoding::Bcd | Encoding::Binary);
        is_number && coded && bytes.first() == Some(&0)
    }

    /// What the codes of a value mean.
    fn meanings(&self, value: &str) -> Vec<Text> {
        let part = |part: &CodePart| {
            let code_text = match part.characters {
                None => value,
                Some((from, to)) => value.get(from.checked_sub(1)?..to.min(value.len()))?,
            };
            code(part.table, code_text.trim_end()).map(|row| row.meaning)
        };
        self.codes.iter().filter_map(part).collect()
    }

    /// The value by its encoding alone.
    fn plain(&self, bytes: &[u8]) -> Result<String, ItemError> {
        Ok(match self.encoding {
            Encoding::Bcd => bcd::digits(bytes)?,
            Encoding::Ascii => printable(bytes)?,
            Encoding::Gbk => text::decode(text::unpad(bytes))?,
            Encoding::Binary | Encoding::Group | Encoding::Undecided => hex::encode_upper(bytes),
        })
    }

    /// Fen, in yuan with two decimals. Old cards may hold binary where the table
    /// says BCD: that is shown as it is.
    fn amount(&self, bytes: &[u8]) -> Result<String, ItemError> {
        match self.encoding {
            Encoding::Undecided => Ok(hex::encode_upper(bytes)),
            _ => {
                let fen = self.integer(bytes)?;
                Ok(format!("{}.{:02}", fen / 100, fen % 100))
            }
        }
    }

    fn number(&self, bytes: &[u8]) -> Result<String, ItemError> {
        match self.encoding {
            Encoding::Undecided => Ok(hex::encode_upper(bytes)),
            _ => self.integer(bytes).map(|number| number.to_string()),
        }
    }

    fn integer(&self, bytes: &[u8]) -> Result<u64, ItemError> {
        let text = match self.encoding {
            Encoding::Bcd => bcd::digits(bytes)?,
            Encoding::Ascii => printable(bytes)?,
            _ => {
                let number = bytes.iter().try_fold(0_u64, |sum, byte| {
                    sum.checked_mul(256).and_then(|sum| sum.checked_add(u64::from(*byte)))
                });
                return number.ok_or(ItemError::Character(0));
            }
        };
        text.trim().parse().map_err(|_| ItemError::Character(0))
    }
}

/// YYYYMMDDhhmmss in seven bytes of BCD.
fn date_time(bytes: &[u8]) -> Result<String, ItemError> {
    let (day, time) = bytes.split_at_checked(4).ok_or(ItemError::Character(0))?;
    let CardDate::Day(day) = date::decode(day)? else { return Err(ItemError::Character(0)) };
    let digits = bcd::digits(time)?;
    let part = |at: usize, below: u8| {
        let text = digits.get(at..at.saturating_add(2))?;
        text.parse::<u8>().ok().filter(|number| *number < below)?;
        Some(text.to_owned())
    };
    match (part(0, 24), part(2, 60), part(4, 60)) {
        (Some(hour), Some(minute), Some(second)) => Ok(format!("{day}T{hour}:{minute}:{second}")),
        _ => Err(ItemError::Character(4)),
    }
}

/// YYYYMM in three bytes of BCD.
fn year_month(bytes: &[u8]) -> Result<String, ItemError> {
    let digits = bcd::digits(bytes)?;
    match (digits.get(..4), digits.get(4..)) {
        (Some(year), Some(month)) if matches!(month.parse::<u8>(), Ok(1..=12)) => {
            Ok(format!("{year}-{month}"))
        }
        _ => Err(ItemError::Character(2)),
    }
}

/// Region (3 bytes BCD), RID, serial (4), authentication code (4); 2012-37 8.1.1.1.
fn card_identification_code(bytes: &[u8]) -> Result<String, ItemError> {
    bcd::digits(bytes.get(..3).unwrap_or_default())?;
    match bytes.get(3..8) {
        Some(rid) if rid == RID => Ok(hex::encode_upper(bytes)),
        _ => Err(ItemError::FixedPart(3)),
    }
}

/// `9156000002`, region of the issuer, region and number of the body; hex
/// letters occur in the last eight digits (2012-37 t.12; samples).
fn initialising_body(bytes: &[u8]) -> Result<String, ItemError> {
    if !bytes.starts_with(&BODY_PREFIX) {
        return Err(ItemError::FixedPart(0));
    }
    bcd::digits(bytes.get(..8).unwrap_or_default())?;
    Ok(hex::encode_upper(bytes))
}

/// Four characters; a foreign version is shown as it is, bytes that are no text
/// in hex.
fn version(bytes: &[u8]) -> String {
    let unpadded = text::unpad(bytes);
    match std::str::from_utf8(unpadded) {
        Ok(text) if unpadded.iter().all(u8::is_ascii_graphic) => text.to_owned(),
        _ => hex::encode_upper(bytes),
    }
}

fn alphanumeric(bytes: &[u8]) -> Result<String, ItemError> {
    let unpadded = text::unpad(bytes);
    match unpadded.iter().position(|byte| !byte.is_ascii_graphic()) {
        Some(position) => Err(ItemError::Character(position)),
        None => Ok(String::from_utf8_lossy(unpadded).into_owned()),
    }
}

/// ASCII text; blanks within a value may be part of a code.
fn printable(bytes: &[u8]) -> Result<String, ItemError> {
    let unpadded = text::unpad(bytes);
    match unpadded.iter().position(|byte| !matches!(byte, 0x20..=0x7E)) {
        Some(position) => Err(ItemError::Character(position)),
        None => Ok(String::from_utf8_lossy(unpadded).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{
        File, Structure, Version, applications, children, code_tables, files, items, records,
    };
    use super::*;

    const VERSIONS: [Version; 4] = [Version::V1, Version::V2, Version::V3, Version::Undated];

    /// Every file of every application in every version.
    fn all_files() -> impl Iterator<Item = (&'static File, Version)> {
        VERSIONS.into_iter().flat_map(|version| {
            applications()
                .flat_map(move |application| files(application.id, version))
                .map(move |file| (file, version))
        })
    }

    /// Every item of every file in every version.
    fn all_items() -> impl Iterator<Item = (&'static Item, Version)> {
        all_files().flat_map(|(file, version)| {
            items(file.application, file.fid, version).map(move |item| (item, version))
        })
    }

    #[test]
    fn no_row_of_the_standards_is_missing() {
        let count = |version| all_items().filter(|(_, v)| *v == version).count();
        assert_eq!(VERSIONS.map(count), [109, 256, 256, 0]);
        let count = |version| all_files().filter(|(_, v)| *v == version).count();
        assert_eq!(VERSIONS.map(count), [21, 42, 48, 4]);
    }

    #[test]
    fn every_example_decodes_to_what_it_shows() {
        let mut shown = 0;
        for (item, _) in all_items() {
            let place = (item.application, item.file, item.id);
            let has_example = !item.examples.is_empty();
            assert!(has_example || item.display == Display::Raw, "{place:04X?}");
            for example in item.examples {
                let Ok(Value::Written(decoded)) = item.decode(example.bytes) else {
                    panic!("{place:04X?}: {:?}", item.decode(example.bytes));
                };
                if item.display != Display::Group {
                    assert_eq!(decoded.value, example.shows, "{place:04X?}");
                }
                assert_eq!(item.codes.len(), decoded.meanings.len(), "{place:04X?}");
                shown += 1;
            }
        }
        assert!(shown > 600, "{shown}");
    }

    #[test]
    fn the_items_of_a_group_fill_it() {
        for (group, version) in all_items().filter(|(item, _)| item.display == Display::Group) {
            let bytes: usize = children(group, version).map(|item| item.length + 2).sum();
            assert_eq!(
                bytes, group.length,
                "{} {:04X} {}",
                group.application, group.file, group.id
            );
        }
    }

    #[test]
    fn the_records_of_a_file_fill_it() {
        for (file, version) in all_files() {
            let place = (file.application, file.fid, version);
            let of_file = || records(file.application, file.fid, version);
            let orders = of_file().map(|item| usize::from(item.order));
            assert!(orders.eq(1..=of_file().count()), "{place:04X?}");
            if let Some(size) = file.size.filter(|_| file.structure == Structure::VariableRecords) {
                let bytes: usize = of_file().map(|item| item.length + 2).sum();
                assert_eq!(bytes, usize::from(size), "{place:04X?}");
            }
            if file.structure == Structure::VariableRecords {
                assert_eq!(of_file().count(), usize::from(file.records), "{place:04X?}");
            }
            if let Some(size) = file.record_size.filter(|_| file.structure == Structure::Cyclic) {
                let bytes: usize = of_file().map(|item| item.length).sum();
                assert_eq!(bytes, usize::from(size), "{place:04X?}");
            }
        }
    }

    #[test]
    fn ids_and_keys_are_unique() {
        let mut aids = HashSet::new();
        for application in applications() {
            assert!(!application.source.is_empty(), "{}", application.id);
            for aid in application.aids {
                assert!((5..=16).contains(&aid.len()), "{}", application.id);
                assert!(aids.insert(*aid), "{}", application.id);
            }
        }
        for version in VERSIONS {
            for application in applications() {
                let of_application = files(application.id, version)
                    .flat_map(|f| items(f.application, f.fid, version));
                let ids: Vec<_> = of_application.map(|item| item.id).collect();
                let unique: HashSet<_> = ids.iter().collect();
                assert_eq!(unique.len(), ids.len(), "{} {version:?}", application.id);
            }
        }
        for (item, _) in all_items() {
            for part in item.codes {
                assert!(code_tables().iter().any(|table| table.id == part.table), "{}", part.table);
            }
        }
        for table in code_tables() {
            let codes: HashSet<_> = table.codes.iter().map(|row| row.code).collect();
            assert_eq!(codes.len(), table.codes.len(), "{}", table.id);
        }
    }

    #[test]
    fn names_what_is_wrong_with_an_item() {
        let code = super::super::item("ssse", 0xEF05, 0x01).unwrap();
        let mut bytes = hex::decode("500000D15600000500000001A1B2C3D4").unwrap();
        bytes[3] = 0xD2;
        assert_eq!(code.decode(&bytes), Err(ItemError::FixedPart(3)));
        let length = ItemError::Length { expected: 16, found: 2 };
        assert_eq!(code.decode(&bytes[..2]), Err(length));
        assert_eq!(code.decode(&[0xFF; 16]), Ok(Value::Blank));
        let category = super::super::item("ssse", 0xEF05, 0x02).unwrap();
        let unknown = Decoded { value: "7".into(), meanings: Vec::new() };
        assert_eq!(category.decode(b"7"), Ok(Value::Written(unknown)));
    }
}
