//! Streams of recorded sessions, judged in their order and in flat memory. One bad
//! session never stops the rest.

use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use jiff::civil::Date;
use thiserror::Error;

use crate::observe::{Facts, observe};
use crate::probe::Depth;
use crate::session::{Expect, ParseError, Session, ndjson, text};
use crate::verdict::{Evidence, Finding, Generation, Kind, Outcome, Verdict, judge};

/// A recording that was not read yet.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its name: the file, or file and line.
    pub id: String,
    /// Its bytes; where the file cannot be read, why, in the system's words.
    pub bytes: Result<Vec<u8>, String>,
    /// The number of its line in the file, from 1.
    pub line: usize,
    /// How it is written.
    pub form: Form,
}

/// The two forms of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A file of its own.
    Apdu,
    /// A line among others.
    Ndjson,
}

/// What became of a recording.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub id: String,
    /// Its verdict, or why there is none.
    pub result: Result<Judged, Unread>,
}

/// Why a recording gives no verdict.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unread {
    /// It does not parse.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The file cannot be read.
    #[error("{0}")]
    File(String),
}

/// What a recording shows, as far as a batch tells.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The kind of card.
    pub kind: Kind,
    /// Its generation.
    pub generation: Generation,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// The outcome.
    pub outcome: Outcome,
    /// The rules that fired, with their proof.
    pub findings: Vec<Finding>,
    /// The region, six digits.
    pub region: Option<String>,
    /// Registration numbers of the makers of chip and card (P2 t.16).
    pub makers: Option<([u8; 2], [u8; 2])>,
    /// What the recording says that should come out.
    pub expected: Expect,
}

/// So many recordings a thread takes at a time.
const SHARE: usize = 32;

/// Judges recordings by today's rules, on as many threads as are asked for, and
/// does something else beside it. The rows come in the order of the recordings.
pub fn judge_all<T>(
    works: &[Work],
    today: Date,
    jobs: usize,
    meanwhile: impl FnOnce() -> T,
) -> (Vec<Row>, T) {
    let judge = |share: &[Work]| share.iter().map(|work| judge_one(work, today)).collect();
    if jobs <= 1 {
        let done = meanwhile();
        return (judge(works), done);
    }
    let shares = Mutex::new(works.chunks(SHARE).enumerate());
    let next = || shares.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).map(|(at, share)| (at, judge(share))).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        let done = meanwhile();
        // A defect in a thread is this one's.
        let join = |thread: ScopedJoinHandle<'_, Vec<(usize, Vec<Row>)>>| {
            thread.join().unwrap_or_else(|defect| std::panic::resume_unwind(defect))
        };
        let mut shares: Vec<_> = threads.into_iter().flat_map(join).collect();
        shares.sort_unstable_by_key(|(at, _)| *at);
        (shares.into_iter().flat_map(|(_, rows)| rows).collect(), done)
    })
}

/// Judges one recording: as of its own day, else today.
#[must_use]
pub fn judge_one(work: &Work, today: Date) -> Row {
    let bytes = match &work.bytes {
        Ok(bytes) => bytes,
        Err(why) => return Row { id: work.id.clone(), result: Err(Unread::File(why.clone())) },
    };
    let session = match work.form {
        Form::Apdu => text::Document::parse(bytes).and_then(|document| document.session()),
        Form::Ndjson => ndjson::parse_bytes(bytes),
    };
    let at_line = |error: ParseError| {
        let before = work.line.saturating_sub(1);
        ParseError { line: error.line.saturating_add(before), ..error }
    };
    let id = match &session {
        Ok(session) => session.header.id.clone().unwrap_or_else(|| work.id.clone()),
        Err(_) => work.id.clone(),
    };
    let result = session.map(|session| judged(session, today)).map_err(at_line);
    let result = result.map_err(Unread::from);
    Row { id, result }
}

fn judged(session: Session, today: Date) -> Judged {
    let facts = observe(&session);
    let recorded = || session.header.recorded.as_deref()?.get(..10)?.parse().ok();
    let verdict = judge(&facts, recorded().unwrap_or(today), Depth::Full);
    let Verdict { kind, generation, applications, outcome, .. } = verdict;
    Judged {
        kind,
        generation: generation.value,
        evidence: generation.evidence,
        outcome,
        findings: applications.into_iter().flat_map(|row| row.findings).collect(),
        region: facts.region(),
        makers: makers(&facts),
        expected: session.header.expect,
    }
}

fn makers(facts: &Facts) -> Option<([u8; 2], [u8; 2])> {
    let layout = facts.atr.as_ref()?.social_security()?;
    Some((layout.chip_maker, layout.card_maker))
}
