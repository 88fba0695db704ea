//! A recording as a value: what was sent to a card, what it answered, what
//! happened. Read and written as `.apdu` text and as NDJSON. Knows no profile.

/// The side of the chip that was talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// ISO/IEC 7816-3: gold contacts.
    Contact,
    /// ISO/IEC 14443: antenna.
    Contactless,
}

/// The transmission protocol that PC/SC reports (contactless: `T=1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `T=0`, half-duplex of characters (ISO/IEC 7816-3, 10).
    T0,
    /// `T=1`, half-duplex of blocks (ISO/IEC 7816-3, 11).
    T1,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

impl std::fmt::Debug for Exchange {
    /// Lengths only: the bytes may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let answer = self.response.as_ref().map(Vec::len);
        write!(f, "Exchange({} bytes, answer {answer:?})", self.command.len())
    }
}
