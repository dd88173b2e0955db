//! What agencies are called, also called, and became: `index/agencies.toml`.

use std::collections::HashMap;

use crate::config::{
    reader::Reader,
    value::{text, text_where, whole},
};

/// The curated names of agencies.
#[derive(Clone, Debug, Default)]
pub struct Agencies {
    entries: Vec<AgencyEntry>,
    /// Whole names, in full and short, to the entries that bear them.
    whole: HashMap<String, Vec<usize>>,
    /// Names without their region, in full and short, to the kinds that bear them and what they are in full.
    local: HashMap<String, Vec<(usize, String)>>,
}

/// One agency, or one kind of local body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyEntry {
    /// Its name in full; that of a kind is without region and body: 生态环境.
    pub name: String,
    /// Short and other names.
    pub also: Vec<String>,
    /// For a kind, what follows its name: 局, 厅 …; empty for a single agency.
    pub bodies: Vec<String>,
    /// The first year it was there under this name.
    pub since: Option<i16>,
    /// The last one.
    pub until: Option<i16>,
    /// The name of the entry that continues it.
    pub becomes: Option<String>,
}

impl Agencies {
    /// Every entry in the order of the file.
    pub fn all(&self) -> &[AgencyEntry] {
        &self.entries
    }

    /// The full name behind a whole name; where several share a short name, the one that was there in that year.
    pub fn whole(&self, name: &str, year: Option<i16>) -> Option<&AgencyEntry> {
        let found = self.whole.get(name)?.iter().map(|at| &self.entries[*at]);
        the_one(found.collect(), |entry| *entry, |entry| entry.name == name, year)
    }

    /// The kind behind the name of a local body without its region, and the name in full.
    pub fn local(&self, name: &str, year: Option<i16>) -> Option<(&AgencyEntry, &str)> {
        let found = self.local.get(name)?.iter().map(|(at, full)| (&self.entries[*at], &**full));
        the_one(found.collect(), |(entry, _)| *entry, |(_, full)| *full == name, year)
    }

    /// The entry that continues another one.
    pub fn successor(&self, entry: &AgencyEntry) -> Option<&AgencyEntry> {
        self.find(entry.becomes.as_ref()?, entry.bodies.is_empty())
    }

    /// The entries that became this one.
    pub fn predecessors<'a>(
        &'a self,
        entry: &'a AgencyEntry,
    ) -> impl Iterator<Item = &'a AgencyEntry> {
        self.entries.iter().filter(|other| {
            other.becomes.as_ref() == Some(&entry.name)
                && other.bodies.is_empty() == entry.bodies.is_empty()
        })
    }

    fn find(&self, name: &str, single: bool) -> Option<&AgencyEntry> {
        self.entries.iter().find(|entry| entry.name == name && entry.bodies.is_empty() == single)
    }

    /// Reads the file.
    pub(super) fn read(file: &mut Reader<'_>) -> Self {
        let mut agencies = Self::default();
        file.tables("agency", |table| agencies.read_one(table, false));
        file.tables("kind", |table| agencies.read_one(table, true));
        for entry in &agencies.entries {
            let single = entry.bodies.is_empty();
            if let Some(heir) =
                entry.becomes.as_ref().filter(|heir| agencies.find(heir, single).is_none())
            {
                let key = if single { "agency" } else { "kind" };
                file.mistake(
                    key,
                    format!("continued by {heir:?}, which is no entry"),
                    "`becomes` with the `name` of another entry",
                );
            }
        }
        agencies
    }

    fn read_one(&mut self, table: &mut Reader<'_>, is_kind: bool) {
        let name = table.required("name", &text("the name in full"));
        let also = table.list("also", &text("a short or other name")).unwrap_or_default();
        let body = text_where("what follows the name, such as \"局\"", |_| true);
        let bodies =
            if is_kind { table.list("bodies", &body).unwrap_or_default() } else { Vec::new() };
        let since = table.optional("since", &whole(1900..=2199));
        let until = table.optional("until", &whole(1900..=2199));
        let becomes = table.optional("becomes", &text("the name of what continues it"));
        let Some(name) = name else { return };
        if is_kind && bodies.is_empty() {
            return table
                .missing("bodies", "a list in [ ] of what follows the name, such as \"局\"");
        }
        if self.find(&name, !is_kind).is_some() {
            table.mistake("name", format!("{name:?} a second time"), "every name once");
        }
        self.add(AgencyEntry { name, also, bodies, since, until, becomes });
    }

    fn add(&mut self, entry: AgencyEntry) {
        let at = self.entries.len();
        let names = || std::iter::once(&entry.name).chain(&entry.also);
        for name in names() {
            if entry.bodies.is_empty() {
                self.whole.entry(name.clone()).or_default().push(at);
            }
            for body in &entry.bodies {
                let full = format!("{}{body}", entry.name);
                for body in [&**body, contracted(body)] {
                    let bearers = self.local.entry(format!("{name}{body}")).or_default();
                    if !bearers.contains(&(at, full.clone())) {
                        bearers.push((at, full.clone()));
                    }
                }
            }
        }
        self.entries.push(entry);
    }
}

/// How a body is written in short.
fn contracted(body: &str) -> &str {
    match body {
        "委员会" => "委",
        "办公室" => "办",
        other => other,
    }
}

/// The only one; else the one that bears the name in full; else the only one that was there in that year.
fn the_one<'a, T: Copy>(
    all: Vec<T>,
    entry: impl Fn(&T) -> &'a AgencyEntry,
    in_full: impl Fn(&T) -> bool,
    year: Option<i16>,
) -> Option<T> {
    if let [only] = all[..] {
        return Some(only);
    }
    let full = all.iter().copied().find(|one| in_full(one));
    full.or_else(|| {
        let year = year?;
        let then: Vec<T> = all.into_iter().filter(|one| entry(one).was_there(year)).collect();
        if let [only] = then[..] { Some(only) } else { None }
    })
}

impl AgencyEntry {
    /// Whether it was there in a year, first and last one included.
    pub fn was_there(&self, year: i16) -> bool {
        self.since.is_none_or(|since| since <= year) && self.until.is_none_or(|until| year <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Dirs, load};

    fn shipped() -> Agencies {
        let nowhere = std::path::PathBuf::from("no such folder");
        let loaded = load(&Dirs { crawler: nowhere.clone(), index: nowhere });
        assert_eq!(loaded.mistakes, []);
        loaded.config.agencies
    }

    #[test]
    fn short_names_lead_to_full_ones_of_their_time() {
        let agencies = shipped();
        let local = |name: &str, year| agencies.local(name, year).map(|(_, full)| full);
        assert_eq!(local("人社局", None), Some("人力资源和社会保障局"));
        assert_eq!(local("发改委", None), Some("发展和改革委员会"));
        assert_eq!(local("环保局", Some(2015)), Some("环境保护局"));
        assert_eq!(local("环保局", Some(2021)), Some("生态环境局"));
        assert_eq!(local("环保局", None), None, "two, and nothing tells which");
        assert_eq!(local("环境保护局", Some(2021)), Some("环境保护局"), "a full name is itself");
        assert_eq!(local("扶贫办", Some(2018)), Some("扶贫开发办公室"));
        assert_eq!(local("戏剧局", None), None);
        let whole = |name: &str| agencies.whole(name, None).map(|entry| &*entry.name);
        assert_eq!(whole("国办"), Some("国务院办公厅"));
        assert_eq!(whole("工信部"), Some("工业和信息化部"));
    }

    #[test]
    fn lines_of_succession() {
        let agencies = shipped();
        let (old, _) = agencies.local("工商局", None).unwrap();
        let new = agencies.successor(old).unwrap();
        assert_eq!(new.name, "市场监督管理");
        let before: Vec<_> = agencies.predecessors(new).map(|entry| &*entry.name).collect();
        assert_eq!(before, ["工商行政管理", "质量技术监督", "食品药品监督管理"]);
    }
}
