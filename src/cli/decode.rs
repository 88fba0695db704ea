//! `sscard decode`: explains bytes. Everything is read before anything is
//! printed.

use std::path::Path;

use serde::Serialize;

use super::arguments::{Common, Decode, What};
use super::card::read_file;
use super::failure::Failure;
use super::output::Output;
use crate::apdu::StatusWord;
use crate::report::decode::{self, Direction, Explained, Hex, Mistake};
use crate::report::{Exit, Language, Words};
use crate::session::limits::MAX_EXPLAINED;

#[derive(Serialize)]
struct DecodeDocument<B> {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<()>,
    #[serde(flatten)]
    body: B,
}

/// One value that stands on the command line is the document; several, and
/// standard input however long it is, are a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Body<T> {
    Atrs { atrs: Vec<T> },
    Several { values: Vec<T> },
    One(T),
}

/// A value as it was given.
struct Given {
    number: usize,
    /// The line of standard input.
    line: Option<usize>,
    direction: Direction,
    hex: Hex,
}

pub(super) fn run(
    arguments: &Decode,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let reveal = common.reveal();
    let language = output.language();
    let given = given(arguments, language)?;
    let explain = Explain { arguments, given: &given, language };
    match arguments.what {
        What::Atr => explain.all(output, |bytes, _| Ok(decode::atr(bytes, reveal))),
        What::Tlv => explain.all(output, |bytes, _| Ok(decode::tlv(bytes, reveal))),
        What::Aid => explain.all(output, |bytes, _| decode::aid(bytes)),
        What::Sw => explain.all(output, |bytes, _| status_word(bytes)),
        What::Apdu => {
            explain.all(output, |bytes, direction| decode::apdu(bytes, direction, reveal))
        }
    }
}

fn status_word(bytes: &[u8]) -> Result<decode::StatusWordDocument, (usize, Words)> {
    match bytes {
        [sw1, sw2] => Ok(decode::status_word(StatusWord(u16::from_be_bytes([*sw1, *sw2])))),
        _ => Err(decode::not_two_bytes(bytes.len())),
    }
}

/// What to explain.
struct Explain<'a> {
    arguments: &'a Decode,
    given: &'a [Given],
    language: Language,
}

impl Explain<'_> {
    fn all<T: Explained>(
        &self,
        output: &mut Output<'_>,
        explain: impl Fn(&[u8], Direction) -> Result<T, (usize, Words)>,
    ) -> Result<Exit, Failure> {
        let values = self.given.iter().map(|given| {
            explain(&given.hex.bytes, given.direction).map_err(|(offset, expected)| {
                let mistake = given.hex.mistake(offset, expected);
                failure(given.number, given.line, &mistake, self.language)
            })
        });
        let mut values = values.collect::<Result<Vec<T>, Failure>>()?;
        if !output.is_json() {
            let blocks: Vec<String> =
                values.iter().map(|value| value.lines(self.language).join("\n") + "\n").collect();
            output.text(&blocks.join("\n"));
            return Ok(Exit::Healthy);
        }
        let alone = matches!(&self.arguments.hex[..], [only] if only != "-");
        let body = match (self.arguments.what, values.pop_if(|_| alone)) {
            (What::Atr, last) => Body::Atrs { atrs: values.into_iter().chain(last).collect() },
            (_, Some(value)) => Body::One(value),
            (_, None) => Body::Several { values },
        };
        output.document(&DecodeDocument {
            schema_version: "1.0",
            command: "decode",
            exit_code: Exit::Healthy.code(),
            error: None,
            body,
        })?;
        Ok(Exit::Healthy)
    }
}

/// Every value of the command line, `-` replaced by the lines of standard input.
fn given(arguments: &Decode, language: Language) -> Result<Vec<Given>, Failure> {
    let mut given = Vec::new();
    for argument in &arguments.hex {
        if argument != "-" {
            let text = argument.to_string_lossy();
            given.push(value(&text, arguments.what, next(&given), None, language)?);
            continue;
        }
        let bytes = read_file(Path::new("-"), MAX_EXPLAINED)?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{FEFF}');
        for (line, number) in text.lines().zip(1..) {
            if !is_skipped(line, arguments.what) {
                let number = Some(number);
                given.push(value(line, arguments.what, next(&given), number, language)?);
            }
        }
    }
    Ok(given)
}

fn next(given: &[Given]) -> usize {
    given.len().saturating_add(1)
}

/// Blank lines and comments; of recordings also what is no APDU.
fn is_skipped(line: &str, what: What) -> bool {
    match line.trim_start().chars().next() {
        None | Some('#') => true,
        Some('@' | '-' | '!') => what == What::Apdu,
        Some(_) => false,
    }
}

fn value(
    text: &str,
    what: What,
    number: usize,
    line: Option<usize>,
    language: Language,
) -> Result<Given, Failure> {
    let (direction, hex, before) = match what {
        What::Apdu => of_a_recording(text),
        _ => (Direction::Command, text, 0_usize),
    };
    let hex = decode::hex(hex, before.saturating_add(1));
    let hex = hex.map_err(|mistake| failure(number, line, &mistake, language))?;
    Ok(Given { number, line, direction, hex })
}

/// A line of a recording: its direction, its bytes without time and comment, and
/// how many characters stand before them.
fn of_a_recording(text: &str) -> (Direction, &str, usize) {
    let text_before_comment = text.split(';').next().unwrap_or_default();
    let trimmed = text_before_comment.trim_start();
    let blanks = text_before_comment.chars().count().saturating_sub(trimmed.chars().count());
    let (direction, hex) = match (trimmed.strip_prefix('>'), trimmed.strip_prefix('<')) {
        (Some(hex), _) => (Direction::Command, hex),
        (_, Some(hex)) => (Direction::Response, hex),
        (None, None) => return (Direction::Command, trimmed, blanks),
    };
    (direction, hex, blanks.saturating_add(1))
}

/// A value that does not parse: which, where, and what was expected.
fn failure(number: usize, line: Option<usize>, mistake: &Mistake, language: Language) -> Failure {
    let place = decode::place(number, line, mistake);
    Failure::with_detail(Exit::BadInput, place.in_language(language))
}
