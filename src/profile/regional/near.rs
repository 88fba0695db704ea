//! What somebody may have meant.

/// Below this two words are not alike; clap draws the same line for options.
const ALIKE: f64 = 0.8;

/// The word most like the one that stands there, if any is alike.
pub(super) fn nearest(word: &str, allowed: &[&'static str]) -> Option<&'static str> {
    // Whoever writes a whole sentence for a word has not misspelt it.
    let short = word.get(..64).is_none();
    let scored = allowed.iter().map(|known| (strsim::jaro_winkler(word, known), *known));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (short && best.0 > ALIKE).then_some(best.1)
}
