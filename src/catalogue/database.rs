//! One SQLite file: opened, brought up to date, lent out connection by connection.

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, bail};
use rusqlite::{Connection, OpenFlags, TransactionBehavior, config::DbConfig};

/// What a file of one kind holds, and how it came to hold it.
pub(super) struct Schema {
    /// What the file is called in messages.
    pub(super) name: &'static str,
    /// SQL that leads from each format to the next; the number of steps is the format this program knows.
    pub(super) steps: &'static [&'static str],
    /// `FULL`: what is committed outlives a power cut. `NORMAL`: the file stays whole, the last commits may be gone.
    pub(super) synchronous: &'static str,
    /// What to do about a file that a newer program wrote.
    pub(super) repair: &'static str,
}

/// Pages of 4 KiB that come together before they go where they belong. Each time that takes three waits for the disk,
/// and a page that was written often in between goes there once.
const PAGES_TOGETHER: i64 = 8000;
/// How long one writer waits for another before it gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A file with the connections to it that are not in use.
pub(super) struct Database {
    path: PathBuf,
    schema: &'static Schema,
    read_only: bool,
    idle: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens a file for reading and writing, makes it if need be, brings it up to date.
    pub(super) fn open(path: &Path, schema: &'static Schema) -> anyhow::Result<Self> {
        let database = Self::closed(path, schema, false);
        let mut connection = database.connect()?;
        migrate(&mut connection, schema)
            .with_context(|| format!("cannot use {}", path.display()))?;
        database.give_back(connection);
        Ok(database)
    }

    /// Opens a file for reading only; it must be there and up to date.
    pub(super) fn open_read_only(path: &Path, schema: &'static Schema) -> anyhow::Result<Self> {
        let database = Self::closed(path, schema, true);
        let connection = database.connect()?;
        let format = format_of(&connection, schema)?;
        if format < schema.steps.len() {
            bail!(
                "{} is of an older gongkai; `gongkai extract` brings it up to date, and the command can be given again",
                path.display()
            );
        }
        database.give_back(connection);
        Ok(database)
    }

    fn closed(path: &Path, schema: &'static Schema, read_only: bool) -> Self {
        Self { path: path.to_owned(), schema, read_only, idle: Mutex::new(Vec::new()) }
    }

    /// A connection for the caller alone; a new one when all others are in use.
    pub(super) fn connection(&self) -> anyhow::Result<Lent<'_>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        Ok(Lent { connection: Some(connection), database: self })
    }

    /// Copies what is committed now into a new file, whoever reads or writes meanwhile.
    pub(super) fn copy_to(&self, path: &Path) -> anyhow::Result<()> {
        let to = path.to_str().context("the path of a copy must be text")?;
        let copied = self.connection()?.execute("VACUUM INTO ?1", [to]);
        copied.with_context(|| format!("cannot copy {} to {to}", self.path.display()))?;
        Ok(())
    }

    /// Reads every page of the file and says what is wrong with it.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let said: String =
            self.connection()?.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            bail!("{} is damaged: {said}", self.path.display());
        }
        Ok(())
    }

    fn connect(&self) -> anyhow::Result<Connection> {
        let access = if self.read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        };
        let connection =
            Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .with_context(|| format!("cannot open {}", self.path.display()))?;
        self.set_up(&connection).with_context(|| format!("cannot use {}", self.path.display()))?;
        Ok(connection)
    }

    fn set_up(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.pragma_update(None, "cache_size", -16_384)?;
        // Without it a statement is planned again whenever its values change.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        if !self.read_only {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", self.schema.synchronous)?;
            connection.pragma_update(None, "wal_autocheckpoint", PAGES_TOGETHER)?;
        }
        Ok(())
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

/// A connection that goes back when it is dropped.
pub(super) struct Lent<'a> {
    /// `None` only while it is being dropped.
    connection: Option<Connection>,
    database: &'a Database,
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("it goes back only when this is dropped")
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("it goes back only when this is dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.database.give_back(connection);
        }
    }
}

fn format_of(connection: &Connection, schema: &Schema) -> anyhow::Result<usize> {
    let format: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = schema.steps.len();
    match usize::try_from(format) {
        Ok(format) if format <= known => Ok(format),
        _ => bail!(
            "the {} was written by a newer gongkai (format {format}; this program knows formats up to {known}); {}",
            schema.name,
            schema.repair
        ),
    }
}

/// Walks the steps that the file has not seen yet: all of them or none.
fn migrate(connection: &mut Connection, schema: &Schema) -> anyhow::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let format = format_of(&transaction, schema)?;
    for step in &schema.steps[format..] {
        transaction.execute_batch(step)?;
    }
    let known = i64::try_from(schema.steps.len())?;
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Schema = Schema {
        name: "sample",
        steps: &["CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7)"],
        synchronous: "FULL",
        repair: "use the newer program",
    };
    static FIRST: Schema = OLD;
    static SECOND: Schema = Schema {
        steps: &[OLD.steps[0], "ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = 'seven'"],
        ..OLD
    };
    static BROKEN: Schema = Schema {
        steps: &[OLD.steps[0], "ALTER TABLE a ADD COLUMN y TEXT", "SELECT nonsense"],
        ..OLD
    };

    #[test]
    fn a_file_walks_the_steps_it_has_not_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.sqlite");
        Database::open(&path, &FIRST).unwrap();
        let said = Database::open_read_only(&path, &SECOND).err().unwrap().to_string();
        assert!(said.contains("`gongkai extract` brings it up to date"), "{said}");
        let database = Database::open(&path, &SECOND).unwrap();
        let row = database
            .connection()
            .unwrap()
            .query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?)));
        assert_eq!(row, Ok((7, "seven".to_owned())));
        Database::open(&path, &SECOND).unwrap();
        Database::open_read_only(&path, &SECOND).unwrap();
    }

    #[test]
    fn a_newer_file_is_refused_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.sqlite");
        Database::open(&path, &SECOND).unwrap();
        for opened in [Database::open(&path, &FIRST), Database::open_read_only(&path, &FIRST)] {
            let said = format!("{:#}", opened.err().unwrap());
            assert!(said.contains("newer gongkai (format 2; this program knows formats up to 1)"));
            assert!(said.ends_with("use the newer program"), "{said}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.sqlite");
        Database::open(&path, &FIRST).unwrap();
        assert!(Database::open(&path, &BROKEN).is_err());
        Database::open(&path, &FIRST).unwrap();
        let database = Database::open(&path, &SECOND).unwrap();
        let connection = database.connection().unwrap();
        let y: String = connection.query_row("SELECT y FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(y, "seven");
    }

    #[test]
    fn no_database_and_no_file_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.sqlite");
        assert!(Database::open_read_only(&path, &FIRST).is_err());
        std::fs::write(&path, "not a database, though long enough to look like a page".repeat(9))
            .unwrap();
        assert!(Database::open(&path, &FIRST).is_err());
    }
}
