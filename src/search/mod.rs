//! Question → answer.
//!
//! **In:** a [`Request`], the index, and [`Texts`] to read the documents of hits from. **Out:** an [`Answer`]: ranked
//! hits with passages, facets, notes; or why it was [`Refused`]. **Never:** HTTP, SQL; no type of the index library
//! shows at its edges.
//!
//! The path of a question: `lexer` cuts it into tokens (and spots document numbers), `parse` joins them to a tree,
//! `correct` mends what occurs nowhere with words of the index (`lexicon`), `plan` segments runs, drops question words
//! and says words in other ways too (`widen`), `matching` finds the documents of each leaf, strings by their `places` in
//! the character lane, `listing` joins the sets, lets documents with fewer words join (`relax`), counts (`facets`),
//! scores (`ranking`, what is meant by names: `intent`, words close together: `proximity`) and orders them (`best`), `passages` shows what matched. `suggest` goes on from what is being typed,
//! `explain` says why a document is listed or not, `similar` finds documents like one, `trial` puts all of it to the test.
//!
//! Nothing is corrected, widened or relaxed in `strict` syntax; in `simple` nothing in quotes or under a negation is.
//! Without widening, both list the same wherever twenty documents hold all words.

mod facet;
mod request;
mod answer;
mod engine;
mod fields;
mod lexer;
mod numbers;
mod parse;
mod question_words;
mod widen;
mod plan;
mod lexicon;
mod lookalikes;
mod correct;
mod suggest;
mod typing;
mod clock;
mod bits;
mod matching;
mod places;
mod number_lookup;
mod near_numbers;
mod relax;
mod listing;
mod best;
mod scores;
mod intent;
mod weights;
mod ranking;
mod proximity;
mod names;
mod facets;
mod passages;
mod explain;
mod similar;
pub mod relevance;
pub mod trial;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod scenarios;

pub use answer::{
    Answer, FacetCount, Facets, FilePlace, Hit, Note, NumberRole, Passage, Relaxed, Segment, Texts,
};
pub use engine::{All, Engine};
pub use explain::{DocumentPart, Explanation, LeafExplanation, LeafPlace};
pub use facet::{Facet, PerFacet};
pub use facets::{MOST_VALUES, year_histogram};
pub use names::Names;
pub use request::{
    DEADLINE, FARTHEST_HIT, FacetQuery, Filters, Grouping, MOST_CHARACTERS, MOST_DEPTH,
    MOST_LEAVES, MOST_PASSAGES, MOST_WORDS, PASSAGES, Refused, Request, Sort, Syntax, UNKNOWN,
};
pub use scores::ScorePart;
pub use similar::Similar;
pub use suggest::Suggestion;
pub use typing::Candidate;
pub use weights::Weights;
pub use widen::{OtherWay, Synonyms};
