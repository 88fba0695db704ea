//! What a transport purse shows without keys (JT/T 978, CJ/T 166: observed
//! practice): its public data, its region, a purchase that is not finished, its
//! log, its balance.

use super::{Facts, Other, Place, Reading};
use crate::codec::date::{self, CardDate};
use crate::profile::Application;

/// The public data of a purse, at least 28 bytes (EF 0015).
#[derive(Clone, Copy)]
pub struct Public<'a> {
    bytes: &'a [u8],
    /// The exchanges that show it.
    pub exchanges: &'a [u32],
}

impl<'a> Public<'a> {
    /// All bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Kind of application; at City Union whether it works in other cities.
    #[must_use]
    pub fn kind(&self) -> Option<u8> {
        self.bytes.get(8).copied()
    }

    /// Number of the purse, packed digits behind one nibble.
    #[must_use]
    pub fn number(&self) -> Option<&'a [u8]> {
        self.bytes.get(10..20)
    }

    /// The first day of validity.
    #[must_use]
    pub fn start(&self) -> Option<CardDate> {
        date::decode(self.bytes.get(20..24)?).ok()
    }

    /// The last day of validity.
    #[must_use]
    pub fn end(&self) -> Option<CardDate> {
        date::decode(self.bytes.get(24..28)?).ok()
    }
}

impl Facts {
    /// The public data of a purse; `None` where none came.
    #[must_use]
    pub fn purse(&self, application: &'static Application) -> Option<Public<'_>> {
        let reading = self.purse_file(application, 0x15)?;
        Some(Public { bytes: &reading.data, exchanges: &reading.exchanges })
    }

    /// The first answer of a purse's file by its short identifier; `None` where
    /// none came.
    #[must_use]
    pub fn purse_file(&self, application: &'static Application, sfi: u16) -> Option<&Reading> {
        let place = Place::Application(application);
        let is_file = |fid: u16| fid == 0xEF00 | sfi || fid == sfi;
        let here = |r: &&Reading| r.place == place && r.fid.is_some_and(is_file);
        self.readings.iter().filter(here).find(|reading| reading.is_ok())
    }

    /// A balance in fen, with the sign bit taken off; P1-P2 of GET BALANCE say
    /// which.
    #[must_use]
    pub fn balance(
        &self,
        application: &'static Application,
        parameters: u16,
    ) -> Option<(u32, &Other)> {
        let mut answers = self.answers(application, 0x5C, parameters);
        let answer = answers.find(|answer| answer.is_ok())?;
        let bytes: [u8; 4] = answer.data.as_slice().try_into().ok()?;
        Some((u32::from_be_bytes(bytes) & 0x7FFF_FFFF, answer))
    }
}
