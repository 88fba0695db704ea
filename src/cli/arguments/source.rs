//! Where a card comes from: reader, recording or model.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::offered::{models, offered};
use crate::emulate::Fault;
use crate::report::{Source, SourceKind};
use crate::session;

/// The values of `--interface`.
pub(super) const SIDES: [&str; 2] = ["contact", "contactless"];

/// The values of `--protocol`.
const PROTOCOLS: [&str; 3] = ["t0", "t1", "auto"];

/// What is for a recording or a reader alone. A fault has to refuse each: beside one of
/// them clap does not insist on the card that the fault requires.
const OF_OTHERS: [&str; 6] = ["session", "reader", "interface", "protocol", "exclusive", "wait"];

/// Where the card comes from.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct CardSource {
    /// The reader: exact name, or a part that only one has 读卡器名
    #[arg(long, value_name = "NAME", conflicts_with_all = ["session", "virtual_card"])]
    pub(in crate::cli) reader: Option<String>,
    /// Judge a recorded session (`-`: standard input); twice: both sides of one chip 判断录制文件，可给两个界面
    #[arg(long, value_name = "FILE", conflicts_with = "virtual_card")]
    pub(in crate::cli) session: Vec<PathBuf>,
    /// A built-in card model answers; `list` names them 用内置卡样（list 列出）
    #[arg(long = "virtual", value_name = "NAME", value_parser = models(), hide_possible_values = true)]
    pub(in crate::cli) virtual_card: Option<String>,
    /// What goes wrong with that card, and when: remove@3, slow:500@1; repeatable 卡样的故障
    #[arg(long, value_name = "KIND@N", requires = "virtual_card", conflicts_with_all = OF_OTHERS)]
    pub(in crate::cli) fault: Vec<Fault>,
    /// A file of faults; repeatable 故障文件
    #[arg(long, value_name = "FILE", requires = "virtual_card", conflicts_with_all = OF_OTHERS)]
    pub(in crate::cli) scenario: Vec<PathBuf>,
    /// Only readers of this side; also the side to expect 接触或非接触
    #[arg(long, value_name = "contact|contactless", value_parser = offered(interface, &SIDES), hide_possible_values = true, conflicts_with_all = ["session", "virtual_card"])]
    pub(in crate::cli) interface: Option<session::Interface>,
    /// Protocol to ask for 传输协议
    #[arg(long, value_name = "t0|t1|auto", default_value = "auto", value_parser = offered(protocol, &PROTOCOLS), hide_possible_values = true, conflicts_with_all = ["session", "virtual_card"])]
    pub(in crate::cli) protocol: ProtocolChoice,
    /// Keep other programs off the card 独占卡片
    #[arg(long, conflicts_with_all = ["session", "virtual_card"])]
    pub(in crate::cli) exclusive: bool,
    /// Longest time for one exchange, in seconds 单条指令时限
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(in crate::cli) timeout: Duration,
    /// Longest time for everything but the wait for a card, in seconds 全部时限（不含等卡）
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(in crate::cli) deadline: Duration,
    /// Wait for a card (for ever, or so many seconds) 等待插卡
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "forever", conflicts_with_all = ["session", "virtual_card"])]
    pub(in crate::cli) wait: Option<WaitChoice>,
    /// A regional table, by which its cards are read too; repeatable 地方表
    #[arg(long = "profile", value_name = "FILE")]
    pub(in crate::cli) profiles: Vec<PathBuf>,
}

impl CardSource {
    /// Where the card was to come from, whether or not it did.
    pub(in crate::cli) fn origin(&self) -> Source {
        let (kind, name) = match (&self.virtual_card, self.session.as_slice()) {
            (Some(model), _) => (SourceKind::Virtual, Some(model.clone())),
            (None, []) => (SourceKind::Reader, self.reader.clone()),
            (None, [path]) => (SourceKind::Session, Some(path.display().to_string())),
            (None, _) => (SourceKind::Sessions, None),
        };
        Source { kind, name }
    }
}

/// `--protocol`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) enum ProtocolChoice {
    #[default]
    Auto,
    This(session::Protocol),
}

/// `--wait`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum WaitChoice {
    Forever,
    For(Duration),
}

impl std::str::FromStr for WaitChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "forever" { Ok(Self::Forever) } else { seconds(text).map(Self::For) }
    }
}

pub(super) fn interface(text: &str) -> Result<session::Interface, String> {
    session::Interface::from_name(text).ok_or_else(|| "contact or contactless".into())
}

fn protocol(text: &str) -> Result<ProtocolChoice, String> {
    match text {
        "auto" => Ok(ProtocolChoice::Auto),
        "t0" => Ok(ProtocolChoice::This(session::Protocol::T0)),
        "t1" => Ok(ProtocolChoice::This(session::Protocol::T1)),
        _ => Err("t0, t1 or auto".into()),
    }
}

/// A year is longer than anybody waits.
const MAX_SECONDS: f64 = 31_536_000.0;

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let expected = || String::from("a number of seconds, more than 0, at most a year");
    let number: f64 = text.parse().map_err(|_| expected())?;
    if number > 0.0 && number <= MAX_SECONDS {
        Ok(Duration::from_secs_f64(number))
    } else {
        Err(expected())
    }
}
