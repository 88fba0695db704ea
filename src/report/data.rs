//! The data items of an application, decoded, named and masked.

use super::check::CheckInput;
use super::document::{Datum, Words};
use super::{Reveal, certificates, mask, objects};
use crate::apdu::StatusWord;
use crate::codec::text::{self, legible};
use crate::observe::{Content, ItemState, Place};
use crate::profile::{
    self, Access, Application, Decoded, Display, File, Item, ItemError, Personal, Region, Value,
    Version,
};

/// Every item that the profile puts into an application, in the version that the
/// card has (where none is known, in the second's, which holds those of all).
pub(super) fn of_application(
    input: &CheckInput<'_>,
    application: &'static Application,
) -> Vec<Datum> {
    let place = match application.id {
        "ssse" => input.facts.home(),
        id => input.facts.opened(id).map(|_| Place::Application(application)),
    };
    if !has_files(application) {
        return objects::of_application(input, application);
    }
    let Some(place) = place else { return Vec::new() };
    let version = input.verdict.generation.value.version().unwrap_or(Version::V2);
    let mut data = Vec::new();
    for file in input.facts.files(application.id, version) {
        if file.application == "acse" {
            data.extend(certificates::of_file(input, &place, file));
            continue;
        }
        let contents = input.facts.contents(&place, file, version);
        let names = names(&contents);
        data.extend(contents.iter().map(|content| datum(input, file, version, content, &names)));
    }
    if application.id == "ssse" {
        data.extend(objects::directory(input, version));
    }
    data
}

/// Whether the profile says which files an application has; the others tell by
/// their tags.
fn has_files(application: &Application) -> bool {
    use profile::ApplicationKind::{Certificate, SocialSecurity};
    matches!(application.kind, SocialSecurity | Certificate)
}

/// The texts of name and name extension, which go on from one to the other.
fn names(contents: &[Content<'_>]) -> Option<(String, String)> {
    let value = |id| {
        let mut with_id = contents.iter().filter(|content| content.item.id == id);
        with_id.find_map(|content| content.value().filter(|v| v.len() == content.item.length))
    };
    text::decode_continued(value("name")?, value("name-extension")?).ok()
}

fn datum(
    input: &CheckInput<'_>,
    file: &File,
    version: Version,
    content: &Content<'_>,
    names: &Option<(String, String)>,
) -> Datum {
    let item = content.item;
    let hex = |tag: Option<u8>| tag.map(|tag| format!("{tag:02X}"));
    let mut datum = Datum {
        id: item.id,
        file: format!("{:04X}", item.file),
        file_name: file.name,
        tag: hex(item.tag).unwrap_or_default(),
        group: hex(item.parents.first().copied()),
        record: content.record,
        name: item.name.into(),
        value: None,
        meaning: None,
        raw: None,
        masked: false,
        access: "not_read",
        key: None,
        sw: None,
        presumed: item.presumed.contains(&version),
    };
    match content.evidence.state {
        ItemState::Present(_) => {
            let bytes = content.value().unwrap_or_default();
            let decoded = decoded(item, bytes, names);
            present(input, &mut datum, item, bytes, decoded);
        }
        ItemState::Missing => datum.access = "absent",
        ItemState::NotAsked => {}
        ItemState::Refused(sw) => refused(&mut datum, file, sw),
    }
    datum
}

/// What the bytes say, in the light of the names that go on.
fn decoded(
    item: &Item,
    bytes: &[u8],
    names: &Option<(String, String)>,
) -> Result<Value, ItemError> {
    if bytes.is_empty() {
        return Ok(Value::Blank);
    }
    let text = match (item.id, names) {
        ("name", Some((begun, _))) => begun,
        ("name-extension", Some((_, rest))) => rest,
        _ => return item.decode(bytes),
    };
    if text.is_empty() {
        return Ok(Value::Blank);
    }
    Ok(Value::Written(Decoded { value: text.clone(), meanings: Vec::new() }))
}

/// A file that does not open.
pub(super) fn refused(datum: &mut Datum, file: &File, sw: StatusWord) {
    datum.sw = Some(sw.to_string());
    datum.access = match sw.0 {
        0x6982 | 0x6985 | 0x6988 => "protected",
        0x6A82 | 0x6A83 => "absent",
        _ => "error",
    };
    if datum.access == "protected" {
        datum.key = key(file);
    }
}

/// What opens a file, in the standard's words.
fn key(file: &File) -> Option<String> {
    let words = match file.access {
        Access::Free | Access::Unknown | Access::Never | Access::Key => "",
        Access::Pin => "PIN",
        Access::PinOrKey => "PIN or ",
        Access::PinAndKey => "PIN and ",
    };
    Some(format!("{words}{}", file.key)).filter(|key| !key.is_empty())
}

/// A value that came: decoded and masked. What does not decode is shown in hex,
/// where it is not personal: one of the wrong length may hold what stands behind
/// it in the file. A group is told by what it holds.
fn present(
    input: &CheckInput<'_>,
    datum: &mut Datum,
    item: &Item,
    bytes: &[u8],
    decoded: Result<Value, ItemError>,
) {
    datum.access = "free";
    // One byte of a photo only shows that it opens.
    if item.personal == Personal::Biometric && bytes.len() < item.length {
        return;
    }
    let decoded = match decoded {
        Ok(Value::Blank) => {
            datum.access = "empty";
            return;
        }
        Ok(Value::Written(decoded)) => Some(decoded),
        Err(_) => None,
    };
    let open = item.personal == Personal::None && bytes.len() == item.length;
    if input.reveal == Reveal::Masked && !open {
        datum.masked = true;
        datum.value = Some(match decoded {
            Some(decoded) => mask::show(item, &decoded.value, bytes.len()).text,
            None => mask::hidden(bytes.len()),
        });
        return;
    }
    datum.raw = Some(hex::encode_upper(bytes));
    if item.display == Display::Group && decoded.is_some() {
        return;
    }
    if let Some(decoded) = &decoded {
        datum.meaning = Words::join(&decoded.meanings)
            .or_else(|| region(item, &decoded.value, year_of_issue(input)));
    }
    let text = decoded.map(|decoded| legible(&decoded.value).into_owned());
    datum.value = text.or_else(|| datum.raw.clone());
}

/// What a region code meant in the year of the card's issue.
fn region(item: &Item, code: &str, year: Option<u16>) -> Option<Words> {
    if item.display != Display::Region {
        return None;
    }
    profile::region(code, year).map(|region| region_words(&region))
}

/// A division behind its province and city. In English the province alone has a
/// name; the Chinese one stands beside it.
pub(super) fn region_words(region: &Region) -> Words {
    // The part of a municipality that is all of its districts has the same name.
    let province = region.province.filter(|province| *province != region.name);
    let parts = [province, region.city, Some(region.name)];
    let name: String = parts.into_iter().flatten().collect();
    let english = region.province_en.unwrap_or_default();
    let (zh, en) = if region.former { ("（原）", ", former") } else { ("", "") };
    Words { zh: format!("{name}{zh}"), en: format!("{english} ({name}{en})") }
}

/// The year in which the card was issued.
pub(super) fn year_of_issue(input: &CheckInput<'_>) -> Option<u16> {
    let home = input.facts.home()?;
    let item = profile::item("ssse", 0xEF05, 0x05)?;
    let ItemState::Present(fact) = input.facts.item(&home, item).state else { return None };
    match item.decode(fact.value) {
        Ok(Value::Written(decoded)) => decoded.value.get(..4)?.parse().ok(),
        _ => None,
    }
}
