//! Which reader: never a guess.

use super::{ConnectOptions, ReaderState, ReaderStatus};
use crate::transport::TransportError;

/// The reader that the options mean.
///
/// A name that is given whole decides at once; else it is a part of one name
/// only. Without a name it is the one reader that holds a card. Where several fit,
/// the interface, if given, leaves those of its side. A reader that cannot be used
/// is none.
pub(super) fn choose<'a>(
    readers: &'a [ReaderState],
    options: &ConnectOptions,
) -> Result<&'a ReaderState, TransportError> {
    let name = options.reader.as_deref();
    let usable = || readers.iter().filter(|reader| reader.status != ReaderStatus::Unavailable);
    if let Some(exact) = usable().find(|reader| Some(reader.name.as_str()) == name) {
        return with_card(exact);
    }
    let mut fitting: Vec<&ReaderState> =
        usable().filter(|reader| reader.name.contains(name.unwrap_or_default())).collect();
    if fitting.is_empty() {
        return Err(TransportError::NoReader);
    }
    if name.is_none() {
        fitting.retain(|reader| reader.status.holds_card());
    }
    if let Some(side) = options.interface
        && (fitting.len() > 1 || name.is_none())
    {
        fitting.retain(|reader| reader.interface == Some(side));
    }
    match fitting.as_slice() {
        [one] => with_card(one),
        [] if name.is_some() => Err(TransportError::NoReader),
        [] => Err(TransportError::NoCard),
        several => Err(TransportError::Ambiguous(
            several.iter().map(|reader| reader.name.clone()).collect(),
        )),
    }
}

fn with_card(reader: &ReaderState) -> Result<&ReaderState, TransportError> {
    if reader.status.holds_card() { Ok(reader) } else { Err(TransportError::NoCard) }
}

#[cfg(test)]
mod tests {
    use super::super::ReaderStatus::{Empty, Exclusive, Present, Unavailable};
    use super::*;
    use crate::session::Interface;

    fn readers(states: &[(&str, ReaderStatus)]) -> Vec<ReaderState> {
        states.iter().map(|(name, status)| ReaderState::sample(name, *status)).collect()
    }

    fn chosen(
        readers: &[ReaderState],
        name: Option<&str>,
        side: Option<Interface>,
    ) -> Result<String, TransportError> {
        let options = ConnectOptions {
            reader: name.map(str::to_owned),
            interface: side,
            ..ConnectOptions::default()
        };
        choose(readers, &options).map(|reader| reader.name.clone())
    }

    fn ambiguous(names: &[&str]) -> Result<String, TransportError> {
        Err(TransportError::Ambiguous(names.iter().map(|&name| name.to_owned()).collect()))
    }

    #[test]
    fn the_one_card_needs_no_name() {
        let two = readers(&[("A 00", Empty), ("A 01", Present)]);
        assert_eq!(chosen(&two, None, None), Ok("A 01".into()));
        let held = readers(&[("A 00", Exclusive)]);
        assert_eq!(chosen(&held, None, None), Ok("A 00".into()));
        let empty = readers(&[("A 00", Empty), ("A 01", Empty)]);
        assert_eq!(chosen(&empty, None, None), Err(TransportError::NoCard));
        assert_eq!(chosen(&[], None, None), Err(TransportError::NoReader));
        let gone = readers(&[("A 00", Unavailable)]);
        assert_eq!(chosen(&gone, None, None), Err(TransportError::NoReader));
        let full = readers(&[("A 00", Present), ("A 01", Present), ("B", Empty)]);
        assert_eq!(chosen(&full, None, None), ambiguous(&["A 00", "A 01"]));
    }

    #[test]
    fn a_name_is_exact_or_a_part_of_one_only() {
        let three = readers(&[("A", Present), ("A 01", Present), ("B", Empty)]);
        assert_eq!(chosen(&three, Some("A"), None), Ok("A".into()));
        assert_eq!(chosen(&three, Some("01"), None), Ok("A 01".into()));
        assert_eq!(chosen(&three, Some("B"), None), Err(TransportError::NoCard));
        assert_eq!(chosen(&three, Some("C"), None), Err(TransportError::NoReader));
        let two = readers(&[("A 00", Empty), ("A 01", Present)]);
        assert_eq!(chosen(&two, Some("A"), None), ambiguous(&["A 00", "A 01"]));
    }

    #[test]
    fn the_interface_decides_between_several() {
        let mut two = readers(&[("Dual 00", Present), ("Dual 01", Present)]);
        two[0].interface = Some(Interface::Contact);
        two[1].interface = Some(Interface::Contactless);
        let side = Some(Interface::Contactless);
        assert_eq!(chosen(&two, None, side), Ok("Dual 01".into()));
        assert_eq!(chosen(&two, Some("Dual"), side), Ok("Dual 01".into()));
        assert_eq!(chosen(&two, Some("Dual 00"), side), Ok("Dual 00".into()));
        assert_eq!(chosen(&two, Some("00"), side), Ok("Dual 00".into()));
        assert_eq!(chosen(&two[..1], None, side), Err(TransportError::NoCard));
    }
}
