//! The page of a check: complete, masked, nothing from outside; in a browser, on
//! a screen of 1280 pixels and on paper.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::sscard;

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The page of a virtual card.
fn page(model: &str, language: &str) -> (PathBuf, String) {
    let path = scratch(&format!("page-{model}-{language}.html"));
    let line = ["check", "--virtual", model, "--lang", language, "--html", path.to_str().unwrap()];
    let told = sscard(&line).err;
    assert!(told.contains(path.to_str().unwrap()), "{told}");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

#[test]
fn a_page_needs_nothing_from_outside() {
    for model in sscard::emulate::names() {
        for language in ["zh", "en"] {
            let (_, page) = page(model, language);
            for word in ["<script", "http:", "https:", "src=", "url(", "@import", "<link", "<img"] {
                assert!(!page.contains(word), "{model}: {word}");
            }
            assert!(page.starts_with("<!DOCTYPE html>"), "{model}");
            assert!(page.contains("default-src 'none'"), "{model}");
            for part in ["verdict", "advice", "applications", "technician", "exchanges"] {
                assert!(page.contains(&format!("id=\"{part}\"")), "{model}: {part}");
            }
        }
    }
}

#[test]
fn a_page_says_what_the_screen_says() {
    let (_, zh) = page("gen3", "zh");
    for words in ["第三代社会保障卡", "健康", "无需更换。", "交通应用", "非接触", "READ RECORD"]
    {
        assert!(zh.contains(words), "{words}");
    }
    let (_, en) = page("ssse-blocked", "en");
    for words in ["social security card", "permanently blocked", "SSSE_SELECT.BLOCKED"] {
        assert!(en.to_lowercase().contains(&words.to_lowercase()), "{words}");
    }
}

/// What a card has written on itself is text, never markup.
#[test]
fn bytes_of_a_card_are_escaped() {
    // A specification version of four characters.
    let recording = "# sscard-apdu 1\n@transport raw\n@interface contact\n\
        > 00A404000F7378312E73682EC9E7BBE1B1A3D5CF\n< 9000\n> 00B2032C06\n< 03043C693E789000\n";
    let (session, html) = (scratch("page-escape.apdu"), scratch("page-escape.html"));
    std::fs::write(&session, recording).unwrap();
    let line = ["check", "--session", session.to_str().unwrap(), "--html", html.to_str().unwrap()];
    sscard(&line);
    let page = std::fs::read_to_string(html).unwrap();
    assert!(!page.contains("<i>x") && page.contains("&lt;i&gt;x"), "markup of a card");
}

#[cfg(unix)]
#[test]
fn a_page_that_reveals_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = scratch("page-revealed.html");
    let line = ["check", "--virtual", "gen2", "--lang", "en", "--html", path.to_str().unwrap()];
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let told = sscard(&line).err;
    assert!(told.contains("masked"), "{told}");
    let told = sscard(&[&line[..], &["--reveal"]].concat()).err;
    assert!(told.contains("holds personal data"), "{told}");
    assert_eq!(mode(), 0o600);
    let revealed = std::fs::read_to_string(&path).unwrap();
    assert!(revealed.contains("62 29 99 00 00 00 01 01 00 7F"));
}

#[test]
fn a_page_that_cannot_be_written_takes_nothing_from_the_verdict() {
    let line = ["check", "--virtual", "gen2", "--lang", "en", "--html", "/nowhere/card.html"];
    let ran = sscard(&line);
    assert_eq!(ran.code, 74);
    assert!(ran.out.contains("HEALTHY") && ran.err.contains("/nowhere/card.html"));
}

/// In Debian's Chromium; slow, so apart from the others.
mod browser {
    use super::*;
    use std::path::Path;
    use std::process::Command;

    /// Runs Chromium; `None` where there is none and none is demanded.
    fn chromium(options: &[&str], page: &Path) -> Option<String> {
        let found = Command::new("chromium").arg("--version").output().is_ok();
        if !found {
            let demanded = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!demanded, "chromium is missing");
            return None;
        }
        let profile = scratch(&format!("chromium-{}", options.join("").len()));
        let output = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(options)
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    #[test]
    fn the_document_holds_verdict_table_and_advice() {
        let (path, _) = page("gen3", "zh");
        let Some(dom) = chromium(&["--window-size=1280,1400", "--dump-dom"], &path) else { return };
        for part in ["id=\"verdict\"", "id=\"advice\"", "id=\"applications\"", "第三代社会保障卡"]
        {
            assert!(dom.contains(part), "{part}");
        }
        assert!(!dom.contains("<script"), "the browser made a script of something");
    }

    #[test]
    fn a_screen_of_1280_pixels_shows_the_verdict_in_its_colour() {
        let (path, _) = page("gen2", "en");
        let shot = scratch("page.png");
        let option = format!("--screenshot={}", shot.display());
        if chromium(&["--window-size=1280,1000", &option], &path).is_none() {
            return;
        }
        let bytes = std::fs::read(shot).unwrap();
        // Width and height stand in the first chunk of a PNG.
        assert_eq!(bytes.get(16..20), Some(&1280_u32.to_be_bytes()[..]));
        assert!(bytes.len() > 20_000, "an empty page: {} bytes", bytes.len());
    }

    #[test]
    fn what_the_citizen_takes_home_is_one_sheet_of_a4() {
        for (model, language) in [("gen3", "zh"), ("gen2", "en"), ("expired", "zh")] {
            let (path, _) = page(model, language);
            let pdf = scratch(&format!("page-{model}.pdf"));
            let option = format!("--print-to-pdf={}", pdf.display());
            if chromium(&["--no-pdf-header-footer", &option], &path).is_none() {
                return;
            }
            let text = String::from_utf8_lossy(&std::fs::read(pdf).unwrap()).into_owned();
            let sheets =
                text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count();
            assert_eq!(sheets, 1, "{model}");
            assert!(text.contains("/MediaBox [0 0 594.95996 841.91998]") || text.contains("841.9"));
        }
    }
}
