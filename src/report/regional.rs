//! Mistakes in regional tables, and tables themselves, for people and programs.

mod tables;

pub use tables::{Profile, profiles};

use serde::Serialize;

use super::Language;
use super::document::Words;
use crate::profile::regional::{Hex, InstallError, Misfit, Mistake, MistakeKind, Shape};

/// A mistake, as in documents.
#[derive(Clone, Debug, Serialize)]
pub struct MistakeDocument {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Its name.
    pub kind: &'static str,
    /// What is wrong, and what was expected.
    pub message: Words,
    /// What would be right, where that is a closed set.
    pub allowed: Vec<&'static str>,
    /// What may have been meant.
    pub meant: Option<&'static str>,
}

impl From<&Mistake> for MistakeDocument {
    fn from(mistake: &Mistake) -> Self {
        Self {
            line: mistake.line,
            column: mistake.column,
            kind: mistake.kind.name(),
            message: sentence(&mistake.kind),
            allowed: mistake.kind.allowed().to_vec(),
            meant: mistake.kind.meant(),
        }
    }
}

impl MistakeDocument {
    /// One line: place, mistake, what was meant, what is allowed.
    #[must_use]
    pub fn line(&self, file: &str, language: Language) -> String {
        let (line, column) = (self.line, self.column);
        let message = self.message.in_language(language);
        let allowed = self.allowed.join(", ");
        let (place, meant, list) = match language {
            Language::Chinese => {
                (format!("{file}：第 {line} 行，第 {column} 列："), "是否想写", "可用的有")
            }
            Language::English => {
                (format!("{file}, line {line}, column {column}: "), "did you mean", "allowed are")
            }
        };
        let (stop, colon) = (language.semicolon(), language.colon());
        let asked = if language == Language::Chinese { "？" } else { "?" };
        let meant =
            self.meant.map(|word| format!("{stop}{meant} {word}{asked}")).unwrap_or_default();
        let list =
            if allowed.is_empty() { allowed } else { format!("{stop}{list}{colon}{allowed}") };
        format!("{place}{message}{meant}{list}")
    }
}

fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

/// What is wrong, and what was expected.
fn sentence(kind: &MistakeKind) -> Words {
    use MistakeKind as Kind;
    match kind {
        Kind::Toml(reason) => words(format!("不是 TOML：{reason}"), format!("not TOML: {reason}")),
        Kind::UnknownKey { key, .. } => {
            words(format!("没有 {key} 这个键"), format!("unknown key {key}"))
        }
        Kind::MissingKey(key) => words(format!("缺少键 {key}"), format!("key {key} is missing")),
        Kind::Shape(shape) => shape_sentence(*shape),
        Kind::Empty => words("不能为空", "must not be empty"),
        Kind::UnknownWord { word, .. } => {
            words(format!("没有 {word} 这个词"), format!("unknown word {word}"))
        }
        Kind::Range { from, to } => words(
            format!("应为 {from} 到 {to} 的整数"),
            format!("expected a whole number from {from} to {to}"),
        ),
        Kind::Hex(hex) => hex_sentence(*hex),
        Kind::Region => words(
            "应为行政区划代码的前两位、前四位或全部六位数字",
            "expected the first two, the first four or all six digits of a region",
        ),
        Kind::AidOfKnown => words(
            "标准已有这个应用，不写 aid",
            "the standards have this application: leave aid out",
        ),
        Kind::AidTaken(id) => {
            words(format!("这个 AID 属于 {id}"), format!("this AID belongs to {id}"))
        }
        Kind::Codes => words(
            "应为代码表名，可加所取的位，如 (1-2)；几个表用 + 连接",
            "expected table, table(1-2), or several joined by +",
        ),
        Kind::Misfit(misfit) => misfit_sentence(misfit),
    }
}

/// Mistakes in how rows fit together.
fn misfit_sentence(misfit: &Misfit) -> Words {
    match misfit {
        Misfit::FileIdentifier => words("应为 EF01 到 EF1E", "expected EF01 to EF1E"),
        Misfit::Sfi(sfi) => words(
            format!("应为文件标识符的后五位，即 {sfi}"),
            format!("expected the last five bits of fid: {sfi}"),
        ),
        Misfit::FileOfStandard(version) => words(
            format!("标准 {version} 版已有这个文件"),
            format!("the standards have this file, in version {version}"),
        ),
        Misfit::FileTwice => {
            words("这个文件在同一版本中已出现", "this file stands twice in one version")
        }
        Misfit::NoSuchFile => words(
            "本表在该项的全部版本中没有这个文件",
            "this table has no such file in every version of the item",
        ),
        Misfit::NoSuchGroup => {
            words("该文件没有这样的组（display = group）", "the file has no such group")
        }
        Misfit::TagReserved => words("00 和 FF 不能作标签", "00 and FF are no tags"),
        Misfit::TagOutOfPlace => words(
            "记录文件的项必须有标签，其他文件的项不能有",
            "items of records need a tag, items of other files have none",
        ),
        Misfit::TagTwice => {
            words("标签在同一文件、同一版本中重复", "this tag stands twice in a file and version")
        }
        Misfit::IdTwice => words("id 在同一版本中重复", "this id stands twice in one version"),
        Misfit::ExampleLength { length, bytes } => words(
            format!("长度 {length} 与示例的 {bytes} 字节不符"),
            format!("length {length} does not fit the example of {bytes} bytes"),
        ),
        Misfit::ExampleUndecodable(reason) => words(
            format!("示例不能解码：{reason}"),
            format!("an example does not decode: {reason}"),
        ),
        Misfit::ExampleShows(value) => words(
            format!("示例解码后是“{value}”，与 shows 不符"),
            format!("an example decodes to \"{value}\", not to what shows says"),
        ),
        Misfit::NoExample => words("至少要有一个示例", "expected at least one example"),
    }
}

fn shape_sentence(shape: Shape) -> Words {
    match shape {
        Shape::Text => words("应为字符串", "expected a string"),
        Shape::Number => words("应为整数", "expected a whole number"),
        Shape::List => words("应为列表 [...]", "expected a list [...]"),
        Shape::Table => words("应为表", "expected a table"),
    }
}

fn hex_sentence(hex: Hex) -> Words {
    match hex {
        Hex::Byte => words("应为两位十六进制数字", "expected two hexadecimal digits"),
        Hex::Word => words("应为四位十六进制数字", "expected four hexadecimal digits"),
        Hex::Aid => {
            words("应为 5 到 16 字节的十六进制数字", "expected 5 to 16 bytes in hexadecimal digits")
        }
        Hex::Bytes => words("应为成对的十六进制数字", "expected pairs of hexadecimal digits"),
    }
}

/// Why tables cannot be used together.
#[must_use]
pub fn not_together(error: &InstallError) -> Words {
    let zh = match error {
        InstallError::Name(name) => format!("两个表同名：{name}"),
        InstallError::Application(left, right) => format!("{left} 和 {right} 定义了同一个应用"),
        InstallError::File(left, right) => format!("{left} 和 {right} 描述同一批卡的同一个文件"),
        InstallError::Again => "已经装入过地方表".to_owned(),
    };
    words(zh, error.to_string())
}
