//! Folded text → terms: the word lane, the character lane.
//!
//! **In:** text folded by [`crate::text`], the words of the dictionary. **Out:** terms, handed to the caller one by one
//! as pieces of the text itself. **Never:** disk, tantivy.
//!
//! The *character lane* ([`grams`], [`characters`]) is the truth about which documents contain a string: every folded
//! character is in it, punctuation and blanks too. The *word lane* ([`Analyzer`]) is for ranking: words as readers
//! of Chinese see them, for documents with all the dictionary words inside longer ones. [`spellings`] and [`initials`]
//! tell how words are typed by their sound, [`taken`] how much of a row of letters a word takes up.
//! [`Analyzer::diff`] tells what changed from one text to another, in the words of the word lane.

mod diff;
mod parts;
mod grams;
mod runs;
mod words;
mod pinyin;
mod typing;

pub use crate::text::BARRIER;
pub use diff::{Block, Diff, Grain, Piece};
pub use grams::{barriers, characters, cover, grams};
pub use parts::{append_folded, folded};
pub use pinyin::{initials, readings, spellings};
pub use typing::{Taken, first_syllable, taken};
pub use words::{Analyzer, LONGEST_START, Word};
