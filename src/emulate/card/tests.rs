//! Sessions with built-in cards, written as they cross the wire.

use super::*;

fn card(name: &str) -> VirtualCard {
    VirtualCard::new(Model::parse(crate::emulate::builtin(name).unwrap()).unwrap())
}

/// Sends each command and compares the answer; spaces are free.
fn assert_session(card: &mut VirtualCard, lines: &[(&str, &str)]) {
    for (command, expected) in lines {
        let bytes = hex::decode(command.replace(' ', "")).unwrap();
        let answer = hex::encode_upper(card.transmit(&bytes).unwrap());
        assert_eq!(answer, expected.replace(' ', ""), "answer to {command}");
    }
}

const SSSE: &str = "00A40400 0F 7378312E73682EC9E7BBE1B1A3D5CF";

#[test]
fn first_generation_gives_records_one_at_a_time() {
    assert_session(
        &mut card("gen1"),
        &[
            (SSSE, "6118"),
            ("00C00000 18", "6F16 840F 7378312E73682EC9E7BBE1B1A3D5CF A503 880110 9000"),
            ("00A40200 02 EF05", "9000"),
            ("00B20104 00", "6C12"),
            ("00B20104 12", "0110 500103D156000005000101013A5C7E91 9000"),
            ("00B20304 06", "0304 312E3030 9000"),
            ("00B20804 00", "6A83"),
            ("00B2012D 40", "6A86"),
            (
                "00B20930 20",
                "091E B2E2CAD4BCD7 000000000000000000000000000000000000000000000000 9000",
            ),
            ("00B24E30 16", "6A83"),
            ("00A40200 02 EF08", "6A82"),
        ],
    );
}

#[test]
fn second_generation_protects_what_the_standard_protects() {
    assert_session(
        &mut card("gen2"),
        &[
            (SSSE, "611E"),
            (
                "00C00000 1E",
                "6F1C 840F 7378312E73682EC9E7BBE1B1A3D5CF A509 88011E 9F0C03860101 9000",
            ),
            ("00C00000 1E", "6F00"),
            ("00B20A30 03", "0A0132 9000"),
            ("00B0 8700 10", "6982"),
            ("00B0 8800 10", "6982"),
            ("00A40400 06 D15600000500", "610A"),
            ("00C00000 0A", "6F08 8406 D15600000500 9000"),
            ("00B22028 04", "6982"),
            ("00A40000 02 EF16", "9000"),
            ("00B00000 04", "00000000 9000"),
            ("00A40000 02 DF04", "610A"),
            ("00A40000 02 DDF1", "611E"),
            ("00A40000 02 DF07", "610A"),
            ("00A40000 02 3F00", "9000"),
            ("00A40000 02 DF07", "6A82"),
        ],
    );
}

#[test]
fn whole_files_have_the_sizes_of_the_standard() {
    for (name, basic, holder) in [("gen1", 64, 69), ("gen2", 64, 91), ("unissued", 64, 91)] {
        let card = card(name);
        let ssse = card.model.dfs.first().unwrap();
        for (ef, size) in ssse.efs.iter().zip([basic, holder]) {
            let super::super::model::Content::Records(records) = &ef.content else {
                panic!("{name}: EF05 and EF06 hold records");
            };
            let bytes: usize = records.iter().map(|record| record.bytes.len()).sum();
            assert_eq!(bytes, size, "{name} {:04X?}", ef.fid);
        }
    }
    let mut card = card("gen3");
    assert_session(&mut card, &[(SSSE, "611E"), ("00B2012D 00", "6C40"), ("00B20135 00", "6982")]);
    let whole = card.transmit(&[0x00, 0xB2, 0x01, 0x2D, 0x40]).unwrap();
    assert_eq!((whole.len(), whole.first()), (66, Some(&0x01)));
    let backwards = card.transmit(&[0x00, 0xB2, 0x06, 0x2E, 0x11]).unwrap();
    assert_eq!(
        hex::encode_upper(backwards),
        "0709543030303031303339060420991231 9000".replace(' ', "")
    );
}

#[test]
fn contactless_card_answers_at_once() {
    assert_session(
        &mut card("gen3-contactless"),
        &[
            (
                "00A40400 0F 7378312E73682EC9E7BBE1B1A3D5CF 00",
                "6F19 840F 7378312E73682EC9E7BBE1B1A3D5CF A506 9F0C03860103 9000",
            ),
            (SSSE, "9000"),
            ("00B2032C 00", "0304 332E3030 9000"),
            ("00B2032C 40", "6C06"),
            ("00B20830 14", "6982"),
            (
                "00A40400 0E 325041592E5359532E4444463031 00",
                "6F30 840E 325041592E5359532E4444463031 A51E BF0C1B 6119 4F08A000000333010101 \
                 500A 54455354204445424954 870101 9000",
            ),
            ("00A40400 08 A000000632010105", "9000"),
            ("805C0302 04", "00001388 9000"),
            ("805C0502 04", "6A88"),
            (
                "00B09500 00",
                "9999500100000000 02 01 03199950010000000104 20220715 20481231 0000 9000",
            ),
            ("00B0951C 08", "0000 6282"),
            ("00B0951E 01", "6B00"),
        ],
    );
}

#[test]
fn records_are_found_by_identifier() {
    assert_session(
        &mut card("gen2"),
        &[
            (SSSE, "611E"),
            ("00B20D30 06", "0D04 19920721 9000"),
            ("00B20033 05", "0C03 500105 9000"),
            ("00B20032 06", "0D04 19920721 9000"),
            ("00B20032 06", "6A83"),
            ("00B20004 06", "0D04 19920721 9000"),
            ("00B20831 14", "0812 353030313035313939323037323130303239 9000"),
            ("00B28030 03", "6A83"),
            ("00B201F7 00", "6A86"),
            ("00B201FC 00", "6A86"),
            ("00B2019C 00", "6A82"),
        ],
    );
}

#[test]
fn a_blocked_application_blocks_itself_only() {
    assert_session(
        &mut card("ssse-blocked"),
        &[
            (SSSE, "9303"),
            ("00A40200 02 EF05", "9303"),
            ("00B2012D 40", "9303"),
            ("00840000 08", "9303"),
            ("00A40400 08 A000000333010101", "6122"),
            ("80CA9F36 05", "9F36020012 9000"),
            ("80CA9F36 00", "6C05"),
            ("80CA9F79 00", "6A88"),
        ],
    );
    assert_session(
        &mut card("card-blocked"),
        &[(SSSE, "6A81"), ("00840000 08", "6A81"), ("00", "6A81")],
    );
}

#[test]
fn other_cards_are_told_apart() {
    assert_session(&mut card("bank-card"), &[(SSSE, "6A82"), ("00A40000 02 DDF1", "6A82")]);
    assert_session(&mut card("psam"), &[(SSSE, "6113"), ("00A40400 06 D15600000590", "610A")]);
    assert_session(
        &mut card("gen3"),
        &[
            ("00A40400 0C 504B492EC9E7BBE1B1A3D5CF", "6110"),
            ("00A40000 02 DF01", "6110"),
            ("00A40000 02 0018", "9000"),
            ("00B003E8 00", "0000000000000000000000000000000000000000 9000"),
        ],
    );
}

#[test]
fn every_secret_is_a_wrong_one_and_counts() {
    let mut tested = card("gen2");
    assert_session(
        &mut tested,
        &[
            ("00200000", "6A88"),
            (SSSE, "611E"),
            ("00200000", "63C6"),
            ("0020000000", "63C6"),
            ("00200000 03 123456", "63C5"),
            ("805E0100 05 1234FF5678", "63C4"),
            ("00820000 10 00112233445566778899AABBCCDDEEFF", "6984"),
        ],
    );
    let challenge = |card: &mut VirtualCard| card.transmit(&[0x00, 0x84, 0, 0, 8]).unwrap();
    let first = challenge(&mut tested);
    assert_ne!(first, challenge(&mut tested));
    assert_eq!(first, challenge(&mut card("gen2")));
    let external = ("0082000A 10 00112233445566778899AABBCCDDEEFF", "63C2");
    assert_session(&mut tested, &[external, ("008400000B", "6700")]);
    tested.reset(Reset::Warm).unwrap();
    assert_session(
        &mut tested,
        &[("00A40000 02 DF01", "6A82"), (SSSE, "611E"), ("00200000", "63C4")],
    );
    assert_session(&mut card("unissued"), &[(SSSE, "611B"), ("00200000", "9000")]);
}

#[test]
fn commands_out_of_place_get_the_status_word_of_the_standard() {
    assert_session(
        &mut card("gen2"),
        &[
            (SSSE, "611E"),
            ("00C00000 08", "6F1C840F7378312E 6116"),
            ("00C00000 00", "6C16"),
            ("00C00000 16", "73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860101 9000"),
            ("00B20104 12", "6986"),
            ("00B0 8500 10", "6981"),
            ("00B2013C 10", "6981"),
            ("00A40C00 02 EF05", "6A86"),
            ("00A40200 01 EF", "6700"),
            ("00FE0000", "6D00"),
            ("B0260001 04", "6982"),
            ("A0A40000 02 3F00", "6E00"),
            ("00A4", "6700"),
            ("00B00000000000", "6700"),
        ],
    );
}

#[test]
fn a_mute_card_answers_nothing() {
    let mut mute = card("mute");
    assert_eq!(mute.atr().len(), 17);
    assert_eq!(mute.transmit(&[0, 0x84, 0, 0, 8]), Err(TransportError::Timeout));
}
