//! A transport purse: its public data, its balance, whether anybody ever
//! travelled with it. The holder's file (0016) is left alone.

use super::super::ask::{get_balance, read};
use crate::observe::{Facts, How, Place};
use crate::profile::Application;

/// Public application data, 30 bytes (JT/T 978, CJ/T 166: observed practice).
const PUBLIC: (u16, How, u8) = (0x15, How::Binary(0), 0x1E);
/// National purse: country, region, type of card, 11 bytes.
const REGION: (u16, How, u8) = (0x17, How::Binary(0), 0x0B);
/// City Union: the record of a purchase that is not finished.
const COMPOSITE: (u16, How, u8) = (0x17, How::Tag(0x09), 0x00);
/// The newest entry of the log, 23 bytes.
const LOG: (u16, How, u8) = (0x18, How::Record(1), 0x17);

/// Balance of the electronic purse (P2 02).
const BALANCE: u16 = 0x0002;
/// National purse: limit of the overdraft, overdraft used, what can be spent.
const OVERDRAFT: [u16; 3] = [0x0102, 0x0202, 0x0302];

/// The next question to a purse.
pub(super) fn purse(facts: &Facts, row: &'static Application) -> Option<Vec<u8>> {
    let place = Place::Application(row);
    let national = row.id == "transport-purse";
    let second = if national { REGION } else { COMPOSITE };
    for (sfi, how, le) in [PUBLIC, second, LOG] {
        let asked = facts.readings_of(&place, 0xEF00 | sfi).any(|reading| reading.how == how);
        if !asked {
            return Some(read(how, Some(sfi), le));
        }
    }
    let wanted = std::iter::once(BALANCE).chain(OVERDRAFT.into_iter().filter(|_| national));
    let asked = |parameters: &u16| facts.answers(row, 0x5C, *parameters).next().is_some();
    let mut open = wanted.filter(|parameters| !asked(parameters));
    open.next().map(get_balance)
}
