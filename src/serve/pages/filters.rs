//! What the hits can be narrowed by: values with counts, as checkboxes and bars.

use serde::Serialize;

use crate::model::region_lineage;
use crate::search::{Facet, FacetCount, Facets, UNKNOWN, year_histogram};
use crate::serve::pages::templates::Pages;
use crate::serve::question::Question;

/// Values of a facet that are shown before 更多.
const SHOWN_VALUES: usize = 8;
/// Years that have a bar: the latest ones.
const MOST_BARS: usize = 30;

/// One facet with its values.
#[derive(Debug, Serialize)]
pub(super) struct FacetGroup {
    /// Hits by year, in the group of years.
    years: Vec<YearBar>,
    parameter: &'static str,
    title: String,
    is_open: bool,
    shown: Vec<FacetValue>,
    more: Vec<FacetValue>,
}

/// One value of a facet.
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

/// A bar: the hits of one year.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct YearBar {
    year: i64,
    count: u64,
    /// Height of its bar, 0 to 100.
    height: u64,
    is_chosen: bool,
    /// The same question for this year alone.
    link: String,
}

/// The bars of the years, earliest first; none where all hits are of one year.
pub(super) fn bars(question: &Question, counts: &[FacetCount]) -> Vec<YearBar> {
    let years = year_histogram(counts);
    let shown = &years[years.len().saturating_sub(MOST_BARS)..];
    let most = shown.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if shown.len() < 2 || most == 0 {
        return Vec::new();
    }
    let bar = |&(year, count): &(i64, u64)| {
        let value = year.to_string();
        YearBar {
            year,
            count,
            // A year with few hits beside one with many still shows.
            height: if count == 0 { 0 } else { (count * 100 / most).max(4) },
            is_chosen: question.year.contains(&value),
            link: Question { year: vec![value], ..question.at_page(1) }.link(),
        }
    };
    shown.iter().map(bar).collect()
}

/// Facets that are shown even with one value; the others say something only where they part the hits.
const ALWAYS: [Facet; 4] = [Facet::Category, Facet::Year, Facet::Agency, Facet::Portal];
/// Facets that stand open; the others are a click away.
const OPEN: [Facet; 5] =
    [Facet::Category, Facet::Year, Facet::Agency, Facet::Region, Facet::Portal];

pub(super) fn facet_groups(pages: &Pages, question: &Question, facets: Facets) -> Vec<FacetGroup> {
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
        let years = if facet == Facet::Year { bars(question, counts) } else { Vec::new() };
        let (parameter, title) = (facet.name(), facet_title(pages, facet));
        Self { years, parameter, title, is_open, shown, more }
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

pub(super) fn facet_title(pages: &Pages, facet: Facet) -> String {
    pages.glossary.word("facet", facet.name()).to_owned()
}

/// A value in words.
pub(super) fn label(pages: &Pages, facet: Facet, value: &str) -> String {
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
pub(super) fn depth(facet: Facet, value: &str) -> usize {
    match facet {
        Facet::Category | Facet::Theme => value.matches('/').count().min(2),
        Facet::Region => region_lineage(value).count().saturating_sub(1).min(2),
        _ => 0,
    }
}

/// Categories in the order of their list, agencies by their regions, the rest as they come.
pub(super) fn in_page_order(
    pages: &Pages,
    facet: Facet,
    mut counts: Vec<FacetCount>,
) -> Vec<FacetCount> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::app::Labels;

    #[test]
    fn bars_reach_from_the_first_to_the_last_year() {
        let count = |year: &str, count| FacetCount {
            value: year.into(),
            count,
            selected: false,
            region: None,
        };
        let question = Question { q: "a".into(), year: vec!["2020".into()], ..Question::default() };
        let bars = bars(&question, &[count("2020", 1000), count("2018", 1), count("unknown", 9)]);
        let heights: Vec<(i64, u64, bool)> =
            bars.iter().map(|bar| (bar.year, bar.height, bar.is_chosen)).collect();
        assert_eq!(heights, [(2018, 4, false), (2019, 0, false), (2020, 100, true)]);
        assert_eq!(bars[0].link, "/search?q=a&year=2018");
        assert_eq!(super::bars(&question, &[count("2020", 3)]), []);
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
