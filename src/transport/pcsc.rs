//! Real readers, through PC/SC.
//!
//! PC/SC calls hang: with a mute card, with a service that never answers, while
//! another program holds a transaction. No call of PC/SC can be ended from
//! outside. So each runs in a worker thread that owns its own context (one that
//! is shared between threads deadlocks), and the caller, who waits with a limit,
//! leaves a worker that hangs behind. A worker that comes back later finds nobody
//! waiting, leaves the card as it is and ends.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{Card, Transmit, TransportError};
use crate::apdu::Refusal;
use crate::session::{Interface, Protocol, Reset};

mod choice;
mod code;
mod details;
mod readers;
mod service;
mod watch;
mod worker;

pub use details::details;
pub use readers::{ReaderState, ReaderStatus, readers};
pub use service::{ServiceState, service_state};
pub use watch::watch;

use worker::{Job, Opened, Stage};

/// What happens when there is no card yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// That is an error.
    No,
    /// One is awaited for so long.
    For(Duration),
    /// One is awaited.
    Forever,
}

/// Which card to connect to, and how long that may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectOptions {
    /// The reader's name, or a part that only one name has; `None`: the one
    /// reader that holds a card.
    pub reader: Option<String>,
    /// The protocol to ask for; `None`: whatever the card offers.
    pub protocol: Option<Protocol>,
    /// Where several readers fit, those of this side only; where one was named,
    /// the side that it has.
    pub interface: Option<Interface>,
    /// Whether to keep other programs off the card altogether. They wait for the
    /// end of the work in any case: a transaction is held around it.
    pub exclusive: bool,
    /// The most that one exchange, or one step of connecting, may take.
    pub timeout: Duration,
    /// The most that all of it may take, disconnecting included. The wait for a
    /// card is not counted: it has its own limit.
    pub deadline: Duration,
    /// Whether to wait for a card.
    pub wait: Wait,
}

impl Default for ConnectOptions {
    /// 10 seconds for an exchange, 60 for all of it, no wait.
    fn default() -> Self {
        Self {
            reader: None,
            protocol: None,
            interface: None,
            exclusive: false,
            timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            wait: Wait::No,
        }
    }
}

/// Two moments: when work has to stop, and when everything has to be over.
#[derive(Clone, Copy)]
struct Limits {
    timeout: Duration,
    work: Instant,
    end: Instant,
}

impl Limits {
    /// Starts the clock. A tenth of the deadline, at most half a second, is kept
    /// for disconnecting.
    fn start(options: &ConnectOptions) -> Self {
        let now = Instant::now();
        let reserve = options.deadline.mul_f64(0.1).min(Duration::from_millis(500));
        // A deadline beyond what the clock can count is as good as a year.
        let after = |time: Duration| {
            now.checked_add(time.min(Duration::from_secs(31_536_000))).unwrap_or(now)
        };
        Self {
            timeout: options.timeout,
            work: after(options.deadline.saturating_sub(reserve)),
            end: after(options.deadline),
        }
    }

    /// How long the next step may take.
    fn step(&self) -> Duration {
        self.timeout.min(self.work.saturating_duration_since(Instant::now()))
    }

    /// Who fell silent: the card, or the service, which then does not let anybody else
    /// in either. Where there is no time left to ask, it is the card.
    fn blame(&self, error: TransportError) -> TransportError {
        let silent = matches!(error, TransportError::Timeout | TransportError::Busy);
        let left = self.end.saturating_duration_since(Instant::now());
        if silent && left > service::PATIENCE && !service::answers() {
            return TransportError::NoService;
        }
        error
    }
}

/// A card in a reader. It is left as it is, without a reset, when this is dropped.
pub struct PcscCard {
    opened: Opened,
    /// `None` after disconnecting.
    jobs: Option<Sender<Job>>,
    /// Ends when the worker does.
    stages: Receiver<Result<Stage, TransportError>>,
    limits: Limits,
    /// Why no more can come from this connection.
    over: Option<TransportError>,
    /// Whether the worker was left behind in a call.
    hangs: bool,
}

/// Connects to a card and begins a transaction.
///
/// # Errors
///
/// [`TransportError::NoService`] when PC/SC is absent or does not answer in time, or no
/// longer; [`TransportError::AccessDenied`]; [`TransportError::NoReader`],
/// [`TransportError::NoCard`] and [`TransportError::Ambiguous`] when there is no
/// card to choose, or more than one; [`TransportError::HeldExclusively`]
/// and [`TransportError::ExclusiveRefused`] when another program has it, and one of both wants
/// it alone; [`TransportError::Busy`] when it is in a transaction for longer than the time-out;
/// [`TransportError::Timeout`] when powering up hangs and nobody else uses the
/// reader; [`TransportError::Unpowered`], [`TransportError::Unresponsive`] and
/// [`TransportError::ProtocolMismatch`] when the card does not start.
pub fn connect(options: &ConnectOptions) -> Result<PcscCard, TransportError> {
    let mut limits = Limits::start(options);
    let (report, stages) = channel();
    let (jobs, queue) = channel();
    let wanted = options.clone();
    thread::spawn(move || worker::run(&wanted, &report, &queue));

    // Until a card is chosen only the service is talked to.
    let silent = TransportError::NoService;
    let mut stage = next(&stages, Some(limits.step()), &silent)?;
    if matches!(stage, Stage::Listening) {
        let patience = match options.wait {
            Wait::No => Some(limits.step()),
            Wait::For(time) => Some(time.saturating_add(limits.step())),
            Wait::Forever => None,
        };
        stage = next(&stages, patience, &silent)?;
    }
    if options.wait != Wait::No {
        limits = Limits::start(options);
    }
    if let Stage::Chosen { silent } = stage {
        let patient = |silent| {
            next(&stages, Some(limits.step()), silent).map_err(|error| limits.blame(error))
        };
        stage = patient(&silent)?;
        if matches!(stage, Stage::Connected) {
            // Only another program's transaction makes ours wait.
            stage = patient(&TransportError::Busy)?;
        }
    }
    match stage {
        Stage::Ready(opened) => {
            Ok(PcscCard { opened, jobs: Some(jobs), stages, limits, over: None, hangs: false })
        }
        // Stages come in order; anything else is a defect of the worker.
        _ => Err(code::INTERNAL),
    }
}

/// What may hang, done in a thread of its own; `None` when it takes longer than that,
/// and the thread is left behind.
pub(crate) fn within<T: Send + 'static>(
    time: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (report, result) = channel();
    // Nobody may be waiting any more.
    thread::spawn(move || drop(report.send(work())));
    result.recv_timeout(time).ok()
}

/// The next stage; `silent` when none comes in time.
fn next(
    stages: &Receiver<Result<Stage, TransportError>>,
    patience: Option<Duration>,
    silent: &TransportError,
) -> Result<Stage, TransportError> {
    match patience {
        Some(time) => stages.recv_timeout(time).map_err(|error| match error {
            RecvTimeoutError::Timeout => silent.clone(),
            RecvTimeoutError::Disconnected => code::INTERNAL,
        })?,
        None => stages.recv().map_err(|_| code::INTERNAL)?,
    }
}

impl PcscCard {
    /// The reader's name.
    #[must_use]
    pub fn reader(&self) -> &str {
        &self.opened.reader
    }

    /// Ends the transaction and the connection, and leaves the card as it is.
    ///
    /// # Errors
    ///
    /// [`TransportError::Timeout`] when the reader does not let go in time; it is
    /// left behind.
    pub fn disconnect(mut self) -> Result<(), TransportError> {
        self.let_go()
    }

    fn let_go(&mut self) -> Result<(), TransportError> {
        // The worker ends when its queue does.
        if self.jobs.take().is_none() || self.hangs {
            return self.over.clone().map_or(Ok(()), Err);
        }
        let left = self.limits.end.saturating_duration_since(Instant::now());
        match self.stages.recv_timeout(self.limits.timeout.min(left)) {
            Err(RecvTimeoutError::Timeout) => Err(TransportError::Timeout),
            Ok(_) | Err(RecvTimeoutError::Disconnected) => Ok(()),
        }
    }

    /// Gives the worker a job and waits for its outcome.
    fn ask<T>(
        &mut self,
        job: impl FnOnce(Sender<Result<T, TransportError>>) -> Job,
    ) -> Result<T, TransportError> {
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        let time = self.limits.step();
        if time.is_zero() {
            return Err(TransportError::Timeout);
        }
        let (reply, outcome) = channel();
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job(reply)).is_ok());
        let result = match worker::soon(&outcome).map_or_else(|| outcome.recv_timeout(time), Ok) {
            Ok(result) if sent => result,
            Err(RecvTimeoutError::Timeout) => {
                self.hangs = true;
                Err(self.limits.blame(TransportError::Timeout))
            }
            _ => Err(code::INTERNAL),
        };
        if let Err(error) = &result
            && code::is_final(error)
        {
            self.over = Some(error.clone());
        }
        result
    }
}

impl Drop for PcscCard {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = self.let_go();
    }
}

impl std::fmt::Debug for PcscCard {
    /// The reader; nothing of the card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PcscCard({})", self.reader())
    }
}

impl Transmit for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        // A virtual reader takes a single byte as an order to itself and never
        // answers.
        if command.len() < 4 {
            return Err(TransportError::Refused(Refusal::Malformed));
        }
        self.ask(|reply| Job::Transmit(command.to_vec(), reply))
    }
}

impl Card for PcscCard {
    fn atr(&self) -> &[u8] {
        &self.opened.atr
    }

    fn interface(&self) -> Interface {
        self.opened.interface
    }

    fn protocol(&self) -> Protocol {
        self.opened.protocol
    }

    fn reset(&mut self, kind: Reset) -> Result<(), TransportError> {
        let (atr, protocol) = self.ask(|reply| Job::Reset(kind, reply))?;
        self.opened.atr = atr;
        self.opened.protocol = protocol;
        Ok(())
    }
}
