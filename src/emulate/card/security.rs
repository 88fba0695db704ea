//! What asks for a secret, or changes the card. The card holds no secret, so all
//! of it fails, and fails as on a real card: counters go down.

use super::{Outcome, Reply, VirtualCard, sw};
use crate::apdu::{Command, StatusWord};
use crate::emulate::model::Pin;
use crate::session::Protocol;

/// Keys for EXTERNAL AUTHENTICATION: terminals speak of 2, 1 and 0 tries left.
const KEY_TRIES: u8 = 3;

impl VirtualCard {
    pub(super) fn execute_security(&mut self, command: &Command<'_>) -> Outcome {
        match (command.cla, command.ins) {
            (0x00, 0x84) => self.get_challenge(command),
            (0x00, 0x20) => self.verify(command),
            (0x00, 0x82) => self.external_authentication(command),
            (0x00, 0x88) => internal_authentication(command),
            (0x80, 0x5E) => match command.data.len() {
                3..=17 => self.wrong_pin(),
                _ => Err(sw::WRONG_LENGTH),
            },
            // GET PROCESSING OPTIONS: no transaction is simulated.
            (0x80, 0xA8) => Err(sw::CONDITIONS),
            // UPDATE and APPEND; the account of the card: keys are needed.
            (0x00 | 0x04, 0xD6 | 0xDC | 0xE2) | (0xB0, 0x26 | 0x56) => Err(sw::SECURITY_STATUS),
            // Blocks and unblocks carry a MAC.
            (0x84, 0x16 | 0x1E | 0x24) => Err(sw::WRONG_MAC),
            (0x00 | 0x04 | 0x80 | 0x84 | 0xB0, _) => Err(sw::UNKNOWN_INS),
            _ => Err(sw::UNKNOWN_CLA),
        }
    }

    /// 4, 8 or 16 bytes (P5 6.5). A linear congruential generator: numbers that
    /// differ each time are all that a card without keys needs, and a test wants
    /// the same ones tomorrow.
    fn get_challenge(&mut self, command: &Command<'_>) -> Outcome {
        if (command.p1, command.p2) != (0, 0) {
            return Err(sw::WRONG_PARAMETERS);
        }
        let (true, Some(le @ (4 | 8 | 16))) = (command.data.is_empty(), command.le) else {
            return Err(sw::WRONG_LENGTH);
        };
        self.challenged = true;
        let byte = |_| {
            let product = self.random.wrapping_mul(6_364_136_223_846_793_005);
            self.random = product.wrapping_add(1_442_695_040_888_963_407);
            self.random.to_be_bytes()[0]
        };
        Ok(Reply::from((0..le).map(byte).collect::<Vec<u8>>()))
    }

    /// Without data: how many tries are left, nothing moves (P5 6.14.5).
    fn verify(&mut self, command: &Command<'_>) -> Outcome {
        if (command.p1, command.p2) != (0, 0) {
            return Err(sw::DATA_NOT_FOUND);
        }
        match (command.data.len(), command.le, self.model.protocol) {
            (0, None, _) | (0, Some(256), Protocol::T0) => match self.pin()? {
                Pin::NotSet => Ok(Reply::from(Vec::new())),
                Pin::Tries(0) => Err(sw::LOCKED),
                Pin::Tries(left) => Err(tries_left(*left)),
            },
            (2..=8, ..) => self.wrong_pin(),
            _ => Err(sw::WRONG_LENGTH),
        }
    }

    fn wrong_pin(&mut self) -> Outcome {
        match self.pin()? {
            Pin::NotSet => Err(sw::CONDITIONS),
            Pin::Tries(left) => {
                *left = left.checked_sub(1).ok_or(sw::LOCKED)?;
                Err(tries_left(*left))
            }
        }
    }

    fn pin(&mut self) -> Result<&mut Pin, StatusWord> {
        let pin = self.current_df().pin;
        pin.and_then(|pin| self.model.pins.get_mut(pin)).ok_or(sw::DATA_NOT_FOUND)
    }

    /// 8 bytes of cryptogram, 8 of data, perhaps the key version (P5 6.4).
    fn external_authentication(&mut self, command: &Command<'_>) -> Outcome {
        if command.p1 != 0 {
            return Err(sw::WRONG_PARAMETERS);
        }
        if !matches!(command.data.len(), 16 | 17) {
            return Err(sw::WRONG_LENGTH);
        }
        if !std::mem::take(&mut self.challenged) {
            return Err(sw::NO_CHALLENGE);
        }
        let left = self.key_tries.entry((self.df, command.p2)).or_insert(KEY_TRIES);
        *left = left.checked_sub(1).ok_or(sw::LOCKED)?;
        Err(tries_left(*left))
    }
}

/// The card has no key to answer with.
fn internal_authentication(command: &Command<'_>) -> Outcome {
    match command.data.len() {
        16 | 17 => Err(sw::DATA_NOT_FOUND),
        _ => Err(sw::WRONG_LENGTH),
    }
}

/// `63Cx`.
fn tries_left(tries: u8) -> StatusWord {
    StatusWord(0x63C0 | u16::from(tries & 0x0F))
}
