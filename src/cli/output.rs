//! What goes to standard output and to standard error.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::failure::Failure;
use crate::report::{Exit, Language, Words, tool};

/// The two streams of a run. With `--json` standard output is exactly one JSON
/// document.
pub struct Output<'a> {
    standard: &'a mut dyn Write,
    error: &'a mut dyn Write,
    language: Language,
    json: bool,
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
        Self { standard, error, language: super::arguments::language_of_locale(), json: false }
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

    /// Prints text to standard output. A reader that has gone away is no error.
    pub(super) fn text(&mut self, text: &str) {
        let _ = put(self.standard, text);
    }

    /// Prints a line to standard output; `false` when nobody reads them any more.
    #[cfg(feature = "pcsc")]
    pub(super) fn line(&mut self, line: &str) -> bool {
        put(self.standard, &format!("{line}\n")).is_ok()
    }

    /// Prints a verdict: the first line in the colour of the outcome (where a
    /// terminal shows it).
    pub(super) fn verdict(&mut self, lines: &[String], exit: Exit) {
        let style = colour(exit);
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                text.push_str(&format!("{style}{line}{style:#}\n"));
            } else {
                text.push_str(line);
                text.push('\n');
            }
        }
        self.text(&text);
    }

    /// Prints the one JSON document.
    pub(super) fn document(&mut self, document: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(document)
            .map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?;
        text.push('\n');
        self.text(&text);
        Ok(())
    }

    /// Tells something beside the answer: on standard error.
    pub(super) fn tell(&mut self, words: &Words) {
        let line = format!("{}\n", words.in_language(self.language));
        let _ = put(self.error, &line);
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
            let text = failure.text(self.language);
            let _ = put(self.error, &text);
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

fn put(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush())
}
