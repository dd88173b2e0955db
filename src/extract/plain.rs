//! A text without any mark-up as a page, and what names it.

use crate::extract::{issuer, labels, report_year, sign_off, title, view::one_line};
use crate::model::{Document, Evidence, Sourced, Warning, paragraphs};

/// The paragraphs of a text file as those of a page: parted by blank lines where it has them, else each line one.
pub(super) fn as_page(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parted = paragraphs(&escaped).nth(1).is_some();
    let mut page = String::with_capacity(escaped.len() + escaped.len() / 8);
    page.push_str("<html><body><div>");
    if parted {
        for paragraph in paragraphs(&escaped) {
            page.extend(["<p>", &paragraph.replace('\n', "<br>"), "</p>"]);
        }
    } else {
        for line in escaped.lines().filter(|line| !line.trim().is_empty()) {
            page.extend(["<p>", line.trim(), "</p>"]);
        }
    }
    page.push_str("</div></body></html>");
    page
}

/// Lines in which a text may say where and when it was published.
const HEAD: usize = 6;
/// Longest line that only informs, in characters.
const LONGEST_LINE: usize = 120;

/// The first line that says where a text is from or when it was published, if one of the first does: its place among
/// the lines that are not blank, and what it says.
pub(super) fn information(text: &str) -> Option<(usize, Vec<labels::Labelled>)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(HEAD).enumerate().find_map(|(at, line)| {
        let fits = line.chars().count() <= LONGEST_LINE;
        let found = fits.then(|| labels::in_line(line))?;
        let informs = found
            .iter()
            .any(|l| matches!(l.label, labels::Label::Source | labels::Label::Published));
        (informs && found.len() > 1).then_some((at, found))
    })
}

/// What names a text that nothing else names: the line above the one that says where it is from; for an annual report
/// without a title, its agency and its year; else its first lines.
pub(super) fn title(text: &str) -> Sourced<String> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let above = information(text).and_then(|(at, _)| lines().nth(at.checked_sub(1)?));
    if above.is_none() && lines().next().is_some_and(is_section) && is_form_of_report(text) {
        let year = report_year::in_opening(text);
        let by = sign_off::find(text).and_then(|s| s.agency).or_else(|| issuer::in_prose(text));
        if let (Some(year), Some(by)) = (year, by) {
            let made = format!("{}{}年政府信息公开工作年度报告", by.value, year.value);
            return Sourced::new(made, Evidence::Derived("text".to_owned()));
        }
    }
    match above {
        Some(line) => Sourced::new(one_line(line), Evidence::TextHead),
        None => title::of_text(text),
    }
}

/// Says what is odd about a document whose title was made from what it says.
pub(super) fn made_up(document: &mut Document) {
    if document.title.evidence != Evidence::Derived("text".to_owned()) {
        return;
    }
    if let Some(issuer) = document.issuer.as_mut().filter(|i| i.evidence == Evidence::Title) {
        issuer.evidence = Evidence::Text;
    }
    let said = "the text has no title; it was put together from agency and year";
    document.warnings.push(Warning::new("title_made", said));
    let year = document.report_year.as_ref().map(|year| year.value);
    let written = document.written_date.as_ref().map(|date| date.value);
    if let (Some(year), Some(written)) = (year, written)
        && year == written.year()
    {
        let said = format!("signed {written}, but it reports on all of {year}");
        document.warnings.push(Warning::new("year_differs", said));
    }
}

/// `一、总体情况`
fn is_section(line: &str) -> bool {
    line.starts_with("一、") && line.chars().count() <= 20
}

/// Whether a text has the parts that annual reports on disclosure have had since 2019.
fn is_form_of_report(text: &str) -> bool {
    ["主动公开政府信息情况", "收到和处理政府信息公开申请情况"]
        .iter()
        .all(|part| text.contains(part))
}
