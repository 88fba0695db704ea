//! Virtual cards: computed from a model (TOML), with faults on order; a card in
//! the process, or in a virtual reader. Holds no key and no PIN, so nothing that
//! needs one ever succeeds.

mod card;
mod fault;
mod faulty;
mod model;
mod scenario;
pub mod vpcd;

pub use card::VirtualCard;
pub use fault::{Fault, FaultError, FaultErrorKind, FaultKind, fault_names};
pub use faulty::Faulty;
pub use model::{Model, ModelError, ModelErrorKind};
pub use scenario::{ScenarioError, ScenarioErrorKind, scenario};

/// Declares the built-in models once: the name and the file of the same name.
macro_rules! models {
    ($($name:literal),* $(,)?) => {
        const NAMES: &[&str] = &[$($name),*];
        const TEXTS: &[&str] = &[$(include_str!(concat!("emulate/models/", $name, ".toml"))),*];
    };
}

models!(
    "gen1",
    "gen2",
    "gen3",
    "gen3-contactless",
    "ssse-blocked",
    "card-blocked",
    "unissued",
    "expired",
    "bank-card",
    "psam",
    "mute",
);

/// The names of the built-in models, in the order in which people see them.
#[must_use]
pub fn names() -> &'static [&'static str] {
    NAMES
}

/// The TOML text of a built-in model; `None` for any other name.
#[must_use]
pub fn builtin(name: &str) -> Option<&'static str> {
    NAMES.iter().zip(TEXTS).find(|(known, _)| **known == name).map(|(_, text)| *text)
}
