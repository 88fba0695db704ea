//! The program's own words, in both languages: the compiler sees to it that none
//! is missing.

use crate::profile::Text;
#[cfg(feature = "pcsc")]
use crate::transport::pcsc::ReaderStatus;
use crate::verdict::{
    EvidenceId, Generation, Kind, Presence, Reason, ReplacementAnswer, State, Trust,
};

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// A sentence of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// What a chip cannot tell.
    NotOnTheChip,
    /// After `--quick`.
    HealthNotChecked,
    /// The same data came differently.
    Unsteady,
    /// An application of which only the presence is known.
    OnlyPresence,
    /// Where else it may be.
    TryContact,
    /// Where else it may be.
    TryContactless,
    /// The bank's applications.
    PaymentKind,
    /// The transport applications.
    TransportKind,
    /// What was read.
    ContactSide,
    /// What was read.
    ContactlessSide,
    /// What was read.
    BothSides,
    /// The second part of the page.
    Technician,
    /// Whose fault it is not.
    SocialSecurityHealthy,
    /// Before the last day of a certificate.
    ValidUntil,
    /// Nothing to complain about.
    NothingFound,
    /// EF06 of a third-generation card.
    HolderProtected,
    /// The line before the evidence.
    Evidence,
    /// The line before the advice.
    Advice,
    /// The line before the note.
    Note,
    /// More findings than the screen shows.
    MoreFindings,
    /// The specification version.
    Version,
    /// No known generation.
    NoGeneration,
    /// A card of another kind: what to do.
    OtherCard,
    /// A card that gives nothing to judge.
    CannotTell,
    /// An interrupted reading: what there is.
    SoFar,
    /// A third-generation rule taken over from the second.
    Presumed,
    /// Beside the basic line.
    NotAuthenticated,
}

impl Say {
    /// The sentence.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::NotOnTheChip => text(
                "挂失、社保功能启用、银行账户激活由后台决定，芯片上看不出。",
                "Loss reports, activation of social security and of the bank account are kept by the offices; the chip does not show them.",
            ),
            Self::HealthNotChecked => text("健康未检查", "HEALTH NOT CHECKED"),
            Self::Unsteady => text("读数不稳定", "reads unsteadily"),
            Self::OnlyPresence => text("没有检查", "not checked"),
            Self::TryContact => {
                text("可能在接触界面，请插卡再试", "may be on the contact side: insert the card")
            }
            Self::TryContactless => text(
                "可能在非接触界面，请放到感应区再试",
                "may be on the contactless side: try there",
            ),
            Self::Technician => text(
                "供技术人员查看：全部检查结果与指令往来",
                "For technicians: all findings and exchanges",
            ),
            Self::ContactSide => text("接触界面", "contact"),
            Self::ContactlessSide => text("非接触界面", "contactless"),
            Self::BothSides => text("接触和非接触双界面", "contact and contactless"),
            Self::PaymentKind => text("金融应用", "bank"),
            Self::TransportKind => text("交通应用", "transport"),
            Self::SocialSecurityHealthy => {
                text("社保部分正常。", "The social security part is healthy.")
            }
            Self::ValidUntil => text("有效期至", "valid until"),
            Self::NothingFound => text("未发现问题", "nothing to complain about"),
            Self::HolderProtected => text(
                "姓名、号码受保护，不经认证不能读，属正常",
                "name and number are protected and open only with keys; this is normal",
            ),
            Self::Evidence => text("依据", "Why"),
            Self::Advice => text("建议", "Advice"),
            Self::Note => text("说明", "Note"),
            Self::MoreFindings => text("其余见 --verbose", "for the rest see --verbose"),
            Self::Version => text("规范版本", "version"),
            Self::NoGeneration => text("代次不明", "generation unknown"),
            Self::OtherCard => text(
                "这不是社会保障卡，请确认拿对了卡。",
                "This is not a social security card: check that it is the right one.",
            ),
            Self::CannotTell => text(
                "读到的内容不足以判断。请重新插卡再试，或换一台读卡器。",
                "What was read is not enough to judge. Insert the card again, or try another reader.",
            ),
            Self::SoFar => {
                text("以上为中断前读到的内容。", "This is what was read before the end.")
            }
            Self::NotAuthenticated => text(
                "没有做内部认证，不能证明卡片真伪；要认证后才能读的项为空。",
                "No authentication took place: this does not prove that the card is genuine. Fields that need keys are empty.",
            ),
            Self::Presumed => text(
                "三代卡的正式文本没有公开，个别条目按二代推定。",
                "The third generation's own document is not public; some rows are presumed from the second.",
            ),
        }
    }
}

/// The generation, for the first line.
#[must_use]
pub fn generation(value: Generation) -> Text {
    match value {
        Generation::First => text("第一代社会保障卡", "First-generation social security card"),
        Generation::Second => text("第二代社会保障卡", "Second-generation social security card"),
        Generation::Third => text("第三代社会保障卡", "Third-generation social security card"),
        Generation::Unknown => {
            text("社会保障卡（代次不明）", "Social security card, generation unknown")
        }
    }
}

/// A kind of card, for the first line.
#[must_use]
pub fn kind(value: Kind) -> Text {
    match value {
        Kind::SocialSecurity => text("社会保障卡", "Social security card"),
        Kind::Bank => text("银行卡", "Bank card"),
        Kind::Transport => text("交通卡", "Transport card"),
        Kind::Psam => text("PSAM 卡（终端用）", "PSAM (a terminal's security module)"),
        Kind::Other => text("其他卡片", "Another card"),
        Kind::Unknown => text("无法识别的卡片", "Card that cannot be told"),
    }
}

/// How sure the generation is.
#[must_use]
pub fn trust(value: Trust) -> Text {
    match value {
        Trust::Certain => text("代次确定", "certain"),
        Trust::Probable => text("代次基本确定", "probable"),
        Trust::Presumed => text("代次按规定推定", "presumed by the rule"),
        Trust::Conflicting => text("证据矛盾", "evidence contradicts itself"),
        Trust::None => text("代次无法确定", "not known"),
    }
}

/// What a piece of evidence is.
#[must_use]
pub fn evidence(id: EvidenceId) -> Text {
    match id {
        EvidenceId::SpecVersion => text("规范版本", "version"),
        EvidenceId::Algorithm => text("算法标识", "algorithm"),
        EvidenceId::Acse => text("证书应用", "certificate application"),
        EvidenceId::Contactless => text("非接触可读", "answers contactless"),
        EvidenceId::HolderProtected => text("个人信息受保护", "holder data protected"),
        EvidenceId::Structure2 => text("二代起的文件", "file of 2.0 and later"),
        EvidenceId::Structure1 => text("一代的文件", "file of 1.0 only"),
        EvidenceId::Payment => text("金融应用", "payment application"),
        EvidenceId::Atr => text("复位信息", "answer to reset"),
        EvidenceId::Dates => text("发卡日期", "issue date"),
    }
}

/// The state of an application.
#[must_use]
pub fn state(value: State) -> Text {
    match value {
        State::Healthy => text("正常", "healthy"),
        State::Protected => text("受保护", "protected"),
        State::Attention => text("需要注意", "attention"),
        State::Expired => text("已过期", "EXPIRED"),
        State::NotYetValid => text("尚未生效", "not yet valid"),
        State::Blocked => text("已锁定", "BLOCKED"),
        State::PermanentlyBlocked => text("永久锁定", "BLOCKED FOR GOOD"),
        State::PinBlocked => text("密码锁定", "PIN locked"),
        State::NotPersonalised => text("未完成制卡", "not finished"),
        State::NotInstalled => text("未安装", "not installed"),
        State::Incomplete => text("不完整", "incomplete"),
        State::Malformed => text("数据有误", "malformed"),
        State::Inconsistent => text("数据矛盾", "inconsistent"),
        State::Leaking => text("保护缺失", "unprotected"),
        State::NotChecked => text("未检查", "not checked"),
    }
}

/// Whether an application is there.
#[must_use]
pub fn presence(value: Presence) -> Text {
    match value {
        Presence::Present => text("在卡上", "present"),
        Presence::Absent => text("没有", "absent"),
        Presence::NotSeenHere => text("此界面未见", "not on this side"),
        Presence::Hidden => text("有登记，选不到", "listed, not there"),
        Presence::Unlisted => text("有，未登记", "present, unlisted"),
        Presence::Unknown => text("不明", "unknown"),
    }
}

/// Why a card should be replaced, or kept.
#[must_use]
pub fn reason(value: Reason) -> Text {
    match value {
        Reason::Lost => {
            text("已永久锁定，无法恢复。", "It is blocked for good; nothing undoes that.")
        }
        Reason::Unissued => text("卡片尚未完成制卡。", "It was never finished."),
        Reason::FirstGeneration => text("这是第一代卡。", "It is a first-generation card."),
        Reason::Expired => text(
            "已过有效期；各地规定不同，以当地社保部门的答复为准。",
            "It is past its validity; regions differ, and the local office decides.",
        ),
        Reason::WornChip => text("芯片不稳定。", "Its chip is unstable."),
        Reason::SecondGeneration => text(
            "第二代卡在有效期内继续有效，不强制更换；需要三代卡的功能时可以换。",
            "A second-generation card stays valid; nobody must replace it. Do so for the third generation's functions.",
        ),
        Reason::ThirdGeneration => text("已是第三代卡。", "It is a third-generation card already."),
    }
}

/// Should the card be replaced?
#[must_use]
pub fn replacement(value: ReplacementAnswer) -> Text {
    match value {
        ReplacementAnswer::NotNeeded => text("无需更换。", "No need to replace the card."),
        ReplacementAnswer::Optional => text("可以不换。", "No need to replace the card."),
        ReplacementAnswer::Recommended => text("建议换卡。", "Better have the card replaced."),
        ReplacementAnswer::Required => text("需要换卡。", "The card must be replaced."),
    }
}

/// The access of an item, by its name in documents.
#[must_use]
pub fn item_access(name: &str) -> Text {
    match name {
        "protected" => text("受保护", "protected"),
        "empty" => text("空", "empty"),
        "absent" => text("没有此项", "absent"),
        "not_read" => text("未读", "not read"),
        "free" => text("可直接读", "opens freely"),
        _ => text("读取出错", "error"),
    }
}

/// What a reader holds.
#[cfg(feature = "pcsc")]
#[must_use]
pub fn reader(status: ReaderStatus) -> Text {
    match status {
        ReaderStatus::Empty => text("无卡", "no card"),
        ReaderStatus::Present => text("有卡", "card present"),
        ReaderStatus::InUse => text("有卡，使用中", "card in use"),
        ReaderStatus::Exclusive => text("有卡，被独占", "card held exclusively"),
        ReaderStatus::Mute => text("有卡，无应答", "card does not answer"),
        ReaderStatus::Unavailable => text("读卡器不可用", "reader unavailable"),
    }
}
