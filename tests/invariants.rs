//! What must stay true of the sources as a whole: the arrow of the modules, who
//! prints, what may leave for a card, both languages.
#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panic")]

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use sscard::apdu::{Permission, instructions, permit};
use sscard::profile::{self, Text, Version};
use sscard::verdict::rules;

/// A source file: its path with `/`, and its code without comments.
struct Source {
    path: String,
    code: String,
    lines: usize,
}

/// Every file below a folder, with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name == "target" || name == ".git" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources(folder: &str) -> Vec<Source> {
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        Source {
            path: path.to_str().unwrap().replace('\\', "/"),
            code: code.collect::<Vec<_>>().join("\n"),
            lines: text.lines().count(),
        }
    };
    let sources: Vec<Source> = files(folder, ".rs").into_iter().map(read).collect();
    assert!(!sources.is_empty(), "{folder}");
    sources
}

impl Source {
    /// The top-level module that the file belongs to.
    fn module(&self) -> &str {
        let path = self.path.trim_start_matches("src/");
        path.split(['/', '.']).next().unwrap_or_default()
    }

    fn is_in(&self, modules: &[&str]) -> bool {
        modules.contains(&self.module())
    }

    /// Whether the code holds a word, and not as a part of a longer one.
    fn has(&self, word: &str) -> bool {
        self.code.match_indices(word).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at..].chars().nth(word.chars().count());
            let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !(part(before) || word.ends_with(char::is_alphanumeric) && part(after))
        })
    }

    /// The top-level modules that the code names, by `crate::` or by as many
    /// `super::` as lead there.
    fn names(&self) -> Vec<String> {
        let depth = self.path.matches('/').count();
        let mut named = Vec::new();
        for root in ["crate::".to_owned(), "super::".repeat(depth)] {
            for (at, _) in self.code.match_indices(&root) {
                let rest = &self.code[at + root.len()..];
                match rest.strip_prefix('{') {
                    Some(group) => named.extend(first_words_of_group(group)),
                    None => named.push(first_word(rest)),
                }
            }
        }
        named
    }
}

fn first_word(code: &str) -> String {
    code.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Of `a::b, c::{d, e}}` the words `a` and `c`.
fn first_words_of_group(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut words = Vec::new();
    let mut start = true;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && !c.is_whitespace() => {
                words.push(first_word(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    words
}

/// The order of the modules, as the library's own page draws it: equal numbers
/// stand side by side.
fn order() -> BTreeMap<String, usize> {
    let page = std::fs::read_to_string("src/lib.rs").unwrap();
    let arrow = page.lines().find(|line| line.contains("─►")).unwrap();
    let steps = arrow.trim_start_matches("//!").split("─►").enumerate();
    let modules = steps.flat_map(|(rank, step)| {
        step.split(',').map(move |module| (module.trim().to_owned(), rank))
    });
    modules.collect()
}

#[test]
fn a_module_names_only_modules_to_its_left() {
    let order = order();
    let page = std::fs::read_to_string("src/lib.rs").unwrap();
    for module in page.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        assert!(order.contains_key(module.trim_end_matches(';')), "{module}: not on the arrow");
    }
    let mut seen = 0;
    for source in sources("src").iter().filter(|source| !source.is_in(&["lib", "main"])) {
        let Some(rank) = order.get(source.module()) else {
            panic!("{}: a module that the library does not name", source.path)
        };
        for name in source.names() {
            let Some(other) = order.get(&name).filter(|_| name != source.module()) else {
                continue;
            };
            assert!(other < rank, "{} names {name}", source.path);
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn only_one_file_talks_to_pcsc() {
    for source in sources("src") {
        let foreign = source
            .code
            .match_indices("pcsc::")
            .any(|(at, _)| !source.code[..at].ends_with("::") && !source.code[..at].ends_with('_'));
        let home = source.path.starts_with("src/transport/pcsc");
        assert!(!foreign || home, "{}", source.path);
    }
    assert!(sources("src/transport").iter().any(|source| source.has("pcsc::")));
}

#[test]
fn only_the_virtual_reader_is_connected_to() {
    for source in sources("src") {
        let connects = source.has("std::net") || source.has("TcpStream");
        assert!(!connects || source.path == "src/emulate/vpcd.rs", "{}", source.path);
    }
}

#[test]
fn facts_and_opinions_ask_no_clock_and_no_disk() {
    let pure =
        ["codec", "tlv", "atr", "apdu", "session", "profile", "observe", "verdict", "report"];
    let words = [
        "std::fs",
        "std::net",
        "std::io",
        "std::env",
        "std::process",
        "std::thread",
        "Instant",
        "SystemTime",
        "Zoned",
        "Timestamp",
        "now()",
    ];
    for source in sources("src").iter().filter(|source| source.is_in(&pure)) {
        for word in words {
            assert!(!source.has(word), "{} uses {word}", source.path);
        }
    }
}

#[test]
fn only_the_command_line_prints_and_only_main_exits() {
    let printing = ["print!", "println!", "eprint!", "eprintln!", "dbg!", "stdout(", "stderr("];
    for source in sources("src") {
        for word in printing {
            assert!(!source.has(word) || source.is_in(&["cli", "main"]), "{} {word}", source.path);
        }
        for word in ["process::exit", "process::abort", "ExitCode"] {
            assert!(!source.has(word) || source.path == "src/main.rs", "{} {word}", source.path);
        }
    }
}

#[test]
fn no_unsafe_code_and_no_silent_exception() {
    for source in ["src", "build"].into_iter().flat_map(sources) {
        // The page's policy has a word of that kind; as code it would be a block.
        let named = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe_code"];
        assert!(!named.iter().any(|word| source.has(word)), "{}", source.path);
        let shape: String = source.code.split_whitespace().collect();
        for (at, _) in shape.match_indices("[allow(") {
            let attribute = shape[at..].split(")]").next().unwrap();
            assert!(attribute.contains("reason="), "{}: a bare allow", source.path);
        }
    }
}

#[test]
fn a_file_has_one_subject() {
    for source in ["src", "build", "tests"].into_iter().flat_map(sources) {
        assert!(source.lines <= 400, "{}: {} lines", source.path, source.lines);
        assert!(!source.path.ends_with("/mod.rs"), "{}", source.path);
    }
}

/// Instructions that read, and VERIFY without data on request: nothing else, and
/// no data but a name to SELECT, whatever the rest of the command says.
#[test]
fn nothing_that_changes_a_card_may_leave() {
    let always =
        [(0, 0xA4), (0, 0xB0), (0, 0xB2), (0, 0xC0), (0, 0x84), (0x80, 0xCA), (0x80, 0x5C)];
    assert_eq!(instructions().len(), always.len() + 1);
    for cla in 0..=u8::MAX {
        for ins in 0..=u8::MAX {
            for (p1, p2) in [(0, 0), (0, 1), (4, 0), (0xFF, 0xFF)] {
                let reads = always.contains(&(cla, ins));
                let queries = (cla, ins, p1, p2) == (0, 0x20, 0, 0);
                let header = [cla, ins, p1, p2];
                let with = |body: &[u8]| [&header[..], body].concat();
                for (command, data) in [
                    (with(&[]), false),
                    (with(&[8]), false),
                    (with(&[1, 9]), true),
                    (with(&[1, 9, 0]), true),
                ] {
                    let allowed = reads && (!data || ins == 0xA4);
                    let name = hex::encode_upper(&command);
                    let read = permit(&command, Permission::Read).is_ok();
                    assert!(!read || allowed, "{name}");
                    let query = permit(&command, Permission::PinState).is_ok();
                    assert!(!query || allowed || (queries && command.len() == 4), "{name}");
                }
            }
        }
    }
    assert!(permit(&[0x00, 0x20, 0x00, 0x00], Permission::PinState).is_ok());
    assert!(permit(&[0x00, 0x20, 0x00, 0x00], Permission::Read).is_err());
}

#[test]
fn no_file_names_a_place_of_one_computer() {
    let places = ["home", "tmp", "root", "work"].map(|place| format!("/{place}"));
    for path in files(".", "") {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for place in &places {
            let named = text.match_indices(place.as_str()).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + place.len()..].chars().next();
                let inside = |c: char| c.is_alphanumeric() || "._-/)}>".contains(c);
                !before.is_some_and(inside) && !after.is_some_and(char::is_alphanumeric)
            });
            assert!(!named, "{} names a path under {place}", path.display());
        }
    }
}

const CHINESE: std::ops::RangeInclusive<char> = '\u{4E00}'..='\u{9FFF}';
/// A Chinese character beside a mark of ASCII, where its own mark belongs.
fn wrong_mark(text: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let chinese = |pair: &[char]| pair.iter().any(|c| CHINESE.contains(c));
    let narrow = |pair: &[char]| pair.iter().any(|c| ",;:()?!".contains(*c));
    characters.windows(2).find(|pair| chinese(pair) && narrow(pair)).map(String::from_iter)
}

#[test]
fn chinese_has_marks_of_its_own() {
    assert_eq!(wrong_mark("取出卡片,再插").as_deref(), Some("片,"));
    for source in ["src/report", "src/cli", "src/emulate"].into_iter().flat_map(sources) {
        let code = source.code.split("#[cfg(test)]").next();
        assert_eq!(code.and_then(wrong_mark), None, "{}", source.path);
    }
}

fn assert_both_languages(text: Text, of: &str) {
    let is_chinese = |c: char| CHINESE.contains(&c);
    assert!(!text.zh.is_empty() && !text.en.is_empty(), "{of}: a language is missing");
    assert!(!text.en.contains(is_chinese), "{of}: {}", text.en);
    assert!(text.zh.contains(is_chinese) || text.zh.is_ascii(), "{of}: {}", text.zh);
    assert_eq!(wrong_mark(text.zh), None, "{of}: {}", text.zh);
}

#[test]
fn every_rule_is_one_and_speaks_both_languages() {
    let mut ids = HashSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        for text in [rule.message, rule.advice] {
            assert_both_languages(text, rule.id);
            assert_ne!(text.zh, text.en, "{}", rule.id);
        }
    }
}

/// Words that only an engineer knows.
const JARGON: [&str; 26] = [
    "APDU",
    "FCI",
    "TLV",
    "AID",
    "SFI",
    "ATC",
    "PDOL",
    "CDOL",
    "DOL",
    "CVM",
    "BER",
    "BCD",
    "GBK",
    "SELECT",
    "READ",
    "PSAM",
    "RID",
    "COS",
    "ATR",
    "X.509",
    "tag",
    "record",
    "template",
    "challenge",
    "offset",
    "nibble",
];

#[test]
fn what_a_clerk_reads_needs_no_engineer() {
    for rule in sscard::verdict::rules() {
        // What is only worth knowing stands behind --verbose.
        if rule.severity == sscard::verdict::Severity::Info {
            continue;
        }
        for text in [rule.message.zh, rule.message.en, rule.advice.zh, rule.advice.en] {
            let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
            for word in JARGON {
                assert!(!words.contains(&word), "{}: {word} in {text:?}", rule.id);
            }
            let file =
                |word: &&str| word.len() == 4 && (word.starts_with("EF") || word.starts_with("DF"));
            assert!(!words.iter().any(file), "{}: {text:?}", rule.id);
            let algorithm = ["SM2", "SM3", "SM4"].iter().any(|name| text.contains(name));
            let explained = text.contains("national") || text.contains("国密");
            assert!(!algorithm || explained, "{}: {text:?}", rule.id);
        }
    }
}

#[test]
fn every_table_speaks_both_languages() {
    for application in profile::applications() {
        assert_both_languages(application.name, application.id);
        for version in [Version::V1, Version::V2, Version::V3] {
            for file in profile::files(application.id, version) {
                assert_both_languages(file.name, &format!("{:04X}", file.fid));
                for item in profile::items(application.id, file.fid, version) {
                    assert_both_languages(item.name, item.id);
                }
            }
        }
    }
    for sw in 0..=u16::MAX {
        if let Some(row) = profile::status_word(sscard::apdu::StatusWord(sw), &["any"]) {
            // Success needs no diagnosis.
            let texts = [row.meaning, row.diagnosis, row.advice];
            for text in texts.into_iter().filter(|text| !(text.zh.is_empty() && text.en.is_empty()))
            {
                assert_both_languages(text, row.sw);
            }
        }
    }
    assert!(Path::new("src/profile/tables").is_dir());
}
