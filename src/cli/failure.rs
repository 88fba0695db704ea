//! A run that ends without an answer: an exit code, a place, what to do.

use std::io;
use std::path::Path;

use crate::profile::Text;
use crate::report::{self, ErrorDocument, Exit, Language};
use crate::transport::TransportError;

/// Why a run ended without an answer.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    message: Text,
    advice: Text,
    /// File, line, column, or names; what only this run knows.
    detail: Option<String>,
}

impl Failure {
    /// The usual words of an exit code, and what only this run knows.
    pub(super) fn with_detail(exit: Exit, detail: &str) -> Self {
        let (message, advice) = report::trouble(exit);
        Self { exit, message, advice, detail: Some(detail.to_owned()) }
    }

    /// A file that could not be created; one that is there is never overwritten.
    pub(super) fn not_created(path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{path} is there already, and is never overwritten: choose another name")
            }
            _ => format!("{path}: {error}"),
        };
        Self::with_detail(Exit::Io, &why)
    }

    /// Nothing was there to be judged or run.
    pub(super) fn nothing(detail: &str) -> Self {
        let message = Text { zh: "没有可判断的内容。", en: "There was nothing to judge." };
        let advice = Text {
            zh: "检查路径；目录里只取 .apdu、.ndjson、.jsonl 文件。",
            en: "Check the path; of a folder, files that end in .apdu, .ndjson or .jsonl are taken.",
        };
        Self { exit: Exit::BadInput, message, advice, detail: Some(detail.to_owned()) }
    }

    /// There are readers, and none is called so.
    #[cfg(feature = "pcsc")]
    pub(super) fn no_reader_of_that_name(detail: &str) -> Self {
        let (message, advice) = report::NO_READER_OF_THAT_NAME;
        Self { exit: Exit::NoReader, message, advice, detail: Some(detail.to_owned()) }
    }

    /// No virtual reader to put a card into.
    pub(super) fn no_virtual_reader(detail: &str) -> Self {
        let message = Text {
            zh: "没有连上虚拟读卡器。",
            en: "The virtual reader was not reached.",
        };
        let advice = Text {
            zh: "先启动装有 vsmartcard-vpcd 的 pcscd；或在源码目录里用 scripts/in-pcsc 运行，它自带服务和虚拟读卡器。",
            en: "Start pcscd with vsmartcard-vpcd first, or run this under scripts/in-pcsc of the sources, which brings a service and virtual readers.",
        };
        Self { exit: Exit::Io, message, advice, detail: Some(detail.to_owned()) }
    }

    /// The same with what only this run knows.
    pub(super) fn detailed(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }

    /// The same with other advice.
    #[cfg(feature = "pcsc")]
    pub(super) fn advised(self, advice: Text) -> Self {
        Self { advice, ..self }
    }

    /// What happened and what to do.
    #[cfg(feature = "pcsc")]
    pub(super) fn trouble(&self) -> (Text, Text) {
        (self.message, self.advice)
    }

    pub(super) fn document(&self) -> ErrorDocument {
        ErrorDocument {
            kind: self.exit.name(),
            message: self.message.into(),
            advice: self.advice.into(),
            detail: self.detail.clone(),
        }
    }

    /// What happened, where, and what to do.
    pub(super) fn text(&self, language: Language) -> String {
        let (message, advice) =
            (self.message.in_language(language), self.advice.in_language(language));
        match &self.detail {
            Some(detail) => format!("{message}\n{detail}\n{advice}\n"),
            None => format!("{message}\n{advice}\n"),
        }
    }
}

impl From<&TransportError> for Failure {
    fn from(error: &TransportError) -> Self {
        let exit = Exit::from(error);
        let (message, advice) = match error {
            TransportError::NoService => no_service(),
            other => report::transport(other),
        };
        let detail = match error {
            TransportError::Ambiguous(names) => Some(names.join("\n")),
            TransportError::Service(_) | TransportError::Refused(_) => Some(error.to_string()),
            _ => None,
        };
        Self { exit, message, advice, detail }
    }
}

/// Why there is no service, as far as that can be seen from here.
#[cfg(feature = "pcsc")]
fn no_service() -> (Text, Text) {
    why_unserved(crate::transport::pcsc::service_state())
}

#[cfg(feature = "pcsc")]
fn why_unserved(state: crate::transport::pcsc::ServiceState) -> (Text, Text) {
    use crate::transport::pcsc::ServiceState;
    let trouble = match state {
        ServiceState::Missing => report::ServiceTrouble::Missing,
        ServiceState::NotRunning => report::ServiceTrouble::NotRunning,
        ServiceState::Silent => report::ServiceTrouble::Silent,
        ServiceState::Unreachable => report::ServiceTrouble::Unreachable,
    };
    report::service(trouble, report::System::CURRENT)
}

#[cfg(feature = "pcsc")]
impl From<crate::transport::pcsc::ServiceState> for Failure {
    fn from(state: crate::transport::pcsc::ServiceState) -> Self {
        let (message, advice) = why_unserved(state);
        Self { exit: Exit::NoService, message, advice, detail: None }
    }
}

#[cfg(not(feature = "pcsc"))]
fn no_service() -> (Text, Text) {
    report::trouble(Exit::NoService)
}
