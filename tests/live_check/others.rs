//! The same card in the eyes of other programs. They send commands of their own
//! accord where they may; here they are told not to, so that the service's log
//! still holds nothing but reading.

use crate::pcscd::{Pcscd, Scratch, alone};
use crate::program::{Checked, Inserted, run};

/// What `opensc-tool` prints of an answer: sixteen bytes a line, then the same as
/// text. The second byte of an FCI tells how long it is.
fn answer(printed: &str) -> Vec<u8> {
    let (_, dump) = printed.split_once("SW2=0x00)").unwrap();
    let lines = dump.lines().skip(1).map(|line| line.as_bytes().chunks(3).take(16));
    let mut bytes: Vec<u8> =
        lines.flatten().map_while(|cell| hex::decode(cell.get(..2)?).ok()).flatten().collect();
    if let Some(length) = bytes.get(1).copied() {
        bytes.truncate(usize::from(length) + 2);
    }
    bytes
}

#[test]
fn they_see_the_same_answer_to_reset_and_the_same_fci() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    for model in ["gen2", "gen3-contactless"] {
        let _card = Inserted::new(0, model, None);
        let session = Checked::new(&scratch, None, &["--json"]).session();
        let atr = session.header.atr.clone().unwrap();
        let spelled = |separator: &str| {
            atr.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(separator)
        };

        let opensc = run("opensc-tool", &["-c", "default", "-a"]);
        assert_eq!(opensc.output.trim().to_uppercase(), spelled(":"), "{}", opensc.error);
        let scan = run("pcsc_scan", &["-c"]);
        assert!(scan.output.contains(&format!("ATR: {}\n", spelled(" "))), "{}", scan.output);

        let select = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00";
        let opensc = run("opensc-tool", &["-c", "default", "-s", select]);
        let fci = session.exchanges().find_map(|(_, one)| {
            let answer = one.response.as_deref()?;
            answer.strip_suffix(&[0x90, 0x00]).filter(|data| data.first() == Some(&0x6F))
        });
        assert_eq!(hex::encode_upper(answer(&opensc.output)), hex::encode_upper(fci.unwrap()));
    }
}
