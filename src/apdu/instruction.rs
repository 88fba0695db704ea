//! The instruction table: what may leave this program, and when.

use thiserror::Error;

use super::Command;

/// A row of the table: a family of commands that may be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Stable name of the row.
    pub id: &'static str,
    /// The standard's name of the command.
    pub name: &'static str,
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// Allowed values of P1; empty: any.
    pub p1: &'static [u8],
    /// Allowed values of P2; empty: any.
    pub p2: &'static [u8],
    /// Least and most bytes of the data field.
    pub data: (usize, usize),
    /// When it may be sent.
    pub when: Use,
    /// What it does, in Chinese.
    pub zh: &'static str,
    /// What it does, in English.
    pub en: &'static str,
    /// Why it does no harm, in Chinese.
    pub why_zh: &'static str,
    /// Why it does no harm, in English.
    pub why_en: &'static str,
    /// Standard and clause.
    pub source: &'static str,
}

/// When an instruction may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// At any time.
    Always,
    /// Only after `--pin-state`.
    PinState,
}

/// What the user allowed beyond plain reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// Nothing: plain reading.
    #[default]
    Read,
    /// The query of the PIN state as well.
    PinState,
    /// Every command: what leaves may change the card. For a script that says
    /// `@require write`, run with `--allow-write`.
    Write,
}

/// Why a command was not sent.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// Not an APDU at all. A one-byte command would even be taken by a virtual
    /// reader as an order to itself.
    #[error("not a command APDU")]
    Malformed,
    /// No row of the instruction table allows it.
    #[error("{cla:02X}{ins:02X} with these parameters is not in the instruction table")]
    NotListed {
        /// Class byte.
        cla: u8,
        /// Instruction byte.
        ins: u8,
    },
    /// The row needs an option that was not given.
    #[error("asking for the PIN state needs --pin-state")]
    NeedsPinState,
}

include!(concat!(env!("OUT_DIR"), "/instructions.rs"));

/// Every row of the instruction table.
#[must_use]
pub fn instructions() -> &'static [Instruction] {
    INSTRUCTIONS
}

/// The row that lets a command pass.
///
/// # Errors
///
/// Returns the reason where there is none.
pub fn listed(command: &[u8]) -> Result<&'static Instruction, Refusal> {
    let command = Command::parse(command).map_err(|_| Refusal::Malformed)?;
    let row = INSTRUCTIONS.iter().find(|row| row.allows(&command));
    row.ok_or(Refusal::NotListed { cla: command.cla, ins: command.ins })
}

/// Decides whether a command may be sent.
///
/// # Errors
///
/// Returns the reason when it may not.
pub fn permit(command: &[u8], permission: Permission) -> Result<(), Refusal> {
    match (listed(command), permission) {
        (Err(Refusal::NotListed { .. }), Permission::Write) => Ok(()),
        (Err(refusal), _) => Err(refusal),
        (Ok(row), Permission::Read) if row.when == Use::PinState => Err(Refusal::NeedsPinState),
        (Ok(_), _) => Ok(()),
    }
}

impl Instruction {
    fn allows(&self, command: &Command<'_>) -> bool {
        let fits = |allowed: &[u8], value| allowed.is_empty() || allowed.contains(&value);
        // On T=0 an Le stands where Lc would: a card would wait for a PIN of that length.
        let four_bytes_only = self.when == Use::PinState;
        self.cla == command.cla
            && self.ins == command.ins
            && fits(self.p1, command.p1)
            && fits(self.p2, command.p2)
            && (self.data.0..=self.data.1).contains(&command.data.len())
            && command.le.is_none_or(|le| le <= 256 && !four_bytes_only)
    }
}

/// The name of any instruction byte that a recording may hold, for reports;
/// `None` where neither ISO/IEC 7816-4 nor the card standard names it.
#[must_use]
pub fn instruction_name(cla: u8, ins: u8) -> Option<&'static str> {
    let name = match (cla & 0xF0, ins) {
        (0xB0, 0x26) => "GET BALANCE",
        (0xB0, 0x28) => "INITIALIZE FOR LOAD OR PURCHASE",
        (0xB0, 0x2A) => "CREDIT FOR LOAD",
        (0xB0, 0x2C) => "DEBIT FOR PURCHASE",
        (0xB0, 0x2E) => "GET TRANSACTION PROOF",
        (0xB0, 0x56) => "STARTING DAY",
        (_, 0x16) => "CARD BLOCK",
        (_, 0x18) => "APPLICATION UNBLOCK",
        (_, 0x1E) => "APPLICATION BLOCK",
        (_, 0x20) => "VERIFY",
        (_, 0x24) => "CHANGE OR UNBLOCK PIN",
        (_, 0x2C) => "UNBLOCK PIN",
        (_, 0x5C) => "GET BALANCE",
        (_, 0x5E) => "CHANGE PIN",
        (_, 0x70) => "MANAGE CHANNEL",
        (_, 0x82) => "EXTERNAL AUTHENTICATION",
        (_, 0x84) => "GET CHALLENGE",
        (_, 0x88) => "INTERNAL AUTHENTICATION",
        (_, 0xA4) => "SELECT",
        (_, 0xA8) => "GET PROCESSING OPTIONS",
        (_, 0xAE) => "GENERATE AC",
        (_, 0xB0) => "READ BINARY",
        (_, 0xB2) => "READ RECORD",
        (_, 0xC0) => "GET RESPONSE",
        (_, 0xCA) => "GET DATA",
        (_, 0xD6) => "UPDATE BINARY",
        (_, 0xDC) => "UPDATE RECORD",
        (_, 0xE2) => "APPEND RECORD",
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(hex: &str) -> Result<&'static str, Refusal> {
        let command = hex::decode(hex).unwrap();
        permit(&command, Permission::Read)?;
        listed(&command).map(|row| row.id)
    }

    #[test]
    fn lets_reading_through() {
        assert_eq!(may("00A404000F7378312E73682EC9E7BBE1B1A3D5CF"), Ok("select"));
        assert_eq!(may("00B2012D40"), Ok("read-record"));
        assert_eq!(may("0084000008"), Ok("get-challenge"));
        assert_eq!(may("805C000204"), Ok("get-balance"));
    }

    #[test]
    fn refuses_whatever_could_harm() {
        let not_listed = |cla, ins| Err(Refusal::NotListed { cla, ins });
        assert_eq!(may("0020000003123456"), not_listed(0x00, 0x20));
        assert_eq!(may("80A80000028300"), not_listed(0x80, 0xA8));
        assert_eq!(may("0082000A101122334455667788112233445566778800"), not_listed(0, 0x82));
        assert_eq!(may("841E000104AABBCCDD"), not_listed(0x84, 0x1E));
        assert_eq!(may("04"), Err(Refusal::Malformed));
    }

    #[test]
    fn asks_for_the_pin_state_only_when_told() {
        let query = [0x00, 0x20, 0x00, 0x00];
        assert_eq!(permit(&query, Permission::Read), Err(Refusal::NeedsPinState));
        assert!(permit(&query, Permission::PinState).is_ok());
        let with_length = [0x00, 0x20, 0x00, 0x00, 0x06];
        assert!(permit(&with_length, Permission::PinState).is_err());
        let other_reference = [0x00, 0x20, 0x01, 0x81];
        assert!(permit(&other_reference, Permission::PinState).is_err());
    }

    #[test]
    fn no_row_of_the_table_changes_a_card() {
        let harmless = [0xA4, 0xB0, 0xB2, 0xC0, 0xCA, 0x5C, 0x84];
        for row in instructions() {
            let query = row.ins == 0x20 && row.data == (0, 0) && row.when == Use::PinState;
            assert!(harmless.contains(&row.ins) || query, "{}", row.id);
        }
    }
}
