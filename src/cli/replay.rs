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
use crate::report::replay::{ReplayRow, Summary, missing, replay};
use crate::report::{Exit, Words};
use crate::session::Header;
use against::Old;
use input::{Works, is_standard_input};
use progress::{Count, Progress};
use report::Report;

/// So many recordings are read at once, for each thread. Three times as many are
/// in memory: those that are read, judged and told.
const SHARE: usize = 256;

pub(super) fn run(arguments: &Replay, output: &mut Output<'_>) -> Result<Exit, Failure> {
    update::allow(arguments)?;
    let mut works = Works::new(&arguments.paths)?.skipping(arguments.skip);
    let open = |path| Old::open(path, arguments.skip);
    let begin = |path| Report::begin(path, output.language());
    let mut batch = Batch {
        old: arguments.against.as_deref().map(open).transpose()?,
        report: arguments.junit.as_deref().map(begin).transpose()?,
        progress: Progress::begin(&arguments.paths, arguments.ndjson, output.language()),
        summary: if arguments.against.is_some() { Summary::beside() } else { Summary::new() },
        done: 0,
        arguments,
    };
    let ended = batch.judge(&mut works, output);
    let ended = ended.and_then(|()| batch.nothing(&works, output));
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

/// Recordings that were judged.
#[derive(Default)]
struct Portion {
    works: Vec<Work>,
    rows: Vec<Row>,
    /// Bytes that were read up to their end.
    until: u64,
}

/// A batch on its way.
struct Batch<'a> {
    arguments: &'a Replay,
    old: Option<Old>,
    report: Option<Report>,
    progress: Progress,
    summary: Summary,
    done: u64,
}

impl Batch<'_> {
    /// Judges until the end, until the first failure where that is asked for, or until
    /// nobody reads the rows any more. While a portion is judged, the one before it is
    /// told and the one behind it is read.
    fn judge(&mut self, works: &mut Works, output: &mut Output<'_>) -> Result<(), Failure> {
        let today = clock::day(None, &Header::default());
        let jobs = self.arguments.jobs;
        let portion = SHARE.saturating_mul(jobs);
        let mut judged = Portion::default();
        let mut read = works.next_batch(portion);
        let mut until = works.read();
        while !read.is_empty() || !judged.works.is_empty() {
            let (rows, (goes_on, next)) = judge_all(&read, today, jobs, || {
                let goes_on = self.tell(&judged, output);
                let next = match goes_on {
                    Ok(true) => works.next_batch(portion),
                    _ => Vec::new(),
                };
                (goes_on, next)
            });
            if !goes_on? {
                return Ok(());
            }
            let works_of_rows = std::mem::replace(&mut read, next);
            judged = Portion { works: works_of_rows, rows, until };
            until = works.read();
        }
        self.miss(output)
    }

    /// A batch of nothing passes nothing: a path that was mistyped must not look like
    /// success. A filter may have nothing to do, and so may a batch that goes on where
    /// it had come to its end.
    fn nothing(&self, works: &Works, output: &mut Output<'_>) -> Result<(), Failure> {
        let Replay { paths, ndjson, skip, .. } = self.arguments;
        let is_filter = *ndjson && paths.iter().all(|path| is_standard_input(path));
        if self.done > 0 || is_filter || output.is_gone() {
            return Ok(());
        }
        if works.found() {
            output.tell(&Words {
                zh: format!("--skip {skip} 之后没有录制，没有判断任何一份"),
                en: format!("no recording behind --skip {skip}: nothing was judged"),
            });
            return Ok(());
        }
        let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        Err(Failure::nothing(&format!("no recording in {}", names.join(", "))))
    }

    /// Names what only the earlier batch had.
    fn miss(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        let Some(mut old) = self.old.take() else { return Ok(()) };
        self.progress.clear();
        while let Some(id) = old.missing()? {
            self.summary.miss();
            if let Some(report) = &mut self.report {
                report.add_missing(&id)?;
            }
            let Words { zh, en } = missing();
            let told = Words { zh: format!("{id}: {zh}"), en: format!("{id}: {en}") };
            // A row is a recording of today.
            if self.arguments.ndjson || output.is_json() {
                output.tell(&told);
            } else {
                output.text(&format!("{}\n", told.in_language(output.language())));
            }
            if self.arguments.fail_fast || output.is_gone() {
                break;
            }
        }
        Ok(())
    }

    /// Counts and prints a portion; whether to go on.
    fn tell(
        &mut self,
        Portion { works, rows, until }: &Portion,
        output: &mut Output<'_>,
    ) -> Result<bool, Failure> {
        if works.is_empty() {
            return Ok(true);
        }
        let (mut text, mut goes_on) = (String::new(), Ok(true));
        for (work, row) in works.iter().zip(rows) {
            goes_on = self.add(work, row, output, &mut text);
            self.done = self.done.saturating_add(1);
            if !matches!(goes_on, Ok(true)) {
                break;
            }
        }
        if !text.is_empty() {
            self.progress.clear();
            match self.arguments.ndjson {
                // In rows nothing has a colour that would have to be taken away.
                true => output.bytes(text.as_bytes()),
                false => output.text(&text),
            }
        }
        if goes_on? && !output.is_gone() {
            self.progress.show(Count { done: self.done, bad: self.summary.bad(), read: *until });
            return Ok(true);
        }
        Ok(false)
    }

    /// Adds one recording to all that is kept and printed; whether to go on.
    fn add(
        &mut self,
        work: &Work,
        row: &Row,
        output: &Output<'_>,
        text: &mut String,
    ) -> Result<bool, Failure> {
        let mut shown = ReplayRow::new(row);
        if let Some(old) = &mut self.old {
            old.compare(&mut shown)?;
        }
        if self.arguments.update_expect {
            text.push_str(&update::update(work, &mut shown));
        }
        self.summary.add(&shown);
        if let Some(report) = &mut self.report {
            report.add(row, &shown)?;
        }
        if self.arguments.ndjson {
            let line = serde_json::to_string(&shown)
                .map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?;
            text.push_str(&(line + "\n"));
        } else if !output.is_json()
            && let Some(failure) = shown.failure(output.language())
        {
            text.push_str(&format!("{}: {failure}\n", shown.id));
        }
        Ok(!self.arguments.fail_fast || self.summary.exit() == Exit::Healthy)
    }
}
