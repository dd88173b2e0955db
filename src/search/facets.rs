//! Filters, and the numbers beside the values of each facet.

use std::collections::{BTreeMap, HashMap};

use tantivy::{DocId, SegmentReader, Term, columnar::StrColumn, schema::Field};

use crate::index::Fields;
use crate::search::{
    answer::{FacetCount, Facets},
    bits::Bits,
    facet::{Facet, PerFacet},
    matching::{Shelf, internal},
    names::Names,
    request::{Filters, Refused, Request, UNKNOWN},
};
use crate::text::fold;

/// The most values of a facet without order that are listed, besides the selected ones.
pub const MOST_VALUES: usize = 100;

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
pub(super) struct Passing(PerFacet<Option<Bits>>);

impl Passing {
    pub(super) fn new(shelf: &Shelf<'_>, filters: &Filters) -> Result<Self, Refused> {
        let mut passing = PerFacet::default();
        for (facet, passes) in passing.iter_mut() {
            let selected = filters.of(facet);
            if !selected.is_empty() {
                *passes = Some(with_any(shelf, facet, selected)?);
            }
        }
        Ok(Self(passing))
    }

    /// Takes out what the filters stop, all of them but one.
    pub(super) fn narrow(&self, documents: &mut Bits, but: Option<Facet>) {
        for (facet, passes) in self.0.iter() {
            if let Some(passes) = passes.as_ref().filter(|_| Some(facet) != but) {
                documents.keep(passes);
            }
        }
    }

    /// The filters that stop a document.
    pub(super) fn stopping(&self, document: DocId) -> Vec<Facet> {
        let stops = |passes: &Option<Bits>| passes.as_ref().is_some_and(|one| !one.holds(document));
        self.0.iter().filter(|(_, passes)| stops(passes)).map(|(facet, _)| facet).collect()
    }

    fn is_set(&self, facet: Facet) -> bool {
        self.0.of(facet).is_some()
    }
}

/// The documents of a segment that have one of several values of a facet.
pub(super) fn with_any(
    shelf: &Shelf<'_>,
    facet: Facet,
    values: &[String],
) -> Result<Bits, Refused> {
    let mut documents = Bits::none(shelf.segment.max_doc());
    for value in values {
        documents.add(&with_value(shelf, facet, value)?);
    }
    Ok(documents)
}

fn with_value(shelf: &Shelf<'_>, facet: Facet, value: &str) -> Result<Bits, Refused> {
    match facet {
        Facet::Year => match years(value)? {
            Years::Unknown => without_value(shelf.segment, facet),
            Years::Span(first, last) => in_years(shelf, first, last),
        },
        _ if value == UNKNOWN => without_value(shelf.segment, facet),
        _ => shelf.keyword(field(shelf.fields, facet), value),
    }
}

fn field(fields: &Fields, facet: Facet) -> Field {
    match facet {
        Facet::Category => fields.category,
        Facet::Theme => fields.theme,
        Facet::Year => fields.year,
        Facet::Agency => fields.agency,
        Facet::Region => fields.region,
        Facet::Portal => fields.portal,
        Facet::Genre => fields.genre,
        Facet::File => fields.file,
        Facet::Status => fields.status,
        Facet::Validity => fields.validity,
    }
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
pub(super) struct Counts(PerFacet<HashMap<String, u64>>);

impl Counts {
    /// Adds a segment: `matching` are the documents the question matches there, filters aside.
    pub(super) fn add(
        &mut self,
        shelf: &Shelf<'_>,
        matching: &Bits,
        passing: &Passing,
        hits: &Bits,
    ) -> Result<(), Refused> {
        for (facet, counts) in self.0.iter_mut() {
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
    pub(super) fn into_facets(mut self, request: &Request, names: &Names) -> Facets {
        let mut facets = Facets::default();
        for (facet, counts) in facets.iter_mut() {
            *counts = listed(self.0.take(facet), request.filters.of(facet));
            if let Some(query) = request.facet_query.as_ref().filter(|query| query.facet == facet) {
                let wanted = fold(&query.text).text;
                counts.retain(|count| names.holds(facet, &count.value, &wanted));
            }
            put_in_order(facet, counts);
        }
        facets
    }
}

fn put_in_order(facet: Facet, counts: &mut Vec<FacetCount>) {
    if facet.is_tree() {
        counts.sort_by(|a, b| a.value.cmp(&b.value));
        return;
    }
    if facet == Facet::Year {
        counts.sort_by(|a, b| {
            (a.value == UNKNOWN).cmp(&(b.value == UNKNOWN)).then(b.value.cmp(&a.value))
        });
        return;
    }
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let mut place = 0;
    counts.retain(|value| {
        place += 1;
        place <= MOST_VALUES || value.selected
    });
}

fn listed(counts: HashMap<String, u64>, selected: &[String]) -> Vec<FacetCount> {
    let mut counts = counts;
    for value in selected.iter().filter(|value| !value.contains("..")) {
        counts.entry(value.clone()).or_default();
    }
    let one = |(value, count)| FacetCount {
        selected: selected.contains(&value),
        value,
        count,
        region: None,
    };
    counts.into_iter().map(one).collect()
}

/// The most years of a histogram; earlier ones are slips of dates.
const MOST_YEARS: i64 = 200;

/// The counts of years, earliest first, with those between that have none.
pub fn year_histogram(counts: &[FacetCount]) -> Vec<(i64, u64)> {
    let known: BTreeMap<i64, u64> = counts
        .iter()
        .filter(|count| count.count > 0)
        .filter_map(|count| Some((count.value.parse().ok()?, count.count)))
        .collect();
    let (Some((&first, _)), Some((&last, _))) = (known.first_key_value(), known.last_key_value())
    else {
        return Vec::new();
    };
    let first = first.max(last - MOST_YEARS + 1);
    (first..=last).map(|year| (year, known.get(&year).copied().unwrap_or(0))).collect()
}

/// Whether a filter on years can be read.
pub(super) fn check_year(value: &str) -> Result<(), Refused> {
    years(value).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_has_years_without_hits() {
        let count = |value: &str, count| FacetCount {
            value: value.to_owned(),
            count,
            selected: false,
            region: None,
        };
        let counts = [count("2020", 2), count("2017", 1), count("2013", 0), count(UNKNOWN, 9)];
        assert_eq!(year_histogram(&counts), [(2017, 1), (2018, 0), (2019, 0), (2020, 2)]);
        assert_eq!(year_histogram(&counts[2..]), []);
        assert_eq!(year_histogram(&[count("1000", 1), count("2020", 2)]).len(), 200);
    }
}
