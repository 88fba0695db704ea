//! The interface bytes, group by group (ISO/IEC 7816-3:2006, 8.2.2, 8.2.3).

/// Which byte of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letter {
    /// TA.
    A,
    /// TB.
    B,
    /// TC.
    C,
    /// TD: which bytes follow, and for which protocol.
    D,
}

/// One interface byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceByte {
    /// Number of its group, from 1.
    pub index: u8,
    /// Its letter.
    pub letter: Letter,
    /// The protocol it is specific to. `None`: to all, by its place (groups 1 and
    /// 2 but for TC2, and every TD). 15: to all, since T=15 precedes it.
    pub protocol: Option<u8>,
    /// Its value.
    pub value: u8,
}

impl std::fmt::Display for InterfaceByte {
    /// As in `TA1=13`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "T{:?}{}={:02X}", self.letter, self.index, self.value)
    }
}

/// T0 and all interface bytes.
pub(super) struct Interface {
    pub(super) bytes: Vec<InterfaceByte>,
    /// Where the historical bytes begin.
    pub(super) length: usize,
    /// How many historical bytes T0 announces.
    pub(super) historical: usize,
    /// How many bytes are missing from TS, T0 and the last group.
    pub(super) missing: usize,
}

impl Interface {
    pub(super) fn read(answer: &[u8]) -> Self {
        let mut rest = answer.get(1..).unwrap_or_default().iter().copied();
        let Some(t0) = rest.next() else {
            let missing = 2usize.saturating_sub(answer.len());
            return Self { bytes: vec![], length: answer.len(), historical: 0, missing };
        };
        let mut read =
            Self { bytes: vec![], length: 2, historical: usize::from(t0 & 0x0F), missing: 0 };
        let (mut announced, mut index) = (Some(t0), 1u8);
        while let Some(previous) = announced.take() {
            for (letter, bit) in
                [(Letter::A, 0x10), (Letter::B, 0x20), (Letter::C, 0x40), (Letter::D, 0x80)]
            {
                if previous & bit == 0 {
                    continue;
                }
                let Some(value) = rest.next() else {
                    read.missing = read.missing.saturating_add(1);
                    continue;
                };
                let protocol = owner(index, letter, previous & 0x0F);
                read.bytes.push(InterfaceByte { index, letter, protocol, value });
                read.length = read.length.saturating_add(1);
                if letter == Letter::D {
                    announced = Some(value);
                }
            }
            index = index.saturating_add(1);
        }
        read
    }

    /// The value of a byte by its place.
    pub(super) fn value(&self, index: u8, letter: Letter) -> Option<u8> {
        let mut bytes = self.bytes.iter();
        bytes.find(|byte| byte.index == index && byte.letter == letter).map(|byte| byte.value)
    }

    /// The value of the first byte for a protocol behind group 2: later ones have
    /// no meaning.
    pub(super) fn first(&self, protocol: u8, letter: Letter) -> Option<u8> {
        let mut bytes = self.bytes.iter();
        let wanted = bytes.find(|byte| {
            byte.index > 2 && byte.protocol == Some(protocol) && byte.letter == letter
        });
        wanted.map(|byte| byte.value)
    }

    /// Every T that a TD names.
    fn named(&self) -> impl Iterator<Item = u8> {
        self.bytes.iter().filter(|byte| byte.letter == Letter::D).map(|byte| byte.value & 0x0F)
    }

    pub(super) fn protocols(&self) -> Vec<u8> {
        let mut protocols = Vec::with_capacity(1);
        for protocol in self.named().filter(|protocol| *protocol != 15) {
            if !protocols.contains(&protocol) {
                protocols.push(protocol);
            }
        }
        if protocols.is_empty() {
            protocols.push(0);
        }
        protocols
    }

    /// TCK is due unless only T=0 is named, or nothing (8.2.5).
    pub(super) fn tck_due(&self) -> bool {
        self.named().any(|protocol| protocol != 0)
    }
}

/// The protocol that a byte is specific to; `named` is the T of the TD before it.
fn owner(index: u8, letter: Letter, named: u8) -> Option<u8> {
    match (index, letter) {
        (_, Letter::D) | (1, _) => None,
        (2, Letter::C) => Some(0),
        (2, _) => None,
        _ => Some(named),
    }
}
