//! Document numbers in the index: who bears one, who cites it.

use tantivy::Term;

use crate::index::{View, number_key};
use crate::model::{DocNumber, NumberYear};
use crate::search::{
    bits::Bits,
    matching::{Shelf, internal},
    numbers::WantedNumber,
    request::Refused,
};
use crate::text::fold;

/// The documents that bear a number, and those that cite it.
pub(super) fn find(shelf: &Shelf<'_>, wanted: &WantedNumber) -> Result<(Bits, Bits), Refused> {
    let bearers = bearers(shelf, wanted)?;
    let mut citing = shelf.any_keyword(shelf.fields.cited, &keys(wanted))?;
    if let (Some(code), None, false) = (&wanted.code, wanted.year, wanted.is_order()) {
        citing.add(&of_any_year(shelf, &fold(code).text, wanted.serial.as_deref())?);
    }
    citing.add(&spelled(shelf, wanted)?);
    citing.remove(&bearers);
    Ok((bearers, citing))
}

/// Whether a code or a serial is part of a number that some document bears, or a code of one that is cited.
pub(super) fn is_part_of_any(wanted: &WantedNumber, view: &View) -> Result<bool, Refused> {
    let (field, term) = match (&wanted.code, &wanted.serial) {
        (Some(code), _) => (view.fields.number_code, code),
        (None, Some(serial)) => (view.fields.number_serial, serial),
        (None, None) => return Ok(false),
    };
    let term = Term::from_field_text(field, term);
    if view.searcher.doc_freq(&term).map_err(internal)? > 0 {
        return Ok(true);
    }
    let Some(code) = &wanted.code else { return Ok(false) };
    let (first, end) = (format!("{code}("), format!("{code})"));
    for segment in view.searcher.segment_readers() {
        let index = segment.inverted_index(view.fields.cited).map_err(internal)?;
        let range = index.terms().range().ge(first.as_bytes()).lt(end.as_bytes());
        if range.into_stream().map_err(internal)?.advance() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Documents whose own number it is: the whole number, or all the parts that were typed.
fn bearers(shelf: &Shelf<'_>, wanted: &WantedNumber) -> Result<Bits, Refused> {
    let keys = keys(wanted);
    if !keys.is_empty() {
        return shelf.any_keyword(shelf.fields.number, &keys);
    }
    let mut parts = match &wanted.serial {
        Some(serial) => shelf.keyword(shelf.fields.number_serial, serial)?,
        None => shelf.alive(),
    };
    if let Some(code) = wanted.code.as_ref().filter(|code| *code != "令") {
        parts.keep(&shelf.keyword(shelf.fields.number_code, &fold(code).text)?);
    }
    match wanted.year {
        Some(NumberYear::Known(year)) => {
            let term = Term::from_field_u64(shelf.fields.number_year, year.into());
            parts.keep(&shelf.documents_with(&term)?);
        }
        // A bare 令第5号 is borne by any order of that serial; its spelling in the text tells which are orders.
        None if wanted.code.as_deref() == Some("令") => {
            parts.keep(&spelled(shelf, wanted)?);
        }
        _ => {}
    }
    Ok(parts)
}

/// The keys of the whole numbers that are meant; none when a part is open.
fn keys(wanted: &WantedNumber) -> Vec<String> {
    let code = wanted.code.clone().filter(|code| code.chars().count() > 1);
    let Some((code, serial)) = code.zip(wanted.serial.clone()) else {
        return Vec::new();
    };
    let key =
        |code: String| number_key(&DocNumber { code, year: wanted.year, serial: serial.clone() });
    match wanted.year {
        Some(_) => vec![key(code)],
        None if wanted.is_order() => vec![key(format!("中华人民共和国{code}")), key(code)],
        None => Vec::new(),
    }
}

/// Documents that cite a number of this code and serial, of any year; of any serial where none is given.
fn of_any_year(shelf: &Shelf<'_>, code: &str, serial: Option<&str>) -> Result<Bits, Refused> {
    let index = shelf.segment.inverted_index(shelf.fields.cited).map_err(internal)?;
    let (first, end) = (format!("{code}("), format!("{code})"));
    let range = index.terms().range().ge(first.as_bytes()).lt(end.as_bytes());
    let mut numbers = range.into_stream().map_err(internal)?;
    let ending = serial.map_or_else(String::new, |serial| format!("){serial}号"));
    let mut keys = Vec::new();
    while numbers.advance() {
        keys.extend(
            std::str::from_utf8(numbers.key())
                .ok()
                .filter(|key| key.ends_with(&ending))
                .map(str::to_owned),
        );
    }
    shelf.any_keyword(shelf.fields.cited, &keys)
}

/// Documents whose text holds one of the [`spellings`] of a number.
fn spelled(shelf: &Shelf<'_>, wanted: &WantedNumber) -> Result<Bits, Refused> {
    let mut documents = Bits::none(shelf.segment.max_doc());
    for spelling in spellings(wanted) {
        documents.add(&shelf.text(&fold(&spelling).text)?.documents);
    }
    Ok(documents)
}

/// The spellings that can be looked for as strings, because no longer code can hide before them: a lone number, an
/// order, or a code that begins with the state or a province.
fn spellings(wanted: &WantedNumber) -> Vec<String> {
    let Some(serial) = &wanted.serial else { return Vec::new() };
    let code = wanted.code.as_deref().unwrap_or_default();
    match wanted.year {
        None if code.is_empty() => vec![format!("){serial}号"), format!("第{serial}号")],
        None if wanted.is_order() => {
            let agency = code.trim_end_matches('令');
            vec![
                format!("{code}第{serial}号"),
                format!("{code}{serial}号"),
                format!("{agency}第{serial}号令"),
            ]
            .into_iter()
            .filter(|spelling| agency.chars().count() > 1 || !spelling.ends_with("号令"))
            .collect()
        }
        Some(NumberYear::Known(year)) if code.is_empty() => vec![
            format!("({year}){serial}号"),
            format!("({year})第{serial}号"),
            format!("({year}年){serial}号"),
            format!("({year}年)第{serial}号"),
        ],
        Some(NumberYear::Known(year)) if begins_a_code(code) => vec![
            format!("{code}({year}){serial}号"),
            format!("{code}({year})第{serial}号"),
            format!("{code}({year}年){serial}号"),
            format!("{code}{year}年第{serial}号"),
            format!("{code}{year}年{serial}号"),
            format!("{code}{year}{serial}号"),
        ],
        _ => Vec::new(),
    }
}

/// First characters of the codes of the state and of the provinces.
const FIRST: &str = "国中京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀黔贵滇云藏陕甘青宁新";

fn begins_a_code(code: &str) -> bool {
    code.chars().count() > 2 && code.starts_with(|first| FIRST.contains(first))
        || matches!(code, "国发" | "国函")
        || code.chars().count() > 4
}
