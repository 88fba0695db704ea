//! `sscard diff`: two recordings side by side.

use super::arguments::{Common, Diff};
use super::card::load;
use super::failure::Failure;
use super::output::Output;
use crate::compare::differences;
use crate::report::{Exit, diff};

pub(super) fn run(
    arguments: &Diff,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let (left, right) = (load(&arguments.left)?, load(&arguments.right)?);
    let found = differences(&left.session, &right.session);
    let document = diff(&found, common.reveal(), arguments.ignore_personal);
    if output.is_json() {
        output.document(&document)?;
    } else {
        let lines = document.lines(output.language());
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    Ok(document.exit())
}
