//! A text written anew with other bytes and other words: everything else, spaces
//! and comments included, stays as it was.

use super::line::{Content, Line};
use super::text::Document;
use super::{HeaderKey, Session};

impl Document {
    /// The text with the bytes of a session that has the same exchanges, each as
    /// long as before, and with what people wrote in it passed through `clean`.
    #[must_use]
    pub fn rewritten(&self, session: &Session, clean: impl Fn(&str) -> String) -> String {
        let mut exchanges = session.exchanges().map(|(_, exchange)| exchange);
        let mut current = None;
        let mut text = String::new();
        for line in self.lines() {
            let bytes = match line.content() {
                Content::Header(HeaderKey::Atr) => session.header.atr.as_deref(),
                Content::Command { .. } => {
                    current = exchanges.next();
                    current.map(|exchange| exchange.command.as_slice())
                }
                Content::Response { .. } => {
                    current.and_then(|exchange| exchange.response.as_deref())
                }
                _ => None,
            };
            let free = line.free_text();
            let fixed = line.raw().strip_suffix(free).unwrap_or(line.raw());
            match bytes {
                Some(bytes) => text.push_str(&with_bytes(fixed, bytes)),
                None => text.push_str(fixed),
            }
            text.push_str(&clean(free));
        }
        text
    }
}

impl Line {
    /// What people wrote: a comment, a title, the value of a header key that no
    /// program reads; with the end of the line.
    #[must_use]
    pub fn free_text(&self) -> &str {
        let raw = self.raw();
        let behind = |sign: char| raw.split_once(sign).map_or("", |(_, text)| text);
        let is_format = || raw.trim_start_matches('\u{FEFF}').starts_with(super::line::FORMAT);
        match self.content() {
            Content::Comment if is_format() => "",
            Content::Comment => behind('#'),
            Content::Title(_) => behind('-'),
            Content::Header(
                HeaderKey::Title | HeaderKey::Reader | HeaderKey::Tool | HeaderKey::Note,
            ) => behind('@'),
            Content::Command { .. } | Content::Response { .. } => behind(';'),
            _ => "",
        }
    }
}

/// Digits of bytes in the place of others; spaces and the case of letters stay.
fn with_bytes(line: &str, bytes: &[u8]) -> String {
    // `@atr` has a letter that could be a digit.
    let digits = line.find(['>', '<']).or_else(|| line.find("atr").map(|at| at.saturating_add(2)));
    let begin = digits.map_or(0, |at| at.saturating_add(1));
    let (sign, rest) = line.split_at_checked(begin).unwrap_or((line, ""));
    let is_lower = rest.contains(|c: char| matches!(c, 'a'..='f'));
    let text: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let mut new = text.chars().map(|c| if is_lower { c.to_ascii_lowercase() } else { c });
    let place = |c: char| match c.is_ascii_hexdigit().then(|| new.next()).flatten() {
        Some(digit) if !digit.eq_ignore_ascii_case(&c) => digit,
        _ => c,
    };
    let rest: String = rest.chars().map(place).collect();
    format!("{sign}{rest}")
}
