//! What `doctor` found, section by section, and the one conclusion: is it the
//! computer, the service, the reader, the contact, or the card? Pure; what is looked
//! at is gathered elsewhere. Holds nothing personal.

mod reader;
mod words;

use serde::Serialize;

use super::{Exit, Language, ServiceTrouble, System, Words, pad, service, wrap};
use crate::profile::Text;
use crate::transport::{ReaderDetails, TransportError};

/// What was seen of this computer.
#[derive(Clone, Debug)]
pub struct Computer {
    /// Operating system, its version, architecture.
    pub system: String,
    /// Today by its clock.
    pub day: jiff::civil::Date,
    /// Versions of what smart cards need, as their own words say them.
    pub versions: Vec<String>,
}

/// What was seen of the smart card service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// It answers.
    Answers,
    /// It does not; whether it is installed and whether it runs, where that can be
    /// seen.
    Absent {
        /// Its program is on this computer.
        installed: Option<bool>,
        /// It runs.
        running: Option<bool>,
    },
    /// It refuses this user.
    Refuses,
    /// The system keeps this user from the place where it listens.
    Unreachable,
}

/// A reader.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Its name.
    pub name: String,
    /// What it tells of itself, or why it does not.
    pub details: Result<ReaderDetails, TransportError>,
    /// What it holds.
    pub state: Words,
}

/// A device on USB that is a card reader, or calls itself one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbDevice {
    /// Vendor and product, `072F:90CC`.
    pub id: String,
    /// What it says of itself.
    pub name: String,
    /// It speaks the protocol of PC/SC readers (USB class 0B, CCID).
    pub is_ccid: bool,
}

/// What was seen of the card.
#[derive(Clone, Debug)]
pub struct Card {
    /// The answer to reset, its serial bytes hidden.
    pub atr: String,
    /// `T=0` or `T=1`.
    pub protocol: &'static str,
    /// Whether it came back the same from each reset.
    pub resets: Vec<bool>,
    /// Another program used it too when this began.
    pub shared: bool,
    /// Short readings of the same data.
    pub contact: Contact,
    /// How a check of it ended, and what its first line says.
    pub verdict: Option<(Exit, Words)>,
    /// Why the conversation ended early.
    pub lost: Option<TransportError>,
}

/// Short readings of the same data, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contact {
    /// How many were made.
    pub reads: u32,
    /// How many were to be made.
    pub wanted: u32,
    /// How many gave other bytes.
    pub differences: u32,
    /// How many had to be made again.
    pub retries: u32,
    /// The middle one's time in milliseconds.
    pub median_ms: f64,
    /// The slowest one's.
    pub slowest_ms: f64,
}

/// Everything that was looked at. A part that could not be looked at is `None`.
#[derive(Clone, Debug)]
pub struct Observed {
    /// This computer.
    pub computer: Computer,
    /// The service.
    pub service: Service,
    /// The readers.
    pub readers: Vec<Reader>,
    /// The reader that was asked for, by its name or a part of it.
    pub asked: Option<String>,
    /// Devices on USB; `None` where this system does not tell.
    pub usb: Option<Vec<UsbDevice>>,
    /// The card, or why there is none.
    pub card: Result<Card, TransportError>,
}

impl Observed {
    /// Whether a reader was asked for that none of those that are there can be.
    fn is_asked_in_vain(&self) -> bool {
        let named = |asked: &String| self.readers.iter().any(|reader| reader.name.contains(asked));
        matches!(self.card, Err(TransportError::NoReader))
            && self.asked.as_ref().is_some_and(|a| !named(a))
    }
}

/// The one sentence that all comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// The clock of the computer is wrong: dates cannot be judged.
    Clock,
    /// The service is not installed.
    NotInstalled,
    /// The service does not run.
    NoService,
    /// The service runs and never answers.
    ServiceSilent,
    /// The service refuses this user.
    Refused,
    /// This user may not come to where the service listens.
    Unreachable,
    /// No reader, and a device that calls itself one and may need its maker's software.
    ForeignReader,
    /// No reader, and one is plugged in that needs nothing but the usual driver.
    NoDriver,
    /// No reader.
    NoReader,
    /// Readers, and none of the name that was asked for.
    NoSuchReader,
    /// A reader without a card.
    NoCard,
    /// More than one card.
    Ambiguous,
    /// Another program holds the card.
    Busy,
    /// The card does not answer: only a card known to work tells reader from card.
    Silent,
    /// Reader and card share no protocol.
    Protocol,
    /// The card left during the work.
    Removed,
    /// The service went away during the work.
    ServiceLost,
    /// The card gives other bytes each time.
    Unstable,
    /// It does not come back the same from a reset.
    Resets,
    /// All works, and the card itself has a fault.
    CardFaulty,
    /// All works, and something of the card needs a look.
    CardAttention,
    /// All works; it is another kind of card.
    OtherCard,
    /// All works.
    Well,
}

include!(concat!(env!("OUT_DIR"), "/conclusions.rs"));

/// How a section came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Good,
    Attention,
    Failed,
    Skipped,
}

#[derive(Clone, Debug, Serialize)]
struct SectionDocument {
    id: &'static str,
    state: &'static str,
    findings: Vec<Words>,
}

/// The document of `doctor`.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorDocument {
    schema_version: &'static str,
    command: &'static str,
    tool: super::Tool,
    time: String,
    exit_code: u8,
    error: Option<()>,
    sections: Vec<SectionDocument>,
    conclusion: ConclusionDocument,
    measured: Option<Measured>,
    privacy: Words,
}

/// What was counted and timed of the card, for programs.
#[derive(Clone, Debug, Serialize)]
struct Measured {
    resets: usize,
    resets_equal: usize,
    readings: u32,
    readings_wanted: u32,
    differences: u32,
    retries: u32,
    median_ms: Option<f64>,
    slowest_ms: Option<f64>,
}

impl From<&Card> for Measured {
    fn from(card: &Card) -> Self {
        let Contact { reads, wanted, differences, retries, median_ms, slowest_ms } = card.contact;
        // To the microsecond: what is beyond is noise.
        let time = |ms: f64| (reads > 0).then(|| (ms * 1e3).round() / 1e3);
        Self {
            resets: card.resets.len(),
            resets_equal: card.resets.iter().filter(|same| **same).count(),
            readings: reads,
            readings_wanted: wanted,
            differences,
            retries,
            median_ms: time(median_ms),
            slowest_ms: time(slowest_ms),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct ConclusionDocument {
    id: &'static str,
    #[serde(flatten)]
    message: Words,
    advice: Words,
}

/// What all of it comes to.
#[must_use]
pub fn doctor(observed: &Observed, time: String) -> DoctorDocument {
    let (id, message, advice) = conclude(observed).sentences();
    DoctorDocument {
        schema_version: "1.0",
        command: "doctor",
        tool: super::tool(),
        time,
        exit_code: Exit::Healthy.code(),
        error: None,
        sections: words::sections(observed),
        conclusion: ConclusionDocument { id, message: message.into(), advice: advice.into() },
        measured: observed.card.as_ref().ok().map(Measured::from),
        privacy: words::PRIVACY.into(),
    }
}

impl DoctorDocument {
    /// For people: the sections, then the conclusion.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        for section in &self.sections {
            let (mark, title) = words::title(section.id, section.state);
            let title = pad(title.in_language(language), 16);
            let mut head = format!("{mark} {title}");
            for finding in &section.findings {
                for line in wrap(finding.in_language(language), 62) {
                    lines.push(format!("{head}{line}").trim_end().to_owned());
                    head = " ".repeat(18);
                }
            }
        }
        lines.push(String::new());
        for text in [&self.conclusion.message, &self.conclusion.advice] {
            lines.extend(wrap(text.in_language(language), 80));
        }
        lines.push(String::new());
        lines.extend(wrap(self.privacy.in_language(language), 80));
        lines
    }
}

/// The years in which a clock can be right: not before this program was made.
fn is_plausible(day: jiff::civil::Date) -> bool {
    let made = super::tool().rules.parse::<jiff::civil::Date>();
    made.is_ok_and(|made| day >= made && day.year() < made.year().saturating_add(20))
}

/// The first of the causes on the way from the computer to the card.
#[must_use]
pub fn conclude(observed: &Observed) -> Conclusion {
    match &observed.service {
        Service::Refuses => return Conclusion::Refused,
        Service::Unreachable => return Conclusion::Unreachable,
        Service::Absent { installed: Some(false), .. } => return Conclusion::NotInstalled,
        Service::Absent { running: Some(true), .. } => return Conclusion::ServiceSilent,
        Service::Absent { .. } => return Conclusion::NoService,
        Service::Answers => {}
    }
    if observed.readers.is_empty() {
        let plugged_in = observed.usb.iter().flatten();
        return match plugged_in.map(|device| device.is_ccid).max() {
            Some(true) => Conclusion::NoDriver,
            Some(false) => Conclusion::ForeignReader,
            None => Conclusion::NoReader,
        };
    }
    if observed.is_asked_in_vain() {
        return Conclusion::NoSuchReader;
    }
    match &observed.card {
        Err(error) => of_error(error),
        Ok(card) => of_card(card, &observed.computer),
    }
}

fn of_error(error: &TransportError) -> Conclusion {
    match error {
        TransportError::NoCard => Conclusion::NoCard,
        TransportError::NoReader => Conclusion::NoReader,
        TransportError::Ambiguous(_) => Conclusion::Ambiguous,
        TransportError::Busy
        | TransportError::HeldExclusively
        | TransportError::ExclusiveRefused
        | TransportError::ResetByOther => Conclusion::Busy,
        TransportError::ProtocolMismatch => Conclusion::Protocol,
        TransportError::Removed | TransportError::ReaderGone => Conclusion::Removed,
        TransportError::NoService => Conclusion::ServiceLost,
        TransportError::AccessDenied => Conclusion::Refused,
        TransportError::Timeout
        | TransportError::Unpowered
        | TransportError::Unresponsive
        | TransportError::BadAnswer(_)
        | TransportError::Refused(_)
        | TransportError::Service(_) => Conclusion::Silent,
    }
}

fn of_card(card: &Card, computer: &Computer) -> Conclusion {
    let Contact { differences, retries, .. } = card.contact;
    match &card.lost {
        Some(TransportError::Removed | TransportError::ReaderGone) => return Conclusion::Removed,
        Some(TransportError::NoService) => return Conclusion::ServiceLost,
        _ => {}
    }
    if differences > 0 || retries > 0 {
        return Conclusion::Unstable;
    }
    if let Some(error) = &card.lost {
        return of_error(error);
    }
    if card.resets.contains(&false) {
        return Conclusion::Resets;
    }
    if !is_plausible(computer.day) {
        return Conclusion::Clock;
    }
    match card.verdict.as_ref().map(|(exit, _)| *exit) {
        Some(Exit::Healthy) => Conclusion::Well,
        Some(Exit::NotSocialSecurity) => Conclusion::OtherCard,
        Some(Exit::Attention) => Conclusion::CardAttention,
        Some(Exit::Faulty) => Conclusion::CardFaulty,
        _ => Conclusion::Silent,
    }
}

#[cfg(test)]
mod tests;
