//! Keeping a session in a file: appended and flushed one exchange at a time, so
//! that it is valid after any of them.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use super::card::Witness;
use super::failure::Failure;
use super::private;
use crate::report::{Exit, Words};
use crate::session::{Header, TransportMode, text};
use crate::transport::recording::Sink;

/// A file that a session is written to while it happens.
pub(super) struct Recorder {
    file: Rc<RefCell<Written>>,
    path: String,
}

struct Written {
    file: File,
    error: Option<io::Error>,
}

impl Written {
    fn append(&mut self, text: &str) {
        if self.error.is_none() {
            let result = self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush());
            self.error = result.err();
        }
    }
}

impl Recorder {
    /// Creates the file, readable by its owner alone. A file that is there is
    /// never overwritten: it may be the only recording of a card.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            let detail = "--record writes a file: standard output holds the verdict";
            return Err(Failure::with_detail(Exit::Usage, detail));
        }
        let shown = path.display().to_string();
        let opened = private::options().create_new(true).open(path);
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let why = "is there already, and a recording is never overwritten";
                Failure::with_detail(Exit::Io, &format!("{shown} {why}: choose another name"))
            }
            _ => failure(&shown, &error),
        })?;
        Ok(Self { file: Rc::new(RefCell::new(Written { file, error: None })), path: shown })
    }

    /// Takes the empty file away: there was no card to record.
    pub(super) fn abandon(self) {
        let _ = std::fs::remove_file(&self.path);
    }

    /// What to tell about the file, or why it could not be written.
    pub(super) fn finish(&self) -> Result<Words, Failure> {
        if let Some(error) = &self.file.borrow().error {
            // An empty file is no recording, and would be in the way of the next try.
            if std::fs::metadata(&self.path).is_ok_and(|file| file.len() == 0) {
                let _ = std::fs::remove_file(&self.path);
            }
            return Err(failure(&self.path, error));
        }
        let (path, (zh, en)) = (&self.path, private::READERS);
        Ok(Words {
            zh: format!("已录制到 {path}(含个人信息,{zh};外传前先用 sscard scrub 替换)"),
            en: format!(
                "recorded to {path} (holds personal data, {en}: run `sscard scrub` before passing it on)"
            ),
        })
    }
}

impl Witness for Recorder {
    fn begin(&self, header: &Header) {
        let header = Header { transport: TransportMode::Raw, ..header.clone() };
        self.file.borrow_mut().append(&text::header_text(&header));
    }

    fn sink(&self) -> Sink {
        let file = Rc::clone(&self.file);
        Box::new(move |step| file.borrow_mut().append(&text::step_text(step)))
    }
}

fn failure(path: &str, error: &io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{path}: {error}"))
}
