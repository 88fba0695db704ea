//! Rules on changed cards: `tests/rules/*.toml` say what is changed in a built-in
//! model, and what `check --json` must find then. The card as it was is the other
//! half of each test: nothing of it is found there.
#![cfg(all(feature = "cli", feature = "certificates"))]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "support/changed.rs"]
mod changed;
#[expect(dead_code, reason = "other tests look at standard error and the exit code")]
#[path = "support/program.rs"]
mod program;
#[path = "support/scrubbed.rs"]
mod scrubbed;
#[path = "../build/vocabulary.rs"]
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use changed::changed;
use program::sscard;
use serde::Deserialize;
use serde_json::Value;
use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::observe::observe;
use sscard::probe::{self, Depth};
use sscard::session::text::{header_text, step_text};
use sscard::transport::guarded;
use sscard::verdict::{Predicate, is_same, judge, rules};

const TODAY: &str = "2026-11-23";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    card: Vec<Card>,
}

/// A card that differs from a model in one thing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    /// What is wrong with it.
    is: String,
    /// The built-in model.
    model: String,
    /// Texts of the model and what stands in their place.
    #[serde(default)]
    change: Vec<[String; 2]>,
    /// Lines of the recording (its last occurrence) and what stands in their place.
    #[serde(default)]
    answer: Vec<[String; 2]>,
    /// What stands behind the model.
    #[serde(default)]
    add: String,
    /// The application that is looked at.
    application: String,
    /// The rules that fire on the changed card alone.
    #[serde(default)]
    rules: Vec<String>,
    /// The rules that stay silent on the changed card and fire on the model.
    #[serde(default)]
    silenced: Vec<String>,
    /// The rules that must not fire on the changed card, whatever comes near to it.
    #[serde(default)]
    not: Vec<String>,
    /// Whether nothing else fires there that does not on the model: one mistake, one
    /// finding.
    #[serde(default)]
    alone: bool,
    state: Option<String>,
    presence: Option<String>,
    outcome: Option<String>,
    /// The day of judgement, where it matters.
    date: Option<String>,
    /// Whether the card is asked for its PIN tries.
    #[serde(default)]
    pin_state: bool,
    /// Whether all of it is read, the holder too.
    #[serde(default)]
    read: bool,
}

fn cards() -> Vec<(String, Card)> {
    let mut cards = Vec::new();
    for entry in std::fs::read_dir("tests/rules").unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let table: Table = toml::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let numbered = table.card.into_iter().enumerate();
        cards.extend(numbered.map(|(at, card)| (format!("{name}-{at}"), card)));
    }
    cards
}

/// The recording of a check in a file of its own.
fn recorded(name: &str, model: &str, card: &Card, as_it_was: bool) -> PathBuf {
    let model = Model::parse(model).unwrap_or_else(|error| panic!("{}: {error}", card.is));
    let (depth, permission) = match (card.pin_state, card.read) {
        (true, _) => (Depth::PinState, Permission::PinState),
        (false, true) => (Depth::Everything, Permission::Read),
        (false, false) => (Depth::Full, Permission::Read),
    };
    let mut virtual_card = guarded(VirtualCard::new(model), permission);
    let mut text = header_text(&probe::header(&virtual_card));
    probe::run(&mut virtual_card, depth).unwrap();
    assert_eq!(virtual_card.refused(), 0, "{}", card.is);
    let (_, steps) = virtual_card.into_parts();
    steps.iter().for_each(|step| text.push_str(&step_text(step)));
    assert!(!text.contains("> 80 A8"), "{}: GET PROCESSING OPTIONS", card.is);
    let text = if as_it_was { text } else { changed(&text, &card.answer).expect(&card.is) };
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rule-{name}.apdu"));
    std::fs::write(&path, text).unwrap();
    path
}

/// What is found, and what is lost when the person is taken out of the recording.
fn judged(name: &str, model: &str, card: &Card, as_it_was: bool) -> (Value, Option<String>) {
    let session = recorded(name, model, card, as_it_was);
    let date = card.date.as_deref().unwrap_or(TODAY);
    let date = if as_it_was { TODAY } else { date };
    // The findings of a card outlive its person.
    let recorded = sscard::session::load(&std::fs::read(&session).unwrap()).unwrap().remove(0);
    let lost = scrubbed::holds(&recorded, date.parse().unwrap()).err();
    let line = ["check", "--json", "--date", date, "--session", session.to_str().unwrap()];
    (serde_json::from_str(&sscard(&line).out).unwrap(), lost)
}

fn application<'a>(document: &'a Value, card: &Card) -> &'a Value {
    let rows = document["applications"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == *card.application);
    row.unwrap_or_else(|| panic!("{}: no {}", card.is, card.application))
}

/// Rules that fired, with the exchanges that show it.
fn fired(application: &Value) -> BTreeMap<&str, &Value> {
    let findings = application["findings"].as_array().unwrap().iter();
    findings.map(|finding| (finding["rule"].as_str().unwrap(), &finding["exchanges"])).collect()
}

/// Whether a rule rests on the answer to reset alone.
fn shows_no_exchange(id: &str) -> bool {
    let rule = rules().iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id}"));
    matches!(rule.predicate, Predicate::HistoricalBytesMissing | Predicate::FiveVoltsAlone)
}

type Models = BTreeMap<String, (Value, Option<String>)>;

/// What is not as the card's row has it.
fn mistakes(name: &str, card: &Card, models: &mut Models) -> Vec<String> {
    let model = builtin(&card.model).unwrap_or_else(|| panic!("{}: no model", card.is));
    let changed = changed(model, &card.change).expect(&card.is) + &card.add;
    let as_it_was = || judged(&format!("{name}-before"), model, card, true);
    let (before, _) = models.entry(card.model.clone()).or_insert_with(as_it_was);
    let (after, lost) = judged(name, &changed, card, false);
    let row = application(&after, card);
    let now = fired(row);
    let rows = before["applications"].as_array().unwrap();
    let row_before = rows.iter().find(|row| row["id"] == *card.application);
    let then = row_before.map(fired).unwrap_or_default();
    let last = after["statistics"]["exchanges"].as_u64().unwrap();
    let mut mistakes: Vec<String> = lost.into_iter().collect();
    for rule in &card.rules {
        let shown = now.get(rule.as_str()).and_then(|shown| shown.as_array());
        let real = |number: &Value| (1..=last).contains(&number.as_u64().unwrap());
        let proves = |shown: &Vec<Value>| shown.is_empty() == shows_no_exchange(rule);
        if !shown.is_some_and(|shown| proves(shown) && shown.iter().all(real)) {
            mistakes.push(format!("{rule} {shown:?}, fired: {:?}", now.keys()));
        }
        if then.contains_key(rule.as_str()) {
            mistakes.push(format!("{rule} fires on the model"));
        }
    }
    for rule in &card.silenced {
        if now.contains_key(rule.as_str()) || !then.contains_key(rule.as_str()) {
            mistakes.push(format!("{rule} is not silenced"));
        }
    }
    for rule in card.not.iter().filter(|rule| now.contains_key(rule.as_str())) {
        mistakes.push(format!("{rule} fires"));
    }
    let named = |rule: &str| card.rules.iter().any(|named| named == rule);
    let more = now.keys().filter(|rule| !then.contains_key(*rule) && !named(rule));
    if let more @ [_, ..] = &more.collect::<Vec<_>>()[..]
        && card.alone
    {
        mistakes.push(format!("{more:?} fire too"));
    }
    let mut compare = |what: &str, seen: &Value, wanted: &Option<String>| {
        if wanted.as_ref().is_some_and(|wanted| *seen != **wanted) {
            mistakes.push(format!("{what} is {seen}, fired: {:?}", now.keys()));
        }
    };
    compare("state", &row["state"], &card.state);
    compare("presence", &row["presence"], &card.presence);
    compare("outcome", &after["outcome"], &card.outcome);
    mistakes
}

#[test]
fn each_change_is_found_and_nothing_of_it_before() {
    let mut models = BTreeMap::new();
    let wrong = |(name, card): (String, Card)| {
        let mistakes = mistakes(&name, &card, &mut models);
        (!mistakes.is_empty()).then(|| format!("{name}, {}: {}", card.is, mistakes.join("; ")))
    };
    let wrong: Vec<String> = cards().into_iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where single records are read, nobody asks for one that the version does not have.
const WHOLE_FILES_ALONE: [&str; 2] = ["SSSE_RECORD.EF05.COUNT", "SSSE_RECORD.EF06.4E_ON_1"];

#[test]
fn a_card_that_gives_its_records_one_by_one_is_judged_alike() {
    let mut judged = 0;
    for (name, card) in cards() {
        let whole = changed(builtin(&card.model).unwrap(), &card.change).unwrap() + &card.add;
        let beyond = card.rules.iter().any(|rule| WHOLE_FILES_ALONE.contains(&rule.as_str()));
        let is_tried = card.application == "ssse" && card.answer.is_empty() && !beyond;
        if !is_tried || whole.contains("whole_file") {
            continue;
        }
        let single = whole.replacen("\nprotocol", "\nwhole_file = false\nprotocol", 1);
        let day = card.date.as_deref().unwrap_or(TODAY).parse().unwrap();
        let [one, other] = [("whole", whole), ("single", single)].map(|(way, model)| {
            let session = recorded(&format!("{name}-{way}"), &model, &card, false);
            let session =
                sscard::session::load(&std::fs::read(session).unwrap()).unwrap().remove(0);
            judge(&observe(&session), day, Depth::Full)
        });
        let found = other.applications.iter().flat_map(|row| &row.findings);
        let found: Vec<&str> = found.map(|finding| finding.rule.id).collect();
        assert!(is_same(&one, &other), "{name}, {}: {found:?}", card.is);
        judged += 1;
    }
    assert!(judged > 80, "{judged}");
}

/// What one changed card cannot show, and where it is tested.
const ELSEWHERE: [(&str, &str); 6] = [
    ("BANK.SIDES_DIFFER", "both_sides.rs: two recordings"),
    ("BANK.NONE", "both_sides.rs: two recordings"),
    ("IFACE.DIFFERS", "both_sides.rs: two recordings"),
    ("IFACE.ONE_SIDE", "both_sides.rs: two recordings"),
    ("CHECK_CERT.CHAIN", "certificates.rs: needs a certificate to trust"),
    ("CHECK_CERT.CHAIN.VERIFIED", "certificates.rs: needs a certificate to trust"),
];

#[test]
fn every_rule_has_such_a_card() {
    let cards = cards();
    let tried: BTreeSet<&str> = cards
        .iter()
        .flat_map(|(_, card)| card.rules.iter().chain(&card.silenced))
        .map(String::as_str)
        .collect();
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(id, _)| *id).collect();
    let untried: Vec<&str> = rules()
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !tried.contains(id) && !elsewhere.contains(id))
        .collect();
    assert!(untried.is_empty(), "no card in tests/rules for {untried:?}");
    for (id, place) in ELSEWHERE {
        let file = place.split(':').next().unwrap();
        let test = std::fs::read_to_string(format!("tests/{file}")).unwrap();
        assert!(!tried.contains(id) && test.contains(id), "{id}: {place}");
    }
}

/// A word that does not exist ends the build, which then names those that do.
#[test]
fn a_wrong_word_is_answered_with_the_right_ones() {
    let sources = ["src/verdict/rule.rs", "src/verdict/rule/looks.rs"];
    let source = sources.map(|path| std::fs::read_to_string(path).unwrap()).concat();
    let vocabulary = vocabulary::Vocabulary::new(source);
    for word in ["item-unwritten", "absent", "kind-present", "pair-item-differs"] {
        assert_eq!(vocabulary.instead_of(word, "Predicate"), None, "{word}");
    }
    for word in ["item-empty", "unwritten", "kind", "ItemUnwritten"] {
        let known = vocabulary.instead_of(word, "Predicate").unwrap();
        assert!(
            known.contains(", item-unwritten, ") && known.contains(", kind-present"),
            "{known}"
        );
    }
}
