//! What the standards say is on a card: applications, files, items, codes,
//! status words, tags. Tables under `profile/tables`, with source and examples,
//! turned into `static` data at build time. No I/O, no clock.

mod decode;
mod lookup;
mod region;

pub use decode::{Decoded, ItemError, Value};
pub use lookup::{
    application, application_by_aid, application_by_fid, applications, applications_of, children,
    code, file, files, item, items, records, registration, rows_of_tag, status_word, status_words,
    tag, terminal_errors,
};
pub use region::{Region, region};

/// A DF name that no card has (proprietary range of ISO/IEC 7816-5, this
/// program's name): the negative control before a card is called blocked.
pub const UNUSED_AID: &[u8] = &[0xF0, 0x73, 0x73, 0x63, 0x61, 0x72, 0x64, 0x00, 0x01];

/// The same words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// One secondary source, or inference.
    Low,
    /// One good source, or several secondary ones.
    Medium,
    /// The standard's text, or several independent sources.
    High,
}

/// A version of the card standard, by its first three characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `1.0x`: LB 002-2000.
    V1,
    /// `2.0x`: 人社信息函〔2012〕37号, LD/T 32-2015.
    V2,
    /// `3.0x`: no public text.
    V3,
}

impl Version {
    /// By the first three characters of a specification version; `4.0x` or
    /// letters are none that is known (SCT 10.2).
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        match text.get(..3)? {
            "1.0" => Some(Self::V1),
            "2.0" => Some(Self::V2),
            "3.0" => Some(Self::V3),
            _ => None,
        }
    }
}

/// What an application is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationKind {
    /// SSSE and the DFs below it.
    SocialSecurity,
    /// Digital certificates.
    Certificate,
    /// Bank applications.
    Payment,
    /// Transport purses.
    Transport,
    /// PSE and PPSE.
    Directory,
    /// GlobalPlatform issuer security domain.
    CardManager,
    /// Only on a terminal's security module, never on a citizen's card.
    Psam,
}

/// An application, as the standards and public lists name it.
#[derive(Debug, PartialEq, Eq)]
pub struct Application {
    /// The tool's name of it, as in JSON.
    pub id: &'static str,
    /// What it is for.
    pub kind: ApplicationKind,
    /// DF names (ISO/IEC 7816-4, 5.3.1.1) that select it, the usual one first.
    pub aids: &'static [&'static [u8]],
    /// File identifiers that select it.
    pub fids: &'static [u16],
    /// The application above it; `None` under the MF.
    pub parent: Option<&'static str>,
    /// Name.
    pub name: Text,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// How a file is built (ISO/IEC 7816-4, 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Structure {
    /// Records of different lengths, each `tag length value`.
    VariableRecords,
    /// Records of one length, each `tag length value`.
    FixedRecords,
    /// Records of one length without tags, the newest first.
    Cyclic,
    /// A string of bytes.
    Transparent,
    /// A key; never read.
    KeyFile,
}

/// What must happen before a file opens for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Free,
    /// External authentication with a key.
    Key,
    /// The PIN.
    Pin,
    /// One of both.
    PinOrKey,
    /// Both.
    PinAndKey,
    /// Never opens.
    Never,
    /// No source tells.
    Unknown,
}

/// An elementary file of an application.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// The application it belongs to.
    pub application: &'static str,
    /// File identifier.
    pub fid: u16,
    /// Short file identifier, 1 to 30; `None` where it has none.
    pub sfi: Option<u8>,
    /// The versions that have it so.
    pub versions: &'static [Version],
    /// Those of the versions for which no source shows it.
    pub presumed: &'static [Version],
    /// How it is built.
    pub structure: Structure,
    /// Size in bytes, tags and lengths included; `None` where no source tells.
    pub size: Option<u16>,
    /// Number of records, at least so many in a cyclic file; 0 for a transparent one.
    pub records: u8,
    /// Size of one record in bytes, where all have the same.
    pub record_size: Option<u16>,
    /// Name.
    pub name: Text,
    /// What must happen before it opens.
    pub access: Access,
    /// The key, in the standard's words; empty where none.
    pub key: &'static str,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// How an item's bytes are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Packed BCD, left-aligned, padded with nibbles F.
    Bcd,
    /// ASCII, left-aligned, padded with 00 (FF and 20 occur).
    Ascii,
    /// GB 18030, padded like ASCII.
    Gbk,
    /// Bytes; a number is unsigned, high byte first.
    Binary,
    /// Items with one-byte tags.
    Group,
    /// BCD or binary: the sources disagree, so the bytes are shown.
    Undecided,
}

/// What an item's value means, and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// 卡的识别码: region, `D156000005`, serial, authentication code.
    CardIdentificationCode,
    /// A code of a table.
    Code,
    /// 规范版本, such as `2.00`.
    Version,
    /// 初始化机构编号, begins `9156000002`.
    InitialisingBody,
    /// YYYYMMDD.
    Date,
    /// 卡号, nine characters.
    CardNumber,
    /// 社会保障号码, usually GB 11643.
    IdentityNumber,
    /// Text.
    Text,
    /// Administrative division, six digits.
    Region,
    /// YYYYMM.
    YearMonth,
    /// YYYY.
    Year,
    /// YYYYMMDDhhmmss.
    DateTime,
    /// An amount in fen (分), shown in yuan.
    Amount,
    /// A number.
    Count,
    /// A number of months.
    Months,
    /// Digits that are no number: telephone, account.
    Digits,
    /// An organisation code (GB 11714).
    Organisation,
    /// Items within the item.
    Group,
    /// Bytes.
    Raw,
}

/// How personal a value is: decides what is shown without `--reveal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Personal {
    /// Not personal: shown.
    None,
    /// A person's name.
    Name,
    /// An identity number.
    Id,
    /// Card number or card identification code.
    Card,
    /// A bank account number.
    Account,
    /// Sex, birth, origin.
    Demographic,
    /// Where somebody lives.
    Address,
    /// How to reach somebody.
    Phone,
    /// Health.
    Health,
    /// Work.
    Employment,
    /// Insurance relations.
    Insurance,
    /// Benefits.
    Benefit,
    /// Education.
    Education,
    /// Relatives.
    Family,
    /// Photo, fingerprint.
    Biometric,
    /// Accounts and amounts.
    Finance,
    /// What identifies one chip.
    Chip,
    /// Unclassed: masked.
    Unknown,
}

/// A value with what the standard shows for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// The value's bytes.
    pub bytes: &'static [u8],
    /// What it decodes to.
    pub shows: &'static str,
}

/// Which characters of a value are a code of which table.
#[derive(Debug, PartialEq, Eq)]
pub struct CodePart {
    /// The code table.
    pub table: &'static str,
    /// The characters, counted from 1, both ends included; `None`: all of them.
    pub characters: Option<(usize, usize)>,
}

/// A data item of a file: one record, or one element of a record.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// English name in kebab case, the same across versions.
    pub id: &'static str,
    /// The application it belongs to.
    pub application: &'static str,
    /// File identifier of its file.
    pub file: u16,
    /// One-byte tag; `None` in files whose records have none.
    pub tag: Option<u8>,
    /// Number of its record, or its place in a record without tags, from 1; 0
    /// within a group.
    pub order: u8,
    /// Tags of the groups that hold it; empty outside of groups.
    pub parents: &'static [u8],
    /// The versions that have it.
    pub versions: &'static [Version],
    /// Those of the versions for which no source shows it.
    pub presumed: &'static [Version],
    /// Name.
    pub name: Text,
    /// How its bytes are coded.
    pub encoding: Encoding,
    /// Length of the value in bytes.
    pub length: usize,
    /// What the value means.
    pub display: Display,
    /// The code tables; empty where there is none here.
    pub codes: &'static [CodePart],
    /// The standard that holds the codes, where they are not in a table here.
    pub standard: Option<&'static str>,
    /// How personal it is.
    pub personal: Personal,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
    /// Values and what they decode to.
    pub examples: &'static [Example],
}

/// A code of a table and its meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The coded value.
    pub code: &'static str,
    /// What it means.
    pub meaning: Text,
    /// Where it comes from, if not from the table's source.
    pub source: Option<&'static str>,
}

/// A code table.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeTable {
    /// Its name.
    pub id: &'static str,
    /// What it codes.
    pub name: Text,
    /// The national standard it follows; empty where the notice defines it.
    pub standard: &'static str,
    /// Standard and clause.
    pub source: &'static str,
    /// The codes.
    pub codes: &'static [Code],
}

/// A status word in a context.
#[derive(Debug, PartialEq, Eq)]
pub struct StatusWordEntry {
    /// Four hex digits; `x` stands for any.
    pub sw: &'static str,
    /// Where this meaning holds; `any` for everywhere.
    pub context: &'static str,
    /// What the standard calls it.
    pub meaning: Text,
    /// What it tells about the card.
    pub diagnosis: Text,
    /// What to do.
    pub advice: Text,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// A number that counter software shows.
#[derive(Debug, PartialEq, Eq)]
pub struct TerminalError {
    /// The number, negative.
    pub code: i32,
    /// What the terminal standard says.
    pub meaning: Text,
    /// The status word behind it; empty where none.
    pub sw: &'static str,
    /// Who counts so: `reader`, `card`, `region-3301`, ….
    pub layer: &'static str,
    /// Standard and clause.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

/// A BER-TLV tag.
#[derive(Debug, PartialEq, Eq)]
pub struct TagEntry {
    /// The tag's bytes as a number, `9F0C` say.
    pub tag: u32,
    /// Name.
    pub name: Text,
    /// Format, in EMV's notation.
    pub format: &'static str,
    /// Length in bytes.
    pub length: &'static str,
    /// How personal its value is.
    pub personal: Personal,
}

/// What a registration number of the historical bytes stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationKind {
    /// Chip maker, T1-T2.
    Chip,
    /// Card maker, T6-T7.
    Card,
}

/// A registration number of the historical bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Registration {
    /// Whose.
    pub kind: RegistrationKind,
    /// The number.
    pub number: u16,
    /// The firm.
    pub name: Text,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}
