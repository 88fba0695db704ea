//! From an item's bytes to what they say.

use thiserror::Error;

use super::{Display, Encoding, Item, Text, code};
use crate::codec::date::CardDate;
use crate::codec::{DecodeError, bcd, date, text};

/// What an item's bytes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The value in canonical form: text without padding, dates as
    /// `2021-06-15`, packed digits as digits.
    pub value: String,
    /// What a coded value means; `None` for an unknown code and for plain values.
    pub meaning: Option<Text>,
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
        if text::is_blank(bytes) {
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
            Display::Version => version(bytes),
            Display::CardNumber | Display::IdentityNumber => alphanumeric(bytes)?,
            Display::Code | Display::Text | Display::Region | Display::Raw => self.plain(bytes)?,
        };
        let meaning = self.codes.and_then(|table| code(table, &value)).map(|row| row.meaning);
        Ok(Value::Written(Decoded { value, meaning }))
    }

    /// The value by its encoding alone.
    fn plain(&self, bytes: &[u8]) -> Result<String, ItemError> {
        Ok(match self.encoding {
            Encoding::Bcd => bcd::digits(bytes)?,
            Encoding::Ascii => alphanumeric(bytes)?,
            Encoding::Gbk => text::decode(text::unpad(bytes))?,
            Encoding::Binary => hex::encode_upper(bytes),
        })
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::lookup::{applications, code_tables};
    use super::super::{Version, file, files, items};
    use super::*;

    const VERSIONS: [Version; 3] = [Version::V1, Version::V2, Version::V3];

    #[test]
    fn every_example_decodes_to_what_it_shows() {
        let mut shown = 0;
        for version in VERSIONS {
            for file in files("ssse", version) {
                for item in items("ssse", file.fid, version) {
                    for example in item.examples {
                        let Ok(Value::Written(decoded)) = item.decode(example.bytes) else {
                            panic!("{} does not decode", item.id);
                        };
                        assert_eq!(decoded.value, example.shows, "{}", item.id);
                        assert_eq!(item.display == Display::Code, decoded.meaning.is_some());
                        shown += 1;
                    }
                }
            }
        }
        assert!(shown >= 40, "{shown}");
    }

    #[test]
    fn the_items_of_a_file_fill_it() {
        for version in VERSIONS {
            for fid in [0xEF05, 0xEF06] {
                let row = file("ssse", fid, version).unwrap();
                let bytes: usize = items("ssse", fid, version).map(|item| item.length + 2).sum();
                assert_eq!(bytes, usize::from(row.size), "{fid:04X} {version:?}");
                assert_eq!(items("ssse", fid, version).count(), usize::from(row.records));
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
            let ids: Vec<_> = files("ssse", version)
                .flat_map(|file| items("ssse", file.fid, version))
                .map(|item| item.id)
                .collect();
            assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
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
        let unknown = Decoded { value: "7".into(), meaning: None };
        assert_eq!(category.decode(b"7"), Ok(Value::Written(unknown)));
    }
}
