//! The conclusions of `sscard doctor`: a match over all of them, so that one
//! without a row ends the build.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, camel, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    conclusion: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    zh: String,
    en: String,
    advice_zh: Option<String>,
    advice_en: Option<String>,
    trouble: Option<String>,
}

/// Generates what each conclusion is called and says.
pub(crate) fn generate(path: &Path) -> String {
    let table: Table = emit::read(path);
    let names: Vec<String> =
        table.conclusion.iter().map(|row| format!("Self::{}", camel(&row.id))).collect();
    let mut rust = format!(
        "impl Conclusion {{\n/// All of them, in the order of the table.\n\
         pub const ALL: &[Self] = &[{}];\n",
        names.join(", "),
    );
    rust.push_str(
        "/// Its name, what it is, what to do.\n\
         #[must_use]\npub fn sentences(self) -> (&'static str, Text, Text) {\nmatch self {\n",
    );
    for Row { id, zh, en, advice_zh, advice_en, trouble } in &table.conclusion {
        let what = text(zh, en);
        let advice = match (advice_zh, advice_en, trouble) {
            (Some(zh), Some(en), None) => text(zh, en),
            (None, None, Some(trouble)) => {
                format!("service(ServiceTrouble::{}, System::CURRENT).1", camel(trouble))
            }
            _ => panic!("conclusion {id}: advice in both languages, or a trouble"),
        };
        writeln!(rust, "Self::{} => ({id:?}, {what}, {advice}),", camel(id))
            .expect("a String takes everything");
    }
    rust + "}\n}\n}\n"
}
