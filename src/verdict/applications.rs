//! Each application, judged apart: is it there, and how is it?

use super::predicates;
use super::rule::rules_of;
use super::subject::Subject;
use super::{ApplicationVerdict, Context, Explains, Finding, Kind, Presence, State};
use crate::observe::{ItemState, Place};
use crate::profile::{self, Application, ApplicationKind, Version};
use crate::session::Interface;

/// Every application that was asked for; SSSE always, it is the question. What
/// explains the card silences the applications of its side.
pub(super) fn judge(context: &Context<'_>) -> Vec<ApplicationVerdict> {
    let mut verdicts: Vec<ApplicationVerdict> = profile::applications()
        .filter(|row| row.kind != ApplicationKind::Psam)
        .filter(|row| row.id == "ssse" || context.facts.selection(*row).is_some())
        .map(|row| verdict(context, row))
        .collect();
    let explains = |finding: &Finding| finding.rule.explains == Explains::Card;
    if verdicts.iter().any(|verdict| verdict.findings.iter().any(explains)) {
        for part in verdicts.iter_mut().filter(|verdict| is_of_the_ministry(verdict.application)) {
            part.findings.retain(explains);
            part.state = state(context, part.application, &part.findings);
        }
    }
    verdicts
}

/// Social security and its certificates: made and issued together.
fn is_of_the_ministry(application: &Application) -> bool {
    matches!(application.kind, ApplicationKind::SocialSecurity | ApplicationKind::Certificate)
}

fn verdict(context: &Context<'_>, application: &'static Application) -> ApplicationVerdict {
    let findings = findings(context, &Subject::new(context.facts, application));
    let presence = presence(context, application);
    let state = state(context, application, &findings);
    ApplicationVerdict { application, presence, state, findings }
}

/// The rules that fire. A rule for one version holds only where that version is
/// known; what explains the whole silences its parts.
fn findings(context: &Context<'_>, subject: &Subject<'_>) -> Vec<Finding> {
    let version = context.version();
    let holds = |rule: &super::Rule| {
        (rule.versions.is_empty() || version.is_some_and(|v| rule.versions.contains(&v)))
            && (context.kind != Kind::Psam || rule.predicate == super::Predicate::Psam)
    };
    let mut findings: Vec<Finding> = rules_of(subject.application)
        .filter(|rule| holds(rule))
        .filter_map(|rule| predicates::fire(context, rule, subject))
        .collect();
    if let Some(whole) = findings.iter().position(|f| f.rule.explains > Explains::Nothing) {
        findings = vec![findings.swap_remove(whole)];
    }
    findings
}

/// Whether an application is there.
pub(super) fn presence(context: &Context<'_>, application: &'static Application) -> Presence {
    let facts = context.facts;
    let there = match application.id {
        "ssse" => facts.home().is_some(),
        id => facts.opened(id).is_some(),
    };
    let refused = facts.selection(application).map(|selection| selection.sw.0);
    if there || matches!(refused, Some(0x9303 | 0x6283 | 0x6985)) {
        return if is_unlisted(context, application) {
            Presence::Unlisted
        } else {
            Presence::Present
        };
    }
    match refused {
        Some(0x6A82) if is_listed(context, application) => Presence::Hidden,
        Some(0x6A82) if context.other.is_none() && may_be_elsewhere(context, application) => {
            Presence::NotSeenHere
        }
        Some(0x6A82) => Presence::Absent,
        _ => Presence::Unknown,
    }
}

/// Whether a payment directory lists an application.
fn is_listed(context: &Context<'_>, application: &Application) -> bool {
    context.listed.iter().any(|entry| application.aids.contains(&entry.aid))
}

/// A payment application that a directory, which lists others, leaves out.
fn is_unlisted(context: &Context<'_>, application: &Application) -> bool {
    let listed = !context.listed.is_empty();
    application.kind == ApplicationKind::Payment && listed && !is_listed(context, application)
}

/// Payment, transport and directories may live on the other side of a chip that
/// is, or may be, a third-generation one. That the antenna shows the certificates as
/// well is known; of what stands below SSSE no source tells.
fn may_be_elsewhere(context: &Context<'_>, application: &Application) -> bool {
    use super::Generation::{Third, Unknown};
    use ApplicationKind::{Directory, Payment, Transport};
    let antenna = context.facts.interface == Some(Interface::Contactless);
    let below = application.parent == Some("ssse");
    let elsewhere = matches!(application.kind, Payment | Transport | Directory);
    (elsewhere || (antenna && below)) && matches!(context.generation.value, Third | Unknown)
}

/// The state of the worst finding, if one names a state.
pub(super) fn state_of(findings: &[Finding]) -> Option<State> {
    let with_state =
        findings.iter().filter_map(|f| f.rule.state.map(|state| (f.rule.severity, state)));
    let worst = with_state.reduce(|best, next| {
        if next.0 > best.0 || (next.0 == best.0 && next.1 < best.1) { next } else { best }
    });
    worst.map(|(_, state)| state)
}

/// The state of the worst finding; without one, what was read decides.
fn state(context: &Context<'_>, application: &'static Application, findings: &[Finding]) -> State {
    if let Some(state) = state_of(findings) {
        return state;
    }
    let place = match (application.id, application.kind) {
        ("ssse", _) => context.facts.home(),
        (_, ApplicationKind::SocialSecurity | ApplicationKind::Certificate) => {
            context.facts.opened(application).map(|_| Place::Application(application))
        }
        _ => return other_state(context, application),
    };
    // Without a place what was read belongs to another card's files. Of SSSE all
    // issuer data must have been asked for: what is missing is never healthy.
    match place {
        Some(place) if application.id != "ssse" || issuer_data_was_asked(context, &place) => {
            state_by_reading(context, &place)
        }
        _ => State::NotChecked,
    }
}

fn issuer_data_was_asked(context: &Context<'_>, place: &Place) -> bool {
    let version = context.version().unwrap_or(Version::V2);
    let state = |item| match context.social.known(item) {
        Some(known) => known.evidence.state,
        None => context.facts.item(place, item).state,
    };
    let asked = |item| !matches!(state(item), ItemState::NotAsked);
    profile::items("ssse", 0xEF05, version).all(asked)
}

/// Healthy if anything was read, protected if all that is there asks for keys.
fn state_by_reading(context: &Context<'_>, place: &Place) -> State {
    let mut opened = false;
    let mut refused = false;
    for reading in context.facts.readings.iter().filter(|reading| reading.place == *place) {
        opened |= reading.is_ok();
        refused |= reading.is_protected();
    }
    match (opened, refused) {
        (true, _) => State::Healthy,
        (false, true) => State::Protected,
        (false, false) => State::NotChecked,
    }
}

/// Of an application beside social security: healthy if anything of it was
/// read, of a payment application its end of validity; an answer to SELECT alone
/// is no proof of health.
fn other_state(context: &Context<'_>, application: &'static Application) -> State {
    let facts = context.facts;
    let place = Place::Application(application);
    let looked = match application.kind {
        ApplicationKind::Payment => facts.data_object(application, 0x5F24).is_some(),
        ApplicationKind::Transport => {
            facts.readings.iter().any(|reading| reading.place == place && reading.is_ok())
        }
        _ => !facts.data_objects(application).is_empty(),
    };
    if looked { State::Healthy } else { State::NotChecked }
}
