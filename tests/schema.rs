//! `sscard schema` held against the documents themselves: of every command, of
//! every recording and every model, and of what goes wrong.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[expect(dead_code, reason = "other tests look at the exit code and at standard error")]
#[path = "support/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use program::sscard;
use serde_json::Value;

/// The documents by the words that print them.
struct Schemas(BTreeMap<String, Validator>);

impl Schemas {
    fn read() -> Self {
        let document: Value = serde_json::from_str(&sscard(&["schema"]).out).unwrap();
        let schemas = document["schemas"].as_object().unwrap().iter();
        let compiled = schemas.map(|(name, schema)| {
            assert!(jsonschema::meta::is_valid(schema), "{name}");
            (name.clone(), jsonschema::validator_for(schema).unwrap())
        });
        Self(compiled.collect())
    }

    /// Runs a command; its document, or each line of it, is as the schema says.
    fn hold(&self, name: &str, arguments: &[&str]) {
        let json = if name.contains("--ndjson") { "--ndjson" } else { "--json" };
        self.hold_documents(name, &sscard(&[arguments, &[json]].concat()).out);
    }

    fn hold_documents(&self, name: &str, out: &str) {
        let documents = serde_json::Deserializer::from_str(out).into_iter::<Value>();
        let documents: Vec<Value> = documents.map(Result::unwrap).collect();
        assert!(!documents.is_empty(), "{name} printed no document");
        for document in documents {
            let mistakes: Vec<String> = self.0[name]
                .iter_errors(&document)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(mistakes.is_empty(), "{name}: {mistakes:#?} in {document}");
        }
    }
}

fn scratch(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("schema-{name}"));
    let _ = std::fs::remove_file(&path);
    path.to_str().unwrap().to_owned()
}

/// Files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path.to_str().unwrap().to_owned()],
    });
    below.collect()
}

fn models() -> Vec<String> {
    let list = sscard(&["virtual", "list"]).out;
    list.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn verdicts_and_readings_are_as_the_schema_says() {
    let schemas = Schemas::read();
    for model in models() {
        for command in ["check", "read"] {
            schemas.hold(command, &[command, "--virtual", &model]);
            schemas.hold(command, &[command, "--virtual", &model, "--reveal"]);
        }
        schemas.hold("check", &["check", "--virtual", &model, "--quick"]);
        schemas.hold("check", &["check", "--virtual", &model, "--pin-state"]);
    }
    let recordings = files(Path::new("fixtures"));
    for path in recordings.iter().filter(|path| path.ends_with(".apdu")) {
        schemas.hold("check", &["check", "--session", path]);
        schemas.hold("read", &["read", "--session", path]);
    }
    let record = scratch("record.apdu");
    schemas.hold("check", &["record", "-o", &record, "--virtual", "gen3"]);
    let (one, two) =
        ("fixtures/recorded/model-gen3.apdu", "fixtures/recorded/model-gen3-contactless.apdu");
    schemas.hold("check", &["check", "--session", one, "--session", two]);
    for wrong in [["check", "--nonsense"], ["check", "--session=none"], ["read", "--session=none"]]
    {
        schemas.hold(wrong[0], &wrong);
    }
}

#[test]
fn explained_bytes_are_as_the_schema_says() {
    let schemas = Schemas::read();
    let values = [
        ("atr", "3B6D000000815453548660500000000004"),
        ("atr", "3B8F8001804F0CA000000306030001000000006A"),
        ("atr", "3B"),
        ("tlv", "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103"),
        ("tlv", "9F"),
        ("tlv", "0103322E3030"),
        ("sw", "6982"),
        ("sw", "63C3"),
        ("sw", "1234"),
        ("apdu", "00B2012D40"),
        ("apdu", "00A4040007A0000003330101"),
        ("apdu", "00200080083132333435363738"),
        ("apdu", "<9000"),
        ("apdu", "<6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C038601039000"),
        ("aid", "7378312E73682EC9E7BBE1B1A3D5CF"),
        ("aid", "A000000333010101"),
        ("aid", "00"),
        ("sw", "69"),
        ("atr", "no hex"),
    ];
    for (what, hex) in values {
        let name = format!("decode {what}");
        schemas.hold(&name, &["decode", what, hex]);
        schemas.hold(&name, &["decode", what, hex, hex]);
    }
}

#[test]
fn what_engineers_read_is_as_the_schema_says() {
    let schemas = Schemas::read();
    let scripts = files(Path::new("apdu-scripts"));
    let scripts: Vec<&str> =
        scripts.iter().filter(|p| !p.contains("/parts/")).map(String::as_str).collect();
    for model in ["gen2", "gen3", "mute"] {
        schemas.hold("run", &[&["run", "--virtual", model], &scripts[..]].concat());
    }
    let bad = scratch("bad.apdu");
    std::fs::write(&bad, "no recording\n").unwrap();
    for name in ["replay", "replay --ndjson"] {
        schemas.hold(name, &["replay", "fixtures", &bad]);
    }
    let (one, two) = ("fixtures/recorded/model-gen2.apdu", "fixtures/recorded/model-gen3.apdu");
    schemas.hold("diff", &["diff", one, two]);
    for log in files(Path::new("fixtures/logs")) {
        schemas.hold("import", &["import", &log, "-o", &scratch("import.apdu")]);
    }
    let (whole, clean) = (scratch("whole.apdu"), scratch("clean.apdu"));
    assert_eq!(sscard(&["record", "-o", &whole, "--virtual", "gen2"]).code, 0);
    schemas.hold("scrub", &["scrub", &whole, "-o", &clean]);
    schemas.hold("profile list", &["profile", "list", "--profile", "profiles/jiangsu-ef0d.toml"]);
    for name in ["ssse", "df01", "df07", "acse"] {
        schemas.hold("profile show", &["profile", "show", name]);
    }
    for table in ["profiles/jiangsu-ef0d.toml", "Cargo.toml"] {
        schemas.hold("profile check", &["profile", "check", table]);
    }
    for (name, wrong) in
        [("run", "run"), ("replay", "replay"), ("diff", "diff"), ("import", "import")]
    {
        schemas.hold(name, &[wrong]);
    }
}

#[test]
fn the_rest_is_as_the_schema_says() {
    let schemas = Schemas::read();
    schemas.hold("guide", &["guide"]);
    // No reader of this machine is to be asked.
    #[cfg(feature = "pcsc")]
    {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_sscard"))
            .args(["doctor", "--json"])
            .env("PCSCLITE_CSOCK_NAME", "/nonexistent")
            .output();
        schemas.hold_documents("doctor", &String::from_utf8(program.unwrap().stdout).unwrap());
    }
    schemas.hold("schema", &["schema"]);
    let texts: [&[&str]; 6] = [
        &["--version"],
        &["check", "--help"],
        &["virtual", "list"],
        &["completions", "bash"],
        &["man", "check"],
        &["man", "nothing"],
    ];
    for arguments in texts {
        schemas.hold("text", arguments);
    }
}

/// A command that is added needs a schema, or a place among those that print
/// another's document.
#[test]
fn no_command_is_without_a_schema() {
    let schemas = Schemas::read();
    let help = sscard(&["--help"]).out;
    let list = help.split("Options:").next().unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let other = ["record", "virtual", "completions", "man", "help"];
    let mut seen = 0;
    for name in names.filter(|name| !name.is_empty() && !other.contains(name)) {
        let known = schemas.0.keys().any(|key| key.split(' ').next() == Some(name));
        assert!(known, "{name} has no schema in src/report/schema.json");
        seen += 1;
    }
    assert!(seen >= 10, "{help}");
}
