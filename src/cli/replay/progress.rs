//! How far a batch is, where somebody watches: one line on standard error, written
//! over again and again.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::input;
use crate::report::{Language, width};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Cells of the bar.
const CELLS: u64 = 20;

/// How far a batch is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    /// Recordings that were judged.
    pub(super) done: u64,
    /// Of those, the ones that are not as they should be.
    pub(super) bad: u64,
    /// Bytes that were read up to the last of them.
    pub(super) read: u64,
}

/// A line that shows how far it is; nothing where nobody watches.
pub(super) struct Progress {
    watched: bool,
    total: Option<u64>,
    language: Language,
    begun: Instant,
    shown: Option<Instant>,
    /// Columns that stand on the terminal now.
    columns: usize,
}

impl Progress {
    /// With rows on standard output the line would stand between them: then it is
    /// left out, unless they go elsewhere.
    pub(super) fn begin(paths: &[PathBuf], rows: bool, language: Language) -> Self {
        let beside = !rows || !std::io::stdout().is_terminal();
        let watched = beside && std::io::stderr().is_terminal();
        let total = if watched { input::size(paths) } else { None };
        Self { watched, total, language, begun: Instant::now(), shown: None, columns: 0 }
    }

    /// Shows it, if the last look is some time ago.
    pub(super) fn show(&mut self, count: Count) {
        let is_due = self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE);
        if self.watched && is_due {
            self.shown = Some(Instant::now());
            let text = line(count, self.total, self.begun.elapsed(), self.language);
            self.write(&text);
        }
    }

    /// Takes the line away before something else is written.
    pub(super) fn clear(&mut self) {
        if self.columns > 0 {
            self.write("");
            let _ = write!(std::io::stderr(), "\r");
        }
    }

    fn write(&mut self, text: &str) {
        let columns = width(text);
        let rest = " ".repeat(self.columns.saturating_sub(columns));
        let _ = write!(std::io::stderr(), "\r{text}{rest}");
        self.columns = columns;
    }
}

/// Fits 80 columns. What is left is reckoned by bytes, since recordings to come
/// cannot be counted.
fn line(count: Count, total: Option<u64>, elapsed: Duration, language: Language) -> String {
    let Count { done, bad, read } = count;
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let rate = done.saturating_mul(1000).checked_div(milliseconds).unwrap_or(0);
    let part = |of: u64, total: u64| {
        let part = u128::from(read.min(total)).saturating_mul(u128::from(of));
        u64::try_from(part.checked_div(u128::from(total)).unwrap_or(0)).unwrap_or(of)
    };
    let bar = total.map(|total| {
        let cells = usize::try_from(part(CELLS, total)).unwrap_or(0);
        let done = "#".repeat(cells);
        format!("[{done:-<20}] {:>3} %  ", part(100, total))
    });
    let left = total.map(|total| {
        let rest = u128::from(total.saturating_sub(read)).saturating_mul(u128::from(milliseconds));
        let seconds = rest.checked_div(u128::from(read)).unwrap_or(0) / 1000;
        let clock = format!("{}:{:02}", seconds / 60, seconds % 60);
        match language {
            Language::Chinese => format!("  还需 {clock}"),
            Language::English => format!("  {clock} left"),
        }
    });
    let (bar, left) = (bar.unwrap_or_default(), left.unwrap_or_default());
    match language {
        Language::Chinese => format!("{bar}已判 {done}  不符 {bad}  每秒 {rate}{left}"),
        Language::English => {
            let plural = if done == 1 { "" } else { "s" };
            format!("{bar}{done} session{plural}  {bad} failed  {rate}/s{left}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_share_speed_and_what_is_left() {
        let count = Count { done: 1500, bad: 2, read: 250 };
        let at = Duration::from_millis(500);
        assert_eq!(
            line(count, Some(1000), at, Language::English),
            "[#####---------------]  25 %  1500 sessions  2 failed  3000/s  0:01 left"
        );
        assert_eq!(line(count, None, at, Language::Chinese), "已判 1500  不符 2  每秒 3000");
    }

    #[test]
    fn any_numbers_fit_a_terminal() {
        for (done, read, total) in [(0, 0, 0), (1, 9, 3), (9_999_999, 1 << 40, 1 << 41)] {
            let count = Count { done, bad: done, read };
            for language in [Language::Chinese, Language::English] {
                for elapsed in [0, 1, 200_000_000] {
                    let elapsed = Duration::from_millis(elapsed);
                    let text = line(count, Some(total), elapsed, language);
                    assert!(width(&text) < 100, "{text}");
                }
            }
        }
    }
}
