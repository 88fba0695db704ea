//! `sscard run`: scripts on a card, and what became of each step.

mod load;

use std::path::Path;

use super::arguments::{Common, Record, Run};
use super::card;
use super::failure::Failure;
use super::output::Output;
use super::page;
use super::record::Recorder;
use crate::apdu::Permission;
use crate::profile;
use crate::report::{self, Exit, ScriptRun, SourceKind, StepDocument, junit};
use crate::script::{self, Ended, Program};
use crate::session::{Reset, TransportMode};
use crate::transport::{Card, TransportError, guarded};

pub(super) fn run(
    arguments: &Run,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    run_all(arguments, common, output, None)
}

/// `sscard record -o FILE -- run SCRIPT`.
pub(super) fn record(
    arguments: &Record,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let script = match arguments.instead.as_slice() {
        [word, script] if word == Path::new("run") => script.clone(),
        _ => {
            let detail = "record: behind `--` stands `run SCRIPT`";
            return Err(Failure::with_detail(Exit::Usage, detail));
        }
    };
    let source = arguments.source.clone();
    let run = Run { source, scripts: vec![script], junit: None, allow_write: false };
    let recorder = Recorder::create(&arguments.output)?;
    run_all(&run, common, output, Some(&recorder)).inspect_err(|_| recorder.abandon())
}

fn run_all(
    arguments: &Run,
    common: &Common,
    output: &mut Output<'_>,
    recorder: Option<&Recorder>,
) -> Result<Exit, Failure> {
    if !arguments.source.session.is_empty() {
        let detail = "run: --session is a recording, and answers nothing that it does not hold";
        return Err(Failure::with_detail(Exit::Usage, detail));
    }
    // Every script is read before the first command leaves.
    let mut programs = Vec::new();
    for path in &arguments.scripts {
        let program = load::program(path, &known)?;
        check_writing(path, &program, arguments)?;
        programs.push((path.display().to_string(), program));
    }
    let (mut cases, mut counts) = (String::new(), junit::Counts::default());
    let (mut steps, mut exit, mut lost) = (Vec::new(), Exit::Healthy, None);
    for (name, program) in &programs {
        let done = run_one(name, program, arguments, recorder, common, output)?;
        cases.push_str(&report::run_cases(&done.steps, output.language(), &mut counts));
        steps.extend(done.steps);
        exit = if done.exit == Exit::Healthy { exit } else { done.exit };
        lost = done.lost;
        if lost.is_some() {
            break;
        }
    }
    if let Some(path) = &arguments.junit {
        page::put(
            path,
            &(junit::begin("sscard run", counts) + &cases + junit::END),
            common.reveal(),
        )?;
    }
    let kept = recorder.map(Recorder::finish).transpose();
    let failure = match (&lost, &kept) {
        (_, Err(failure)) => Some(failure.clone()),
        (lost, Ok(_)) => lost.as_ref().map(Failure::from),
    };
    exit = kept.as_ref().map_or_else(|failure| failure.exit, |_| exit);
    if output.is_json() {
        let error = failure.map(|failure| failure.document());
        output.document(&report::run_document(steps, exit, error))?;
    } else if let Some(failure) = failure {
        output.warn(&failure);
    }
    if let Ok(Some(words)) = kept {
        output.tell(&words);
    }
    Ok(exit)
}

/// A script that may change a card runs where both it and the user say so.
fn check_writing(path: &Path, program: &Program, arguments: &Run) -> Result<(), Failure> {
    if program.header().require.is_empty() || arguments.allow_write {
        return Ok(());
    }
    let mut detail =
        format!("{}: it may change the card, and --allow-write is missing", path.display());
    for (place, refusal) in program.writes() {
        detail.push_str(&format!("\nline {}: {refusal}", place.line));
    }
    Err(Failure::with_detail(Exit::Usage, &detail))
}

/// The names that stand before a script begins: those of applications.
fn known(name: &str) -> Option<Vec<u8>> {
    let application = profile::application(name.strip_prefix("AID.")?)?;
    application.aids.first().map(|aid| aid.to_vec())
}

/// What became of a script.
struct Done {
    steps: Vec<StepDocument>,
    exit: Exit,
    lost: Option<TransportError>,
}

fn run_one(
    name: &str,
    program: &Program,
    arguments: &Run,
    recorder: Option<&Recorder>,
    common: &Common,
    output: &mut Output<'_>,
) -> Result<Done, Failure> {
    let (card, source) = card::open(&arguments.source)?;
    let may_write = arguments.allow_write && !program.header().require.is_empty();
    let permission = if may_write { Permission::Write } else { Permission::Read };
    let mut card = guarded(card, permission);
    let header = card::begin(&mut card, &source, recorder.map(|one| one as &dyn card::Witness));
    if source.kind == SourceKind::Reader {
        // Whatever another program has selected is no part of the script.
        card.reset(Reset::Warm).map_err(|error| Failure::from(&error))?;
    }
    let mut played = Vec::new();
    let mut keep = |step| played.push(step);
    let ended = match program.transport() {
        TransportMode::Auto => script::run(program, &mut card, &known, &mut keep),
        TransportMode::Raw => script::run(program, card.inner_mut(), &known, &mut keep),
    };
    let run = ScriptRun { name, program, header: &header, played: &played, ended: &ended };
    let (steps, exit) = (report::steps(&run, common.reveal()), report::run_exit(&run));
    if !output.is_json() {
        let lines = report::run_lines(&steps, &run, output.language());
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    let lost = if let Ended::Lost(error) = ended { Some(error) } else { None };
    Ok(Done { steps, exit, lost })
}
