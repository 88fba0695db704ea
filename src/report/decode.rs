//! Bytes explained: answers to reset, TLV, status words, APDUs, names of
//! applications. Each kind is one value that is printed as JSON or as lines of
//! text; what is personal is masked before either sees it.

mod aid;
mod apdu;
mod atr;
mod input;
mod sw;
mod tlv;

pub(super) use aid::readable;
pub use aid::{AidDocument, aid};
#[cfg(feature = "cli")]
pub(super) use apdu::refusal;
pub use apdu::{ApduDocument, Direction, apdu};
pub use atr::{AtrDocument, atr};
pub use input::{Hex, Mistake, hex, not_two_bytes, place};
pub use sw::{StatusWordDocument, status_word};
pub use tlv::{Node, TlvDocument, tlv};

use serde::Serialize;

use super::{Language, Words};

/// A value that was explained.
pub trait Explained: Serialize {
    /// The explanation, line by line.
    fn lines(&self, language: Language) -> Vec<String>;
}

/// Something that bytes name: an application, a firm.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// The tool's name of it.
    pub id: &'static str,
    /// Name.
    pub name: Words,
}

impl From<&crate::profile::Application> for Named {
    fn from(row: &crate::profile::Application) -> Self {
        Self { id: row.id, name: row.name.into() }
    }
}

/// Something worth a remark, and where.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Remark {
    /// Its stable name.
    pub code: &'static str,
    /// Offset in bytes, from 0; `None` where it concerns the whole.
    pub offset: Option<usize>,
    /// What was found.
    pub message: Words,
}

fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

/// The place and the text of remarks, one a line.
fn remark_lines(remarks: &[Remark], language: Language) -> Vec<String> {
    let line = |remark: &Remark| {
        let offset = remark.offset.map(|at| at.to_string()).unwrap_or_default();
        format!("{offset:>4}  ! {}", remark.message.in_language(language))
    };
    remarks.iter().map(line).collect()
}

/// A line that begins with the offset of what it explains.
fn line(offset: usize, name: &str, text: &str) -> String {
    format!("{offset:>4}  {}{text}", super::pad(name, NAME_COLUMNS)).trim_end().to_owned()
}

/// A line that explains the whole.
fn plain(name: &str, text: &str) -> String {
    format!("      {}{text}", super::pad(name, NAME_COLUMNS)).trim_end().to_owned()
}

/// Columns of a name before its explanation.
const NAME_COLUMNS: usize = 24;
