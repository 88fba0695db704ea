use super::*;

const HEAD: &str = "title_zh = \"卡\"\ntitle_en = \"card\"\natr = \"3B00\"\n\
                    interface = \"contact\"\nprotocol = \"T=0\"\n";

/// The message about what follows the five lines of a good head.
fn mistake(rest: &str) -> String {
    Model::parse(&format!("{HEAD}{rest}")).unwrap_err().to_string()
}

/// The records of an EF under the MF.
fn records(written: &str) -> Vec<String> {
    let text = format!("{HEAD}[[mf.ef]]\nfid = \"EF05\"\nread = \"free\"\nrecords = [{written}]");
    let model = Model::parse(&text).unwrap();
    let Content::Records(records) = &model.mf.efs[0].content else { panic!("records") };
    records.iter().map(|record| hex::encode_upper(&record.bytes)).collect()
}

#[test]
fn every_built_in_model_parses_and_differs() {
    let mut atrs = Vec::new();
    for name in crate::emulate::names() {
        let model = Model::parse(crate::emulate::builtin(name).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!model.title_zh().is_empty() && !model.title_en().is_empty(), "{name}");
        assert!(!atrs.contains(&model.atr), "{name}");
        atrs.push(model.atr);
    }
    assert!(crate::emulate::builtin("gen4").is_none());
}

#[test]
fn values_are_written_as_people_read_them() {
    assert_eq!(records(r#"{ tag = "09", text = "测试", length = 6 }"#), ["0906B2E2CAD40000"]);
    assert_eq!(records(r#"{ tag = "05", bcd = "20200101" }"#), ["050420200101"]);
    assert_eq!(records(r#"{ tag = "05", bcd = "123", length = 4 }"#), ["0504123FFFFF"]);
    assert_eq!(records(r#"{ tag = "03", ascii = "2.00" }"#), ["0304322E3030"]);
    assert_eq!(records(r#"{ tag = "06", blank = "FF", length = 2 }"#), ["0602FFFF"]);
    assert_eq!(records(r#"{ hex = "01 02" }"#), ["0102"]);
    assert_eq!(
        records(r#"{ tag = "1F", hex = "00" }, { tag = "7F", hex = "" }"#),
        ["1F0100", "7F00"]
    );
}

#[test]
fn lengths_of_objects_are_minimal_and_add_up() {
    let inner = |length| {
        format!(r#"{{ tag = "70", items = [{{ tag = "50", blank = "00", length = {length} }}] }}"#)
    };
    assert!(records(&inner(125))[0].starts_with("707F507D"));
    assert!(records(&inner(127))[0].starts_with("708181507F"));
    assert!(records(&inner(128))[0].starts_with("708183508180"));
}

#[test]
fn nesting_has_a_bound() {
    let deep = |levels: usize| {
        (1..=levels).map(|level| format!("[[mf{}]]\n", ".df".repeat(level))).collect::<String>()
    };
    assert!(Model::parse(&format!("{HEAD}{}", deep(8))).is_ok());
    assert!(mistake(&deep(9)).starts_with("directories nested too deeply at line 14"));
    assert!(Model::parse(&format!("{HEAD}{}", deep(300))).is_err());
    let items = format!("{}{}", "{ items = [".repeat(20_000), "] }".repeat(20_000));
    assert!(Model::parse(&format!("{HEAD}[mf]\nfci = [{items}]")).is_err());
}
