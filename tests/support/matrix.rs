//! The matrix of faults: which are tried, what a check came to, and the page that
//! says so.

use std::fmt;

use serde_json::Value;

/// The models that are checked.
pub(crate) const MODELS: [&str; 2] = ["gen2", "gen3"];

/// The faults, without the exchange; each is ordered for every exchange of a check.
pub(crate) const FAULTS: [&str; 18] = [
    "remove",
    "reader-gone",
    "close",
    "mute",
    "slow:3000",
    "truncate",
    "truncate:65535",
    "extend",
    "sw:6F00",
    "sw:6A82",
    "sw:9000",
    "flip",
    "61xx",
    "6cxx",
    "unsteady",
    "bad-atr",
    "no-atr",
    "other-atr",
];

/// The time-out of every check here, in seconds.
pub(crate) const TIMEOUT: &str = "2";

/// The day of every check here.
pub(crate) const DAY: &str = "2026-11-24";

/// The page, and where its written part ends.
pub(crate) const PAGE: &str = "docs/faults.md";
pub(crate) const MARK: &str = "<!-- from here on: SNAPSHOTS=overwrite cargo test --test faults -->";

pub(crate) const HEAD: &str = "
| model | fault | exit | outcome | generation | confidence | ssse | of EF05 | at the exchanges |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// Both parts of the page.
pub(crate) fn page() -> (String, String) {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (head, table) = page.split_once(MARK).unwrap();
    (head.to_owned(), table.to_owned())
}

/// What a check came to, in the words of its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) code: i64,
    pub(crate) outcome: String,
    pub(crate) generation: String,
    pub(crate) confidence: String,
    /// The state of the social security application.
    pub(crate) state: String,
    /// How many of its seven items of EF05 were read.
    pub(crate) items: usize,
}

impl Seen {
    pub(crate) fn of(document: &Value) -> Self {
        let word = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or("–");
        let none = Vec::new();
        let rows = document["applications"].as_array().unwrap_or(&none);
        let ssse = rows.iter().find(|row| row["id"] == "ssse");
        let data = ssse.and_then(|row| row["data"].as_array()).unwrap_or(&none).iter();
        Self {
            code: document["exit_code"].as_i64().unwrap_or(-1),
            outcome: word("/outcome").to_owned(),
            generation: word("/generation/value").to_owned(),
            confidence: word("/generation/confidence").to_owned(),
            state: ssse.and_then(|row| row["state"].as_str()).unwrap_or("–").to_owned(),
            items: data.filter(|row| row["file"] == "EF05" && row["access"] == "free").count(),
        }
    }
}

/// What a fault has to come to; `None` where the check goes on to its end.
pub(crate) fn ends_with(fault: &str) -> Option<i64> {
    match fault {
        "remove" | "reader-gone" | "close" => Some(24),
        "mute" | "slow:3000" => Some(25),
        "truncate:65535" => Some(13),
        _ => None,
    }
}

/// A row of the table.
pub(crate) struct Row {
    pub(crate) model: String,
    pub(crate) fault: String,
    pub(crate) at: Vec<u32>,
    pub(crate) seen: Seen,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Seen { code, outcome, generation, confidence, state, items } = &self.seen;
        writeln!(
            f,
            "| {} | `{}` | {code} | {outcome} | {generation} | {confidence} | {state} | {items} | {} |",
            self.model,
            self.fault,
            spans(&self.at)
        )
    }
}

/// Numbers that follow one another in one: `1–3, 5`.
pub(crate) fn spans(numbers: &[u32]) -> String {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => spans.push((*number, *number)),
        }
    }
    let text = spans.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    });
    text.collect::<Vec<_>>().join(", ")
}

/// The rows of the page.
pub(crate) fn table() -> Vec<Row> {
    let (_, table) = page();
    table.lines().filter(|line| line.contains('`')).map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [model, fault, code, outcome, generation, confidence, state, items, at] = cells[..] else {
        panic!("{line}")
    };
    let span = |span: &str| {
        let (first, last) = span.split_once('–').unwrap_or((span, span));
        first.parse().unwrap()..=last.parse().unwrap()
    };
    Row {
        model: model.to_owned(),
        fault: fault.trim_matches('`').to_owned(),
        at: at.split(", ").flat_map(span).collect(),
        seen: Seen {
            code: code.parse().unwrap(),
            outcome: outcome.to_owned(),
            generation: generation.to_owned(),
            confidence: confidence.to_owned(),
            state: state.to_owned(),
            items: items.parse().unwrap(),
        },
    }
}
