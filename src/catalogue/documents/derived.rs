//! By which rules each page and each imported record was read, so that other rules read again only what they must.

use rusqlite::{Connection, OptionalExtension, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::values::{bytes, column, moment};
use crate::model::{Moment, Origin, UrlKey};

/// What is read as a whole: all captures of a page, or all imports of a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The page behind a key.
    Page(UrlKey),
    /// A record of an import file.
    Record {
        /// Name of the set.
        set: String,
        /// The record's id in the set.
        id: String,
    },
}

/// How far a source was read, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Key of the rules ([`Catalogue::rules`]); 0: to be read again in any case.
    pub rules: i64,
    /// The last of its captures in the order of the state.
    pub reached: i64,
    /// When the newest of its captures was made.
    pub newest: Moment,
    /// Whether some of its captures broke off on their way.
    pub halves: bool,
}

/// How the names of imported records begin; no key of a page has a line break.
const RECORD: &str = "import\n";

impl Source {
    /// The source of documents from there.
    pub fn of(origin: &Origin) -> Self {
        match origin {
            Origin::Web { url } => Self::Page(url.key()),
            Origin::Import { set, id } => Self::Record { set: set.clone(), id: id.clone() },
        }
    }

    fn stored(&self) -> String {
        match self {
            Self::Page(key) => key.as_str().to_owned(),
            Self::Record { set, id } => format!("{RECORD}{set}\n{id}"),
        }
    }

    fn from_stored(text: String) -> Self {
        match text.strip_prefix(RECORD).and_then(|record| record.split_once('\n')) {
            Some((set, id)) => Self::Record { set: set.to_owned(), id: id.to_owned() },
            None => Self::Page(UrlKey::from_stored(text)),
        }
    }
}

impl Catalogue {
    /// How far a source was read; `None`: never.
    pub fn derived(&self, source: &Source) -> anyhow::Result<Option<Derived>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT rules, reached, newest, halves FROM derived WHERE source = ?1",
        )?;
        let mut rows = statement.query([source.stored()])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let newest = moment(row.get(2)?)?;
        let (rules, reached, halves) = (row.get(0)?, row.get(1)?, row.get(3)?);
        Ok(Some(Derived { rules, reached, newest, halves }))
    }

    /// Notes how far sources were read.
    pub fn set_derived(&self, sources: &[(Source, Derived)]) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction()?;
        for (source, derived) in sources {
            set(&transaction, source, *derived)?;
        }
        Ok(transaction.commit()?)
    }

    /// The key of a set of rules, which is above 0; one that is not known is noted.
    pub fn rules(&self, record: &str) -> anyhow::Result<i64> {
        let connection = self.database.connection()?;
        let mut find = connection.prepare_cached("SELECT key FROM rules WHERE record = ?1")?;
        if let Some(key) = find.query_row([record], |row| row.get(0)).optional()? {
            return Ok(key);
        }
        Ok(connection.prepare_cached("INSERT INTO rules (record) VALUES (?1)")?.insert([record])?)
    }

    /// Every set of rules by which something was read that is still held, with its key.
    pub fn rules_in_use(&self) -> anyhow::Result<Vec<(i64, String)>> {
        let connection = self.database.connection()?;
        connection.execute(
            "DELETE FROM rules WHERE NOT EXISTS (SELECT 1 FROM derived WHERE rules = rules.key)",
            [],
        )?;
        let mut statement = connection.prepare_cached("SELECT key, record FROM rules")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sources read by a set of rules, at most `limit`, those first that were captured first.
    pub fn read_by(&self, rules: i64, limit: usize) -> anyhow::Result<Vec<Source>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT source FROM derived WHERE rules = ?1 ORDER BY reached, source LIMIT ?2",
        )?;
        let rows = statement.query_map(params![rules, bytes(limit as u64)], |row| row.get(0))?;
        rows.map(|source| Ok(Source::from_stored(source?))).collect()
    }

    /// Lets everything be read again.
    pub fn distrust_all(&self) -> anyhow::Result<()> {
        self.database.connection()?.execute("UPDATE derived SET rules = 0", [])?;
        Ok(())
    }

    /// Lets a source be read again.
    pub fn distrust(&self, source: &Source) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let mut statement =
            connection.prepare_cached("UPDATE derived SET rules = 0 WHERE source = ?1")?;
        statement.execute([source.stored()])?;
        Ok(())
    }
}

/// Notes how far a source was read.
pub(super) fn set(
    connection: &Connection,
    source: &Source,
    derived: Derived,
) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO derived (source, rules, reached, newest, halves) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (source) DO UPDATE SET rules = ?2, reached = ?3, newest = ?4, halves = ?5",
    )?;
    let Derived { rules, reached, newest, halves } = derived;
    statement.execute(params![source.stored(), rules, reached, column(newest), halves])?;
    Ok(())
}

/// Forgets a source that is no longer there.
pub(super) fn forget(connection: &Connection, source: &Source) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached("DELETE FROM derived WHERE source = ?1")?;
    statement.execute([source.stored()])?;
    Ok(())
}
