//! Lists behind the screen: data items, findings in full.

use super::document::{Datum, Document};
use super::words;
use super::{Language, numbers, pad, width, wrap};
use crate::verdict::{Kind, Verdict};

/// Columns of an item's name, where none is longer.
const NAME_COLUMNS: usize = 28;
/// Columns by which the items of a group stand in.
const GROUP_COLUMNS: usize = 4;
/// Columns of a file's number and name.
const FILE_COLUMNS: usize = 40;
/// Columns of a line.
const COLUMNS: usize = 80;

/// Which card this is, for lists that hold no verdict.
#[must_use]
pub fn title(verdict: &Verdict, language: Language) -> Vec<String> {
    let what = match verdict.kind {
        Kind::SocialSecurity => words::generation(verdict.generation.value),
        other => words::kind(other),
    };
    vec![what.in_language(language).to_owned(), String::new()]
}

/// The data items of the document, one a line; a file that does not open, or is
/// not there, in one line.
#[must_use]
pub fn data_lines(document: &Document, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for application in document.applications.iter().filter(|row| !row.data.is_empty()) {
        lines.push(application.name.in_language(language).to_owned());
        for file in application.data.chunk_by(|left, right| left.file == right.file) {
            lines.extend(file_lines(file, language));
        }
    }
    lines
}

fn file_lines(data: &[Datum], language: Language) -> Vec<String> {
    let Some(first) = data.first() else { return Vec::new() };
    let name = first.file_name.in_language(language);
    let head = format!("  {}  {name}", first.file);
    let shut = |datum: &Datum| datum.value.is_none() && datum.access == first.access;
    // Items that nobody has written are named, but for those of a whole log. A
    // file that is one item has no tag to tell apart.
    let unwritten = first.access == "empty" && first.record.is_none();
    let single = data.len() == 1 && first.tag.is_empty();
    if single || data.iter().all(shut) && !unwritten {
        return vec![format!("{}{}", pad(&head, FILE_COLUMNS), value(first, language))];
    }
    let in_group = |datum: &Datum| if datum.group.is_some() { GROUP_COLUMNS } else { 0 };
    let name = |datum: &Datum| width(datum.name.in_language(language));
    let widest = data.iter().map(|datum| in_group(datum).saturating_add(name(datum))).max();
    let columns = widest.map_or(0, |widest| widest.saturating_add(1)).max(NAME_COLUMNS);
    let tag = |datum: &Datum| datum.record.map_or(datum.tag.len(), |_| 0);
    let tags = data.iter().map(tag).max().unwrap_or(0).saturating_add(1).max(4);
    let mut lines = vec![head];
    for (at, datum) in data.iter().enumerate() {
        let indent = " ".repeat(in_group(datum).saturating_add(4));
        let record = datum.record.filter(|_| datum.group.is_none());
        let tag = record.map_or_else(|| datum.tag.clone(), |record| record.to_string());
        let name = pad(datum.name.in_language(language), columns.saturating_sub(in_group(datum)));
        // A group is told by what it holds.
        let next = data.get(at.saturating_add(1)).and_then(|next| next.group.as_ref());
        let value = match next.filter(|group| **group == datum.tag) {
            Some(_) => String::new(),
            None => value(datum, language),
        };
        let line = format!("{indent}{}{name}{value}", pad(&tag, tags));
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The value with its meaning, or why there is none.
fn value(datum: &Datum, language: Language) -> String {
    let meaning = datum.meaning.as_ref().map(|meaning| meaning.in_language(language));
    match (&datum.value, meaning) {
        (Some(value), Some(meaning)) => format!("{value}  {meaning}"),
        (Some(value), None) => value.clone(),
        (None, _) => {
            let word = words::item_access(datum.access).in_language(language);
            let more = [datum.key.as_deref(), datum.sw.as_deref()].into_iter().flatten();
            let parts: Vec<&str> = std::iter::once(word).chain(more).collect();
            language.aside(&parts.join(language.comma())).trim_start().to_owned()
        }
    }
}

/// The generations side by side with this card, and what the check took.
fn overview(document: &Document, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for row in &document.comparison {
        let head = format!("{}  ", pad(row.aspect.in_language(language), 20));
        let this_card = row.this_card.in_language(language);
        let numbers = match row.exchanges.is_empty() {
            true => String::new(),
            false => format!(" [{}]", numbers(&row.exchanges)),
        };
        lines.push(format!("{head}{this_card}{numbers}"));
    }
    lines.push(super::screen::took(document, language));
    lines
}

/// Every finding with rule, advice and the exchanges that prove it, then every
/// data item.
#[must_use]
pub fn details(document: &Document, language: Language) -> Vec<String> {
    let mut lines = vec![String::new()];
    for application in &document.applications {
        for finding in &application.findings {
            let severity = finding.severity;
            lines.push(format!("{severity:<6}{} [{}]", finding.rule, numbers(&finding.exchanges)));
            for words in [&finding.message, &finding.advice] {
                let wrapped = wrap(words.in_language(language), COLUMNS.saturating_sub(6));
                lines.extend(wrapped.into_iter().map(|line| format!("      {line}")));
            }
        }
    }
    lines.extend(overview(document, language));
    lines.extend(data_lines(document, language));
    lines.push(String::new());
    lines
}
