//! The words that a rule may use: the variants of the enums they become, so that a
//! mistake is told in the words of the table.

/// The source in which the enums stand.
pub(crate) struct Vocabulary(String);

impl Vocabulary {
    pub(crate) fn new(source: String) -> Self {
        Self(source)
    }

    /// What there is instead of a word that the enum lacks, as tables write it.
    pub(crate) fn instead_of(&self, word: &str, set: &str) -> Option<String> {
        let words = self.words(set);
        if words.iter().any(|known| known == word) { None } else { Some(words.join(", ")) }
    }

    /// The words of a set; a variant that holds a set of its own stands for its words.
    fn words(&self, set: &str) -> Vec<String> {
        let body = self.0.split_once(&format!("pub enum {set} {{")).map_or("", |(_, rest)| rest);
        let lines = body.lines().take_while(|line| *line != "}").map(str::trim);
        let variants = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        variants
            .flat_map(|variant| {
                let variant = variant.trim_end_matches([',', ')']);
                match variant.split_once('(') {
                    Some((name, below)) => {
                        let prefix = hyphens(name);
                        let words = self.words(below).into_iter();
                        words.map(|word| format!("{prefix}-{word}")).collect()
                    }
                    None => vec![hyphens(variant)],
                }
            })
            .collect()
    }
}

/// `PinOrKey` as tables write it: `pin-or-key`.
fn hyphens(variant: &str) -> String {
    let mut word = String::new();
    for character in variant.chars() {
        if character.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(character.to_ascii_lowercase());
    }
    word
}
