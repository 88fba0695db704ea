//! What readers tell of themselves: features and properties by their tags.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, byte, camel, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    silent: Vec<String>,
    feature: Vec<Feature>,
    property: Vec<Property>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feature {
    tag: String,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    tag: String,
    form: String,
    zh: String,
    en: String,
}

/// Generates both tables. A form that the program does not have ends the build.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let silent: Vec<u8> = table.silent.iter().map(|tag| byte(tag)).collect();
    let mut rust = format!("static SILENT: &[u8] = &{silent:?};\n");
    rust.push_str("static FEATURES: &[(u8, Text)] = &[\n");
    for Feature { tag, zh, en } in &table.feature {
        assert!(!silent.contains(&byte(tag)), "feature {tag} has a row and is silent");
        writeln!(rust, "({}, {}),", byte(tag), text(zh, en)).expect("a String takes everything");
    }
    rust.push_str("];\nstatic PROPERTIES: &[(u8, Form, Text)] = &[\n");
    for Property { tag, form, zh, en } in &table.property {
        assert!(zh.contains("{}") && en.contains("{}"), "property {tag} does not show its value");
        writeln!(rust, "({}, Form::{}, {}),", byte(tag), camel(form), text(zh, en))
            .expect("a String takes everything");
    }
    rust + "];\n"
}
