//! Writing the page of a check.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::failure::Failure;
use super::private;
use crate::report::{Exit, Reveal, Words};

/// Writes the page; one that shows personal data can be read by its owner alone.
pub(super) fn write(path: &Path, page: &str, reveal: Reveal) -> Result<Words, Failure> {
    let shown = path.display().to_string();
    let revealed = reveal == Reveal::Shown;
    put(path, page, reveal)?;
    let (zh, en) = private::READERS;
    Ok(if revealed {
        Words {
            zh: format!("报告已写入 {shown}（含个人信息，{zh}，不要外传）"),
            en: format!("page written to {shown} (holds personal data, {en}: do not pass it on)"),
        }
    } else {
        Words {
            zh: format!("报告已写入 {shown}（个人信息已遮盖）"),
            en: format!("page written to {shown} (personal data masked)"),
        }
    })
}

/// Writes a report of any kind; one that shows personal data can be read by its
/// owner alone.
pub(super) fn put(path: &Path, text: &str, reveal: Reveal) -> Result<(), Failure> {
    let mut options = match reveal {
        Reveal::Shown => private::options(),
        Reveal::Masked => OpenOptions::new(),
    };
    let written =
        options.write(true).create(true).truncate(true).open(path).and_then(|mut file| {
            #[cfg(unix)]
            if reveal == Reveal::Shown {
                use std::os::unix::fs::PermissionsExt as _;
                // The file may have been there before.
                file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            }
            file.write_all(text.as_bytes())
        });
    let shown = path.display();
    written.map_err(|error| Failure::with_detail(Exit::Io, &format!("{shown}: {error}")))
}
