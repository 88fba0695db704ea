//! Status words: what they mean where, what to do, and the numbers that counter
//! software shows for them.

use serde::Serialize;

use super::{Explained, plain, words};
use crate::apdu::StatusWord;
use crate::profile::{self, StatusWordEntry, Text};
use crate::report::{Language, Words};

/// A status word explained.
#[derive(Clone, Debug, Serialize)]
pub struct StatusWordDocument {
    /// SW1-SW2 in hex.
    pub sw: String,
    /// What it means wherever nothing else is said; `None` where no table has it.
    pub meaning: Option<Words>,
    /// What to do.
    pub advice: Option<Words>,
    /// The numbers that counter software shows.
    pub terminal_errors: Vec<TerminalErrorDocument>,
    #[serde(skip)]
    contexts: Vec<Context>,
}

/// A number that counter software shows.
#[derive(Clone, Debug, Serialize)]
pub struct TerminalErrorDocument {
    /// The number.
    pub code: i32,
    /// What the terminal standard says.
    pub meaning: Words,
    /// Who counts so.
    pub layer: &'static str,
}

/// What a status word means in one context.
#[derive(Clone, Debug)]
struct Context {
    name: &'static str,
    meaning: Words,
    diagnosis: Text,
    advice: Words,
}

/// Explains a status word.
#[must_use]
pub fn status_word(sw: StatusWord) -> StatusWordDocument {
    let usual = profile::status_word(sw, &[]).map(|row| context(sw, row));
    let (meaning, advice) = usual.map(|usual| (usual.meaning, usual.advice)).unzip();
    let errors = profile::terminal_errors(sw).map(|row| TerminalErrorDocument {
        code: row.code,
        meaning: row.meaning.into(),
        layer: row.layer,
    });
    StatusWordDocument {
        sw: sw.to_string(),
        meaning,
        advice,
        terminal_errors: errors.collect(),
        contexts: profile::status_words(sw).map(|row| context(sw, row)).collect(),
    }
}

fn context(sw: StatusWord, row: &'static StatusWordEntry) -> Context {
    let fill = |text: Text| words(filled(text.zh, sw, row.sw), filled(text.en, sw, row.sw));
    let (name, diagnosis) = (row.context, row.diagnosis);
    Context { name, meaning: fill(row.meaning), diagnosis, advice: fill(row.advice) }
}

/// Puts the number that a pattern leaves open (`61xx`, `63Cx`) in its place.
fn filled(text: &str, sw: StatusWord, pattern: &str) -> String {
    if pattern.ends_with("xx") {
        // A length of 00 stands for 256.
        let length = if sw.sw2() == 0 { 256 } else { u16::from(sw.sw2()) };
        return text.replace("xx", &format!("{length} (hex {:02X})", sw.sw2()));
    }
    if !pattern.ends_with('x') {
        return text.to_owned();
    }
    let digit = (sw.sw2() & 0x0F).to_string();
    let mut result = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let behind = rest.peek().copied().unwrap_or(' ');
        // An x within a word is no number.
        let alone = !before.is_ascii_alphabetic() && !behind.is_ascii_alphabetic();
        if character == 'x' && alone {
            result.push_str(&digit)
        } else {
            result.push(character)
        }
        before = character;
    }
    result
}

impl StatusWordDocument {
    /// What it means and what to do, without the other contexts: behind the data
    /// of a response.
    pub(super) fn short_lines(&self, language: Language) -> Vec<String> {
        let title = Text { zh: "建议", en: "advice" }.in_language(language);
        let advice = self.advice.as_ref().map(|words| plain(title, words.in_language(language)));
        self.lines(language).into_iter().take(1).chain(advice).collect()
    }
}

impl Explained for StatusWordDocument {
    fn lines(&self, language: Language) -> Vec<String> {
        let say = |text: Text| text.in_language(language);
        let Some(meaning) = &self.meaning else {
            let unknown =
                Text { zh: "本程序的表里没有", en: "in none of this program's tables" };
            return vec![format!("{}  {}", self.sw, say(unknown))];
        };
        let mut lines = vec![format!("{}  {}", self.sw, meaning.in_language(language))];
        for context in &self.contexts {
            lines.push(format!("  {}", say(context_name(context.name))));
            let told = [
                (Text { zh: "含义", en: "meaning" }, context.meaning.in_language(language)),
                (Text { zh: "说明", en: "diagnosis" }, say(context.diagnosis)),
                (Text { zh: "建议", en: "advice" }, context.advice.in_language(language)),
            ];
            let told = told.into_iter().filter(|(_, text)| !text.is_empty());
            lines.extend(told.map(|(name, text)| plain(say(name), text)));
        }
        if !self.terminal_errors.is_empty() {
            let title = Text { zh: "窗口软件的错误号", en: "numbers of counter software" };
            lines.push(format!("  {}", say(title)));
        }
        for error in &self.terminal_errors {
            let meaning = error.meaning.in_language(language);
            let layer = layer(error.layer);
            lines.push(plain(
                &error.code.to_string(),
                &format!("{meaning}{}", language.aside(say(layer))),
            ));
        }
        lines
    }
}

/// The tables' contexts, in words.
fn context_name(context: &'static str) -> Text {
    let (zh, en) = match context {
        "any" => ("一般情况", "anywhere"),
        "SSSE" => ("社会保障应用", "the social security application"),
        "bank" => ("金融应用", "a bank application"),
        "VERIFY Lc=00" => ("查询密码次数（不带密码的 VERIFY）", "VERIFY without a PIN"),
        "all commands" => ("所有指令都这样应答", "every command is answered so"),
        "one command" => ("只有一条指令这样应答", "one command is answered so"),
        other => (other, other),
    };
    Text { zh, en }
}

/// Who counts so, in words.
fn layer(layer: &'static str) -> Text {
    let (zh, en) = match layer {
        "reader" => ("读卡器", "reader"),
        "card" => ("卡片", "card"),
        "data" => ("数据", "data"),
        "pin" => ("密码", "PIN"),
        "psam" => ("PSAM 卡", "PSAM"),
        "hsm" => ("加密机", "HSM"),
        "software" => ("软件", "software"),
        "adapter" => ("某一软件自定义", "one program's own"),
        "region-3301" => ("杭州自定义", "Hangzhou's own"),
        other => (other, other),
    };
    Text { zh, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(sw: u16, language: Language) -> String {
        status_word(StatusWord(sw)).lines(language).join("\n")
    }

    #[test]
    fn shows_every_context_that_fits() {
        let text = lines(0x6283, Language::English);
        assert!(text.contains("a bank application") && text.contains("the social security app"));
        let text = lines(0x6A81, Language::Chinese);
        assert!(text.contains("整卡") && text.contains("只有一条指令"), "{text}");
    }

    #[test]
    fn fills_in_what_a_pattern_leaves_open() {
        let meaning = |sw| status_word(StatusWord(sw)).meaning.unwrap();
        assert_eq!(meaning(0x611E).en, "30 (hex 1E) bytes waiting");
        assert_eq!(meaning(0x6100).en, "256 (hex 00) bytes waiting");
        assert_eq!(meaning(0x6C12).zh, "Le不对，应为18 (hex 12)");
        assert_eq!(meaning(0x63C3).en, "authentication failed, 3 tries left");
        assert_eq!(meaning(0x63C3).zh, "鉴别失败，剩3次");
        assert_eq!(meaning(0x63C0).en, "no tries left");
    }

    #[test]
    fn knows_the_numbers_of_counter_software() {
        let document = status_word(StatusWord(0x6983));
        assert_eq!(document.terminal_errors.len(), 2);
        assert!(document.terminal_errors.iter().any(|error| error.code == -52));
        assert!(lines(0x6983, Language::Chinese).contains("PIN锁定（密码）"));
    }

    #[test]
    fn says_so_where_no_table_has_it() {
        let document = status_word(StatusWord(0x6FAA));
        assert!(document.meaning.is_none() && document.advice.is_none());
        assert_eq!(lines(0x6FAA, Language::Chinese), "6FAA  本程序的表里没有");
    }

    #[test]
    fn every_context_and_layer_has_words() {
        for sw in 0..=u16::MAX {
            for row in profile::status_words(StatusWord(sw)) {
                assert!(context_name(row.context).zh != row.context, "{}", row.context);
            }
            for row in profile::terminal_errors(StatusWord(sw)) {
                assert!(layer(row.layer).zh != row.layer, "{}", row.layer);
            }
        }
    }
}
