//! Strings in the character lane.

use tantivy::{
    Term,
    query::{PhraseQuery, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::analysis::{BARRIER, cover};
use crate::index::Fields;

/// The documents whose folded text holds a folded string, exactly, wherever it stands and whatever it cuts.
///
/// `None` for a string that no document can hold: an empty one, or one with a barrier in it.
pub fn exact(fields: &Fields, folded: &str) -> Option<Box<dyn Query>> {
    if folded.is_empty() || folded.contains(BARRIER) {
        return None;
    }
    let pairs = cover(folded);
    Some(match pairs[..] {
        [] => Box::new(basic(Term::from_field_text(fields.characters, folded))),
        [(_, pair)] => Box::new(basic(Term::from_field_text(fields.grams, pair))),
        _ => {
            let term = |pair| Term::from_field_text(fields.grams, pair);
            let terms = pairs.iter().map(|&(position, pair)| (position, term(pair))).collect();
            Box::new(PhraseQuery::new_with_offset(terms))
        }
    })
}

fn basic(term: Term) -> TermQuery {
    TermQuery::new(term, IndexRecordOption::Basic)
}
