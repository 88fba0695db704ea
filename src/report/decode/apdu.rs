//! Command and response APDUs, byte by byte.

mod words;

#[cfg(feature = "cli")]
pub(in crate::report) use words::refusal;

use serde::Serialize;

use super::{Explained, Named, StatusWordDocument, TlvDocument, line, plain, status_word, tlv};
use crate::apdu::{Command, CommandError, Response, Use, instruction_name, listed};
use crate::profile::{self, Application, Text};
use crate::report::exchange::{command_mask, hex_pairs};
use crate::report::{Language, Reveal, Words};

/// Which way an APDU goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// To the card.
    #[default]
    Command,
    /// From the card.
    Response,
}

/// An APDU explained.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "direction", rename_all = "lowercase")]
pub enum ApduDocument {
    /// To the card.
    Command(Box<CommandDocument>),
    /// From the card.
    Response(Box<ResponseDocument>),
}

/// A command APDU explained.
#[derive(Clone, Debug, Serialize)]
pub struct CommandDocument {
    /// The whole command in hex, its data masked where they may be personal.
    pub apdu: String,
    /// `1` to `4`, with `S` for short and `E` for extended lengths.
    pub case: &'static str,
    /// Class byte in hex.
    pub cla: String,
    /// Instruction byte in hex.
    pub ins: String,
    /// First parameter byte in hex.
    pub p1: String,
    /// Second parameter byte in hex.
    pub p2: String,
    /// The standard's name of the instruction; `None` where none is known.
    pub name: Option<&'static str>,
    /// What P1 and P2 mean, for commands that read.
    pub parameters: Vec<ParameterDocument>,
    /// Short file identifier, where one is addressed.
    pub sfi: Option<u8>,
    /// The file that it stands for on social security cards.
    pub file: Option<String>,
    /// Bytes of data.
    pub lc: Option<usize>,
    /// The data in hex, masked where they may be personal.
    pub data: Option<String>,
    /// Whether something of the data is hidden.
    pub masked: bool,
    /// The application that the data select.
    pub application: Option<Named>,
    /// What the data mean.
    pub data_meaning: Option<Words>,
    /// Bytes expected at most.
    pub le: Option<u32>,
    /// Whether this program would send it.
    pub permission: PermissionDocument,
    #[serde(skip)]
    data_offset: usize,
}

/// What a parameter byte means.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterDocument {
    /// `P1`, `P2`, or `P1-P2`.
    pub parameter: &'static str,
    /// What it means.
    pub meaning: Words,
}

/// Whether the instruction table lets a command out.
#[derive(Clone, Debug, Serialize)]
pub struct PermissionDocument {
    /// Whether it may leave.
    pub allowed: bool,
    /// The row of the table that allows it.
    pub row: Option<&'static str>,
    /// `always` or `pin-state`.
    pub when: Option<&'static str>,
    /// What it does, by that row.
    pub does: Option<Words>,
    /// Why it does no harm, or why it is refused.
    pub why: Words,
}

/// A response APDU explained.
#[derive(Clone, Debug, Serialize)]
pub struct ResponseDocument {
    /// Bytes before the status word.
    pub length: usize,
    /// These bytes as TLV; `None` where there are none.
    pub data: Option<TlvDocument>,
    /// SW1-SW2.
    pub status_word: StatusWordDocument,
}

/// Explains an APDU.
///
/// # Errors
///
/// Returns the offset of the byte where it stops being one, and what was expected.
pub fn apdu(
    bytes: &[u8],
    direction: Direction,
    reveal: Reveal,
) -> Result<ApduDocument, (usize, Words)> {
    match direction {
        Direction::Command => {
            let parsed = Command::parse(bytes).map_err(|error| match error {
                CommandError::TooShort(present) => (present, words::too_short()),
                CommandError::Length { announced, present } => {
                    (4, words::length(announced, present))
                }
            })?;
            Ok(ApduDocument::Command(Box::new(command(bytes, &parsed, reveal))))
        }
        Direction::Response => {
            let parsed = Response::parse(bytes).ok_or((bytes.len(), words::no_status_word()))?;
            let data = (!parsed.data.is_empty()).then(|| tlv(parsed.data, reveal));
            let length = parsed.data.len();
            let status_word = status_word(parsed.sw);
            Ok(ApduDocument::Response(Box::new(ResponseDocument { length, data, status_word })))
        }
    }
}

fn command(bytes: &[u8], parsed: &Command<'_>, reveal: Reveal) -> CommandDocument {
    let open = command_mask(bytes, reveal);
    let extended = is_extended(bytes);
    let data_offset = if extended { 7 } else { 5 };
    let shown = |from: usize, length: usize| {
        let open = open.get(from..).unwrap_or_default();
        hex_pairs(
            bytes.get(from..).and_then(|rest| rest.get(..length)).unwrap_or_default(),
            open,
            "",
        )
    };
    let length = parsed.data.len();
    let has_data = length > 0;
    let sfi = parsed.sfi();
    let application = selected(parsed);
    CommandDocument {
        apdu: shown(0, bytes.len()),
        case: case(parsed, extended),
        cla: format!("{:02X}", parsed.cla),
        ins: format!("{:02X}", parsed.ins),
        p1: format!("{:02X}", parsed.p1),
        p2: format!("{:02X}", parsed.p2),
        name: instruction_name(parsed.cla, parsed.ins),
        parameters: words::parameters(parsed),
        sfi,
        file: sfi.map(|sfi| format!("EF{sfi:02X}")),
        lc: has_data.then_some(length),
        data: has_data.then(|| shown(data_offset, length)),
        masked: open.contains(&false),
        data_meaning: match application {
            Some(row) => Some(row.name.into()),
            None if parsed.ins == SELECT => words::selected(parsed.data),
            None => None,
        },
        application: application.map(Named::from),
        le: parsed.le,
        permission: permission(bytes),
        data_offset,
    }
}

const SELECT: u8 = 0xA4;

/// Whether the lengths are written in three bytes: only so can a 00 stand behind
/// the header with two more bytes or more.
fn is_extended(bytes: &[u8]) -> bool {
    matches!(bytes.get(4..), Some([0, _, _, ..]))
}

fn case(parsed: &Command<'_>, extended: bool) -> &'static str {
    match (parsed.data.is_empty(), parsed.le.is_some(), extended) {
        (true, false, _) => "1",
        (true, true, false) => "2S",
        (true, true, true) => "2E",
        (false, false, false) => "3S",
        (false, false, true) => "3E",
        (false, true, false) => "4S",
        (false, true, true) => "4E",
    }
}

/// The application that a SELECT names.
fn selected(parsed: &Command<'_>) -> Option<&'static Application> {
    if parsed.ins != SELECT {
        return None;
    }
    match (parsed.p1, parsed.data) {
        (0x04, name) => profile::application_by_aid(name),
        (0x00 | 0x01, [high, low]) => {
            profile::application_by_fid(u16::from_be_bytes([*high, *low]))
        }
        _ => None,
    }
}

/// What the instruction table says; with the option that the row needs.
fn permission(bytes: &[u8]) -> PermissionDocument {
    match listed(bytes) {
        Ok(row) => PermissionDocument {
            allowed: true,
            row: Some(row.id),
            when: Some(match row.when {
                Use::Always => "always",
                Use::PinState => "pin-state",
            }),
            does: Some(Text { zh: row.zh, en: row.en }.into()),
            why: Text { zh: row.why_zh, en: row.why_en }.into(),
        },
        Err(refusal) => PermissionDocument {
            allowed: false,
            row: None,
            when: None,
            does: None,
            why: words::refusal(refusal),
        },
    }
}

impl Explained for ApduDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        match self {
            Self::Command(command) => command.lines(language),
            Self::Response(response) => response.lines(language),
        }
    }
}

impl CommandDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        let say = |zh: &'static str, en: &'static str| Text { zh, en }.in_language(language);
        let unknown = say("未知指令", "unknown instruction");
        let name = self.name.unwrap_or(unknown);
        let mut lines = vec![format!("> {}", self.apdu)];
        let header = [("CLA", &self.cla, ""), ("INS", &self.ins, name)];
        lines.extend(
            header
                .into_iter()
                .enumerate()
                .map(|(at, (field, hex, text))| line(at, &format!("{field:<4} {hex}"), text)),
        );
        for (at, field, hex) in [(2, "P1", &self.p1), (3, "P2", &self.p2)] {
            let told = self.parameters.iter().filter(|row| row.parameter.starts_with(field));
            let told: Vec<&str> = told.map(|row| row.meaning.in_language(language)).collect();
            let told = told.join(language.semicolon());
            lines.push(line(at, &format!("{field:<4} {hex}"), &told));
        }
        if let Some(lc) = self.lc {
            lines.push(line(4, "Lc", &lc.to_string()));
        }
        if let Some(data) = &self.data {
            let meaning = self.data_meaning.as_ref().map_or("", |m| m.in_language(language));
            lines.push(line(self.data_offset, say("数据", "data"), &format!("{data}  {meaning}")));
        }
        if let Some(le) = self.le {
            lines.push(plain("Le", &le.to_string()));
        }
        lines.push(plain(say("情形", "case"), self.case));
        let why = self.permission.why.in_language(language);
        let permitted = match (self.permission.row, self.permission.when) {
            (Some(row), Some("always")) => (say("会发出", "sent"), language.aside(row)),
            (Some(row), _) => {
                (say("仅在 --pin-state 时发出", "sent with --pin-state only"), language.aside(row))
            }
            (None, _) => (say("不会发出", "never sent"), String::new()),
        };
        let permitted = format!("{}{}{}{why}", permitted.0, permitted.1, language.colon());
        lines.push(plain(say("本程序", "this program"), &permitted));
        lines
    }
}

impl ResponseDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        let bytes = Text { zh: "字节数据", en: "bytes of data" }.in_language(language);
        let mut lines =
            vec![format!("< {} {bytes}{}{}", self.length, language.comma(), self.status_word.sw)];
        lines.extend(self.data.iter().flat_map(|data| data.lines(language)));
        lines.extend(self.status_word.short_lines(language));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(hex: &str, reveal: Reveal) -> CommandDocument {
        let bytes = hex::decode(hex.replace(' ', "")).unwrap();
        match apdu(&bytes, Direction::Command, reveal) {
            Ok(ApduDocument::Command(document)) => *document,
            other => panic!("{other:?}"),
        }
    }

    fn meanings(hex: &str) -> String {
        let rows = explained(hex, Reveal::Masked).parameters;
        rows.iter().map(|row| row.meaning.en.clone()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn explains_the_selection_of_ssse() {
        let document = explained("00A404000F7378312E73682EC9E7BBE1B1A3D5CF", Reveal::Masked);
        assert_eq!((document.case, document.name), ("3S", Some("SELECT")));
        assert_eq!(document.application.as_ref().map(|row| row.id), Some("ssse"));
        assert_eq!((document.permission.row, document.masked), (Some("select"), false));
        let text = document.lines(Language::Chinese).join("\n");
        assert!(text.contains("社会保障") && text.contains("会发出（select）"), "{text}");
        let file = explained("00A4020002EF05", Reveal::Masked);
        assert!(file.data_meaning.is_some_and(|words| words.en.contains("issuer data")));
    }

    #[test]
    fn tells_how_records_are_addressed() {
        assert_eq!(meanings("00B2012D40"), "record number 1; all records from P1 on; SFI 5 (EF05)");
        assert_eq!(
            meanings("00B2030400"),
            "record number 3; the record of that number; the current file"
        );
        assert!(meanings("00B2070012").contains("tag 07"));
        assert!(meanings("00B0850400").contains("SFI 5 (EF05)"));
        assert!(meanings("00B0012C00").contains("offset 300"));
        assert!(meanings("80CA9F7F00").contains("CPLC"));
    }

    #[test]
    fn names_every_case() {
        let case = |hex: &str| explained(hex, Reveal::Masked).case;
        let short = [
            case("00200000"),
            case("00B2012D40"),
            case("00A4020002EF05"),
            case("00A4020002EF0500"),
        ];
        assert_eq!(short, ["1", "2S", "3S", "4S"]);
        let extended =
            [case("00B00000000000"), case("00A40200000002EF05"), case("00A40200000002EF050000")];
        assert_eq!(extended, ["2E", "3E", "4E"]);
        let data = explained("00A40200000002EF050000", Reveal::Masked).data;
        assert_eq!(data.as_deref(), Some("EF05"));
    }

    #[test]
    fn masks_what_may_be_a_pin() {
        let document = explained("0020000003123456", Reveal::Masked);
        assert_eq!(document.data.as_deref(), Some("······"));
        assert!(document.masked && !document.permission.allowed);
        let all = serde_json::to_string(&document).unwrap()
            + &document.lines(Language::English).join(" ");
        assert!(!all.contains("1234") && all.contains("never sent"), "{all}");
        assert_eq!(explained("0020000003123456", Reveal::Shown).data.as_deref(), Some("123456"));
        let query = explained("00200000", Reveal::Masked);
        assert_eq!(query.permission.when, Some("pin-state"));
    }

    #[test]
    fn explains_a_response() {
        let bytes = hex::decode("6F0784059F000000019000").unwrap();
        let Ok(ApduDocument::Response(document)) =
            apdu(&bytes, Direction::Response, Reveal::Masked)
        else {
            panic!("a response")
        };
        assert_eq!((document.length, document.status_word.sw.as_str()), (9, "9000"));
        assert_eq!(document.data.map(|data| data.nodes.len()), Some(1));
    }

    #[test]
    fn says_where_bytes_stop_being_an_apdu() {
        let wrong = |hex: &str, direction| {
            apdu(&hex::decode(hex).unwrap(), direction, Reveal::Masked).unwrap_err().0
        };
        assert_eq!(wrong("00A404", Direction::Command), 3);
        assert_eq!(wrong("00A4040005EF", Direction::Command), 4);
        assert_eq!(wrong("90", Direction::Response), 1);
    }
}
