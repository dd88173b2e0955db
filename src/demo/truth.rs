//! What the pages of the sample portal really say: for tests of the whole path.

use crate::demo::sample::Sample;
use crate::model::PublicDate;

/// One published page with the values its fields must come out with.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedPage<'a> {
    /// Address of the page.
    pub url: String,
    /// Whole title.
    pub title: &'a str,
    /// Who issued it, as printed.
    pub issuer: &'a str,
    /// Document number as printed.
    pub doc_no: Option<&'a str>,
    /// Index number, where the page has one.
    pub index_no: Option<&'a str>,
    /// Day it was signed.
    pub written: Option<PublicDate>,
    /// Day it was put on the site.
    pub published: PublicDate,
    /// Path of the canonical category.
    pub category: &'a str,
    /// For an annual report: id of the agency in `agencies.toml`, and the year it is about.
    pub report: Option<(&'a str, i16)>,
    /// False for a removed page and for one that robots.txt closes.
    pub obtainable: bool,
}

impl Sample {
    /// Every page of every column, in a fixed order.
    pub fn pages(&self) -> impl Iterator<Item = PublishedPage<'_>> {
        self.entries.iter().map(|entry| {
            let (site, item) = (&self.sites[entry.site], &entry.item);
            PublishedPage {
                url: format!("http://{}{}", site.host, entry.path),
                title: &item.title,
                issuer: &item.issuer,
                doc_no: item.doc_no.as_deref(),
                index_no: item.index_no.as_deref(),
                written: item.written,
                published: item.published,
                category: &site.column[entry.column].category,
                report: item.report.as_ref().map(|report| (report.agency.as_str(), report.year)),
                obtainable: !item.gone && item.folder.is_none(),
            }
        })
    }
}
