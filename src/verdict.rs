//! What the facts mean: kind of card, generation, health, replacement. A pure
//! function of facts and day; no I/O, no clock, no words of its own.

mod applications;
mod comparison;
mod decisive;
mod generation;
mod kind;
mod pair;
mod predicates;
mod replacement;
mod rule;
mod social;
mod subject;

pub use comparison::{Aspect, Compared, aspects};
pub use decisive::{Decided, Decisive, decisive};
pub use generation::{
    Algorithm, Evidence, EvidenceId, Generation, GenerationVerdict, Strength, Supports, Trust,
    identified,
};
pub use kind::Kind;
pub use pair::judge_both;
pub use replacement::{Reason, Replacement, ReplacementAnswer};
pub use rule::{
    CertificateLook, Explains, KindLook, ObjectLook, PairLook, Predicate, PurseLook, Remedy,
    Responsible, Rule, Severity, rules,
};

use jiff::civil::Date;

use crate::certificate::Certificate;
use crate::observe::{Entry, Facts, IncidentKind};
use crate::probe::Depth;
use crate::profile::{Application, Version};
use social::Social;

/// Everything that can be said of a card.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What kind of card it is.
    pub kind: Kind,
    /// Its generation, with evidence.
    pub generation: GenerationVerdict,
    /// Its applications.
    pub applications: Vec<ApplicationVerdict>,
    /// Should it be replaced; `None` where that is not for this program to say.
    pub replacement: Option<Replacement>,
    /// Second against third generation, and this card.
    pub comparison: Vec<Compared>,
    /// The outcome, by the contract's order.
    pub outcome: Outcome,
}

/// Whether an application is on the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It answers.
    Present,
    /// It does not exist here.
    Absent,
    /// It may live on the other side of the chip.
    NotSeenHere,
    /// A directory lists it, but it cannot be selected.
    Hidden,
    /// It can be selected, but the directory does not list it.
    Unlisted,
    /// Nobody asked, or the answer tells nothing.
    Unknown,
}

/// The state of an application. The order is that of the contract: at equal
/// severity the first of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Blocked, no command undoes it.
    PermanentlyBlocked,
    /// Blocked.
    Blocked,
    /// The PIN is locked.
    PinBlocked,
    /// Never filled.
    NotPersonalised,
    /// Data that does not follow the standard.
    Malformed,
    /// Data that contradicts itself.
    Inconsistent,
    /// Something is missing.
    Incomplete,
    /// Opens without keys although it should not.
    Leaking,
    /// Past its validity.
    Expired,
    /// Before its validity.
    NotYetValid,
    /// Needs a look.
    Attention,
    /// Room for it, nothing in it.
    NotInstalled,
    /// Refuses without keys, as it should.
    Protected,
    /// All that was looked at is in order.
    Healthy,
    /// Nothing was looked at.
    NotChecked,
}

/// A rule that fired.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What was seen, where it is not personal.
    pub observed: Option<String>,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

/// One application, judged apart from the others.
#[derive(Clone, Debug)]
pub struct ApplicationVerdict {
    /// Which.
    pub application: &'static Application,
    /// Whether it is there.
    pub presence: Presence,
    /// How it is.
    pub state: State,
    /// Why.
    pub findings: Vec<Finding>,
}

/// The outcomes that a card can have, by the contract's order. The program's
/// own failures (arguments, files) are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// PC/SC went away.
    NoService,
    /// Another program holds the card.
    Busy,
    /// Card or reader left during the work.
    Removed,
    /// The card fell silent.
    Timeout,
    /// Answers that are no answers.
    Unreadable,
    /// A card of another kind.
    NotSocialSecurity,
    /// At least one finding `error` or `fatal`.
    Faulty,
    /// At least one finding `warn`, or nothing could be judged.
    Attention,
    /// All passed.
    Healthy,
}

/// Judges a card as of a day; a quick judgement only by what a quick check asks.
#[must_use]
pub fn judge(facts: &Facts, day: Date, depth: Depth) -> Verdict {
    judge_trusting(facts, day, depth, &[])
}

/// The same, where the user trusts these certificates to sign a card's.
#[must_use]
pub fn judge_trusting(facts: &Facts, day: Date, depth: Depth, trust: &[Certificate]) -> Verdict {
    let quick = (depth == Depth::Quick).then(|| facts.quick());
    let facts = quick.as_ref().unwrap_or(facts);
    let (kind, social) = (kind::kind(facts), Social::new(facts));
    let generation = generation::generation(facts, &social, kind);
    let social = &social;
    let context = Context::new(facts, social, (kind, &generation), day, trust);
    let mut applications = applications::judge(&context);
    if depth == Depth::Quick {
        for application in &mut applications {
            application.state = State::NotChecked;
        }
    }
    let outcome = outcome(facts, kind, &generation, &applications, depth);
    let (replacement, comparison) = match depth {
        Depth::Quick => (None, Vec::new()),
        Depth::Basic | Depth::Full | Depth::PinState | Depth::Everything => (
            replacement::replacement(&context, &applications),
            comparison::comparison(&context, &applications),
        ),
    };
    Verdict { kind, generation, applications, replacement, comparison, outcome }
}

/// Whether two verdicts say the same: kind, generation, applications with the rules
/// that fired, replacement, outcome.
#[must_use]
pub fn is_same(one: &Verdict, two: &Verdict) -> bool {
    let rules = |row: &ApplicationVerdict| {
        let ids: Vec<&str> = row.findings.iter().map(|finding| finding.rule.id).collect();
        (row.application.id, row.presence, row.state, ids)
    };
    let said = |verdict: &Verdict| {
        let rows: Vec<_> = verdict.applications.iter().map(rules).collect();
        let answer = verdict.replacement.as_ref().map(|replacement| replacement.answer);
        let generation = (verdict.generation.value, verdict.generation.trust);
        (verdict.kind, generation, rows, answer, verdict.outcome)
    };
    said(one) == said(two)
}

/// What a rule may look at.
pub(crate) struct Context<'a> {
    pub(crate) facts: &'a Facts,
    /// What is known of the social security data.
    pub(crate) social: &'a Social<'a>,
    /// The other side of the chip, where that was recorded too.
    pub(crate) other: Option<&'a Facts>,
    pub(crate) kind: Kind,
    pub(crate) generation: &'a GenerationVerdict,
    pub(crate) day: Date,
    pub(crate) trust: &'a [Certificate],
    /// The applications that payment directories list.
    pub(crate) listed: Vec<Entry<'a>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        facts: &'a Facts,
        social: &'a Social<'a>,
        (kind, generation): (Kind, &'a GenerationVerdict),
        day: Date,
        trust: &'a [Certificate],
    ) -> Self {
        let listed = facts.listed();
        Self { facts, social, other: None, kind, generation, day, trust, listed }
    }

    /// What every side shows that was recorded.
    pub(crate) fn sides(&self) -> impl Iterator<Item = &'a Facts> {
        std::iter::once(self.facts).chain(self.other)
    }

    /// The version whose tables and rules hold; `None` where the generation is
    /// unknown.
    pub(crate) fn version(&self) -> Option<Version> {
        self.generation.value.version()
    }
}

/// The first outcome that applies (the exit codes of the contract, in order).
fn outcome(
    facts: &Facts,
    kind: Kind,
    generation: &GenerationVerdict,
    applications: &[ApplicationVerdict],
    depth: Depth,
) -> Outcome {
    if let Some(incident) = &facts.incident {
        return interrupted(&incident.kind);
    }
    if kind.is_foreign() {
        return Outcome::NotSocialSecurity;
    }
    let worst = applications.iter().filter_map(ApplicationVerdict::worst).max();
    if worst >= Some(Severity::Error) {
        return Outcome::Faulty;
    }
    let ssse = applications.iter().find(|verdict| verdict.application.id == "ssse");
    let unjudged = depth != Depth::Quick && ssse.is_none_or(|v| v.state == State::NotChecked);
    let unknown = generation.value == Generation::Unknown;
    if worst == Some(Severity::Warn) || unjudged || unknown {
        return Outcome::Attention;
    }
    Outcome::Healthy
}

/// The outcome of a conversation that something ended early, by the names that
/// stand in recordings.
fn interrupted(kind: &IncidentKind) -> Outcome {
    match kind {
        IncidentKind::Removed => Outcome::Removed,
        IncidentKind::Timeout => Outcome::Timeout,
        IncidentKind::Error(name) => match name.as_str() {
            "no-service" | "access-denied" => Outcome::NoService,
            "reader-gone" => Outcome::Removed,
            "busy" | "reset-by-other" => Outcome::Busy,
            _ => Outcome::Unreadable,
        },
    }
}

impl ApplicationVerdict {
    /// The highest severity of its findings.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.rule.severity).max()
    }
}
