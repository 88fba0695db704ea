//! Every literal ATR of Debian's list of known cards (package pcsc-tools).

use std::collections::BTreeMap;

use sscard::atr;

const LIST: &str = "/usr/share/pcsc/smartcard_list.txt";

/// Lines of hex pairs at the first column; those with wildcards have dots.
fn literal(line: &str) -> Option<Vec<u8>> {
    let pairs: Vec<_> = line.trim_end().split(' ').collect();
    let is_hex = pairs.iter().all(|pair| pair.len() == 2);
    is_hex
        .then(|| pairs.into_iter().map(hex::decode).collect::<Result<Vec<_>, _>>().ok())?
        .map(|bytes| bytes.concat())
}

#[test]
fn every_known_card_is_read() {
    let Ok(list) = std::fs::read(LIST) else {
        println!("{LIST} is missing (package pcsc-tools): nothing was tested");
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{LIST} is needed in CI");
        return;
    };
    let list = String::from_utf8_lossy(&list);
    let mut kinds = BTreeMap::<String, usize>::new();
    let (mut atrs, mut flawless) = (0, 0);
    for bytes in list.lines().filter_map(literal) {
        let atr = atr::decode(&bytes);
        assert_eq!(atr::decode(&atr.bytes), atr, "{bytes:02X?}");
        assert_eq!(rebuilt(&atr), bytes);
        for finding in &atr.findings {
            let name = format!("{finding:?}");
            let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            *kinds.entry(name.to_owned()).or_default() += 1;
        }
        atrs += 1;
        flawless += usize::from(atr.findings.is_empty());
    }
    println!("{atrs} ATRs, {flawless} without findings; {kinds:?}");
    assert!(atrs >= 3000, "only {atrs} found in {LIST}");
    // A reader that misplaces the end would find fault with most of them.
    assert!(flawless * 100 >= atrs * 90, "{flawless} of {atrs} without findings");
}

/// The answer, put together again from its parts.
fn rebuilt(atr: &atr::Atr) -> Vec<u8> {
    let mut bytes: Vec<u8> = atr.bytes.iter().take(2).copied().collect();
    bytes.extend(atr.interface_bytes.iter().map(|byte| byte.value));
    bytes.extend(&atr.historical);
    bytes.extend(atr.tck.present);
    bytes.extend(&atr.trailing);
    bytes
}
