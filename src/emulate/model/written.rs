//! A model as it is written, and how it becomes a card.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::item::{
    Item, LONGEST_ANSWER, ber_tag, hex_bytes, mistake, object, objects, plain, record,
};
use super::{Access, Content, Df, Ef, LeManner, Mistake, Model, ModelErrorKind, Pin};
use crate::apdu::StatusWord;
use crate::session::{Interface, Protocol};

/// The master file has this identifier always, so that no file says it (P5 6.11.2).
const MF: u16 = 0x3F00;

/// The deepest real tree has three levels (MF, SSSE, DF); this is ample, and
/// keeps a hostile file from exhausting the stack.
const DEEPEST: usize = 8;

/// A DF name (P3 t.2); labels have up to 16 bytes as well.
const LONGEST_NAME: usize = 16;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenModel {
    title_zh: String,
    title_en: String,
    atr: Spanned<String>,
    interface: WrittenInterface,
    protocol: WrittenProtocol,
    #[serde(default)]
    read_record_le: WrittenLe,
    #[serde(default = "yes")]
    whole_file: bool,
    answer_all: Option<Spanned<String>>,
    mute_from: Option<u32>,
    #[serde(default)]
    mf: WrittenDf,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenInterface {
    Contact,
    Contactless,
}

#[derive(Deserialize)]
enum WrittenProtocol {
    #[serde(rename = "T=0")]
    T0,
    #[serde(rename = "T=1")]
    T1,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenLe {
    #[default]
    Exact,
    Any,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDf {
    fid: Option<Spanned<String>>,
    name: Option<Spanned<Item>>,
    /// The data objects of A5.
    #[serde(default)]
    fci: Vec<Spanned<Item>>,
    #[serde(default)]
    blocked: bool,
    select: Option<Spanned<String>>,
    answer: Option<Spanned<String>>,
    pin: Option<Spanned<WrittenPin>>,
    #[serde(default)]
    get_data: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    get_balance: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    ef: Vec<Spanned<WrittenEf>>,
    #[serde(default)]
    df: Vec<Spanned<WrittenDf>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEf {
    fid: Option<Spanned<String>>,
    /// Where it is missing, the last byte of the identifier (EF05 is 05).
    sfi: Option<Spanned<String>>,
    read: Access,
    /// The key that opens it, for people.
    key: Option<String>,
    records: Option<Vec<Spanned<Item>>>,
    binary: Option<Spanned<Item>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "\"none\", \"locked\" or { tries = 1 to 15 }")]
enum WrittenPin {
    Word(PinWord),
    Tries(PinTries),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum PinWord {
    None,
    Locked,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PinTries {
    tries: u8,
}

fn yes() -> bool {
    true
}

/// Reads the text of a model.
pub(super) fn model(text: &str) -> Result<Model, Mistake> {
    let written: WrittenModel = toml::from_str(text).map_err(|error| Mistake {
        kind: ModelErrorKind::Toml(error.message().to_owned()),
        at: error.span().map_or(0, |span| span.start),
    })?;
    let mut model = Model {
        title_zh: written.title_zh,
        title_en: written.title_en,
        atr: atr(&written.atr)?,
        interface: match written.interface {
            WrittenInterface::Contact => Interface::Contact,
            WrittenInterface::Contactless => Interface::Contactless,
        },
        protocol: match written.protocol {
            WrittenProtocol::T0 => Protocol::T0,
            WrittenProtocol::T1 => Protocol::T1,
        },
        read_record_le: match written.read_record_le {
            WrittenLe::Exact => LeManner::Exact,
            WrittenLe::Any => LeManner::Any,
        },
        whole_file: written.whole_file,
        answer_all: status_word(&written.answer_all)?,
        mute_from: written.mute_from,
        mf: Df::default(),
        dfs: Vec::new(),
        pins: Vec::new(),
    };
    if let Some(fid) = &written.mf.fid {
        return Err(mistake(fid, ModelErrorKind::Duplicate));
    }
    model.mf = df(&mut model, &written.mf, None)?;
    model.mf.fid = Some(MF);
    add_children(&mut model, None, &written.mf, DEEPEST)?;
    Ok(model)
}

fn add_children(
    model: &mut Model,
    parent: Option<usize>,
    written: &WrittenDf,
    depth: usize,
) -> Result<(), Mistake> {
    for child in &written.df {
        let depth = depth.checked_sub(1).ok_or_else(|| mistake(child, ModelErrorKind::Depth))?;
        let df = df(model, child.get_ref(), parent)?;
        let same = |other: &Df| {
            let nearby = other.parent == parent && df.fid.is_some() && other.fid == df.fid;
            nearby || df.name.is_some() && other.name == df.name
        };
        if df.fid == Some(MF) || same(&model.mf) || model.dfs.iter().any(same) {
            return Err(mistake(child, ModelErrorKind::Duplicate));
        }
        let index = model.dfs.len();
        model.dfs.push(df);
        add_children(model, Some(index), child.get_ref(), depth)?;
    }
    Ok(())
}

/// One DF without those below it; what its parent says of blocks and PIN holds
/// here too.
fn df(model: &mut Model, written: &WrittenDf, parent: Option<usize>) -> Result<Df, Mistake> {
    let name = written.name.as_ref().map(df_name).transpose()?;
    let pin = match &written.pin {
        None => model.df(parent).pin,
        Some(written) => {
            let index = model.pins.len();
            model.pins.push(pin(written)?);
            Some(index)
        }
    };
    let mut efs: Vec<Ef> = Vec::new();
    for written in &written.ef {
        let ef = ef(written)?;
        let same = |other: &Ef| {
            ef.fid.is_some() && ef.fid == other.fid || ef.sfi.is_some() && ef.sfi == other.sfi
        };
        if efs.iter().any(same) {
            return Err(mistake(written, ModelErrorKind::Duplicate));
        }
        efs.push(ef);
    }
    Ok(Df {
        parent,
        fid: written.fid.as_ref().map(two_bytes).transpose()?,
        fci: fci(name.as_deref(), written)?,
        name,
        blocked: written.blocked || model.df(parent).blocked,
        select: status_word(&written.select)?,
        answer: status_word(&written.answer)?,
        pin,
        data: answers(&written.get_data)?,
        balance: answers(&written.get_balance)?,
        efs,
    })
}

fn ef(written: &Spanned<WrittenEf>) -> Result<Ef, Mistake> {
    let ef = written.get_ref();
    let here = |kind| mistake(written, kind);
    let fid = ef.fid.as_ref().map(two_bytes).transpose()?;
    let sfi = match &ef.sfi {
        Some(text) => Some(short_identifier(text)?),
        None => fid.map(|fid| fid.to_be_bytes()[1]).filter(is_short_identifier),
    };
    if fid.is_none() && sfi.is_none() {
        return Err(here(ModelErrorKind::NoIdentifier));
    }
    if ef.key.is_some() != matches!(ef.read, Access::Key | Access::PinOrKey | Access::PinAndKey) {
        return Err(here(ModelErrorKind::Key));
    }
    let content = match (&ef.records, &ef.binary) {
        (Some(records), None) => {
            Content::Records(records.iter().map(record).collect::<Result<_, _>>()?)
        }
        (None, Some(binary)) => Content::Binary(plain(binary)?),
        _ => return Err(here(ModelErrorKind::Structure)),
    };
    Ok(Ef { fid, sfi, read: ef.read, content })
}

/// The answer to SELECT: 6F with the name in 84 and what the model says in A5
/// (P5 t.36-38). A DF without a name answers a status word only.
fn fci(name: Option<&[u8]>, written: &WrittenDf) -> Result<Vec<u8>, Mistake> {
    let Some((name, place)) = name.zip(written.name.as_ref()) else {
        return Ok(Vec::new());
    };
    let build = |tag, value: &[u8]| {
        ber_tag(tag).map(|tag| object(&tag, value)).map_err(|kind| mistake(place, kind))
    };
    let mut content = build("84", name)?;
    if !written.fci.is_empty() {
        content.extend(build("A5", &objects(&written.fci)?)?);
    }
    let fci = build("6F", &content)?;
    match fci.len() {
        0..=LONGEST_ANSWER => Ok(fci),
        bytes => Err(mistake(place, ModelErrorKind::Length { bytes, limit: LONGEST_ANSWER })),
    }
}

fn df_name(written: &Spanned<Item>) -> Result<Vec<u8>, Mistake> {
    let name = plain(written)?;
    match name.len() {
        1..=LONGEST_NAME => Ok(name),
        bytes => Err(mistake(written, ModelErrorKind::Length { bytes, limit: LONGEST_NAME })),
    }
}

fn pin(written: &Spanned<WrittenPin>) -> Result<Pin, Mistake> {
    match written.get_ref() {
        WrittenPin::Word(PinWord::None) => Ok(Pin::NotSet),
        WrittenPin::Word(PinWord::Locked) => Ok(Pin::Tries(0)),
        // 63Cx has room for 15.
        WrittenPin::Tries(PinTries { tries: tries @ 1..=15 }) => Ok(Pin::Tries(*tries)),
        WrittenPin::Tries(_) => Err(mistake(written, ModelErrorKind::Tries)),
    }
}

fn answers(
    written: &BTreeMap<Spanned<String>, Spanned<String>>,
) -> Result<Vec<(u16, Vec<u8>)>, Mistake> {
    let answer = |(parameters, bytes): (&Spanned<String>, &Spanned<String>)| {
        Ok((two_bytes(parameters)?, short_bytes(bytes, LONGEST_ANSWER)?))
    };
    written.iter().map(answer).collect()
}

fn atr(written: &Spanned<String>) -> Result<Vec<u8>, Mistake> {
    // TS and at most 32 characters (P2 8).
    let atr = short_bytes(written, 33)?;
    match atr.len() {
        2.. => Ok(atr),
        _ => Err(mistake(written, ModelErrorKind::Hex("two bytes or more"))),
    }
}

fn short_bytes(written: &Spanned<String>, limit: usize) -> Result<Vec<u8>, Mistake> {
    let bytes = hex_bytes(written.get_ref()).map_err(|kind| mistake(written, kind))?;
    if bytes.len() > limit {
        let kind = ModelErrorKind::Length { bytes: bytes.len(), limit };
        return Err(mistake(written, kind));
    }
    Ok(bytes)
}

fn status_word(written: &Option<Spanned<String>>) -> Result<Option<StatusWord>, Mistake> {
    written.as_ref().map(two_bytes).transpose().map(|sw| sw.map(StatusWord))
}

fn two_bytes(written: &Spanned<String>) -> Result<u16, Mistake> {
    match short_bytes(written, 2)?[..] {
        [high, low] => Ok(u16::from_be_bytes([high, low])),
        _ => Err(mistake(written, ModelErrorKind::Hex("two bytes"))),
    }
}

fn short_identifier(written: &Spanned<String>) -> Result<u8, Mistake> {
    match short_bytes(written, 1)?[..] {
        [sfi] if is_short_identifier(&sfi) => Ok(sfi),
        _ => Err(mistake(written, ModelErrorKind::Hex("01 to 1E"))),
    }
}

fn is_short_identifier(sfi: &u8) -> bool {
    (1..=30).contains(sfi)
}
