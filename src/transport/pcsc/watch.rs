//! Arrivals and departures, for as long as somebody wants to know.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::code::{INTERNAL, without_context};
use super::readers::{Monitor, ReaderState};
use super::worker::PAUSE;
use super::{ServiceState, service, service_state};
use crate::transport::TransportError;

/// How long the service may take for its first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// How long a call waits before it looks whether anybody still listens.
const SLICE: Duration = Duration::from_secs(1);
/// How long nothing may be heard of a call that waits for no longer than [`SLICE`].
/// Every call that returns is a sign of life of the service.
const SILENCE: Duration = Duration::from_secs(5);

type News = Result<Vec<ReaderState>, ServiceState>;

/// Tells the readers and what they hold, at once and then at every change, until
/// `on_change` breaks; and why nobody tells of them, where the service is away or has
/// fallen silent. It may come later, and come back.
///
/// # Errors
///
/// [`TransportError::AccessDenied`] when PC/SC refuses this user.
pub fn watch(
    mut on_change: impl FnMut(Result<&[ReaderState], ServiceState>) -> ControlFlow<()>,
) -> Result<(), TransportError> {
    let mut news = begin();
    let mut patience = FIRST_ANSWER;
    let mut last: Option<News> = None;
    loop {
        let now = match news.recv_timeout(patience) {
            Ok(now) => now?,
            Err(RecvTimeoutError::Timeout) if last == Some(Err(ServiceState::Silent)) => continue,
            // This computer slept, or a new service stands beside one that hangs.
            Err(RecvTimeoutError::Timeout) if service::answers() => {
                news = begin();
                continue;
            }
            Err(RecvTimeoutError::Timeout) => Err(ServiceState::Silent),
            Err(RecvTimeoutError::Disconnected) => return Err(INTERNAL),
        };
        patience = SILENCE;
        if last.as_ref() != Some(&now) && on_change(now.as_deref().map_err(|why| *why)).is_break() {
            return Ok(());
        }
        last = Some(now);
    }
}

fn begin() -> Receiver<Result<News, TransportError>> {
    let (report, news) = channel();
    thread::spawn(move || observe(&report));
    news
}

/// Reports after every call that returned, so that it is noticed when nobody
/// listens any more.
fn observe(report: &Sender<Result<News, TransportError>>) {
    let mut monitor: Option<Monitor> = None;
    loop {
        let news = look(&mut monitor);
        let lost = !matches!(news, Ok(Ok(_)));
        if report.send(news).is_err() {
            return;
        }
        if lost || monitor.as_mut().is_none_or(|monitor| monitor.wait(SLICE).is_err()) {
            monitor = None;
            thread::sleep(PAUSE);
        }
    }
}

/// The readers now, by a context that is begun where there is none.
fn look(monitor: &mut Option<Monitor>) -> Result<News, TransportError> {
    let current = match monitor {
        Some(current) => current,
        None => match Monitor::establish().map_err(without_context) {
            Ok(begun) => monitor.insert(begun),
            Err(TransportError::AccessDenied) => return Err(TransportError::AccessDenied),
            Err(_) => return Ok(Err(absence())),
        },
    };
    Ok(current.snapshot().map_err(|_| absence()))
}

/// Why a call failed. What answers by an error is not silent: where somebody listens
/// after all, it has only just begun to.
fn absence() -> ServiceState {
    match service_state() {
        ServiceState::Silent => ServiceState::NotRunning,
        other => other,
    }
}
