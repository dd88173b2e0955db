//! `gongkai extract`: archive → documents in the catalogue.

mod continued;
mod error_pages;
mod reports;
mod rules;
mod whole;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use rayon::prelude::*;

use crate::archive::{Entry, Reader};
use crate::catalogue::{Batch, CaptureRow, Catalogue, Effect, ImportRow, PutCounts, Source, State};
use crate::cli::clock::now;
use crate::cli::curated;
use crate::cli::expire;
use crate::cli::extract::error_pages::ErrorPages;
use crate::cli::extract::rules::Rules;
use crate::cli::extract::whole::Occasion;
use crate::cli::files::{Counts as FileCounts, Files};
use crate::cli::gauge::{Gauge, ListRead, PageRead};
use crate::cli::read_file;
use crate::cli::standing::standing;
use crate::cli::store::{CATALOGUE, take_lock};
use crate::cli::withdraw;
use crate::cli::{Exit, Globals, note, say};
use crate::config::{Config, Portal};
use crate::crawl;
use crate::extract;
use crate::extract::files::child::Readers;
use crate::model::{
    Document, DocumentId, FileText, Moment, Origin, PageKind, Standing, Status, UrlKey,
};
use crate::page::AnswerText;
use crate::resolve::{self, Book, TakenDown};

/// Turn what the archive holds into documents: what is new, and what was read by other rules than those of now.
///
/// Rules are those of this program, the portal's file, categories, regions, agencies and `[privacy]`; what a change of
/// them does not touch is not read again.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Read the whole archive again, whatever it was read by
    #[arg(long)]
    pub(crate) all: bool,
}

/// Records read and turned into documents at a time.
const AT_ONCE: usize = 512;
/// How far the captures, and the imports, of the state have been turned into documents.
const CAPTURES: &str = "extracted_captures";
const IMPORTS: &str = "extracted_imports";
/// Which takedown list was last applied to all documents.
const TAKEDOWN: &str = "takedown";

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let Some(_lock) = take_lock(globals)? else { return Ok(Exit::Busy) };
    let config = curated::load(globals).config;
    if curated::stopped_by_takedown(&config) {
        return Ok(Exit::Mistakes);
    }
    let state = State::open(&globals.data.join("state.sqlite"))?;
    derive(globals, &config, &state, args.all)?;
    Ok(Exit::Done)
}

/// Brings the catalogue up to what archive and state hold, and says what came of it.
pub(crate) fn derive(
    globals: &Globals,
    config: &Config,
    state: &State,
    all: bool,
) -> anyhow::Result<()> {
    let catalogue = Catalogue::open(&globals.data.join(CATALOGUE))?;
    let reader = Reader::open(&globals.data.join("archive"))?;
    if all {
        forget_reading(&catalogue)?;
        reports::begin_again(&catalogue)?;
    }
    let portals = config.portals.iter().map(|portal| (portal.id.as_str(), portal)).collect();
    let mut stage = Stage {
        catalogue: &catalogue,
        reader: &reader,
        state,
        config,
        portals,
        book: Book::new(&config.regions, &config.agencies),
        taken_down: TakenDown::new(&config.takedown),
        gauge: Gauge::new(state)?,
        tally: Tally::default(),
        rules: Rules::new(&catalogue, config)?,
        error_pages: Mutex::default(),
        processes: read_file::readers()?,
    };
    stage.takedown()?;
    stage.captures()?;
    stage.imports()?;
    stage.files_again()?;
    stage.again()?;
    withdraw::apply(&catalogue, state, |document| stage.stays_withheld(document))?;
    expire::apply(&catalogue, &config.crawler.privacy, now(), |id| stage.otherwise(id))?;
    stage.gauge.finish(state)?;
    let related = resolve::relate(&catalogue)?;
    let reports = reports::derive(&catalogue, &config.corrections)?;
    stage.tally.say();
    if reports > 0 {
        say(format_args!("figures: {reports} annual reports read"));
    }
    if let Some(related) = related {
        say(format_args!(
            "related: {} documents in {} groups of copies and forms ({} rows changed)",
            related.grouped, related.groups, related.changed
        ));
    }
    Ok(())
}

/// Whether everything in the catalogue follows this takedown list.
pub(crate) fn has_applied(catalogue: &Catalogue, list: &TakenDown) -> anyhow::Result<bool> {
    Ok(catalogue.cursor(TAKEDOWN)? == list.mark())
}

fn is_detail(row: &CaptureRow) -> bool {
    row.kind == PageKind::Detail
}

/// Lets the next run read the whole archive again: the state counts its captures anew.
pub(crate) fn begin_again(globals: &Globals) -> anyhow::Result<()> {
    let path = globals.data.join(CATALOGUE);
    if path.try_exists()? {
        forget_reading(&Catalogue::open(&path)?)?;
    }
    Ok(())
}

/// Lets everything be read again from the first capture and the first import on.
fn forget_reading(catalogue: &Catalogue) -> anyhow::Result<()> {
    catalogue.distrust_all()?;
    catalogue.set_cursor(CAPTURES, 0)?;
    catalogue.set_cursor(IMPORTS, 0)
}

/// One run over what is new.
struct Stage<'a> {
    catalogue: &'a Catalogue,
    reader: &'a Reader,
    state: &'a State,
    config: &'a Config,
    portals: HashMap<&'a str, &'a Portal>,
    book: Book<'a>,
    taken_down: TakenDown,
    gauge: Gauge,
    tally: Tally,
    rules: Rules<'a>,
    error_pages: Mutex<ErrorPages>,
    processes: Readers,
}

#[derive(Default)]
struct Tally {
    counts: PutCounts,
    /// Pages and records that gave no document.
    refused: usize,
    files: FileCounts,
    /// How many pages and records were read again, by why.
    again: BTreeMap<String, usize>,
}

impl Tally {
    fn say(self) {
        let Self { counts, refused, files, again } = self;
        say(format_args!(
            "extracted: {} new documents, {} changed, {} unchanged; {refused} pages or records gave none",
            counts.new, counts.changed, counts.unchanged
        ));
        if counts.left > 0 {
            say(format_args!("{} documents are no longer on the page that held them", counts.left));
        }
        for (why, sources) in again {
            say(format_args!("read again: {sources} pages and records ({why})"));
        }
        files.say();
    }
}

impl Stage<'_> {
    /// Applies a takedown list that changed to what is held already; what comes is withheld on the way in.
    fn takedown(&self) -> anyhow::Result<()> {
        let mark = self.taken_down.mark();
        if self.catalogue.cursor(TAKEDOWN)? == mark {
            return Ok(());
        }
        let otherwise = |document: &Document| self.status_of_page(document);
        let (taken, given) = self.taken_down.apply(self.catalogue, self.state, otherwise)?;
        let hides = |url: &UrlKey, digest: &str, text: &FileText| {
            self.taken_down.hides_file(url, digest, text)
        };
        self.catalogue.withhold_files(hides)?;
        if (taken, given) != (0, 0) {
            say(format_args!("takedown list: {taken} documents withheld, {given} given back"));
        }
        self.catalogue.set_cursor(TAKEDOWN, mark)
    }

    /// Turns captures into documents, in the order they were kept.
    fn captures(&mut self) -> anyhow::Result<()> {
        let mut reached = self.catalogue.cursor(CAPTURES)?;
        loop {
            let rows = self.state.captures_after(reached, AT_ONCE)?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            reached = *last;
            let (whole, continued) = self.sorted_out(&rows)?;
            self.read_whole(&whole, Occasion::News)?;
            self.go_on(&continued)?;
            let is_file = |row: &&CaptureRow| row.kind == PageKind::Attachment && row.status == 200;
            let files: Vec<&CaptureRow> = rows.iter().map(|(_, row)| row).filter(is_file).collect();
            let counts = self.files().fetched(&files, &self.taken_down)?;
            self.tally.files.add(counts);
            for (_, row) in rows.iter().filter(|(_, row)| is_detail(row) && row.status != 200) {
                self.update_status(row)?;
            }
            self.measure_lists(&rows)?;
            self.gauge.reach(reached);
            self.catalogue.set_cursor(CAPTURES, reached)?;
        }
    }

    /// Counts the list pages among captures, and what they name.
    fn measure_lists(&mut self, rows: &[(i64, CaptureRow)]) -> anyhow::Result<()> {
        let is_list = |(seq, row): &&(i64, CaptureRow)| {
            row.kind == PageKind::List && row.status == 200 && self.gauge.is_news(*seq)
        };
        let read = |(_, row): &(i64, CaptureRow)| ListRead::of(row, self.reader, self.config);
        let lists = rows.par_iter().filter(is_list).map(read);
        let lists: Vec<Option<ListRead>> = lists.collect::<anyhow::Result<_>>()?;
        lists.iter().flatten().for_each(|list| self.gauge.list(list));
        Ok(())
    }

    fn files(&self) -> Files<'_> {
        let hide_personal = self.config.crawler.privacy.hide_personal;
        let Self { catalogue, reader, processes, .. } = self;
        Files { catalogue, reader, processes, hide_personal }
    }

    /// Reads one capture. The status of its documents is *withheld* where the takedown list names them, else *live*.
    fn read(&self, seq: i64, row: &CaptureRow) -> anyhow::Result<PageRead> {
        let capture = self
            .reader
            .capture(&row.position)
            .with_context(|| format!("cannot read {} again", row.url))?;
        let portal = self.portals.get(row.portal.as_str()).copied();
        let (is_half, answer) = (capture.is_half(), AnswerText::of(&capture));
        let mut read = PageRead {
            seq,
            at: capture.at,
            is_new: false,
            template: None,
            documents: Vec::new(),
            context: capture.context.clone(),
            stood_in: self.is_stand_in(&answer)?,
            is_half,
        };
        if read.stood_in {
            return Ok(read);
        }
        let categories = &self.config.categories;
        if let Some(file) = self.files().page(&row.digest, &capture)? {
            read.documents.extend(extract::from_file(&capture, &file, portal, categories));
        } else {
            let extraction = extract::extract_text(&answer, portal, categories);
            read.template = extraction.reading.and_then(|reading| reading.template);
            read.documents = extraction.documents;
        }
        for document in &mut read.documents {
            resolve::place(document, portal, &capture.context.column, &self.book);
            self.hide_personal(document);
            if self.taken_down.hides(document, Some(&row.digest)) {
                document.status = Status::Withheld;
            }
        }
        Ok(read)
    }

    /// Hides personal data, before anything else looks at the text.
    fn hide_personal(&self, document: &mut Document) {
        document.recipients_since = extract::recipients_since(document);
        if self.config.crawler.privacy.hide_personal {
            extract::hide_personal(document);
        }
    }

    /// Whether something else answered in the place of the page, judged as the crawl does.
    fn is_stand_in(&self, answer: &AnswerText<'_>) -> anyhow::Result<bool> {
        let looks = crawl::Looks::of(answer);
        let own = if looks.are_doubtful() {
            let mut pages = self.error_pages.lock().unwrap_or_else(PoisonError::into_inner);
            pages.of(answer.capture(), self.state, self.reader)?
        } else {
            None
        };
        Ok(looks.stand_in(own.as_ref()).is_some())
    }

    /// Follows an answer that is no page: gone, still there unchanged, and the like.
    fn update_status(&self, row: &CaptureRow) -> anyhow::Result<()> {
        let key = row.key.clone();
        if let Some((status, since)) = self.standing(&key)? {
            for document in self.catalogue.by_url(&key)? {
                if !self.stays_withheld(&document)? {
                    self.catalogue.set_standing(&document.id, status, &since)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a document is withheld because the takedown list names it.
    fn stays_withheld(&self, held: &Document) -> anyhow::Result<bool> {
        if held.status != Status::Withheld {
            return Ok(false);
        }
        self.taken_down.hides_any_version(held, self.catalogue, self.state)
    }

    /// The status of a document but for the time that lists of recipients are shown.
    fn otherwise(&self, id: &DocumentId) -> anyhow::Result<Status> {
        let Some(document) = self.catalogue.document(id)? else { return Ok(Status::Withheld) };
        if self.taken_down.hides_any_version(&document, self.catalogue, self.state)? {
            return Ok(Status::Withheld);
        }
        self.status_of_page(&document)
    }

    /// The status that what became of its page gives a document.
    fn status_of_page(&self, document: &Document) -> anyhow::Result<Status> {
        match &document.origin {
            Origin::Web { url } => Ok(self.standing(&url.key())?.unwrap_or_default().0),
            Origin::Import { .. } => Ok(Status::Live),
        }
    }

    /// What the crawler last found a page to be; `None` where that says nothing about its document.
    fn standing(&self, key: &UrlKey) -> anyhow::Result<Option<(Status, Standing)>> {
        Ok(self.state.page(key)?.as_ref().and_then(standing))
    }

    /// Turns imported records into documents.
    fn imports(&mut self) -> anyhow::Result<()> {
        let mut reached = self.catalogue.cursor(IMPORTS)?;
        loop {
            let rows = self.state.imports_after(reached, AT_ONCE)?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            reached = *last;
            let mut whole = BTreeSet::new();
            for (seq, row) in &rows {
                let source = Source::Record { set: row.set.clone(), id: row.id.clone() };
                let held = self.catalogue.derived(&source)?;
                if held.is_none_or(|held| held.reached < *seq && !self.rules.are_stale(held.rules))
                {
                    whole.insert(source);
                }
            }
            self.read_whole(&whole.into_iter().collect::<Vec<_>>(), Occasion::News)?;
            self.catalogue.set_cursor(IMPORTS, reached)?;
        }
    }

    fn imported(&self, row: &ImportRow) -> anyhow::Result<Vec<Document>> {
        let Entry::Imported(imported) = self.reader.entry(&row.position)? else {
            anyhow::bail!("{:?} is no imported record", row.position);
        };
        match extract::from_import(&imported, &self.config.categories) {
            Ok(mut documents) => {
                for document in &mut documents {
                    resolve::place(document, None, "", &self.book);
                    self.hide_personal(document);
                    if self.taken_down.hides(document, None) {
                        document.status = Status::Withheld;
                    }
                }
                Ok(documents)
            }
            Err(mistake) => {
                note(format_args!("record {} of {}: {mistake}", row.id, row.set));
                Ok(Vec::new())
            }
        }
    }

    fn put(&mut self, documents: &[Document]) -> anyhow::Result<()> {
        let mut looks = Vec::new();
        let put = self
            .catalogue
            .put(documents, |document, effect| looks.extend(look(document, effect)))?;
        self.revisit(&looks)?;
        // Once withheld for another reason, it would keep the date of that.
        for hidden in documents.iter().filter(|document| document.status == Status::Withheld) {
            self.catalogue.set_standing(&hidden.id, Status::Withheld, &hidden.standing)?;
        }
        self.count(put);
        Ok(())
    }

    fn count(&mut self, put: PutCounts) {
        self.tally.counts.new += put.new;
        self.tally.counts.changed += put.changed;
        self.tally.counts.unchanged += put.unchanged;
        self.tally.counts.left += put.left;
    }

    /// Lets the crawler know which pages changed, so that it comes back sooner or later; only the newest answer of
    /// a page counts.
    fn revisit(&self, looks: &[Look]) -> anyhow::Result<()> {
        let mut pages = Vec::new();
        for (key, at, changed) in looks {
            let Some(page) = self.state.page(key)?.filter(|page| page.kept_at == Some(*at)) else {
                continue;
            };
            if let Some(portal) = self.portals.get(page.context.portal.as_str()) {
                pages.push(crawl::revisited(page, portal, *changed));
            }
        }
        self.state.commit(&Batch { pages, ..Batch::default() })
    }

    fn refused(&mut self, more: usize) {
        self.tally.refused += more;
    }
}

/// A page that was there before, when it was captured now, and whether it changed.
type Look = (UrlKey, Moment, bool);

fn look(document: &Document, effect: Effect) -> Option<Look> {
    match &document.origin {
        Origin::Web { url } if effect != Effect::New => {
            Some((url.key(), document.captured_at, effect == Effect::Changed))
        }
        _ => None,
    }
}
