//! What to tell a citizen who asks about the third generation: the difference,
//! whether to replace a card, the steps.

use serde::Serialize;

use super::{Language, Words, pad, width, wrap};
use crate::profile::Text;
use crate::verdict::{Aspect, aspects};

/// A titled part of the guide.
struct Section {
    title: Text,
    lines: &'static [Text],
}

/// What is known of a region, from when on or by when, and who says so.
struct Region {
    code: &'static str,
    name: Text,
    since: Option<&'static str>,
    by: Option<&'static str>,
    says: Text,
    source: Text,
    confidence: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/guide.rs"));

/// What is not known of the others.
const OTHER_REGIONS: Text = Text {
    zh: "未列出的地区，本程序没有当地换发办法的资料，请咨询当地社保部门；已列出的，也以当地最新规定为准。",
    en: "Of regions that are not listed nothing is known here: ask the local social security office, for the listed ones too, since rules change.",
};

/// Columns of a line.
const COLUMNS: usize = 80;

/// The document of `guide`.
#[derive(Clone, Debug, Serialize)]
pub struct GuideDocument {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<()>,
    comparison: Vec<Difference>,
    sections: Vec<SectionDocument>,
    regions: Vec<RegionDocument>,
    other_regions: Words,
}

#[derive(Clone, Debug, Serialize)]
struct RegionDocument {
    code: &'static str,
    name: Words,
    since: Option<&'static str>,
    by: Option<&'static str>,
    says: Words,
    source: Words,
    confidence: &'static str,
}

/// An aspect in which the generations differ.
#[derive(Clone, Debug, Serialize)]
struct Difference {
    id: &'static str,
    aspect: Words,
    second: Words,
    third: Words,
}

#[derive(Clone, Debug, Serialize)]
struct SectionDocument {
    title: Words,
    lines: Vec<Words>,
}

/// The guide as a document.
#[must_use]
pub fn guide() -> GuideDocument {
    let difference = |aspect: &Aspect| Difference {
        id: aspect.id,
        aspect: aspect.name.into(),
        second: aspect.second.into(),
        third: aspect.third.into(),
    };
    let section = |section: &Section| SectionDocument {
        title: section.title.into(),
        lines: section.lines.iter().map(|line| (*line).into()).collect(),
    };
    let region = |region: &Region| RegionDocument {
        code: region.code,
        name: region.name.into(),
        since: region.since,
        by: region.by,
        says: region.says.into(),
        source: region.source.into(),
        confidence: region.confidence,
    };
    GuideDocument {
        schema_version: "1.0",
        command: "guide",
        exit_code: 0,
        error: None,
        comparison: aspects().iter().map(difference).collect(),
        sections: SECTIONS.iter().map(section).collect(),
        regions: REGIONS.iter().map(region).collect(),
        other_regions: OTHER_REGIONS.into(),
    }
}

/// The guide as text.
#[must_use]
pub fn guide_lines(language: Language) -> Vec<String> {
    const TITLE: Text = Text { zh: "第二代与第三代", en: "Second and third generation" };
    const SECOND: Text = Text { zh: "第二代", en: "second generation" };
    const THIRD: Text = Text { zh: "第三代", en: "third generation" };
    let say = |text: Text| text.in_language(language);
    let name = aspects().iter().map(|aspect| width(say(aspect.name))).max().unwrap_or(0);
    let name = name.saturating_add(2);
    let second = COLUMNS.saturating_sub(name).saturating_sub(2) / 2;
    let row = |first: &str, of_second: &str, of_third: &str| {
        let left = wrap(of_second, second.saturating_sub(2));
        let right = wrap(of_third, second.saturating_sub(2));
        let line = |at: usize| {
            let cell = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
            let head = pad(if at == 0 { first } else { "" }, name);
            format!("  {head}{}{}", pad(&cell(&left), second), cell(&right)).trim_end().to_owned()
        };
        (0..left.len().max(right.len())).map(line).collect::<Vec<_>>()
    };
    let mut lines = vec![say(TITLE).to_owned()];
    lines.extend(row("", say(SECOND), say(THIRD)));
    for aspect in aspects() {
        lines.extend(row(say(aspect.name), say(aspect.second), say(aspect.third)));
    }
    for section in SECTIONS {
        let said = section.lines.iter().map(|line| say(*line).to_owned());
        lines.extend(titled(say(section.title), said));
    }
    const REGIONS_TITLE: Text = Text {
        zh: "部分地区的情况（附出处）",
        en: "Single regions, where a source tells",
    };
    let told = REGIONS.iter().map(|region| region.line(language));
    lines.extend(titled(say(REGIONS_TITLE), told.chain([say(OTHER_REGIONS).to_owned()])));
    lines
}

impl Region {
    fn line(&self, language: Language) -> String {
        let say = |text: Text| text.in_language(language);
        let (name, says, source) = (say(self.name), say(self.says), say(self.source));
        let (code, when) = (self.code, self.when(language));
        match language {
            Language::Chinese => format!("{code} {name}，{when}：{says}。〔{source}〕"),
            Language::English => format!("{code} {name}, {when}: {says}. [{source}]"),
        }
    }

    /// From when on, or by when: not earlier, or not later.
    fn when(&self, language: Language) -> String {
        let since = |date: &str| match language {
            Language::Chinese => format!("{}起", chinese_date(date)),
            Language::English => format!("since {date}"),
        };
        let by = |date: &str| match language {
            Language::Chinese => format!("不晚于{}", chinese_date(date)),
            Language::English => format!("by {date}"),
        };
        self.since.map(since).or(self.by.map(by)).unwrap_or_default()
    }
}

/// A date as it is written in Chinese: as precise as it is.
fn chinese_date(date: &str) -> String {
    let parts = date.split('-').zip(["年", "月", "日"]);
    let words: Vec<String> =
        parts.map(|(part, unit)| format!("{} {unit}", part.trim_start_matches('0'))).collect();
    words.join(" ")
}

/// A section of the text: its title, and its lines with the rest of each indented.
fn titled(title: &str, said: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines = vec![String::new(), title.to_owned()];
    for line in said {
        let wrapped = wrap(&line, COLUMNS.saturating_sub(4)).into_iter().enumerate();
        lines.extend(
            wrapped.map(|(at, text)| format!("{}{text}", if at == 0 { "  " } else { "    " })),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::chinese_date;

    #[test]
    fn a_date_is_as_precise_as_it_is() {
        assert_eq!(chinese_date("2021"), "2021 年");
        assert_eq!(chinese_date("2021-12"), "2021 年 12 月");
        assert_eq!(chinese_date("2021-03-01"), "2021 年 3 月 1 日");
    }
}
