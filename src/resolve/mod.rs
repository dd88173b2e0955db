//! What needs more than one page to be known: agencies.
//!
//! **In:** documents as extracted. **Out:** the same with agencies. **Never:** order of arrival.

mod agency;

pub use agency::agencies;
