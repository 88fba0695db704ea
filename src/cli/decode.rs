//! `sscard decode`: explains bytes.

use super::arguments::{Common, Decode};
use super::failure::Failure;
use super::output::Output;
use crate::report::Exit;

pub(super) fn run(_: &Decode, _: &Common, _: &mut Output<'_>) -> Result<Exit, Failure> {
    Ok(Exit::Healthy)
}
