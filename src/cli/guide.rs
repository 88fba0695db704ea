//! `sscard guide`: second against third generation, and what to do.

use super::failure::Failure;
use super::output::Output;
use crate::report::{Exit, guide, guide_lines};

pub(super) fn run(output: &mut Output<'_>) -> Result<Exit, Failure> {
    if output.is_json() {
        output.document(&guide())?;
    } else {
        let lines = guide_lines(output.language());
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    Ok(Exit::Healthy)
}
