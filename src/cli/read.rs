//! `sscard read`: every data item that opens without keys.

use super::arguments::{Common, Read, TextEncoding};
use super::card;
use super::clock;
use super::failure::Failure;
use super::output::Output;
use super::profile;
use crate::codec::text;
use crate::observe::observe;
use crate::probe::Depth;
use crate::report::{self, CheckInput, Document, Exit, Only, Say};
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
    let only = Only::new(&arguments.only).map_err(|(name, near)| {
        let detail = format!("--only {name}: near it are {}", near.join(", "));
        Failure::with_detail(Exit::Usage, &detail)
    })?;
    if arguments.source.session.len() > 1 {
        let detail = "--session: read shows one recording; check takes both sides";
        return Err(Failure::with_detail(Exit::Usage, detail));
    }
    let depth = if arguments.format.is_some() { Depth::Basic } else { Depth::Everything };
    let conversation = card::converse(&arguments.source, depth, None)?;
    let facts = observe(&conversation.session);
    let day = clock::day(None, &conversation.session.header);
    let verdict = verdict::judge(&facts, day, depth);
    let mut document = report::check(&CheckInput {
        source: conversation.source,
        facts: &facts,
        other: None,
        verdict: &verdict,
        day,
        time: clock::now(),
        refused: conversation.refused,
        reveal: common.reveal(),
    });
    if !arguments.only.is_empty() {
        only.keep(&mut document);
    }
    let exit = match verdict.outcome {
        Outcome::Faulty | Outcome::Attention | Outcome::Healthy => Exit::Healthy,
        other => Exit::from(other),
    };
    if output.is_json() {
        output.document(&report::read(document, exit))?;
        return Ok(exit);
    }
    if arguments.format.is_some() {
        let line = report::bas(&document, facts.atr.as_ref(), common.reveal());
        return basic_line(&document, line, arguments.encoding, exit, output);
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

/// The basic line, or on standard error why there is none: a program that takes
/// it apart must not take half a card for a whole one.
fn basic_line(
    document: &Document,
    line: Option<String>,
    encoding: TextEncoding,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if let Some(error) = &document.error {
        output.tell(&error.message);
        output.tell(&error.advice);
        return Ok(exit);
    }
    let Some(line) = line.map(|line| line + "\n") else {
        let say = if exit == Exit::Healthy { Say::CannotTell } else { Say::OtherCard };
        output.tell(&say.text().into());
        return Ok(exit);
    };
    let bytes = match encoding {
        TextEncoding::Utf8 => line.into_bytes(),
        TextEncoding::Gbk => text::encode(&line)
            .map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?,
    };
    output.bytes(&bytes);
    output.tell(&Say::NotAuthenticated.text().into());
    Ok(exit)
}
