//! `sscard import`: a log of another program, as a recording.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::arguments::Import;
use super::card::read_file;
use super::failure::Failure;
use super::output::Output;
use crate::import::{Imported, import};
use crate::report::{Exit, Words};
use crate::session::text::Document;
use crate::session::{Session, TransportMode};

/// So many lines that nothing understands are shown.
const SHOWN: usize = 5;

pub(super) fn run(arguments: &Import, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let name = arguments.log.display().to_string();
    let bytes = read_file(&arguments.log)?;
    let log = String::from_utf8_lossy(&bytes);
    let found = import(&log).ok_or_else(|| {
        let detail = format!("{name}, line 1: no command and its answer, in no known form");
        Failure::with_detail(Exit::BadInput, &detail)
    })?;
    let mut session = found.session.clone();
    session.header.transport = TransportMode::Raw;
    session.header.tool = Some(concat!("sscard ", env!("CARGO_PKG_VERSION")).into());
    session.header.interface = arguments.interface;
    session.header.protocol = arguments.protocol;
    write(&arguments.output, &session)?;
    output.tell(&told(arguments, &found));
    for (line, text) in found.unknown.iter().take(SHOWN) {
        output.tell(&not_understood(*line, text));
    }
    Ok(Exit::Healthy)
}

/// A file of its own, readable by its owner alone.
fn write(path: &Path, session: &Session) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let text = Document::from(session).print();
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display())))
}

fn told(arguments: &Import, found: &Imported) -> Words {
    let count = found.session.exchanges().count();
    let (format, path) = (found.format.name(), arguments.output.display());
    let (unknown, broken) = (found.unknown.len(), found.incomplete.len());
    Words {
        zh: format!(
            "{format}:{count} 次往来写入 {path}(含个人信息,仅本用户可读);不认识的行 {unknown},不完整的往来 {broken}"
        ),
        en: format!(
            "{format}: {count} exchanges written to {path} (holds personal data, readable by you alone); {unknown} lines not understood, {broken} exchanges incomplete"
        ),
    }
}

/// A line that nothing understands; what may be a card's bytes is hidden.
fn not_understood(line: usize, text: &str) -> Words {
    let is_hex = |word: &str| {
        word.len() >= 2
            && word.chars().all(|c| c.is_ascii_hexdigit())
            && word.chars().any(|c| c.is_ascii_digit())
    };
    let hidden: Vec<&str> =
        text.split(' ').map(|word| if is_hex(word) { "··" } else { word }).collect();
    let shown: String = hidden.join(" ").chars().take(60).collect();
    Words { zh: format!("第 {line} 行:{shown}"), en: format!("line {line}: {shown}") }
}
