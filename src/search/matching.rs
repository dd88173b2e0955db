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
    number_lookup,
    plan::{Leaf, What},
    request::Refused,
};

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
            What::Token(token) => {
                let mut documents = self.keyword(self.fields.title_words, token)?;
                documents.add(&self.keyword(self.fields.body_words, token)?);
                Ok(Found::documents(documents))
            }
            What::Number(wanted) => {
                let (bearers, mut documents) = number_lookup::find(self, wanted)?;
                documents.add(&bearers);
                Ok(Found { bearers: Some(bearers), ..Found::documents(documents) })
            }
        }
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
        let mut lists = Vec::new();
        for (offset, pair) in pairs {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let Some(postings) = self.postings(self.fields.grams, pair, option)? else {
                return Ok(Vec::new());
            };
            lists.push(Placed { postings, offset: u32::try_from(*offset).unwrap_or(u32::MAX) });
        }
        lists.sort_by_key(|list| list.postings.doc_freq());
        phrases(&mut lists, self.clock)
    }

    /// The documents with a term.
    pub(super) fn keyword(&self, field: Field, term: &str) -> Result<Bits, Refused> {
        self.documents_with(&Term::from_field_text(field, term))
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

    fn postings(
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

/// Postings of a pair, and its place in the string.
struct Placed {
    postings: SegmentPostings,
    offset: u32,
}

/// Every document in which all lists have a position in common, and how many; lists come rarest first.
fn phrases(lists: &mut [Placed], clock: &Clock) -> Result<Vec<(DocId, u32)>, Refused> {
    let mut found = Vec::new();
    let (mut common, mut other) = (Vec::new(), Vec::new());
    let mut candidate = lists.first().map_or(TERMINATED, |list| list.postings.doc());
    let mut looked = 0_u32;
    while candidate != TERMINATED {
        looked += 1;
        if looked.is_multiple_of(1024) {
            clock.check()?;
        }
        match meet(lists, candidate) {
            Meeting::At => {
                let count = common_positions(lists, &mut common, &mut other);
                if count > 0 {
                    found.push((candidate, count));
                }
                candidate = lists[0].postings.advance();
            }
            Meeting::NotBefore(next) => candidate = lists[0].postings.seek(next),
            Meeting::Never => break,
        }
    }
    Ok(found)
}

enum Meeting {
    At,
    NotBefore(DocId),
    Never,
}

/// Whether all lists have the candidate; else which document can be the next one.
fn meet(lists: &mut [Placed], candidate: DocId) -> Meeting {
    for list in lists.iter_mut().skip(1) {
        if list.postings.doc() < candidate {
            list.postings.seek(candidate);
        }
        match list.postings.doc() {
            TERMINATED => return Meeting::Never,
            document if document > candidate => return Meeting::NotBefore(document),
            _ => {}
        }
    }
    Meeting::At
}

/// How many starts of the string all lists agree on in the document they stand at.
fn common_positions(lists: &mut [Placed], common: &mut Vec<u32>, other: &mut Vec<u32>) -> u32 {
    for (at, list) in lists.iter_mut().enumerate() {
        let into = if at == 0 { &mut *common } else { &mut *other };
        list.postings.positions(into);
        into.retain(|position| *position >= list.offset);
        for position in into.iter_mut() {
            *position -= list.offset;
        }
        if at > 0 {
            common.retain(|position| other.binary_search(position).is_ok());
        }
        if common.is_empty() {
            return 0;
        }
    }
    u32::try_from(common.len()).unwrap_or(u32::MAX)
}
