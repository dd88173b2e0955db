//! Makes what the crawler found durable: archive first, then the state that knows of it.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::archive::{Earlier, payload_digest};
use crate::catalogue::{Batch, CaptureRow, FetchRow};
use crate::cli::store::Store;
use crate::crawl::Event;
use crate::model::{Capture, KnownPage, Moment, NoAnswer, Position};

/// A group is committed when it holds this many events …
const GROUP: usize = 64;
/// … or when its first event is this old: what a power cut can cost.
const GROUP_AGE: Duration = Duration::from_millis(100);

/// Collects events into groups; a group is *kept* once its records are on disk and its rows committed.
pub(crate) struct Keeper<'a> {
    store: &'a mut Store,
    batch: Batch,
    events: usize,
    since: Instant,
}

impl<'a> Keeper<'a> {
    pub(crate) fn new(store: &'a mut Store) -> Self {
        Self { store, batch: Batch::default(), events: 0, since: Instant::now() }
    }

    /// Keeps events until the crawler hangs up. An error (a full disk) ends it, and with it the crawl.
    pub(crate) async fn keep_all(
        mut self,
        mut arrived: mpsc::Receiver<Event>,
    ) -> anyhow::Result<()> {
        loop {
            let next = tokio::time::timeout(GROUP_AGE, arrived.recv()).await;
            let hung_up = matches!(next, Ok(None));
            tokio::task::block_in_place(|| {
                if let Ok(Some(event)) = next {
                    self.add(event)?;
                }
                if hung_up || self.events >= GROUP || self.since.elapsed() >= GROUP_AGE {
                    self.commit()
                } else {
                    Ok(())
                }
            })?;
            if hung_up {
                return Ok(());
            }
        }
    }

    fn add(&mut self, event: Event) -> anyhow::Result<()> {
        if self.events == 0 {
            self.since = Instant::now();
        }
        self.events += 1;
        match event {
            Event::Answered { page, capture, found } => {
                let position = self.archive(&capture)?;
                let result = Ok(capture.answer.status);
                self.batch.fetches.push(fetch(
                    &page,
                    capture.at,
                    result,
                    capture.answer.body.len(),
                ));
                self.batch.captures.push(row(&capture, position));
                self.batch.pages.push(page);
                self.batch.found.extend(found);
            }
            Event::Unanswered { page, outcome } => {
                self.store.archive.append_outcome(&outcome)?;
                self.batch.fetches.push(fetch(&page, outcome.at, Err(outcome.reason), 0));
                self.batch.pages.push(page);
            }
        }
        Ok(())
    }

    /// Archives an answer; one that says "not modified" names the capture it speaks of.
    fn archive(&mut self, capture: &Capture) -> anyhow::Result<Position> {
        if capture.answer.status == 304
            && let Some(held) = self.store.state.newest_capture(&capture.url.key())?
        {
            let earlier = Earlier { url: held.url, at: held.at, digest: held.digest };
            return self.store.archive.append_not_modified(capture, &earlier);
        }
        self.store.archive.append_capture(capture)
    }

    fn commit(&mut self) -> anyhow::Result<()> {
        self.since = Instant::now();
        if self.events == 0 {
            return Ok(());
        }
        self.store.archive.sync()?;
        self.batch.archive = self.store.archive.lengths();
        self.store.state.commit(&self.batch)?;
        self.batch = Batch::default();
        self.events = 0;
        Ok(())
    }
}

/// The state's row of a capture.
pub(crate) fn row(capture: &Capture, position: Position) -> CaptureRow {
    CaptureRow {
        url: capture.url.clone(),
        at: capture.at,
        kind: capture.context.kind,
        portal: capture.context.portal.clone(),
        status: capture.answer.status,
        digest: payload_digest(&capture.answer.body),
        position,
    }
}

/// A line of the log that proves politeness.
fn fetch(page: &KnownPage, at: Moment, result: Result<u16, NoAnswer>, bytes: usize) -> FetchRow {
    let (portal, url) = (page.context.portal.clone(), page.url.clone());
    FetchRow { at, portal, url, result, bytes: bytes as u64 }
}
