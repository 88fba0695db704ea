//! `sscard scrub`: a recording without its person, to pass on.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::Path;

use super::arguments::Scrub;
use super::clock;
use super::failure::Failure;
use super::output::Output;
use crate::observe::observe;
use crate::probe::Depth;
use crate::report::{Exit, ScrubDocument};
use crate::scrub::Scrubber;
use crate::session::limits::MAX_SESSION;
use crate::session::text::Document;
use crate::session::{ParseError, Session, ndjson};
use crate::verdict::{is_same, judge};

pub(super) fn run(arguments: &Scrub, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut input = open(&arguments.input)?;
    let path = &arguments.output;
    let is_piped = path == Path::new("-");
    if is_piped && output.is_json() {
        let detail = "scrub: -o - writes the recording where --json writes its document";
        return Err(Failure::with_detail(Exit::Usage, detail));
    }
    let done = match is_piped {
        true => work(arguments, &mut input, &mut output.stream()),
        false => {
            // Nothing real stands in it, so it is a file like any other.
            let file = OpenOptions::new().write(true).create_new(true).open(path);
            let mut file = file.map_err(|error| Failure::not_created(path, &error))?;
            work(arguments, &mut input, &mut file)
        }
    };
    let document = match done {
        Ok(document) => document,
        // A reader that has gone away is no error.
        Err(_) if output.is_gone() => return Ok(Exit::Healthy),
        Err(failure) => {
            // Half a file would look like a whole one.
            if !is_piped {
                let _ = std::fs::remove_file(path);
            }
            return Err(failure);
        }
    };
    let name = path.display();
    if output.is_json() {
        output.document(&document)?;
    }
    output.tell(&document.told());
    if !document.changed_verdicts.is_empty() {
        let sessions = document.changed_verdicts.join(", ");
        let detail = format!("{name}: another verdict than before: {sessions}");
        output.warn(&Failure::with_detail(Exit::Internal, &detail));
    }
    Ok(document.exit())
}

/// Scrubs all that is read.
fn work(
    arguments: &Scrub,
    input: &mut dyn BufRead,
    written: &mut dyn Write,
) -> Result<ScrubDocument, Failure> {
    let path = &arguments.output;
    let mut work = Work {
        scrubber: Scrubber::default(),
        written: BufWriter::new(written),
        path,
        input: &arguments.input,
        document: ScrubDocument::new(&path.display().to_string()),
    };
    work.all(input)?;
    work.written.flush().map_err(|error| failed(path, &error))?;
    Ok(work.document)
}

struct Work<'a> {
    scrubber: Scrubber,
    written: BufWriter<&'a mut dyn Write>,
    path: &'a Path,
    input: &'a Path,
    document: ScrubDocument,
}

impl Work<'_> {
    /// One text, or session after session where the first line is one.
    fn all(&mut self, input: &mut dyn BufRead) -> Result<(), Failure> {
        let mut line = Vec::new();
        let mut number = 0_usize;
        while self.next(input, &mut line)? {
            number = number.saturating_add(1);
            let bytes = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&line).trim_ascii();
            let is_first = number == 1 || self.document.sessions == 0;
            if is_first && !bytes.is_empty() && !bytes.starts_with(b"{") {
                let most = u64::try_from(MAX_SESSION).unwrap_or(u64::MAX).saturating_add(1);
                let rest = input.take(most).read_to_end(&mut line);
                rest.map_err(|error| failed(self.input, &error))?;
                return self.text(&line);
            }
            match bytes {
                [] => self.write(&line)?,
                bytes => {
                    let at_line = |error| self.bad(ParseError { line: number, ..error });
                    let text =
                        std::str::from_utf8(bytes).map_err(|_| self.bad(not_utf8(number)))?;
                    let session = ndjson::parse(text).map_err(at_line)?;
                    self.session(&session, &line)?;
                }
            }
        }
        match self.document.sessions {
            // Nothing at all is no recording either.
            0 => self.text(b""),
            _ => Ok(()),
        }
    }

    /// The next line, with its end. One that is longer than a recording may be does
    /// not parse.
    fn next(&self, input: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<bool, Failure> {
        line.clear();
        let most = u64::try_from(MAX_SESSION).unwrap_or(u64::MAX).saturating_add(2);
        let read = input.take(most).read_until(b'\n', line);
        read.map(|read| read > 0).map_err(|error| failed(self.input, &error))
    }

    fn text(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let parsed = Document::parse(bytes).and_then(|document| {
            let session = document.session()?;
            let (text, changed) = self.scrubber.document(&document)?;
            let after = Document::parse(text.as_bytes())?.session()?;
            Ok((session, text, changed, after))
        });
        let (before, text, changed, after) = parsed.map_err(|error| self.bad(error))?;
        self.judge(&before, &after, changed);
        self.write(text.as_bytes())
    }

    fn session(&mut self, before: &Session, line: &[u8]) -> Result<(), Failure> {
        let scrubbed = self.scrubber.session(before);
        self.judge(before, &scrubbed.session, scrubbed.changed);
        if scrubbed.session == *before {
            return self.write(line);
        }
        let text = ndjson::print(&scrubbed.session);
        self.write(format!("{text}\n").as_bytes())
    }

    /// Whether the promise holds for this one.
    fn judge(&mut self, before: &Session, after: &Session, changed: usize) {
        let day = clock::day(None, &before.header);
        let [one, two] = [before, after].map(|one| judge(&observe(one), day, Depth::Full));
        let id = after.header.id.clone();
        self.document.add(changed, is_same(&one, &two), id);
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.written.write_all(bytes).map_err(|error| failed(self.path, &error))
    }

    fn bad(&self, error: ParseError) -> Failure {
        Failure::with_detail(Exit::BadInput, &format!("{}, {error}", self.input.display()))
    }
}

fn not_utf8(line: usize) -> ParseError {
    ParseError { line, column: 1, kind: crate::session::ParseErrorKind::Encoding }
}

fn open(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).map_err(|error| failed(path, &error))?;
    Ok(Box::new(BufReader::new(file)))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display()))
}
