//! What two recordings differ in, as people may see it.

use serde::Serialize;

use super::{Exit, Language, Reveal, Words, exchange, mask, tags, words};
use crate::apdu::StatusWord;
use crate::compare::{Difference, DifferenceKind, What};
use crate::profile::{self, Item, Personal, Text, Value};
use crate::session::Event;
use crate::verdict::{EvidenceId, identified};

/// A difference.
#[derive(Clone, Debug, Serialize)]
struct DifferenceDocument {
    exchange: u32,
    kind: &'static str,
    left: Option<String>,
    right: Option<String>,
    meaning: Words,
}

/// The document of `diff`.
#[derive(Clone, Debug, Serialize)]
pub struct DiffDocument {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<()>,
    differences: Vec<DifferenceDocument>,
}

/// What differs, masked; without what is personal where that is to be ignored.
#[must_use]
pub fn diff(found: &[Difference], reveal: Reveal, ignore_personal: bool) -> DiffDocument {
    let kept = found.iter().filter(|difference| !(ignore_personal && is_personal(difference)));
    let differences: Vec<DifferenceDocument> = kept.map(|d| document(d, reveal)).collect();
    let exit = if differences.is_empty() { Exit::Healthy } else { Exit::Failed };
    DiffDocument {
        schema_version: "1.0",
        command: "diff",
        exit_code: exit.code(),
        error: None,
        differences,
    }
}

impl DiffDocument {
    /// How the command ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.differences.is_empty() { Exit::Healthy } else { Exit::Failed }
    }

    /// A line for each difference.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        let line = |difference: &DifferenceDocument| {
            format!("[{}] {}", difference.exchange, difference.told().in_language(language))
        };
        self.differences.iter().map(line).collect()
    }
}

impl DifferenceDocument {
    /// What differs, and how.
    fn told(&self) -> Words {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".into());
        let sides = format!("{} → {}", side(&self.left), side(&self.right));
        let Words { zh, en } = &self.meaning;
        Words { zh: format!("{zh}：{sides}"), en: format!("{en}: {sides}") }
    }
}

/// What differs, a sentence each.
pub(super) fn meanings(found: &[Difference], reveal: Reveal) -> Vec<Words> {
    found.iter().map(|difference| document(difference, reveal).told()).collect()
}

/// What belongs to one person: a classed item, or bytes of which nothing tells
/// that they do not.
fn is_personal(difference: &Difference) -> bool {
    match (difference.kind, difference.what) {
        (_, Some(What::Item(item))) => item.personal != Personal::None,
        (_, Some(What::Tag(row))) => row.personal != Personal::None,
        (_, Some(What::Algorithm)) => false,
        (DifferenceKind::Data, None) => true,
        (DifferenceKind::AnswerToReset, None) => {
            // Only its serial bytes are masked; the check character follows from them.
            let shown = |bytes: &Option<Vec<u8>>| {
                let atr = crate::atr::decode(bytes.as_deref()?);
                let mut shown = exchange::masked_atr(&atr, Reveal::Masked);
                if atr.tck.present.is_some() {
                    shown.truncate(shown.len().saturating_sub(2));
                }
                Some(shown)
            };
            shown(&difference.left) == shown(&difference.right)
        }
        (_, None) => false,
    }
}

fn document(difference: &Difference, reveal: Reveal) -> DifferenceDocument {
    let show = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|b| shown(difference, b, reveal));
    let kind = match difference.kind {
        DifferenceKind::AnswerToReset => "atr",
        DifferenceKind::Interface => "interface",
        DifferenceKind::Protocol => "protocol",
        DifferenceKind::Event => "event",
        DifferenceKind::Command => "command",
        DifferenceKind::StatusWord => "status_word",
        DifferenceKind::Data => "data",
    };
    DifferenceDocument {
        exchange: difference.exchange,
        kind,
        left: show(&difference.left),
        right: show(&difference.right),
        meaning: meaning(difference),
    }
}

/// File, tag and name of what differs.
fn meaning(difference: &Difference) -> Words {
    let named = |place: String, name: Text| Words {
        zh: format!("{place} {}", name.zh),
        en: format!("{place} {}", name.en),
    };
    match (difference.what, difference.kind) {
        (Some(What::Item(item)), _) => {
            let tag = item.tag.map(|tag| format!("/{tag:02X}")).unwrap_or_default();
            named(format!("{:04X}{tag}", item.file), item.name)
        }
        (Some(What::Tag(row)), _) => named(format!("{:02X}", row.tag), row.name),
        (Some(What::Algorithm), _) => {
            named("9F0C/86".into(), words::evidence(EvidenceId::Algorithm))
        }
        (None, DifferenceKind::AnswerToReset) => {
            Text { zh: "复位信息", en: "answer to reset" }.into()
        }
        (None, DifferenceKind::Interface) => Text { zh: "接口", en: "interface" }.into(),
        (None, DifferenceKind::Protocol) => Text { zh: "传输协议", en: "protocol" }.into(),
        (None, DifferenceKind::Event) => Text { zh: "其后的事件", en: "event behind it" }.into(),
        (None, DifferenceKind::Command)
            if difference.left.is_some() && difference.right.is_some() =>
        {
            Text { zh: "指令期望的长度", en: "length that the command expects" }.into()
        }
        (None, DifferenceKind::Command) => {
            Text { zh: "只有一份有这条指令", en: "only one has this command" }.into()
        }
        (None, DifferenceKind::StatusWord) => status_words(difference),
        (None, DifferenceKind::Data) => Text { zh: "数据", en: "data" }.into(),
    }
}

fn shown(difference: &Difference, bytes: &[u8], reveal: Reveal) -> String {
    match (difference.what, difference.kind) {
        (Some(What::Item(item)), _) => value(item, bytes, reveal),
        (Some(What::Tag(row)), _) => tags::show(Some(row), bytes, reveal).value,
        (Some(What::Algorithm), _) => identified(bytes).1,
        (None, DifferenceKind::AnswerToReset) => {
            exchange::masked_atr(&crate::atr::decode(bytes), reveal)
        }
        (None, DifferenceKind::Command) => {
            exchange::hex_pairs(bytes, &exchange::command_mask(bytes, reveal), " ")
        }
        (None, DifferenceKind::StatusWord) => hex::encode_upper(bytes),
        (None, DifferenceKind::Event) if reveal == Reveal::Masked => events(bytes),
        (None, DifferenceKind::Interface | DifferenceKind::Protocol | DifferenceKind::Event) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        (None, DifferenceKind::Data) if reveal == Reveal::Shown => hex::encode_upper(bytes),
        (None, DifferenceKind::Data) => mask::hidden(bytes.len()),
    }
}

/// Events by name; what a recording calls an error in words of its own may be anything.
fn events(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let name = |text| Event::from_text(text).as_ref().map(exchange::event_name);
    let names = text.split(", ").map(|one| name(one).unwrap_or_else(|| "error".into()));
    names.collect::<Vec<_>>().join(", ")
}

fn value(item: &Item, bytes: &[u8], reveal: Reveal) -> String {
    let decoded = match item.decode(bytes) {
        Ok(Value::Written(decoded)) => decoded.value,
        Ok(Value::Blank) => return "–".into(),
        // What does not decode may be anything.
        Err(_) if item.personal == Personal::None || reveal == Reveal::Shown => {
            return hex::encode_upper(bytes);
        }
        Err(_) => return mask::hidden(bytes.len()),
    };
    if reveal == Reveal::Shown { decoded } else { mask::show(item, &decoded, bytes.len()).text }
}

/// What both status words mean, in each language.
fn status_words(difference: &Difference) -> Words {
    let meaning = |bytes: &Option<Vec<u8>>| {
        let bytes: [u8; 2] = bytes.as_deref()?.try_into().ok()?;
        Some(profile::status_word(StatusWord(u16::from_be_bytes(bytes)), &[])?.meaning)
    };
    let unknown = Text { zh: "含义未知", en: "meaning unknown" };
    let [left, right] =
        [&difference.left, &difference.right].map(|bytes| meaning(bytes).unwrap_or(unknown));
    Words {
        zh: format!("状态字（{} → {}）", left.zh, right.zh),
        en: format!("status word ({} → {})", left.en, right.en),
    }
}
