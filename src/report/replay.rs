//! What a batch of recordings came to: a row for each, a summary, JUnit.

mod changed;

pub use changed::missing;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Exit, Language, Words, names, pad, tool};
use crate::batch::{Judged, Row, Unread};
use crate::session::Expect;
use crate::verdict::{Decided, Decisive};

/// A row of `replay --ndjson`.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayRow {
    /// The recording.
    pub id: String,
    card: Option<&'static str>,
    generation: Option<&'static str>,
    outcome: Option<&'static str>,
    rules: Vec<&'static str>,
    rules_version: &'static str,
    region: Option<String>,
    chip_maker: Option<String>,
    card_maker: Option<String>,
    expected: Option<BTreeMap<&'static str, String>>,
    /// Whether all that was expected came out; false where it could not be read.
    pub passed: bool,
    /// Why it could not be read, with line and column where there is one.
    pub error: Option<String>,
    /// Only beside an earlier batch: what was otherwise then; null where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Option<BTreeMap<&'static str, Value>>>,
    #[serde(skip)]
    malformed: bool,
    /// Why its file could not be rewritten.
    #[serde(skip)]
    not_rewritten: Option<String>,
}

impl ReplayRow {
    /// What a batch says of one recording.
    #[must_use]
    pub fn new(row: &Row) -> Self {
        let mut shown = Self {
            id: row.id.clone(),
            card: None,
            generation: None,
            outcome: None,
            rules: Vec::new(),
            rules_version: tool().rules,
            region: None,
            chip_maker: None,
            card_maker: None,
            expected: None,
            passed: false,
            error: None,
            before: None,
            malformed: matches!(row.result, Err(Unread::Parse(_))),
            not_rewritten: None,
        };
        match &row.result {
            Err(error) => shown.error = Some(error.to_string()),
            Ok(judged) => {
                shown.card = Some(names::kind(judged.kind));
                shown.generation = Some(names::generation(judged.generation));
                shown.outcome = Some(Exit::from(judged.outcome).name());
                shown.rules = rules(judged);
                shown.region.clone_from(&judged.region);
                shown.chip_maker = judged.makers.map(|(chip, _)| hex::encode_upper(chip));
                shown.card_maker = judged.makers.map(|(_, card)| hex::encode_upper(card));
                shown.expected = expected(&judged.expected);
                shown.passed = shown.differences().is_empty();
            }
        }
        shown
    }

    /// What was expected and did not come: key, expected, found.
    #[must_use]
    pub fn differences(&self) -> Vec<(&'static str, String, String)> {
        let found = |key| match key {
            "card" => self.card,
            "generation" => self.generation,
            _ => self.outcome,
        };
        let wanted = self.expected.iter().flatten();
        let differs = wanted.filter(|(key, value)| found(key) != Some(value.as_str()));
        let shown = differs
            .map(|(key, value)| (*key, value.clone(), found(key).unwrap_or_default().to_owned()));
        shown.collect()
    }

    /// Why it is not as it should be, in one line; `None` where it is.
    #[must_use]
    pub fn failure(&self, language: Language) -> Option<String> {
        let differences = self.differences().into_iter();
        let lines = differences.map(|(key, wanted, found)| format!("{key} {wanted} → {found}"));
        let since = self.changes(language);
        let errors = self.error.iter().chain(&self.not_rewritten).cloned();
        let all: Vec<_> = errors.chain(lines).chain(since).collect();
        (!all.is_empty()).then(|| all.join(language.semicolon()))
    }

    /// Takes the verdict for what is expected from now on.
    pub fn accept(&mut self) {
        let found =
            [("card", self.card), ("generation", self.generation), ("outcome", self.outcome)];
        let pairs = found.into_iter().filter_map(|(key, value)| Some((key, value?.to_owned())));
        self.expected = Some(pairs.collect());
        self.passed = true;
    }

    /// Keeps in mind why its file could not be rewritten; the verdict stands.
    pub fn not_rewritten(&mut self, why: String) {
        self.not_rewritten = Some(why);
    }

    /// What was expected, as `@expect` writes it.
    #[must_use]
    pub fn expectation(&self) -> Option<String> {
        let pairs = self.expected.as_ref()?.iter().map(|(key, value)| format!("{key}={value}"));
        Some(pairs.collect::<Vec<_>>().join(" "))
    }

    /// The verdict as `@expect` writes it.
    #[must_use]
    pub fn verdict(&self) -> Option<String> {
        let (card, generation) = (self.card?, self.generation?);
        Some(format!("card={card} generation={generation} outcome={}", self.outcome?))
    }
}

/// The rules that fired, each once.
fn rules(judged: &Judged) -> Vec<&'static str> {
    let mut rules: Vec<&'static str> = judged.findings.iter().map(|f| f.rule.id).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn expected(expect: &Expect) -> Option<BTreeMap<&'static str, String>> {
    let keys =
        [("card", &expect.card), ("generation", &expect.generation), ("outcome", &expect.outcome)];
    let pairs: BTreeMap<_, _> =
        keys.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect();
    (!pairs.is_empty()).then_some(pairs)
}

/// What a whole batch came to. Its size does not grow with the batch.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    sessions: u64,
    passed: u64,
    /// Expectations that did not come out.
    pub failed: u64,
    /// Recordings that could not be read.
    pub unreadable: u64,
    /// Of those, the ones that do not parse.
    #[serde(skip)]
    malformed: u64,
    /// Files that could not be rewritten.
    #[serde(skip)]
    not_rewritten: u64,
    /// Verdicts that differ from those of an earlier batch.
    pub changed: u64,
    /// Only beside an earlier batch: recordings that it did not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<u64>,
    /// Only beside an earlier batch: recordings that only it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<u64>,
    outcomes: BTreeMap<&'static str, u64>,
    generations: BTreeMap<&'static str, u64>,
    rules: BTreeMap<&'static str, u64>,
    rules_version: &'static str,
}

impl Summary {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { rules_version: tool().rules, ..Self::default() }
    }

    /// Of nothing yet, beside an earlier batch.
    #[must_use]
    pub fn beside() -> Self {
        Self { new: Some(0), missing: Some(0), ..Self::new() }
    }

    /// Counts a recording that only an earlier batch had.
    pub fn miss(&mut self) {
        self.missing = Some(self.missing.unwrap_or(0).saturating_add(1));
    }

    /// Counts one recording.
    pub fn add(&mut self, row: &ReplayRow) {
        let count = |of: &mut BTreeMap<&'static str, u64>, key| {
            let entry = of.entry(key).or_default();
            *entry = entry.saturating_add(1);
        };
        let one_more = |number: &mut u64| *number = number.saturating_add(1);
        one_more(&mut self.sessions);
        one_more(match (&row.error, row.passed) {
            (Some(_), _) => &mut self.unreadable,
            (None, true) => &mut self.passed,
            (None, false) => &mut self.failed,
        });
        self.malformed = self.malformed.saturating_add(u64::from(row.malformed));
        let kept = u64::from(row.not_rewritten.is_some());
        self.not_rewritten = self.not_rewritten.saturating_add(kept);
        match &row.before {
            Some(Some(_)) if row.is_new() => one_more(self.new.get_or_insert(0)),
            Some(Some(_)) => one_more(&mut self.changed),
            _ => {}
        }
        row.outcome.into_iter().for_each(|outcome| count(&mut self.outcomes, outcome));
        row.generation.into_iter().for_each(|value| count(&mut self.generations, value));
        row.rules.iter().for_each(|rule| count(&mut self.rules, *rule));
    }

    /// Recordings that are not as they should be, for one reason or another; one may
    /// count twice.
    #[must_use]
    pub fn bad(&self) -> u64 {
        let here = [self.failed, self.unreadable, self.changed];
        let only_one = [self.new, self.missing].into_iter().flatten();
        here.into_iter().chain(only_one).fold(0, u64::saturating_add)
    }

    /// The first in the order of the exit codes.
    #[must_use]
    pub fn exit(&self) -> Exit {
        let lost = self.unreadable.saturating_add(self.not_rewritten);
        match (self.malformed, lost, self.bad()) {
            (1.., _, _) => Exit::BadInput,
            (_, 1.., _) => Exit::Io,
            (_, _, 1..) => Exit::Failed,
            _ => Exit::Healthy,
        }
    }

    /// The summary as text.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        let zh = language == Language::Chinese;
        let (all, passed, failed) = (self.sessions, self.passed, self.failed);
        let (unreadable, changed) = (self.unreadable, self.changed);
        let mut first = if zh {
            format!(
                "共 {all} 份：符合 {passed}，不符 {failed}，不能读 {unreadable}，有变化 {changed}"
            )
        } else {
            let plural = if all == 1 { "" } else { "s" };
            format!(
                "{all} session{plural}: {passed} passed, {failed} failed, {unreadable} unreadable, {changed} changed"
            )
        };
        for (count, zh_word, en_word) in
            [(self.new, "新增", "new"), (self.missing, "缺少", "missing")]
        {
            if let Some(count @ 1..) = count {
                first += &if zh {
                    format!("，{zh_word} {count}")
                } else {
                    format!(", {count} {en_word}")
                };
            }
        }
        let mut lines = vec![first];
        let tables = [
            (if zh { "结果" } else { "outcome" }, &self.outcomes),
            (if zh { "代次" } else { "generation" }, &self.generations),
            (if zh { "规则" } else { "rule" }, &self.rules),
        ];
        for (title, counts) in tables {
            for (key, count) in counts {
                lines.push(format!("{}{}{count:>10}", pad(title, 12), pad(key, 40)));
            }
        }
        lines
    }
}

/// The document of `replay --json`.
#[derive(Clone, Debug, Serialize)]
pub struct ReplayDocument<'a> {
    schema_version: &'static str,
    command: &'static str,
    tool: super::Tool,
    exit_code: u8,
    error: Option<()>,
    summary: &'a Summary,
}

/// The summary as a document.
#[must_use]
pub fn replay(summary: &Summary) -> ReplayDocument<'_> {
    ReplayDocument {
        schema_version: "1.0",
        command: "replay",
        tool: tool(),
        exit_code: summary.exit().code(),
        error: None,
        summary,
    }
}

/// What a verdict rests on, each with its exchanges, for a report of failures: the
/// rules that fired, what weighs most first, the answers that decide what the card
/// is, the evidence for its generation.
#[must_use]
pub fn proof(judged: &Judged) -> Vec<String> {
    let mut findings: Vec<_> = judged.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    let findings = findings.into_iter().map(|finding| {
        let severity = names::severity(finding.rule.severity);
        format!("{} {severity} [{}]", finding.rule.id, super::numbers(&finding.exchanges))
    });
    let evidence = judged.evidence.iter().map(|evidence| {
        let (id, supports) = (names::evidence(evidence.id), names::supports(evidence.supports));
        let exchanges = super::numbers(&evidence.exchanges);
        format!("generation: {id} {} ({supports}) [{exchanges}]", evidence.observed)
    });
    findings.chain(judged.decisive.iter().map(decided)).chain(evidence).collect()
}

fn decided(decisive: &Decisive) -> String {
    let exchanges = super::numbers(&decisive.exchanges);
    match &decisive.what {
        Decided::Selection(id, sw) => format!("card: SELECT {id} → {sw} [{exchanges}]"),
        Decided::Command(name, sw) => format!("card: {name} → {sw} [{exchanges}]"),
        Decided::Incident(name) if exchanges.is_empty() => format!("outcome: ! {name}"),
        Decided::Incident(name) => format!("outcome: ! {name} [{exchanges}]"),
        Decided::Nothing => "exchanges: 0".into(),
    }
}
