//! The applications beside SSSE, each from a fresh reset: on some cards a
//! payment directory, once selected, hides what it does not list ([TU-R]). So
//! transport comes first, then the directories, payment, and the card manager.
//! Never GET PROCESSING OPTIONS: it moves the transaction counter.

mod emv;
mod purse;

use super::ask::{Way, get_data, go_home, select_application};
use super::{Depth, Step};
use crate::observe::{Facts, Place};
use crate::profile::{self, Application, ApplicationKind};

/// Hidden names first, what changes most last.
const ORDER: [ApplicationKind; 4] = [
    ApplicationKind::Transport,
    ApplicationKind::Directory,
    ApplicationKind::Payment,
    ApplicationKind::CardManager,
];

/// The next step for any of them.
pub(super) fn tour(facts: &Facts, depth: Depth) -> Option<Step> {
    let region = facts.region();
    ORDER
        .into_iter()
        .flat_map(profile::applications_of)
        .filter(|row| row.holds_in(region.as_deref()))
        .find_map(|row| visit(facts, row, depth))
}

/// SELECT from a fresh reset, and if it opens, its own questions.
fn visit(facts: &Facts, row: &'static Application, depth: Depth) -> Option<Step> {
    let Some(selection) = facts.selection(row) else {
        let fresh = facts.place == Place::MasterFile;
        return if fresh {
            select_application(facts, row).map(Step::Send)
        } else {
            Some(Step::Reset)
        };
    };
    if !selection.is_ok() {
        return None;
    }
    let command = match (row.kind, row.id) {
        (ApplicationKind::Payment, _) | (_, "transport-ecash") => {
            emv::application(facts, row, depth)
        }
        (ApplicationKind::Transport, _) => purse::purse(facts, row),
        (ApplicationKind::Directory, _) => emv::directory(facts, row),
        (ApplicationKind::CardManager, _) => life_cycle_data(facts, row),
        _ => None,
    }?;
    match go_home(facts, &Place::Application(row)) {
        Way::Here => Some(Step::Send(command)),
        Way::Send(first) => Some(Step::Send(first)),
        Way::Lost => None,
    }
}

/// Card production life cycle data: tag, length and 42 bytes (GP 2.3.1, H.6).
fn life_cycle_data(facts: &Facts, row: &'static Application) -> Option<Vec<u8>> {
    let asked = facts.answers(row, 0xCA, 0x9F7F).next().is_some();
    (!asked).then(|| get_data(0x9F7F, 0x2D))
}
