use super::*;
use crate::session::{Interface, Protocol, Reset};

const LINE: &str = r#"{"id":"a/1","title":"第三代","transport":"raw","interface":"contact","protocol":"T=0","atr":"3B00","recorded":"2026-11-23T10:15:00+08:00","expect":{"generation":"third"},"profile":["a","b"],"steps":[["-","Select"],["00A40400","611E",4.1],["!","reset cold"],["00B20100",null],["00840000",""]]}"#;

#[test]
fn writes_what_it_reads() {
    let session = parse(LINE).unwrap();
    assert_eq!(session.header.id.as_deref(), Some("a/1"));
    assert_eq!(session.header.interface, Some(Interface::Contact));
    assert_eq!(session.header.protocol, Some(Protocol::T0));
    assert_eq!(session.header.atr, Some(vec![0x3B, 0]));
    assert_eq!(session.header.expect.generation.as_deref(), Some("third"));
    assert_eq!(session.header.profile, ["a", "b"]);
    assert_eq!(session.steps.get(2), Some(&Step::Event(Event::Reset(Reset::Cold))));
    let answers: Vec<_> = session.exchanges().map(|(_, one)| one.response.clone()).collect();
    assert_eq!(answers, [Some(vec![0x61, 0x1E]), None, Some(vec![])]);
    assert_eq!(print(&session), LINE);
}

#[test]
fn says_what_is_wrong_and_where() {
    let refused = |line: &str| {
        let error = parse(line).unwrap_err();
        (error.column, error.kind)
    };
    assert_eq!(refused(""), (1, ParseErrorKind::Json));
    assert_eq!(refused("{}"), (2, ParseErrorKind::JsonSession));
    assert_eq!(refused("[]").1, ParseErrorKind::JsonSession);
    assert_eq!(refused(r#"{"steps":[]} x"#), (14, ParseErrorKind::Json));
    assert_eq!(refused(r#"{"社":1}"#), (4, ParseErrorKind::JsonKey));
    let steps = |steps: &str| refused(&format!(r#"{{"steps":[{steps}]}}"#)).1;
    assert_eq!(steps(r#"["00A4x",null]"#), ParseErrorKind::Hex);
    assert_eq!(steps(r#"["",null]"#), ParseErrorKind::NoCommand);
    assert_eq!(steps(r#"["00A4"]"#), ParseErrorKind::JsonStep);
    assert_eq!(steps(r#"["00A4",1]"#), ParseErrorKind::JsonStep);
    assert_eq!(steps(r#"["00A4",null,1,2]"#), ParseErrorKind::JsonStep);
    assert_eq!(steps(r#"["00A4",null,-1]"#), ParseErrorKind::Milliseconds);
    assert_eq!(steps(r#"["!","gone"]"#), ParseErrorKind::Event);
    assert_eq!(steps("1"), ParseErrorKind::JsonStep);
    let key = |pair: &str| refused(&format!(r#"{{{pair},"steps":[]}}"#)).1;
    assert_eq!(key(r#""interface":"usb""#), ParseErrorKind::Interface);
    assert_eq!(key(r#""title":1"#), ParseErrorKind::JsonText);
    assert_eq!(key(r#""title":"a","title":"b""#), ParseErrorKind::Repeated);
    assert_eq!(key(r#""profile":[1]"#), ParseErrorKind::JsonTexts);
    assert_eq!(key(r#""expect":"third""#), ParseErrorKind::JsonExpect);
    assert_eq!(key(r#""expect":{"card":"best"}"#), ParseErrorKind::ExpectCard);
    assert_eq!(key(r#""steps":[]"#), ParseErrorKind::Repeated);
}
