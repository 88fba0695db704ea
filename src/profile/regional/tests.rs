use toml::de::DeTable;

use super::super::lookup::{applications, files, items};
use super::super::{File, Item, Version};
use super::row::{Mistakes, Row};
use super::{Mistake, MistakeKind, parse, read};

const VERSIONS: [Version; 4] = [Version::V1, Version::V2, Version::V3, Version::Undated];

macro_rules! card {
    ($($name:literal),+) => {
        &[$(include_str!(concat!("../tables/card/", $name, ".toml"))),+]
    };
}

const BUILT_IN: &[&str] =
    card!["acse", "df01", "df02", "df03", "df04", "df05", "df06", "df07", "ssse"];

/// Both readers, that of the build and this one, make the same of every
/// built-in table.
#[test]
fn reads_the_built_in_tables_to_their_very_rows() {
    let (mut files_read, mut items_read) = (0, 0);
    for text in BUILT_IN {
        let document = DeTable::parse(text).unwrap();
        let mistakes = Mistakes::default();
        let head = Row::new(
            document.get_ref(),
            0,
            &["application", "file", "rewritten", "item"],
            &mistakes,
        );
        let home = read::Home { table: None, application: head.kept("application").unwrap() };
        for row in head.rows("file", read::FILE) {
            let found = read::file(&row, home);
            let built: Vec<&File> = VERSIONS
                .into_iter()
                .flat_map(|version| files(home.application, version))
                .filter(|built| built.fid == found.fid)
                .collect();
            assert!(built.contains(&&found), "{found:?}");
            files_read += 1;
        }
        for row in head.rows("item", read::ITEM) {
            let found = read::item(&row, home);
            let built: Vec<&Item> = VERSIONS
                .into_iter()
                .flat_map(|version| items(home.application, found.file, version))
                .filter(|built| built.id == found.id)
                .collect();
            assert!(built.contains(&&found), "{found:?}");
            items_read += 1;
        }
        assert_eq!(mistakes.placed(text), [], "{}", home.application);
    }
    let has_files = |id| VERSIONS.into_iter().any(|version| files(id, version).next().is_some());
    assert_eq!(applications().filter(|row| has_files(row.id)).count(), BUILT_IN.len());
    assert!(files_read > 40 && items_read > 300, "{files_read} {items_read}");
}

const HEAD: &str = r#"zh = "某地"
en = "some place"
application = "ssse"
regions = ["3205"]
source = "field notes"
confidence = "low"
"#;
const FILE: &str = r#"[[file]]
fid = "EF0D"
sfi = 13
versions = ["2.0"]
structure = "variable-records"
zh = "地方扩充"
en = "local extension"
access = "free"
source = "field notes"
confidence = "low"
"#;
const ITEM: &str = r#"[[item]]
id = "local-number"
file = "EF0D"
tag = "EA"
versions = ["2.0"]
zh = "号码"
en = "number"
encoding = "ascii"
length = 4
display = "digits"
personal = "id"
source = "field notes"
confidence = "low"
examples = [{ bytes = "31323334", shows = "1234" }]
"#;

/// The mistakes of a good table in which one thing is another.
fn mistakes(from: &str, to: &str) -> Vec<Mistake> {
    let good = [HEAD, FILE, ITEM].concat();
    assert!(good.contains(from), "{from}");
    parse("test", &good.replacen(from, to, 1)).err().unwrap_or_default()
}

#[test]
fn a_good_table_has_no_mistake() {
    let table = parse("test", &[HEAD, FILE, ITEM].concat()).unwrap();
    assert_eq!((table.files.len(), table.items.len()), (1, 1));
    assert!(table.holds_in(Some("320500")) && !table.holds_in(Some("320100")));
    assert!(!table.holds_in(None));
}

/// One mistake brings no others that are none, and hides none.
#[test]
fn mistakes_do_not_hide_or_invent_others() {
    let names = |text: String| {
        let found = parse("test", &text).unwrap_err();
        found.iter().map(|mistake| mistake.kind.name()).collect::<Vec<_>>()
    };
    let bad_file = FILE.replace("access = \"free\"", "access = \"fre\"");
    assert_eq!(names([HEAD, &bad_file, ITEM].concat()), ["unknown_word"]);
    let bad_item = ITEM.replace("\"ascii\"", "\"asci\"").replace("length = 4", "length = 5");
    let found = names([HEAD, FILE, ITEM, &bad_item.replace("local", "other")].concat());
    assert_eq!(found, ["duplicate_tag", "unknown_word", "length"]);
}

#[test]
fn a_misspelt_key_is_told_what_was_meant() {
    let found = mistakes("encoding = \"ascii\"", "encodng = \"ascii\"");
    let unknown = found.iter().find(|mistake| mistake.kind.name() == "unknown_key").unwrap();
    assert_eq!(unknown.kind.meant(), Some("encoding"));
    assert_eq!(unknown.kind.allowed(), read::ITEM);
    assert!(found.iter().any(|mistake| mistake.kind == MistakeKind::MissingKey("encoding")));
}
