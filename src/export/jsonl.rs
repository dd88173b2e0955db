//! JSON lines: one document a line, the same fields in every line.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{
    Attachment, CategoryPath, Document, DocumentId, Moment, PageUrl, PublicDate, Sourced, Status,
};

/// Writes a document as one line of JSON. What is not known is `null`; dates have the precision they were printed with.
///
/// The line is handed over whole, so a writer that fails leaves no half of it. An error is the writer's own.
pub fn jsonl(document: &Document, to: &mut impl Write) -> io::Result<()> {
    let mut line = serde_json::to_vec(&Line::of(document))?;
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
    attachments: &'d [Attachment],
    status: Status,
    /// Since when it is suspected, removed or moved.
    status_since: Option<Moment>,
    /// When its text was last seen to change.
    changed_at: Option<Moment>,
    moved_to: Option<&'d PageUrl>,
}

impl<'d> Line<'d> {
    fn of(document: &'d Document) -> Self {
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
            attachments: &document.attachments,
            status: document.status,
            status_since: document.standing.since,
            changed_at: document.standing.changed_at,
            moved_to: document.standing.moved_to.as_ref(),
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
    use crate::model::{DocNumber, Evidence, Origin};

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
            attachments: vec![Attachment {
                url: "https://www.lingzhou.example/zw/P020200131.pdf".into(),
                name: "附件1.pdf".into(),
            }],
            status: Status::Suspected,
            ..Document::bare(origin, title, text, captured_at)
        }
    }

    #[test]
    fn a_document_is_one_line_with_all_fields() {
        let mut out = Vec::new();
        jsonl(&document(), &mut out).unwrap();
        jsonl(&document(), &mut out).unwrap();
        let expected = format!(
            "{}{}",
            r#"{"id":"ID","external_id":null,"url":"https://www.lingzhou.example/zw/t20200131_7.html","title":"关于“清水”行动的通知","published_date":null,"written_date":"2020-01","issuer":"灵洲市水利局","agency":"灵洲市水利局","doc_no":"灵水发〔2020〕3号","index_no":null,"category":"other","report_year":null,"text":"各区：\n\n\t请照办。 完","attachments":[{"url":"https://www.lingzhou.example/zw/P020200131.pdf","name":"附件1.pdf"}],"status":"suspected","status_since":null,"changed_at":null,"moved_to":null}"#
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
        jsonl(&imported, &mut out).unwrap();
        let line: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            (line["external_id"].as_str(), &line["url"]),
            (Some("17"), &serde_json::Value::Null)
        );
        assert_eq!(line.as_object().unwrap().len(), 18);
    }
}
