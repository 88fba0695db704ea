//! The words of a script's report.

use super::{Group, Hidden, ScriptRun, StepDocument, columns};
use crate::apdu::{Response, StatusWord};
use crate::profile::{self, Text};
use crate::report::decode::refusal;
use crate::report::exchange::event_name;
use crate::report::{Language, Words, transport};
use crate::script::{Cause, Ended, Place, Played, Program, Unusable};
use crate::session::script::{Expectation, MaskedByte, Piece};
use crate::session::text::Content;

fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

/// What each line expects. `exact` is the whole answer that was wanted, masked.
pub(super) fn expected(
    program: &Program,
    step: &Played,
    exact: Option<&str>,
    hidden: Hidden,
) -> Vec<String> {
    let line = |place: &Place| match program.content(*place)? {
        Content::Response { expectation, .. } => {
            let text = program.line(*place).trim_start_matches('<').trim_start().to_owned();
            Some(match (expectation, exact) {
                (Expectation::Exact(_), Some(exact)) => exact.to_owned(),
                (Expectation::Exact(bytes), None) if hidden.is() => hidden_bytes(bytes.len()),
                (Expectation::Pattern(pieces), _) if hidden.is() => hidden_pieces(pieces),
                (Expectation::Tlv { value, .. }, _) if hidden.is() => {
                    let path = text.split('=').next().unwrap_or_default();
                    format!("{path}={}", hidden_pieces(value))
                }
                _ => text,
            })
        }
        Content::Event(event) => Some(format!("! {}", event_name(event))),
        _ => None,
    };
    step.expected.iter().filter_map(line).collect()
}

fn hidden_bytes(count: usize) -> String {
    vec!["··"; count].join(" ")
}

/// The form of a pattern without its bytes.
fn hidden_pieces(pieces: &[Piece]) -> String {
    let byte = |byte: &MaskedByte| if byte.mask == 0 { "??" } else { "··" };
    let piece = |piece: &Piece| match piece {
        Piece::Bytes(bytes) => bytes.iter().map(byte).collect::<Vec<_>>().join(" "),
        Piece::Run => "…".into(),
        Piece::Value(name) => format!("${{{name}}}"),
        Piece::Length(name) => format!("${{len {name}}}"),
    };
    pieces.iter().map(piece).collect::<Vec<_>>().join(" ")
}

/// Why a step failed; `meanings` tell what of an exact answer differs.
pub(super) fn failures(program: &Program, step: &Played, mut meanings: Vec<Words>) -> Vec<Words> {
    let mut told = Vec::new();
    for (place, cause) in &step.failures {
        let exact = matches!(
            program.content(*place),
            Some(Content::Response { expectation: Expectation::Exact(_), .. })
        );
        if *cause == Cause::Unmet && exact && !meanings.is_empty() {
            told.append(&mut meanings);
        } else {
            told.push(at_line(*place, step, cause_words(program, *place, step, cause)));
        }
    }
    told
}

/// The line is named where it is not that of the command.
fn at_line(place: Place, step: &Played, told: Words) -> Words {
    if place == step.place {
        return told;
    }
    let Words { zh, en } = told;
    words(format!("第 {} 行：{zh}", place.line), format!("line {}: {en}", place.line))
}

fn cause_words(program: &Program, place: Place, step: &Played, cause: &Cause) -> Words {
    match cause {
        Cause::Unmet => unmet(program, place, step),
        Cause::NoAnswer(error) => {
            let (message, _) = transport(error);
            words(message.zh, message.en)
        }
        Cause::Answered => words("本应没有应答，却有了", "an answer came where none was to come"),
        Cause::NothingThere => {
            words("应答里没有要取的数据", "the answer holds nothing at that place")
        }
        Cause::Name(Unusable::NotSet) => words(
            "变量没有值：取它的步骤未成功",
            "a name without a value: the step that takes it failed",
        ),
        Cause::Name(Unusable::TooLong) => words("变量太长", "a name whose value is too long"),
        Cause::Refused(refused) => {
            let Words { zh, en } = refusal(*refused);
            words(format!("没有发出：{zh}"), format!("not sent: {en}"))
        }
    }
}

fn unmet(program: &Program, place: Place, step: &Played) -> Words {
    let response = step.response.as_deref().and_then(Response::parse);
    let Some(Content::Response { expectation, .. }) = program.content(place) else {
        return words("不符", "not as expected");
    };
    match (expectation, response) {
        (Expectation::StatusWord(_), Some(response)) => {
            let Words { zh, en } = status_word(response.sw);
            words(format!("状态字 {zh}"), format!("status word {en}"))
        }
        (Expectation::Length(length), Some(response)) => {
            let found = response.data.len();
            words(
                format!("数据 {found} 字节，应为 {length}"),
                format!("{found} bytes of data, expected {length}"),
            )
        }
        (Expectation::Max(limit), _) => {
            let ms = step.elapsed_ms;
            words(
                format!("用时 {ms:.1} ms，应不超过 {limit} ms"),
                format!("took {ms:.1} ms, expected at most {limit} ms"),
            )
        }
        (Expectation::Tlv { path, .. }, _) => {
            let tags: Vec<_> = path.tags.iter().map(hex::encode_upper).collect();
            let tags = tags.join("/");
            words(format!("{tags} 不符"), format!("no {tags} of this form"))
        }
        _ => words("应答不符", "another answer"),
    }
}

/// A status word with its meaning.
fn status_word(sw: StatusWord) -> Words {
    match profile::status_word(sw, &[]) {
        Some(row) => {
            words(format!("{sw}（{}）", row.meaning.zh), format!("{sw} ({})", row.meaning.en))
        }
        None => words(sw.to_string(), sw.to_string()),
    }
}

/// One line for a line of the script.
pub(super) fn step_line(group: &Group<'_>, language: Language) -> String {
    let step = group.first;
    let mark = if group.failed.is_empty() { '+' } else { 'x' };
    let what = step.event.as_deref().unwrap_or(step.instruction);
    let answer = match (&step.response, &step.event) {
        (Some(response), _) => summary(response, language),
        (None, Some(_)) => String::new(),
        (None, None) => "–".into(),
    };
    let times = match group.rounds {
        1 => format!("{:.1} ms", group.slowest),
        rounds => words(
            format!("×{rounds}，最慢 {:.1} ms", group.slowest),
            format!("×{rounds}, slowest {:.1} ms", group.slowest),
        )
        .in_language(language)
        .to_owned(),
    };
    let (what, answer) = (columns::pad(what, 16), columns::pad(&answer, 18));
    format!("  {mark} {:>4}  {what}{answer}{times}", step.line)
}

/// Length and status word of an answer.
fn summary(response: &str, language: Language) -> String {
    let bytes: Vec<&str> = response.split(' ').collect();
    let Some((sw, data)) = bytes.split_last_chunk::<2>().map(|(data, sw)| (sw, data)) else {
        return response.to_owned();
    };
    let sw = sw.concat();
    match (data.len(), language) {
        (0, _) => sw,
        (count, Language::Chinese) => format!("{count} 字节，{sw}"),
        (1, Language::English) => format!("1 byte, {sw}"),
        (count, Language::English) => format!("{count} bytes, {sw}"),
    }
}

/// What was sent, expected and answered, and why that does not fit.
pub(super) fn failed_lines(step: &StepDocument, language: Language) -> Vec<String> {
    let label = |zh, en| columns::pad(Text { zh, en }.in_language(language), 10);
    let mut lines = Vec::new();
    let mut put = |label: String, text: &str| lines.push(format!("         {label}{text}"));
    if let Some(command) = &step.command {
        put(label("发送", "sent"), command);
    }
    for expected in &step.expected {
        put(label("应为", "expected"), expected);
    }
    if let Some(response) = &step.response {
        put(label("应答", "answer"), response);
    }
    for failure in &step.failures {
        put(label("不符", "why"), failure.in_language(language));
    }
    lines
}

/// Failed rounds that are not shown.
pub(super) fn more(count: usize) -> Words {
    words(format!("另有 {count} 次不符"), format!("{count} more rounds failed"))
}

/// File and line of a step.
pub(super) fn place(step: &StepDocument, language: Language) -> String {
    let line = match language {
        Language::Chinese => format!("第 {} 行", step.line),
        Language::English => format!("line {}", step.line),
    };
    step.file.iter().fold(line, |line, file| format!("{file} {line}"))
}

/// The last line: the name, and how it went.
pub(super) fn result(
    name: &str,
    steps: &[StepDocument],
    run: &ScriptRun<'_>,
    language: Language,
) -> String {
    let (count, failed) = (steps.len(), steps.iter().filter(|step| !step.passed).count());
    let plural = if count == 1 { "" } else { "s" };
    let (mut zh, mut en) = match failed {
        0 => (
            format!("通过  {name}  共 {count} 步"),
            format!("passed  {name}  {count} step{plural}"),
        ),
        _ => (
            format!("不通过  {name}  共 {count} 步，不符 {failed} 步"),
            format!("FAILED  {name}  {count} step{plural}, {failed} failed"),
        ),
    };
    if *run.ended == Ended::Stopped {
        zh.push_str("，到此为止");
        en.push_str(", stopped there");
    }
    words(zh, en).in_language(language).to_owned()
}
