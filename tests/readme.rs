//! The documents: every screen is compared, every line is run, every file that
//! they name is there, every source key is explained.
#![cfg(all(feature = "cli", feature = "pcsc"))]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, that is a failure with its place"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sscard::report::Exit;

const DOCUMENTS: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "DESIGN.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/faults.md",
    "docs/install.md",
    "docs/performance.md",
    "docs/sources.md",
];

/// Without a PC/SC service, so that no card of this machine is read.
#[test]
fn every_screen_is_what_the_program_prints() {
    trycmd::TestCases::new()
        .env("LC_ALL", "C")
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent")
        .case("README.md")
        .case("tests/cmd/*.trycmd");
}

/// What is run elsewhere: by the live tests, in a virtual reader, by
/// `scripts/test-packages` and `tests/setup.rs`, or with a file
/// that the reader of the document has yet to write.
const RUN_ELSEWHERE: [&str; 9] = [
    "sscard virtual gen2 --fault remove@7",
    "sscard virtual gen2 --scenario fixtures/scenarios/worn-contacts.toml",
    "sscard doctor",
    "sscard watch",
    "sscard man | man -l -",
    "sscard completions bash > ~/.local/share/bash-completion/completions/sscard",
    "sscard virtual gen2",
    "sscard virtual my-card.toml",
    "sscard import fixtures/logs/pcscd-a-d.log -o card.apdu",
];

#[test]
fn every_line_shown_is_run() {
    let mut run: BTreeSet<String> = RUN_ELSEWHERE.map(String::from).into();
    for case in files("tests/cmd", "trycmd").into_iter().chain([PathBuf::from("README.md")]) {
        let text = read(&case);
        run.extend(text.lines().filter_map(|line| line.strip_prefix("$ ")).map(String::from));
    }
    for document in DOCUMENTS {
        for line in code(&read(document)) {
            let line = line.replace("scripts/run ", "sscard ");
            let line = line.split(" #").next().unwrap().trim_end();
            // `sscard virtual NAME` and the like stand for many lines.
            if line.starts_with("sscard ") && !line.contains("NAME") {
                assert!(run.contains(line), "{document}: nobody runs `{line}`");
            }
        }
    }
}

#[test]
fn every_file_named_is_there() {
    let folders = [
        "src/",
        "build/",
        "scripts/",
        "tests/",
        "fixtures/",
        "packaging/",
        "apdu-scripts/",
        "docs/",
        ".ci/",
        "profiles/",
    ];
    for document in DOCUMENTS {
        let text = read(document);
        let named = code(&text)
            .filter(|span| {
                folders.iter().any(|folder| span.starts_with(folder)) && !span.contains('*')
            })
            .map(|span| PathBuf::from(span.split(' ').next().unwrap()));
        let beside = Path::new(document).parent().unwrap();
        let linked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let linked = linked.filter(|link| !link.starts_with("https:") && !link.starts_with('#'));
        for path in named.chain(linked.map(|link| beside.join(link))) {
            assert!(path.exists(), "{document} names {}", path.display());
        }
    }
}

#[test]
fn readme_knows_every_exit_code_and_the_rust_version() {
    let readme = read("README.md");
    let exits = [
        Exit::Healthy,
        Exit::Internal,
        Exit::Usage,
        Exit::Attention,
        Exit::Faulty,
        Exit::NotSocialSecurity,
        Exit::Unreadable,
        Exit::NoCard,
        Exit::NoReader,
        Exit::NoService,
        Exit::Busy,
        Exit::Removed,
        Exit::Timeout,
        Exit::Ambiguous,
        Exit::Failed,
        Exit::BadInput,
        Exit::Io,
    ];
    for exit in exits {
        let row = format!("| {} | `{}` | ", exit.code(), exit.name());
        assert!(readme.contains(&row), "{row}");
    }
    let rust = format!(" {} or later", env!("CARGO_PKG_RUST_VERSION"));
    for file in ["README.md", "scripts/lib.sh"] {
        assert!(read(file).contains(&rust), "{file}:{rust}");
    }
}

/// `1.0` and the like, before what holds for that version alone.
const VERSIONS: [&str; 3] = ["1.0", "2.0", "3.0"];

#[test]
fn every_source_key_is_explained_and_used() {
    let page = read("docs/sources.md");
    let mut keys: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    // `PBOC practice` before `PBOC`: the longest that fits.
    keys.sort_by_key(|key| std::cmp::Reverse(key.len()));
    let key_of = |part: &str| {
        let fits = |key: &&&str| {
            let rest = part.strip_prefix(**key)?;
            (!rest.starts_with(char::is_alphanumeric)).then_some(())
        };
        keys.iter().find(|key| fits(key).is_some()).copied()
    };
    let mut used = BTreeSet::new();
    for path in files("src", "toml").into_iter().chain(files("profiles", "toml")) {
        for source in sources(&toml::from_str(&read(&path)).unwrap()) {
            let mut after_key = false;
            for part in source.split([';', ',', '(', ')', ':']).map(str::trim) {
                let part = if key_of(part).is_none() { without_version(part) } else { part };
                let key = key_of(part);
                let clause = after_key && is_clause(part);
                assert!(
                    key.is_some() || clause || part.is_empty(),
                    "{}: {part:?} of {source:?} is not in docs/sources.md",
                    path.display()
                );
                after_key |= key.is_some();
                used.extend(key);
            }
        }
    }
    let idle: Vec<_> = keys.iter().filter(|key| !used.contains(*key)).collect();
    assert!(idle.is_empty(), "no table uses {idle:?} of docs/sources.md");
}

fn without_version(part: &str) -> &str {
    let version = VERSIONS.iter().find_map(|version| part.strip_prefix(version));
    version.map_or(part, str::trim)
}

/// A further clause of the source before it (`t.12`, `6.3`, `annex A`), or an
/// item's Chinese name.
fn is_clause(part: &str) -> bool {
    let number = part.strip_prefix("t.").unwrap_or(part);
    number.starts_with(|c: char| c.is_ascii_digit() || !c.is_ascii()) || part.starts_with("annex")
}

/// Every text of the key `source`, wherever it stands.
fn sources(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Table(table) => table
            .iter()
            .flat_map(|(key, value)| match value.as_str() {
                Some(text) if key == "source" => vec![text.to_owned()],
                _ => sources(value),
            })
            .collect(),
        toml::Value::Array(values) => values.iter().flat_map(sources).collect(),
        _ => Vec::new(),
    }
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lines of code blocks, and what stands between backquotes elsewhere.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().flat_map(move |line| {
        if line.starts_with("```") {
            inside = !inside;
            return Vec::new();
        }
        if inside { vec![line] } else { line.split('`').skip(1).step_by(2).collect() }
    })
}

/// Files of one kind in a folder and below it.
fn files(folder: impl AsRef<Path>, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files(&path, extension),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
