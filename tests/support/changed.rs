/// The text with the last of each first text replaced by the second. A text that is
/// not there is a mistake of the row.
pub(crate) fn changed(text: &str, changes: &[[String; 2]]) -> Result<String, String> {
    changes.iter().try_fold(text.to_owned(), |text, [from, to]| {
        let (before, behind) =
            text.rsplit_once(from.as_str()).ok_or_else(|| format!("no {from:?} there"))?;
        Ok([before, to, behind].concat())
    })
}
