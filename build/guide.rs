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
struct Words {
    zh: String,
    en: String,
}

/// Generates the sections.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let words = |words: &Words| text(&words.zh, &words.en);
    let mut rust = String::from("static SECTIONS: &[Section] = &[\n");
    for section in &table.section {
        let lines: String = section.lines.iter().map(|line| words(line) + ", ").collect();
        writeln!(rust, "Section {{ title: {}, lines: &[{lines}] }},", words(&section.title))
            .expect("a String takes everything");
    }
    rust + "];\n"
}
