//! What a document is compared by.

use crate::model::{
    BorneName, CitedName, DocNumber, Document, Fingerprint, NumberYear, PublicDate, paragraphs,
};
use crate::resolve::relations::titles;
use crate::text::{Essence, digest};

/// Number of the rules by which fingerprints are made; another number makes all of them anew.
pub(super) const FINGERPRINT_RULES: i64 = 2;

/// Characters that count below which a text is compared by its title and digest only: so short, form letters about
/// different things are alike.
pub(super) const SHORT: usize = 200;

/// The fingerprint of a document with its files.
pub(super) fn fingerprint(document: &Document) -> Fingerprint {
    let (title, text) = (document.title.value.as_str(), document.text.as_str());
    let essence = essence(document);
    let length = essence.length();
    let agency = document.agency();
    let regulation = titles::regulation(title, agency);
    let written = document.written_date.as_ref().map(|date| date.value);
    let published = document.published_date.as_ref().map(|date| date.value);
    let edition = match &regulation {
        Some(_) => titles::edition(title, text),
        None => None,
    };
    Fingerprint {
        digest: if length == 0 { 0 } else { essence.digest() },
        sketch: if length < SHORT { Vec::new() } else { essence.shingles().sketch().to_vec() },
        length: u32::try_from(length).unwrap_or(u32::MAX),
        title: digest(&titles::core(title)),
        agencies: document.agencies.clone(),
        number: own_number(document),
        report_year: document.report_year.as_ref().map(|year| year.value),
        edition: edition.or_else(|| written.map(as_number)),
        day: published.or(written).and_then(|date| i32::try_from(date.first_day()).ok()),
        is_own: is_own(document),
        is_report: document.report_year.is_some() && !title.contains("统计表"),
        is_form: is_form(document),
        is_outdated: is_outdated(document),
        regulation: regulation.as_deref().map(digest),
        bears: bears(document),
        cites: cites(document),
    }
}

/// What counts of text and files.
pub(super) fn essence(document: &Document) -> Essence {
    let mut essence = Essence::of(&document.text);
    for attachment in &document.attachments {
        attachment.parts().iter().for_each(|part| essence.push(&part.text));
    }
    essence
}

fn as_number(date: PublicDate) -> i32 {
    let (month, day) = (date.month().unwrap_or(0), date.day().unwrap_or(0));
    i32::from(date.year()) * 10_000 + i32::from(month) * 100 + i32::from(day)
}

/// Whether it is said to have been changed or repealed.
fn is_outdated(document: &Document) -> bool {
    let Some(validity) = &document.validity else { return false };
    ["废止", "失效", "修改"].iter().any(|word| validity.value.contains(word))
}

/// Whether the page names no other publisher than its own agency.
fn is_own(document: &Document) -> bool {
    let Some(source) = &document.source else { return true };
    document
        .agencies
        .iter()
        .any(|agency| agency.contains(&source.value) || source.value.contains(agency))
}

/// Whether this is one form of an annual report: marked so, or a page without text whose file holds it.
fn is_form(document: &Document) -> bool {
    let is_bare = paragraphs(&document.text).map(str::len).sum::<usize>() < SHORT * 3;
    let title = &document.title.value;
    document.report_year.is_some()
        && !title.contains("统计表")
        && (titles::is_form(title) || (is_bare && !document.attachments.is_empty()))
}

/// Its number; a masked one tells nothing.
fn own_number(document: &Document) -> Option<String> {
    let number = &document.doc_no.as_ref()?.value;
    is_full(number).then(|| number.to_string())
}

fn is_full(number: &DocNumber) -> bool {
    number.year != Some(NumberYear::Masked) && number.serial_number().is_some()
}

fn bears(document: &Document) -> Vec<BorneName> {
    let number = own_number(document)
        .map(|number| BorneName { name: CitedName::Number(number), is_whole: true });
    let titles = titles::names(&document.title.value).into_iter().enumerate();
    let titles = titles
        .map(|(place, name)| BorneName { name: CitedName::Title(name), is_whole: place == 0 });
    number.into_iter().chain(titles).collect()
}

fn cites(document: &Document) -> Vec<CitedName> {
    let numbers = document.citations.iter().filter(|number| is_full(number));
    let numbers = numbers.map(|number| CitedName::Number(number.to_string()));
    let titles = titles::cited(&document.text).into_iter().map(CitedName::Title);
    numbers.chain(titles).collect()
}
