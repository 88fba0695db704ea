//! What the fuzzer kept, and what it begins with, once more through the same
//! functions: nothing of it may end badly again.
#![cfg(all(feature = "cli", feature = "certificates"))]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeSet;
use std::path::Path;

/// Bytes of everything that is kept: a repository is no store.
const MAX_CORPUS: usize = 2_000_000;

#[test]
fn what_was_kept_ends_well() {
    let mut size = 0;
    for (target, run) in targets::TARGETS {
        let folder = Path::new("fuzz/corpus").join(target);
        let mut paths: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        assert!(paths.len() > 10, "{target}: {} inputs", paths.len());
        for path in paths {
            let bytes = std::fs::read(&path).unwrap();
            size += bytes.len();
            run_one(&path.display().to_string(), *run, &bytes);
        }
    }
    assert!(size < MAX_CORPUS, "{size} bytes");
}

#[test]
fn the_seeds_end_well() {
    for (target, seeds) in targets::seeds::seeds().unwrap() {
        let (_, run) = targets::TARGETS.iter().find(|(name, _)| *name == target).unwrap();
        for (number, bytes) in seeds.iter().enumerate() {
            run_one(&format!("{target}, seed {number}"), *run, bytes);
        }
    }
}

/// Names the input that ends badly.
fn run_one(name: &str, run: fn(&[u8]), bytes: &[u8]) {
    struct Name<'a>(&'a str);
    impl Drop for Name<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                let told = format!("in {}\n", self.0);
                let _ = std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes());
            }
        }
    }
    let _name = Name(name);
    run(bytes);
}

/// Each target has a program, is declared, has its inputs, and stands in the list.
#[test]
fn every_target_is_whole() {
    let names: BTreeSet<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), targets::TARGETS.len());
    let manifest = std::fs::read_to_string("fuzz/Cargo.toml").unwrap();
    let page = std::fs::read_to_string("docs/fuzzing.md").unwrap();
    for folder in ["fuzz/fuzz_targets", "fuzz/corpus"] {
        let found: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, names.iter().map(|name| (*name).to_owned()).collect(), "{folder}");
    }
    for name in names {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        let program = std::fs::read_to_string(format!("fuzz/fuzz_targets/{name}.rs")).unwrap();
        assert!(program.contains(&format!("sscard_fuzz::{name}(bytes)")), "{name}");
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
    assert!(Path::new("fuzz/Cargo.lock").is_file());
}
