//! What the double says about single documents: why they are found, and which are like them.

use crate::model::{Document, DocumentId, Status};
use crate::search::{
    Answer, DocumentPart, Explanation, LeafExplanation, LeafPlace, ScorePart, Similar,
};

/// As if the question were one word, which stands in titles.
pub(super) fn explained(query: &str, answer: &Answer, id: &DocumentId) -> Explanation {
    let listed = answer.hits.iter().any(|hit| hit.document.id == *id);
    let place = LeafPlace { part: DocumentPart::Title, count: 1 };
    let leaf = LeafExplanation {
        what: query.to_owned(),
        kind: "word",
        wanted: true,
        documents: answer.total,
        held: listed,
        ways: vec![],
        places: listed.then_some(place).into_iter().collect(),
    };
    let part = ScorePart { kind: "title", what: query.to_owned(), adds: 1.0 };
    Explanation {
        reading: query.to_owned(),
        notes: vec![],
        leaves: vec![leaf],
        missing_allowed: 0,
        indexed: true,
        listed,
        failing: (!listed).then(|| query.to_owned()).into_iter().collect(),
        stopped_by: vec![],
        score: if listed { 1.0 } else { 0.0 },
        parts: listed.then_some(part).into_iter().collect(),
    }
}

/// Other documents with the same agency.
pub(super) fn similar(all: &[Document], document: &Document, size: usize) -> Vec<Similar> {
    let others = all.iter().filter(|other| {
        other.id != document.id
            && other.status != Status::Withheld
            && other.agencies == document.agencies
    });
    let similar = |other: &Document| Similar {
        document: other.clone(),
        likeness: 0.5,
        words: vec!["灵洲".to_owned()],
    };
    others.take(size).map(similar).collect()
}
