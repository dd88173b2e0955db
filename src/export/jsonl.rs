//! JSON lines: one document a line, the same fields in every line.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::model::{
    Amount, Attachment, CategoryPath, Document, DocumentId, FileKind, FilePart, FileStatus, Moment,
    PageUrl, PublicDate, ReportFigures, Sourced, Status,
};

/// Writes a document as one line of JSON. What is not known is `null`; dates have the precision they were printed with.
///
/// `group` is the first document of the group it belongs to, itself perhaps; `figures` are those of an annual report.
///
/// The line is handed over whole, so a writer that fails leaves no half of it. An error is the writer's own.
pub fn jsonl(
    document: &Document,
    group: Option<DocumentId>,
    figures: Option<&ReportFigures>,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(&Line::of(document, group, figures))?;
    line.push(b'\n');
    to.write_all(&line)
}

/// The fields of a line, in their order. Other programs rely on the names: add, never rename.
#[derive(Serialize)]
struct Line<'d> {
    id: DocumentId,
    external_id: Option<&'d str>,
    url: Option<&'d str>,
    title: &'d str,
    published_date: Option<PublicDate>,
    written_date: Option<PublicDate>,
    /// As printed; where the page names none, the agency that stands behind it.
    issuer: Option<&'d str>,
    agency: Option<&'d str>,
    doc_no: Option<String>,
    index_no: Option<&'d str>,
    category: &'d CategoryPath,
    report_year: Option<i16>,
    text: &'d str,
    attachments: Vec<AttachmentLine<'d>>,
    status: Status,
    /// Since when it is suspected, removed or moved.
    status_since: Option<Moment>,
    /// When its text was last seen to change.
    changed_at: Option<Moment>,
    moved_to: Option<&'d PageUrl>,
    refused_since: Option<Moment>,
    /// `null` when it is alone.
    group: Option<DocumentId>,
    /// Which part of its page or record it is; `null` when it is all of it.
    part: Option<&'d str>,
    /// By id, `null` for blank cells; `null` when it is no annual report.
    figures: Option<BTreeMap<&'d str, Option<Amount>>>,
    /// Which portal it was harvested from, and when its text was captured.
    portal: Option<&'d str>,
    captured_at: Moment,
}

impl<'d> Line<'d> {
    fn of(
        document: &'d Document,
        group: Option<DocumentId>,
        figures: Option<&'d ReportFigures>,
    ) -> Self {
        let by_id = |report: &'d ReportFigures| {
            let figures = report.figures.iter();
            figures.map(|figure| (figure.metric.as_str(), figure.value)).collect()
        };
        Self {
            id: document.id,
            external_id: document.external_id(),
            url: document.url.as_deref(),
            title: &document.title.value,
            published_date: value(document.published_date.as_ref()).copied(),
            written_date: value(document.written_date.as_ref()).copied(),
            issuer: value(document.issuer.as_ref()).map(String::as_str).or(document.agency()),
            agency: document.agency(),
            doc_no: value(document.doc_no.as_ref()).map(ToString::to_string),
            index_no: value(document.index_no.as_ref()).map(String::as_str),
            category: &document.category.value,
            report_year: value(document.report_year.as_ref()).copied(),
            text: &document.text,
            attachments: document.attachments.iter().map(AttachmentLine::of).collect(),
            status: document.status,
            status_since: document.status_since(),
            changed_at: document.standing.changed_at,
            moved_to: document.standing.moved_to.as_ref(),
            refused_since: document.refused_since(),
            group,
            part: Some(document.part.as_str()).filter(|part| !part.is_empty()),
            figures: figures.map(by_id),
            portal: document.portal.as_deref(),
            captured_at: document.captured_at,
        }
    }
}

/// The fields of a file; all but the first two are `null` until it was fetched and read.
#[derive(Serialize)]
struct AttachmentLine<'d> {
    url: &'d str,
    name: &'d str,
    kind: Option<FileKind>,
    bytes: Option<u64>,
    digest: Option<&'d str>,
    status: Option<FileStatus>,
    error: Option<&'d str>,
    text: Option<&'d [FilePart]>,
}

impl<'d> AttachmentLine<'d> {
    fn of(attachment: &'d Attachment) -> Self {
        let file = attachment.file.as_ref();
        let text = file.map(|file| &file.text);
        Self {
            url: &attachment.url,
            name: &attachment.name,
            kind: text.map(|text| text.kind),
            bytes: file.map(|file| file.bytes),
            digest: file.map(|file| file.digest.as_str()),
            status: text.map(|text| text.status),
            error: text.and_then(|text| text.error.as_deref()),
            text: text.map(|text| text.parts.as_slice()),
        }
    }
}

/// The value without its evidence.
fn value<T>(sourced: Option<&Sourced<T>>) -> Option<&T> {
    sourced.map(|sourced| &sourced.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AttachedFile, DocNumber, Evidence, FileText, Origin};

    fn document() -> Document {
        let url = PageUrl::parse("https://www.lingzhou.example/zw/t20200131_7.html").unwrap();
        let origin = Origin::Web { url };
        let title = Sourced::new("关于“清水”行动的通知".into(), Evidence::Heading);
        let text = "各区：\n\n\t请照办。\u{2028}完".into();
        let captured_at = "2020-02-01T00:00:00Z".parse().unwrap();
        Document {
            portal: Some("lingzhou".into()),
            agencies: vec!["灵洲市水利局".into(), "灵洲市农业局".into()],
            doc_no: DocNumber::parse("灵水发[2020]003号")
                .map(|n| Sourced::new(n, Evidence::Heading)),
            written_date: Some(Sourced::new("2020-01".parse().unwrap(), Evidence::SignOff)),
            attachments: vec![
                Attachment::new(
                    "https://www.lingzhou.example/zw/P020200131.pdf".into(),
                    "附件1.pdf".into(),
                ),
                read_attachment(),
            ],
            status: Status::Suspected,
            ..Document::bare(origin, title, text, captured_at)
        }
    }

    fn read_attachment() -> Attachment {
        let part = FilePart { label: String::new(), text: "甲".into() };
        let text = FileText {
            kind: FileKind::Doc,
            status: FileStatus::Partial,
            error: Some("cut".into()),
            parts: vec![part],
        };
        let file = AttachedFile { digest: "sha1:X".into(), bytes: 9, text };
        let url = "https://www.lingzhou.example/zw/2.doc".into();
        Attachment { file: Some(file), ..Attachment::new(url, "附件2".into()) }
    }

    #[test]
    fn a_document_is_one_line_with_all_fields() {
        let mut out = Vec::new();
        jsonl(&document(), Some(document().id), None, &mut out).unwrap();
        jsonl(&document(), Some(document().id), None, &mut out).unwrap();
        let expected = format!(
            "{}{}",
            r#"{"id":"ID","external_id":null,"url":"https://www.lingzhou.example/zw/t20200131_7.html","title":"关于“清水”行动的通知","published_date":null,"written_date":"2020-01","issuer":"灵洲市水利局","agency":"灵洲市水利局","doc_no":"灵水发〔2020〕3号","index_no":null,"category":"other","report_year":null,"text":"各区：\n\n\t请照办。 完","attachments":[{"url":"https://www.lingzhou.example/zw/P020200131.pdf","name":"附件1.pdf","kind":null,"bytes":null,"digest":null,"status":null,"error":null,"text":null},{"url":"https://www.lingzhou.example/zw/2.doc","name":"附件2","kind":"doc","bytes":9,"digest":"sha1:X","status":"partial","error":"cut","text":[{"text":"甲"}]}],"status":"suspected","status_since":null,"changed_at":null,"moved_to":null,"refused_since":null,"group":"ID","part":null,"figures":null,"portal":"lingzhou","captured_at":"2020-02-01T00:00:00Z"}"#
                .replace("ID", document().id.as_str())
                .replace("。 完", "。\u{2028}完"),
            "\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected.repeat(2));
    }

    #[test]
    fn an_imported_document_keeps_its_own_id() {
        let origin = Origin::Import { set: "laws".into(), id: "17".into() };
        let imported = Document { origin, url: None, ..document() };
        let mut out = Vec::new();
        jsonl(&imported, None, None, &mut out).unwrap();
        let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            (line["external_id"].as_str(), &line["url"]),
            (Some("17"), &serde_json::Value::Null)
        );
        assert_eq!(line.as_object().unwrap().len(), 24);
        assert!(line["group"].is_null());
    }
}
