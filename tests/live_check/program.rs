//! The program on both sides of the reader.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::panicking;

use serde_json::Value;
use sscard::session::{self, Session};
use unicode_width::UnicodeWidthStr;

use crate::pcscd::{Scratch, readers_now, until};

/// What a run of a program left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) error: String,
}

impl Run {
    /// Standard output, which has to be one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| {
            panic!("{error}, exit {}: {}{}", self.code, self.output, self.error)
        })
    }
}

/// Runs a program to its end; one that hangs ends with code 124.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Run {
    let output = Command::new("timeout")
        .args(["60", program])
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        // What this machine has on USB is not under test.
        .env("SYSFS_PATH", "/nonexistent")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        output: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn sscard(arguments: &[&str]) -> Run {
    run(env!("CARGO_BIN_EXE_sscard"), arguments)
}

/// Starts the program, with both streams in pipes.
pub(crate) fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sscard"))
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The name of the reader of that number.
pub(crate) fn reader(slot: usize) -> String {
    format!("Virtual PCD 00 0{slot}")
}

/// Whether the service sees a card in the reader of that number.
pub(crate) fn holds_card(slot: usize) -> bool {
    readers_now().get(slot).is_some_and(|reader| reader.status.holds_card())
}

/// A model that `sscard virtual` serves to a reader; taken out when dropped.
pub(crate) struct Inserted {
    slot: usize,
    server: Child,
}

impl Inserted {
    /// Puts it into the reader of that number, and waits until it is seen.
    pub(crate) fn new(slot: usize, model: &str, fault: Option<&str>) -> Self {
        until("the reader is ready", || !readers_now().is_empty());
        let address = ["127.0.0.1:35963", "127.0.0.1:35964"][slot];
        let mut arguments = vec!["virtual", model, "--vpcd", address];
        arguments.extend(fault.map(|fault| ["--fault", fault]).into_iter().flatten());
        let server = start(&arguments);
        until("the card is seen", || holds_card(slot));
        Self { slot, server }
    }

    /// Waits until the card has left by itself; gives its last words.
    pub(crate) fn left(mut self) -> String {
        let mut words = String::new();
        self.server.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        assert_eq!(self.server.wait().unwrap().code(), Some(0), "{words}");
        words
    }
}

impl Drop for Inserted {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        if !panicking() {
            // The reader has to notice before another card may come.
            until("the card is gone", || !holds_card(self.slot));
        }
    }
}

/// A check that was recorded.
pub(crate) struct Checked {
    /// How the output is asked for, and in which depth.
    pub(crate) manner: Vec<String>,
    pub(crate) live: Run,
    pub(crate) recording: PathBuf,
}

impl Checked {
    /// Checks the card in the reader of that number; `None`: the only card.
    pub(crate) fn new(scratch: &Scratch, slot: Option<usize>, manner: &[&str]) -> Self {
        let count = std::fs::read_dir(&scratch.0).unwrap().count();
        let recording = scratch.0.join(format!("{count}.apdu"));
        let path = recording.to_str().unwrap();
        let mut arguments = vec!["check", "--record", path];
        if !manner.contains(&"--timeout") {
            arguments.extend(["--timeout", "2"]);
        }
        let name = slot.map(reader);
        if let Some(name) = &name {
            arguments.extend(["--reader", name]);
        }
        arguments.extend(manner);
        let live = sscard(&arguments);
        Self { manner: manner.iter().map(ToString::to_string).collect(), live, recording }
    }

    /// A question about the recording.
    pub(crate) fn again(&self, manner: &[&str]) -> Run {
        sscard(&[&["check", "--session", self.recording.to_str().unwrap()], manner].concat())
    }

    /// What the recording says is what the card said.
    pub(crate) fn assert_same_again(&self) {
        let again = self.again(&self.manner.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(again.code, self.live.code, "{:?}", self.manner);
        if self.manner.iter().any(|option| option == "--json") {
            assert_eq!(
                without_circumstances(again.json()),
                without_circumstances(self.live.json())
            );
        } else {
            assert_eq!(again.output, self.live.output);
        }
    }

    pub(crate) fn session(&self) -> Session {
        let bytes = std::fs::read(&self.recording).unwrap();
        session::load(&bytes).unwrap().remove(0)
    }

    /// The commands that were sent, in hex.
    pub(crate) fn commands(&self) -> Vec<String> {
        let session = self.session();
        session.exchanges().map(|(_, one)| hex::encode_upper(&one.command)).collect()
    }
}

/// A document without what differs between a card and its recording.
fn without_circumstances(mut document: Value) -> Value {
    for key in ["time", "source", "statistics"] {
        assert!(document.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    document
}

/// A screen has 24 lines of 80 columns; a terminal may show some characters wider
/// than others do.
pub(crate) fn assert_fits(screen: &str) {
    assert!(screen.lines().count() <= 24, "{screen}");
    for line in screen.lines() {
        assert!(line.width_cjk() <= 80, "{line}\n{screen}");
    }
}

/// The social security application of a document.
pub(crate) fn ssse(document: &Value) -> &Value {
    let rows = document["applications"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == "ssse").unwrap()
}

/// How many items of a file are in this state of access.
pub(crate) fn items(document: &Value, file: &str, access: &str) -> usize {
    let data = ssse(document)["data"].as_array().unwrap();
    data.iter().filter(|item| item["file"] == file && item["access"] == access).count()
}

/// Whether only its owner may read a file.
pub(crate) fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}
