//! Devices on USB that have to do with cards, as Linux lists them in sysfs. Many
//! counter readers are no PC/SC devices: no PC/SC program will ever see them.

use std::path::Path;

use crate::report::doctor::UsbDevice;

/// Where Linux lists them.
pub(super) const ROOT: &str = "/sys/bus/usb/devices";

/// The class of PC/SC readers (USB class codes: 0Bh, smart card).
const SMART_CARD: &str = "0b";

/// What a card reader is called by those who make it.
const NAMES: [&str; 8] =
    ["reader", "smart card", "smartcard", "ccid", "ic card", "idcard", "读卡", "读写"];

/// Card readers of any kind; `None` where the system does not tell.
pub(super) fn devices(root: &str) -> Option<Vec<UsbDevice>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).ok()?.flatten() {
        found.extend(device(&entry.path(), root));
    }
    found.sort_by(|left: &UsbDevice, right| left.id.cmp(&right.id));
    Some(found)
}

fn device(path: &Path, root: &str) -> Option<UsbDevice> {
    let text = |name: &str| {
        let text = std::fs::read_to_string(path.join(name)).ok()?;
        Some(text.trim().to_owned())
    };
    let id = format!("{}:{}", text("idVendor")?, text("idProduct")?).to_uppercase();
    let words = [text("manufacturer"), text("product")];
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let is_ccid = classes(path, root).iter().any(|class| class == SMART_CARD);
    let lower = name.to_lowercase();
    let named = NAMES.iter().any(|word| lower.contains(word));
    (is_ccid || named).then_some(UsbDevice { id, name, is_ccid })
}

/// The classes of a device's interfaces: `1-2` has `1-2:1.0` beside it.
fn classes(path: &Path, root: &str) -> Vec<String> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let prefix = format!("{name}:");
    let beside = std::fs::read_dir(root).into_iter().flatten().flatten();
    let interfaces =
        beside.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    let class = interfaces
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("bInterfaceClass")).ok());
    class.map(|class| class.trim().to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_readers_for_pcsc_from_those_of_one_maker() {
        let root = std::env::temp_dir().join(format!("sscard-usb-{}", std::process::id()));
        let put = |device: &str, files: &[(&str, &str)]| {
            let folder = root.join(device);
            std::fs::create_dir_all(&folder).unwrap();
            for (name, text) in files {
                std::fs::write(folder.join(name), format!("{text}\n")).unwrap();
            }
        };
        put("1-1", &[("idVendor", "072f"), ("idProduct", "90cc"), ("product", "CCID USB")]);
        put("1-1:1.0", &[("bInterfaceClass", "0b")]);
        put("1-2", &[("idVendor", "1234"), ("idProduct", "00ab"), ("product", "IC Card Reader")]);
        put("1-2:1.0", &[("bInterfaceClass", "03")]);
        put("1-3", &[("idVendor", "046d"), ("idProduct", "c31c"), ("product", "Keyboard")]);
        put("1-3:1.0", &[("bInterfaceClass", "03")]);
        let found = devices(root.to_str().unwrap()).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        let seen: Vec<_> = found.iter().map(|one| (one.id.as_str(), one.is_ccid)).collect();
        assert_eq!(seen, [("072F:90CC", true), ("1234:00AB", false)]);
        assert_eq!(devices("/nowhere"), None);
    }
}
