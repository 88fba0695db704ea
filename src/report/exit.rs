//! Exit codes and the names of outcomes.

use crate::profile::Text;
use crate::transport::TransportError;
use crate::verdict::Outcome;

/// How a run ended: the process's exit code and the document's `outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; all passed.
    Healthy,
    /// A defect of this program.
    Internal,
    /// Wrong arguments.
    Usage,
    /// Something needs attention.
    Attention,
    /// A fault was found.
    Faulty,
    /// A card of another kind.
    NotSocialSecurity,
    /// The card does not power up, or gives answers that are none.
    Unreadable,
    /// No card seen.
    NoCard,
    /// No reader, or none of that name.
    NoReader,
    /// No PC/SC service.
    NoService,
    /// Another program holds the card.
    Busy,
    /// Card or reader left during the work.
    Removed,
    /// The card fell silent, or the deadline passed.
    Timeout,
    /// More than one card or reader fits.
    Ambiguous,
    /// An expectation failed, or a difference was found.
    Failed,
    /// A file or hex string that does not parse.
    BadInput,
    /// A file that cannot be read or written.
    Io,
}

impl Exit {
    /// The process's exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Attention => 10,
            Self::Faulty => 11,
            Self::NotSocialSecurity => 12,
            Self::Unreadable => 13,
            Self::NoCard => 20,
            Self::NoReader => 21,
            Self::NoService => 22,
            Self::Busy => 23,
            Self::Removed => 24,
            Self::Timeout => 25,
            Self::Ambiguous => 26,
            Self::Failed => 14,
            Self::BadInput => 65,
            Self::Io => 74,
        }
    }

    /// The name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Internal => "internal",
            Self::Usage => "usage",
            Self::Attention => "attention",
            Self::Faulty => "faulty",
            Self::NotSocialSecurity => "not_social_security",
            Self::Unreadable => "unreadable",
            Self::NoCard => "no_card",
            Self::NoReader => "no_reader",
            Self::NoService => "no_service",
            Self::Busy => "busy",
            Self::Removed => "removed",
            Self::Timeout => "timeout",
            Self::Ambiguous => "ambiguous",
            Self::Failed => "failed",
            Self::BadInput => "bad_input",
            Self::Io => "io",
        }
    }

    /// One word for people.
    #[must_use]
    pub fn word(self) -> Text {
        let (zh, en) = match self {
            Self::Healthy => ("健康", "HEALTHY"),
            Self::Internal => ("程序错误", "PROGRAM ERROR"),
            Self::Usage => ("用法错误", "WRONG USAGE"),
            Self::Attention => ("需要注意", "NEEDS ATTENTION"),
            Self::Faulty => ("有故障", "FAULTY"),
            Self::NotSocialSecurity => ("不是社保卡", "NOT A SOCIAL SECURITY CARD"),
            Self::Unreadable => ("读不出", "UNREADABLE"),
            Self::NoCard => ("未见卡片", "NO CARD"),
            Self::NoReader => ("没有读卡器", "NO READER"),
            Self::NoService => ("读卡服务不可用", "NO SMART CARD SERVICE"),
            Self::Busy => ("卡片被占用", "CARD IN USE"),
            Self::Removed => ("卡片中途移开", "CARD REMOVED"),
            Self::Timeout => ("卡片无应答", "CARD SILENT"),
            Self::Ambiguous => ("不止一张卡或一台读卡器", "MORE THAN ONE"),
            Self::Failed => ("不符合预期", "NOT AS EXPECTED"),
            Self::BadInput => ("输入有误", "BAD INPUT"),
            Self::Io => ("文件读写失败", "FILE ERROR"),
        };
        Text { zh, en }
    }
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NoService => Self::NoService,
            Outcome::Busy => Self::Busy,
            Outcome::Removed => Self::Removed,
            Outcome::Timeout => Self::Timeout,
            Outcome::Unreadable => Self::Unreadable,
            Outcome::NotSocialSecurity => Self::NotSocialSecurity,
            Outcome::Faulty => Self::Faulty,
            Outcome::Attention => Self::Attention,
            Outcome::Healthy => Self::Healthy,
        }
    }
}

impl From<&TransportError> for Exit {
    fn from(error: &TransportError) -> Self {
        match error {
            TransportError::NoService | TransportError::AccessDenied => Self::NoService,
            TransportError::NoReader => Self::NoReader,
            TransportError::Ambiguous(_) => Self::Ambiguous,
            TransportError::NoCard => Self::NoCard,
            TransportError::Busy
            | TransportError::HeldExclusively
            | TransportError::ExclusiveRefused
            | TransportError::ResetByOther => Self::Busy,
            TransportError::Removed | TransportError::ReaderGone => Self::Removed,
            TransportError::Timeout => Self::Timeout,
            TransportError::Unpowered
            | TransportError::Unresponsive
            | TransportError::ProtocolMismatch
            | TransportError::BadAnswer(_)
            | TransportError::Service(_) => Self::Unreadable,
            TransportError::Refused(_) => Self::Internal,
        }
    }
}
