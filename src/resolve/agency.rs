//! Which agencies a document is of.

use crate::config::Portal;
use crate::model::{Document, Origin, looks_like_agency};

/// Sets the agencies of a document: the agency of its column, else its issuer, else its source when that names an
/// agency. A line that names several is split. What an import said stays.
pub fn agencies(document: &mut Document, portal: Option<&Portal>, column: &str) {
    if matches!(document.origin, Origin::Import { .. }) && !document.agencies.is_empty() {
        return;
    }
    let fixed = portal
        .and_then(|portal| portal.columns.iter().find(|c| c.name == column))
        .and_then(|column| column.agency.clone());
    let issuer = || document.issuer.as_ref().map(|issuer| split(&issuer.value));
    let source = || {
        let names = split(&document.source.as_ref()?.value);
        names.iter().all(|name| looks_like_agency(name)).then_some(names)
    };
    document.agencies = fixed
        .map(|agency| vec![agency])
        .or_else(|| issuer().filter(|names| !names.is_empty()))
        .or_else(source)
        .unwrap_or_default();
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
