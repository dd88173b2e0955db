//! What the list of hits shows.

use serde::Serialize;

use crate::search::{Answer, FARTHEST_HIT, Facet, Note};
use crate::serve::pages::cards::Card;
use crate::serve::pages::filters::{FacetGroup, facet_groups, facet_title, label};
use crate::serve::pages::templates::Pages;
use crate::serve::question::{GroupName, Question, SortName, Switch, SyntaxName};

/// With fewer hits than this, the page says how to ask better.
const LITTLE: u64 = 3;

/// Everything the template of the list needs.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    q: String,
    is_strict: bool,
    total: u64,
    total_all_words: u64,
    lacks_words: bool,
    is_little: bool,
    notes: Vec<String>,
    hits: Vec<Card>,
    facets: Vec<FacetGroup>,
    chosen: Vec<Chosen>,
    clear: Option<String>,
    /// The same question with its words as typed, where some were widened.
    as_typed: Option<String>,
    /// The same question with each copy as a hit of its own, where some are folded; or folded again.
    regrouped: Option<Regrouped>,
    /// Parameters of the question that its filters keep: name and value.
    kept: Vec<(&'static str, String)>,
    /// The address of this list, for others.
    permalink: String,
    /// The question for the interface.
    query: String,
    sorts: Vec<Choice>,
    pages: Option<PageLinks>,
}

#[derive(Debug, Serialize)]
struct Chosen {
    facet: String,
    label: String,
    link: String,
}

#[derive(Debug, Serialize)]
struct Choice {
    label: String,
    link: String,
    is_current: bool,
}

#[derive(Debug, Serialize)]
struct PageLinks {
    previous: Option<String>,
    next: Option<String>,
    /// Numbers with links; `None` where some are left out.
    numbers: Vec<Option<Choice>>,
}

impl Results {
    pub(super) fn new(
        pages: &Pages,
        question: &Question,
        answer: Answer,
        mut notes: Vec<String>,
    ) -> Self {
        let lines = answer.lines();
        let last_page = last_page(lines, question.size);
        if answer.hits.is_empty() && lines > 0 {
            notes.push("这一页没有结果，请看前面的页。".to_owned());
        }
        let is_little = answer.total < LITTLE;
        let is_widened = answer.notes.iter().any(|note| matches!(note, Note::Widened(_)));
        Self {
            q: question.q.clone(),
            is_strict: question.syntax == SyntaxName::Strict,
            total: answer.total,
            total_all_words: answer.total_all_words,
            lacks_words: answer.total_all_words < answer.total,
            is_little,
            notes,
            hits: answer.hits.into_iter().map(|hit| Card::new(pages, question, hit)).collect(),
            facets: facet_groups(pages, question, answer.facets),
            chosen: chosen(pages, question),
            clear: question.is_filtered().then(|| question.without_filters().link()),
            as_typed: is_widened.then(|| question.unwidened().link()),
            regrouped: Regrouped::of(question, answer.total, lines),
            kept: kept(question),
            permalink: question.link(),
            query: question.at_page(1).query(),
            sorts: sorts(pages, question),
            pages: (last_page > 1).then(|| PageLinks::new(question, last_page)),
        }
    }
}

/// Whether copies are folded, and the other way to see the list.
#[derive(Debug, Serialize)]
struct Regrouped {
    is_folded: bool,
    /// Documents that are folded under others.
    folded: u64,
    link: String,
}

impl Regrouped {
    fn of(question: &Question, total: u64, lines: u64) -> Option<Self> {
        let is_folded = question.group != Some(GroupName::Off);
        if is_folded && lines == total {
            return None;
        }
        let group = is_folded.then_some(GroupName::Off);
        let folded = total.saturating_sub(lines);
        Some(Self { is_folded, folded, link: question.grouped(group).link() })
    }
}

/// What is not a filter and stays as it is when filters change.
fn kept(question: &Question) -> Vec<(&'static str, String)> {
    let mut kept = vec![("q", question.q.clone())];
    let strict = question.syntax == SyntaxName::Strict;
    kept.extend(strict.then(|| ("syntax", "strict".to_owned())));
    kept.extend((question.widen == Switch::Off).then(|| ("widen", "off".to_owned())));
    kept.extend((question.group == Some(GroupName::Off)).then(|| ("group", "off".to_owned())));
    let sort = question.sort;
    kept.extend((sort != SortName::default()).then(|| ("sort", sort.as_str().to_owned())));
    kept
}

fn chosen(pages: &Pages, question: &Question) -> Vec<Chosen> {
    let of = |facet: Facet| {
        question.values(facet).iter().map(move |value| Chosen {
            facet: facet_title(pages, facet),
            label: label(pages, facet, value),
            link: question.without(facet, value).link(),
        })
    };
    Facet::ALL.into_iter().flat_map(of).collect()
}

fn sorts(pages: &Pages, question: &Question) -> Vec<Choice> {
    let choice = |(sort, name): (SortName, &str)| Choice {
        label: pages.glossary.word("sort", name).to_owned(),
        link: question.sorted(sort).link(),
        is_current: question.sort == sort,
    };
    SortName::ALL.into_iter().map(choice).collect()
}

/// The last page that holds hits and can be reached.
fn last_page(total: u64, size: usize) -> usize {
    let reachable = usize::try_from(total).unwrap_or(usize::MAX).min(FARTHEST_HIT);
    reachable.div_ceil(size).min(FARTHEST_HIT / size)
}

impl PageLinks {
    fn new(question: &Question, last: usize) -> Self {
        let current = question.page;
        let link = |page: usize| question.at_page(page).link();
        let mut numbers = Vec::new();
        let mut before = 0;
        for page in (1..=last).filter(|&p| p == 1 || p == last || p.abs_diff(current) <= 2) {
            if page > before + 1 {
                numbers.push(None);
            }
            before = page;
            let is_current = page == current;
            numbers.push(Some(Choice { label: page.to_string(), link: link(page), is_current }));
        }
        Self {
            previous: (current > 1).then(|| link((current - 1).min(last))),
            next: (current < last).then(|| link(current + 1)),
            numbers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_links_lead_to_pages_that_exist() {
        let question = Question { q: "a".into(), page: 5, ..Question::default() };
        let links = PageLinks::new(&question, 9);
        let labels: Vec<&str> =
            links.numbers.iter().map(|n| n.as_ref().map_or("…", |n| &n.label)).collect();
        assert_eq!(labels, ["1", "…", "3", "4", "5", "6", "7", "…", "9"]);
        assert!(links.next.unwrap().contains("page=6"));
        assert_eq!(last_page(0, 10), 0);
        assert_eq!(last_page(11, 10), 2);
        assert_eq!(last_page(2_000_000, 10), 1000);
        assert_eq!(last_page(2_000_000, 30), 333);
    }
}
