//! Devices on USB that are card readers or call themselves so, as Linux lists them in
//! sysfs. Many counter readers are no PC/SC devices: no PC/SC program will ever see them.

use std::path::{Path, PathBuf};

use crate::codec::text::legible;
use crate::report::doctor::UsbDevice;

/// What a class, or a word of a name, speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    /// A card reader.
    Reader,
    /// Something else.
    Other,
}

include!(concat!(env!("OUT_DIR"), "/usb.rs"));

/// Where Linux lists them. Whoever has sysfs elsewhere says so as to the other programs
/// that read it.
pub(super) fn root() -> PathBuf {
    let sysfs = std::env::var_os("SYSFS_PATH").unwrap_or_else(|| "/sys".into());
    Path::new(&sysfs).join("bus/usb/devices")
}

/// Card readers of any kind; `None` where the system does not tell.
pub(super) fn devices(root: &Path) -> Option<Vec<UsbDevice>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).ok()?.flatten() {
        found.extend(device(&entry.path(), root));
    }
    found.sort_by(|left: &UsbDevice, right| left.id.cmp(&right.id));
    Some(found)
}

fn device(path: &Path, root: &Path) -> Option<UsbDevice> {
    let text = |name: &str| {
        let bytes = std::fs::read(path.join(name)).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        // A name comes from the device: nothing of it may break a line.
        Some(legible(text.trim()).into_owned())
    };
    let id = format!("{}:{}", text("idVendor")?, text("idProduct")?).to_uppercase();
    let words = [text("manufacturer"), text("product")];
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let interfaces = interfaces(path, root);
    let is = |class: u8| CLASSES.iter().find(|(code, _)| *code == class).map(|(_, is)| *is);
    let is_ccid = interfaces.iter().any(|one| is(one.class) == Some(Is::Reader));
    let class_of_all = text("bDeviceClass").and_then(|class| u8::from_str_radix(&class, 16).ok());
    // The interfaces of a root hub stand under another name.
    let is_hub = class_of_all.and_then(is) == Some(Is::Other);
    let is_other = !interfaces.is_empty()
        && interfaces.iter().all(|one| is(one.class) == Some(Is::Other) || one.is_served);
    (is_ccid || (!is_hub && !is_other && is_called_reader(&name))).then_some(UsbDevice {
        id,
        name,
        is_ccid,
    })
}

/// Whether a name speaks for a card reader, and for nothing else.
fn is_called_reader(name: &str) -> bool {
    let name = name.to_lowercase();
    let says = |wanted| WORDS.iter().any(|(word, is)| *is == wanted && name.contains(word));
    says(Is::Reader) && !says(Is::Other)
}

struct Interface {
    class: u8,
    /// Linux has it for memory cards.
    is_served: bool,
}

/// A device's interfaces: `1-2` has `1-2:1.0` beside it.
fn interfaces(path: &Path, root: &Path) -> Vec<Interface> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let prefix = format!("{name}:");
    let beside = std::fs::read_dir(root).into_iter().flatten().flatten();
    let own = beside.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    own.filter_map(|entry| interface(&entry.path())).collect()
}

fn interface(path: &Path) -> Option<Interface> {
    let class = std::fs::read_to_string(path.join("bInterfaceClass")).ok()?;
    let class = u8::from_str_radix(class.trim(), 16).ok()?;
    let driver = std::fs::read_link(path.join("driver")).ok();
    let driver = driver.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    Some(Interface { class, is_served: driver.is_some_and(|name| DRIVERS.contains(&name)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of those taken for card readers, and whether each is PC/SC's, out of
    /// devices with a name and the classes of their interfaces.
    fn found(test: &str, devices: &[(&str, &str, &[&str])]) -> Vec<UsbDevice> {
        let root = std::env::temp_dir().join(format!("sscard-usb-{test}-{}", std::process::id()));
        let put = |folder: &str, file: &str, text: &str| {
            let folder = root.join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(file), format!("{text}\n")).unwrap();
        };
        for (at, (id, name, classes)) in devices.iter().enumerate() {
            let device = format!("1-{at}");
            let (vendor, product) = id.split_once(':').unwrap();
            put(&device, "idVendor", vendor);
            put(&device, "idProduct", product);
            put(&device, "product", name);
            for (number, class) in classes.iter().enumerate() {
                put(&format!("{device}:1.{number}"), "bInterfaceClass", class);
            }
        }
        let found = super::devices(&root).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        found
    }

    fn ids(found: &[UsbDevice]) -> Vec<(&str, bool)> {
        found.iter().map(|one| (one.id.as_str(), one.is_ccid)).collect()
    }

    #[test]
    fn tells_readers_for_pcsc_from_those_of_one_maker() {
        let seen = found(
            "readers",
            &[
                ("072f:90cc", "CCID USB", &["0b"]),
                ("1234:00ab", "IC Card Reader", &["03"]),
                ("1234:00ac", "社保卡读卡器", &["08", "ff"]),
                ("1234:00ad", "Keyboard", &["03"]),
            ],
        );
        assert_eq!(ids(&seen), [("072F:90CC", true), ("1234:00AB", false), ("1234:00AC", false)]);
        assert_eq!(devices(Path::new("/nowhere")), None);
    }

    #[test]
    fn what_reads_no_smart_card_is_no_reader_whatever_its_name() {
        let seen = found(
            "others",
            &[
                ("0bda:0129", "Generic USB2.0 Card Reader", &["08"]),
                ("0c2e:0b61", "Honeywell Barcode Reader", &["03"]),
                ("1234:0001", "Fingerprint Reader", &["ff"]),
                ("1234:0002", "SD Card Reader", &["ff"]),
                ("1234:0003", "Hub of a Card Reader", &["09"]),
                ("1234:0004", "USB Swipe Reader", &["03"]),
            ],
        );
        assert_eq!(ids(&seen), []);
    }

    #[cfg(unix)]
    #[test]
    fn a_slot_that_linux_serves_is_no_reader() {
        let root = std::env::temp_dir().join(format!("sscard-usb-slot-{}", std::process::id()));
        std::fs::create_dir_all(root.join("1-1")).unwrap();
        std::fs::create_dir_all(root.join("1-1:1.0")).unwrap();
        for (file, text) in [
            ("1-1/idVendor", "1234"),
            ("1-1/idProduct", "0001"),
            ("1-1/product", "USB2.0 Card Reader"),
            ("1-1:1.0/bInterfaceClass", "ff"),
        ] {
            std::fs::write(root.join(file), text).unwrap();
        }
        let before = devices(&root).unwrap().len();
        std::os::unix::fs::symlink("../drivers/rtsx_usb", root.join("1-1:1.0/driver")).unwrap();
        let after = devices(&root).unwrap().len();
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!((before, after), (1, 0));
    }

    #[test]
    fn a_name_breaks_no_line() {
        let seen = found("names", &[("1234:0001", "\u{1B}[31mIC Card\nReader", &["ff"])]);
        assert_eq!(seen[0].name, "\u{FFFD}[31mIC Card\u{FFFD}Reader");
    }
}
