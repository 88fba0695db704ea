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

#[path = "support/documents.rs"]
mod documents;
use documents::{Kind, documents, read};

/// Without a PC/SC service, so that no card of this machine is read.
const NO_SERVICE: &str = "/nonexistent";

/// The USB devices of a computer without a card reader, so that no screen shows those of
/// this machine.
fn usb() -> String {
    let sysfs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme-sysfs");
    let device = sysfs.join("bus/usb/devices/usb1");
    fs::create_dir_all(&device).unwrap();
    let told = [("idVendor", "1d6b"), ("idProduct", "0002"), ("product", "xHCI Host Controller")];
    for (file, text) in told {
        fs::write(device.join(file), format!("{text}\n")).unwrap();
    }
    sysfs.to_str().unwrap().to_owned()
}

#[test]
fn every_screen_is_what_the_program_prints() {
    let cases = trycmd::TestCases::new();
    cases.env("LC_ALL", "C").env("PCSCLITE_CSOCK_NAME", NO_SERVICE).env("SYSFS_PATH", usb());
    cases.case("tests/cmd/*.trycmd");
    for document in documents() {
        cases.case(document);
    }
}

/// What is run elsewhere: by the live tests, in a virtual reader, by
/// `scripts/test-packages`, `tests/setup.rs` and `tests/at_scale.rs`, or with a file
/// that the reader of the document has yet to write.
const RUN_ELSEWHERE: [&str; 8] = [
    "sscard virtual gen2 --fault remove@7",
    "sscard virtual gen2 --scenario fixtures/scenarios/worn-contacts.toml",
    "sscard man | man -l -",
    "sscard virtual gen2",
    "sscard virtual my-card.toml",
    "sscard replay - --ndjson",
    "sscard replay - --ndjson --jobs 1",
    "sscard scrub FILE -o fixtures/recorded/NAME.apdu",
];

/// Each document in a folder of its own, from its first line to its last. What needs a
/// card in a reader comes here as far as to see no service; the live tests go on.
#[cfg(unix)]
#[test]
fn every_line_of_a_document_ends_as_it_says() {
    let (mut count, mut wrong) = (0_usize, Vec::new());
    for document in documents() {
        let folder = documents::scratch(&document);
        for line in documents::lines(&read(&document)) {
            if RUN_ELSEWHERE.contains(&line.command.as_str()) {
                continue;
            }
            let watches = line.command.contains("watch");
            let seconds = if watches { "2" } else { "60" };
            let (code, told) = documents::run(&line.command, &folder, NO_SERVICE, seconds);
            let fits = match line.kind {
                Kind::Shell => code == line.exit,
                // No defect, and no mistake in the arguments.
                Kind::Reader => ![1, 2].contains(&code),
            };
            if !fits {
                wrong.push(format!("{document}: `{}`: {code}: {told}", line.command));
            }
            count = count.saturating_add(1);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 60, "{count}");
}

#[test]
fn every_line_shown_is_run() {
    let mut run: BTreeSet<String> = RUN_ELSEWHERE.map(String::from).into();
    for case in files("tests/cmd", "trycmd") {
        run.extend(screens(&read(&case)));
    }
    for document in documents() {
        let text = read(document);
        run.extend(screens(&text));
        run.extend(documents::lines(&text).into_iter().map(|line| line.command));
    }
    let mut nobody = Vec::new();
    for document in documents() {
        for line in code(&read(&document)) {
            let line = line.replace("scripts/run ", "sscard ");
            let line = line.split(" #").next().unwrap().trim_end();
            // `sscard virtual NAME` and the like stand for many lines, `[..]` is no line.
            let shown = line.starts_with("sscard ")
                && !["NAME", "[..]"].iter().any(|word| line.contains(word));
            if shown && !run.contains(line) {
                nobody.push(format!("{document}: `{line}`"));
            }
        }
    }
    assert!(nobody.is_empty(), "nobody runs\n{}", nobody.join("\n"));
}

/// The commands above the screens of a document.
fn screens(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| line.strip_prefix("$ ")).map(String::from)
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
    for document in documents() {
        let text = read(&document);
        let named = code(&text)
            .filter(|span| {
                folders.iter().any(|folder| span.starts_with(folder)) && !span.contains('*')
            })
            .map(|span| PathBuf::from(span.split(' ').next().unwrap()));
        let beside = Path::new(&document).parent().unwrap();
        for path in named {
            assert!(path.exists(), "{document} names {}", path.display());
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https:") {
                continue;
            }
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let path = if file.is_empty() { PathBuf::from(&document) } else { beside.join(file) };
            assert!(path.exists(), "{document} names {}", path.display());
            let there = place.is_empty() || places(&read(&path)).any(|one| one == place);
            assert!(there, "{document}: no heading {link}");
        }
    }
}

/// The names by which the headings of a document can be linked to.
fn places(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    headings.map(|heading| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    })
}

#[test]
fn every_exit_code_is_explained_and_the_rust_version_told() {
    let page = read("docs/exit-codes.md");
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
        assert!(page.contains(&row), "{row}");
    }
    // Others name a code or two, in the same form and never another meaning.
    let rows = |text: &str| -> Vec<String> {
        let rows = text.lines().filter(|line| {
            exits.iter().any(|exit| line.contains(&format!("| `{}` |", exit.name())))
        });
        rows.map(|row| row.split(" | ").take(2).collect::<Vec<_>>().join(" | ")).collect()
    };
    let all = rows(&page);
    for document in documents() {
        for row in rows(&read(&document)) {
            assert!(all.contains(&row), "{document}: {row}");
        }
    }
    let rust = env!("CARGO_PKG_RUST_VERSION");
    for file in ["README.md", "README.zh.md", "docs/install.md", "scripts/lib.sh"] {
        let text = read(file);
        assert!(
            text.contains(&format!(" {rust} or later")) || text.contains(&format!(" {rust} 或")),
            "{file}"
        );
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

/// Lines of code blocks, and what stands between backquotes elsewhere.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().map(str::trim_start).flat_map(move |line| {
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
