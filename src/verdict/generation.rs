//! Which generation? Evidence with its strength, and how sure the answer is.

use super::kind::{Kind, answers};
use super::social::Social;
use crate::observe::{Facts, ItemState, Place, Reading};
use crate::profile::{self, ApplicationKind, Value, Version};
use crate::session::Interface;
use crate::tlv::ber;

/// A generation of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Version 1.0x.
    First,
    /// Version 2.0x.
    Second,
    /// Version 3.0x.
    Third,
    /// No evidence that tells.
    Unknown,
}

impl Generation {
    /// The version of the card standard; `None` where unknown.
    #[must_use]
    pub fn version(self) -> Option<Version> {
        match self {
            Self::First => Some(Version::V1),
            Self::Second => Some(Version::V2),
            Self::Third => Some(Version::V3),
            Self::Unknown => None,
        }
    }

    /// By the specification version that a card names.
    #[must_use]
    pub fn of_version(text: &str) -> Option<Self> {
        Version::of_text(text).map(|version| match version {
            Version::V1 | Version::Undated => Self::First,
            Version::V2 => Self::Second,
            Version::V3 => Self::Third,
        })
    }
}

/// How sure the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The version is readable, no strong evidence against it.
    Certain,
    /// No readable version; strong evidence agrees.
    Probable,
    /// The version is empty and nothing points past the first generation.
    Presumed,
    /// Strong evidence on two sides.
    Conflicting,
    /// Nothing tells.
    None,
}

/// How much a piece of evidence weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Printed, never used.
    None,
    /// Proves nothing alone.
    Weak,
    /// Points somewhere.
    Medium,
    /// Decides.
    Strong,
}

/// What a piece of evidence speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supports {
    /// First generation.
    First,
    /// Second generation.
    Second,
    /// Third generation.
    Third,
    /// Second or third.
    SecondOrThird,
    /// Not the third.
    NotThird,
    /// Nothing.
    None,
}

/// What the evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceId {
    /// EF05 record 03.
    SpecVersion,
    /// Algorithm identifier in the FCI of SSSE.
    Algorithm,
    /// The certificate application is there.
    Acse,
    /// SSSE answers over the contactless interface.
    Contactless,
    /// EF06 needs authentication.
    HolderProtected,
    /// Files and items that came with 2.0.
    Structure2,
    /// Files that only 1.0 has.
    Structure1,
    /// A payment application is on the chip.
    Payment,
    /// Maker and COS bytes of the ATR.
    Atr,
    /// Issue date.
    Dates,
}

/// One piece of evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What it is.
    pub id: EvidenceId,
    /// What was seen.
    pub observed: String,
    /// What it speaks for.
    pub supports: Supports,
    /// How much it weighs.
    pub strength: Strength,
    /// The exchanges that show it; empty for the ATR.
    pub exchanges: Vec<u32>,
}

/// The symmetric algorithm of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// DES or triple DES.
    Des,
    /// SSF33.
    Ssf33,
    /// SM4.
    Sm4,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct GenerationVerdict {
    /// The generation.
    pub value: Generation,
    /// How sure.
    pub trust: Trust,
    /// The specification version as the card says it.
    pub spec_version: Option<String>,
    /// The algorithm, by identifier or by the standard's default.
    pub algorithm: Option<Algorithm>,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// Decides the generation.
pub(super) fn generation(facts: &Facts, social: &Social<'_>, kind: Kind) -> GenerationVerdict {
    let mut answer = GenerationVerdict {
        value: Generation::Unknown,
        trust: Trust::None,
        spec_version: None,
        algorithm: None,
        evidence: Vec::new(),
    };
    if kind != Kind::SocialSecurity {
        return answer;
    }
    let version = version(social);
    if let Version03::Text(text, exchanges) = &version {
        let known = Generation::of_version(text);
        answer.spec_version = Some(text.clone());
        answer.evidence.push(Evidence {
            id: EvidenceId::SpecVersion,
            observed: text.clone(),
            supports: known.map_or(Supports::None, supports),
            strength: if known.is_some() { Strength::Strong } else { Strength::None },
            exchanges: exchanges.clone(),
        });
    }
    let (algorithm, evidence) = algorithm(facts, social).unzip();
    answer.algorithm = algorithm.flatten();
    answer.evidence.extend(evidence);
    answer.evidence.extend(elsewhere(facts, social));
    (answer.value, answer.trust) = weigh(&version, &answer.evidence);
    answer
}

fn supports(generation: Generation) -> Supports {
    match generation {
        Generation::First => Supports::First,
        Generation::Second => Supports::Second,
        Generation::Third => Supports::Third,
        Generation::Unknown => Supports::None,
    }
}

fn weigh(version: &Version03, evidence: &[Evidence]) -> (Generation, Trust) {
    let strong_third = evidence.iter().any(|e| {
        e.id != EvidenceId::SpecVersion
            && e.strength == Strength::Strong
            && e.supports == Supports::Third
    });
    let beyond_first = evidence.iter().any(|e| {
        matches!(e.supports, Supports::Second | Supports::Third | Supports::SecondOrThird)
    });
    let read = match version {
        Version03::Text(text, _) => Generation::of_version(text),
        Version03::Empty | Version03::Unreadable => None,
    };
    match read {
        Some(value) if strong_third && value != Generation::Third => (value, Trust::Conflicting),
        Some(value) => (value, Trust::Certain),
        None if strong_third => (Generation::Third, Trust::Probable),
        None if matches!(version, Version03::Empty) && !beyond_first => {
            (Generation::First, Trust::Presumed)
        }
        None => (Generation::Unknown, Trust::None),
    }
}

/// What EF05 record 03 says.
enum Version03 {
    /// Characters, known or foreign.
    Text(String, Vec<u32>),
    /// Blank, or no such record.
    Empty,
    /// Not asked, refused, or not four characters.
    Unreadable,
}

fn version(social: &Social<'_>) -> Version03 {
    let Some(known) = social.item(0xEF05, 0x03) else { return Version03::Unreadable };
    let evidence = &known.evidence;
    match evidence.state {
        ItemState::Present(fact) => match known.value() {
            Some(Ok(Value::Written(decoded))) => {
                Version03::Text(decoded.value.clone(), evidence.exchanges.clone())
            }
            Some(Ok(Value::Blank)) => Version03::Empty,
            _ if fact.declared == 0 => Version03::Empty,
            _ => Version03::Unreadable,
        },
        ItemState::Missing => Version03::Empty,
        ItemState::Refused(_) | ItemState::NotAsked => Version03::Unreadable,
    }
}

/// The algorithm identifier of the FCI, or the standard's default where there is
/// none: SSF33 in region 11, DES elsewhere (SCT 10.1).
fn algorithm(facts: &Facts, social: &Social<'_>) -> Option<(Option<Algorithm>, Evidence)> {
    let ssse = facts.named_ssse()?;
    let named = ber::find(&ssse.fci, &[0x6F, 0xA5, 0x9F0C, 0x86]);
    let mut exchanges = ssse.exchanges.clone();
    let (algorithm, observed) = match named {
        Some(identifier) => identified(identifier),
        None if ssse.fci.is_empty() => return None,
        None => {
            let (region, proof) = first_region_byte(social)?;
            exchanges.extend(proof);
            if region == 0x11 {
                (Some(Algorithm::Ssf33), String::from("- SSF33"))
            } else {
                (Some(Algorithm::Des), String::from("- DES"))
            }
        }
    };
    let (supports, strength) = match algorithm {
        Some(Algorithm::Sm4) => (Supports::Third, Strength::Strong),
        Some(Algorithm::Des | Algorithm::Ssf33) => (Supports::NotThird, Strength::Weak),
        None => (Supports::None, Strength::None),
    };
    let id = EvidenceId::Algorithm;
    Some((algorithm, Evidence { id, observed, supports, strength, exchanges }))
}

/// The algorithm of an identifier, and how it is shown (SCT 10.1).
#[must_use]
pub fn identified(identifier: &[u8]) -> (Option<Algorithm>, String) {
    match identifier {
        [1] => (Some(Algorithm::Des), String::from("01 DES")),
        [2] => (Some(Algorithm::Ssf33), String::from("02 SSF33")),
        [3] => (Some(Algorithm::Sm4), String::from("03 SM4")),
        other => (None, hex::encode_upper(other)),
    }
}

/// The province of the card identification code, with its proof.
fn first_region_byte<'a>(social: &'a Social<'_>) -> Option<(u8, &'a [u32])> {
    let evidence = &social.item(0xEF05, 0x01)?.evidence;
    match evidence.state {
        ItemState::Present(fact) => Some((*fact.value.first()?, &evidence.exchanges)),
        _ => None,
    }
}

/// All other evidence.
fn elsewhere(facts: &Facts, social: &Social<'_>) -> Vec<Evidence> {
    let place = &social.place;
    let mut found = Vec::new();
    let mut add = |id, observed: &str, supports, strength, exchanges: Vec<u32>| {
        found.push(Evidence { id, observed: observed.to_owned(), supports, strength, exchanges });
    };
    if let Some(acse) = facts.opened("acse") {
        add(EvidenceId::Acse, "9000", Supports::Third, Strength::Strong, acse.exchanges.clone());
    }
    if let Some(ssse) = facts.named_ssse()
        && facts.interface == Some(Interface::Contactless)
    {
        add(
            EvidenceId::Contactless,
            "9000",
            Supports::Third,
            Strength::Medium,
            ssse.exchanges.clone(),
        );
    }
    if let Some(reading) = facts.readings_of(place, 0xEF06).find(|reading| reading.is_protected()) {
        let (sw, exchanges) = (reading.sw.to_string(), reading.exchanges.clone());
        add(EvidenceId::HolderProtected, &sw, Supports::Third, Strength::Weak, exchanges);
    }
    if let Some((observed, exchanges)) = structure_2(facts, social) {
        add(EvidenceId::Structure2, observed, Supports::SecondOrThird, Strength::Medium, exchanges);
    }
    if let Some(exchanges) = structure_1(facts, place) {
        add(EvidenceId::Structure1, "DF02/EF08", Supports::First, Strength::Medium, exchanges);
    }
    if answers(facts, ApplicationKind::Payment) {
        let selection = profile::applications_of(ApplicationKind::Payment)
            .find_map(|row| facts.opened(row).or_else(|| facts.selection(row)));
        let exchanges = selection.map(|s| s.exchanges.clone()).unwrap_or_default();
        add(EvidenceId::Payment, "A000000333", Supports::SecondOrThird, Strength::Weak, exchanges);
    }
    if let Some(layout) = facts.atr.as_ref().and_then(crate::atr::Atr::social_security) {
        let maker =
            hex::encode_upper([&layout.chip_maker[..], &layout.cos, &layout.card_maker].concat());
        add(EvidenceId::Atr, &maker, Supports::None, Strength::None, Vec::new());
    }
    if let Some((date, exchanges)) = social.written(0xEF05, 0x05) {
        add(EvidenceId::Dates, date, Supports::None, Strength::None, exchanges.to_vec());
    }
    found
}

/// What came with 2.0: tag 4E in EF06, EF08, DF07, DF01/EF16.
fn structure_2(facts: &Facts, social: &Social<'_>) -> Option<(&'static str, Vec<u32>)> {
    let extension = &social.item(0xEF06, 0x4E)?.evidence;
    if matches!(extension.state, ItemState::Present(_)) {
        return Some(("EF06/4E", extension.exchanges.clone()));
    }
    if let Some(exchanges) = exists(facts, &social.place, 0xEF08) {
        return Some(("EF08", exchanges));
    }
    if let Some(df07) = facts.opened("df07") {
        return Some(("DF07", df07.exchanges.clone()));
    }
    let df01 = profile::application("df01").map(Place::Application)?;
    exists(facts, &df01, 0xEF16).map(|exchanges| ("DF01/EF16", exchanges))
}

/// What only 1.0 has: DF02/EF08, while EF08 (photo) is not there.
fn structure_1(facts: &Facts, place: &Place) -> Option<Vec<u32>> {
    let df02 = profile::application("df02").map(Place::Application)?;
    let mut exchanges = exists(facts, &df02, 0xEF08)?;
    exchanges.extend(absent(facts, place, 0xEF08)?);
    Some(exchanges)
}

/// The exchanges that show that a file exists: it was selected, read, or asked
/// for keys.
fn exists(facts: &Facts, place: &Place, fid: u16) -> Option<Vec<u32>> {
    let there = |reading: &&Reading| reading.is_ok() || reading.is_protected();
    let read = facts.readings_of(place, fid).find(there).map(|r| r.exchanges.clone());
    let selected = || facts.file_selection(place, fid).filter(|s| s.is_ok());
    read.or_else(|| selected().map(|s| s.exchanges.clone()))
}

/// The exchanges that show that a file does not exist.
pub(super) fn absent(facts: &Facts, place: &Place, fid: u16) -> Option<Vec<u32>> {
    let read = facts.readings_of(place, fid).find(|r| r.sw.0 == 0x6A82);
    let selected = || facts.file_selection(place, fid).filter(|s| s.sw.0 == 0x6A82);
    read.map(|r| r.exchanges.clone()).or_else(|| selected().map(|s| s.exchanges.clone()))
}
