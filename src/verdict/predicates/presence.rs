//! Looks at whether an application is there, and whether the directories know it.

use super::Seen;
use crate::profile::Application;
use crate::verdict::applications::presence;
use crate::verdict::{Context, KindLook, Presence};

pub(super) fn look(
    context: &Context<'_>,
    application: &'static Application,
    wanted: KindLook,
) -> Option<Seen> {
    let facts = context.facts;
    let opened = facts.opened(application);
    let refused = || facts.selections_of(application).find(|s| s.sw.0 == 0x6A82);
    let found = match (wanted, presence(context, application)) {
        (KindLook::Present, _) => opened,
        (KindLook::Absent, Presence::Absent) | (KindLook::Hidden, Presence::Hidden) => refused(),
        (KindLook::Unlisted, Presence::Unlisted) => opened,
        _ => None,
    }?;
    let directory =
        context.listed.iter().filter(|_| matches!(wanted, KindLook::Hidden | KindLook::Unlisted));
    let directory = directory.flat_map(|entry| entry.exchanges.iter().copied());
    Seen::at(found.exchanges.iter().copied().chain(directory).collect())
}
