//! What a plan costs on the wire: commands, bytes and, by the formulas of the
//! standards, time, beside a reader that goes about the same questions as public
//! ones do. `SNAPSHOTS=overwrite cargo test --test plan` renews the tables of
//! docs/wire.md.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, in its helpers too"
)]

use snapbox::{Assert, Data};
use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::observe::{Facts, observe};
use sscard::probe::{Depth, header, run};
use sscard::session::{Session, Step};
use sscard::transport::{Guarded, Transmit, guarded};

const PAGE: &str = "docs/wire.md";
const MARK: &str = "<!-- from here on: SNAPSHOTS=overwrite cargo test --test plan -->";

/// Built-in model, a speed other than its own (TA1), and whether it speaks T=1
/// instead.
const CARDS: &[(&str, Option<u8>, bool)] = &[
    ("gen1", None, false),
    ("gen1", None, true),
    ("gen2", None, false),
    ("gen2", None, true),
    ("gen2", Some(0x18), false),
    ("gen2", Some(0x18), true),
    ("gen3", None, false),
    ("gen3", None, true),
    ("gen3", Some(0x18), false),
    ("gen3", Some(0x18), true),
    ("gen3-contactless", None, true),
];

const DEPTHS: &[(&str, Depth)] = &[
    ("check --quick", Depth::Quick),
    ("read --format bas", Depth::Basic),
    ("check", Depth::Full),
    ("read", Depth::Everything),
];

/// The model with another line to the reader.
fn card(name: &str, ta1: Option<u8>, t1: bool) -> Guarded<VirtualCard> {
    let toml = builtin(name).unwrap();
    let contactless = name.ends_with("contactless");
    let changed = if contactless { toml.to_owned() } else { with_line(toml, ta1, t1) };
    guarded(VirtualCard::new(Model::parse(&changed).unwrap()), Permission::Read)
}

/// `6D 00 00` says: thirteen historical bytes, TB1 and TC1 of 00 (ISO/IEC 7816-3, 8.2).
fn with_line(toml: &str, ta1: Option<u8>, t1: bool) -> String {
    let (before, rest) = toml.split_once("atr = \"3B6D0000 ").unwrap();
    let (historical, rest) = rest.split_once('"').unwrap();
    let mut atr = vec![if ta1.is_some() { 0x7D } else { 0x6D } | if t1 { 0x80 } else { 0 }];
    atr.extend(ta1);
    atr.extend([0, 0]);
    // TD1: T=1; TD2: T=1 again, with TA3: blocks of up to 254 bytes.
    atr.extend(if t1 { vec![0x81, 0x11, 0xFE] } else { vec![] });
    atr.extend(hex::decode(historical.replace(' ', "")).unwrap());
    if t1 {
        atr.push(atr.iter().fold(0, |sum, byte| sum ^ byte));
    }
    let protocol = if t1 { "protocol = \"T=1\"" } else { "protocol = \"T=0\"" };
    let rest = rest.replacen("protocol = \"T=0\"", protocol, 1);
    format!("{before}atr = \"3B{}\"{rest}", hex::encode_upper(atr))
}

/// What went over the wire.
fn cost(card: Guarded<VirtualCard>) -> (Facts, Vec<Step>) {
    let header = header(&card);
    let (_, steps) = card.into_parts();
    (observe(&Session { header, steps: steps.clone() }), steps)
}

/// A reader that asks for the same as a plan did, in the way of public readers: a
/// record at a time, each after a SELECT of its file, to the first that is refused; the
/// length is left to the card (`Le` 00), which answers `6Cxx` with the length, so that
/// the command goes out again. What was asked twice it asks once.
struct Naive {
    card: Guarded<VirtualCard>,
    /// Files and records that it has.
    seen: Vec<(Vec<u8>, u8, u8)>,
    application: Vec<u8>,
}

impl Naive {
    fn new(card: Guarded<VirtualCard>) -> Self {
        Self { card, seen: Vec::new(), application: Vec::new() }
    }

    /// An answer without its status word; empty where it was refused.
    fn send(&mut self, command: &[u8]) -> Vec<u8> {
        let mut answer = self.card.transmit(command).unwrap();
        let sw = answer.split_off(answer.len() - 2);
        if sw == [0x90, 0x00] { answer } else { Vec::new() }
    }

    fn file(&mut self, sfi: u8) -> bool {
        let answer = self.card.transmit(&[0x00, 0xA4, 0x00, 0x00, 0x02, 0xEF, sfi]).unwrap();
        !answer.ends_with(&[0x6A, 0x82])
    }

    fn record(&mut self, sfi: u8, record: u8) {
        let key = (self.application.clone(), sfi, record);
        if self.seen.contains(&key) {
            return;
        }
        self.seen.push(key);
        // A file without an identifier is read by its short one.
        let p2 = if self.file(sfi) { 0x04 } else { sfi << 3 | 0x04 };
        self.send(&[0x00, 0xB2, record, p2, 0x00]);
    }

    /// Every record of a file that a plan took in one command, and the one behind.
    fn records(&mut self, sfi: u8, mut rest: &[u8]) {
        while let [tag, length, behind @ ..] = rest {
            self.record(sfi, *tag);
            rest = &behind[usize::from(*length)..];
        }
        self.record(sfi, 0xFE);
    }

    /// Asks for what this command of a plan asked, which was answered so.
    fn ask(&mut self, command: &[u8], answer: &[u8]) {
        match *command {
            [_, 0xC0, ..] => {}
            [_, 0xA4, 0x04, _, ..] => {
                self.application = command.to_vec();
                self.send(command);
            }
            // All records from one on.
            [_, 0xB2, first, p2, _] if p2 & 0x07 == 0x05 => match &answer[..answer.len() - 2] {
                [] => self.record(p2 >> 3, first),
                records => self.records(p2 >> 3, records),
            },
            [_, 0xB2, record, p2, _] => self.record(p2 >> 3, record),
            [_, 0xB0, p1, p2, le] if p1 & 0x80 != 0 => {
                let by_name = self.file(p1 & 0x1F);
                self.send(&[0x00, 0xB0, if by_name { 0 } else { p1 }, p2, le]);
            }
            _ => drop(self.send(command)),
        }
    }
}

/// The same questions, asked both ways: ours first.
fn both(name: &str, ta1: Option<u8>, t1: bool, depth: Depth) -> [Facts; 2] {
    let mut ours = card(name, ta1, t1);
    run(&mut ours, depth).unwrap();
    let (ours, steps) = cost(ours);
    let mut naive = Naive::new(card(name, ta1, t1));
    for step in &steps {
        if let Step::Exchange(exchange) = step {
            naive.ask(&exchange.command, exchange.response.as_deref().unwrap());
        }
    }
    [ours, cost(naive.card).0]
}

fn bytes(facts: &Facts) -> u64 {
    facts.bytes_sent + facts.bytes_received
}

fn line(name: &str, ta1: Option<u8>, t1: bool, depth: &str, [ours, naive]: &[Facts; 2]) -> String {
    let (protocol, speed) = if name.ends_with("contactless") {
        ("contactless", "106 kbit/s")
    } else {
        (if t1 { "T=1" } else { "T=0" }, ta1.map_or("372/1", |_| "372/12"))
    };
    format!(
        "| {name} | {protocol} | {speed} | `{depth}` | {} | {} | {:.0} | {} | {} | {:.0} | {:.2} |\n",
        ours.exchanges,
        bytes(ours),
        ours.wire_ms,
        naive.exchanges,
        bytes(naive),
        naive.wire_ms,
        ours.wire_ms / naive.wire_ms
    )
}

#[test]
fn the_page_says_what_each_plan_costs() {
    let mut table = String::from(
        "| card | protocol | speed | plan | exchanges | bytes | ms | naive: exchanges | bytes | ms | ours / naive |\n\
         | --- | --- | --- | --- | --: | --: | --: | --: | --: | --: | --: |\n",
    );
    for (name, ta1, t1) in CARDS {
        for (depth, plan) in DEPTHS {
            let both = both(name, *ta1, *t1, *plan);
            table.push_str(&line(name, *ta1, *t1, depth, &both));
        }
    }
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (head, _) = page.split_once(MARK).unwrap_or_else(|| panic!("{PAGE} has no mark"));
    Assert::new()
        .action_env("SNAPSHOTS")
        .eq(Data::text(format!("{head}{MARK}\n\n{table}")), Data::read_from(PAGE.as_ref(), None));
}

#[test]
fn the_generation_takes_two_commands() {
    for (name, ta1, t1) in CARDS {
        let [ours, _] = both(name, *ta1, *t1, Depth::Quick);
        // T=0 fetches the answer to SELECT by a command of its own.
        let expected = if *t1 { 2 } else { 3 };
        assert_eq!(ours.exchanges, expected, "{name}");
    }
}
