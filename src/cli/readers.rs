//! `sscard readers`: readers and their cards.

use std::ops::ControlFlow;

use serde::Serialize;

use super::arguments::Readers;
use super::failure::Failure;
use super::output::Output;
use crate::report::{Exit, Reveal, masked_atr, pad, trouble, words};
use crate::transport::pcsc::{ReaderState, ReaderStatus, readers, watch};

#[derive(Serialize)]
struct ReadersDocument {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<()>,
    readers: Vec<ReaderDocument>,
}

#[derive(Serialize)]
struct ReaderDocument {
    name: String,
    state: &'static str,
    atr: Option<String>,
    interface: Option<&'static str>,
    driver: Option<String>,
}

pub(super) fn run(arguments: &Readers, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if arguments.watch {
        return follow(output);
    }
    let found = readers(arguments.timeout).map_err(|error| Failure::from(&error))?;
    if output.is_json() {
        output.document(&ReadersDocument {
            schema_version: "1.0",
            command: "readers",
            exit_code: Exit::Healthy.code(),
            error: None,
            readers: found.iter().map(document).collect(),
        })?;
        return Ok(Exit::Healthy);
    }
    if found.is_empty() {
        let (message, advice) = trouble(Exit::NoReader);
        output.tell(&message.into());
        output.tell(&advice.into());
    }
    for reader in &found {
        let line = line(reader, output);
        output.line(&line);
    }
    Ok(Exit::Healthy)
}

/// Arrivals and departures, one line each (with `--json` one document a line),
/// until nobody reads them any more.
fn follow(output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut known: Option<Vec<ReaderState>> = None;
    let mut unserved = None;
    let watched = watch(|now| {
        let now = match now {
            Ok(now) => now,
            // Later there are just no readers, until it comes back.
            Err(why) if known.is_none() => {
                unserved = Some(why);
                return ControlFlow::Break(());
            }
            Err(_) => &[],
        };
        let before = known.take().unwrap_or_default();
        let mut listening = true;
        for gone in before.iter().filter(|old| !now.iter().any(|new| new.name == old.name)) {
            let gone = ReaderState { status: ReaderStatus::Unavailable, atr: None, ..gone.clone() };
            listening &= told(&gone, output);
        }
        for changed in now.iter().filter(|new| !before.contains(new)) {
            listening &= told(changed, output);
        }
        known = Some(now.to_vec());
        if listening { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    watched.map_err(|error| Failure::from(&error))?;
    unserved.map_or(Ok(Exit::Healthy), |why| Err(Failure::from(why)))
}

fn told(reader: &ReaderState, output: &mut Output<'_>) -> bool {
    let line = if output.is_json() {
        serde_json::to_string(&document(reader)).unwrap_or_default()
    } else {
        line(reader, output)
    };
    output.line(&line)
}

fn line(reader: &ReaderState, output: &Output<'_>) -> String {
    let language = output.language();
    let state = pad(words::reader(reader.status).in_language(language), 24);
    let atr = atr(reader).unwrap_or_default();
    format!("{}{state}{atr}", pad(&reader.name, 32)).trim_end().to_owned()
}

fn atr(reader: &ReaderState) -> Option<String> {
    let bytes = reader.atr.as_deref()?;
    Some(masked_atr(&crate::atr::decode(bytes), Reveal::Masked))
}

fn document(reader: &ReaderState) -> ReaderDocument {
    let state = match reader.status {
        ReaderStatus::Empty => "empty",
        ReaderStatus::Present => "present",
        ReaderStatus::InUse => "in_use",
        ReaderStatus::Exclusive => "exclusive",
        ReaderStatus::Mute => "mute",
        ReaderStatus::Unavailable => "unavailable",
    };
    ReaderDocument {
        name: reader.name.clone(),
        state,
        atr: atr(reader),
        interface: reader.interface.map(crate::session::Interface::name),
        driver: reader.driver.clone(),
    }
}
