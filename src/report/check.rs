//! From facts and verdict to the document.

use super::document::{
    Application, Card, ComparisonRow, Document, ErrorDocument, EvidenceDocument, FindingDocument,
    Generation, ReplacementDocument, Safety, SourceDocument, Statistics, Words, tool,
};
use super::{Exit, Reveal, data, exchange, names, trouble, words};
use crate::observe::{Facts, IncidentKind};
use crate::profile;
use crate::session::{Interface, Protocol};
use crate::transport::TransportError;
use crate::verdict::{ApplicationVerdict, Compared, Finding, GenerationVerdict, Verdict};

/// Where a card came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The kind of source.
    pub kind: SourceKind,
    /// Reader, file or model.
    pub name: Option<String>,
}

/// The kind of source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A real reader.
    Reader,
    /// A recording.
    Session,
    /// Two recordings, one of each side.
    Sessions,
    /// A built-in card model.
    Virtual,
}

/// Everything that goes into the document.
pub struct CheckInput<'a> {
    /// Where the card came from.
    pub source: Source,
    /// What the transcript shows.
    pub facts: &'a Facts,
    /// What that of the other side shows, and where it came from.
    pub other: Option<(&'a Facts, Source)>,
    /// What it means.
    pub verdict: &'a Verdict,
    /// The day for which it was judged.
    pub day: jiff::civil::Date,
    /// Now, ISO 8601 with offset.
    pub time: String,
    /// Commands that were refused.
    pub refused: u32,
    /// Whether personal values are shown.
    pub reveal: Reveal,
}

/// The document of `check`.
#[must_use]
pub fn check(input: &CheckInput<'_>) -> Document {
    let verdict = input.verdict;
    let exit = Exit::from(verdict.outcome);
    Document {
        schema_version: "1.0",
        command: "check",
        tool: tool(),
        time: input.time.clone(),
        judged_as_of: input.day.to_string(),
        source: source(input),
        outcome: exit.name(),
        exit_code: exit.code(),
        error: input.sides().find_map(|facts| incident(facts, exit)),
        card: Card { kind: names::kind(verdict.kind) },
        generation: generation(&verdict.generation),
        applications: verdict.applications.iter().map(|row| application(input, row)).collect(),
        replacement: verdict.replacement.as_ref().map(|replacement| ReplacementDocument {
            answer: names::replacement(replacement.answer),
            reasons: replacement
                .reasons
                .iter()
                .map(|reason| words::reason(*reason).into())
                .collect(),
        }),
        comparison: verdict.comparison.iter().map(compared).collect(),
        statistics: statistics(input),
        safety: Safety {
            refused_commands: input.refused,
            counters_unchanged: input
                .sides()
                .filter_map(Facts::counters_unchanged)
                .reduce(|a, b| a && b),
        },
    }
}

impl<'a> CheckInput<'a> {
    /// What every side shows.
    fn sides(&self) -> impl Iterator<Item = &'a Facts> {
        std::iter::once(self.facts).chain(self.other.as_ref().map(|(facts, _)| *facts))
    }

    /// The same, with the side alone on which an application answers.
    fn of_side(&self, application: &profile::Application) -> Self {
        let opens = |facts: &&Facts| match application.id {
            "ssse" => facts.home().is_some(),
            id => facts.opened(id).is_some(),
        };
        CheckInput {
            source: self.source.clone(),
            facts: self.sides().find(opens).unwrap_or(self.facts),
            other: None,
            verdict: self.verdict,
            day: self.day,
            time: String::new(),
            refused: self.refused,
            reveal: self.reveal,
        }
    }
}

/// What it took on all sides; exchanges are counted through.
fn statistics(input: &CheckInput<'_>) -> Statistics {
    let tenths = |ms: f64| (ms * 10.0).round() / 10.0;
    Statistics {
        exchanges: input.sides().map(|facts| facts.exchanges).max().unwrap_or(0),
        bytes_sent: input.sides().map(|facts| facts.bytes_sent).sum(),
        bytes_received: input.sides().map(|facts| facts.bytes_received).sum(),
        elapsed_ms: tenths(input.sides().map(|facts| facts.elapsed_ms).sum()),
        wire_estimate_ms: Some(tenths(input.sides().map(|facts| facts.wire_ms).sum())),
    }
}

fn compared(compared: &Compared) -> ComparisonRow {
    let aspect = compared.aspect;
    ComparisonRow {
        id: aspect.id,
        aspect: aspect.name.into(),
        second: aspect.second.into(),
        third: aspect.third.into(),
        this_card: compared.this_card.into(),
        exchanges: compared.exchanges.clone(),
    }
}

fn kind_name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Reader => "reader",
        SourceKind::Session => "session",
        SourceKind::Sessions => "sessions",
        SourceKind::Virtual => "virtual",
    }
}

fn source(input: &CheckInput<'_>) -> SourceDocument {
    let Some((facts, other)) = &input.other else {
        return side(input, input.facts, &input.source);
    };
    let (kind, name) = (kind_name(SourceKind::Sessions), None);
    let parts = vec![side(input, input.facts, &input.source), side(input, facts, other)];
    SourceDocument { kind, name, interface: Some("both"), protocol: None, atr: None, parts }
}

/// Where one side came from.
fn side(input: &CheckInput<'_>, facts: &Facts, source: &Source) -> SourceDocument {
    let kind = kind_name(source.kind);
    let interface = facts.interface.map(|interface| match interface {
        Interface::Contact => "contact",
        Interface::Contactless => "contactless",
    });
    let protocol = facts.protocol.map(|protocol| match protocol {
        Protocol::T0 => "T=0",
        Protocol::T1 => "T=1",
    });
    let atr = facts.atr.as_ref().map(|atr| exchange::masked_atr(atr, input.reveal));
    SourceDocument { kind, name: source.name.clone(), interface, protocol, atr, parts: Vec::new() }
}

/// Why the conversation ended early.
fn incident(facts: &Facts, exit: Exit) -> Option<ErrorDocument> {
    let incident = facts.incident.as_ref()?;
    let error = match &incident.kind {
        IncidentKind::Error(name) => TransportError::from_name(name),
        IncidentKind::Removed => Some(TransportError::Removed),
        IncidentKind::Timeout => Some(TransportError::Timeout),
    };
    let (message, advice) = match &error {
        Some(error) => trouble::during_work(error),
        None => trouble::trouble(exit),
    };
    let at = incident.exchange;
    let detail = match &incident.kind {
        // A name that is none of ours may be anything: it is not repeated.
        IncidentKind::Error(_) => {
            format!("{}, exchange {at}", error.as_ref().map_or("error", TransportError::name))
        }
        IncidentKind::Removed | IncidentKind::Timeout => format!("exchange {at}"),
    };
    let kind = exit.name();
    Some(ErrorDocument {
        kind,
        message: message.into(),
        advice: advice.into(),
        detail: Some(detail),
    })
}

/// The document of a run that never saw a card.
#[must_use]
pub fn no_card(
    exit: Exit,
    error: ErrorDocument,
    source: Source,
    day: jiff::civil::Date,
    time: String,
) -> Document {
    let (kind, name) = (kind_name(source.kind), source.name);
    Document {
        schema_version: "1.0",
        command: "check",
        tool: tool(),
        time,
        judged_as_of: day.to_string(),
        source: SourceDocument {
            kind,
            name,
            interface: None,
            protocol: None,
            atr: None,
            parts: Vec::new(),
        },
        outcome: exit.name(),
        exit_code: exit.code(),
        error: Some(error),
        card: Card { kind: "none" },
        generation: Generation {
            value: "unknown",
            spec_version: None,
            algorithm: "unknown",
            confidence: "none",
            evidence: Vec::new(),
        },
        applications: Vec::new(),
        replacement: None,
        comparison: Vec::new(),
        statistics: Statistics {
            exchanges: 0,
            bytes_sent: 0,
            bytes_received: 0,
            elapsed_ms: 0.0,
            wire_estimate_ms: None,
        },
        safety: Safety { refused_commands: 0, counters_unchanged: None },
    }
}

fn generation(verdict: &GenerationVerdict) -> Generation {
    let evidence = verdict.evidence.iter().map(|evidence| EvidenceDocument {
        id: names::evidence(evidence.id),
        observed: evidence.observed.clone(),
        supports: names::supports(evidence.supports),
        strength: names::strength(evidence.strength),
        exchanges: evidence.exchanges.clone(),
    });
    Generation {
        value: names::generation(verdict.value),
        spec_version: verdict.spec_version.clone(),
        algorithm: names::algorithm(verdict.algorithm),
        confidence: names::trust(verdict.trust),
        evidence: evidence.collect(),
    }
}

fn application(input: &CheckInput<'_>, verdict: &ApplicationVerdict) -> Application {
    let application = verdict.application;
    Application {
        id: application.id,
        kind: names::application_kind(application.kind),
        aid: application.aids.first().map(hex::encode_upper).unwrap_or_default(),
        name: application.name.into(),
        presence: names::presence(verdict.presence),
        state: names::state(verdict.state),
        findings: verdict.findings.iter().map(finding).collect(),
        data: data::of_application(&input.of_side(application), application),
    }
}

fn finding(finding: &Finding) -> FindingDocument {
    let rule = finding.rule;
    FindingDocument {
        rule: rule.id,
        severity: names::severity(rule.severity),
        confidence: names::confidence(rule.confidence),
        message: Words::observed(rule.message, finding.observed.as_deref()),
        advice: rule.advice.into(),
        responsible: names::responsible(rule.responsible),
        remedy: names::remedy(rule.remedy),
        terminal_errors: rule.terminal_errors.to_vec(),
        exchanges: finding.exchanges.clone(),
    }
}
