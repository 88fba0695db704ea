//! The instruction table of `src/apdu`.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    instruction: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    name: String,
    cla: String,
    ins: String,
    p1: Values,
    p2: Values,
    data: (usize, usize),
    when: String,
    zh: String,
    en: String,
    why_zh: String,
    why_en: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    Any(String),
    These(Vec<String>),
}

impl Values {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Any(word) => {
                assert_eq!(word, "any", "parameters are a list of bytes, or \"any\"");
                Vec::new()
            }
            Self::These(values) => {
                assert!(
                    !values.is_empty(),
                    "an empty list allows nothing: write \"any\" or values"
                );
                values.iter().map(|value| emit::byte(value)).collect()
            }
        }
    }
}

pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let mut rust = String::from("static INSTRUCTIONS: &[Instruction] = &[\n");
    for row in &table.instruction {
        let when = match row.when.as_str() {
            "always" => "Use::Always",
            "pin-state" => "Use::PinState",
            other => {
                panic!("{}: when is \"always\" or \"pin-state\", not {other:?}", path.display())
            }
        };
        writeln!(
            rust,
            "Instruction {{ id: {:?}, name: {:?}, cla: {}, ins: {}, p1: &{:?}, p2: &{:?}, data: ({}, {}), when: {when}, zh: {:?}, en: {:?}, why_zh: {:?}, why_en: {:?}, source: {:?} }},",
            row.id, row.name, emit::byte(&row.cla), emit::byte(&row.ins), row.p1.bytes(), row.p2.bytes(),
            row.data.0, row.data.1, row.zh, row.en, row.why_zh, row.why_en, row.source,
        )
        .expect("a String takes everything");
    }
    rust.push_str("];\n");
    rust
}
