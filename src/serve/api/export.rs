//! `GET /api/v1/search/export`: everything that a question lists, as a file.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use crate::export::{
    Citation, CitationForm, Citations, DOCUMENT_COLUMNS, DOCUMENT_COLUMNS_WITH_TEXT, RowForm,
    document_row, jsonl, rows,
};
use crate::model::{Document, DocumentId, Status};
use crate::serve::api::given::{Given, about};
use crate::serve::api::{Answered, Otherwise, web_address};
use crate::serve::app::App;
use crate::serve::download::{Download, Pieces};
use crate::serve::library::{Found, Library};
use crate::serve::parameters::Fault;
use crate::serve::problem::Problem;
use crate::serve::question::Question;

/// The forms, the first by default.
const FORMS: [&str; 7] = ["csv", "jsonl", "xlsx", "parquet", "bibtex", "ris", "csljson"];

/// Export a search.
///
/// Every document that `/api/v1/search` counts in `total` for the same question, in the same order, one row each; `page`,
/// `size` and `facet_query` may be given and do not matter. Rows have the fields of the document with their evidence,
/// its portal and the time of its capture. `jsonl` has the lines of `gongkai export`, with text and figures; `parquet`
/// has the text in its last column; `bibtex`, `ris` and `csljson` are citations. Documents that were closed after the
/// index was made are left out. A file that breaks off ends without its last piece, so that programs notice.
#[utoipa::path(
    get,
    path = "/api/v1/search/export",
    operation_id = "export_search",
    tag = "documents",
    params(
        Question,
        ("format" = Option<String>, Query, description = "`csv` (default), `jsonl`, `xlsx` (at most 200,000 rows), \
            `parquet`, `bibtex`, `ris` or `csljson`"),
        ("bom" = Option<String>, Query, description = "With `csv`: `true` begins with a byte order mark, for Excel"),
    ),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/csv"), (String = "application/x-ndjson"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/vnd.apache.parquet"), (String = "application/x-bibtex"),
            (String = "application/x-research-info-systems"),
            (String = "application/vnd.citationstyles.csl+json"))),
        (status = 400, description = "A parameter is unknown or bad, or a limit is passed; `parameter` names it",
            body = Problem, content_type = "application/problem+json"),
        Otherwise,
    )
)]
pub(super) async fn export(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answered {
    let query = query.unwrap_or_default();
    let is_own = |part: &&str| matches!(part.split('=').next(), Some("format" | "bom"));
    let (own, asked): (Vec<&str>, Vec<&str>) = query.split('&').partition(is_own);
    let form = Form::of(&Given::read(Some(&own.join("&")), &["format", "bom"])?)?;
    let (question, faults) = Question::read(&asked.join("&"));
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault.into());
    }
    let file = Download {
        media_type: form.media_type(),
        name: format!("gongkai-search.{}", form.ending()),
    };
    let request = question.request();
    let facts = about("/api/v1/search", &asked.join("&"));
    let prepare = move |library: &dyn Library| -> Result<Found, Problem> {
        let found = library.all(&request)?;
        if let Form::Rows(form) = form {
            form.check(found.len() as u64).map_err(|said| Fault::limit("format", said))?;
        }
        Ok(found)
    };
    let names = Arc::clone(&app);
    let write = move |library: &dyn Library, found: Found, to: &mut Pieces| match form {
        Form::Rows(form) => write_rows(form, library, found, &facts, to),
        Form::Citations(form) => write_citations(form, library, found, &names, to),
    };
    let mut response: Response = app.download(file, prepare, write).await?;
    // A question may be anybody's own; no cache between keeps its answer.
    response.headers_mut().insert(
        axum::http::header::CACHE_CONTROL,
        axum::http::HeaderValue::from_static("private, no-cache"),
    );
    Ok(response)
}

#[derive(Clone, Copy)]
enum Form {
    Rows(RowForm),
    Citations(CitationForm),
}

impl Form {
    fn of(given: &Given) -> Result<Self, Fault> {
        let name = given.word("format", &FORMS)?;
        let bom = given.word("bom", &["false", "true"])? == "true";
        let rows = || RowForm::named(name, bom).map(Self::Rows);
        let form = CitationForm::named(name).map(Self::Citations).or_else(rows);
        form.ok_or_else(|| Fault::value("format", "`format`: no such form"))
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Rows(form) => form.media_type(),
            Self::Citations(form) => form.media_type(),
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Rows(form) => form.ending(),
            Self::Citations(form) => form.ending(),
        }
    }
}

fn write_citations(
    form: CitationForm,
    library: &dyn Library,
    found: Found,
    names: &App,
    to: &mut Pieces,
) -> anyhow::Result<()> {
    let mut citations = Citations::begin(form, to)?;
    each(library, found, |document| {
        let site = document.portal.as_deref().map(|id| names.pages.portal(id).to_owned());
        let address = document.url.as_deref().and_then(web_address);
        Ok(citations.put(&Citation::of(document, site, address))?)
    })?;
    Ok(citations.end()?)
}

fn write_rows(
    form: RowForm,
    library: &dyn Library,
    found: Found,
    about: &[(&str, String)],
    to: &mut Pieces,
) -> anyhow::Result<()> {
    if form == RowForm::Jsonl {
        return each(library, found, |document| {
            let group = library.leader(&document.id)?;
            let report = library.report(&document.id)?;
            Ok(jsonl(document, group, report.as_ref().map(|report| &report.figures), to)?)
        });
    }
    let with_text = form == RowForm::Parquet;
    let columns: &'static [_] =
        if with_text { &DOCUMENT_COLUMNS_WITH_TEXT } else { &DOCUMENT_COLUMNS };
    let mut writer = rows(form, columns, about, to)?;
    each(library, found, |document| writer.put(&document_row(document, with_text)))?;
    writer.end()
}

/// Reads the documents one by one; what was closed meanwhile is passed over.
fn each(
    library: &dyn Library,
    found: impl Iterator<Item = anyhow::Result<DocumentId>>,
    mut take: impl FnMut(&Document) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for id in found {
        match library.document(&id?)? {
            Some(document) if document.status != Status::Withheld => take(&document)?,
            _ => {}
        }
    }
    Ok(())
}
