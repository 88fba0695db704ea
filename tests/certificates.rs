//! Certificates on a virtual card: what `check` says of good, old, early, foreign
//! and broken ones. The authorities and persons are invented; `tests/certificates`
//! holds a certificate and its authority, openssl makes others.
#![cfg(all(feature = "cli", feature = "certificates"))]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "certificates/openssl.rs"]
mod openssl;
#[expect(dead_code, reason = "other tests look at standard error")]
#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use openssl::Workshop;
use program::sscard;
use proptest::prelude::*;
use serde_json::Value;
use sscard::apdu::Permission;
use sscard::certificate::{Content, Malformed, content, pem};
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::session::text::{header_text, step_text};
use sscard::transport::guarded;

const HOLDER: &str = include_str!("certificates/holder.hex");
const AUTHORITY: &str = "tests/certificates/authority.pem";
/// Within the validity of every good certificate here.
const TODAY: &str = "2026-11-23";

fn holder() -> Vec<u8> {
    hex::decode(HOLDER.split_whitespace().collect::<String>()).unwrap()
}

/// The card's key file for a certificate: two bytes of unknown meaning, X, Y.
fn key_of(certificate: &[u8]) -> Vec<u8> {
    let Content::Certificate(found) = content(certificate, true) else { panic!("no certificate") };
    [&[0x01, 0x00], &found.public_key.unwrap()[..]].concat()
}

/// A file of the size that issuers write.
fn padded(certificate: &[u8]) -> Vec<u8> {
    let mut file = certificate.to_vec();
    file.resize(1020, 0x00);
    file
}

/// A third-generation card with these files 0012 and 0018.
fn model(key: &[u8], certificate: &[u8]) -> String {
    let before = r#"{ fid = "0018", read = "free", binary = { blank = "00", length = 1020 } },"#;
    let file = |fid: &str, bytes: &[u8]| {
        let bytes = hex::encode_upper(bytes);
        format!(r#"{{ fid = "{fid}", read = "free", binary = {{ hex = "{bytes}" }} }},"#)
    };
    let gen3 = builtin("gen3").unwrap();
    assert!(gen3.contains(before));
    gen3.replace(before, &(file("0012", key) + &file("0018", certificate)))
}

/// The recording of a check, or of a reading, in a file of its own.
fn recorded(name: &str, model: &str, depth: Depth) -> PathBuf {
    let card = VirtualCard::new(Model::parse(model).unwrap());
    let mut card = guarded(card, Permission::Read);
    let mut text = header_text(&probe::header(&card));
    probe::run(&mut card, depth).unwrap();
    assert_eq!(card.refused(), 0);
    let (_, steps) = card.into_parts();
    steps.iter().for_each(|step| text.push_str(&step_text(step)));
    for harmful in ["> 00 20", "00 02 00 13", "00 02 00 15"] {
        assert!(!text.contains(harmful), "{harmful}");
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("certificate-{name}.apdu"));
    std::fs::write(&path, text).unwrap();
    path
}

/// What `check --json` says of the certificate application.
fn judged(name: &str, model: &str, more: &[&str]) -> Value {
    // Only a reading asks for the name.
    let depth = if name.ends_with("holder") { Depth::Everything } else { Depth::Full };
    let session = recorded(name, model, depth);
    let line = ["check", "--json", "--session", session.to_str().unwrap()];
    let dated = if more.contains(&"--date") { vec![] } else { vec!["--date", TODAY] };
    let out = sscard(&[&line[..], &dated, more].concat()).out;
    let document: Value = serde_json::from_str(&out).unwrap();
    let applications = document["applications"].as_array().unwrap();
    applications.iter().find(|row| row["id"] == "acse").unwrap().clone()
}

fn rules(application: &Value) -> Vec<&str> {
    let findings = application["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["rule"].as_str().unwrap()).collect()
}

/// The state, and the rules but for the note that file 0019 is empty.
fn seen(name: &str, model: &str, more: &[&str]) -> (String, Vec<String>) {
    let application = judged(name, model, more);
    let rules = rules(&application).into_iter().filter(|rule| *rule != "CHECK_CERT.PRESENT.ONE");
    (application["state"].as_str().unwrap().to_owned(), rules.map(str::to_owned).collect())
}

fn says(state: &str, rules: &[&str]) -> (String, Vec<String>) {
    (state.to_owned(), rules.iter().map(|rule| (*rule).to_owned()).collect())
}

#[test]
fn a_good_certificate_is_healthy_and_shows_its_last_day() {
    let good = model(&key_of(&holder()), &padded(&holder()));
    assert_eq!(seen("good", &good, &[]), says("healthy", &[]));
    let session = recorded("good-screen", &good, Depth::Full);
    let line = ["check", "--lang", "zh", "--date", TODAY, "--session", session.to_str().unwrap()];
    let screen = sscard(&line).out;
    let row = screen.lines().find(|line| line.contains("数字证书")).unwrap();
    let words: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(words, ["+", "数字证书", "正常", "有效期至", "2031-06-15"]);
}

#[test]
fn its_data_is_masked_but_for_what_nobody_owns() {
    let good = model(&key_of(&holder()), &holder());
    let value = |application: &Value, id: &str| {
        let data = application["data"].as_array().unwrap();
        data.iter().find(|datum| datum["id"] == id).unwrap()["value"].as_str().unwrap().to_owned()
    };
    let masked = judged("masked", &good, &[]);
    assert_eq!(value(&masked, "signature-certificate-not-before"), "2021-06-15");
    assert_eq!(value(&masked, "signature-certificate-algorithm"), "SM2-SM3");
    let key = hex::encode_upper(&key_of(&holder())[2..]);
    let text = masked.to_string();
    for secret in ["测试甲", "测试机构", &key] {
        assert!(!text.contains(secret), "{secret}");
    }
    let revealed = judged("revealed", &good, &["--reveal"]);
    assert_eq!(value(&revealed, "signature-certificate-subject"), "CN=测试甲,C=CN");
    assert_eq!(value(&revealed, "signature-certificate-issuer"), "CN=测试机构,C=CN");
    assert_eq!(value(&revealed, "signature-certificate-key"), key);
}

#[test]
fn the_day_decides_between_early_good_and_expired() {
    let card = model(&key_of(&holder()), &padded(&holder()));
    let on = |day| seen(&format!("day-{day}"), &card, &["--date", day]);
    let early = says("not_yet_valid", &["CHECK_CERT.VALID.NOT_YET"]);
    assert_eq!(on("2021-06-14"), early);
    assert_eq!(on("2021-06-15"), says("healthy", &[]));
    assert_eq!(on("2031-06-15"), says("healthy", &[]));
    assert_eq!(on("2031-06-16"), says("expired", &["CHECK_CERT.VALID.EXPIRED"]));
}

#[test]
fn what_is_broken_is_told_apart_from_what_is_empty() {
    let key = key_of(&holder());
    let with = |name, file: &[u8]| seen(name, &model(&key, file), &[]);
    let empty = says("not_installed", &["CHECK_CERT.PRESENT"]);
    assert_eq!(with("zero", &[0x00; 1020]), empty);
    assert_eq!(with("erased", &[0xFF; 1020]), empty);
    let truncated = says("malformed", &["CHECK_CERT.VALID.TRUNCATED"]);
    assert_eq!(with("truncated", &holder()[..300]), truncated);
    assert_eq!(with("truncated-at-chunk", &holder()[..240]), truncated);
    let foreign = says("malformed", &["CHECK_CERT.VALID.MALFORMED"]);
    assert_eq!(with("base64", b"MIIBrjCCAVSgAwIBAgIBATAKBggqgRzPVQGDdTA1"), foreign);
    let mut other = holder();
    other[4] = 0x31;
    assert_eq!(with("no-x509", &other), foreign);
    let mut curve = holder();
    let at = curve.windows(8).position(|at| at == hex::decode("2A811CCF5501822D").unwrap());
    curve[at.unwrap() + 7] ^= 1;
    assert_eq!(with("curve", &curve), says("malformed", &["CHECK_CERT.VALID.ALGORITHM"]));
}

#[test]
fn another_key_on_the_card_is_inconsistent_and_none_says_nothing() {
    let mut key = key_of(&holder());
    key[40] ^= 1;
    let other = seen("other-key", &model(&key, &holder()), &[]);
    assert_eq!(other, says("inconsistent", &["CHECK_CERT.KEY"]));
    let none = seen("no-key", &model(&[0; 66], &holder()), &[]);
    assert_eq!(none, says("healthy", &["ACSE_RECORD.KEYS"]));
}

#[test]
fn another_holder_than_in_an_open_ef06_is_told() {
    let card = model(&key_of(&holder()), &holder());
    let open = |name: &str| {
        let shut = r#"{ fid = "EF06", read = "key", key = "RKSSSE""#;
        assert!(card.contains(shut) && card.contains("测试丙"), "the model has changed");
        let open = card.replace(shut, r#"{ fid = "EF06", read = "free""#);
        open.replace("测试丙", name)
    };
    assert_eq!(seen("same-holder", &open("测试甲"), &[]).0, "healthy");
    let other = seen("other-holder", &open("测试乙"), &[]);
    assert_eq!(other, says("inconsistent", &["CHECK_CERT.HOLDER"]));
}

#[test]
fn a_chain_is_checked_only_where_someone_is_trusted() {
    let card = model(&key_of(&holder()), &holder());
    let right = seen("right-chain", &card, &["--trust", AUTHORITY]);
    assert_eq!(right, says("healthy", &["CHECK_CERT.CHAIN.VERIFIED"]));
    let mut changed = holder();
    let date = changed.windows(6).position(|at| at == b"310615").unwrap();
    changed[date] = b'4';
    let card = model(&key_of(&holder()), &changed);
    let changed = seen("changed", &card, &["--trust", AUTHORITY]);
    assert_eq!(changed, says("attention", &["CHECK_CERT.CHAIN"]));
    assert_eq!(seen("unchecked", &card, &[]), says("healthy", &[]));
}

#[test]
fn a_file_that_holds_no_authority_is_bad_input() {
    let line = ["check", "--virtual", "gen3", "--json", "--trust"];
    for file in ["Cargo.toml", "tests/certificates/holder.hex"] {
        let ran = sscard(&[&line[..], &[file]].concat());
        assert_eq!(ran.code, 65, "{file}");
        assert!(ran.out.contains(file), "{}", ran.out);
    }
    assert_eq!(sscard(&[&line[..], &["no-such.pem"]].concat()).code, 74);
    assert_eq!(pem(&std::fs::read(AUTHORITY).unwrap()).unwrap().len(), 1);
}

#[test]
fn another_programs_way_into_the_application_is_understood() {
    let session = recorded("by-name", &model(&key_of(&holder()), &holder()), Depth::Full);
    let text = std::fs::read_to_string(&session).unwrap();
    let by_name = "> 00 A4 04 00 0C 53 53 2E 43 45 52 54 2E 41 44 46 31";
    assert!(text.contains(by_name), "{text}");
    std::fs::write(&session, text.replace(by_name, "> 00 A4 00 00 02 DF 01")).unwrap();
    let line = ["check", "--json", "--date", "2032-01-01", "--session", session.to_str().unwrap()];
    let document: Value = serde_json::from_str(&sscard(&line).out).unwrap();
    let applications = document["applications"].as_array().unwrap();
    let acse = applications.iter().find(|row| row["id"] == "acse").unwrap();
    assert_eq!(acse["state"], "expired");
}

/// The same states with certificates that openssl makes for the occasion.
#[test]
fn certificates_made_by_openssl_give_their_states() {
    let Some(shop) = Workshop::open() else { return };
    let make = |name: &str, from: &str, to: &str| shop.certificate("right", name, from, to);
    let good = make("测试甲", "20200101000000Z", "20400101000000Z");
    let old = make("测试甲", "20200101000000Z", "20251231235959Z");
    let early = make("测试甲", "20270101000000Z", "20600101000000Z");
    let of = |bytes: &[u8], file: &[u8]| model(&key_of(bytes), file);
    let (right, other) = (shop.authority("right"), shop.authority("other"));
    let cases: [(&str, String, &str, &[&str]); 9] = [
        ("made-good", of(&good, &padded(&good)), "healthy", &[]),
        ("made-old", of(&old, &padded(&old)), "expired", &[]),
        ("made-early", of(&early, &early), "not_yet_valid", &[]),
        ("made-wrong-key", of(&old, &good), "inconsistent", &[]),
        ("made-cut", of(&good, &good[..good.len() - 1]), "malformed", &[]),
        ("made-none", of(&good, &padded(&[])), "not_installed", &[]),
        ("made-right", of(&good, &good), "healthy", &["--trust", &right]),
        ("made-other", of(&good, &good), "attention", &["--trust", &other]),
        ("made-both", of(&good, &good), "healthy", &["--trust", &other, "--trust", &right]),
    ];
    for (name, model, state, more) in cases {
        assert_eq!(seen(name, &model, more).0, state, "{name}");
    }
}

proptest! {
    #[test]
    fn any_damage_is_survived(at in 0_usize..400, byte: u8, cut in 0_usize..400) {
        let authority = pem(&std::fs::read(AUTHORITY).unwrap()).unwrap();
        let mut bytes = holder();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(bytes.len() - cut % bytes.len());
        match content(&bytes, true) {
            Content::Certificate(found) => {
                prop_assert!(bytes == holder() || !found.is_signed_by(&authority[0]));
            }
            Content::Malformed(Malformed::Truncated | Malformed::NotX509 | Malformed::NotSm2) => {}
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
