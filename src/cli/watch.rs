//! `sscard watch`: every card that is put into any reader, checked as it comes.

mod log;
mod seats;
mod terminal;
mod work;

use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use super::arguments::{Common, Watch};
use super::failure::Failure;
use super::output::Output;
use super::profile;
use crate::report::watch::{Told, View};
use crate::report::{Exit, Language, trouble};
use crate::transport::TransportError;
use crate::transport::pcsc::{ReaderState, watch};
use log::Log;
use seats::Seats;
pub(super) use terminal::give_back;
use terminal::{Key, Terminal};

/// Cards of before that are kept.
const PAST: usize = 10;
/// How long to wait for a service that is not there yet.
const PAUSE: Duration = Duration::from_secs(1);

/// Something that happened.
enum News {
    /// The readers, as they are now.
    Readers(Vec<ReaderState>),
    /// There is no service to ask.
    Unserved(TransportError),
    /// So many exchanges of a check are over.
    Step(u32, u64),
    /// A check is over.
    Told(Box<Told>, u64),
    /// A key was pressed.
    Key(Key),
}

pub(super) fn run(
    arguments: &Watch,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    profile::load(&arguments.profiles, output.language())?;
    let log = arguments.log.as_deref().map(Log::open).transpose()?;
    let (news, events) = channel();
    listen(news.clone());
    let full = std::io::stdout().is_terminal() && !common.json;
    let terminal = if full { Some(Terminal::open(news.clone())?) } else { None };
    let counter = Counter {
        seats: Seats::default(),
        past: Vec::new(),
        language: output.language(),
        unserved: None,
        terminal,
        log,
        news,
        arguments,
    };
    counter.run(&events, output)
}

/// Reports how the readers are, for as long as the program lives. A service may
/// come later, and come back.
fn listen(news: Sender<News>) {
    thread::spawn(move || {
        loop {
            let watched = watch(|now| match news.send(News::Readers(now.to_vec())) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            });
            let Err(error) = watched else { return };
            if news.send(News::Unserved(error)).is_err() {
                return;
            }
            thread::sleep(PAUSE);
        }
    });
}

struct Counter<'a> {
    seats: Seats,
    /// The last one first.
    past: Vec<Told>,
    language: Language,
    /// Why nobody tells of readers.
    unserved: Option<TransportError>,
    terminal: Option<Terminal>,
    log: Option<Log>,
    news: Sender<News>,
    arguments: &'a Watch,
}

impl Counter<'_> {
    fn run(mut self, events: &Receiver<News>, output: &mut Output<'_>) -> Result<Exit, Failure> {
        self.draw();
        for event in events {
            match event {
                News::Readers(now) => {
                    self.unserved = None;
                    for arrival in self.seats.readers(&now) {
                        work::start(arrival, self.arguments, self.news.clone());
                    }
                }
                News::Unserved(error) => self.unserved(error, output)?,
                News::Step(number, check) => self.seats.step(number, check),
                News::Told(told, check) => {
                    self.seats.told(&told, check);
                    let exit = told.exit;
                    if !self.tell(*told, output)? || self.arguments.once {
                        return Ok(exit);
                    }
                }
                News::Key(Key::Quit) => return Ok(Exit::Healthy),
                News::Key(Key::Language) => {
                    self.language = match self.language {
                        Language::Chinese => Language::English,
                        Language::English => Language::Chinese,
                    };
                }
                News::Key(Key::Resized) => {}
            }
            self.draw();
        }
        Ok(Exit::Healthy)
    }

    /// A refusal stands; a service that is not there may still come.
    fn unserved(&mut self, error: TransportError, output: &mut Output<'_>) -> Result<(), Failure> {
        if error == TransportError::AccessDenied {
            return Err(Failure::from(&error));
        }
        if self.terminal.is_none() && self.unserved.is_none() {
            output.warn(&Failure::from(&error));
        }
        self.seats.readers(&[]);
        self.unserved = Some(error);
        Ok(())
    }

    /// Tells of a card; `false` when nobody reads it any more.
    fn tell(&mut self, told: Told, output: &mut Output<'_>) -> Result<bool, Failure> {
        if let Some(log) = &mut self.log {
            log.put(&told.row)?;
        }
        let mut heard = true;
        if self.terminal.is_none() {
            if output.is_json() {
                heard = output.line(&log::line(&told.row));
            } else {
                heard = output.line(&told.line(self.language));
                for advice in told.advice(self.language) {
                    heard &= output.line(&format!("          {advice}"));
                }
            }
        }
        self.past.insert(0, told);
        self.past.truncate(PAST);
        Ok(heard)
    }

    fn draw(&mut self) {
        let exit = if self.unserved.is_some() { Exit::NoService } else { Exit::NoReader };
        let view = View {
            seats: self.seats.shown(),
            past: self.past.iter().collect(),
            trouble: trouble(exit),
        };
        if let Some(terminal) = &mut self.terminal {
            terminal.draw(&view, self.language);
        }
    }
}
