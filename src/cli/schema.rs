//! `sscard schema`: the JSON schema of every document.

use super::failure::Failure;
use super::output::Output;
use crate::report::{Exit, schema};

pub(super) fn run(output: &mut Output<'_>) -> Result<Exit, Failure> {
    let document = schema()
        .map_err(|error| Failure::with_detail(Exit::Internal, &format!("schema: {error}")))?;
    output.document(&document)?;
    Ok(Exit::Healthy)
}
