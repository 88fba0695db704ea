//! Files that hold personal data.

use std::fs::OpenOptions;

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
