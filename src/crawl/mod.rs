//! Which page next, may we, fetch it.
//!
//! Judgement is in pure functions with the time as an argument: [`discover`] (what an answer leads to),
//! [`after_answer`] (what it means for its page), [`Looks`] (whether it is that page at all), and behind them scope, robots rules, retries and the frontier with
//! its pauses. One async loop, [`run`], asks them; it holds the whole state of a run, so nothing needs a lock.
//!
//! Memory is bounded whatever servers send. A body holds `receive::LONGEST_HELD` (256 KiB) at most, on its way (one per
//! connection), on its way to the archive (one per event in the channel and one more), and half a megabyte of the
//! connection's own buffer; longer ones go to the spool. Reading a page takes up to 8 MiB of its text, and for links 4 MiB
//! and the tree made of them, for as many pages at a time as there are processors. So 16 connections and 16 events come to
//! 16 × 0.75 MiB + 17 × 0.25 MiB ≈ 16 MiB, and the trees; what is known of pages comes on top (see `lines`).
//!
//! **In:** portals, marks of the known pages, the time; when they are wanted, the next pages of a line, and those of a host
//! that were there lately. **Out:** an [`Event`] for every request, in a bounded channel: when nobody takes them, nothing
//! more is asked.
//! **Never:** disk but through the spool it is given; network anywhere but in `fetch`; a request that robots.txt was not read for; a second one to a
//! host before its pause is over; anything that hides who asks or gets around a refusal.

mod plan;
mod progress;
mod address;
mod scope;
mod robots;
mod retry;
mod verdict;
mod discover;
mod probe;
mod frontier;
mod host;
mod pace;
mod budget;
mod audit;
mod receive;
mod fetch;
mod run;
mod admission;
mod lines;
mod queue;
mod answers;
mod plain;
mod absent;
mod doubts;
mod looks;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use admission::Rank;
pub use audit::{Audit, Breach, HostRecord};
pub use budget::Spent;
pub use discover::{discover, discover_in, first_page};
pub use doubts::{is_shown, meaning};
pub use lines::{Known, Line};
pub use looks::{Looks, absent_address, own_error_page};
pub use plan::{Clock, Ended, Event, History, Options, Plan, Summary, Timing};
pub use probe::{Probed, probe};
pub use progress::{Counters, Progress, Snapshot};
pub use robots::Permissions;
pub use run::run;
pub use verdict::{after_answer, is_removed, newly_closed, revisited, without_answer};
