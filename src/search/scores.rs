//! Scores of documents while they are added up.

use tantivy::DocId;

/// One addend of a score, for `explain`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScorePart {
    /// Which weight it stands under.
    pub kind: &'static str,
    /// The word, string or pair.
    pub what: String,
    /// What it adds.
    pub adds: f32,
}

/// Scores of the documents of one segment.
pub(super) struct Scores {
    values: Vec<f32>,
    /// Rarity of what of the question the title holds.
    pub(super) in_title: Vec<f32>,
    /// The document whose addends are kept.
    watched: Option<DocId>,
    pub(super) parts: Vec<ScorePart>,
    /// Documents that something was added to; only kept for the ways of one leaf.
    touched: Option<Vec<DocId>>,
}

impl Scores {
    pub(super) fn new(documents: usize, watched: Option<DocId>) -> Self {
        Self {
            values: vec![0.0; documents],
            in_title: vec![0.0; documents],
            watched,
            parts: Vec::new(),
            touched: None,
        }
    }

    /// Empty scores for the ways of one leaf.
    pub(super) fn spare(documents: usize, watched: Option<DocId>) -> Self {
        Self { touched: Some(Vec::new()), ..Self::new(documents, watched) }
    }

    /// Takes what one way adds where it adds more than the ways before; empties it.
    pub(super) fn take_better(&mut self, way: &mut Self) {
        for document in way.touched.iter_mut().flat_map(std::mem::take) {
            let at = document as usize;
            let (value, in_title) =
                (std::mem::take(&mut way.values[at]), std::mem::take(&mut way.in_title[at]));
            self.in_title[at] = self.in_title[at].max(in_title);
            if value > self.values[at] {
                self.touch(document);
                self.values[at] = value;
                if self.watched == Some(document) {
                    std::mem::swap(&mut self.parts, &mut way.parts);
                }
            }
        }
        way.parts.clear();
    }

    /// Adds what the best way of a leaf adds; empties it.
    pub(super) fn take(&mut self, leaf: &mut Self) {
        for document in leaf.touched.iter_mut().flat_map(std::mem::take) {
            let at = document as usize;
            self.values[at] += std::mem::take(&mut leaf.values[at]);
            self.in_title[at] += std::mem::take(&mut leaf.in_title[at]);
        }
        self.parts.append(&mut leaf.parts);
    }

    fn touch(&mut self, document: DocId) {
        let new = self.values[document as usize] <= 0.0;
        if let Some(touched) = self.touched.as_mut().filter(|_| new) {
            touched.push(document);
        }
    }

    pub(super) fn of(&self, document: DocId) -> f32 {
        self.values.get(document as usize).copied().unwrap_or(0.0)
    }

    pub(super) fn add(&mut self, document: DocId, kind: &'static str, what: &str, adds: f32) {
        self.touch(document);
        self.values[document as usize] += adds;
        if self.watched == Some(document) {
            self.parts.push(ScorePart { kind, what: what.to_owned(), adds });
        }
    }
}
