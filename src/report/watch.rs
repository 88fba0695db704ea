//! What `watch` shows: every reader side by side, the verdict large, the cards of
//! before below. Pure: cells of a screen, and the row that a log keeps.

mod layout;

use serde::Serialize;

use super::document::Document;
use super::{Exit, Language, Words, at_counter, names, screen};
use crate::profile::Text;
use crate::verdict::{Severity, Verdict};

pub use layout::{Paint, Span, render};

/// What is told of one card.
#[derive(Clone, Debug)]
pub struct Told {
    /// How a check of it would end.
    pub exit: Exit,
    /// The time of day, `HH:MM:SS`.
    pub time: String,
    /// Whether the card was judged: then the verdict says how it is, else what it is.
    judged: bool,
    /// Whose card it is, masked, as far as it was read.
    whose: String,
    zh: Panel,
    en: Panel,
    /// What a log keeps of it; nothing personal.
    pub row: CardRow,
}

/// The words of one panel.
#[derive(Clone, Debug, Default)]
struct Panel {
    what: String,
    how: String,
    second: Option<String>,
    advice: Vec<String>,
}

/// A card in the log of `watch`, a line of NDJSON each.
#[derive(Clone, Debug, Serialize)]
pub struct CardRow {
    schema_version: &'static str,
    time: String,
    reader: String,
    card: &'static str,
    generation: &'static str,
    outcome: &'static str,
    exit_code: u8,
    rules: Vec<&'static str>,
    elapsed_ms: f64,
    error: Option<Words>,
}

impl Told {
    /// A card that answered.
    #[must_use]
    pub fn new(document: &Document, verdict: &Verdict, reader: &str, elapsed_ms: f64) -> Self {
        let exit = Exit::from(verdict.outcome);
        let panel = |language| {
            let (what, how) = screen::answer(verdict, exit, language);
            let second = screen::second_line(document, verdict, language);
            let mut advice = screen::advice(document, verdict, language, exit);
            if let (Some(error), Some(plain)) = (&document.error, at_counter(exit)) {
                let usual = error.advice.in_language(language);
                let named = advice.iter_mut().filter(|line| *line == usual);
                named.for_each(|line| plain.in_language(language).clone_into(line));
            }
            Panel { what, how, second, advice }
        };
        let found = document.applications.iter().zip(&verdict.applications);
        let serious = found.flat_map(|(row, judged)| row.findings.iter().zip(&judged.findings));
        let rules = serious.filter(|(_, finding)| finding.rule.severity > Severity::Info);
        let row = CardRow {
            schema_version: "1.0",
            time: document.time.clone(),
            reader: reader.to_owned(),
            card: document.card.kind,
            generation: document.generation.value,
            outcome: exit.name(),
            exit_code: exit.code(),
            rules: rules.map(|(row, _)| row.rule).collect(),
            elapsed_ms,
            error: document.error.as_ref().map(|error| error.message.clone()),
        };
        let (zh, en) = (panel(Language::Chinese), panel(Language::English));
        let (time, whose) = (time_of_day(&document.time), whose(document));
        Self { exit, time, judged: true, whose, zh, en, row }
    }

    /// A card that did not come to answer.
    #[must_use]
    pub fn failed(exit: Exit, trouble: (Text, Text), reader: &str, time: &str) -> Self {
        let (message, advice) = trouble;
        let advice = at_counter(exit).unwrap_or(advice);
        let panel = |language| Panel {
            what: exit.word().in_language(language).to_owned(),
            how: message.in_language(language).to_owned(),
            second: None,
            advice: vec![advice.in_language(language).to_owned()],
        };
        let row = CardRow {
            schema_version: "1.0",
            time: time.to_owned(),
            reader: reader.to_owned(),
            card: "none",
            generation: names::generation(crate::verdict::Generation::Unknown),
            outcome: exit.name(),
            exit_code: exit.code(),
            rules: Vec::new(),
            elapsed_ms: 0.0,
            error: Some(message.into()),
        };
        let (zh, en) = (panel(Language::Chinese), panel(Language::English));
        let time = time_of_day(time);
        Self { exit, time, judged: false, whose: String::new(), zh, en, row }
    }

    fn panel(&self, language: Language) -> &Panel {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }

    /// The verdict in a word or two, and what is said beside it.
    fn verdict(&self, language: Language) -> (&str, &str) {
        let Panel { what, how, .. } = self.panel(language);
        if self.judged { (how, what) } else { (what, how) }
    }

    /// One line: what it is, and how.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        let Panel { what, how, second, .. } = self.panel(language);
        let second = second.as_ref().map(|second| language.aside(second)).unwrap_or_default();
        let colon = language.colon();
        format!("{}  {}{colon}{what}  {how}{second}", self.time, self.row.reader)
    }

    /// What to do, line by line.
    #[must_use]
    pub fn advice(&self, language: Language) -> &[String] {
        &self.panel(language).advice
    }
}

/// Name and number of the card; a card that has neither may have that of an account.
fn whose(document: &Document) -> String {
    let data = || document.applications.iter().flat_map(|application| &application.data);
    let value = |id| data().find(|datum| datum.id == id).and_then(|datum| datum.value.clone());
    let own: Vec<String> = ["name", "card-number"].into_iter().filter_map(value).collect();
    if own.is_empty() { value("pan").unwrap_or_default() } else { own.join(" ") }
}

fn time_of_day(time: &str) -> String {
    time.get(11..19).unwrap_or(time).to_owned()
}

/// A reader as it stands now.
#[derive(Clone, Copy, Debug)]
pub enum Seat<'a> {
    /// No card.
    Empty,
    /// A card is being read; so many exchanges are over.
    Reading(u32),
    /// The card was read, and is still there.
    Told(&'a Told),
    /// The reader cannot be used.
    Away,
}

/// Everything that is on the screen.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The readers by their names.
    pub seats: Vec<(&'a str, Seat<'a>)>,
    /// The cards of before, the last one first.
    pub past: Vec<&'a Told>,
    /// Why there is no reader to show.
    pub trouble: (Text, Text),
}

#[cfg(test)]
mod tests;
