//! `GET /api/v1/documents/{id}`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    http::HeaderMap,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{
    Attachment, Document, DocumentId, Evidence, FilePart, Relations, Sourced, Status,
};
use crate::serve::api::relations::RelationsAnswer;
use crate::serve::api::{Answered, Otherwise, document_id, tagged_json, takes_none, wire};
use crate::serve::app::App;
use crate::serve::library::VersionMark;
use crate::serve::problem::{NOT_FOUND, Problem};

/// Read a document.
///
/// All fields, which place of the page gave each of them, attachments, and the list of versions. Documents that
/// their portal removed are still here and say so in `status`.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{id}",
    operation_id = "document",
    tag = "documents",
    params(("id" = String, Path, description = "Id of the document", example = "x33t8c9ab24dtk28",
        pattern = "^[0-9a-zA-Z]{16}$")),
    responses(
        (status = 200, description = "The document", body = DocumentAnswer),
        (status = 400, description = "The id is none, or a parameter is unknown",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such document",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn document(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answered {
    takes_none(query.as_deref())?;
    let typed = id.map(|Path(id)| id).unwrap_or_default();
    let id = document_id(&typed)?;
    let found = app
        .ask(move |library| {
            let document = library.document(&id)?.filter(|d| d.status != Status::Withheld);
            let whole = |document: Document| {
                let (relations, siblings) = (library.relations(&id)?, library.siblings(&document)?);
                Ok((document, library.versions(&id)?, relations, siblings))
            };
            document.map(whole).transpose()
        })
        .await?;
    let (document, versions, relations, siblings) =
        found.ok_or_else(|| Problem::new(&NOT_FOUND, format!("there is no document `{id}`")))?;
    tagged_json(&headers, &DocumentAnswer::new(document, versions, relations, &siblings))
}

/// A document with everything known about it; unknown is null, never a guess.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentAnswer {
    /// Stable id.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    /// The id that an import gave.
    external_id: Option<String>,
    /// The publisher's page; only web addresses are given.
    #[schema(format = "uri")]
    url: Option<String>,
    /// Portal it was harvested from.
    portal: Option<String>,
    /// GB/T 2260 code of the region it is about.
    region: Option<String>,
    /// The title as published.
    title: String,
    /// The text; paragraphs are parted by blank lines.
    text: String,
    /// Who issued it, as printed.
    issuer: Option<String>,
    /// Where the portal says it took the text from (来源), as printed.
    source: Option<String>,
    /// The agency shown: the first of `agencies`.
    agency: Option<String>,
    /// The agencies meant, by their plain names.
    agencies: Vec<String>,
    /// Its document number (文号), normalised.
    doc_no: Option<String>,
    /// Index number (索引号).
    index_no: Option<String>,
    /// Theme class (主题分类) as printed.
    theme: Option<String>,
    /// The official theme class it stands for, with `/` before its sub-class.
    theme_class: Option<String>,
    /// Genre (体裁) as printed.
    genre: Option<String>,
    /// Whether it is in force (有效性), as printed.
    validity: Option<String>,
    /// Category path.
    category: String,
    /// The portal's own words for the category, outermost first.
    category_labels: Vec<String>,
    /// When it was signed (成文日期): `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    written_date: Option<String>,
    /// When it was published (发布日期): `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    published_date: Option<String>,
    /// The year an annual report is about.
    report_year: Option<i16>,
    /// Report year, else year of the written, else of the published date, else as imported.
    year: Option<i16>,
    /// Files that belong to it.
    attachments: Vec<AttachmentAnswer>,
    /// Whether it is still published.
    status: wire::Status,
    /// Since when it is suspected, removed or moved, UTC: the first check that found it so.
    #[schema(format = DateTime)]
    status_since: Option<String>,
    /// Since when its portal refuses to show us its page (a shield, a login page), UTC: it may be there and is not
    /// checked; `captured_at` says of when the copy is.
    #[schema(format = DateTime)]
    refused_since: Option<String>,
    /// When its text was last seen to change, UTC; `null` while it is the one first kept.
    #[schema(format = DateTime)]
    changed_at: Option<String>,
    /// Where it moved to.
    #[schema(format = "uri")]
    moved_to: Option<String>,
    /// When it was captured, UTC.
    #[schema(format = DateTime)]
    captured_at: String,
    /// For each field that is known, which place of the page gave it.
    evidence: BTreeMap<&'static str, EvidenceAnswer>,
    /// What was odd about the page.
    warnings: Vec<WarningAnswer>,
    /// Its versions, oldest first.
    versions: Vec<VersionAnswer>,
    #[serde(flatten)]
    relations: RelationsAnswer,
    /// Which part of its page or record it is, by what it says; null when it is all of it.
    part: Option<String>,
    /// The other documents of that page.
    siblings: Vec<SiblingAnswer>,
}

/// Another document of the same page.
#[derive(Debug, Serialize, ToSchema)]
struct SiblingAnswer {
    /// Stable id.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    /// Its title.
    title: String,
}

/// A file that belongs to a document.
#[derive(Debug, Serialize, ToSchema)]
struct AttachmentAnswer {
    /// Its name as printed.
    name: String,
    /// Where it is; only web addresses are given.
    #[schema(format = "uri")]
    url: Option<String>,
    /// What the bytes are: `pdf`, `docx`, `doc`, `xlsx`, `xls`, `ofd`, `zip` …; null until it was fetched.
    #[schema(value_type = Option<String>, example = "pdf")]
    kind: Option<&'static str>,
    /// Length in bytes.
    bytes: Option<u64>,
    /// Digest of the bytes.
    digest: Option<String>,
    /// Whether its text was read: `ok`, `partial`, `error`; null until it was fetched.
    #[schema(value_type = Option<String>, example = "ok")]
    status: Option<&'static str>,
    /// Why not all of it was read.
    error: Option<String>,
    /// Its text by pages, sheets or members.
    text: Vec<AttachmentPart>,
}

/// A part of a file.
#[derive(Debug, Serialize, ToSchema)]
struct AttachmentPart {
    /// Page, sheet or member, as people are told it; empty where the file has none.
    label: String,
    /// Its text; paragraphs are parted by blank lines, cells of a row by tabs.
    text: String,
}

/// Which place of the page gave a field.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct EvidenceAnswer {
    /// Kind of place: `selector`, `meta`, `box`, `line`, `heading`, `list`, `sign_off`, `import` …
    #[schema(value_type = String)]
    from: &'static str,
    /// Which one, where the kind has several.
    what: Option<String>,
}

/// Something odd about the page.
#[derive(Debug, Serialize, ToSchema)]
struct WarningAnswer {
    /// The kind, such as `body_truncated`.
    code: String,
    /// What was seen.
    detail: String,
}

/// A version of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionAnswer {
    /// Its number, from 1.
    #[schema(minimum = 1)]
    number: usize,
    /// When it was captured first, UTC.
    #[schema(format = DateTime)]
    captured_at: String,
    /// Its title.
    title: String,
    /// SHA-256 of its text (UTF-8), in hexadecimal.
    digest: String,
}

impl DocumentAnswer {
    fn new(
        document: Document,
        versions: Vec<VersionMark>,
        relations: Relations,
        siblings: &[Document],
    ) -> Self {
        let evidence = evidence(&document);
        let (status_since, refused_since) = (document.status_since(), document.refused_since());
        Self {
            id: document.id,
            external_id: document.external_id().map(str::to_owned),
            agency: document.agency().map(str::to_owned),
            year: document.year(),
            url: document.url.as_deref().and_then(wire::web_address),
            portal: document.portal,
            region: value(document.region),
            title: document.title.value,
            text: document.text,
            issuer: value(document.issuer),
            source: value(document.source),
            agencies: document.agencies,
            doc_no: printed(document.doc_no),
            index_no: value(document.index_no),
            theme: value(document.theme),
            theme_class: value(document.theme_class),
            genre: value(document.genre),
            validity: value(document.validity),
            category: document.category.value.to_string(),
            category_labels: document.category_labels,
            written_date: printed(document.written_date),
            published_date: printed(document.published_date),
            report_year: value(document.report_year),
            attachments: document.attachments.into_iter().map(AttachmentAnswer::from).collect(),
            status: document.status.into(),
            status_since: status_since.map(|at| at.to_string()),
            refused_since: refused_since.map(|at| at.to_string()),
            changed_at: document.standing.changed_at.map(|at| at.to_string()),
            moved_to: document.standing.moved_to.as_ref().map(ToString::to_string),
            captured_at: document.captured_at.to_string(),
            evidence,
            warnings: document
                .warnings
                .into_iter()
                .map(|w| WarningAnswer { code: w.code, detail: w.detail })
                .collect(),
            versions: versions.into_iter().map(VersionAnswer::from).collect(),
            relations: relations.into(),
            part: Some(document.part).filter(|part| !part.is_empty()),
            siblings: siblings
                .iter()
                .filter(|other| other.status != Status::Withheld)
                .map(|other| SiblingAnswer { id: other.id, title: other.title.value.clone() })
                .collect(),
        }
    }
}

fn value<T>(sourced: Option<Sourced<T>>) -> Option<T> {
    sourced.map(|sourced| sourced.value)
}

fn printed<T: ToString>(sourced: Option<Sourced<T>>) -> Option<String> {
    sourced.map(|sourced| sourced.value.to_string())
}

fn evidence(document: &Document) -> BTreeMap<&'static str, EvidenceAnswer> {
    fn of<T>(sourced: Option<&Sourced<T>>) -> Option<&Evidence> {
        sourced.map(|sourced| &sourced.evidence)
    }
    let fields = [
        ("title", Some(&document.title.evidence)),
        ("issuer", of(document.issuer.as_ref())),
        ("source", of(document.source.as_ref())),
        ("doc_no", of(document.doc_no.as_ref())),
        ("index_no", of(document.index_no.as_ref())),
        ("theme", of(document.theme.as_ref())),
        ("genre", of(document.genre.as_ref())),
        ("validity", of(document.validity.as_ref())),
        ("category", Some(&document.category.evidence)),
        ("written_date", of(document.written_date.as_ref())),
        ("published_date", of(document.published_date.as_ref())),
        ("report_year", of(document.report_year.as_ref())),
        ("region", of(document.region.as_ref())),
    ];
    let known = |(name, evidence): (_, Option<&Evidence>)| Some((name, evidence?.into()));
    fields.into_iter().filter_map(known).collect()
}

impl From<&Evidence> for EvidenceAnswer {
    fn from(evidence: &Evidence) -> Self {
        let (from, what) = wire::evidence_words(evidence);
        Self { from, what: what.map(str::to_owned) }
    }
}

impl From<Attachment> for AttachmentAnswer {
    fn from(attachment: Attachment) -> Self {
        let url = wire::web_address(&attachment.url);
        let Attachment { name, file, .. } = attachment;
        let read = file.as_ref().map(|file| &file.text);
        let part =
            |part: &FilePart| AttachmentPart { label: part.label.clone(), text: part.text.clone() };
        Self {
            name,
            url,
            kind: read.map(|read| read.kind.as_str()),
            bytes: file.as_ref().map(|file| file.bytes),
            digest: file.as_ref().map(|file| file.digest.clone()),
            status: read.map(|read| read.status.as_str()),
            error: read.and_then(|read| read.error.clone()),
            text: read.map_or(&[][..], |read| &read.parts).iter().map(part).collect(),
        }
    }
}

impl From<VersionMark> for VersionAnswer {
    fn from(version: VersionMark) -> Self {
        Self {
            number: version.number,
            captured_at: version.captured_at.to_string(),
            title: version.title,
            digest: version.digest,
        }
    }
}
