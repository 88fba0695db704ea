//! The fold: one step after the other, keeping track of reset, selected DF and
//! EF, and of what GET RESPONSE and a corrected Le complete.

use std::borrow::Cow;

use super::{Facts, How, Incident, IncidentKind, Other, Place, Reading, Selection, Target, Wire};
use crate::apdu::{Command, Response, StatusWord};
use crate::profile::{application, application_by_aid, application_by_fid};
use crate::session::{Event, Exchange, Header, Session, Step};
use crate::transport::TransportError;

/// Another program that keeps resetting the card is told apart from one that did
/// it once: after so many times the conversation is over.
pub const MAX_FOREIGN_RESETS: u32 = 3;

/// Facts from a whole recording.
#[must_use]
pub fn observe(session: &Session) -> Facts {
    observe_after(session, 0)
}

/// The same for the other side of a chip, whose exchanges are counted from behind
/// those of the first.
#[must_use]
pub fn observe_after(session: &Session, exchanges: u32) -> Facts {
    let mut observer = Observer::new(&session.header);
    observer.facts.exchanges = exchanges;
    for step in &session.steps {
        observer.step(step);
    }
    observer.into_facts()
}

/// Facts from a conversation that is still going on.
#[derive(Debug)]
pub struct Observer {
    facts: Facts,
    wire: Wire,
    keys: Keys,
    pending: Option<Pending>,
}

/// What the card accepted. The social security PIN opens until the power goes, all
/// else until another application is selected (P7 5.8, 6.6).
#[derive(Clone, Copy, Debug, Default)]
struct Keys {
    pin: bool,
    here: bool,
}

/// A command whose answer is not complete yet.
struct Pending {
    command: Vec<u8>,
    answer: Answer,
}

/// What came so far.
#[derive(Debug)]
struct Answer {
    data: Vec<u8>,
    sw: StatusWord,
    exchanges: Vec<u32>,
}

impl std::fmt::Debug for Pending {
    /// Lengths only: the bytes may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sw, data) = (self.answer.sw, self.answer.data.len());
        write!(f, "Pending({} bytes, {sw} +{data})", self.command.len())
    }
}

impl Observer {
    /// Begins with what the header of a recording says.
    #[must_use]
    pub fn new(header: &Header) -> Self {
        let facts = Facts {
            atr: header.atr.as_deref().map(crate::atr::decode),
            interface: header.interface,
            protocol: header.protocol,
            ..Facts::default()
        };
        Self { wire: facts.wire(), facts, keys: Keys::default(), pending: None }
    }

    /// What is known so far. Call [`Observer::settle`] first.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether it began with what this header says of the card.
    #[must_use]
    pub fn fits(&self, header: &Header) -> bool {
        let atr = self.facts.atr.as_ref().map(|atr| atr.bytes.as_slice());
        (atr, self.facts.interface, self.facts.protocol)
            == (header.atr.as_deref(), header.interface, header.protocol)
    }

    /// What is known at the end.
    #[must_use]
    pub fn into_facts(mut self) -> Facts {
        self.settle();
        self.facts
    }

    /// Takes one step in.
    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Title(_) => {}
            Step::Exchange(exchange) => self.exchange(exchange),
            Step::Event(event) => self.event(event),
        }
    }

    /// Takes what is pending as complete: nothing follows that could complete it.
    pub fn settle(&mut self) {
        if let Some(Pending { command, answer }) = self.pending.take() {
            self.complete(&command, answer);
        }
    }

    fn event(&mut self, event: &Event) {
        self.settle();
        let kind = match event {
            Event::Reset(_) => return self.forget_selection(),
            Event::Error(name) if *name == TransportError::ResetByOther.name() => {
                self.facts.foreign_resets = self.facts.foreign_resets.saturating_add(1);
                self.forget_selection();
                if self.facts.foreign_resets <= MAX_FOREIGN_RESETS {
                    return;
                }
                IncidentKind::Error(name.clone())
            }
            Event::Removed => IncidentKind::Removed,
            Event::Timeout => IncidentKind::Timeout,
            Event::Error(name) => IncidentKind::Error(name.clone()),
        };
        let exchange = self.facts.exchanges;
        self.facts.incident.get_or_insert(Incident { kind, exchange });
    }

    fn forget_selection(&mut self) {
        self.facts.place = Place::MasterFile;
        self.facts.current_file = None;
        self.keys = Keys::default();
    }

    fn exchange(&mut self, exchange: &Exchange) {
        let number = self.facts.exchanges.saturating_add(1);
        self.facts.exchanges = number;
        let sent = u64::try_from(exchange.command.len()).unwrap_or(u64::MAX);
        self.facts.bytes_sent = self.facts.bytes_sent.saturating_add(sent);
        self.facts.elapsed_ms += exchange.elapsed_ms.unwrap_or(0.0);
        let answer = exchange.response.as_deref().unwrap_or_default();
        self.facts.wire_ms += self.wire.exchange_ms(exchange.command.len(), answer.len());
        let received = u64::try_from(answer.len()).unwrap_or(u64::MAX);
        self.facts.bytes_received = self.facts.bytes_received.saturating_add(received);
        let Some(response) = Response::parse(answer) else {
            if exchange.response.is_some() {
                let bad = TransportError::BadAnswer(answer.len());
                return self.event(&Event::Error(bad.name().to_owned()));
            }
            return self.settle();
        };
        self.answered(number, &exchange.command, response);
    }

    /// Joins an answer to the pending command, or begins a new one.
    fn answered(&mut self, number: u32, command: &[u8], response: Response<'_>) {
        let is_get_response = matches!(command, [_, 0xC0, ..]);
        let mut pending = match self.pending.take() {
            Some(mut pending) if is_get_response && pending.answer.sw.sw1() == 0x61 => {
                pending.answer.exchanges.push(number);
                if response.sw.sw1() == 0x6C {
                    self.pending = Some(pending);
                    return;
                }
                pending
            }
            Some(mut pending)
                if pending.answer.sw.sw1() == 0x6C && same_header(&pending.command, command) =>
            {
                pending.answer.exchanges.push(number);
                pending
            }
            other => {
                if let Some(Pending { command, answer }) = other {
                    self.complete(&command, answer);
                }
                let exchanges = vec![number];
                let answer = Answer { data: response.data.to_vec(), sw: response.sw, exchanges };
                return self.keep(Cow::Borrowed(command), answer);
            }
        };
        pending.answer.data.extend_from_slice(response.data);
        pending.answer.sw = response.sw;
        self.keep(Cow::Owned(pending.command), pending.answer);
    }

    /// An answer that something may complete waits for it.
    fn keep(&mut self, command: Cow<'_, [u8]>, answer: Answer) {
        if matches!(answer.sw.sw1(), 0x61 | 0x6C) {
            self.pending = Some(Pending { command: command.into_owned(), answer });
        } else {
            self.complete(&command, answer);
        }
    }

    /// A command and its whole answer become a fact.
    fn complete(&mut self, command: &[u8], answer: Answer) {
        let Ok(command) = Command::parse(command) else { return };
        match command.ins {
            0xA4 => self.selected(command, answer),
            0xB0 | 0xB2 => self.read(command, answer),
            ins => {
                let Answer { data, sw, exchanges } = answer;
                let accepted = sw == StatusWord::OK && !command.data.is_empty();
                let place = self.facts.place.clone();
                self.keys.pin |= accepted && ins == 0x20 && place.is_social_security();
                self.keys.here |= accepted && matches!(ins, 0x20 | 0x82);
                let parameters = u16::from_be_bytes([command.p1, command.p2]);
                self.facts.others.push(Other { ins, parameters, place, sw, data, exchanges });
            }
        }
    }

    fn selected(&mut self, command: Command<'_>, answer: Answer) {
        let Answer { data: fci, sw, exchanges } = answer;
        let target = target(&self.facts.place, command);
        let application = match &target {
            Target::Name(name) => application_by_aid(name),
            Target::Directory(fid) => application_by_fid(*fid),
            Target::MasterFile | Target::File(..) => None,
        };
        let selection = Selection { target, application, sw, fci, exchanges };
        if selection.is_ok() {
            let foreign = |name: &[u8]| Place::Foreign(name.to_vec());
            match &selection.target {
                Target::File(_, fid) => self.facts.current_file = Some(*fid),
                Target::MasterFile => self.enter(Place::MasterFile),
                Target::Name(name) => {
                    self.enter(application.map_or_else(|| foreign(name), Place::Application));
                }
                Target::Directory(fid) => {
                    let name = fid.to_be_bytes();
                    self.enter(application.map_or_else(|| foreign(&name), Place::Application));
                }
            }
        }
        self.facts.selections.push(selection);
    }

    /// Another DF drops the security state, the same one keeps it (P5 6.11.1).
    fn enter(&mut self, place: Place) {
        self.keys.here &= place == self.facts.place;
        self.facts.place = place;
        self.facts.current_file = None;
    }

    fn read(&mut self, command: Command<'_>, answer: Answer) {
        let Answer { data, sw, exchanges } = answer;
        let by_sfi = command.sfi().map(|sfi| 0xEF00 | u16::from(sfi));
        let fid = by_sfi.or(self.facts.current_file);
        let reading = Reading {
            place: self.facts.place.clone(),
            fid,
            how: how(command),
            sw,
            data,
            le: command.le,
            authenticated: self.keys.pin || self.keys.here,
            exchanges,
        };
        if reading.is_ok() {
            self.facts.current_file = fid;
        }
        self.facts.readings.push(reading);
    }
}

fn same_header(left: &[u8], right: &[u8]) -> bool {
    left.get(..4) == right.get(..4)
}

/// DF01 below ACSE is SS.CERT.ADF1 (T10), and not the public application of SSSE.
const CERTIFICATE_ADF: [u8; 2] = [0xDF, 0x01];

/// What a SELECT asks for (ISO/IEC 7816-4, 11.2.2; P5 6.11.2). On fielded cards
/// `00A40000 02 EFxx` selects an EF too.
fn target(place: &Place, command: Command<'_>) -> Target {
    match (command.p1, command.data) {
        (0x04, name) => Target::Name(name.to_vec()),
        (_, [] | [0x3F, 0x00]) => Target::MasterFile,
        (0x00, fid) if fid == CERTIFICATE_ADF && place.is("acse") => {
            let names = application("acse").map(|row| row.aids).unwrap_or_default();
            Target::Name(names.last().copied().unwrap_or_default().to_vec())
        }
        (0x00, [high @ 0xDD..=0xDF, low]) => Target::Directory(u16::from_be_bytes([*high, *low])),
        (_, [high, low]) => Target::File(place.clone(), u16::from_be_bytes([*high, *low])),
        (_, name) => Target::Name(name.to_vec()),
    }
}

/// Which part of a file a READ asks for (P5 6.9, 6.10 t.32).
fn how(command: Command<'_>) -> How {
    if command.ins == 0xB0 {
        let high = if command.p1 & 0x80 == 0 { command.p1 } else { 0 };
        return How::Binary(u16::from_be_bytes([high, command.p2]));
    }
    match command.p2 & 0x07 {
        0x04 => How::Record(command.p1),
        0x05 => How::RecordsFrom(command.p1),
        0x06 => How::RecordsTo(command.p1),
        _ => How::Tag(command.p1),
    }
}
