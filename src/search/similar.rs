//! Documents like one: those that hold the words it is made of.

use std::collections::HashMap;

use tantivy::{DocId, schema::Field};

use crate::index::View;
use crate::model::{Document, DocumentId};
use crate::search::{
    answer::Texts,
    best::Place,
    clock::Clock,
    engine::{Engine, id_of},
    explain::place_of,
    matching::{Shelf, internal},
    ranking::{Collection, Lengths, real},
    request::Refused,
    weights::Weights,
};
use crate::text::{fold, is_han};

/// Words that a document is made of, at most.
const MOST_WORDS: usize = 24;
/// Characters of the text that are read for them: what a document is about, it says early.
const READ: usize = 20_000;
/// How much more a word counts that stands in the title.
const IN_TITLE: f32 = 3.0;
/// A word in more than this share of all documents says nothing about one.
const TOO_COMMON: f32 = 0.2;
/// A document must reach this share of what the words of the first one are worth.
const LIKE: f32 = 0.12;
/// Words that are told of a similar document.
const MOST_TOLD: usize = 6;

/// A document like another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    /// The document.
    pub document: Document,
    /// How alike they are, from 0 to about 1; comparable among the documents like one.
    pub likeness: f32,
    /// The words that both hold, those that say most first.
    pub words: Vec<String>,
}

/// A word that a document is made of, and what it says.
struct Theme {
    word: String,
    worth: f32,
}

impl Engine {
    /// The documents most like one, at most `size`, best first: not its own copies, and of copies of another only one.
    pub fn similar(
        &self,
        document: &Document,
        size: usize,
        texts: &dyn Texts,
    ) -> Result<Vec<Similar>, Refused> {
        let (view, clock) = (self.store().view(), Clock::start());
        let themes = self.themes(document, &view)?;
        let whole: f32 = themes.iter().map(|theme| theme.worth).sum();
        let own = place_of(&view, &document.id)?;
        let mut found: Vec<Candidate> = Vec::new();
        for (at, segment) in view.searcher.segment_readers().iter().enumerate() {
            let shelf = Shelf { segment, fields: &view.fields, clock: &clock };
            let scores = scored(&shelf, &themes, &view, self.weights())?;
            let groups = segment.fast_fields().u64("group").map_err(internal)?;
            let orders = segment.fast_fields().u64("order").map_err(internal)?;
            for document in shelf.alive().iter() {
                let likeness = scores[document as usize] / whole.max(f32::MIN_POSITIVE);
                if likeness >= LIKE {
                    let order = orders.first(document).unwrap_or(u64::MAX);
                    let group = groups.first(document).unwrap_or(order);
                    found.push(Candidate { likeness, group, order, place: (at, document) });
                }
            }
        }
        found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(a.order.cmp(&b.order)));
        let own_group = found.iter().find(|one| Some(one.place) == own).map(|one| one.group);
        let mut seen = Vec::from_iter(own_group);
        found.retain(|one| Some(one.place) != own);
        let mut similar = Vec::new();
        for one in found {
            if similar.len() == size {
                break;
            }
            if seen.contains(&one.group) {
                continue;
            }
            seen.push(one.group);
            let id: DocumentId = id_of(one.place, &view)?;
            if let Some(document) = texts.document(&id)? {
                let words = common(&themes, &document);
                similar.push(Similar { document, likeness: one.likeness, words });
            }
        }
        Ok(similar)
    }

    /// The words that say most about a document.
    fn themes(&self, document: &Document, view: &View) -> Result<Vec<Theme>, Refused> {
        let collection = Collection::of(&view.searcher, &view.fields)?;
        let (title, text) = (fold(&document.title.value).text, read(&document.text));
        let mut counts: HashMap<&str, (u32, bool)> = HashMap::new();
        let analyzer = self.store().analyzer();
        analyzer.words(&text, |word| counts.entry(word).or_default().0 += 1);
        analyzer.words(&title, |word| {
            let (count, in_title) = counts.entry(word).or_default();
            (*count, *in_title) = (*count + 1, true);
        });
        let mut themes = Vec::new();
        for (word, (count, in_title)) in counts.into_iter().filter(|(word, _)| says_something(word))
        {
            let field = view.fields.body_words;
            let term = tantivy::Term::from_field_text(field, word);
            let documents = view.searcher.doc_freq(&term).map_err(internal)?;
            if documents < 2 || real(documents) > TOO_COMMON * collection.documents {
                continue;
            }
            let often = real(count.into()) / (real(count.into()) + 1.2);
            let worth =
                collection.rarity(documents) * often * if in_title { IN_TITLE } else { 1.0 };
            themes.push(Theme { word: word.to_owned(), worth });
        }
        themes.sort_by(|a, b| b.worth.total_cmp(&a.worth).then_with(|| a.word.cmp(&b.word)));
        themes.truncate(MOST_WORDS);
        Ok(themes)
    }
}

/// A document that may be like the first one.
struct Candidate {
    likeness: f32,
    /// Its group, or itself.
    group: u64,
    order: u64,
    place: Place,
}

/// How much of the themes each document of a segment holds.
fn scored(
    shelf: &Shelf<'_>,
    themes: &[Theme],
    view: &View,
    weights: &Weights,
) -> Result<Vec<f32>, Refused> {
    let collection = Collection::of(&view.searcher, &view.fields)?;
    let fields = &view.fields;
    let body = collection.body_lengths(shelf.segment, fields, weights);
    let title = collection.title_lengths(shelf.segment, fields, weights);
    let mut scores = vec![0.0; shelf.segment.max_doc() as usize];
    let lanes: [(Field, &Lengths, f32); 2] =
        [(fields.body_words, &body, 0.6), (fields.title_words, &title, 0.4)];
    for theme in themes {
        for (field, lengths, weight) in &lanes {
            let most = weights.k1 + 1.0;
            shelf.each(*field, &theme.word, |document: DocId, count| {
                let share = lengths.saturate(count, document) / most;
                scores[document as usize] += weight * theme.worth * share;
            })?;
        }
    }
    Ok(scores)
}

/// The themes that a document holds.
fn common(themes: &[Theme], document: &Document) -> Vec<String> {
    let text = format!("{}\n{}", fold(&document.title.value).text, read(&document.text));
    let held = themes.iter().filter(|theme| text.contains(&theme.word));
    held.take(MOST_TOLD).map(|theme| theme.word.clone()).collect()
}

/// The folded beginning of a text.
fn read(text: &str) -> String {
    let end = text.char_indices().nth(READ).map_or(text.len(), |(end, _)| end);
    fold(&text[..end]).text
}

/// Words of several Han characters, or of letters; numbers and lone characters say nothing.
fn says_something(word: &str) -> bool {
    let several = word.chars().nth(1).is_some();
    several && (word.chars().any(is_han) || word.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::{Archive, document};

    #[test]
    fn documents_of_the_same_words_are_similar_and_copies_are_not_told_twice() {
        let mut documents: Vec<Document> = (0..30)
            .map(|n| document(&format!("z{n}"), "道路施工公告", "某路段施工，请绕行。"))
            .collect();
        let lift = "老旧小区加装电梯补贴标准：每台补贴，业主委员会申请，住建部门审核。";
        documents.push(document("first", "老旧小区加装电梯补贴办法", lift));
        documents.push(document("copy", "老旧小区加装电梯补贴办法", lift));
        documents.push(document(
            "near",
            "加装电梯指南",
            "老旧小区业主申请加装电梯，住建部门审核。",
        ));
        documents.push(document("far", "供水通知", "小区供水安排。"));
        let of = |given: &str| {
            documents.iter().find(|d| d.external_id() == Some(given)).unwrap().clone()
        };
        let first = of("first");
        let archive = Archive::grouped(documents.clone(), |document| {
            matches!(document.external_id(), Some("first" | "copy")).then_some(first.id)
        });
        let similar = archive.engine.similar(&first, 5, &archive.documents).unwrap();
        let ids: Vec<&str> = similar.iter().filter_map(|one| one.document.external_id()).collect();
        assert_eq!(ids, ["near"]);
        assert!(
            similar[0].words.iter().any(|word| word == "电梯" || word == "加装"),
            "{similar:?}"
        );
        assert!(similar[0].likeness > LIKE && similar[0].likeness < 1.0);
    }
}
