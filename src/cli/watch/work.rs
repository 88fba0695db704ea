//! One check in a thread of its own: readers are read side by side.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::super::arguments::{CardSource, Watch};
use super::super::card::{self, Witness};
use super::super::clock;
use super::super::failure::Failure;
use super::News;
use super::seats::Arrival;
use crate::observe::observe;
use crate::probe::Depth;
use crate::report::watch::Told;
use crate::report::{self, CheckInput, Reveal};
use crate::session::{Header, Step};
use crate::transport::TransportError;
use crate::transport::recording::Sink;
use crate::verdict::{self, Outcome};

/// Checks the card that came into a reader, and reports how far it is.
pub(super) fn start(arrival: Arrival, arguments: &Watch, news: Sender<News>) {
    let source = CardSource {
        reader: Some(arrival.reader.clone()),
        timeout: arguments.timeout,
        deadline: arguments.deadline,
        ..CardSource::default()
    };
    thread::spawn(move || {
        let told = check(&source, &arrival, &news).unwrap_or_else(|failure| {
            let (exit, trouble) = (failure.exit, failure.trouble());
            Told::failed(exit, trouble, &arrival.reader, &clock::now())
        });
        // Whoever started this may have ended.
        let _ = news.send(News::Told(Box::new(told), arrival.check));
    });
}

/// How often a screen is told how far a check is. More often nobody sees; and each
/// word of it takes a processor away from the card.
const GLANCE: Duration = Duration::from_millis(100);

/// Reports how many exchanges are over.
struct Progress {
    check: u64,
    news: Sender<News>,
}

impl Witness for Progress {
    fn begin(&self, _: &Header) {}

    fn sink(&self) -> Sink {
        let (news, check, mut number) = (self.news.clone(), self.check, 0_u32);
        let mut told = Instant::now();
        Box::new(move |step| {
            if matches!(step, Step::Exchange(_)) {
                number = number.saturating_add(1);
                if told.elapsed() >= GLANCE {
                    told = Instant::now();
                    let _ = news.send(News::Step(number, check));
                }
            }
        })
    }
}

fn check(source: &CardSource, arrival: &Arrival, news: &Sender<News>) -> Result<Told, Failure> {
    let begun = Instant::now();
    let progress = Progress { check: arrival.check, news: news.clone() };
    let conversation = card::converse(source, Depth::Full, Some(&progress))?;
    let facts = observe(&conversation.session);
    let day = clock::day(None, &conversation.session.header);
    let verdict = verdict::judge_trusting(&facts, day, Depth::Full, &[]);
    if verdict.outcome == Outcome::NoService {
        // By now it can be seen why.
        return Err(Failure::from(&TransportError::NoService));
    }
    let document = report::check(&CheckInput {
        source: conversation.source,
        facts: &facts,
        other: None,
        verdict: &verdict,
        day,
        time: clock::now(),
        refused: conversation.refused,
        reveal: Reveal::Masked,
    });
    let elapsed_ms = begun.elapsed().as_secs_f64() * 1e3;
    Ok(Told::new(&document, &verdict, &arrival.reader, elapsed_ms))
}
