//! The BER reader against another one (iso7816-tlv), over trees that both read,
//! and the inputs where the other one is known to be wrong.

#![expect(clippy::unwrap_used, reason = "in a test, that is a failure with its place")]

use iso7816_tlv::ber as oracle;
use proptest::collection::vec;
use proptest::prelude::*;
use sscard::tlv::ber::{self, Tag};
use sscard::tlv::{TlvError, TlvErrorKind};

/// A tree as both can describe it.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Leaf(u32, Vec<u8>),
    Template(u32, Vec<Node>),
}

fn trees() -> impl Strategy<Value = Vec<Node>> {
    let leaf_tag = prop_oneof![
        Just(0x50),
        Just(0x84),
        Just(0x9F36),
        Just(0x9F0C),
        Just(0x5F2D),
        Just(0xDF8101)
    ];
    let template_tag = prop_oneof![Just(0x61), Just(0x6F), Just(0xA5), Just(0xBF0C), Just(0x7F49)];
    // Long enough for every form of length up to 82.
    let value = prop_oneof![8 => vec(any::<u8>(), 0..20), 1 => vec(any::<u8>(), 100..300)];
    let leaf = (leaf_tag, value).prop_map(|(tag, value)| Node::Leaf(tag, value));
    let tree = leaf.prop_recursive(6, 40, 5, move |inner| {
        (template_tag.clone(), vec(inner, 0..5)).prop_map(|(tag, nodes)| Node::Template(tag, nodes))
    });
    vec(tree, 0..4)
}

/// Encodes with the shortest lengths. Not by the oracle, which counts a length of
/// 127 wrong.
fn encode(nodes: &[Node]) -> Vec<u8> {
    nodes
        .iter()
        .flat_map(|node| match node {
            Node::Leaf(tag, value) => object(*tag, value),
            Node::Template(tag, nodes) => object(*tag, &encode(nodes)),
        })
        .collect()
}

fn object(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut bytes: Vec<u8> = tag.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let [.., high, low] = value.len().to_be_bytes();
    match (high, low) {
        (0, 0..=0x7F) => bytes.push(low),
        (0, _) => bytes.extend([0x81, low]),
        _ => bytes.extend([0x82, high, low]),
    }
    bytes.extend(value);
    bytes
}

fn ours(reader: ber::Reader<'_>) -> Result<Vec<Node>, TlvError> {
    reader
        .map(|object| {
            let object = object?;
            Ok(if object.tag.is_constructed() {
                Node::Template(object.tag.0, ours(ber::Reader::within(&object))?)
            } else {
                Node::Leaf(object.tag.0, object.value.to_vec())
            })
        })
        .collect()
}

fn theirs(nodes: &[oracle::Tlv]) -> Vec<Node> {
    nodes
        .iter()
        .map(|node| {
            let tag = node.tag().to_bytes().iter().fold(0, |tag, byte| tag << 8 | u32::from(*byte));
            match node.value() {
                oracle::Value::Primitive(value) => Node::Leaf(tag, value.clone()),
                oracle::Value::Constructed(nodes) => Node::Template(tag, theirs(nodes)),
            }
        })
        .collect()
}

fn count(nodes: &[Node]) -> usize {
    let children = |node: &Node| match node {
        Node::Leaf(..) => 0,
        Node::Template(_, nodes) => count(nodes),
    };
    nodes.iter().map(|node| children(node).saturating_add(1)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn both_read_the_same_tree(nodes in trees()) {
        let bytes = encode(&nodes);
        prop_assert_eq!(ours(ber::Reader::new(&bytes)), Ok(nodes.clone()));
        prop_assert_eq!(theirs(&oracle::Tlv::parse_all(&bytes)), nodes.clone());
        let walked: Vec<_> = ber::walk(&bytes).collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(walked.len(), count(&nodes));
        prop_assert!(walked.iter().all(|(_, object)| object.minimal_length));
    }

    #[test]
    fn a_cut_tree_is_an_error_to_both(nodes in trees(), cut in any::<prop::sample::Index>()) {
        let whole = encode(&nodes);
        prop_assume!(!whole.is_empty());
        let bytes = &whole[..cut.index(whole.len())];
        let is_boundary = (0..=nodes.len()).any(|kept| encode(&nodes[..kept]).len() == bytes.len());
        prop_assert_eq!(ours(ber::Reader::new(bytes)).is_ok(), is_boundary);
        let read: usize = theirs(&oracle::Tlv::parse_all(bytes)).len();
        prop_assert_eq!(ber::Reader::new(bytes).filter(Result::is_ok).count(), read);
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn walked(bytes: &[u8]) -> Vec<(usize, Tag, usize)> {
    let items = ber::walk(bytes).collect::<Result<Vec<_>, _>>().unwrap();
    items.into_iter().map(|(depth, object)| (depth, object.tag, object.offset)).collect()
}

/// T1: a sibling becomes a child, since the other one counts the lengths of the
/// children as if they were minimal.
#[test]
fn long_lengths_do_not_move_the_end_of_a_template() {
    let input = bytes("61 0C 5081 03 414243 5081 03 414243 99 00");
    let expected = [(0, Tag(0x61), 0), (1, Tag(0x50), 2), (1, Tag(0x50), 8), (0, Tag(0x99), 14)];
    assert_eq!(walked(&input), expected);
    let (wrong, rest) = oracle::Tlv::parse(&input);
    assert_eq!(count(&theirs(&[wrong.unwrap()])), 4);
    assert!(rest.is_empty());

    let single = bytes("61 06 50 81 03 41 42 43");
    assert_eq!(walked(&single), [(0, Tag(0x61), 0), (1, Tag(0x50), 2)]);
    assert!(oracle::Tlv::parse(&single).0.is_err());
}

/// T2: 80 is read as an empty value.
#[test]
fn an_indefinite_length_is_an_error() {
    for input in ["50 80 41 42 00 00", "61 80 50 00 00 00", "03 80"] {
        let error = TlvError { kind: TlvErrorKind::IndefiniteLength, offset: 1 };
        let input = bytes(input);
        assert_eq!(ber::Reader::new(&input).collect::<Vec<_>>(), [Err(error)]);
        assert!(oracle::Tlv::parse(&input).0.is_ok());
    }
}

/// T5: the other one writes a template around 127 bytes one byte too short, and
/// reads its own mistake back.
#[test]
fn a_value_of_127_bytes_keeps_its_template() {
    let leaf = oracle::Value::Primitive(vec![0x41; 127]);
    let leaf = oracle::Tlv::new(oracle::Tag::try_from(0x50).unwrap(), leaf).unwrap();
    let template = oracle::Value::Constructed(vec![leaf]);
    let template = oracle::Tlv::new(oracle::Tag::try_from(0x61).unwrap(), template).unwrap();
    let wrong = template.to_vec();
    assert!(oracle::Tlv::parse(&wrong).0.is_ok());
    let kind = TlvErrorKind::Truncated { needed: 127, present: 126 };
    let items: Vec<_> = ber::walk(&wrong).collect();
    assert_eq!(items[1], Err(TlvError { kind, offset: 6 }));

    let right = encode(&[Node::Template(0x61, vec![Node::Leaf(0x50, vec![0x41; 127])])]);
    assert_eq!(walked(&right), [(0, Tag(0x61), 0), (1, Tag(0x50), 3)]);
}

/// T10: padding loses the whole record.
#[test]
fn padding_loses_nothing() {
    let expected = [(0, Tag(0x61), 0), (1, Tag(0x50), 4)];
    assert_eq!(walked(&bytes("61 05 0000 500141")), expected);
    let within = bytes("700C 5F340101 FFFFFF 9F570208 40");
    let expected = [(0, Tag(0x70), 0), (1, Tag(0x5F34), 2), (1, Tag(0x9F57), 9)];
    assert_eq!(walked(&within), expected);
    assert_eq!(walked(&bytes("500141 0000 FFFF")), [(0, Tag(0x50), 0)]);
    assert!(oracle::Tlv::parse_all(&within).is_empty());
}
