//! What a virtual card is made of, and its TOML form.

mod item;
mod written;

use thiserror::Error;

use crate::apdu::StatusWord;
use crate::codec::place;
use crate::session::{Interface, Protocol};

/// A card on paper: its answer to reset, its manners, its files.
#[derive(Clone)]
pub struct Model {
    title_zh: String,
    title_en: String,
    pub(super) atr: Vec<u8>,
    pub(super) interface: Interface,
    pub(super) protocol: Protocol,
    pub(super) read_record_le: LeManner,
    /// Whether READ RECORD takes several records at once (P2 low bits 5 and 6).
    pub(super) whole_file: bool,
    /// The status word to every command of a blocked card.
    pub(super) answer_all: Option<StatusWord>,
    /// The first exchange that is left without an answer, from 1.
    pub(super) mute_from: Option<u32>,
    pub(super) mf: Df,
    /// Every DF below the MF, a parent before its children.
    pub(super) dfs: Vec<Df>,
    /// The PINs of the card; a DF names its own by index.
    pub(super) pins: Vec<Pin>,
}

/// How the card takes an Le of READ RECORD that is not the exact length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeManner {
    /// `6Cxx`, as the standard demands (P5 6.10.4).
    Exact,
    /// A larger one is fine; so do some cards in the field.
    Any,
}

/// A dedicated file; the MF is one too.
#[derive(Clone, Default)]
pub(super) struct Df {
    /// Index of the DF above; `None` is the MF.
    pub(super) parent: Option<usize>,
    pub(super) fid: Option<u16>,
    pub(super) name: Option<Vec<u8>>,
    /// The whole template 6F; empty where SELECT answers a status word only.
    pub(super) fci: Vec<u8>,
    /// Blocked for good, itself or a DF above it.
    pub(super) blocked: bool,
    /// The status word to SELECT, where it is not selected.
    pub(super) select: Option<StatusWord>,
    /// The status word to every command within it but SELECT.
    pub(super) answer: Option<StatusWord>,
    /// Index of the PIN that counts here.
    pub(super) pin: Option<usize>,
    /// GET DATA: P1-P2 and the answer.
    pub(super) data: Vec<(u16, Vec<u8>)>,
    /// GET BALANCE: P1-P2 and the answer.
    pub(super) balance: Vec<(u16, Vec<u8>)>,
    pub(super) efs: Vec<Ef>,
}

/// An elementary file.
#[derive(Clone)]
pub(super) struct Ef {
    pub(super) fid: Option<u16>,
    pub(super) sfi: Option<u8>,
    pub(super) read: Access,
    pub(super) content: Content,
}

/// What an elementary file holds.
#[derive(Clone)]
pub(super) enum Content {
    Records(Vec<Record>),
    Binary(Vec<u8>),
}

/// One record as READ RECORD gives it.
#[derive(Clone)]
pub(super) struct Record {
    /// The identifier: its tag, where it has one.
    pub(super) tag: Option<u8>,
    pub(super) bytes: Vec<u8>,
}

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Access {
    Free,
    Key,
    Pin,
    PinOrKey,
    PinAndKey,
    Never,
}

/// The personal code of an environment. Its digits are not kept: every PIN that
/// is presented is a wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// Empty: nobody has set one.
    NotSet,
    /// Tries left; none left is locked.
    Tries(u8),
}

/// Why a text is no card model.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{kind} at line {line}, column {column}")]
pub struct ModelError {
    /// What is wrong.
    pub kind: ModelErrorKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// What can be wrong with a card model.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ModelErrorKind {
    /// Not TOML, an unknown or missing key, or a value of the wrong type: what
    /// the TOML reader says.
    #[error("{0}")]
    Toml(String),
    /// Not pairs of hexadecimal digits, or not as many as this place takes.
    #[error("hexadecimal digits expected, {0}")]
    Hex(&'static str),
    /// A binary-coded decimal of other characters than digits.
    #[error("decimal digits expected")]
    Digits,
    /// An `ascii` value with other characters.
    #[error("characters of ASCII expected")]
    Ascii,
    /// A tag that the place does not take, or none where one is needed.
    #[error("tag expected, {0}")]
    Tag(&'static str),
    /// Not exactly one of the ways to write a value.
    #[error("exactly one of hex, bcd, ascii, text, blank, items expected")]
    Value,
    /// A value longer than its `length`, or than the place can hold.
    #[error("{bytes} bytes where at most {limit} fit")]
    Length {
        /// Length of the value.
        bytes: usize,
        /// The most that fits.
        limit: usize,
    },
    /// A `blank` value without a `length`.
    #[error("length expected beside blank")]
    NoLength,
    /// An EF with neither an identifier nor a short one.
    #[error("fid or sfi expected")]
    NoIdentifier,
    /// An EF with both `records` and `binary`, or none of them.
    #[error("either records or binary expected")]
    Structure,
    /// `key` names the key that opens a file: not for `free`, `pin` and `never`.
    #[error("key belongs to read = \"key\", \"pin-or-key\" and \"pin-and-key\", and only there")]
    Key,
    /// PIN tries outside 1 to 15.
    #[error("1 to 15 tries expected")]
    Tries,
    /// Two files of the same name or identifier where one is looked for.
    #[error("name or identifier already taken")]
    Duplicate,
    /// More than eight DFs inside one another.
    #[error("directories nested too deeply")]
    Depth,
}

impl Model {
    /// Reads a model from its TOML text. The built-in models show the form:
    ///
    /// - the card: `title_zh`, `title_en`, `atr`, `interface`, `protocol`, and as
    ///   they are needed `read_record_le`, `whole_file`, `answer_all`, `mute_from`;
    /// - a DF, `[mf]`, `[[mf.df]]`, `[[mf.df.df]]`: `name`, `fid`, `fci` (the
    ///   content of A5), `pin`, `blocked`, `select` and `answer` (the status word to
    ///   SELECT, and to any other command), `get_data`, `get_balance`, `ef`, `df`;
    /// - an EF: `fid` or `sfi`, `read`, `key`, and `records` or `binary`;
    /// - a value: one of `hex`, `bcd`, `ascii`, `text`, `blank`, `items`, and as
    ///   needed `tag` and `length`.
    ///
    /// # Errors
    ///
    /// Returns what is wrong, with line and column. Unknown keys are refused.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        written::model(text).map_err(|mistake| {
            let (line, column) = place::of(text, mistake.at);
            ModelError { kind: mistake.kind, line, column }
        })
    }

    /// What the card is, in Chinese.
    #[must_use]
    pub fn title_zh(&self) -> &str {
        &self.title_zh
    }

    /// What the card is, in English.
    #[must_use]
    pub fn title_en(&self) -> &str {
        &self.title_en
    }

    /// The DF of an index; `None` is the MF.
    pub(super) fn df(&self, index: Option<usize>) -> &Df {
        index.and_then(|index| self.dfs.get(index)).unwrap_or(&self.mf)
    }
}

impl std::fmt::Debug for Model {
    /// The title only: somebody's own model may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({:?})", self.title_en)
    }
}

/// A mistake in the text of a model.
#[derive(Debug)]
struct Mistake {
    kind: ModelErrorKind,
    /// Byte offset in the text.
    at: usize,
}

#[cfg(test)]
mod tests;
