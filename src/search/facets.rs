//! Filters, and the numbers beside the values of each facet.

use std::collections::{BTreeMap, HashMap};

use tantivy::{DocId, SegmentReader, Term, columnar::StrColumn};

use crate::search::{
    answer::{FacetCount, Facets},
    bits::Bits,
    matching::{Shelf, internal},
    request::{Filters, Refused, UNKNOWN},
};

/// The most agencies that are counted apart.
pub const MOST_VALUES: usize = 100;

/// What hits can be narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facet {
    Category,
    Year,
    Agency,
    Portal,
}

impl Facet {
    pub(super) const ALL: [Self; 4] = [Self::Category, Self::Year, Self::Agency, Self::Portal];

    /// Its name: that of the filter, and of the column.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Year => "year",
            Self::Agency => "agency",
            Self::Portal => "portal",
        }
    }

    fn selected(self, filters: &Filters) -> &[String] {
        match self {
            Self::Category => &filters.category,
            Self::Year => &filters.year,
            Self::Agency => &filters.agency,
            Self::Portal => &filters.portal,
        }
    }
}

/// A filter on years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Years {
    Unknown,
    Span(i64, i64),
}

/// Reads `2019`, `2011..2015` or `unknown`.
fn years(value: &str) -> Result<Years, Refused> {
    let wrong = || Refused::Filter {
        facet: "year",
        value: value.to_owned(),
        expected: "a year such as 2019, a span such as 2011..2015, or `unknown`",
    };
    let year = |text: &str| match text.parse::<i64>() {
        Ok(year) if text.len() == 4 && (1000..=9999).contains(&year) => Ok(year),
        _ => Err(wrong()),
    };
    if value == UNKNOWN {
        return Ok(Years::Unknown);
    }
    let (first, last) = value.split_once("..").unwrap_or((value, value));
    let (first, last) = (year(first)?, year(last)?);
    if first > last { Err(wrong()) } else { Ok(Years::Span(first, last)) }
}

/// What each filter lets through in one segment; `None` where nothing is selected.
pub(super) struct Passing([Option<Bits>; 4]);

impl Passing {
    pub(super) fn new(shelf: &Shelf<'_>, filters: &Filters) -> Result<Self, Refused> {
        let mut passing = [const { None }; 4];
        for (facet, passes) in Facet::ALL.into_iter().zip(&mut passing) {
            *passes = through(shelf, facet, facet.selected(filters))?;
        }
        Ok(Self(passing))
    }

    /// Takes out what the filters stop, all of them but one.
    pub(super) fn narrow(&self, documents: &mut Bits, but: Option<Facet>) {
        for (facet, passes) in Facet::ALL.into_iter().zip(&self.0) {
            if let Some(passes) = passes.as_ref().filter(|_| Some(facet) != but) {
                documents.keep(passes);
            }
        }
    }

    fn is_set(&self, facet: Facet) -> bool {
        Facet::ALL.iter().position(|one| *one == facet).is_some_and(|at| self.0[at].is_some())
    }
}

fn through(shelf: &Shelf<'_>, facet: Facet, selected: &[String]) -> Result<Option<Bits>, Refused> {
    if selected.is_empty() {
        return Ok(None);
    }
    let mut passing = Bits::none(shelf.segment.max_doc());
    for value in selected {
        let with_value = match facet {
            Facet::Year => match years(value)? {
                Years::Unknown => without_value(shelf.segment, facet)?,
                Years::Span(first, last) => in_years(shelf, first, last)?,
            },
            _ if value == UNKNOWN => without_value(shelf.segment, facet)?,
            Facet::Category => shelf.keyword(shelf.fields.category, value)?,
            Facet::Agency => shelf.keyword(shelf.fields.agency, value)?,
            Facet::Portal => shelf.keyword(shelf.fields.portal, value)?,
        };
        passing.add(&with_value);
    }
    Ok(Some(passing))
}

fn in_years(shelf: &Shelf<'_>, first: i64, last: i64) -> Result<Bits, Refused> {
    if first == last {
        return shelf.documents_with(&Term::from_field_i64(shelf.fields.year, first));
    }
    let mut passing = Bits::none(shelf.segment.max_doc());
    let years = shelf.segment.fast_fields().i64(Facet::Year.name()).map_err(internal)?;
    for document in 0..shelf.segment.max_doc() {
        if years.first(document).is_some_and(|year| (first..=last).contains(&year)) {
            passing.insert(document);
        }
    }
    Ok(passing)
}

fn without_value(segment: &SegmentReader, facet: Facet) -> Result<Bits, Refused> {
    let values = Values::of(segment, facet)?;
    let mut without = Bits::none(segment.max_doc());
    (0..segment.max_doc())
        .filter(|&document| !values.any(document))
        .for_each(|d| without.insert(d));
    Ok(without)
}

/// The values of one facet in one segment.
enum Values {
    Words(Option<StrColumn>),
    Years(tantivy::columnar::Column<i64>),
}

impl Values {
    fn of(segment: &SegmentReader, facet: Facet) -> Result<Self, Refused> {
        let columns = segment.fast_fields();
        match facet {
            Facet::Year => Ok(Self::Years(columns.i64(facet.name()).map_err(internal)?)),
            _ => Ok(Self::Words(columns.str(facet.name()).map_err(internal)?)),
        }
    }

    fn any(&self, document: DocId) -> bool {
        match self {
            Self::Words(None) => false,
            Self::Words(Some(words)) => words.term_ords(document).next().is_some(),
            Self::Years(years) => years.first(document).is_some(),
        }
    }

    /// Adds how many of the documents have each value.
    fn count(&self, documents: &Bits, counts: &mut HashMap<String, u64>) -> Result<(), Refused> {
        let mut unknown = 0;
        match self {
            Self::Words(None) => unknown = documents.count(),
            Self::Words(Some(words)) => {
                let mut by_word = vec![0; words.num_terms()];
                for document in documents.iter() {
                    let mut any = false;
                    for word in words.term_ords(document) {
                        by_word[usize::try_from(word).map_err(internal)?] += 1;
                        any = true;
                    }
                    unknown += u64::from(!any);
                }
                for (word, count) in (0..).zip(by_word).filter(|&(_, count)| count > 0) {
                    let mut name = String::new();
                    words.ord_to_str(word, &mut name).map_err(internal)?;
                    *counts.entry(name).or_default() += count;
                }
            }
            Self::Years(years) => {
                let mut by_year: BTreeMap<i64, u64> = BTreeMap::new();
                for document in documents.iter() {
                    match years.first(document) {
                        Some(year) => *by_year.entry(year).or_default() += 1,
                        None => unknown += 1,
                    }
                }
                for (year, count) in by_year {
                    *counts.entry(year.to_string()).or_default() += count;
                }
            }
        }
        if unknown > 0 {
            *counts.entry(UNKNOWN.to_owned()).or_default() += unknown;
        }
        Ok(())
    }
}

/// Counts of all facets, segment after segment.
#[derive(Debug, Default)]
pub(super) struct Counts([HashMap<String, u64>; 4]);

impl Counts {
    /// Adds a segment: `matching` are the documents the question matches there, filters aside.
    pub(super) fn add(
        &mut self,
        shelf: &Shelf<'_>,
        matching: &Bits,
        passing: &Passing,
        hits: &Bits,
    ) -> Result<(), Refused> {
        for (facet, counts) in Facet::ALL.into_iter().zip(&mut self.0) {
            shelf.clock.check()?;
            let values = Values::of(shelf.segment, facet)?;
            if passing.is_set(facet) {
                let mut open = matching.clone();
                passing.narrow(&mut open, Some(facet));
                values.count(&open, counts)?;
            } else {
                values.count(hits, counts)?;
            }
        }
        Ok(())
    }

    /// The facets in the order they are shown.
    pub(super) fn into_facets(self, filters: &Filters) -> Facets {
        let [category, year, agency, portal] = self.0;
        let mut facets = Facets {
            category: listed(category, &filters.category),
            year: listed(year, &filters.year),
            agency: listed(agency, &filters.agency),
            portal: listed(portal, &filters.portal),
        };
        facets.category.sort_by(|a, b| a.value.cmp(&b.value));
        facets.year.sort_by(|a, b| {
            (a.value == UNKNOWN).cmp(&(b.value == UNKNOWN)).then(b.value.cmp(&a.value))
        });
        for by_count in [&mut facets.agency, &mut facets.portal] {
            by_count.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        }
        let mut place = 0;
        facets.agency.retain(|agency| {
            place += 1;
            place <= MOST_VALUES || agency.selected
        });
        facets
    }
}

fn listed(counts: HashMap<String, u64>, selected: &[String]) -> Vec<FacetCount> {
    let mut counts = counts;
    for value in selected.iter().filter(|value| !value.contains("..")) {
        counts.entry(value.clone()).or_default();
    }
    let one = |(value, count)| FacetCount { selected: selected.contains(&value), value, count };
    counts.into_iter().map(one).collect()
}

/// Whether a filter on years can be read.
pub(super) fn check_year(value: &str) -> Result<(), Refused> {
    years(value).map(|_| ())
}
