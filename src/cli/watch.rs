//! `sscard watch`: every card that is put into any reader, checked as it comes.

mod log;
mod seats;
mod terminal;
mod work;

use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use super::arguments::{Common, Watch};
use super::failure::Failure;
use super::output::Output;
use super::profile;
use crate::profile::Text;
use crate::report::watch::{Told, View};
use crate::report::{Exit, Language, trouble};
use crate::transport::TransportError;
use crate::transport::pcsc::{ReaderState, ServiceState, watch};
use log::Log;
use seats::Seats;
pub(super) use terminal::give_back;
use terminal::{Key, Terminal};

/// Cards of before that are kept.
const PAST: usize = 10;

/// What is said until the service answers.
const LOOKING: (Text, Text) = (
    Text { zh: "正在查找读卡器。", en: "Looking for readers." },
    Text { zh: "请稍候。", en: "One moment." },
);

/// Something that happened.
enum News {
    /// The readers, as they are now.
    Readers(Vec<ReaderState>),
    /// There is no service to ask, or it does not answer.
    Unserved(ServiceState),
    /// The service refuses this user; that stands.
    Refused(TransportError),
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
        trouble: LOOKING,
        served: false,
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
        let watched = watch(|now| {
            let what = match now {
                Ok(now) => News::Readers(now.to_vec()),
                Err(why) => News::Unserved(why),
            };
            match news.send(what) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        if let Err(error) = watched {
            // Whoever listened may have ended.
            let _ = news.send(News::Refused(error));
        }
    });
}

struct Counter<'a> {
    seats: Seats,
    /// The last one first.
    past: Vec<Told>,
    language: Language,
    /// What is said where there is no reader to show.
    trouble: (Text, Text),
    /// Whether readers are told of, and what was told of them holds.
    served: bool,
    terminal: Option<Terminal>,
    log: Option<Log>,
    news: Sender<News>,
    arguments: &'a Watch,
}

impl Counter<'_> {
    fn run(mut self, events: &Receiver<News>, output: &mut Output<'_>) -> Result<Exit, Failure> {
        self.draw();
        while let Some(event) = self.next(events) {
            match event {
                News::Readers(now) => {
                    (self.served, self.trouble) = (true, trouble(Exit::NoReader));
                    for arrival in self.seats.readers(&now, Instant::now()) {
                        work::start(arrival, self.arguments, self.news.clone());
                    }
                }
                News::Unserved(why) => self.unserved(why, output),
                News::Refused(error) => return Err(Failure::from(&error)),
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

    /// Waits for something to happen; meanwhile readers that stay away leave the screen.
    fn next(&mut self, events: &Receiver<News>) -> Option<News> {
        while let Some(left) = self.seats.settle(Instant::now()) {
            match events.recv_timeout(left) {
                Err(RecvTimeoutError::Timeout) => {
                    self.seats.settle(Instant::now());
                    self.draw();
                }
                news => return news.ok(),
            }
        }
        events.recv().ok()
    }

    /// A service that is not there may still come; one that is silent may go on, with
    /// other cards than before.
    fn unserved(&mut self, why: ServiceState, output: &mut Output<'_>) {
        let failure = Failure::from(why);
        if self.terminal.is_none() {
            output.warn(&failure);
        }
        match why {
            ServiceState::Silent => self.seats.forget(),
            ServiceState::Missing | ServiceState::NotRunning | ServiceState::Unreachable => {
                self.seats.lost();
            }
        }
        (self.served, self.trouble) = (false, failure.trouble());
    }

    /// Tells of a card; `false` when nobody reads it any more.
    fn tell(&mut self, told: Told, output: &mut Output<'_>) -> Result<bool, Failure> {
        if let Some(log) = &mut self.log {
            log.put(&told.row)?;
        }
        if self.arguments.once {
            // The last word: it has to stay when the screen is given back.
            self.terminal = None;
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

    /// Without a service nothing that was told of readers holds any more.
    fn draw(&mut self) {
        let Some(terminal) = &mut self.terminal else { return };
        let seats = if self.served { self.seats.shown() } else { Vec::new() };
        let past = self.past.iter().collect();
        terminal.draw(&View { seats, past, trouble: self.trouble }, self.language);
    }
}
