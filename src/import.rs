//! Logs of other programs, as recordings: pcscd, pcsc-spy, OpenSC, scriptor,
//! pyscard and apdu4j, plain hex. Each has its grammar; what no grammar knows is
//! counted and shown, never dropped in silence.

mod dump;
mod lines;
mod spy;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use crate::session::limits::{MAX_ATR, MAX_COMMAND, MAX_RESPONSE};
use crate::session::{Exchange, Header, Session, Step};

/// A log as far as it is understood.
#[derive(Clone)]
pub struct Imported {
    /// The program that wrote it.
    pub format: Format,
    /// What it holds of a conversation.
    pub session: Session,
    /// Lines that tell nothing of a conversation, by their number from 1: what is
    /// left of each after bytes are taken out.
    pub unknown: Vec<(usize, String)>,
    /// Numbers of the lines of exchanges that are not whole: commands without an
    /// answer, answers without a command, lines that are cut, and what cannot be told
    /// apart because several conversations are mixed.
    pub incomplete: Vec<usize>,
}

impl std::fmt::Debug for Imported {
    /// Without the lines: they may hold what a card said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (unknown, incomplete) = (self.unknown.len(), &self.incomplete);
        write!(f, "Imported({:?}, {unknown} unknown, {incomplete:?})", self.format)
    }
}

/// The programs whose logs are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `pcscd --apdu`, with `--debug` or without, coloured or not.
    Pcscd,
    /// pcsc-spy's pipe.
    SpyRaw,
    /// pcsc-spy as it prints.
    Spy,
    /// `opensc-tool -s`.
    OpenscTool,
    /// OpenSC with debug 9.
    OpenscDebug,
    /// scriptor, pyscard's observer: `>` and `<`.
    Arrows,
    /// apdu4j: `A>>` and `A<<`.
    Apdu4j,
    /// Hex alone, a command and an answer in turns.
    Plain,
}

impl Format {
    /// The name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcscd => "pcscd",
            Self::SpyRaw => "pcsc-spy-raw",
            Self::Spy => "pcsc-spy",
            Self::OpenscTool => "opensc-tool",
            Self::OpenscDebug => "opensc-debug",
            Self::Arrows => "arrows",
            Self::Apdu4j => "apdu4j",
            Self::Plain => "plain",
        }
    }
}

/// The text of a log: UTF-8, or what its first bytes say that it is. PowerShell writes
/// UTF-16; what is no character is replaced.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0
}

/// Reads a log, whichever of the known programs wrote it; `None` where nothing in
/// it is a command or an answer. A last line without an end may be cut: it is
/// incomplete.
#[must_use]
pub fn import(log: &str) -> Option<Imported> {
    let log = without_colours(log);
    let format = format_of(&log)?;
    let (log, cut) = log.split_at(log.rfind('\n').map_or(0, |at| at.saturating_add(1)));
    let mut draft = Draft { is_cut: !cut.trim().is_empty(), ..Draft::default() };
    if draft.is_cut {
        draft.incomplete.push(log.lines().count().saturating_add(1));
    }
    match format {
        Format::SpyRaw => spy::raw(log, &mut draft),
        Format::Spy => spy::printed(log, &mut draft),
        Format::OpenscTool => dump::tool(log, &mut draft),
        Format::OpenscDebug => dump::debug(log, &mut draft),
        Format::Pcscd => lines::pcscd(log, &mut draft),
        Format::Arrows => lines::arrows(log, &mut draft),
        Format::Apdu4j => lines::apdu4j(log, &mut draft),
        Format::Plain => lines::plain(log, &mut draft),
    }
    let imported = draft.finish(format);
    let is_empty = imported.session.steps.is_empty() && imported.incomplete.is_empty();
    (!is_empty).then_some(imported)
}

/// By the words that only one program writes.
fn format_of(log: &str) -> Option<Format> {
    let has = |needle: &str| log.contains(needle);
    let line = |starts: &str| log.lines().any(|line| line.trim_start().starts_with(starts));
    let found = [
        (has("@>|"), Format::SpyRaw),
        (line("i bSendBuffer"), Format::Spy),
        (has("Outgoing APDU ("), Format::OpenscDebug),
        (has("Received (SW1="), Format::OpenscTool),
        (log.lines().any(lines::is_pcscd), Format::Pcscd),
        (has("A>>"), Format::Apdu4j),
        (line("> "), Format::Arrows),
        (log.lines().any(|line| lines::plain_line(line).is_some()), Format::Plain),
    ];
    found.into_iter().find_map(|(fits, format)| fits.then_some(format))
}

/// Without the sequences that colour a terminal.
fn without_colours(log: &str) -> String {
    let mut parts = log.split("\u{1B}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
    }
    plain
}

/// A recording that is being put together.
#[derive(Default)]
struct Draft {
    /// Whether the log ends within a line.
    is_cut: bool,
    /// Exchanges, and the line of each answer.
    steps: Vec<(usize, Step)>,
    /// So many exchanges there were when a command came before the answer to another.
    overtaken: Option<usize>,
    atr: Option<Vec<u8>>,
    pending: Option<(usize, Vec<u8>)>,
    unknown: Vec<(usize, String)>,
    incomplete: Vec<usize>,
}

impl Draft {
    fn atr(&mut self, atr: Vec<u8>) {
        if (1..=MAX_ATR).contains(&atr.len()) {
            self.atr.get_or_insert(atr);
        }
    }

    fn command(&mut self, line: usize, command: Vec<u8>) {
        if self.pending.is_some() {
            self.give_up();
            self.overtaken = Some(self.steps.len());
        }
        if (4..=MAX_COMMAND).contains(&command.len()) {
            self.pending = Some((line, command));
        } else {
            self.incomplete.push(line);
        }
    }

    /// A command or an answer that is damaged: what waits for it stays without.
    fn broken(&mut self, line: usize) {
        self.give_up();
        self.incomplete.push(line);
    }

    /// The last exchange was taken for whole too early.
    fn retract(&mut self) {
        self.incomplete.extend(self.steps.pop().map(|(line, _)| line));
    }

    /// An answer to the command that waits; `ms` where the log has a time.
    fn answer(&mut self, line: usize, answer: Vec<u8>, ms: Option<f64>) {
        match self.pending.take() {
            Some((_, command)) if (2..=MAX_RESPONSE).contains(&answer.len()) => {
                let response = Some(answer);
                let elapsed_ms = ms.filter(|ms| ms.is_finite() && ms.is_sign_positive());
                let exchange = Exchange { command, response, elapsed_ms };
                self.steps.push((line, Step::Exchange(exchange)));
            }
            Some((at, _)) => self.incomplete.push(at),
            None => {
                self.incomplete.push(line);
                // Two conversations at once: which answer since then belongs to which
                // command is not known.
                let sure = self.overtaken.take().unwrap_or(self.steps.len());
                while self.steps.len() > sure {
                    self.retract();
                }
            }
        }
    }

    fn unknown(&mut self, line: usize, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.unknown.push((line, text.to_owned()));
        }
    }

    /// A command that no answer followed.
    fn give_up(&mut self) {
        self.incomplete.extend(self.pending.take().map(|(line, _)| line));
    }

    fn finish(mut self, format: Format) -> Imported {
        self.give_up();
        let header = Header { atr: self.atr, ..Header::default() };
        let steps = self.steps.into_iter().map(|(_, step)| step).collect();
        let session = Session { header, steps };
        self.incomplete.sort_unstable();
        self.incomplete.dedup();
        Imported { format, session, unknown: self.unknown, incomplete: self.incomplete }
    }
}
