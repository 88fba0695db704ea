//! Counter mode in a terminal: cards come and go in two readers.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sscard::transport::pcsc::{ConnectOptions, connect};

use crate::pcscd::{Pcscd, Scratch, alone, until};
use crate::program::{Inserted, reader, sscard, start};

/// A terminal of 80 columns and 24 lines with a program in it.
pub(super) struct Terminal {
    socket: String,
}

impl Terminal {
    pub(super) fn open(scratch: &Scratch, command: &str) -> Self {
        let socket = scratch.0.join("tmux").to_str().unwrap().to_owned();
        let terminal = Self { socket };
        terminal.tmux(&["new-session", "-d", "-x", "80", "-y", "24", command]);
        terminal
    }

    pub(super) fn tmux(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.args(["-f", "/dev/null", "-S", &self.socket]).args(arguments);
        let output = command.env("LC_ALL", "C.UTF-8").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// The screen above the list of cards before.
    fn upper(&self) -> String {
        let screen = self.tmux(&["capture-pane", "-p"]);
        let upper = screen.lines().take_while(|line| !line.starts_with("-- "));
        upper.flat_map(|line| [line, "\n"]).collect()
    }

    /// The half of the screen in which a reader has its panel, without the list below.
    fn panel(&self, slot: usize) -> String {
        let upper = self.upper();
        let half = upper.lines().map(|line| {
            // Wide characters take two columns, and so half as many places.
            let mut column = 0;
            let inside = |c: &char| {
                let at = column;
                column += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
                (at >= 40) == (slot == 1)
            };
            line.chars().filter(inside).collect::<String>() + "\n"
        });
        half.collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// The rows of a log so far.
fn rows(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A model, and what is said of it: generation, outcome, a word of its panel.
const CARDS: [(&str, &str, &str, &str); 5] = [
    ("gen1", "first", "healthy", "第一代社会保障卡"),
    ("gen2", "second", "healthy", "第二代社会保障卡"),
    ("gen3", "third", "healthy", "第三代社会保障卡"),
    ("expired", "second", "attention", "已过期"),
    ("bank-card", "unknown", "not_social_security", "银行卡"),
];

/// Cards that are put in: some in every run, fifty in the long one.
fn visits() -> usize {
    if std::env::var_os("SSCARD_LONG").is_some() { 50 } else { 10 }
}

#[test]
fn each_card_is_told_once_and_in_its_own_panel() {
    let Some(_alone) = alone() else { return };
    let (mut service, scratch) = (Pcscd::start(), Scratch::new());
    let log = scratch.0.join("cards.ndjson");
    let program = env!("CARGO_BIN_EXE_sscard");
    let command = format!("{program} watch --lang zh --log {}", log.to_str().unwrap());
    let terminal = Terminal::open(&scratch, &command);
    let mut cards: [Option<Inserted>; 2] = [None, None];
    let (mut told, mut random) = (0, 7_u32);
    let mut next = move |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 16) as usize % below
    };
    while told < visits() {
        let slot = next(2);
        if cards[slot].take().is_some() {
            until("the panel waits", || terminal.panel(slot).contains("请插卡"));
            continue;
        }
        let (model, generation, outcome, word) = CARDS[next(CARDS.len())];
        cards[slot] = Some(Inserted::new(slot, model, None));
        told += 1;
        until("the card is told", || rows(&log).len() >= told);
        let rows = rows(&log);
        let row = &rows[told - 1];
        assert_eq!(rows.len(), told);
        let seen = (&row["reader"], &row["generation"], &row["outcome"]);
        assert_eq!(seen, (&reader(slot).into(), &generation.into(), &outcome.into()), "{model}");
        until("the verdict stands in its panel", || terminal.panel(slot).contains(word));
        if told == visits() / 2 {
            cards = [None, None];
            service.kill();
            until("the screen says why", || terminal.upper().contains("智能卡服务没有运行"));
            assert!(terminal.upper().contains("systemctl enable"), "{}", terminal.upper());
            service = Pcscd::start();
            until("it goes on", || terminal.panel(0).contains("请插卡"));
        }
    }
    assert_eq!(rows(&log).len(), told);
    terminal.tmux(&["send-keys", "l"]);
    until("the language is another", || terminal.panel(0).contains("Social security cards"));
    terminal.tmux(&["send-keys", "q"]);
    until("the terminal is given back", || terminal.tmux(&["list-sessions"]).is_empty());
}

#[test]
fn the_first_card_ends_it_where_one_is_enough() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let mut watching = start(&["watch", "--once", "--json"]);
    let _card = Inserted::new(1, "expired", None);
    assert_eq!(watching.wait().unwrap().code(), Some(10));
    let text = std::io::read_to_string(watching.stdout.take().unwrap()).unwrap();
    let row: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&row["reader"], &row["outcome"]), (&reader(1).into(), &"attention".into()));
    // The card is still there: once more, as plain lines.
    let again = sscard(&["watch", "--once", "--lang", "en"]);
    assert_eq!(again.code, 10);
    assert!(again.output.contains("Second-generation social security card  EXPIRED"));
}

#[test]
fn the_one_verdict_stays_on_the_terminal_without_colour_where_none_is_wanted() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    let program = env!("CARGO_BIN_EXE_sscard");
    let command = format!("NO_COLOR=1 {program} watch --once --lang en; echo ended: $?; sleep 60");
    let terminal = Terminal::open(&scratch, &command);
    until("it waits", || terminal.panel(0).contains("Insert a card"));
    let _card = Inserted::new(0, "expired", None);
    until("it has ended", || terminal.upper().contains("ended: 10"));
    let shown = terminal.upper();
    assert!(shown.contains("Second-generation social security card  EXPIRED"), "{shown}");
    assert!(shown.contains("Better have the card replaced"), "{shown}");
    drop(terminal);
    let scratch = Scratch::new();
    let terminal = Terminal::open(&scratch, &format!("NO_COLOR=1 {program} watch --lang en"));
    until("the verdict is there", || terminal.panel(0).contains("EXPIRED"));
    let painted = terminal.tmux(&["capture-pane", "-e", "-p"]);
    let orders = painted.split("\u{1b}[").skip(1).filter_map(|rest| rest.split_once('m'));
    // 39 and 49 are the terminal's own.
    let chosen = |order: &&str| order.len() > 1 && !["39", "49"].contains(order);
    let colours: Vec<&str> = orders.map(|(order, _)| order).filter(chosen).collect();
    assert_eq!(colours, [""; 0], "{painted}");
}

/// The tile of the last citizen must not stand there for the next one.
#[test]
fn a_service_that_hangs_leaves_no_verdict_on_the_screen() {
    let Some(_alone) = alone() else { return };
    let (service, scratch) = (Pcscd::start(), Scratch::new());
    let terminal =
        Terminal::open(&scratch, &format!("{} watch --lang zh", env!("CARGO_BIN_EXE_sscard")));
    // Not by `Inserted`, which waits for the service to see the card leave.
    let mut first = start(&["virtual", "gen2"]);
    until("the card is told", || terminal.panel(0).contains("健康"));
    service.signal("-STOP");
    first.kill().unwrap();
    first.wait().unwrap();
    let mut second = start(&["virtual", "expired"]);
    until("the screen says why", || terminal.upper().contains("智能卡服务没有应答"));
    let upper = terminal.upper();
    assert!(upper.contains("systemctl restart pcscd"), "{upper}");
    assert!(!upper.contains("健康") && !upper.contains("请取卡"), "{upper}");
    service.signal("-CONT");
    until("the next card is told", || terminal.panel(0).contains("已过期"));
    second.kill().unwrap();
    second.wait().unwrap();
}

#[test]
fn a_service_that_hangs_at_the_start_is_told_so() {
    let Some(_alone) = alone() else { return };
    let (service, scratch) = (Pcscd::start(), Scratch::new());
    service.signal("-STOP");
    let program = env!("CARGO_BIN_EXE_sscard");
    let terminal = Terminal::open(&scratch, &format!("{program} watch --lang en"));
    until("the screen is there", || terminal.upper().contains("Looking for readers"));
    // The first answer may take as long as `until` waits.
    std::thread::sleep(std::time::Duration::from_secs(5));
    until("the screen says why", || terminal.upper().contains("does not answer"));
    assert!(terminal.upper().contains("restart pcscd"), "{}", terminal.upper());
    service.signal("-CONT");
    until("it goes on", || terminal.panel(0).contains("Insert a card"));
}

#[test]
fn a_service_that_hangs_under_a_reading_is_to_blame_and_not_the_card() {
    let Some(_alone) = alone() else { return };
    let service = Pcscd::start();
    let card = Inserted::new(0, "gen2", Some("slow:1000@3"));
    let watching = start(&["watch", "--once", "--json", "--timeout", "3"]);
    until("the card is asked", || service.sent().len() > 2);
    service.signal("-STOP");
    let watched = watching.wait_with_output().unwrap();
    service.signal("-CONT");
    let row: Value = serde_json::from_slice(&watched.stdout).unwrap();
    assert_eq!((watched.status.code(), &row["outcome"]), (Some(22), &"no_service".into()));
    assert_eq!(row["error"]["en"], "The smart card service does not answer.");
    drop(card);
}

/// Pulled out under its hands, the other program may come to harm.
#[test]
fn a_card_in_other_hands_is_left_in_and_read_afterwards() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    let _card = Inserted::new(0, "gen2", None);
    let other = connect(&ConnectOptions { exclusive: true, ..ConnectOptions::default() }).unwrap();
    let program = env!("CARGO_BIN_EXE_sscard");
    let terminal = Terminal::open(&scratch, &format!("{program} watch --lang en"));
    until("the other program is told of", || terminal.panel(0).contains("CARD IN USE"));
    let panel = terminal.panel(0);
    assert!(panel.contains("Leave the card; finish there first"), "{panel}");
    assert!(!panel.contains("Remove the card"), "{panel}");
    drop(other);
    until("it is read after all", || terminal.panel(0).contains("HEALTHY"));
    assert!(terminal.panel(0).contains("Remove the card"), "{}", terminal.panel(0));
}
