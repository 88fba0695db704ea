//! `sscard import`: a log of another program, as a recording.

use std::io::Write as _;
use std::path::Path;

use super::arguments::{Common, Import};
use super::card::read_file;
use super::failure::Failure;
use super::output::Output;
use super::private;
use crate::import::{self, Imported};
use crate::report::{self, Exit, Reveal, Words};
use crate::session::TransportMode;
use crate::session::limits::MAX_LOG;
use crate::session::text::Document;

/// So many lines that nothing understands are shown.
const SHOWN: usize = 5;

pub(super) fn run(
    arguments: &Import,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let is_piped = arguments.output == Path::new("-");
    if is_piped {
        check_output(common, output)?;
    }
    let name = arguments.log.display().to_string();
    let bytes = read_file(&arguments.log, MAX_LOG)?;
    let log = import::text(&bytes);
    let bad = |line: usize, what: &str| {
        Failure::with_detail(Exit::BadInput, &format!("{name}, line {line}: {what}"))
    };
    let found = import::import(&log)
        .ok_or_else(|| bad(1, "no command and its answer, in no known form"))?;
    if found.session.steps.is_empty() {
        let line = found.incomplete.first().copied().unwrap_or(1);
        let what = format!("{}, and no exchange in it that is whole", found.format.name());
        return Err(bad(line, &what));
    }
    let mut session = found.session.clone();
    session.header.transport = TransportMode::Raw;
    session.header.tool = Some(concat!("sscard ", env!("CARGO_PKG_VERSION")).into());
    session.header.interface = arguments.interface;
    session.header.protocol = arguments.protocol;
    let text = Document::from(&session).print();
    // What nothing could read again is no recording.
    Document::parse(text.as_bytes()).map_err(|error| {
        let detail = format!("{name}: the recording would be too large: {error}");
        Failure::with_detail(Exit::BadInput, &detail)
    })?;
    match is_piped {
        true => output.bytes(text.as_bytes()),
        false => write(&arguments.output, &text)?,
    }
    output.tell(&told(arguments, &found));
    let lines: Vec<_> = found.unknown.iter().map(|(line, text)| (*line, hidden(text))).collect();
    for (line, text) in lines.iter().take(SHOWN) {
        output.tell(&Words {
            zh: format!("第 {line} 行：{text}"),
            en: format!("line {line}: {text}"),
        });
    }
    for line in found.incomplete.iter().take(SHOWN) {
        output.tell(&Words {
            zh: format!("第 {line} 行：往来不完整，未导入"),
            en: format!("line {line}: an exchange that is not whole, left out"),
        });
    }
    if output.is_json() {
        output.document(&report::import(&found, &lines))?;
    }
    Ok(Exit::Healthy)
}

/// Standard output shows personal data only to those who ask for it, and holds one
/// document with `--json`.
fn check_output(common: &Common, output: &Output<'_>) -> Result<(), Failure> {
    let detail = match (output.is_json(), common.reveal()) {
        (true, _) => "import: -o - writes the recording where --json writes its document",
        (false, Reveal::Masked) => {
            "import: -o - would show personal data on standard output: name a file, or add --reveal"
        }
        (false, Reveal::Shown) => return Ok(()),
    };
    Err(Failure::with_detail(Exit::Usage, detail))
}

/// A file of its own, readable by its owner alone.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let opened = private::options().create_new(true).open(path);
    let mut file = opened.map_err(|error| Failure::not_created(path, &error))?;
    let written = file.write_all(text.as_bytes());
    written.map_err(|error| Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display())))
}

fn told(arguments: &Import, found: &Imported) -> Words {
    let count = found.session.exchanges().count();
    let (format, path) = (found.format.name(), arguments.output.display().to_string());
    let (unknown, broken) = (found.unknown.len(), found.incomplete.len());
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (ways, lines, ends) = (plural(count), plural(unknown), plural(broken));
    let piped = ("写到标准输出", "on standard output");
    let (zh, en) = if arguments.output == Path::new("-") { piped } else { private::READERS };
    Words {
        zh: format!(
            "{format}：{count} 次往来写入 {path}（含个人信息，{zh}；外传前先用 sscard scrub 替换）；不认识的行 {unknown}，不完整的往来 {broken}"
        ),
        en: format!(
            "{format}: {count} exchange{ways} written to {path} (holds personal data, {en}: run `sscard scrub` before passing it on); {unknown} line{lines} not understood, {broken} exchange{ends} incomplete"
        ),
    }
}

/// Of a line that nothing understands the words before the first that may be bytes or
/// the value of something (`name=…`, `name: …`), and of those the ones that can be no
/// name and no number: whose they are is not known.
fn hidden(text: &str) -> String {
    let is_bytes = |word: &&str| {
        word.len() >= 2
            && word.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !word.bytes().any(|byte| matches!(byte, b'a'..=b'f'))
    };
    let is_open =
        |word: &&str| word.is_ascii() && word.bytes().filter(u8::is_ascii_digit).count() < 4;
    let is_letter = |char: char| char.is_ascii_alphabetic();
    let value = text.char_indices().find(|(at, char)| {
        let behind = text.get(at.saturating_add(char.len_utf8())..).unwrap_or_default();
        matches!(char, '=' | ':' | '\u{FF1A}') && behind.trim_start().starts_with(is_letter)
    });
    let (text, value) = value.and_then(|(at, _)| text.split_at_checked(at)).unwrap_or((text, ""));
    let words: Vec<&str> = text.split_whitespace().collect();
    let known = words.iter().copied().take_while(|word| !is_bytes(word));
    let mut shown: Vec<&str> = known.map(|word| if is_open(&word) { word } else { "··" }).collect();
    if shown.len() < words.len() || !value.is_empty() {
        shown.push("··");
    }
    shown.join(" ").chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn what_may_be_of_a_card_is_hidden() {
        assert_eq!(hidden("Using T=0 protocol"), "Using T=0 protocol");
        assert_eq!(hidden("got EE FF ..TEST PERSON"), "got ··");
        assert_eq!(hidden("09 02 D5 C5 .."), "··");
        assert_eq!(hidden("Using name=OUYANG YUQI"), "Using name ··");
        assert_eq!(hidden("holder name: Ouyang Yuqi"), "holder name ··");
        assert_eq!(hidden("姓名: OUYANG YUQI"), "·· ··");
        assert_eq!(hidden("at 9:30 got 1 card"), "at 9:30 got 1 card");
        assert_eq!(hidden("name 张三, id=500105199201010010"), "name ·· ··");
    }
}
