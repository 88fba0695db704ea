//! The verdict on one screen of 80 columns and 24 lines: answer first, then
//! applications, then why, then what to do, then what a chip cannot tell.

use super::data::region_words;
use super::document::{Application, Document, FindingDocument};
use super::words::{self, Say};
use super::{Exit, Language, certificates, names, numbers, pad, width, wrap};
use crate::observe::Facts;
use crate::profile;
use crate::session::{Interface, Protocol};
use crate::verdict::{
    ApplicationVerdict, Finding, Generation, Kind, Presence, Remedy, ReplacementAnswer, Severity,
    State, Verdict,
};

/// Columns and lines of the screen.
const COLUMNS: usize = 80;
const LINES: usize = 24;
/// Findings on the first screen; the rest stands in the details.
const MAX_FINDINGS: usize = 4;
/// Columns of an application's name, and of its state.
const NAME_COLUMNS: usize = 30;
const STATE_COLUMNS: usize = 17;
/// Column where a remark begins, behind mark, name and state.
const REMARK: usize = 2 + NAME_COLUMNS + STATE_COLUMNS;

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
    facts: &Facts,
    language: Language,
    detail: Detail,
) -> Vec<String> {
    let exit = Exit::from(verdict.outcome);
    let mut lines = vec![headline(verdict, exit, language, detail)];
    lines.extend(second_line(document, verdict, facts, language));
    lines.push(String::new());
    let mut below = section(Say::Evidence, &evidence(verdict, language), language);
    below.extend(section(Say::Advice, &advice(document, verdict, language, exit), language));
    below.extend(section(Say::Note, &notes(document, verdict, language, detail), language));
    // One empty line stands between the applications and what is below them.
    let room = LINES.saturating_sub(lines.len()).saturating_sub(below.len()).saturating_sub(1);
    let applications = fit(applications(document, verdict, language, detail), room, language);
    if !applications.is_empty() {
        lines.extend(applications);
        lines.push(String::new());
    }
    lines.extend(below);
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The answer: which card, and how it is.
fn headline(verdict: &Verdict, exit: Exit, language: Language, detail: Detail) -> String {
    let what = match verdict.kind {
        Kind::SocialSecurity => words::generation(verdict.generation.value),
        other => words::kind(other),
    };
    let word = exit.word().in_language(language).to_owned();
    let how = match (detail, exit) {
        (Detail::Quick, Exit::Healthy) => Say::HealthNotChecked.text().in_language(language).into(),
        (_, Exit::Attention | Exit::Faulty) => worst_state(verdict, language).unwrap_or(word),
        _ => word,
    };
    let line = |how: &str| format!("{}    {how}", what.in_language(language));
    // A long name leaves no room for its state: then the outcome's own word.
    if width(&line(&how)) > COLUMNS { line(exit.word().in_language(language)) } else { line(&how) }
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
fn second_line(
    document: &Document,
    verdict: &Verdict,
    facts: &Facts,
    language: Language,
) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(version) = &verdict.generation.spec_version {
        parts.push(format!("{} {version}", Say::Version.text().in_language(language)));
    }
    if verdict.generation.algorithm.is_some() {
        parts.push(names::algorithm(verdict.generation.algorithm).to_owned());
    }
    parts.extend(facts.interface.map(|side| interface(side, language)));
    parts.extend(facts.protocol.map(protocol));
    parts.extend(region(document).map(|code| region_name(code, language)));
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn interface(interface: Interface, language: Language) -> String {
    match (interface, language) {
        (Interface::Contact, Language::Chinese) => "接触界面".into(),
        (Interface::Contact, Language::English) => "contact".into(),
        (Interface::Contactless, Language::Chinese) => "非接触界面".into(),
        (Interface::Contactless, Language::English) => "contactless".into(),
    }
}

fn protocol(protocol: Protocol) -> String {
    match protocol {
        Protocol::T0 => "T=0".into(),
        Protocol::T1 => "T=1".into(),
    }
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

/// An application or a finding: its lines, and whether anything was looked at.
struct Entry {
    lines: Vec<String>,
    is_checked: bool,
}

/// As many entries as there are lines for. What was not checked goes first, then
/// what stands last.
fn fit(mut entries: Vec<Entry>, room: usize, language: Language) -> Vec<String> {
    let taken = |entries: &[Entry]| entries.iter().map(|entry| entry.lines.len()).sum::<usize>();
    let is_whole = taken(&entries) <= room;
    // A line is left for saying so.
    while !is_whole && taken(&entries) >= room {
        let last = entries.iter().rposition(|entry| !entry.is_checked);
        let Some(out) = last.or(entries.len().checked_sub(1)) else { break };
        entries.remove(out);
    }
    let mut lines: Vec<String> = entries.into_iter().flat_map(|entry| entry.lines).collect();
    if !is_whole {
        lines.push(format!("  {}", Say::MoreFindings.text().in_language(language)));
    }
    lines
}

/// One line an application, and its findings below it.
fn applications(
    document: &Document,
    verdict: &Verdict,
    language: Language,
    detail: Detail,
) -> Vec<Entry> {
    if detail == Detail::Quick {
        return Vec::new();
    }
    let mut entries = Vec::new();
    let mut room = MAX_FINDINGS;
    for (row, judged) in document.applications.iter().zip(&verdict.applications) {
        let asked_for = verdict.kind.is_foreign() && judged.application.id == "ssse";
        if judged.presence == Presence::Absent && !asked_for {
            continue;
        }
        let lines = application(row, judged, verdict, language);
        let is_checked = judged.state != State::NotChecked || judged.application.id == "ssse";
        entries.push(Entry { lines, is_checked });
        let more = judged.findings.iter().zip(&row.findings).skip(1);
        let serious = more.filter(|(finding, _)| finding.rule.severity > Severity::Info);
        for (_, finding) in serious.take(room) {
            let message = finding.message.in_language(language);
            let lines = hanging(&" ".repeat(REMARK), message, REMARK);
            entries.push(Entry { lines, is_checked: true });
            room = room.saturating_sub(1);
        }
    }
    entries
}

/// Mark, name, state, and the first thing to say.
fn application(
    row: &Application,
    judged: &ApplicationVerdict,
    verdict: &Verdict,
    language: Language,
) -> Vec<String> {
    let state = if judged.state == State::NotChecked {
        words::presence(judged.presence)
    } else {
        words::state(judged.state)
    };
    let mark = mark(judged.state, judged.worst());
    let name = pad(row.name.in_language(language), NAME_COLUMNS);
    let state = pad(state.in_language(language), STATE_COLUMNS);
    let remark = remark(row, judged.state, verdict, language);
    hanging(&format!("{mark} {name}{state}"), &remark, REMARK)
}

/// What a mark of one column says before any word.
fn mark(state: State, worst: Option<Severity>) -> char {
    match (state, worst) {
        (_, Some(Severity::Error | Severity::Fatal)) => 'x',
        (_, Some(Severity::Warn)) | (State::PermanentlyBlocked | State::Blocked, None) => '!',
        (State::NotChecked | State::NotInstalled, _) => '-',
        _ => '+',
    }
}

/// The first thing to say of an application.
fn remark(row: &Application, state: State, verdict: &Verdict, language: Language) -> String {
    let serious = row.findings.iter().find(|finding| finding.severity != "info");
    let usual = matches!(state, State::Healthy | State::Protected);
    if let Some(finding) = serious.or_else(|| row.findings.first().filter(|_| !usual)) {
        return finding.message.in_language(language).to_owned();
    }
    let protected = row.id == "ssse"
        && row.data.iter().any(|datum| datum.file == "EF06" && datum.access == "protected");
    let last_day = certificates::last_day(&row.data).filter(|_| state == State::Healthy);
    if let Some(day) = last_day {
        return format!("{} {day}", Say::ValidUntil.text().in_language(language));
    }
    let say = match state {
        State::Healthy if protected && verdict.generation.value == Generation::Third => {
            Say::HolderProtected
        }
        State::Healthy => Say::NothingFound,
        State::NotChecked if row.presence == "present" => Say::OnlyPresence,
        _ => return String::new(),
    };
    say.text().in_language(language).to_owned()
}

fn evidence(verdict: &Verdict, language: Language) -> Vec<String> {
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
    if parts.is_empty() { parts } else { vec![parts.join("; ")] }
}

/// What to tell the citizen: what the worst findings ask for, then whether to
/// replace the card. Nobody is told to keep a card that has just been found to
/// need a look.
fn advice(document: &Document, verdict: &Verdict, language: Language, exit: Exit) -> Vec<String> {
    let space = if language == Language::English { " " } else { "" };
    let mut lines = Vec::new();
    if let Some(error) = &document.error {
        lines.push(error.message.in_language(language).to_owned());
        lines.push(error.advice.in_language(language).to_owned());
    }
    let advised = advised(document, verdict, language);
    if !advised.is_empty() {
        lines.push(advised.join(space));
    }
    let sound = verdict.applications.iter().filter(|row| row.application.id == "ssse");
    let sound = sound.filter_map(ApplicationVerdict::worst).all(|worst| worst == Severity::Info);
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
/// each once.
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

fn notes(
    document: &Document,
    verdict: &Verdict,
    language: Language,
    detail: Detail,
) -> Vec<String> {
    if verdict.kind != Kind::SocialSecurity || detail == Detail::Quick {
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
