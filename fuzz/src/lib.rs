//! What is fuzzed: one function for each kind of input from outside. The fuzzer
//! calls them with whatever it thinks of, `tests/corpus.rs` with what it kept. A
//! function panics where something is wrong.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a failure is a panic")]
#![allow(missing_docs, unreachable_pub, reason = "no library for anybody else")]

pub mod card;
pub mod seeds;

use std::borrow::Cow;
use std::sync::LazyLock;

use card::{Hostile, converse, judged};
use sscard::apdu::{Command, Permission, Response, StatusWord, instruction_name, permit};
use sscard::atr;
use sscard::batch::{Form, Work, judge_one};
use sscard::certificate::{self, Certificate, Content};
use sscard::codec::{bcd, card_number, date, identity, text, track2};
use sscard::emulate::{Model, VirtualCard};
use sscard::import::import;
use sscard::observe::{observe, observe_after};
use sscard::probe::Depth;
use sscard::profile::{self, Version, regional};
use sscard::report::decode::{self, Direction, Explained};
use sscard::report::regional::MistakeDocument;
use sscard::report::{Language, Reveal, show};
use sscard::session::text::Document;
use sscard::session::{Header, Interface, Protocol, Session, load, ndjson};
use sscard::tlv::{MAX_DEPTH, ber, dol, simple};
use sscard::transport::TransportError;
use sscard::verdict::{Finding, Verdict, judge, judge_both, judge_trusting};

/// A name, and what takes any bytes.
type Target = (&'static str, fn(&[u8]));

/// Every target, by the name of its program and of its folder in `corpus/`.
pub const TARGETS: &[Target] = &[
    ("atr", atr),
    ("tlv", tlv),
    ("values", values),
    ("certificate", certificate),
    ("session", session),
    ("script", script),
    ("ndjson", ndjson),
    ("import_pcscd", import_pcscd),
    ("import_spy", import_spy),
    ("import_opensc", import_opensc),
    ("import_lines", import_lines),
    ("profile", profile),
    ("model", model),
    ("card", card),
];

const LANGUAGES: [Language; 2] = [Language::Chinese, Language::English];

/// The authority of the tests' certificates, as a file of `--trust` names one.
static TRUSTED: LazyLock<Vec<Certificate>> = LazyLock::new(|| {
    certificate::pem(include_bytes!("../../tests/certificates/authority.pem")).unwrap()
});

/// An answer to reset, decoded and explained.
pub fn atr(bytes: &[u8]) {
    let atr = atr::decode(bytes);
    assert!(atr.historical.len() <= bytes.len());
    let _ = atr.social_security();
    let _ = (atr.guard_time_etu(), atr.work_waiting_time_etu());
    explained(&decode::atr(bytes, Reveal::Masked));
    explained(&decode::atr(bytes, Reveal::Shown));
}

fn explained(value: &impl Explained) {
    for language in LANGUAGES {
        for line in value.lines(language) {
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
    serde_json::to_string(value).unwrap();
}

/// BER, the records of social security, data object lists.
pub fn tlv(bytes: &[u8]) {
    let mut count = 0;
    for object in ber::walk(bytes) {
        let Ok((depth, object)) = object else { break };
        assert!(depth < MAX_DEPTH && object.value.len() <= bytes.len());
        count += 1;
    }
    // An object takes two bytes at least, and may stand in as many others.
    assert!(count <= bytes.len(), "{count}");
    for path in [&[0x6F, 0x84][..], &[0x6F, 0xA5, 0x9F0C, 0x86], &[0x70, 0x5F24]] {
        let _ = ber::find(bytes, path);
    }
    let mut items = simple::Reader::new(bytes);
    let mut taken = 0;
    for item in items.by_ref() {
        taken += 2 + item.value.len();
    }
    assert!(taken <= bytes.len() + 1 && items.leftover().len() <= bytes.len());
    assert!(dol::dol(bytes).count() <= bytes.len().div_ceil(2) + 1);
    let _ = dol::total(bytes);
    for reveal in [Reveal::Masked, Reveal::Shown] {
        explained(&decode::tlv(bytes, reveal));
    }
}

/// Texts, dates, numbers, commands, answers, and the items of every table: the
/// first two bytes choose the item.
pub fn values(bytes: &[u8]) {
    if let Ok(text) = text::decode(bytes) {
        let _ = (identity::parse(&text), card_number::is_valid(&text), track2::is_luhn(&text));
        if !text::has_private_use(&text) {
            // A few characters have two codes.
            let again = text::encode(&text).unwrap();
            assert_eq!(text::decode(&again), Ok(text));
        }
    }
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let _ = text::decode_continued(first, second);
    if let Ok(digits) = bcd::digits(bytes) {
        assert!(bytes.starts_with(&bcd::encode(&digits).unwrap()) || digits.len() % 2 == 1);
    }
    let _ = (date::decode(bytes), date::decode_short(bytes), track2::decode(bytes));
    apdu(bytes);
    let [high, low, value @ ..] = bytes else { return };
    let number = usize::from(u16::from_be_bytes([*high, *low]));
    let versions = [Version::V1, Version::V2, Version::V3];
    let files = profile::applications().flat_map(|row| {
        let of = |version| profile::files(row.id, version).map(move |file| (file, version));
        versions.into_iter().flat_map(of)
    });
    let items: Vec<_> =
        files.flat_map(|(file, version)| profile::items_of(file, version)).collect();
    let Some(item) = items.get(number % items.len()) else { return };
    let value = value.get(..item.length).unwrap_or(value);
    if let Ok(profile::Value::Written(decoded)) = item.decode(value) {
        let _ = show(item, &decoded.value, value.len());
    }
}

fn apdu(bytes: &[u8]) {
    let parsed = Command::parse(bytes);
    let _ = Response::parse(bytes);
    if let Ok(command) = &parsed {
        assert!(command.data.len() <= bytes.len());
        let _ = (command.sfi(), instruction_name(command.cla, command.ins));
    }
    let permitted = permit(bytes, Permission::Read).is_ok();
    assert!(!permitted || parsed.is_ok());
    for direction in [Direction::Command, Direction::Response] {
        if let Ok(document) = decode::apdu(bytes, direction, Reveal::Masked) {
            explained(&document);
        }
    }
    if let Ok(document) = decode::aid(bytes) {
        explained(&document);
    }
    if let [sw1, sw2, ..] = bytes {
        explained(&decode::status_word(StatusWord(u16::from_be_bytes([*sw1, *sw2]))));
    }
    let _ = decode::hex(&String::from_utf8_lossy(bytes), 1);
}

/// A file of the certificate application, and a file of `--trust`.
pub fn certificate(bytes: &[u8]) {
    for is_whole in [true, false] {
        if let Content::Certificate(found) = certificate::content(bytes, is_whole) {
            let _ = (found.common_name(), found.is_signed_by(&found));
        }
    }
    let _ = certificate::length(bytes);
    let _ = certificate::pem(bytes);
}

/// A `.apdu` text. What is read prints as it was, and is judged, in whatever order it
/// asked.
pub fn session(bytes: &[u8]) {
    let Ok(document) = Document::parse(bytes) else { return };
    assert_eq!(document.print().as_bytes(), bytes);
    if let Ok(session) = document.session() {
        kept(&session);
        judged(&session, Depth::Full);
    }
}

/// The same for what only a script can say: behind its first line.
pub fn script(bytes: &[u8]) {
    let text = [b"# sscard-apdu 1\n", bytes].concat();
    match Document::parse(&text) {
        Ok(document) => assert_eq!(document.print().as_bytes(), text),
        Err(error) => {
            let lines = text.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(&error.line), "{error}");
        }
    }
}

/// Lines of NDJSON. A batch observes a line while it reads it, and comes to what is
/// judged of the whole recording.
pub fn ndjson(bytes: &[u8]) {
    bytes.split(|byte| *byte == b'\n').for_each(in_a_batch);
    let Ok(sessions) = load(bytes) else { return };
    for session in &sessions {
        kept(session);
    }
}

fn in_a_batch(line: &[u8]) {
    let day = "2026-11-23".parse().unwrap();
    let work = Work { id: "any".into(), bytes: Ok(line.to_vec()), line: 1, form: Form::Ndjson };
    let read = ndjson::parse_bytes(line);
    let (session, row) = match (read, judge_one(&work, day).result) {
        (Ok(session), Ok(row)) => (session, row),
        (read, row) => return assert!(read.is_err() && row.is_err()),
    };
    let recorded = || session.header.recorded.as_deref()?.get(..10)?.parse().ok();
    let verdict = judge(&observe(&session), recorded().unwrap_or(day), Depth::Full);
    assert_eq!(
        (row.kind, row.generation, row.outcome),
        (verdict.kind, verdict.generation.value, verdict.outcome)
    );
    let shown = |finding: Finding| (finding.rule.id, finding.exchanges);
    let found = verdict.applications.into_iter().flat_map(|row| row.findings).map(shown);
    assert!(row.findings.into_iter().map(shown).eq(found));
}

/// A recording outlives both of its forms, and is folded. Control characters of its
/// texts become blanks when it is written.
fn kept(session: &Session) {
    let session = &ndjson::parse(&ndjson::print(session)).unwrap();
    assert_eq!(usize::try_from(observe(session).exchanges), Ok(session.exchanges().count()));
    assert_eq!(ndjson::parse(&ndjson::print(session)).as_ref(), Ok(session));
    let text = Document::from(session).print();
    let again = Document::parse(text.as_bytes()).unwrap();
    assert_eq!(again.print(), text);
    assert_eq!(again.session().map(|again| again.steps.len()), Ok(session.steps.len()));
}

/// `pcscd --apdu`.
pub fn import_pcscd(bytes: &[u8]) {
    imported("00000000 APDU: 00 84 00 00 08\n00000001 SW: 90 00", bytes);
}

/// pcsc-spy: its pipe where the first byte is a blank, else what it prints.
pub fn import_spy(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b' ', rest)) => imported("1@>|0|0|SCardTransmit", rest),
        _ => imported("SCardTransmit\n i bSendBuffer", bytes),
    }
}

/// OpenSC: its tool where the first byte is a blank, else its debug log.
pub fn import_opensc(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b' ', rest)) => imported("Received (SW1=0x90, SW2=0x00)", rest),
        _ => imported("Outgoing APDU (4 bytes):\n00 84 00 00", bytes),
    }
}

/// A line for each command and answer: apdu4j where the first byte is `A`, arrows
/// where it is `>`, else hex alone.
pub fn import_lines(bytes: &[u8]) {
    match bytes.first() {
        Some(b'A') => imported("A>> T=0 (4+0000) 00840000", bytes),
        Some(b'>') => imported("> 00 84 00 00", bytes),
        _ => imported("", bytes),
    }
}

/// Reads a log behind a line by which it is known.
fn imported(first: &str, bytes: &[u8]) {
    let log = [Cow::Borrowed(first), String::from_utf8_lossy(bytes)].join("\n");
    let Some(found) = import(&log) else { return };
    // A lone CR ends no line, but stands for none of its own either.
    let lines = log.split('\n').count();
    let places = found.unknown.iter().map(|(line, _)| line).chain(&found.incomplete);
    for line in places {
        assert!((1..=lines).contains(line), "line {line}");
    }
    kept(&found.session);
}

/// A regional table. A good one holds where it says, and not beside itself; tables
/// that go together would stay for the life of the process.
pub fn profile(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mistakes = match regional::parse("fuzz", &text) {
        Ok(table) => {
            assert_eq!(table.holds_in(None), table.regions.is_empty());
            assert!(table.regions.iter().all(|region| table.holds_in(Some(region))));
            let again = regional::parse("again", &text).unwrap();
            assert!(regional::install(vec![table, again]).is_err());
            return;
        }
        Err(mistakes) => mistakes,
    };
    let lines = text.split('\n').count();
    for mistake in &mistakes {
        assert!((1..=lines).contains(&mistake.line), "{mistake:?}");
        for language in LANGUAGES {
            let _ = MistakeDocument::from(mistake).line("fuzz.toml", language);
        }
    }
    assert!(!mistakes.is_empty());
}

/// A card model, and a check of the card that it describes.
pub fn model(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Model::parse(&text) {
        Ok(model) => trusting(&converse(VirtualCard::new(model), Depth::Full), Depth::Full),
        Err(error) => {
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&error.line), "{error}");
        }
    }
}

/// Who trusts an authority learns who signed, and nothing else of it changes.
fn trusting(session: &Session, depth: Depth) {
    let (facts, day) = (observe(session), "2026-11-23".parse().unwrap());
    let rules = |verdict: &Verdict| -> Vec<&str> {
        let findings = verdict.applications.iter().flat_map(|row| &row.findings);
        let ids = findings.map(|finding| finding.rule.id);
        ids.filter(|id| !id.starts_with("CHECK_CERT.CHAIN")).collect()
    };
    let trusting = judge_trusting(&facts, day, depth, &TRUSTED);
    assert_eq!(rules(&trusting), rules(&judge(&facts, day, depth)));
}

/// A card that answers what these bytes say. Behind a byte 80, both sides of
/// one, each for itself: the length of the first side stands behind in two bytes.
pub fn card(bytes: &[u8]) {
    match bytes {
        [0x80, high, low, rest @ ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let (first, second) = rest.split_at(length.min(rest.len()));
            if let Some(((first, depth), (second, _))) = side(first).zip(side(second)) {
                both(&first, &second, depth);
            }
        }
        [manner, ..] => {
            let Some((session, depth)) = side(bytes) else { return };
            if manner & 32 != 0 {
                // As if the same came from both sides.
                both(&session, &session, depth);
            }
        }
        [] => {}
    }
}

/// How deep a card is asked and its side in the first byte, its ATR behind the
/// second, then the answers.
fn side(bytes: &[u8]) -> Option<(Session, Depth)> {
    let [manner, atr, rest @ ..] = bytes else { return None };
    let depth = match manner & 3 {
        0 => Depth::Quick,
        1 => Depth::PinState,
        2 => Depth::Everything,
        _ => Depth::Full,
    };
    let (atr, rest) = rest.split_at(usize::from(*atr).min(rest.len()).min(40));
    let pick = |bit: u8| manner & bit != 0;
    let header = Header {
        interface: Some(if pick(4) { Interface::Contactless } else { Interface::Contact }),
        protocol: Some(if pick(8) { Protocol::T1 } else { Protocol::T0 }),
        atr: Some(atr.to_vec()),
        ..Header::default()
    };
    let mut card = Hostile::new(header, answers(rest));
    card.again = pick(16);
    let session = converse(card, depth);
    trusting(&session, depth);
    Some((session, depth))
}

/// Two sides, judged as one chip: what is found is shown by an exchange of either.
fn both(first: &Session, second: &Session, depth: Depth) {
    let (one, day) = (observe(first), "2026-11-23".parse().unwrap());
    let other = observe_after(second, one.exchanges);
    let verdict = judge_both(&one, &other, day, depth, &TRUSTED);
    assert!(verdict.applications.len() < 100);
    let last = one.exchanges + u32::try_from(second.exchanges().count()).unwrap();
    let found = verdict.applications.iter().flat_map(|row| &row.findings);
    for number in found.flat_map(|finding| &finding.exchanges) {
        assert!((1..=last).contains(number), "{number} of {last}");
    }
}

/// Answers one behind the other: a length and as many bytes; from FA on something
/// else than an answer, FF a longer one.
fn answers(mut bytes: &[u8]) -> Vec<Result<Vec<u8>, TransportError>> {
    let mut answers = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        let (answer, rest) = match first {
            0xFA => (Err(TransportError::Removed), rest),
            0xFB => (Err(TransportError::Timeout), rest),
            0xFC => (Err(TransportError::ResetByOther), rest),
            0xFD => (Err(TransportError::BadAnswer(1)), rest),
            0xFE => (Err(TransportError::Busy), rest),
            length => {
                let length = if *length == 0xFF { 0x0102 } else { usize::from(*length) };
                let (answer, rest) = rest.split_at(length.min(rest.len()));
                (Ok(answer.to_vec()), rest)
            }
        };
        answers.push(answer);
        bytes = rest;
    }
    answers
}
