//! Keeping a session in a file: appended and flushed one exchange at a time, so
//! that it is valid after any of them.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::card::Witness;
use super::failure::Failure;
use super::private;
use crate::report::{Exit, Words};
use crate::session::{Header, TransportMode, text};
use crate::transport::recording::Sink;

/// A file that a session is written to while it happens. It has its name only once
/// there is a session in it: until then it stands beside, under a name of its own.
pub(super) struct Recorder {
    file: Rc<RefCell<Written>>,
    path: PathBuf,
    /// Where it stands before it has its name.
    beside: PathBuf,
}

struct Written {
    file: File,
    /// Bytes up to the end of the last step that is whole.
    whole: u64,
    error: Option<io::Error>,
}

impl Written {
    /// Appends a step whole, or not at all.
    fn append(&mut self, text: &str) {
        if self.error.is_some() {
            return;
        }
        match self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush()) {
            Ok(()) => {
                let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
                self.whole = self.whole.saturating_add(length);
            }
            Err(error) => {
                let _ = self.file.set_len(self.whole);
                self.error = Some(error);
            }
        }
    }
}

impl Recorder {
    /// Opens the file, readable by its owner alone. A file that is there is never
    /// overwritten: it may be the only recording of a card.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            let detail = "--record writes a file: standard output holds the verdict";
            return Err(Failure::with_detail(Exit::Usage, detail));
        }
        if path.symlink_metadata().is_ok() {
            return Err(there_already(path));
        }
        let (file, beside) = private::beside(path).map_err(|error| failure(path, &error))?;
        let file = Rc::new(RefCell::new(Written { file, whole: 0, error: None }));
        Ok(Self { file, path: path.to_owned(), beside })
    }

    /// Takes the empty file away: there was no card to record.
    pub(super) fn abandon(&self) {
        let _ = std::fs::remove_file(&self.beside);
    }

    /// Gives the file its name, unless that has been taken meanwhile. File systems
    /// without hard links rename it.
    fn name(&self) -> io::Result<()> {
        match std::fs::hard_link(&self.beside, &self.path) {
            Ok(()) => std::fs::remove_file(&self.beside),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => std::fs::rename(&self.beside, &self.path),
        }
    }

    /// What to tell about the file, or why it could not be written.
    pub(super) fn finish(&self) -> Result<Words, Failure> {
        if let Some(error) = &self.file.borrow().error {
            let _ = std::fs::remove_file(&self.beside);
            return Err(match error.kind() {
                io::ErrorKind::AlreadyExists => there_already(&self.path),
                _ => failure(&self.path, error),
            });
        }
        let (path, (zh, en)) = (self.path.display(), private::READERS);
        Ok(Words {
            zh: format!("已录制到 {path}（含个人信息，{zh}；外传前先用 sscard scrub 替换）"),
            en: format!(
                "recorded to {path} (holds personal data, {en}: run `sscard scrub` before passing it on)"
            ),
        })
    }
}

impl Witness for Recorder {
    fn begin(&self, header: &Header) {
        let header = Header { transport: TransportMode::Raw, ..header.clone() };
        let mut file = self.file.borrow_mut();
        let first = file.whole == 0;
        file.append(&text::header_text(&header));
        if first && file.error.is_none() {
            file.error = self.name().err();
        }
    }

    fn sink(&self) -> Sink {
        let file = Rc::clone(&self.file);
        Box::new(move |step| file.borrow_mut().append(&text::step_text(step)))
    }
}

fn there_already(path: &Path) -> Failure {
    let why = "is there already, and a recording is never overwritten: choose another name";
    Failure::with_detail(Exit::Io, &format!("{} {why}", path.display()))
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display()))
}
