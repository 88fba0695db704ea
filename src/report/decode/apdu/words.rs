//! The words for APDUs, in both languages.

use super::super::words;
use super::ParameterDocument;
use crate::apdu::{Command, Refusal};
use crate::profile::{self, Text, UNUSED_AID, Version};
use crate::report::Words;

/// What P1 and P2 mean; empty for commands whose parameters are not explained.
pub(super) fn parameters(command: &Command<'_>) -> Vec<ParameterDocument> {
    let row = |parameter, meaning: Words| ParameterDocument { parameter, meaning };
    match command.ins {
        0xA4 => vec![
            row("P1", select_by(command.p1).into()),
            row("P2", occurrence(command.p2).into()),
            row("P2", control(command.p2).into()),
        ],
        0xB2 => {
            let mut rows = vec![row("P1", record(command)), row("P2", records(command.p2).into())];
            rows.push(row("P2", place(command)));
            rows
        }
        0xB0 => match command.sfi() {
            Some(_) => vec![row("P1", place(command)), row("P2", offset(u16::from(command.p2)))],
            None => {
                let at = u16::from_be_bytes([command.p1, command.p2]);
                vec![row("P1", place(command)), row("P1-P2", offset(at))]
            }
        },
        0xCA => {
            let tag = u16::from_be_bytes([command.p1, command.p2]);
            vec![row("P1-P2", object(tag))]
        }
        _ => Vec::new(),
    }
}

fn select_by(p1: u8) -> Text {
    let (zh, en) = match p1 {
        0x00 => ("按文件标识符选择", "by file identifier"),
        0x01 => ("选择下级 DF", "a DF below, by file identifier"),
        0x02 => ("选择当前 DF 下的 EF", "an EF of the current DF"),
        0x03 => ("选择上级 DF", "the DF above"),
        0x04 => ("按 DF 名称选择", "by DF name"),
        0x08 => ("按从 MF 起的路径", "by path from the MF"),
        0x09 => ("按从当前 DF 起的路径", "by path from the current DF"),
        _ => ("保留值", "a reserved value"),
    };
    Text { zh, en }
}

fn occurrence(p2: u8) -> Text {
    let (zh, en) = match p2 & 0x03 {
        0 => ("第一个或唯一一个", "first or only one"),
        1 => ("最后一个", "last one"),
        2 => ("下一个", "next one"),
        _ => ("上一个", "previous one"),
    };
    Text { zh, en }
}

fn control(p2: u8) -> Text {
    let (zh, en) = match p2 & 0x0C {
        0x00 => ("返回 FCI", "answer with FCI"),
        0x04 => ("返回 FCP", "answer with FCP"),
        0x08 => ("返回 FMD", "answer with FMD"),
        _ => ("不返回数据或专有", "no answer, or a proprietary one"),
    };
    Text { zh, en }
}

/// P1 of READ RECORD: a number, or on these cards the tag of the record.
fn record(command: &Command<'_>) -> Words {
    let p1 = command.p1;
    match command.p2 & 0x07 {
        0..=3 => words(format!("标签为 {p1:02X} 的记录"), format!("the record with tag {p1:02X}")),
        _ if p1 == 0 => words("当前记录", "the current record"),
        _ => words(format!("记录号 {p1}"), format!("record number {p1}")),
    }
}

fn records(p2: u8) -> Text {
    let (zh, en) = match p2 & 0x07 {
        0 => ("第一条", "first occurrence"),
        1 => ("最后一条", "last occurrence"),
        2 => ("下一条", "next occurrence"),
        3 => ("上一条", "previous occurrence"),
        4 => ("该号记录", "the record of that number"),
        5 => ("从 P1 起的全部记录", "all records from P1 on"),
        6 => ("从最后一条到 P1 的全部记录", "all records from the last to P1"),
        _ => ("保留值", "a reserved value"),
    };
    Text { zh, en }
}

/// The file that is addressed.
fn place(command: &Command<'_>) -> Words {
    match command.sfi() {
        Some(sfi) => {
            let text = format!("SFI {sfi} (EF{sfi:02X})");
            words(text.clone(), text)
        }
        None => words("当前文件", "the current file"),
    }
}

fn offset(at: u16) -> Words {
    words(format!("偏移 {at}"), format!("offset {at}"))
}

/// A data object by its tag.
fn object(tag: u16) -> Words {
    match profile::tag(u32::from(tag)) {
        Some(row) => {
            words(format!("{tag:02X} {}", row.name.zh), format!("{tag:02X} {}", row.name.en))
        }
        None => words(format!("数据对象 {tag:02X}"), format!("data object {tag:02X}")),
    }
}

/// What SELECT names where it is no known application.
pub(super) fn selected(data: &[u8]) -> Option<Words> {
    if data == UNUSED_AID {
        return Some(words("本程序用作反证的名称", "this program's negative control"));
    }
    let [high, low] = data else { return None };
    let fid = u16::from_be_bytes([*high, *low]);
    if fid == 0x3F00 {
        return Some(words("主文件 MF", "the master file (MF)"));
    }
    let row = profile::file("ssse", fid, Version::V2)?;
    Some(words(
        format!("社会保障应用的 {fid:04X}：{}", row.name.zh),
        format!("{fid:04X} of the social security application: {}", row.name.en),
    ))
}

/// Why a command is refused.
pub(in crate::report) fn refusal(refusal: Refusal) -> Words {
    match refusal {
        Refusal::Malformed => words("不是指令", "it is no command APDU"),
        Refusal::NotListed { cla, ins } => words(
            format!("允许的指令表里没有这样的 {cla:02X}{ins:02X}"),
            format!("the table of allowed instructions has no such {cla:02X}{ins:02X}"),
        ),
        Refusal::NeedsPinState => {
            words("查询密码次数需要 --pin-state", "asking for the PIN state needs --pin-state")
        }
    }
}

/// Fewer than four bytes.
pub(super) fn too_short() -> Words {
    words("指令至少 4 个字节：CLA INS P1 P2", "a command of at least 4 bytes: CLA INS P1 P2")
}

/// Lc and the bytes behind it.
pub(super) fn length(announced: usize, present: usize) -> Words {
    words(
        format!("与后面字节数相符的 Lc（写的是 {announced}，后面有 {present} 字节）"),
        format!("an Lc that fits what follows (it says {announced}, {present} bytes follow)"),
    )
}

/// A response without a status word.
pub(super) fn no_status_word() -> Words {
    words("应答至少 2 个字节：SW1 SW2", "a response of at least 2 bytes: SW1 SW2")
}
