//! Why a document stands where it stands, or does not.

use std::collections::BTreeMap;

use tantivy::{DocSet, Term, schema::IndexRecordOption};

use crate::index::View;
use crate::model::{Document, DocumentId};
use crate::search::{
    answer::{FilePlace, Note, Texts},
    best::Place,
    clock::Clock,
    engine::{Engine, check_limits},
    facet::Facet,
    facets::Passing,
    listing::Matched,
    matching::internal,
    passages::Marker,
    plan::{Plan, Tree, What},
    ranking::Collection,
    request::{Refused, Request, Syntax},
    scores::ScorePart,
};

/// How a question was read, and what one document holds of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The question as it was understood, with its operators written out.
    pub reading: String,
    /// What was done with the question.
    pub notes: Vec<Note>,
    /// What is looked for, one entry a leaf.
    pub leaves: Vec<LeafExplanation>,
    /// How many words documents may lack in this answer, lone characters aside; 0 when all are wanted.
    pub missing_allowed: usize,
    /// Whether the document is in the index.
    pub indexed: bool,
    /// Whether the document is listed.
    pub listed: bool,
    /// Of a document that is not listed: the leaves it fails by, those it lacks and those it should not hold.
    pub failing: Vec<String>,
    /// The filters that keep it out.
    pub stopped_by: Vec<Facet>,
    /// Its score, 0 when it is not listed.
    pub score: f32,
    /// What the score is made of, largest first.
    pub parts: Vec<ScorePart>,
}

/// One leaf of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct LeafExplanation {
    /// The leaf, folded.
    pub what: String,
    /// How it is matched: `word`, `string`, `token`, `number`, `title`, `value`, `prefix`, `near`;
    /// `nothing` where no document can hold it.
    pub kind: &'static str,
    /// Whether it is wanted, or stands under a negation.
    pub wanted: bool,
    /// In how many documents of the index it stands.
    pub documents: u64,
    /// Whether the document holds it anywhere.
    pub held: bool,
    /// The other ways to say it that the document holds.
    pub ways: Vec<String>,
    /// Where it stands in the document, said in any way; of negated leaves and values of filters nothing is told.
    pub places: Vec<LeafPlace>,
}

/// A part of a document in which a leaf stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafPlace {
    /// Which part.
    pub part: DocumentPart,
    /// How often it stands there.
    pub count: usize,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentPart {
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// A part of a file of it.
    File(FilePlace),
}

impl Engine {
    /// Explains one document for a request; it is read from `texts`.
    pub fn explain(
        &self,
        request: &Request,
        id: &DocumentId,
        texts: &dyn Texts,
    ) -> Result<Explanation, Refused> {
        check_limits(request)?;
        let (view, clock) = (self.store().view(), Clock::start());
        let plan = self.understood(request, &view, &clock)?;
        let asked = self.asked(request, &plan, &view, &clock);
        let mut matched = asked.matched()?;
        let collection = Collection::of(&view.searcher, &view.fields)?;
        let rarity = asked.rarity(&matched, &collection);
        let missing_allowed = asked.relax(&mut matched, &rarity, &collection);
        let place = place_of(&view, id)?;
        let (mut hits, mut stopped_by) = (Vec::new(), Vec::new());
        for (at, segment) in matched.iter().enumerate() {
            let passing = Passing::new(&segment.shelf, &request.filters)?;
            let mut passed = segment.listed.clone();
            passing.narrow(&mut passed, None);
            hits.push(passed);
            if let Some((_, document)) = place.filter(|(of, _)| *of == at) {
                stopped_by = passing.stopping(document);
            }
        }
        let listed = place.is_some_and(|(at, document)| hits[at].holds(document));
        let mut parts = Vec::new();
        if let Some(place) = place.filter(|_| listed) {
            let mut scores = asked.scored(&matched, &hits, &collection, &rarity, Some(place))?;
            parts = std::mem::take(&mut scores[place.0].parts);
        }
        parts.sort_by(|a, b| b.adds.total_cmp(&a.adds));
        let document = texts.document(id)?.filter(|_| place.is_some());
        Ok(Explanation {
            reading: reading(&plan.tree, &plan),
            notes: plan.notes.clone(),
            failing: failing(&plan, &matched, place.filter(|_| !listed && stopped_by.is_empty())),
            leaves: leaves(&plan, &matched, place, document.as_ref()),
            missing_allowed,
            indexed: place.is_some(),
            listed,
            stopped_by,
            score: parts.iter().map(|part| part.adds).sum(),
            parts,
        })
    }

    /// The plan that is answered: what may be a number is read as words where no document has or names it.
    fn understood(&self, request: &Request, view: &View, clock: &Clock) -> Result<Plan, Refused> {
        let plan = self.plan(request, true, view, clock)?;
        let doubtful = plan.doubtful_numbers();
        if doubtful.is_empty() || request.syntax == Syntax::Strict {
            return Ok(plan);
        }
        let listed = self.asked(request, &plan, view, clock).listed()?;
        if listed.iter().any(|hits| hits.count() > 0) {
            return Ok(plan);
        }
        let mut plan = self.plan(request, false, view, clock)?;
        plan.notes.push(Note::NumberReadAsWords(doubtful));
        Ok(plan)
    }
}

fn leaves(
    plan: &Plan,
    matched: &[Matched<'_>],
    place: Option<Place>,
    document: Option<&Document>,
) -> Vec<LeafExplanation> {
    let mut places = document.map(|document| Marker::new(plan, &[]).parts(document));
    let leaf = |(at, leaf): (usize, &crate::search::plan::Leaf)| {
        let found = place.map(|(segment, document)| (&matched[segment].found[at], document));
        let ways = found.map(|(found, document)| {
            let held = found
                .ways
                .iter()
                .zip(&leaf.ways)
                .filter(|(parts, _)| parts.iter().all(|part| part.documents.holds(document)));
            held.map(|(_, way)| way.name()).collect()
        });
        LeafExplanation {
            what: plan.name(at),
            kind: kind(&leaf.what),
            wanted: leaf.wanted,
            documents: matched.iter().map(|one| one.found[at].documents.count()).sum(),
            held: found.is_some_and(|(found, document)| found.documents.holds(document)),
            ways: ways.unwrap_or_default(),
            places: places.as_mut().and_then(|all| all.remove(&at)).unwrap_or_default(),
        }
    };
    plan.leaves.iter().enumerate().map(leaf).collect()
}

impl Marker<'_> {
    /// In which parts of a document each leaf stands.
    fn parts(&self, document: &Document) -> BTreeMap<usize, Vec<LeafPlace>> {
        let title = (DocumentPart::Title, document.title.value.as_str());
        let text = (DocumentPart::Text, document.text.as_str());
        let files = document.attachments.iter().flat_map(|file| {
            file.parts().iter().map(|part| {
                let (attachment, page) = (file.name.clone(), part.label.clone());
                (DocumentPart::File(FilePlace { attachment, page }), part.text.as_str())
            })
        });
        let mut places: BTreeMap<usize, Vec<LeafPlace>> = BTreeMap::new();
        for (part, text) in [title, text].into_iter().chain(files) {
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for mark in self.marks(text, part == DocumentPart::Title) {
                *counts.entry(mark.leaf).or_default() += 1;
            }
            for (leaf, count) in counts {
                places.entry(leaf).or_default().push(LeafPlace { part: part.clone(), count });
            }
        }
        places
    }
}

/// The leaves by which a document is not listed.
fn failing(plan: &Plan, matched: &[Matched<'_>], place: Option<Place>) -> Vec<String> {
    let Some((segment, document)) = place else { return Vec::new() };
    let holds = |leaf: usize| matched[segment].found[leaf].documents.holds(document);
    let mut names = Vec::new();
    for leaf in fails(&plan.tree, &holds).unwrap_or_default() {
        let name = plan.name(leaf);
        names.push(if holds(leaf) { format!("NOT {name}") } else { name });
    }
    names.dedup();
    names
}

/// Why a tree does not hold: the leaves that decide it; `None` where it holds.
fn fails(tree: &Tree, holds: &impl Fn(usize) -> bool) -> Option<Vec<usize>> {
    match tree {
        Tree::All => None,
        Tree::Leaf(leaf) => (!holds(*leaf)).then(|| vec![*leaf]),
        Tree::And(all) => {
            let failing: Vec<usize> =
                all.iter().filter_map(|one| fails(one, holds)).flatten().collect();
            (!failing.is_empty()).then_some(failing)
        }
        Tree::Or(all) => {
            let failing: Option<Vec<Vec<usize>>> =
                all.iter().map(|one| fails(one, holds)).collect();
            failing.map(|failing| failing.into_iter().flatten().collect())
        }
        Tree::Not(one) => {
            let mut held = Vec::new();
            leaves_of(one, &mut held);
            fails(one, holds).is_none().then(|| held.into_iter().filter(|&l| holds(l)).collect())
        }
    }
}

fn leaves_of(tree: &Tree, into: &mut Vec<usize>) {
    match tree {
        Tree::All => {}
        Tree::Leaf(leaf) => into.push(*leaf),
        Tree::And(all) | Tree::Or(all) => all.iter().for_each(|one| leaves_of(one, into)),
        Tree::Not(one) => leaves_of(one, into),
    }
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Text { quoted: true, .. } => "string",
        What::Text { .. } => "word",
        What::Token(_) => "token",
        What::Number(_) => "number",
        What::Title(_) => "title",
        What::Agency(_) | What::Value(..) => "value",
        What::Prefix(_) => "prefix",
        What::Near(..) => "near",
        What::Nothing => "nothing",
    }
}

/// The tree in strict syntax.
fn reading(tree: &Tree, plan: &Plan) -> String {
    let all = |inner: &[Tree], sign: &str| {
        format!("({})", inner.iter().map(|one| reading(one, plan)).collect::<Vec<_>>().join(sign))
    };
    match tree {
        Tree::All => String::new(),
        Tree::Leaf(at) if kind(&plan.leaves[*at].what) == "string" => {
            format!("\"{}\"", plan.name(*at))
        }
        Tree::Leaf(at) => plan.name(*at),
        Tree::And(inner) => all(inner, " AND "),
        Tree::Or(inner) => all(inner, " OR "),
        Tree::Not(inner) => format!("NOT {}", reading(inner, plan)),
    }
}

/// Where a document is in the index.
pub(super) fn place_of(view: &View, id: &DocumentId) -> Result<Option<Place>, Refused> {
    let term = Term::from_field_text(view.fields.id, id.as_str());
    for (place, segment) in view.searcher.segment_readers().iter().enumerate() {
        let index = segment.inverted_index(view.fields.id).map_err(internal)?;
        let Some(mut found) =
            index.read_postings(&term, IndexRecordOption::Basic).map_err(internal)?
        else {
            continue;
        };
        while found.doc() != tantivy::TERMINATED {
            if !segment.is_deleted(found.doc()) {
                return Ok(Some((place, found.doc())));
            }
            found.advance();
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Filters;
    use crate::search::testing::{Archive, document, with_facets, with_file};

    fn explained(query: &str, filters: Filters) -> Explanation {
        let one = document("one", "供水通知", "灵洲市供水安排。冬季供水收费不变。");
        let one = with_facets(with_file(one, "附件", &["收费标准", "供水图"]), "", "2020", "");
        let other = document("other", "停电通知", "灵洲市停电安排。");
        let archive = Archive::new(vec![one.clone(), other]);
        let syntax = Syntax::Strict;
        let request = Request { query: query.to_owned(), syntax, filters, ..Request::default() };
        archive.engine.explain(&request, &one.id, &archive.documents).unwrap()
    }

    #[test]
    fn a_hit_says_where_its_leaves_stand_and_what_they_add() {
        let told = explained("供水 AND 收费", Filters::default());
        assert!(told.listed && told.failing.is_empty());
        let file = |page: &str| {
            DocumentPart::File(FilePlace { attachment: "附件".to_owned(), page: page.to_owned() })
        };
        let water: Vec<(DocumentPart, usize)> =
            told.leaves[0].places.iter().map(|place| (place.part.clone(), place.count)).collect();
        assert_eq!(water, [(DocumentPart::Title, 1), (DocumentPart::Text, 2), (file("第2页"), 1)]);
        assert_eq!(told.leaves[1].places[1].part, file("第1页"));
        let sum: f32 = told.parts.iter().map(|part| part.adds).sum();
        assert!(told.score > 0.0 && (told.score - sum).abs() < 1e-4);
    }

    #[test]
    fn a_miss_says_by_what_it_fails() {
        let failing = |query: &str| explained(query, Filters::default()).failing;
        assert_eq!(failing("供水 AND 停电"), ["停电"]);
        assert_eq!(failing("供水 AND NOT 收费"), ["NOT 收费"]);
        assert_eq!(failing("(停电 OR 停气) AND 收费"), ["停电", "停气"]);
        assert_eq!(failing("停电 OR 供水"), Vec::<String>::new());
        let filters = Filters::default().with(Facet::Year, vec!["2019".to_owned()]);
        let told = explained("供水", filters);
        assert_eq!(
            (told.listed, told.stopped_by, told.failing),
            (false, vec![Facet::Year], vec![])
        );
    }
}
