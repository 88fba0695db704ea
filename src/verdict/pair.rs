//! Both sides of one chip, judged together: each on its own, then what they say
//! of one another.

use jiff::civil::Date;

use super::{
    ApplicationVerdict, Context, Finding, Generation, GenerationVerdict, Kind, Predicate, Presence,
    State, Strength, Trust, Verdict, applications, comparison, generation, kind, outcome,
    predicates, replacement, rules,
};
use crate::certificate::Certificate;
use crate::observe::Facts;
use crate::probe::Depth;
use crate::profile;
use crate::verdict::social::Social;
use crate::verdict::subject::Subject;

/// Judges two recordings of one chip, one of each side. The exchanges of the
/// second go on from those of the first.
#[must_use]
pub fn judge_both(
    first: &Facts,
    second: &Facts,
    day: Date,
    depth: Depth,
    trust: &[Certificate],
) -> Verdict {
    let kinds = [kind::kind(first), kind::kind(second)];
    let kind = if kinds.contains(&Kind::SocialSecurity) { Kind::SocialSecurity } else { kinds[0] };
    let socials = [Social::new(first), Social::new(second)];
    let generation = joined(
        generation::generation(first, &socials[0], kinds[0]),
        generation::generation(second, &socials[1], kinds[1]),
    );
    let side = |facts, social, other| Context {
        other: Some(other),
        ..Context::new(facts, social, (kind, &generation), day, trust)
    };
    let (one, two) = (side(first, &socials[0], second), side(second, &socials[1], first));
    let mut applications = merged(applications::judge(&one), applications::judge(&two));
    for row in &mut applications {
        let pair = |rule: &&'static super::Rule| matches!(rule.predicate, Predicate::Pair(_));
        let holds = rules().iter().filter(pair).filter(|rule| {
            rule.judges(row.application)
                && (rule.versions.is_empty()
                    || one.version().is_some_and(|v| rule.versions.contains(&v)))
        });
        let subject = Subject::new(first, row.application);
        let found = holds.filter_map(|rule| predicates::fire(&one, rule, &subject));
        row.findings.extend(found.collect::<Vec<_>>());
        row.state = applications::state_of(&row.findings).unwrap_or(row.state);
    }
    let quick = depth == Depth::Quick;
    if quick {
        applications.iter_mut().for_each(|row| row.state = State::NotChecked);
    }
    let broken = if first.incident.is_some() { first } else { second };
    let outcome = outcome(broken, kind, &generation, &applications, depth);
    let replacement = replacement::replacement(&one, &applications).filter(|_| !quick);
    let comparison = if quick { Vec::new() } else { comparison::comparison(&one, &applications) };
    Verdict { kind, generation, applications, replacement, comparison, outcome }
}

/// The evidence of both sides. Two versions that are readable and differ are in
/// conflict; a side that tells nothing changes nothing.
fn joined(first: GenerationVerdict, second: GenerationVerdict) -> GenerationVerdict {
    let unknown = |verdict: &GenerationVerdict| verdict.value == Generation::Unknown;
    let (mut kept, other) =
        if unknown(&first) && !unknown(&second) { (second, first) } else { (first, second) };
    if !unknown(&other) && other.value != kept.value {
        let strong = |verdict: &GenerationVerdict| {
            verdict.evidence.iter().any(|evidence| evidence.strength == Strength::Strong)
        };
        if strong(&other) && !strong(&kept) {
            let weaker = std::mem::replace(&mut kept, other);
            kept.evidence.extend(weaker.evidence);
            return kept;
        }
        if strong(&other) {
            kept.trust = Trust::Conflicting;
        }
    }
    let new = |evidence: &super::Evidence| {
        !kept
            .evidence
            .iter()
            .any(|known| (known.id, &known.observed) == (evidence.id, &evidence.observed))
    };
    let more: Vec<_> = other.evidence.into_iter().filter(new).collect();
    kept.evidence.extend(more);
    kept.algorithm = kept.algorithm.or(other.algorithm);
    kept.spec_version = kept.spec_version.or(other.spec_version);
    kept
}

/// Each application once, in the order of the table. One that answers on one side
/// is judged there alone.
fn merged(
    first: Vec<ApplicationVerdict>,
    second: Vec<ApplicationVerdict>,
) -> Vec<ApplicationVerdict> {
    let mut first = first.into_iter().map(Some).collect::<Vec<_>>();
    let mut second = second.into_iter().map(Some).collect::<Vec<_>>();
    let take = |rows: &mut Vec<Option<ApplicationVerdict>>, id: &str| {
        let found = |row: &&mut Option<ApplicationVerdict>| {
            row.as_ref().is_some_and(|row| row.application.id == id)
        };
        rows.iter_mut().find(found).and_then(Option::take)
    };
    let both = profile::applications().filter_map(|application| {
        match (take(&mut first, application.id), take(&mut second, application.id)) {
            (Some(one), Some(two)) => Some(one_of(one, two)),
            (one, two) => one.or(two).map(seen_everywhere),
        }
    });
    both.collect()
}

/// What one side does not have is not on the card, when both were looked at.
fn seen_everywhere(mut row: ApplicationVerdict) -> ApplicationVerdict {
    if row.presence == Presence::NotSeenHere {
        row.presence = Presence::Absent;
    }
    row
}

fn one_of(one: ApplicationVerdict, two: ApplicationVerdict) -> ApplicationVerdict {
    let there =
        |row: &ApplicationVerdict| matches!(row.presence, Presence::Present | Presence::Unlisted);
    match (there(&one), there(&two)) {
        (true, false) => one,
        (false, true) => two,
        (false, false) => seen_everywhere(one),
        (true, true) => together(one, two),
    }
}

/// An application that answers on both sides: the findings of both, each rule
/// once; healthy if one side shows it and none complains.
fn together(mut one: ApplicationVerdict, two: ApplicationVerdict) -> ApplicationVerdict {
    let known = |finding: &Finding| one.findings.iter().any(|f| f.rule.id == finding.rule.id);
    let new: Vec<Finding> = two.findings.into_iter().filter(|finding| !known(finding)).collect();
    one.findings.extend(new);
    if two.presence == Presence::Present {
        one.presence = Presence::Present;
    }
    let found = applications::state_of(&one.findings);
    let states = [one.state, two.state];
    let seen = [State::Healthy, State::Protected].into_iter().find(|s| states.contains(s));
    one.state = found.or(seen).unwrap_or(one.state);
    one
}
