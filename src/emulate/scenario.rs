//! A scenario: faults that belong together, in a file, each with a remark if need be.

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::fault::{Fault, FaultErrorKind};
use crate::codec::place;

/// Why a text is no scenario.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{kind} at line {line}, column {column}")]
pub struct ScenarioError {
    /// What is wrong.
    pub kind: ScenarioErrorKind,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// What can be wrong with a scenario.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ScenarioErrorKind {
    /// Not TOML, an unknown or missing key, or a value of the wrong type: what
    /// the TOML reader says.
    #[error("{0}")]
    Toml(String),
    /// A text that is no fault.
    #[error("{0}")]
    Fault(FaultErrorKind),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    faults: Vec<Spanned<String>>,
}

/// Reads the faults of a scenario from its TOML text: `faults = ["slow:300@1",
/// "remove@40"]`. Those that spoil the same exchange do so in their order.
///
/// # Errors
///
/// Returns what is wrong, with line and column. Unknown keys are refused.
pub fn scenario(text: &str) -> Result<Vec<Fault>, ScenarioError> {
    let error = |kind, at| {
        let (line, column) = place::of(text, at);
        ScenarioError { kind, line, column }
    };
    let written: Written = toml::from_str(text).map_err(|problem| {
        let kind = ScenarioErrorKind::Toml(problem.message().to_owned());
        error(kind, problem.span().map_or(0, |span| span.start))
    })?;
    let faults = written.faults.iter().map(|fault| {
        fault.get_ref().parse().map_err(|problem: super::FaultError| {
            // Characters are counted from 1, and the quote stands before the first.
            let mut at = error(ScenarioErrorKind::Fault(problem.kind), fault.span().start);
            at.column = at.column.saturating_add(problem.position);
            at
        })
    });
    faults.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_stand_in_their_order() {
        let text = "# worn contacts\nfaults = [\n  \"flip@3\", # noise\n  \"remove@9\",\n]\n";
        let faults = ["flip@3", "remove@9"].map(|fault| fault.parse().unwrap());
        assert_eq!(scenario(text), Ok(faults.to_vec()));
    }

    #[test]
    fn a_mistake_has_a_place() {
        let error = |text: &str| scenario(text).unwrap_err().to_string();
        assert_eq!(
            error("faults = [\"mute@1\",\n  \"mute@x\"]"),
            "no exchange number from 1 at line 2, column 9"
        );
        assert_eq!(error("faults = [\"explode@1\"]"), "unknown kind of fault at line 1, column 12");
        assert!(error("faults = 3").ends_with("at line 1, column 10"));
        assert!(error("fault = []").contains("unknown field `fault`"));
        assert!(error("").contains("missing field `faults`"));
    }
}
