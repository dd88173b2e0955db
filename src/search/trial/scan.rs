//! The stored documents, folded, and the slow way to every answer.

use std::collections::HashMap;

use crate::model::{Document, DocumentId, Sourced, Status, region_lineage};
use crate::search::{
    bits::Bits,
    facet::{Facet, PerFacet},
    request::{Filters, UNKNOWN},
    trial::random::Random,
};
use crate::text::{BARRIER, fold};

/// Every stored document.
#[derive(Debug, Default)]
pub(super) struct Scan {
    documents: Vec<Stored>,
    places: HashMap<DocumentId, u32>,
    /// The values of each facet, and the place of each among them.
    values: PerFacet<Values>,
}

#[derive(Debug, Default)]
struct Values {
    names: Vec<String>,
    places: HashMap<String, u32>,
}

/// One stored document.
#[derive(Debug)]
pub(super) struct Stored {
    id: DocumentId,
    /// Its title, folded.
    pub(super) title: String,
    /// Title, text and each part of each file, folded, with barriers between.
    pub(super) text: String,
    /// Its values of each facet.
    values: PerFacet<Vec<u32>>,
}

impl Scan {
    pub(super) fn add(&mut self, document: &Document) {
        if document.status == Status::Withheld {
            return;
        }
        let parts: Vec<String> = document.searchable().map(|part| fold(part).text).collect();
        let mut values = PerFacet::<Vec<u32>>::default();
        for (facet, places) in values.iter_mut() {
            let known = self.values.of_mut(facet);
            *places = values_of(document, facet).into_iter().map(|v| known.place(v)).collect();
            places.sort_unstable();
            places.dedup();
        }
        self.places.insert(document.id, self.size());
        self.documents.push(Stored {
            id: document.id,
            title: parts.first().cloned().unwrap_or_default(),
            text: parts.join(BARRIER.encode_utf8(&mut [0; 4])),
            values,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.documents.len()
    }

    /// How many documents, as sets count them.
    pub(super) fn size(&self) -> u32 {
        u32::try_from(self.documents.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn place(&self, id: &DocumentId) -> Option<u32> {
        self.places.get(id).copied()
    }

    pub(super) fn id(&self, place: u32) -> DocumentId {
        self.documents[place as usize].id
    }

    pub(super) fn documents(&self) -> &[Stored] {
        &self.documents
    }

    /// The documents that pass.
    pub(super) fn all(&self, passes: impl Fn(&Stored) -> bool) -> Bits {
        let mut found = Bits::none(self.size());
        for (place, _) in (0..).zip(&self.documents).filter(|(_, document)| passes(document)) {
            found.insert(place);
        }
        found
    }

    /// The documents with one of these values of a facet.
    pub(super) fn with(&self, facet: Facet, wanted: &[String]) -> Bits {
        let known = self.values.of(facet);
        let is_meant = |name: &String| match (facet, name.parse::<i64>()) {
            (Facet::Year, Ok(year)) => wanted.iter().any(|w| {
                let (first, last) = w.split_once("..").unwrap_or((w, w));
                let (first, last) = (first.parse::<i64>(), last.parse::<i64>());
                first.is_ok_and(|first| first <= year) && last.is_ok_and(|last| year <= last)
            }),
            _ => wanted.contains(name),
        };
        let meant: Vec<bool> = known.names.iter().map(is_meant).collect();
        let unknown = wanted.iter().any(|value| value == UNKNOWN);
        self.all(|document| match document.values.of(facet).as_slice() {
            [] => unknown,
            values => values.iter().any(|value| meant[*value as usize]),
        })
    }

    /// The documents with an agency whose name holds a name.
    pub(super) fn with_agency(&self, name: &str) -> Bits {
        let (known, name) = (self.values.of(Facet::Agency), fold(name).text);
        let meant: Vec<bool> = known.names.iter().map(|n| fold(n).text.contains(&name)).collect();
        self.all(|document| {
            document.values.of(Facet::Agency).iter().any(|value| meant[*value as usize])
        })
    }

    /// Takes out of a set what the filters stop, all of them but one.
    pub(super) fn narrow(&self, found: &mut Bits, filters: &Filters, but: Option<Facet>) {
        for facet in Facet::ALL.into_iter().filter(|facet| Some(*facet) != but) {
            if !filters.of(facet).is_empty() {
                found.keep(&self.with(facet, filters.of(facet)));
            }
        }
    }

    /// How many documents of a set have each value of a facet.
    pub(super) fn counts(&self, facet: Facet, documents: &Bits) -> HashMap<&str, u64> {
        let known = self.values.of(facet);
        let (mut counts, mut unknown) = (vec![0_u64; known.names.len()], 0);
        for place in documents.iter() {
            let values = self.documents[place as usize].values.of(facet);
            for value in values {
                counts[*value as usize] += 1;
            }
            unknown += u64::from(values.is_empty());
        }
        let names = known.names.iter().map(String::as_str).chain([UNKNOWN]);
        names.zip(counts.into_iter().chain([unknown])).filter(|(_, count)| *count > 0).collect()
    }

    /// A few values of one or two facets.
    pub(super) fn some_filters(&self, random: &mut Random) -> Filters {
        let mut filters = Filters::default();
        for _ in 0..=random.below(2) {
            let facet = *random.pick(&Facet::ALL).unwrap_or(&Facet::Category);
            let values: Vec<String> =
                (0..=random.below(2)).filter_map(|_| self.some_value(facet, random)).collect();
            filters = filters.with(facet, values);
        }
        filters
    }

    /// A value of a facet that occurs, sometimes a span of years, sometimes `unknown`.
    pub(super) fn some_value(&self, facet: Facet, random: &mut Random) -> Option<String> {
        if random.one_in(6) {
            return Some(UNKNOWN.to_owned());
        }
        let value = random.pick(&self.values.of(facet).names)?.clone();
        match value.parse::<i64>() {
            Ok(year)
                if facet == Facet::Year && random.one_in(3) && (1000..9990).contains(&year) =>
            {
                Some(format!("{year}..{}", year + 4))
            }
            _ => Some(value),
        }
    }
}

impl Values {
    fn place(&mut self, value: String) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.places.entry(value.clone()).or_insert_with(|| {
            self.names.push(value);
            next
        })
    }
}

/// The values of one facet that a document has, those above them included.
fn values_of(document: &Document, facet: Facet) -> Vec<String> {
    let printed = |value: &Option<Sourced<String>>| {
        let text = value.as_ref().map(|value| value.value.trim().to_owned());
        text.filter(|text| !text.is_empty() && text.chars().count() <= 40)
    };
    match facet {
        Facet::Category => document.category.value.lineage().map(str::to_owned).collect(),
        Facet::Theme => {
            let theme = printed(&document.theme_class);
            let above = theme.as_deref().and_then(|theme| theme.split_once('/'));
            above.map(|(above, _)| above.to_owned()).into_iter().chain(theme.clone()).collect()
        }
        Facet::Year => document.year().map(|year| year.to_string()).into_iter().collect(),
        Facet::Agency => document.agencies.clone(),
        Facet::Region => {
            let region = document.region.as_ref().map(|region| region.value.as_str());
            region.filter(|code| *code != UNKNOWN).into_iter().flat_map(region_lineage).collect()
        }
        Facet::Portal => document.portal.iter().cloned().collect(),
        Facet::Genre => printed(&document.genre).into_iter().collect(),
        Facet::File => {
            let files = document.attachments.iter().filter_map(|one| one.file.as_ref());
            files.map(|file| file.text.kind.as_str().to_owned()).collect()
        }
        Facet::Status => vec![document.status.as_str().to_owned()],
        Facet::Validity => printed(&document.validity).into_iter().collect(),
    }
}
