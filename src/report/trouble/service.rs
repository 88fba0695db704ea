//! The words for a computer whose smart card service is the trouble: what is wrong
//! with it, and what to do on this system.

use super::text;
use crate::profile::Text;

/// The system whose words are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// pcscd, started by systemd.
    Linux,
    /// The service SCardSvr.
    Windows,
    /// CryptoTokenKit.
    MacOs,
}

impl System {
    /// The one that this program was built for.
    pub const CURRENT: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

/// What is wrong with the service, or with the readers behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceTrouble {
    /// It is not on this computer.
    Missing,
    /// Nobody listens.
    NotRunning,
    /// It listens and never answers.
    Silent,
    /// It answered, and then no more: it ended, or fell silent.
    Stopped,
    /// It refuses this user.
    Denied,
    /// The system keeps this user from the place where it listens.
    Unreachable,
    /// It sees no reader.
    NoReader,
    /// It sees no reader, and one is plugged in that it could use.
    NoDriver,
}

/// What happened and what to do.
#[must_use]
pub fn service(trouble: ServiceTrouble, system: System) -> (Text, Text) {
    let message = match trouble {
        ServiceTrouble::Missing => text(
            "没有安装智能卡服务。",
            "The smart card service is not installed on this computer.",
        ),
        ServiceTrouble::NotRunning => {
            text("智能卡服务没有运行。", "The smart card service is not running.")
        }
        ServiceTrouble::Silent => {
            text("智能卡服务没有应答。", "The smart card service does not answer.")
        }
        ServiceTrouble::Stopped => text(
            "读卡中途智能卡服务停止运行，或不再应答。",
            "The smart card service stopped, or stopped answering, while the card was being read.",
        ),
        ServiceTrouble::Denied => {
            text("本用户无权使用智能卡服务。", "This user may not use the smart card service.")
        }
        ServiceTrouble::Unreachable => {
            text("本用户连不上智能卡服务。", "This user cannot reach the smart card service.")
        }
        ServiceTrouble::NoReader => text("没有找到读卡器。", "No card reader was found."),
        ServiceTrouble::NoDriver => text(
            "读卡器已插上，但缺少驱动，服务看不到它。",
            "The reader is plugged in, but its driver is missing: the service does not see it.",
        ),
    };
    let advice = match system {
        System::Linux => on_linux(trouble),
        System::Windows => on_windows(trouble),
        System::MacOs => on_macos(trouble),
    };
    (message, advice)
}

fn on_linux(trouble: ServiceTrouble) -> Text {
    match trouble {
        ServiceTrouble::Missing => text(
            "请管理员安装：Debian、Ubuntu、统信、麒麟 apt install pcscd libccid；Fedora dnf install pcsc-lite pcsc-lite-ccid。",
            "Ask the administrator to install it: Debian, Ubuntu: apt install pcscd libccid; Fedora: dnf install pcsc-lite pcsc-lite-ccid.",
        ),
        ServiceTrouble::NotRunning => text(
            "请管理员启动：systemctl enable --now pcscd.socket。",
            "Ask the administrator to start it: systemctl enable --now pcscd.socket.",
        ),
        ServiceTrouble::Silent => text(
            "取出卡片，拔下读卡器；请管理员重启服务：systemctl restart pcscd；再插上重试。",
            "Take the card out and unplug the reader; ask the administrator: systemctl restart pcscd; plug in and try again.",
        ),
        ServiceTrouble::Stopped => text(
            "再读一次；还不行请管理员启动：systemctl restart pcscd.socket，原因见 journalctl -u pcscd。",
            "Read again; if that fails, ask the administrator: systemctl restart pcscd.socket; journalctl -u pcscd says why it stopped.",
        ),
        ServiceTrouble::Denied => text(
            "polkit 拒绝了 access_pcsc，请管理员授权或换用户；不要用 root 运行本程序。",
            "polkit refused access_pcsc; ask the administrator for a rule, do not run this program as root.",
        ),
        ServiceTrouble::Unreachable => text(
            "/run/pcscd 或其中的 pcscd.comm 不许本用户访问。请管理员开放：chmod 755 /run/pcscd，再 systemctl restart pcscd.socket；不要用 root 运行本程序。",
            "/run/pcscd or pcscd.comm in it is closed to this user. Ask the administrator: chmod 755 /run/pcscd, then systemctl restart pcscd.socket; do not run this program as root.",
        ),
        ServiceTrouble::NoReader => text(
            "检查读卡器是否插好，换一个 USB 口；lsusb 里有而这里没有，就缺驱动（Debian 等：apt install libccid）；`sscard readers` 列出可用的读卡器。",
            "Check that the reader is plugged in, try another USB port; if lsusb shows it, its driver is missing (Debian: apt install libccid); `sscard readers` lists what is there.",
        ),
        ServiceTrouble::NoDriver => text(
            "请管理员安装驱动：Debian、Ubuntu、统信、麒麟 apt install libccid；Fedora dnf install pcsc-lite-ccid；再重启服务：systemctl restart pcscd。已经装了的，更新它，或装读卡器厂家的驱动。",
            "Ask the administrator to install it: Debian, Ubuntu: apt install libccid; Fedora: dnf install pcsc-lite-ccid; then systemctl restart pcscd. Where it is installed already: update it, or install the driver of the reader's maker.",
        ),
    }
}

fn on_windows(trouble: ServiceTrouble) -> Text {
    match trouble {
        ServiceTrouble::Missing | ServiceTrouble::NotRunning => text(
            "插上读卡器再试：没有读卡器时服务不运行。还不行请管理员启动服务 Smart Card（SCardSvr）：net start SCardSvr。",
            "Plug the reader in and try again: without one the service does not run. If that fails, ask the administrator to start the service Smart Card (SCardSvr): net start SCardSvr.",
        ),
        ServiceTrouble::Silent => text(
            "取出卡片，拔下读卡器；请管理员重启服务：net stop SCardSvr，net start SCardSvr；再插上重试。",
            "Take the card out and unplug the reader; ask the administrator: net stop SCardSvr, net start SCardSvr; plug in and try again.",
        ),
        ServiceTrouble::Stopped => text(
            "最后一台读卡器拔出后服务就会停：插好读卡器，再读一次。",
            "It stops when the last reader leaves: plug the reader in and read again.",
        ),
        ServiceTrouble::Denied | ServiceTrouble::Unreachable => text(
            "在远程桌面中只能使用本地电脑上的读卡器；否则请管理员检查服务 SCardSvr 的权限。",
            "In a remote session only the readers of the near side can be used; else ask the administrator to check the rights of the service SCardSvr.",
        ),
        ServiceTrouble::NoReader | ServiceTrouble::NoDriver => text(
            "检查读卡器是否插好，换一个 USB 口；“设备管理器”的“智能卡读卡器”里有叹号，就装厂家的驱动；`sscard readers` 列出可用的读卡器。",
            "Check that the reader is plugged in, try another USB port; where Device Manager marks it under Smart card readers, install its maker's driver; `sscard readers` lists what is there.",
        ),
    }
}

fn on_macos(trouble: ServiceTrouble) -> Text {
    match trouble {
        ServiceTrouble::Missing | ServiceTrouble::NotRunning => text(
            "插上读卡器再试：系统检测到读卡器才启动服务。还不行就重启电脑。",
            "Plug the reader in and try again: the system starts the service when it sees one. If that fails, restart the computer.",
        ),
        ServiceTrouble::Silent | ServiceTrouble::Stopped => text(
            "拔下读卡器，稍等再插，再读一次；还不行就重启电脑。",
            "Unplug the reader, wait a moment, plug it in and read again; if that fails, restart the computer.",
        ),
        ServiceTrouble::Denied | ServiceTrouble::Unreachable => text(
            "在“系统设置”的“隐私与安全性”里允许终端使用读卡器，再试。",
            "Allow the terminal to use the reader in System Settings, Privacy & Security, and try again.",
        ),
        ServiceTrouble::NoReader | ServiceTrouble::NoDriver => text(
            "检查读卡器是否插好，换一个 USB 口；“系统信息”的 USB 里有而这里没有，就装厂家的驱动；`sscard readers` 列出可用的读卡器。",
            "Check that the reader is plugged in, try another USB port; if System Information shows it under USB, install its maker's driver; `sscard readers` lists what is there.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TROUBLES: [ServiceTrouble; 8] = [
        ServiceTrouble::Missing,
        ServiceTrouble::NotRunning,
        ServiceTrouble::Silent,
        ServiceTrouble::Stopped,
        ServiceTrouble::Denied,
        ServiceTrouble::Unreachable,
        ServiceTrouble::NoReader,
        ServiceTrouble::NoDriver,
    ];
    const SYSTEMS: [System; 3] = [System::Linux, System::Windows, System::MacOs];

    /// Words that only one system's users know.
    fn foreign(system: System) -> &'static [&'static str] {
        match system {
            System::Linux => &["SCardSvr", "System Settings", "Device Manager"],
            System::Windows => &["systemctl", "pcscd", "apt ", "System Settings"],
            System::MacOs => &["systemctl", "pcscd", "apt ", "SCardSvr"],
        }
    }

    #[test]
    fn each_system_speaks_its_own_words_in_both_languages() {
        let chinese = |text: &str| text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        for system in SYSTEMS {
            let advice = TROUBLES.map(|trouble| service(trouble, system).1);
            for text in advice {
                assert!(chinese(text.zh) && !chinese(text.en), "{}", text.en);
                for word in foreign(system) {
                    assert!(!text.zh.contains(word) && !text.en.contains(word), "{}", text.en);
                }
            }
        }
    }

    #[test]
    fn no_trouble_is_told_like_another() {
        let messages = TROUBLES.map(|trouble| service(trouble, System::Linux).0.en);
        let advice = TROUBLES.map(|trouble| service(trouble, System::Linux).1.en);
        for (at, message) in messages.iter().enumerate() {
            assert!(!messages[..at].contains(message) && !advice[..at].contains(&advice[at]));
        }
    }
}
