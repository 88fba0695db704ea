//! The commands of whoever installs the program or builds upon it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `sscard schema`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard schema
  sscard schema | jq .schemas.check > check.schema.json
Each schema (JSON Schema 2020-12) stands for itself.")]
pub(in crate::cli) struct Schema {}

/// `sscard completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard completions bash > ~/.local/share/bash-completion/completions/sscard
  sscard completions fish > ~/.config/fish/completions/sscard.fish
  sscard completions powershell >> $PROFILE
The Debian package has put them in place already.")]
pub(in crate::cli) struct Completions {
    /// The shell 终端程序
    pub(in crate::cli) shell: Shell,
}

/// A shell whose completions can be printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Power,
}

/// `sscard man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sscard man | man -l -
  sscard man check | man -l -
  sscard man --all man1                  every page, as files in the folder man1")]
pub(in crate::cli) struct Man {
    /// The page of this command 某个命令的手册页
    #[arg(value_name = "COMMAND", conflicts_with = "all")]
    pub(in crate::cli) path: Vec<String>,
    /// Write every page into this folder 全部手册页写入此目录
    #[arg(long, value_name = "FOLDER", conflicts_with = "json")]
    pub(in crate::cli) all: Option<PathBuf>,
}
