//! The program: arguments in, exit code out.

use std::process::ExitCode;

use sscard::cli::{Output, run};

fn main() -> ExitCode {
    // What a panic carries may be personal: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("sscard: internal error at {place}\n"),
        );
    }));
    let (mut standard, mut error) = (anstream::stdout(), anstream::stderr());
    let mut raw = std::io::stdout();
    let mut output = Output::new(&mut standard, &mut error).with_raw(&mut raw);
    ExitCode::from(run(std::env::args_os().collect(), &mut output))
}
