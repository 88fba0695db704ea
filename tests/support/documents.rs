//! The documents of this repository, and their lines as whoever follows them runs
//! them. CONTRIBUTING.md says how a block of code is marked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a block is to be run, by the words behind its three backquotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `sh`: without reader and service.
    Shell,
    /// `sh reader`: with a card in a reader.
    Reader,
}

/// A line of a document that can be run, and what comes of it.
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) command: String,
    /// What its comment says: `# exit 14`; else 0.
    pub(crate) exit: i32,
}

/// What a line begins with that is run here. Everything else in a block `sh` belongs
/// to the system or to another test.
const RUN: [&str; 6] = ["sscard ", "scripts/run ", "cat ", "cp ", "mkdir ", "printf "];

/// Every document, its path from the root of the repository.
pub(crate) fn documents() -> Vec<String> {
    let folders = [".", "docs"].map(|folder| fs::read_dir(folder).unwrap());
    let paths = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let text = paths.filter(|path| path.extension().is_some_and(|found| found == "md"));
    let mut names: Vec<String> =
        text.map(|path| path.to_str().unwrap().trim_start_matches("./").to_owned()).collect();
    names.sort();
    names
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of a document that can be run, in their order.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let (mut found, mut kind, mut inside) = (Vec::new(), None, false);
    // A block within a list is indented.
    for line in text.lines().map(str::trim_start) {
        if let Some(words) = line.strip_prefix("```") {
            inside = !inside;
            kind = match (inside, words) {
                (true, "sh") => Some(Kind::Shell),
                (true, "sh reader") => Some(Kind::Reader),
                _ => None,
            };
        } else if let Some(kind) = kind.filter(|_| RUN.iter().any(|word| line.starts_with(word))) {
            let (command, comment) = line.split_once(" #").unwrap_or((line, ""));
            let exit = comment.split_once("exit ").map(|(_, rest)| rest);
            let digits = exit.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
            let command = command.trim_end().replace("scripts/run ", "sscard ");
            let exit = digits.map_or(0, |digits| digits.parse().unwrap());
            found.push(Line { kind, command, exit });
        }
    }
    found
}

/// A folder of a document's own that looks like a clone, with copies that may be
/// written to.
pub(crate) fn scratch(document: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(document.replace('/', "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("target")).unwrap();
    for copied in ["fixtures", "profiles", "apdu-scripts"] {
        copy(Path::new(copied), &folder.join(copied));
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        copy(&path, &to.join(path.file_name().unwrap()));
    }
}

/// Runs a command there as a shell does, for a minute at most; its exit code, and what
/// it said.
pub(crate) fn run(command: &str, folder: &Path, service: &str, seconds: &str) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_sscard")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("timeout")
        .args([seconds, "sh", "-c", command])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .env("LC_ALL", "C.UTF-8")
        .env("PCSCLITE_CSOCK_NAME", service)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&told).into_owned())
}
