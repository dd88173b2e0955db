//! Engine and catalogue as one: what `search`, `serve` and `eval` ask.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::analysis::Diff;
use crate::catalogue::{
    CaptureRow, Catalogue, Changed, ChangesWanted, FigureQuery, Holding, Places, Report, Reported,
    State, Version,
};
use crate::cli::facts::Facts;
use crate::cli::heirs::KeptSuccession;
use crate::cli::{Globals, clock, figures, index, other_ways, store};
use crate::config::{Config, Ranking};
use crate::figures::{self as judged, CompareQuestion, Comparison, Ledger, LedgerQuestion};
use crate::index::Store;
use crate::model::{
    Attachment, Check, Document, DocumentId, FilePart, Moment, PageUrl, Relations, Status,
    is_within, paragraphs,
};
use crate::resolve::Book;
use crate::search::{
    Answer, Candidate, Engine, Explanation, Facet, Names, Refused, Request, Similar, Suggestion,
    Texts, Weights,
};
use crate::serve::{
    CaptureMark, Changes, Found, Health, Highlighted, Library, Renames, Suggested, VersionMark,
};

/// What can be read of one data folder.
pub(crate) struct Shelves {
    pub(crate) engine: Engine,
    texts: CatalogueTexts,
    /// What a ledger is judged by.
    facts: Facts,
    succession: KeptSuccession,
    config: Config,
    /// What the crawler knows; it may not be there, as where all was imported elsewhere.
    state: PathBuf,
    /// What the operator should know, such as mistakes in curated files.
    concerns: Mutex<Vec<String>>,
}

/// Texts read from the catalogue.
struct CatalogueTexts(Catalogue);

impl Texts for CatalogueTexts {
    /// What was withheld a moment ago may still be indexed; it is never shown.
    fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>> {
        Ok(self.0.document(id)?.filter(|document| document.status != Status::Withheld))
    }
}

impl Shelves {
    /// Opens index and catalogue for reading.
    pub(crate) fn open(
        globals: &Globals,
        config: &Config,
        concerns: Vec<String>,
    ) -> anyhow::Result<Self> {
        let analyzer = Arc::new(index::analyzer(config));
        let catalogue = store::catalogue(globals)?;
        let store = Store::open(&globals.data.join("index"), analyzer)?;
        Ok(Self {
            engine: Engine::new(Arc::new(store), weights(&config.ranking))
                .with_names(names(config))
                .with_synonyms(other_ways::synonyms(config)),
            texts: CatalogueTexts(catalogue),
            facts: Facts::of(&globals.data),
            succession: KeptSuccession::default(),
            config: config.clone(),
            state: globals.data.join("state.sqlite"),
            concerns: Mutex::new(concerns),
        })
    }

    /// Where the documents of hits are read from.
    pub(crate) fn texts(&self) -> &dyn Texts {
        &self.texts
    }

    /// Looks for a new generation or commit of the index; an error is remembered as a concern until it is over.
    pub(crate) fn follow(&self) {
        let mut concerns = self.concerns.lock().unwrap_or_else(PoisonError::into_inner);
        concerns.retain(|concern| !concern.starts_with(INDEX_CONCERN));
        if let Err(error) = self.engine.store().follow() {
            concerns.push(format!("{INDEX_CONCERN}{error:#}"));
        }
        // A question that finds the words unread reads them itself, and tells the error.
        let _read = self.engine.warm();
    }
}

/// Renames in a row that are followed; a curated list that goes in circles ends here.
const MOST_HEIRS: usize = 10;
/// How concerns about the index begin.
const INDEX_CONCERN: &str = "index: ";

impl Changes for Shelves {
    fn now(&self) -> Moment {
        clock::now()
    }

    fn changes(&self, wanted: &ChangesWanted) -> anyhow::Result<Vec<Changed>> {
        self.texts.0.changes(wanted)
    }

    fn last_change_of(&self, id: &DocumentId) -> anyhow::Result<Option<Changed>> {
        self.texts.0.last_change_of(id)
    }

    fn first_change_at(&self) -> anyhow::Result<Option<Moment>> {
        self.texts.0.first_change_at()
    }

    fn places(&self, part: usize, rows_of_a_part: usize) -> anyhow::Result<Places> {
        self.texts.0.places(part, rows_of_a_part)
    }

    fn parts_of_places(&self, rows_of_a_part: usize) -> anyhow::Result<usize> {
        self.texts.0.parts_of_places(rows_of_a_part)
    }
}

impl Library for Shelves {
    fn search(&self, request: &Request) -> Result<Answer, Refused> {
        let mut answer = self.engine.search(request, &self.texts)?;
        let book = Book::new(&self.config.regions, &self.config.agencies);
        for agency in answer.facets.of_mut(Facet::Agency) {
            agency.region = book.agency(&agency.value, None, None).region;
        }
        Ok(answer)
    }

    fn all(&self, request: &Request) -> Result<Found, Refused> {
        Ok(Box::new(self.engine.all(request)?))
    }

    fn leader(&self, id: &DocumentId) -> anyhow::Result<Option<DocumentId>> {
        self.texts.0.leader(id)
    }

    fn explain(&self, request: &Request, id: &DocumentId) -> Result<Explanation, Refused> {
        self.engine.explain(request, id, &self.texts)
    }

    fn similar(&self, document: &Document, size: usize) -> Result<Vec<Similar>, Refused> {
        self.engine.similar(document, size, &self.texts)
    }

    fn suggest(&self, typed: &str, size: usize) -> Result<Vec<Suggested>, Refused> {
        let mut all = Vec::new();
        for suggestion in self.engine.suggest(typed, size)? {
            let (kind, text, id) = match suggestion {
                Suggestion::Number(text) => ("number", text, None),
                Suggestion::Agency(text) => ("agency", text, None),
                Suggestion::Word(text) => ("word", text, None),
                Suggestion::Document(id) => match self.texts.document(&id)? {
                    Some(document) => ("title", document.title.value, Some(id)),
                    None => continue,
                },
            };
            all.push(Suggested { kind, text, id });
        }
        Ok(all)
    }

    fn candidates(&self, typed: &str) -> Result<Vec<Candidate>, Refused> {
        self.engine.candidates(typed)
    }

    fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>> {
        self.texts.0.document(id)
    }

    fn versions(&self, id: &DocumentId) -> anyhow::Result<Vec<VersionMark>> {
        Ok(self.texts.0.versions(id)?.into_iter().map(|version| marked(version).0).collect())
    }

    fn version(
        &self,
        id: &DocumentId,
        number: usize,
    ) -> anyhow::Result<Option<(VersionMark, String)>> {
        let versions = self.texts.0.versions(id)?;
        Ok(versions.into_iter().find(|version| version.n == number).map(marked))
    }

    fn diff(&self, old: &str, new: &str) -> Diff {
        self.engine.store().analyzer().diff(old, new)
    }

    fn captures(&self, document: &Document) -> anyhow::Result<Vec<CaptureMark>> {
        let Some(Ok(url)) = document.url.as_deref().map(PageUrl::parse) else { return Ok(vec![]) };
        if document.external_id().is_some() || !self.state.try_exists()? {
            return Ok(vec![]);
        }
        let rows = State::open_read_only(&self.state)?.captures_of(&url.key())?;
        let mark = |CaptureRow { at, status, digest, .. }| CaptureMark { at, status, digest };
        Ok(rows.into_iter().map(mark).collect())
    }

    fn relations(&self, id: &DocumentId) -> anyhow::Result<Relations> {
        self.texts.0.relations(id)
    }

    fn siblings(&self, document: &Document) -> anyhow::Result<Vec<Document>> {
        self.texts.0.siblings(document)
    }

    fn highlight(&self, query: &str, document: &Document) -> Highlighted {
        let parts = || document.attachments.iter().flat_map(Attachment::parts);
        let in_files = parts().flat_map(|part| paragraphs(&part.text));
        let all = paragraphs(&document.text).chain(in_files);
        let (title, mut marked) = self.engine.mark(query, &document.title.value, all);
        let mut in_files = marked.split_off(paragraphs(&document.text).count()).into_iter();
        let mut part = |part: &FilePart| {
            in_files.by_ref().take(paragraphs(&part.text).count()).collect::<Vec<_>>()
        };
        let mut file = |file: &Attachment| file.parts().iter().map(&mut part).collect();
        let files = document.attachments.iter().map(&mut file).collect();
        Highlighted { title, paragraphs: marked, files }
    }

    fn renames(&self, agency: &str) -> Renames {
        let book = Book::new(&self.config.regions, &self.config.agencies);
        let Some(entry) = book.entry(agency) else { return Renames::default() };
        let heirs = std::iter::successors(book.successor(entry), |entry| book.successor(entry));
        Renames {
            before: book.predecessors(entry).map(|entry| entry.name.clone()).collect(),
            after: heirs.take(MOST_HEIRS).map(|entry| entry.name.clone()).collect(),
        }
    }

    fn ledger(&self, question: &LedgerQuestion) -> anyhow::Result<Ledger> {
        Ok(question.answer(self.facts.now(&self.texts.0, &self.config)?))
    }

    fn compare(
        &self,
        question: &CompareQuestion,
        most: usize,
    ) -> anyhow::Result<Option<Comparison>> {
        compare(&self.texts.0, &self.config, &self.succession, question, most)
    }

    fn count_figures(&self, wanted: &FigureQuery) -> anyhow::Result<u64> {
        self.texts.0.count_figures(wanted)
    }

    fn reports(&self, wanted: &FigureQuery) -> anyhow::Result<Vec<DocumentId>> {
        self.texts.0.reports_wanted(wanted)
    }

    fn report(&self, id: &DocumentId) -> anyhow::Result<Option<Report>> {
        self.texts.0.report(id)
    }

    fn across_years(&self, report: &Report) -> anyhow::Result<Vec<Check>> {
        figures::across_years(&self.texts.0, report)
    }

    fn holdings(&self) -> anyhow::Result<Vec<Holding>> {
        self.texts.0.holdings()
    }

    fn health(&self) -> Health {
        let view = self.engine.store().view();
        Health {
            documents: view.searcher.num_docs(),
            index_generation: (!view.generation.is_empty()).then_some(view.generation),
            reasons: self.concerns.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// Compares what the catalogue holds; figures are only read of agencies that are asked for, and none when there would be
/// more than `most` values.
pub(crate) fn compare(
    catalogue: &Catalogue,
    config: &Config,
    succession: &KeptSuccession,
    asked: &CompareQuestion,
    most: usize,
) -> anyhow::Result<Option<Comparison>> {
    let succession = succession.of(config, catalogue.reporters()?);
    let agencies = succession.with_kin(&asked.agencies);
    let reported = catalogue.reported(&agencies)?;
    let question = CompareQuestion { agencies, ..asked.clone() };
    if question.count(&reported) > most {
        return Ok(None);
    }
    let agencies = match &question.region {
        Some(outer) if question.agencies.is_empty() => {
            let inside = |report: &&Reported| is_within(report.region.as_deref(), Some(outer));
            let mut names: Vec<String> =
                reported.iter().filter(inside).map(|report| report.agency.clone()).collect();
            names.dedup();
            if names.is_empty() {
                return Ok(Some(judged::compare(&question, &succession, &[], &[])));
            }
            names
        }
        _ => question.agencies.clone(),
    };
    let rows = catalogue.figures(&question.figures(agencies))?;
    let mut comparison = judged::compare(&question, &succession, &reported, &rows);
    comparison.without_reports.retain(|name| asked.agencies.contains(name));
    Ok(Some(comparison))
}

fn marked(version: Version) -> (VersionMark, String) {
    let Version { n: number, captured_at, title, text, digest } = version;
    (VersionMark { number, captured_at, title, digest }, text)
}

/// What values of facets are called.
fn names(config: &Config) -> Names {
    let mut names = Names::default();
    for category in config.categories.all() {
        names.add(Facet::Category, category.path.as_str(), &category.name);
    }
    for division in config.regions.all() {
        names.add(Facet::Region, &division.code, &division.name);
        if division.short_name() != division.name {
            names.add(Facet::Region, &division.code, division.short_name());
        }
    }
    for portal in &config.portals {
        names.add(Facet::Portal, &portal.id, &portal.name);
    }
    names
}

/// The curated weights as the engine takes them.
fn weights(ranking: &Ranking) -> Weights {
    let Ranking {
        title,
        body,
        agency,
        strings,
        pairs,
        phrase,
        coverage,
        exactness,
        inner,
        number,
        freshness,
        guide,
        rule,
        national,
        repealed,
        year,
        proximity,
        region,
        issuer,
        home,
        ref home_region,
        k1,
        b,
        b_title,
    } = *ranking;
    Weights {
        title,
        body,
        agency,
        strings,
        pairs,
        phrase,
        coverage,
        exactness,
        inner,
        number,
        freshness,
        guide,
        rule,
        national,
        repealed,
        year,
        proximity,
        region,
        issuer,
        home,
        home_region: Some(home_region.clone()).filter(|code| !code.is_empty()),
        k1,
        b,
        b_title,
    }
}
