//! Two recordings, one of each side, judged as one chip.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use program::{Ran, sscard};
use serde_json::Value;
use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::session::text::{header_text, step_text};
use sscard::transport::guarded;

/// The contactless model as the other side of the contact model's chip.
const SAME_CHIP: [[&str; 2]; 7] = [
    ["3B8D8001 0081545354 8660 5001 00010104 6D", "3B8D8001 0081545354 8660 5001 00010103 6A"],
    ["500107 D156000005 5A000104 6D8FA1C4", "500106 D156000005 5A000103 5C7E90B3"],
    ["915600000250010750010701", "915600000250010650010601"],
    ["bcd = \"20220620\"", "bcd = \"20220110\""],
    ["T00001047", "T00001039"],
    ["6229990000000103003F", "6229990000000102005F"],
    ["6229990000000103003D", "6229990000000102005D"],
];

fn changed(name: &str, changes: &[[&str; 2]]) -> String {
    changes.iter().fold(builtin(name).unwrap().to_owned(), |text, [from, to]| {
        assert!(text.contains(from), "{name}: {from}");
        text.replace(from, to)
    })
}

/// A recording of a check of this model, in a file of its own.
fn recorded(name: &str, model: &str) -> String {
    let mut card = guarded(VirtualCard::new(Model::parse(model).unwrap()), Permission::Read);
    let mut text = header_text(&probe::header(&card));
    probe::run(&mut card, Depth::Full).unwrap();
    let (_, steps) = card.into_parts();
    steps.iter().for_each(|step| text.push_str(&step_text(step)));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("both-{name}.apdu"));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn check(first: &str, second: &str, more: &[&str]) -> Ran {
    let line = ["check", "--date", "2026-11-23", "--session", first, "--session", second];
    sscard(&[&line[..], more].concat())
}

fn judged(first: &str, second: &str) -> Value {
    serde_json::from_str(&check(first, second, &["--json"]).out).unwrap()
}

fn row<'a>(document: &'a Value, id: &str) -> &'a Value {
    let rows = document["applications"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id).unwrap()
}

fn rules(row: &Value) -> Vec<&str> {
    let findings = row["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

#[test]
fn two_sides_are_one_card() {
    let contact = recorded("contact", builtin("gen3").unwrap());
    let antenna = recorded("contactless", &changed("gen3-contactless", &SAME_CHIP));
    // In whatever order they are given.
    for (first, second) in [(&contact, &antenna), (&antenna, &contact)] {
        let document = judged(first, second);
        assert_eq!(document["outcome"], "healthy", "{document}");
        assert_eq!(document["generation"]["value"], "third");
        let source = &document["source"];
        assert_eq!((&source["kind"], &source["interface"]), (&"sessions".into(), &"both".into()));
        assert!(source["atr"].is_null() && source["protocol"].is_null());
        let sides: Vec<&Value> =
            source["parts"].as_array().unwrap().iter().map(|part| &part["interface"]).collect();
        assert_eq!(sides, ["contact", "contactless"]);
        for id in ["ssse", "acse", "pse", "ppse", "unionpay-debit", "transport-purse"] {
            assert_eq!(row(&document, id)["presence"], "present", "{id}");
        }
        // Both sides were looked at: what neither has is not there.
        assert_eq!(row(&document, "unionpay-credit")["presence"], "absent");
        let last = document["statistics"]["exchanges"].as_u64().unwrap();
        let purse = &row(&document, "transport-purse")["findings"][0]["exchanges"][0];
        assert!(purse.as_u64().unwrap() > last / 2 && purse.as_u64().unwrap() <= last, "{purse}");
        let compared = document["comparison"].as_array().unwrap();
        let interface = compared.iter().find(|row| row["id"] == "interface").unwrap();
        assert_eq!(interface["this_card"]["en"], "contact and contactless");
        assert_eq!(document["safety"]["counters_unchanged"], true);
    }
    let screen = check(&contact, &antenna, &["--lang", "zh", "--verbose"]).out;
    assert!(screen.contains("接触和非接触双界面") && !screen.contains("此界面未见"), "{screen}");
    let last = screen.lines().filter(|line| line.starts_with('[')).count();
    assert!(screen.contains(&format!("\n[{last}] ")), "exchanges are counted through");
}

#[test]
fn what_the_sides_say_of_one_another_is_found() {
    let contact = recorded("contact-2", builtin("gen3").unwrap());
    let other = |name: &str, changes: &[[&str; 2]]| {
        recorded(name, &changed("gen3-contactless", &[&SAME_CHIP[..], changes].concat()))
    };
    let dates = other("dates", &[["bcd = \"20220110\"", "bcd = \"20220111\""]]);
    let document = judged(&contact, &dates);
    assert!(rules(row(&document, "ssse")).contains(&"IFACE.DIFFERS"), "{document}");
    assert_eq!(document["outcome"], "attention");
    let account = other("account", &[["6229990000000102005F", "6229990000000103003F"]]);
    let document = judged(&contact, &account);
    assert!(rules(row(&document, "unionpay-debit")).contains(&"BANK.SIDES_DIFFER"));
    let named = "name = { text = \"sx1.sh.社会保障\" }";
    let other_name = "name = { text = \"sx1.sh.另外\" }";
    let nameless = other("nameless", &[[named, other_name], ["fid = \"DDF1\"", "fid = \"DDF2\""]]);
    let document = judged(&contact, &nameless);
    assert!(rules(row(&document, "ssse")).contains(&"IFACE.ONE_SIDE"), "{document}");
    let debit = "name = { hex = \"A000000333010101\" }";
    let gone = [[debit, "name = { hex = \"A000000333010109\" }"]];
    let bankless = recorded("bankless", &changed("gen3", &gone));
    let document = judged(&bankless, &other("bankless-2", &gone));
    assert!(rules(row(&document, "unionpay-debit")).contains(&"BANK.NONE"), "{document}");
    assert!(!rules(row(&judged(&contact, &dates), "unionpay-debit")).contains(&"BANK.NONE"));
}

#[test]
fn what_is_no_pair_is_refused() {
    let contact = recorded("contact-3", builtin("gen3").unwrap());
    let other_chip = recorded("other", builtin("gen3-contactless").unwrap());
    let codes = [
        check(&contact, &contact, &[]).code,
        check(&contact, &other_chip, &[]).code,
        check(&contact, "nowhere.apdu", &[]).code,
        check(&contact, &other_chip, &["--session", &contact]).code,
        sscard(&["read", "--session", &contact, "--session", &other_chip]).code,
    ];
    assert_eq!(codes, [2, 65, 74, 2, 2]);
    let told = check(&contact, &other_chip, &[]).err;
    assert!(told.contains("two chips"), "{told}");
}
