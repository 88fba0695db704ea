//! The thread that owns a context and a card, and may hang.

use std::sync::mpsc::{Receiver, Sender, TryRecvError};
use std::time::{Duration, Instant};

use pcsc::{Card, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, Protocols, ShareMode, Transaction};

use super::choice::choose;
use super::code::{during_work, explain, meaning, without_context};
use super::readers::{Monitor, ReaderState, ReaderStatus, interface_of};
use super::{ConnectOptions, Wait};
use crate::session::{Interface, Protocol, Reset};
use crate::transport::TransportError;

/// How long to wait at a time; readers beyond the sixteenth are looked for in between.
const SLICE: Duration = Duration::from_secs(1);

/// How long to leave a service alone that went away.
pub(super) const PAUSE: Duration = Duration::from_millis(500);

/// How far connecting has come.
pub(super) enum Stage {
    /// The service answers.
    Listening,
    /// A reader is chosen. What it means if nothing comes after this.
    Chosen { silent: TransportError },
    /// The card is powered.
    Connected,
    /// The transaction is ours.
    Ready(Opened),
}

/// A card that is ready.
pub(super) struct Opened {
    pub(super) reader: String,
    pub(super) atr: Vec<u8>,
    pub(super) interface: Interface,
    pub(super) protocol: Protocol,
}

type Reply<T> = Sender<Result<T, TransportError>>;

/// What to do with the card, and where the outcome goes.
pub(super) enum Job {
    Transmit(Vec<u8>, Reply<Vec<u8>>),
    Reset(Reset, Reply<(Vec<u8>, Protocol)>),
}

/// Connects, then works until the queue of jobs ends. Where nobody waits for a
/// stage any more it ends, and leaves the card as it is.
pub(super) fn run(
    options: &ConnectOptions,
    report: &Sender<Result<Stage, TransportError>>,
    jobs: &Receiver<Job>,
) {
    if let Err(error) = work(options, report, jobs) {
        let _ = report.send(Err(error));
    }
}

fn work(
    options: &ConnectOptions,
    report: &Sender<Result<Stage, TransportError>>,
    jobs: &Receiver<Job>,
) -> Result<(), TransportError> {
    let tell = |stage| report.send(Ok(stage)).is_ok();
    let mut monitor = establish(options)?;
    if !tell(Stage::Listening) {
        return Ok(());
    }
    let chosen = find(&mut monitor, options)?;
    let silent = match chosen.status {
        ReaderStatus::InUse | ReaderStatus::Exclusive => TransportError::Busy,
        _ => TransportError::Timeout,
    };
    if !tell(Stage::Chosen { silent }) {
        return Ok(());
    }
    let mut held = Held::connect(&monitor, &chosen, options)
        .map_err(|error| held_by_another(error, chosen.status, options))?;
    if !tell(Stage::Connected) {
        return Ok(());
    }
    let Some(card) = &mut held.0 else { return Ok(()) };
    let transaction = begin(card, options)?;
    let (_, seen) = monitor.state_of(&chosen.name).map_err(meaning)?;
    let (atr, protocol) = status(&transaction).map_err(meaning)?;
    let interface = options
        .interface
        .or_else(|| interface_of(Some(&atr), &chosen.name))
        .unwrap_or(Interface::Contact);
    let reader = chosen.name.clone();
    let opened = Opened { reader, atr, interface, protocol };
    if tell(Stage::Ready(opened)) {
        let reader = chosen.name;
        Work { transaction, monitor, reader, seen, options }.serve(jobs);
    }
    Ok(())
}

/// What keeps us from connecting. Only one of two programs wants the card for itself alone.
fn held_by_another(error: Error, status: ReaderStatus, options: &ConnectOptions) -> TransportError {
    match error {
        Error::SharingViolation if options.exclusive && status != ReaderStatus::Exclusive => {
            TransportError::ExclusiveRefused
        }
        Error::SharingViolation => TransportError::HeldExclusively,
        other => meaning(other),
    }
}

/// Begins the transaction. Another program may have reset the card since it was
/// connected: nothing is selected yet, so that it only has to be told.
fn begin<'a>(
    mut card: &'a mut Card,
    options: &ConnectOptions,
) -> Result<Transaction<'a>, TransportError> {
    for _ in 0..MAX_FOREIGN_RESETS {
        match card.transaction2() {
            Ok(transaction) => return Ok(transaction),
            Err((same, Error::ResetCard)) => {
                let seen =
                    same.reconnect(share_mode(options), protocols(options), Disposition::LeaveCard);
                seen.map_err(meaning)?;
                card = same;
            }
            Err((_, error)) => return Err(meaning(error)),
        }
    }
    Err(TransportError::ResetByOther)
}

/// How often another program may reset the card before the work begins.
const MAX_FOREIGN_RESETS: u8 = 3;

/// Begins with a context. On Windows the service runs only while there is a reader:
/// who waits for a card waits for that, too.
fn establish(options: &ConnectOptions) -> Result<Monitor, TransportError> {
    let begun = Instant::now();
    loop {
        let error = match Monitor::establish().map_err(without_context) {
            Ok(monitor) => return Ok(monitor),
            Err(error) => error,
        };
        let patient = cfg!(windows) && error == TransportError::NoService;
        if !patient || left(options, begun).is_zero() {
            return Err(error);
        }
        std::thread::sleep(PAUSE);
    }
}

/// How long to go on waiting for a card.
fn left(options: &ConnectOptions, begun: Instant) -> Duration {
    match options.wait {
        Wait::No => Duration::ZERO,
        Wait::For(time) => time.saturating_sub(begun.elapsed()),
        Wait::Forever => SLICE,
    }
}

/// Chooses a reader, waiting for a card if that is wanted. A service that goes away
/// meanwhile is awaited like a card: on Windows it does so with the last reader, and
/// its old context is of no use when it comes back.
fn find(monitor: &mut Monitor, options: &ConnectOptions) -> Result<ReaderState, TransportError> {
    let begun = Instant::now();
    loop {
        let readers = monitor.snapshot().map_err(meaning);
        let error = match readers.and_then(|now| choose(&now, options).cloned()) {
            Ok(chosen) => return Ok(chosen),
            Err(error) => error,
        };
        let left = left(options, begun);
        let lost = error == TransportError::NoService;
        let absent = matches!(error, TransportError::NoCard | TransportError::NoReader);
        if !(absent || lost) || left.is_zero() {
            return Err(error);
        }
        if lost || monitor.wait(left.min(SLICE)).is_err() {
            std::thread::sleep(left.min(PAUSE));
            if let Ok(renewed) = Monitor::establish() {
                *monitor = renewed;
            }
        }
    }
}

fn share_mode(options: &ConnectOptions) -> ShareMode {
    if options.exclusive { ShareMode::Exclusive } else { ShareMode::Shared }
}

fn protocols(options: &ConnectOptions) -> Protocols {
    match options.protocol {
        Some(Protocol::T0) => Protocols::T0,
        Some(Protocol::T1) => Protocols::T1,
        None => Protocols::ANY,
    }
}

/// The answer to reset and the protocol in use.
fn status(card: &Card) -> Result<(Vec<u8>, Protocol), Error> {
    let status = card.status2_owned()?;
    let protocol = match status.protocol2() {
        Some(pcsc::Protocol::T0) => Protocol::T0,
        Some(pcsc::Protocol::T1) => Protocol::T1,
        _ => return Err(Error::ProtoMismatch),
    };
    Ok((status.atr().to_vec(), protocol))
}

/// A connection that always ends without a reset: dropping a bare card resets it,
/// under the hands of whoever else uses it.
struct Held(Option<Card>);

impl Held {
    fn connect(
        monitor: &Monitor,
        reader: &ReaderState,
        options: &ConnectOptions,
    ) -> Result<Self, Error> {
        let name = monitor.raw_name(&reader.name).ok_or(Error::UnknownReader)?;
        let card = monitor.context().connect(name, share_mode(options), protocols(options))?;
        Ok(Self(Some(card)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(card) = self.0.take() {
            let _ = card.disconnect(Disposition::LeaveCard);
        }
    }
}

/// How long to look out before going to sleep. To be woken takes longer than a virtual
/// card takes to answer, and than it takes to think of the next command.
const WAKEFUL: Duration = Duration::from_micros(200);

/// What comes soon; whoever gets nothing may go to sleep.
pub(super) fn soon<T>(queue: &Receiver<T>) -> Option<T> {
    let begun = Instant::now();
    while begun.elapsed() < WAKEFUL {
        match queue.try_recv() {
            Err(TryRecvError::Empty) => std::thread::yield_now(),
            came => return came.ok(),
        }
    }
    None
}

/// A card in a transaction, and what is needed to explain its failures.
struct Work<'a> {
    transaction: Transaction<'a>,
    monitor: Monitor,
    reader: String,
    seen: u32,
    options: &'a ConnectOptions,
}

impl Work<'_> {
    fn serve(mut self, jobs: &Receiver<Job>) {
        let mut buffer = vec![0; MAX_BUFFER_SIZE_EXTENDED];
        while let Some(job) = soon(jobs).or_else(|| jobs.recv().ok()) {
            // Whoever asked may have given up.
            match job {
                Job::Transmit(command, reply) => {
                    let _ = reply.send(self.exchange(&command, &mut buffer));
                }
                Job::Reset(kind, reply) => {
                    let _ = reply.send(self.reset(kind));
                }
            }
        }
    }

    fn exchange(&mut self, command: &[u8], buffer: &mut [u8]) -> Result<Vec<u8>, TransportError> {
        let error = match self.transaction.transmit(command, buffer) {
            Ok(answer) if answer.len() >= 2 => return Ok(answer.to_vec()),
            // Nothing at all is not a bad answer: contact was lost, if only for a
            // moment. A card that is back before the service looks leaves no trace.
            Ok([]) => {
                return Err(match self.explain(TransportError::BadAnswer(0)) {
                    TransportError::BadAnswer(_) => TransportError::Removed,
                    other => other,
                });
            }
            Ok(answer) => TransportError::BadAnswer(answer.len()),
            Err(error) => during_work(error),
        };
        if error == TransportError::ResetByOther {
            // Until it is told that the reset was seen, the service refuses all
            // commands. The caller has to select again.
            self.reconnect(Disposition::LeaveCard).map_err(during_work)?;
        }
        Err(self.explain(error))
    }

    fn reset(&mut self, kind: Reset) -> Result<(Vec<u8>, Protocol), TransportError> {
        let how = match kind {
            Reset::Cold => Disposition::UnpowerCard,
            Reset::Warm => Disposition::ResetCard,
        };
        self.reconnect(how)
            .and_then(|()| status(&self.transaction))
            .map_err(|error| self.explain(during_work(error)))
    }

    fn reconnect(&mut self, how: Disposition) -> Result<(), Error> {
        self.transaction.reconnect(share_mode(self.options), protocols(self.options), how)
    }

    fn explain(&mut self, error: TransportError) -> TransportError {
        explain(&mut self.monitor, &self.reader, self.seen, error)
    }
}
