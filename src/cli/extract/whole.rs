//! Sources read as a whole: what all captures of a page, or all imports of a record, give now.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::catalogue::{Derived, Reading, Source};
use crate::cli::extract::{AT_ONCE, Stage, look};
use crate::cli::gauge::PageRead;
use crate::model::{Document, DocumentId, Moment, PageKind, Standing, Status, UrlKey};

/// Sources read and written together; each may have many captures.
const TOGETHER: usize = 128;

/// Why something is read as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Something new came.
    News,
    /// It was read by other rules.
    Rules,
}

/// What came of a source.
struct Whole {
    reading: Reading,
    /// The captures of a page with their documents, which the reading gets when they are measured.
    pages: Vec<PageRead>,
    /// Captures or records that gave no document.
    refused: usize,
}

impl Stage<'_> {
    /// Reads sources as a whole and puts what they give in the place of what they gave before.
    pub(super) fn read_whole(
        &mut self,
        sources: &[Source],
        occasion: Occasion,
    ) -> anyhow::Result<()> {
        let mut chunks = sources.chunks(TOGETHER);
        let mut read = chunks.next().map(|first| self.wholes(first)).transpose()?;
        while let Some(wholes) = read {
            let readings = self.measured(wholes);
            let mut looks = Vec::new();
            let write = || {
                self.catalogue
                    .replace(&readings, |document, effect| looks.extend(look(document, effect)))
            };
            // The next ones are read while these are written, which only one core can do.
            let next = chunks.next();
            let (put, following) =
                rayon::join(write, || next.map(|next| self.wholes(next)).transpose());
            self.count(put?);
            // What other rules make of a page says nothing about how often it changes.
            if occasion == Occasion::News {
                self.revisit(&looks)?;
            }
            read = following?;
        }
        Ok(())
    }

    fn wholes(&self, sources: &[Source]) -> anyhow::Result<Vec<Whole>> {
        let whole = |source: &Source| match source {
            Source::Page(key) => self.whole_page(key),
            Source::Record { set, id } => self.whole_record(set, id),
        };
        sources.par_iter().map(whole).collect()
    }

    /// Counts what was read, and gives what is to be written.
    fn measured(&mut self, wholes: Vec<Whole>) -> Vec<Reading> {
        let mut readings = Vec::with_capacity(wholes.len());
        for mut whole in wholes {
            self.refused(whole.refused);
            for page in &mut whole.pages {
                if !page.stood_in && self.gauge.is_news(page.seq) {
                    self.gauge.page(page);
                }
                whole.reading.documents.append(&mut page.documents);
            }
            readings.push(whole.reading);
        }
        readings
    }

    /// Reads again whatever was read by other rules than those of now, what was captured first first.
    pub(super) fn again(&mut self) -> anyhow::Result<()> {
        let stale: Vec<(i64, String)> =
            self.rules.stale().map(|(key, why)| (key, why.to_owned())).collect();
        for (key, why) in stale {
            loop {
                let sources = self.catalogue.read_by(key, AT_ONCE)?;
                if sources.is_empty() {
                    break;
                }
                self.read_whole(&sources, Occasion::Rules)?;
                *self.tally.again.entry(why.clone()).or_default() += sources.len();
            }
        }
        Ok(())
    }

    /// Reads files again that were read by other rules, and lets the pages be read again that are such files.
    pub(super) fn files_again(&mut self) -> anyhow::Result<()> {
        for digest in self.catalogue.files_by_other_rules(self.files().rules())? {
            let rows = self.state.captures_with(&digest)?;
            let of = |kind| rows.iter().filter(move |row| row.kind == kind && row.status == 200);
            let attached: Vec<_> = of(PageKind::Attachment).collect();
            let counts = self.files().fetched(&attached, &self.taken_down)?;
            self.tally.files.add(counts);
            for row in of(PageKind::Detail) {
                self.catalogue.distrust(&Source::Page(row.key.clone()))?;
            }
        }
        Ok(())
    }

    fn whole_page(&self, key: &UrlKey) -> anyhow::Result<Whole> {
        let source = Source::Page(key.clone());
        let rows = self.state.detail_captures_of(key)?;
        let mut pages: Vec<PageRead> = rows
            .par_iter()
            .map(|(seq, row)| self.read(*seq, row))
            .collect::<anyhow::Result<_>>()?;
        if let Some(first) = pages.first_mut() {
            first.is_new = true;
        }
        let portals = rows.iter().map(|(_, row)| row.portal.clone()).collect();
        let halves = pages.iter().any(|page| page.is_half);
        let derived =
            self.derived(rows.iter().map(|(seq, row)| (*seq, row.at)), portals, halves)?;
        drop_halves(&mut pages);
        let (status, since) = self.standing(key)?.unwrap_or_default();
        settle(pages.iter_mut().flat_map(|page| &mut page.documents), status, &since);
        let refused = pages.iter().filter(|page| page.documents.is_empty()).count();
        let reading = Reading { source, documents: Vec::new(), derived };
        Ok(Whole { reading, pages, refused })
    }

    fn whole_record(&self, set: &str, id: &str) -> anyhow::Result<Whole> {
        let source = Source::Record { set: set.to_owned(), id: id.to_owned() };
        let rows = self.state.imports_of(set, id)?;
        let read = rows.iter().map(|(_, row)| self.imported(row));
        let read: Vec<Vec<Document>> = read.collect::<anyhow::Result<_>>()?;
        let refused = read.iter().filter(|documents| documents.is_empty()).count();
        let mut documents: Vec<Document> = read.into_iter().flatten().collect();
        settle(documents.iter_mut(), Status::Live, &Standing::default());
        let imports = rows.iter().map(|(seq, row)| (*seq, row.at));
        let derived = self.derived(imports, BTreeSet::new(), false)?;
        Ok(Whole { reading: Reading { source, documents, derived }, pages: Vec::new(), refused })
    }

    /// How far a source is read with these captures, or imports, told by number and time; `None`: there are none.
    fn derived(
        &self,
        read: impl Iterator<Item = (i64, Moment)>,
        portals: BTreeSet<String>,
        halves: bool,
    ) -> anyhow::Result<Option<Derived>> {
        let last = read.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1)));
        let Some((reached, newest)) = last else { return Ok(None) };
        Ok(Some(Derived { rules: self.rules.key(portals)?, reached, newest, halves }))
    }
}

/// Half a page is worth nothing where the whole of it was ever had.
fn drop_halves(pages: &mut [PageRead]) {
    if pages.iter().any(|page| !page.is_half && !page.documents.is_empty()) {
        for half in pages.iter_mut().filter(|page| page.is_half) {
            half.documents.clear();
        }
    }
}

/// Gives documents the status that their page has now; one that any capture showed to be taken down stays withheld.
fn settle<'a>(documents: impl Iterator<Item = &'a mut Document>, status: Status, since: &Standing) {
    let mut documents: Vec<&mut Document> = documents.collect();
    let is_hidden = |document: &&&mut Document| document.status == Status::Withheld;
    let hidden: BTreeSet<DocumentId> = documents.iter().filter(is_hidden).map(|d| d.id).collect();
    for document in &mut documents {
        (document.status, document.standing) = if hidden.contains(&document.id) {
            (Status::Withheld, Standing::default())
        } else {
            (status, since.clone())
        };
    }
}
