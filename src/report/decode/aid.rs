//! Names of applications (ISO/IEC 7816-4, 8.2.1.2): who registered them, which
//! application they select.

use serde::Serialize;

use super::{Explained, Named, line, plain, words};
use crate::codec::text;
use crate::profile::{self, Application, Text, UNUSED_AID};
use crate::report::{Language, Words, names};

/// A DF name explained.
#[derive(Clone, Debug, Serialize)]
pub struct AidDocument {
    /// The name in hex.
    pub aid: String,
    /// How it is registered, by its first half byte.
    pub category: Words,
    /// Registered application provider identifier, five bytes; `None` where the
    /// name is not registered.
    pub rid: Option<String>,
    /// What the provider put behind it.
    pub pix: Option<String>,
    /// The application that exactly this name selects.
    pub application: Option<ApplicationDocument>,
    /// Every known application of the same provider.
    pub provider_applications: Vec<Named>,
    /// Text that the name holds.
    pub text: Option<String>,
    /// Whether it is this program's own name that no card has: the question to
    /// which a healthy card says no.
    pub negative_control: bool,
}

/// A known application.
#[derive(Clone, Debug, Serialize)]
pub struct ApplicationDocument {
    /// The tool's name of it.
    pub id: &'static str,
    /// What it is for.
    pub kind: &'static str,
    /// Name.
    pub name: Words,
    /// The application above it, by the tool's name.
    pub parent: Option<&'static str>,
    /// Where it comes from.
    pub source: &'static str,
}

impl From<&Application> for ApplicationDocument {
    fn from(row: &Application) -> Self {
        Self {
            id: row.id,
            kind: names::application_kind(row.kind),
            name: row.name.into(),
            parent: row.parent,
            source: row.source,
        }
    }
}

/// A name has at most 16 bytes.
const MAX_NAME: usize = 16;
/// A RID has five.
const RID: usize = 5;

/// Explains a DF name.
///
/// # Errors
///
/// Returns the offset of the first byte that is too many, and what was expected.
pub fn aid(name: &[u8]) -> Result<AidDocument, (usize, Words)> {
    if name.len() > MAX_NAME {
        let expected = words("最多 16 个字节的应用名称", "a name of at most 16 bytes");
        return Err((MAX_NAME, expected));
    }
    let split = name.split_at_checked(RID).filter(|_| is_registered(name));
    let (rid, pix) = split.unzip();
    let of_provider = |row: &&Application| {
        rid.is_some_and(|rid| row.aids.iter().any(|other| other.starts_with(rid)))
    };
    Ok(AidDocument {
        aid: hex::encode_upper(name),
        category: category(name).into(),
        rid: rid.map(hex::encode_upper),
        pix: pix.map(hex::encode_upper),
        application: profile::application_by_aid(name).map(ApplicationDocument::from),
        provider_applications: profile::applications()
            .filter(of_provider)
            .map(Named::from)
            .collect(),
        text: readable(name).or_else(|| pix.filter(|pix| pix.len() > 2).and_then(readable)),
        negative_control: name == UNUSED_AID,
    })
}

/// Whether the first five bytes are a registered identifier.
fn is_registered(name: &[u8]) -> bool {
    matches!(name.first(), Some(0xA0..=0xAF | 0xD0..=0xDF))
}

fn category(name: &[u8]) -> Text {
    let (zh, en) = match name.first().map_or(0, |first| first >> 4) {
        0xA => ("国际注册", "registered internationally"),
        0xD => ("国家注册", "registered nationally"),
        0xE => ("标准的对象标识符", "object identifier of a standard"),
        0xF => ("专有，未注册", "proprietary, not registered"),
        _ => ("只是名称，未注册", "a mere name, not registered"),
    };
    Text { zh, en }
}

/// The bytes as text, where they hold nothing but printable characters.
pub(in crate::report) fn readable(bytes: &[u8]) -> Option<String> {
    let text = text::decode(bytes).ok().filter(|text| !text.is_empty())?;
    let common = |c: char| c.is_ascii_graphic() || matches!(c, ' ' | '·' | '\u{4E00}'..='\u{9FFF}');
    text.chars().all(common).then_some(text)
}

impl Explained for AidDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        let say = |zh: &'static str, en: &'static str| Text { zh, en }.in_language(language);
        let mut lines = vec![self.aid.clone()];
        lines.push(plain(say("类别", "category"), self.category.in_language(language)));
        if let Some(rid) = &self.rid {
            lines.push(line(0, "RID", rid));
        }
        if let Some(pix) = self.pix.as_ref().filter(|pix| !pix.is_empty()) {
            lines.push(line(RID, "PIX", pix));
        }
        if let Some(text) = &self.text {
            lines.push(plain(say("文字", "text"), text));
        }
        let known = match &self.application {
            Some(row) => format!("{}{}", row.name.in_language(language), language.aside(row.id)),
            None if self.negative_control => say(
                "本程序用作反证的名称，正常的卡上没有",
                "this program's negative control: no card has it",
            )
            .to_owned(),
            None => say("未知", "not known").to_owned(),
        };
        lines.push(plain(say("应用", "application"), &known));
        if !self.provider_applications.is_empty() {
            let names: Vec<&str> = self
                .provider_applications
                .iter()
                .map(|row| row.name.in_language(language))
                .collect();
            let names = names.join(say("、", ", "));
            lines.push(plain(say("同一注册者的应用", "same provider"), &names));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(hex: &str) -> AidDocument {
        aid(&hex::decode(hex).unwrap()).unwrap()
    }

    #[test]
    fn reads_the_name_of_the_social_security_environment() {
        let document = explained("7378312E73682EC9E7BBE1B1A3D5CF");
        assert_eq!(document.application.map(|row| row.id), Some("ssse"));
        assert_eq!(document.text.as_deref(), Some("sx1.sh.社会保障"));
        assert_eq!((document.rid, document.pix), (None, None));
        assert_eq!(document.provider_applications.len(), 0);
    }

    #[test]
    fn splits_a_registered_name() {
        let document = explained("A000000333010101");
        assert_eq!(document.rid.as_deref(), Some("A000000333"));
        assert_eq!(document.pix.as_deref(), Some("010101"));
        assert_eq!(document.text, None);
        let unknown = explained("A000000333019999");
        assert!(unknown.application.is_none());
        assert_eq!(unknown.provider_applications.len(), 4);
        assert_eq!(explained("D15600000590").application.map(|row| row.kind), Some("psam"));
    }

    #[test]
    fn text_may_stand_behind_the_provider() {
        let document = explained("D156000005C9E7BBE1B1A3D5CF");
        assert_eq!(document.text.as_deref(), Some("社会保障"));
        assert!(explained("A00000038698070103").text.is_none());
    }

    #[test]
    fn knows_its_own_name_that_no_card_has() {
        let document = explained(&hex::encode(UNUSED_AID));
        assert!(document.negative_control && document.application.is_none());
        let text = document.lines(Language::Chinese).join("\n");
        assert!(text.contains("反证") && !document.category.en.contains("mere"), "{text}");
    }

    #[test]
    fn refuses_a_name_that_is_too_long() {
        assert_eq!(aid(&[0xA0; 17]).unwrap_err().0, 16);
    }
}
