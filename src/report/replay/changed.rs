//! A row beside that of an earlier batch: which verdict is another now.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ReplayRow;

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
    pub fn changes(&self) -> Option<String> {
        let before = self.before.as_ref()?.as_ref()?;
        let changes = VERDICT.iter().filter_map(|key| match (before.get(key)?, self.value(key)) {
            (Value::Array(old), Value::Array(new)) => Some(format!("{key} {}", sets(old, &new))),
            (old, new) => Some(format!("{key} {} → {}", plain(old), plain(&new))),
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
