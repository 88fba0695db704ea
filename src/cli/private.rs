//! Files that hold personal data.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Who may read such a file, in both languages. Windows has no file modes: there a
/// file is as open as its folder, and that is said.
pub(super) const READERS: (&str, &str) = if cfg!(unix) {
    ("仅本用户可读", "readable by you alone")
} else {
    ("能读该文件夹的人都能读", "readable by all who may read its folder")
};

/// How such a file is opened.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// A new file beside another, under a name that nothing has: what is written there may
/// then take the place of the other in one step. Links are not followed.
pub(super) fn beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_string_lossy();
    let mut number = std::process::id();
    loop {
        let beside = path.with_file_name(format!(".{name}.{number}.new"));
        match options().create_new(true).open(&beside) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number = number.wrapping_add(1);
            }
            Err(error) => return Err(error),
        }
    }
}
