//! A program at work on a card.

use std::time::Instant;

use super::link::{Place, Program};
use super::names::{Known, Names, Unusable};
use super::{CommandNode, Node, locate, matching};
use crate::apdu::{Refusal, Response};
use crate::session::script::{Capture, Expectation, OnFail, Source};
use crate::session::text::Content;
use crate::session::{Event, Reset};
use crate::transport::{Card, TransportError};

/// A step that was made.
#[derive(Clone)]
pub struct Played {
    /// The line of its command or reset.
    pub place: Place,
    /// The last title above it.
    pub title: String,
    /// The command; empty for a reset.
    pub command: Vec<u8>,
    /// The reset that it is.
    pub reset: Option<Reset>,
    /// The whole answer, status word included; `None` where none came.
    pub response: Option<Vec<u8>>,
    /// Why none came.
    pub error: Option<TransportError>,
    /// Time from sending to the whole answer, in milliseconds.
    pub elapsed_ms: f64,
    /// The lines that the card did not fulfil, and in what manner.
    pub failures: Vec<(Place, Cause)>,
    /// The lines that say what was to come.
    pub expected: Vec<Place>,
}

impl std::fmt::Debug for Played {
    /// Lengths only: the bytes may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let answer = self.response.as_ref().map(Vec::len);
        write!(f, "Played({:?}, {} bytes, answer {answer:?})", self.place, self.command.len())
    }
}

/// Why a line does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The answer is another.
    Unmet,
    /// No answer came.
    NoAnswer(TransportError),
    /// An answer came where none was to come, or another event.
    Answered,
    /// The answer holds nothing at that place.
    NothingThere,
    /// A name has no bytes that could be used.
    Name(Unusable),
    /// The command is not one that may be sent.
    Refused(Refusal),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With the last step.
    Done,
    /// A step failed, and the script says that nothing follows.
    Stopped,
    /// The card or the reader was lost.
    Lost(TransportError),
}

/// Runs a program, and hands over each step as soon as it was made.
pub fn run(
    program: &Program,
    card: &mut dyn Card,
    known: &Known<'_>,
    on_step: &mut dyn FnMut(Played),
) -> Ended {
    let names = Names::new(known);
    let mut run = Run { card, names, title: String::new(), on_fail: OnFail::Stop, on_step };
    match run.nodes(&program.nodes) {
        Ok(()) => Ended::Done,
        Err(ended) => ended,
    }
}

struct Run<'a> {
    card: &'a mut dyn Card,
    names: Names<'a>,
    title: String,
    on_fail: OnFail,
    on_step: &'a mut dyn FnMut(Played),
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Result<(), Ended> {
        for node in nodes {
            match node {
                Node::Title(title) => self.title.clone_from(title),
                Node::OnFail(reaction) => self.on_fail = *reaction,
                Node::Command(command) => self.command(command)?,
                Node::Reset(place, kind, event) => self.reset(*place, *kind, event.as_ref())?,
                Node::Included(nodes) => {
                    let before = self.on_fail;
                    self.nodes(nodes)?;
                    self.on_fail = before;
                }
                Node::Loop(rounds, body) => {
                    self.names.enter();
                    for round in 1..=*rounds {
                        self.names.round(round);
                        self.nodes(body)?;
                    }
                    self.names.leave();
                }
            }
        }
        Ok(())
    }

    fn command(&mut self, node: &CommandNode) -> Result<(), Ended> {
        let expectations = node.expectations.iter().map(|(place, _)| *place);
        let events = node.event.iter().map(|(place, _)| *place);
        let mut played = Played {
            place: node.place,
            title: self.title.clone(),
            command: Vec::new(),
            reset: None,
            response: None,
            error: None,
            elapsed_ms: 0.0,
            failures: Vec::new(),
            expected: expectations.chain(events).collect(),
        };
        match self.names.command(&node.template) {
            Ok(command) => played.command = command,
            Err(unusable) => {
                played.failures.push((node.place, Cause::Name(unusable)));
                return self.over(played, None);
            }
        }
        let sent = Instant::now();
        let answer = self.card.transmit(&played.command);
        played.elapsed_ms = milliseconds(sent);
        let lost = match answer {
            Ok(response) => {
                self.judge(node, &response, &mut played);
                played.response = Some(response);
                None
            }
            Err(TransportError::Refused(refusal)) => {
                played.failures.push((node.place, Cause::Refused(refusal)));
                None
            }
            Err(error) => match &node.event {
                Some((_, event)) if *event == error.event() => {
                    played.error = Some(error);
                    None
                }
                Some((place, _)) => Some((*place, error)),
                None => Some((node.place, error)),
            },
        };
        self.over(played, lost)
    }

    /// Holds an answer against every line, and takes out of it what is asked for.
    fn judge(&mut self, node: &CommandNode, response: &[u8], played: &mut Played) {
        if let Some((place, _)) = node.event {
            played.failures.push((place, Cause::Answered));
        }
        for (place, expectation) in &node.expectations {
            let elapsed = played.elapsed_ms;
            match matching::holds(expectation, &self.names, &played.command, response, elapsed) {
                Ok(true) => {}
                Ok(false) => played.failures.push((*place, Cause::Unmet)),
                Err(unusable) => played.failures.push((*place, Cause::Name(unusable))),
            }
        }
        let data = Response::parse(response).map(|response| response.data).unwrap_or_default();
        for (place, capture) in &node.captures {
            match taken(data, capture) {
                Some(value) => self.names.set(&capture.name, value),
                None => played.failures.push((*place, Cause::NothingThere)),
            }
        }
    }

    fn reset(&mut self, place: Place, kind: Reset, event: Option<&Event>) -> Result<(), Ended> {
        let sent = Instant::now();
        let answer = self.card.reset(kind);
        let mut played = Played {
            place,
            title: self.title.clone(),
            command: Vec::new(),
            reset: Some(kind),
            response: None,
            error: None,
            elapsed_ms: milliseconds(sent),
            failures: Vec::new(),
            expected: Vec::new(),
        };
        let mut lost = None;
        match (answer, event) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => played.failures.push((place, Cause::Answered)),
            (Err(error), Some(event)) if *event == error.event() => played.error = Some(error),
            (Err(error), _) => lost = Some((place, error)),
        }
        self.over(played, lost)
    }

    /// Hands a step over, and decides whether another follows.
    fn over(
        &mut self,
        mut played: Played,
        lost: Option<(Place, TransportError)>,
    ) -> Result<(), Ended> {
        let failed = !played.failures.is_empty();
        if let Some((place, error)) = lost {
            played.failures.push((place, Cause::NoAnswer(error.clone())));
            played.error = Some(error.clone());
            (self.on_step)(played);
            return Err(Ended::Lost(error));
        }
        (self.on_step)(played);
        if failed && self.on_fail == OnFail::Stop { Err(Ended::Stopped) } else { Ok(()) }
    }
}

fn milliseconds(sent: Instant) -> f64 {
    (sent.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

fn taken<'a>(data: &'a [u8], capture: &Capture) -> Option<&'a [u8]> {
    match &capture.source {
        Source::All => Some(data),
        Source::Range { offset, length } => data.get(*offset..)?.get(..*length),
        Source::Tlv(path) => locate::values(data, path).first().copied(),
    }
}

impl Played {
    /// Whether the card did all as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// Whether the command left this program.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.reset.is_none() && (self.response.is_some() || self.error.is_some())
    }

    /// The exact answer that a line wanted, of several the first that did not come.
    #[must_use]
    pub fn wanted<'p>(&self, program: &'p Program) -> Option<&'p [u8]> {
        let unmet = self.failures.iter().map(|(place, _)| place);
        unmet.chain(&self.expected).find_map(|place| match program.content(*place)? {
            Content::Response { expectation: Expectation::Exact(bytes), .. } => {
                Some(bytes.as_slice())
            }
            _ => None,
        })
    }
}
