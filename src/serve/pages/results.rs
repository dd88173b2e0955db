//! What the list of hits shows.

use serde::Serialize;

use crate::model::{Status, region_lineage};
use crate::search::{
    Answer, FARTHEST_HIT, Facet, FacetCount, Facets, Hit, Note, NumberRole, Passage, Segment,
    UNKNOWN,
};
use crate::serve::dates;
use crate::serve::pages::templates::Pages;
use crate::serve::question::{Question, SortName, SyntaxName};

/// Values of a facet that are shown before 更多.
const SHOWN_VALUES: usize = 8;
/// With fewer hits than this, the page says how to ask better.
const LITTLE: u64 = 3;

/// Everything the template of the list needs.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    q: String,
    is_strict: bool,
    sort: &'static str,
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
    sorts: Vec<Choice>,
    pages: Option<PageLinks>,
}

#[derive(Debug, Serialize)]
struct Card {
    link: String,
    title: Vec<Piece>,
    facts: Vec<Fact>,
    badges: Vec<Badge>,
    snippets: Vec<Snippet>,
    missing: String,
}

#[derive(Debug, Serialize)]
struct Badge {
    kind: &'static str,
    text: String,
}

/// A piece of text, marked where the query matches.
#[derive(Debug, Serialize)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) hit: bool,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct FacetGroup {
    parameter: &'static str,
    title: String,
    is_open: bool,
    shown: Vec<FacetValue>,
    more: Vec<FacetValue>,
}

#[derive(Debug, Serialize)]
struct FacetValue {
    /// What stands above it: the region of this agency and the next ones.
    heading: Option<String>,
    value: String,
    label: String,
    count: Option<u64>,
    is_chosen: bool,
    /// How far below the top of its tree it stands, 0 to 2.
    depth: usize,
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
        let last_page = last_page(answer.total, question.size);
        if answer.hits.is_empty() && answer.total > 0 {
            notes.push("这一页没有结果，请看前面的页。".to_owned());
        }
        let is_little = answer.total < LITTLE;
        let is_widened = answer.notes.iter().any(|note| matches!(note, Note::Widened(_)));
        Self {
            q: question.q.clone(),
            is_strict: question.syntax == SyntaxName::Strict,
            sort: question.sort.as_str(),
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
            sorts: sorts(pages, question),
            pages: (last_page > 1).then(|| PageLinks::new(question, last_page)),
        }
    }
}

/// A passage, and the file it stands in.
#[derive(Debug, Serialize)]
struct Snippet {
    pieces: Vec<Piece>,
    place: Option<String>,
}

impl Snippet {
    fn of(passage: Passage) -> Self {
        let place =
            passage.place.map(|place| format!("附件《{}》{}", place.attachment, place.page));
        Self { pieces: pieces(passage.segments), place }
    }
}

impl Card {
    fn new(pages: &Pages, question: &Question, hit: Hit) -> Self {
        let document = hit.document;
        let date = document.published_date.as_ref().or(document.written_date.as_ref());
        let facts = [
            ("agency", document.agency().map(str::to_owned)),
            ("date", date.map(|date| dates::date(date.value))),
            ("doc_no", document.doc_no.as_ref().map(|number| number.value.to_string())),
            ("category", Some(pages.category(document.category.value.as_str()).to_owned())),
            (
                "year",
                document
                    .year()
                    .filter(|_| document.report_year.is_some() || date.is_none())
                    .map(|year| format!("{year}年")),
            ),
        ];
        let facts = facts.into_iter().filter_map(|(name, text)| Some(Fact { name, text: text? }));
        Self {
            link: document_link(document.id.as_str(), &question.q),
            title: pieces(hit.title),
            facts: facts.collect(),
            badges: badges(pages, document.status, hit.number),
            snippets: hit.snippets.into_iter().map(Snippet::of).collect(),
            missing: hit.missing.join("、"),
        }
    }
}

fn badges(pages: &Pages, status: Status, number: Option<NumberRole>) -> Vec<Badge> {
    let number = match number {
        Some(NumberRole::Bears) => Some("bears"),
        Some(NumberRole::Cites) => Some("cites"),
        None => None,
    };
    let fate = match status {
        Status::Removed => Some("removed"),
        Status::Moved => Some("moved"),
        _ => None,
    };
    let kinds = [fate, number];
    let badge = |kind| Badge { kind, text: pages.glossary.word("badge", kind).to_owned() };
    kinds.into_iter().flatten().map(badge).collect()
}

/// The address of a document's page that marks what the query matches.
fn document_link(id: &str, query: &str) -> String {
    if query.trim().is_empty() {
        return format!("/document/{id}");
    }
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/document/{id}?q={query}")
}

/// Segments for a template.
pub(super) fn pieces(segments: Vec<Segment>) -> Vec<Piece> {
    segments.into_iter().map(|s| Piece { text: s.text, hit: s.hit }).collect()
}

/// Facets that are shown even with one value; the others say something only where they part the hits.
const ALWAYS: [Facet; 4] = [Facet::Category, Facet::Year, Facet::Agency, Facet::Portal];
/// Facets that stand open; the others are a click away.
const OPEN: [Facet; 5] =
    [Facet::Category, Facet::Year, Facet::Agency, Facet::Region, Facet::Portal];

fn facet_groups(pages: &Pages, question: &Question, facets: Facets) -> Vec<FacetGroup> {
    let mut facets = facets;
    let group = |facet| {
        let counts = in_page_order(pages, facet, facets.take(facet));
        let is_chosen = !question.values(facet).is_empty();
        let parts_hits = counts.len() > 1 || is_chosen || ALWAYS.contains(&facet);
        parts_hits.then(|| FacetGroup::new(pages, question, facet, &counts))
    };
    let mut groups: Vec<FacetGroup> = Facet::ALL.into_iter().filter_map(group).collect();
    groups.retain(|group| !group.shown.is_empty());
    groups
}

impl FacetGroup {
    fn new(pages: &Pages, question: &Question, facet: Facet, counts: &[FacetCount]) -> Self {
        let chosen = question.values(facet);
        let uncounted = chosen.iter().filter(|value| !counts.iter().any(|c| c.value == **value));
        let value = |value: &str, count: Option<u64>| FacetValue {
            heading: None,
            value: value.to_owned(),
            label: label(pages, facet, value),
            count,
            is_chosen: chosen.iter().any(|known| known == value),
            depth: depth(facet, value),
        };
        let mut shown: Vec<FacetValue> = uncounted.map(|v| value(v, None)).collect();
        let mut more = Vec::new();
        for count in counts {
            let entry = value(&count.value, Some(count.count));
            let has_room = shown.len() < SHOWN_VALUES || entry.is_chosen;
            if has_room { shown.push(entry) } else { more.push((count.region.as_deref(), entry)) }
        }
        let mut more = under_regions(pages, more);
        // A door to one more value costs as much room as the value.
        if more.len() == 1 {
            shown.append(&mut more);
        }
        let is_open = OPEN.contains(&facet) || !chosen.is_empty();
        Self { parameter: facet.name(), title: facet_title(pages, facet), is_open, shown, more }
    }
}

/// The values that are not shown at once, those with a region under its name, from the province down.
fn under_regions(pages: &Pages, mut more: Vec<(Option<&str>, FacetValue)>) -> Vec<FacetValue> {
    more.sort_by_key(|(region, _)| (region.is_none(), *region));
    let mut before = None;
    for (region, value) in &mut more {
        if *region != before {
            let unknown = || pages.glossary.word("site", "unknown").to_owned();
            value.heading = Some(region.map_or_else(unknown, |code| pages.region(code).to_owned()));
            before = *region;
        }
    }
    more.into_iter().map(|(_, value)| value).collect()
}

fn facet_title(pages: &Pages, facet: Facet) -> String {
    pages.glossary.word("facet", facet.name()).to_owned()
}

/// A value in words.
fn label(pages: &Pages, facet: Facet, value: &str) -> String {
    if value == UNKNOWN && facet == Facet::File {
        return pages.glossary.word("site", "no_file").to_owned();
    }
    if value == UNKNOWN {
        return pages.glossary.word("site", "unknown").to_owned();
    }
    match facet {
        Facet::Category => pages.category(value).to_owned(),
        Facet::Year => format!("{}年", value.replace("..", "—")),
        Facet::Theme => value.rsplit('/').next().unwrap_or(value).to_owned(),
        Facet::Region => pages.region(value).to_owned(),
        Facet::Portal => pages.portal(value).to_owned(),
        Facet::File => value.to_uppercase(),
        Facet::Status => pages.glossary.word("status", value).to_owned(),
        Facet::Agency | Facet::Genre | Facet::Validity => value.to_owned(),
    }
}

/// How far below the top of its tree a value stands.
fn depth(facet: Facet, value: &str) -> usize {
    match facet {
        Facet::Category | Facet::Theme => value.matches('/').count().min(2),
        Facet::Region => region_lineage(value).count().saturating_sub(1).min(2),
        _ => 0,
    }
}

/// Categories in the order of their list, agencies by their regions, the rest as they come.
fn in_page_order(pages: &Pages, facet: Facet, mut counts: Vec<FacetCount>) -> Vec<FacetCount> {
    match facet {
        Facet::Category => tree_order(pages, counts),
        Facet::Theme | Facet::Region => {
            counts.sort_by_key(|count| count.value == UNKNOWN);
            counts
        }
        _ => counts,
    }
}

/// Categories in the order of their list, each with its lower ones right below.
fn tree_order(pages: &Pages, mut counts: Vec<FacetCount>) -> Vec<FacetCount> {
    let place = |path: &str| pages.categories().iter().position(|(known, _)| known == path);
    counts.sort_by_key(|count| {
        let top = count.value.split('/').next().unwrap_or_default();
        let (top, own) = (place(top), place(&count.value));
        let last = usize::MAX;
        (count.value == UNKNOWN, top.unwrap_or(last), own.unwrap_or(last), count.value.clone())
    });
    counts
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
    use crate::serve::app::Labels;

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

    #[test]
    fn further_agencies_stand_under_their_regions() {
        let regions = [("990000", "灵州省"), ("990100", "灵洲市")];
        let regions = regions.map(|(code, name)| (code.to_owned(), name.to_owned())).into();
        let pages = Pages::new(Labels { regions, ..Labels::default() }).unwrap();
        let count = |n: usize| FacetCount {
            value: format!("第{n}局"),
            count: 100 - n as u64,
            selected: false,
            region: [Some("990100"), None, Some("990000")][n % 3].map(str::to_owned),
        };
        let counts: Vec<FacetCount> = (0..14).map(count).collect();
        let group = FacetGroup::new(&pages, &Question::default(), Facet::Agency, &counts);
        assert!(group.shown.iter().all(|value| value.heading.is_none()), "most frequent first");
        let more: Vec<(Option<&str>, &str)> =
            group.more.iter().map(|v| (v.heading.as_deref(), v.label.as_str())).collect();
        let want = [
            (Some("灵州省"), "第8局"),
            (None, "第11局"),
            (Some("灵洲市"), "第9局"),
            (None, "第12局"),
            (Some("未注明"), "第10局"),
            (None, "第13局"),
        ];
        assert_eq!(more, want);
    }

    #[test]
    fn lower_categories_stand_below_their_own() {
        let names = ["work", "work/emergency", "policy"];
        let categories = names.iter().map(|n| ((*n).to_owned(), (*n).to_owned())).collect();
        let pages = Pages::new(Labels { categories, ..Labels::default() }).unwrap();
        let count = |value: &str| FacetCount {
            value: value.into(),
            count: 1,
            selected: false,
            region: None,
        };
        let counts = ["unknown", "policy", "work/emergency", "work/new", "work", "strange"];
        let sorted = tree_order(&pages, counts.map(count).to_vec());
        let values: Vec<&str> = sorted.iter().map(|c| c.value.as_str()).collect();
        assert_eq!(values, ["work", "work/emergency", "work/new", "policy", "strange", "unknown"]);
    }
}
