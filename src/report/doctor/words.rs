//! The words of `doctor`.

use super::{Card, Observed, Section, SectionDocument, Service, is_plausible, reader};
use crate::codec::text::legible;
use crate::profile::Text;
use crate::report::trouble::during_work;
use crate::report::{Exit, Words, transport};
use crate::transport::TransportError;

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// What the output holds of a person.
pub(super) const PRIVACY: Text = text(
    "以上不含个人信息，可以附在报修单上。",
    "Nothing of this is personal: it can be attached to a ticket.",
);

fn words(zh: impl Into<String>, en: impl Into<String>) -> Words {
    Words { zh: zh.into(), en: en.into() }
}

/// Mark and title of a section.
pub(super) fn title(id: &str, state: &str) -> (char, Text) {
    let mark = match state {
        "ok" => '+',
        "attention" => '!',
        "failed" => 'x',
        _ => '-',
    };
    let title = match id {
        "computer" => text("电脑", "computer"),
        "service" => text("智能卡服务", "service"),
        "permissions" => text("权限", "permissions"),
        "readers" => text("读卡器", "readers"),
        "usb" => text("USB 设备", "USB devices"),
        "card" => text("卡片", "card"),
        "contact" => text("接触质量", "contact"),
        "speed" => text("速度", "speed"),
        _ => text("卡内应用", "applications"),
    };
    (mark, title)
}

/// Every section, whatever became of the others.
pub(super) fn sections(observed: &Observed) -> Vec<SectionDocument> {
    let card = observed.card.as_ref().ok();
    let make = |id, (state, findings)| {
        let state = match state {
            Section::Good => "ok",
            Section::Attention => "attention",
            Section::Failed => "failed",
            Section::Skipped => "skipped",
        };
        SectionDocument { id, state, findings }
    };
    vec![
        make("computer", computer(observed)),
        make("service", service(&observed.service)),
        make("permissions", permissions(&observed.service)),
        make("readers", readers(observed)),
        make("usb", usb(observed)),
        make("card", self::card(observed)),
        make("contact", card.map_or_else(skipped, contact)),
        make("speed", card.map_or_else(skipped, speed)),
        make("applications", card.map_or_else(skipped, applications)),
    ]
}

type Found = (Section, Vec<Words>);

fn skipped() -> Found {
    (Section::Skipped, vec![words("没有检查", "not looked at")])
}

fn computer(observed: &Observed) -> Found {
    let computer = &observed.computer;
    let mut found = vec![words(&computer.system, &computer.system)];
    found.extend(computer.versions.iter().map(|version| words(version, version)));
    let day = computer.day;
    if is_plausible(day) {
        found.push(words(format!("日期 {day}"), format!("date {day}")));
        return (Section::Good, found);
    }
    found.push(words(
        format!("日期 {day} 不可信，有效期无法判断"),
        format!("the date {day} cannot be right: validity cannot be judged"),
    ));
    (Section::Failed, found)
}

fn service(service: &Service) -> Found {
    match service {
        Service::Answers => (Section::Good, vec![words("可用", "answers")]),
        Service::Refuses => {
            (Section::Good, vec![words("在运行，但拒绝本用户", "runs, and refuses this user")])
        }
        Service::Unreachable => {
            let told = words("看不到是否在运行", "whether it runs cannot be seen");
            (Section::Skipped, vec![told])
        }
        Service::Absent { installed, running } => {
            let told = match (installed, running) {
                (Some(false), _) => words("没有安装 pcscd", "pcscd is not installed"),
                (_, Some(true)) => words("pcscd 在运行但不应答", "pcscd runs and does not answer"),
                (_, Some(false)) => words("pcscd 没有运行", "pcscd does not run"),
                (_, None) => words("不可用", "not available"),
            };
            (Section::Failed, vec![told])
        }
    }
}

fn permissions(service: &Service) -> Found {
    match service {
        Service::Answers => (Section::Good, vec![words("本用户可以使用", "this user may use it")]),
        Service::Refuses => (
            Section::Failed,
            vec![words("本用户被拒绝（polkit）", "this user is refused (polkit)")],
        ),
        Service::Unreachable => (
            Section::Failed,
            vec![words(
                "本用户打不开服务的接口（文件权限）",
                "this user may not open the socket of the service (file permissions)",
            )],
        ),
        Service::Absent { .. } => skipped(),
    }
}

fn readers(observed: &Observed) -> Found {
    if observed.service != Service::Answers {
        return skipped();
    }
    if observed.readers.is_empty() {
        return (Section::Failed, vec![words("没有", "none")]);
    }
    (Section::Good, observed.readers.iter().flat_map(reader::lines).collect())
}

fn usb(observed: &Observed) -> Found {
    let Some(devices) = &observed.usb else {
        let told = words("本系统无法检查", "not looked at on this system");
        return (Section::Skipped, vec![told]);
    };
    if devices.is_empty() {
        let told = words("没有名字像读卡器的设备", "no device that calls itself a card reader");
        return (Section::Skipped, vec![told]);
    }
    let each = devices.iter().map(|device| {
        let (id, name) = (&device.id, &device.name);
        if device.is_ccid {
            words(format!("{id} {name}：PC/SC 设备"), format!("{id} {name}: a PC/SC device"))
        } else {
            words(
                format!(
                    "{id} {name}：名字像读卡器，不是通用的 PC/SC 设备，可能只有厂家的驱动或软件能用"
                ),
                format!(
                    "{id} {name}: by its name a card reader; no PC/SC device of the common \
                     kind, so that it may need its maker's driver or software"
                ),
            )
        }
    });
    // A reader that PC/SC lists may well be the one with its maker's driver.
    let unseen = observed.readers.is_empty() && devices.iter().any(|device| !device.is_ccid);
    (if unseen { Section::Attention } else { Section::Good }, each.collect())
}

fn card(observed: &Observed) -> Found {
    if observed.readers.is_empty() {
        return skipped();
    }
    let card = match &observed.card {
        Ok(card) => card,
        Err(_) if observed.is_asked_in_vain() => return (Section::Failed, vec![in_vain(observed)]),
        Err(error) => {
            let (message, _) = transport(error);
            return (Section::Failed, vec![message.into()]);
        }
    };
    let mut found = vec![
        words(&card.atr, &card.atr),
        words(format!("协议 {}", card.protocol), format!("protocol {}", card.protocol)),
    ];
    let (count, same) = (card.resets.len(), card.resets.iter().filter(|same| **same).count());
    found.push(words(
        format!("冷、热复位 {count} 次，{same} 次结果相同"),
        format!("{count} cold and warm resets, {same} with the same answer"),
    ));
    if card.shared {
        found.push(words(
            "别的程序也在用这张卡：复位后它要重新开始",
            "another program uses this card too: after the resets it has to begin anew",
        ));
    }
    found.extend(card.lost.as_ref().map(why));
    let state = match (same == count && card.lost.is_none(), card.shared) {
        (false, _) => Section::Failed,
        (true, true) => Section::Attention,
        (true, false) => Section::Good,
    };
    (state, found)
}

/// Why no more came from a card.
fn why(error: &TransportError) -> Words {
    during_work(error).0.into()
}

/// The name that no reader has, and those that there are.
fn in_vain(observed: &Observed) -> Words {
    let names: Vec<&str> = observed.readers.iter().map(|reader| reader.name.as_str()).collect();
    let asked = observed.asked.as_deref().map(legible).unwrap_or_default();
    words(
        format!("没有名为“{asked}”的读卡器；现有：{}", names.join("；")),
        format!("no reader is called \"{asked}\"; these are there: {}", names.join("; ")),
    )
}

fn contact(card: &Card) -> Found {
    let contact = &card.contact;
    let (reads, wanted) = (contact.reads, contact.wanted);
    let (differences, retries) = (contact.differences, contact.retries);
    let mut found = vec![words(
        format!("{wanted} 次短读完成 {reads} 次，不同 {differences} 次，重试 {retries} 次"),
        format!("{reads} of {wanted} short readings, {differences} differed, {retries} made again"),
    )];
    if (1..wanted).contains(&reads) {
        let late = || words("时间用完，没有读满", "the time for them ran out");
        found.push(card.lost.as_ref().map_or_else(late, why));
    }
    let state = match (differences, retries, reads) {
        (0, 0, 0) => Section::Skipped,
        (0, 0, _) if reads < wanted => Section::Attention,
        (0, 0, _) => Section::Good,
        _ => Section::Failed,
    };
    (state, found)
}

fn speed(card: &Card) -> Found {
    let contact = &card.contact;
    if contact.reads == 0 {
        return skipped();
    }
    let (median, slowest) = (contact.median_ms, contact.slowest_ms);
    let found = words(
        format!("每次短读 {median:.1} ms（中位数），最慢 {slowest:.1} ms"),
        format!("{median:.1} ms for a short reading (median), {slowest:.1} ms for the slowest"),
    );
    (Section::Good, vec![found])
}

fn applications(card: &Card) -> Found {
    let Some((exit, told)) = &card.verdict else { return skipped() };
    let state = match exit {
        Exit::Healthy => Section::Good,
        Exit::Attention | Exit::NotSocialSecurity => Section::Attention,
        _ => Section::Failed,
    };
    (state, vec![told.clone()])
}
