//! Keeps the texts that wait to be indexed within bounds.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

/// How many bytes may wait for the threads that write.
#[derive(Clone, Debug)]
pub(super) struct Gauge(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    waiting: Mutex<usize>,
    less: Condvar,
}

/// Bytes that wait; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    gauge: Gauge,
    bytes: usize,
}

/// When the writing threads have died nobody gives bytes back; the writer itself then says what happened.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

impl Gauge {
    pub(super) fn new(limit: usize) -> Self {
        let inner = Inner { limit, waiting: Mutex::new(0), less: Condvar::new() };
        Self(Arc::new(inner))
    }

    /// Waits until there is room, then takes it. What is larger than the limit waits for all others.
    pub(super) fn hold(&self, bytes: usize) -> Held {
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |waiting: &mut usize| *waiting > 0 && *waiting + bytes > self.0.limit;
        let (mut waiting, _) = self
            .0
            .less
            .wait_timeout_while(waiting, LONGEST_WAIT, full)
            .unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
        Held { gauge: self.clone(), bytes }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let inner = &self.gauge.0;
        *inner.waiting.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        inner.less.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_too_early_waits() {
        let gauge = Gauge::new(10);
        let first = gauge.hold(99);
        let other = gauge.clone();
        let second = std::thread::spawn(move || other.hold(3).bytes);
        drop(first);
        assert_eq!(second.join().unwrap(), 3);
        assert_eq!(*gauge.0.waiting.lock().unwrap(), 0);
    }
}
