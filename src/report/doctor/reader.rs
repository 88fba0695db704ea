//! What a reader tells of itself, in words.

use super::Reader;
use crate::profile::Text;
use crate::report::Words;
use crate::transport::{ReaderDetails, TransportError};

/// How a property's value is written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    Hex,
}

include!(concat!(env!("OUT_DIR"), "/features.rs"));

/// What is told of a reader: name and state, who made it, what it can do.
pub(super) fn lines(reader: &Reader) -> Vec<Words> {
    let Reader { name, state, .. } = reader;
    let mut lines =
        vec![Words { zh: format!("{name}：{}", state.zh), en: format!("{name}: {}", state.en) }];
    match &reader.details {
        Ok(details) if *details == ReaderDetails::default() => lines.push(told(
            Text { zh: "厂家、型号、功能", en: "maker, model, features" },
            Vec::new(),
            NOT_TOLD,
        )),
        Ok(details) => lines.extend([maker(details), features(details), properties(details)]),
        Err(TransportError::Busy) => lines.push(Words {
            zh: "正在使用，未读取读卡器资料".to_owned(),
            en: "in use: it was not asked about itself".to_owned(),
        }),
        Err(_) => lines.push(Words {
            zh: "读取读卡器资料时没有应答".to_owned(),
            en: "it did not answer when asked about itself".to_owned(),
        }),
    }
    lines
}

/// A title, and parts of what was told, or that nothing was.
fn told(title: Text, parts: Vec<Words>, nothing: Text) -> Words {
    let (mut zh, mut en): (Vec<_>, Vec<_>) =
        parts.into_iter().map(|part| (part.zh, part.en)).unzip();
    if zh.is_empty() {
        zh.push(nothing.zh.to_owned());
        en.push(nothing.en.to_owned());
    }
    Words {
        zh: format!("{}：{}", title.zh, zh.join("，")),
        en: format!("{}: {}", title.en, en.join(", ")),
    }
}

const NOT_TOLD: Text = Text { zh: "读卡器未提供", en: "not told" };
const NONE: Text = Text { zh: "无", en: "none" };

fn maker(details: &ReaderDetails) -> Words {
    let same = |text: &String| Words { zh: text.clone(), en: text.clone() };
    let mut parts: Vec<Words> =
        [&details.maker, &details.model].into_iter().flatten().map(same).collect();
    parts.extend(
        details.version.as_ref().map(|version| Words {
            zh: format!("版本 {version}"),
            en: format!("version {version}"),
        }),
    );
    parts.extend(details.serial.as_ref().map(|serial| Words {
        zh: format!("序列号 {serial}"),
        en: format!("serial number {serial}"),
    }));
    told(Text { zh: "厂家和型号", en: "maker and model" }, parts, NOT_TOLD)
}

fn features(details: &ReaderDetails) -> Words {
    let title = Text { zh: "附加功能", en: "features" };
    let Some(tags) = &details.features else { return told(title, Vec::new(), NOT_TOLD) };
    let shown = tags.iter().filter(|tag| !SILENT.contains(tag));
    let words = shown.map(|tag| match FEATURES.iter().find(|(known, _)| known == tag) {
        Some((_, text)) => Words::from(*text),
        None => Words { zh: format!("{tag:02X}"), en: format!("{tag:02X}") },
    });
    told(title, words.collect(), NONE)
}

fn properties(details: &ReaderDetails) -> Words {
    let all = details.properties.iter().flatten();
    let words = all.filter_map(|(tag, value)| {
        let (_, form, text) = PROPERTIES.iter().find(|(known, ..)| known == tag)?;
        let value = show(*form, value)?;
        Some(Words { zh: text.zh.replace("{}", &value), en: text.en.replace("{}", &value) })
    });
    told(Text { zh: "属性", en: "properties" }, words.collect(), NOT_TOLD)
}

/// The value; `None` where it has not the form that it should have.
fn show(form: Form, value: &[u8]) -> Option<String> {
    let number = || {
        let bytes: Vec<u8> = value.iter().copied().chain(std::iter::repeat(0)).take(4).collect();
        let whole = (1..=4).contains(&value.len());
        whole.then(|| bytes.try_into().ok().map(u32::from_le_bytes)).flatten()
    };
    match form {
        Form::Text => {
            let text = String::from_utf8_lossy(value);
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            (!text.trim().is_empty()).then(|| text.trim().to_owned())
        }
        Form::Number => number().map(|number| number.to_string()),
        Form::Hex => number().map(|number| format!("{number:04X}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(details: Result<ReaderDetails, TransportError>) -> Vec<String> {
        let state = Words { zh: "无卡".into(), en: "no card".into() };
        let reader = Reader { name: "A".into(), details, state };
        let lines = lines(&reader);
        assert!(lines.iter().all(|line| !line.zh.is_empty()), "{lines:?}");
        lines.into_iter().map(|line| line.en).collect()
    }

    #[test]
    fn what_is_not_told_is_said_to_be_so() {
        let nothing = english(Ok(ReaderDetails::default()));
        assert_eq!(nothing, ["A: no card", "maker, model, features: not told"]);
        let maker = Some("Example".to_owned());
        let little = english(Ok(ReaderDetails { maker, ..ReaderDetails::default() }));
        assert_eq!(little[2..], ["features: not told", "properties: not told"]);
        let plain = ReaderDetails { features: Some(vec![0x12]), ..ReaderDetails::default() };
        assert_eq!(english(Ok(plain))[2], "features: none");
        assert_eq!(english(Err(TransportError::Busy)).len(), 2);
        assert_eq!(english(Err(TransportError::Timeout)).len(), 2);
    }

    #[test]
    fn what_is_told_is_put_into_words() {
        let details = ReaderDetails {
            maker: Some("Example".into()),
            version: Some("4.3.513".into()),
            features: Some(vec![0x06, 0x0A, 0x77]),
            properties: Some(vec![
                (0x08, b"FW 1.2\0".to_vec()),
                (0x0A, vec![0, 0, 1, 0]),
                (0x0B, vec![0x2F, 0x07]),
                (0x0C, vec![]),
                (0x07, vec![8]),
            ]),
            ..ReaderDetails::default()
        };
        assert_eq!(
            english(Ok(details))[1..],
            [
                "maker and model: Example, version 4.3.513",
                "features: PIN pad (to verify a PIN), 77",
                "properties: firmware FW 1.2, at most 65536 bytes of data in a command \
                 (0: short commands only), USB vendor 072F"
            ]
        );
    }
}
