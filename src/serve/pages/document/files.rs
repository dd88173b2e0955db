//! The attachments of a document, with their texts.

use serde::Serialize;

use crate::model::Attachment;
use crate::search::Segment;
use crate::serve::api::web_address;
use crate::serve::pages::document::blocks::{Block, Counter, blocks};

/// An attachment.
#[derive(Debug, Serialize)]
pub(super) struct File {
    name: String,
    url: Option<String>,
    /// Kind and length, as far as known.
    facts: String,
    /// Why not all of it was read.
    error: Option<String>,
    /// Matches in its text.
    marks: usize,
    parts: Vec<Part>,
}

/// A page, sheet or member of it.
#[derive(Debug, Serialize)]
struct Part {
    label: String,
    /// Matches in it, and the number of the first.
    marks: usize,
    first: usize,
    blocks: Vec<Block>,
}

impl File {
    /// An attachment with the paragraphs of its parts, cut where the query matches.
    pub(super) fn new(
        attachment: &Attachment,
        texts: Vec<Vec<Vec<Segment>>>,
        counter: &mut Counter,
    ) -> Self {
        let url = web_address(&attachment.url);
        let name =
            if attachment.name.trim().is_empty() { &attachment.url } else { &attachment.name };
        let facts = attachment.file.as_ref().map(|file| {
            format!("{} {} KB", file.text.kind.as_str().to_uppercase(), file.bytes.div_ceil(1024))
        });
        let error = attachment.file.as_ref().and_then(|file| file.text.error.as_ref());
        let error = error.map(|_| match attachment.parts() {
            [] => "没有读出文字".to_owned(),
            _ => "只读出一部分文字".to_owned(),
        });
        let before = counter.count();
        let mut parts = Vec::with_capacity(texts.len());
        for (part, paragraphs) in attachment.parts().iter().zip(texts) {
            let first = counter.count();
            let blocks = blocks(paragraphs, &[], counter);
            let marks = counter.count() - first;
            parts.push(Part { label: part.label.clone(), marks, first: first + 1, blocks });
        }
        let marks = counter.count() - before;
        Self { name: name.clone(), url, facts: facts.unwrap_or_default(), error, marks, parts }
    }
}
