//! The one way from async to blocking: so many calls at once, so many waiting, the rest is refused.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task, time};

/// Lets blocking calls through, a few at a time.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    workers: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    patience: Duration,
}

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotRun {
    /// Too many calls are running and waiting.
    #[error("too many requests at once")]
    Overloaded,
    /// The call panicked.
    #[error("a call panicked: {0}")]
    Panicked(String),
}

impl Gateway {
    /// Makes a gateway: `workers` calls run at once, `waiting` more wait at most `patience` for their turn.
    pub(crate) fn new(workers: usize, waiting: usize, patience: Duration) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { workers: semaphore(workers), waiting: semaphore(waiting), patience }
    }

    /// Runs a blocking call. It keeps its place until it ends, even when nobody waits for it any longer.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotRun> {
        let place = if let Ok(place) = self.workers.clone().try_acquire_owned() {
            place
        } else {
            let _waiting = self.waiting.try_acquire().map_err(|_| NotRun::Overloaded)?;
            match time::timeout(self.patience, self.workers.clone().acquire_owned()).await {
                Ok(Ok(place)) => place,
                _ => return Err(NotRun::Overloaded),
            }
        };
        let run = move || {
            let _place = place;
            call()
        };
        task::spawn_blocking(run).await.map_err(|error| NotRun::Panicked(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_is_refused() {
        let gateway = Gateway::new(1, 0, Duration::ZERO);
        let (open, gate) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let slow = tokio::spawn({
            let gateway = gateway.clone();
            async move {
                let call = move || {
                    started.send(()).unwrap();
                    gate.recv().unwrap();
                };
                gateway.run(call).await.unwrap();
            }
        });
        has_started.await.unwrap();
        assert!(matches!(gateway.run(|| 1).await, Err(NotRun::Overloaded)));
        open.send(()).unwrap();
        slow.await.unwrap();
        assert_eq!(gateway.run(|| 2).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_panic_gives_its_place_back() {
        let gateway = Gateway::new(1, 0, Duration::ZERO);
        assert!(matches!(gateway.run(|| panic!("for the test")).await, Err(NotRun::Panicked(_))));
        assert_eq!(gateway.run(|| 3).await.unwrap(), 3);
    }
}
