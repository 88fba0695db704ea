//! Where the social security data stands on this card.

use super::{Facts, How, ItemState, Place, Reading, Selection, Target};
use crate::profile;

/// What EF05 tells where SSSE has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nameless {
    /// Tag 01 of 16 bytes with the ministry's RID: an older Shanghai card.
    SocialSecurity,
    /// Tag 01 of one byte: a resident health card, which has the same file identifiers.
    HealthCard,
}

impl Facts {
    /// The SELECT that opened SSSE by its name.
    #[must_use]
    pub fn named_ssse(&self) -> Option<&Selection> {
        self.selections_of("ssse").find(|s| s.is_ok() && matches!(s.target, Target::Name(_)))
    }

    /// What EF05 under the MF, or under the environment by file identifier, tells
    /// where SSSE has no name; with the place.
    #[must_use]
    pub fn nameless(&self) -> Option<(Nameless, Place)> {
        if self.named_ssse().is_some() {
            return None;
        }
        let item = profile::item("ssse", 0xEF05, 0x01)?;
        [Place::MasterFile, Place::ssse()].into_iter().find_map(|place| {
            let ItemState::Present(fact) = self.item(&place, item).state else { return None };
            let card = match fact.value.len() {
                16 if item.decode(fact.value).is_ok() => Nameless::SocialSecurity,
                1 => Nameless::HealthCard,
                _ => return None,
            };
            Some((card, place))
        })
    }

    /// The place of the social security data: SSSE, or what stands for it.
    #[must_use]
    pub fn home(&self) -> Option<Place> {
        if self.named_ssse().is_some() {
            return Some(Place::ssse());
        }
        match self.nameless()? {
            (Nameless::SocialSecurity, place) => Some(place),
            (Nameless::HealthCard, _) => None,
        }
    }
}

impl Facts {
    /// What the commands of a quick check show, out of a recording that may hold
    /// more: SSSE and the specification version; where SSSE does not answer,
    /// everything, since then all of it tells what kind of card this is.
    #[must_use]
    pub fn quick(&self) -> Self {
        let (Some(ssse), Some(home)) = (self.named_ssse(), self.home()) else {
            return self.clone();
        };
        let version = profile::item("ssse", 0xEF05, 0x03);
        let reading = version.and_then(|item| match self.item(&home, item).state {
            ItemState::Present(fact) => {
                let length = u8::try_from(fact.declared).unwrap_or(u8::MAX);
                let data = [&[fact.tag, length], fact.value].concat();
                Some(Reading { data, how: How::Tag(fact.tag), ..fact.reading.clone() })
            }
            ItemState::Missing | ItemState::Refused(_) => {
                self.readings_of(&home, item.file).find(|reading| !reading.is_ok()).cloned()
            }
            ItemState::NotAsked => None,
        });
        Self {
            selections: vec![ssse.clone()],
            readings: reading.into_iter().collect(),
            others: Vec::new(),
            ..self.clone()
        }
    }
}

impl Place {
    /// SSSE, the social security system environment.
    #[must_use]
    pub fn ssse() -> Self {
        profile::application("ssse").map_or(Self::MasterFile, Self::Application)
    }
}
