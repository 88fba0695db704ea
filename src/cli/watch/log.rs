//! The log of `watch`: a line of JSON for each card, nothing personal in it.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use super::super::failure::Failure;
use crate::report::Exit;
use crate::report::watch::CardRow;

/// A file that lines are added to.
pub(super) struct Log {
    file: File,
    path: String,
}

impl Log {
    /// Opens a log to go on with it.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self { file: file.map_err(|error| failure(&shown, &error))?, path: shown })
    }

    /// Adds a card.
    pub(super) fn put(&mut self, row: &CardRow) -> Result<(), Failure> {
        let text = line(row) + "\n";
        self.file.write_all(text.as_bytes()).map_err(|error| failure(&self.path, &error))
    }
}

/// A row as a line.
pub(super) fn line(row: &CardRow) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

fn failure(path: &str, error: &std::io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{path}: {error}"))
}
