//! Looks at whether an application is there, and whether the directories know it.

use super::Seen;
use crate::profile::Application;
use crate::verdict::applications::{is_listed, is_unlisted};
use crate::verdict::{Context, KindLook};

pub(super) fn look(
    context: &Context<'_>,
    application: &Application,
    wanted: KindLook,
) -> Option<Seen> {
    let facts = context.facts;
    let opened = facts.opened(application.id);
    let refused = || facts.selections_of(application.id).find(|s| s.sw.0 == 0x6A82);
    let listed = is_listed(facts, application);
    let found = match wanted {
        KindLook::Present => opened,
        KindLook::Absent if opened.is_none() && !listed => refused(),
        KindLook::Hidden if opened.is_none() && listed => refused(),
        KindLook::Unlisted if is_unlisted(facts, application) => opened,
        _ => None,
    }?;
    let lists = facts.listed();
    let directory =
        lists.iter().filter(|_| matches!(wanted, KindLook::Hidden | KindLook::Unlisted));
    let directory = directory.flat_map(|entry| entry.exchanges.iter().copied());
    Seen::at(found.exchanges.iter().copied().chain(directory).collect())
}
