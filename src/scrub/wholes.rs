//! Items of which only the beginning came, beside the whole in another reading: the
//! sample of the one is the beginning of the other's, or the chip would look unstable.

use super::Work;
use crate::observe::{Fact, ItemState, Reading};
use crate::profile::Item;

impl<'a> Work<'a> {
    /// The value that this is the beginning of. Looked for once in all readings of an
    /// item, however many they are.
    pub(super) fn whole(
        &mut self,
        item: &'static Item,
        value: &[u8],
        fact: Fact<'_>,
    ) -> Option<&'a [u8]> {
        let Fact::Reading(Reading { place, .. }) = fact else { return None };
        let known = self.wholes.iter().find(|(of, row, _)| std::ptr::eq(*row, item) && of == place);
        let whole = match known {
            Some((_, _, whole)) => *whole,
            None => {
                let whole = match self.facts.item(place, item).state {
                    ItemState::Present(fact) => Some(fact.value),
                    ItemState::Missing | ItemState::Refused(_) | ItemState::NotAsked => None,
                };
                self.wholes.push((place.clone(), item, whole));
                whole
            }
        };
        whole.filter(|whole| whole.len() > value.len() && whole.starts_with(value))
    }
}
