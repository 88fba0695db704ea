//! Streams of recorded sessions, judged in their order and in flat memory. One bad
//! session never stops the rest.

use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use jiff::civil::Date;
use thiserror::Error;

use crate::observe::{Facts, Observer, observe};
use crate::probe::Depth;
use crate::session::{Expect, Header, ParseError, Session, ndjson, text};
use crate::verdict::{
    Decisive, Evidence, Finding, Generation, Kind, Outcome, Verdict, decisive, judge,
};

/// A recording that was not read yet.
#[derive(Clone)]
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

impl std::fmt::Debug for Work {
    /// The length of the text only: it holds what a card said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Work({:?} {:?}, {} bytes)",
            self.id,
            self.form,
            self.bytes.as_ref().map_or(0, Vec::len)
        )
    }
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
    /// The answers that decide what the card is.
    pub decisive: Vec<Decisive>,
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
    let observed = match work.form {
        Form::Apdu => {
            text::Document::parse(bytes).and_then(|document| document.session()).map(observed)
        }
        Form::Ndjson => observed_line(bytes),
    };
    let at_line = |error: ParseError| {
        let before = work.line.saturating_sub(1);
        ParseError { line: error.line.saturating_add(before), ..error }
    };
    let id = match &observed {
        Ok((header, _)) => header.id.clone().unwrap_or_else(|| work.id.clone()),
        Err(_) => work.id.clone(),
    };
    let result = observed.map(|(header, facts)| judged(header, &facts, today)).map_err(at_line);
    let result = result.map_err(Unread::from);
    Row { id, result }
}

fn observed(session: Session) -> (Header, Facts) {
    let facts = observe(&session);
    (session.header, facts)
}

/// Observes each step of a line as it is read, so that no step is kept.
fn observed_line(line: &[u8]) -> Result<(Header, Facts), ParseError> {
    let mut observer: Option<Observer> = None;
    let header = ndjson::visit(line, &mut |header, step| {
        observer.get_or_insert_with(|| Observer::new(header)).step(&step);
        Some(step)
    })?;
    match observer {
        Some(observer) if observer.fits(&header) => Ok((header, observer.into_facts())),
        // What is said of the card stands behind the steps.
        _ => ndjson::parse_bytes(line).map(observed),
    }
}

fn judged(header: Header, facts: &Facts, today: Date) -> Judged {
    let recorded = || header.recorded.as_deref()?.get(..10)?.parse().ok();
    let verdict = judge(facts, recorded().unwrap_or(today), Depth::Full);
    let Verdict { kind, generation, applications, outcome, .. } = verdict;
    Judged {
        kind,
        generation: generation.value,
        evidence: generation.evidence,
        outcome,
        findings: applications.into_iter().flat_map(|row| row.findings).collect(),
        decisive: decisive(facts, kind),
        region: facts.region(),
        makers: makers(facts),
        expected: header.expect,
    }
}

fn makers(facts: &Facts) -> Option<([u8; 2], [u8; 2])> {
    let layout = facts.atr.as_ref()?.social_security()?;
    Some((layout.chip_maker, layout.card_maker))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_steps_counts_as_well() {
        let steps = r#""steps":[["00A404000F7378312E73682EC9E7BBE1B1A3D5CF","9000"]]"#;
        let card = r#""atr":"3B6D00000081545354866050010001010A","interface":"contactless""#;
        let judged = |line: String| {
            let bytes = Ok(line.into_bytes());
            let work = Work { id: "line".into(), bytes, line: 1, form: Form::Ndjson };
            judge_one(&work, jiff::civil::date(2026, 11, 25)).result.unwrap()
        };
        let before = judged(format!("{{{card},{steps}}}"));
        let behind = judged(format!("{{{steps},{card}}}"));
        assert_eq!(before.makers, Some(([0x00, 0x81], [0x86, 0x60])));
        assert_eq!(format!("{before:?}"), format!("{behind:?}"));
        assert!(before.evidence.iter().any(|e| e.id == crate::verdict::EvidenceId::Contactless));
    }
}
