//! Figures of annual reports that a curator corrected: `index/corrections.toml`.

use crate::config::{
    reader::Reader,
    value::{day, document_id, figure, text},
};
use crate::model::{Amount, Correction, DocumentId};

/// One corrected figure.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrectionEntry {
    /// The report.
    pub document: DocumentId,
    /// The id of the figure.
    pub metric: String,
    /// What is printed; `None`: nothing.
    pub value: Option<Amount>,
    /// Why, who, and when; what was read is not known here.
    pub said: Correction,
}

impl CorrectionEntry {
    /// Reads the file.
    pub(super) fn read_all(file: &mut Reader<'_>) -> Vec<Self> {
        let mut entries: Vec<Self> = Vec::new();
        file.tables("correction", |table| {
            let Some(entry) = Self::read(table) else { return };
            let same =
                |other: &Self| other.document == entry.document && other.metric == entry.metric;
            if entries.iter().any(same) {
                let found = format!("{:?} of this document a second time", entry.metric);
                return table.mistake("metric", found, "every figure once");
            }
            entries.push(entry);
        });
        entries
    }

    fn read(table: &mut Reader<'_>) -> Option<Self> {
        let document = table.required("document", &document_id());
        let metric = table.required("metric", &text("the id of a figure"));
        let value = table.required("value", &figure());
        let reason = table.required("reason", &text("why what was read is wrong"));
        let by = table.required("by", &text("who says so"));
        let on = table.required("on", &day("the day it was said, such as 2026-11-22"));
        let said = Correction { read: None, reason: reason?, by: by?, on: on?.to_string() };
        Some(Self { document: document?, metric: metric?, value: value?, said })
    }
}
