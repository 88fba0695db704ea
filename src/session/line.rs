//! One line of a `.apdu` text: what it looks like and what it says.

use super::cursor::{Cursor, hex_text};
use super::grammar::{capture, expectation, milliseconds, template};
use super::header::{HeaderReader, one_line, values};
use super::limits::MAX_ROUNDS;
use super::script::{Capture, Expectation, OnFail, Template};
use super::{Event, Exchange, Header, HeaderKey, ParseError, ParseErrorKind, Step};

/// The first line of every text: format and version.
pub(super) const FORMAT: &str = "# sscard-apdu 1";

/// What a line says.
#[derive(Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    Blank,
    /// `# …`.
    Comment,
    /// `@key value`; the value is in the [`Header`] of the text.
    Header(HeaderKey),
    /// `- text`.
    Title(String),
    /// `> …`.
    Command {
        /// What is sent.
        template: Template,
        /// How long nothing came back, in milliseconds.
        elapsed_ms: Option<f64>,
    },
    /// `< …`.
    Response {
        /// What came back, or what has to.
        expectation: Expectation,
        /// Time from sending to the answer, in milliseconds.
        elapsed_ms: Option<f64>,
    },
    /// `= name from …`.
    Capture(Capture),
    /// `! …`.
    Event(Event),
    /// `repeat N`: how many times the lines up to `end` are run.
    Repeat(u8),
    /// `end` of the innermost loop.
    End,
    /// `on-fail …`, from here on.
    OnFail(OnFail),
    /// `include FILE`: a relative path with `/`, never with `..`.
    Include(String),
}

/// A line as it stands in its text, and what it says.
#[derive(Clone, PartialEq)]
pub struct Line {
    raw: String,
    column: usize,
    content: Content,
}

impl Line {
    /// The line with its end, as it was read.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The character where its first word begins, counted from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Reads a line, end included, whose number counts from 1.
    pub(super) fn parse(
        number: usize,
        raw: &str,
        header: &mut HeaderReader,
    ) -> Result<Self, ParseError> {
        let text = raw.strip_suffix('\n').unwrap_or(raw);
        let text = text.strip_suffix('\r').unwrap_or(text);
        // The byte order mark that some editors write is no part of the line.
        let text = text.strip_prefix('\u{FEFF}').filter(|_| number == 1).unwrap_or(text);
        let mut cursor = Cursor::new(number, text);
        cursor.skip_spaces();
        let column = cursor.error(ParseErrorKind::LineStart).column;
        let content = content(number, text, cursor, header)?;
        Ok(Self { raw: raw.to_owned(), column, content })
    }

    /// A line of a recording, as this program writes it.
    fn written(text: &str, content: Content) -> Self {
        Self { raw: format!("{text}\n"), column: 1, content }
    }
}

fn content(
    number: usize,
    text: &str,
    mut cursor: Cursor,
    header: &mut HeaderReader,
) -> Result<Content, ParseError> {
    let content = match cursor.peek() {
        None => return Ok(Content::Blank),
        Some(b'#') => return Ok(Content::Comment),
        Some(b'-') => {
            cursor.eat("-");
            return Ok(Content::Title(cursor.rest().trim().to_owned()));
        }
        Some(b'!') => {
            cursor.eat("!");
            cursor.skip_spaces();
            let event = Event::from_text(cursor.rest());
            return event.map(Content::Event).ok_or_else(|| cursor.error(ParseErrorKind::Event));
        }
        Some(b'@') => return header_line(&mut cursor, header),
        Some(b'>' | b'<' | b'=') => return exchange_line(number, text),
        Some(_) => {
            let start = cursor.place();
            match cursor.word() {
                "repeat" => Content::Repeat(rounds(&mut cursor)?),
                "end" => Content::End,
                "on-fail" => on_fail(&mut cursor)?,
                "include" => return include(&mut cursor),
                _ => return Err(cursor.error_at(start, ParseErrorKind::LineStart)),
            }
        }
    };
    cursor.finish()?;
    Ok(content)
}

fn header_line(cursor: &mut Cursor, header: &mut HeaderReader) -> Result<Content, ParseError> {
    cursor.eat("@");
    let start = cursor.place();
    let name = cursor.take_while(|c| !c.is_whitespace());
    let key = HeaderKey::from_name(name)
        .ok_or_else(|| cursor.error_at(start, ParseErrorKind::HeaderKey))?;
    header.meet(key).map_err(|kind| cursor.error_at(start, kind))?;
    header.set(key, cursor)?;
    Ok(Content::Header(key))
}

/// A line whose statement ends at `;`; behind it stand a time and a comment.
fn exchange_line(number: usize, text: &str) -> Result<Content, ParseError> {
    let (statement, comment) = text.split_once(';').unwrap_or((text, ""));
    let elapsed_ms = milliseconds(&mut Cursor::new(number, comment)).ok();
    let mut cursor = Cursor::new(number, statement);
    cursor.skip_spaces();
    let content = if cursor.eat(">") {
        Content::Command { template: template(&mut cursor)?, elapsed_ms }
    } else if cursor.eat("<") {
        Content::Response { expectation: expectation(&mut cursor)?, elapsed_ms }
    } else {
        cursor.eat("=");
        Content::Capture(capture(&mut cursor)?)
    };
    cursor.finish()?;
    Ok(content)
}

fn rounds(cursor: &mut Cursor) -> Result<u8, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    let rounds = cursor.number(MAX_ROUNDS, ParseErrorKind::Rounds)?;
    let rounds = u8::try_from(rounds).ok().filter(|rounds| *rounds > 0);
    rounds.ok_or_else(|| cursor.error_at(start, ParseErrorKind::Rounds))
}

fn on_fail(cursor: &mut Cursor) -> Result<Content, ParseError> {
    cursor.skip_spaces();
    let start = cursor.place();
    match cursor.word() {
        "stop" => Ok(Content::OnFail(OnFail::Stop)),
        "continue" => Ok(Content::OnFail(OnFail::Continue)),
        _ => Err(cursor.error_at(start, ParseErrorKind::OnFail)),
    }
}

/// A script may come from anyone, so it must not reach outside its own folder. A
/// colon could begin a drive or a stream on Windows, a backslash another folder.
fn include(cursor: &mut Cursor) -> Result<Content, ParseError> {
    cursor.skip_spaces();
    let file = cursor.rest().trim_end();
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let refused = |c: char| c == '\\' || c == ':' || c.is_control();
    if file.split('/').all(plain) && !file.contains(refused) {
        Ok(Content::Include(file.to_owned()))
    } else {
        Err(cursor.error(ParseErrorKind::Include))
    }
}

/// The lines of a header, from the format to a blank line.
pub(super) fn header_lines(header: &Header) -> Vec<Line> {
    let mut lines = vec![Line::written(FORMAT, Content::Comment)];
    for key in HeaderKey::ALL {
        for value in values(header, key) {
            let text = format!("@{:<9} {value}", key.name());
            lines.push(Line::written(text.trim_end(), Content::Header(key)));
        }
    }
    lines.push(Line::written("", Content::Blank));
    lines
}

/// The lines of a step.
pub(super) fn step_lines(step: &Step) -> Vec<Line> {
    match step {
        Step::Exchange(exchange) => exchange_lines(exchange),
        Step::Event(event) => {
            let text = one_line(&event.to_string());
            let event = match event {
                Event::Error(name) => Event::Error(one_line(name)),
                _ => event.clone(),
            };
            vec![Line::written(&format!("! {text}"), Content::Event(event))]
        }
        Step::Title(title) => {
            let title = one_line(title);
            vec![Line::written(format!("- {title}").trim_end(), Content::Title(title))]
        }
    }
}

fn exchange_lines(exchange: &Exchange) -> Vec<Line> {
    let elapsed_ms = exchange.elapsed_ms.filter(|ms| is_time(*ms));
    let line = |start: &str, bytes: &[u8], elapsed_ms: Option<f64>| {
        // The shortest form that reads back as the same number, with a decimal
        // point so that it looks measured.
        let time = elapsed_ms.map(|ms| match ms.to_string() {
            text if text.contains('.') => format!(" ; {text} ms"),
            text => format!(" ; {text}.0 ms"),
        });
        let text = format!("{start} {}{}", hex_text(bytes, " "), time.unwrap_or_default());
        text.trim_end().to_owned()
    };
    let command = |elapsed_ms| {
        let text = line(">", &exchange.command, elapsed_ms);
        let template = Template::of(&exchange.command);
        Line::written(&text, Content::Command { template, elapsed_ms })
    };
    let Some(response) = &exchange.response else { return vec![command(elapsed_ms)] };
    let text = line("<", response, elapsed_ms);
    let expectation = Expectation::Exact(response.clone());
    vec![command(None), Line::written(&text, Content::Response { expectation, elapsed_ms })]
}

/// Whether a number can be a time: what a clock may give, nothing else.
pub(super) fn is_time(ms: f64) -> bool {
    ms.is_finite() && ms.is_sign_positive()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Content, (usize, ParseErrorKind)> {
        let line = Line::parse(1, text, &mut HeaderReader::default());
        line.map(|line| line.content).map_err(|error| (error.column, error.kind))
    }

    fn refused(text: &str) -> (usize, ParseErrorKind) {
        read(text).err().unwrap()
    }

    #[test]
    fn reads_every_kind_of_line() {
        assert!(read("  \r\n") == Ok(Content::Blank));
        assert!(read("# anything") == Ok(Content::Comment));
        assert!(read("@interface contact\n") == Ok(Content::Header(HeaderKey::Interface)));
        assert!(read("- Read ; all\r\n") == Ok(Content::Title("Read ; all".to_owned())));
        assert!(
            read("! reset  warm") == Ok(Content::Event(Event::Reset(super::super::Reset::Warm)))
        );
        assert!(
            read("! error no power") == Ok(Content::Event(Event::Error("no power".to_owned())))
        );
        assert!(read("\trepeat 7\n") == Ok(Content::Repeat(7)));
        assert!(read("end") == Ok(Content::End));
        assert!(read("on-fail continue") == Ok(Content::OnFail(OnFail::Continue)));
        assert!(read("include a/b c.apdu") == Ok(Content::Include("a/b c.apdu".to_owned())));
    }

    #[test]
    fn a_time_stands_behind_a_semicolon() {
        let time = |text| match read(text) {
            Ok(Content::Command { elapsed_ms, .. } | Content::Response { elapsed_ms, .. }) => {
                elapsed_ms
            }
            _ => panic!("{text}"),
        };
        assert_eq!(time("< 90 00 ; 4.1 ms"), Some(4.1));
        assert_eq!(time("< 9000;12ms, first try"), Some(12.0));
        assert_eq!(time("> 00840000 ; 10000 ms"), Some(10000.0));
        assert_eq!(time("< 90 00 ; 12 mss"), None);
        assert_eq!(time("< 90 00 ; after 3 ms"), None);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(refused("00 A4"), (1, ParseErrorKind::LineStart));
        assert_eq!(refused("  ends"), (3, ParseErrorKind::LineStart));
        assert_eq!(refused("@colour red"), (2, ParseErrorKind::HeaderKey));
        assert_eq!(refused("! vanished"), (3, ParseErrorKind::Event));
        assert_eq!(refused("repeat 256"), (8, ParseErrorKind::Rounds));
        assert_eq!(refused("repeat 0"), (8, ParseErrorKind::Rounds));
        assert_eq!(refused("end 2"), (5, ParseErrorKind::Trailing));
        assert_eq!(refused("on-fail retry"), (9, ParseErrorKind::OnFail));
        for file in ["", "/etc/x", "../x", "a/../x", "a//x", "C:x", "a\\x"] {
            let text = format!("include {file}");
            assert_eq!(refused(&text).1, ParseErrorKind::Include, "{file}");
        }
    }
}
