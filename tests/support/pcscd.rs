//! A PC/SC service of the test's own, and virtual cards for its two readers.
//! Only inside `scripts/in-pcsc --no-service`, which sets `SSCARD_PCSC`.
#![expect(clippy::print_stderr, reason = "a test that did not run has to say so")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{panicking, sleep, spawn};
use std::time::{Duration, Instant};

use sscard::apdu::{Permission, permit};
use sscard::transport::pcsc::{ReaderState, readers};

/// Where the service listens; compiled into it.
pub(crate) const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// There is one socket and one pair of ports: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// The right to the namespace; `None` outside of it.
pub(crate) fn alone() -> Option<MutexGuard<'static, ()>> {
    if std::env::var_os("SSCARD_PCSC").is_none() {
        eprintln!("skipped: needs scripts/in-pcsc");
        return None;
    }
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = std::fs::remove_file(SOCKET);
    Some(guard)
}

/// The readers that the service has now. One thread at a time: the client library
/// (1.9.9) has crashed where several began and ended contexts at once.
pub(crate) fn readers_now() -> Vec<ReaderState> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    readers(Duration::from_secs(5)).unwrap_or_default()
}

/// Waits until something holds; fails after 10 seconds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "never: {what}");
        sleep(Duration::from_millis(20));
    }
}

/// A running service; killed when dropped. Whatever a test did, nothing outside
/// the instruction table may have come by: the service's own log is the witness.
pub(crate) struct Pcscd {
    child: Child,
    scratch: Scratch,
}

impl Pcscd {
    /// With two virtual readers.
    pub(crate) fn start() -> Self {
        Self::with_readers_of(Path::new("/etc/reader.conf.d"))
    }

    /// With the readers of another configuration directory.
    pub(crate) fn with_readers_of(directory: &Path) -> Self {
        let scratch = Scratch::new();
        let log = std::fs::File::create(scratch.0.join(LOG)).unwrap();
        let child = Command::new("pcscd")
            .args(["--foreground", "--apdu", "--config"])
            .arg(directory)
            .stdout(log)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("the service listens", || UnixStream::connect(SOCKET).is_ok());
        Self { child, scratch }
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it hang (`-STOP`), or go on (`-CONT`).
    pub(crate) fn signal(&self, signal: &str) {
        // Each shell has a `kill` of its own; the program is not on every system.
        let line = format!("kill {signal} {}", self.id());
        let sent = Command::new("sh").args(["-c", &line]).status();
        assert!(sent.unwrap().success(), "{signal}");
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many threads it has: one for each reader and client.
    pub(crate) fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.id())).unwrap().count()
    }

    /// Every command that the service was given for a card, in order.
    pub(crate) fn sent(&self) -> Vec<Vec<u8>> {
        let log = std::fs::read(self.scratch.0.join(LOG)).unwrap();
        let log = String::from_utf8_lossy(&log);
        let commands = log.lines().filter_map(|line| line.split_once(" APDU: "));
        commands.map(|(_, bytes)| hex::decode(bytes.replace(' ', "")).unwrap()).collect()
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !panicking() {
            for command in self.sent() {
                let permitted = permit(&command, Permission::Read);
                assert!(permitted.is_ok(), "sent: {}", hex::encode_upper(command));
            }
        }
    }
}

/// The log among a service's files.
const LOG: &str = "log";

/// A directory of the test's own; removed when dropped.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sscard-test-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A reader that does as it is told, under a service of its own. The letters are
/// explained in `scripted_reader.c`.
pub(crate) struct ScriptedReader {
    state: PathBuf,
    _service: Pcscd,
    _scratch: Scratch,
}

impl ScriptedReader {
    /// Builds the driver and starts a service with that one reader.
    pub(crate) fn start(state: &str) -> Self {
        let scratch = Scratch::new();
        let [library, device, config] =
            ["driver.so", "state", "config"].map(|name| scratch.0.join(name));
        let flags = Command::new("pkg-config").args(["--cflags", "libpcsclite"]).output().unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/scripted_reader.c"))
            .args(String::from_utf8(flags.stdout).unwrap().split_whitespace())
            .status();
        assert!(built.unwrap().success(), "the driver builds");
        std::fs::create_dir(&config).unwrap();
        let (device_name, path) = (device.display(), library.display());
        let entry = format!(
            "FRIENDLYNAME \"Scripted\"\nDEVICENAME {device_name}\nLIBPATH {path}\nCHANNELID 0\n"
        );
        std::fs::write(config.join("scripted"), entry).unwrap();
        std::fs::write(&device, state).unwrap();
        let service = Pcscd::with_readers_of(&config);
        Self { state: device, _service: service, _scratch: scratch }
    }

    /// The control codes that it was given, in hex.
    pub(crate) fn controls(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.state.with_extension("control"));
        log.unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// Changes what it does.
    pub(crate) fn becomes(&self, state: &str) {
        std::fs::write(&self.state, state).unwrap();
    }
}

/// What a virtual card does with a command.
pub(crate) enum Does {
    /// Answers.
    Answers(Vec<u8>),
    /// Leaves the reader.
    Leaves,
    /// Falls silent for so long.
    Sleeps(Duration),
}

/// A card in a virtual reader; removed when dropped.
pub(crate) struct VirtualCard(TcpStream);

impl VirtualCard {
    /// Puts a card into the reader of that number, and waits until it is seen.
    pub(crate) fn insert(
        slot: u16,
        atr: &[u8],
        behaviour: impl FnMut(&[u8]) -> Does + Send + 'static,
    ) -> Self {
        let port = 35_963_u16.wrapping_add(slot);
        let mut stream = None;
        until("the reader listens", || {
            stream = TcpStream::connect(("127.0.0.1", port)).ok();
            stream.is_some()
        });
        let stream = stream.unwrap();
        let (serving, atr) = (stream.try_clone().unwrap(), atr.to_vec());
        spawn(move || serve(serving, &atr, behaviour));
        until("the card is seen", || {
            let seen = readers_now();
            seen.get(usize::from(slot)).is_some_and(|reader| reader.status.holds_card())
        });
        Self(stream)
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Messages have two bytes of length before them, in both directions. One byte is
/// an order: 00 power off, 01 power on, 02 reset, 04 send the ATR; only the last is
/// answered.
fn serve(mut stream: TcpStream, atr: &[u8], mut behaviour: impl FnMut(&[u8]) -> Does) {
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        if stream.read_exact(&mut message).is_err() {
            return;
        }
        let answer = match message.as_slice() {
            [4] => atr.to_vec(),
            [_] => continue,
            command => match behaviour(command) {
                Does::Answers(answer) => answer,
                Does::Leaves => return drop(stream.shutdown(Shutdown::Both)),
                Does::Sleeps(time) => {
                    sleep(time);
                    vec![0x90, 0x00]
                }
            },
        };
        let mut frame = u16::try_from(answer.len()).unwrap().to_be_bytes().to_vec();
        frame.extend(answer);
        if stream.write_all(&frame).is_err() {
            return;
        }
    }
}
