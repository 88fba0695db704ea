//! The words for runs that end without a judgement: what happened, what to do.

mod service;

pub use service::{ServiceTrouble, System, service};

use super::Exit;
use crate::profile::Text;
use crate::transport::TransportError;

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// What happened and what to do, for every way in which a run ends without a
/// judgement. What depends on the place (a file's line, a reader's name) is
/// added by the command line.
#[must_use]
pub fn trouble(exit: Exit) -> (Text, Text) {
    (what_happened(exit), what_to_do(exit))
}

fn what_happened(exit: Exit) -> Text {
    let (zh, en) = match exit {
        Exit::NoCard => ("没有检测到卡片。", "No card was seen."),
        Exit::NoReader => ("没有找到读卡器。", "No card reader was found."),
        Exit::NoService => {
            ("电脑的智能卡服务不可用。", "This computer's smart card service is not available.")
        }
        Exit::Busy => ("卡片正被别的程序占用。", "Another program is using the card."),
        Exit::Removed => {
            ("读卡中途卡片或读卡器被移开。", "Card or reader left while it was being read.")
        }
        Exit::Timeout => {
            ("卡片在限定时间内没有应答。", "The card did not answer within the time allowed.")
        }
        Exit::Unreadable => {
            ("卡片不能正常上电或应答。", "The card does not power up or answer properly.")
        }
        Exit::Ambiguous => ("符合条件的卡或读卡器不止一个。", "More than one card or reader fits."),
        Exit::Failed => ("有不符合预期之处。", "Something is not as expected."),
        Exit::BadInput => ("输入的内容无法解析。", "The input does not parse."),
        Exit::Io => ("文件无法读取或写入。", "A file cannot be read or written."),
        Exit::Usage => ("命令用法不对。", "The arguments are wrong."),
        Exit::Internal => {
            ("程序出错，这是本程序的缺陷。", "This program failed; the fault is its own.")
        }
        Exit::Healthy | Exit::Attention | Exit::Faulty | Exit::NotSocialSecurity => {
            ("已读完。", "Done.")
        }
    };
    Text { zh, en }
}

fn what_to_do(exit: Exit) -> Text {
    let (zh, en) = match exit {
        Exit::NoCard => (
            "先把卡翻面再插：芯片朝上、朝里插到底。仍不行，换一张正常的卡，看读卡器是否正常。",
            "Turn the card over first: chip up, pushed in to the stop. If that fails, try the reader with a card known to work.",
        ),
        Exit::NoReader => return service(ServiceTrouble::NoReader, System::CURRENT).1,
        Exit::NoService => return service(ServiceTrouble::NotRunning, System::CURRENT).1,
        Exit::Busy => (
            "请关闭其他读卡软件后重试；对方只占用片刻的，可加大 --timeout 等待。没有开其他软件的，是刚才无应答的卡仍占用服务：取出卡片，稍等再插。",
            "Close other card software and try again; a longer --timeout waits for one that needs it for a moment. If there is none, a card that fell silent still keeps the service busy: take it out, wait a moment, insert it again.",
        ),
        Exit::Removed => {
            ("插好卡片不要动，重新读一次。", "Insert the card, leave it in, and read again.")
        }
        Exit::Timeout => (
            "取出卡片，擦净芯片触点，重插再试；三代卡可改放感应区；仍不行，换一张正常的卡，看读卡器是否正常。卡片只是应答慢的，可加大 --timeout 或 --deadline。",
            "Take the card out, wipe the contacts, try again; a third-generation card can be tried on the contactless side; then try the reader with a card known to work. A card that is only slow needs a longer --timeout or --deadline.",
        ),
        Exit::Unreadable => (
            "翻面、擦净触点后重插；三代卡可改放感应区；再换一张正常的卡，以区分卡与读卡器的问题。",
            "Turn it over, wipe the contacts, insert it again; try the contactless side of a third-generation card; then a card known to work, to tell the card from the reader.",
        ),
        Exit::Ambiguous => ("用 --reader 指明其中一台。", "Name one with --reader."),
        Exit::Failed => ("请查看输出中不符的各行。", "See the lines that differ."),
        Exit::BadInput => {
            ("按提示的行、列改正后重试。", "Mend it at the place named, and try again.")
        }
        Exit::Io => ("检查路径、权限和磁盘空间。", "Check path, permissions and space."),
        Exit::Usage => {
            ("`sscard --help` 列出用法和例子。", "`sscard --help` shows usage and examples.")
        }
        Exit::Internal => (
            "请把所用命令和这行文字反馈给维护者。",
            "Please report the command and this line to the maintainers.",
        ),
        Exit::Healthy | Exit::Attention | Exit::Faulty | Exit::NotSocialSecurity => {
            ("无需处理。", "Nothing to do.")
        }
    };
    Text { zh, en }
}

/// There are readers, and none has the name that was asked for.
pub const NO_READER_OF_THAT_NAME: (Text, Text) = (
    text("没有这个名称的读卡器。", "No reader has that name."),
    text(
        "从上面列出的读卡器里选一台，写出全名，或只有它才有的一部分；`sscard readers` 也列出它们。",
        "Name one of the readers above: in full, or by a part that only one has; `sscard readers` lists them too.",
    ),
);

/// What to do at a counter, where nobody gives options, where elsewhere the advice names
/// some.
#[cfg(all(feature = "cli", feature = "pcsc"))]
#[must_use]
pub fn at_counter(exit: Exit) -> Option<Text> {
    match exit {
        Exit::Busy => Some(text(
            "那个程序放开卡片后，这里自动重读。没有开其他读卡软件的，是刚才无应答的卡仍占用服务：这时才取出卡片，稍等再插。",
            "Once that program lets go, the card is read again by itself. Only where no other card software is open a card that fell silent still keeps the service busy: then take it out, wait a moment, insert it again.",
        )),
        Exit::Timeout => Some(text(
            "取出卡片，擦净芯片触点，重插再试；三代卡可改放感应区；仍不行，换一张正常的卡，看读卡器是否正常。",
            "Take the card out, wipe the contacts, try again; a third-generation card can be tried on the contactless side; then try the reader with a card known to work.",
        )),
        _ => None,
    }
}

/// What to do where a protocol was asked for that reader and card do not share.
#[cfg(all(feature = "cli", feature = "pcsc"))]
#[must_use]
pub fn without_protocol() -> Text {
    text(
        "去掉 --protocol 再试；或换一台读卡器。",
        "Try without --protocol, or with another reader.",
    )
}

/// What happened and what to do when no answer came back.
#[must_use]
pub fn transport(error: &TransportError) -> (Text, Text) {
    match error {
        TransportError::AccessDenied => service(ServiceTrouble::Denied, System::CURRENT),
        TransportError::ReaderGone => (
            text("读卡中途读卡器断开。", "The reader left while the card was being read."),
            text(
                "重新插好读卡器，换一个 USB 口再试。",
                "Plug the reader in again, on another USB port, and try again.",
            ),
        ),
        TransportError::ProtocolMismatch => (
            text("读卡器与卡没有共同的传输协议。", "Reader and card share no protocol."),
            text("换一台读卡器再试。", "Try another reader."),
        ),
        TransportError::Unpowered => (
            text("读卡器未能给卡片供电。", "The reader could not power the card."),
            what_to_do(Exit::Unreadable),
        ),
        TransportError::Unresponsive => (
            text("卡片上电后没有复位应答。", "The card gives no answer to reset."),
            what_to_do(Exit::Unreadable),
        ),
        TransportError::HeldExclusively => (
            text("别的程序独占了这张卡。", "Another program has the card for itself alone."),
            text(
                "请关闭占用卡片的软件后重试；对方放开之前，等待和其他选项都没有用。",
                "Close that program and try again; until it lets go, neither waiting nor another option helps.",
            ),
        ),
        TransportError::ExclusiveRefused => (
            text(
                "别的程序正在使用这张卡，无法独占。",
                "Another program uses the card, so that it cannot be had alone.",
            ),
            text(
                "去掉 --exclusive 即可一起使用；或先关闭其他读卡软件。",
                "Without --exclusive both can use it; or close the other program first.",
            ),
        ),
        TransportError::ResetByOther => (
            text("别的程序不断复位这张卡。", "Another program keeps resetting the card."),
            text(
                "关闭其他读卡软件后重试；或用 --exclusive 独占卡片。",
                "Close other card software and try again, or keep it off the card with --exclusive.",
            ),
        ),
        other => trouble(Exit::from(other)),
    }
}

/// The same for what ended a conversation that had begun.
#[must_use]
pub(super) fn during_work(error: &TransportError) -> (Text, Text) {
    match error {
        TransportError::NoService => service(ServiceTrouble::Stopped, System::CURRENT),
        other => transport(other),
    }
}

#[cfg(all(test, feature = "cli", feature = "pcsc"))]
mod tests {
    use super::*;

    #[test]
    fn nobody_at_a_counter_is_told_of_options() {
        for exit in [Exit::NoCard, Exit::Removed, Exit::Busy, Exit::Timeout, Exit::Unreadable] {
            let advice = at_counter(exit).unwrap_or(what_to_do(exit));
            assert!(!advice.zh.contains("--") && !advice.en.contains("--"), "{}", advice.en);
        }
        let (_, advice) = transport(&TransportError::ProtocolMismatch);
        assert!(!advice.en.contains("--protocol"), "nobody may have named one");
    }
}
