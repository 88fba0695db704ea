//! What became of a recording that was scrubbed. Nothing of it is personal.

use serde::Serialize;

use super::{Exit, Words};

/// The document of `scrub`.
#[derive(Clone, Debug, Serialize)]
pub struct ScrubDocument {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<()>,
    /// The file that was written.
    output: String,
    /// Sessions in it.
    pub sessions: u64,
    /// Bytes that are others than before.
    changed_bytes: u64,
    /// The sessions whose verdict is another than before.
    pub changed_verdicts: Vec<String>,
}

impl ScrubDocument {
    /// Before the first session.
    #[must_use]
    pub fn new(output: &str) -> Self {
        Self {
            schema_version: "1.0",
            command: "scrub",
            exit_code: Exit::Healthy.code(),
            error: None,
            output: output.to_owned(),
            sessions: 0,
            changed_bytes: 0,
            changed_verdicts: Vec::new(),
        }
    }

    /// Adds a session: bytes changed, and whether its verdict is the same.
    pub fn add(&mut self, changed: usize, is_same: bool, id: Option<String>) {
        self.sessions = self.sessions.saturating_add(1);
        let changed = u64::try_from(changed).unwrap_or(u64::MAX);
        self.changed_bytes = self.changed_bytes.saturating_add(changed);
        if !is_same {
            self.changed_verdicts.push(id.unwrap_or_else(|| self.sessions.to_string()));
            self.exit_code = self.exit().code();
        }
    }

    /// How the command ends: a verdict that changed is a defect of this program.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.changed_verdicts.is_empty() { Exit::Healthy } else { Exit::Internal }
    }

    /// What to tell about the file.
    #[must_use]
    pub fn told(&self) -> Words {
        let Self { output, sessions, changed_bytes, .. } = self;
        let plural = if *sessions == 1 { "" } else { "s" };
        let piped = output == "-";
        let (to_zh, to_en) =
            if piped { ("标准输出", "standard output") } else { (&**output, &**output) };
        Words {
            zh: format!(
                "{sessions} 份录制写入 {to_zh}，替换了 {changed_bytes} 字节；标题和注释里只清除了卡上读到的内容，外传前请自己再看一遍"
            ),
            en: format!(
                "{sessions} session{plural} written to {to_en}, {changed_bytes} bytes replaced; titles and comments lost only what was read from the card: look through them before you pass the file on"
            ),
        }
    }
}
