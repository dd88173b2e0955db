//! What the tests of this part share: invented documents, and a scan that finds what the index must find.

use std::{collections::BTreeSet, sync::Arc};

use tantivy::{collector::DocSetCollector, schema::Value as _};

use crate::analysis::Analyzer;
use crate::index::{Change, Resources, Store, View, exact};
use crate::model::{Document, Evidence, Origin, Sourced};

/// One analyzer for all tests of a process: its dictionary takes a while to load.
pub(super) fn analyzer() -> Arc<Analyzer> {
    static ONE: std::sync::LazyLock<Arc<Analyzer>> =
        std::sync::LazyLock::new(|| Arc::new(Analyzer::new([("青岚街道".to_owned(), Some(50))])));
    Arc::clone(&ONE)
}

pub(super) fn resources() -> Resources {
    Resources { threads: 2, memory: 30_000_000, waiting: 1_000_000 }
}

pub(super) fn document(id: &str, title: &str, text: &str) -> Document {
    let origin = Origin::Import { set: "test".into(), id: id.into() };
    let title = Sourced::new(title.into(), Evidence::Import("title".into()));
    Document::bare(origin, title, text.into(), "2024-01-01T00:00:00Z".parse().unwrap())
}

pub(super) fn puts<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
) -> impl Iterator<Item = anyhow::Result<(i64, Change)>> {
    let numbered = (1..).zip(documents);
    numbered.map(|(seq, document)| Ok((seq, Change::Put(Box::new(document.clone()), None))))
}

/// A store in a new folder that holds these documents.
pub(super) fn store_of<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("index"), analyzer()).unwrap();
    store.update(puts(documents), resources()).unwrap();
    (folder, store)
}

/// Ids of the documents that hold a folded string.
pub(super) fn holding(view: &View, folded: &str) -> BTreeSet<String> {
    let Some(query) = exact(&view.fields, folded) else { return BTreeSet::new() };
    let found = view.searcher.search(&query, &DocSetCollector).unwrap();
    let id = |address| {
        let stored: tantivy::TantivyDocument = view.searcher.doc(address).unwrap();
        stored.get_first(view.fields.id).unwrap().as_str().unwrap().to_owned()
    };
    found.into_iter().map(id).collect()
}
