//! What the standards say is on a card: applications, files, items, codes,
//! status words, tags. Tables under `profile/tables`, with source and examples,
//! turned into `static` data at build time. No I/O, no clock.

mod card;
mod decode;
mod lookup;
mod region;
pub mod regional;
mod vocabulary;
mod words;

pub use card::{Access, CodePart, Display, Encoding, Example, File, Item, Personal, Structure};
pub use decode::{Decoded, ItemError, Value};
pub use lookup::{
    application, application_by_aid, application_by_fid, applications, applications_of, both_parts,
    children, code, code_tables, file, files, item, items, items_of, records, records_of,
    registration, rows_of_tag, same_tag, status_word, status_words, tag, tagged_items, tags,
    terminal_errors,
};
pub use region::{Region, region};
pub use words::{
    Code, CodeTable, Registration, RegistrationKind, Shows, StatusWordEntry, TagEntry,
    TerminalError,
};

/// A DF name that no card has (proprietary range of ISO/IEC 7816-5, this
/// program's name): the negative control before a card is called blocked.
pub const UNUSED_AID: &[u8] = &[0xF0, 0x73, 0x73, 0x63, 0x61, 0x72, 0x64, 0x00, 0x01];

/// The same words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What names an application: its id, or its row, which needs no search.
pub trait Named {
    /// The row; `None` for an id that no table has.
    fn row(self) -> Option<&'static Application>;
}

impl Named for &str {
    fn row(self) -> Option<&'static Application> {
        application(self)
    }
}

impl Named for &'static Application {
    fn row(self) -> Option<&'static Application> {
        Some(self)
    }
}

impl Application {
    /// Whether a regional table brings it.
    #[must_use]
    pub fn is_regional(&self) -> bool {
        regional::tables().iter().any(|table| table.own.as_ref() == Some(self))
    }

    /// Whether cards of this region may have it; of an unknown region any may.
    #[must_use]
    pub fn holds_in(&self, region: Option<&str>) -> bool {
        let starts = |region: &str| self.regions.iter().any(|start| region.starts_with(start));
        self.regions.is_empty() || region.is_none_or(starts)
    }
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// One secondary source, or inference.
    Low,
    /// One good source, or several secondary ones.
    Medium,
    /// The standard's text, or several independent sources.
    High,
}

/// A version of the card standard, by its first three characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `1.0x`: LB 002-2000.
    V1,
    /// `2.0x`: 人社信息函〔2012〕37号, LD/T 32-2015.
    V2,
    /// `3.0x`: no public text.
    V3,
    /// The undated revision of LB 002, whose files no other version has. No card
    /// names it, so none is asked for them.
    Undated,
}

impl Version {
    /// By the first three characters of a specification version; `4.0x` or
    /// letters are none that is known (SCT 10.2).
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        match text.get(..3)? {
            "1.0" => Some(Self::V1),
            "2.0" => Some(Self::V2),
            "3.0" => Some(Self::V3),
            _ => None,
        }
    }
}

/// What an application is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationKind {
    /// SSSE and the DFs below it.
    SocialSecurity,
    /// Digital certificates.
    Certificate,
    /// Bank applications.
    Payment,
    /// Transport purses.
    Transport,
    /// PSE and PPSE.
    Directory,
    /// GlobalPlatform issuer security domain.
    CardManager,
    /// Only on a terminal's security module, never on a citizen's card.
    Psam,
}

/// An application, as the standards and public lists name it.
#[derive(Debug)]
pub struct Application {
    /// The tool's name of it, as in JSON.
    pub id: &'static str,
    /// What it is for.
    pub kind: ApplicationKind,
    /// DF names (ISO/IEC 7816-4, 5.3.1.1) that select it, the usual one first.
    pub aids: &'static [&'static [u8]],
    /// File identifiers that select it.
    pub fids: &'static [u16],
    /// The application above it; `None` under the MF.
    pub parent: Option<&'static str>,
    /// The regions whose cards may have it, as beginnings of their codes; empty: all.
    pub regions: &'static [&'static str],
    /// Name.
    pub name: Text,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// One row of an id there is, and the planner compares them by the thousand.
impl PartialEq for Application {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.id == other.id
    }
}

impl Eq for Application {}
