//! Answers to reset, byte by byte.

mod words;

use serde::Serialize;

use super::{Explained, Remark, line, plain};
use crate::atr::{self, Atr, AtrFinding, Convention, InterfaceByte, SocialSecurityLayout};
use crate::profile::{self, RegistrationKind, Text};
use crate::report::exchange::{atr_mask, hex_pairs};
use crate::report::{Language, Reveal, Words};

/// An answer to reset explained.
#[derive(Clone, Debug, Serialize)]
pub struct AtrDocument {
    /// The answer in hex, serial number masked.
    pub atr: String,
    /// `direct`, `inverse` or `unknown`.
    pub convention: &'static str,
    /// The protocols offered: 0 for T=0, 1 for T=1.
    pub protocols: Vec<u8>,
    /// Clock rate conversion integer; `None` where the value is reserved.
    pub fi: Option<u16>,
    /// Baud rate adjustment integer; `None` where the value is reserved.
    pub di: Option<u8>,
    /// Extra guard time as sent, in etu; 255 for the least.
    pub guard_time: u8,
    /// The historical bytes in hex, serial number masked.
    pub historical_bytes: String,
    /// The check character.
    pub tck: TckDocument,
    /// Whether announced bytes are missing.
    pub truncated: bool,
    /// Whether bytes follow the end.
    pub trailing: bool,
    /// Whether this is what PC/SC makes of a contactless card.
    pub contactless: bool,
    /// The historical bytes as a social security card uses them; `None` unless
    /// there are 13.
    pub social_security: Option<SocialSecurityDocument>,
    /// What is wrong.
    pub findings: Vec<Remark>,
    #[serde(skip)]
    parts: Parts,
}

/// The check character, in hex where it is there.
#[derive(Clone, Debug, Serialize)]
pub struct TckDocument {
    /// As sent.
    pub present: Option<String>,
    /// As computed; `None` where none is due.
    pub expected: Option<String>,
    /// Whether it is there and right; `None` where none is due.
    pub valid: Option<bool>,
}

/// The historical bytes of a social security card.
#[derive(Clone, Debug, Serialize)]
pub struct SocialSecurityDocument {
    /// Maker of the chip.
    pub chip_maker: Maker,
    /// Three bytes of the maker of chip or operating system, in hex.
    pub cos: String,
    /// Maker of the card.
    pub card_maker: Maker,
    /// The first four digits of the issuing region.
    pub region: String,
    /// Serial number in hex, masked.
    pub serial: String,
}

/// A registration number and whose it is.
#[derive(Clone, Debug, Serialize)]
pub struct Maker {
    /// The number in hex.
    pub number: String,
    /// The firm; `None` where no source names it.
    pub name: Option<Words>,
}

/// What only the text shows.
#[derive(Clone, Debug)]
struct Parts {
    /// Offset, name, hex and meaning of TS, T0 and the interface bytes.
    bytes: Vec<(usize, String, String, Text)>,
    historical: usize,
    behind: usize,
    parameters: Vec<(Text, Words)>,
}

/// Explains an answer to reset. Any bytes can be explained.
#[must_use]
pub fn atr(bytes: &[u8], reveal: Reveal) -> AtrDocument {
    let atr = atr::decode(bytes);
    let open = atr_mask(&atr, reveal);
    let behind = bytes.len().saturating_sub(atr.trailing.len());
    let behind = behind.saturating_sub(usize::from(atr.tck.present.is_some()));
    let historical = behind.saturating_sub(atr.historical.len());
    let historical_open = open.get(historical..behind).unwrap_or_default();
    let hex_byte = |byte: u8| format!("{byte:02X}");
    AtrDocument {
        atr: hex_pairs(&atr.bytes, &open, ""),
        convention: match atr.convention {
            Convention::Direct => "direct",
            Convention::Inverse => "inverse",
            Convention::Unknown => "unknown",
        },
        protocols: atr.protocols.clone(),
        fi: atr.fi,
        di: atr.di,
        guard_time: atr.guard_time,
        historical_bytes: hex_pairs(&atr.historical, historical_open, ""),
        tck: TckDocument {
            present: atr.tck.present.map(hex_byte),
            expected: atr.tck.expected.map(hex_byte),
            valid: atr.tck.valid,
        },
        truncated: atr.truncated,
        trailing: !atr.trailing.is_empty(),
        contactless: atr.contactless,
        social_security: atr.social_security().map(|layout| social_security(&layout, reveal)),
        findings: atr.findings.iter().map(|finding| remark(finding, &atr)).collect(),
        parts: Parts {
            bytes: first_bytes(&atr),
            historical,
            behind,
            parameters: words::parameters(&atr),
        },
    }
}

fn social_security(layout: &SocialSecurityLayout, reveal: Reveal) -> SocialSecurityDocument {
    let maker = |kind, number: [u8; 2]| Maker {
        number: hex::encode_upper(number),
        name: profile::registration(kind, u16::from_be_bytes(number)).map(|row| row.name.into()),
    };
    SocialSecurityDocument {
        chip_maker: maker(RegistrationKind::Chip, layout.chip_maker),
        cos: hex::encode_upper(layout.cos),
        card_maker: maker(RegistrationKind::Card, layout.card_maker),
        region: hex::encode_upper(layout.region),
        serial: hex_pairs(&layout.serial, &[reveal == Reveal::Shown; 4], ""),
    }
}

/// TS, T0, and the interface bytes in the order of sending.
fn first_bytes(atr: &Atr) -> Vec<(usize, String, String, Text)> {
    let header = [("TS", words::convention(atr.convention)), ("T0", words::FORMAT)];
    let header = header
        .into_iter()
        .zip(&atr.bytes)
        .map(|((name, text), byte)| (String::from(name), *byte, text));
    let interface = atr.interface_bytes.iter().map(|byte| {
        let name = format!("T{:?}{}", byte.letter, byte.index);
        (name, byte.value, words::interface_byte(byte))
    });
    let numbered = header.chain(interface).enumerate();
    numbered.map(|(at, (name, byte, text))| (at, name, format!("{byte:02X}"), text)).collect()
}

fn remark(finding: &AtrFinding, atr: &Atr) -> Remark {
    let length = atr.bytes.len();
    let of = |wanted: &InterfaceByte| {
        let index = atr.interface_bytes.iter().position(|byte| byte == wanted);
        index.map(|index| index.saturating_add(2))
    };
    let behind = length.saturating_sub(atr.trailing.len());
    let (code, offset) = match finding {
        AtrFinding::BadTs(_) => ("bad_ts", Some(0)),
        AtrFinding::Truncated { .. } => ("truncated", Some(length)),
        AtrFinding::Trailing(_) => ("trailing", Some(behind)),
        AtrFinding::WrongTck { .. } => ("wrong_tck", Some(behind.saturating_sub(1))),
        AtrFinding::MissingTck { .. } => ("missing_tck", Some(length)),
        AtrFinding::UnexpectedTck => ("unexpected_tck", Some(length.saturating_sub(1))),
        // Both are halves of TA1, which stands first behind T0.
        AtrFinding::ReservedFi(_) => ("reserved_fi", Some(2)),
        AtrFinding::ReservedDi(_) => ("reserved_di", Some(2)),
        AtrFinding::Reserved(byte) => ("reserved_value", of(byte)),
        AtrFinding::TooLong(_) => ("too_long", None),
    };
    Remark { code, offset, message: words::finding(finding) }
}

impl Explained for AtrDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        let say = |zh: &'static str, en: &'static str| Text { zh, en }.in_language(language);
        let mut lines = vec![self.atr.clone()];
        for (offset, name, hex, text) in &self.parts.bytes {
            lines.push(line(*offset, &format!("{name:<4} {hex}"), text.in_language(language)));
        }
        let start = self.parts.historical;
        if start < self.parts.behind {
            lines.push(line(start, say("历史字节", "historical bytes"), &self.historical_bytes));
        }
        if let Some(layout) = &self.social_security {
            lines.extend(layout.lines(start, language));
        }
        if let Some(tck) = &self.tck.present {
            let right = match self.tck.valid {
                Some(true) => say("校验字节，正确", "check character, right"),
                _ => say("校验字节，不对", "check character, WRONG"),
            };
            lines.push(line(self.parts.behind, &format!("TCK  {tck}"), right));
        }
        for (name, text) in &self.parts.parameters {
            lines.push(plain(name.in_language(language), text.in_language(language)));
        }
        lines.extend(super::remark_lines(&self.findings, language));
        lines
    }
}

impl SocialSecurityDocument {
    /// The parts, one a line, by their place in the answer.
    fn lines(&self, start: usize, language: Language) -> Vec<String> {
        let say = |zh: &'static str, en: &'static str| Text { zh, en }.in_language(language);
        let maker = |maker: &Maker| {
            let unknown = say("未知", "not known");
            let name = maker.name.as_ref().map_or(unknown, |name| name.in_language(language));
            format!("{}  {name}", maker.number)
        };
        let parts = [
            (0, say("  芯片厂商", "  chip maker"), maker(&self.chip_maker)),
            (2, say("  芯片或 COS 自定", "  chip or COS"), self.cos.clone()),
            (5, say("  卡片厂商", "  card maker"), maker(&self.card_maker)),
            (7, say("  地区前四位", "  region, 4 digits"), self.region.clone()),
            (9, say("  序列号", "  serial number"), self.serial.clone()),
        ];
        let mut lines: Vec<String> = parts
            .into_iter()
            .map(|(at, name, text)| line(start.saturating_add(at), name, &text))
            .collect();
        lines.push(plain(
            "",
            say(
                "（按社会保障卡的格式解读；有 13 个历史字节的其他卡也会符合）",
                "(read as a social security card's; any card with 13 of them fits)",
            ),
        ));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invented; the serial number is A1B2C3D4.
    const CONTACT: &str = "3B6D0000008154535486605000A1B2C3D4";

    fn explained(hex: &str, reveal: Reveal) -> AtrDocument {
        atr(&hex::decode(hex).unwrap(), reveal)
    }

    #[test]
    fn names_the_makers_and_masks_the_serial_number() {
        let document = explained(CONTACT, Reveal::Masked);
        assert_eq!(document.historical_bytes, "008154535486605000········");
        let layout = document.social_security.as_ref().unwrap();
        assert_eq!(layout.chip_maker.name.as_ref().map(|name| name.zh.as_str()), Some("华大"));
        assert_eq!((layout.region.as_str(), layout.cos.as_str()), ("5000", "545354"));
        let all = serde_json::to_string(&document).unwrap()
            + &document.lines(Language::Chinese).join("\n")
            + &document.lines(Language::English).join("\n");
        assert!(!all.contains("A1B2") && !all.contains("C3D4"), "{all}");
        let shown = explained(CONTACT, Reveal::Shown);
        assert_eq!(shown.atr, CONTACT);
        assert_eq!(shown.social_security.map(|layout| layout.serial), Some("A1B2C3D4".into()));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let codes = |hex: &str| {
            let findings = explained(hex, Reveal::Masked).findings;
            findings.iter().map(|f| (f.code, f.offset)).collect::<Vec<_>>()
        };
        assert_eq!(codes("3B810155D4"), [("wrong_tck", Some(4))]);
        assert_eq!(codes("3B6D00"), [("truncated", Some(3))]);
        assert_eq!(codes("3B0241424344"), [("trailing", Some(4))]);
        assert_eq!(codes("3B024142014344"), [("trailing", Some(4))]);
        assert_eq!(codes("3C00"), [("bad_ts", Some(0))]);
        assert_eq!(codes("3B107F"), [("reserved_fi", Some(2)), ("reserved_di", Some(2))]);
        assert_eq!(codes("3B804000"), [("reserved_value", Some(3))]);
        assert_eq!(codes("3B810155"), [("missing_tck", Some(4))]);
        assert_eq!(codes("3B02414201"), [("unexpected_tck", Some(4))]);
        let long = codes(&format!("3B00{}", "41".repeat(32)));
        assert_eq!(long, [("trailing", Some(2)), ("too_long", None)]);
    }

    #[test]
    fn every_byte_has_its_line() {
        let document = explained("3BDA18FF81B1FE751F030031C573C001400090000C", Reveal::Masked);
        let text = document.lines(Language::English).join("\n");
        for part in ["TS   3B", "TA1  18", "TD2  B1", "TA3  FE", "TCK  0C"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(text.contains("  10  historical bytes"), "{text}");
        assert!(document.tck.valid == Some(true) && document.social_security.is_none());
    }

    #[test]
    fn nothing_at_all_is_explained_as_well() {
        let document = explained("", Reveal::Masked);
        assert!(document.truncated && document.convention == "unknown");
        assert!(document.lines(Language::Chinese).join("\n").contains('!'));
    }
}
