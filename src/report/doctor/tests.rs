use super::*;

fn observed(card: Result<Card, TransportError>) -> Observed {
    Observed {
        computer: Computer {
            system: "Debian 12, x86_64".into(),
            day: jiff::civil::date(2026, 12, 1),
            versions: vec!["sscard 0.1.0".into()],
        },
        service: Service::Answers,
        readers: vec![Reader {
            name: "Reader A".into(),
            details: Ok(ReaderDetails::default()),
            state: Words { zh: "有卡".into(), en: "card present".into() },
        }],
        asked: None,
        usb: Some(Vec::new()),
        card,
    }
}

fn healthy() -> Card {
    let contact = Contact {
        reads: 1000,
        wanted: 1000,
        median_ms: 21.0,
        slowest_ms: 25.5,
        ..Contact::default()
    };
    let told = Words { zh: "第二代社会保障卡    健康".into(), en: "HEALTHY".into() };
    Card {
        atr: "3B6D".into(),
        protocol: "T=0",
        resets: vec![true; 6],
        shared: false,
        contact,
        verdict: Some((Exit::Healthy, told)),
        lost: None,
    }
}

#[test]
fn the_first_cause_on_the_way_to_the_card_is_the_conclusion() {
    let well = observed(Ok(healthy()));
    assert_eq!(conclude(&well), Conclusion::Well);
    let with = |service| conclude(&Observed { service, ..well.clone() });
    let absent = |installed| Service::Absent { installed, running: Some(false) };
    assert_eq!(with(Service::Refuses), Conclusion::Refused);
    assert_eq!(with(absent(Some(false))), Conclusion::NotInstalled);
    assert_eq!(with(absent(Some(true))), Conclusion::NoService);
    assert_eq!(with(absent(None)), Conclusion::NoService);
    assert_eq!(with(Service::Unreachable), Conclusion::Unreachable);
    let none = Observed { readers: Vec::new(), ..observed(Err(TransportError::NoReader)) };
    assert_eq!(conclude(&none), Conclusion::NoReader);
    let device = |is_ccid| UsbDevice { id: "1234:00AB".into(), name: "IC Reader".into(), is_ccid };
    let foreign = Observed { usb: Some(vec![device(false)]), ..none.clone() };
    assert_eq!(conclude(&foreign), Conclusion::ForeignReader);
    // It needs no more than the driver that all of its kind have.
    let both = Observed { usb: Some(vec![device(true), device(false)]), ..none };
    assert_eq!(conclude(&both), Conclusion::NoDriver);
}

#[test]
fn a_name_that_no_reader_has_is_no_fault_of_the_readers() {
    let asked = |name: &str| Observed {
        asked: Some(name.into()),
        ..observed(Err(TransportError::NoReader))
    };
    let wrong = asked("nonesuch\n");
    assert_eq!(conclude(&wrong), Conclusion::NoSuchReader);
    let lines = doctor(&wrong, String::new()).lines(Language::English).join("\n");
    assert!(lines.contains("no reader is called \"nonesuch\u{FFFD}\"; these are"), "{lines}");
    // It is there and cannot be used; there is none at all.
    assert_eq!(conclude(&asked("der A")), Conclusion::NoReader);
    assert_eq!(conclude(&Observed { readers: Vec::new(), ..wrong }), Conclusion::NoReader);
}

/// It cannot be started, only started again: the remedy is the one of the other commands.
#[test]
fn a_service_that_runs_and_never_answers_is_not_told_to_be_started() {
    use super::super::{ServiceTrouble, System, service};
    let silent = Service::Absent { installed: Some(true), running: Some(true) };
    let observed = Observed {
        service: silent,
        readers: Vec::new(),
        ..observed(Err(TransportError::NoReader))
    };
    assert_eq!(conclude(&observed), Conclusion::ServiceSilent);
    let (_, message, advice) = conclude(&observed).sentences();
    assert_eq!(advice, service(ServiceTrouble::Silent, System::CURRENT).1);
    assert!(message.en.contains("does not answer") && message.zh.contains("不应答"));
    let lines = doctor(&observed, String::new()).lines(Language::English).join("\n");
    assert!(!lines.contains("does not run") && !lines.contains("pcscd.socket"), "{lines}");
}

#[test]
fn a_card_is_told_from_its_contact() {
    let of = |card: Card| conclude(&observed(Ok(card)));
    let flaky = Contact { differences: 3, ..healthy().contact };
    assert_eq!(of(Card { contact: flaky, ..healthy() }), Conclusion::Unstable);
    let lost = Some(TransportError::Timeout);
    assert_eq!(of(Card { lost, verdict: None, ..healthy() }), Conclusion::Silent);
    let lost = Some(TransportError::Removed);
    assert_eq!(of(Card { lost, verdict: None, ..healthy() }), Conclusion::Removed);
    let resets = vec![true, false, true];
    assert_eq!(of(Card { resets, ..healthy() }), Conclusion::Resets);
    let verdict = |exit| Some((exit, Words { zh: "甲".into(), en: "A".into() }));
    assert_eq!(of(Card { verdict: verdict(Exit::Faulty), ..healthy() }), Conclusion::CardFaulty);
    let expired = Card { verdict: verdict(Exit::Attention), ..healthy() };
    assert_eq!(of(expired), Conclusion::CardAttention);
    let bank = Card { verdict: verdict(Exit::NotSocialSecurity), ..healthy() };
    assert_eq!(of(bank), Conclusion::OtherCard);
}

#[test]
fn a_wrong_clock_is_told_where_everything_else_works() {
    let mut observed = observed(Ok(healthy()));
    for day in [jiff::civil::date(1970, 1, 1), jiff::civil::date(2100, 1, 1)] {
        observed.computer.day = day;
        assert_eq!(conclude(&observed), Conclusion::Clock);
    }
}

#[test]
fn every_section_is_there_whatever_failed() {
    let ids = |observed: &Observed| -> Vec<&str> {
        words::sections(observed).iter().map(|section| section.id).collect()
    };
    let without_service = Observed {
        service: Service::Absent { installed: Some(true), running: Some(false) },
        readers: Vec::new(),
        usb: None,
        ..observed(Err(TransportError::NoReader))
    };
    assert_eq!(ids(&without_service), ids(&observed(Ok(healthy()))));
    assert_eq!(ids(&without_service).len(), 9);
    for language in [Language::Chinese, Language::English] {
        let lines = doctor(&without_service, String::new()).lines(language);
        assert!(lines.iter().all(|line| super::super::width(line) <= 80), "{lines:#?}");
    }
}

/// The mark of a section, and what it says.
fn section(card: &Card, id: &str) -> (String, Vec<String>) {
    let sections = words::sections(&observed(Ok(card.clone())));
    let section = sections.into_iter().find(|section| section.id == id).unwrap();
    let findings = section.findings.into_iter().map(|finding| finding.en);
    (section.state.to_owned(), findings.collect())
}

#[test]
fn readings_that_broke_off_are_told_with_the_reason() {
    let some = Contact { reads: 46, ..healthy().contact };
    for (lost, reason) in [
        (Some(TransportError::Removed), "Card or reader left while it was being read."),
        (Some(TransportError::Timeout), "The card did not answer within the time allowed."),
        (None, "the time for them ran out"),
    ] {
        let card = Card { contact: some, lost, ..healthy() };
        let (state, found) = section(&card, "contact");
        assert_eq!((state.as_str(), found[1].as_str()), ("attention", reason));
    }
    assert_eq!(section(&healthy(), "contact").0, "ok");
    let wrong = Card { contact: Contact { differences: 1, ..some }, ..healthy() };
    assert_eq!(section(&wrong, "contact").0, "failed");
}

#[test]
fn whoever_shares_the_card_is_told_of() {
    let (state, found) = section(&Card { shared: true, ..healthy() }, "card");
    assert!(state == "attention" && found[3].starts_with("another program uses"), "{found:?}");
    assert_eq!(section(&healthy(), "card").0, "ok");
}

/// A table of what each row of the conclusions comes from: none may be out of reach.
#[test]
fn every_conclusion_comes_out_of_something() {
    use TransportError as Error;
    let absent = |installed| Service::Absent { installed: Some(installed), running: Some(false) };
    let silent = Service::Absent { installed: Some(true), running: Some(true) };
    let with = |service| Observed { service, ..observed(Ok(healthy())) };
    let none = Observed { readers: Vec::new(), ..observed(Err(Error::NoReader)) };
    let device = |is_ccid| UsbDevice { id: "1234:00AB".into(), name: "IC Reader".into(), is_ccid };
    let mut late = observed(Ok(healthy()));
    late.computer.day = jiff::civil::date(1970, 1, 1);
    let mut seen = vec![
        late,
        with(absent(false)),
        with(absent(true)),
        with(silent),
        with(Service::Refuses),
        with(Service::Unreachable),
        Observed { usb: Some(vec![device(false)]), ..none.clone() },
        Observed { usb: Some(vec![device(true)]), ..none.clone() },
        none,
        Observed { asked: Some("Z".into()), ..observed(Err(Error::NoReader)) },
    ];
    let errors = [
        Error::NoCard,
        Error::Ambiguous(Vec::new()),
        Error::Busy,
        Error::ProtocolMismatch,
        Error::Removed,
        Error::NoService,
        Error::Unpowered,
    ];
    seen.extend(errors.into_iter().map(|error| observed(Err(error))));
    let flaky = Contact { retries: 1, ..healthy().contact };
    seen.push(observed(Ok(Card { contact: flaky, ..healthy() })));
    seen.push(observed(Ok(Card { resets: vec![true, false], ..healthy() })));
    let exits = [Exit::Faulty, Exit::Attention, Exit::NotSocialSecurity, Exit::Healthy];
    for exit in exits {
        let verdict = Some((exit, Words { zh: "甲".into(), en: "A".into() }));
        seen.push(observed(Ok(Card { verdict, ..healthy() })));
    }
    assert_eq!(seen.iter().map(conclude).collect::<Vec<_>>(), Conclusion::ALL);
}

#[test]
fn another_program_is_no_fault_of_the_contacts() {
    let lost = Some(TransportError::ResetByOther);
    let disturbed = Card { lost, verdict: None, ..healthy() };
    assert_eq!(conclude(&observed(Ok(disturbed))), Conclusion::Busy);
}
