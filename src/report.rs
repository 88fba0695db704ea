//! One value, printed as text or as JSON. The program's own sentences live here,
//! in both languages; a rule's sentences come from its row.

mod bas;
mod certificates;
mod check;
mod columns;
mod data;
pub mod decode;
#[cfg(feature = "cli")]
mod diff;
#[cfg(all(feature = "cli", feature = "pcsc"))]
pub mod doctor;
mod document;
mod exchange;
mod exit;
mod guide;
mod import;
#[cfg(feature = "cli")]
pub mod junit;
mod listing;
mod mask;
pub mod names;
mod objects;
mod only;
#[cfg(feature = "cli")]
mod page;
pub mod regional;
pub mod replay;
#[cfg(feature = "cli")]
mod run;
mod schema;
mod screen;
#[cfg(feature = "cli")]
mod scrub;
mod tags;
mod trouble;
#[cfg(all(feature = "cli", feature = "pcsc"))]
pub mod watch;
pub mod words;

pub use bas::bas;
pub use check::{CheckInput, Source, SourceKind, check, no_card};
pub use columns::{cut, numbers, pad, reader_name, width, wrap};
#[cfg(feature = "cli")]
pub use diff::{DiffDocument, diff};
pub use document::{
    Application, Card, Datum, Document, ErrorDocument, Generation, ReadDocument, Tool, Words, read,
    tool,
};
pub use exchange::{Exchanged, Line, conversation, masked_atr, timeline};
pub use exit::Exit;
pub use guide::{GuideDocument, guide, guide_lines};
pub use import::{ImportDocument, import};
pub use listing::{data_lines, details, title};
pub use mask::{Shown, show};
pub use only::Only;
#[cfg(feature = "cli")]
pub use page::{PageInput, page};
#[cfg(feature = "cli")]
pub use run::{ScriptRun, StepDocument, run_cases, run_document, run_exit, run_lines, steps};
pub use schema::{SchemaDocument, schema};
pub use screen::{Detail, headline, screen};
#[cfg(feature = "cli")]
pub use scrub::ScrubDocument;
pub use trouble::{NO_READER_OF_THAT_NAME, ServiceTrouble, System, service, transport, trouble};
#[cfg(all(feature = "cli", feature = "pcsc"))]
pub use trouble::{at_counter, without_protocol};
pub use words::Say;

use crate::profile::Text;

/// The language of everything that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 中文.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// Between the parts of a line. Chinese marks are as wide as a character, and no
    /// blank follows them.
    const fn comma(self) -> &'static str {
        match self {
            Self::Chinese => "，",
            Self::English => ", ",
        }
    }

    /// Between the parts of a line that have commas of their own.
    const fn semicolon(self) -> &'static str {
        match self {
            Self::Chinese => "；",
            Self::English => "; ",
        }
    }

    /// Between a title and what it says.
    const fn colon(self) -> &'static str {
        match self {
            Self::Chinese => "：",
            Self::English => ": ",
        }
    }

    /// An aside behind a text.
    fn aside(self, text: &str) -> String {
        match self {
            Self::Chinese => format!("（{text}）"),
            Self::English => format!(" ({text})"),
        }
    }
}

impl Text {
    /// The words in one language.
    #[must_use]
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.zh,
            Language::English => self.en,
        }
    }
}

/// Whether personal values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// Masked, the default.
    Masked,
    /// Shown, because the user said so.
    Shown,
}
