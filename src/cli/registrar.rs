//! What the archive holds → what the state would know of it, had it seen it arrive.

use std::collections::{BTreeMap, HashMap};

use crate::archive::Entry;
use crate::catalogue::{Batch, FetchRow, ImportRow, State};
use crate::cli::keeper;
use crate::config::Config;
use crate::crawl;
use crate::model::{
    Capture, Context, KnownPage, Moment, NoAnswer, Outcome, PageKind, PageUrl, Position, UrlKey,
};
use crate::page::{AnswerText, Likeness};

/// Entries committed at a time.
const GROUP: usize = 1000;

/// Gathers rows for entries in the order they were kept, and commits them in groups.
pub(crate) struct Registrar<'a> {
    config: &'a Config,
    now: Moment,
    batch: Batch,
    /// Where the pages of this group stand in the batch, as they are now; the state has them as they were.
    pages: HashMap<UrlKey, usize>,
    entries: usize,
    /// Whether answers go into the log of requests: those that others asked for do not.
    log: bool,
    /// What the hosts said of an address that cannot exist, as far as the archive was read.
    error_pages: HashMap<String, Option<Likeness>>,
    /// When the hosts last showed a document as itself, likewise.
    shown: HashMap<String, Moment>,
}

impl<'a> Registrar<'a> {
    pub(crate) fn new(config: &'a Config, now: Moment) -> Self {
        Self {
            config,
            now,
            batch: Batch::default(),
            pages: HashMap::new(),
            entries: 0,
            log: true,
            error_pages: HashMap::new(),
            shown: HashMap::new(),
        }
    }

    /// The same for answers that another program asked for.
    pub(crate) fn of_others(config: &'a Config, now: Moment) -> Self {
        Self { log: false, ..Self::new(config, now) }
    }

    /// Whether there is enough for a commit.
    pub(crate) fn is_full(&self) -> bool {
        self.entries >= GROUP
    }

    /// Adds what the state should know of an entry.
    pub(crate) fn register(
        &mut self,
        state: &State,
        entry: Entry,
        position: &Position,
    ) -> anyhow::Result<()> {
        self.entries += 1;
        match entry {
            Entry::Capture(capture) => self.capture(state, &capture, position),
            Entry::Outcome(outcome) => self.outcome(state, outcome),
            Entry::Imported(imported) => {
                self.batch.imports.push(ImportRow::of(&imported, position.clone())?);
                Ok(())
            }
            Entry::Redacted(_) | Entry::Other => Ok(()),
        }
    }

    /// Commits what was gathered, together with how far the files are known.
    pub(crate) fn commit(
        &mut self,
        state: &State,
        lengths: BTreeMap<String, u64>,
    ) -> anyhow::Result<()> {
        self.batch.archive = lengths;
        state.commit(&self.batch)?;
        let error_pages = std::mem::take(&mut self.error_pages);
        let shown = std::mem::take(&mut self.shown);
        *self = Self { log: self.log, error_pages, shown, ..Self::new(self.config, self.now) };
        Ok(())
    }

    /// Adds what the crawler would have said of this answer.
    fn capture(
        &mut self,
        state: &State,
        capture: &Capture,
        position: &Position,
    ) -> anyhow::Result<()> {
        self.batch.captures.push(keeper::row(capture, position.clone())?);
        if self.log {
            self.batch.fetches.push(FetchRow {
                at: capture.at,
                portal: capture.context.portal.clone(),
                url: capture.url.clone(),
                kind: capture.context.kind,
                result: Ok(capture.answer.status),
                bytes: capture.answer.body.len(),
                // When it was asked for is not in the archive, so the log cannot vouch for its manners.
                request: None,
            });
        }
        let config = self.config;
        let Some(portal) = config.portals.iter().find(|portal| portal.id == capture.context.portal)
        else {
            return Ok(());
        };
        let page = self.page(state, &capture.url, &capture.context)?;
        let answer = AnswerText::of(capture);
        let discovered = crawl::discover_in(portal, &page, &answer, &config.crawler.attachments);
        let host = capture.url.authority();
        if capture.context.kind == PageKind::Absent {
            self.error_pages.insert(host.clone(), crawl::own_error_page(capture));
        }
        let own = self.error_pages.get(&host).and_then(Option::as_ref);
        let looks = crawl::Looks::of(&answer);
        let shown = if looks.are_those_of(own) {
            Some(crawl::meaning(capture.at, self.shown.get(&host).copied()))
        } else {
            looks.stand_in(own)
        };
        // An old answer says nothing about what a newer one has shown.
        if page.kept_at.is_none_or(|kept| kept < capture.at) {
            let page = crawl::after_answer(page, capture, portal, shown);
            if crawl::is_shown(&page, capture.at) {
                self.shown.insert(host, capture.at);
            }
            self.put(page);
        }
        for found in discovered {
            let key = found.key();
            if !self.pages.contains_key(&key) && state.page(&key)?.is_none() {
                self.put(found);
            }
        }
        Ok(())
    }

    fn put(&mut self, page: KnownPage) {
        let next = self.batch.pages.len();
        let at = *self.pages.entry(page.key()).or_insert(next);
        if at == next {
            self.batch.pages.push(page);
        } else {
            self.batch.pages[at] = page;
        }
    }

    /// Adds what the crawler would have said when this was all it got.
    fn outcome(&mut self, state: &State, outcome: Outcome) -> anyhow::Result<()> {
        let of = |id: &str| self.config.portals.iter().find(|portal| portal.id == id);
        // These are about where a redirect led; the answer that led there has said what became of its page.
        let elsewhere = matches!(outcome.reason, NoAnswer::OutOfScope | NoAnswer::RedirectLoop);
        if let Some(portal) = of(&outcome.context.portal).filter(|_| !elsewhere) {
            let page = self.page(state, &outcome.url, &outcome.context)?;
            if page.kept_at.is_none_or(|kept| kept < outcome.at) {
                let Outcome { reason, at, detail, .. } = &outcome;
                self.put(crawl::without_answer(page, *reason, detail, *at, portal));
            }
        }
        self.batch.fetches.push(FetchRow {
            at: outcome.at,
            portal: outcome.context.portal,
            url: outcome.url,
            kind: outcome.context.kind,
            result: Err(outcome.reason),
            bytes: 0,
            request: None,
        });
        Ok(())
    }

    fn page(&self, state: &State, url: &PageUrl, context: &Context) -> anyhow::Result<KnownPage> {
        let key = url.key_with(context.form.as_ref());
        let known = match self.pages.get(&key) {
            Some(&at) => self.batch.pages.get(at).cloned(),
            None => state.page(&key)?,
        };
        Ok(known.unwrap_or_else(|| KnownPage::found(url.clone(), context.clone(), 0, self.now)))
    }
}
