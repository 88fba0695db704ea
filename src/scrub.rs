//! A recording without its person: every byte that is not open is replaced by
//! a sample of the same length and kind. Structure, lengths, status words, times
//! and the verdict stay; a second time changes nothing. Knows no opinion.

mod answers;
mod certificates;
mod names;
mod numbers;
mod purses;
mod samples;
mod texts;
mod wholes;

use std::collections::HashMap;
use std::ops::Range;

use crate::observe::{Facts, Place, observe};
use crate::profile::Item;
use crate::session::text::Document;
use crate::session::{Exchange, Header, ParseError, Session, Step};
use numbers::Numbers;
use texts::Values;

/// Replaces the personal data of the sessions of one file: the same value by the
/// same sample.
#[derive(Default)]
pub struct Scrubber {
    numbers: Numbers,
}

/// A session without its person.
pub struct Scrubbed {
    /// The session.
    pub session: Session,
    /// Bytes that differ from the original's.
    pub changed: usize,
    values: Values,
}

impl Scrubbed {
    /// A text of the same file, without the values that were replaced.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.values.clean(text)
    }
}

impl Scrubber {
    /// Scrubs one session.
    pub fn session(&mut self, session: &Session) -> Scrubbed {
        self.scrub(session, &[])
    }

    /// Scrubs a text, comments included; whatever is not personal stays as it is
    /// written. Also gives the number of bytes that changed.
    ///
    /// # Errors
    ///
    /// Returns the place of the first line that only a script can have.
    pub fn document(&mut self, document: &Document) -> Result<(String, usize), ParseError> {
        let lines: Vec<&str> = document.lines().iter().map(|line| line.free_text()).collect();
        let scrubbed = self.scrub(&document.session()?, &lines);
        let text = document.rewritten(&scrubbed.session, |text| scrubbed.clean(text));
        Ok((text, scrubbed.changed))
    }

    fn scrub(&mut self, session: &Session, lines: &[&str]) -> Scrubbed {
        self.numbers.begin_session();
        let facts = observe(session);
        let exchanges = session.exchanges().map(|(_, exchange)| exchange.clone()).collect();
        let mut work = Work {
            numbers: &mut self.numbers,
            facts: &facts,
            original: session.exchanges().map(|(_, exchange)| exchange).collect(),
            exchanges,
            values: Values::default(),
            done: Vec::new(),
            files: HashMap::new(),
            holders: Vec::new(),
            wholes: Vec::new(),
        };
        let atr = facts.atr.as_ref().map(|atr| work.atr(atr));
        work.answers();
        work.commands();
        work.values.take(work.numbers);
        let texts = texts_of(session);
        let texts: Vec<&str> = texts.into_iter().chain(lines.iter().copied()).collect();
        texts.iter().for_each(|line| work.values.look(line, work.numbers));
        // Most sessions of a stream have no texts.
        if !texts.is_empty() {
            work.values.finish();
        }
        work.sweep();
        let Work { exchanges, values, .. } = work;
        let header = header(&session.header, atr, &values);
        let mut exchanges = exchanges.into_iter();
        let step = |step: &Step| match step {
            Step::Exchange(exchange) => {
                Step::Exchange(exchanges.next().unwrap_or_else(|| exchange.clone()))
            }
            Step::Title(title) => Step::Title(values.clean(title)),
            Step::Event(event) => Step::Event(event.clone()),
        };
        let steps = session.steps.iter().map(step).collect();
        let scrubbed = Session { header, steps };
        let changed = changed(session, &scrubbed);
        Scrubbed { session: scrubbed, changed, values }
    }
}

/// The texts of a session that people wrote.
fn texts_of(session: &Session) -> Vec<&str> {
    let header = &session.header;
    let keys = [&header.id, &header.title, &header.reader, &header.tool, &header.note];
    let titles = session.steps.iter().filter_map(|step| match step {
        Step::Title(title) => Some(title.as_str()),
        Step::Exchange(_) | Step::Event(_) => None,
    });
    keys.into_iter().filter_map(|text| text.as_deref()).chain(titles).collect()
}

fn header(header: &Header, atr: Option<Vec<u8>>, values: &Values) -> Header {
    let clean = |text: &Option<String>| text.as_deref().map(|text| values.clean(text));
    Header {
        id: clean(&header.id),
        title: clean(&header.title),
        reader: clean(&header.reader),
        tool: clean(&header.tool),
        note: clean(&header.note),
        atr,
        ..header.clone()
    }
}

/// Bytes on the wire that differ.
fn changed(one: &Session, two: &Session) -> usize {
    let differ = |a: &[u8], b: &[u8]| a.iter().zip(b).filter(|(a, b)| a != b).count();
    let pairs = one.exchanges().zip(two.exchanges()).map(|((_, one), (_, two))| {
        let [a, b] = [one, two].map(|exchange| exchange.response.as_deref().unwrap_or_default());
        differ(a, b).saturating_add(differ(&one.command, &two.command))
    });
    let [a, b] = [one, two].map(|session| session.header.atr.as_deref().unwrap_or_default());
    pairs.sum::<usize>().saturating_add(differ(a, b))
}

/// A name and its continuation, where they came.
type Taken<'a> = [Option<&'a [u8]>; 2];

/// A session that is being scrubbed.
struct Work<'a> {
    numbers: &'a mut Numbers,
    facts: &'a Facts,
    original: Vec<&'a Exchange>,
    exchanges: Vec<Exchange>,
    values: Values,
    done: Vec<Scrubbing>,
    /// Whole files of the certificate application, by identifier: as they are, and
    /// their samples.
    files: HashMap<u16, (Vec<u8>, Vec<u8>)>,
    /// Name and continuation that a verdict takes, by place and file: few, since only
    /// the files of a table have such items.
    holders: Vec<(Place, u16, Taken<'a>)>,
    /// What a verdict takes for items of which a part came, by place.
    wholes: Vec<(Place, &'static Item, Option<&'a [u8]>)>,
}

/// An answer whose personal values are replaced already.
struct Scrubbing {
    exchanges: Vec<u32>,
    data: Vec<u8>,
    /// What of it stayed because it is open.
    kept: Vec<Range<usize>>,
}
