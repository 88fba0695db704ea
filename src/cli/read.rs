//! `sscard read`: every data item that opens without keys.

use super::arguments::{Common, Read};
use super::card;
use super::clock;
use super::failure::Failure;
use super::output::Output;
use super::profile;
use crate::observe::observe;
use crate::probe::Depth;
use crate::report::{self, CheckInput, Exit};
use crate::verdict::{self, Outcome};

pub(super) fn run(
    arguments: &Read,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if arguments.source.virtual_card.as_deref() == Some("list") {
        output.plain("read", &card::models(output.language()))?;
        return Ok(Exit::Healthy);
    }
    profile::load(&arguments.source.profiles, output.language())?;
    let conversation = card::converse(&arguments.source, Depth::Everything, None)?;
    let facts = observe(&conversation.session);
    let day = clock::day(None, &conversation.session.header);
    let verdict = verdict::judge(&facts, day, Depth::Everything);
    let document = report::check(&CheckInput {
        source: conversation.source,
        facts: &facts,
        verdict: &verdict,
        day,
        time: clock::now(),
        refused: conversation.refused,
        reveal: common.reveal(),
    });
    let exit = match verdict.outcome {
        Outcome::Faulty | Outcome::Attention | Outcome::Healthy => Exit::Healthy,
        other => Exit::from(other),
    };
    if output.is_json() {
        output.document(&report::read(document, exit))?;
        return Ok(exit);
    }
    let mut lines = report::title(&verdict, output.language());
    lines.extend(report::data_lines(&document, output.language()));
    if common.verbose {
        lines.extend(report::timeline(&facts, &conversation.session, common.reveal()));
    }
    if let Some(error) = &document.error {
        output.tell(&error.message);
        output.tell(&error.advice);
    }
    output.verdict(&lines, exit);
    Ok(exit)
}
