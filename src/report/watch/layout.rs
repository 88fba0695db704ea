//! Panels on a screen of so many columns and lines.

use super::{Seat, Told, View};
use crate::profile::Text;
use crate::report::{Exit, Language, columns, transport};
use crate::transport::TransportError;

/// How a piece of text looks where a terminal shows it. A word stands beside every
/// colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// As it is.
    Plain,
    /// A name.
    Strong,
    /// On green: all is well.
    Good,
    /// On yellow: somebody should look.
    Attention,
    /// On red: faulty, or unreadable.
    Bad,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// How it looks.
    pub paint: Paint,
}

/// The narrowest panel that still shows a verdict.
const PANEL: usize = 38;
/// Lines that a panel needs to show a verdict whole, with a line of advice.
const VERDICT: usize = 8;
/// Lines of a panel that shows which reader, which card, how it is, and what to do.
const LEAST: usize = 5;
/// Lines of a panel that shows which reader, which card and how it is.
const BARE: usize = 3;
/// Cards of before: so many where there is room, so few where there is not.
const PAST: std::ops::RangeInclusive<usize> = 2..=10;
/// Columns of a reader's name among the cards of before.
const NAME: usize = 24;

fn say(text: Text, language: Language) -> &'static str {
    text.in_language(language)
}

/// The screen, line by line; never more than `lines` of at most `width` columns. Where
/// it is small, the cards of before go first, then title and keys, then what to do.
#[must_use]
pub fn render(view: &View<'_>, width: usize, lines: usize, language: Language) -> Vec<Vec<Span>> {
    let across = (width / PANEL).clamp(1, view.seats.len().max(1));
    let down = view.seats.len().div_ceil(across).max(1);
    let framed = lines >= down.saturating_mul(BARE).saturating_add(2);
    // Title and keys.
    let inner = if framed { lines.saturating_sub(2) } else { lines };
    let left = |each| inner.saturating_sub(down.saturating_mul(each)).saturating_sub(1);
    let past = match left(LEAST) {
        room if framed && room >= *PAST.start() => left(VERDICT).clamp(*PAST.start(), *PAST.end()),
        _ => 0,
    };
    let head = usize::from(past > 0);
    let room = inner.saturating_sub(past).saturating_sub(head);
    let mut screen = Vec::new();
    if framed {
        let title = Text { zh: "社会保障卡", en: "Social security cards" };
        screen.push(vec![span(say(title, language), width, Paint::Strong)]);
    }
    let mut readers = panels(view, width, room, across, language);
    readers.resize(room, Vec::new());
    screen.extend(readers);
    if past > 0 {
        let before = Text { zh: "最近的卡", en: "Cards before" };
        screen.push(vec![span(&rule(say(before, language), width), width, Paint::Plain)]);
        let mut list = before_lines(&view.past, past, language);
        list.resize(past, String::new());
        screen.extend(list.iter().map(|line| vec![span(line, width, Paint::Plain)]));
    }
    if framed {
        let keys = Text { zh: "q 退出   l English", en: "q quit   l 中文" };
        screen.push(vec![span(say(keys, language), width, Paint::Plain)]);
    }
    screen.truncate(lines);
    screen
}

/// The cards of before, in columns: when, how, whose, where, which. What is cut off on
/// a narrow screen is what says least.
fn before_lines(past: &[&Told], most: usize, language: Language) -> Vec<String> {
    let rows = past.iter().take(most).map(|told| {
        let (how, what) = told.verdict(language);
        [
            how.to_owned(),
            told.whose.clone(),
            columns::reader_name(&told.row.reader, NAME),
            what.into(),
        ]
    });
    let rows: Vec<[String; 4]> = rows.collect();
    let widest = |at: usize| {
        rows.iter()
            .filter_map(|row| row.get(at))
            .map(|cell| columns::width(cell))
            .max()
            .unwrap_or(0)
    };
    let cell = |at: usize, text: &String| match (at, widest(at)) {
        (_, 0) => String::new(),
        (3, _) => text.clone(),
        (_, widest) => columns::pad(text, widest.saturating_add(2)),
    };
    let line = |(told, row): (&&Told, &[String; 4])| {
        let cells: String = row.iter().enumerate().map(|(at, text)| cell(at, text)).collect();
        format!("{}  {cells}", told.time).trim_end().to_owned()
    };
    past.iter().zip(&rows).map(line).collect()
}

/// A title in a line across the screen.
fn rule(title: &str, width: usize) -> String {
    let rest = width.saturating_sub(columns::width(title)).saturating_sub(4);
    format!("-- {title} {}", "-".repeat(rest))
}

/// The readers side by side, as many rows of them as there is room for.
fn panels(
    view: &View<'_>,
    width: usize,
    room: usize,
    across: usize,
    language: Language,
) -> Vec<Vec<Span>> {
    if view.seats.is_empty() {
        let (message, advice) = view.trouble;
        let mut lines = vec![vec![span(say(message, language), width, Paint::Attention)]];
        lines.extend(plain(say(advice, language), width));
        lines.truncate(room);
        return lines;
    }
    let down = view.seats.len().div_ceil(across);
    let height = room.checked_div(down).unwrap_or(room).max(1);
    let each = width.checked_div(across).unwrap_or(width);
    let mut lines = Vec::new();
    for row in view.seats.chunks(across) {
        let panels: Vec<_> =
            row.iter().map(|(name, seat)| panel(name, *seat, each, height, language)).collect();
        for at in 0..height {
            let line = panels.iter().map(|panel| panel.get(at).cloned());
            lines.push(line.map(|cell| cell.unwrap_or_else(|| blank(each))).collect());
        }
    }
    lines.truncate(room);
    lines
}

/// One reader: its name, how it is, what to do.
fn panel(name: &str, seat: Seat<'_>, width: usize, height: usize, language: Language) -> Vec<Span> {
    let name = columns::reader_name(name, width.saturating_sub(1));
    let mut lines = vec![span(&name, width, Paint::Strong)];
    match seat {
        Seat::Empty => {
            let wait = Text { zh: "请插卡或放卡", en: "Insert a card, or put one on" };
            lines.push(span(say(wait, language), width, Paint::Plain));
        }
        Seat::Away => {
            let away = Text { zh: "读卡器不可用", en: "This reader cannot be used" };
            lines.push(span(say(away, language), width, Paint::Bad));
            let (_, advice) = transport(&TransportError::ReaderGone);
            lines.extend(plain(say(advice, language), width).into_iter().flatten());
        }
        Seat::Reading(exchanges) => {
            let reading =
                Text { zh: "正在读卡，请不要移动", en: "Reading, leave the card" };
            lines.push(span(say(reading, language), width, Paint::Plain));
            lines.push(span(&progress(exchanges, width), width, Paint::Plain));
        }
        Seat::Told(told) => {
            lines.extend(verdict(told, width, height.saturating_sub(1), language));
        }
    }
    if height > BARE && !matches!(seat, Seat::Told(_)) {
        lines.insert(1, blank(width));
    }
    // Where there is a single line, it is the one below the name that counts.
    let skipped = usize::from(height == 1);
    lines.into_iter().skip(skipped).take(height).collect()
}

/// Exchanges of a whole check, about: how much a bar shows.
const WHOLE: usize = 110;

fn progress(exchanges: u32, width: usize) -> String {
    let room = width.saturating_sub(8).max(1);
    let done = usize::try_from(exchanges).unwrap_or(usize::MAX).min(WHOLE);
    let bars = done.saturating_mul(room) / WHOLE;
    format!("[{}{}] {exchanges}", "#".repeat(bars), ".".repeat(room.saturating_sub(bars)))
}

/// The verdict, large, in its colour; below it what to do, as far as there is room.
fn verdict(told: &Told, width: usize, height: usize, language: Language) -> Vec<Span> {
    let panel = told.panel(language);
    let paint = match told.exit {
        Exit::Healthy => Paint::Good,
        Exit::Attention | Exit::NotSocialSecurity | Exit::Removed | Exit::Busy => Paint::Attention,
        _ => Paint::Bad,
    };
    let large = |text: &str| {
        let lines = columns::wrap(text, width.saturating_sub(4)).into_iter();
        lines.map(|line| span(&format!("  {line}"), width, paint)).collect::<Vec<_>>()
    };
    if height <= 1 {
        return large(told.verdict(language).0).into_iter().take(1).collect();
    }
    let edge = (height > VERDICT).then(|| span("", width, paint));
    let mut lines: Vec<Span> = edge.iter().cloned().collect();
    let (what, mut how) = (large(&panel.what), large(&panel.how));
    // Of both at least a line.
    how.truncate(height.saturating_sub(what.len()).max(1));
    lines.extend(what.into_iter().take(height.saturating_sub(how.len())));
    lines.extend(how);
    lines.extend(edge);
    // The last line is kept for the word that ends it.
    let room = height.saturating_sub(1).saturating_sub(lines.len());
    lines.extend(below(panel.advice.iter().chain(&panel.second), width, room));
    lines.push(ending(told.exit, width, language));
    lines.truncate(height);
    lines
}

/// Texts in as many lines as there is room for; one that is cut off says so.
fn below<'a>(texts: impl Iterator<Item = &'a String>, width: usize, room: usize) -> Vec<Span> {
    let mut lines = Vec::new();
    for text in texts {
        let mut wrapped = columns::wrap(text, width.saturating_sub(2));
        let left = room.saturating_sub(lines.len());
        if wrapped.len() > left {
            wrapped.truncate(left);
            if let Some(last) = wrapped.last_mut() {
                last.push('…');
            }
        }
        lines.extend(wrapped.iter().map(|line| span(line, width, Paint::Plain)));
    }
    lines
}

/// What to do with the card in the end. Pulling it out under another program's hands
/// may harm what that one does.
fn ending(exit: Exit, width: usize, language: Language) -> Span {
    let words = match exit {
        Exit::Busy => Text {
            zh: "不要取卡，先在那个程序里完成操作",
            en: "Leave the card; finish there first",
        },
        _ => Text { zh: "请取卡", en: "Remove the card" },
    };
    span(say(words, language), width, Paint::Strong)
}

/// Text in lines of one column less, so that panels do not touch.
fn plain(text: &str, width: usize) -> Vec<Vec<Span>> {
    let lines = columns::wrap(text, width.saturating_sub(2)).into_iter();
    lines.map(|line| vec![span(&line, width, Paint::Plain)]).collect()
}

fn blank(width: usize) -> Span {
    span("", width, Paint::Plain)
}

/// A text in exactly so many columns.
fn span(text: &str, width: usize, paint: Paint) -> Span {
    let shown = columns::cut(text, width);
    let blanks = width.saturating_sub(columns::width(&shown));
    Span { text: format!("{shown}{}", " ".repeat(blanks)), paint }
}
