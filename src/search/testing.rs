//! A small invented archive for tests, and a slow reference that scans it.

use std::{collections::HashMap, path::Path, sync::Arc};

use crate::analysis::Analyzer;
use crate::index::{Change, Resources, Store};
use crate::model::{
    AttachedFile, Attachment, CategoryPath, DocNumber, Document, DocumentId, Evidence, FileKind,
    FilePart, FileStatus, FileText, Origin, Sourced,
};
use crate::search::{Answer, Engine, Refused, Request, Texts, Weights};
use crate::text::fold;

/// An archive that can be searched and scanned.
pub(super) struct Archive {
    pub(super) engine: Engine,
    pub(super) documents: Documents,
    _folder: tempfile::TempDir,
}

/// Documents by id, in the order given.
pub(super) struct Documents(pub(super) HashMap<DocumentId, Document>);

impl Texts for Documents {
    fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>> {
        Ok(self.0.get(id).cloned())
    }
}

/// A document with a title and a text, known by `id` in its set.
pub(super) fn document(id: &str, title: &str, text: &str) -> Document {
    let origin = Origin::Import { set: "test".to_owned(), id: id.to_owned() };
    let title = Sourced::new(title.to_owned(), Evidence::Import("test".to_owned()));
    Document::bare(origin, title, text.to_owned(), jiff::Timestamp::UNIX_EPOCH)
}

/// Sets what the facets of a document are made of; empty means unknown.
pub(super) fn with_facets(
    mut document: Document,
    category: &str,
    date: &str,
    agency: &str,
) -> Document {
    let import = || Evidence::Import("test".to_owned());
    if let Some(path) = CategoryPath::new(category) {
        document.category = Sourced::new(path, import());
    }
    document.published_date = date.parse().ok().map(|date| Sourced::new(date, import()));
    document.agencies = agency.split_whitespace().map(str::to_owned).collect();
    document
}

/// Gives a document its own number.
pub(super) fn with_number(mut document: Document, number: &str) -> Document {
    document.doc_no = DocNumber::parse(number).map(|n| Sourced::new(n, Evidence::TextHead));
    document
}

impl Archive {
    /// Indexes the documents in several commits, so that there is more than one segment.
    pub(super) fn new(documents: Vec<Document>) -> Self {
        Self::grouped(documents, |_| None)
    }

    /// The same, where some belong to groups; `group` gives the first of a document's group.
    pub(super) fn grouped(
        documents: Vec<Document>,
        group: impl Fn(&Document) -> Option<DocumentId>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder.path().join("index"), &documents, group);
        let engine = Engine::new(Arc::new(store), Weights::default());
        let documents = documents.into_iter().map(|document| (document.id, document)).collect();
        Self { engine, documents: Documents(documents), _folder: folder }
    }

    pub(super) fn ask(&self, request: &Request) -> Result<Answer, Refused> {
        self.engine.search(request, &self.documents)
    }

    /// Ids, as given, of all hits in their order.
    pub(super) fn ids(answer: &Answer) -> Vec<String> {
        let given = |document: &Document| document.external_id().unwrap_or_default().to_owned();
        answer.hits.iter().map(|hit| given(&hit.document)).collect()
    }

    /// Ids of the documents whose title or text passes, by a plain scan of the folded text.
    pub(super) fn scan(&self, passes: impl Fn(&str) -> bool) -> Vec<String> {
        let mut ids: Vec<String> = self
            .documents
            .0
            .values()
            .filter(|document| passes(&folded(document)))
            .map(|document| document.external_id().unwrap_or_default().to_owned())
            .collect();
        ids.sort();
        ids
    }
}

/// The folded text of a document: title, body and each part of each file, with barriers between.
pub(super) fn folded(document: &Document) -> String {
    document.searchable().map(|part| fold(part).text).collect::<Vec<_>>().join("\n")
}

/// Gives a document a file with a page for each text.
pub(super) fn with_file(mut document: Document, name: &str, pages: &[&str]) -> Document {
    let page = |(text, n): (&&str, usize)| FilePart {
        label: format!("第{n}页"),
        text: (*text).to_owned(),
    };
    let parts = pages.iter().zip(1..).map(page).collect();
    let text = FileText { kind: FileKind::Pdf, status: FileStatus::Ok, error: None, parts };
    let mut attachment = Attachment::new("https://www.lingzhou.example/1.pdf".into(), name.into());
    attachment.file = Some(AttachedFile { digest: "sha1:X".into(), bytes: 1, text });
    document.attachments.push(attachment);
    document
}

fn store(
    root: &Path,
    documents: &[Document],
    group: impl Fn(&Document) -> Option<DocumentId>,
) -> Store {
    let words = ["信息公开", "灵洲市", "青岚"].map(|word| (word.to_owned(), None));
    let store = Store::open(root, Arc::new(Analyzer::new(words))).unwrap();
    let resources = Resources { threads: 1, memory: 15_000_000, waiting: 1_000_000 };
    let half = documents.len().div_ceil(2).max(1);
    let mut sequence = 0;
    for part in documents.chunks(half) {
        let changes: Vec<_> = part
            .iter()
            .map(|document| {
                sequence += 1;
                Ok((sequence, Change::Put(Box::new(document.clone()), group(document))))
            })
            .collect();
        store.update(changes, resources).unwrap();
    }
    store
}
