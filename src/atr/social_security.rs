//! The historical bytes as the social security card uses them.

use super::Atr;

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
}
