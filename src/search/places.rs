//! Where strings stand in the documents of one segment: by the positions of their pairs of characters.

use tantivy::{
    DocId, DocSet, TERMINATED,
    postings::{Postings, SegmentPostings},
    schema::IndexRecordOption,
};

use crate::analysis::{BARRIER, cover};
use crate::search::{bits::Bits, clock::Clock, matching::Shelf, request::Refused};

impl Shelf<'_> {
    /// The documents with a string in their folded title.
    pub(super) fn title(&self, folded: &str) -> Result<Bits, Refused> {
        let mut documents = Bits::none(self.segment.max_doc());
        if folded.chars().nth(1).is_none() {
            return self.keyword(self.fields.title_characters, folded);
        }
        let mut barriers = self.barriers()?;
        self.each_place(folded, |document, places| {
            let end = barriers.of(document).first().copied().unwrap_or(u32::MAX);
            if places.first().is_some_and(|place| *place < end) {
                documents.insert(document);
            }
        })?;
        // Where there is no title, the first barrier ends the first paragraph of the body.
        for (at, c) in folded.char_indices() {
            let c = &folded[at..at + c.len_utf8()];
            documents.keep(&self.keyword(self.fields.title_characters, c)?);
        }
        Ok(documents)
    }

    /// The documents with two strings in one paragraph, in any order, with at most so many characters between.
    pub(super) fn near(&self, far: u32, a: &str, b: &str) -> Result<Bits, Refused> {
        let mut places: Vec<(DocId, Vec<u32>)> = Vec::new();
        self.each_place(a, |document, found| places.push((document, found.to_vec())))?;
        let mut documents = Bits::none(self.segment.max_doc());
        let mut barriers = self.barriers()?;
        let (long_a, long_b) = (length(a), length(b));
        self.each_place(b, |document, of_b| {
            if let Ok(at) = places.binary_search_by_key(&document, |(held, _)| *held) {
                let (of_a, ends) = (&places[at].1, barriers.of(document));
                let is_near = follows((of_a, long_a), (of_b, long_b), far, ends);
                if is_near || follows((of_b, long_b), (of_a, long_a), far, ends) {
                    documents.insert(document);
                }
            }
        })?;
        Ok(documents)
    }

    /// Where a string of two characters or more begins in each of some documents, which come in order.
    pub(super) fn places_in(
        &self,
        folded: &str,
        documents: &[DocId],
    ) -> Result<Vec<Vec<u32>>, Refused> {
        let mut all = vec![Vec::new(); documents.len()];
        let Some(mut lists) = self.placed(&cover(folded))? else { return Ok(all) };
        let mut other = Vec::new();
        for (&document, places) in documents.iter().zip(&mut all) {
            let stands = lists.iter_mut().all(|list| {
                if list.postings.doc() < document {
                    list.postings.seek(document);
                }
                list.postings.doc() == document
            });
            if stands {
                common_positions(&mut lists, places, &mut other);
            }
        }
        Ok(all)
    }

    /// Hands every document with a string of two characters or more, and where it begins there, to `seen`.
    fn each_place(&self, folded: &str, seen: impl FnMut(DocId, &[u32])) -> Result<(), Refused> {
        match self.placed(&cover(folded))? {
            Some(mut lists) => phrases(&mut lists, self.clock, seen),
            None => Ok(()),
        }
    }

    /// Where paragraphs end.
    fn barriers(&self) -> Result<Barriers, Refused> {
        let sign = BARRIER.to_string();
        let option = IndexRecordOption::WithFreqsAndPositions;
        let postings = self.postings(self.fields.grams, &sign, option)?;
        Ok(Barriers { postings, places: Vec::new() })
    }

    /// The postings of pairs, rarest first; `None` where one stands nowhere.
    pub(super) fn placed(&self, pairs: &[(usize, &str)]) -> Result<Option<Vec<Placed>>, Refused> {
        let mut lists = Vec::new();
        for (offset, pair) in pairs {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let Some(postings) = self.postings(self.fields.grams, pair, option)? else {
                return Ok(None);
            };
            lists.push(Placed { postings, offset: u32::try_from(*offset).unwrap_or(u32::MAX) });
        }
        lists.sort_by_key(|list| list.postings.doc_freq());
        Ok(Some(lists))
    }
}

/// Postings of a pair, and its place in the string.
pub(super) struct Placed {
    postings: SegmentPostings,
    offset: u32,
}

/// Where paragraphs end, document after document.
struct Barriers {
    postings: Option<SegmentPostings>,
    places: Vec<u32>,
}

impl Barriers {
    /// Those of a document; documents come in order.
    fn of(&mut self, document: DocId) -> &[u32] {
        self.places.clear();
        if let Some(postings) = &mut self.postings {
            if postings.doc() < document {
                postings.seek(document);
            }
            if postings.doc() == document {
                postings.positions(&mut self.places);
            }
        }
        &self.places
    }
}

fn length(folded: &str) -> u32 {
    u32::try_from(folded.chars().count()).unwrap_or(u32::MAX)
}

/// Whether the second string follows the first somewhere: each with its places and its length; no barrier between.
fn follows(first: (&[u32], u32), second: (&[u32], u32), far: u32, barriers: &[u32]) -> bool {
    first.0.iter().any(|&start| {
        let end = start.saturating_add(first.1);
        let next = second.0.partition_point(|&place| place < end);
        let Some(&place) = second.0.get(next).filter(|&&place| place <= end.saturating_add(far))
        else {
            return false;
        };
        let barrier = barriers.partition_point(|&barrier| barrier < end);
        barriers.get(barrier).is_none_or(|&barrier| barrier > place)
    })
}

/// Hands every document in which all lists have a position in common, and these positions, to `seen`; lists come rarest
/// first.
pub(super) fn phrases(
    lists: &mut [Placed],
    clock: &Clock,
    mut seen: impl FnMut(DocId, &[u32]),
) -> Result<(), Refused> {
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
                common_positions(lists, &mut common, &mut other);
                if !common.is_empty() {
                    seen(candidate, &common);
                }
                candidate = lists[0].postings.advance();
            }
            Meeting::NotBefore(next) => candidate = lists[0].postings.seek(next),
            Meeting::Never => break,
        }
    }
    Ok(())
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

/// The starts of the string that all lists agree on in the document they stand at, into `common`.
fn common_positions(lists: &mut [Placed], common: &mut Vec<u32>, other: &mut Vec<u32>) {
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
            return;
        }
    }
}
