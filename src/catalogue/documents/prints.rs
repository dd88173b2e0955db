//! Fingerprints of documents, and the groups and editions that were found with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::catalogue::documents::Catalogue;
use crate::catalogue::values::word;
use crate::model::{BorneName, CitedName, DocumentId, Fingerprint, Kinship, Status};

/// A fingerprint with the key of its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedPrint {
    /// Key of the document: good for this catalogue, until it is made again.
    pub key: i64,
    /// What the document is compared by; without the names.
    pub print: Fingerprint,
}

/// A member of a group; the leader is of no kinship.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kin {
    /// Key of the first document of the group.
    pub leader: i64,
    /// How it belongs to the leader.
    pub kinship: Option<Kinship>,
}

/// An edition of a regulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edition {
    /// Which regulation.
    pub regulation: i64,
    /// When it was decided: `YYYYMMDD`, 0 for one that is said to be out of force and has no date.
    pub edition: i32,
}

impl Catalogue {
    /// Keeps the fingerprints of documents in the place of those they had.
    pub fn put_fingerprints(&self, prints: &[(DocumentId, Fingerprint)]) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (id, print) in prints {
            put_one(&transaction, id, print)?;
        }
        Ok(transaction.commit()?)
    }

    /// Hands over the fingerprint of every document that is not withheld, in the order of ids.
    pub fn for_each_fingerprint(&self, mut take: impl FnMut(KeyedPrint)) -> anyhow::Result<()> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(
            "SELECT key, facts, sketch FROM documents JOIN fingerprints ON document = key
             WHERE status <> ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([Status::Withheld.as_str()])?;
        while let Some(row) = rows.next()? {
            let mut print: Fingerprint = serde_json::from_str(row.get_ref(1)?.as_str()?)?;
            let (numbers, _) = row.get_ref(2)?.as_blob()?.as_chunks::<4>();
            print.sketch = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
            take(KeyedPrint { key: row.get(0)?, print });
        }
        Ok(())
    }

    /// Resemblance and containment of two texts, by their digests in any order, if they were kept.
    pub fn likeness(&self, a: i64, b: i64) -> anyhow::Result<Option<(f64, f64)>> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare_cached(
            "SELECT resemblance, containment FROM likenesses WHERE a = ?1 AND b = ?2",
        )?;
        let both = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        Ok(statement.query_row([a.min(b), a.max(b)], both).optional()?)
    }

    /// Keeps the likenesses of texts, as `(one digest, the other, resemblance, containment)`.
    pub fn put_likenesses(&self, values: &[(i64, i64, f64, f64)]) -> anyhow::Result<()> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (a, b, resemblance, containment) in values {
            let mut put = transaction.prepare_cached(
                "INSERT OR REPLACE INTO likenesses (a, b, resemblance, containment) VALUES (?1, ?2, ?3, ?4)",
            )?;
            put.execute(params![a.min(b), a.max(b), resemblance, containment])?;
        }
        Ok(transaction.commit()?)
    }

    /// Forgets all likenesses: the rules by which texts are compared are others now.
    pub fn forget_likenesses(&self) -> anyhow::Result<()> {
        self.database.connection()?.execute("DELETE FROM likenesses", [])?;
        Ok(())
    }

    /// Makes these the groups, by key of the member; writes only what differs and returns how many rows that were. A
    /// document that has come to another group, or left one, counts as changed.
    pub fn set_kin(&self, kin: &BTreeMap<i64, Kin>) -> anyhow::Result<usize> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut held: HashMap<i64, Kin> = HashMap::new();
        {
            let mut statement = transaction.prepare("SELECT document, leader, kinship FROM kin")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let kinship = kinship(row.get_ref(2)?.as_str()?)?;
                held.insert(row.get(0)?, Kin { leader: row.get(1)?, kinship });
            }
        }
        let gone: BTreeSet<i64> =
            held.keys().filter(|key| !kin.contains_key(key)).copied().collect();
        let mut changed = delete(&transaction, "DELETE FROM kin WHERE document = ?1", gone.iter())?;
        let moved = kin.iter().filter(|(key, kin)| leads(&held, **key) != Some(kin.leader));
        let moved: Vec<i64> = moved.map(|(key, _)| *key).chain(gone).collect();
        for (key, kin) in kin.iter().filter(|(key, kin)| held.get(key) != Some(kin)) {
            let mut put = transaction.prepare_cached(
                "INSERT OR REPLACE INTO kin (document, leader, kinship) VALUES (?1, ?2, ?3)",
            )?;
            put.execute(params![key, kin.leader, kin.kinship.map_or(LEADER, Kinship::as_str)])?;
            changed += 1;
        }
        for key in moved {
            let mut change = transaction.prepare_cached(
                "UPDATE documents SET change = (SELECT next FROM next_change) WHERE key = ?1",
            )?;
            change.execute([key])?;
        }
        transaction.commit()?;
        Ok(changed)
    }

    /// Makes these the editions, by key of the document; writes only what differs and returns how many rows that were.
    pub fn set_editions(&self, editions: &BTreeMap<i64, Edition>) -> anyhow::Result<usize> {
        let mut connection = self.database.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut held: HashMap<i64, Edition> = HashMap::new();
        {
            let mut statement =
                transaction.prepare("SELECT document, regulation, edition FROM editions")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let edition = Edition { regulation: row.get(1)?, edition: row.get(2)? };
                held.insert(row.get(0)?, edition);
            }
        }
        let gone = held.keys().filter(|key| !editions.contains_key(key));
        let mut changed = delete(&transaction, "DELETE FROM editions WHERE document = ?1", gone)?;
        for (key, edition) in editions.iter().filter(|(key, e)| held.get(key) != Some(e)) {
            let mut put = transaction.prepare_cached(
                "INSERT OR REPLACE INTO editions (document, regulation, edition) VALUES (?1, ?2, ?3)",
            )?;
            put.execute(params![key, edition.regulation, edition.edition])?;
            changed += 1;
        }
        transaction.commit()?;
        Ok(changed)
    }
}

/// The first of the group that a document was in.
fn leads(held: &HashMap<i64, Kin>, key: i64) -> Option<i64> {
    held.get(&key).map(|kin| kin.leader)
}

/// What stands in the place of a kinship for the leader.
const LEADER: &str = "leader";

/// A kinship from its column.
pub(super) fn kinship(text: &str) -> anyhow::Result<Option<Kinship>> {
    if text == LEADER { Ok(None) } else { word(text).map(Some) }
}

fn delete<'a>(
    connection: &Connection,
    sql: &str,
    keys: impl Iterator<Item = &'a i64>,
) -> anyhow::Result<usize> {
    let mut delete = connection.prepare_cached(sql)?;
    let mut deleted = 0;
    for key in keys {
        deleted += delete.execute([key])?;
    }
    Ok(deleted)
}

fn put_one(connection: &Connection, id: &DocumentId, print: &Fingerprint) -> anyhow::Result<()> {
    let mut find = connection.prepare_cached("SELECT key FROM documents WHERE id = ?1")?;
    let Some(key) = find.query_row([id.as_str()], |row| row.get::<_, i64>(0)).optional()? else {
        return Ok(());
    };
    let sketch: Vec<u8> = print.sketch.iter().flat_map(|number| number.to_le_bytes()).collect();
    let mut put = connection.prepare_cached(
        "INSERT OR REPLACE INTO fingerprints (document, facts, sketch) VALUES (?1, ?2, ?3)",
    )?;
    put.execute(params![key, serde_json::to_string(print)?, sketch])?;
    for clear in ["DELETE FROM borne WHERE document = ?1", "DELETE FROM cited WHERE document = ?1"]
    {
        connection.prepare_cached(clear)?.execute([key])?;
    }
    for BorneName { name, is_whole } in &print.bears {
        let name = name_key(connection, name)?;
        let mut put = connection.prepare_cached(
            "INSERT OR IGNORE INTO borne (document, name, whole) VALUES (?1, ?2, ?3)",
        )?;
        put.execute(params![key, name, is_whole])?;
    }
    for name in &print.cites {
        let name = name_key(connection, name)?;
        let mut put = connection
            .prepare_cached("INSERT OR IGNORE INTO cited (document, name) VALUES (?1, ?2)")?;
        put.execute([key, name])?;
    }
    Ok(())
}

/// The key of a name, which is stored if it is not yet there.
fn name_key(connection: &Connection, name: &CitedName) -> anyhow::Result<i64> {
    let mut find =
        connection.prepare_cached("SELECT key FROM names WHERE kind = ?1 AND name = ?2")?;
    let held = find.query_row([name.kind(), name.text()], |row| row.get(0)).optional()?;
    if let Some(key) = held {
        return Ok(key);
    }
    let mut put = connection.prepare_cached("INSERT INTO names (kind, name) VALUES (?1, ?2)")?;
    Ok(put.insert([name.kind(), name.text()])?)
}
