//! Where in a text something stands, as people count.

/// Line and column, both from 1, the column in characters. An offset behind the
/// end, or within a character, is that of the place before it.
#[must_use]
pub fn of(text: &str, offset: usize) -> (usize, usize) {
    let is_boundary = |at: &usize| text.is_char_boundary(*at);
    let end = (0..=offset.min(text.len())).rev().find(is_boundary).unwrap_or_default();
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    (line, column.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn counts_characters_from_one() {
        let text = "甲 = 1\nb = \"测试\" x";
        assert_eq!(of(text, 0), (1, 1));
        assert_eq!(of(text, 3), (1, 2));
        assert_eq!(of(text, text.len()), (2, 11));
        assert_eq!(of(text, text.len() + 9), (2, 11));
        assert_eq!(of(text, 1), (1, 1));
    }
}
