//! How card readers are told from the other devices on USB.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, byte, camel};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    class: Vec<Class>,
    driver: Vec<Driver>,
    word: Vec<Words>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    code: String,
    is: String,
    #[serde(rename = "what")]
    _what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Driver {
    name: String,
    #[serde(rename = "what")]
    _what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    is: String,
    words: Vec<String>,
}

/// Generates the three tables. A word that a name could not hold ends the build.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let mut rust = String::from("static CLASSES: &[(u8, Is)] = &[\n");
    for Class { code, is, .. } in &table.class {
        writeln!(rust, "({}, Is::{}),", byte(code), camel(is)).expect("a String takes everything");
    }
    let drivers: Vec<&String> = table.driver.iter().map(|driver| &driver.name).collect();
    writeln!(rust, "];\nstatic DRIVERS: &[&str] = &{drivers:?};\nstatic WORDS: &[(&str, Is)] = &[")
        .expect("a String takes everything");
    for Words { is, words } in &table.word {
        for word in words {
            assert!(*word == word.to_lowercase(), "{word:?} has to be in small letters");
            writeln!(rust, "({word:?}, Is::{}),", camel(is)).expect("a String takes everything");
        }
    }
    rust + "];\n"
}
