//! Why a file does not parse: a kind and a place.

use thiserror::Error;

use super::header::{CARDS, GENERATIONS, HeaderKey, OUTCOMES};
use super::limits::{
    MAX_ATR, MAX_COMMAND, MAX_DEPTH, MAX_LINE, MAX_LINES, MAX_NAME, MAX_PATH, MAX_RESPONSE,
    MAX_ROUNDS, MAX_SESSION,
};

/// Why a recording or script does not parse, and where.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("line {line}, column {column}: {kind}")]
pub struct ParseError {
    /// Line, counted from 1.
    pub line: usize,
    /// Character within the line, counted from 1. In JSON the place where the
    /// reader noticed it: the last character of the value, or just behind.
    pub column: usize,
    /// What was found, and what was expected.
    pub kind: ParseErrorKind,
}

/// What was found, and what was expected instead. Holds nothing of the file: it
/// may be a person's.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "each message says what its variant means")]
pub enum ParseErrorKind {
    #[error("a session that is too large, expected at most {MAX_SESSION} bytes")]
    SessionSize,
    #[error("too many lines or steps, expected at most {MAX_LINES}")]
    LineCount,
    #[error("a line that is too long, expected at most {MAX_LINE} bytes")]
    LineSize,
    #[error("bytes that are no text, expected UTF-8")]
    Encoding,
    #[error("a file of another format, expected `# sscard-apdu 1` as its first line")]
    Format,
    #[error("another version of the format, expected `# sscard-apdu 1`")]
    Version,
    #[error(
        "a line of no known kind, expected one that begins with #, @, -, >, <, =, !, \
         repeat, end, on-fail or include"
    )]
    LineStart,
    #[error("text behind a complete line, expected the end of the line")]
    Trailing,

    #[error("an unknown header key, expected one of {}", HeaderKey::ALL.map(HeaderKey::name).join(", "))]
    HeaderKey,
    #[error("a second value for the same key, expected one")]
    Repeated,
    #[error("a header line behind a step, expected all header lines before the first step")]
    LateHeader,
    #[error("an unknown interface, expected contact or contactless")]
    Interface,
    #[error("an unknown protocol, expected T=0 or T=1")]
    Protocol,
    #[error("an unknown transport, expected raw or auto")]
    Transport,
    #[error("an ATR of {0} bytes, expected 1 to {MAX_ATR}")]
    AtrSize(usize),
    #[error("no time, expected ISO 8601, as in 2026-11-23T10:15:00+08:00")]
    Recorded,
    #[error("no expectation, expected card=, generation= or outcome= and a value")]
    Expect,
    #[error("an unknown kind of card, expected one of {}", CARDS.join(", "))]
    ExpectCard,
    #[error("an unknown generation, expected one of {}", GENERATIONS.join(", "))]
    ExpectGeneration,
    #[error("an unknown outcome, expected one of {}", OUTCOMES.join(", "))]
    ExpectOutcome,
    #[error("an unknown requirement, expected write")]
    Require,

    #[error("something that is no byte, expected two hex digits")]
    Hex,
    #[error("half a byte, expected a second hex digit right behind the first")]
    HalfByte,
    #[error("no command, expected its bytes in hex")]
    NoCommand,
    #[error("a command of {0} bytes, expected at most {MAX_COMMAND}")]
    CommandSize(usize),
    #[error("a response of {0} bytes, expected at most {MAX_RESPONSE}")]
    ResponseSize(usize),
    #[error("a line about a response without a command, expected a line with > before it")]
    NoExchange,
    #[error("no event, expected reset cold, reset warm, removed, timeout, or error and its name")]
    Event,

    #[error("a pattern in a command, expected bytes or ${{…}}")]
    CommandPattern,
    #[error("no reference, expected ${{name}} or ${{len name}}")]
    Reference,
    #[error(
        "no name, expected a letter, then letters, digits, underscores, hyphens or dots, \
         {MAX_NAME} at most"
    )]
    Name,
    #[error("a name that cannot be set, expected one without a dot, neither i nor len")]
    FixedName,
    #[error("no status words, expected four hex digits or ? each, with | between them")]
    StatusWord,
    #[error("no length, expected a decimal number of bytes up to {MAX_RESPONSE}")]
    Length,
    #[error(
        "no TLV path, expected tags in hex with / between them, 1 to 4 bytes each, \
         {MAX_PATH} at most"
    )]
    TlvPath,
    #[error("no value, expected = and the bytes of the TLV object")]
    TlvValue,
    #[error("no time, expected milliseconds, as in 50 ms")]
    Milliseconds,
    #[error(
        "no capture, expected NAME from tlv PATH, NAME from offset N length M, or NAME from all"
    )]
    Capture,
    #[error("no number of rounds, expected 1 to {MAX_ROUNDS}")]
    Rounds,
    #[error("too many loops within loops, expected at most {MAX_DEPTH}")]
    Depth,
    #[error("an end without a loop, expected a repeat before it")]
    EndAlone,
    #[error("a loop without an end, expected a line with end after it")]
    RepeatAlone,
    #[error("an unknown reaction, expected stop or continue")]
    OnFail,
    #[error("no file to include, expected a relative path with / and without ..")]
    Include,
    #[error("a script, expected a recording: run a script with `sscard run`")]
    Script,

    #[error("no JSON, expected one session as a JSON object on one line")]
    Json,
    #[error("no session, expected a JSON object with steps")]
    JsonSession,
    #[error(
        "an unknown key, expected id, steps or one of {}",
        HeaderKey::ALL.map(HeaderKey::name).join(", ")
    )]
    JsonKey,
    #[error("a value of another kind, expected a string")]
    JsonText,
    #[error("no list of texts, expected a string or an array of strings")]
    JsonTexts,
    #[error("no expectations, expected an object with card, generation or outcome")]
    JsonExpect,
    #[error(
        "no step, expected [command, response or null, milliseconds], [\"-\", text] or \
         [\"!\", event]"
    )]
    JsonStep,
}
