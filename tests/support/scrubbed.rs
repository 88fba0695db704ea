//! What must hold of every session that is scrubbed.

use jiff::civil::Date;
use sscard::observe::observe;
use sscard::probe::Depth;
use sscard::scrub::Scrubber;
use sscard::session::{Exchange, Session, Step};
use sscard::verdict::{Verdict, is_same, judge};

/// The session without its person.
pub(crate) fn scrubbed(session: &Session) -> Session {
    Scrubber::default().session(session).session
}

/// What a verdict says, to be read where it changed.
fn said(verdict: &Verdict) -> String {
    let rows = verdict.applications.iter().map(|row| {
        let ids: Vec<_> = row.findings.iter().map(|finding| finding.rule.id).collect();
        format!("{} {:?} {:?} {ids:?}\n", row.application.id, row.presence, row.state)
    });
    format!("{:?} {:?}\n{}", verdict.kind, verdict.generation.value, rows.collect::<String>())
}

/// Lengths and status words, events and times.
fn shape(session: &Session) -> Vec<String> {
    let of = |step: &Step| match step {
        Step::Exchange(exchange) => {
            let answer = exchange.response.as_deref();
            let sw = answer.and_then(|answer| answer.last_chunk::<2>());
            let lengths = (exchange.command.len(), answer.map(<[u8]>::len));
            let header = exchange.command.get(..4);
            format!("{lengths:?} {header:?} {sw:?} {:?}", exchange.elapsed_ms)
        }
        Step::Title(_) => "title".into(),
        Step::Event(event) => event.to_string(),
    };
    session.steps.iter().map(of).collect()
}

fn hex_of(exchange: &Exchange) -> String {
    hex::encode(exchange.response.as_deref().unwrap_or_default())
}

/// Same shape, same verdict as of a day, its own sample; says what does not hold.
pub(crate) fn holds(session: &Session, day: Date) -> Result<(), String> {
    let once = scrubbed(session);
    if shape(session) != shape(&once) {
        return Err("another shape".into());
    }
    let [before, after] = [session, &once].map(|one| judge(&observe(one), day, Depth::Full));
    if !is_same(&before, &after) {
        let pairs = session.exchanges().zip(once.exchanges());
        let changed = pairs.filter(|((_, one), (_, two))| one != two);
        let lines = changed.map(|((number, one), (_, two))| {
            let command = hex::encode(&one.command);
            format!("{number} > {command}\n  {}\n  {}\n", hex_of(one), hex_of(two))
        });
        let lines: String = lines.collect();
        return Err(format!("another verdict:\n{}\n{}\n{lines}", said(&before), said(&after)));
    }
    let twice = scrubbed(&once);
    for ((number, one), (_, two)) in once.exchanges().zip(twice.exchanges()) {
        if one != two {
            return Err(format!("not its own sample, {number}: {} {}", hex_of(one), hex_of(two)));
        }
    }
    if once == twice { Ok(()) } else { Err("not its own sample, header".into()) }
}
