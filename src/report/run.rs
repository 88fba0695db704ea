//! What became of a script, step by step: as a document, as lines for people, as
//! cases of a JUnit report. What a card answered is masked as everywhere else, and
//! so is what a script expects of it.

mod words;

use serde::Serialize;

use super::exchange::{command_mask, hex_pairs};
use super::{Exit, Language, Line, Reveal, Words, columns, conversation, diff, junit};
use crate::compare::differences;
use crate::observe::observe;
use crate::script::{Ended, Played, Program};
use crate::session::{Event, Exchange, Header, Session, Step};

/// A script that was run.
pub struct ScriptRun<'a> {
    /// Its name, as it was given.
    pub name: &'a str,
    /// What it says.
    pub program: &'a Program,
    /// What the card says of itself.
    pub header: &'a Header,
    /// Its steps.
    pub played: &'a [Played],
    /// How it ended.
    pub ended: &'a Ended,
}

/// The document of `run`.
#[derive(Clone, Debug, Serialize)]
pub struct RunDocument {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<super::ErrorDocument>,
    steps: Vec<StepDocument>,
}

/// A step of a script.
#[derive(Clone, Debug, Serialize)]
pub struct StepDocument {
    script: String,
    /// The included file that it stands in; `None` for the script itself.
    file: Option<String>,
    line: usize,
    name: String,
    /// `None` for a reset.
    command: Option<String>,
    event: Option<String>,
    response: Option<String>,
    expected: Vec<String>,
    passed: bool,
    elapsed_ms: f64,
    failures: Vec<Words>,
    #[serde(skip)]
    instruction: &'static str,
}

/// The steps of scripts that were run one after the other.
#[must_use]
pub fn run_document(
    steps: Vec<StepDocument>,
    exit: Exit,
    error: Option<super::ErrorDocument>,
) -> RunDocument {
    let exit_code = exit.code();
    RunDocument { schema_version: "1.0", command: "run", exit_code, error, steps }
}

/// How scripts that ended so, with these steps, end the program.
#[must_use]
pub fn run_exit(run: &ScriptRun<'_>) -> Exit {
    match run.ended {
        Ended::Lost(error) => Exit::from(error),
        _ if run.played.iter().any(|step| !step.passed()) => Exit::Failed,
        Ended::Done | Ended::Stopped => Exit::Healthy,
    }
}

/// Every step, masked.
#[must_use]
pub fn steps(run: &ScriptRun<'_>, reveal: Reveal) -> Vec<StepDocument> {
    let came = transcript(run, |step| step.response.clone());
    let wanted = transcript(run, |step| {
        step.wanted(run.program).map(<[u8]>::to_vec).or_else(|| step.response.clone())
    });
    let found = differences(&wanted, &came);
    let mut shown = exchanges(&came, reveal).into_iter();
    let mut expected = exchanges(&wanted, reveal).into_iter();
    let mut number = 0_u32;
    let each = run.played.iter().map(|step| {
        let mut document = plain(run, step, reveal);
        if !step.was_sent() {
            document.expected = words::expected(run.program, step, None, Hidden::Yes(reveal));
            document.failures = words::failures(run.program, step, Vec::new());
            return document;
        }
        number = number.saturating_add(1);
        let (answer, wish) = (shown.next().unwrap_or_default(), expected.next());
        let hidden = if answer.contains('·') { Hidden::Yes(reveal) } else { Hidden::No };
        document.expected = words::expected(run.program, step, wish.as_deref(), hidden);
        let here: Vec<_> = found.iter().filter(|one| one.exchange == number).cloned().collect();
        let meanings = if step.passed() { Vec::new() } else { diff::meanings(&here, reveal) };
        document.failures = words::failures(run.program, step, meanings);
        document.response = step.response.is_some().then_some(answer);
        document
    });
    each.collect()
}

/// Whether bytes that a script expects are hidden: as those that came are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    No,
    Yes(Reveal),
}

impl Hidden {
    fn is(self) -> bool {
        self == Self::Yes(Reveal::Masked)
    }
}

/// A step without what depends on others.
fn plain(run: &ScriptRun<'_>, step: &Played, reveal: Reveal) -> StepDocument {
    let command = hex_pairs(&step.command, &command_mask(&step.command, reveal), " ");
    let file = run.program.file(step.place);
    let instruction = match step.command.as_slice() {
        [cla, ins, ..] => crate::apdu::instruction_name(*cla, *ins).unwrap_or("?"),
        _ => "",
    };
    StepDocument {
        script: run.name.to_owned(),
        file: (!file.is_empty()).then(|| file.to_owned()),
        line: step.place.line,
        name: step.title.clone(),
        command: step.reset.is_none().then_some(command),
        event: step.reset.map(|kind| Event::Reset(kind).to_string()),
        response: None,
        expected: Vec::new(),
        passed: step.passed(),
        elapsed_ms: step.elapsed_ms,
        failures: Vec::new(),
        instruction,
    }
}

/// The steps as a recording, with answers of one's choice.
fn transcript(run: &ScriptRun<'_>, answer: impl Fn(&Played) -> Option<Vec<u8>>) -> Session {
    let mut steps = Vec::new();
    for step in run.played {
        if let Some(kind) = step.reset {
            steps.push(Step::Event(Event::Reset(kind)));
        } else if step.was_sent() {
            let (command, response) = (step.command.clone(), answer(step));
            steps.push(Step::Exchange(Exchange { command, response, elapsed_ms: None }));
        }
        if let Some(error) = &step.error {
            steps.push(Step::Event(error.event()));
        }
    }
    Session { header: run.header.clone(), steps }
}

/// The answers of a recording, masked.
fn exchanges(session: &Session, reveal: Reveal) -> Vec<String> {
    let lines = conversation(&observe(session), session, reveal).into_iter();
    let answers = lines.filter_map(|line| match line {
        Line::Exchange(exchanged) => Some(exchanged.answer),
        Line::Event(_) => None,
    });
    answers.collect()
}

/// The same line of the same script, in every round of its loops.
struct Group<'a> {
    first: &'a StepDocument,
    rounds: usize,
    failed: Vec<&'a StepDocument>,
    slowest: f64,
}

fn groups(steps: &[StepDocument]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for step in steps {
        let at = *known.entry((&step.script, &step.file, step.line)).or_insert_with(|| {
            groups.push(Group { first: step, rounds: 0, failed: Vec::new(), slowest: 0.0 });
            groups.len().saturating_sub(1)
        });
        let Some(group) = groups.get_mut(at) else { continue };
        group.rounds = group.rounds.saturating_add(1);
        group.slowest = group.slowest.max(step.elapsed_ms);
        if !step.passed {
            group.failed.push(step);
        }
    }
    groups
}

/// So many rounds of one line are told that failed; the others are counted.
const SHOWN: usize = 3;

/// The steps of one script, for people.
#[must_use]
pub fn run_lines(steps: &[StepDocument], run: &ScriptRun<'_>, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let mut title = None;
    for group in groups(steps) {
        if title.replace(&group.first.name) != Some(&group.first.name)
            && !group.first.name.is_empty()
        {
            lines.push(format!("- {}", group.first.name));
        }
        lines.push(words::step_line(&group, language));
        for step in group.failed.iter().take(SHOWN) {
            lines.extend(words::failed_lines(step, language));
        }
        let more = group.failed.len().saturating_sub(SHOWN);
        if more > 0 {
            lines.push(format!("       {}", words::more(more).in_language(language)));
        }
    }
    lines.push(words::result(run.name, steps, run, language));
    lines
}

/// The steps of one script as cases, a line of it each; counts them.
#[must_use]
pub fn run_cases(steps: &[StepDocument], language: Language, counts: &mut junit::Counts) -> String {
    let mut case = |group: Group<'_>| {
        let step = group.first;
        let mut name = words::place(step, language);
        if !step.name.is_empty() {
            name = format!("{name}: {}", step.name);
        }
        let Some(failed) = group.failed.first() else {
            counts.add(junit::Case::Passed);
            return junit::case(&step.script, &name, junit::Case::Passed);
        };
        let messages: Vec<_> =
            failed.failures.iter().map(|one| one.in_language(language)).collect();
        let mut proof = Vec::new();
        for step in group.failed.iter().take(SHOWN) {
            proof.extend(words::failed_lines(step, language));
        }
        let message = messages.join(language.semicolon());
        let failed = junit::Case::Failed(&message, &proof);
        counts.add(failed);
        junit::case(&step.script, &name, failed)
    };
    groups(steps).into_iter().map(&mut case).collect()
}
