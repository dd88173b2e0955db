//! Bytes of a web page → text → a bounded tree → what the page names.
//!
//! **In:** a decoded payload and its header fields. **Out:** text by the best evidence of charset, a tree that is
//! never much deeper or longer than the limits, the files that a tree names, the addresses that a style sheet names,
//! and what stands in the place of a page; whether anything is fetched, shown or gone is for others to say. **Never:** network, disk, clock, panics on odd bytes.

mod answer;
mod charset;
mod css;
mod files;
mod likeness;
mod mojibake;
mod stand_in;
mod tree;

pub use answer::AnswerText;
pub use charset::{CharsetEvidence, Decoded, decode};
pub use css::{CssReference, css_references};
pub use files::{FileLink, base, files, is_among_downloads, may_name_files};
pub use likeness::{Likeness, names};
pub use stand_in::{StandIn, may_be_stand_in, stand_in, stand_in_of};
pub use tree::{Cut, Gate, Gated, parse};
