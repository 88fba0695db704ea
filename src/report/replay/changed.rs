//! A row beside that of an earlier batch: which verdict is another now.

use serde_json::{Map, Value};

use super::ReplayRow;

/// What of a row is the verdict.
const VERDICT: [&str; 4] = ["card", "generation", "outcome", "rules"];

impl ReplayRow {
    /// Keeps what differs in an earlier row of the same recording, and the version of
    /// the rules then; says whether anything does.
    pub fn compare(&mut self, old: &Map<String, Value>) -> bool {
        let new = serde_json::to_value(&*self).unwrap_or_default();
        let was = |key: &str| old.get(key).cloned().unwrap_or_default();
        let differs = VERDICT.iter().filter(|key| Some(&was(key)) != new.get(**key));
        let mut before: Map<_, _> = differs.map(|key| ((*key).to_owned(), was(key))).collect();
        let has_changed = !before.is_empty();
        if has_changed {
            before.insert("rules_version".into(), was("rules_version"));
        }
        self.before = Some(has_changed.then_some(before));
        has_changed
    }

    /// What has changed since the earlier row, in one line.
    #[must_use]
    pub fn changes(&self) -> Option<String> {
        let before = self.before.as_ref()?.as_ref()?;
        let new = serde_json::to_value(self).unwrap_or_default();
        let changes = VERDICT.iter().filter_map(|key| {
            let (old, new) = (before.get(*key)?, new.get(*key)?);
            match (old, new) {
                (Value::Array(old), Value::Array(new)) => Some(format!("{key} {}", sets(old, new))),
                _ => Some(format!("{key} {} → {}", plain(old), plain(new))),
            }
        });
        let changes = changes.collect::<Vec<_>>().join("; ");
        let since = plain(before.get("rules_version").unwrap_or(&Value::Null));
        Some(format!("{changes} (rules {since} → {})", self.rules_version))
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
