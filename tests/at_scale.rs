//! The recipe for a cluster: what `scripts/at-scale` says of a batch is what one
//! machine says. Runs by `scripts/test --all`; needs Java, and PySpark once.
#![cfg(all(feature = "cli", unix))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod spark {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Output};

    use sscard::session::{load, ndjson};

    fn folder(name: &str) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("at-scale-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn at_scale(sessions: &Path, program: &Path) -> Output {
        let mut command = Command::new("scripts/at-scale");
        command.arg(sessions).env("SSCARD", program).env("PARTITIONS", "3");
        command.env("SPARK_MASTER", "local[2]").output().unwrap()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Every recording of the fixtures, some of them expecting something else, and
    /// whatever a line may be that is none.
    fn sessions() -> Vec<u8> {
        let mut lines = Vec::new();
        for folder in ["fixtures/foreign", "fixtures/recorded"] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                for (at, mut session) in
                    load(&std::fs::read(&path).unwrap()).unwrap().into_iter().enumerate()
                {
                    let name = path.file_stem().unwrap().to_str().unwrap();
                    session.header.id = Some(format!("{name}-{at}"));
                    lines.push(ndjson::print(&session).into_bytes());
                    session.header.expect.outcome = Some("healthy".into());
                    session.header.id = None;
                    lines.push(ndjson::print(&session).into_bytes());
                }
            }
        }
        let whole = text(&lines[0]);
        lines.push(b"{\"steps\":[[\"00Z4\"]]}".to_vec());
        lines.push(b"{\"id\":\"\xFF\",\"steps\":[]}".to_vec());
        lines.push(b"{\"id\":\"a\\tb\\u0000\xC2\x85\xE2\x80\xA8\",\"steps\":[]}".to_vec());
        lines.push(whole.replace(",\"steps\"", ",\r\"steps\"").into_bytes());
        lines.extend([b" \r".to_vec(), Vec::new(), b"nothing".to_vec()]);
        lines.join(&b'\n')
    }

    #[test]
    fn a_cluster_and_one_machine_say_the_same() {
        let file = folder("same").join("sessions.ndjson");
        std::fs::write(&file, sessions()).unwrap();
        let ran = at_scale(&file, Path::new(env!("CARGO_BIN_EXE_sscard")));
        let (out, err) = (text(&ran.stdout), text(&ran.stderr));
        assert!(ran.status.success(), "{out}{err}");
        assert!(out.ends_with("Spark and one machine say the same\n"), "{out}");
        let count = |key: &str| -> u32 {
            let line = out.lines().find(|line| line.trim_start().starts_with(key)).unwrap();
            line.split_whitespace().last().unwrap().parse().unwrap()
        };
        assert!(count("passed") > 60 && count("failed") > 20, "{out}");
        assert_eq!(count("unreadable"), 3, "{out}");
        assert!(count("500109") > 1 && count("SSSE_RECORD.EF05.06.EXPIRED") > 1, "{out}");
        let partitions = err.split(" partitions").next().unwrap().rsplit(' ').next().unwrap();
        assert!(partitions.parse::<u32>().unwrap() > 1, "{err}");
    }

    /// A program that ends otherwise than by a verdict fails its partition: nothing is
    /// summed up of half of the sessions.
    #[test]
    fn a_partition_that_fails_is_never_a_summary() {
        let folder = folder("fails");
        let file = folder.join("sessions.ndjson");
        std::fs::write(&file, sessions()).unwrap();
        let program = folder.join("sscard");
        std::fs::write(&program, "#!/bin/sh\nhead -n 1\necho 'out of order' >&2\nexit 74\n")
            .unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let ran = at_scale(&file, &program);
        let err = text(&ran.stderr);
        assert!(!ran.status.success());
        assert!(err.contains("sscard ended with 74: out of order"), "{err}");
        assert_eq!(text(&ran.stdout), "");
    }
}
