//! What a document has to do with others, as readers are told it. Withheld documents are in none of the lists.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;

use crate::catalogue::documents::{Catalogue, prints::kinship};
use crate::catalogue::values::word;
use crate::model::{
    CitedName, DocumentId, Excerpt, Group, PortalId, PublicDate, Relations, Relative, Sourced,
};

/// Most entries of a list.
const MOST: usize = 50;
/// A name that more groups bear than this means none of them.
const MOST_BEARERS: usize = 5;
/// Groups looked at that bear a name.
const LOOKED_AT: i64 = 50;
/// What is no longer shown.
const SHOWN: &str = "status <> 'withheld'";

/// The leader of each document that is in a group of two and more.
pub type Leaders = HashMap<DocumentId, DocumentId>;

impl Catalogue {
    /// What a document has to do with others; nothing for an id that is not held.
    pub fn relations(&self, id: &DocumentId) -> anyhow::Result<Relations> {
        let connection = self.database.connection()?;
        let mut find = connection.prepare_cached("SELECT key FROM documents WHERE id = ?1")?;
        let Some(key) = find.query_row([id.as_str()], |row| row.get(0)).optional()? else {
            return Ok(Relations::default());
        };
        let leader = leader(&connection, key)?;
        Ok(Relations {
            group: group(&connection, leader)?,
            amends: editions(&connection, leader, "<", "DESC")?,
            amended_by: editions(&connection, leader, ">", "ASC")?,
            cites: cites(&connection, key, leader)?,
            cited_by: cited_by(&connection, leader)?,
        })
    }

    /// The leaders of all groups, by member.
    pub fn leaders(&self) -> anyhow::Result<Leaders> {
        let connection = self.database.connection()?;
        let mut statement = connection.prepare(
            "SELECT member.id, leader.id FROM kin JOIN documents AS member ON member.key = document
             JOIN documents AS leader ON leader.key = leader",
        )?;
        let mut rows = statement.query([])?;
        let mut leaders = Leaders::new();
        while let Some(row) = rows.next()? {
            leaders.insert(word(row.get_ref(0)?.as_str()?)?, word(row.get_ref(1)?.as_str()?)?);
        }
        Ok(leaders)
    }
}

impl Catalogue {
    /// The first document of a document's group; `None` when it is alone.
    pub fn leader(&self, id: &DocumentId) -> anyhow::Result<Option<DocumentId>> {
        let connection = self.database.connection()?;
        let mut find = connection.prepare_cached(
            "SELECT leader.id FROM documents AS member JOIN kin ON kin.document = member.key
             JOIN documents AS leader ON leader.key = kin.leader WHERE member.id = ?1",
        )?;
        let mut rows = find.query([id.as_str()])?;
        rows.next()?.map(|row| word(row.get_ref(0)?.as_str()?)).transpose()
    }
}

/// The leader of a document's group, or itself.
fn leader(connection: &Connection, key: i64) -> anyhow::Result<i64> {
    let mut find = connection.prepare_cached("SELECT leader FROM kin WHERE document = ?1")?;
    Ok(find.query_row([key], |row| row.get(0)).optional()?.unwrap_or(key))
}

fn group(connection: &Connection, leader: i64) -> anyhow::Result<Option<Group>> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT key, kinship FROM kin JOIN documents ON key = document WHERE leader = ?1 AND {SHOWN}"
    ))?;
    let mut members = Vec::new();
    let mut rows = find.query([leader])?;
    while let Some(row) = rows.next()? {
        let kinship = kinship(row.get_ref(1)?.as_str()?)?;
        members.push((relative(connection, row.get(0)?)?, kinship));
    }
    if members.len() < 2 {
        return Ok(None);
    }
    members.sort_by_key(|(relative, kinship)| {
        (kinship.is_some(), relative.date.map(PublicDate::first_day), relative.id)
    });
    let leader = members[0].0.id;
    let total = members.len() as u64;
    members.truncate(MOST);
    Ok(Some(Group { leader, members: Excerpt { first: members, total } }))
}

/// The editions of the same regulation before or after that of a document.
fn editions(
    connection: &Connection,
    key: i64,
    which: &str,
    order: &str,
) -> anyhow::Result<Excerpt<Relative>> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT key FROM editions AS own JOIN editions AS other USING (regulation)
         JOIN documents ON key = other.document
         WHERE own.document = ?1 AND other.edition {which} own.edition AND {SHOWN}
         ORDER BY other.edition {order}, id"
    ))?;
    let keys = find.query_map([key], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let first = keys.iter().take(MOST).map(|key| relative(connection, *key));
    Ok(Excerpt { total: keys.len() as u64, first: first.collect::<anyhow::Result<_>>()? })
}

/// The documents meant by the names that stand in a document's text.
fn cites(
    connection: &Connection,
    key: i64,
    leader: i64,
) -> anyhow::Result<Excerpt<(Relative, CitedName)>> {
    let mut find = connection.prepare_cached(
        "SELECT names.key, kind, names.name FROM cited JOIN names ON names.key = cited.name
         WHERE document = ?1 ORDER BY kind, names.name",
    )?;
    let mut rows = find.query([key])?;
    let mut meant: BTreeMap<i64, CitedName> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let name = cited_name(row.get_ref(1)?.as_str()?, row.get(2)?)?;
        for bearer in bearers(connection, row.get(0)?)? {
            if bearer != leader {
                meant.entry(bearer).or_insert_with(|| name.clone());
            }
        }
    }
    let mut first = meant
        .iter()
        .map(|(key, name)| Ok((relative(connection, *key)?, name.clone())))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let total = first.len() as u64;
    first.sort_by_key(|(relative, name)| (name.clone(), relative.id));
    first.truncate(MOST);
    Ok(Excerpt { first, total })
}

/// The documents in whose text stands a name that means a document or one of its group.
fn cited_by(
    connection: &Connection,
    leader: i64,
) -> anyhow::Result<Excerpt<(Relative, CitedName)>> {
    let mut citing: BTreeMap<i64, i64> = BTreeMap::new();
    for name in own_names(connection, leader)? {
        if !bearers(connection, name)?.contains(&leader) {
            continue;
        }
        let mut find = connection.prepare_cached(&format!(
            "SELECT coalesce(leader, cited.document) AS first FROM cited
             JOIN documents ON key = cited.document LEFT JOIN kin ON kin.document = key
             WHERE name = ?1 AND {SHOWN} AND first <> ?2"
        ))?;
        let mut rows = find.query([name, leader])?;
        while let Some(row) = rows.next()? {
            citing.entry(row.get(0)?).or_insert(name);
        }
    }
    let total = citing.len() as u64;
    let mut dated = Vec::new();
    for (key, name) in &citing {
        dated.push((day(connection, *key)?, *key, *name));
    }
    dated.sort_by_key(|(day, key, _)| (std::cmp::Reverse(*day), *key));
    let of_name = "SELECT kind, name FROM names WHERE key = ?1";
    let mut name_of = connection.prepare_cached(of_name)?;
    let first = dated.into_iter().take(MOST).map(|(_, key, name)| {
        let (kind, name): (String, String) =
            name_of.query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((relative(connection, key)?, cited_name(&kind, name)?))
    });
    Ok(Excerpt { first: first.collect::<anyhow::Result<_>>()?, total })
}

/// The names that the documents of a group bear, numbers first.
fn own_names(connection: &Connection, leader: i64) -> anyhow::Result<Vec<i64>> {
    let mut find = connection.prepare_cached(
        "SELECT DISTINCT names.key FROM borne JOIN names ON names.key = borne.name
         WHERE document IN (SELECT ?1 UNION SELECT document FROM kin WHERE leader = ?1)
         ORDER BY kind, names.name",
    )?;
    Ok(find.query_map([leader], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The documents that a name means: those that bear it whole, else those that bear it shortened; the leader of each
/// group, of each regulation the newest edition. None where that leaves too many.
fn bearers(connection: &Connection, name: i64) -> anyhow::Result<Vec<i64>> {
    let mut find = connection.prepare_cached(&format!(
        "SELECT max(whole), coalesce(leader, borne.document) AS first, regulation, edition
         FROM borne JOIN documents ON key = borne.document
         LEFT JOIN kin ON kin.document = key
         LEFT JOIN editions ON editions.document = coalesce(leader, borne.document)
         WHERE name = ?1 AND {SHOWN} GROUP BY first ORDER BY 1 DESC, edition DESC, id LIMIT ?2"
    ))?;
    let mut rows = find.query(params![name, LOOKED_AT])?;
    let mut found: Vec<(bool, i64, Option<i64>)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (is_whole, key, regulation): (bool, i64, Option<i64>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let is_older = regulation.is_some() && found.iter().any(|(_, _, of)| *of == regulation);
        let is_less = found.first().is_some_and(|(whole, _, _)| *whole && !is_whole);
        if !is_older && !is_less {
            found.push((is_whole, key, regulation));
        }
    }
    let keys = found.into_iter().map(|(_, key, _)| key);
    Ok(if keys.len() > MOST_BEARERS { Vec::new() } else { keys.collect() })
}

fn cited_name(kind: &str, name: String) -> anyhow::Result<CitedName> {
    match kind {
        "number" => Ok(CitedName::Number(name)),
        "title" => Ok(CitedName::Title(name)),
        other => anyhow::bail!("`{other}` is no kind of name"),
    }
}

/// When a document was published, else written; days since 1970, 0 when unknown.
fn day(connection: &Connection, key: i64) -> anyhow::Result<i64> {
    let mut find = connection.prepare_cached(
        "SELECT coalesce(facts ->> '$.day', 0) FROM fingerprints WHERE document = ?1",
    )?;
    Ok(find.query_row([key], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// What of a record a list shows.
#[derive(Deserialize)]
struct Shown {
    title: Sourced<String>,
    portal: Option<PortalId>,
    published_date: Option<Sourced<PublicDate>>,
    written_date: Option<Sourced<PublicDate>>,
}

fn relative(connection: &Connection, key: i64) -> anyhow::Result<Relative> {
    let mut find = connection.prepare_cached("SELECT id, record FROM documents WHERE key = ?1")?;
    let (id, record): (String, String) =
        find.query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let shown: Shown = serde_json::from_str(&record)?;
    Ok(Relative {
        id: word(&id)?,
        title: shown.title.value,
        portal: shown.portal,
        date: shown.published_date.or(shown.written_date).map(|date| date.value),
    })
}
