//! The looks that certificates, payment applications and purses have of their own.

/// What a rule looks for in the certificate application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateLook {
    /// The files of certificates cannot be reached.
    AdfMissing,
    /// The public key is blank.
    KeyBlank,
    /// All certificates that were read are blank.
    AllBlank,
    /// Some certificates are blank, others not.
    SomeBlank,
    /// The file ends before its certificate does.
    Truncated,
    /// Something is written, and it is no X.509 certificate.
    Foreign,
    /// A certificate of another algorithm than SM2 with SM3.
    NotSm2,
    /// Its last day is before the day.
    Expired,
    /// Its first day is after the day.
    NotYetValid,
    /// It holds another key than the card.
    KeyDiffers,
    /// It names another holder than the card.
    HolderDiffers,
    /// None of the certificates that the user trusts signed it.
    ChainBroken,
    /// One of the certificates that the user trusts signed it.
    ChainVerified,
}

/// What a rule looks for in the place of an application among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindLook {
    /// It can be selected.
    Present,
    /// It cannot, and no directory lists it.
    Absent,
    /// A directory lists it, but it cannot be selected.
    Hidden,
    /// It can be selected, but the directory lists others only.
    Unlisted,
}

/// What a rule looks for in the data objects of a payment application: what its
/// FCI, its records and GET DATA brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectLook {
    /// The date is before the day.
    Past,
    /// The date is at most so many days away.
    Soon,
    /// The date is after the day.
    Future,
    /// The date stands for "without end".
    Endless,
    /// Something is written that is no date.
    NotADate,
    /// The first date is after the second.
    DatesReversed,
    /// The number is this one.
    Equals,
    /// The number is this one or more.
    AtLeast,
    /// The first number is lower than the second.
    Below,
    /// The amount is higher than this one, in fen.
    AmountOver,
    /// Something else than digits.
    NotDigits,
    /// A counter moved between its first and its last reading.
    CounterMoved,
    /// More transactions offline than the card allows.
    OfflineLimit,
    /// The card does not tell.
    NotOffered,
    /// Electronic cash was never opened.
    CashClosed,
    /// Selected, and nothing in it.
    Empty,
    /// Selected, and it answers no question.
    Dead,
    /// No record opens before a transaction.
    NeedsTransaction,
    /// Answers that are no data objects.
    Malformed,
    /// An FCI that the standard does not allow.
    FciOdd,
    /// A list of tags that breaks off or asks for too much.
    ListOdd,
    /// Mandatory objects that no record holds.
    Missing,
    /// A record number left out.
    Gap,
    /// Offline authentication in part only.
    AuthenticationIncomplete,
    /// A log record of another length than its format.
    LogLength,
    /// Two values of one tag.
    Differs,
    /// An account number that is none.
    AccountOdd,
    /// A wrong check digit, or a foreign range.
    AccountCheck,
    /// Track 2 and the chip's objects disagree.
    TrackDiffers,
    /// A service code of cards without chip.
    WithoutChip,
    /// A service code of test cards.
    TestCard,
    /// Another country or currency.
    Foreign,
    /// Another name than that of social security.
    NameDiffers,
    /// Another identity number than that of social security, or a wrong one.
    NumberDiffers,
    /// Another end of validity than that of social security.
    ValidityDiffers,
    /// A sign of national cryptography.
    NationalCryptography,
    /// No such sign.
    NoNationalCryptography,
}

/// What a rule looks for in a transport purse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurseLook {
    /// Its public data was never written.
    Blank,
    /// Its last day is before the day.
    Past,
    /// Its first day is after the day.
    Future,
    /// FCI and public data disagree.
    Differs,
    /// Its number is not of the national range.
    NumberOdd,
    /// Its balance is blocked for good.
    Blocked,
    /// Its overdraft is in use.
    Overdrawn,
    /// It holds more than this, in fen.
    BalanceOver,
    /// It works in its own city only.
    NotLinked,
    /// A purchase in parts is not finished.
    Unfinished,
    /// It says that it is for tests.
    TestCard,
    /// It is empty, and so is its log.
    Unused,
}

/// What a rule looks for on both sides of a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairLook {
    /// An item reads otherwise on the other side.
    ItemDiffers,
    /// A data object has another value on the other side.
    ObjectDiffers,
    /// It opens on one side and is refused on the other.
    OneSideOnly,
    /// No application of its kind on either side.
    NoneOfKind,
}
