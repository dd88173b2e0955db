//! Lists of values with counts that lead to other pages: what browsing is made of.

use serde::Serialize;

use crate::search::{Answer, Facet, FacetCount, Filters, Refused, Request, Sort, UNKNOWN};
use crate::serve::library::Library;
use crate::serve::pages::cards::Card;
use crate::serve::pages::filters::{depth, in_page_order, label};
use crate::serve::pages::templates::Pages;
use crate::serve::question::Question;

/// A value with its number of documents and where it leads.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) link: String,
    /// How far below the top of its tree it stands.
    pub(super) depth: usize,
}

/// The documents with one value of a facet, newest first; `size` of them.
pub(super) fn holding(
    library: &dyn Library,
    facet: Facet,
    value: &str,
    size: usize,
) -> Result<Answer, Refused> {
    let filters = Filters::default().with(facet, vec![value.to_owned()]);
    library.search(&Request { filters, sort: Sort::Newest, size, ..Request::default() })
}

/// The values of a facet as links to the documents that have them besides what `question` asks.
pub(super) fn entries(
    pages: &Pages,
    question: &Question,
    facet: Facet,
    answer: &mut Answer,
) -> Vec<Entry> {
    let counts = in_page_order(pages, facet, answer.facets.take(facet));
    let known = counts.into_iter().filter(|count| count.value != UNKNOWN && count.count > 0);
    let entry = |count: FacetCount| Entry {
        name: label(pages, facet, &count.value),
        depth: depth(facet, &count.value),
        count: count.count,
        link: question.with(facet, &count.value).link(),
    };
    known.map(entry).collect()
}

/// The hits of an answer as cards.
pub(super) fn cards(pages: &Pages, answer: &mut Answer) -> Vec<Card> {
    let hits = std::mem::take(&mut answer.hits);
    hits.iter().map(|hit| Card::plain(pages, &hit.document)).collect()
}
