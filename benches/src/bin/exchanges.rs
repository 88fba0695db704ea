//! What this program adds to an exchange: the commands of a recording, sent to the card
//! in the first reader by a bare loop of the `pcsc` crate and by the program's own
//! layers (instruction table, completion of answers, recording, deadlines), in turns.
//!
//! `exchanges RECORDING.apdu [ROUNDS]`: microseconds of an exchange, medians of rounds.

use std::error::Error;
use std::time::{Duration, Instant};

use pcsc::{Context, Disposition, MAX_BUFFER_SIZE, Protocols, Scope, ShareMode};
use sscard::apdu::Permission;
use sscard::session::{Step, text::Document};
use sscard::transport::pcsc::{ConnectOptions, connect};
use sscard::transport::{Transmit, guarded};

/// Commands as they cross the wire.
type Commands = Vec<Vec<u8>>;

fn bare(commands: &Commands) -> Result<Duration, Box<dyn Error>> {
    let context = Context::establish(Scope::User)?;
    let readers = context.list_readers_owned()?;
    let reader = readers.first().ok_or("no reader")?;
    let mut card = context.connect(reader, ShareMode::Shared, Protocols::ANY)?;
    let transaction = card.transaction()?;
    let mut buffer = [0; MAX_BUFFER_SIZE];
    let begun = Instant::now();
    for command in commands {
        transaction.transmit(command, &mut buffer)?;
    }
    let took = begun.elapsed();
    drop(transaction);
    card.disconnect(Disposition::LeaveCard).map_err(|(_, error)| error)?;
    Ok(took)
}

/// What was sent, as the layer recorded it: it completes answers by itself.
fn sent(steps: &[Step]) -> Commands {
    let commands = steps.iter().filter_map(|step| match step {
        Step::Exchange(exchange) => Some(exchange.command.clone()),
        _ => None,
    });
    commands.collect()
}

fn ours(commands: &Commands) -> Result<Duration, Box<dyn Error>> {
    let mut card = guarded(connect(&ConnectOptions::default())?, Permission::Read);
    let begun = Instant::now();
    for command in commands {
        // GET RESPONSE is sent by the layer itself.
        if command.get(1) != Some(&0xC0) {
            card.transmit(command)?;
        }
    }
    let took = begun.elapsed();
    let (card, steps) = card.into_parts();
    card.disconnect()?;
    if sent(&steps) != *commands {
        return Err("not the same work: other commands were sent".into());
    }
    Ok(took)
}

/// `6Cxx`: another Le is wanted.
fn corrects(answer: &[u8]) -> bool {
    matches!(answer, [0x6C, _])
}

fn median(mut times: Vec<Duration>, commands: usize) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6 / commands as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let recording = std::fs::read(arguments.next().ok_or("which recording?")?)?;
    let rounds: usize = arguments.next().map_or(Ok(31), |rounds| rounds.parse())?;
    let session = Document::parse(&recording)?.session()?;
    // What a card answers by the right length the layer asks again by itself, too.
    let is_final = |step: &Step| match step {
        Step::Exchange(exchange) => !exchange.response.as_deref().is_some_and(corrects),
        _ => false,
    };
    let steps: Vec<Step> = session.steps.into_iter().filter(is_final).collect();
    let commands = sent(&steps);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let times = (bare(&commands)?, ours(&commands)?);
        // The first only warms up.
        if round > 0 {
            one.push(times.0);
            other.push(times.1);
        }
    }
    let (one, other) = (median(one, commands.len()), median(other, commands.len()));
    println!("bare loop of pcsc   {one:8.1} µs an exchange");
    println!("sscard              {other:8.1} µs an exchange");
    println!("ratio               {:8.3}   (target: at most 1.05)", other / one);
    Ok(())
}
