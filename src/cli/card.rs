//! Where a card comes from: a reader, a recording, or a built-in model.

use std::io::Read as _;
use std::path::Path;

use super::arguments::CardSource;
use super::failure::Failure;
use super::record::Recorder;
use crate::apdu::Permission;
use crate::emulate::{self, Model, VirtualCard};
use crate::probe::{self, Depth};
use crate::report::{Exit, Source, SourceKind};
use crate::session::{self, Header, Session};
use crate::transport::{Card, guarded};

/// A conversation with a card, from wherever.
pub(super) struct Conversation {
    pub(super) source: Source,
    pub(super) session: Session,
    pub(super) refused: u32,
}

/// Holds the conversation that was asked for, or loads it.
pub(super) fn converse(
    wanted: &CardSource,
    depth: Depth,
    recorder: Option<&Recorder>,
) -> Result<Conversation, Failure> {
    if let Some(path) = &wanted.session {
        return load(path);
    }
    if let Some(name) = &wanted.virtual_card {
        let card = VirtualCard::new(model(name)?);
        return Ok(probe_card(
            card,
            Source { kind: SourceKind::Virtual, name: Some(name.clone()) },
            depth,
            recorder,
        ));
    }
    reader(wanted, depth, recorder)
}

#[cfg(feature = "pcsc")]
fn reader(
    wanted: &CardSource,
    depth: Depth,
    recorder: Option<&Recorder>,
) -> Result<Conversation, Failure> {
    use super::arguments::{ProtocolChoice, WaitChoice};
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
    let card = connect(&options).map_err(|error| Failure::from(&error))?;
    let source = Source { kind: SourceKind::Reader, name: Some(card.reader().to_owned()) };
    Ok(probe_card(card, source, depth, recorder))
}

#[cfg(not(feature = "pcsc"))]
fn reader(_: &CardSource, _: Depth, _: Option<&Recorder>) -> Result<Conversation, Failure> {
    Err(Failure::from(&crate::transport::TransportError::NoService))
}

/// Asks a card; whatever ended the conversation stands in the recording.
fn probe_card<C: Card>(
    card: C,
    source: Source,
    depth: Depth,
    recorder: Option<&Recorder>,
) -> Conversation {
    let mut card = guarded(card, Permission::Read);
    let mut header = Header {
        reader: source.name.clone().filter(|_| source.kind == SourceKind::Reader),
        recorded: Some(super::clock::now()),
        tool: Some(concat!("sscard ", env!("CARGO_PKG_VERSION")).into()),
        ..probe::header(&card)
    };
    header.transport = session::TransportMode::Raw;
    if let Some(recorder) = recorder {
        recorder.begin(&header);
        card.set_sink(recorder.sink());
    }
    let _ended = probe::run(&mut card, depth);
    let refused = card.refused();
    let (_, steps) = card.into_parts();
    Conversation { source, session: Session { header, steps }, refused }
}

/// Loads the one session of a file, or of standard input.
fn load(path: &Path) -> Result<Conversation, Failure> {
    let name = path.display().to_string();
    let bytes = read_file(path)?;
    let parsed = session::load(&bytes);
    let bad = |detail: String| Failure::with_detail(Exit::BadInput, &format!("{name}, {detail}"));
    let mut sessions = parsed.map_err(|error| bad(error.to_string()))?;
    let found = sessions.len();
    match (sessions.pop(), found) {
        (Some(session), 1) => Ok(Conversation {
            source: Source { kind: SourceKind::Session, name: Some(name) },
            session,
            refused: 0,
        }),
        _ => Err(bad(format!("line 1: {found} sessions, expected one"))),
    }
}

/// The bytes of a file; `-` is standard input.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let result = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    result.map_err(|error| Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display())))
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
