//! Two programs at one card, and cards and services that keep us waiting.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::pcscd::{Pcscd, Scratch, alone, until};
use crate::program::{Checked, Inserted, Run, reader, run, sscard, start};

/// What a run says to do, in one language.
fn advice(run: &Run, language: &str) -> String {
    run.json()["error"]["advice"][language].as_str().unwrap().to_owned()
}

/// With `--timeout 2`: a bound that leaves room for a slow computer, and none for a
/// second time-out after the first.
#[test]
fn who_waits_two_seconds_is_not_kept_for_longer() {
    let Some(_alone) = alone() else { return };
    let (mut service, scratch) = (Pcscd::start(), Scratch::new());
    let begun = Instant::now();
    for (fault, at) in [("slow:3000@1", 1), ("mute@1", 1), ("slow:3000@6", 6), ("mute@6", 6)] {
        let card = Inserted::new(0, "gen2", Some(fault));
        let checked = Checked::new(&scratch, None, &["--json", "--timeout", "2"]);
        let document = checked.live.json();
        assert_eq!((checked.live.code, &document["outcome"]), (25, &json!("timeout")), "{fault}");
        assert_eq!(document["statistics"]["exchanges"], at, "{fault}");
        assert!(advice(&checked.live, "en").contains("wipe the contacts"), "{fault}");
        assert!(advice(&checked.live, "zh").contains("擦净"), "{fault}");
        drop(card);
    }
    let asked = service.sent().len();
    let _card = Inserted::new(0, "gen2", Some("slow:1000@3"));
    std::thread::scope(|scope| {
        let check = scope.spawn(|| Checked::new(&scratch, None, &["--json", "--timeout", "2"]));
        until("the card is asked", || service.sent().len() > asked + 2);
        service.kill();
        let checked = check.join().unwrap();
        assert_eq!(checked.live.code, 22, "{}", checked.live.output);
        assert!(advice(&checked.live, "en").contains("systemctl restart pcscd"));
        let message = &checked.live.json()["error"]["message"]["en"];
        let message = message.as_str().unwrap();
        assert!(message.starts_with("The smart card service stopped, or"), "{message}");
    });
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// Both use it shared, as is the default; each waits for the other's transaction.
#[test]
fn two_checks_at_once_both_read() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    let alone = sscard(&["check", "--json"]).json();
    let both = [(); 3].map(|()| start(&["check", "--json"]));
    for check in both {
        let output = check.wait_with_output().unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", document["error"]);
        assert_eq!(document["applications"], alone["applications"]);
    }
}

/// A command of the other program, and of no check.
const OTHER: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x04];

#[test]
fn no_other_command_comes_between_ours() {
    let Some(_alone) = alone() else { return };
    let (service, scratch) = (Pcscd::start(), Scratch::new());
    let _card = Inserted::new(0, "gen2", Some("slow:10@1"));
    let alone = sscard(&["check"]);
    let ours = service.sent();
    let script = scratch.0.join("other.txt");
    std::fs::write(&script, "00 84 00 00 04\n".repeat(40)).unwrap();
    let mut check = start(&["check"]);
    until("our work has begun", || service.sent().len() > ours.len() + 5);
    let other = run("scriptor", &["-r", &reader(0), script.to_str().unwrap()]);
    assert_eq!((alone.code, check.wait().unwrap().code()), (0, Some(0)));
    assert_eq!(other.output.matches("> 00 84 00 00 04").count(), 40, "{}", other.error);
    let sent = service.sent().split_off(ours.len());
    let (before, during) = sent.split_at(sent.iter().position(|one| *one != OTHER).unwrap());
    assert!(before.len() < 40, "the other program did not wait: {}", before.len());
    assert_eq!(during[..ours.len()], ours, "the whole check without a stranger");
    assert_eq!(during.len() + before.len(), ours.len() + 40);
}
