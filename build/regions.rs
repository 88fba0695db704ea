//! The table of administrative divisions of `src/profile`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    provinces: BTreeMap<String, String>,
    regions: BTreeMap<String, Vec<(String, u16, u16)>>,
}

/// Generates the table, sorted by code and year: numbers that point into one
/// text, since a pointer to each of some thousand names would cost more than the
/// names.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let mut rust = String::from("static PROVINCES: &[(&str, &str)] = &[\n");
    for (code, name) in &table.provinces {
        writeln!(rust, "({code:?}, {name:?}),").expect("a String takes everything");
    }
    rust.push_str("];\nstatic REGIONS: &[RegionName] = &[\n");
    let mut text = String::new();
    for (code, names) in &table.regions {
        let number: u32 = code.parse().unwrap_or_else(|_| panic!("{code:?} is no region code"));
        assert!(code.len() == 6 && !names.is_empty(), "{code}: six digits and a name");
        for (name, from, to) in names {
            let (start, length) = (text.len(), name.len());
            text.push_str(name);
            writeln!(
                rust,
                "RegionName {{ code: {number}, start: {start}, length: {length}, from: {from}, to: {to} }},"
            )
            .expect("a String takes everything");
        }
    }
    writeln!(rust, "];\nstatic REGION_NAMES: &str = {text:?};").expect("a String takes everything");
    rust
}
