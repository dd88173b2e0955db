//! Makes what the crawler found durable: archive first, then the state that knows of it.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::archive::body_digest;
use crate::catalogue::{Batch, CaptureRow, FetchRow, Request};
use crate::cli::store::Store;
use crate::cli::waiting::Waiting;
use crate::crawl::{Event, Line, Timing};
use crate::model::{Capture, KnownPage, Moment, NoAnswer, Position, UrlKey};

/// A group is committed when it holds this many events …
const GROUP: usize = 64;
/// … or so many pages that were found, which one list can name by the hundred …
const GROUP_FOUND: usize = 2000;
/// … or when its first event is this old: what a power cut can cost.
const GROUP_AGE: Duration = Duration::from_millis(100);

/// Collects events into groups; a group is *kept* once its records are on disk and its rows committed.
pub(crate) struct Keeper<'a> {
    store: &'a mut Store,
    waiting: Waiting,
    batch: Batch,
    /// Pages of the batch that will be wanted later.
    later: Vec<(Line, UrlKey)>,
    events: usize,
    since: Instant,
}

impl<'a> Keeper<'a> {
    /// A keeper that hands out these pages when the crawler wants them.
    pub(crate) fn new(store: &'a mut Store, waiting: Waiting) -> Self {
        let (batch, later) = (Batch::default(), Vec::new());
        Self { store, waiting, batch, later, events: 0, since: Instant::now() }
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
                if hung_up || self.is_full() || self.since.elapsed() >= GROUP_AGE {
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

    fn is_full(&self) -> bool {
        self.events >= GROUP || self.batch.found.len() >= GROUP_FOUND
    }

    fn add(&mut self, event: Event) -> anyhow::Result<()> {
        if let Event::Wanted { line, at_most, reply } = event {
            // More of the line may stand in the batch.
            if self.waiting.len(line) < at_most {
                self.commit()?;
            }
            // A crawler that is gone needs no answer.
            let _ = reply.send(self.waiting.next(line, at_most, &self.store.state)?);
            return Ok(());
        }
        if let Event::WantedLive { portal, host, at_most, reply } = event {
            self.commit()?;
            let _ = reply.send(self.store.state.live_documents(&portal, &host, at_most)?);
            return Ok(());
        }
        if self.events == 0 {
            self.since = Instant::now();
        }
        self.events += 1;
        match event {
            Event::Answered { page, capture, timing, found, later } => {
                let position = self.store.keep(&capture)?;
                let result = Ok(capture.answer.status);
                let log = FetchRow {
                    url: capture.url.clone(),
                    ..fetch(&page, capture.at, result, timing)
                };
                let bytes = capture.answer.body.len();
                self.batch.fetches.push(FetchRow { bytes, ..log });
                self.batch.captures.push(row(&capture, position)?);
                self.batch.pages.push(page);
                self.batch.found.extend(found);
                for (line, page) in later {
                    self.later.push((line, page.key()));
                    self.batch.found.push(page);
                }
            }
            Event::Unanswered { page, outcome, timing } => {
                self.store.archive.append_outcome(&outcome)?;
                let log = fetch(&page, outcome.at, Err(outcome.reason), timing);
                self.batch.fetches.push(FetchRow { url: outcome.url, ..log });
                self.batch.pages.push(page);
            }
            Event::Wanted { .. } | Event::WantedLive { .. } => {}
        }
        Ok(())
    }

    fn commit(&mut self) -> anyhow::Result<()> {
        self.since = Instant::now();
        if self.events == 0 {
            return Ok(());
        }
        self.store.archive.sync()?;
        self.batch.archive = self.store.archive.lengths();
        self.store.state.commit(&self.batch)?;
        for (line, key) in self.later.drain(..) {
            if let Some(number) = self.store.state.page_number(&key)? {
                self.waiting.join(line, number);
            }
        }
        self.batch = Batch::default();
        self.events = 0;
        Ok(())
    }
}

/// The state's row of a capture.
pub(crate) fn row(capture: &Capture, position: Position) -> anyhow::Result<CaptureRow> {
    Ok(CaptureRow {
        key: capture.key(),
        url: capture.url.clone(),
        at: capture.at,
        kind: capture.context.kind,
        portal: capture.context.portal.clone(),
        status: capture.answer.status,
        digest: body_digest(&capture.answer.body)?,
        position,
    })
}

/// A line of the log that proves politeness.
fn fetch(
    page: &KnownPage,
    at: Moment,
    result: Result<u16, NoAnswer>,
    timing: Option<Timing>,
) -> FetchRow {
    let (portal, url, kind) = (page.context.portal.clone(), page.url.clone(), page.context.kind);
    let request = timing.map(|Timing { asked, ended, pause }| Request { asked, ended, pause });
    FetchRow { at, portal, url, kind, result, bytes: 0, request }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::verify;
    use crate::cli::Globals;
    use crate::config::{self, Dirs};
    use crate::model::{Answer, Body, Context, Headers, Listed, PageKind, PageUrl};

    fn event(second: i64, status: u16, body: &[u8]) -> Event {
        let url = PageUrl::parse("http://www.lingzhou.example/t1.html").unwrap();
        let context = Context {
            portal: "lingzhou".into(),
            column: String::new(),
            kind: PageKind::Detail,
            listed: Listed::default(),
            referrer: None,
            redirected_from: None,
            form: None,
        };
        let at = Moment::from_second(second).unwrap();
        let answer = Answer { status, headers: Headers::default(), body: body.into() };
        let page = KnownPage::found(url.clone(), context.clone(), 0, at);
        let request = Headers::default();
        let capture =
            Capture { url, at, request, answer, truncated: None, unverified_tls: false, context };
        Event::Answered { page, capture, timing: None, found: Vec::new(), later: Vec::new() }
    }

    #[test]
    fn a_payload_that_did_not_change_is_written_once() {
        let dir = tempfile::tempdir().unwrap();
        let nowhere = dir.path().join("nowhere");
        let globals = Globals { data: dir.path().join("data"), config: nowhere.clone() };
        let config = config::load(&Dirs { crawler: nowhere.clone(), index: nowhere }).config;
        let body: Vec<u8> = (0..20_000_u32).flat_map(|n| n.wrapping_mul(n).to_le_bytes()).collect();
        let mut store =
            Store::open(&globals, &config, Moment::from_second(1).unwrap()).unwrap().unwrap();
        let bodies = [&body[..], &body, b"", &body, b"other", &body];
        for (second, body) in (10..).zip(bodies) {
            let status = if body.is_empty() { 304 } else { 200 };
            let mut keeper = Keeper::new(&mut store, Waiting::default());
            keeper.add(event(second, status, body)).unwrap();
            keeper.commit().unwrap();
        }
        let reader = store.reader().unwrap();
        let rows = store.state.captures_after(0, 99).unwrap();
        let read = rows.iter().map(|(_, row)| reader.capture(&row.position).unwrap().answer.body);
        assert!(read.eq(bodies.map(Body::from)));
        let whole = rows.iter().filter(|(_, row)| {
            row.status == 200 && reader.original(&row.position).unwrap() == row.position
        });
        // The first, the other one, and the first again: only the newest is compared with.
        assert_eq!(whole.count(), 3);
        let lengths = store.state.committed_lengths().unwrap();
        let report = verify(&globals.data.join("archive"), Some(&lengths)).unwrap();
        assert_eq!((report.damage, report.captures), (vec![], 6));
    }
}
