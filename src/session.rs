//! A recording as a value: what was sent to a card, what it answered, what
//! happened. Read and written as `.apdu` text and as NDJSON. Knows no profile.

mod cursor;
mod error;
mod grammar;
mod header;
pub mod limits;
mod line;
pub mod ndjson;
mod rewrite;
pub mod script;
pub mod text;

pub use error::{ParseError, ParseErrorKind};
pub use header::{CARDS, GENERATIONS, HeaderKey, OUTCOMES};

/// The side of the chip that was talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// ISO/IEC 7816-3: gold contacts.
    Contact,
    /// ISO/IEC 14443: antenna.
    Contactless,
}

impl Interface {
    /// The name in a file: `contact` or `contactless`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Contactless => "contactless",
        }
    }

    /// The interface of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Contact, Self::Contactless].into_iter().find(|one| one.name() == name)
    }
}

/// The transmission protocol that PC/SC reports (contactless: `T=1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `T=0`, half-duplex of characters (ISO/IEC 7816-3, 10).
    T0,
    /// `T=1`, half-duplex of blocks (ISO/IEC 7816-3, 11).
    T1,
}

impl Protocol {
    /// The name in a file: `T=0` or `T=1`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::T0 => "T=0",
            Self::T1 => "T=1",
        }
    }

    /// The protocol of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::T0, Self::T1].into_iter().find(|one| one.name() == name)
    }
}

/// How a card was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reset {
    /// Power off and on.
    Cold,
    /// The reset contact alone.
    Warm,
}

/// Something that happened to the card between or instead of answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `! reset cold` or `! reset warm`.
    Reset(Reset),
    /// `! removed`: the card left the reader.
    Removed,
    /// `! timeout`: no answer within the deadline.
    Timeout,
    /// `! error NAME`: any other end of an exchange, by its name.
    Error(String),
}

impl Event {
    /// The event that a file writes so; spaces around and between words are free.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match (word, rest.trim_start()) {
            ("reset", "cold") => Some(Self::Reset(Reset::Cold)),
            ("reset", "warm") => Some(Self::Reset(Reset::Warm)),
            ("removed", "") => Some(Self::Removed),
            ("timeout", "") => Some(Self::Timeout),
            ("error", name) => Some(Self::Error(name.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for Event {
    /// The event as a file writes it, without the `!`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reset(Reset::Cold) => f.write_str("reset cold"),
            Self::Reset(Reset::Warm) => f.write_str("reset warm"),
            Self::Removed => f.write_str("removed"),
            Self::Timeout => f.write_str("timeout"),
            Self::Error(name) => write!(f, "error {name}"),
        }
    }
}

/// One command on the wire and the whole answer to it.
#[derive(Clone, PartialEq)]
pub struct Exchange {
    /// The command APDU as it was sent.
    pub command: Vec<u8>,
    /// The response with its status word; `None` when nothing came back (the
    /// event that explains it is the next step).
    pub response: Option<Vec<u8>>,
    /// Time from sending to the answer, in milliseconds.
    pub elapsed_ms: Option<f64>,
}

/// One step of a recording.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A command and its answer.
    Exchange(Exchange),
    /// Something that happened.
    Event(Event),
    /// `- text`: names what follows.
    Title(String),
}

/// How the lines of a file relate to the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransportMode {
    /// Each line crosses the wire as it stands.
    Raw,
    /// `61xx` and `6Cxx` are followed by the program that runs the file.
    #[default]
    Auto,
}

impl TransportMode {
    /// The name in a file: `raw` or `auto`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Auto => "auto",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Raw, Self::Auto].into_iter().find(|one| one.name() == name)
    }
}

/// What a recording is expected to be judged as (`@expect`), by the values of
/// the JSON document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// `card.kind`.
    pub card: Option<String>,
    /// `generation.value`.
    pub generation: Option<String>,
    /// `outcome`.
    pub outcome: Option<String>,
}

/// What a file says of itself before its first step. Every key may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// NDJSON `id`; the path of a file where it is missing.
    pub id: Option<String>,
    /// What this is, for people.
    pub title: Option<String>,
    /// The reader's name.
    pub reader: Option<String>,
    /// The side of the chip.
    pub interface: Option<Interface>,
    /// The protocol.
    pub protocol: Option<Protocol>,
    /// The answer to reset.
    pub atr: Option<Vec<u8>>,
    /// When it was recorded, ISO 8601 as written in the file.
    pub recorded: Option<String>,
    /// The program that recorded it.
    pub tool: Option<String>,
    /// The expected judgement.
    pub expect: Expect,
    /// A remark.
    pub note: Option<String>,
    /// Regional tables to use.
    pub profile: Vec<String>,
    /// What a script needs (`write`).
    pub require: Vec<String>,
    /// How the lines relate to the wire.
    pub transport: TransportMode,
}

/// A recording: header and steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// What the file says of itself.
    pub header: Header,
    /// What happened, in order.
    pub steps: Vec<Step>,
}

impl Session {
    /// The exchanges in order, each with its number from 1.
    pub fn exchanges(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        let exchanges = self.steps.iter().filter_map(|step| match step {
            Step::Exchange(exchange) => Some(exchange),
            Step::Event(_) | Step::Title(_) => None,
        });
        (1..).zip(exchanges)
    }
}

/// Reads the recordings of a file: NDJSON where its first character is `{`, with
/// a session on each line that is not empty; else one `.apdu` text.
///
/// # Errors
///
/// Returns the first mistake with its place. A script is one: it records nothing.
pub fn load(bytes: &[u8]) -> Result<Vec<Session>, ParseError> {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(vec![text::Document::parse(bytes)?.session()?]);
    }
    let mut sessions = Vec::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if !line.trim_ascii().is_empty() {
            let at_line = |error| ParseError { line: number, ..error };
            sessions.push(ndjson::parse_bytes(line).map_err(at_line)?);
        }
    }
    Ok(sessions)
}

impl std::fmt::Debug for Header {
    /// What tells one recording from another; of the ATR only the length, since it
    /// holds the serial number of the card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let atr = self.atr.as_ref().map(Vec::len);
        write!(f, "Header({:?} {:?}, ATR {atr:?})", self.id, self.title)
    }
}

impl std::fmt::Debug for Exchange {
    /// Lengths only: the bytes may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let answer = self.response.as_ref().map(Vec::len);
        write!(f, "Exchange({} bytes, answer {answer:?})", self.command.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_two_forms_apart() {
        let line = r#"{"steps":[["00840000","9000"]]}"#;
        let lines = format!("\u{FEFF}\n {line}\r\n\n{line}");
        assert_eq!(load(lines.as_bytes()).map(|sessions| sessions.len()), Ok(2));
        let text = "# sscard-apdu 1\n> 00 84 00 00\n< 90 00\n";
        assert_eq!(load(text.as_bytes()).map(|sessions| sessions.len()), Ok(1));
        let error = load(format!("{line}\n{{\"steps\":1}}").as_bytes()).unwrap_err();
        assert_eq!((error.line, error.kind), (2, ParseErrorKind::JsonSession));
        let nothing = load(b" ").unwrap_err();
        assert_eq!((nothing.line, nothing.kind), (1, ParseErrorKind::Format));
    }
}
