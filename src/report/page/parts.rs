//! The parts of the page.

use maud::{Markup, html};

use super::super::document::Application;
use super::super::exchange::Line;
use super::super::screen;
use super::super::words;
use super::super::{Exit, numbers};
use super::{PageInput, say};
use crate::verdict::{ApplicationVerdict, Presence, Severity, State};

/// The colour of an outcome; a word always stands beside it.
pub(super) fn class_of(exit: Exit) -> &'static str {
    match exit {
        Exit::Healthy => "good",
        Exit::Attention | Exit::NotSocialSecurity => "warn",
        _ => "bad",
    }
}

fn class_of_state(row: &ApplicationVerdict) -> &'static str {
    match (row.state, row.worst()) {
        (_, Some(Severity::Error | Severity::Fatal)) => "bad",
        (_, Some(Severity::Warn)) => "warn",
        (State::NotChecked | State::NotInstalled, _) => "none",
        _ => "good",
    }
}

/// Version, algorithm, side, region.
pub(super) fn second_line(input: &PageInput<'_>) -> String {
    screen::second_line(input.document, input.verdict, input.language).unwrap_or_default()
}

/// A row for each application that is there, or may be on the other side.
pub(super) fn applications(input: &PageInput<'_>) -> Markup {
    let rows = input.document.applications.iter().zip(&input.verdict.applications);
    let gone = |presence| matches!(presence, Presence::Absent | Presence::NotSeenHere);
    let shown = rows.filter(|(_, judged)| !gone(judged.presence));
    let language = input.language;
    html! {
        h2 { (say(input, "应用", "Applications")) }
        table id="applications" {
            @for (row, judged) in shown { (application(input, row, judged)) }
            @for (kind, side) in screen::other_side(input.document, input.verdict) {
                tr {
                    td { (kind.text().in_language(language)) }
                    td { span.state.none {
                        (words::presence(Presence::NotSeenHere).in_language(language)) } }
                    td { (side.text().in_language(language)) }
                }
            }
        }
    }
}

fn application(input: &PageInput<'_>, row: &Application, judged: &ApplicationVerdict) -> Markup {
    let language = input.language;
    let state = match judged.state {
        State::NotChecked => words::presence(judged.presence),
        state => words::state(state),
    };
    let serious = row.findings.iter().filter(|finding| finding.severity != "info");
    let remark = screen::remark(row, judged.state, input.verdict, language);
    html! {
        tr {
            td { (row.name.in_language(language)) }
            td { span.state.(class_of_state(judged)) { (state.in_language(language)) } }
            td {
                (remark)
                @for finding in serious.skip(1) {
                    br; (finding.message.in_language(language))
                }
            }
        }
    }
}

/// What the generation is told by.
pub(super) fn evidence(input: &PageInput<'_>) -> Markup {
    let lines = screen::evidence(input.verdict, input.language);
    html! {
        @if !lines.is_empty() {
            h2 { (say(input, "代次依据", "Why this generation")) }
            div id="evidence" { @for line in lines { p { (line) } } }
        }
    }
}

/// The generations side by side, and this card.
pub(super) fn comparison(input: &PageInput<'_>) -> Markup {
    let language = input.language;
    let rows = &input.document.comparison;
    html! {
        @if !rows.is_empty() {
            h2 { (say(input, "二代、三代与本卡", "Second, third generation and this card")) }
            table id="comparison" {
                tr {
                    th {} th { (say(input, "第二代", "second")) }
                    th { (say(input, "第三代", "third")) }
                    th { (say(input, "本卡", "this card")) }
                }
                @for row in rows {
                    tr {
                        td { (row.aspect.in_language(language)) }
                        td { (row.second.in_language(language)) }
                        td { (row.third.in_language(language)) }
                        td { (row.this_card.in_language(language)) " "
                            span.small { (brackets(&row.exchanges)) } }
                    }
                }
            }
        }
    }
}

fn brackets(exchanges: &[u32]) -> String {
    if exchanges.is_empty() { String::new() } else { format!("[{}]", numbers(exchanges)) }
}

/// When, by what, from where.
pub(super) fn colophon(input: &PageInput<'_>) -> String {
    let document = input.document;
    let (tool, time) = (&document.tool, &document.time);
    let source = document.source.name.as_deref().unwrap_or_default();
    let day = say(input, "判断日期", "judged as of");
    format!(
        "{} {} · {time} · {day} {} · {} {source}",
        tool.name, tool.version, document.judged_as_of, document.source.kind
    )
}

/// Every finding with its rule and proof.
pub(super) fn findings(input: &PageInput<'_>) -> Markup {
    let language = input.language;
    html! {
        h2 { (say(input, "全部检查结果", "All findings")) }
        table id="findings" {
            @for row in &input.document.applications {
                @for finding in &row.findings {
                    tr {
                        td { code { (finding.rule) } br; span.small { (finding.severity) } }
                        td { (row.name.in_language(language)) }
                        td { (finding.message.in_language(language)) br;
                            span.small { (finding.advice.in_language(language)) } }
                        td { (brackets(&finding.exchanges)) }
                    }
                }
            }
        }
        p.small { (say(input, "计数器读取前后", "Counters before and after")) ": "
            (match input.document.safety.counters_unchanged {
                Some(true) => say(input, "未变，证明只读", "unchanged: nothing but reading was done"),
                Some(false) => say(input, "有变化", "changed"),
                None => say(input, "卡片不显示计数器", "the card shows no counter"),
            }) }
    }
}

/// Widest bar, in rem.
const BAR: f64 = 8.0;

/// Every exchange: what, how long, bytes, meaning.
pub(super) fn timeline(input: &PageInput<'_>) -> Markup {
    let longest = input.timeline.iter().map(Line::milliseconds).fold(0.0, f64::max);
    let width = |ms: f64| if longest > 0.0 { ms / longest * BAR } else { 0.0 };
    html! {
        h2 { (say(input, "指令往来", "Exchanges")) }
        p.small { (screen::took(input.document, input.language)) }
        table id="exchanges" {
            @for line in &input.timeline {
                tr {
                    @match line {
                        Line::Event(name) => { td {} td colspan="3" { (name) } }
                        Line::Exchange(exchange) => {
                            td { (exchange.number) }
                            td { (exchange.name) br;
                                span.bar style=(format!("width:{:.2}rem", width(exchange.ms))) {}
                                " " span.small { (format!("{:.1} ms", exchange.ms)) } }
                            td.hex { "> " (exchange.command) br; "< " (exchange.answer) }
                            td.small { (exchange.meaning.in_language(input.language)) }
                        }
                    }
                }
            }
        }
    }
}
