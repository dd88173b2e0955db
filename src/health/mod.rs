//! Measures of crawls → which sources ail, and what of.
//!
//! Every column of a portal is compared with its own past, never with others: what was always empty is no loss.
//!
//! **In:** [`Measure`](crate::model::Measure)s of one column, oldest first, and the time. **Out:** a [`Finding`].
//! **Never:** disk, clock, network; a judgement before enough was seen.

mod judge;

pub use judge::{Ailment, Condition, Finding, judge};
