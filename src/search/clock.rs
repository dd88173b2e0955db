//! How long an answer has taken.

use std::time::Instant;

use crate::search::request::{DEADLINE, Refused};

/// Runs from the moment a question came.
#[derive(Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// Ends a question that takes too long.
    pub(super) fn check(&self) -> Result<(), Refused> {
        if self.0.elapsed() > DEADLINE { Err(Refused::Deadline) } else { Ok(()) }
    }
}
