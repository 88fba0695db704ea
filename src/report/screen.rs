//! The verdict on one screen of 80 columns and 24 lines: answer first, then
//! applications, then why, then what to do, then what a chip cannot tell.

mod applications;

#[cfg(feature = "cli")]
pub(super) use applications::{other_side, remark};

use super::data::region_words;
use super::document::{Document, FindingDocument};
use super::words::{self, Say};
use super::{Exit, Language, names, numbers, pad, width, wrap};
use crate::profile;
use crate::verdict::{
    ApplicationVerdict, Finding, Kind, Remedy, ReplacementAnswer, Severity, State, Verdict,
};

/// Columns and lines of the screen.
const COLUMNS: usize = 80;
const LINES: usize = 24;
/// Findings on the first screen; the rest stands in the details.
const MAX_FINDINGS: usize = 4;

/// How much is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// One screen.
    Screen,
    /// One screen, for a generation alone.
    Quick,
}

/// The screen, line by line.
#[must_use]
pub fn screen(
    document: &Document,
    verdict: &Verdict,
    language: Language,
    detail: Detail,
) -> Vec<String> {
    let exit = Exit::from(verdict.outcome);
    let mut lines = vec![headline(verdict, exit, language, detail)];
    lines.extend(second_line(document, verdict, language));
    lines.push(String::new());
    let mut below = section(Say::Evidence, &evidence(verdict, language), language);
    below.extend(section(Say::Advice, &advice(document, verdict, language, exit), language));
    if detail == Detail::Screen {
        below.extend(section(Say::Note, &notes(document, verdict, language), language));
    }
    // One empty line stands between the applications and what is below them.
    let room = LINES.saturating_sub(lines.len()).saturating_sub(below.len()).saturating_sub(1);
    if detail == Detail::Screen {
        let applications = applications::lines(document, verdict, language, room);
        let end = (!applications.is_empty()).then(String::new);
        lines.extend(applications.into_iter().chain(end));
    }
    lines.extend(below);
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The answer: which card, and how it is.
#[must_use]
pub fn headline(verdict: &Verdict, exit: Exit, language: Language, detail: Detail) -> String {
    let (what, how) = answer(verdict, exit, language);
    let how = match (detail, exit) {
        (Detail::Quick, Exit::Healthy) => Say::HealthNotChecked.text().in_language(language).into(),
        _ => how,
    };
    let line = |how: &str| format!("{what}    {how}");
    // A long name leaves no room for its state: then the outcome's own word.
    if width(&line(&how)) > COLUMNS { line(exit.word().in_language(language)) } else { line(&how) }
}

/// Which card, and how it is.
pub(super) fn answer(verdict: &Verdict, exit: Exit, language: Language) -> (String, String) {
    let what = match verdict.kind {
        Kind::SocialSecurity => words::generation(verdict.generation.value),
        other => words::kind(other),
    };
    (what.in_language(language).to_owned(), how(verdict, exit, language))
}

/// How the card is, in a word or two.
pub(super) fn how(verdict: &Verdict, exit: Exit, language: Language) -> String {
    let word = || exit.word().in_language(language).to_owned();
    match exit {
        Exit::Attention | Exit::Faulty if is_unsteady(verdict) => {
            Say::Unsteady.text().in_language(language).to_owned()
        }
        Exit::Attention | Exit::Faulty => worst_state(verdict, language).unwrap_or_else(word),
        _ => word(),
    }
}

/// Whether what was read may come otherwise when read again.
fn is_unsteady(verdict: &Verdict) -> bool {
    let mut findings = verdict.applications.iter().flat_map(|row| &row.findings);
    findings.any(|finding| finding.rule.remedy == Remedy::CleanAndRetry)
}

/// The state of the application that decides, in its own word: "expired", not
/// "attention"; with the application's name where it is not the card's own.
fn worst_state(verdict: &Verdict, language: Language) -> Option<String> {
    let judged = verdict.applications.iter().filter(|row| row.worst() > Some(Severity::Info));
    let worst =
        judged.reduce(|first, next| if next.worst() > first.worst() { next } else { first })?;
    // After a quick check no application is judged, but what was found has a word.
    let found = worst.findings.iter().filter(|f| Some(f.rule.severity) == worst.worst());
    let state = found.filter_map(|f| f.rule.state).min().unwrap_or(worst.state);
    let state = words::state(state).in_language(language);
    match worst.application.id {
        "ssse" => Some(state.to_owned()),
        _ => Some(format!("{} {state}", worst.application.name.in_language(language))),
    }
}

/// Version, algorithm, side of the chip, region.
pub(super) fn second_line(
    document: &Document,
    verdict: &Verdict,
    language: Language,
) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(version) = &verdict.generation.spec_version {
        parts.push(format!("{} {version}", Say::Version.text().in_language(language)));
    }
    if verdict.generation.algorithm.is_some() {
        parts.push(names::algorithm(verdict.generation.algorithm).to_owned());
    }
    let side = match document.source.interface {
        Some("contact") => Some(Say::ContactSide),
        Some("contactless") => Some(Say::ContactlessSide),
        Some(_) => Some(Say::BothSides),
        None => None,
    };
    parts.extend(side.map(|say| say.text().in_language(language).to_owned()));
    parts.extend(document.source.protocol.map(str::to_owned));
    parts.extend(region(document).map(|code| region_name(code, language)));
    (!parts.is_empty()).then(|| parts.join(language.comma()))
}

/// The region's name where a list has it, and its code.
fn region_name(code: &str, language: Language) -> String {
    match (profile::region(code, None), language) {
        (Some(region), Language::Chinese) => format!("{} {code}", region_words(&region).zh),
        (Some(region), Language::English) => {
            format!("{} {code}", region.province_en.unwrap_or("region"))
        }
        (None, Language::Chinese) => format!("地区 {code}"),
        (None, Language::English) => format!("region {code}"),
    }
}

/// The issuing region: the open part of the card identification code.
fn region(document: &Document) -> Option<&str> {
    let data = document.applications.iter().flat_map(|application| &application.data);
    let mut codes = data.filter(|datum| datum.id == "card-identification-code");
    codes.next()?.value.as_deref()?.get(..6)
}

pub(super) fn evidence(verdict: &Verdict, language: Language) -> Vec<String> {
    let shown =
        verdict.generation.evidence.iter().filter(|e| e.supports != crate::verdict::Supports::None);
    let mut parts: Vec<String> = shown
        .map(|evidence| {
            let name = words::evidence(evidence.id).in_language(language);
            let observed = match (evidence.observed.strip_prefix("- "), language) {
                (Some(default), Language::Chinese) => format!("默认 {default}"),
                (Some(default), Language::English) => format!("{default} by default"),
                (None, _) => evidence.observed.clone(),
            };
            format!("{name} {observed} [{}]", numbers(&evidence.exchanges))
        })
        .collect();
    if verdict.kind == Kind::SocialSecurity {
        parts.push(words::trust(verdict.generation.trust).in_language(language).to_owned());
    }
    if parts.is_empty() { parts } else { vec![parts.join(language.semicolon())] }
}

/// What to tell the citizen: what the worst findings ask for, then whether to
/// replace the card. Nobody is told to keep a card that has just been found to
/// need a look.
pub(super) fn advice(
    document: &Document,
    verdict: &Verdict,
    language: Language,
    exit: Exit,
) -> Vec<String> {
    let space = if language == Language::English { " " } else { "" };
    let mut lines = Vec::new();
    if let Some(error) = &document.error {
        lines.push(error.message.in_language(language).to_owned());
        lines.push(error.advice.in_language(language).to_owned());
    }
    let ssse = || verdict.applications.iter().filter(|row| row.application.id == "ssse");
    let sound = ssse().filter_map(ApplicationVerdict::worst).all(|worst| worst == Severity::Info);
    let mut advised = advised(document, verdict, language);
    if !advised.is_empty() {
        if ssse().any(|row| row.state == State::Healthy) {
            advised.insert(0, Say::SocialSecurityHealthy.text().in_language(language));
        }
        lines.push(advised.join(space));
    }
    let keep =
        |answer| matches!(answer, ReplacementAnswer::NotNeeded | ReplacementAnswer::Optional);
    if let Some(replacement) = verdict.replacement.as_ref().filter(|r| sound || !keep(r.answer)) {
        let answer = words::replacement(replacement.answer).in_language(language);
        let reasons = replacement.reasons.iter().map(|r| words::reason(*r).in_language(language));
        lines.push(std::iter::once(answer).chain(reasons).collect::<Vec<_>>().join(space));
    }
    let say = match exit {
        Exit::NotSocialSecurity => Some(Say::OtherCard),
        Exit::Attention if lines.is_empty() => Some(Say::CannotTell),
        _ => None,
    };
    lines.extend(say.map(|say| say.text().in_language(language).to_owned()));
    lines
}

/// The advice of the findings that are more than information, the worst first,
/// each once. What was read unsteadily is read again before anything else is done.
fn advised<'a>(document: &'a Document, verdict: &Verdict, language: Language) -> Vec<&'a str> {
    let mut findings: Vec<(&Finding, &FindingDocument)> = verdict
        .applications
        .iter()
        .zip(&document.applications)
        .flat_map(|(judged, row)| judged.findings.iter().zip(&row.findings))
        .filter(|(finding, _)| finding.rule.severity > Severity::Info)
        // What the card is to be replaced for stands in the replacement's reasons.
        .filter(|(f, _)| verdict.replacement.is_none() || f.rule.remedy != Remedy::Replace)
        .collect();
    if is_unsteady(verdict) {
        findings.retain(|(finding, _)| finding.rule.remedy == Remedy::CleanAndRetry);
    }
    findings.sort_by_key(|(finding, _)| std::cmp::Reverse(finding.rule.severity));
    let mut advised: Vec<&str> = Vec::new();
    for (_, finding) in findings {
        let advice = finding.advice.in_language(language);
        if !advised.contains(&advice) && advised.len() < MAX_FINDINGS {
            advised.push(advice);
        }
    }
    advised
}

/// What a chip cannot tell.
pub(super) fn notes(document: &Document, verdict: &Verdict, language: Language) -> Vec<String> {
    if verdict.kind != Kind::SocialSecurity {
        return Vec::new();
    }
    let interrupted = document.error.as_ref().map(|_| Say::SoFar);
    let says = interrupted.into_iter().chain([Say::NotOnTheChip]);
    says.map(|say| say.text().in_language(language).to_owned()).collect()
}

/// A titled paragraph.
fn section(title: Say, paragraphs: &[String], language: Language) -> Vec<String> {
    let title = pad(title.text().in_language(language), 8);
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        let head = if lines.is_empty() { title.as_str() } else { "        " };
        lines.extend(hanging(head, paragraph, 8));
    }
    lines
}

/// A head and a text behind it; further lines are indented.
fn hanging(head: &str, text: &str, indent: usize) -> Vec<String> {
    let wrapped = wrap(text, COLUMNS.saturating_sub(indent));
    let mut lines = Vec::new();
    for (at, line) in wrapped.iter().enumerate() {
        let head = if at == 0 { head.to_owned() } else { " ".repeat(indent) };
        lines.push(format!("{head}{line}").trim_end().to_owned());
    }
    if lines.is_empty() {
        lines.push(head.trim_end().to_owned());
    }
    lines
}

/// What the check took: exchanges, bytes, time.
pub(super) fn took(document: &Document, language: Language) -> String {
    let statistics = &document.statistics;
    let wire = statistics.wire_estimate_ms.unwrap_or_default() / 1000.0;
    let (count, sent) = (statistics.exchanges, statistics.bytes_sent);
    let (received, spent) = (statistics.bytes_received, statistics.elapsed_ms / 1000.0);
    match language {
        Language::Chinese => format!(
            "往来 {count} 次，发 {sent} 字节，收 {received} 字节；用时 {spent:.1} 秒，按此卡速率至少 {wire:.1} 秒"
        ),
        Language::English => format!(
            "{count} exchanges, {sent} bytes sent, {received} received; took {spent:.1} s, this card at this speed: {wire:.1} s at least"
        ),
    }
}
