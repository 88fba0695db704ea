//! What else a card may be, where SSSE does not answer to its name.

use super::ask::{challenge, read, select, select_directory, select_file, select_once};
use super::plan::{is_psam, knows_ssse};
use crate::observe::{Facts, How, Place, Target};
use crate::profile::{self, ApplicationKind, UNUSED_AID};
use crate::session::Interface;

/// The next question, until the kind of card is told.
pub(super) fn elsewhere(facts: &Facts) -> Option<Vec<u8>> {
    if is_psam(facts) || facts.home().is_some() || knows_ssse(facts) {
        return None;
    }
    let refused = facts.selection("ssse")?.sw.0;
    if refused == 0x6A81 {
        if let Some(command) = negative_control(facts) {
            return Some(command);
        }
        if facts.all_answered(crate::apdu::StatusWord(0x6A81)) {
            return None;
        }
    }
    if facts.nameless().is_none() {
        if let Some(command) = without_name(facts) {
            return Some(command);
        }
    } else {
        return None;
    }
    other_kinds(facts)
}

/// Payment directory, GET CHALLENGE and an AID that no card has: only then is a
/// card called blocked.
fn negative_control(facts: &Facts) -> Option<Vec<u8>> {
    if let Some(command) = select_once(facts, payment_directory(facts)) {
        return Some(command);
    }
    if facts.others_of(0x84).next().is_none() {
        return Some(challenge());
    }
    let control = |target: &Target| matches!(target, Target::Name(name) if name == UNUSED_AID);
    let asked = facts.selections.iter().any(|selection| control(&selection.target));
    (!asked).then(|| select(facts, UNUSED_AID))
}

fn payment_directory(facts: &Facts) -> &'static str {
    match facts.interface {
        Some(Interface::Contactless) => "ppse",
        Some(Interface::Contact) | None => "pse",
    }
}

/// EF05 under the MF, then under the environment by file identifier.
fn without_name(facts: &Facts) -> Option<Vec<u8>> {
    let asked = |target: &Target| facts.selections.iter().any(|s| s.target == *target);
    let steps: [(Target, u16); 2] =
        [(Target::MasterFile, 0x3F00), (Target::Directory(0xDDF1), 0xDDF1)];
    for (target, fid) in steps {
        if !asked(&target) {
            return Some(select_directory(fid));
        }
        let place = if fid == 0x3F00 { Place::MasterFile } else { Place::ssse() };
        if facts.place != place {
            continue;
        }
        if facts.file_selection(&place, 0xEF05).is_none() {
            return Some(select_file(0xEF05));
        }
        let opened = facts.current_file == Some(0xEF05);
        if opened && facts.readings_of(&place, 0xEF05).next().is_none() {
            return Some(read(How::Record(1), None, 0x12));
        }
    }
    None
}

/// A bank card, or a transport card alone: the first that answers decides.
fn other_kinds(facts: &Facts) -> Option<Vec<u8>> {
    if let Some(command) = select_once(facts, payment_directory(facts)) {
        return Some(command);
    }
    for kind in [ApplicationKind::Payment, ApplicationKind::Transport] {
        for application in profile::applications_of(kind) {
            match facts.selection(application) {
                None => return select_once(facts, application.id),
                Some(selection) if selection.is_ok() => return None,
                Some(_) => {}
            }
        }
    }
    None
}
