//! Items of which only the beginning came, beside the whole in another reading: the
//! sample of the one is the beginning of the other's, or the chip would look unstable.

use super::Work;
use crate::observe::{Fact, Reading};
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
                let whole = self.facts.item(place, item).state.value();
                self.wholes.push((place.clone(), item, whole));
                whole
            }
        };
        whole.filter(|whole| whole.len() > value.len() && whole.starts_with(value))
    }
}
