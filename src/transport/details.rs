//! What a reader tells of itself (PC/SC Parts 3 and 10).
//! Nothing here knows what a feature or a property means.

/// What a reader, or its driver for it, tells of itself. Whatever it does not tell
/// is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReaderDetails {
    /// Who made it (attribute `VENDOR_NAME`).
    pub maker: Option<String>,
    /// What it is called by its maker (`VENDOR_IFD_TYPE`).
    pub model: Option<String>,
    /// Its own version (`VENDOR_IFD_VERSION`), `4.3.513`.
    pub version: Option<String>,
    /// Its serial number (`VENDOR_IFD_SERIAL_NO`).
    pub serial: Option<String>,
    /// The tags of what it can do beyond passing commands on.
    pub features: Option<Vec<u8>>,
    /// Tag and value of its properties.
    pub properties: Option<Vec<(u8, Vec<u8>)>>,
}

/// The feature by which properties are asked for (PC/SC Part 10).
pub(super) const GET_TLV_PROPERTIES: u8 = 0x12;

impl ReaderDetails {
    /// Maker and version in one line.
    #[must_use]
    pub fn driver(&self) -> Option<String> {
        let maker = self.maker.as_ref()?;
        Some(match &self.version {
            Some(version) => format!("{maker} {version}"),
            None => maker.clone(),
        })
    }
}

/// Text of an attribute or a property; `None` where there is nothing to see in it.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let seen: String = text.chars().filter(|c| !c.is_control()).collect();
    let seen = seen.trim();
    (!seen.is_empty()).then(|| seen.to_owned())
}

/// A version, `0xMMmmbbbb`, least byte first.
pub(super) fn version(bytes: &[u8]) -> Option<String> {
    match bytes {
        [low, high, minor, major, ..] => {
            Some(format!("{major}.{minor}.{}", u16::from_le_bytes([*low, *high])))
        }
        _ => None,
    }
}

/// One-byte tags and lengths one after the other; what is cut off at the end is
/// left out.
pub(super) fn entries(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut found = Vec::new();
    while let [tag, length, rest @ ..] = bytes {
        let Some((value, after)) = rest.split_at_checked(usize::from(*length)) else { break };
        found.push((*tag, value.to_vec()));
        bytes = after;
    }
    found
}

/// The control code of a feature: four bytes, most significant first.
pub(super) fn control_code(features: &[(u8, Vec<u8>)], feature: u8) -> Option<u32> {
    let (_, value) = features.iter().find(|(tag, _)| *tag == feature)?;
    Some(u32::from_be_bytes(value.as_slice().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_name_their_codes() {
        let told = hex::decode("0604420DD6061204420DCA00").unwrap();
        assert_eq!(entries(&told[..6]), [(6, vec![0x42, 0x0D, 0xD6, 0x06])]);
        let all = entries(&told);
        assert_eq!(control_code(&all, GET_TLV_PROPERTIES), Some(0x420D_CA00));
        assert_eq!(control_code(&all, 0x13), None);
        assert_eq!(control_code(&entries(&[0x12, 0x02, 0x42, 0x0D]), GET_TLV_PROPERTIES), None);
    }

    #[test]
    fn what_is_cut_off_is_left_out() {
        assert_eq!(entries(&[0x08, 0x01, 0x31, 0x0A, 0x04, 0x00]), [(8, vec![0x31])]);
        assert_eq!(entries(&[0x08]), []);
        assert_eq!(entries(&[]), []);
    }

    #[test]
    fn texts_and_versions_are_shown_as_they_are_meant() {
        assert_eq!(text(b"Example\0"), Some("Example".into()));
        assert_eq!(text(b"A\x1B[31mB"), Some("A[31mB".into()));
        assert_eq!((text(b"\0\0"), text(b"  ")), (None, None));
        assert_eq!(version(&[0x01, 0x02, 0x03, 0x04]), Some("4.3.513".into()));
        assert_eq!(version(&[0x01, 0x02]), None);
        let made = |version: Option<&str>| ReaderDetails {
            maker: Some("Maker".into()),
            version: version.map(str::to_owned),
            ..ReaderDetails::default()
        };
        assert_eq!(made(Some("1.2.3")).driver(), Some("Maker 1.2.3".into()));
        assert_eq!(made(None).driver(), Some("Maker".into()));
        assert_eq!(ReaderDetails::default().driver(), None);
    }
}
