//! Every trouble of PC/SC that no virtual reader shows, by a library of our own in
//! its place: each is told apart, with its cause and a remedy in both languages.
#![cfg(all(feature = "pcsc", feature = "cli", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Where the library lies, by the name under which programs look for it.
fn library() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stub_pcsc");
        std::fs::create_dir_all(&folder).unwrap();
        let flags = Command::new("pkg-config").args(["--cflags", "libpcsclite"]).output().unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-Wall", "-Werror", "-Wl,-soname,libpcsclite.so.1", "-o"])
            .arg(folder.join("libpcsclite.so.1"))
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/stub_pcsc.c"))
            .args(String::from_utf8(flags.stdout).unwrap().split_whitespace())
            .status();
        assert!(built.unwrap().success(), "the library builds");
        folder
    })
}

/// The program over the library, on a computer that does not tell its USB devices.
fn command(orders: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command
        .args(["60", env!("CARGO_BIN_EXE_sscard")])
        .args(arguments)
        .env("LD_LIBRARY_PATH", library())
        .env("STUB_PCSC", orders)
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent")
        .env("SYSFS_PATH", "/nonexistent")
        .stdin(Stdio::null());
    command
}

/// A run of the program over the library: exit code and standard output.
fn sscard(orders: &str, arguments: &[&str]) -> (i32, String) {
    let output = command(orders, arguments).output().unwrap();
    let code = output.status.code().unwrap();
    assert!(![1, 101, 124].contains(&code), "{orders}: {code} {output:?}");
    (code, String::from_utf8(output.stdout).unwrap())
}

fn check(orders: &str, options: &[&str]) -> (i32, Value) {
    let (code, text) = sscard(orders, &[&["check", "--json"], options].concat());
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["exit_code"], code, "{orders}");
    (code, document)
}

/// What is ordered, and what it comes to: exit code and words of the message.
const TROUBLES: [(&str, i32, &str); 20] = [
    // Before a card is chosen.
    ("SCardEstablishContext=8010001D", 22, "is not running"),
    ("SCardEstablishContext=8010001E", 22, "is not running"),
    ("SCardListReaders=80100013", 22, "is not running"),
    ("SCardEstablishContext=8010006A", 22, "This user may not use"),
    ("none", 21, "No card reader was found"),
    ("absent", 20, "No card was seen"),
    // While connecting.
    ("SCardConnect=80100009", 21, "No card reader was found"),
    ("SCardConnect=8010000C", 20, "No card was seen"),
    ("SCardConnect=8010000B", 23, "for itself alone"),
    ("SCardConnect=80100067", 13, "could not power the card"),
    ("SCardConnect=80100066", 13, "no answer to reset"),
    ("SCardConnect=8010000F", 13, "share no protocol"),
    ("SCardBeginTransaction=80100068", 23, "keeps resetting the card"),
    // During the work; the service's own answer decides what a code means.
    ("SCardTransmit@3=80100069", 24, "Card or reader left"),
    ("SCardTransmit@3=80100017", 24, "The reader left"),
    (
        "SCardTransmit@3=8010001E SCardListReaders@5-=8010001E",
        22,
        "stopped answering, while the card",
    ),
    (
        "SCardTransmit@3=80100013 SCardListReaders@5-=8010001D",
        22,
        "stopped answering, while the card",
    ),
    ("SCardTransmit@3=8010002F", 13, "does not power up or answer"),
    ("SCardTransmit@3=12345678", 13, "does not power up or answer"),
    ("SCardTransmit=80100068", 23, "keeps resetting the card"),
];

#[test]
fn troubles_are_told_apart() {
    let mut told = BTreeSet::new();
    for (orders, expected, words) in TROUBLES {
        let (code, document) = check(orders, &[]);
        let error = &document["error"];
        let message = error["message"]["en"].as_str().unwrap_or_else(|| panic!("{orders}"));
        assert_eq!(code, expected, "{orders}: {error}");
        assert!(message.contains(words), "{orders}: {message}");
        for (part, language) in [("message", "zh"), ("advice", "zh"), ("advice", "en")] {
            assert!(error[part][language].as_str().unwrap().len() > 10, "{orders}: {error}");
        }
        told.insert(message.to_owned());
    }
    assert!(told.len() >= 13, "{told:?}");
}

#[test]
fn what_was_read_before_the_service_stopped_is_kept() {
    let (_, document) = check("SCardTransmit@3=8010001E SCardListReaders@5-=8010001E", &[]);
    assert_eq!(document["statistics"]["exchanges"], 3);
    assert_eq!(document["error"]["detail"], "no-service, exchange 3");
}

#[test]
fn a_reset_by_another_program_is_got_over() {
    let (plain, undisturbed) = check("", &[]);
    for orders in [
        "SCardBeginTransaction@1=80100068",
        "SCardTransmit@1=80100068",
        "SCardTransmit@5=80100068 SCardTransmit@9=80100068",
    ] {
        let (code, document) = check(orders, &[]);
        assert_eq!((code, &document["card"]), (plain, &undisturbed["card"]), "{orders}");
        assert!(document["error"].is_null(), "{orders}");
    }
}

/// On Windows the service stops with the last reader, and its contexts die with it.
#[test]
fn who_waits_gets_a_new_context_when_the_service_comes_back() {
    let (plain, _) = check("", &[]);
    for code in ["8010001E", "8010001D"] {
        let once = format!("SCardGetStatusChange@1={code}");
        assert_eq!(check(&once, &[]).0, 22, "{once}: who does not wait is told");
        assert_eq!(check(&once, &["--wait=10"]).0, plain, "{once}");
        let longer = format!("SCardListReaders@2={code} SCardEstablishContext@2={code}");
        assert_eq!(check(&longer, &["--wait=10"]).0, plain, "{longer}");
        let for_good = format!("SCardListReaders@2-={code}");
        assert_eq!(check(&for_good, &["--wait=1"]).0, 22, "{for_good}");
    }
}

#[test]
fn a_missing_service_is_told_from_one_that_does_not_run() {
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
        .arg(concat!(
            "for folder in /usr/sbin /usr/local/sbin /usr/local/bin; do ",
            "mount -t tmpfs none $folder || exit 77; done; exec \"$0\" check --json"
        ))
        .arg(env!("CARGO_BIN_EXE_sscard"))
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent")
        .output()
        .unwrap();
    let Ok(document) = serde_json::from_slice::<Value>(&output.stdout) else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{output:?}");
        return;
    };
    assert_eq!(document["outcome"], "no_service");
    let message = document["error"]["message"]["en"].as_str().unwrap();
    assert!(message.contains("not installed"), "{message}");
}

/// What is ordered, what `doctor` concludes, and the first section that failed.
const CONCLUSIONS: [(&str, &str, Option<&str>); 15] = [
    ("SCardEstablishContext=8010001D", "no_service", Some("service")),
    ("SCardEstablishContext=8010006A", "refused", Some("permissions")),
    ("none", "no_reader", Some("readers")),
    ("absent", "no_card", Some("card")),
    ("SCardConnect=8010000B", "busy", Some("card")),
    ("SCardConnect=8010000F", "protocol", Some("card")),
    ("SCardConnect=80100067", "silent", Some("card")),
    // Of the card: 6 resets, then SELECT and READ, then a thousand short readings.
    ("SCardReconnect@3=80100066", "silent", Some("card")),
    ("SCardTransmit@9=80100069", "removed", Some("card")),
    ("SCardTransmit@9=80100017", "removed", Some("card")),
    ("SCardTransmit@9=8010001E SCardListReaders@9-=8010001E", "service_lost", Some("card")),
    ("SCardTransmit@9=8010002F", "unstable", Some("contact")),
    ("SCardTransmit@9=80100068", "other_card", None),
    ("SCardTransmit@9-=80100068", "busy", Some("card")),
    ("", "other_card", None),
];

#[test]
fn doctor_comes_to_a_conclusion_whatever_pcsc_says() {
    for (orders, expected, failed) in CONCLUSIONS {
        let (code, text) = sscard(orders, &["doctor", "--json"]);
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((code, &document["exit_code"]), (0, &0.into()), "{orders}");
        assert_eq!(document["conclusion"]["id"], expected, "{orders}: {document}");
        let sections = document["sections"].as_array().unwrap();
        assert_eq!(sections.len(), 9, "{orders}");
        let first = sections.iter().find(|section| section["state"] == "failed");
        assert_eq!(first.map(|section| section["id"].as_str().unwrap()), failed, "{orders}");
    }
}

/// A run of `doctor` over the library, in a mount namespace prepared by a shell;
/// `None` where users may have none.
fn doctor_after(preparation: &str) -> Option<Value> {
    let script = format!("{preparation} || exit 77; exec \"$0\" doctor --json");
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec", &script])
        .arg(env!("CARGO_BIN_EXE_sscard"))
        .env("LD_LIBRARY_PATH", library())
        .env("STUB_PCSC", "none")
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent")
        .output()
        .unwrap();
    let document = serde_json::from_slice(&output.stdout).ok();
    assert!(document.is_some() || std::env::var("CI").as_deref() != Ok("true"), "{output:?}");
    document
}

/// What `doctor` says of a computer without PC/SC readers into which one device is
/// plugged.
fn doctor_beside(id: &str, name: &str, class: &str) -> Value {
    let sysfs = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("usb-{id}"));
    let (vendor, product) = id.split_once(':').unwrap();
    let files = [
        ("1-1/idVendor", vendor),
        ("1-1/idProduct", product),
        ("1-1/product", name),
        ("1-1:1.0/bInterfaceClass", class),
    ];
    for (file, text) in files {
        let path = sysfs.join("bus/usb/devices").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("{text}\n")).unwrap();
    }
    let output = command("none", &["doctor", "--json"]).env("SYSFS_PATH", sysfs).output();
    serde_json::from_slice(&output.unwrap().stdout).unwrap()
}

/// A device, what `doctor` concludes, and what it says of the device.
const PLUGGED_IN: [(&str, &str, &str, &str, Option<&str>); 4] = [
    ("072f:90cc", "CCID USB Reader", "0b", "no_driver", Some("072F:90CC CCID USB Reader: a PC/SC")),
    (
        "1234:00ab",
        "Example IC Card Reader",
        "03",
        "foreign_reader",
        Some("1234:00AB Example IC Card Reader: by its name a card reader; no PC/SC device"),
    ),
    ("0bda:0129", "Generic USB2.0 Card Reader", "08", "no_reader", None),
    ("0c2e:0b61", "Honeywell Barcode Reader", "03", "no_reader", None),
];

#[test]
fn a_device_on_usb_is_the_reason_only_if_it_can_be_a_reader() {
    for (id, name, class, expected, told) in PLUGGED_IN {
        let document = doctor_beside(id, name, class);
        assert_eq!(document["conclusion"]["id"], expected, "{document}");
        let usb = &document["sections"][4];
        let finding = usb["findings"][0]["en"].as_str().unwrap();
        let nothing = "no device that calls itself a card reader";
        assert!(finding.starts_with(told.unwrap_or(nothing)), "{finding}");
        if expected == "no_driver" {
            let advice = document["conclusion"]["advice"]["en"].as_str().unwrap();
            let remedy = ["apt install libccid", "systemctl restart pcscd"];
            assert!(remedy.iter().all(|part| advice.contains(part)), "{advice}");
        }
        // By a name alone it is never the reader's fault.
        let sentence = document["conclusion"]["en"].as_str().unwrap();
        assert!(expected != "foreign_reader" || sentence.contains("may need"), "{sentence}");
    }
}

#[test]
fn a_service_that_is_not_installed_is_the_computer() {
    let gone = concat!(
        "for folder in /usr/sbin /usr/local/sbin /usr/local/bin; do ",
        "mount -t tmpfs none $folder || exit 77; done; export STUB_PCSC=SCardEstablishContext=8010001D"
    );
    let Some(document) = doctor_after(gone) else { return };
    assert_eq!(document["conclusion"]["id"], "not_installed", "{document}");
    let advice = document["conclusion"]["advice"]["en"].as_str().unwrap();
    assert!(advice.contains("apt install pcscd libccid"), "{advice}");
}

/// Root comes everywhere: here without the rights that make it so.
#[test]
fn a_socket_behind_a_closed_door_is_a_matter_of_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("closed");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let socket = folder.join("pcscd.comm");
    let listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let close = |mode| std::fs::set_permissions(&folder, PermissionsExt::from_mode(mode)).unwrap();
    let run = |command: &str| {
        let program = env!("CARGO_BIN_EXE_sscard");
        let weak = r#"if [ "$(id -u)" = 0 ]; then exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"; fi; exec "$@""#;
        let output = Command::new("sh")
            .args(["-c", weak, "sh", program, command, "--json"])
            .env("LD_LIBRARY_PATH", library())
            .env("STUB_PCSC", "SCardEstablishContext=8010001D")
            .env("PCSCLITE_CSOCK_NAME", &socket)
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    close(0o000);
    let (doctor, check) = (run("doctor"), run("check"));
    close(0o700);
    let open = run("doctor");
    drop(listens);
    assert_eq!(doctor["conclusion"]["id"], "unreachable", "{doctor}");
    let failed = doctor["sections"].as_array().unwrap().iter().find(|one| one["state"] == "failed");
    assert_eq!(failed.unwrap()["id"], "permissions");
    let message = check["error"]["message"]["en"].as_str().unwrap();
    assert_eq!(
        (&check["exit_code"], message),
        (&22.into(), "This user cannot reach the smart card service.")
    );
    assert_eq!(check["error"]["advice"], doctor["conclusion"]["advice"]);
    assert_eq!(open["conclusion"]["id"], "service_silent");
}

#[test]
fn a_library_without_its_service_lists_no_readers() {
    assert_eq!(sscard("SCardEstablishContext=8010006A", &["readers", "--json"]).0, 22);
    assert_eq!(sscard("none", &["readers", "--json"]).0, 0);
}

#[test]
fn nobody_is_told_to_leave_out_what_was_not_given() {
    let advice = |options: &[&str]| {
        let (code, document) = check("SCardConnect=8010000F", options);
        assert_eq!(code, 13);
        document["error"]["advice"]["en"].as_str().unwrap().to_owned()
    };
    assert_eq!(advice(&[]), "Try another reader.");
    assert!(advice(&["--protocol", "t0"]).contains("without --protocol"));
}
