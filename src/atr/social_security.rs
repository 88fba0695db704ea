//! The historical bytes as the social security card uses them.

use super::{Atr, Convention};

/// The 13 historical bytes T1 to TD of a social security card. Bytes of any card
/// with 13 of them fit, so this is a reading, not a proof.
#[derive(Clone, PartialEq, Eq)]
pub struct SocialSecurityLayout {
    /// T1-T2: registration number of the chip's maker.
    pub chip_maker: [u8; 2],
    /// T3-T5: chosen by the maker of the chip or of its operating system (COS).
    pub cos: [u8; 3],
    /// T6-T7: registration number of the card's maker.
    pub card_maker: [u8; 2],
    /// T8-T9: the first four digits of the issuing region.
    pub region: [u8; 2],
    /// TA-TD: serial number, unique in the region and therefore personal.
    pub serial: [u8; 4],
}

impl std::fmt::Debug for SocialSecurityLayout {
    /// All but the serial number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SocialSecurityLayout")
            .field("chip_maker", &self.chip_maker)
            .field("cos", &self.cos)
            .field("card_maker", &self.card_maker)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl Atr {
    /// The historical bytes as those of a social security card; `None` unless
    /// there are exactly 13.
    ///
    /// Source: 社会保障卡规范, part 2, 8.4, table 16.
    #[must_use]
    pub fn social_security(&self) -> Option<SocialSecurityLayout> {
        let [t1, t2, t3, t4, t5, t6, t7, t8, t9, serial @ ..] = self.historical.as_slice() else {
            return None;
        };
        Some(SocialSecurityLayout {
            chip_maker: [*t1, *t2],
            cos: [*t3, *t4, *t5],
            card_maker: [*t6, *t7],
            region: [*t8, *t9],
            serial: serial.try_into().ok()?,
        })
    }

    /// Which bytes are nobody's own. The last four of 13 historical bytes are a
    /// serial number, also where the answer was cut short; what follows the end has
    /// no class.
    #[must_use]
    pub fn open_bytes(&self) -> Vec<bool> {
        let length = self.bytes.len();
        // What does not begin as an answer to reset may be anything else of a card.
        if self.convention == Convention::Unknown {
            return (0..length).map(|at| at == 0).collect();
        }
        let behind = length.saturating_sub(self.trailing.len());
        let end = behind.saturating_sub(usize::from(self.tck.present.is_some()));
        let start = end.saturating_sub(self.historical.len());
        let announced = self.bytes.get(1).map_or(0, |t0| t0 & 0x0F);
        let serial = match announced {
            13 => start.saturating_add(9).min(end.saturating_sub(4)),
            _ => end,
        };
        (0..length).map(|at| at < serial || (end..behind).contains(&at)).collect()
    }
}
