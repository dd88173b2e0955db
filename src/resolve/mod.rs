//! What needs more than one page to be known: agencies, and what the takedown list hides.
//!
//! **In:** documents as extracted; the takedown list. **Out:** the same with agencies; documents withheld or given
//! back. **Never:** order of arrival.

mod agency;
mod takedown;

pub use agency::agencies;
pub use takedown::TakenDown;
