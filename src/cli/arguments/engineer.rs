//! The commands of test engineers: recordings in, recordings out.

use std::path::PathBuf;

use clap::Args;

use super::offered::offered;
use super::source::{CardSource, SIDES, interface};

/// `sscard record`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard record -o card.apdu
  sscard record -o card.apdu --virtual gen2
  sscard record -o card.apdu -- run apdu-scripts/certificate-tour.apdu
The file holds personal data, and each exchange as soon as it was answered. It is never
overwritten. Run `sscard scrub` before passing it on.")]
pub(in crate::cli) struct Record {
    #[command(flatten)]
    pub(in crate::cli) source: CardSource,
    /// The file to write 录制文件
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: PathBuf,
    /// Also ask how many PIN tries are left 询问密码剩余次数
    #[arg(long)]
    pub(in crate::cli) pin_state: bool,
    /// `-- run SCRIPT`: a script instead of the check 录制脚本的往来
    #[arg(last = true, num_args = 2, value_names = ["run", "SCRIPT"])]
    pub(in crate::cli) instead: Vec<PathBuf>,
}

/// `sscard run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard run apdu-scripts/quick-generation.apdu
  sscard run apdu-scripts/*.apdu --virtual gen3 --junit out.xml
  sscard run recorded.apdu               does the card still answer as recorded?
A script may only read. One that writes says `@require write`, and you say --allow-write.
Exit codes: 0 all as expected, 14 something else came out, 65 a script that cannot be run")]
pub(in crate::cli) struct Run {
    #[command(flatten)]
    pub(in crate::cli) source: CardSource,
    /// Scripts or recordings (.apdu); `-`: standard input 脚本或录制
    #[arg(required = true, value_name = "SCRIPT")]
    pub(in crate::cli) scripts: Vec<PathBuf>,
    /// Write a JUnit report 输出 JUnit 报告
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) junit: Option<PathBuf>,
    /// Let a script with `@require write` send what may change the card 允许写卡
    #[arg(long)]
    pub(in crate::cli) allow_write: bool,
}

/// `sscard replay`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard replay fixtures/foreign
  sscard replay fixtures --junit out.xml
  sscard replay - --ndjson --jobs 2 < sessions.ndjson > rows.ndjson
  sscard replay sessions.ndjson --against rows.ndjson
Exit codes: 0 all as expected, 14 something else came out, 65 one could not be read, or none was there")]
pub(in crate::cli) struct Replay {
    /// Recordings, folders of them, files with one on each line; `-`: standard input 录制文件、目录
    #[arg(required = true, value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// So many threads 线程数
    #[arg(long, value_name = "N", default_value = "1", value_parser = jobs)]
    pub(in crate::cli) jobs: usize,
    /// A row for each session instead of the summary 每份一行
    #[arg(long, conflicts_with = "json")]
    pub(in crate::cli) ndjson: bool,
    /// Write a JUnit report 输出 JUnit 报告
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) junit: Option<PathBuf>,
    /// Stop at the first that is not as expected 遇到不符即停
    #[arg(long)]
    pub(in crate::cli) fail_fast: bool,
    /// Leave out the first so many 跳过前若干份
    #[arg(long, value_name = "N", default_value = "0")]
    pub(in crate::cli) skip: u64,
    /// Report every verdict that differs from these rows, found by id 与以前的结果比较
    #[arg(long, value_name = "OLD.ndjson")]
    pub(in crate::cli) against: Option<PathBuf>,
    /// Rewrite @expect of files whose verdict is another now 更新 @expect
    #[arg(long, conflicts_with_all = ["ndjson", "json"])]
    pub(in crate::cli) update_expect: bool,
}

/// More threads than any machine has cores would only take memory.
fn jobs(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|jobs| (1..=1024).contains(jobs)).ok_or_else(|| "1 to 1024".into())
}

/// `sscard diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard diff before.apdu after.apdu
  sscard diff one.apdu other.apdu --ignore-personal
Exit codes: 0 nothing differs, 14 something does. Times and challenges never matter")]
pub(in crate::cli) struct Diff {
    /// A recording 录制
    #[arg(value_name = "A")]
    pub(in crate::cli) left: PathBuf,
    /// Another one 另一份录制
    #[arg(value_name = "B")]
    pub(in crate::cli) right: PathBuf,
    /// Leave out what belongs to one person 不比较个人信息
    #[arg(long)]
    pub(in crate::cli) ignore_personal: bool,
}

/// `sscard import`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard import pcscd.log -o card.apdu --interface contact
  opensc-tool -s 00A40400... | sscard import - -o card.apdu
Known are pcscd --apdu, pcsc-spy, opensc-tool, OpenSC's debug log, scriptor, pyscard, apdu4j
and lines of hex. What is not understood is counted and shown. The file holds personal data: run
`sscard scrub` before passing it on.")]
pub(in crate::cli) struct Import {
    /// The log; `-`: standard input 日志
    #[arg(value_name = "LOG")]
    pub(in crate::cli) log: PathBuf,
    /// The file to write; `-`, with --reveal: standard output 录制文件
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: PathBuf,
    /// The side of the chip, which no log tells 接触或非接触
    #[arg(long, value_name = "contact|contactless", value_parser = offered(interface, &SIDES), hide_possible_values = true)]
    pub(in crate::cli) interface: Option<crate::session::Interface>,
    /// The protocol, where it is known: T=0 or T=1 传输协议
    #[arg(long, value_name = "T=0|T=1", value_parser = t0_or_t1)]
    pub(in crate::cli) protocol: Option<crate::session::Protocol>,
}

/// `sscard scrub`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard scrub card.apdu -o to-pass-on.apdu
  sscard scrub sessions.ndjson -o scrubbed.ndjson
Names, numbers, photos, logs and everything else that is masked are replaced by samples of
the same length; the verdict stays. The file holds no personal data and is never overwritten.")]
pub(in crate::cli) struct Scrub {
    /// The recording, or one on each line; `-`: standard input 录制文件
    #[arg(value_name = "IN")]
    pub(in crate::cli) input: PathBuf,
    /// The file to write; `-`: standard output 输出文件
    #[arg(short, long, value_name = "OUT")]
    pub(in crate::cli) output: PathBuf,
}

fn t0_or_t1(text: &str) -> Result<crate::session::Protocol, String> {
    crate::session::Protocol::from_name(text).ok_or_else(|| "T=0 or T=1".into())
}
