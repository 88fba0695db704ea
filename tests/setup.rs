//! Completions and manual pages, held against the help that they are made of.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::sscard;

/// The commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = sscard(&["--help"]).out;
    let list = help.split("Options:").next().unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn completions_know_every_command() {
    let commands = commands();
    assert!(commands.len() >= 15, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = sscard(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        for name in &commands {
            assert!(ran.out.contains(name.as_str()), "{shell} does not know {name}");
        }
        assert!(ran.out.contains("virtual"), "{shell}");
    }
    assert_eq!(sscard(&["completions", "cmd"]).code, 2);
}

/// What bash offers for the last of these words, in a folder with one file.
fn offered(words: &[&str]) -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("setup-completion");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sscard.bash"), sscard(&["completions", "bash"]).out).unwrap();
    let script = r#". ./sscard.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _sscard sscard "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\n' "${COMPREPLY[@]}""#;
    let bash = std::process::Command::new("bash")
        .args(["-c", script, "bash", "sscard"])
        .args(words)
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(bash.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_offers_the_values_that_are_known() {
    for (words, expected) in [
        (
            ["check", "--virtual", "gen"].as_slice(),
            ["gen1", "gen2", "gen3", "gen3-contactless"].as_slice(),
        ),
        (&["check", "--interface", "contactl"], &["contactless"]),
        (&["check", "--protocol", "t"], &["t0", "t1"]),
        (&["virtual", "ex"], &["expired"]),
        (&["man", "re"], &["readers", "read", "record", "replay"]),
    ] {
        let mut expected: Vec<String> = expected.iter().map(|&one| one.to_owned()).collect();
        if !cfg!(feature = "pcsc") {
            expected.retain(|name| name != "readers");
        }
        assert_eq!(offered(words), expected, "{words:?}");
    }
    // What is offered forbids no file.
    let own = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("setup-no-model.toml");
    let ran = sscard(&["virtual", own.to_str().unwrap()]);
    assert_eq!(ran.code, 74, "{}", ran.err);
    assert!(!sscard(&["check", "--help"]).out.contains("possible values: gen1"));
}

#[test]
fn a_page_for_every_command() {
    let whole = sscard(&["man"]).out;
    assert!(whole.contains(".TH sscard 1"), "{whole}");
    for name in commands().iter().filter(|name| *name != "help") {
        assert!(whole.contains(&format!("sscard\\-{name}(1)")), "{name}: {whole}");
        let page = sscard(&["man", name]);
        assert_eq!(page.code, 0, "{name}: {}", page.err);
        assert!(page.out.contains(&format!(".TH sscard-{name} 1")), "{name}: {}", page.out);
        assert!(page.out.contains(".SH EXAMPLES"), "{name}: {}", page.out);
    }
    let below = sscard(&["man", "profile", "check"]).out;
    assert!(below.contains(".TH sscard-profile-check 1"), "{below}");
    assert_eq!(sscard(&["man", "nothing"]).code, 2);
}

#[test]
fn every_page_as_a_file() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("setup-man");
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(sscard(&["man", "--all", folder.to_str().unwrap()]).code, 0);
    for page in ["sscard.1", "sscard-check.1", "sscard-profile-check.1"] {
        assert!(folder.join(page).exists(), "{page}");
    }
    let file = folder.join("sscard.1").join("below");
    assert_eq!(sscard(&["man", "--all", file.to_str().unwrap()]).code, 74);
}
