//! The comparison of generations of `src/verdict`.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    aspect: Words,
    second: Words,
    third: Words,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    is: String,
    zh: String,
    en: String,
}

/// Generates the rows.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let words = |words: &Words| text(&words.zh, &words.en);
    let mut rust = String::from("static ROWS: &[Aspect] = &[\n");
    for row in &table.row {
        assert!(row.answers.iter().any(|answer| answer.is == "unknown"), "{}: unknown", row.id);
        let answers: String = row
            .answers
            .iter()
            .map(|answer| format!("({:?}, {}), ", answer.is, text(&answer.zh, &answer.en)))
            .collect();
        writeln!(
            rust,
            "Aspect {{ id: {:?}, name: {}, second: {}, third: {}, answers: &[{answers}] }},",
            row.id,
            words(&row.aspect),
            words(&row.second),
            words(&row.third),
        )
        .expect("a String takes everything");
    }
    rust + "];\n"
}
