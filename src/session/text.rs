//! `.apdu` text: recordings to keep and scripts to run. Any bytes give a document
//! or an error with its place; a document prints as the bytes that it was read
//! from.
//!
//! White space may stand before every line. On lines with `>`, `<` and `=` a
//! comment follows `;`, and a comment that begins with a time (`4.1 ms`) gives
//! the time of the exchange. A title, an event and a header value go on to the
//! end of their line.

use super::cursor::utf8;
use super::header::HeaderReader;
use super::limits::{MAX_DEPTH, MAX_LINE, MAX_LINES, MAX_SESSION};
use super::line::{FORMAT, header_lines, step_lines};
use super::script::Expectation;
use super::{Exchange, Header, ParseError, ParseErrorKind, Session, Step};

pub use super::line::{Content, Line};

/// A `.apdu` text, line by line, with nothing lost.
#[derive(Clone, PartialEq)]
pub struct Document {
    lines: Vec<Line>,
    header: Header,
}

impl Document {
    /// Reads a text: a recording or a script.
    ///
    /// # Errors
    ///
    /// Returns the first mistake with its place.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        if bytes.len() > MAX_SESSION {
            return Err(place(1, 1, ParseErrorKind::SessionSize));
        }
        let text = utf8(bytes)?;
        check_format(text)?;
        let mut header = HeaderReader::default();
        let mut order = Order::default();
        let mut lines = Vec::new();
        for (number, raw) in (1..).zip(text.split_inclusive('\n')) {
            if number > MAX_LINES {
                return Err(place(number, 1, ParseErrorKind::LineCount));
            }
            if raw.trim_end_matches(['\r', '\n']).len() > MAX_LINE {
                return Err(place(number, 1, ParseErrorKind::LineSize));
            }
            let line = Line::parse(number, raw, &mut header)?;
            order.check(number, &line)?;
            lines.push(line);
        }
        order.finish()?;
        Ok(Self { lines, header: header.header })
    }

    /// The text, byte for byte as it was read.
    #[must_use]
    pub fn print(&self) -> String {
        self.lines.iter().map(Line::raw).collect()
    }

    /// The lines, the first one (format and version) included.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// What the text says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The text as a recording.
    ///
    /// # Errors
    ///
    /// Returns the place of the first line that only a script can have: a pattern,
    /// a reference, a second `<` to the same command, a capture, a loop and so on.
    pub fn session(&self) -> Result<Session, ParseError> {
        let mut steps = Vec::new();
        for (number, line) in (1..).zip(&self.lines) {
            add_to_recording(&mut steps, line.content())
                .ok_or_else(|| place(number, line.column(), ParseErrorKind::Script))?;
        }
        Ok(Session { header: self.header.clone(), steps })
    }
}

impl From<&Session> for Document {
    /// The recording as this program writes it. Only `id` is not kept, and of the
    /// texts what cannot stand on a line.
    fn from(session: &Session) -> Self {
        let mut lines = header_lines(&session.header);
        lines.extend(session.steps.iter().flat_map(step_lines));
        Self { lines, header: Header { id: None, ..session.header.clone() } }
    }
}

/// The beginning of a recording: format and version, the header keys, a blank line.
#[must_use]
pub fn header_text(header: &Header) -> String {
    header_lines(header).iter().map(Line::raw).collect()
}

/// One step of a recording, ending with a line break. Appended to
/// [`header_text`], it gives a text that is valid after every step, as long as
/// the command is not empty and keeps within the [limits](super::limits).
#[must_use]
pub fn step_text(step: &Step) -> String {
    step_lines(step).iter().map(Line::raw).collect()
}

fn place(line: usize, column: usize, kind: ParseErrorKind) -> ParseError {
    ParseError { line, column, kind }
}

/// The first line names the format, so that no other file is taken for one.
fn check_format(text: &str) -> Result<(), ParseError> {
    let first = text.lines().next().unwrap_or_default();
    let words: Vec<_> = first.trim_start_matches('\u{FEFF}').split_whitespace().take(4).collect();
    match words.as_slice() {
        ["#", "sscard-apdu", "1"] => Ok(()),
        ["#", "sscard-apdu", _] => Err(place(1, FORMAT.len(), ParseErrorKind::Version)),
        _ => Err(place(1, 1, ParseErrorKind::Format)),
    }
}

/// What may follow what.
#[derive(Default)]
struct Order {
    /// Whether the header is over.
    started: bool,
    /// Whether the last step is a command, so that a response can follow.
    exchange: bool,
    /// Line and column of each `repeat` that is still open.
    loops: Vec<(usize, usize)>,
}

impl Order {
    fn check(&mut self, number: usize, line: &Line) -> Result<(), ParseError> {
        let error = |kind| Err(place(number, line.column(), kind));
        match line.content() {
            Content::Blank | Content::Comment => return Ok(()),
            Content::Header(_) if self.started => return error(ParseErrorKind::LateHeader),
            Content::Header(_) => return Ok(()),
            Content::Response { .. } | Content::Capture(_) if self.exchange => return Ok(()),
            Content::Response { .. } | Content::Capture(_) => {
                return error(ParseErrorKind::NoExchange);
            }
            Content::Repeat(_) if self.loops.len() == MAX_DEPTH => {
                return error(ParseErrorKind::Depth);
            }
            Content::Repeat(_) => self.loops.push((number, line.column())),
            Content::End if self.loops.pop().is_none() => return error(ParseErrorKind::EndAlone),
            Content::End
            | Content::Command { .. }
            | Content::Title(_)
            | Content::Event(_)
            | Content::OnFail(_)
            | Content::Include(_) => {}
        }
        self.started = true;
        self.exchange = matches!(line.content(), Content::Command { .. });
        Ok(())
    }

    fn finish(&self) -> Result<(), ParseError> {
        match self.loops.last() {
            Some((line, column)) => Err(place(*line, *column, ParseErrorKind::RepeatAlone)),
            None => Ok(()),
        }
    }
}

/// Adds what a line of a recording says; `None` where only a script can say it.
fn add_to_recording(steps: &mut Vec<Step>, content: &Content) -> Option<()> {
    match content {
        Content::Blank | Content::Comment | Content::Header(_) => {}
        Content::Title(title) => steps.push(Step::Title(title.clone())),
        Content::Event(event) => steps.push(Step::Event(event.clone())),
        Content::Command { template, elapsed_ms } => {
            let command = template.bytes()?.to_vec();
            let exchange = Exchange { command, response: None, elapsed_ms: *elapsed_ms };
            steps.push(Step::Exchange(exchange));
        }
        Content::Response { expectation: Expectation::Exact(bytes), elapsed_ms } => {
            match steps.last_mut() {
                Some(Step::Exchange(exchange)) if exchange.response.is_none() => {
                    exchange.response = Some(bytes.clone());
                    exchange.elapsed_ms = elapsed_ms.or(exchange.elapsed_ms);
                }
                _ => return None,
            }
        }
        Content::Response { .. }
        | Content::Capture(_)
        | Content::Repeat(_)
        | Content::End
        | Content::OnFail(_)
        | Content::Include(_) => return None,
    }
    Some(())
}

impl std::fmt::Debug for Document {
    /// The number of lines: their text may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} lines)", self.lines.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Event, Interface, Reset, TransportMode};

    const RECORDING: &str = "# sscard-apdu 1\r\n\
        @title   第三代, contact\n\
        @transport raw\n\
        @interface contact\n\
        \n\
        - Select\n\
        > 00A404 00 02 3F00\n\
        # the answer\n\
        < 61 1e   ; 4.1 ms, slow\n\
        > 00 C0 00 00 1E ; 10000 ms\n\
        ! timeout\n\
        > 00840000 08\n\
        <\n\
        ! reset cold";

    fn refused(body: &str) -> (usize, usize, ParseErrorKind) {
        let text = format!("{FORMAT}\n{body}");
        let error = Document::parse(text.as_bytes()).and_then(|file| file.session()).unwrap_err();
        (error.line, error.column, error.kind)
    }

    #[test]
    fn reads_a_recording_and_loses_nothing() {
        let document = Document::parse(RECORDING.as_bytes()).unwrap();
        assert_eq!(document.print(), RECORDING);
        let session = document.session().unwrap();
        assert_eq!(session.header.title.as_deref(), Some("第三代, contact"));
        assert_eq!(session.header.interface, Some(Interface::Contact));
        assert_eq!(session.header.transport, TransportMode::Raw);
        let exchange = |command: &[u8], response: Option<&[u8]>, elapsed_ms| {
            let response = response.map(<[u8]>::to_vec);
            Step::Exchange(Exchange { command: command.to_vec(), response, elapsed_ms })
        };
        let expected = vec![
            Step::Title("Select".to_owned()),
            exchange(&[0, 0xA4, 4, 0, 2, 0x3F, 0], Some(&[0x61, 0x1E]), Some(4.1)),
            exchange(&[0, 0xC0, 0, 0, 0x1E], None, Some(10000.0)),
            Step::Event(Event::Timeout),
            exchange(&[0, 0x84, 0, 0, 8], Some(&[]), None),
            Step::Event(Event::Reset(Reset::Cold)),
        ];
        assert_eq!(session.steps, expected);
        assert_eq!(session.exchanges().map(|(number, _)| number).last(), Some(3));
    }

    #[test]
    fn writes_a_recording_step_by_step() {
        let mut session = Document::parse(RECORDING.as_bytes()).unwrap().session().unwrap();
        let mut text = header_text(&session.header);
        for step in &session.steps {
            text.push_str(&step_text(step));
            assert!(Document::parse(text.as_bytes()).is_ok());
        }
        let expected = "# sscard-apdu 1\n\
            @title     第三代, contact\n\
            @transport raw\n\
            @interface contact\n\
            \n\
            - Select\n\
            > 00 A4 04 00 02 3F 00\n\
            < 61 1E ; 4.1 ms\n\
            > 00 C0 00 00 1E ; 10000.0 ms\n\
            ! timeout\n\
            > 00 84 00 00 08\n\
            <\n\
            ! reset cold\n";
        assert_eq!(text, expected);
        session.header.id = Some("1".to_owned());
        assert_eq!(Document::from(&session).print(), expected);
    }

    #[test]
    fn a_text_cannot_begin_a_line_of_its_own() {
        let title = Step::Title("a\n> 00 20 00 00".to_owned());
        assert_eq!(step_text(&title), "- a > 00 20 00 00\n");
    }

    #[test]
    fn refuses_another_format_or_version() {
        let refused = |bytes: &[u8]| Document::parse(bytes).unwrap_err().to_string();
        let format = "line 1, column 1: a file of another format, expected `# sscard-apdu 1` \
            as its first line";
        assert_eq!(refused(b""), format);
        assert_eq!(refused(b"> 00 A4"), format);
        let version = "line 1, column 15: another version of the format, expected \
            `# sscard-apdu 1`";
        assert_eq!(refused(b"# sscard-apdu 2\n"), version);
        assert!(Document::parse("\u{FEFF}# sscard-apdu 1\r\n".as_bytes()).is_ok());
        let encoding = "line 2, column 3: bytes that are no text, expected UTF-8";
        assert_eq!(refused(b"# sscard-apdu 1\n- \xFF"), encoding);
    }

    #[test]
    fn refuses_what_is_out_of_order() {
        assert_eq!(refused("< 90 00"), (2, 1, ParseErrorKind::NoExchange));
        assert_eq!(refused("> 00\n- a\n < 90 00"), (4, 2, ParseErrorKind::NoExchange));
        assert_eq!(refused("- a\n@title b"), (3, 1, ParseErrorKind::LateHeader));
        assert_eq!(refused("@title a\n@title b"), (3, 2, ParseErrorKind::Repeated));
        assert_eq!(refused("repeat 2\nend\nend"), (4, 1, ParseErrorKind::EndAlone));
        assert_eq!(refused("repeat 2\n repeat 2\nend"), (2, 1, ParseErrorKind::RepeatAlone));
        let deep = "repeat 2\nrepeat 2\nrepeat 2";
        assert_eq!(refused(deep), (4, 1, ParseErrorKind::Depth));
    }

    #[test]
    fn a_script_is_no_recording() {
        for line in ["< ??", "< sw 9000", "< 9000\n< 9000", "= a from all", "> ${i}"] {
            let (_, column, kind) = refused(&format!("> 00 84 00 00\n{line}"));
            assert_eq!((column, kind), (1, ParseErrorKind::Script), "{line}");
        }
        assert_eq!(refused("repeat 2\nend"), (2, 1, ParseErrorKind::Script));
        assert_eq!(refused("on-fail stop"), (2, 1, ParseErrorKind::Script));
        assert_eq!(refused("include a.apdu"), (2, 1, ParseErrorKind::Script));
    }
}
