//! Where in a text something stands, as people count.

/// Line and column, both from 1, the column in characters. An offset behind the
/// end, or within a character, is that of the place before it.
#[must_use]
pub fn of(text: &str, offset: usize) -> (usize, usize) {
    Places::new(text).of(offset)
}

/// Places in one text, asked for in its order: the text is gone through once,
/// however many there are.
pub struct Places<'a> {
    text: &'a str,
    /// How far it was read, and what is there.
    read: usize,
    line: usize,
    column: usize,
}

impl<'a> Places<'a> {
    /// The places of a text, from its beginning.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, read: 0, line: 1, column: 1 }
    }

    /// Line and column of an offset, as [`of`] gives them; of one before the last
    /// the last again.
    pub fn of(&mut self, offset: usize) -> (usize, usize) {
        let is_boundary = |at: &usize| self.text.is_char_boundary(*at);
        let end = (self.read..=offset.min(self.text.len())).rev().find(is_boundary);
        let end = end.unwrap_or(self.read);
        let between = self.text.get(self.read..end).unwrap_or_default();
        let lines = between.matches('\n').count();
        let characters = between.rsplit('\n').next().unwrap_or_default().chars().count();
        if lines > 0 {
            self.line = self.line.saturating_add(lines);
            self.column = 1;
        }
        self.column = self.column.saturating_add(characters);
        self.read = end;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::{Places, of};

    #[test]
    fn counts_characters_from_one() {
        let text = "甲 = 1\nb = \"测试\" x";
        assert_eq!(of(text, 0), (1, 1));
        assert_eq!(of(text, 3), (1, 2));
        assert_eq!(of(text, text.len()), (2, 11));
        assert_eq!(of(text, text.len() + 9), (2, 11));
        assert_eq!(of(text, 1), (1, 1));
    }

    #[test]
    fn goes_on_from_the_last_place() {
        let text = "甲 = 1\nb = \"测试\" x\n";
        let mut places = Places::new(text);
        for offset in 0..text.len() + 3 {
            assert_eq!(places.of(offset), of(text, offset), "{offset}");
        }
        assert_eq!(places.of(0), of(text, text.len()));
    }
}
