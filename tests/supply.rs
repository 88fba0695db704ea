//! What comes in from outside: licences, sources and bans of `deny.toml`, held without
//! network and without another program. cargo-deny reads the same file, but takes
//! longer to build than everything here.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

fn toml(path: &str) -> toml::Table {
    let text = std::fs::read_to_string(path).unwrap();
    text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn words(value: &toml::Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn crates(value: &toml::Value) -> BTreeSet<String> {
    let row = |row: &toml::Value| {
        assert!(row["reason"].as_str().unwrap().len() > 5, "{row:?}");
        row["crate"].as_str().unwrap().to_owned()
    };
    value.as_array().unwrap().iter().map(row).collect()
}

/// The workspaces: the program, what fuzzes it, and what measures it beside its peers.
const LOCKS: [&str; 3] = ["Cargo.lock", "fuzz/Cargo.lock", "benches/Cargo.lock"];

#[test]
fn every_crate_comes_from_the_one_registry_and_is_locked() {
    let rules = toml("deny.toml");
    let registries = words(&rules["sources"]["allow-registry"]);
    for rule in ["unknown-registry", "unknown-git"] {
        assert_eq!(rules["sources"][rule].as_str(), Some("deny"));
    }
    for lock in LOCKS {
        for package in toml(lock)["package"].as_array().unwrap() {
            let name = package["name"].as_str().unwrap();
            let Some(source) = package.get("source") else {
                assert!(name.starts_with("sscard"), "{lock}: {name} from a folder");
                continue;
            };
            let registry = source.as_str().unwrap().strip_prefix("registry+");
            assert!(registry.is_some_and(|url| registries.contains(url)), "{lock}: {name}");
            assert_eq!(package["checksum"].as_str().unwrap().len(), 64, "{lock}: {name}");
        }
    }
}

#[test]
fn nothing_is_banned_and_nothing_there_twice() {
    let rules = toml("deny.toml");
    let (banned, twice) = (crates(&rules["bans"]["deny"]), crates(&rules["bans"]["skip"]));
    assert_eq!(rules["bans"]["multiple-versions"].as_str(), Some("deny"));
    for lock in LOCKS {
        let mut versions: BTreeMap<String, usize> = BTreeMap::new();
        for package in toml(lock)["package"].as_array().unwrap() {
            let name = package["name"].as_str().unwrap().to_owned();
            assert!(!banned.contains(&name), "{lock}: {name}");
            let count = versions.entry(name).or_default();
            *count = count.saturating_add(1);
        }
        for (name, count) in versions {
            assert!(count == 1 || twice.contains(&name), "{lock}: {count} versions of {name}");
        }
    }
}

/// Whether an expression of licences can be fulfilled by what is allowed
/// (SPDX; `/` is an old `OR`).
fn fulfilled(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut rest = words.as_slice();
    let result = either(&mut rest, allowed);
    assert!(rest.is_empty(), "{expression}");
    result
}

fn either(rest: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut result = both(rest, allowed);
    while let ["OR", behind @ ..] = *rest {
        *rest = behind;
        result |= both(rest, allowed);
    }
    result
}

fn both(rest: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut result = one(rest, allowed);
    while let ["AND", behind @ ..] = *rest {
        *rest = behind;
        result &= one(rest, allowed);
    }
    result
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    match *rest {
        ["(", behind @ ..] => {
            *rest = behind;
            let result = either(rest, allowed);
            let [")", behind @ ..] = *rest else { panic!("a bracket is open") };
            *rest = behind;
            result
        }
        [licence, "WITH", exception, behind @ ..] => {
            *rest = behind;
            allowed.contains(&format!("{licence} WITH {exception}"))
        }
        [licence, behind @ ..] => {
            *rest = behind;
            allowed.contains(*licence)
        }
        [] => panic!("no licence"),
    }
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed = ["MIT", "BSD-3-Clause"].map(str::to_owned).into();
    for yes in ["MIT", "X OR MIT", "X/MIT", "(X OR MIT) AND BSD-3-Clause", "A WITH B OR MIT"] {
        assert!(fulfilled(yes, &allowed), "{yes}");
    }
    for no in ["GPL-3.0", "MIT AND X", "(MIT OR X) AND Y", "MIT WITH B", "MIT AND (X OR Y)"] {
        assert!(!fulfilled(no, &allowed), "{no}");
    }
}

/// The crates of this system; those for other systems are not there without network.
#[test]
fn every_licence_is_allowed() {
    let allowed = words(&toml("deny.toml")["licenses"]["allow"]);
    let compiler = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into()))
        .arg("-vV")
        .output()
        .unwrap();
    let told = String::from_utf8(compiler.stdout).unwrap();
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--all-features", "--format-version", "1"])
        .args(["--filter-platform", host])
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50, "{}", packages.len());
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(fulfilled(licence, &allowed), "{}: {licence}", package["name"]);
    }
}

/// Each dependency says what it is for, in the lines above it or above its group, and
/// names a version.
#[test]
fn every_dependency_has_its_note() {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        let text = std::fs::read_to_string(manifest).unwrap();
        let (mut inside, mut noted, mut seen) = (false, false, 0_usize);
        for line in text.lines() {
            if line.starts_with('[') {
                inside = line.trim_matches(['[', ']']).ends_with("dependencies");
                noted = false;
            } else if line.is_empty() {
                noted = false;
            } else if line.starts_with('#') {
                noted = true;
            } else if inside {
                assert!(noted, "{manifest}: nothing says why {line}");
                assert!(!line.contains("\"*\""), "{manifest}: any version of {line}");
                seen = seen.saturating_add(1);
            }
        }
        assert!(seen >= 4, "{manifest}: {seen}");
    }
}
