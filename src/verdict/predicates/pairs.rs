//! Looks at both sides of one chip. They fire only where both were recorded.

use super::{Context, Seen};
use crate::observe::{Facts, ItemState, Place};
use crate::profile::{self, Application, ApplicationKind, Version};
use crate::verdict::{PairLook, Rule};

pub(super) fn look(
    context: &Context<'_>,
    rule: &Rule,
    application: &'static Application,
    wanted: PairLook,
) -> Option<Seen> {
    let (one, two) = (context.facts, context.other?);
    match wanted {
        PairLook::ItemDiffers => item_differs(context, rule, two),
        PairLook::ObjectDiffers => object_differs(rule, application, one, two),
        PairLook::OneSideOnly => one_side_only(application, one, two),
        PairLook::NoneOfKind => none_of_kind(application.kind, one, two),
    }
}

/// An item of EF05 that reads otherwise on the other side; names its tag.
fn item_differs(context: &Context<'_>, rule: &Rule, two: &Facts) -> Option<Seen> {
    let one = context.facts;
    let (here, there) = (one.home()?, two.home()?);
    let version = context.version().unwrap_or(Version::V2);
    profile::items(rule.application, rule.file, version).find_map(|item| {
        let (left, right) = (one.item(&here, item), two.item(&there, item));
        let (ItemState::Present(a), ItemState::Present(b)) = (left.state, right.state) else {
            return None;
        };
        let tag = item.tag.unwrap_or_default();
        let exchanges = [&left.exchanges[..], &right.exchanges].concat();
        (a.value != b.value).then(|| Seen::value(format!("{tag:02X}"), exchanges))?
    })
}

/// A data object with another value on the other side; names its tag.
fn object_differs(
    rule: &Rule,
    application: &'static Application,
    one: &Facts,
    two: &Facts,
) -> Option<Seen> {
    rule.tags.iter().find_map(|tag| {
        let left = one.data_object(application, *tag)?;
        let right = two.data_object(application, *tag)?;
        let exchanges = [left.exchanges, right.exchanges].concat();
        (left.value != right.value).then(|| Seen::value(format!("{tag:02X}"), exchanges))?
    })
}

/// The application opens on one side and is refused on the other.
fn one_side_only(application: &'static Application, one: &Facts, two: &Facts) -> Option<Seen> {
    let opened = |facts: &Facts| facts.opened(application).map(|s| s.exchanges.clone());
    let refused = |facts: &Facts| facts.selection(application).map(|s| s.exchanges.clone());
    let both = match (opened(one), opened(two)) {
        (Some(there), None) => [there, refused(two)?],
        (None, Some(there)) => [refused(one)?, there],
        _ => return None,
    };
    Seen::at(both.concat())
}

/// No application of the kind on either side, though all were asked for.
fn none_of_kind(kind: ApplicationKind, one: &Facts, two: &Facts) -> Option<Seen> {
    let mut exchanges = Vec::new();
    for row in profile::applications_of(kind) {
        for facts in [one, two] {
            let refused = facts.selection(row)?;
            if refused.sw.0 != 0x6A82 || facts.place == Place::Application(row) {
                return None;
            }
            exchanges.extend(&refused.exchanges);
        }
    }
    Seen::at(exchanges)
}
