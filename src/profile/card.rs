//! The rows of the card model: files and their items.

use super::{Confidence, Text, Version};

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
    /// Records with the template 61, in the file that tag 88 of the FCI names
    /// (P3 5.1.4).
    Directory,
    /// Kept by the operating system of the card; no READ reaches it.
    Internal,
    /// No source tells. Only in regional tables.
    Unknown,
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
    /// The regional table that holds it; `None` for the standards' own.
    pub table: Option<&'static str>,
    /// The application it belongs to.
    pub application: &'static str,
    /// File identifier; 0 where no source gives one.
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
    /// The regional table that holds it; `None` for the standards' own.
    pub table: Option<&'static str>,
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
    /// Length of the value in bytes; 0 where no source tells (regional, raw).
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
