//! Recordings out of files, folders and standard input, one after the other.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use crate::batch::{Form, Work};
use crate::report::Exit;
use crate::session::limits::MAX_SESSION;

/// What is still to be read.
pub(super) struct Works {
    paths: VecDeque<PathBuf>,
    open: Option<Lines>,
    skip: u64,
}

/// A file with a recording on each line.
struct Lines {
    name: String,
    reader: Box<dyn BufRead>,
    number: usize,
}

impl Works {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        Self { paths: paths.iter().cloned().collect(), open: None, skip: 0 }
    }

    /// Leaves out so many recordings from the first.
    pub(super) fn skipping(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// The next recordings, at most so many; none at the end.
    pub(super) fn next_batch(&mut self, most: usize) -> Result<Vec<Work>, Failure> {
        let mut batch = Vec::new();
        while batch.len() < most {
            let Some(work) = self.next()? else { break };
            if self.skip > 0 {
                self.skip = self.skip.saturating_sub(1);
            } else {
                batch.push(work);
            }
        }
        Ok(batch)
    }

    fn next(&mut self) -> Result<Option<Work>, Failure> {
        loop {
            if let Some(lines) = &mut self.open {
                match lines.next()? {
                    Some(work) => return Ok(Some(work)),
                    None => self.open = None,
                }
            }
            let Some(path) = self.paths.pop_front() else { return Ok(None) };
            if let Some(work) = self.open(&path)? {
                return Ok(Some(work));
            }
        }
    }

    /// A folder gives its files, a file of lines its lines, any other file itself.
    fn open(&mut self, path: &Path) -> Result<Option<Work>, Failure> {
        let name = path.display().to_string();
        let failed = |error: io::Error| Failure::with_detail(Exit::Io, &format!("{name}: {error}"));
        if path == Path::new("-") {
            let reader = Box::new(BufReader::new(io::stdin()));
            self.open = Some(Lines { name, reader, number: 0 });
            return Ok(None);
        }
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(failed)?;
            let mut inside: Vec<PathBuf> = entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|p| is_wanted(p))
                .collect();
            inside.sort();
            inside.into_iter().rev().for_each(|path| self.paths.push_front(path));
            return Ok(None);
        }
        if is_lines(path) {
            let reader = Box::new(BufReader::new(File::open(path).map_err(failed)?));
            self.open = Some(Lines { name, reader, number: 0 });
            return Ok(None);
        }
        let bytes = super::super::card::read_file(path)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Some(Work { id: name, text, line: 1, form: Form::Apdu }))
    }
}

fn is_lines(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "ndjson" || ending == "jsonl")
}

/// Of a folder: recordings, and folders.
fn is_wanted(path: &Path) -> bool {
    path.is_dir() || is_lines(path) || path.extension().is_some_and(|ending| ending == "apdu")
}

impl Lines {
    /// The next line that is not empty. One that is longer than a recording may be
    /// is cut: it gives a row with an error.
    fn next(&mut self) -> Result<Option<Work>, Failure> {
        loop {
            let mut bytes = Vec::new();
            let limit = u64::try_from(MAX_SESSION).unwrap_or(u64::MAX).saturating_add(2);
            let read = io::Read::take(&mut self.reader, limit).read_until(b'\n', &mut bytes);
            let read = read.map_err(|error| {
                Failure::with_detail(Exit::Io, &format!("{}: {error}", self.name))
            })?;
            if read == 0 {
                return Ok(None);
            }
            self.number = self.number.saturating_add(1);
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            let number = self.number;
            let text = match String::from_utf8(bytes) {
                Ok(text) => text,
                // The parser says where; it needs the bytes as text to do so.
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            };
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            let id = format!("{}:{number}", self.name);
            return Ok(Some(Work { id, text, line: number, form: Form::Ndjson }));
        }
    }
}

/// The text of a recording with another `@expect`.
pub(super) fn with_expectation(text: &str, expectation: &str) -> String {
    let line = format!("@expect    {expectation}\n");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_expect = |line: &&str| line.starts_with("@expect");
    let is_header = |line: &&str| line.starts_with('@') || line.starts_with("# sscard");
    let at = lines.iter().position(is_expect);
    let (keep, skip) = match at {
        Some(at) => (at, at.saturating_add(1)),
        None => {
            let end = lines.iter().rposition(is_header).map_or(0, |at| at.saturating_add(1));
            (end, end)
        }
    };
    let (before, after) = (lines.iter().take(keep), lines.iter().skip(skip));
    before.copied().chain([line.as_str()]).chain(after.copied()).collect()
}
