//! Invented sessions for measuring, as NDJSON on standard output: some 40 exchanges
//! each, of every kind of card, each with the outcome that it should have. A number
//! gives the same session in every run, so that parts may be made apart.
//!
//! `cargo run --release --example sessions -- --count 10000 [--from 0]`
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "works on the built-in models alone, and may stop where one has changed"
)]

use std::io::{self, BufWriter, Write as _};

use sscard::apdu::Permission;
use sscard::codec::{card_number, identity, text};
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::session::{Event, Session, Step, ndjson};
use sscard::transport::guarded;

/// Of a hundred cards so many: model; whole check, or the first part (until a reset),
/// or the generation alone, or the card taken away; what is changed in the model;
/// outcome.
type Kind = (usize, &'static str, &'static str, &'static [[&'static str; 2]], &'static str);

const KINDS: &[Kind] = &[
    (5, "gen1", "first", &[], "healthy"),
    (9, "gen1", "quick", &[], "attention"),
    (2, "gen1", "first", &[[r#""1.00""#, r#""2.00""#]], "faulty"),
    (2, "gen1", "first", &[["20991231", "20220314"]], "attention"),
    (5, "gen2", "whole", &[], "healthy"),
    (9, "gen2", "first", &[], "healthy"),
    (11, "gen2", "quick", &[], "attention"),
    (6, "gen2", "removed", &[], "removed"),
    (2, "gen2", "first", &[["20991231", "20250630"]], "attention"),
    (1, "gen2", "first", &[[r#"ascii = "2" }"#, r#"ascii = "1" }"#]], "attention"),
    (1, "gen2", "whole", &[["481231", "240831"], ["D4812", "D2408"]], "attention"),
    (1, "gen2", "whole", &[["9F170103", "9F170100"]], "attention"),
    (4, "gen3", "whole", &[], "healthy"),
    (6, "gen3", "first", &[], "healthy"),
    (10, "gen3", "quick", &[], "attention"),
    (4, "gen3", "removed", &[], "removed"),
    (1, "gen3", "first", &[[r#""3.00""#, r#""4.00""#]], "attention"),
    (2, "gen3-contactless", "whole", &[], "healthy"),
    (4, "gen3-contactless", "first", &[], "healthy"),
    (5, "expired", "first", &[], "attention"),
    (3, "unissued", "first", &[], "faulty"),
    (2, "ssse-blocked", "first", &[], "faulty"),
    (1, "card-blocked", "whole", &[], "faulty"),
    (2, "bank-card", "whole", &[], "not_social_security"),
    (1, "psam", "whole", &[], "not_social_security"),
    (1, "mute", "whole", &[], "timeout"),
];

const REGIONS: &[&str] =
    &["110105", "210102", "310115", "320106", "370102", "420106", "440305", "500106", "610113"];
const CHIP_MAKERS: &[&str] = &["0081", "0085", "0087", "0090"];
const CARD_MAKERS: &[&str] = &["8660", "8670", "8684"];
const FAMILY: &[&str] = &["赵", "钱", "孙", "李", "周", "吴", "郑", "王"];
const GIVEN: &[&str] = &["测试", "样本", "虚构", "模拟", "范例"];

/// Numbers that look random (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn one(&mut self, of: &[&'static str]) -> &'static str {
        of[self.below(of.len())]
    }

    fn day(&mut self, separator: &str) -> String {
        format!("{:02}{separator}{:02}", 1 + self.below(11), 1 + self.below(28))
    }
}

/// What of a session is its card's own, with bytes before it that tell what it is.
/// Each text has the same length whatever the card.
type Texts = [String; 11];

fn texts([day, historical, id, region, issued, number, person, name]: [&str; 8]) -> Texts {
    [
        "session-000000000".into(),
        format!("-{day}T10:30:00+08:00"),
        historical.into(),
        format!("0110{region}D156000005{id}"),
        format!("9156000002{region}{region}01"),
        format!("0504{issued}"),
        hex::encode_upper(number),
        hex::encode_upper(person),
        format!("1E{}", hex::encode_upper(text::encode(name).unwrap())),
        format!("0C03{region}"),
        format!("0D04{}", &person[6..14]),
    ]
}

/// The card of a built-in model.
fn of_model(toml: &str, atr: &str) -> Texts {
    let item = |tag: &str, none: &'static str| {
        let written = toml.split_once(&format!("{{ tag = \"{tag}\", "));
        let value = written.and_then(|(_, rest)| rest.split('"').nth(1));
        value.filter(|value| value.len() >= none.len()).unwrap_or(none).to_owned()
    };
    let id = item("01", "000000 D156000005 00000000 00000000").replace(' ', "");
    let historical =
        atr.find("0081545354").map_or("00815453548660500100000000", |at| &atr[at..at + 26]);
    let (issued, number) = (item("05", "20000101"), item("07", "T00000000"));
    let (person, name) = (item("08", "500100190001010000"), item("09", "测试庚"));
    texts(["01-01", historical, &id[16..], &id[..6], &issued, &number, &person, &name])
}

/// Another card like it: an invented person of the same sex, a region that exists,
/// valid check characters.
fn another(model: &Texts, session: u64) -> Texts {
    let random = &mut Random(session);
    let region = random.one(REGIONS);
    let day = random.day("-");
    let maker = [random.one(CHIP_MAKERS), "545354", random.one(CARD_MAKERS)].concat();
    let historical = format!("{maker}{}00{:04X}", &region[..4], random.below(0x10000));
    // The last byte keeps the check character of the answer to reset.
    let sum = |hex: &str| hex::decode(hex).unwrap().iter().fold(0, |sum, byte| sum ^ byte);
    let historical = format!("{historical}{:02X}", sum(&historical) ^ sum(&model[2]));
    // Of the third generation the card identification code has another number there.
    let same = model[3][20..28] == model[2][18..];
    let serial = if same { &historical[18..] } else { &model[3][20..28] };
    let id = format!("{serial}{:08X}", random.below(1 << 32));
    let issued = format!("{}{}", &model[5][4..8], random.day(""));
    let number = format!("T{:07}", random.below(10_000_000));
    let number = format!("{number}{}", card_number::check_character(&number).unwrap());
    let male = usize::from(model[7].as_bytes()[33] & 1);
    let (born, sequence) = (1940 + random.below(60), 2 * random.below(500) + male);
    let person = format!("{region}{born}{}{sequence:03}", random.day(""));
    let person = format!("{person}{}", identity::check_character(&person).unwrap());
    let name = [random.one(FAMILY), random.one(GIVEN)].concat();
    let mut texts = texts([&day, &historical, &id, region, &issued, &number, &person, &name]);
    texts[0] = format!("session-{session:09}");
    texts
}

/// A session of a model's own card, and where in it the texts of that card stand.
struct Template {
    line: String,
    places: Vec<(usize, usize)>,
    texts: Texts,
}

impl Template {
    fn new((_, name, part, changes, outcome): &Kind) -> Self {
        let toml = builtin(name).unwrap();
        let changed = changes.iter().fold(toml.to_owned(), |toml, [from, to]| {
            assert!(toml.contains(from), "{name}: no {from}");
            toml.replacen(from, to, 1)
        });
        let model = Model::parse(&changed).unwrap();
        let mut card = guarded(VirtualCard::new(model), Permission::Read);
        let mut header = probe::header(&card);
        let _ended =
            probe::run(&mut card, if *part == "quick" { Depth::Quick } else { Depth::Full });
        let (_, mut steps) = card.into_parts();
        let reset = steps.iter().position(|step| matches!(step, Step::Event(Event::Reset(_))));
        match *part {
            "first" => steps.truncate(reset.unwrap_or(steps.len())),
            "removed" => steps.splice(9.., [Step::Event(Event::Removed)]).for_each(drop),
            _ => {}
        }
        for step in &mut steps {
            if let Step::Exchange(exchange) = step {
                exchange.elapsed_ms = Some(exchange.command.len() as f64 * 1.5);
            }
        }
        let texts = of_model(toml, &hex::encode_upper(header.atr.as_deref().unwrap()));
        header.id = Some(texts[0].clone());
        header.recorded = Some(format!("2026{}", texts[1]));
        header.expect.outcome = Some((*outcome).into());
        let line = ndjson::print(&Session { header, steps }) + "\n";
        let numbered = texts.iter().enumerate();
        let places = numbered.flat_map(|(n, text)| line.match_indices(text).map(move |m| (n, m.0)));
        Self { places: places.collect(), line, texts }
    }

    fn session(&self, number: u64) -> Vec<u8> {
        let texts = another(&self.texts, number);
        let mut line = self.line.clone().into_bytes();
        for (text, at) in &self.places {
            line[*at..*at + texts[*text].len()].copy_from_slice(texts[*text].as_bytes());
        }
        line
    }
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str, without: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.map_or(without, |at| arguments[at + 1].parse().unwrap())
    };
    let (first, count) = (option("--from", 0), option("--count", 1000));
    let templates: Vec<Template> = KINDS.iter().map(Template::new).collect();
    let many = |(kind, template): (&Kind, _)| std::iter::repeat_n(template, kind.0);
    let of_hundred: Vec<&Template> = KINDS.iter().zip(&templates).flat_map(many).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    for number in first..first + count {
        let kind = Random(!number).below(of_hundred.len());
        out.write_all(&of_hundred[kind].session(number))?;
    }
    out.flush()
}
