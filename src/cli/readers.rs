//! `sscard readers`: readers and their cards.

use std::ops::ControlFlow;

use serde::Serialize;

use super::arguments::Readers;
use super::failure::Failure;
use super::output::Output;
use crate::report::{Exit, Reveal, masked_atr, pad, trouble, width, words};
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
        let line = line(reader, columns(&found), output);
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
            listening &= told(&gone, columns(&before), output);
        }
        for changed in now.iter().filter(|new| !before.contains(new)) {
            listening &= told(changed, columns(now), output);
        }
        known = Some(now.to_vec());
        if listening { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    watched.map_err(|error| Failure::from(&error))?;
    unserved.map_or(Ok(Exit::Healthy), |why| Err(Failure::from(why)))
}

fn told(reader: &ReaderState, columns: usize, output: &mut Output<'_>) -> bool {
    let line = if output.is_json() {
        serde_json::to_string(&document(reader)).unwrap_or_default()
    } else {
        line(reader, columns, output)
    };
    output.line(&line)
}

/// Columns that the names take. None is shortened: `--reader` wants one as it is.
fn columns(readers: &[ReaderState]) -> usize {
    let widest = readers.iter().map(|reader| width(&reader.name)).max().unwrap_or(0);
    widest.saturating_add(2).max(32)
}

fn line(reader: &ReaderState, columns: usize, output: &Output<'_>) -> String {
    let language = output.language();
    let state = pad(words::reader(reader.status).in_language(language), 24);
    let atr = atr(reader).unwrap_or_default();
    format!("{}{state}{atr}", pad(&reader.name, columns)).trim_end().to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_moves_the_column_for_all() {
        let reader = |name: &str| ReaderState {
            name: name.to_owned(),
            status: ReaderStatus::Empty,
            atr: None,
            interface: None,
            driver: None,
            changes: 0,
        };
        let long = "ACS ACR1281 1S Dual Reader [ACR1281U-C1 PICC] (0123456789AB) 00 00";
        let readers = [reader(long), reader("华视电子CVR-100UC 00 00")];
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let output = Output::new(&mut out, &mut err);
        let states = readers.each_ref().map(|one| {
            let line = line(one, columns(&readers), &output);
            let (name, _) = line.split_once("  ").unwrap();
            assert_eq!(name, one.name);
            width(&line) - width(line.trim_start_matches(name).trim_start())
        });
        assert_eq!(states, [width(long) + 2; 2]);
    }
}
