//! The applications on the screen: a line for each, and what was found.

use super::super::document::{Application, Document};
use super::super::words::{self, Say};
use super::super::{Language, certificates, pad};
use super::{MAX_FINDINGS, hanging};
use crate::profile::ApplicationKind;
use crate::verdict::{ApplicationVerdict, Generation, Presence, Severity, State, Verdict};

/// Columns of an application's name, and of its state.
const NAME_COLUMNS: usize = 30;
const STATE_COLUMNS: usize = 17;
/// Column where a remark begins, behind mark, name and state.
const REMARK: usize = 2 + NAME_COLUMNS + STATE_COLUMNS;

/// An application or a finding: its lines, and whether anything was looked at.
struct Entry {
    lines: Vec<String>,
    is_checked: bool,
}

/// The applications' lines, as many as there is room for.
pub(super) fn lines(
    document: &Document,
    verdict: &Verdict,
    language: Language,
    room: usize,
) -> Vec<String> {
    fit(entries(document, verdict, language), room, language)
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

/// One line an application, and its findings below it; at the end what may be on
/// the other side of the chip.
fn entries(document: &Document, verdict: &Verdict, language: Language) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut room = MAX_FINDINGS;
    for (row, judged) in document.applications.iter().zip(&verdict.applications) {
        let asked_for = verdict.kind.is_foreign() && judged.application.id == "ssse";
        if matches!(judged.presence, Presence::Absent | Presence::NotSeenHere) && !asked_for {
            continue;
        }
        let lines = application(row, judged, verdict, language);
        let is_checked = judged.state != State::NotChecked || judged.application.id == "ssse";
        entries.push(Entry { lines, is_checked });
        let all = judged.findings.iter().zip(&row.findings);
        // The first of them is the remark.
        let serious = all.filter(|(finding, _)| finding.rule.severity > Severity::Info).skip(1);
        for (_, finding) in serious.take(room) {
            let message = finding.message.in_language(language);
            let lines = hanging(&" ".repeat(REMARK), message, REMARK);
            entries.push(Entry { lines, is_checked: true });
            room = room.saturating_sub(1);
        }
    }
    entries.extend(elsewhere(document, verdict, language));
    entries
}

fn elsewhere(document: &Document, verdict: &Verdict, language: Language) -> Vec<Entry> {
    let line = |(kind, side): (Say, Say)| {
        let name = pad(kind.text().in_language(language), NAME_COLUMNS);
        let state = words::presence(Presence::NotSeenHere).in_language(language);
        let head = format!("- {name}{}", pad(state, STATE_COLUMNS));
        hanging(&head, side.text().in_language(language), REMARK)
    };
    let there = other_side(document, verdict).into_iter();
    there.map(|says| Entry { lines: line(says), is_checked: true }).collect()
}

/// Bank and transport, where none of its kind answered here and some may answer
/// on the other side; with what to do.
pub(in crate::report) fn other_side(document: &Document, verdict: &Verdict) -> Vec<(Say, Say)> {
    let side = match document.source.interface {
        Some("contactless") => Say::TryContact,
        _ => Say::TryContactless,
    };
    let of = |kind| verdict.applications.iter().filter(move |row| row.application.kind == kind);
    let missing = |kind: &ApplicationKind| {
        let seen = |presence| !matches!(presence, Presence::Absent | Presence::NotSeenHere);
        of(*kind).any(|row| row.presence == Presence::NotSeenHere)
            && !of(*kind).any(|row| seen(row.presence))
    };
    let kinds = [
        (ApplicationKind::Payment, Say::PaymentKind),
        (ApplicationKind::Transport, Say::TransportKind),
    ];
    kinds.into_iter().filter(|(kind, _)| missing(kind)).map(|(_, say)| (say, side)).collect()
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
pub(in crate::report) fn remark(
    row: &Application,
    state: State,
    verdict: &Verdict,
    language: Language,
) -> String {
    let serious = row.findings.iter().find(|finding| finding.severity != "info");
    let usual = matches!(state, State::Healthy | State::Protected);
    if let Some(finding) = serious.or_else(|| row.findings.first().filter(|_| !usual)) {
        return finding.message.in_language(language).to_owned();
    }
    let protected = row.id == "ssse"
        && row.data.iter().any(|datum| datum.file == "EF06" && datum.access == "protected");
    let of_bank = || row.data.iter().find(|datum| datum.tag == "5F24")?.meaning.as_ref();
    let last_day = certificates::last_day(&row.data).map(str::to_owned);
    let last_day = last_day.or_else(|| of_bank().map(|words| words.in_language(language).into()));
    let last_day = last_day.filter(|_| state == State::Healthy);
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
