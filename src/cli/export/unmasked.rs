//! Documents as the archive has them, with the personal data that everything else hides.

use std::collections::HashMap;

use anyhow::Context as _;

use crate::archive::{Entry, Reader};
use crate::catalogue::State;
use crate::cli::{Globals, curated};
use crate::config::Config;
use crate::extract;
use crate::model::{Document, Origin};

/// Reads documents again from the archive.
pub(super) struct Originals {
    config: Config,
    reader: Reader,
    state: State,
}

impl Originals {
    pub(super) fn open(globals: &Globals) -> anyhow::Result<Self> {
        Ok(Self {
            config: curated::load(globals).config,
            reader: Reader::open(&globals.data.join("archive"))?,
            state: State::open_read_only(&globals.data.join("state.sqlite"))?,
        })
    }

    /// The document with title and text as they were published.
    pub(super) fn of(&self, document: Document) -> anyhow::Result<Document> {
        let read = match &document.origin {
            Origin::Web { .. } => self.page(&document),
            Origin::Import { set, id } => self.record(set, id),
        };
        let read = read.with_context(|| format!("cannot read {} again", document.id))?;
        let original = read.into_iter().find(|other| other.id == document.id);
        let original = original.with_context(|| {
            format!(
                "{} is not what the archive gives now: run `gongkai extract --all`",
                document.id
            )
        })?;
        let Document { title, text, tables, .. } = original;
        Ok(Document { title, text, tables, ..document })
    }

    fn page(&self, document: &Document) -> anyhow::Result<Vec<Document>> {
        let Origin::Web { url } = &document.origin else { return Ok(Vec::new()) };
        let rows = self.state.captures_of(&url.key())?;
        let row = rows.iter().rev().find(|row| row.at == document.captured_at);
        let row = row.context("its capture is not in the archive")?;
        let capture = self.reader.capture(&row.position)?;
        let portals: HashMap<_, _> =
            self.config.portals.iter().map(|p| (p.id.as_str(), p)).collect();
        let portal = portals.get(row.portal.as_str()).copied();
        Ok(extract::extract(&capture, portal, &self.config.categories).documents)
    }

    fn record(&self, set: &str, id: &str) -> anyhow::Result<Vec<Document>> {
        let row = self.state.newest_import(set, id)?.context("its record is not in the archive")?;
        let Entry::Imported(imported) = self.reader.entry(&row.position)? else {
            anyhow::bail!("{:?} is no imported record", row.position);
        };
        let documents = extract::from_import(&imported, &self.config.categories);
        documents.map_err(|mistake| anyhow::anyhow!("{mistake}"))
    }
}
