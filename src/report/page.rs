//! The page of a check: one file without script and without anything from outside.
//! First what the citizen takes home, on one sheet of paper; then, folded, what a
//! technician wants to see.

mod parts;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::document::Document;
use super::exchange::Line;
use super::words::{self, Say};
use super::{Exit, Language};
use crate::profile::Text;
use crate::verdict::{Kind, Verdict};

const STYLE: &str = include_str!("page/style.css");

/// What goes onto the page.
pub struct PageInput<'a> {
    /// The document of the check.
    pub document: &'a Document,
    /// The verdict behind it.
    pub verdict: &'a Verdict,
    /// Every line of the conversation.
    pub timeline: Vec<Line>,
    /// The language.
    pub language: Language,
}

/// The page, complete.
#[must_use]
pub fn page(input: &PageInput<'_>) -> String {
    let language = input.language;
    let code = if language == Language::Chinese { "zh-CN" } else { "en" };
    let title = format!("sscard: {}", headline(input).join(" "));
    let page = html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing may leave the page, whatever a card has written on itself.
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (citizen(input)) (technician(input)) }
        }
    };
    page.into_string()
}

/// Which card, and how it is.
fn headline(input: &PageInput<'_>) -> [String; 2] {
    let what = match input.verdict.kind {
        Kind::SocialSecurity => words::generation(input.verdict.generation.value),
        other => words::kind(other),
    };
    let exit = Exit::from(input.verdict.outcome);
    let how = super::screen::how(input.verdict, exit, input.language);
    [what.in_language(input.language).to_owned(), how]
}

fn say(input: &PageInput<'_>, zh: &'static str, en: &'static str) -> &'static str {
    Text { zh, en }.in_language(input.language)
}

fn citizen(input: &PageInput<'_>) -> Markup {
    let document = input.document;
    let exit = Exit::from(input.verdict.outcome);
    let [what, how] = headline(input);
    let class = parts::class_of(exit);
    let notes = super::screen::notes(document, input.verdict, input.language);
    html! {
        header.verdict.(class) id="verdict" {
            h1 { (what) " " span.state { (how) } }
            p { (parts::second_line(input)) }
        }
        @if let Some(error) = &document.error {
            p.bad { (error.message.in_language(input.language)) " "
                (error.advice.in_language(input.language)) }
        }
        h2 { (say(input, "建议", "Advice")) }
        div id="advice" {
            @for line in super::screen::advice(document, input.verdict, input.language, exit) {
                p { (line) }
            }
        }
        (parts::applications(input))
        (parts::evidence(input))
        (parts::comparison(input))
        @for note in notes { p.small { (note) } }
        p.small { (parts::colophon(input)) }
    }
}

fn technician(input: &PageInput<'_>) -> Markup {
    html! {
        details id="technician" {
            summary { (Say::Technician.text().in_language(input.language)) }
            (parts::findings(input))
            (parts::timeline(input))
        }
    }
}
