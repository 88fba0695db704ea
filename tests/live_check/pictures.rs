//! The picture of counter mode, out of a terminal with a card in each reader.

use crate::pcscd::{Pcscd, Scratch, alone, until};
use crate::picture;
use crate::program::Inserted;

use super::watch::Terminal;

#[test]
fn counter_mode_looks_as_in_its_picture() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    let program = env!("CARGO_BIN_EXE_sscard");
    let terminal = Terminal::open(&scratch, &format!("{program} watch --lang zh"));
    let shows = |words: &str| terminal.tmux(&["capture-pane", "-p"]).contains(words);
    let _healthy = Inserted::new(0, "gen3", None);
    until("the first is told", || shows("健康"));
    let _expired = Inserted::new(1, "expired", None);
    until("the second is told", || shows("已过期"));
    let screen = terminal.tmux(&["capture-pane", "-e", "-N", "-p"]);
    picture::is_current(&without_times(&screen), "watch-zh.svg");
}

/// The times of day are others each time.
fn without_times(screen: &str) -> String {
    let mut text: Vec<char> = screen.chars().collect();
    let is_time = |part: &[char]| {
        part.iter().enumerate().all(|(at, one)| match at {
            2 | 5 => *one == ':',
            _ => one.is_ascii_digit(),
        })
    };
    for at in 0..text.len().saturating_sub(7) {
        if is_time(&text[at..at + 8]) {
            text[at..at + 8].copy_from_slice(&['0', '9', ':', '3', '0', ':', '0', '0']);
        }
    }
    text.into_iter().collect()
}
