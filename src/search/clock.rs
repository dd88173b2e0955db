//! How long an answer has taken.

use std::{cell::Cell, time::Instant};

use crate::search::request::{DEADLINE, Refused};

/// Runs from the moment a question came.
#[derive(Debug)]
pub(super) struct Clock(Cell<Instant>);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Cell::new(Instant::now()))
    }

    /// Does what is done once for many questions; this one does not pay for it.
    pub(super) fn stopped<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.set(self.0.get() + start.elapsed());
        done
    }

    /// Ends a question that takes too long.
    pub(super) fn check(&self) -> Result<(), Refused> {
        if self.0.get().elapsed() > DEADLINE { Err(Refused::Deadline) } else { Ok(()) }
    }
}
