//! Second against third generation, and this card: each aspect answered from
//! evidence, `unknown` where there is none.

use super::generation::Algorithm;
use super::{ApplicationVerdict, Context, Kind, Presence, State};
use crate::observe::{Facts, ItemState, Reading, Selection};
use crate::profile::{self, ApplicationKind, Text};
use crate::session::Interface;

/// An aspect in which the generations differ.
#[derive(Debug)]
pub struct Aspect {
    /// Its name; stable.
    pub id: &'static str,
    /// What is compared.
    pub name: Text,
    /// On second-generation cards.
    pub second: Text,
    /// On third-generation cards.
    pub third: Text,
    /// What a card may show; one of them is `unknown`.
    answers: &'static [(&'static str, Text)],
}

/// An aspect, answered for one card.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The aspect.
    pub aspect: &'static Aspect,
    /// What this card shows.
    pub this_card: Text,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

include!(concat!(env!("OUT_DIR"), "/comparison.rs"));

/// Every aspect, in the order of the table.
#[must_use]
pub fn aspects() -> &'static [Aspect] {
    ROWS
}

/// What is seen of an aspect: the answer's name, and the exchanges.
type Answer = (&'static str, Vec<u32>);

/// Every aspect for a social security card; none for another.
pub(super) fn comparison(
    context: &Context<'_>,
    applications: &[ApplicationVerdict],
) -> Vec<Compared> {
    if context.kind != Kind::SocialSecurity {
        return Vec::new();
    }
    let compared = |aspect: &'static Aspect| {
        let answer = match aspect.id {
            "chip" => chip(context),
            "scope" => scope(context),
            "security" => security(context),
            "cross_region" => cross_region(context),
            "digital_identity" => digital_identity(context, applications),
            "account" => account(context, applications),
            "interface" => interface(context),
            _ => None,
        };
        let (is, exchanges) = answer.unwrap_or(("unknown", Vec::new()));
        let this_card = aspect.answers.iter().find(|(known, _)| *known == is)?.1;
        Some(Compared { aspect, this_card, exchanges })
    };
    aspects().iter().filter_map(compared).collect()
}

fn shown(selection: &Selection) -> Vec<u32> {
    selection.exchanges.clone()
}

fn chip(context: &Context<'_>) -> Option<Answer> {
    let is = match context.generation.algorithm? {
        Algorithm::Sm4 => "national",
        Algorithm::Des | Algorithm::Ssf33 => "plain",
    };
    Some((is, shown(context.facts.named_ssse()?)))
}

/// The first SELECT that opened an application of this kind.
fn opened(facts: &Facts, kind: ApplicationKind) -> Option<&Selection> {
    profile::applications_of(kind).find_map(|row| facts.opened(row))
}

fn scope(context: &Context<'_>) -> Option<Answer> {
    let first = |find: &dyn Fn(&'_ Facts) -> Option<Vec<u32>>| context.sides().find_map(find);
    let ssse = first(&|facts| facts.opened("ssse").map(shown))?;
    let bank = first(&|facts| opened(facts, ApplicationKind::Payment).map(shown));
    let transport = first(&|facts| opened(facts, ApplicationKind::Transport).map(shown));
    let is = match (&bank, &transport) {
        (Some(_), Some(_)) => "all",
        (Some(_), None) => "social-bank",
        (None, Some(_)) => "social-transport",
        (None, None) => "social",
    };
    let all = [Some(ssse), bank, transport];
    Some((is, all.into_iter().flatten().flatten().collect()))
}

fn security(context: &Context<'_>) -> Option<Answer> {
    let mut readings = context.facts.readings_of(&context.social.place, 0xEF06);
    let told = |r: &&Reading| r.is_protected() || (r.is_ok() && !r.authenticated);
    let reading = readings.find(told)?;
    let is = if reading.is_ok() { "open" } else { "protected" };
    Some((is, reading.exchanges.clone()))
}

fn cross_region(context: &Context<'_>) -> Option<Answer> {
    let evidence = &context.social.item(0xEF05, 0x01)?.evidence;
    let ItemState::Present(_) = evidence.state else { return None };
    let Some(named) = context.facts.named_ssse() else {
        return Some(("nameless", evidence.exchanges.clone()));
    };
    Some(("national", [shown(named), evidence.exchanges.clone()].concat()))
}

fn judged<'a>(applications: &'a [ApplicationVerdict], id: &str) -> Option<&'a ApplicationVerdict> {
    applications.iter().find(|row| row.application.id == id)
}

fn digital_identity(context: &Context<'_>, applications: &[ApplicationVerdict]) -> Option<Answer> {
    let exchanges = context.sides().find_map(|facts| facts.selection("acse")).map(shown)?;
    let acse = judged(applications, "acse")?;
    let is = match (acse.presence, acse.state) {
        (Presence::Absent, _) => "none",
        (Presence::Present, State::NotInstalled) => "empty",
        (Presence::Present, State::Expired | State::NotYetValid) => "expired",
        (Presence::Present, State::Healthy) => "valid",
        (Presence::Present, _) => "present",
        _ => return None,
    };
    let found = acse.findings.iter().flat_map(|finding| finding.exchanges.iter().copied());
    Some((is, exchanges.into_iter().chain(found).collect()))
}

fn account(context: &Context<'_>, applications: &[ApplicationVerdict]) -> Option<Answer> {
    let of_bank = || applications.iter().filter(|r| r.application.kind == ApplicationKind::Payment);
    let there =
        |row: &&ApplicationVerdict| matches!(row.presence, Presence::Present | Presence::Unlisted);
    let asked = |row: &ApplicationVerdict| -> Vec<u32> {
        let asked = context.sides().filter_map(|facts| facts.selection(row.application));
        asked.flat_map(shown).collect()
    };
    if let Some(row) = of_bank().find(there) {
        let usable = matches!(row.state, State::Healthy | State::Attention | State::NotChecked);
        return Some((if usable { "present" } else { "faulty" }, asked(row)));
    }
    let first = of_bank().next()?;
    let elsewhere = of_bank().any(|row| row.presence == Presence::NotSeenHere);
    let exchanges = of_bank().flat_map(asked).collect();
    let is = match first.presence {
        _ if elsewhere => "elsewhere",
        Presence::Absent => "none",
        _ => return None,
    };
    Some((is, exchanges))
}

fn interface(context: &Context<'_>) -> Option<Answer> {
    let seen: Vec<_> = context
        .sides()
        .filter_map(|facts| Some((facts.interface?, facts.opened("ssse")?)))
        .collect();
    let is = match (seen.first()?.0, seen.len()) {
        (_, 2..) => "both",
        (Interface::Contact, _) => "contact",
        (Interface::Contactless, _) => "contactless",
    };
    Some((is, seen.into_iter().flat_map(|(_, ssse)| shown(ssse)).collect()))
}
