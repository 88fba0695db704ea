//! Any bytes into every function that reads them: no panic, bounded, and what was
//! written is read again.

#![expect(clippy::arithmetic_side_effects, reason = "in a test, that is a failure with its place")]

use proptest::collection::vec;
use proptest::prelude::*;
use sscard::codec::{bcd, card_number, date, identity, text};
use sscard::tlv::{MAX_DEPTH, ber, simple};
use sscard::{atr, codec::date::CardDate};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    // Besides anything at all, bytes that make tags, templates and lengths likely.
    let likely = prop_oneof![Just(0x61), Just(0x6F), Just(0x9F), Just(0x81), Just(0xFF), 0..6u8];
    prop_oneof![vec(any::<u8>(), 0..300), vec(likely, 0..300)]
}

fn address(slice: &[u8]) -> usize {
    slice.as_ptr().addr()
}

#[test]
fn every_character_comes_back() {
    let mut others = 0;
    for character in '\0'..=char::MAX {
        let written = character.to_string();
        let read = text::encode(&written).and_then(|bytes| text::decode(&bytes));
        if read.as_ref() != Ok(&written) {
            assert!(text::has_private_use(&written), "U+{:04X}", u32::from(character));
            others += 1;
        }
    }
    // U+E5E5 has no code; 18 share theirs with the character that Unicode got later.
    assert_eq!(others, 19);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn text_is_read_to_the_first_bad_byte(bytes in bytes()) {
        match text::decode(&bytes) {
            Ok(text) => prop_assert!(text.len() <= bytes.len() * 3),
            Err(error) => {
                prop_assert!(error.position < bytes.len());
                prop_assert!(text::decode(&bytes[..error.position]).is_ok());
            }
        }
        let short = text::unpad(&bytes);
        prop_assert!(bytes.starts_with(short) && text::unpad(short) == short);
        prop_assert!(!text::is_blank(&bytes) || short.is_empty());
    }

    #[test]
    fn text_comes_back(written in "(?:\\PC|\\p{Han}|[ -~]){0,40}") {
        prop_assume!(!text::has_private_use(&written));
        let bytes = text::encode(&written).unwrap();
        prop_assert_eq!(text::decode(&bytes).unwrap(), written.as_str());
        let padded = [bytes.as_slice(), &[0x00, 0xFF, 0x20]].concat();
        prop_assert_eq!(text::unpad(&padded), text::encode(written.trim_end_matches([' ', '\0'])).unwrap());
    }

    #[test]
    fn digits_come_back(written in "[0-9]{0,40}") {
        let bytes = bcd::encode(&written).unwrap();
        prop_assert_eq!(bytes.len(), written.len().div_ceil(2));
        prop_assert_eq!(bcd::digits(&bytes).unwrap(), written);
    }

    #[test]
    fn any_bytes_are_digits_or_an_error_in_place(bytes in bytes(), day in any::<[u8; 4]>()) {
        match bcd::digits(&bytes) {
            Ok(digits) => prop_assert!(bytes.starts_with(&bcd::encode(&digits).unwrap())),
            Err(error) => prop_assert!(error.position < bytes.len()),
        }
        if let Err(error) = date::decode(&bytes) {
            prop_assert!(error.position <= bytes.len());
        }
        if let Ok(CardDate::Day(read)) = date::decode(&day) {
            let digits = format!("{:04}{:02}{:02}", read.year(), read.month(), read.day());
            prop_assert_eq!(bcd::encode(&digits).unwrap(), day);
        }
    }

    #[test]
    fn every_day_comes_back(days in 0..36_500i32) {
        let day = jiff::civil::date(1950, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let digits = format!("{:04}{:02}{:02}", day.year(), day.month(), day.day());
        let decoded = date::decode(&bcd::encode(&digits).unwrap());
        prop_assert_eq!(decoded, Ok(CardDate::Day(day)));
    }

    #[test]
    fn any_text_is_a_number_or_none(text in any::<String>(), like in "[0-9A-Zx卡é]{0,20}") {
        for text in [&text, &like] {
            if let Err(error) = identity::parse(text) {
                prop_assert!(error.position <= text.len());
            }
            let _ = (identity::check_character(text), card_number::is_valid(text));
            let _ = (card_number::check_character(text), bcd::encode(text), text::encode(text));
        }
    }

    #[test]
    fn a_changed_digit_is_noticed(first_17 in "[1-9][0-9]{5}19[5-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", at in 0..17usize, by in 1..10u8) {
        let check = identity::check_character(&first_17).unwrap();
        let number = format!("{first_17}{check}");
        prop_assert!(identity::parse(&number).is_ok());
        let mut changed = number.into_bytes();
        changed[at] = (changed[at] - b'0' + by) % 10 + b'0';
        prop_assert!(identity::parse(&String::from_utf8(changed).unwrap()).is_err());
    }

    #[test]
    fn card_numbers_fit_by_one_character(first_8 in "[0-9A-Z]{8}") {
        let fits = |last: &char| card_number::is_valid(&format!("{first_8}{last}"));
        let fitting: Vec<_> = ('0'..='z').filter(fits).collect();
        prop_assert_eq!(fitting, [card_number::check_character(&first_8).unwrap()]);
    }

    #[test]
    fn a_walk_is_bounded_and_in_place(bytes in bytes()) {
        let items: Vec<_> = ber::walk(&bytes).collect();
        prop_assert!(items.len() <= bytes.len());
        for (depth, object) in items.into_iter().flatten() {
            prop_assert!(depth < MAX_DEPTH);
            prop_assert!(object.offset < object.value_offset);
            prop_assert_eq!(address(object.value), address(&bytes) + object.value_offset);
        }
        let _ = ber::find(&bytes, &[0x61, 0x61]);
    }

    #[test]
    fn a_reader_ends_after_an_error(bytes in bytes()) {
        let items: Vec<_> = ber::Reader::new(&bytes).collect();
        let first_error = items.iter().position(Result::is_err);
        prop_assert!(first_error.is_none_or(|at| at + 1 == items.len()));
    }

    #[test]
    fn records_are_read_whole(bytes in bytes()) {
        let mut reader = simple::Reader::new(&bytes);
        let mut end = 0;
        for item in reader.by_ref() {
            let padding = &bytes[end..item.offset];
            prop_assert!(padding.iter().all(|byte| matches!(byte, 0x00 | 0xFF)));
            prop_assert_eq!(address(item.value), address(&bytes) + item.offset + 2);
            prop_assert!(item.value.len() == item.declared || item.is_truncated());
            end = item.offset + 2 + item.value.len();
        }
        prop_assert!(reader.leftover().len() <= 1);
    }

    #[test]
    fn any_bytes_are_an_atr(bytes in bytes()) {
        let atr = atr::decode(&bytes);
        prop_assert_eq!(&atr::decode(&atr.bytes), &atr);
        prop_assert!(atr.interface_bytes.len() <= bytes.len() && !atr.protocols.is_empty());
        prop_assert!(bytes.ends_with(&atr.trailing));
        let _ = (atr.social_security(), atr.guard_time_etu(), atr.work_waiting_time_etu());
        for finding in &atr.findings {
            prop_assert!(!finding.to_string().is_empty());
        }
    }
}
