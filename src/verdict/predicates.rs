//! The closed set of looks that rules may take. Each fires on direct evidence
//! only: what was not seen is never a finding.

mod applications;
mod atr;
mod card;
mod certificates;
mod directory;
mod files;
mod items;
mod objects;
mod pairs;
mod presence;
mod purses;

use super::subject::Subject;
use super::{Context, Finding, Predicate, Rule};

/// What a look has seen.
pub(super) struct Seen {
    /// What to name in the message; never personal.
    observed: Option<String>,
    /// The exchanges that show it.
    exchanges: Vec<u32>,
}

impl Seen {
    fn at(exchanges: Vec<u32>) -> Option<Self> {
        Some(Self { observed: None, exchanges })
    }

    fn value(observed: impl Into<String>, exchanges: Vec<u32>) -> Option<Self> {
        Some(Self { observed: Some(observed.into()), exchanges })
    }
}

/// Whether a rule fires for an application.
pub(super) fn fire(
    context: &Context<'_>,
    rule: &'static Rule,
    subject: &Subject<'_>,
) -> Option<Finding> {
    let application = subject.application;
    let seen = match rule.predicate {
        Predicate::SelectRefused => card::select_refused(context, rule, application),
        Predicate::Object(wanted) => objects::look(context, rule, subject, wanted),
        Predicate::Purse(wanted) => purses::look(context, rule, subject, wanted),
        Predicate::Pair(wanted) => pairs::look(context, rule, application, wanted),
        Predicate::Kind(wanted) => presence::look(context, application, wanted),
        _ => look(context, rule, subject),
    }?;
    let mut exchanges = seen.exchanges;
    exchanges.sort_unstable();
    exchanges.dedup();
    Some(Finding { rule, observed: seen.observed, exchanges })
}

/// The looks at one application, which the rule names.
#[expect(clippy::too_many_lines, reason = "a table: a line for each look")]
fn look(context: &Context<'_>, rule: &'static Rule, subject: &Subject<'_>) -> Option<Seen> {
    match rule.predicate {
        Predicate::Absent => card::absent(context),
        Predicate::WithoutName => card::without_name(context),
        Predicate::HealthCard => card::health_card(context),
        Predicate::Psam => card::psam(context),
        Predicate::CardBlocked => card::blocked(context),
        Predicate::NameDiffers => card::name_differs(context),
        Predicate::AlgorithmUnknown => card::algorithm_unknown(context),
        Predicate::AlgorithmNotSm4 => card::algorithm_not_sm4(context),
        Predicate::VersionConflict => card::version_conflict(context),
        Predicate::ChallengeRepeats => card::challenge_repeats(context),
        Predicate::ChallengeRefused => card::challenge_refused(context),
        Predicate::PinState => card::pin_state(context, rule),
        Predicate::InternalAuthentication => card::internal_authentication(context, rule),
        Predicate::ItemBad => items::bad(context, rule),
        Predicate::ItemMissing => items::missing(context, rule),
        Predicate::ItemUnwritten => items::unwritten(context, rule),
        Predicate::ItemPresent => items::present(context, rule),
        Predicate::ItemLonger => items::longer(context, rule),
        Predicate::NoLimit => items::no_limit(context, rule),
        Predicate::Unissued => items::unissued(context, rule),
        Predicate::SerialIsText => items::serial_is_text(context, rule),
        Predicate::VersionForeign => items::version_foreign(context, rule),
        Predicate::RegionDiffers => items::region_differs(context, rule),
        Predicate::Past => items::past(context, rule),
        Predicate::Future => items::future(context, rule),
        Predicate::CheckCharacter => items::check_character(context, rule),
        Predicate::BirthOrSexDiffers => items::birth_or_sex_differs(context, rule),
        Predicate::RareCharacters => items::rare_characters(context, rule),
        Predicate::ExtraRecord => files::extra_record(context, rule),
        Predicate::OrderDiffers => files::order_differs(context, rule),
        Predicate::NumberAndTagDiffer => files::number_and_tag_differ(context, rule),
        Predicate::Unstable => files::unstable(context, rule),
        Predicate::Truncated => files::truncated(context, rule),
        Predicate::AllBlank => files::all_blank(context, rule),
        Predicate::Opens => files::opens(context, rule),
        Predicate::Protected => files::protected(context, rule),
        Predicate::FileAbsent => files::absent(context, rule),
        Predicate::Present => applications::present(subject),
        Predicate::FilesMissing => applications::files_missing(context, rule, subject),
        Predicate::ReservedMissing => applications::reserved_missing(context, rule, subject),
        Predicate::ProtectedFileOpens => applications::protected_file_opens(context, rule, subject),
        Predicate::AnyItemBad => applications::any_item_bad(context, rule, subject),
        Predicate::WithoutOccupation => applications::without_occupation(context, rule, subject),
        Predicate::RegistrationNowhere => {
            applications::registration_nowhere(context, rule, subject)
        }
        Predicate::BalanceAnswers => applications::balance_answers(context, rule),
        Predicate::DirectoryMissing => directory::missing(context),
        Predicate::DirectoryMalformed => directory::malformed(context),
        Predicate::DirectoryListsAbsent => directory::lists_absent(context),
        Predicate::Certificate(wanted) => certificates::look(context, rule, subject, wanted),
        Predicate::HistoricalBytesMissing => atr::historical_bytes_missing(context),
        Predicate::AtrRegionDiffers => atr::region_differs(context, rule),
        Predicate::AtrSerialDiffers => atr::serial_differs(context, rule),
        Predicate::FiveVoltsAlone => atr::five_volts_alone(context),
        Predicate::SelectRefused
        | Predicate::Object(_)
        | Predicate::Purse(_)
        | Predicate::Pair(_)
        | Predicate::Kind(_) => None,
    }
}

/// The holder's name or number, where EF06 opens.
fn holder<'a>(context: &'a Context<'_>, tag: u8) -> Option<(&'a str, &'a [u32])> {
    context.social.written(0xEF06, tag)
}
