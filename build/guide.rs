//! The sections of `sscard guide`.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    section: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    title: Words,
    lines: Vec<Words>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Regions {
    region: Vec<Region>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    code: String,
    name: Words,
    since: Option<String>,
    by: Option<String>,
    says: Words,
    source: Words,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

fn words(words: &Words) -> String {
    text(&words.zh, &words.en)
}

/// Generates the sections and the regions.
pub(crate) fn generate(folder: &Path) -> String {
    sections(&folder.join("guide.toml")) + &regions(&folder.join("regions.toml"))
}

fn sections(path: &Path) -> String {
    let table: Table = emit::read(path);
    let mut rust = String::from("static SECTIONS: &[Section] = &[\n");
    for section in &table.section {
        let lines: String = section.lines.iter().map(|line| words(line) + ", ").collect();
        writeln!(rust, "Section {{ title: {}, lines: &[{lines}] }},", words(&section.title))
            .expect("a String takes everything");
    }
    rust + "];\n"
}

/// Regions in the order of their codes. A row without date or source ends the build.
fn regions(path: &Path) -> String {
    let table: Regions = emit::read(path);
    let codes: Vec<&str> = table.region.iter().map(|row| row.code.as_str()).collect();
    assert!(codes.is_sorted_by(|left, right| left < right), "region codes in order, each once");
    let mut rust = String::from("static REGIONS: &[Region] = &[\n");
    for Region { code, name, since, by, says, source, confidence } in &table.region {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        assert!(code.len() == 6 && digits(code), "{code}: six digits");
        let dates: Vec<&String> = since.iter().chain(by).collect();
        let is_date = |date: &String| date.len() >= 4 && date.split('-').all(digits);
        assert!(
            matches!(dates[..], [date] if is_date(date)),
            "{code}: either since or by, a date: {dates:?}"
        );
        assert!(!source.zh.is_empty(), "{code}: no source");
        assert!(["high", "medium", "low"].contains(&confidence.as_str()), "{code}: {confidence:?}");
        writeln!(
            rust,
            "Region {{ code: {code:?}, name: {}, since: {since:?}, by: {by:?}, says: {}, source: {}, \
             confidence: {confidence:?} }},",
            words(name),
            words(says),
            words(source),
        )
        .expect("a String takes everything");
    }
    rust + "];\n"
}
