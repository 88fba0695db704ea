//! The `check` document, version 1.0: one value from which text and JSON are printed.

use serde::Serialize;

use super::Language;
use crate::profile::Text;

/// The same words in both languages, with what was observed filled in.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Text> for Words {
    fn from(text: Text) -> Self {
        Self { zh: text.zh.to_owned(), en: text.en.to_owned() }
    }
}

impl Words {
    /// Several meanings as one; `None` when there is none.
    #[must_use]
    pub fn join(meanings: &[Text]) -> Option<Self> {
        let all = |language: Language| {
            let words = meanings.iter().map(|meaning| meaning.in_language(language));
            words.collect::<Vec<_>>().join(language.semicolon())
        };
        let words = Self { zh: all(Language::Chinese), en: all(Language::English) };
        (!meanings.is_empty()).then_some(words)
    }

    /// A rule's sentence, `{observed}` replaced.
    #[must_use]
    pub fn observed(text: Text, observed: Option<&str>) -> Self {
        let fill = |words: &str| words.replace("{observed}", observed.unwrap_or("?"));
        Self { zh: fill(text.zh), en: fill(text.en) }
    }

    /// The words in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// The program that judged.
#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The version of the rules, a date.
    pub rules: &'static str,
}

/// This program.
#[must_use]
pub fn tool() -> Tool {
    Tool { name: "sscard", version: env!("CARGO_PKG_VERSION"), rules: "2026-11-26" }
}

/// Why a run ended without, or before, a whole answer.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorDocument {
    /// The outcome's name.
    pub kind: &'static str,
    /// What happened.
    pub message: Words,
    /// What to do.
    pub advice: Words,
    /// Place or cause, where there is more to say.
    pub detail: Option<String>,
}

/// Where the card came from.
#[derive(Clone, Debug, Serialize)]
pub struct SourceDocument {
    /// `reader`, `session`, `sessions` or `virtual`.
    pub kind: &'static str,
    /// Reader, file or model.
    pub name: Option<String>,
    /// `contact` or `contactless`.
    pub interface: Option<&'static str>,
    /// `T=0` or `T=1`.
    pub protocol: Option<&'static str>,
    /// The answer to reset, its serial bytes masked.
    pub atr: Option<String>,
    /// Each side, where both were recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<SourceDocument>,
}

/// The kind of card.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// `social_security`, `bank`, ….
    pub kind: &'static str,
}

/// One piece of evidence.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceDocument {
    /// What it is.
    pub id: &'static str,
    /// What was seen.
    pub observed: String,
    /// What it speaks for.
    pub supports: &'static str,
    /// How much it weighs.
    pub strength: &'static str,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

/// The generation.
#[derive(Clone, Debug, Serialize)]
pub struct Generation {
    /// `first`, `second`, `third` or `unknown`.
    pub value: &'static str,
    /// The specification version as the card says it.
    pub spec_version: Option<String>,
    /// The algorithm.
    pub algorithm: &'static str,
    /// How sure.
    pub confidence: &'static str,
    /// Why.
    pub evidence: Vec<EvidenceDocument>,
}

/// A rule that fired.
#[derive(Clone, Debug, Serialize)]
pub struct FindingDocument {
    /// The rule.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: &'static str,
    /// How sure.
    pub confidence: &'static str,
    /// What was found.
    pub message: Words,
    /// What to do.
    pub advice: Words,
    /// Who can do it.
    pub responsible: &'static str,
    /// What helps.
    pub remedy: &'static str,
    /// The numbers that counter software shows for the same.
    pub terminal_errors: Vec<i32>,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

/// One data item.
#[derive(Clone, Serialize)]
pub struct Datum {
    /// English name in kebab case.
    pub id: &'static str,
    /// The file, `EF05` say.
    pub file: String,
    /// The file's name, for the screen.
    #[serde(skip)]
    pub file_name: Text,
    /// The tag in hex; empty where records have none.
    pub tag: String,
    /// The tag of the group that holds it, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The record it stands in, where a file has many of the same kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u8>,
    /// Name.
    pub name: Words,
    /// The value, masked where it is personal.
    pub value: Option<String>,
    /// What a coded value means.
    pub meaning: Option<Words>,
    /// The bytes in hex.
    pub raw: Option<String>,
    /// Whether something of it is hidden.
    pub masked: bool,
    /// `free`, `protected`, `empty`, `absent`, `not_read` or `error`.
    pub access: &'static str,
    /// What opens it, in the standard's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The status word, where `access` is `error` or `protected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sw: Option<String>,
    /// Whether no source shows it for this version: taken over from the second.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub presumed: bool,
}

impl std::fmt::Debug for Datum {
    /// Without the value: with `--reveal` it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Datum({} {} {})", self.file, self.id, self.access)
    }
}

/// One application.
#[derive(Clone, Debug, Serialize)]
pub struct Application {
    /// The tool's name of it.
    pub id: &'static str,
    /// What it is for.
    pub kind: &'static str,
    /// Its DF name in hex.
    pub aid: String,
    /// Name.
    pub name: Words,
    /// Whether it is there.
    pub presence: &'static str,
    /// How it is.
    pub state: &'static str,
    /// Why.
    pub findings: Vec<FindingDocument>,
    /// Its data items.
    pub data: Vec<Datum>,
}

/// Should the card be replaced?
#[derive(Clone, Debug, Serialize)]
pub struct ReplacementDocument {
    /// The answer.
    pub answer: &'static str,
    /// Why.
    pub reasons: Vec<Words>,
}

/// What it took.
#[derive(Clone, Debug, Serialize)]
pub struct Statistics {
    /// Exchanges on the wire.
    pub exchanges: u32,
    /// Bytes of all commands.
    pub bytes_sent: u64,
    /// Bytes of all responses.
    pub bytes_received: u64,
    /// Time of all exchanges, in milliseconds.
    pub elapsed_ms: f64,
    /// Time on the wire by the model; `None` where it was not computed.
    pub wire_estimate_ms: Option<f64>,
}

/// What proves that no harm was done.
#[derive(Clone, Debug, Serialize)]
pub struct Safety {
    /// Commands that were not sent because no row of the instruction table allows them.
    pub refused_commands: u32,
    /// `None` where the card shows no counter.
    pub counters_unchanged: Option<bool>,
}

/// One row of the comparison of generations.
#[derive(Clone, Debug, Serialize)]
pub struct ComparisonRow {
    /// Its name.
    pub id: &'static str,
    /// What is compared.
    pub aspect: Words,
    /// On second-generation cards.
    pub second: Words,
    /// On third-generation cards.
    pub third: Words,
    /// On this card.
    pub this_card: Words,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

/// The whole document.
#[derive(Clone, Serialize)]
pub struct Document {
    /// `1.0`.
    pub schema_version: &'static str,
    /// `check`.
    pub command: &'static str,
    /// The program.
    pub tool: Tool,
    /// When it judged.
    pub time: String,
    /// The day for which it judged.
    pub judged_as_of: String,
    /// Where the card came from.
    pub source: SourceDocument,
    /// The exit code's name.
    pub outcome: &'static str,
    /// The exit code.
    pub exit_code: u8,
    /// Why it ended early, if it did.
    pub error: Option<ErrorDocument>,
    /// The kind of card.
    pub card: Card,
    /// Its generation.
    pub generation: Generation,
    /// Its applications.
    pub applications: Vec<Application>,
    /// Should it be replaced?
    pub replacement: Option<ReplacementDocument>,
    /// The generations side by side.
    pub comparison: Vec<ComparisonRow>,
    /// What it took.
    pub statistics: Statistics,
    /// What proves that no harm was done.
    pub safety: Safety,
}

impl Document {
    /// Something beside the card went wrong, and decides the exit code; what was found
    /// on the card stands.
    pub fn fail(&mut self, exit: super::Exit, error: ErrorDocument) {
        (self.outcome, self.exit_code, self.error) = (exit.name(), exit.code(), Some(error));
    }
}

impl std::fmt::Debug for Document {
    /// How it came out: with `--reveal` the rest is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({}, {} applications)", self.outcome, self.applications.len())
    }
}

/// The document of `read`: that of `check` without what is opinion.
#[derive(Clone, Debug, Serialize)]
pub struct ReadDocument {
    schema_version: &'static str,
    command: &'static str,
    tool: Tool,
    time: String,
    source: SourceDocument,
    exit_code: u8,
    error: Option<ErrorDocument>,
    card: Card,
    generation: Generation,
    applications: Vec<ReadApplication>,
}

#[derive(Clone, Debug, Serialize)]
struct ReadApplication {
    id: &'static str,
    kind: &'static str,
    aid: String,
    name: Words,
    presence: &'static str,
    data: Vec<Datum>,
}

/// Leaves out of a document what is opinion.
#[must_use]
pub fn read(document: Document, exit: super::Exit) -> ReadDocument {
    let applications = document.applications.into_iter().map(|row| ReadApplication {
        id: row.id,
        kind: row.kind,
        aid: row.aid,
        name: row.name,
        presence: row.presence,
        data: row.data,
    });
    ReadDocument {
        schema_version: document.schema_version,
        command: "read",
        tool: document.tool,
        time: document.time,
        source: document.source,
        exit_code: exit.code(),
        error: document.error,
        card: document.card,
        generation: document.generation,
        applications: applications.collect(),
    }
}
