//! What a script can say beyond a recording: commands with references, patterns
//! of responses, captures. Here they are values; what they do is decided where a
//! script is run.
//!
//! ```text
//! command  = 1*( BYTE / reference )
//! reference= "${" NAME "}"          ; the bytes of that name
//!          / "${len " NAME "}"      ; how many they are, as one byte
//! response = *( digit digit / "…" / "**" / reference )    ; digit: hex or "?"
//!          / "sw" SW *( "|" SW )    ; SW: four digits, "?" = any
//!          / "len" N                ; bytes of data, the status word not counted
//!          / "tlv" PATH "=" response
//!          / "max" N "ms"
//! capture  = NAME "from" ( "tlv" PATH / "offset" N "length" N / "all" )
//! PATH     = TAG *( "/" TAG )       ; the first tag at any depth, each next one
//!                                   ; directly within the tag before it
//! NAME     = letter *( letter / digit / "_" / "-" / "." )
//! ```
//!
//! White space is free between these elements, but not between the two digits of
//! a byte. N is decimal. A pattern covers the whole response with its status word
//! (in `tlv`, the whole value); a capture takes from the data before the status
//! word. `${i}` is the round of the innermost loop, from 1, as one byte; names
//! with a dot come from the profiles, and a capture can set neither.

/// A command, perhaps with bytes that are known only when it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    /// What follows what.
    pub parts: Vec<Part>,
}

/// A part of a command.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    Bytes(Vec<u8>),
    /// `${name}`: the bytes of that name.
    Value(String),
    /// `${len name}`: their number, as one byte.
    Length(String),
}

/// What a response has to look like.
#[derive(Clone, PartialEq)]
pub enum Expectation {
    /// Exactly this response, status word included.
    Exact(Vec<u8>),
    /// A response of this form, status word included.
    Pattern(Vec<Piece>),
    /// `sw`: one of these status words.
    StatusWord(Vec<MaskedStatusWord>),
    /// `len`: that many bytes of data, the status word not counted.
    Length(usize),
    /// `tlv`: a TLV object at that path whose value has this form.
    Tlv {
        /// Where it is.
        path: TlvPath,
        /// What its value looks like.
        value: Vec<Piece>,
    },
    /// `max`: an answer within that many milliseconds.
    Max(f64),
}

/// A piece of a pattern.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// These bytes, each perhaps only in part.
    Bytes(Vec<MaskedByte>),
    /// `…` or `**`: any number of any bytes.
    Run,
    /// `${name}`: the bytes of that name.
    Value(String),
    /// `${len name}`: their number, as one byte.
    Length(String),
}

/// A byte of which only the bits set in `mask` matter. The others are zero in
/// `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskedByte {
    /// The bits that matter.
    pub value: u8,
    /// Which bits matter.
    pub mask: u8,
}

/// A status word of which only the bits set in `mask` matter. The others are
/// zero in `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaskedStatusWord {
    /// The bits that matter.
    pub value: u16,
    /// Which bits matter.
    pub mask: u16,
}

/// Where a TLV object is: its tags from the outside in, each of 1 to 4 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlvPath {
    /// The first stands at any depth, each next one directly within the one before.
    pub tags: Vec<Vec<u8>>,
}

/// `= name from …`: keeps a part of the last response under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The name.
    pub name: String,
    /// Which part.
    pub source: Source,
}

/// Which part of the data of a response, the status word not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value of a TLV object.
    Tlv(TlvPath),
    /// Bytes by their place.
    Range {
        /// The first byte, counted from 0.
        offset: usize,
        /// How many bytes.
        length: usize,
    },
    /// All of it.
    All,
}

/// What to do when an expectation fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFail {
    /// End the script.
    #[default]
    Stop,
    /// Go on with the next step.
    Continue,
}

impl Template {
    /// A command that is wholly known.
    #[must_use]
    pub fn of(command: &[u8]) -> Self {
        Self { parts: vec![Part::Bytes(command.to_vec())] }
    }

    /// The command where it is wholly known.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [Part::Bytes(bytes)] => Some(bytes),
            _ => None,
        }
    }
}
