//! Completes answers: `61xx` by GET RESPONSE, `6Cxx` by sending the command
//! again with the length that the card names (ISO/IEC 7816-4, 5.3.4 and 5.6).

use super::{Card, Transmit, TransportError};
use crate::apdu::{Command, Response};
use crate::session::{Interface, Protocol, Reset};

/// A broken card may answer `61xx` forever. 256 rounds carry 64 KiB, far more
/// than any file on these cards.
const MAX_ROUNDS: usize = 256;
const MAX_BYTES: usize = 64 * 1024;

/// A card that has shown one chain without an end is not followed so far again:
/// over a wire each such chain takes seconds.
const ROUNDS_AFTER_THAT: usize = 8;

/// Follows `61xx` and `6Cxx`, and gives back the whole answer as one.
///
/// At the bound (256 further commands, 64 KiB), or where what is to follow may not
/// leave, it gives back what came, with the status word that came last. A `6Cxx`
/// that follows the correction of the same command is given back as it is. After
/// the first chain that reached the bound it is lower.
pub struct GetResponse<C> {
    inner: C,
    rounds: usize,
}

impl<C> GetResponse<C> {
    /// Completes the answers of a card.
    pub fn new(inner: C) -> Self {
        Self { inner, rounds: MAX_ROUNDS }
    }

    /// The card below.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    /// The card below, to change its settings.
    pub fn inner_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// The card below, with raw answers.
    pub fn into_inner(self) -> C {
        self.inner
    }
}

impl<C: Transmit> Transmit for GetResponse<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut sent = command.to_vec();
        let mut corrected = false;
        let mut whole = Vec::new();
        let mut answer = self.inner.transmit(command)?;
        for round in 1..=self.rounds {
            let Some(response) = Response::parse(&answer) else { break };
            let mut part: &[u8] = &[];
            let next = match response.sw.sw1() {
                0x61 if whole.len() < MAX_BYTES => {
                    corrected = false;
                    part = response.data;
                    get_response(command, response.sw.sw2())
                }
                0x6C if !corrected => {
                    corrected = true;
                    with_length(&sent, response.sw.sw2())
                }
                _ => None,
            };
            let Some(next) = next else { break };
            let following = match self.inner.transmit(&next) {
                // A card cannot make the program send what it may not: the wish stays
                // the answer.
                Err(TransportError::Refused(_)) => break,
                answer => answer?,
            };
            whole.extend_from_slice(part);
            answer = following;
            sent = next;
            if round == MAX_ROUNDS {
                self.rounds = ROUNDS_AFTER_THAT;
            }
        }
        whole.append(&mut answer);
        Ok(whole)
    }
}

/// GET RESPONSE on the logical channel of the command that it completes
/// (ISO/IEC 7816-4, 5.4.1: four channels in bits 1 and 2, sixteen more in bits 1
/// to 4 of a class with bit 7).
fn get_response(command: &[u8], length: u8) -> Option<Vec<u8>> {
    let class = *command.first()?;
    let channel = if class & 0x40 == 0 { class & 0x03 } else { class & 0x4F };
    Some(vec![channel, 0xC0, 0x00, 0x00, length])
}

/// The same command with another Le; `None` for one that has no short form.
fn with_length(command: &[u8], length: u8) -> Option<Vec<u8>> {
    let command = Command::parse(command).ok()?;
    let mut bytes = command.header().to_vec();
    if !command.data.is_empty() {
        bytes.push(u8::try_from(command.data.len()).ok()?);
        bytes.extend_from_slice(command.data);
    }
    bytes.push(length);
    Some(bytes)
}

impl<C: Card> Card for GetResponse<C> {
    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }

    fn interface(&self) -> Interface {
        self.inner.interface()
    }

    fn protocol(&self) -> Protocol {
        self.inner.protocol()
    }

    fn reset(&mut self, kind: Reset) -> Result<(), TransportError> {
        self.inner.reset(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers in order; says what it was sent.
    struct Script {
        answers: Vec<&'static str>,
        sent: Vec<String>,
    }

    impl Transmit for Script {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
            self.sent.push(hex::encode_upper(command));
            // The last answer repeats, as a broken card does.
            let next = match self.answers.len() {
                1 => self.answers[0],
                _ => self.answers.remove(0),
            };
            if next == "gone" {
                return Err(TransportError::Removed);
            }
            Ok(hex::decode(next).unwrap())
        }
    }

    /// The first word is the command, the others are the answers. Gives the
    /// whole answer, then what was sent after the command.
    fn play(script: &'static str) -> (Result<String, TransportError>, String) {
        let mut words = script.split(' ');
        let command = hex::decode(words.next().unwrap()).unwrap();
        let inner = Script { answers: words.collect(), sent: Vec::new() };
        let mut card = GetResponse::new(inner);
        let answer = card.transmit(&command).map(hex::encode_upper);
        (answer, card.into_inner().sent[1..].join(" "))
    }

    fn answer(script: &'static str) -> String {
        play(script).0.unwrap()
    }

    #[test]
    fn fetches_what_waits_and_joins_it() {
        assert_eq!(answer("00B2010400 9000"), "9000");
        assert_eq!(play("80CA9F7F 6102 AABB9000"), (Ok("AABB9000".into()), "00C0000002".into()));
        assert_eq!(
            play("00B2010400 116102 226100 339000"),
            (Ok("1122339000".into()), "00C0000002 00C0000000".into())
        );
        assert_eq!(answer("00A4040000 6105 6F00"), "6F00");
        assert_eq!(play("02B2010400 6101 AA9000").1, "02C0000001");
        assert_eq!(play("C3B2010400 6101 AA9000").1, "43C0000001");
        assert_eq!(play("00B2010400 6102 gone").0, Err(TransportError::Removed));
    }

    #[test]
    fn sends_again_with_the_length_the_card_names() {
        assert_eq!(play("00B2012D00 6C02 AABB9000"), (Ok("AABB9000".into()), "00B2012D02".into()));
        assert_eq!(play("00A4000002EF05 6C02 AABB9000").1, "00A4000002EF0502");
        assert_eq!(play("00A4000002EF0500 6C02 AABB9000").1, "00A4000002EF0502");
        assert_eq!(play("00B2012D 6C02 AABB9000").1, "00B2012D02");
        assert_eq!(play("00B00000000000 6C02 AABB9000").1, "00B0000002");
        let over_both = play("00A4000002EF05 6110 6C02 AABB9000");
        assert_eq!(over_both, (Ok("AABB9000".into()), "00C0000010 00C0000002".into()));
    }

    #[test]
    fn a_broken_card_comes_to_an_end() {
        assert_eq!(play("00B2012D00 6C02 6C03 9000"), (Ok("6C03".into()), "00B2012D02".into()));
        let (endless, sent) = play("00B2012D00 AA6101");
        assert_eq!(endless.unwrap(), format!("{}6101", "AA".repeat(257)));
        assert_eq!(sent.split(' ').count(), 256);
        // Whoever asks again gets it sooner.
        let inner = Script { answers: vec!["AA6101"], sent: Vec::new() };
        let mut card = GetResponse::new(inner);
        for rounds in [256, 8, 8] {
            card.inner_mut().sent.clear();
            assert_eq!(card.transmit(&[0x00, 0xB2, 0x01, 0x2D, 0x00]).unwrap().len(), rounds + 3);
            assert_eq!(card.inner().sent.len(), rounds + 1);
        }
        assert_eq!(answer("00B2012D00 90"), "90");
        assert_eq!(play("01 6101 9000"), (Ok("9000".into()), "01C0000001".into()));
    }
}
