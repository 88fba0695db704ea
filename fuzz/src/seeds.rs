//! What the fuzzer begins with: the fixtures of this repository, in the form of each
//! target. To be called from its root.

mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sscard::emulate;
use sscard::profile::{Version, applications, files, items_of};
use sscard::session::{Event, Interface, Protocol, Session, Step, load, ndjson};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Seeds of each target, each once.
type All = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

#[derive(Default)]
struct Seeds(All);

impl Seeds {
    fn add(&mut self, target: &'static str, bytes: impl Into<Vec<u8>>) {
        self.0.entry(target).or_default().insert(bytes.into());
    }
}

/// Every seed.
///
/// # Errors
///
/// Returns an error where a fixture cannot be read.
pub fn seeds() -> Result<All> {
    let mut seeds = Seeds::default();
    for folder in ["fixtures/foreign", "fixtures/recorded"] {
        for path in inside(folder)? {
            recording(&fs::read(&path)?, &mut seeds)?;
        }
    }
    for path in inside("apdu-scripts")? {
        let text = fs::read_to_string(path)?;
        seeds.add("script", text.split_once('\n').map_or("", |(_, rest)| rest));
    }
    seeds.add("script", SCRIPT);
    for path in inside("fixtures/logs")? {
        log(&path, &mut seeds)?;
    }
    for path in inside("profiles")? {
        seeds.add("profile", fs::read(path)?);
    }
    for path in inside("src/profile/tables/card")? {
        // Long ones; their beginning has every key.
        seeds.add("profile", fs::read(path)?.into_iter().take(6000).collect::<Vec<_>>());
    }
    for name in emulate::names() {
        seeds.add("model", emulate::builtin(name).unwrap_or_default());
    }
    for path in inside("tests/models")? {
        seeds.add("model", fs::read(path)?);
    }
    seeds.add("certificate", fs::read("tests/certificates/authority.pem")?);
    let holder = fs::read_to_string("tests/certificates/holder.hex")?;
    let digits: String = holder.lines().filter(|line| !line.starts_with('#')).collect();
    seeds.add("certificate", hex::decode(digits.replace(' ', ""))?);
    rows::add(&mut seeds)?;
    examples(&mut seeds);
    Ok(seeds.0)
}

/// The files of a folder, and of those within.
fn inside(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            paths.extend(inside(&path)?);
        } else {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// A recording, as it stands, as lines, as a card, and its bytes alone.
fn recording(bytes: &[u8], seeds: &mut Seeds) -> Result<()> {
    let sessions = load(bytes)?;
    seeds.add("session", bytes);
    for session in sessions {
        seeds.add("ndjson", ndjson::print(&session));
        seeds.add("card", as_card(&session));
        seeds.add("atr", session.header.atr.clone().unwrap_or_default());
        for (_, exchange) in session.exchanges() {
            seeds.add("values", exchange.command.clone());
            if let Some([data @ .., _, _]) = exchange.response.as_deref() {
                seeds.add("tlv", data);
                seeds.add("certificate", data);
            }
        }
    }
    Ok(())
}

/// The answers of a recording, as the target `card` reads them.
fn as_card(session: &Session) -> Vec<u8> {
    let atr = session.header.atr.as_deref().unwrap_or_default();
    let contactless = u8::from(session.header.interface == Some(Interface::Contactless));
    let t1 = u8::from(session.header.protocol == Some(Protocol::T1));
    let manner = 3 | contactless << 2 | t1 << 3;
    let mut bytes = vec![manner, u8::try_from(atr.len()).unwrap_or(33)];
    bytes.extend_from_slice(atr);
    for step in &session.steps {
        match step {
            Step::Exchange(exchange) => {
                let Some(answer) = &exchange.response else { continue };
                match u8::try_from(answer.len()) {
                    Ok(length @ ..0xFA) => bytes.push(length),
                    _ => bytes.push(0xFF),
                }
                bytes.extend_from_slice(answer);
            }
            Step::Event(Event::Timeout) => bytes.push(0xFB),
            Step::Event(Event::Removed) => bytes.push(0xFA),
            Step::Event(_) | Step::Title(_) => {}
        }
    }
    bytes
}

fn log(path: &Path, seeds: &mut Seeds) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read(path)?;
    let behind = |first: &[u8]| [first, &text].concat();
    match name.as_str() {
        name if name.starts_with("pcscd") => seeds.add("import_pcscd", text),
        name if name.starts_with("pcsc-spy-raw") => seeds.add("import_spy", behind(b" ")),
        name if name.starts_with("pcsc-spy") => seeds.add("import_spy", text),
        name if name.starts_with("opensc-debug") => seeds.add("import_opensc", text),
        name if name.starts_with("opensc-tool") => seeds.add("import_opensc", behind(b" ")),
        _ => seeds.add("import_lines", behind(b"> 00 84 00 00 08\n< 90 00 : x\n")),
    }
    seeds.add("import_lines", APDU4J);
    seeds.add("import_lines", "00A40400\n9000\n00B2012C00\n03043330302E9000\n");
    Ok(())
}

const APDU4J: &str =
    "A>> T=1 (4+0008) 00A40400 08 A000000333010101\nA<< (0018+2) (25ms) 6F10840341 9000\n";

/// What only a script can say.
const SCRIPT: &str = "@title x\n@require write\n> 00A40400 ${len name} ${name}\n< 61?? \n< sw 61??|9000\n< len 5\n< max 100 ms\n< tlv 6F/84 = 73 … ${name} 1?\n= name from tlv 84\n= all from all\n= part from offset 1 length 2\non-fail continue\nrepeat 7\n  > 00B2 ${i} 2C 00\nend\non-fail stop\ninclude other.apdu\n- title\n! reset warm\n! error x\n";

/// The examples of every item, behind its number among all of them.
fn examples(seeds: &mut Seeds) {
    let versions = [Version::V1, Version::V2, Version::V3];
    let files = applications().flat_map(|row| {
        let of = |version| files(row.id, version).map(move |file| (file, version));
        versions.into_iter().flat_map(of)
    });
    let items = files.flat_map(|(file, version)| items_of(file, version));
    for (number, item) in (0_u16..).zip(items) {
        for example in item.examples {
            seeds.add("values", [&number.to_be_bytes()[..], example.bytes].concat());
        }
    }
}
