//! The JSON schema of every document: a file beside this one, held true by the
//! tests, which validate the documents themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Exit, Tool, tool};

/// The document of `schema`.
#[derive(Clone, Debug, Serialize)]
pub struct SchemaDocument {
    schema_version: &'static str,
    command: &'static str,
    tool: Tool,
    exit_code: u8,
    error: Option<()>,
    /// A schema for each document, by the words that print it.
    pub schemas: BTreeMap<String, Map<String, Value>>,
}

/// The file: what documents share, and the documents.
#[derive(Deserialize)]
struct Schemas {
    shared: Value,
    schemas: BTreeMap<String, Map<String, Value>>,
}

/// The schema of every document; each stands for itself.
///
/// # Errors
///
/// Returns an error if the file of this program does not parse: a defect.
pub fn schema() -> Result<SchemaDocument, serde_json::Error> {
    let file: Schemas = serde_json::from_str(include_str!("schema.json"))?;
    let whole = |(name, mut schema): (String, Map<String, Value>)| {
        let dialect = "https://json-schema.org/draft/2020-12/schema";
        schema.insert("$schema".into(), dialect.into());
        schema.insert("$defs".into(), file.shared.clone());
        (name, schema)
    };
    Ok(SchemaDocument {
        schema_version: "1.0",
        command: "schema",
        tool: tool(),
        exit_code: Exit::Healthy.code(),
        error: None,
        schemas: file.schemas.into_iter().map(whole).collect(),
    })
}
