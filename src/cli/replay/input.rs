//! Recordings out of files, folders and standard input, one after the other. What
//! cannot be read is one of them, with the reason.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use crate::batch::{Form, Work};
use crate::report::Exit;
use crate::session::limits::{MAX_BATCH, MAX_SESSION};

/// Of one recording so many bytes are read: enough for the parser to see that it is
/// too large.
const LIMIT: u64 = MAX_SESSION as u64 + 2;

/// So much is asked of the system at once: some thirty sessions.
const CHUNK: usize = 64 * 1024;

/// What is still to be read.
pub(super) struct Works {
    paths: VecDeque<PathBuf>,
    open: Option<Lines>,
    skip: u64,
    read: u64,
    /// Whether there was any, left out or not.
    found: bool,
}

/// A file with a recording on each line.
struct Lines {
    name: String,
    reader: Box<dyn BufRead>,
    number: usize,
}

impl Works {
    /// What is named must be there; what leaves later is a row with an error.
    pub(super) fn new(paths: &[PathBuf]) -> Result<Self, Failure> {
        if paths.iter().filter(|path| is_standard_input(path)).count() > 1 {
            let detail = "replay: standard input can be read once, and `-` stands there twice";
            return Err(Failure::with_detail(Exit::Usage, detail));
        }
        for path in paths.iter().filter(|path| !is_standard_input(path)) {
            std::fs::metadata(path).map_err(|error| {
                Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display()))
            })?;
        }
        let paths = paths.iter().cloned().collect();
        Ok(Self { paths, open: None, skip: 0, read: 0, found: false })
    }

    /// Leaves out so many recordings from the first.
    pub(super) fn skipping(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// Bytes that were read so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Whether there was any recording so far, left out or not.
    pub(super) fn found(&self) -> bool {
        self.found
    }

    /// The next recordings, at most so many, and few where they are large; none at
    /// the end.
    pub(super) fn next_batch(&mut self, most: usize) -> Vec<Work> {
        let mut batch = Vec::new();
        let mut size = 0_usize;
        while batch.len() < most && size < MAX_BATCH {
            let Some(work) = self.next() else { break };
            self.found = true;
            if self.skip > 0 {
                self.skip = self.skip.saturating_sub(1);
            } else {
                size = size.saturating_add(work.bytes.as_ref().map_or(0, Vec::len));
                batch.push(work);
            }
        }
        batch
    }

    fn next(&mut self) -> Option<Work> {
        loop {
            if let Some(lines) = &mut self.open {
                match lines.next(&mut self.read) {
                    Some(work) => return Some(work),
                    None => self.open = None,
                }
            }
            let path = self.paths.pop_front()?;
            let name = path.display().to_string();
            match self.open(&path, &name) {
                Ok(None) => {}
                Ok(Some(bytes)) => {
                    return Some(Work { id: name, bytes: Ok(bytes), line: 1, form: Form::Apdu });
                }
                Err(error) => return Some(unread(name, 1, &error)),
            }
        }
    }

    /// A folder gives its files, a file of lines its lines, any other file itself.
    fn open(&mut self, path: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
        let lines = |reader| Some(Lines { name: name.to_owned(), reader, number: 0 });
        if is_standard_input(path) {
            self.open = lines(Box::new(BufReader::with_capacity(CHUNK, io::stdin())));
            return Ok(None);
        }
        if path.is_dir() {
            inside(path)?.into_iter().rev().for_each(|path| self.paths.push_front(path));
            return Ok(None);
        }
        let mut reader = BufReader::with_capacity(CHUNK, File::open(path)?);
        if is_lines(path) || without_mark(reader.fill_buf()?).trim_ascii_start().starts_with(b"{") {
            self.open = lines(Box::new(reader));
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let read = reader.take(LIMIT).read_to_end(&mut bytes)?;
        self.read = self.read.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(Some(bytes))
    }
}

fn unread(id: String, line: usize, error: &io::Error) -> Work {
    Work { id, bytes: Err(error.to_string()), line, form: Form::Apdu }
}

/// Bytes of all that is named; `None` where only the end will tell.
pub(super) fn size(paths: &[PathBuf]) -> Option<u64> {
    let mut sum = 0_u64;
    let mut rest = paths.to_vec();
    while let Some(path) = rest.pop() {
        if path.is_dir() {
            rest.extend(inside(&path).unwrap_or_default());
            continue;
        }
        let path = if is_standard_input(&path) { PathBuf::from("/dev/stdin") } else { path };
        let file = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        sum = sum.saturating_add(file.len());
    }
    Some(sum)
}

pub(super) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn is_lines(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "ndjson" || ending == "jsonl")
}

/// Of a folder: recordings, and folders, in the order of their names. A link to a
/// folder may lead back here: it is left out.
fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let wanted = is_lines(&path) || path.extension().is_some_and(|ending| ending == "apdu");
        let is_file = kind.is_file() || kind.is_symlink() && !path.is_dir();
        if kind.is_dir() || wanted && is_file {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Without the mark that some programs put before UTF-8.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes)
}

impl Lines {
    /// The next line that is not empty. One that is longer than a recording may be
    /// is cut: it gives a row with an error.
    fn next(&mut self, sum: &mut u64) -> Option<Work> {
        loop {
            self.number = self.number.saturating_add(1);
            let id = || format!("{}:{}", self.name, self.number);
            let bytes = match read_line(&mut self.reader, sum) {
                Ok(bytes) if bytes.is_empty() => return None,
                Ok(bytes) => bytes,
                Err(error) => {
                    let work = unread(id(), self.number, &error);
                    self.reader = Box::new(io::empty());
                    return Some(work);
                }
            };
            let text = if self.number == 1 { without_mark(&bytes) } else { &bytes };
            if text.trim_ascii().is_empty() {
                continue;
            }
            let bytes = Ok(text.trim_ascii_end().to_vec());
            return Some(Work { id: id(), bytes, line: self.number, form: Form::Ndjson });
        }
    }
}

/// A line with its end, or the beginning of one that is too long; empty behind the
/// last one.
fn read_line(reader: &mut dyn BufRead, sum: &mut u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut read = reader.take(LIMIT).read_until(b'\n', &mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read == LIMIT) && !bytes.ends_with(b"\n") {
        read = read.saturating_add(reader.skip_until(b'\n')?);
    }
    *sum = sum.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    Ok(bytes)
}
