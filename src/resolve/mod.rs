//! What needs more than one page to be known: agencies, regions, and what the takedown list hides.
//!
//! **In:** documents as extracted; the curated tables of agencies and regions; the takedown list. **Out:** the same
//! with agencies and regions; documents withheld or given back. **Never:** order of arrival.

mod book;
mod region;
mod agency;
mod takedown;

pub use agency::place;
pub use book::{Book, Named};
pub use takedown::TakenDown;
