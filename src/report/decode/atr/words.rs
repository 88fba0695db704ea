//! The words for answers to reset, in both languages.

use super::super::words;
use crate::atr::{
    Atr, AtrFinding, BlockParameters, ClockStop, Convention, ErrorDetection, InterfaceByte, Letter,
};
use crate::profile::Text;
use crate::report::Words;

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// T0.
pub(super) const FORMAT: Text =
    text("格式：后面有哪些字节", "format: which bytes follow, how many historical bytes");

/// TS.
pub(super) fn convention(convention: Convention) -> Text {
    match convention {
        Convention::Direct => text("正向约定", "direct convention"),
        Convention::Inverse => text("反向约定", "inverse convention"),
        Convention::Unknown => text("不是已知的约定", "no known convention"),
    }
}

/// What an interface byte is for, by its place.
pub(super) fn interface_byte(byte: &InterfaceByte) -> Text {
    match (byte.index, byte.letter, byte.protocol) {
        (_, Letter::D, _) => text("协议，后面有哪些字节", "protocol, which bytes follow"),
        (1, Letter::A, _) => text("速率：Fi 和 Di", "speed: Fi and Di"),
        (1 | 2, Letter::B, _) => text("编程电压，已不用", "programming voltage, no longer used"),
        (1, Letter::C, _) => text("额外保护时间", "extra guard time"),
        (2, Letter::A, _) => text("专用模式", "specific mode"),
        (2, Letter::C, _) => text("T=0 的等待时间", "waiting time of T=0"),
        (_, Letter::A, Some(1)) => text("T=1 卡的信息域长度", "T=1: longest information field"),
        (_, Letter::B, Some(1)) => text("T=1 的等待时间", "T=1: waiting times"),
        (_, Letter::C, Some(1)) => text("T=1 的校验方式", "T=1: error detection"),
        (_, Letter::A, Some(15)) => text("时钟停止和电压类别", "clock stop and voltage classes"),
        (_, Letter::B, Some(15)) => text("SPU 触点的用途", "use of contact SPU"),
        _ => text("协议自定", "of the protocol"),
    }
}

/// Speed and times, computed.
pub(super) fn parameters(atr: &Atr) -> Vec<(Text, Words)> {
    let protocols: Vec<String> = atr.protocols.iter().map(|t| format!("T={t}")).collect();
    let protocols = protocols.join(", ");
    let mut lines =
        vec![(text("传输协议", "protocols"), words(&protocols, &protocols)), speed(atr)];
    let guard = atr.guard_time_etu();
    lines.push((
        text("字符保护时间", "guard time"),
        words(
            format!("{guard} etu (N = {})", atr.guard_time),
            format!("{guard} etu (N = {})", atr.guard_time),
        ),
    ));
    if atr.protocols.contains(&0)
        && let Some(waiting) = atr.work_waiting_time_etu()
    {
        let formula = format!("{waiting} etu (WI = {})", atr.waiting_integer);
        lines.push((text("T=0 等待时间", "waiting time, T=0"), words(&formula, formula.clone())));
    }
    lines.extend(atr.block.as_ref().map(block));
    lines.extend(atr.specific_mode.map(|mode| {
        let (zh, en) = if mode.can_change {
            ("热复位后可协商", "negotiable after a warm reset")
        } else {
            ("不能改变", "cannot be changed")
        };
        let t = mode.protocol;
        (text("专用模式", "specific mode"), words(format!("T={t}，{zh}"), format!("T={t}, {en}")))
    }));
    lines.extend(atr.clock_and_class.map(|clock| {
        let classes: String = [(1, 'A'), (2, 'B'), (4, 'C')]
            .into_iter()
            .filter(|(bit, _)| clock.classes & bit != 0)
            .map(|(_, class)| class)
            .collect();
        let stop = match clock.clock_stop {
            ClockStop::NotSupported => text("不可停", "not allowed"),
            ClockStop::Low => text("停在低电平", "at low"),
            ClockStop::High => text("停在高电平", "at high"),
            ClockStop::Any => text("任意电平", "at either level"),
        };
        (
            text("时钟停止，电压类别", "clock stop, classes"),
            words(format!("{}，{classes}", stop.zh), format!("{}, {classes}", stop.en)),
        )
    }));
    lines
}

fn speed(atr: &Atr) -> (Text, Words) {
    let name = text("速率", "speed");
    let (Some(fi), Some(di), Some(khz)) = (atr.fi, atr.di, atr.f_max_khz) else {
        return (name, words("TA1 为保留值，不能计算", "TA1 is reserved: cannot be computed"));
    };
    let (cycles, mhz) = (f64::from(fi) / f64::from(di), f64::from(khz) / 1000.0);
    let rate = f64::from(khz) * 1000.0 / cycles;
    let cycles = (cycles * 100.0).round() / 100.0;
    (
        name,
        words(
            format!("Fi {fi}，Di {di}：一个 etu 合 {cycles} 个时钟，{mhz} MHz 时 {rate:.0} bit/s"),
            format!("Fi {fi}, Di {di}: {cycles} clock cycles an etu, {rate:.0} bit/s at {mhz} MHz"),
        ),
    )
}

/// CWT and BWT (ISO/IEC 7816-3:2006, 11.4.3).
fn block(block: &BlockParameters) -> (Text, Words) {
    let character = 2_u32.saturating_pow(u32::from(block.cwi)).saturating_add(11);
    let units = 2_u32.saturating_pow(u32::from(block.bwi)).saturating_mul(960);
    let check = match block.edc {
        ErrorDetection::Lrc => "LRC",
        ErrorDetection::Crc => "CRC",
    };
    let ifsc = block.ifsc;
    (
        text("T=1 参数", "parameters of T=1"),
        words(
            format!("IFSC {ifsc}，CWT {character} etu，BWT 11 etu + {units} × 372/f，{check}"),
            format!("IFSC {ifsc}, CWT {character} etu, BWT 11 etu + {units} × 372/f, {check}"),
        ),
    )
}

/// What is wrong.
pub(super) fn finding(finding: &AtrFinding) -> Words {
    match finding {
        AtrFinding::BadTs(ts) => words(
            format!("TS 为 {ts:02X}，应为 3B 或 3F"),
            format!("TS is {ts:02X}, neither 3B nor 3F"),
        ),
        AtrFinding::Truncated { expected, present } => words(
            format!("不完整：至少应有 {expected} 字节，只有 {present} 字节"),
            format!("truncated: at least {expected} bytes announced, {present} present"),
        ),
        AtrFinding::Trailing(count) => {
            words(format!("末尾多出 {count} 字节"), format!("{count} bytes behind the end"))
        }
        AtrFinding::WrongTck { expected, present } => words(
            format!("校验字节 TCK 为 {present:02X}，应为 {expected:02X}"),
            format!("TCK is {present:02X}, {expected:02X} expected"),
        ),
        AtrFinding::MissingTck { expected } => words(
            format!("缺校验字节 TCK，应为 {expected:02X}"),
            format!("TCK is missing, {expected:02X} expected"),
        ),
        AtrFinding::UnexpectedTck => {
            words("只有 T=0，不应有校验字节 TCK", "TCK is present, though only T=0 is offered")
        }
        AtrFinding::ReservedFi(fi) => {
            words(format!("TA1 的 FI {fi:X} 为保留值"), format!("TA1 has the reserved FI {fi:X}"))
        }
        AtrFinding::ReservedDi(di) => {
            words(format!("TA1 的 DI {di:X} 为保留值"), format!("TA1 has the reserved DI {di:X}"))
        }
        AtrFinding::Reserved(byte) => {
            words(format!("{byte} 为保留值"), format!("{byte} has a reserved value"))
        }
        AtrFinding::TooLong(length) => words(
            format!("长 {length} 字节，最多 33 字节"),
            format!("{length} bytes long, 33 allowed"),
        ),
    }
}
