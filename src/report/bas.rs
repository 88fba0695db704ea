//! The basic line that counter software expects of iReadCardBas: eleven fields,
//! each followed by a bar.
//!
//! Source: the terminal's software interface specification, iReadCardBas, in the
//! form without PSAM.

use super::exchange::{atr_mask, hex_pairs};
use super::{Document, Reveal};
use crate::atr::Atr;

/// What stands for the terminal's number where there is no PSAM.
const NO_TERMINAL: &str = "000000000000";
/// A device without a number.
const NO_DEVICE: &str = "";
/// The place of the only field that is no item of a file: the answer to reset.
const RESET: usize = 5;

/// The line, without its end; `None` where nothing of the card's data opened. A
/// field that did not open is empty, and so is one that would break the line;
/// personal ones are as masked as in the document.
#[must_use]
pub fn bas(document: &Document, atr: Option<&Atr>, reveal: Reveal) -> Option<String> {
    let value = |file, tag| field(document, file, tag, |datum| datum.value.as_ref());
    // Dates as on the card, YYYYMMDD.
    let bytes = |file, tag| field(document, file, tag, |datum| datum.raw.as_ref());
    let code = value("EF05", "01");
    let region = code.get(..6).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
    let opened = [
        region.unwrap_or_default().to_owned(),
        value("EF06", "08"),
        value("EF05", "07"),
        code.clone(),
        value("EF06", "09") + &value("EF06", "4E"),
        atr.map(|atr| historical_bytes(atr, reveal)).unwrap_or_default(),
        value("EF05", "03"),
        bytes("EF05", "05"),
        bytes("EF05", "06"),
    ];
    let breaks = |c: char| c == '|' || c.is_control();
    let is_data = |(at, field): (usize, &String)| at != RESET && !field.is_empty();
    if !opened.iter().enumerate().any(is_data) {
        return None;
    }
    let fields = opened.iter().map(String::as_str).chain([NO_TERMINAL, NO_DEVICE]);
    let field = |field: &str| if field.contains(breaks) { "|".into() } else { format!("{field}|") };
    Some(fields.map(field).collect())
}

/// What the document shows of one item of SSSE; empty where nothing came.
fn field(
    document: &Document,
    file: &str,
    tag: &str,
    shown: impl Fn(&super::Datum) -> Option<&String>,
) -> String {
    let ssse = document.applications.iter().find(|row| row.id == "ssse");
    let mut data = ssse.map_or(&[][..], |row| &row.data).iter();
    let datum = data.find(|datum| datum.file == file && datum.tag == tag);
    datum.filter(|datum| datum.access == "free").and_then(shown).cloned().unwrap_or_default()
}

/// The historical bytes, the serial number in them hidden like everywhere.
fn historical_bytes(atr: &Atr, reveal: Reveal) -> String {
    let behind = atr.trailing.len().saturating_add(usize::from(atr.tck.present.is_some()));
    let end = atr.bytes.len().saturating_sub(behind);
    let start = end.saturating_sub(atr.historical.len());
    let open = atr_mask(atr, reveal);
    hex_pairs(&atr.historical, open.get(start..end).unwrap_or_default(), "")
}
