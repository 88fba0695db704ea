//! A screen of a terminal as an SVG picture. anstyle-svg puts a line into one text, so
//! that the columns behind Chinese, which takes two each, do not line up; here every
//! piece stands at its column.

use std::fmt::Write as _;
use std::path::Path;

use unicode_width::UnicodeWidthChar as _;

/// Pixels of a column, of a line, and around it all.
const COLUMN: f64 = 8.4;
const LINE: usize = 19;
const MARGIN: usize = 12;

/// Black to white, as on a dark terminal.
const COLOURS: [&str; 8] =
    ["#1e1e1e", "#f14c4c", "#3fb950", "#e3b341", "#569cd6", "#c586c0", "#56b6c2", "#d4d4d4"];

/// Of all of it. Without crisp edges fields that touch would show a line between them.
const STYLE: &str = r#"font-family="Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', 'Microsoft YaHei', monospace" font-size="14" shape-rendering="crispEdges""#;

/// How a piece looks: bold, and its colours by their number.
#[derive(Clone, Copy, Default, PartialEq)]
struct Look {
    bold: bool,
    front: Option<usize>,
    back: Option<usize>,
}

impl Look {
    /// After an escape sequence of the terminal: `1;32` and the like.
    fn after(mut self, codes: &str) -> Self {
        for code in codes.split(';') {
            match code.parse().unwrap_or(0) {
                0 => self = Self::default(),
                1 => self.bold = true,
                22 => self.bold = false,
                front @ 30..=37 => self.front = Some(front - 30),
                front @ 90..=97 => self.front = Some(front - 90),
                39 => self.front = None,
                back @ 40..=47 => self.back = Some(back - 40),
                back @ 100..=107 => self.back = Some(back - 100),
                49 => self.back = None,
                other => panic!("a screen asks for {other}"),
            }
        }
        self
    }
}

/// Characters of one look and one width that follow each other.
struct Piece {
    look: Look,
    wide: bool,
    column: usize,
    text: String,
}

impl Piece {
    fn columns(&self) -> usize {
        self.text.chars().count() * if self.wide { 2 } else { 1 }
    }
}

/// A line's pieces; the look goes on into the next line.
fn pieces(line: &str, look: &mut Look) -> (Vec<Piece>, usize) {
    let (mut found, mut column, mut rest): (Vec<Piece>, usize, _) = (Vec::new(), 0, line);
    while let Some(character) = rest.chars().next() {
        if let Some(sequence) = rest.strip_prefix("\x1b[") {
            let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
            assert_eq!(&sequence[end..=end], "m", "only looks are drawn");
            *look = look.after(&sequence[..end]);
            rest = &sequence[end + 1..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        let width = character.width().unwrap();
        let wide = width == 2;
        match found.last_mut().filter(|piece| piece.look == *look && piece.wide == wide) {
            Some(piece) => piece.text.push(character),
            None => found.push(Piece { look: *look, wide, column, text: character.into() }),
        }
        column += width;
    }
    (found, column)
}

fn left(column: usize) -> String {
    format!("{:.1}", MARGIN as f64 + column as f64 * COLUMN)
}

fn draw(piece: &Piece, line: usize, svg: &mut String) {
    let top = MARGIN + line * LINE;
    if let Some(back) = piece.look.back {
        let (x, width) = (left(piece.column), piece.columns() as f64 * COLUMN);
        let colour = COLOURS[back];
        let place = format!(r#"x="{x}" y="{top}" width="{width:.1}" height="{LINE}""#);
        writeln!(svg, r#"<rect {place} fill="{colour}"/>"#).unwrap();
    }
    // What is blank is not drawn, and cannot be drawn too narrow.
    let begun = piece.text.trim_start();
    let (column, text) = (piece.column + piece.text.len() - begun.len(), begun.trim_end());
    if text.is_empty() {
        return;
    }
    // A wide character has its own place: fonts differ in how wide it is.
    let place = if piece.wide {
        let columns = (0..text.chars().count()).map(|at| left(column + 2 * at));
        format!(r#"x="{}""#, columns.collect::<Vec<_>>().join(" "))
    } else {
        let width = text.chars().count() as f64 * COLUMN;
        format!(r#"x="{}" textLength="{width:.1}""#, left(column))
    };
    let colour = COLOURS[piece.look.front.unwrap_or(7)];
    let weight = if piece.look.bold { r#" font-weight="bold""# } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // Others would come together into one.
    let text = text.replace(' ', "\u{A0}");
    let y = top + LINE - 5;
    writeln!(svg, r#"<text {place} y="{y}" fill="{colour}"{weight}>{text}</text>"#).unwrap();
}

/// The picture of what a terminal was sent.
pub(crate) fn svg(screen: &str) -> String {
    let (mut drawn, mut look, mut columns) = (String::new(), Look::default(), 80);
    let lines: Vec<_> = screen.trim_end().lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let (pieces, width) = pieces(line, &mut look);
        columns = columns.max(width);
        for piece in &pieces {
            draw(piece, number, &mut drawn);
        }
    }
    let width = (columns as f64).mul_add(COLUMN, 2.0 * MARGIN as f64).ceil();
    let height = 2 * MARGIN + lines.len() * LINE;
    let ground = COLOURS[0];
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {STYLE}>
<rect width="100%" height="100%" rx="6" fill="{ground}"/>
{drawn}</svg>
"#
    )
}

/// Compares a screen with its picture in docs/pictures; `SNAPSHOTS=overwrite` draws
/// it anew.
pub(crate) fn is_current(screen: &str, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(name);
    let drawn = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text));
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(svg(screen), drawn.raw());
}
