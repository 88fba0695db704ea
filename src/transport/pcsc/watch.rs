//! Arrivals and departures, for as long as somebody wants to know.

use std::ops::ControlFlow;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use super::code::{INTERNAL, without_context};
use super::readers::{Monitor, ReaderState};
use super::worker::PAUSE;
use crate::transport::TransportError;

/// How long the service may take for its first answer.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
/// How long a call waits before it looks whether anybody still listens.
const SLICE: Duration = Duration::from_secs(1);

/// Tells the readers and what they hold, at once and then at every change, until
/// `on_change` breaks. Readers come and go; so may the service: while it is away
/// there are no readers.
///
/// # Errors
///
/// [`TransportError::NoService`] when PC/SC is absent at the start, or does not
/// answer within 10 seconds; [`TransportError::AccessDenied`].
pub fn watch(
    mut on_change: impl FnMut(&[ReaderState]) -> ControlFlow<()>,
) -> Result<(), TransportError> {
    let (report, news) = channel();
    thread::spawn(move || observe(&report));
    let mut last = news.recv_timeout(FIRST_ANSWER).map_err(|_| TransportError::NoService)??;
    let mut told = false;
    loop {
        if !told && on_change(&last).is_break() {
            return Ok(());
        }
        let now = news.recv().map_err(|_| INTERNAL)??;
        told = now == last;
        last = now;
    }
}

type Report = Sender<Result<Vec<ReaderState>, TransportError>>;

/// Reports after every call that returned, so that it is noticed when nobody
/// listens any more.
fn observe(report: &Report) {
    let mut monitor = match Monitor::establish() {
        Ok(monitor) => monitor,
        Err(error) => return drop(report.send(Err(without_context(error)))),
    };
    loop {
        let readers = monitor.snapshot();
        let lost = readers.is_err();
        if report.send(Ok(readers.unwrap_or_default())).is_err() {
            return;
        }
        if lost || monitor.wait(SLICE).is_err() {
            thread::sleep(PAUSE);
            if let Ok(renewed) = Monitor::establish() {
                monitor = renewed;
            }
        }
    }
}
