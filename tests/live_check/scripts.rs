//! Scripts and recordings, run against cards in a reader.

use crate::pcscd::{Pcscd, Scratch, alone};
use crate::program::{Inserted, is_private, sscard};

#[test]
fn a_recording_holds_against_the_card_it_was_made_of() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    for model in ["gen2", "gen3-contactless"] {
        let _card = Inserted::new(0, model, None);
        let path = scratch.0.join(format!("{model}.apdu"));
        let path = path.to_str().unwrap();
        let recorded = sscard(&["record", "-o", path, "--json"]);
        assert_eq!(recorded.code, 0, "{}", recorded.error);
        assert!(is_private(std::path::Path::new(path)));
        let ran = sscard(&["run", path]);
        assert_eq!(ran.code, 0, "{model}: {}{}", ran.output, ran.error);
        let other = if model == "gen2" { "gen3" } else { "gen2" };
        let ran = sscard(&["run", path, "--virtual", other]);
        assert_eq!(ran.code, 14, "{model}: {}{}", ran.output, ran.error);
    }
}

#[test]
fn a_thousand_readings_are_made() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen3", None);
    let ran = sscard(&["run", "apdu-scripts/stress.apdu", "apdu-scripts/resets.apdu"]);
    assert_eq!(ran.code, 0, "{}{}", ran.output, ran.error);
    assert!(ran.output.contains("1002 steps"), "{}", ran.output);
}
