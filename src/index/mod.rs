//! Documents → searchable segments; generations and their swap.
//!
//! **In:** documents as the catalogue gives them, in the order of their changes. **Out:** a generation under
//! `data/index`, and for `search` a [`View`] of it with its [`Fields`]. **Never:** network; it does not keep texts.

mod schema;
mod lanes;
mod gauge;
mod kinds;
mod entry;
mod exact;
mod generation;
mod store;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod truth;

pub use exact::exact;
pub use generation::FORMAT;
pub use kinds::{GUIDE, NATIONAL, REPEALED, RULE};
pub use schema::{Fields, number_key};
pub use store::{Change, Resources, Stats, Store, StoreError, View};
