//! Recordings and scripts, whatever they hold: reading ends, and what is written
//! reads back as it was.
#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panic")]

use std::path::PathBuf;

use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use sscard::session::limits::{MAX_LINE, MAX_LINES, MAX_SESSION};
use sscard::session::text::{Document, header_text, step_text};
use sscard::session::{
    CARDS, Event, Exchange, Expect, GENERATIONS, Header, Interface, OUTCOMES, ParseErrorKind,
    Protocol, Reset, Session, Step, TransportMode, load, ndjson,
};

/// A text that can stand on a line.
fn line_text() -> impl Strategy<Value = String> {
    "([!-~张三…\"\\\\]([ -~张三…;]{0,20}[!-~张三…])?)?"
}

fn bytes(least: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), least..40)
}

fn time() -> impl Strategy<Value = Option<f64>> {
    of(prop_oneof![0.0..10_000.0, prop::num::f64::POSITIVE | prop::num::f64::ZERO])
        .prop_map(|ms| ms.filter(|ms: &f64| ms.is_sign_positive()))
}

fn expect() -> impl Strategy<Value = Expect> {
    let one = |values: &'static [&'static str]| of(select(values).prop_map(str::to_owned));
    (one(&CARDS), one(&GENERATIONS), one(&OUTCOMES))
        .prop_map(|(card, generation, outcome)| Expect { card, generation, outcome })
}

fn header() -> impl Strategy<Value = Header> {
    let texts = (
        of(line_text()),
        of(line_text()),
        of(line_text()),
        of(line_text()),
        of(line_text()),
        prop::collection::vec(line_text(), 0..3),
    );
    let facts = (
        of(select(&[Interface::Contact, Interface::Contactless][..])),
        of(select(&[Protocol::T0, Protocol::T1][..])),
        of(prop::collection::vec(any::<u8>(), 1..=33)),
        of("20[0-9]{2}-0[1-9]-[12][0-8](T[0-9:+]{0,14}[0-9])?"),
        expect(),
        select(&[TransportMode::Raw, TransportMode::Auto][..]),
        select(&[0_usize, 1, 2][..]),
    );
    (texts, facts).prop_map(|(texts, facts)| {
        let (id, title, reader, tool, note, profile) = texts;
        let (interface, protocol, atr, recorded, expect, transport, needs) = facts;
        let require = vec!["write".to_owned(); needs];
        Header {
            id,
            title,
            reader,
            interface,
            protocol,
            atr,
            recorded,
            tool,
            expect,
            note,
            profile,
            require,
            transport,
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let exchange = (bytes(1), of(bytes(0)), time());
    prop_oneof![
        4 => exchange.prop_map(|(command, response, elapsed_ms)| {
            Step::Exchange(Exchange { command, response, elapsed_ms })
        }),
        1 => line_text().prop_map(Step::Title),
        1 => prop_oneof![
            Just(Event::Reset(Reset::Cold)),
            Just(Event::Reset(Reset::Warm)),
            Just(Event::Removed),
            Just(Event::Timeout),
            line_text().prop_map(Event::Error),
        ]
        .prop_map(Step::Event),
    ]
}

fn session() -> impl Strategy<Value = Session> {
    (header(), prop::collection::vec(step(), 0..12))
        .prop_map(|(header, steps)| Session { header, steps })
}

/// Lines that are nearly right, so that the tests reach beyond the first one.
fn nearly_a_document() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "> ?[0-9A-Fa-f ]{0,12}",
        "> 00 A4 04 00 \\$\\{len [a-zA-Z.]{1,4}\\} \\$\\{[a-zA-Z.]{1,4}\\}",
        "< ?([0-9A-F?]{2}|…|\\*\\*| ){0,6}( ; [0-9.]{1,4} ms)?",
        "< sw [0-9?]{4}(\\|[0-9?]{4})?",
        "< (len|max) [0-9]{1,6}( ms)?",
        "< tlv [0-9A-F]{2}(/[0-9A-F]{2,4})? ?= ?(00|…)",
        "= [a-z]{1,3} from (all|tlv 84|offset [0-9] length [0-9])",
        "[@!-] ?[a-z=0 ]{0,12}",
        "@(interface contact|protocol T=1|note .{0,8}|require write)",
        "! (reset cold|removed|timeout|error x)",
        "repeat [0-9]{1,3}",
        "end|on-fail stop|include a/b.apdu|",
        "\\PC{0,12}",
    ];
    let lines = prop::collection::vec((" {0,2}", line, "\r?\n"), 0..8);
    lines.prop_map(|lines| {
        let body: String = lines.into_iter().map(|(a, b, c)| format!("{a}{b}{c}")).collect();
        format!("# sscard-apdu 1\n{body}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_give_a_document_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = load(&bytes);
        let mut text = b"# sscard-apdu 1\n".to_vec();
        text.extend(bytes);
        if let Ok(document) = Document::parse(&text) {
            prop_assert_eq!(document.print().into_bytes(), text);
        }
    }

    #[test]
    fn a_document_prints_as_it_was_read(text in nearly_a_document()) {
        match Document::parse(text.as_bytes()) {
            Ok(document) => {
                prop_assert_eq!(document.print(), text);
                let _ = document.session();
            }
            Err(error) => {
                let line = text.lines().nth(error.line - 1).unwrap_or_default();
                prop_assert!(error.column <= line.chars().count() + 1, "{error}");
            }
        }
    }

    #[test]
    fn a_session_survives_its_text(session in session()) {
        let document = Document::from(&session);
        let steps: String = session.steps.iter().map(step_text).collect();
        let text = header_text(&session.header) + &steps;
        prop_assert_eq!(document.print(), text.as_str());
        let again = Document::parse(text.as_bytes()).unwrap();
        prop_assert!(again == document);
        let mut expected = session;
        expected.header.id = None;
        prop_assert_eq!(again.session().unwrap(), expected);
    }

    #[test]
    fn a_session_survives_its_line(session in session()) {
        let line = ndjson::print(&session);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(ndjson::parse(&line).unwrap(), session);
    }

    #[test]
    fn any_line_gives_a_session_or_an_error(line in "\\PC{0,60}", cut in 0_usize..400) {
        let _ = ndjson::parse(&line);
        let line = format!("{{\"title\":\"张\",\"steps\":[[\"00A4\",null,1.5],{line}]}}");
        let line: String = line.chars().take(cut).collect();
        if let Err(error) = ndjson::parse(&line) {
            prop_assert!(error.column <= line.chars().count() + 1, "{error}");
        }
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let refused = |text: &str| Document::parse(text.as_bytes()).unwrap_err().kind;
    let head = "# sscard-apdu 1\n";
    assert_eq!(refused(&(head.to_owned() + &"#".repeat(MAX_LINE + 1))), ParseErrorKind::LineSize);
    assert_eq!(refused(&(head.to_owned() + &"\n".repeat(MAX_LINES))), ParseErrorKind::LineCount);
    let large = " ".repeat(MAX_SESSION + 1);
    assert_eq!(refused(&large), ParseErrorKind::SessionSize);
    assert_eq!(ndjson::parse(&large).unwrap_err().kind, ParseErrorKind::SessionSize);
    let steps = format!("{{\"steps\":[{}[\"-\",\"\"]]}}", "[\"-\",\"\"],".repeat(MAX_LINES));
    assert_eq!(ndjson::parse(&steps).unwrap_err().kind, ParseErrorKind::LineCount);
    let deep = format!("{{\"steps\":[[\"00\",null,1,{}", "[".repeat(100_000));
    assert_eq!(ndjson::parse(&deep).unwrap_err().kind, ParseErrorKind::Json);
}

/// The `.apdu` files directly in a folder of the repository.
fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "apdu"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    assert!(!files.is_empty());
    files
}

#[test]
fn every_script_parses_and_prints_as_it_stands() {
    for (path, bytes) in files("apdu-scripts") {
        let document = Document::parse(&bytes).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        assert_eq!(document.print().into_bytes(), bytes, "{path:?}");
        assert!(document.header().title.is_some(), "{path:?}");
    }
}

#[test]
fn every_recording_survives_both_forms() {
    for (path, bytes) in files("fixtures/foreign") {
        let document = Document::parse(&bytes).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        assert_eq!(document.print().into_bytes(), bytes, "{path:?}");
        let session = document.session().unwrap();
        assert!(session.exchanges().count() > 0, "{path:?}");
        assert_eq!(ndjson::parse(&ndjson::print(&session)).unwrap(), session, "{path:?}");
        assert_eq!(Document::from(&session).print().into_bytes(), bytes, "{path:?}");
    }
}
