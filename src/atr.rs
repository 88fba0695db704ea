//! The answer to reset, taken apart whole (ISO/IEC 7816-3:2006, 8). Total: any
//! bytes give an [`Atr`], and what is wrong with them is a finding. Whether a
//! social security card may answer so is not judged here.

mod finding;
mod interface;
mod parameters;
mod social_security;

pub use finding::AtrFinding;
pub use interface::{InterfaceByte, Letter};
pub use parameters::{BlockParameters, ClockAndClass, ClockStop, ErrorDetection, SpecificMode};
pub use social_security::SocialSecurityLayout;

use interface::Interface;

/// At most 32 characters follow TS (ISO/IEC 7816-3:2006, 8.2.1).
const MAX_LENGTH: usize = 33;

/// How bits are coded, by TS (8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Convention {
    /// `3B`.
    Direct,
    /// `3F`.
    Inverse,
    /// Any other TS, or none.
    Unknown,
}

/// The check character (8.2.5): the exclusive or of all bytes from T0 to TCK is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tck {
    /// TCK as sent; `None` where none is due, or where it is missing.
    pub present: Option<u8>,
    /// TCK as computed; `None` where none is due, or where bytes before it are
    /// missing.
    pub expected: Option<u8>,
    /// Whether it is there and right; `None` where none is due (only T=0).
    pub valid: Option<bool>,
}

/// An answer to reset. Where an interface byte is absent, its parameter has the
/// standard's default; where it holds a reserved value, `None`.
#[derive(Clone, PartialEq, Eq)]
pub struct Atr {
    /// The whole answer, TS first.
    pub bytes: Vec<u8>,
    /// By TS.
    pub convention: Convention,
    /// TA1, TB1 … in the order of sending.
    pub interface_bytes: Vec<InterfaceByte>,
    /// The protocols offered, each once, in order: `0` for T=0, `1` for T=1. `[0]`
    /// where none is named; T=15 is no protocol and not listed.
    pub protocols: Vec<u8>,
    /// Fi, the clock rate conversion integer (TA1), in clock cycles.
    pub fi: Option<u16>,
    /// Di, the baud rate adjustment integer (TA1).
    pub di: Option<u8>,
    /// The highest clock frequency (TA1), in kHz.
    pub f_max_khz: Option<u16>,
    /// N, the extra guard time (TC1), as sent: 0 to 254 in etu, 255 for none.
    pub guard_time: u8,
    /// TA2; `None`: negotiable mode.
    pub specific_mode: Option<SpecificMode>,
    /// WI, the waiting time integer of T=0 (TC2).
    pub waiting_integer: u8,
    /// Parameters of T=1; `None` where T=1 is not offered.
    pub block: Option<BlockParameters>,
    /// Clock stop and classes of operating conditions (first TA for T=15).
    pub clock_and_class: Option<ClockAndClass>,
    /// The historical bytes, as many as there are.
    pub historical: Vec<u8>,
    /// The check character.
    pub tck: Tck,
    /// Whether interface or historical bytes are missing.
    pub truncated: bool,
    /// What follows the end of the answer.
    pub trailing: Vec<u8>,
    /// Whether this is what PC/SC makes of a contactless card: `3B 8n 80 01`,
    /// historical bytes, TCK (PC/SC part 3, 3.1.3.2.3). A contact card that
    /// offers T=0 and T=1 may look the same.
    pub contactless: bool,
    /// What is wrong with it.
    pub findings: Vec<AtrFinding>,
}

impl std::fmt::Debug for Atr {
    /// No raw bytes: the historical ones hold the serial number of the card.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Atr")
            .field("bytes", &self.bytes.len())
            .field("protocols", &self.protocols)
            .field("historical", &self.historical.len())
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

/// Takes an answer to reset apart, TS first, as a PC/SC reader gives it.
#[must_use]
pub fn decode(bytes: &[u8]) -> Atr {
    let mut findings = Vec::new();
    let convention = match bytes.first() {
        Some(0x3B) => Convention::Direct,
        Some(0x3F) => Convention::Inverse,
        Some(other) => {
            findings.push(AtrFinding::BadTs(*other));
            Convention::Unknown
        }
        None => Convention::Unknown,
    };
    let interface = Interface::read(bytes);
    let body = bytes.get(interface.length..).unwrap_or_default();
    let (historical, behind) = body.split_at_checked(interface.historical).unwrap_or((body, &[]));
    // Interface bytes that are missing are announced like historical ones.
    let needed = interface.length.saturating_add(interface.missing);
    let announced = needed.saturating_add(interface.historical);
    let truncated = announced > bytes.len();
    if truncated {
        let expected = announced.saturating_add(usize::from(interface.tck_due()));
        findings.push(AtrFinding::Truncated { expected, present: bytes.len() });
    }
    let (tck, trailing) = check(bytes, behind, interface.tck_due(), truncated, &mut findings);
    if bytes.len() > MAX_LENGTH {
        findings.push(AtrFinding::TooLong(bytes.len()));
    }
    findings.extend(parameters::reserved(&interface.bytes));
    let conversion = interface.value(1, Letter::A).unwrap_or(parameters::DEFAULT_TA1);
    let (fi, f_max_khz) = parameters::clock_rate_conversion(conversion).unzip();
    Atr {
        bytes: bytes.to_vec(),
        convention,
        protocols: interface.protocols(),
        fi,
        di: parameters::baud_rate_adjustment(conversion),
        f_max_khz,
        guard_time: interface.value(1, Letter::C).unwrap_or(0),
        specific_mode: interface.value(2, Letter::A).map(SpecificMode::from_ta2),
        waiting_integer: interface.value(2, Letter::C).unwrap_or(parameters::DEFAULT_WI),
        block: BlockParameters::of(&interface),
        clock_and_class: interface.first(15, Letter::A).map(ClockAndClass::from_ta),
        historical: historical.to_vec(),
        tck,
        truncated,
        trailing: trailing.to_vec(),
        contactless: matches!(bytes, [0x3B, 0x80..=0x8F, 0x80, 0x01, ..]),
        interface_bytes: interface.bytes,
        findings,
    }
}

/// Looks for TCK in what follows the historical bytes; the rest is trailing.
fn check<'a>(
    bytes: &[u8],
    behind: &'a [u8],
    due: bool,
    truncated: bool,
    findings: &mut Vec<AtrFinding>,
) -> (Tck, &'a [u8]) {
    let checked = bytes.len().saturating_sub(behind.len());
    let sum = bytes.get(1..checked).unwrap_or_default().iter().fold(0, |sum, byte| sum ^ byte);
    let none = Tck { present: None, expected: None, valid: None };
    let (tck, trailing) = match (due, truncated, behind) {
        (true, true, _) => (Tck { valid: Some(false), ..none }, behind),
        (true, false, []) => {
            findings.push(AtrFinding::MissingTck { expected: sum });
            (Tck { present: None, expected: Some(sum), valid: Some(false) }, behind)
        }
        (true, false, [tck, rest @ ..]) => {
            if *tck != sum {
                findings.push(AtrFinding::WrongTck { expected: sum, present: *tck });
            }
            let valid = Some(*tck == sum);
            (Tck { present: Some(*tck), expected: Some(sum), valid }, rest)
        }
        (false, _, [tck]) if *tck == sum => {
            findings.push(AtrFinding::UnexpectedTck);
            return (none, behind);
        }
        (false, ..) => (none, behind),
    };
    if !trailing.is_empty() {
        findings.push(AtrFinding::Trailing(trailing.len()));
    }
    (tck, trailing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(hex: &str) -> Atr {
        decode(&hex::decode(hex.replace(' ', "")).unwrap())
    }

    fn findings(hex: &str) -> Vec<String> {
        decoded(hex).findings.iter().map(ToString::to_string).collect()
    }

    /// An invented social security card on its contacts.
    const CONTACT: &str = "3B6D0000 0081544353 8660 5001 00000005";

    #[test]
    fn reads_the_usual_card_on_contacts() {
        let atr = decoded(CONTACT);
        assert_eq!((atr.protocols.as_slice(), atr.fi, atr.di), (&[0][..], Some(372), Some(1)));
        assert_eq!((atr.guard_time, atr.waiting_integer, atr.f_max_khz), (0, 10, Some(5000)));
        assert_eq!(atr.tck, Tck { present: None, expected: None, valid: None });
        assert_eq!((atr.historical.len(), atr.contactless), (13, false));
        let names: Vec<_> = atr.interface_bytes.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["TB1=00", "TC1=00"]);
        assert!(atr.findings.is_empty() && atr.block.is_none() && atr.clock_and_class.is_none());
    }

    #[test]
    fn reads_the_same_card_through_the_air() {
        let atr = decoded("3B8D8001 008154535486605000000000056D");
        assert!(atr.contactless && atr.findings.is_empty());
        assert_eq!(atr.tck, Tck { present: Some(0x6D), expected: Some(0x6D), valid: Some(true) });
        assert_eq!(atr.protocols, [0, 1]);
        let (ifsc, bwi, cwi) = (32, 4, 13);
        let edc = ErrorDetection::Lrc;
        assert_eq!(atr.block, Some(BlockParameters { ifsc, bwi, cwi, edc }));
    }

    #[test]
    fn reads_clock_stop_and_class() {
        let atr = decoded("3B9D95 801F03 00815443538660500100000005 E3");
        assert_eq!(atr.protocols, [0]);
        let expected = ClockAndClass { clock_stop: ClockStop::NotSupported, classes: 3 };
        assert_eq!(atr.clock_and_class, Some(expected));
        assert_eq!((atr.fi, atr.di, atr.tck.valid), (Some(512), Some(16), Some(true)));
        assert!(atr.findings.is_empty(), "{:?}", atr.findings);
    }

    #[test]
    fn reads_a_card_of_blocks() {
        // A public OpenPGP card: T=1 and T=15.
        let atr = decoded("3BDA18FF81B1FE751F03 0031C573C00140009000 0C");
        assert_eq!((atr.protocols.as_slice(), atr.di), (&[1][..], Some(12)));
        let (ifsc, bwi, cwi, edc) = (0xFE, 7, 5, ErrorDetection::Lrc);
        assert_eq!(atr.block, Some(BlockParameters { ifsc, bwi, cwi, edc }));
        assert_eq!(atr.guard_time_etu(), 11);
        assert_eq!(atr.tck.valid, Some(true));
    }

    #[test]
    fn reads_the_specific_mode_and_waiting_time() {
        let atr = decoded("3B90944014");
        assert_eq!((atr.waiting_integer, atr.work_waiting_time_etu()), (20, Some(960 * 8 * 20)));
        let atr = decoded("3B801091");
        let expected = SpecificMode { protocol: 1, can_change: false, implicit: true };
        assert_eq!(atr.specific_mode, Some(expected));
    }

    #[test]
    fn finds_what_is_missing_or_too_many() {
        assert_eq!(findings(""), ["truncated: at least 2 bytes announced, 0 present"]);
        assert_eq!(findings("3B"), ["truncated: at least 2 bytes announced, 1 present"]);
        assert_eq!(findings("3B6D00"), ["truncated: at least 17 bytes announced, 3 present"]);
        assert_eq!(findings("3B8180"), ["truncated: at least 5 bytes announced, 3 present"]);
        assert_eq!(findings("3B8101"), ["truncated: at least 5 bytes announced, 3 present"]);
        assert_eq!(findings("3B02 4142 4344"), ["2 bytes behind the end"]);
        assert_eq!(findings("3B81 01 55"), ["TCK is missing, D5 expected"]);
        let long = findings(&format!("3B00{}", "41".repeat(32)));
        assert_eq!(long, ["32 bytes behind the end", "34 bytes long, 33 allowed"]);
    }

    #[test]
    fn finds_what_is_wrong() {
        assert_eq!(findings("3C00"), ["TS is 3C, neither 3B nor 3F"]);
        assert_eq!(findings("3B81 01 55 D4"), ["TCK is D4, D5 expected"]);
        let unexpected = decoded("3B02 4142 01");
        assert_eq!(unexpected.findings, [AtrFinding::UnexpectedTck]);
        assert_eq!((unexpected.trailing, unexpected.tck.valid), (vec![0x01], None));
        let reserved = ["TA1 has the reserved FI 7", "TA1 has the reserved DI 0"];
        assert_eq!(findings("3B1070"), reserved);
        assert_eq!((decoded("3B1070").fi, decoded("3B1070").di), (None, None));
        assert_eq!(findings("3B804000"), ["TC2=00 has a reserved value"]);
    }

    #[test]
    fn takes_the_historical_bytes_of_a_social_security_card_apart() {
        let layout = decoded(CONTACT).social_security().unwrap();
        assert_eq!((layout.chip_maker, layout.card_maker), ([0x00, 0x81], [0x86, 0x60]));
        assert_eq!((layout.cos, layout.region), ([0x54, 0x43, 0x53], [0x50, 0x01]));
        assert_eq!(layout.serial, [0, 0, 0, 5]);
        assert_eq!(decoded("3B00").social_security(), None);
        // Cut short: what is there cannot be told apart.
        assert_eq!(decoded("3B6D0000 0081544353").social_security(), None);
    }

    #[test]
    fn debug_shows_no_serial_number() {
        let atr = decoded("3B6D0000 0081544353 8660 5001 DEADBEEF");
        let shown = format!("{atr:?} {:?}", atr.social_security()).to_lowercase();
        assert!(!shown.contains("dead") && !shown.contains("222") && !shown.contains("239"));
    }
}
