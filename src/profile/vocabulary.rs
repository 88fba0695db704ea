//! The words that tables use for the values of an enum, the same as in documents.

use super::{Access, Confidence, Display, Encoding, Personal, Structure, Version};

/// Gives an enum its words, both ways; the compiler sees to it that none is missing.
macro_rules! vocabulary {
    ($type:ident: $($word:literal = $variant:ident),+ $(,)?) => {
        impl $type {
            /// Every word with its value, in the order of the enum.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            /// The word in tables and documents.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

vocabulary!(Version: "1.0" = V1, "2.0" = V2, "3.0" = V3, "undated" = Undated);
vocabulary!(Confidence: "low" = Low, "medium" = Medium, "high" = High);
vocabulary!(Structure:
    "variable-records" = VariableRecords, "fixed-records" = FixedRecords, "cyclic" = Cyclic,
    "transparent" = Transparent, "key-file" = KeyFile, "directory" = Directory,
    "internal" = Internal, "unknown" = Unknown,
);
vocabulary!(Access:
    "free" = Free, "key" = Key, "pin" = Pin, "pin-or-key" = PinOrKey, "pin-and-key" = PinAndKey,
    "never" = Never, "unknown" = Unknown,
);
vocabulary!(Encoding:
    "bcd" = Bcd, "ascii" = Ascii, "gbk" = Gbk, "binary" = Binary, "group" = Group,
    "undecided" = Undecided,
);
vocabulary!(Display:
    "card-identification-code" = CardIdentificationCode, "code" = Code, "version" = Version,
    "initialising-body" = InitialisingBody, "date" = Date, "card-number" = CardNumber,
    "identity-number" = IdentityNumber, "text" = Text, "region" = Region,
    "year-month" = YearMonth, "year" = Year, "date-time" = DateTime, "amount" = Amount,
    "count" = Count, "months" = Months, "digits" = Digits, "organisation" = Organisation,
    "group" = Group, "raw" = Raw,
);
vocabulary!(Personal:
    "none" = None, "name" = Name, "id" = Id, "card" = Card, "account" = Account,
    "demographic" = Demographic, "address" = Address, "phone" = Phone, "health" = Health,
    "employment" = Employment, "insurance" = Insurance, "benefit" = Benefit,
    "education" = Education, "family" = Family, "biometric" = Biometric, "finance" = Finance,
    "chip" = Chip, "unknown" = Unknown,
);
