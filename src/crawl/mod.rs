//! Which page next, may we, fetch it.
//!
//! Judgement is in pure functions with the time as an argument: [`discover`] (what an answer leads to),
//! [`after_answer`] (what it means for its page), and behind them scope, robots rules, retries and the frontier with
//! its pauses. One async loop, [`run`], asks them; it holds the whole state of a run, so nothing needs a lock.
//!
//! **In:** portals, known pages, the time. **Out:** an [`Event`] for every request, in a bounded channel: when
//! nobody takes them, nothing more is asked.
//! **Never:** disk; network anywhere but in `fetch`; a request that robots.txt was not read for; a second one to a
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
mod fetch;
mod run;
mod queue;
mod answers;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use audit::{Audit, Breach, HostRecord};
pub use budget::Spent;
pub use discover::discover;
pub use plan::{Clock, Ended, Event, History, Options, Plan, Summary, Timing};
pub use probe::{Probed, probe};
pub use progress::{Counters, Progress, Snapshot};
pub use robots::Permissions;
pub use run::run;
pub use verdict::{after_answer, newly_closed, revisited};
