//! A row beside that of an earlier batch: which verdict is another now.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Language, ReplayRow, Words};

/// What of a row is the verdict.
const VERDICT: [&str; 4] = ["card", "generation", "outcome", "rules"];

impl ReplayRow {
    /// Keeps what differs in an earlier row of the same recording, and the version of
    /// the rules then.
    pub fn compare(&mut self, old: &Value) {
        let was = |key: &'static str| (key, old.get(key).cloned().unwrap_or_default());
        let pairs = VERDICT.into_iter().map(was);
        let mut before: BTreeMap<_, _> =
            pairs.filter(|(key, value)| *value != self.value(key)).collect();
        if !before.is_empty() {
            before.extend([was("rules_version")]);
        }
        self.before = Some((!before.is_empty()).then_some(before));
    }

    /// An earlier batch had no row of this recording: then it had no id.
    pub fn appeared(&mut self) {
        self.before = Some(Some(BTreeMap::from([("id", Value::Null)])));
    }

    /// Whether an earlier batch had no row of this recording.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(&self.before, Some(Some(before)) if before.contains_key("id"))
    }

    fn value(&self, key: &str) -> Value {
        match key {
            "card" => self.card.into(),
            "generation" => self.generation.into(),
            "outcome" => self.outcome.into(),
            _ => self.rules.clone().into(),
        }
    }

    /// What has changed since the earlier row, in one line.
    #[must_use]
    pub fn changes(&self, language: Language) -> Option<String> {
        let before = self.before.as_ref()?.as_ref()?;
        if self.is_new() {
            let (zh, en) = ("新的：以前的结果里没有", "new: not among the earlier rows");
            return Some(Words { zh: zh.into(), en: en.into() }.in_language(language).to_owned());
        }
        let changes = VERDICT.iter().filter_map(|key| match (before.get(key)?, self.value(key)) {
            (Value::Array(old), Value::Array(new)) => Some(format!("{key} {}", sets(old, &new))),
            (old, new) => Some(format!("{key} {} → {}", plain(old), plain(&new))),
        });
        let changes = changes.collect::<Vec<_>>().join(language.semicolon());
        let since = plain(before.get("rules_version").unwrap_or(&Value::Null));
        let changed = if language == Language::Chinese { "有变化" } else { "changed" };
        let rules = language.aside(&format!("rules {since} → {}", self.rules_version));
        Some(format!("{changed}{}{changes}{rules}", language.colon()))
    }
}

/// What is said of a recording that has no row any more.
#[must_use]
pub fn missing() -> Words {
    Words {
        zh: "缺少：以前的结果里有，现在没有".into(),
        en: "missing: among the earlier rows, and not among the recordings".into(),
    }
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or("–")
}

/// What came and what went.
fn sets(old: &[Value], new: &[Value]) -> String {
    let came = new.iter().filter(|value| !old.contains(value));
    let went = old.iter().filter(|value| !new.contains(value));
    let came = came.map(|value| format!("+{}", plain(value)));
    let went = went.map(|value| format!("-{}", plain(value)));
    came.chain(went).collect::<Vec<_>>().join(" ")
}
