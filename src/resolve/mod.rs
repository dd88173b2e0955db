//! What needs more than one page to be known: agencies, regions, what the takedown list hides, and how documents belong
//! together.
//!
//! **In:** documents as extracted; the curated tables of agencies and regions; the takedown list. **Out:** the same
//! with agencies and regions; documents withheld or given back; groups of copies, editions, names cited. **Never:** order of arrival.

mod book;
mod region;
mod agency;
mod relations;
mod takedown;

pub use agency::place;
pub use book::{Book, Named};
pub use relations::{Related, relate};
pub use takedown::TakenDown;
