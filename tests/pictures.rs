//! The pictures of the documents are what the program shows; `scripts/pictures`
//! draws them anew.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "support/picture.rs"]
mod picture;

use sscard::cli::{Output, run};

/// What a terminal gets, behind the line that asks for it.
fn screen(line: &str) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = line.split(' ').map(Into::into).collect();
    run(arguments, &mut Output::new(&mut out, &mut err));
    assert_eq!(String::from_utf8(err).unwrap(), "", "{line}");
    format!("\x1b[1m$ {line}\x1b[0m\n{}", String::from_utf8(out).unwrap())
}

#[test]
fn screens_of_a_check() {
    let check = "sscard check --virtual";
    picture::is_current(&screen(&format!("{check} gen3 --lang en")), "check-en.svg");
    picture::is_current(&screen(&format!("{check} gen3 --lang zh")), "check-zh.svg");
}

#[test]
fn every_picture_is_shown() {
    let pages = ["README.md", "README.zh.md"].map(|page| std::fs::read_to_string(page).unwrap());
    for entry in std::fs::read_dir("docs/pictures").unwrap() {
        let path = entry.unwrap().path();
        let shown = format!("]({})", path.display());
        assert!(pages.iter().any(|page| page.contains(&shown)), "nobody shows {shown}");
    }
}

#[test]
fn columns_behind_chinese_line_up() {
    let drawn = picture::svg("\x1b[30;42m健康\x1b[0m  ok\n1234  ok\n");
    assert!(drawn.contains(r#"x="12.0 28.8""#), "{drawn}");
    assert!(drawn.contains("width=\"33.6\" height=\"19\" fill=\"#3fb950\""), "{drawn}");
    let second = r#"x="12.0" textLength="67.2""#;
    assert!(drawn.contains(second), "{drawn}");
    assert!(drawn.contains(r#"x="62.4" textLength="16.8""#), "{drawn}");
}
