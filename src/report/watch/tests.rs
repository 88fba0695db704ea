use std::fmt::Write as _;

use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

use super::*;
use crate::emulate::{Model, VirtualCard, builtin};
use crate::observe::observe;
use crate::probe::{self, Depth};
use crate::report::{CheckInput, Reveal, Source, SourceKind, check, trouble, width};
use crate::session::Session;
use crate::transport::{TransportError, guarded};
use crate::verdict::judge;

const TIME: &str = "2026-11-24T10:15:02+08:00";

/// What is told of a built-in card.
fn told(model: &str, reader: &str) -> Told {
    let model = Model::parse(builtin(model).unwrap()).unwrap();
    let mut card = guarded(VirtualCard::new(model), crate::apdu::Permission::Read);
    let header = probe::header(&card);
    let _ = probe::run(&mut card, Depth::Full);
    let (_, steps) = card.into_parts();
    let facts = observe(&Session { header, steps });
    let day = jiff::civil::date(2026, 11, 24);
    let verdict = judge(&facts, day, Depth::Full);
    let document = check(&CheckInput {
        source: Source { kind: SourceKind::Reader, name: Some(reader.into()) },
        facts: &facts,
        other: None,
        verdict: &verdict,
        day,
        time: TIME.into(),
        refused: 0,
        reveal: Reveal::Masked,
    });
    Told::new(&document, &verdict, reader, 1.0)
}

fn failed(error: &TransportError, reader: &str) -> Told {
    Told::failed(Exit::from(error), crate::report::transport(error), reader, TIME)
}

fn text(view: &View<'_>, columns: usize, lines: usize, language: Language) -> String {
    let mut text = String::new();
    for line in render(view, columns, lines, language) {
        let line: String = line.into_iter().map(|span| span.text).collect();
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Every state of a reader, two side by side, and the cards before.
fn scenes() -> Vec<(&'static str, String)> {
    let (gen3, expired) = (told("gen3", "Reader A"), told("expired", "Reader B"));
    let upside_down = failed(&TransportError::Unresponsive, "Reader B");
    let blocked = told("ssse-blocked", "Reader A");
    let past = vec![&expired, &blocked, &upside_down, &gen3];
    let view = |seats: Vec<(&'static str, Seat<'_>)>| {
        let past = past.clone();
        let view = View { seats, past, trouble: trouble(Exit::NoReader) };
        let mut shown = String::new();
        for (columns, lines) in [(80, 24), (120, 40)] {
            for language in [Language::Chinese, Language::English] {
                let _ = writeln!(shown, "## {columns}x{lines}");
                shown.push_str(&text(&view, columns, lines, language));
            }
        }
        shown
    };
    let (a, b, c) = ("Reader A", "Reader B", "Reader C");
    vec![
        ("waiting", view(vec![(a, Seat::Empty), (b, Seat::Reading(42))])),
        ("verdicts", view(vec![(a, Seat::Told(&gen3)), (b, Seat::Told(&expired))])),
        (
            "trouble",
            view(vec![(a, Seat::Told(&blocked)), (b, Seat::Told(&upside_down)), (c, Seat::Away)]),
        ),
        ("no-reader", view(Vec::new())),
    ]
}

#[test]
fn screens_are_as_they_were() {
    let assert = Assert::new().action_env("SNAPSHOTS");
    for (name, shown) in scenes() {
        let path = format!("tests/snapshots/watch-{name}.txt");
        assert.eq(Data::text(shown), Data::read_from(path.as_ref(), Some(DataFormat::Text)));
    }
}

#[test]
fn every_line_fits_and_every_panel_begins_in_its_column() {
    let gen3 = told("gen3", "Reader A");
    let seats = vec![("读卡器 A", Seat::Told(&gen3)), ("B", Seat::Empty), ("C", Seat::Away)];
    let view = View { seats, past: vec![&gen3; 10], trouble: trouble(Exit::NoReader) };
    for columns in [1, 20, 39, 80, 81, 120, 200] {
        for lines in [1, 3, 10, 24, 40] {
            let screen = render(&view, columns, lines, Language::Chinese);
            assert!(screen.len() <= lines);
            for line in screen {
                let widths: Vec<_> = line.iter().map(|span| width(&span.text)).collect();
                assert!(widths.iter().sum::<usize>() <= columns, "{columns}x{lines} {widths:?}");
                assert!(widths.windows(2).all(|two| two[0] == two[1]), "{widths:?}");
            }
        }
    }
}

#[test]
fn a_verdict_is_seen_on_every_screen() {
    let (gen3, expired) = (told("gen3", "Reader A"), told("expired", "Reader B"));
    let silent = failed(&TransportError::Unresponsive, "Reader C");
    let seats = vec![
        ("Reader A", Seat::Told(&gen3)),
        ("Reader B", Seat::Told(&expired)),
        ("Reader C", Seat::Told(&silent)),
    ];
    let view = View { seats, past: vec![&gen3; 10], trouble: trouble(Exit::NoReader) };
    for (columns, lines) in [(80, 24), (40, 12), (30, 10), (30, 6), (30, 3), (20, 12)] {
        for (language, words) in [
            (Language::Chinese, ["健康", "已过期", "读不出"]),
            (Language::English, ["HEALTHY", "EXPIRED", "UNREADABLE"]),
        ] {
            let shown = text(&view, columns, lines, language);
            assert!(words.iter().all(|word| shown.contains(word)), "{columns}x{lines}\n{shown}");
        }
    }
}

#[test]
fn who_holds_the_card_is_not_robbed_of_it() {
    for error in [TransportError::HeldExclusively, TransportError::Busy] {
        let held = failed(&error, "Reader A");
        let seats = vec![("Reader A", Seat::Told(&held))];
        let view = View { seats, past: vec![], trouble: trouble(Exit::NoReader) };
        let zh = text(&view, 80, 24, Language::Chinese);
        assert!(zh.contains("不要取卡，先在那个程序里完成操作"), "{zh}");
        let en = text(&view, 80, 24, Language::English);
        assert!(en.contains("Leave the card; finish there first"), "{en}");
        for screen in [zh, en] {
            let wrong = ["请取卡", "Remove the card", "--timeout", "--exclusive"];
            assert!(!wrong.iter().any(|word| screen.contains(word)), "{screen}");
        }
    }
}

#[test]
fn a_clerk_is_told_of_no_options() {
    for (model, exit) in [("mute", Exit::Timeout)] {
        let told = told(model, "A");
        assert_eq!(told.exit, exit);
        for language in [Language::Chinese, Language::English] {
            let advice = told.advice(language).join(" ");
            assert!(advice.len() > 20 && !advice.contains("--"), "{advice}");
        }
    }
}

#[test]
fn readers_of_long_names_are_told_apart_and_verdicts_stay_whole() {
    let name =
        |side| format!("ACS ACR1281 1S Dual Reader [ACR1281U-C1 {side}] (0123456789AB) 00 00");
    let (contact, contactless) = (name("ICC"), name("PICC"));
    let (a, b) = (told("expired", &contact), told("gen3", &contactless));
    let seats = vec![(contact.as_str(), Seat::Told(&a)), (&contactless, Seat::Told(&b))];
    let view = View { seats, past: vec![&b, &a], trouble: trouble(Exit::NoReader) };
    for language in [Language::Chinese, Language::English] {
        let screen = text(&view, 80, 24, language);
        let heads = screen.lines().nth(1).unwrap();
        assert!(heads.contains(" ICC] 00 00") && heads.contains(" PICC] 00 00"), "{screen}");
        let list: Vec<&str> = screen.lines().skip_while(|line| !line.starts_with("--")).collect();
        let (contactless, contact) = (list[1], list[2]);
        assert!(
            contactless.contains(" PICC] 00 00") && contact.contains(" ICC] 00 00"),
            "{screen}"
        );
        assert!(contact.contains("测** T********"), "whose card it was: {screen}");
        let how = match language {
            Language::Chinese => ["健康", "已过期"],
            Language::English => ["HEALTHY", "EXPIRED"],
        };
        assert!(contactless.contains(how[0]) && contact.contains(how[1]), "{screen}");
        assert!(list.iter().all(|line| width(line) <= 80), "{screen}");
    }
}

#[test]
fn a_log_holds_nothing_personal() {
    let row = serde_json::to_string(&told("gen2", "A").row).unwrap();
    let keys = ["card", "generation", "outcome", "exit_code", "rules", "reader", "elapsed_ms"];
    for key in keys {
        assert!(row.contains(&format!("\"{key}\":")), "{row}");
    }
    for personal in ["50010", "1992", "测", "T0003", "6229"] {
        assert!(!row.contains(personal), "{personal}: {row}");
    }
}
