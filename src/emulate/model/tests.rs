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
fn mistakes_have_a_kind_and_a_place() {
    assert_eq!(
        Model::parse("title_zh = \"卡\"\ncolour = 1").unwrap_err(),
        ModelError {
            kind: ModelErrorKind::Toml(
                "unknown field `colour`, expected one of `title_zh`, `title_en`, `atr`, \
                 `interface`, `protocol`, `read_record_le`, `whole_file`, `answer_all`, \
                 `mute_from`, `mf`"
                    .to_owned()
            ),
            line: 2,
            column: 1
        }
    );
    assert_eq!(
        mistake("answer_all = \"6A8\""),
        "hexadecimal digits expected, two for each byte at line 6, column 14"
    );
    let value = |written: &str| {
        mistake(&format!("[[mf.ef]]\nfid = \"EF05\"\nread = \"free\"\nrecords = [{written}]"))
    };
    let here = "at line 9, column 12";
    let one_of = "exactly one of hex, bcd, ascii, text, blank, items expected";
    assert_eq!(value(r#"{ tag = "01" }"#), format!("{one_of} {here}"));
    assert_eq!(value(r#"{ tag = "01", hex = "", bcd = "" }"#), format!("{one_of} {here}"));
    assert_eq!(value(r#"{ bcd = "1A" }"#), format!("decimal digits expected {here}"));
    assert_eq!(value(r#"{ ascii = "卡" }"#), format!("characters of ASCII expected {here}"));
    assert_eq!(
        value(r#"{ hex = "0102", length = 1 }"#),
        format!("2 bytes where at most 1 fit {here}")
    );
    assert_eq!(value(r#"{ blank = "00" }"#), format!("length expected beside blank {here}"));
    assert_eq!(
        value(r#"{ tag = "FF", hex = "" }"#),
        format!("tag expected, one byte, 01 to FE {here}")
    );
    assert_eq!(
        value(r#"{ hex = "00" }, { tag = "5001", items = [] }"#),
        "tag expected, BER (ISO/IEC 7816-4, 5.2.2.1) at line 9, column 28"
    );
}

#[test]
fn files_that_contradict_themselves_are_refused() {
    let file = |written: &str| mistake(&format!("[mf]\nef = [{written}]"));
    let first = "at line 7, column 7";
    assert_eq!(file(r#"{ read = "free", records = [] }"#), format!("fid or sfi expected {first}"));
    assert_eq!(
        file(r#"{ fid = "EF05", read = "free" }"#),
        format!("either records or binary expected {first}")
    );
    assert_eq!(
        file(r#"{ fid = "EF05", read = "key", records = [] }"#),
        format!(
            "key belongs to read = \"key\", \"pin-or-key\" and \"pin-and-key\", and only there {first}"
        )
    );
    let ef = r#"{ fid = "EF05", read = "free", records = [] }"#;
    let twice = file(&format!("{ef}, {ef}"));
    assert_eq!(twice, "name or identifier already taken at line 7, column 54");
    let same_name = "[[mf.df]]\nname = { hex = \"A1\" }\n".repeat(2);
    assert_eq!(mistake(&same_name), "name or identifier already taken at line 8, column 1");
    let taken = "name or identifier already taken";
    assert_eq!(mistake("[mf]\nfid = \"3F00\""), format!("{taken} at line 7, column 7"));
    assert_eq!(mistake("[[mf.df]]\nfid = \"3F00\""), format!("{taken} at line 6, column 1"));
    let tries = mistake("[mf]\npin = { tries = 16 }");
    assert_eq!(tries, "1 to 15 tries expected at line 7, column 7");
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
