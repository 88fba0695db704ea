//! The rows of the tables of words: codes, status words, terminal errors, tags,
//! registration numbers.

use super::{Confidence, Personal, Text};

/// A code of a table and its meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The coded value.
    pub code: &'static str,
    /// What it means.
    pub meaning: Text,
    /// Where it comes from, if not from the table's source.
    pub source: Option<&'static str>,
}

/// A code table.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeTable {
    /// Its name.
    pub id: &'static str,
    /// What it codes.
    pub name: Text,
    /// The national standard it follows; empty where the notice defines it.
    pub standard: &'static str,
    /// Standard and clause.
    pub source: &'static str,
    /// The codes.
    pub codes: &'static [Code],
}

/// A status word in a context.
#[derive(Debug, PartialEq, Eq)]
pub struct StatusWordEntry {
    /// Four hex digits; `x` stands for any.
    pub sw: &'static str,
    /// Where this meaning holds; `any` for everywhere.
    pub context: &'static str,
    /// What the standard calls it.
    pub meaning: Text,
    /// What it tells about the card.
    pub diagnosis: Text,
    /// What to do.
    pub advice: Text,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// A number that counter software shows.
#[derive(Debug, PartialEq, Eq)]
pub struct TerminalError {
    /// The number, negative.
    pub code: i32,
    /// What the terminal standard says.
    pub meaning: Text,
    /// The status word behind it; empty where none.
    pub sw: &'static str,
    /// Who counts so: `reader`, `card`, `region-3301`, ….
    pub layer: &'static str,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// How the value of a tag is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Not at all.
    Nothing,
    /// A date, YYMMDD.
    Date,
    /// A number, the first byte the highest.
    Number,
    /// An amount in fen, packed digits.
    Amount,
    /// A country, three digits (ISO 3166-1).
    Country,
    /// A currency, three digits (ISO 4217).
    Currency,
    /// A service code (ISO/IEC 7813).
    ServiceCode,
    /// A list of tags and lengths.
    Dol,
    /// Files and records of the application.
    FileLocator,
    /// A log: its file, and how many records it has.
    LogEntry,
    /// Account number, end of validity, service code.
    Track2,
    /// Methods of cardholder verification.
    CvmList,
    /// Bits, by a table of codes: byte, point, bit.
    Bits(&'static str),
    /// A code of a table, in hex.
    Code(&'static str),
}

/// A BER-TLV tag.
#[derive(Debug, PartialEq, Eq)]
pub struct TagEntry {
    /// The tag's bytes as a number, `9F0C` say.
    pub tag: u32,
    /// The English name in kebab case.
    pub id: &'static str,
    /// Name.
    pub name: Text,
    /// Format, in EMV's notation.
    pub format: &'static str,
    /// Length in bytes.
    pub length: &'static str,
    /// How its value is explained.
    pub shows: Shows,
    /// How personal its value is.
    pub personal: Personal,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

impl TagEntry {
    /// How personal a value of so many bytes is. One tag may be two things: 9F6B is
    /// a limit of six bytes here and track 2 elsewhere; so a value of a length that
    /// the tag does not have is not classed.
    #[must_use]
    pub fn class(&self, bytes: usize) -> Personal {
        let fits = |part: &str| match part.split_once('-') {
            Some((least, most)) => {
                let bound = |text: &str| text.parse().ok();
                bound(least)
                    .zip(bound(most))
                    .is_none_or(|(least, most)| (least..=most).contains(&bytes))
            }
            None => part.parse().map_or(true, |length: usize| length == bytes),
        };
        let known = bytes == 0 || self.length.split('/').any(fits);
        if known { self.personal } else { Personal::Unknown }
    }
}

/// What a registration number of the historical bytes stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationKind {
    /// Chip maker, T1-T2.
    Chip,
    /// Card maker, T6-T7.
    Card,
}

/// A registration number of the historical bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Registration {
    /// Whose.
    pub kind: RegistrationKind,
    /// The number.
    pub number: u16,
    /// The firm.
    pub name: Text,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}
