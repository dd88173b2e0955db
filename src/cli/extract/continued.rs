//! Captures that continue pages which were read before: only these are read.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::catalogue::{CaptureRow, Derived, Source};
use crate::cli::extract::whole::Occasion;
use crate::cli::extract::{Stage, is_detail};
use crate::cli::gauge::PageRead;
use crate::model::{DocumentId, Status, UrlKey};

/// A capture that continues what was read of its page.
pub(super) struct Continued<'a> {
    seq: i64,
    row: &'a CaptureRow,
    /// How far the page is read with it.
    derived: Derived,
}

impl Stage<'_> {
    /// Which pages are read as a whole (new ones, and those where order or damage matters), and which captures only
    /// continue theirs; what was read already, and what is read again later, is left out.
    pub(super) fn sorted_out<'r>(
        &self,
        rows: &'r [(i64, CaptureRow)],
    ) -> anyhow::Result<(Vec<Source>, Vec<Continued<'r>>)> {
        let mut whole = BTreeSet::new();
        let mut continued = Vec::new();
        let mut known: HashMap<&UrlKey, Derived> = HashMap::new();
        for (seq, row) in rows.iter().filter(|(_, row)| is_detail(row) && row.status == 200) {
            let source = Source::Page(row.key.clone());
            if whole.contains(&source) {
                continue;
            }
            let held = match known.get(&row.key) {
                Some(derived) => Some(*derived),
                None => self.catalogue.derived(&source)?,
            };
            let Some(held) = held else {
                whole.insert(source);
                continue;
            };
            if self.rules.are_stale(held.rules) || *seq <= held.reached {
                continue;
            }
            let is_other = self.rules.key(BTreeSet::from([row.portal.clone()]))? != held.rules;
            if is_other || held.halves || row.at <= held.newest {
                whole.insert(source);
                continue;
            }
            let derived = Derived { reached: *seq, newest: row.at, ..held };
            known.insert(&row.key, derived);
            continued.push(Continued { seq: *seq, row, derived });
        }
        continued.retain(|one| !whole.contains(&Source::Page(one.row.key.clone())));
        Ok((whole.into_iter().collect(), continued))
    }

    /// Reads captures that continue their pages; half a page, and one that shows other documents than before, is weighed
    /// against all others of its page.
    pub(super) fn go_on(&mut self, continued: &[Continued<'_>]) -> anyhow::Result<()> {
        let read: Vec<PageRead> = continued
            .par_iter()
            .map(|one| {
                let mut read = self.read(one.seq, one.row)?;
                let (status, since) = self.standing(&one.row.key)?.unwrap_or_default();
                for document in &mut read.documents {
                    if document.status != Status::Withheld {
                        (document.status, document.standing) = (status, since.clone());
                    }
                }
                Ok(read)
            })
            .collect::<anyhow::Result<_>>()?;
        let (mut documents, mut derived, mut whole) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (one, read) in continued.iter().zip(read) {
            let source = Source::Page(one.row.key.clone());
            if read.is_half || self.has_other_documents(&source, &read)? {
                whole.insert(source);
                continue;
            }
            if read.stood_in {
                self.update_status(one.row)?;
            } else if self.gauge.is_news(one.seq) {
                self.gauge.page(&read);
            }
            self.refused(usize::from(read.documents.is_empty()));
            documents.extend(read.documents);
            derived.push((source, one.derived));
        }
        self.put(&documents)?;
        self.catalogue.set_derived(&derived)?;
        self.read_whole(&whole.into_iter().collect::<Vec<_>>(), Occasion::News)
    }

    /// Whether a capture shows other documents than its page held so far.
    fn has_other_documents(&self, source: &Source, read: &PageRead) -> anyhow::Result<bool> {
        let shown: BTreeSet<DocumentId> =
            read.documents.iter().map(|document| document.id).collect();
        Ok(!shown.is_empty() && shown != self.catalogue.shown_on(source)?)
    }
}
