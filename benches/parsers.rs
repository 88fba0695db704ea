//! Readers of TLV side by side: each goes through every object of the same answers,
//! templates included, and counts them. Then the program's other paths of bytes.
//!
//! `cargo bench --manifest-path benches/Cargo.toml`; shown with their allocations.

use asn1_rs::FromBer as _;
use der::{Decode as _, Reader as _};
use divan::counter::{BytesCount, ItemsCount};
use divan::{AllocProfiler, Bencher, black_box};
use sscard::session::{Session, Step, text::Document};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    let objects = |name, count: fn(&[u8]) -> usize| {
        println!("{name:12} {} objects", answers().iter().map(|a| count(a)).sum::<usize>());
    };
    objects("sscard", sscard_tlv);
    objects("iso7816-tlv", iso7816_tlv);
    objects("flexiber", flexiber_tlv);
    objects("asn1-rs", asn1_rs_tlv);
    objects("der", der_tlv);
    divan::main();
}

const RECORDINGS: [&str; 2] = [
    include_str!("../fixtures/recorded/model-gen2.apdu"),
    include_str!("../fixtures/recorded/model-gen3.apdu"),
];

fn sessions() -> Vec<Session> {
    let parse = |text: &&str| Document::parse(text.as_bytes()).unwrap().session().unwrap();
    RECORDINGS.iter().map(parse).collect()
}

/// What two cards answered in BER: control information and records.
fn answers() -> Vec<Vec<u8>> {
    let steps = sessions().into_iter().flat_map(|session| session.steps);
    let answers = steps.filter_map(|step| match step {
        Step::Exchange(exchange) => exchange.response,
        _ => None,
    });
    let is_ber = |answer: &Vec<u8>| {
        matches!(answer.first(), Some(0x6F | 0x70 | 0x61)) && answer.ends_with(&[0x90, 0x00])
    };
    answers
        .filter(is_ber)
        .map(|mut a| {
            a.truncate(a.len() - 2);
            a
        })
        .collect()
}

fn sscard_tlv(bytes: &[u8]) -> usize {
    sscard::tlv::ber::walk(bytes).filter(Result::is_ok).count()
}

fn iso7816_tlv(bytes: &[u8]) -> usize {
    fn count(tlv: &iso7816_tlv::ber::Tlv) -> usize {
        1 + match tlv.value() {
            iso7816_tlv::ber::Value::Constructed(inner) => inner.iter().map(count).sum(),
            iso7816_tlv::ber::Value::Primitive(_) => 0,
        }
    }
    iso7816_tlv::ber::Tlv::parse_all(bytes).iter().map(count).sum()
}

fn flexiber_tlv(bytes: &[u8]) -> usize {
    let mut decoder = flexiber::Decoder::new(bytes);
    let mut count = 0;
    while !decoder.is_finished() {
        let Ok(object) = decoder.decode::<flexiber::TaggedSlice>() else { break };
        count += 1;
        if object.tag().constructed {
            count += flexiber_tlv(object.as_bytes());
        }
    }
    count
}

fn asn1_rs_tlv(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    while let Ok((rest, any)) = asn1_rs::Any::from_ber(bytes) {
        count += 1;
        if any.header.is_constructed() {
            count += asn1_rs_tlv(any.data);
        }
        bytes = rest;
    }
    count
}

fn der_tlv(bytes: &[u8]) -> usize {
    let Ok(mut reader) = der::SliceReader::new(bytes) else { return 0 };
    let mut count = 0;
    while !reader.is_finished() {
        let Ok(any) = der::asn1::AnyRef::decode(&mut reader) else { break };
        count += 1;
        if der::Tagged::tag(&any).is_constructed() {
            count += der_tlv(any.value());
        }
    }
    count
}

/// All answers, one after the other.
#[divan::bench(args = ["sscard", "iso7816-tlv", "flexiber", "asn1-rs", "der"])]
fn tlv(bencher: Bencher, reader: &str) {
    let count = match reader {
        "sscard" => sscard_tlv,
        "iso7816-tlv" => iso7816_tlv,
        "flexiber" => flexiber_tlv,
        "asn1-rs" => asn1_rs_tlv,
        _ => der_tlv,
    };
    let answers = answers();
    let bytes: usize = answers.iter().map(Vec::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| answers.iter().map(|answer| count(black_box(answer))).sum::<usize>());
}

/// The answer to reset of a social security card, taken apart.
#[divan::bench]
fn atr(bencher: Bencher) {
    let atr = hex::decode("3B6D000000815453548660500100010103").unwrap();
    bencher.counter(ItemsCount::new(1_usize)).bench(|| sscard::atr::decode(black_box(&atr)));
}

/// Sixteen KiB of bytes out of hex: by the crate that the program uses.
#[divan::bench]
fn hex_decode(bencher: Bencher) {
    let text = "0123456789ABCDEF".repeat(2048);
    bencher.counter(BytesCount::of_str(&text)).bench(|| hex::decode(black_box(&text)));
}

/// A name of ten characters out of GBK.
#[divan::bench]
fn gbk(bencher: Bencher) {
    let name = sscard::codec::text::encode("阿卜杜拉测试样本虚构").unwrap();
    bencher
        .counter(BytesCount::of_slice(&name))
        .bench(|| sscard::codec::text::decode(black_box(&name)));
}

/// A whole recording of a hundred exchanges: parsed, observed.
#[divan::bench]
fn recording(bencher: Bencher) {
    let text = RECORDINGS[0];
    bencher.counter(BytesCount::of_str(text)).bench(|| {
        let session = Document::parse(black_box(text.as_bytes())).unwrap().session().unwrap();
        sscard::observe::observe(&session)
    });
}
