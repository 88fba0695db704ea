//! Texts that are wrong in one thing: `tests/mistakes/*.toml` say what is told of
//! each, and where. The good text they come from has no mistake.
#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

#[path = "support/changed.rs"]
mod changed;

use std::collections::BTreeSet;

use changed::changed;
use serde::Deserialize;
use sscard::emulate::Model;
use sscard::profile::regional;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    good: String,
    wrong: Vec<Wrong>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    /// Texts of the good one and what stands in their place (the last of each).
    #[serde(default)]
    change: Vec<[String; 2]>,
    /// What stands behind it.
    #[serde(default)]
    add: String,
    /// Every mistake.
    told: Vec<String>,
}

/// Compares what is told with the rows. Gives back all of it.
fn compared(name: &str, tell: impl Fn(&str) -> Vec<String>) -> BTreeSet<String> {
    let text = std::fs::read_to_string(format!("tests/mistakes/{name}.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap();
    assert_eq!(tell(&table.good), [""; 0]);
    let mut seen = BTreeSet::new();
    let mut differ = Vec::new();
    for Wrong { change, add, told } in table.wrong {
        let now = tell(&(changed(&table.good, &change).unwrap() + &add));
        if now != told || told.is_empty() {
            differ.push(format!("{change:?} {add:?}\n  told: {now:?}\n  expected: {told:?}"));
        }
        seen.extend(now);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    seen
}

#[test]
fn every_mistake_of_a_regional_table_is_told_with_its_place() {
    let tell = |text: &str| {
        let found = regional::parse("test", text).err().unwrap_or_default();
        let told = |m: &regional::Mistake| format!("{} {}:{}", m.kind.name(), m.line, m.column);
        found.iter().map(told).collect()
    };
    let told = compared("profile", tell);
    let names: BTreeSet<&str> = told.iter().filter_map(|told| told.split(' ').next()).collect();
    // The names stand in one place, as `Kind => "name"`.
    let source = std::fs::read_to_string("src/profile/regional/mistake.rs").unwrap();
    let known = source.lines().filter_map(|line| line.split_once("=> \"")?.1.split('"').next());
    assert_eq!(names, known.collect());
}

#[test]
fn every_mistake_of_a_card_model_is_told_with_its_place() {
    let tell = |text: &str| Model::parse(text).err().map(|error| error.to_string());
    let told = compared("model", |text| tell(text).into_iter().collect());
    // The sentences stand in one place, as `#[error("…")]`; what is put in differs.
    let source = std::fs::read_to_string("src/emulate/model.rs").unwrap();
    let sentences = source.lines().filter_map(|line| line.trim().strip_prefix("#[error(\""));
    for sentence in sentences.filter(|sentence| !sentence.starts_with("{kind}")) {
        let sentence = sentence.trim_end_matches("\")]").replace("\\\"", "\"");
        let fixed: Vec<&str> = sentence.split(['{', '}']).step_by(2).collect();
        let says = |told: &String| fixed.iter().all(|words| told.contains(words));
        assert!(told.iter().any(says), "{sentence}");
    }
}
