//! Documents of the catalogue, or those that a question lists, as rows, lines or citations.

use std::{collections::HashMap, io::Write};

use anyhow::bail;

use crate::catalogue::{Catalogue, Filter, Leaders};
use crate::cli::export::unmasked::Originals;
use crate::cli::export::{Args, Format};
use crate::cli::library::Shelves;
use crate::cli::{Globals, curated, store};
use crate::export::{
    self, Citation, CitationForm, Citations, DOCUMENT_COLUMNS, DOCUMENT_COLUMNS_WITH_TEXT, RowForm,
    RowWriter, document_row, rows,
};
use crate::model::{Document, Status};
use crate::search::Request;

/// Writes the documents in the form that is asked for.
pub(super) fn write<W: Write + Send>(
    globals: &Globals,
    args: &Args,
    out: &mut W,
) -> anyhow::Result<()> {
    let catalogue = store::catalogue(globals)?;
    let mut sink = Sink::begin(globals, args, &catalogue, out)?;
    match &args.query {
        Some(query) => of_question(globals, query, &mut |document| sink.put(document, None))?,
        None => of_catalogue(globals, args, &catalogue, &mut sink)?,
    }
    sink.end()
}

fn of_catalogue<W: Write + Send>(
    globals: &Globals,
    args: &Args,
    catalogue: &Catalogue,
    sink: &mut Sink<'_, W>,
) -> anyhow::Result<()> {
    let portal = args.chosen.portal.clone();
    let filter = Filter { statuses: args.status.statuses().to_vec(), portal };
    let leaders = catalogue.leaders()?;
    let originals = args.unmasked.then(|| Originals::open(globals)).transpose()?;
    catalogue.for_each(&filter, |document| {
        if !args.chosen.wants(document.captured_at) {
            return Ok(());
        }
        match &originals {
            Some(originals) => sink.put(&originals.of(document)?, Some(&leaders)),
            None => sink.put(&document, Some(&leaders)),
        }
    })
}

/// Every document that a question lists, in the order of the answer.
fn of_question(
    globals: &Globals,
    query: &str,
    take: &mut dyn FnMut(&Document) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let config = curated::load(globals).config;
    let shelves = Shelves::open(globals, &config, Vec::new())?;
    let request = Request { query: query.to_owned(), ..Request::default() };
    for id in shelves.engine.all(&request)? {
        if let Some(document) = shelves.texts().document(&id?)? {
            take(&document)?;
        }
    }
    Ok(())
}

/// Where documents go.
enum Sink<'w, W: Write + Send> {
    Lines { catalogue: &'w Catalogue, out: &'w mut W },
    Rows { writer: Box<dyn RowWriter + 'w>, with_text: bool },
    Citations { citations: Citations<&'w mut W>, portals: HashMap<String, String> },
}

impl<'w, W: Write + Send> Sink<'w, W> {
    fn begin(
        globals: &Globals,
        args: &Args,
        catalogue: &'w Catalogue,
        out: &'w mut W,
    ) -> anyhow::Result<Self> {
        let form = match args.format {
            Format::Csv => RowForm::Csv { bom: args.bom },
            Format::Xlsx => RowForm::Xlsx,
            Format::Parquet => RowForm::Parquet,
            Format::Jsonl => return Ok(Self::Lines { catalogue, out }),
            Format::Bibtex => return Self::citations(globals, CitationForm::Bibtex, out),
            Format::Ris => return Self::citations(globals, CitationForm::Ris, out),
            Format::Csljson => return Self::citations(globals, CitationForm::CslJson, out),
            Format::Warc | Format::Cdxj | Format::Wacz => bail!("captures are no documents"),
        };
        let with_text = form == RowForm::Parquet;
        let columns: &'static [_] =
            if with_text { &DOCUMENT_COLUMNS_WITH_TEXT } else { &DOCUMENT_COLUMNS };
        Ok(Self::Rows { writer: rows(form, columns, &[], out)?, with_text })
    }

    fn citations(globals: &Globals, form: CitationForm, out: &'w mut W) -> anyhow::Result<Self> {
        let portals = curated::load(globals).config.portals.into_iter();
        Ok(Self::Citations {
            citations: Citations::begin(form, out)?,
            portals: portals.map(|portal| (portal.id, portal.name)).collect(),
        })
    }

    /// Takes a document; `leaders` are the first ones of all groups where they are known already.
    fn put(&mut self, document: &Document, leaders: Option<&Leaders>) -> anyhow::Result<()> {
        if document.status == Status::Withheld {
            return Ok(());
        }
        match self {
            Self::Rows { writer, with_text } => writer.put(&document_row(document, *with_text)),
            Self::Citations { citations, portals } => {
                let site = document.portal.as_ref().and_then(|id| portals.get(id)).cloned();
                Ok(citations.put(&Citation::of(document, site, document.url.clone()))?)
            }
            Self::Lines { catalogue, out } => {
                let group = match leaders {
                    Some(leaders) => leaders.get(&document.id).copied(),
                    None => catalogue.leader(&document.id)?,
                };
                let report = catalogue.report(&document.id)?;
                let figures = report.as_ref().map(|report| &report.figures);
                Ok(export::jsonl(document, group, figures, *out)?)
            }
        }
    }

    fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Lines { out, .. } => Ok(out.flush()?),
            Self::Rows { writer, .. } => writer.end(),
            Self::Citations { citations, .. } => Ok(citations.end()?),
        }
    }
}
