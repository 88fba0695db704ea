//! `sscard replay`: recorded sessions judged by today's rules, and compared with
//! what each expects.

mod against;
mod input;
mod progress;
mod report;
mod update;

use super::arguments::Replay;
use super::clock;
use super::failure::Failure;
use super::output::Output;
use crate::batch::{Row, Work, judge_all};
use crate::report::Exit;
use crate::report::replay::{ReplayRow, Summary, replay};
use crate::session::Header;
use against::Old;
use input::Works;
use progress::{Count, Progress};
use report::Report;

/// So many recordings are in memory at once, for each thread.
const SHARE: usize = 256;

pub(super) fn run(arguments: &Replay, output: &mut Output<'_>) -> Result<Exit, Failure> {
    update::allow(arguments)?;
    let mut works = Works::new(&arguments.paths)?.skipping(arguments.skip);
    let open = |path| Old::open(path, arguments.skip);
    let mut batch = Batch {
        old: arguments.against.as_deref().map(open).transpose()?,
        report: arguments.junit.as_deref().map(Report::begin).transpose()?,
        progress: Progress::begin(&arguments.paths, arguments.ndjson, output.language()),
        summary: Summary::new(),
        arguments,
    };
    let ended = batch.judge(&mut works, output);
    batch.progress.clear();
    // The report holds what was judged, however it ended.
    let reported = batch.report.map_or(Ok(()), Report::end);
    let summary = batch.summary;
    ended.and(reported)?;
    if output.is_json() {
        output.document(&replay(&summary))?;
    } else if !arguments.ndjson {
        let lines = summary.lines(output.language());
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    Ok(summary.exit())
}

/// A batch on its way.
struct Batch<'a> {
    arguments: &'a Replay,
    old: Option<Old>,
    report: Option<Report>,
    progress: Progress,
    summary: Summary,
}

impl Batch<'_> {
    /// Judges until the end, until the first failure where that is asked for, or until
    /// nobody reads the rows any more.
    fn judge(&mut self, works: &mut Works, output: &mut Output<'_>) -> Result<(), Failure> {
        let today = clock::day(None, &Header::default());
        let jobs = self.arguments.jobs;
        let mut done = 0_u64;
        loop {
            let batch = works.next_batch(SHARE.saturating_mul(jobs));
            if batch.is_empty() {
                return self.old.take().map_or(Ok(()), Old::end);
            }
            let (mut text, mut goes_on) = (String::new(), Ok(true));
            for (work, row) in batch.iter().zip(&judge_all(&batch, today, jobs)) {
                goes_on = self.add(work, row, output.is_json(), &mut text);
                done = done.saturating_add(1);
                if !matches!(goes_on, Ok(true)) {
                    break;
                }
            }
            if !text.is_empty() {
                self.progress.clear();
                output.text(&text);
            }
            if !goes_on? || output.is_gone() {
                return Ok(());
            }
            let (bad, read) = (self.summary.bad(), works.read());
            self.progress.show(Count { done, bad, read });
        }
    }

    /// Adds one recording to all that is kept and printed; whether to go on.
    fn add(
        &mut self,
        work: &Work,
        row: &Row,
        is_json: bool,
        text: &mut String,
    ) -> Result<bool, Failure> {
        let mut shown = ReplayRow::new(row);
        if let Some(old) = &mut self.old {
            old.compare(&mut shown)?;
        }
        if self.arguments.update_expect {
            text.push_str(&update::update(work, &mut shown)?);
        }
        self.summary.add(&shown);
        if let Some(report) = &mut self.report {
            report.add(row, &shown)?;
        }
        if self.arguments.ndjson {
            let line = serde_json::to_string(&shown)
                .map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?;
            text.push_str(&(line + "\n"));
        } else if !is_json && let Some(failure) = shown.failure() {
            text.push_str(&format!("{}: {failure}\n", shown.id));
        }
        Ok(!self.arguments.fail_fast || self.summary.exit() == Exit::Healthy)
    }
}
