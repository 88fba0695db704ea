//! What may stand on the command line. Descriptions are in both languages.

mod engineer;
mod offered;
#[cfg(feature = "pcsc")]
mod reader;
mod setup;
mod source;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use engineer::{Diff, Import, Record, Replay, Run, Scrub};
pub(super) use offered::offered;
#[cfg(feature = "pcsc")]
pub(super) use reader::{Doctor, Readers, Watch};
pub(super) use setup::{Completions, Man, Schema, Shell};
pub(super) use source::CardSource;
#[cfg(feature = "pcsc")]
pub(super) use source::{ProtocolChoice, WaitChoice};

use crate::report::{Language, Reveal};

const EXAMPLES: &str = "\
Examples:
  sscard check                       the card in the reader 判断读卡器里的卡
  sscard check --virtual gen3        a built-in card model 用内置卡样试一试
  sscard check --session card.apdu   a recording 判断一份录制
  sscard decode atr 3B6D000000815453548660500000000004
  sscard readers                     readers and their cards 列出读卡器";

/// 读社会保障卡：第几代，是否健康
///
/// Reads Chinese social security cards: which generation, and are the
/// applications healthy? It reads only: no PIN is tried, nothing is written.
#[derive(Debug, Parser)]
#[command(name = "sscard", version, max_term_width = 100, after_help = EXAMPLES)]
#[command(about = "Reads social security cards 读社会保障卡：第几代，是否健康")]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    /// Print one JSON document; watch: a row for each card 输出一个 JSON 文档；watch 每张卡一行
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Language of the output (default: by the locale) 输出语言
    #[arg(long, global = true, value_name = "zh|en")]
    lang: Option<Lang>,
    /// Show personal data instead of masking it 显示个人信息，不遮盖
    #[arg(long, global = true)]
    reveal: bool,
    /// Show findings and exchanges in full 列出全部检查结果和指令往来
    #[arg(long, global = true)]
    pub(super) verbose: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Lang {
    Zh,
    En,
}

impl Common {
    pub(super) fn language(&self) -> Language {
        match self.lang {
            Some(Lang::Zh) => Language::Chinese,
            Some(Lang::En) => Language::English,
            None => language_of_locale(),
        }
    }

    pub(super) fn reveal(&self) -> Reveal {
        if self.reveal { Reveal::Shown } else { Reveal::Masked }
    }
}

/// Chinese where the locale is Chinese, else English.
pub(super) fn language_of_locale() -> Language {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    // Windows tells its language by a call alone.
    #[cfg(windows)]
    let locale = locale.or_else(sys_locale::get_locale);
    match locale {
        Some(locale) if locale.to_lowercase().starts_with("zh") => Language::Chinese,
        _ => Language::English,
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Which generation, is it healthy, what to tell the citizen 判断代次和健康状况
    Check(Check),
    /// Show every data item that opens without keys 显示不经认证可读的数据
    Read(Read),
    /// List readers and their cards 列出读卡器和卡片
    #[cfg(feature = "pcsc")]
    Readers(Readers),
    /// Counter mode: check every card as it comes, all readers 柜台模式：随插随读
    #[cfg(feature = "pcsc")]
    Watch(Watch),
    /// Computer, service, reader, contact or card: which is it? 逐段查故障
    #[cfg(feature = "pcsc")]
    Doctor(Doctor),
    /// Put a virtual card into a virtual reader 把内置卡样接到虚拟读卡器
    Virtual(Serve),
    /// The tables of files and items; check your own 数据项表，检查地方表
    Profile(ProfileArguments),
    /// Explain bytes: ATR, TLV, status word, APDU, AID 解释字节
    Decode(Decode),
    /// Run APDU scripts and compare with what they expect 运行脚本
    Run(Run),
    /// A check that keeps every exchange in a file 判断并录制
    Record(Record),
    /// Judge recorded sessions and compare with what each expects 批量判断录制
    Replay(Replay),
    /// Make a recording of another program's log 导入其他程序的日志
    Import(Import),
    /// Two recordings side by side: exchange, byte and meaning 比较两份录制
    Diff(Diff),
    /// Replace personal data, to pass a recording on 替换个人信息，便于外传
    Scrub(Scrub),
    /// Second against third generation, and what to do 二代与三代，怎么换卡
    Guide(Guide),
    /// The JSON schema of every document 各 JSON 文档的格式定义
    Schema(Schema),
    /// Completions for a shell 终端自动补全
    Completions(Completions),
    /// The manual page 手册页
    Man(Man),
}

impl Command {
    /// The command's name, as in documents.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Read(_) => "read",
            #[cfg(feature = "pcsc")]
            Self::Readers(_) => "readers",
            #[cfg(feature = "pcsc")]
            Self::Watch(_) => "watch",
            #[cfg(feature = "pcsc")]
            Self::Doctor(_) => "doctor",
            Self::Virtual(_) => "virtual",
            Self::Profile(_) => "profile",
            Self::Decode(_) => "decode",
            Self::Run(_) => "run",
            Self::Record(_) => "record",
            Self::Replay(_) => "replay",
            Self::Diff(_) => "diff",
            Self::Import(_) => "import",
            Self::Scrub(_) => "scrub",
            Self::Guide(_) => "guide",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }
}

/// `sscard check`.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  sscard check                          the card in the only reader
  sscard check --quick                  the generation alone, two commands
  sscard check --lang zh --verbose      every finding with its proof
  sscard check --record card.apdu       keep the session
  sscard check --html card.html         a page to print
  sscard check --session contact.apdu --session contactless.apdu
  sscard check --session card.apdu --json
Exit codes: 0 healthy, 10 attention, 11 faulty, 12 not a social security card,
13 unreadable, 20 no card, 21 no reader, 22 no service, 23 busy, 24 removed, 25 timeout
The card is reset between applications: other software that uses it meanwhile has to begin anew.
卡片会被复位；同时在用这张卡的其他软件需要重新开始。")]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) source: CardSource,
    /// The generation alone, in two commands 只判断代次
    #[arg(long)]
    pub(super) quick: bool,
    /// Also ask how many PIN tries are left: VERIFY without data. The standard says that no
    /// counter moves; no live card has confirmed it 询问密码剩余次数（规范规定不变，真实卡片未证实）
    #[arg(long, conflicts_with_all = ["quick", "session"])]
    pub(super) pin_state: bool,
    /// Judge as of this day (default: the day of the recording, else today) 判断日期
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) date: Option<jiff::civil::Date>,
    /// Verify the card's certificates by these, PEM 用这些机构证书验证卡上证书
    #[cfg(feature = "certificates")]
    #[arg(long, value_name = "CA.pem", conflicts_with = "quick")]
    pub(super) trust: Vec<PathBuf>,
    /// Write a page to print or to attach: verdict, advice, proof 输出网页报告
    #[arg(long, value_name = "FILE", conflicts_with = "quick")]
    pub(super) html: Option<PathBuf>,
    /// Keep the session, flushed exchange by exchange (holds personal data) 录制到文件
    #[arg(long, value_name = "FILE", conflicts_with = "session")]
    pub(super) record: Option<PathBuf>,
}

/// `sscard read`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard read --lang zh                 masked, as always
  sscard read --only name valid-until   some items; EF05 or df01 for all of one
  sscard read --reveal --json           in full, on your own responsibility
  sscard read --reveal --format bas --encoding gbk
                                        the line that counter software expects")]
pub(super) struct Read {
    #[command(flatten)]
    pub(super) source: CardSource,
    /// Only these items, by id, file (EF05) or application (df01) 只显示这些项
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',', conflicts_with = "format")]
    pub(super) only: Vec<String>,
    /// The basic line of the terminal standard (iReadCardBas) 终端规范的基本信息串
    #[arg(long, value_name = "bas", conflicts_with = "json")]
    pub(super) format: Option<Format>,
    /// Encoding of that line 基本信息串的编码
    #[arg(long, value_name = "utf-8|gbk", default_value = "utf-8", requires = "format")]
    pub(super) encoding: TextEncoding,
}

/// `--format`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// The basic line
    Bas,
}

/// `--encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TextEncoding {
    /// As everywhere else
    #[value(name = "utf-8")]
    Utf8,
    /// As Windows programs expect it; rare characters as in GB 18030
    Gbk,
}

/// `sscard virtual`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard virtual list
  sscard virtual gen2 --vpcd 127.0.0.1:35963
  sscard virtual my-card.toml --vpcd 127.0.0.1:35963 --fault remove@7
Faults: remove, reader-gone, close (within an answer), mute, slow:MS, truncate:BYTES, extend:BYTES,
sw:XXXX, flip:BIT, 61xx, 6cxx, unsteady, bad-atr, no-atr, other-atr; @N, @N-M or @N- (for good).
`check`, `read` and `record` take the same beside --virtual. In full: docs/faults.md")]
pub(super) struct Serve {
    /// A built-in model, a model file (.toml), or `list` 卡样名、卡样文件或 list
    #[arg(value_name = "NAME|FILE", value_parser = offered::models(), hide_possible_values = true)]
    pub(super) model: String,
    /// The virtual reader (vsmartcard's vpcd) 虚拟读卡器地址
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963", value_parser = address)]
    pub(super) vpcd: String,
    /// What goes wrong, and from which exchange on; repeatable 故障
    #[arg(long, value_name = "KIND@N")]
    pub(super) fault: Vec<crate::emulate::Fault>,
    /// A file of faults; repeatable 故障文件
    #[arg(long, value_name = "FILE")]
    pub(super) scenario: Vec<PathBuf>,
}

/// Where a virtual reader listens; whether it does is seen when it is called.
fn address(text: &str) -> Result<String, String> {
    let (host, port) = text.rsplit_once(':').unwrap_or_default();
    let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
    if host.is_empty() || !is_port {
        return Err("a host and a port from 1 to 65535, like 127.0.0.1:35963".to_owned());
    }
    Ok(text.to_owned())
}

/// `sscard profile`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard profile list
  sscard profile show ssse --lang zh
  sscard profile check profiles/jiangsu-ef0d.toml
  sscard profile show jiangsu-ef0d --profile profiles/jiangsu-ef0d.toml")]
pub(super) struct ProfileArguments {
    #[command(subcommand)]
    pub(super) command: ProfileCommand,
    /// A regional table to list or show as well; repeatable 地方表
    #[arg(long = "profile", value_name = "FILE", global = true)]
    pub(super) profiles: Vec<PathBuf>,
}

/// What to do with the tables.
#[derive(Debug, Subcommand)]
pub(super) enum ProfileCommand {
    /// Name the tables 列出各表
    List,
    /// Show the files and items of one 显示一个表的文件和数据项
    Show {
        /// Its name in the list 表名
        name: String,
    },
    /// Find every mistake in a regional table 找出地方表中的全部错误
    Check {
        /// The table (.toml) 地方表文件
        file: PathBuf,
    },
}

/// `sscard decode`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard decode sw 6982
  sscard decode atr 3B6D000000815453548660500000000004
  sscard decode tlv 6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103
  sscard decode apdu 00B2012D40
  sscard decode aid 7378312E73682EC9E7BBE1B1A3D5CF
  sscard decode apdu - < card.apdu
  cut -f1 atrs.txt | sscard decode atr - --json")]
pub(super) struct Decode {
    /// What the bytes are 字节的种类
    pub(super) what: What,
    /// Hex, spaces are free; `-`: one value a line from standard input 十六进制
    #[arg(required = true, value_name = "HEX")]
    pub(super) hex: Vec<OsString>,
}

/// `sscard guide`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard guide --lang zh
  sscard guide --json")]
pub(super) struct Guide {}

/// What `decode` explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// Answer to reset
    Atr,
    /// BER-TLV, or records of a social security card
    Tlv,
    /// Status word
    Sw,
    /// Command APDU, or behind `<` a response; lines of a recording as they are
    Apdu,
    /// Application identifier
    Aid,
}
