//! Panels on a screen of so many columns and lines.

use super::{Seat, Told, View};
use crate::profile::Text;
use crate::report::{Exit, Language, columns};

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
/// Cards of before: so many where there is room, so few where there is not.
const PAST: std::ops::RangeInclusive<usize> = 2..=10;
/// Title, list's head, keys.
const FRAME: usize = 3;

fn say(text: Text, language: Language) -> &'static str {
    text.in_language(language)
}

/// The screen, line by line; never more than `lines` of at most `width` columns.
#[must_use]
pub fn render(view: &View<'_>, width: usize, lines: usize, language: Language) -> Vec<Vec<Span>> {
    let title = Text { zh: "社会保障卡", en: "Social security cards" };
    let mut screen = vec![vec![span(say(title, language), width, Paint::Strong)]];
    let inner = lines.saturating_sub(FRAME);
    let across = (width / PANEL).clamp(1, view.seats.len().max(1));
    let down = view.seats.len().div_ceil(across).max(1);
    let left = inner.saturating_sub(down.saturating_mul(VERDICT));
    let past = left.clamp(*PAST.start(), *PAST.end()).min(inner);
    let room = inner.saturating_sub(past);
    screen.extend(panels(view, width, room, across, language));
    screen.resize(room.saturating_add(1), Vec::new());
    let before = Text { zh: "最近的卡", en: "Cards before" };
    screen.push(vec![span(&rule(say(before, language), width), width, Paint::Plain)]);
    for at in 0..past {
        let line = view.past.get(at).map(|told| told.line(language)).unwrap_or_default();
        screen.push(vec![span(&line, width, Paint::Plain)]);
    }
    let keys = Text { zh: "q 退出   l English", en: "q quit   l 中文" };
    screen.push(vec![span(say(keys, language), width, Paint::Plain)]);
    screen.truncate(lines);
    screen
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
    let mut lines = vec![span(name, width, Paint::Strong)];
    match seat {
        Seat::Empty => {
            let wait = Text { zh: "请插卡或放卡", en: "Insert a card, or put one on" };
            lines.push(blank(width));
            lines.push(span(say(wait, language), width, Paint::Plain));
        }
        Seat::Away => {
            let away = Text { zh: "读卡器不可用", en: "This reader cannot be used" };
            lines.push(blank(width));
            lines.push(span(say(away, language), width, Paint::Bad));
        }
        Seat::Reading(exchanges) => {
            let reading =
                Text { zh: "正在读卡，请不要移动", en: "Reading, leave the card" };
            lines.push(blank(width));
            lines.push(span(say(reading, language), width, Paint::Plain));
            lines.push(span(&progress(exchanges, width), width, Paint::Plain));
        }
        Seat::Told(told) => lines.extend(verdict(told, width, height.saturating_sub(1), language)),
    }
    lines.truncate(height);
    lines
}

/// Exchanges of a whole check, about: how much a bar shows.
const WHOLE: usize = 110;

fn progress(exchanges: u32, width: usize) -> String {
    let room = width.saturating_sub(8).max(1);
    let done = usize::try_from(exchanges).unwrap_or(usize::MAX).min(WHOLE);
    let bars = done.saturating_mul(room) / WHOLE;
    format!("[{}{}] {exchanges}", "#".repeat(bars), ".".repeat(room.saturating_sub(bars)))
}

/// The verdict, large, in its colour; below it what to do.
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
    let edge = (height > VERDICT).then(|| span("", width, paint));
    let mut lines: Vec<Span> = edge.iter().cloned().collect();
    lines.extend(large(&panel.what));
    lines.extend(large(&panel.how));
    lines.extend(edge);
    let remove = Text { zh: "请取卡", en: "Remove the card" };
    // The last line is kept for the word that ends it.
    let room = height.saturating_sub(1).saturating_sub(lines.len());
    let texts = panel.advice.iter().chain(&panel.second);
    let below: Vec<Span> = texts.flat_map(|text| plain(text, width)).flatten().take(room).collect();
    lines.extend(below);
    lines.truncate(height.saturating_sub(1));
    lines.push(span(say(remove, language), width, Paint::Strong));
    lines
}

/// Text in lines of one column less, so that panels do not touch.
fn plain(text: &str, width: usize) -> Vec<Vec<Span>> {
    let lines = columns::wrap(text, width.saturating_sub(2)).into_iter();
    lines.map(|line| vec![span(&line, width, Paint::Plain)]).collect()
}

fn blank(width: usize) -> Span {
    span("", width, Paint::Plain)
}

/// A text in exactly so many columns. One that is too long loses its end.
fn span(text: &str, width: usize, paint: Paint) -> Span {
    let mut shown = String::new();
    for character in text.chars() {
        let taken = columns::width(&shown)
            .saturating_add(columns::width(character.encode_utf8(&mut [0; 4])));
        if taken > width {
            break;
        }
        shown.push(character);
    }
    let blanks = width.saturating_sub(columns::width(&shown));
    Span { text: format!("{shown}{}", " ".repeat(blanks)), paint }
}
