//! What became of a log, as a document.

use serde::Serialize;

use super::{Tool, tool};
use crate::import::Imported;

/// The document of `import`.
#[derive(Clone, Debug, Serialize)]
pub struct ImportDocument<'a> {
    schema_version: &'static str,
    command: &'static str,
    tool: Tool,
    exit_code: u8,
    error: Option<()>,
    format: &'static str,
    exchanges: usize,
    unknown: Vec<Unknown<'a>>,
    incomplete: &'a [usize],
}

/// A line that nothing understands.
#[derive(Clone, Debug, Serialize)]
struct Unknown<'a> {
    line: usize,
    text: &'a str,
}

/// What was imported; `unknown` are the lines that nothing understands, as they may
/// be shown.
#[must_use]
pub fn import<'a>(found: &'a Imported, unknown: &'a [(usize, String)]) -> ImportDocument<'a> {
    ImportDocument {
        schema_version: "1.0",
        command: "import",
        tool: tool(),
        exit_code: 0,
        error: None,
        format: found.format.name(),
        exchanges: found.session.exchanges().count(),
        unknown: unknown.iter().map(|(line, text)| Unknown { line: *line, text }).collect(),
        incomplete: &found.incomplete,
    }
}
