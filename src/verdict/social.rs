//! The social security data of a card: where it stands, and what is known of its
//! items. Found once, since many rules ask for the same item.

use std::cell::OnceCell;
use std::sync::LazyLock;

use super::kind::social_place;
use crate::observe::{Facts, ItemEvidence, ItemState, Place};
use crate::profile::{self, Item, ItemError, Value};

static ITEMS: LazyLock<Vec<&Item>> = LazyLock::new(|| profile::tagged_items("ssse").collect());

/// The social security data of a card.
pub(crate) struct Social<'a> {
    /// Where it stands; SSSE where it was not found.
    pub(crate) place: Place,
    items: Vec<Known<'a>>,
}

/// An item of SSSE, with what is known of it.
pub(crate) struct Known<'a> {
    pub(crate) item: &'static Item,
    pub(crate) evidence: ItemEvidence<'a>,
    value: OnceCell<Result<Value, ItemError>>,
}

impl<'a> Social<'a> {
    pub(crate) fn new(facts: &'a Facts) -> Self {
        let place = social_place(facts);
        let known =
            |item| Known { item, evidence: facts.item(&place, item), value: OnceCell::new() };
        let items = ITEMS.iter().copied().map(known).collect();
        Self { place, items }
    }

    /// An item by its file and tag; `None` where no version of the standard has it.
    pub(crate) fn item(&self, file: u16, tag: u8) -> Option<&Known<'a>> {
        self.items.iter().find(|known| known.item.tag == Some(tag) && known.item.file == file)
    }

    /// What is known of this row, where it is the first of its tag.
    pub(crate) fn known(&self, item: &Item) -> Option<&Known<'a>> {
        self.items.iter().find(|known| std::ptr::eq(known.item, item))
    }

    /// What an item says, with the exchanges that show it; `None` where it did not
    /// come, is blank or does not decode.
    pub(crate) fn written(&self, file: u16, tag: u8) -> Option<(&str, &[u32])> {
        let known = self.item(file, tag)?;
        Some((known.written()?, &known.evidence.exchanges))
    }
}

impl Known<'_> {
    /// What its bytes say; `None` where none came.
    pub(crate) fn value(&self) -> Option<&Result<Value, ItemError>> {
        let ItemState::Present(fact) = self.evidence.state else { return None };
        Some(self.value.get_or_init(|| self.item.decode(fact.value)))
    }

    /// What is written in it.
    pub(crate) fn written(&self) -> Option<&str> {
        match self.value()? {
            Ok(Value::Written(decoded)) => Some(&decoded.value),
            Ok(Value::Blank) | Err(_) => None,
        }
    }
}
