//! Sixteen virtual readers under one service, a card in each of them.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use sscard::transport::pcsc::{ReaderStatus, watch};

use crate::pcscd::{Pcscd, Scratch};

/// Nothing here takes so long; what does has hung.
const HANGS: Duration = Duration::from_secs(60);

type States = Arc<(Mutex<HashMap<String, ReaderStatus>>, Condvar)>;

/// The service and what its readers hold.
pub(crate) struct Slots {
    states: States,
    readers: Vec<(String, String)>,
    service: Pcscd,
    _scratch: Scratch,
}

impl Slots {
    /// The driver keeps one table for all of its readers: each pair of them needs a
    /// copy of its own. The service has room for sixteen.
    pub(crate) fn start() -> Self {
        let scratch = Scratch::new();
        let usual = std::fs::read_to_string("/etc/reader.conf.d/vpcd").unwrap();
        let library = usual.lines().find_map(|line| line.strip_prefix("LIBPATH")).unwrap().trim();
        let config = scratch.0.join("config");
        std::fs::create_dir(&config).unwrap();
        let mut readers = Vec::new();
        for pair in 0..8_u16 {
            let copy = scratch.0.join(format!("driver{pair}.so"));
            std::fs::copy(library, &copy).unwrap();
            // Below those that the system gives to whoever connects: a card of a test
            // beside this one may hold such a port, and its reader is missing then.
            let port = 20_000 + 2 * pair;
            let entry = format!(
                "FRIENDLYNAME \"Slot {pair}\"\nDEVICENAME /dev/null:{port:#X}\nLIBPATH {}\nCHANNELID {port:#X}\n",
                copy.display()
            );
            std::fs::write(config.join(pair.to_string()), entry).unwrap();
            // The service counts readers of one driver by the last two digits.
            let name = |slot| format!("Slot {pair} 00 0{slot}");
            let address = |slot| format!("127.0.0.1:{}", port + slot);
            readers.extend([0, 1].map(|slot| (name(slot), address(slot))));
        }
        let service = Pcscd::with_readers_of(&config);
        let states = States::default();
        let seen = Arc::clone(&states);
        spawn(move || {
            let _ended = watch(|now| {
                let (map, changed) = &*seen;
                let now = now
                    .unwrap_or_default()
                    .iter()
                    .map(|reader| (reader.name.clone(), reader.status));
                *map.lock().unwrap() = now.collect();
                changed.notify_all();
                match Arc::strong_count(&seen) {
                    1 => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                }
            });
        });
        let slots = Self { states, readers, service, _scratch: scratch };
        let (map, changed) = &*slots.states;
        let ready = |map: &mut HashMap<String, ReaderStatus>| map.len() < slots.readers.len();
        let waited = changed.wait_timeout_while(map.lock().unwrap(), HANGS, ready).unwrap();
        assert!(!waited.1.timed_out(), "only these readers: {:?}", waited.0);
        drop(waited);
        slots
    }

    pub(crate) fn count(&self) -> usize {
        self.readers.len()
    }

    pub(crate) fn reader(&self, slot: usize) -> &str {
        &self.readers[slot].0
    }

    /// What the service had to do so far.
    pub(crate) fn service(&self) -> &Pcscd {
        &self.service
    }

    /// Waits until the reader holds a card, or none; whether it came to that.
    fn becomes(&self, slot: usize, holds: bool, time: Duration) -> bool {
        let (map, changed) = &*self.states;
        let name = self.reader(slot);
        let other = |map: &mut HashMap<String, ReaderStatus>| {
            map.get(name).is_none_or(|status| status.holds_card() != holds)
        };
        !changed.wait_timeout_while(map.lock().unwrap(), time, other).unwrap().1.timed_out()
    }

    /// Puts a card into a reader. One that gives no answer to reset is not seen.
    ///
    /// The driver takes a card's connection in two threads without a lock: just after a
    /// card that left in a bad moment it may end the next one's, or take it and forget
    /// it. Such a card is put in again.
    pub(crate) fn insert(&self, slot: usize, model: &str, fault: Option<&str>) -> Card<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sscard"));
        command.args(["virtual", model, "--vpcd", &self.readers[slot].1]);
        command.args(fault.map(|fault| ["--fault", fault]).into_iter().flatten());
        quiet(&mut command).stdout(Stdio::null()).stderr(Stdio::null());
        let what = format!("{model} {fault:?}");
        let mut card = Card { slots: self, slot, what, server: command.spawn().unwrap() };
        if fault == Some("no-atr@1") {
            assert!(!self.becomes(slot, true, Duration::from_millis(600)));
            return card;
        }
        let begun = Instant::now();
        while !self.becomes(slot, true, Duration::from_secs(4)) {
            assert!(begun.elapsed() < HANGS, "{}: card not seen", card.what);
            let _ = card.server.kill();
            let status = card.server.wait().unwrap();
            assert!(status.code().is_none_or(|code| code == 0), "{}: {status}", card.what);
            card.server = command.spawn().unwrap();
        }
        card
    }
}

/// A card in a reader; taken out when dropped.
pub(crate) struct Card<'a> {
    slots: &'a Slots,
    slot: usize,
    what: String,
    server: Child,
}

impl Card<'_> {
    /// The process that serves it.
    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Card<'_> {
    fn drop(&mut self) {
        let left = self.server.try_wait().ok().flatten();
        let _ = self.server.kill();
        let _ = self.server.wait();
        if !std::thread::panicking() {
            assert!(left.is_none_or(|status| status.success()), "{left:?}");
            let gone = self.slots.becomes(self.slot, false, HANGS);
            assert!(gone, "{}: the card stays in {}", self.what, self.slots.reader(self.slot));
        }
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null())
}

/// Runs the program to its end, which has to come.
pub(crate) fn sscard(arguments: &[&str]) -> Output {
    run(Path::new(env!("CARGO_BIN_EXE_sscard")), arguments)
}

/// Runs any program to its end, which has to come.
pub(crate) fn run(program: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = quiet(&mut command).spawn().unwrap();
    let id = child.id();
    let begun = Instant::now();
    let waiter = spawn(move || child.wait_with_output().unwrap());
    while !waiter.is_finished() {
        assert!(begun.elapsed() < HANGS, "process {id} hangs: {arguments:?}");
        sleep(Duration::from_millis(5));
    }
    waiter.join().unwrap()
}
