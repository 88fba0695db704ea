//! What can be wrong with a regional table. The sentences for people are
//! `report`'s.

use super::near::nearest;

/// A mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub kind: MistakeKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// An integer.
    Number,
    /// An array.
    List,
    /// A table.
    Table,
}

/// Which hexadecimal digits a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hex {
    /// One byte.
    Byte,
    /// Two bytes.
    Word,
    /// Five to sixteen bytes.
    Aid,
    /// Any number of pairs.
    Bytes,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// Not TOML: what its reader says.
    Toml(String),
    /// A key that the place does not have.
    UnknownKey {
        /// The key.
        key: String,
        /// Those it has.
        allowed: &'static [&'static str],
    },
    /// A key that must stand here.
    MissingKey(&'static str),
    /// A value of the wrong kind.
    Shape(Shape),
    /// Text or a list that must not be empty.
    Empty,
    /// A word that none of the allowed ones is.
    UnknownWord {
        /// The word.
        word: String,
        /// The allowed ones.
        allowed: Vec<&'static str>,
    },
    /// A number out of range.
    Range {
        /// Smallest.
        from: i64,
        /// Largest.
        to: i64,
    },
    /// Not the hexadecimal digits that belong here.
    Hex(Hex),
    /// Not the first two, four or six digits of a region.
    Region,
    /// `aid` belongs to an application that the standards do not have.
    AidOfKnown,
    /// A DF name that another application has.
    AidTaken(&'static str),
    /// `codes` that do not read as `table` or `table(1-2)+table(3)`.
    Codes,
    /// A row that does not fit the others, the standards' or its own example.
    Misfit(Misfit),
}

/// A row that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// An EF that READ cannot address by SFI, or that the standards keep: EF01 to EF1E.
    FileIdentifier,
    /// The SFI is the last five bits of the identifier.
    Sfi(u8),
    /// A file that the standards have, in this version.
    FileOfStandard(&'static str),
    /// The same file and version for the second time.
    FileTwice,
    /// An item of a file that this table does not describe in the item's versions.
    NoSuchFile,
    /// A group that the file does not have.
    NoSuchGroup,
    /// 00 and FF are no tags.
    TagReserved,
    /// Records are told apart by tags, and other contents have none.
    TagOutOfPlace,
    /// The same tag twice in a file and version.
    TagTwice,
    /// The same id twice in a version.
    IdTwice,
    /// A length that the example does not have.
    ExampleLength {
        /// By `length`.
        length: usize,
        /// Of the example.
        bytes: usize,
    },
    /// An example that does not decode; the decoder's words.
    ExampleUndecodable(String),
    /// An example that shows something else.
    ExampleShows(String),
    /// An item without an example, unless it is raw.
    NoExample,
}

impl From<Misfit> for MistakeKind {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

impl MistakeKind {
    /// What would be right here, where that is a closed set.
    #[must_use]
    pub fn allowed(&self) -> &[&'static str] {
        match self {
            Self::UnknownKey { allowed, .. } => allowed,
            Self::UnknownWord { allowed, .. } => allowed,
            _ => &[],
        }
    }

    /// What may have been meant.
    #[must_use]
    pub fn meant(&self) -> Option<&'static str> {
        match self {
            Self::UnknownKey { key, allowed } => nearest(key, allowed),
            Self::UnknownWord { word, allowed } => nearest(word, allowed),
            _ => None,
        }
    }

    /// The name in documents.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Toml(_) => "toml",
            Self::UnknownKey { .. } => "unknown_key",
            Self::MissingKey(_) => "missing_key",
            Self::Shape(_) => "shape",
            Self::Empty => "empty",
            Self::UnknownWord { .. } => "unknown_word",
            Self::Range { .. } => "range",
            Self::Hex(_) => "hex",
            Self::Region => "region",
            Self::AidOfKnown => "aid_of_known_application",
            Self::AidTaken(_) => "aid_taken",
            Self::Codes => "codes",
            Self::Misfit(misfit) => misfit.name(),
        }
    }
}

impl Misfit {
    fn name(&self) -> &'static str {
        match self {
            Self::FileIdentifier => "file_identifier",
            Self::Sfi(_) => "sfi",
            Self::FileOfStandard(_) => "file_of_standard",
            Self::FileTwice => "duplicate_file",
            Self::NoSuchFile => "no_such_file",
            Self::NoSuchGroup => "no_such_group",
            Self::TagReserved => "reserved_tag",
            Self::TagOutOfPlace => "tag_out_of_place",
            Self::TagTwice => "duplicate_tag",
            Self::IdTwice => "duplicate_id",
            Self::ExampleLength { .. } => "length",
            Self::ExampleUndecodable(_) => "example_undecodable",
            Self::ExampleShows(_) => "example_shows",
            Self::NoExample => "no_example",
        }
    }
}
