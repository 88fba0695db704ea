//! The commands that work with readers, and with no recording.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::source::seconds;

/// `sscard readers`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard readers
  sscard readers --watch                 arrivals and departures, until Ctrl-C
  sscard readers --json")]
pub(in crate::cli) struct Readers {
    /// Print arrivals and departures, one line each, until stopped 持续显示变化
    #[arg(long)]
    pub(in crate::cli) watch: bool,
    /// Longest wait for the service, in seconds 服务应答时限
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(in crate::cli) timeout: Duration,
}

/// `sscard watch`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard watch --lang zh                 all readers, full screen; q ends it
  sscard watch --once                    the first card, and its exit code
  sscard watch --log cards.ndjson        a line for each card, nothing personal
Where the output is no terminal, a line is printed for each card; with --json, a row of JSON for each,
as in the log. A service that is not there is awaited.")]
pub(in crate::cli) struct Watch {
    /// Add a line for each card to this file (NDJSON, nothing personal) 日志文件
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) log: Option<PathBuf>,
    /// End after the first card, with its exit code 只看一张卡
    #[arg(long)]
    pub(in crate::cli) once: bool,
    /// Longest time for one exchange, in seconds 单条指令时限
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(in crate::cli) timeout: Duration,
    /// Longest time for one card, in seconds 单张卡时限
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(in crate::cli) deadline: Duration,
    /// A regional table, by which its cards are read too; repeatable 地方表
    #[arg(long = "profile", value_name = "FILE")]
    pub(in crate::cli) profiles: Vec<PathBuf>,
}

/// `sscard doctor`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard doctor --lang zh                computer, service, readers, card: which is it?
  sscard doctor --reader 'ACS ACR39U'    one of several readers
  sscard doctor --json > ticket.json     to attach to a ticket; nothing personal in it
The card is reset six times and read a thousand times; nothing is written, no PIN is tried.
Other software that uses the card meanwhile loses its state with it, and has to begin anew.
卡片会被复位；同时在用这张卡的其他软件会丢失卡的状态，需要重新开始。")]
pub(in crate::cli) struct Doctor {
    /// The reader: exact name, or a part that only one has 读卡器名
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) reader: Option<String>,
    /// Longest time for one exchange, in seconds 单条指令时限
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub(in crate::cli) timeout: Duration,
    /// Longest time for the card, in seconds 卡片检查时限
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(in crate::cli) deadline: Duration,
}
