//! `sscard doctor`: from the computer to the card, each step looked at by itself.

mod card;
mod computer;
mod usb;

use std::time::Duration;

use super::arguments::{CardSource, Doctor};
use super::clock;
use super::failure::Failure;
use super::output::Output;
use crate::report::doctor::{Observed, Reader, Service, doctor};
use crate::report::{Exit, words};
use crate::session::Header;
use crate::transport::TransportError;
use crate::transport::pcsc::{ReaderState, details, readers};

/// How long a reader may take to tell of itself.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(arguments: &Doctor, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let found = readers(arguments.timeout);
    let service = match &found {
        Ok(_) => Service::Answers,
        Err(TransportError::AccessDenied) => Service::Refuses,
        Err(_) => computer::absent_service(),
    };
    let found = found.unwrap_or_default();
    let readers: Vec<Reader> =
        found.iter().map(|state| reader(state, arguments.timeout.min(PATIENCE))).collect();
    let source = CardSource {
        reader: arguments.reader.clone(),
        timeout: arguments.timeout,
        deadline: arguments.deadline,
        ..CardSource::default()
    };
    let card = match (&service, readers.is_empty()) {
        (Service::Answers, false) => card::look(&source, &found, output),
        _ => Err(TransportError::NoReader),
    };
    let computer = computer::look(clock::day(None, &Header::default()));
    let asked = arguments.reader.clone();
    let usb = usb::devices(&usb::root());
    let observed = Observed { computer, service, readers, asked, usb, card };
    let document = doctor(&observed, clock::now());
    if output.is_json() {
        output.document(&document)?;
    } else {
        let lines = document.lines(output.language());
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    Ok(Exit::Healthy)
}

/// Each reader is asked by itself: one that does not answer keeps no other from it.
fn reader(state: &ReaderState, timeout: Duration) -> Reader {
    Reader {
        name: state.name.clone(),
        details: details(&state.name, timeout),
        state: words::reader(state.status).into(),
    }
}
