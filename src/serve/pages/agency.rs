//! `GET /agency/{name}`: one agency: its documents, its annual reports, what it was before and became.

use std::sync::Arc;

use axum::{
    extract::{Path, State, rejection::PathRejection},
    response::Response,
};
use serde::Serialize;

use crate::figures::{Ledger, LedgerQuestion};
use crate::search::{Answer, Facet};
use crate::serve::app::App;
use crate::serve::library::Renames;
use crate::serve::pages::cards::Card;
use crate::serve::pages::filters::{YearBar, bars};
use crate::serve::pages::ledger::Cell;
use crate::serve::pages::lists::{Entry, cards, entries, holding};
use crate::serve::pages::templates::Pages;
use crate::serve::problem::{NOT_FOUND, Problem};
use crate::serve::question::{Question, SortName};

/// Documents that are listed; the search has the rest.
const LISTED: usize = 10;

/// The page of an agency, by its plain name.
pub(super) async fn agency(
    State(app): State<Arc<App>>,
    name: Result<Path<String>, PathRejection>,
) -> Response {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    let asked = name.clone();
    let found = app.blocking(move |library| {
        let answer = holding(library, Facet::Agency, &asked, LISTED)?;
        let question =
            LedgerQuestion { agencies: vec![asked.clone()], ..LedgerQuestion::default() };
        let ledger = library.ledger(&question).map_err(|error| Problem::internal(&error))?;
        Ok((answer, ledger, library.renames(&asked)))
    });
    let found: Result<_, Problem> = found.await.map_err(Problem::from).and_then(|found| found);
    match found {
        Ok((answer, ledger, renames)) if answer.total > 0 || !ledger.rows.is_empty() => {
            let view = View::new(&app.pages, name, answer, &ledger, renames);
            app.pages.page("agency.html", view)
        }
        Ok(_) => app.pages.failed(&Problem::new(&NOT_FOUND, "no document is of this agency")),
        Err(problem) => app.pages.failed(&problem),
    }
}

/// The address of an agency's page.
pub(super) fn agency_link(name: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("/agency/{}", name.replace('+', "%20"))
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    name: String,
    total: u64,
    /// Its documents in the search, newest first.
    all: String,
    /// The same for a feed.
    query: String,
    documents: Vec<Card>,
    categories: Vec<Entry>,
    years: Vec<YearBar>,
    before: Vec<Named>,
    after: Vec<Named>,
    reports: Vec<Reported>,
}

/// Another agency.
#[derive(Debug, Serialize)]
struct Named {
    name: String,
    link: String,
}

/// The report of one year.
#[derive(Debug, Serialize)]
struct Reported {
    year: i16,
    #[serde(flatten)]
    cell: Cell,
}

impl View {
    fn new(
        pages: &Pages,
        name: String,
        mut answer: Answer,
        ledger: &Ledger,
        renames: Renames,
    ) -> Self {
        let question = Question { agency: vec![name.clone()], ..Question::default() };
        let named = |names: Vec<String>| {
            let one = |name: String| Named { link: agency_link(&name), name };
            names.into_iter().map(one).collect()
        };
        let row = ledger.rows.iter().find(|row| row.agency == name);
        let cells = row.iter().flat_map(|row| &row.cells).rev();
        let reports = cells
            .map(|cell| Reported { year: cell.year, cell: Cell::new(&pages.glossary, cell) })
            .collect();
        Self {
            q: "",
            name,
            total: answer.total,
            all: question.sorted(SortName::Newest).link(),
            query: question.query(),
            documents: cards(pages, &mut answer),
            years: bars(&question, answer.facets.of(Facet::Year)),
            categories: entries(pages, &question, Facet::Category, &mut answer),
            before: named(renames.before),
            after: named(renames.after),
            reports,
        }
    }
}
