//! Why a document stands where it stands, or does not.

use tantivy::{DocAddress, DocSet, Term, schema::IndexRecordOption};

use crate::index::View;
use crate::model::DocumentId;
use crate::search::{
    clock::Clock,
    engine::{Engine, check_limits},
    matching::internal,
    plan::{Plan, Tree, What},
    ranking::Collection,
    request::{Refused, Request},
    scores::ScorePart,
};

/// How a question was read, and what one document holds of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The question as it was understood, with its operators written out.
    pub reading: String,
    /// What is looked for, one entry a leaf.
    pub leaves: Vec<LeafExplanation>,
    /// How many words documents may lack in this answer, lone characters aside; 0 when all are wanted.
    pub missing_allowed: usize,
    /// Whether the document is in the index.
    pub indexed: bool,
    /// Whether the document is listed, filters aside.
    pub listed: bool,
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
    /// Whether the document holds it in its title.
    pub in_title: bool,
    /// Whether the document holds it anywhere.
    pub held: bool,
}

impl Engine {
    /// Explains one document for a request.
    pub fn explain(&self, request: &Request, id: &DocumentId) -> Result<Explanation, Refused> {
        check_limits(request)?;
        let (view, clock) = (self.store().view(), Clock::start());
        let plan = self.plan(request, true, &view, &clock)?;
        let asked = self.asked(request, &plan, &view, &clock);
        let mut matched = asked.matched()?;
        let collection = Collection::of(&view.searcher, &view.fields)?;
        let rarity = asked.rarity(&matched, &collection);
        let missing_allowed = asked.relax(&mut matched, &rarity, &collection);
        let address = address_of(&view, id)?;
        let place = address.map(|address| (address.segment_ord as usize, address.doc_id));
        let listed = place.is_some_and(|(at, document)| matched[at].listed.holds(document));
        let mut parts = match place.filter(|_| listed) {
            Some(place) => asked.parts(&matched, &rarity, place)?,
            None => Vec::new(),
        };
        parts.sort_by(|a, b| b.adds.total_cmp(&a.adds));
        let in_title =
            |what: &str| parts.iter().any(|part| part.kind == "title" && part.what == what);
        let leaf = |at: usize| LeafExplanation {
            what: plan.name(at),
            kind: kind(&plan.leaves[at].what),
            wanted: plan.leaves[at].wanted,
            documents: matched.iter().map(|one| one.found[at].documents.count()).sum(),
            in_title: in_title(&plan.name(at)),
            held: place.is_some_and(|(seg, doc)| matched[seg].found[at].documents.holds(doc)),
        };
        Ok(Explanation {
            reading: reading(&plan.tree, &plan),
            leaves: (0..plan.leaves.len()).map(leaf).collect(),
            missing_allowed,
            indexed: place.is_some(),
            listed,
            score: parts.iter().map(|part| part.adds).sum(),
            parts,
        })
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

fn address_of(view: &View, id: &DocumentId) -> Result<Option<DocAddress>, Refused> {
    let term = Term::from_field_text(view.fields.id, id.as_str());
    for (place, segment) in (0..).zip(view.searcher.segment_readers()) {
        let index = segment.inverted_index(view.fields.id).map_err(internal)?;
        let Some(mut found) =
            index.read_postings(&term, IndexRecordOption::Basic).map_err(internal)?
        else {
            continue;
        };
        while found.doc() != tantivy::TERMINATED {
            if !segment.is_deleted(found.doc()) {
                return Ok(Some(DocAddress::new(place, found.doc())));
            }
            found.advance();
        }
    }
    Ok(None)
}
