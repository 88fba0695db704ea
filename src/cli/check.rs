//! `sscard check`: the verdict.

use super::arguments::{Check, Common, Record};
use super::card::{self, Conversation};
use super::clock;
use super::failure::Failure;
use super::output::Output;
use super::page;
use super::profile;
use super::record::Recorder;
#[cfg(feature = "certificates")]
use crate::certificate;
use crate::certificate::Certificate;
use crate::observe::{Facts, observe, observe_after};
use crate::probe::Depth;
use crate::report::{self, CheckInput, Detail, Exit, PageInput, Words};
#[cfg(feature = "certificates")]
use crate::session::limits::MAX_TABLE;
use crate::verdict;

pub(super) fn run(
    arguments: &Check,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if arguments.source.virtual_card.as_deref() == Some("list") {
        output.plain("check", &card::models(output.language()))?;
        return Ok(Exit::Healthy);
    }
    let trust = match trusted(arguments) {
        Ok(trust) => trust,
        Err(failure) => return no_card(arguments, output, &failure),
    };
    let depth = match (arguments.quick, arguments.pin_state) {
        (true, _) => Depth::Quick,
        (false, true) => Depth::PinState,
        (false, false) => Depth::Full,
    };
    if let Err(failure) = profile::load(&arguments.source.profiles, output.language()) {
        return no_card(arguments, output, &failure);
    }
    let recorder = match arguments.record.as_deref().map(Recorder::create).transpose() {
        Ok(recorder) => recorder,
        Err(failure) => return no_card(arguments, output, &failure),
    };
    let witness = recorder.as_ref().map(|recorder| recorder as &dyn card::Witness);
    let conversation = match card::converse(&arguments.source, depth, witness) {
        Ok(conversation) => conversation,
        Err(failure) => {
            if let Some(recorder) = recorder {
                recorder.abandon();
            }
            return no_card(arguments, output, &failure);
        }
    };
    let kept = recorder.map(|recorder| recorder.finish());
    judge(arguments, common, output, &conversation, (depth, &trust), kept)
}

/// `sscard record`: a check that keeps every exchange.
pub(super) fn record(
    arguments: &Record,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if !arguments.source.session.is_empty() {
        return Err(Failure::with_detail(Exit::Usage, "record: --session is a recording already"));
    }
    let check = Check {
        source: arguments.source.clone(),
        pin_state: arguments.pin_state,
        record: Some(arguments.output.clone()),
        ..Check::default()
    };
    run(&check, common, output)
}

/// The certificates that the user trusts to sign a card's.
#[cfg(feature = "certificates")]
fn trusted(arguments: &Check) -> Result<Vec<Certificate>, Failure> {
    let mut trust = Vec::new();
    for path in &arguments.trust {
        let read = certificate::pem(&card::read_file(path, MAX_TABLE)?);
        trust.extend(read.map_err(|error| {
            Failure::with_detail(Exit::BadInput, &format!("{}: {error}", path.display()))
        })?);
    }
    Ok(trust)
}

#[cfg(not(feature = "certificates"))]
fn trusted(_: &Check) -> Result<Vec<Certificate>, Failure> {
    Ok(Vec::new())
}

fn judge(
    arguments: &Check,
    common: &Common,
    output: &mut Output<'_>,
    conversation: &Conversation,
    (depth, trust): (Depth, &[Certificate]),
    kept: Option<Result<Words, Failure>>,
) -> Result<Exit, Failure> {
    let quick = depth == Depth::Quick;
    let narrow = |facts: Facts| if quick { facts.quick() } else { facts };
    let facts = narrow(observe(&conversation.session));
    let other = conversation.other.as_ref().map(|(source, session)| {
        (narrow(observe_after(session, facts.exchanges)), source, session)
    });
    let day = clock::day(arguments.date, &conversation.session.header);
    let verdict = match &other {
        None => verdict::judge_trusting(&facts, day, depth, trust),
        Some((other, ..)) => verdict::judge_both(&facts, other, day, depth, trust),
    };
    let mut document = report::check(&CheckInput {
        source: conversation.source.clone(),
        facts: &facts,
        other: other.as_ref().map(|(facts, source, _)| (facts, (*source).clone())),
        verdict: &verdict,
        day,
        time: clock::now(),
        refused: conversation.refused,
        reveal: common.reveal(),
    });
    let page = arguments.html.as_ref().map(|path| {
        let mut timeline = report::conversation(&facts, &conversation.session, common.reveal());
        if let Some((other, _, session)) = &other {
            timeline.extend(report::conversation(other, session, common.reveal()));
        }
        let (document, verdict, language) = (&document, &verdict, output.language());
        let page = report::page(&PageInput { document, verdict, timeline, language });
        page::write(path, &page, common.reveal())
    });
    let files: Vec<_> = kept.into_iter().chain(page).collect();
    let failed = files.iter().find_map(|file| file.as_ref().err());
    if output.is_json() {
        if let Some(failure) = failed {
            document.fail(failure.exit, failure.document());
        }
        output.document(&document)?;
        return Ok(told(files, Exit::from(verdict.outcome), output));
    }
    let detail = if arguments.quick { Detail::Quick } else { Detail::Screen };
    let language = output.language();
    let mut lines = report::screen(&document, &verdict, language, detail);
    if common.verbose {
        lines.extend(report::details(&document, language));
        lines.extend(report::timeline(&facts, &conversation.session, common.reveal()));
        if let Some((other, _, session)) = &other {
            lines.extend(report::timeline(other, session, common.reveal()));
        }
    }
    let exit = Exit::from(verdict.outcome);
    output.verdict(&lines, exit);
    Ok(told(files, exit, output))
}

/// Tells what became of the files beside the verdict. The verdict stands; only a file
/// may not.
fn told(files: Vec<Result<Words, Failure>>, mut exit: Exit, output: &mut Output<'_>) -> Exit {
    for file in files {
        match file {
            Ok(words) => output.tell(&words),
            Err(failure) => {
                output.warn(&failure);
                exit = failure.exit;
            }
        }
    }
    exit
}

/// No card, no reader, no service, or a file that does not parse: with `--json`
/// the same document as ever, with nothing in it but the reason.
fn no_card(arguments: &Check, output: &mut Output<'_>, failure: &Failure) -> Result<Exit, Failure> {
    if !output.is_json() {
        return Err(failure.clone());
    }
    let day = clock::day(arguments.date, &crate::session::Header::default());
    let source = arguments.source.origin();
    let document = report::no_card(failure.exit, failure.document(), source, day, clock::now());
    output.document(&document)?;
    Ok(failure.exit)
}

/// Arguments that do not parse: the same document, with nothing known of them.
pub(super) fn fail_early(output: &mut Output<'_>, failure: &Failure) -> Exit {
    match no_card(&Check::default(), output, failure) {
        Ok(exit) => exit,
        Err(failure) => output.fail("check", &failure),
    }
}
