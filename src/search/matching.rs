//! Leaf → the documents of one segment that hold it, and how often.

use tantivy::{
    DocId, DocSet, SegmentReader, TERMINATED, Term,
    postings::{Postings, SegmentPostings},
    schema::{Field, IndexRecordOption},
};

use crate::analysis::{BARRIER, cover};
use crate::index::Fields;
use crate::search::{
    bits::Bits,
    clock::Clock,
    facets::with_any,
    number_lookup,
    places::phrases,
    plan::{Leaf, What},
    request::{MOST_WORDS, Refused},
};
use crate::text::fold;

/// Where one leaf stands in one segment.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The documents that hold it.
    pub(super) documents: Bits,
    /// How often it stands in them, where that was seen on the way; in order of the documents.
    pub(super) counts: Vec<(DocId, u32)>,
    /// For document numbers: the documents whose own it is.
    pub(super) bearers: Option<Bits>,
    /// Where each other way to say it stands, part by part.
    pub(super) ways: Vec<Vec<Found>>,
}

/// One segment with what is needed to read it.
pub(super) struct Shelf<'v> {
    pub(super) segment: &'v SegmentReader,
    pub(super) fields: &'v Fields,
    pub(super) clock: &'v Clock,
}

impl Shelf<'_> {
    /// The documents that hold a leaf, said in any of its ways.
    pub(super) fn find_leaf(&self, leaf: &Leaf) -> Result<Found, Refused> {
        let mut found = self.find(&leaf.what)?;
        for way in &leaf.ways {
            let parts = way.all.iter().map(|what| self.find(what));
            let parts = parts.collect::<Result<Vec<Found>, _>>()?;
            found.documents.add(&together(&parts, self.segment.max_doc()));
            found.ways.push(parts);
        }
        Ok(found)
    }

    /// The documents that hold what is looked for.
    fn find(&self, what: &What) -> Result<Found, Refused> {
        match what {
            What::Nothing => Ok(Found::documents(Bits::none(self.segment.max_doc()))),
            What::Text { folded, .. } => self.text(folded),
            What::Token(token) => Ok(Found::documents(self.token(token)?)),
            What::Title(folded) => Ok(Found::documents(self.title(folded)?)),
            What::Agency(folded) => Ok(Found::documents(self.agency(folded)?)),
            What::Value(facet, values) => Ok(Found::documents(with_any(self, *facet, values)?)),
            What::Prefix(stem) => Ok(Found::documents(self.prefix(stem)?)),
            What::Near(far, a, b) => Ok(Found::documents(self.near(*far, a, b)?)),
            What::Number(wanted) => {
                let (bearers, mut documents) = number_lookup::find(self, wanted)?;
                documents.add(&bearers);
                Ok(Found { bearers: Some(bearers), ..Found::documents(documents) })
            }
        }
    }

    /// The documents with a whole run of letters and digits.
    fn token(&self, token: &str) -> Result<Bits, Refused> {
        let mut documents = self.keyword(self.fields.title_words, token)?;
        documents.add(&self.keyword(self.fields.body_words, token)?);
        Ok(documents)
    }

    /// The documents with a run of letters and digits that begins so.
    fn prefix(&self, stem: &str) -> Result<Bits, Refused> {
        let mut documents = Bits::none(self.segment.max_doc());
        for field in [self.fields.title_words, self.fields.body_words] {
            let index = self.segment.inverted_index(field).map_err(internal)?;
            let mut terms =
                index.terms().range().ge(stem.as_bytes()).into_stream().map_err(internal)?;
            let mut words = Vec::new();
            while terms.advance() && terms.key().starts_with(stem.as_bytes()) {
                words.extend(std::str::from_utf8(terms.key()).map(str::to_owned));
                if words.len() > MOST_WORDS {
                    return Err(Refused::TooManyWords { stem: stem.to_owned() });
                }
            }
            documents.add(&self.any_keyword(field, &words)?);
        }
        Ok(documents)
    }

    /// The documents with an agency whose name holds a string.
    fn agency(&self, folded: &str) -> Result<Bits, Refused> {
        let index = self.segment.inverted_index(self.fields.agency).map_err(internal)?;
        let mut terms = index.terms().stream().map_err(internal)?;
        let mut names = Vec::new();
        while terms.advance() {
            let name = std::str::from_utf8(terms.key()).unwrap_or_default();
            if fold(name).text.contains(folded) {
                names.push(name.to_owned());
            }
        }
        self.any_keyword(self.fields.agency, &names)
    }

    /// The documents with a string in their folded text, and how often.
    pub(super) fn text(&self, folded: &str) -> Result<Found, Refused> {
        if folded.is_empty() || folded.contains(BARRIER) {
            return Ok(Found::documents(Bits::none(self.segment.max_doc())));
        }
        let pairs = cover(folded);
        if pairs.is_empty() {
            return Ok(Found::documents(self.keyword(self.fields.characters, folded)?));
        }
        let counts = self.counts(&pairs)?;
        let mut documents = Bits::none(self.segment.max_doc());
        for &(document, _) in &counts {
            documents.insert(document);
        }
        Ok(Found { counts, ..Found::documents(documents) })
    }

    /// How often pairs stand at their distances, by document.
    fn counts(&self, pairs: &[(usize, &str)]) -> Result<Vec<(DocId, u32)>, Refused> {
        if let [(_, pair)] = pairs {
            let mut counts = Vec::new();
            self.each(self.fields.grams, pair, |document, count| counts.push((document, count)))?;
            return Ok(counts);
        }
        let mut counts = Vec::new();
        if let Some(mut lists) = self.placed(pairs)? {
            phrases(&mut lists, self.clock, |document, places| {
                counts.push((document, u32::try_from(places.len()).unwrap_or(u32::MAX)));
            })?;
        }
        Ok(counts)
    }

    /// The documents with a term.
    pub(super) fn keyword(&self, field: Field, term: &str) -> Result<Bits, Refused> {
        self.documents_with(&Term::from_field_text(field, term))
    }

    /// The documents with one of several terms.
    pub(super) fn any_keyword(&self, field: Field, terms: &[String]) -> Result<Bits, Refused> {
        let mut documents = Bits::none(self.segment.max_doc());
        for term in terms {
            documents.add(&self.keyword(field, term)?);
        }
        Ok(documents)
    }

    /// The documents with a term of any kind.
    pub(super) fn documents_with(&self, term: &Term) -> Result<Bits, Refused> {
        let mut documents = Bits::none(self.segment.max_doc());
        if let Some(mut list) = self.list(term, IndexRecordOption::Basic)? {
            while list.doc() != TERMINATED {
                documents.insert(list.doc());
                list.advance();
            }
        }
        Ok(documents)
    }

    /// Hands every document with a term, and its frequency there, to `seen`.
    pub(super) fn each(
        &self,
        field: Field,
        term: &str,
        mut seen: impl FnMut(DocId, u32),
    ) -> Result<(), Refused> {
        if let Some(mut list) = self.postings(field, term, IndexRecordOption::WithFreqs)? {
            while list.doc() != TERMINATED {
                seen(list.doc(), list.term_freq());
                list.advance();
            }
        }
        Ok(())
    }

    pub(super) fn postings(
        &self,
        field: Field,
        term: &str,
        option: IndexRecordOption,
    ) -> Result<Option<SegmentPostings>, Refused> {
        self.list(&Term::from_field_text(field, term), option)
    }

    fn list(
        &self,
        term: &Term,
        option: IndexRecordOption,
    ) -> Result<Option<SegmentPostings>, Refused> {
        self.clock.check()?;
        let index = self.segment.inverted_index(term.field()).map_err(internal)?;
        index.read_postings(term, option).map_err(internal)
    }

    /// The documents that were not deleted.
    pub(super) fn alive(&self) -> Bits {
        let mut alive = Bits::all(self.segment.max_doc());
        if let Some(deleted) = self.segment.alive_bitset() {
            let mut kept = Bits::none(self.segment.max_doc());
            deleted.iter_alive().for_each(|document| kept.insert(document));
            alive = kept;
        }
        alive
    }
}

impl Found {
    pub(super) fn documents(documents: Bits) -> Self {
        Self { documents, counts: Vec::new(), bearers: None, ways: Vec::new() }
    }
}

/// The documents that hold all parts of a way.
pub(super) fn together(parts: &[Found], documents: u32) -> Bits {
    let mut together = Bits::all(documents);
    for part in parts {
        together.keep(&part.documents);
    }
    together
}

/// What tantivy reports is a fault of the disk or ours, never of the asker.
pub(super) fn internal(error: impl Into<anyhow::Error>) -> Refused {
    Refused::Internal(error.into().context("cannot read the index"))
}
