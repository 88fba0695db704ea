//! Where the social security data stands on this card.

use super::{Facts, How, ItemState, Place, Reading, Selection, Target};
use crate::profile::{self, File, Value, Version, regional};

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
    /// The region of the card: the first six digits of its identification code
    /// (2012-37 8.1.1.1), where that can be read.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        let home = self.home()?;
        let item = profile::item("ssse", 0xEF05, 0x01)?;
        let ItemState::Present(fact) = self.item(&home, item).state else { return None };
        match item.decode(fact.value) {
            Ok(Value::Written(decoded)) => decoded.value.get(..6).map(str::to_owned),
            _ => None,
        }
    }

    /// The files that regional tables put into an application of this card.
    pub fn regional_files(
        &self,
        application: &str,
        version: Version,
    ) -> impl Iterator<Item = &'static File> {
        let known = regional::tables().iter().any(|table| table.application == application);
        // Only a table makes the region worth reading.
        let region = if known { self.region() } else { None };
        regional::tables()
            .iter()
            .filter(move |table| table.holds_in(region.as_deref()))
            .flat_map(|table| table.files.iter())
            .filter(move |row| row.application == application && row.versions.contains(&version))
    }

    /// The files that the profile puts into an application of this card: those of
    /// the standards, then those of its region.
    pub fn files(
        &self,
        application: &str,
        version: Version,
    ) -> impl Iterator<Item = &'static File> {
        profile::files(application, version).chain(self.regional_files(application, version))
    }

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
