//! TLV as a tree: BER with the names of its tags, or records of a social
//! security card.

mod ber;
mod records;
mod words;

use serde::Serialize;

use super::{Explained, Named, Remark, remark_lines};
use crate::profile::Text;
use crate::report::{Language, Reveal, Words, pad};

/// TLV explained.
#[derive(Clone, Debug, Serialize)]
pub struct TlvDocument {
    /// How it was read: `ber`, or `records` of a social security card.
    pub form: &'static str,
    /// The file that the records are of.
    pub file: Option<Named>,
    /// The outermost objects.
    pub nodes: Vec<Node>,
    /// What is wrong, or worth a remark.
    pub findings: Vec<Remark>,
}

/// One object.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// The tag in hex.
    pub tag: String,
    /// What it is; `None` where no table has it.
    pub name: Option<Words>,
    /// Where the tag begins, in bytes from the start of all.
    pub offset: usize,
    /// Length of the value in bytes.
    pub length: usize,
    /// The value, masked where it is personal; `None` for a template and for what
    /// was never written.
    pub value: Option<String>,
    /// What the value means.
    pub meaning: Option<Words>,
    /// Whether something of it is hidden.
    pub masked: bool,
    /// What a template holds.
    pub children: Vec<Node>,
}

/// Explains TLV. Any bytes can be explained.
#[must_use]
pub fn tlv(bytes: &[u8], reveal: Reveal) -> TlvDocument {
    records::read(bytes, reveal).unwrap_or_else(|| ber::read(bytes, reveal))
}

/// Columns of tag, name and length.
const NAME_COLUMNS: usize = 44;

impl Explained for TlvDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        let say = |zh: &'static str, en: &'static str| Text { zh, en }.in_language(language);
        let title = match &self.file {
            Some(file) => {
                let records = say("社会保障卡的记录", "records of a social security card");
                format!(
                    "{records}{}{} {}",
                    language.colon(),
                    file.id,
                    file.name.in_language(language)
                )
            }
            None => String::from("BER-TLV"),
        };
        let mut lines = vec![title];
        for node in &self.nodes {
            node.lines(0, language, &mut lines);
        }
        lines.extend(remark_lines(&self.findings, language));
        lines
    }
}

impl Node {
    /// The object and what it holds, one a line.
    fn lines(&self, depth: usize, language: Language, lines: &mut Vec<String>) {
        let unknown = Text { zh: "未知", en: "not known" }.in_language(language);
        let name = self.name.as_ref().map_or(unknown, |name| name.in_language(language));
        let indent = "  ".repeat(depth);
        let head = pad(&format!("{indent}{}  {name} [{}]", self.tag, self.length), NAME_COLUMNS);
        let meaning = self.meaning.as_ref().map(|meaning| meaning.in_language(language));
        let told: Vec<&str> = self.value.as_deref().into_iter().chain(meaning).collect();
        let line = format!("{:>4}  {head}{}", self.offset, told.join("  "));
        lines.push(line.trim_end().to_owned());
        for child in &self.children {
            child.lines(depth.saturating_add(1), language, lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(hex: &str, reveal: Reveal) -> TlvDocument {
        tlv(&hex::decode(hex.replace(' ', "")).unwrap(), reveal)
    }

    fn codes(hex: &str) -> Vec<(&'static str, Option<usize>)> {
        let findings = explained(hex, Reveal::Masked).findings;
        findings.iter().map(|finding| (finding.code, finding.offset)).collect()
    }

    /// Every value of a tree, by tag.
    fn values(nodes: &[Node]) -> Vec<(String, Option<String>)> {
        let mut all = Vec::new();
        for node in nodes {
            all.push((node.tag.clone(), node.value.clone()));
            all.extend(values(&node.children));
        }
        all
    }

    fn value(hex: &str, tag: &str, reveal: Reveal) -> Option<String> {
        let all = values(&explained(hex, reveal).nodes);
        all.into_iter().find(|(other, _)| other == tag).and_then(|(_, value)| value)
    }

    const FCI: &str = "6F1C 840F7378312E73682EC9E7BBE1B1A3D5CF A509 88011E 9F0C03 860103";

    #[test]
    fn reads_the_answer_to_the_selection_of_ssse() {
        let document = explained(FCI, Reveal::Masked);
        assert_eq!((document.form, document.findings.len()), ("ber", 0));
        let [fci] = &document.nodes[..] else { panic!("one template") };
        let [name, proprietary] = &fci.children[..] else { panic!("two objects") };
        assert_eq!(name.meaning.as_ref().map(|m| m.zh.as_str()), Some("社会保障"));
        let [sfi, issuer] = &proprietary.children[..] else { panic!("two objects") };
        assert_eq!((sfi.tag.as_str(), sfi.value.as_deref()), ("88", Some("1E")));
        assert_eq!((issuer.value.as_deref(), issuer.masked), (Some("•••(3)"), true));
        let [algorithm] = &issuer.children[..] else { panic!("the algorithm") };
        assert_eq!((algorithm.offset, algorithm.value.as_deref()), (27, Some("03")));
        assert_eq!(algorithm.meaning.as_ref().map(|m| m.en.as_str()), Some("SM4"));
    }

    #[test]
    fn shows_the_algorithm_of_ssse_alone() {
        let other = "6F14 8407A0000003330101 A509 88011E 9F0C03 860103";
        let document = explained(other, Reveal::Masked);
        assert_eq!(values(&document.nodes).last().map(|(tag, _)| tag.as_str()), Some("9F0C"));
        let more = FCI.replace("6F1C", "6F1F").replace("A509", "A50C").replace("9F0C03", "9F0C06");
        let document = explained(&(more + "870141"), Reveal::Masked);
        assert!(!values(&document.nodes).iter().any(|(tag, _)| tag == "87"));
    }

    #[test]
    fn reads_records_of_either_file() {
        let issuer = "0104 50000000";
        assert_eq!(explained(issuer, Reveal::Masked).form, "ber");
        let document = explained("020133 0304332E3030 0709543030303031303230", Reveal::Masked);
        assert_eq!((document.form, document.file.map(|file| file.id)), ("records", Some("EF05")));
        let [category, version, number] = &document.nodes[..] else { panic!("three records") };
        assert_eq!(category.meaning.as_ref().map(|m| m.en.starts_with("adult")), Some(true));
        assert_eq!(version.value.as_deref(), Some("3.00"));
        assert_eq!((number.value.as_deref(), number.masked), (Some("T********"), true));
        let holder = explained("0A0131 0B0101 0D0419900101 000000", Reveal::Masked);
        assert_eq!(holder.file.map(|file| file.id), Some("EF06"));
        assert!(holder.nodes.iter().all(|node| node.masked && node.meaning.is_none()));
        // Of two files at once: no such file.
        assert_eq!(explained("020133 0A0131", Reveal::Masked).form, "ber");
    }

    #[test]
    fn records_that_say_nothing_sensible_are_named() {
        assert_eq!(codes("0504 20231301"), [("bad_value", Some(4))]);
        let blank = explained("0504 FFFFFFFF", Reveal::Masked);
        assert_eq!((blank.findings.len(), blank.nodes[0].masked), (0, false));
        let bad = explained("0D04 19901399", Reveal::Masked);
        assert_eq!(bad.nodes[0].value.as_deref(), Some("•••(4)"));
    }

    #[test]
    fn masks_by_the_class_of_the_tag() {
        let payment = "7030 5A0862123456789012 34 5F2008544553542F414243 9F610B3132333435363738393058 5F24032712319F360200019F7F03010203";
        let hex = payment.replace(' ', "");
        let length = format!("70{:02X}", hex.len() / 2 - 2);
        let hex = hex.replacen("7030", &length, 1);
        let shown = |tag| value(&hex, tag, Reveal::Masked).unwrap();
        assert_eq!(shown("5A"), "621234******1234");
        assert_eq!((shown("5F20"), shown("9F61")), ("T*******".into(), "123******0X".into()));
        assert_eq!((shown("5F24"), shown("9F7F")), ("271231".into(), "•••(3)".into()));
        assert_eq!(value(&hex, "5F20", Reveal::Shown).as_deref(), Some("TEST/ABC"));
        assert_eq!(value(&hex, "9F7F", Reveal::Shown).as_deref(), Some("010203"));
    }

    #[test]
    fn text_is_shown_as_text() {
        assert_eq!(
            value("610C 5004414243448704B2E2CAD4", "50", Reveal::Masked).as_deref(),
            Some("ABCD")
        );
        let label = value("610A 5008B9ABB9B2D3A6D3C3", "50", Reveal::Masked);
        assert_eq!(label.as_deref(), Some("公共应用"));
    }

    #[test]
    fn what_may_be_a_record_is_masked() {
        // Tag 87 is a health record number in DF04, tag 61 a region in DF03.
        assert_eq!(codes("87034D3132"), [("ambiguous", Some(0))]);
        assert_eq!(value("87034D3132", "87", Reveal::Masked).as_deref(), Some("•••(3)"));
        assert_eq!(value("6103500103", "61", Reveal::Masked).as_deref(), Some("•••(3)"));
        assert_eq!(value("87034D3132", "87", Reveal::Shown).as_deref(), Some("4D3132"));
        // A tag of two bytes, and a length that no record has.
        assert_eq!(value("9F36020001", "9F36", Reveal::Masked).as_deref(), Some("0001"));
    }

    #[test]
    fn templates_that_no_table_has_stay_shut() {
        let document = explained("A306 5004B2E2CAD4", Reveal::Masked);
        assert!(document.nodes[0].masked && document.nodes[0].children.is_empty());
        let shown = explained("A306 5004B2E2CAD4", Reveal::Shown);
        assert_eq!(shown.nodes[0].children.len(), 1);
    }

    #[test]
    fn names_what_is_wrong_and_where() {
        assert_eq!(codes("6F05 8405A000")[0], ("truncated", Some(2)));
        assert_eq!(codes("6F07 8405A000000333 50"), [("truncated", Some(10))]);
        assert_eq!(codes("6F06 8480A0000000"), [("indefinite_length", Some(3))]);
        assert_eq!(codes("6F06 8485A0000000"), [("length_too_large", Some(3))]);
        assert_eq!(codes("6F06 9F8181810000"), [("tag_too_long", Some(2))]);
        assert_eq!(codes("6F09 848105A000000333 00"), [("non_minimal_length", Some(2))]);
        let mut deep = String::new();
        for level in (0..20u8).rev() {
            deep.push_str(&format!("61{:02X}", level * 2 + 5));
        }
        assert_eq!(codes(&(deep + "5003414243")), [("too_deep", Some(32))]);
    }

    #[test]
    fn any_bytes_can_be_explained() {
        for bytes in [&[][..], &[0xFF; 300], &[0x61; 5000], &[0x1F], &[0x30, 0x80]] {
            let document = tlv(bytes, Reveal::Masked);
            assert!(!document.lines(Language::Chinese).is_empty());
        }
    }
}
