//! Which agencies must publish annual reports: `index/roster.toml`.

use crate::config::{
    reader::Reader,
    value::{one_of, region, text, whole},
};
use crate::model::{PortalId, RegionCode, ReporterKind};

/// One agency that must report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// Its plain name.
    pub name: String,
    /// Its region.
    pub region: Option<RegionCode>,
    /// What it is, where its name does not say so.
    pub kind: Option<ReporterKind>,
    /// The first year it must report on.
    pub since: Option<i16>,
    /// The last one.
    pub until: Option<i16>,
    /// The portal that publishes its reports.
    pub portal: Option<PortalId>,
}

const KINDS: &[(&str, ReporterKind)] = &[
    ("government", ReporterKind::Government),
    ("department", ReporterKind::Department),
    ("township", ReporterKind::Township),
];

impl RosterEntry {
    /// Reads the file.
    pub(super) fn read_all(file: &mut Reader<'_>) -> Vec<Self> {
        let mut entries: Vec<Self> = Vec::new();
        file.tables("agency", |table| {
            let Some(entry) = Self::read(table) else { return };
            if entries.iter().any(|other| other.name == entry.name) {
                let found = format!("{:?} a second time", entry.name);
                return table.mistake("name", found, "every agency once");
            }
            entries.push(entry);
        });
        entries
    }

    fn read(table: &mut Reader<'_>) -> Option<Self> {
        let name = table.required("name", &text("the plain name, as `gongkai agency` shows it"));
        let entry = Self {
            name: String::new(),
            region: table.optional("region", &region()),
            kind: table.optional("kind", &one_of(KINDS)),
            since: table.optional("since", &whole(2008..=2199)),
            until: table.optional("until", &whole(2008..=2199)),
            portal: table.optional("portal", &text("the id of a portal")),
        };
        Some(Self { name: name?, ..entry })
    }
}
