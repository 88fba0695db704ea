//! Ten thousand checks: memory, handles and threads stay as they are. Only with
//! `SSCARD_MATRIX=all`, for it takes minutes.

use std::fs;

use sscard::cli::{Output, run};

use crate::pcscd::{alone, until};
use crate::slots::{Slots, sscard};

/// What a process holds: resident memory in KiB, handles, threads.
#[derive(Clone, Copy, Debug)]
struct Holds {
    memory: u64,
    handles: usize,
    threads: usize,
}

impl Holds {
    fn of(process: &str) -> Self {
        let count = |folder| fs::read_dir(format!("/proc/{process}/{folder}")).unwrap().count();
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        Self {
            memory: line.trim().trim_end_matches(" kB").parse().unwrap(),
            handles: count("fd"),
            threads: count("task"),
        }
    }

    /// A leak of some 110 bytes a check would show; what an allocator keeps does not.
    fn is_as(self, before: Self) -> bool {
        self.memory <= before.memory + 1024
            && self.handles <= before.handles
            && self.threads <= before.threads
    }
}

fn check(reader: &str, depth: Option<&str>) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = ["sscard", "check", "--json", "--reader", reader];
    let arguments = arguments.into_iter().chain(depth).map(Into::into).collect();
    let code = run(arguments, &mut Output::new(&mut out, &mut err));
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&out));
}

#[test]
fn ten_thousand_checks_leave_nothing_behind() {
    let Some(_alone) = alone() else { return };
    if std::env::var("SSCARD_MATRIX").as_deref() != Ok("all") {
        return;
    }
    let slots = Slots::start();
    let card = slots.insert(0, "gen2", None);
    let (service, server) = (slots.service().id().to_string(), card.id().to_string());
    let processes = ["self", service.as_str(), server.as_str()];
    let holds = || processes.map(Holds::of);
    let mut count = 0;
    let mut checks = |times: usize, depth: Option<&str>| {
        (0..times).for_each(|_| check(slots.reader(0), depth));
        count += times;
        println!("after {count} checks: {:?}", holds());
    };
    // Whatever is made once is made now.
    checks(100, None);
    checks(400, Some("--quick"));
    let before = holds();
    for _ in 0..9 {
        checks(100, None);
        checks(900, Some("--quick"));
    }
    checks(500, Some("--quick"));
    until("threads that were told to end have ended", || {
        holds().iter().zip(before).all(|(now, before)| now.is_as(before))
    });
    // And as processes of their own, which leave nothing in the service.
    for _ in 0..300 {
        let output = sscard(&["check", "--quick", "--reader", slots.reader(0)]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    println!("after 300 processes: {:?}", holds());
    until("the service has forgotten them", || {
        holds().iter().zip(before).all(|(now, before)| now.is_as(before))
    });
}
