//! Read-only by construction: what the instruction table does not allow stays here.

use super::{Card, Transmit, TransportError};
use crate::apdu::{Permission, permit};
use crate::session::{Interface, Protocol, Reset};

/// Lets through what the instruction table permits, and nothing else.
pub struct ReadOnly<C> {
    inner: C,
    permission: Permission,
    refused: u32,
}

impl<C> ReadOnly<C> {
    /// Guards a card with what the user permits.
    pub fn new(inner: C, permission: Permission) -> Self {
        Self { inner, permission, refused: 0 }
    }

    /// How many commands were refused so far.
    pub fn refused(&self) -> u32 {
        self.refused
    }

    /// The card below.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    /// The card below, to change its settings.
    pub fn inner_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// The card below, unguarded.
    pub fn into_inner(self) -> C {
        self.inner
    }
}

impl<C: Transmit> Transmit for ReadOnly<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        match permit(command, self.permission) {
            Ok(_) => self.inner.transmit(command),
            Err(refusal) => {
                self.refused = self.refused.saturating_add(1);
                Err(TransportError::Refused(refusal))
            }
        }
    }
}

impl<C: Card> Card for ReadOnly<C> {
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
        self.inner.reset(kind)
    }
}
