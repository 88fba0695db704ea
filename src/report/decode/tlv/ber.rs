//! BER-TLV with the names of its tags.

use super::super::Remark;
use super::{Node, TlvDocument, records, words};
use crate::profile::{self, Personal};
use crate::report::{Reveal, Words, tags};
use crate::tlv::ber::{Object, Reader, find};
use crate::tlv::{MAX_DEPTH, TlvError, TlvErrorKind};

/// FCI template, DF name.
const FCI: u32 = 0x6F;
const DF_NAME: u32 = 0x84;
/// The algorithm within the issuer's data in an FCI.
const ALGORITHM: u32 = 0x86;
/// Some records of social security cards have tags that are templates in BER;
/// none of their values is longer.
const LONGEST_LOOKALIKE: usize = 4;

/// Reads the bytes as BER.
pub(super) fn read(bytes: &[u8], reveal: Reveal) -> TlvDocument {
    let whole = Reader::new(bytes).all(|object| object.is_ok());
    let mut tree = Tree {
        reveal,
        certain: whole && records::whole(bytes).is_none(),
        in_ssse: false,
        findings: Vec::new(),
    };
    let nodes = tree.level(Reader::new(bytes), 0);
    TlvDocument { form: "ber", file: None, nodes, findings: tree.findings }
}

/// A tree while it is built.
struct Tree {
    reveal: Reveal,
    /// Whether the bytes cannot be records with one-byte tags as well, in which
    /// the same tags are a person's.
    certain: bool,
    /// Whether this is the FCI of the social security environment.
    in_ssse: bool,
    findings: Vec<Remark>,
}

impl Tree {
    /// The objects of one level. An error ends only this level.
    fn level(&mut self, reader: Reader<'_>, depth: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        for object in reader {
            match object {
                Ok(object) => nodes.push(self.node(&object, depth)),
                Err(error) => self.wrong(error),
            }
        }
        nodes
    }

    fn wrong(&mut self, error: TlvError) {
        let (code, message) = words::error(error.kind);
        self.remark(code, error.offset, message);
    }

    fn remark(&mut self, code: &'static str, offset: usize, message: Words) {
        self.findings.push(Remark { code, offset: Some(offset), message });
    }

    fn node(&mut self, object: &Object<'_>, depth: usize) -> Node {
        let row = profile::tag(object.tag.0);
        let length = object.value.len();
        if !object.minimal_length {
            self.remark("non_minimal_length", object.offset, words::non_minimal());
        }
        let mut node = Node {
            tag: object.tag.to_string(),
            name: row.map(|row| row.name.into()),
            offset: object.offset,
            length,
            value: None,
            meaning: None,
            masked: false,
            children: Vec::new(),
        };
        if length == 0 {
            node.meaning = Some(words::empty());
            return node;
        }
        let shown = self.reveal == Reveal::Shown;
        let class = row.map_or(Personal::Unknown, |row| row.personal);
        let lookalike = depth == 0 && !shown && self.is_lookalike(object);
        if lookalike && class == Personal::None {
            self.remark("ambiguous", object.offset, words::ambiguous());
        }
        if object.tag.is_constructed() && !lookalike && (shown || row.is_some()) {
            node.children = self.within(object, depth);
            return node;
        }
        let value = tags::show(row.filter(|_| !lookalike), object.value, self.reveal);
        node.value = Some(value.value);
        node.meaning = value.meaning;
        node.masked = value.masked;
        if object.tag.0 == tags::ISSUER_DATA && self.in_ssse {
            node.children = algorithm(object).into_iter().collect();
        }
        node
    }

    /// Whether an outermost object may be a record instead, or a part of one.
    fn is_lookalike(&self, object: &Object<'_>) -> bool {
        let short = !object.tag.is_constructed() || object.value.len() <= LONGEST_LOOKALIKE;
        !self.certain && short
    }

    /// What a template holds.
    fn within(&mut self, object: &Object<'_>, depth: usize) -> Vec<Node> {
        let deeper = depth.saturating_add(1);
        if deeper == MAX_DEPTH {
            let offset = object.value_offset;
            self.wrong(TlvError { kind: TlvErrorKind::TooDeep, offset });
            return Vec::new();
        }
        if object.tag.0 != FCI {
            return self.level(Reader::within(object), deeper);
        }
        let name = find(object.value, &[DF_NAME]).and_then(profile::application_by_aid);
        self.in_ssse = name.is_some_and(|row| row.id == "ssse");
        let nodes = self.level(Reader::within(object), deeper);
        self.in_ssse = false;
        nodes
    }
}

/// The algorithm within the issuer's data, which are primitive by their tag.
fn algorithm(issuer: &Object<'_>) -> Option<Node> {
    let mut objects = Reader::within(issuer).map_while(Result::ok);
    let object = objects.find(|object| object.tag.0 == ALGORITHM)?;
    let value = hex::encode_upper(object.value);
    let meaning = profile::code("algorithm", &value).map(|row| row.meaning.into());
    Some(Node {
        tag: object.tag.to_string(),
        name: Some(words::algorithm()),
        offset: object.offset,
        length: object.value.len(),
        value: Some(value),
        meaning,
        masked: false,
        children: Vec::new(),
    })
}
