//! How long the bytes of an exchange take on the wire, by the formulas of the
//! standards: a lower bound, for the card's own time, the reader and the host come
//! on top. The speed is the one that the ATR offers (TA1), without one 372/1; over
//! the antenna 106 kbit/s, since PC/SC does not tell.

use crate::atr::Atr;
use crate::session::{Interface, Protocol};

/// The clock that contact readers give, in kHz (ISO/IEC 7816-3, 8.3: default F
/// 372 makes 9600 bit/s of it).
const CLOCK_KHZ: f64 = 3571.2;
/// ISO/IEC 14443-3 type A: the carrier in kHz, cycles of one bit at 106 kbit/s,
/// cycles between two frames.
const CARRIER_KHZ: f64 = 13560.0;
const CYCLES_OF_A_BIT: f64 = 128.0;
const CYCLES_BETWEEN_FRAMES: f64 = 1172.0;
/// The block that most cards take: IFSC 32 where the ATR says nothing.
const DEFAULT_BLOCK: f64 = 32.0;
/// The block that readers take.
const LARGEST_BLOCK: f64 = 254.0;

/// The line between reader and card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wire {
    kind: Kind,
    /// One elementary time unit, in milliseconds.
    etu_ms: f64,
    /// Units of one character.
    character: f64,
    /// The most bytes of a block (T=1).
    block: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    T0,
    T1,
    Contactless,
}

impl Wire {
    /// The line that the answer to reset describes; T=0 where nothing tells the
    /// protocol.
    #[must_use]
    pub fn new(
        atr: Option<&Atr>,
        interface: Option<Interface>,
        protocol: Option<Protocol>,
    ) -> Self {
        let antenna = atr.is_some_and(|atr| atr.contactless);
        if antenna || interface == Some(Interface::Contactless) {
            let etu_ms = CYCLES_OF_A_BIT / CARRIER_KHZ;
            return Self { kind: Kind::Contactless, etu_ms, character: 9.0, block: LARGEST_BLOCK };
        }
        let f = atr.and_then(|atr| atr.fi).filter(|fi| *fi > 0).unwrap_or(372);
        let d = atr.and_then(|atr| atr.di).filter(|di| *di > 0).unwrap_or(1);
        let etu_ms = f64::from(f) / (f64::from(d) * CLOCK_KHZ);
        let guard = atr.map_or(0, |atr| atr.guard_time);
        let ifsc = atr.and_then(|atr| atr.block.as_ref()).map(|block| f64::from(block.ifsc));
        let block = ifsc.filter(|ifsc| *ifsc > 0.0).unwrap_or(DEFAULT_BLOCK);
        match (protocol, guard) {
            (Some(Protocol::T1), 255) => Self { kind: Kind::T1, etu_ms, character: 11.0, block },
            (Some(Protocol::T1), n) => {
                Self { kind: Kind::T1, etu_ms, character: 12.0 + f64::from(n), block }
            }
            (_, 255) => Self { kind: Kind::T0, etu_ms, character: 12.0, block },
            (_, n) => Self { kind: Kind::T0, etu_ms, character: 12.0 + f64::from(n), block },
        }
    }

    /// Time of a command and its answer, in milliseconds. Both as they stand in a
    /// recording: a `61xx` or `6Cxx` is an exchange of its own.
    #[must_use]
    pub fn exchange_ms(&self, command: usize, answer: usize) -> f64 {
        let (command, answer) = (count(command), count(answer));
        match self.kind {
            // Header, procedure byte where data goes either way, data, status word.
            Kind::T0 => {
                let data = (command - 5.0).max(0.0) + (answer - 2.0).max(0.0);
                let procedure = if data > 0.0 { 1.0 } else { 0.0 };
                (5.0 + procedure + data + 2.0) * self.character * self.etu_ms
            }
            // NAD, PCB, LEN and LRC around each block; a chained block is answered
            // by one of four bytes; 22 units before each turn.
            Kind::T1 => {
                let more = |bytes: f64, block: f64| (bytes / block).ceil().max(1.0) - 1.0;
                let chained = more(command, self.block) + more(answer, LARGEST_BLOCK);
                let bytes = command + answer + 8.0 + chained * 8.0;
                (bytes * self.character + (2.0 + chained * 2.0) * 22.0) * self.etu_ms
            }
            // PCB and CRC around each of the two frames.
            Kind::Contactless => {
                let bits = (command + answer + 6.0) * self.character + 4.0;
                bits * self.etu_ms + 2.0 * CYCLES_BETWEEN_FRAMES / CARRIER_KHZ
            }
        }
    }
}

/// A count as a factor; exact up to 2^32.
fn count(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A SELECT of 20 bytes and eleven READ RECORD of 5: 75 bytes out, 321 in.
    fn twelve(wire: Wire) -> f64 {
        let select = wire.exchange_ms(20, 31);
        let reads: f64 = (0..11).map(|at| wire.exchange_ms(5, if at == 0 { 30 } else { 26 })).sum();
        select + reads
    }

    fn at(fi: u16, di: u8, protocol: Protocol, guard: u8) -> Wire {
        let mut atr = crate::atr::decode(&[0x3B, 0x00]);
        (atr.fi, atr.di, atr.guard_time) = (Some(fi), Some(di), guard);
        let mut wire = Wire::new(Some(&atr), Some(Interface::Contact), Some(protocol));
        wire.block = LARGEST_BLOCK;
        wire
    }

    #[test]
    fn agrees_with_the_formulas_worked_by_hand() {
        // 408 characters of 12 units of 372/3571200 s; 492 of 11 and 24 turns of 22.
        let cases = [
            (at(372, 1, Protocol::T0, 0), 510.0),
            (at(372, 8, Protocol::T0, 0), 64.0),
            (at(512, 32, Protocol::T0, 0), 21.9),
            (at(372, 1, Protocol::T1, 255), 619.0),
            (at(512, 32, Protocol::T1, 255), 26.6),
            (Wire::new(None, Some(Interface::Contactless), Some(Protocol::T1)), 42.3),
        ];
        for (wire, expected) in cases {
            let ms = twelve(wire);
            assert!((ms - expected).abs() < expected / 100.0, "{wire:?}: {ms}, not {expected}");
        }
    }

    #[test]
    fn a_refusal_has_no_procedure_byte() {
        let wire = at(372, 1, Protocol::T0, 0);
        assert!((wire.exchange_ms(5, 2) - 7.0 * 1.25).abs() < 0.01);
    }
}
