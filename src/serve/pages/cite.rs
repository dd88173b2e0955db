//! `GET /document/{id}/cite/{form}`: a citation as a file for reference managers.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    http::header,
    response::{IntoResponse, Response},
};

use crate::export::Citation;
use crate::model::{DocumentId, Status};
use crate::serve::app::App;
use crate::serve::pages::document::citation;
use crate::serve::problem::{NOT_FOUND, Problem};

/// The citation of a document in a form: `gbt7714`, `bibtex`, `ris` or `csl`.
pub(super) async fn cite(
    State(app): State<Arc<App>>,
    typed: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let (id, form) = typed.map(|Path(typed)| typed).unwrap_or_default();
    let (Ok(id), Some(form)) = (id.parse::<DocumentId>(), Form::named(&form)) else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "this is no citation of a document"));
    };
    match app.ask(move |library| library.document(&id)).await {
        Ok(Some(document)) if document.status != Status::Withheld => {
            let (kind, ending) = form.words();
            let name = format!("inline; filename=\"gongkai-{id}.{ending}\"");
            let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, &name)];
            (headers, form.text(&citation(&app, &document))).into_response()
        }
        Ok(_) => app.pages.failed(&Problem::new(&NOT_FOUND, "there is no such document")),
        Err(problem) => app.pages.failed(&problem),
    }
}

/// Forms of a citation.
#[derive(Clone, Copy)]
enum Form {
    Gbt7714,
    Bibtex,
    Ris,
    Csl,
}

impl Form {
    fn named(name: &str) -> Option<Self> {
        match name {
            "gbt7714" => Some(Self::Gbt7714),
            "bibtex" => Some(Self::Bibtex),
            "ris" => Some(Self::Ris),
            "csl" => Some(Self::Csl),
            _ => None,
        }
    }

    /// Media type, and the ending of a file.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Gbt7714 => ("text/plain; charset=utf-8", "txt"),
            Self::Bibtex => ("application/x-bibtex; charset=utf-8", "bib"),
            Self::Ris => ("application/x-research-info-systems; charset=utf-8", "ris"),
            Self::Csl => ("application/vnd.citationstyles.csl+json", "json"),
        }
    }

    fn text(self, citation: &Citation) -> String {
        match self {
            Self::Gbt7714 => format!("{}\n", citation.gbt7714()),
            Self::Bibtex => citation.bibtex(),
            Self::Ris => citation.ris(),
            Self::Csl => serde_json::Value::Array(vec![citation.csl()]).to_string(),
        }
    }
}
