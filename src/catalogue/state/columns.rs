//! How well the lists of columns are read, and which reports they name that were never read: what a ledger says of
//! reports that are not held.

use crate::catalogue::state::State;
use crate::catalogue::state::pages::{COLUMNS, page};
use crate::catalogue::values::{moment, number};
use crate::model::{KnownPage, Moment, PageState, PortalId};

/// The list pages of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnLists {
    /// The portal.
    pub portal: PortalId,
    /// Name of the column.
    pub column: String,
    /// Address of its first list page.
    pub url: String,
    /// When one of them last answered.
    pub read_at: Option<Moment>,
    /// List pages that were not asked for yet, or never will be.
    pub unasked: u64,
    /// List pages that gave no usable answer the last time.
    pub failed: u64,
}

impl State {
    /// The lists of every column that has any, by portal and column.
    pub fn column_lists(&self) -> anyhow::Result<Vec<ColumnLists>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "WITH columns AS (
                 SELECT json_extract(context, '$.column') AS name, min(seq) AS first, max(kept_at) AS read_at,
                     sum(state IN (?1, ?2)) AS unasked, sum(state IN (?3, ?4, ?5, ?6, ?7)) AS failed
                 FROM pages WHERE kind = 'list' GROUP BY portal, name)
             SELECT portal, name, url, read_at, unasked, failed FROM columns JOIN pages ON pages.seq = first
             WHERE name IS NOT NULL ORDER BY portal, name",
        )?;
        let words = [
            PageState::Found,
            PageState::Trap,
            PageState::Failing,
            PageState::Unreachable,
            PageState::Refused,
            PageState::Disallowed,
            PageState::Suspected,
        ];
        let mut rows = statement.query(words.map(PageState::as_str))?;
        let mut columns = Vec::new();
        while let Some(row) = rows.next()? {
            columns.push(ColumnLists {
                portal: row.get(0)?,
                column: row.get(1)?,
                url: row.get(2)?,
                read_at: row.get::<_, Option<i64>>(3)?.map(moment).transpose()?,
                unasked: number(row.get(4)?)?,
                failed: number(row.get(5)?)?,
            });
        }
        Ok(columns)
    }

    /// The pages that a list calls something with 公开 and were never read: those of reports are among them.
    pub fn unread_disclosures(&self) -> anyhow::Result<Vec<KnownPage>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM pages WHERE kind <> 'list' AND kept_at IS NULL AND context LIKE '%公开%' ORDER BY seq"
        ))?;
        let mut rows = statement.query([])?;
        let mut pages = Vec::new();
        while let Some(row) = rows.next()? {
            pages.push(page(row)?);
        }
        Ok(pages)
    }
}
