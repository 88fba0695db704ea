//! The program: arguments in, exit code out.

use std::process::ExitCode;

use sscard::cli::{Output, defect, run};

fn main() -> ExitCode {
    // What a panic carries may be personal: only its place is told. In whichever
    // thread it was, the program ends with it.
    // The exit code of a defect is 1, and not 101 or a signal.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        std::process::exit(i32::from(with_output(|output| {
            defect(&place, &std::env::args_os().collect::<Vec<_>>(), output)
        })))
    }));
    ExitCode::from(with_output(|output| run(std::env::args_os().collect(), output)))
}

fn with_output(work: impl FnOnce(&mut Output<'_>) -> u8) -> u8 {
    let (mut standard, mut error) = (anstream::stdout(), anstream::stderr());
    let mut raw = std::io::stdout();
    work(&mut Output::new(&mut standard, &mut error).with_raw(&mut raw))
}
