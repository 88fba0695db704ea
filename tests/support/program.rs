//! The program, run in this process: arguments in, exit code and both streams out.

use std::ffi::OsString;

use sscard::cli::{Output, run};

/// What a run left behind, without colours.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: u8,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Runs `sscard` with these arguments.
pub(crate) fn sscard<S: Into<OsString> + Clone>(arguments: &[S]) -> Ran {
    let program = std::iter::once(OsString::from("sscard"));
    let arguments = program.chain(arguments.iter().cloned().map(Into::into)).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = {
        let mut standard = anstream::StripStream::new(&mut out);
        let mut error = anstream::StripStream::new(&mut err);
        run(arguments, &mut Output::new(&mut standard, &mut error))
    };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code, out: text(out), err: text(err) }
}
