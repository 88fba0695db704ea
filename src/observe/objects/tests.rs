use super::*;
use crate::observe::observe;
use crate::session::text::Document;

/// What these exchanges show, behind the SELECT of a payment application.
fn facts(exchanges: &[(&str, &str)]) -> Facts {
    let select = ("00A4040008A000000333010101", "6F0F8408A000000333010101A503870101 9000");
    let lines = std::iter::once(&select).chain(exchanges);
    let lines: String = lines.map(|(sent, came)| format!("> {sent}\n< {came}\n")).collect();
    let text = format!("# sscard-apdu 1\n@transport raw\n{lines}");
    observe(&Document::parse(text.as_bytes()).unwrap().session().unwrap())
}

fn debit() -> &'static Application {
    profile::application("unionpay-debit").unwrap()
}

fn shown(facts: &Facts) -> Vec<String> {
    let line = |o: &DataObject<'_>| format!("{} {:?} {:?}", o.tag, o.origin, o.exchanges);
    facts.data_objects(debit()).iter().map(line).collect()
}

#[test]
fn objects_know_where_they_came_from() {
    let facts = facts(&[
        ("00B2010C00", "7006 5F3401 01 5A00 9000"),
        ("80CA9F3605", "9F36020012 9000"),
        ("80CA9F1704", "6A88"),
    ]);
    let expected = [
        "84 Fci [1]",
        "87 Fci [1]",
        "5F34 Record { sfi: 1, number: 1 } [2]",
        "5A Record { sfi: 1, number: 1 } [2]",
        "9F36 GetData [3]",
    ];
    assert_eq!(shown(&facts), expected);
    assert_eq!(facts.data_object(debit(), 0x9F36).unwrap().value, [0x00, 0x12]);
    assert!(facts.malformed(debit()).is_empty());
}

#[test]
fn what_is_no_record_is_malformed_and_the_rest_still_comes() {
    let facts = facts(&[
        ("00B2010C00", "70055F34015A01 9000"),
        ("00B2020C00", "5F340101 9000"),
        ("00B2030C00", "70045F340101 0000 9000"),
        ("00B2040C00", "70045F340101 9F3601 9000"),
        ("80CA9F3605", "0012 9000"),
    ]);
    let wrong: Vec<u32> =
        facts.malformed(debit()).iter().flat_map(|m| m.exchanges.to_vec()).collect();
    assert_eq!(wrong, [2, 3, 5, 6]);
    assert!(facts.data_object(debit(), 0x5F34).is_some());
}

#[test]
fn log_entries_are_no_templates() {
    let facts = facts(&[("00B2015C00", "260101093000 9000")]);
    assert!(facts.malformed(debit()).is_empty());
}

#[test]
fn directories_list_with_and_without_template() {
    let pse = ("00A404000E315041592E5359532E4444463031", "6F05A503880101 9000");
    let entry = "610A4F08A000000333010101";
    let wrapped = format!("700C{entry} 9000");
    let bare = format!("{entry} 9000");
    let facts = facts(&[pse, ("00B2010C00", &wrapped), ("00B2020C00", &bare)]);
    let listed = facts.listed();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|entry| entry.aid == debit().aids[0] && entry.directory == "pse"));
    assert_eq!(listed[1].exchanges, [4]);
}
