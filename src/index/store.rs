//! The index on disk: opened, followed, updated, rebuilt.

use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context;
use tantivy::{IndexWriter, Searcher, TantivyError, Term, indexer::IndexWriterOptions};

use crate::analysis::Analyzer;
use crate::index::{
    entry::Entry,
    gauge::Gauge,
    generation::{self, Generation},
    schema::Fields,
};
use crate::model::{Document, DocumentId, Status};

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another version of the program wrote it: only a rebuild helps.
    #[error(
        "generation {generation} of the index has another format; make a new one with `gongkai index --rebuild`"
    )]
    OtherFormat {
        /// Name of its folder.
        generation: String,
    },
    /// Somebody else is writing to it.
    #[error("another process is writing to the index")]
    Busy,
    /// The documents could not be read; nothing of this run was written.
    #[error("cannot read the documents to index: {0:#}")]
    Source(#[source] anyhow::Error),
    /// Disk full, damaged files and their kin.
    #[error("the index failed: {0:#}")]
    Failed(#[from] anyhow::Error),
}

impl From<TantivyError> for StoreError {
    fn from(error: TantivyError) -> Self {
        match error {
            TantivyError::LockFailure(..) => Self::Busy,
            other => Self::Failed(other.into()),
        }
    }
}

/// What became of one document.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is new or has changed; a withheld one is taken out of the index. Beside it the first of its group of copies
    /// and forms, itself perhaps; `None` where it is alone.
    Put(Box<Document>, Option<DocumentId>),
    /// It is no longer there.
    Remove(DocumentId),
}

/// What writing may use.
#[derive(Clone, Copy, Debug)]
pub struct Resources {
    /// Threads that cut and write.
    pub threads: usize,
    /// Bytes for postings in the making, over all threads; at least 15 MB for each.
    pub memory: usize,
    /// Bytes of folded text that may wait for the threads.
    pub waiting: usize,
}

impl Default for Resources {
    /// All cores up to eight, 128 MB for each, 32 MB waiting.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).min(8);
        Self { threads, memory: threads * 128_000_000, waiting: 32_000_000 }
    }
}

/// What an update or a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Documents written.
    pub put: u64,
    /// Documents taken out, or left out because they are withheld.
    pub removed: u64,
    /// Bytes of titles and texts read.
    pub bytes: u64,
}

/// The index of one data folder.
pub struct Store {
    root: PathBuf,
    analyzer: Arc<Analyzer>,
    serving: Mutex<View>,
}

/// The index at one moment: what one question is answered from.
#[derive(Clone)]
pub struct View {
    /// Reads the segments of this moment.
    pub searcher: Searcher,
    /// The fields.
    pub fields: Fields,
    /// Name of the generation; empty while nothing was indexed.
    pub generation: String,
    /// Number of the commit in its generation; grows with each.
    pub commit: u64,
    open: Arc<Generation>,
}

impl View {
    /// Names the dictionary that the words of this generation were cut with (see [`Analyzer::dictionary`]).
    pub fn dictionary(&self) -> &str {
        &self.open.dictionary
    }
}

impl Store {
    /// Opens the index in a folder, which need not exist: then there is nothing to find yet.
    pub fn open(root: &Path, analyzer: Arc<Analyzer>) -> Result<Self, StoreError> {
        let generation = match generation::current(root)? {
            Some(name) => Generation::open(root, &name, &analyzer)?,
            None => Generation::none(&analyzer)?,
        };
        let serving = Mutex::new(view_of(&Arc::new(generation))?);
        Ok(Self { root: root.to_owned(), analyzer, serving })
    }

    /// The index as it was when last looked at.
    pub fn view(&self) -> View {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The analyzer that questions are cut with.
    pub fn analyzer(&self) -> &Arc<Analyzer> {
        &self.analyzer
    }

    /// Looks whether another generation serves now or this one has a new commit; cheap when not.
    ///
    /// Returns whether [`Store::view`] gives something new. An error leaves the old view in place.
    pub fn follow(&self) -> Result<bool, StoreError> {
        let held = self.view();
        let name = generation::current(&self.root)?.unwrap_or_default();
        if name != held.generation {
            let opened = Generation::open(&self.root, &name, &self.analyzer)?;
            self.show(view_of(&Arc::new(opened))?);
            return Ok(true);
        }
        if held.open.commit()? == held.commit {
            return Ok(false);
        }
        self.show(view_of(&held.open)?);
        Ok(true)
    }

    fn show(&self, view: View) {
        *self.serving.lock().unwrap_or_else(PoisonError::into_inner) = view;
    }

    /// How far the catalogue's changes are in the index: the sequence number of the last one; 0 at the start.
    pub fn reached(&self) -> Result<i64, StoreError> {
        let payload = self.view().open.index.load_metas()?.payload;
        Ok(payload.and_then(|reached| reached.parse().ok()).unwrap_or(0))
    }

    /// Writes changed documents, each with its sequence number, in order; all of them or, on an error, none.
    pub fn update(
        &self,
        changes: impl IntoIterator<Item = anyhow::Result<(i64, Change)>>,
        resources: Resources,
    ) -> Result<Stats, StoreError> {
        self.follow()?;
        let open = self.view().open;
        if open.name.is_empty() {
            let stats = Self::rebuild(&self.root, &self.analyzer, changes, resources)?;
            self.follow()?;
            return Ok(stats);
        }
        let stats = write(&open, changes, resources, self.reached()?)?;
        self.follow()?;
        Ok(stats)
    }

    /// Writes all documents into a new generation beside the one that serves, then lets the new one serve.
    ///
    /// Needs no open store, so it also helps where [`Store::open`] refuses an old format. The generation that served
    /// until now stays on disk until the next rebuild, for those who still read it.
    pub fn rebuild(
        root: &Path,
        analyzer: &Arc<Analyzer>,
        documents: impl IntoIterator<Item = anyhow::Result<(i64, Change)>>,
        resources: Resources,
    ) -> Result<Stats, StoreError> {
        fs::create_dir_all(root).with_context(|| format!("cannot make {}", root.display()))?;
        let before = generation::current(root)?.unwrap_or_default();
        let name = generation::next_name(root)?;
        generation::remove_all_but(root, &[&before])?;
        let fresh = Generation::create(root, &name, analyzer)?;
        let stats = write(&fresh, documents, resources, 0)?;
        generation::swap(root, &name)?;
        generation::remove_all_but(root, &[&before, &name])?;
        Ok(stats)
    }

    /// Merges all segments into one and forgets what was taken out: questions become faster, and the order of hits that
    /// of a rebuilt index.
    pub fn optimize(&self, resources: Resources) -> Result<(), StoreError> {
        self.follow()?;
        let open = self.view().open;
        if open.name.is_empty() {
            return Ok(());
        }
        let mut writer: IndexWriter<Entry> = writer(&open, resources)?;
        let segments = open.index.searchable_segment_ids()?;
        if !segments.is_empty() {
            writer.merge(&segments).wait()?;
        }
        writer.wait_merging_threads()?;
        self.show(view_of(&open)?);
        Ok(())
    }
}

fn view_of(open: &Arc<Generation>) -> Result<View, StoreError> {
    // The commit is read before the segments: if another one comes between, the next look finds it.
    let commit = open.commit()?;
    open.reader.reload()?;
    Ok(View {
        searcher: open.reader.searcher(),
        fields: *open.fields,
        generation: open.name.clone(),
        commit,
        open: Arc::clone(open),
    })
}

fn writer(open: &Generation, resources: Resources) -> Result<IndexWriter<Entry>, StoreError> {
    let threads = resources.threads.max(1);
    let memory = (resources.memory / threads).clamp(15_000_000, 4_000_000_000);
    let options = IndexWriterOptions::builder()
        .num_worker_threads(threads)
        .memory_budget_per_thread(memory)
        .num_merge_threads(threads)
        .build();
    Ok(open.index.writer_with_options(options)?)
}

fn write(
    open: &Generation,
    changes: impl IntoIterator<Item = anyhow::Result<(i64, Change)>>,
    resources: Resources,
    reached: i64,
) -> Result<Stats, StoreError> {
    let mut writer = writer(open, resources)?;
    let gauge = Gauge::new(resources.waiting);
    let mut stats = Stats::default();
    let mut last = reached;
    for change in changes {
        let (seq, change) = change.map_err(StoreError::Source)?;
        last = last.max(seq);
        apply(&writer, open, &change, &gauge, &mut stats)?;
    }
    if last == reached && stats == Stats::default() {
        return Ok(stats);
    }
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&last.to_string());
    commit.commit()?;
    writer.wait_merging_threads()?;
    Ok(stats)
}

fn apply(
    writer: &IndexWriter<Entry>,
    open: &Generation,
    change: &Change,
    gauge: &Gauge,
    stats: &mut Stats,
) -> Result<(), StoreError> {
    let (id, document, group) = match change {
        Change::Put(document, group) => (document.id, Some(document), group.as_ref()),
        Change::Remove(id) => (*id, None, None),
    };
    writer.delete_term(Term::from_field_text(open.fields.id, id.as_str()));
    let Some(document) = document.filter(|document| document.status != Status::Withheld) else {
        stats.removed += 1;
        return Ok(());
    };
    stats.put += 1;
    stats.bytes += (document.title.value.len() + document.text.len()) as u64;
    writer.add_document(Entry::new(document, group, &open.fields, |bytes| gauge.hold(bytes)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::testing::{analyzer, document, holding, puts, resources, store_of};

    fn ids(documents: &[&Document]) -> std::collections::BTreeSet<String> {
        documents.iter().map(|document| document.id.to_string()).collect()
    }

    #[test]
    fn an_empty_folder_answers_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("none"), analyzer()).unwrap();
        assert_eq!(store.view().searcher.num_docs(), 0);
        assert_eq!((store.follow().unwrap(), store.reached().unwrap()), (false, 0));
        assert!(!folder.path().join("none").try_exists().unwrap());
    }

    #[test]
    fn only_changed_documents_are_written() {
        let one = document("1", "灵洲市年度报告", "本年度主动公开信息。");
        let two = document("2", "青岚街道公告", "道路施工。");
        let (_folder, store) = store_of([&one, &two]);
        assert_eq!(store.reached().unwrap(), 2);
        assert_eq!(holding(&store.view(), "公开信"), ids(&[&one]));

        let changed = Document { text: "本年度未公开。".into(), ..one.clone() };
        let withheld = Document { status: Status::Withheld, ..two.clone() };
        let changes =
            [changed.clone(), withheld].map(|document| Change::Put(Box::new(document), None));
        let stats = store.update((3..).zip(changes).map(Ok), resources()).unwrap();
        assert_eq!((stats.put, stats.removed, store.reached().unwrap()), (1, 1, 4));
        let view = store.view();
        assert_eq!(view.searcher.num_docs(), 1);
        assert_eq!((holding(&view, "公开信"), holding(&view, "未公开")), (ids(&[]), ids(&[&one])));
        assert_eq!(holding(&view, "施工"), ids(&[]));

        store.update([Ok((5, Change::Remove(one.id)))], resources()).unwrap();
        store.optimize(resources()).unwrap();
        assert_eq!((store.view().searcher.num_docs(), store.reached().unwrap()), (0, 5));
        let none = store.update([], resources()).unwrap();
        assert_eq!((none, store.reached().unwrap()), (Stats::default(), 5));
    }

    #[test]
    fn a_failing_source_leaves_all_as_it_was() {
        let one = document("1", "灵洲市年度报告", "公开。");
        let (_folder, store) = store_of([&one]);
        let failing = puts([&one]).chain([Err(anyhow::anyhow!("no disk"))]);
        let error = store.update(failing, resources()).unwrap_err();
        assert!(matches!(error, StoreError::Source(_)), "{error}");
        let two = document("2", "青岚街道公告", "道路施工。");
        store.update([Ok((7, Change::Put(Box::new(two), None)))], resources()).unwrap();
        assert_eq!((store.view().searcher.num_docs(), store.reached().unwrap()), (2, 7));
    }

    #[test]
    fn a_reader_follows_updates_and_rebuilds() {
        let one = document("1", "灵洲市年度报告", "公开。");
        let two = document("2", "青岚街道公告", "道路施工。");
        let (_folder, writer) = store_of([&one]);
        let reader = Store::open(&writer.root, analyzer()).unwrap();
        assert!(!reader.follow().unwrap());
        let old = reader.view();

        writer.update([Ok((2, Change::Put(Box::new(two.clone()), None)))], resources()).unwrap();
        assert_eq!(reader.view().searcher.num_docs(), 1);
        assert!(reader.follow().unwrap() && !reader.follow().unwrap());
        assert_eq!(reader.view().searcher.num_docs(), 2);

        for _ in 0..3 {
            Store::rebuild(&writer.root, &analyzer(), puts([&two]), resources()).unwrap();
        }
        assert_eq!(holding(&old, "公开"), ids(&[&one]), "an open generation outlives its folder");
        assert!(reader.follow().unwrap());
        let view = reader.view();
        assert_eq!((view.generation.as_str(), view.searcher.num_docs()), ("g000004", 1));
        let folders = fs::read_dir(&writer.root).unwrap().count();
        assert_eq!(folders, 3, "two generations and CURRENT");
    }

    #[test]
    fn another_format_is_refused_with_advice() {
        let one = document("1", "灵洲市年度报告", "公开。");
        let (_folder, store) = store_of([&one]);
        let about = store.root.join("g000001/generation.json");
        fs::write(&about, r#"{"format":0,"dictionary":""}"#).unwrap();
        let error = Store::open(&store.root, analyzer()).err().unwrap();
        assert!(matches!(error, StoreError::OtherFormat { .. }), "{error}");
        assert!(error.to_string().contains("--rebuild"));
        assert!(store.update(puts([&one]), resources()).is_ok(), "it was open already");
        Store::rebuild(&store.root, &analyzer(), puts([&one]), resources()).unwrap();
        assert!(Store::open(&store.root, analyzer()).is_ok());
    }

    #[test]
    fn one_writer_at_a_time() {
        let one = document("1", "灵洲市年度报告", "公开。");
        let (_folder, store) = store_of([&one]);
        let other = writer(&store.view().open, resources()).unwrap();
        assert!(matches!(store.update(puts([&one]), resources()), Err(StoreError::Busy)));
        drop(other);
        assert!(store.update(puts([&one]), resources()).is_ok());
    }
}
