//! The fold: one spelling for everything that is compared, with a map back to the original.
//!
//! **In:** text as published or typed. **Out:** [`Folded`]: text in one spelling, with a map to the original bytes.
//! **Never:** any other part, any input or output; folded text is never stored, shown, quoted or exported.
//!
//! Beside it stand what is built on folded text alone: personal data, and shingles to compare copies by.
//!
//! The fold is context-free but for white space: what a character becomes never depends on its neighbours. So any
//! string cut from a text is found in the folded text once it is folded itself. In this order:
//!
//! 1. NFKC of each character by itself, then lower case;
//! 2. traditional → simplified by a character table, many to one (`simplified.txt`);
//! 3. the brackets `〔 ［ [ （ ( 【 〖 ﹝` and their partners → `(` and `)`; quote marks, single and double, straight,
//!    curly and cornered → `"`; dashes `— – ― ‐ ‑ ‒ − ━ －` → `-`; `○ ◯` → `〇`;
//! 4. soft hyphen, byte order mark, zero-width and other invisible characters are dropped;
//! 5. a run of white space, line breaks included, with a Han character on at least one side is dropped, any other
//!    run is one blank; at the edges of a paragraph it is dropped;
//! 6. a blank line ends a paragraph: there stands a [`BARRIER`], which no question can cross.

mod script;
mod character;
mod fold;
mod offsets;
mod personal;
mod shingles;

pub use fold::{BARRIER, Folded, fold, fold_into, fold_quoted};
pub use personal::{Personal, find_personal, mask_personal, mask_personal_cells};
pub use script::is_han;
pub use shingles::{BANDS, Essence, Likeness, Shingles, Sketch, digest};
