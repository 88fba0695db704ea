//! Who sits where: which reader holds a card that was not told yet. Knows nothing of
//! threads and screens.

use std::time::{Duration, Instant};

use crate::report::Exit;
use crate::report::watch::{Seat as Shown, Told};
use crate::transport::pcsc::{ReaderState, ReaderStatus};

/// How long a reader that left keeps its place: it may just have another contact.
const PATIENCE: Duration = Duration::from_secs(10);

/// The readers that are there, or were a moment ago, in the order in which they came.
#[derive(Default)]
pub(super) struct Seats {
    seats: Vec<Seat>,
    last: u64,
}

struct Seat {
    reader: ReaderState,
    stage: Stage,
    /// Since when the service, which is there, does not know the reader.
    gone: Option<Instant>,
}

enum Stage {
    /// No card.
    Empty,
    /// The check of that number is at work.
    Reading { check: u64, exchanges: u32 },
    /// Its card was told, and is still there.
    Told(Box<Told>),
    /// The reader is away; what was told of the card that it held.
    Away(Option<Box<Told>>),
}

/// A card that is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// The number of the check.
    pub(super) check: u64,
    /// The reader's whole name.
    pub(super) reader: String,
}

impl Seats {
    /// Takes in how the readers are now, at that moment; gives the cards that are new.
    pub(super) fn readers(&mut self, now: &[ReaderState], at: Instant) -> Vec<Arrival> {
        let usable = |reader: &&ReaderState| reader.status != ReaderStatus::Unavailable;
        for seat in &mut self.seats {
            if !now.iter().filter(usable).any(|reader| reader.name == seat.reader.name) {
                seat.leave();
                seat.gone.get_or_insert(at);
            }
        }
        let mut arrivals = Vec::new();
        for reader in now.iter().filter(usable) {
            let known = self.seats.iter().position(|seat| seat.reader.name == reader.name);
            let place = known.unwrap_or_else(|| {
                self.seats.push(Seat { reader: reader.clone(), stage: Stage::Empty, gone: None });
                self.seats.len().saturating_sub(1)
            });
            let Some(seat) = self.seats.get_mut(place) else { continue };
            seat.gone = None;
            if seat.is_new(reader) {
                self.last = self.last.saturating_add(1);
                seat.stage = Stage::Reading { check: self.last, exchanges: 0 };
                arrivals.push(Arrival { check: self.last, reader: reader.name.clone() });
            }
            seat.reader = reader.clone();
        }
        arrivals
    }

    /// The service is gone. What the readers held may still be there when it is back.
    pub(super) fn lost(&mut self) {
        for seat in &mut self.seats {
            seat.leave();
            // While nobody tells of readers, none is missed.
            seat.gone = None;
        }
    }

    /// The service fell silent, and saw no card come or go meanwhile: what was told
    /// may be of another card than the one that is there when it goes on.
    pub(super) fn forget(&mut self) {
        self.lost();
        self.seats.iter_mut().for_each(|seat| seat.stage = Stage::Away(None));
    }

    /// Gives up the readers that are gone for long; tells when the next is.
    pub(super) fn settle(&mut self, now: Instant) -> Option<Duration> {
        let left = |seat: &Seat| {
            seat.gone.map(|since| PATIENCE.saturating_sub(now.saturating_duration_since(since)))
        };
        self.seats.retain(|seat| left(seat) != Some(Duration::ZERO));
        self.seats.iter().filter_map(left).min()
    }

    /// A check is so far.
    pub(super) fn step(&mut self, number: u32, of: u64) {
        for seat in &mut self.seats {
            if let Stage::Reading { check, exchanges } = &mut seat.stage
                && *check == of
            {
                *exchanges = number;
            }
        }
    }

    /// A check is over. Its card may have left meanwhile: it is told all the same,
    /// but shown only where it still is.
    pub(super) fn told(&mut self, told: &Told, of: u64) {
        for seat in &mut self.seats {
            if matches!(seat.stage, Stage::Reading { check, .. } if check == of) {
                seat.stage = Stage::Told(Box::new(told.clone()));
            }
        }
    }

    /// What to show.
    pub(super) fn shown(&self) -> Vec<(&str, Shown<'_>)> {
        self.seats.iter().map(|one| (one.reader.name.as_str(), one.shown())).collect()
    }
}

impl Seat {
    fn shown(&self) -> Shown<'_> {
        match &self.stage {
            Stage::Empty => Shown::Empty,
            Stage::Reading { exchanges, .. } => Shown::Reading(*exchanges),
            Stage::Told(told) => Shown::Told(told),
            Stage::Away(_) => Shown::Away,
        }
    }

    /// The reader is gone, or the service is. What it held may still be there when
    /// it comes back.
    fn leave(&mut self) {
        let before = std::mem::replace(&mut self.stage, Stage::Empty);
        self.stage = Stage::Away(match before {
            Stage::Told(told) => Some(told),
            Stage::Away(told) => told,
            Stage::Empty | Stage::Reading { .. } => None,
        });
    }

    /// Whether the reader holds a card that was not told yet; where it does not,
    /// the stage is brought up to date.
    fn is_new(&mut self, now: &ReaderState) -> bool {
        if !now.status.holds_card() {
            self.stage = Stage::Empty;
            return false;
        }
        let swapped = now.changes != self.reader.changes;
        // Somebody else held it; now it may be free.
        let freed = now.status != self.reader.status && now.status != ReaderStatus::Exclusive;
        match std::mem::replace(&mut self.stage, Stage::Empty) {
            Stage::Away(Some(told)) if now.atr.is_some() && now.atr == self.reader.atr => {
                self.stage = Stage::Told(told);
                false
            }
            Stage::Told(told) if !swapped && (!freed || told.exit != Exit::Busy) => {
                self.stage = Stage::Told(told);
                false
            }
            reading @ Stage::Reading { .. } if !swapped => {
                self.stage = reading;
                false
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::trouble;

    fn reader(name: &str, status: ReaderStatus, changes: u32) -> ReaderState {
        let atr = status.holds_card().then(|| vec![0x3B, 0x00]);
        let name = name.to_owned();
        ReaderState { name, status, atr, interface: None, driver: None, changes }
    }

    fn told(exit: Exit) -> Told {
        Told::failed(exit, trouble(exit), "A", "2026-11-24T10:00:00+08:00")
    }

    fn checks(seats: &mut Seats, now: &[ReaderState]) -> Vec<u64> {
        seats.readers(now, Instant::now()).into_iter().map(|arrival| arrival.check).collect()
    }

    #[test]
    fn a_card_is_told_once() {
        use ReaderStatus::{Empty, InUse, Present};
        let mut seats = Seats::default();
        assert_eq!(checks(&mut seats, &[reader("A", Empty, 0), reader("B", Present, 1)]), [1]);
        assert_eq!(checks(&mut seats, &[reader("A", Present, 1), reader("B", InUse, 1)]), [2]);
        seats.told(&told(Exit::Healthy), 1);
        assert_eq!(
            checks(&mut seats, &[reader("A", InUse, 1), reader("B", Present, 1)]),
            [0_u64; 0]
        );
        assert!(matches!(seats.shown()[..], [(_, Shown::Reading(0)), (_, Shown::Told(_))]));
        assert_eq!(checks(&mut seats, &[reader("A", InUse, 1), reader("B", Empty, 2)]), [0_u64; 0]);
        assert_eq!(checks(&mut seats, &[reader("A", InUse, 1), reader("B", Present, 3)]), [3]);
    }

    #[test]
    fn a_card_that_was_swapped_between_two_looks_is_new() {
        let mut seats = Seats::default();
        let now = |changes| [reader("A", ReaderStatus::Present, changes)];
        assert_eq!(checks(&mut seats, &now(1)), [1]);
        assert_eq!(checks(&mut seats, &now(3)), [2]);
        seats.told(&told(Exit::Healthy), 1);
        assert!(matches!(seats.shown()[..], [(_, Shown::Reading(_))]));
        seats.told(&told(Exit::Healthy), 2);
        assert_eq!(checks(&mut seats, &now(5)), [3]);
    }

    #[test]
    fn a_card_that_outlived_the_service_is_not_told_again() {
        let mut seats = Seats::default();
        checks(&mut seats, &[reader("A", ReaderStatus::Present, 1)]);
        seats.told(&told(Exit::Healthy), 1);
        seats.lost();
        assert!(matches!(seats.shown()[..], [(_, Shown::Away)]));
        assert_eq!(checks(&mut seats, &[reader("A", ReaderStatus::Present, 0)]), [0_u64; 0]);
        assert!(matches!(seats.shown()[..], [(_, Shown::Told(_))]));
        checks(&mut seats, &[]);
        let other =
            ReaderState { atr: Some(vec![0x3B, 1]), ..reader("A", ReaderStatus::Present, 0) };
        assert_eq!(checks(&mut seats, &[other]), [2]);
    }

    #[test]
    fn a_card_that_was_there_before_a_silence_is_read_again() {
        let mut seats = Seats::default();
        let now = [reader("A", ReaderStatus::Present, 1)];
        assert_eq!(checks(&mut seats, &now), [1]);
        seats.forget();
        seats.told(&told(Exit::Healthy), 1);
        assert!(matches!(seats.shown()[..], [(_, Shown::Away)]));
        assert_eq!(checks(&mut seats, &now), [2]);
    }

    #[test]
    fn a_reader_that_stays_away_loses_its_place() {
        use ReaderStatus::{Empty, Unavailable};
        let (mut seats, begun) = (Seats::default(), Instant::now());
        let after = |seconds| begun + Duration::from_secs(seconds);
        seats.readers(&[reader("A", Empty, 0), reader("B", Empty, 0)], begun);
        assert_eq!(seats.settle(begun), None);
        seats.readers(&[reader("A", Unavailable, 0), reader("C", Empty, 0)], after(1));
        seats.readers(&[reader("B", Empty, 0), reader("C", Empty, 0)], after(4));
        assert_eq!(seats.settle(after(4)), Some(Duration::from_secs(7)));
        assert_eq!(seats.shown().len(), 3);
        assert_eq!(seats.settle(after(11)), None);
        assert!(matches!(seats.shown()[..], [("B", Shown::Empty), ("C", Shown::Empty)]));
        // A service that is away knows no reader, and takes none away.
        seats.readers(&[], after(20));
        seats.lost();
        assert_eq!(seats.settle(after(60)), None);
        seats.readers(&[reader("B", Empty, 0)], after(60));
        assert_eq!(seats.settle(after(60)), Some(PATIENCE));
        seats.settle(after(70));
        assert!(matches!(seats.shown()[..], [("B", Shown::Empty)]));
    }

    #[test]
    fn a_card_that_others_let_go_is_read_after_all() {
        let mut seats = Seats::default();
        checks(&mut seats, &[reader("A", ReaderStatus::Exclusive, 1)]);
        seats.told(&told(Exit::Busy), 1);
        assert_eq!(checks(&mut seats, &[reader("A", ReaderStatus::Exclusive, 1)]), [0_u64; 0]);
        assert_eq!(checks(&mut seats, &[reader("A", ReaderStatus::Present, 1)]), [2]);
    }
}
