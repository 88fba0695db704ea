use std::collections::HashMap;

use super::*;
use crate::session::text::Document;
use crate::session::{Interface, Protocol};
use crate::transport::{Card, Transmit, TransportError};

/// A card that answers from a table, and says what it was sent.
struct Table {
    answers: HashMap<String, Result<&'static str, TransportError>>,
    sent: Vec<String>,
}

impl Table {
    fn new(answers: &[(&str, &'static str)]) -> Self {
        let answers =
            answers.iter().map(|(command, answer)| ((*command).to_owned(), Ok(*answer))).collect();
        Self { answers, sent: Vec::new() }
    }
}

impl Transmit for Table {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let command = hex::encode_upper(command);
        let answer = self.answers.get(&command).cloned().unwrap_or(Ok("6D00"));
        self.sent.push(command);
        answer.map(|hex| hex::decode(hex).unwrap())
    }
}

impl Card for Table {
    fn atr(&self) -> &[u8] {
        &[0x3B, 0x00]
    }

    fn interface(&self) -> Interface {
        Interface::Contact
    }

    fn protocol(&self) -> Protocol {
        Protocol::T1
    }

    fn reset(&mut self, kind: Reset) -> Result<(), TransportError> {
        self.sent.push(format!("{kind:?}"));
        Ok(())
    }
}

fn parse(text: &str) -> Document {
    Document::parse(format!("# sscard-apdu 1\n{text}").as_bytes()).unwrap()
}

fn known(name: &str) -> Option<Vec<u8>> {
    (name == "AID.x").then(|| vec![0xA0, 0x01])
}

/// Runs a script that may include these files.
fn play(
    script: &str,
    files: &[(&str, &str)],
    card: &mut Table,
) -> Result<(Vec<Played>, Ended), ScriptError> {
    let program = link(&parse(script), &known, &mut |path: &str| {
        let (_, text) = files.iter().find(|(name, _)| *name == path).unwrap();
        Ok(parse(text))
    })?;
    let mut steps = Vec::new();
    let ended = run(&program, card, &known, &mut |step| steps.push(step));
    Ok((steps, ended))
}

fn causes(steps: &[Played]) -> Vec<(usize, Cause)> {
    let all = steps.iter().flat_map(|step| &step.failures);
    all.map(|(place, cause)| (place.line, cause.clone())).collect()
}

fn refused(script: &str, files: &[(&str, &str)]) -> (usize, usize, ScriptErrorKind) {
    let error = play(script, files, &mut Table::new(&[])).unwrap_err();
    (error.line, error.column, error.kind)
}

#[test]
fn names_captures_and_rounds_go_into_commands() {
    let mut card = Table::new(&[
        ("00A4040002A001", "6F048402A0019000"),
        ("00B2012C00", "01021122"),
        ("00B2022C00", "02021122"),
        ("00A40000021122", "9000"),
    ]);
    let script = "> 00 A4 04 00 ${len AID.x} ${AID.x}\n< tlv 6F/84=${AID.x}\nrepeat 2\n\
        > 00 B2 ${i} 2C 00\n< ${i} …\n= id from all\nend\n> 00 A4 00 00 02 11 22\n< sw 9000";
    let (steps, ended) = play(script, &[], &mut card).unwrap();
    assert_eq!((causes(&steps), ended), (vec![], Ended::Done));
    let sent = ["00A4040002A001", "00B2012C00", "00B2022C00", "00A40000021122"];
    assert_eq!(card.sent, sent);
}

#[test]
fn a_capture_takes_a_range_or_a_tag_of_either_kind_of_tlv() {
    let mut card = Table::new(&[("00B0000000", "5F03112233810241429000")]);
    let script = "> 00 B0 00 00 00\n= a from tlv 5F\n= b from offset 2 length 2\n= c from tlv 77\n\
        > 00 A4 00 00 ${len a} ${a}\n> 00 A4 00 00 ${len b} ${b}\n> 00 A4 00 00 ${c}";
    let (steps, _) = play(&format!("on-fail continue\n{script}"), &[], &mut card).unwrap();
    assert_eq!(card.sent[1..], ["00A4000003112233", "00A40000021122"]);
    assert_eq!(causes(&steps), [(6, Cause::NothingThere), (9, Cause::Name(Unusable::NotSet)),]);
}

#[test]
fn the_first_failure_ends_the_script_unless_it_says_otherwise() {
    let step = "> 00 B0 00 00 00\n< 90 00\n";
    let (steps, ended) = play(&step.repeat(3), &[], &mut Table::new(&[])).unwrap();
    assert_eq!((steps.len(), ended), (1, Ended::Stopped));
    let (steps, ended) =
        play(&format!("on-fail continue\n{}", step.repeat(3)), &[], &mut Table::new(&[])).unwrap();
    assert_eq!((steps.len(), ended), (3, Ended::Done));
    assert_eq!(causes(&steps).len(), 3);
}

#[test]
fn what_an_included_file_says_of_failures_ends_with_it() {
    let fails = "> 00 B0 00 00 00\n< 90 00\n";
    let inner = format!("on-fail continue\n{fails}");
    let script = format!("include a/b.apdu\n{fails}{fails}");
    let (steps, ended) =
        play(&script, &[("a/b.apdu", inner.as_str())], &mut Table::new(&[])).unwrap();
    assert_eq!((steps.len(), ended), (2, Ended::Stopped));
    assert_eq!(steps.iter().map(|step| step.place.file).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn every_line_below_a_command_must_hold() {
    let mut card = Table::new(&[("00B0000001", "0102039000")]);
    let script = "on-fail continue\n> 00 B0 00 00 01\n< sw 61??|9000\n< len 3\n< 01 … 90 00\n\
        < 0? ?2 ?? 90 00\n< max 60000 ms\n< len 4\n< sw 6A8?\n< 01 02\n< tlv 84=??";
    let (steps, _) = play(script, &[], &mut card).unwrap();
    let lines: Vec<usize> = causes(&steps).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [9, 10, 11, 12]);
    assert!(causes(&steps).iter().all(|(_, cause)| *cause == Cause::Unmet));
}

#[test]
fn challenges_match_by_length_and_status_word() {
    let mut card = Table::new(&[("0084000004", "AABBCCDD9000")]);
    let passes = |answer: &str, card: &mut Table| {
        let script = format!("> 00 84 00 00 04\n< {answer}");
        play(&script, &[], card).unwrap().0[0].passed()
    };
    assert!(passes("01 02 03 04 90 00", &mut card));
    assert!(!passes("01 02 03 90 00", &mut card));
    assert!(!passes("01 02 03 04 6A 86", &mut card));
}

#[test]
fn an_end_that_was_expected_is_none() {
    let mut card = Table::new(&[]);
    card.answers.insert("00B0000000".into(), Err(TransportError::Timeout));
    let (steps, ended) = play("> 00 B0 00 00 00\n! timeout", &[], &mut card).unwrap();
    assert_eq!((causes(&steps), ended), (vec![], Ended::Done));
    let (steps, ended) = play("> 00 B0 00 00 00\n! removed", &[], &mut card).unwrap();
    assert_eq!(ended, Ended::Lost(TransportError::Timeout));
    assert_eq!(causes(&steps), [(3, Cause::NoAnswer(TransportError::Timeout))]);
    let (steps, _) = play("> 00 B0 00 00 01\n! timeout", &[], &mut card).unwrap();
    assert_eq!(causes(&steps), [(3, Cause::Answered)]);
}

#[test]
fn resets_are_made_and_may_fail_as_expected() {
    let mut card = Table::new(&[]);
    let (steps, _) = play("! reset cold\n! reset warm\n! timeout", &[], &mut card).unwrap();
    assert_eq!(card.sent, ["Cold", "Warm"]);
    assert_eq!(causes(&steps), [(3, Cause::Answered)]);
}

#[test]
fn what_cannot_be_run_is_told_before_anything_is_sent() {
    use ScriptErrorKind as Kind;
    assert_eq!(refused("> 00 B0 00 ${i}", &[]), (2, 1, Kind::Name));
    assert_eq!(refused(" > 00 B0 00 ${x}", &[]), (2, 2, Kind::Name));
    assert_eq!(refused("- a\n! removed", &[]), (3, 1, Kind::Event));
    assert_eq!(refused("> 00 B0 00 00\n< 90 00\n! removed", &[]), (4, 1, Kind::Both));
    let loops = "repeat 255\nrepeat 255\n> 00 B0 00 00 00\n> 00 B0 00 00 00\nend\nend";
    assert_eq!(refused(loops, &[]), (1, 1, Kind::Steps(130_050)));
    let refusal = match refused("> 00 D6 00 00 01 41", &[]) {
        (2, 1, Kind::Write(refusal)) => refusal.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(refusal.contains("00D6"), "{refusal}");
}

#[test]
fn includes_end_and_promise_what_the_script_does() {
    use ScriptErrorKind as Kind;
    let including = |inner: &str| refused("\ninclude a.apdu", &[("a.apdu", inner)]);
    assert_eq!(including("include a.apdu"), (2, 1, Kind::Cycle));
    assert_eq!(including("@transport raw"), (3, 1, Kind::Transport));
    assert_eq!(including("@require write"), (3, 1, Kind::Require));
    let loops = "repeat 2\nrepeat 2\ninclude a.apdu\nend\nend";
    let inner = "repeat 2\nend";
    assert_eq!(refused(loops, &[("a.apdu", inner)]), (2, 1, Kind::Depth));
    let doubled = [
        ("a.apdu", "include b.apdu\ninclude b.apdu"),
        ("b.apdu", "include c.apdu\ninclude c.apdu"),
        ("c.apdu", "include d.apdu\ninclude d.apdu"),
        ("d.apdu", "include e.apdu\ninclude e.apdu"),
        ("e.apdu", "include f.apdu\ninclude f.apdu"),
        ("f.apdu", ""),
    ];
    let many = "include a.apdu\ninclude a.apdu";
    assert!(matches!(refused(many, &doubled), (_, _, Kind::Includes)));
}

#[test]
fn a_write_runs_where_the_script_requires_it() {
    let mut card = Table::new(&[("00D600000141", "9000")]);
    let script = "@require write\n> 00 D6 00 00 01 41\n< 90 00";
    let (steps, ended) = play(script, &[], &mut card).unwrap();
    assert_eq!((causes(&steps), ended), (vec![], Ended::Done));
}
