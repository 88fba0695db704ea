//! What the documents show for a card in a reader, run with one.

use crate::documents::{Kind, documents, lines, read, run, scratch};
use crate::pcscd::{Pcscd, SOCKET, alone};
use crate::program::Inserted;

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
