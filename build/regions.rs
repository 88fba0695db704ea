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

/// Generates the table, sorted by code.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let mut rust = String::from("static PROVINCES: &[(&str, &str)] = &[\n");
    for (code, name) in &table.provinces {
        writeln!(rust, "({code:?}, {name:?}),").expect("a String takes everything");
    }
    rust.push_str("];\nstatic REGIONS: &[(u32, &[RegionName])] = &[\n");
    for (code, names) in &table.regions {
        let number: u32 = code.parse().unwrap_or_else(|_| panic!("{code:?} is no region code"));
        assert!(code.len() == 6 && !names.is_empty(), "{code}: six digits and a name");
        write!(rust, "({number}, &[").expect("a String takes everything");
        for (name, from, to) in names {
            write!(rust, "RegionName {{ name: {name:?}, from: {from}, to: {to} }}, ")
                .expect("a String takes everything");
        }
        rust.push_str("]),\n");
    }
    rust + "];\n"
}
