//! Where a card comes from: a reader, a recording, or a built-in model.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::arguments::CardSource;
#[cfg(feature = "pcsc")]
use super::arguments::ProtocolChoice;
use super::failure::Failure;
use crate::apdu::Permission;
use crate::emulate::{self, Fault, Faulty, Model, VirtualCard};
use crate::probe::{self, Depth};
use crate::report::{Exit, Source, SourceKind};
use crate::session::limits::{MAX_SESSION, MAX_TABLE};
use crate::session::{self, Header, Interface, Reset, Session};
use crate::transport::recording::Sink;
use crate::transport::{Card, Guarded, TransportError, guarded};

/// Who is told of a conversation while it goes on: a file, a progress bar.
pub(super) trait Witness {
    /// What the card says of itself.
    fn begin(&self, header: &Header);

    /// What takes one step after the other.
    fn sink(&self) -> Sink;
}

/// A conversation with a card, from wherever.
pub(super) struct Conversation {
    pub(super) source: Source,
    pub(super) session: Session,
    /// The other side of the chip, where that was recorded too.
    pub(super) other: Option<(Source, Session)>,
    pub(super) refused: u32,
}

/// Holds the conversation that was asked for, or loads it.
pub(super) fn converse(
    wanted: &CardSource,
    depth: Depth,
    witness: Option<&dyn Witness>,
) -> Result<Conversation, Failure> {
    match wanted.session.as_slice() {
        [] => {}
        [path] => return load(path),
        [one, two] => return both(load(one)?, load(two)?),
        _ => {
            let detail = "--session: one recording, or one of each side";
            return Err(Failure::with_detail(Exit::Usage, detail));
        }
    }
    let (card, source) = open(wanted)?;
    Ok(probe_card(card, source, depth, witness))
}

/// A card that answers now, and where it is: in a reader, or in this program.
pub(super) fn open(wanted: &CardSource) -> Result<(Box<dyn Card>, Source), Failure> {
    let Some(name) = &wanted.virtual_card else { return reader(wanted) };
    let source = Source { kind: SourceKind::Virtual, name: Some(name.clone()) };
    let faults = faults(&wanted.fault, &wanted.scenario)?;
    let card = Faulty::new(VirtualCard::new(model(name)?), faults);
    let mut card = card.with_patience(wanted.timeout, wanted.deadline);
    card.reset(Reset::Cold).map_err(|error| Failure::from(&error))?;
    Ok((Box::new(card), source))
}

#[cfg(feature = "pcsc")]
fn reader(wanted: &CardSource) -> Result<(Box<dyn Card>, Source), Failure> {
    let card = in_reader(wanted).map_err(|error| not_connected(&error, wanted))?;
    let source = Source { kind: SourceKind::Reader, name: Some(card.reader().to_owned()) };
    Ok((Box::new(card), source))
}

/// The card in a reader.
#[cfg(feature = "pcsc")]
pub(super) fn in_reader(
    wanted: &CardSource,
) -> Result<crate::transport::pcsc::PcscCard, TransportError> {
    use super::arguments::WaitChoice;
    use crate::transport::pcsc::{ConnectOptions, Wait, connect};

    let options = ConnectOptions {
        reader: wanted.reader.clone(),
        protocol: match wanted.protocol {
            ProtocolChoice::Auto => None,
            ProtocolChoice::This(protocol) => Some(protocol),
        },
        interface: wanted.interface,
        exclusive: wanted.exclusive,
        timeout: wanted.timeout,
        deadline: wanted.deadline,
        wait: match wanted.wait {
            None => Wait::No,
            Some(WaitChoice::Forever) => Wait::Forever,
            Some(WaitChoice::For(time)) => Wait::For(time),
        },
    };
    connect(&options)
}

/// Why there is no card; where a reader was named in vain, which ones there are.
#[cfg(feature = "pcsc")]
fn not_connected(error: &TransportError, wanted: &CardSource) -> Failure {
    let failure = Failure::from(error);
    if *error == TransportError::ProtocolMismatch && wanted.protocol != ProtocolChoice::Auto {
        return failure.advised(crate::report::without_protocol());
    }
    let (Some(asked), TransportError::NoReader) = (&wanted.reader, error) else { return failure };
    let there = crate::transport::pcsc::readers(wanted.timeout).unwrap_or_default();
    let names: Vec<String> = there.into_iter().map(|reader| reader.name).collect();
    if names.is_empty() {
        return failure;
    }
    let detail = format!("--reader {asked}: {}", names.join("; "));
    if names.iter().any(|name| name.contains(asked.as_str())) {
        // It is there, and of the other side or of no use.
        failure.detailed(&detail)
    } else {
        Failure::no_reader_of_that_name(&detail)
    }
}

#[cfg(not(feature = "pcsc"))]
fn reader(_: &CardSource) -> Result<(Box<dyn Card>, Source), Failure> {
    let detail = "this build has no PC/SC: use --session or --virtual";
    Err(Failure::from(&TransportError::NoService).detailed(detail))
}

/// Asks a card; whatever ended the conversation stands in the recording.
fn probe_card(
    card: Box<dyn Card>,
    source: Source,
    depth: Depth,
    witness: Option<&dyn Witness>,
) -> Conversation {
    let permission = match depth {
        Depth::PinState => Permission::PinState,
        Depth::Quick | Depth::Basic | Depth::Full | Depth::Everything => Permission::Read,
    };
    let mut card = guarded(card, permission);
    let header = begin(&mut card, &source, witness);
    let _ended = probe::run(&mut card, depth);
    let refused = card.refused();
    let (_, steps) = card.into_parts();
    Conversation { source, session: Session { header, steps }, other: None, refused }
}

/// What a recording of this card says of it; where it is kept, the file begins.
pub(super) fn begin(
    card: &mut Guarded<Box<dyn Card>>,
    source: &Source,
    witness: Option<&dyn Witness>,
) -> Header {
    let header = Header {
        reader: source.name.clone().filter(|_| source.kind == SourceKind::Reader),
        recorded: Some(super::clock::now()),
        tool: Some(concat!("sscard ", env!("CARGO_PKG_VERSION")).into()),
        transport: session::TransportMode::Raw,
        ..probe::header(card)
    };
    if let Some(witness) = witness {
        witness.begin(&header);
        card.set_sink(witness.sink());
    }
    header
}

/// Both sides of one chip, told apart by their interface and known for one by
/// their historical bytes; contact first.
fn both(one: Conversation, two: Conversation) -> Result<Conversation, Failure> {
    let atr = |part: &Conversation| part.session.header.atr.as_deref().map(crate::atr::decode);
    let side = |part: &Conversation| {
        let antenna = atr(part).is_some_and(|atr| atr.contactless);
        part.session.header.interface.or(antenna.then_some(Interface::Contactless))
    };
    let bad = |exit, detail: &str| Err(Failure::with_detail(exit, &format!("--session: {detail}")));
    let (Some(first), Some(second)) = (side(&one), side(&two)) else {
        return bad(Exit::BadInput, "a recording without @interface: which side is it?");
    };
    if first == second {
        return bad(Exit::Usage, &format!("two recordings of the {} side", first.name()));
    }
    let (Some(left), Some(right)) = (atr(&one), atr(&two)) else {
        return bad(Exit::BadInput, "a recording without @atr cannot be paired");
    };
    if left.historical != right.historical {
        return bad(Exit::BadInput, "different historical bytes: these are two chips");
    }
    let (first, second) = if first == Interface::Contact { (one, two) } else { (two, one) };
    Ok(Conversation { other: Some((second.source, second.session)), ..first })
}

/// Loads the one session of a file, or of standard input.
pub(super) fn load(path: &Path) -> Result<Conversation, Failure> {
    let name = path.display().to_string();
    let bytes = read_file(path, MAX_SESSION)?;
    let parsed = session::load(&bytes);
    let bad = |detail: String| Failure::with_detail(Exit::BadInput, &format!("{name}, {detail}"));
    let mut sessions = parsed.map_err(|error| bad(error.to_string()))?;
    let found = sessions.len();
    match (sessions.pop(), found) {
        (Some(session), 1) => Ok(Conversation {
            source: Source { kind: SourceKind::Session, name: Some(name) },
            session,
            other: None,
            refused: 0,
        }),
        _ => Err(bad(format!("line 1: {found} sessions, expected one"))),
    }
}

/// The bytes of a file, at most so many; `-` is standard input. An endless one must
/// not fill the memory.
pub(super) fn read_file(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let result = if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    result.map_err(|error| Failure::with_detail(Exit::Io, &format!("{shown}: {error}")))?;
    if bytes.len() > most {
        let megabytes = most / (1024 * 1024);
        let detail =
            format!("{shown}, byte {most}: the file goes on, expected at most {megabytes} MiB");
        return Err(Failure::with_detail(Exit::BadInput, &detail));
    }
    Ok(bytes)
}

/// What a file of TOML holds; a mistake in it has a place.
pub(super) fn parse_file<T, E: ToString>(
    path: &Path,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let name = path.display();
    let bad = |detail: String| Failure::with_detail(Exit::BadInput, &format!("{name}, {detail}"));
    let text = String::from_utf8(read_file(path, MAX_TABLE)?)
        .map_err(|error| bad(format!("byte {}: not UTF-8", error.utf8_error().valid_up_to())))?;
    parse(&text).map_err(|error| bad(error.to_string()))
}

/// The faults on order: those named one by one, then those of the scenarios.
pub(super) fn faults(named: &[Fault], scenarios: &[PathBuf]) -> Result<Vec<Fault>, Failure> {
    let mut faults = named.to_vec();
    for path in scenarios {
        faults.extend(parse_file(path, emulate::scenario)?);
    }
    Ok(faults)
}

/// A built-in card model.
pub(super) fn model(name: &str) -> Result<Model, Failure> {
    let Some(text) = emulate::builtin(name) else {
        let names = emulate::names().join(", ");
        let detail = format!("--virtual {name}: one of {names}, or list");
        return Err(Failure::with_detail(Exit::Usage, &detail));
    };
    Model::parse(text).map_err(|error| {
        Failure::with_detail(Exit::Internal, &format!("built-in model {name}, {error}"))
    })
}

/// The names and titles of the built-in models.
pub(super) fn models(language: crate::report::Language) -> String {
    let mut text = String::new();
    for name in emulate::names() {
        let title = model(name).map(|model| match language {
            crate::report::Language::Chinese => model.title_zh().to_owned(),
            crate::report::Language::English => model.title_en().to_owned(),
        });
        text.push_str(&format!("{name:<18}{}\n", title.unwrap_or_default()));
    }
    text
}
