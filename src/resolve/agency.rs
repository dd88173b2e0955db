//! Which agencies a document is of, and which region.

use crate::config::Portal;
use crate::model::{Document, Origin, Sourced, looks_like_agency};
use crate::resolve::book::{Book, Named};
use crate::resolve::region;

/// Sets the agencies of a document and its region.
///
/// The agency of its column, else its issuer, else its source when that names an agency. A line that names several is
/// split, every name is written in full, and one that is no agency's is left out. What an import said stays.
pub fn place(document: &mut Document, portal: Option<&Portal>, column: &str, book: &Book<'_>) {
    let home = document.region.as_ref().map(|region| region.value.clone());
    let year = document.year();
    let printed = printed(document, portal, column);
    let named: Vec<Named> =
        printed.iter().map(|name| book.agency(name, home.as_deref(), year)).collect();
    let region = named.first().and_then(|named| named.region.clone());
    let is_imported = matches!(document.origin, Origin::Import { .. });
    if !is_imported || document.agencies.is_empty() {
        document.agencies = Vec::new();
        for agency in named {
            if !document.agencies.contains(&agency.name) {
                document.agencies.push(agency.name);
            }
        }
    }
    document.region = region::find(document, region, book);
}

/// The names that stand for the agencies of a document, as printed.
fn printed(document: &Document, portal: Option<&Portal>, column: &str) -> Vec<String> {
    let fixed = portal
        .and_then(|portal| portal.columns.iter().find(|c| c.name == column))
        .and_then(|column| column.agency.clone());
    let of_line = |line: Option<&Sourced<String>>| {
        let names = split(&line?.value);
        let all = !names.is_empty() && names.iter().all(|name| looks_like_agency(name));
        all.then_some(names)
    };
    let given = (!document.agencies.is_empty()).then(|| document.agencies.clone());
    fixed
        .map(|agency| vec![agency])
        .or(given)
        .or_else(|| of_line(document.issuer.as_ref()))
        .or_else(|| of_line(document.source.as_ref()))
        .unwrap_or_default()
}

/// The agencies of a line: parted at blanks, `、` and their kin where every part names one; else the line as it is.
fn split(line: &str) -> Vec<String> {
    let line = clean(line);
    let borders = |c: char| c.is_whitespace() || "、，,;；/|".contains(c);
    let parts: Vec<&str> =
        line.split(borders).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.iter().all(|part| looks_like_agency(part)) {
        let mut names: Vec<String> = Vec::new();
        for part in parts {
            if !names.iter().any(|name| name == part) {
                names.push(part.to_owned());
            }
        }
        return names;
    }
    if line.is_empty() { Vec::new() } else { vec![line] }
}

/// A printed name without brackets around it, labels and colons.
fn clean(line: &str) -> String {
    let line =
        line.trim().trim_matches(['：', ':', '【', '】', '[', ']', '“', '”', '"', '。']).trim();
    let words: Vec<&str> = line.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_agencies_in_one_line() {
        assert_eq!(split("灵洲市教育局 灵洲市财政局"), ["灵洲市教育局", "灵洲市财政局"]);
        assert_eq!(split("灵洲市教育局、财政局"), ["灵洲市教育局", "财政局"]);
        assert_eq!(split("：灵洲市教育局"), ["灵洲市教育局"]);
        assert_eq!(split("本网 综合"), ["本网 综合"]);
        assert!(split(" ").is_empty());
    }
}
