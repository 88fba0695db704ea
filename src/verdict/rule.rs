//! A health rule: a row that names one of a closed set of predicates.

mod looks;

pub use looks::{CertificateLook, KindLook, ObjectLook, PairLook, PurseLook};

use std::sync::LazyLock;

use super::State;
use crate::apdu::StatusWord;
use crate::profile::{Application, ApplicationKind, Confidence, Text, Version};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Needs attention.
    Warn,
    /// A fault.
    Error,
    /// The application or the card is lost.
    Fatal,
}

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Responsible {
    /// 社保经办机构.
    SocialSecurityOffice,
    /// The issuing bank.
    Bank,
    /// The transport operator.
    TransportOperator,
    /// Who made the card.
    CardMaker,
    /// The reader.
    Reader,
    /// This computer.
    Computer,
    /// Nobody needs to.
    Nobody,
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing to do.
    None,
    /// Clean the contacts and try again.
    CleanAndRetry,
    /// Try the other side of the chip.
    OtherInterface,
    /// Go and see.
    Visit,
    /// Have the data renewed.
    Update,
    /// Have the card replaced.
    Replace,
}

/// How much one finding explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Explains {
    /// Itself.
    Nothing,
    /// Its application.
    Application,
    /// The social security side of the card.
    Card,
}

/// What a rule looks for. A new rule is a row; only a new kind of look is code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// The application is not on the card.
    Absent,
    /// The application was found without its name.
    WithoutName,
    /// It is a resident health card.
    HealthCard,
    /// It is a terminal's PSAM.
    Psam,
    /// SELECT ended with one of these status words.
    SelectRefused,
    /// Every command ends with `6A81`, an AID that no card has included.
    CardBlocked,
    /// The FCI names another DF than the one asked for.
    NameDiffers,
    /// The algorithm identifier is none of the standard's.
    AlgorithmUnknown,
    /// The algorithm is not SM4.
    AlgorithmNotSm4,
    /// Wrong tag, length or content; `missing` and `blank` count too where the row says so.
    ItemBad,
    /// The card has no such record.
    ItemMissing,
    /// No such record, or nothing written in it.
    ItemUnwritten,
    /// The record is there.
    ItemPresent,
    /// The record is longer than the standard's.
    ItemLonger,
    /// No end of validity is written.
    NoLimit,
    /// The authentication code was never computed.
    Unissued,
    /// The serial number is text.
    SerialIsText,
    /// The version is none that is known.
    VersionForeign,
    /// Strong evidence on two sides.
    VersionConflict,
    /// The region differs from that of the card identification code.
    RegionDiffers,
    /// The date is before the day.
    Past,
    /// The date is after the day.
    Future,
    /// The check character does not fit.
    CheckCharacter,
    /// The file has more records than the standard's.
    ExtraRecord,
    /// The records stand in another order.
    OrderDiffers,
    /// By number and by tag the same record differs.
    NumberAndTagDiffer,
    /// Read twice, the same record differs.
    Unstable,
    /// Date of birth or sex differ from the number.
    BirthOrSexDiffers,
    /// Private-use or undecodable characters.
    RareCharacters,
    /// A record is shorter than it says.
    Truncated,
    /// Name and number are blank.
    AllBlank,
    /// The file opens although nothing was authenticated.
    Opens,
    /// The file asks for a key or PIN.
    Protected,
    /// The file is not there.
    FileAbsent,
    /// Two challenges are equal.
    ChallengeRepeats,
    /// The card gives no challenge.
    ChallengeRefused,
    /// The query of the PIN's state ended with one of these status words.
    PinState,
    /// INTERNAL AUTHENTICATION ended with one of these status words.
    InternalAuthentication,
    /// The application is on the card.
    Present,
    /// Record files of the application are not there.
    FilesMissing,
    /// Transparent files of the application are not there.
    ReservedMissing,
    /// A file that a key or the PIN protects opens without.
    ProtectedFileOpens,
    /// Any item of the application does not decode.
    AnyItemBad,
    /// Employment records without a current occupation.
    WithoutOccupation,
    /// The last unemployment registration stands in neither of its places.
    RegistrationNowhere,
    /// An unusual answer to GET BALANCE of the medical account.
    BalanceAnswers,
    /// No directory: the FCI names none, or its file is not there or empty.
    DirectoryMissing,
    /// A record of the directory that is not in the standard's form.
    DirectoryMalformed,
    /// The directory lists a name that cannot be selected.
    DirectoryListsAbsent,
    /// Something about the certificates.
    Certificate(CertificateLook),
    /// Something about an application among those of its kind.
    Kind(KindLook),
    /// Something about the data objects of a payment application.
    Object(ObjectLook),
    /// Something about a transport purse.
    Purse(PurseLook),
    /// Something about both sides of the chip.
    Pair(PairLook),
    /// Fewer than 13 historical bytes.
    HistoricalBytesMissing,
    /// The answer to reset names another region than the item.
    AtrRegionDiffers,
    /// The answer to reset names another serial number than the item.
    AtrSerialDiffers,
    /// The answer to reset names a supply of 5 V alone.
    FiveVoltsAlone,
}

/// A row of the rules' table.
#[derive(Debug)]
pub struct Rule {
    /// Its name; stable.
    pub id: &'static str,
    /// The application it judges; empty where it judges all of a kind.
    pub application: &'static str,
    /// The kind of applications it judges, where it judges all of them.
    pub kind: Option<ApplicationKind>,
    /// The versions it holds for; empty: any, known or not.
    pub versions: &'static [Version],
    /// What it looks for.
    pub predicate: Predicate,
    /// The file it looks at; 0 where it looks at none.
    pub file: u16,
    /// The files it looks at, where it looks at several; empty: all of them.
    pub files: &'static [u16],
    /// The tag it looks at; 0 where it looks at none.
    pub tag: u8,
    /// The tags of data objects it looks at.
    pub tags: &'static [u32],
    /// The number that it compares with.
    pub limit: u64,
    /// The status words it looks for.
    pub sws: &'static [StatusWord],
    /// Whether a missing record counts.
    pub missing: bool,
    /// Whether a blank value counts.
    pub blank: bool,
    /// The state of the application when this is its worst finding.
    pub state: Option<State>,
    /// How much it weighs.
    pub severity: Severity,
    /// How sure the fact behind it is.
    pub confidence: Confidence,
    /// Who can do something about it.
    pub responsible: Responsible,
    /// What helps.
    pub remedy: Remedy,
    /// What it explains: the other findings there are silent.
    pub explains: Explains,
    /// The numbers that counter software shows for the same.
    pub terminal_errors: &'static [i32],
    /// What was found.
    pub message: Text,
    /// What to do.
    pub advice: Text,
    /// Standard and clause.
    pub source: &'static str,
}

impl Rule {
    /// Whether it judges this application.
    #[must_use]
    pub fn judges(&self, application: &Application) -> bool {
        self.kind == Some(application.kind) || self.application == application.id
    }
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Neighbours in the table that judge the same.
static GROUPS: LazyLock<Vec<&[Rule]>> = LazyLock::new(|| {
    let same = |a: &Rule, b: &Rule| (a.application, a.kind) == (b.application, b.kind);
    RULES.chunk_by(same).collect()
});

/// The rules that judge an application, in the order of the table.
pub(super) fn rules_of(application: &'static Application) -> impl Iterator<Item = &'static Rule> {
    let judges = |group: &&&[Rule]| group.first().is_some_and(|rule| rule.judges(application));
    GROUPS.iter().filter(judges).flat_map(|group| group.iter())
}

/// Every rule, in the order of the table.
#[must_use]
pub fn rules() -> &'static [Rule] {
    RULES
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_applications_known() {
        let mut ids = HashSet::new();
        for rule in rules() {
            assert!(ids.insert(rule.id), "{}", rule.id);
            let known = crate::profile::application(rule.application).is_some();
            assert!(known != rule.kind.is_some(), "{}: one application or one kind", rule.id);
            for code in rule.terminal_errors {
                assert!(*code < 0, "{}", rule.id);
            }
        }
        assert!(ids.len() >= 57, "{}", ids.len());
    }

    #[test]
    fn placeholders_stand_in_both_languages() {
        for rule in rules() {
            let Text { zh, en } = rule.message;
            assert_eq!(zh.contains("{observed}"), en.contains("{observed}"), "{}", rule.id);
        }
    }
}
