//! What the interface bytes mean (ISO/IEC 7816-3:2006, 8.3, 10.2, 11.4).

use super::interface::{Interface, InterfaceByte, Letter};
use super::{Atr, AtrFinding};

/// Fi 372 with at most 5 MHz, Di 1.
pub(super) const DEFAULT_TA1: u8 = 0x11;
pub(super) const DEFAULT_WI: u8 = 10;
const DEFAULT_IFSC: u8 = 32;
/// BWI 4, CWI 13.
const DEFAULT_WAITING: u8 = 0x4D;

/// TA2: the card speaks in one way only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecificMode {
    /// The protocol, T.
    pub protocol: u8,
    /// Whether a warm reset can bring the card to negotiable mode (bit 8 is 0).
    pub can_change: bool,
    /// Whether F and D are implied, and not those of TA1 (bit 5 is 1).
    pub implicit: bool,
}

impl SpecificMode {
    pub(super) fn from_ta2(value: u8) -> Self {
        let (can_change, implicit) = (value & 0x80 == 0, value & 0x10 != 0);
        Self { protocol: value & 0x0F, can_change, implicit }
    }
}

/// How errors in blocks are found (T=1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorDetection {
    /// Longitudinal redundancy code, one byte.
    Lrc,
    /// Cyclic redundancy code, two bytes.
    Crc,
}

/// Parameters of T=1 (11.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockParameters {
    /// IFSC: the most bytes of information that the card takes in a block.
    pub ifsc: u8,
    /// BWI: the card starts a block within 11 etu + 2^BWI × 960 × 372/f.
    pub bwi: u8,
    /// CWI: characters of a block follow within 11 + 2^CWI etu.
    pub cwi: u8,
    /// EDC.
    pub edc: ErrorDetection,
}

impl BlockParameters {
    pub(super) fn of(interface: &Interface) -> Option<Self> {
        if !interface.protocols().contains(&1) {
            return None;
        }
        let value = |letter, default| interface.first(1, letter).unwrap_or(default);
        let waiting = value(Letter::B, DEFAULT_WAITING);
        let crc = value(Letter::C, 0) & 1 == 1;
        Some(Self {
            ifsc: value(Letter::A, DEFAULT_IFSC),
            bwi: waiting >> 4,
            cwi: waiting & 0x0F,
            edc: if crc { ErrorDetection::Crc } else { ErrorDetection::Lrc },
        })
    }
}

/// Whether the clock may be stopped between commands, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStop {
    /// It may not.
    NotSupported,
    /// At low.
    Low,
    /// At high.
    High,
    /// At either.
    Any,
}

/// The first TA for T=15 (8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockAndClass {
    /// Bits 8 and 7.
    pub clock_stop: ClockStop,
    /// Bits 6 to 1, a set of classes of supply voltage: 1 = A (5 V), 2 = B (3 V),
    /// 4 = C (1.8 V).
    pub classes: u8,
}

impl ClockAndClass {
    pub(super) fn from_ta(value: u8) -> Self {
        let clock_stop = match value >> 6 {
            0 => ClockStop::NotSupported,
            1 => ClockStop::Low,
            2 => ClockStop::High,
            _ => ClockStop::Any,
        };
        Self { clock_stop, classes: value & 0x3F }
    }
}

impl Atr {
    /// The least time between the leading edges of two characters sent to the
    /// card, in etu, under the protocol offered first: 12 + N; where N is 255, 12,
    /// or 11 under T=1.
    ///
    /// Source: ISO/IEC 7816-3:2006, 8.3 (TC1), 10.2, 11.2.
    #[must_use]
    pub fn guard_time_etu(&self) -> u16 {
        match (self.guard_time, self.protocols.first()) {
            (255, Some(1)) => 11,
            (255, _) => 12,
            (extra, _) => u16::from(extra).saturating_add(12),
        }
    }

    /// The longest time that the card may let pass between two characters under
    /// T=0, in etu at the speed that TA1 offers: 960 × Di × WI. `None` where Di is
    /// reserved.
    ///
    /// Source: ISO/IEC 7816-3:2006, 10.2.
    #[must_use]
    pub fn work_waiting_time_etu(&self) -> Option<u32> {
        let product = u32::from(self.di?).saturating_mul(u32::from(self.waiting_integer));
        Some(product.saturating_mul(960))
    }
}

/// Fi and the highest frequency in kHz of a TA1 (8.3, table 7).
pub(super) fn clock_rate_conversion(ta1: u8) -> Option<(u16, u16)> {
    Some(match ta1 >> 4 {
        0x0 => (372, 4_000),
        0x1 => (372, 5_000),
        0x2 => (558, 6_000),
        0x3 => (744, 8_000),
        0x4 => (1_116, 12_000),
        0x5 => (1_488, 16_000),
        0x6 => (1_860, 20_000),
        0x9 => (512, 5_000),
        0xA => (768, 7_500),
        0xB => (1_024, 10_000),
        0xC => (1_536, 15_000),
        0xD => (2_048, 20_000),
        _ => return None,
    })
}

/// Di of a TA1 (8.3, table 8).
pub(super) fn baud_rate_adjustment(ta1: u8) -> Option<u8> {
    Some(match ta1 & 0x0F {
        1 => 1,
        2 => 2,
        3 => 4,
        4 => 8,
        5 => 16,
        6 => 32,
        7 => 64,
        8 => 12,
        9 => 20,
        _ => return None,
    })
}

/// The bytes whose value the standard keeps for later.
pub(super) fn reserved(bytes: &[InterfaceByte]) -> Vec<AtrFinding> {
    let mut findings = Vec::new();
    for byte in bytes {
        let value = byte.value;
        let bad = match (byte.index, byte.letter, byte.protocol) {
            (1, Letter::A, _) => {
                if clock_rate_conversion(value).is_none() {
                    findings.push(AtrFinding::ReservedFi(value >> 4));
                }
                if baud_rate_adjustment(value).is_none() {
                    findings.push(AtrFinding::ReservedDi(value & 0x0F));
                }
                false
            }
            // T=15 is no protocol to start with.
            (1, Letter::D, _) => value & 0x0F == 15,
            (2, Letter::A, _) => value & 0x60 != 0,
            (2, Letter::C, _) => value == 0,
            (3.., Letter::A, Some(1)) => matches!(value, 0x00 | 0xFF),
            (3.., Letter::B, Some(1)) => value >> 4 > 9,
            (3.., Letter::C, Some(1)) => value & 0xFE != 0,
            (3.., Letter::A, Some(15)) => !matches!(value & 0x3F, 1..=4 | 6 | 7),
            _ => false,
        };
        if bad {
            findings.push(AtrFinding::Reserved(*byte));
        }
    }
    findings
}
