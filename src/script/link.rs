//! From parsed files to a program: what is included stands in its place, every
//! name is known, every command may be sent.

use super::error::{ScriptError, ScriptErrorKind};
use super::names::{Known, Names, in_pattern, in_template};
use super::{CommandNode, MAX_INCLUDES, MAX_STEPS, Node};
use crate::apdu::{Permission, Refusal, permit};
use crate::session::limits::MAX_DEPTH;
use crate::session::script::{Expectation, Template};
use crate::session::text::{Content, Document, Line};
use crate::session::{Event, Header, TransportMode};

/// A line of a script or of a file that it includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as in [`Program::file`].
    pub file: usize,
    /// Line, counted from 1.
    pub line: usize,
    /// Character where its first word begins, counted from 1.
    pub column: usize,
}

/// A script that can be run.
pub struct Program {
    header: Header,
    files: Vec<(String, Document)>,
    pub(super) nodes: Vec<Node>,
    writes: Vec<(Place, Refusal)>,
}

impl Program {
    /// What the script says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How its lines relate to the wire.
    #[must_use]
    pub fn transport(&self) -> TransportMode {
        self.header.transport
    }

    /// The commands that no reading needs: they may change a card.
    #[must_use]
    pub fn writes(&self) -> &[(Place, Refusal)] {
        &self.writes
    }

    /// The name of an included file; empty for the script itself.
    #[must_use]
    pub fn file(&self, place: Place) -> &str {
        self.files.get(place.file).map_or("", |(name, _)| name)
    }

    /// What a line says.
    #[must_use]
    pub fn content(&self, place: Place) -> Option<&Content> {
        let (_, document) = self.files.get(place.file)?;
        document.lines().get(place.line.checked_sub(1)?).map(Line::content)
    }

    /// A line as it stands in its file, without comment and spaces around it.
    #[must_use]
    pub fn line(&self, place: Place) -> &str {
        let document = self.files.get(place.file).map(|(_, document)| document);
        let index = place.line.checked_sub(1);
        let line = document.zip(index).and_then(|(document, index)| document.lines().get(index));
        line.map_or("", |line| line.raw().split(';').next().unwrap_or_default().trim())
    }
}

/// Makes a program of a script. `known` gives the bytes of names, `load` the files
/// that it includes, by their paths from the script's folder.
///
/// # Errors
///
/// Returns the first reason why it cannot be run, or why `load` gave no file.
pub fn link<E: From<ScriptError>>(
    script: &Document,
    known: &Known<'_>,
    load: &mut dyn FnMut(&str) -> Result<Document, E>,
) -> Result<Program, E> {
    let header = script.header().clone();
    let program = Program { header, files: Vec::new(), nodes: Vec::new(), writes: Vec::new() };
    let mut linker = Linker { program, known, load, set: Vec::new(), open: Vec::new() };
    let nodes = linker.file(String::new(), script, 0)?;
    let steps = steps(&nodes);
    let start = Place { file: 0, line: 1, column: 1 };
    if steps > MAX_STEPS {
        return Err(linker.error(start, ScriptErrorKind::Steps(steps)));
    }
    if steps == 0 {
        return Err(linker.error(start, ScriptErrorKind::Nothing));
    }
    linker.program.nodes = nodes;
    Ok(linker.program)
}

/// Commands and resets, rounds of loops counted.
fn steps(nodes: &[Node]) -> usize {
    let of_each = nodes.iter().map(|node| match node {
        Node::Command(_) | Node::Reset(..) => 1,
        Node::Title(_) | Node::OnFail(_) => 0,
        Node::Included(nodes) => steps(nodes),
        Node::Loop(rounds, body) => steps(body).saturating_mul(usize::from(*rounds)),
    });
    of_each.fold(0, usize::saturating_add)
}

struct Linker<'a, E> {
    program: Program,
    known: &'a Known<'a>,
    load: &'a mut dyn FnMut(&str) -> Result<Document, E>,
    /// The names that lines above have set.
    set: Vec<String>,
    /// The files that are being read, the outermost first.
    open: Vec<String>,
}

impl<E: From<ScriptError>> Linker<'_, E> {
    fn error(&self, place: Place, kind: ScriptErrorKind) -> E {
        let file = self.program.file(place).to_owned();
        E::from(ScriptError { file, line: place.line, column: place.column, kind })
    }

    /// The nodes of a file that stands within so many loops.
    fn file(&mut self, name: String, document: &Document, depth: usize) -> Result<Vec<Node>, E> {
        let file = self.program.files.len();
        self.program.files.push((name.clone(), document.clone()));
        self.open.push(name);
        // One list for the file, and one for each loop that is open.
        let mut lists: Vec<(u8, Vec<Node>)> = vec![(1, Vec::new())];
        for (line, parsed) in (1..).zip(document.lines()) {
            let place = Place { file, line, column: parsed.column() };
            let loops = depth.saturating_add(lists.len().saturating_sub(1));
            match parsed.content() {
                Content::Repeat(_) if loops >= MAX_DEPTH => {
                    return Err(self.error(place, ScriptErrorKind::Depth));
                }
                Content::Repeat(rounds) => lists.push((*rounds, Vec::new())),
                Content::End => {
                    let (rounds, body) = lists.pop().unwrap_or_default();
                    if let Some((_, list)) = lists.last_mut() {
                        list.push(Node::Loop(rounds, body));
                    }
                }
                content => {
                    let node = self.node(place, content, loops)?;
                    let Some((_, list)) = lists.last_mut() else { continue };
                    self.put(place, content, node, list)?;
                }
            }
        }
        self.open.pop();
        Ok(lists.pop().map(|(_, list)| list).unwrap_or_default())
    }

    /// What a line is for itself; `None` for one that belongs to the line above.
    fn node(&mut self, place: Place, content: &Content, loops: usize) -> Result<Option<Node>, E> {
        Ok(Some(match content {
            Content::Title(title) => Node::Title(title.clone()),
            Content::OnFail(reaction) => Node::OnFail(*reaction),
            Content::Event(Event::Reset(kind)) => Node::Reset(place, *kind, None),
            Content::Include(path) => Node::Included(self.include(place, path, loops)?),
            Content::Command { template, .. } => {
                self.check_names(place, in_template(template), loops)?;
                self.check_writing(place, template)?;
                Node::Command(Box::new(CommandNode {
                    place,
                    template: template.clone(),
                    expectations: Vec::new(),
                    captures: Vec::new(),
                    event: None,
                }))
            }
            Content::Response { expectation, .. } => {
                let pieces = match expectation {
                    Expectation::Pattern(pieces) | Expectation::Tlv { value: pieces, .. } => pieces,
                    _ => return Ok(None),
                };
                self.check_names(place, in_pattern(pieces), loops)?;
                return Ok(None);
            }
            Content::Capture(capture) => {
                self.set.push(capture.name.clone());
                return Ok(None);
            }
            _ => return Ok(None),
        }))
    }

    /// Adds a line to the nodes above it.
    fn put(
        &self,
        place: Place,
        content: &Content,
        node: Option<Node>,
        list: &mut Vec<Node>,
    ) -> Result<(), E> {
        if let Some(node) = node {
            list.push(node);
            return Ok(());
        }
        match (content, list.last_mut()) {
            (Content::Response { expectation, .. }, Some(Node::Command(command))) => {
                command.expectations.push((place, expectation.clone()));
            }
            (Content::Capture(capture), Some(Node::Command(command))) => {
                command.captures.push((place, capture.clone()));
            }
            (Content::Event(event), Some(Node::Command(command))) => {
                if !command.expectations.is_empty() || !command.captures.is_empty() {
                    return Err(self.error(place, ScriptErrorKind::Both));
                }
                command.event = Some((place, event.clone()));
            }
            (Content::Event(event), Some(Node::Reset(_, _, expected @ None))) => {
                *expected = Some(event.clone());
            }
            (Content::Event(_), _) => return Err(self.error(place, ScriptErrorKind::Event)),
            _ => {}
        }
        Ok(())
    }

    fn include(&mut self, place: Place, path: &str, loops: usize) -> Result<Vec<Node>, E> {
        let folder = self.program.file(place).rsplit_once('/').map(|(folder, _)| folder);
        let path = folder.map_or_else(|| path.to_owned(), |folder| format!("{folder}/{path}"));
        if self.open.contains(&path) {
            return Err(self.error(place, ScriptErrorKind::Cycle));
        }
        if self.program.files.len() > MAX_INCLUDES {
            return Err(self.error(place, ScriptErrorKind::Includes));
        }
        let document = (self.load)(&path)?;
        if document.header().transport != self.program.header.transport {
            return Err(self.error(place, ScriptErrorKind::Transport));
        }
        if !document.header().require.is_empty() && self.program.header.require.is_empty() {
            return Err(self.error(place, ScriptErrorKind::Require));
        }
        self.file(path, &document, loops)
    }

    fn check_names<'n>(
        &self,
        place: Place,
        mut names: impl Iterator<Item = &'n str>,
        loops: usize,
    ) -> Result<(), E> {
        let is_known = |name: &str| match name {
            "i" => loops > 0,
            name => self.set.iter().any(|set| set == name) || (self.known)(name).is_some(),
        };
        match names.all(is_known) {
            true => Ok(()),
            false => Err(self.error(place, ScriptErrorKind::Name)),
        }
    }

    /// A command that reading does not need has to be announced. One whose bytes
    /// are known only in the run is checked there.
    fn check_writing(&mut self, place: Place, template: &Template) -> Result<(), E> {
        let mut names = Names::new(self.known);
        names.enter();
        names.round(1);
        let Ok(command) = names.command(template) else { return Ok(()) };
        let Err(refusal) = permit(&command, Permission::Read) else { return Ok(()) };
        if self.program.header.require.is_empty() {
            return Err(self.error(place, ScriptErrorKind::Write(refusal)));
        }
        self.program.writes.push((place, refusal));
        Ok(())
    }
}
