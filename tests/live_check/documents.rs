//! What the documents show for a card in a reader, run with one.

use std::path::Path;

use crate::documents::{Kind, documents, lines, read, run, scratch};
use crate::pcscd::{Pcscd, SOCKET, alone};
use crate::program::Inserted;

/// What brings a service and readers of its own.
const BRINGS: &str = "scripts/in-pcsc ";

#[test]
fn a_line_with_a_service_of_its_own_reads_its_card() {
    for (document, told_of) in
        [("README.md", "Third-generation"), ("README.zh.md", "第三代社会保障卡")]
    {
        let text = read(document);
        let line = text.lines().find(|line| line.starts_with(BRINGS));
        let line = line.unwrap_or_else(|| panic!("{document} has none"));
        let command = format!("env -u SSCARD_PCSC {}", line.replace("scripts/run ", "sscard "));
        let (code, told) = run(&command, Path::new("."), SOCKET, "60");
        assert!(code == 0 && told.contains(told_of), "`{command}`: {code}: {told}");
    }
}

/// What serves a card itself, and so finds the reader taken.
const SERVES: &str = "sscard virtual ";

#[test]
fn every_line_for_a_reader_ends_as_its_document_says() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    let mut count = 0;
    for document in documents() {
        let folder = scratch(&format!("live-{document}"));
        for line in lines(&read(&document)) {
            if line.command.starts_with(SERVES) {
                continue;
            }
            // What watches goes on until it is stopped.
            let watches = line.command.contains("watch") && !line.command.contains("--once");
            let (seconds, exit) = if watches { ("2", 124) } else { ("60", line.exit) };
            if line.kind == Kind::Reader {
                let (code, told) = run(&line.command, &folder, SOCKET, seconds);
                assert_eq!(code, exit, "{document}: `{}`: {told}", line.command);
                count += 1;
            }
        }
    }
    assert!(count > 15, "{count}");
}
