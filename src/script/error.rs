//! Why a script that parses cannot be run: a kind and a place.

use thiserror::Error;

use super::{MAX_INCLUDES, MAX_STEPS};
use crate::apdu::Refusal;
use crate::session::limits::MAX_DEPTH;

/// Why a script cannot be run, and where. Nothing of it was sent.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}, column {column}: {kind}")]
pub struct ScriptError {
    /// The file, as the script includes it; empty for the script itself.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Character within the line, counted from 1.
    pub column: usize,
    /// What was found, and what was expected.
    pub kind: ScriptErrorKind,
}

/// What was found, and what was expected instead. Holds nothing of the file: it
/// may be a person's.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum ScriptErrorKind {
    #[error(
        "an unknown name, expected i within a loop, one that a line above sets, or AID and an application, as in AID.ssse"
    )]
    Name,
    #[error(
        "an event that nobody can make, expected it behind a command without an answer, or behind a reset"
    )]
    Event,
    #[error("an answer and no answer to the same command, expected one of them")]
    Both,
    #[error("a file that includes itself, expected none")]
    Cycle,
    #[error("too many included files, expected at most {MAX_INCLUDES}")]
    Includes,
    #[error("too many loops within loops over all included files, expected at most {MAX_DEPTH}")]
    Depth,
    #[error("{0} steps, expected at most {MAX_STEPS}")]
    Steps(usize),
    #[error("no command in it, expected one at least")]
    Nothing,
    #[error("an included file with another @transport, expected the same in both")]
    Transport,
    #[error(
        "an included file with `@require write`, expected it in the script that includes it as well"
    )]
    Require,
    #[error("a command that may change a card ({0}), expected `@require write` in the header")]
    Write(Refusal),
}
