//! What goes to standard output and to standard error.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::failure::Failure;
use crate::codec::text::legible;
use crate::report::{Exit, Language, Words, tool};

/// The two streams of a run. With `--json` standard output is exactly one JSON
/// document.
pub struct Output<'a> {
    standard: &'a mut dyn Write,
    /// Standard output for bytes that are no UTF-8; the other one drops some.
    raw: Option<&'a mut dyn Write>,
    error: &'a mut dyn Write,
    language: Language,
    json: bool,
    /// Why standard output could not be written; a reader that has gone away is
    /// no error.
    lost: Option<io::Error>,
    /// Whether nobody reads standard output any more.
    gone: bool,
}

/// What is text by its nature (help, version, the list of models), as a document.
#[derive(Serialize)]
struct TextDocument<'a> {
    schema_version: &'static str,
    command: &'a str,
    tool: crate::report::Tool,
    exit_code: u8,
    error: Option<()>,
    text: &'a str,
}

/// Standard output as a file among others.
pub(super) struct Stream<'o, 'a>(&'o mut Output<'a>);

impl Write for Stream<'_, '_> {
    /// What cannot be written is told at the end of the run, as of all that is printed;
    /// where nobody reads any more, nothing more need be made.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.bytes(bytes);
        if self.0.is_gone() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The document of a run that failed before there was anything else to say.
#[derive(Serialize)]
struct FailedDocument<'a> {
    schema_version: &'static str,
    command: &'a str,
    tool: crate::report::Tool,
    outcome: &'static str,
    exit_code: u8,
    error: crate::report::ErrorDocument,
}

impl<'a> Output<'a> {
    /// Text for people until the arguments say otherwise.
    pub fn new(standard: &'a mut dyn Write, error: &'a mut dyn Write) -> Self {
        let language = super::arguments::language_of_locale();
        Self { standard, raw: None, error, language, json: false, lost: None, gone: false }
    }

    /// Also takes standard output as it is, for text that is not in UTF-8.
    #[must_use]
    pub fn with_raw(mut self, raw: &'a mut dyn Write) -> Self {
        self.raw = Some(raw);
        self
    }

    pub(super) fn begin(&mut self, language: Language, json: bool) {
        self.language = language;
        self.json = json;
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints text to standard output.
    pub(super) fn text(&mut self, text: &str) {
        self.exact(&legible_lines(text));
    }

    /// Prints a document, or lines that are legible already.
    fn exact(&mut self, text: &str) {
        let result = put(self.standard, text.as_bytes());
        self.keep(result);
    }

    /// Keeps the first failure of standard output in mind.
    fn keep(&mut self, result: io::Result<()>) {
        match result {
            Err(error) if is_left(&error) => self.gone = true,
            Err(error) => {
                self.lost.get_or_insert(error);
            }
            Ok(()) => {}
        }
    }

    /// Whether nobody reads standard output any more: what is still to come would be
    /// printed in vain.
    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whether all that was printed arrived; if not, that is told on standard error.
    pub(super) fn finish(&mut self, exit: Exit) -> Exit {
        let Some(error) = self.lost.take() else { return exit };
        let failure = Failure::with_detail(Exit::Io, &format!("standard output: {error}"));
        self.warn(&failure);
        failure.exit
    }

    /// Reports a failure on standard error, beside an answer that stands.
    pub(super) fn warn(&mut self, failure: &Failure) {
        let text = failure.text(self.language);
        let _ = put(self.error, legible_lines(&text));
    }

    /// Prints bytes to standard output.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let result = match self.raw.as_deref_mut() {
            Some(raw) => put(raw, bytes),
            None => put(self.standard, bytes),
        };
        self.keep(result);
    }

    /// Standard output, to be written to like a file.
    pub(super) fn stream<'o>(&'o mut self) -> Stream<'o, 'a> {
        Stream(self)
    }

    /// Prints a line to standard output; `false` when nobody reads them any more.
    #[cfg(feature = "pcsc")]
    pub(super) fn line(&mut self, line: &str) -> bool {
        put(self.standard, format!("{}\n", legible(line))).is_ok()
    }

    /// Prints a verdict: the first line in the colour of the outcome (where a
    /// terminal shows it).
    pub(super) fn verdict(&mut self, lines: &[String], exit: Exit) {
        let style = colour(exit);
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            let line = &*legible(line);
            if at == 0 {
                text.push_str(&format!("{style}{line}{style:#}\n"));
            } else {
                text.push_str(line);
                text.push('\n');
            }
        }
        self.exact(&text);
    }

    /// Prints the one JSON document.
    pub(super) fn document(&mut self, document: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(document)
            .map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?;
        text.push('\n');
        // Nothing in it could be a colour.
        self.bytes(text.as_bytes());
        Ok(())
    }

    /// Prints what is text by its nature.
    pub(super) fn plain(&mut self, command: &str, text: &str) -> Result<(), Failure> {
        if !self.json {
            self.text(text);
            return Ok(());
        }
        let exit_code = Exit::Healthy.code();
        let schema_version = "1.0";
        self.document(&TextDocument {
            schema_version,
            command,
            tool: tool(),
            exit_code,
            error: None,
            text,
        })
    }

    /// Tells something beside the answer: on standard error.
    pub(super) fn tell(&mut self, words: &Words) {
        let line = format!("{}\n", words.in_language(self.language));
        let _ = put(self.error, legible_lines(&line));
    }

    /// Reports a failure: as a document, or on standard error.
    pub(super) fn fail(&mut self, command: &str, failure: &Failure) -> Exit {
        if self.json {
            let document = FailedDocument {
                schema_version: "1.0",
                command,
                tool: tool(),
                outcome: failure.exit.name(),
                exit_code: failure.exit.code(),
                error: failure.document(),
            };
            if let Err(other) = self.document(&document) {
                return other.exit;
            }
        } else {
            self.warn(failure);
        }
        failure.exit
    }
}

fn colour(exit: Exit) -> Style {
    let colour = match exit {
        Exit::Healthy => AnsiColor::Green,
        Exit::Attention | Exit::NotSocialSecurity => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    colour.on_default().bold()
}

/// What comes from a card, a file or an argument orders no terminal about. The
/// ends of lines are the program's own.
fn legible_lines(text: &str) -> String {
    text.split('\n').map(legible).collect::<Vec<_>>().join("\n")
}

/// Whether nobody reads any more. Windows has a code for it that the standard
/// library does not know as such: ERROR_PIPE_NOT_CONNECTED.
fn is_left(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || cfg!(windows) && error.raw_os_error() == Some(233)
}

fn put(stream: &mut dyn Write, text: impl AsRef<[u8]>) -> io::Result<()> {
    stream.write_all(text.as_ref()).and_then(|()| stream.flush())
}
