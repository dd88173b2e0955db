//! The frontier: every page the crawler knows.

use std::time::Duration;

use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::catalogue::state::State;
use crate::catalogue::values::{bytes, column, moment, number, word, word_of};
use crate::model::{Fate, KnownPage, Moment, PageState, PageUrl, PortalId, Reason, UrlKey};

/// The number of a page in the state.
pub type PageNumber = i64;

impl State {
    /// Every page of a portal in the order they were found.
    pub fn pages(&self, portal: &str) -> anyhow::Result<Vec<KnownPage>> {
        let mut pages = Vec::new();
        self.for_each_page(Some(portal), |page| {
            pages.push(page);
            Ok(())
        })?;
        Ok(pages)
    }

    /// Hands over every page, of one portal or of all, in the order they were found; only one is held at a time.
    pub fn for_each_page(
        &self,
        portal: Option<&str>,
        mut take: impl FnMut(KnownPage) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.for_each_numbered_page(portal, |_, page| take(page))
    }

    /// The same, each page with its number.
    pub fn for_each_numbered_page(
        &self,
        portal: Option<&str>,
        mut take: impl FnMut(PageNumber, KnownPage) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let (wanted, value) = match portal {
            Some(portal) => ("WHERE portal = ?1", vec![portal]),
            None => ("", vec![]),
        };
        let mut statement = connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM pages {wanted} ORDER BY seq"))?;
        let mut rows = statement.query(rusqlite::params_from_iter(value))?;
        while let Some(row) = rows.next()? {
            take(row.get("seq")?, page(row)?)?;
        }
        Ok(())
    }

    /// The pages with these numbers, in this order; a number that no page has is passed over.
    pub fn pages_numbered(&self, numbers: &[PageNumber]) -> anyhow::Result<Vec<KnownPage>> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM pages WHERE seq = ?1"))?;
        let mut pages = Vec::with_capacity(numbers.len());
        for number in numbers {
            let read = statement.query_row([number], |row| Ok(page(row))).optional()?;
            pages.extend(read.transpose()?);
        }
        Ok(pages)
    }

    /// Documents of a host of a portal that were there at the last look, the last kept first, at most that many.
    pub fn live_documents(
        &self,
        portal: &str,
        host: &str,
        at_most: usize,
    ) -> anyhow::Result<Vec<KnownPage>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM pages
             WHERE portal = ?1 AND kind = 'detail' AND state = 'kept' ORDER BY kept_at DESC, seq"
        ))?;
        let mut rows = statement.query([portal])?;
        let mut pages = Vec::new();
        while let Some(row) = rows.next()?.filter(|_| pages.len() < at_most) {
            let page = page(row)?;
            if page.url.authority() == host {
                pages.push(page);
            }
        }
        Ok(pages)
    }

    /// The number of the page behind a key: pages are numbered in the order they were found.
    pub fn page_number(&self, key: &UrlKey) -> anyhow::Result<Option<PageNumber>> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached("SELECT seq FROM pages WHERE url_key = ?1")?;
        Ok(statement.query_row([key.as_str()], |row| row.get(0)).optional()?)
    }

    /// When a page of a portal was last kept.
    pub fn last_kept(&self, portal: &str) -> anyhow::Result<Option<Moment>> {
        let connection = self.database.connection()?;
        let last: Option<i64> = connection
            .prepare_cached("SELECT max(kept_at) FROM pages WHERE portal = ?1")?
            .query_row([portal], |row| row.get(0))?;
        last.map(moment).transpose()
    }

    /// When the first page of a portal is due; `None` for a portal that was never crawled.
    ///
    /// Not counted is what gives no reason for a run: what any run asks, traps, and pages that robots.txt closes.
    pub fn next_due(&self, portal: &str) -> anyhow::Result<Option<Moment>> {
        let connection = self.database.connection()?;
        let due: Option<i64> = connection
            .prepare_cached(
                "SELECT min(due) FROM pages WHERE portal = ?1 AND kind NOT IN ('robots', 'absent')
                 AND state NOT IN ('trap', 'disallowed')",
            )?
            .query_row([portal], |row| row.get(0))?;
        due.map(moment).transpose()
    }

    /// Pages that robots.txt closes, and pages whose documents were withheld because it did; the flags say which of
    /// the two hold.
    pub fn withdrawn_pages(&self) -> anyhow::Result<Vec<(PageUrl, bool, bool)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT url, state = 'disallowed', withdrawn FROM pages
             WHERE kept_at IS NOT NULL AND (withdrawn OR state = 'disallowed') ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let mut pages = Vec::new();
        while let Some(row) = rows.next()? {
            pages.push((PageUrl::parse(row.get_ref(0)?.as_str()?)?, row.get(1)?, row.get(2)?));
        }
        Ok(pages)
    }

    /// Notes whether the documents of a page are withheld because of robots.txt.
    pub fn set_withdrawn(&self, key: &UrlKey, withdrawn: bool) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached("UPDATE pages SET withdrawn = ?2 WHERE url_key = ?1")?;
        statement.execute(params![key.as_str(), withdrawn])?;
        Ok(())
    }

    /// How many pages of each portal, or of one, have which fate for which reason: lists, documents and files.
    pub fn fates(&self, portal: Option<&str>) -> anyhow::Result<Vec<FateCount>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(
            "SELECT portal, fate, reason, count(*), min(since), max(since) FROM pages
             WHERE kind NOT IN ('robots', 'absent') AND (?1 IS NULL OR portal = ?1)
             GROUP BY portal, fate, reason ORDER BY portal, fate, reason",
        )?;
        let mut rows = statement.query([portal])?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next()? {
            counts.push(FateCount {
                portal: row.get(0)?,
                state: word(row.get_ref(1)?.as_str()?)?,
                reason: word(row.get_ref(2)?.as_str()?)?,
                pages: number(row.get(3)?)?,
                since: (moment(row.get(4)?)?, moment(row.get(5)?)?),
            });
        }
        Ok(counts)
    }

    /// The page behind a key.
    pub fn page(&self, key: &UrlKey) -> anyhow::Result<Option<KnownPage>> {
        let connection = self.database.connection()?;
        let mut statement = connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM pages WHERE url_key = ?1"))?;
        statement.query_row([key.as_str()], |row| Ok(page(row))).optional()?.transpose()
    }
}

/// Pages of a portal that share their fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FateCount {
    /// The portal.
    pub portal: PortalId,
    /// What became of them.
    pub state: PageState,
    /// Why.
    pub reason: Reason,
    /// How many they are.
    pub pages: u64,
    /// Since when: the first and the last of them.
    pub since: (Moment, Moment),
}

pub(super) const COLUMNS: &str = "url, context, depth, state, due, kept_at, failures, etag, last_modified, gone_since, gone_count, revisit, fate, reason, detail, since, moved_to, seq";
const INSERT: &str = "
    INSERT INTO pages (url, context, depth, state, due, kept_at, failures, etag, last_modified, gone_since,
        gone_count, url_key, portal, kind, revisit, fate, reason, detail, since, moved_to)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20) ";
const OR_LEAVE: &str = "ON CONFLICT (url_key) DO NOTHING";
const OR_REPLACE: &str = "
    ON CONFLICT (url_key) DO UPDATE SET url = ?1, context = ?2, depth = ?3, state = ?4, due = ?5, kept_at = ?6,
        failures = ?7, etag = ?8, last_modified = ?9, gone_since = ?10, gone_count = ?11, portal = ?13, kind = ?14,
        revisit = ?15, fate = ?16, reason = ?17, detail = ?18, since = ?19, moved_to = ?20";

/// Writes a page that was found; one that is known stays as it is.
pub(super) fn insert(connection: &Connection, page: &KnownPage) -> anyhow::Result<()> {
    write(connection, page, OR_LEAVE)
}

/// Writes a page as it is now.
pub(super) fn replace(connection: &Connection, page: &KnownPage) -> anyhow::Result<()> {
    write(connection, page, OR_REPLACE)
}

fn write(connection: &Connection, page: &KnownPage, known: &str) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(&format!("{INSERT}{known}"))?;
    statement.execute(params![
        page.url.as_str(),
        serde_json::to_string(&page.context)?,
        page.depth,
        page.state.as_str(),
        column(page.due),
        page.kept_at.map(column),
        page.failures,
        page.etag,
        page.last_modified,
        page.gone.map(|(since, _)| column(since)),
        page.gone.map(|(_, count)| count),
        page.key().as_str(),
        page.context.portal,
        page.context.kind.as_str(),
        page.revisit.map(|time| bytes(time.as_secs())),
        page.fate.state.as_str(),
        word_of(&page.fate.reason)?,
        page.fate.detail,
        column(page.fate.since),
        page.fate.moved_to.as_ref().map(PageUrl::as_str),
    ])?;
    Ok(())
}

pub(super) fn page(row: &Row<'_>) -> anyhow::Result<KnownPage> {
    let url: String = row.get(0)?;
    read_page(row, &url).with_context(|| format!("the state of {url} cannot be read"))
}

fn read_page(row: &Row<'_>, url: &str) -> anyhow::Result<KnownPage> {
    let kept_at: Option<i64> = row.get(5)?;
    let gone = match (row.get::<_, Option<i64>>(9)?, row.get::<_, Option<i64>>(10)?) {
        (Some(since), Some(count)) => Some((moment(since)?, number(count)?)),
        _ => None,
    };
    Ok(KnownPage {
        url: PageUrl::parse(url)?,
        context: serde_json::from_str(row.get_ref(1)?.as_str()?)?,
        depth: row.get(2)?,
        state: word(row.get_ref(3)?.as_str()?)?,
        fate: fate(row)?,
        due: moment(row.get(4)?)?,
        kept_at: kept_at.map(moment).transpose()?,
        failures: row.get(6)?,
        etag: row.get(7)?,
        last_modified: row.get(8)?,
        gone,
        revisit: row.get::<_, Option<i64>>(11)?.map(number).transpose()?.map(Duration::from_secs),
    })
}

fn fate(row: &Row<'_>) -> anyhow::Result<Fate> {
    let moved_to: Option<String> = row.get("moved_to")?;
    Ok(Fate {
        state: word(row.get_ref("fate")?.as_str()?)?,
        reason: word(row.get_ref("reason")?.as_str()?)?,
        detail: row.get("detail")?,
        since: moment(row.get("since")?)?,
        moved_to: moved_to.as_deref().map(PageUrl::parse).transpose()?,
    })
}
