//! The whole screen of a terminal, and single keys.

use std::io::{self, Write as _};
use std::sync::mpsc::Sender;
use std::thread;

use anstyle::{AnsiColor, Style};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
    is_raw_mode_enabled, size,
};
use crossterm::{cursor, execute};

use super::super::failure::Failure;
use super::News;
use crate::report::watch::{Paint, View, render};
use crate::report::{Exit, Language};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Quit,
    Language,
    /// No key: the window has another size.
    Resized,
}

/// A terminal that is given back as it was when this is dropped.
pub(super) struct Terminal {
    /// What stands there now, so that nothing is written twice.
    shown: Vec<String>,
    colour: bool,
}

impl Terminal {
    /// Takes the terminal over; keys become news.
    pub(super) fn open(news: Sender<News>) -> Result<Self, Failure> {
        let opened = enable_raw_mode()
            .and_then(|()| execute!(io::stdout(), EnterAlternateScreen, cursor::Hide));
        opened.map_err(|error| Failure::with_detail(Exit::Io, &format!("terminal: {error}")))?;
        thread::spawn(move || {
            while let Ok(event) = read() {
                let Some(key) = key(&event) else { continue };
                if news.send(News::Key(key)).is_err() {
                    return;
                }
            }
        });
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Ok(Self { shown: Vec::new(), colour: !unwanted })
    }

    /// Brings the screen up to date, line by line.
    pub(super) fn draw(&mut self, view: &View<'_>, language: Language) {
        let (columns, rows) = size().unwrap_or((80, 24));
        let screen = render(view, usize::from(columns), usize::from(rows), language);
        let line = |spans: &Vec<crate::report::watch::Span>| -> String {
            let styled = spans.iter().map(|span| {
                let style = style(span.paint, self.colour);
                format!("{style}{}{style:#}", span.text)
            });
            styled.collect()
        };
        let lines: Vec<String> = screen.iter().map(line).collect();
        if lines.len() != self.shown.len() {
            self.shown.clear();
        }
        let mut text = String::new();
        for (row, line) in (1_usize..).zip(&lines) {
            let same = self.shown.get(row.saturating_sub(1)) == Some(line);
            if !same {
                text.push_str(&format!("\x1b[{row};1H{line}\x1b[K"));
            }
        }
        self.shown = lines;
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Leaves the terminal as it was, if it is taken over.
pub(in crate::cli) fn give_back() {
    if is_raw_mode_enabled().unwrap_or(false) {
        let _ = execute!(io::stdout(), cursor::Show, LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}

fn key(event: &Event) -> Option<Key> {
    let key = match event {
        Event::Resize(..) => return Some(Key::Resized),
        Event::Key(key) if key.kind == KeyEventKind::Press => key,
        _ => return None,
    };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if control => Some(Key::Quit),
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Some(Key::Quit),
        KeyCode::Char('l' | 'L') => Some(Key::Language),
        _ => None,
    }
}

/// How it looks; a word stands beside every colour.
fn style(paint: Paint, colour: bool) -> Style {
    if !colour {
        return if paint == Paint::Plain { Style::new() } else { Style::new().bold() };
    }
    let on = |colour: AnsiColor| AnsiColor::Black.on(colour).bold();
    match paint {
        Paint::Plain => Style::new(),
        Paint::Strong => Style::new().bold(),
        Paint::Good => on(AnsiColor::Green),
        Paint::Attention => on(AnsiColor::Yellow),
        Paint::Bad => AnsiColor::White.on(AnsiColor::Red).bold(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_there_is_none() {
        for paint in [Paint::Plain, Paint::Strong, Paint::Good, Paint::Attention, Paint::Bad] {
            let bare = style(paint, false);
            assert_eq!((bare.get_fg_color(), bare.get_bg_color()), (None, None), "{paint:?}");
        }
        assert!(style(Paint::Good, true).get_bg_color().is_some());
    }
}
