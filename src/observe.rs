//! Facts from a transcript: a pure fold over what was exchanged, whatever
//! program recorded it and in whatever order. Each fact knows the exchanges that
//! prove it. Asks nothing.

mod certificates;
mod contents;
mod directory;
mod fold;
mod home;
mod items;
mod objects;
mod parts;
mod purse;
mod wire;

pub use certificates::{CertificateFile, Joined};
pub use contents::Content;
pub use directory::DirectoryEntry;
pub use fold::{MAX_FOREIGN_RESETS, Observer, observe, observe_after};
pub use home::Nameless;
pub use items::{ItemEvidence, ItemFact, ItemState};
pub use objects::{DataObject, Entry, Malformed, Origin};
pub use parts::{Fact, Part, What, ber_parts, simple_parts};
pub use purse::Public;
pub use wire::Wire;

use crate::apdu::StatusWord;
use crate::atr::Atr;
use crate::profile::{Application, ApplicationKind, Named};
use crate::session::{Interface, Protocol};

/// Where in the file tree a card stands.
#[derive(Clone, Debug, Default)]
pub enum Place {
    /// The master file: after a reset, or by name.
    #[default]
    MasterFile,
    /// An application that the profile knows.
    Application(&'static Application),
    /// A DF with a name that the profile does not know.
    Foreign(Vec<u8>),
}

impl PartialEq for Place {
    /// An application is the same where its row is the same.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Application(one), Self::Application(other)) => std::ptr::eq(*one, *other),
            (Self::Foreign(one), Self::Foreign(other)) => one == other,
            (Self::MasterFile, Self::MasterFile) => true,
            _ => false,
        }
    }
}

impl Eq for Place {}

impl Place {
    /// Whether this is the application of that id.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        matches!(self, Self::Application(application) if application.id == id)
    }

    /// Whether it is of the social security side: SSSE, its DFs, or the master file,
    /// which stands for SSSE on older cards.
    #[must_use]
    pub fn is_social_security(&self) -> bool {
        match self {
            Self::MasterFile => true,
            Self::Application(row) => row.kind == ApplicationKind::SocialSecurity,
            Self::Foreign(_) => false,
        }
    }
}

/// What a SELECT asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The master file.
    MasterFile,
    /// A DF by its name.
    Name(Vec<u8>),
    /// A DF by its file identifier.
    Directory(u16),
    /// An EF of this place by its file identifier.
    File(Place, u16),
}

/// A SELECT and its answer.
#[derive(Clone)]
pub struct Selection {
    /// What was asked for.
    pub target: Target,
    /// The application that this names, if the profile knows it.
    pub application: Option<&'static Application>,
    /// How it ended.
    pub sw: StatusWord,
    /// The file control information; empty where none came.
    pub fci: Vec<u8>,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

impl std::fmt::Debug for Selection {
    /// The length of the control information only: it may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let length = self.fci.len();
        write!(f, "Selection({:?} {} +{length})", self.target, self.sw)
    }
}

/// Which part of a file a READ asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// The record of this number; 0 is the current one.
    Record(u8),
    /// From the record of this number to the last.
    RecordsFrom(u8),
    /// From the last record back to this number.
    RecordsTo(u8),
    /// A record by its identifier, which is the tag.
    Tag(u8),
    /// Bytes from this offset.
    Binary(u16),
}

/// A READ RECORD or READ BINARY and its answer.
#[derive(Clone)]
pub struct Reading {
    /// Where.
    pub place: Place,
    /// The file, by its identifier; `None` when no file was selected.
    pub fid: Option<u16>,
    /// Which part.
    pub how: How,
    /// How it ended.
    pub sw: StatusWord,
    /// What came.
    pub data: Vec<u8>,
    /// How many bytes were asked for, where the command says so.
    pub le: Option<u32>,
    /// Whether a key or PIN had been accepted before.
    pub authenticated: bool,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

impl std::fmt::Debug for Reading {
    /// The length of the data only: it may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let length = self.data.len();
        write!(f, "Reading({:?} {:?} {} +{length})", self.fid, self.how, self.sw)
    }
}

/// A command that asks for no file, and its answer.
#[derive(Clone)]
pub struct Other {
    /// Instruction byte.
    pub ins: u8,
    /// P1 and P2: of GET DATA the tag.
    pub parameters: u16,
    /// Where.
    pub place: Place,
    /// How it ended.
    pub sw: StatusWord,
    /// What came.
    pub data: Vec<u8>,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

impl std::fmt::Debug for Other {
    /// The length of the data only: it may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (ins, parameters, length) = (self.ins, self.parameters, self.data.len());
        write!(f, "Other({ins:02X} {parameters:04X} {} +{length})", self.sw)
    }
}

/// Why the conversation with the card ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What happened.
    pub kind: IncidentKind,
    /// The last exchange before it; 0 when there was none.
    pub exchange: u32,
}

/// What ended a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentKind {
    /// The card left.
    Removed,
    /// The card fell silent.
    Timeout,
    /// Any other failure, by the name that stands in the recording.
    Error(String),
}

/// What a transcript shows.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The answer to reset; `None` where the recording has none.
    pub atr: Option<Atr>,
    /// The side of the chip that was talked to.
    pub interface: Option<Interface>,
    /// The protocol.
    pub protocol: Option<Protocol>,
    /// Where the card stands now.
    pub place: Place,
    /// The selected EF.
    pub current_file: Option<u16>,
    /// All SELECT commands.
    pub selections: Vec<Selection>,
    /// All READ commands.
    pub readings: Vec<Reading>,
    /// All other commands.
    pub others: Vec<Other>,
    /// What ended the conversation early.
    pub incident: Option<Incident>,
    /// Number of exchanges on the wire.
    pub exchanges: u32,
    /// Bytes of all commands.
    pub bytes_sent: u64,
    /// Bytes of all responses.
    pub bytes_received: u64,
    /// Time of all exchanges, in milliseconds.
    pub elapsed_ms: f64,
    /// Time of all exchanges on the wire by the formulas, in milliseconds: a lower
    /// bound.
    pub wire_ms: f64,
    /// Number of resets by another program.
    pub foreign_resets: u32,
}

impl Facts {
    /// The line to the card.
    #[must_use]
    pub fn wire(&self) -> Wire {
        Wire::new(self.atr.as_ref(), self.interface, self.protocol)
    }

    /// The first SELECT of an application, by name or file identifier.
    #[must_use]
    pub fn selection(&self, application: impl Named) -> Option<&Selection> {
        self.selections_of(application).next()
    }

    /// Every SELECT of an application.
    pub fn selections_of<'a, N: Named>(
        &'a self,
        application: N,
    ) -> impl Iterator<Item = &'a Selection> + use<'a, N> {
        let wanted = application.row();
        self.selections.iter().filter(move |selection| {
            let pair = selection.application.zip(wanted);
            pair.is_some_and(|(row, wanted)| std::ptr::eq(row, wanted))
        })
    }

    /// The SELECT that opened an application, if one did.
    #[must_use]
    pub fn opened(&self, application: impl Named) -> Option<&Selection> {
        self.selections_of(application).find(|selection| selection.is_ok())
    }

    /// The SELECT of an EF, if there was one.
    #[must_use]
    pub fn file_selection(&self, place: &Place, fid: u16) -> Option<&Selection> {
        self.selections.iter().find(
            |selection| matches!(&selection.target, Target::File(at, file) if at == place && *file == fid),
        )
    }

    /// Every READ of one file.
    pub fn readings_of<'a, 'p>(
        &'a self,
        place: &'p Place,
        fid: u16,
    ) -> impl Iterator<Item = &'a Reading> + use<'a, 'p> {
        self.readings.iter().filter(move |r| r.fid == Some(fid) && r.place == *place)
    }

    /// All commands of one instruction that asks for no file.
    pub fn others_of(&self, ins: u8) -> impl Iterator<Item = &Other> {
        self.others.iter().filter(move |other| other.ins == ins)
    }

    /// Whether every answer so far was this status word.
    #[must_use]
    pub fn all_answered(&self, sw: StatusWord) -> bool {
        let answers = self.selections.iter().map(|selection| selection.sw);
        let answers = answers.chain(self.readings.iter().map(|reading| reading.sw));
        let mut answers = answers.chain(self.others.iter().map(|other| other.sw)).peekable();
        answers.peek().is_some() && answers.all(|answer| answer == sw)
    }
}

impl Selection {
    /// Whether the file was selected: `9000`, `61xx` that nobody followed, or a
    /// warning other than "invalidated" or "terminated". A chain of `61xx` without
    /// an end is no selection.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let waits = self.sw.sw1() == 0x61 && self.exchanges.len() == 1;
        waits || self.sw.sw1() == 0x90 || matches!(self.sw.0, 0x6200..=0x6282 | 0x6284)
    }

    /// Whether what was asked for is on the card, blocked or not.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.is_ok() || matches!(self.sw.0, 0x6283 | 0x9303)
    }
}

impl Reading {
    /// Whether data came: `9000`, or a warning with what there was.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.sw == StatusWord::OK || matches!(self.sw.0, 0x6281 | 0x6282)
    }

    /// Whether as many bytes came as were asked for: behind them there may be more.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        self.le.is_some_and(|le| usize::try_from(le) == Ok(self.data.len()))
    }

    /// Whether the other one brought something else of the same part. Where fewer
    /// bytes were asked for, only these can differ.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        let part_of = |short: &Self, long: &Self| {
            short.may_go_on() && short.le != long.le && long.data.starts_with(&short.data)
        };
        self.data != other.data && !part_of(self, other) && !part_of(other, self)
    }

    /// Whether the card wants a key or PIN first. The status word of an
    /// unauthenticated READ on a 3.0 card is in no public trace: `6982` is
    /// expected, `6985` and `6988` are taken for the same.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        matches!(self.sw.0, 0x6982 | 0x6985 | 0x6988)
    }
}
