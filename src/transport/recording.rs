//! Keeps what crossed the wire, in order, with the time each exchange took.

use std::time::{Duration, Instant};

use super::{Card, Guarded, Transmit, TransportError};
use crate::session::{Event, Exchange, Interface, Protocol, Reset, Step};

/// Takes each step as it happens, so that a crash loses nothing.
pub type Sink = Box<dyn FnMut(&Step)>;

/// Keeps every exchange, reset and failure of the card below.
pub struct Recording<C> {
    inner: C,
    steps: Vec<Step>,
    sink: Option<Sink>,
}

impl<C> Recording<C> {
    /// Records a card from now on.
    pub fn new(inner: C) -> Self {
        Self { inner, steps: Vec::new(), sink: None }
    }

    /// What happened so far.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Hands every further step to `sink` as soon as it is over.
    pub fn set_sink(&mut self, sink: impl FnMut(&Step) + 'static) {
        self.sink = Some(Box::new(sink));
    }

    /// The card below and what happened.
    pub fn into_parts(self) -> (C, Vec<Step>) {
        (self.inner, self.steps)
    }

    fn keep(&mut self, step: Step) {
        if let Some(sink) = &mut self.sink {
            sink(&step);
        }
        self.steps.push(step);
    }
}

/// Milliseconds to three places: what lies behind is noise of the clock and of
/// binary fractions, and would stand in the recording.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

impl<C: Transmit> Transmit for Recording<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let sent = Instant::now();
        let result = self.inner.transmit(command);
        // What was refused below never crossed the wire.
        if let Err(TransportError::Refused(_)) = result {
            return result;
        }
        self.keep(Step::Exchange(Exchange {
            command: command.to_vec(),
            response: result.as_ref().ok().cloned(),
            elapsed_ms: Some(milliseconds(sent.elapsed())),
        }));
        if let Err(error) = &result {
            self.keep(Step::Event(error.event()));
        }
        result
    }
}

impl<C: Card> Card for Recording<C> {
    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }

    fn interface(&self) -> Interface {
        self.inner.interface()
    }

    fn protocol(&self) -> Protocol {
        self.inner.protocol()
    }

    fn reset(&mut self, kind: Reset) -> Result<(), TransportError> {
        let result = self.inner.reset(kind);
        self.keep(Step::Event(Event::Reset(kind)));
        if let Err(error) = &result {
            self.keep(Step::Event(error.event()));
        }
        result
    }
}

impl<C> Guarded<C> {
    /// What crossed the wire so far.
    pub fn steps(&self) -> &[Step] {
        self.inner().inner().steps()
    }

    /// How many commands were refused so far; none of them crossed the wire.
    pub fn refused(&self) -> u32 {
        self.inner().refused()
    }

    /// Hands every further step to `sink` as soon as it is over.
    pub fn set_sink(&mut self, sink: impl FnMut(&Step) + 'static) {
        self.inner_mut().inner_mut().set_sink(sink);
    }

    /// The bare card and what crossed the wire.
    pub fn into_parts(self) -> (C, Vec<Step>) {
        self.into_inner().into_inner().into_parts()
    }
}
