//! `gongkai extract`: archive → documents in the catalogue.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use rayon::prelude::*;

use crate::archive::{Entry, Reader};
use crate::catalogue::{Batch, CaptureRow, Catalogue, Effect, ImportRow, PutCounts, State};
use crate::cli::clock::now;
use crate::cli::curated;
use crate::cli::expire;
use crate::cli::files::{Counts as FileCounts, Files};
use crate::cli::gauge::{Gauge, PageRead};
use crate::cli::standing::standing;
use crate::cli::store::{CATALOGUE, take_lock};
use crate::cli::withdraw;
use crate::cli::{Exit, Globals, note, say};
use crate::config::{Config, Portal};
use crate::crawl;
use crate::extract;
use crate::model::{
    Capture, Document, DocumentId, FileText, Moment, Origin, PageKind, Standing, Status, UrlKey,
};
use crate::page::Likeness;
use crate::resolve::{self, Book, TakenDown};

/// Turn what the archive holds into documents: only what is new, or all of it again.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// Read the whole archive again, for a better extractor or changed portal files
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
        catalogue.set_cursor(CAPTURES, 0)?;
        catalogue.set_cursor(IMPORTS, 0)?;
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
        anew: all,
        error_pages: Mutex::default(),
    };
    stage.takedown()?;
    stage.captures()?;
    stage.imports()?;
    withdraw::apply(&catalogue, state, |document| stage.stays_withheld(document))?;
    expire::apply(&catalogue, &config.crawler.privacy, now(), |id| stage.otherwise(id))?;
    stage.gauge.finish(state)?;
    let Tally { counts, refused, left, files } = stage.tally;
    say(format_args!(
        "extracted: {} new documents, {} changed, {} unchanged; {refused} pages or records gave none",
        counts.new, counts.changed, counts.unchanged
    ));
    if left > 0 {
        say(format_args!("{left} documents are no longer on the page that held them"));
    }
    files.say();
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
    let path = globals.data.join("catalogue.sqlite");
    if path.try_exists()? {
        let catalogue = Catalogue::open(&path)?;
        catalogue.set_cursor(CAPTURES, 0)?;
        catalogue.set_cursor(IMPORTS, 0)?;
    }
    Ok(())
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
    /// Everything is read again: what comes out says nothing about the pages.
    anew: bool,
    /// What each host said of an address that cannot exist, and when.
    error_pages: Mutex<HashMap<String, Vec<ErrorPage>>>,
}

/// What a host said at that moment of an address that cannot exist.
type ErrorPage = (Moment, Option<Likeness>);
/// Of so many times, the newest; each holds some kilobytes.
const ERROR_PAGES: usize = 8;

#[derive(Default)]
struct Tally {
    counts: PutCounts,
    /// Pages and records that gave no document.
    refused: usize,
    /// Documents that are no longer on their page.
    left: usize,
    files: FileCounts,
}

impl Stage<'_> {
    /// Applies a takedown list that changed to what is held already; what comes is withheld on the way in.
    fn takedown(&self) -> anyhow::Result<()> {
        let mark = self.taken_down.mark();
        if self.catalogue.cursor(TAKEDOWN)? == mark {
            return Ok(());
        }
        let otherwise = |document: &Document| match &document.origin {
            Origin::Web { url } => Ok(self.standing(&url.key())?.unwrap_or_default().0),
            Origin::Import { .. } => Ok(Status::Live),
        };
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

    /// Turns captures into documents, in the order they were kept, so that the last one wins.
    fn captures(&mut self) -> anyhow::Result<()> {
        let mut reached = self.catalogue.cursor(CAPTURES)?;
        loop {
            let rows = self.state.captures_after(reached, AT_ONCE)?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            reached = *last;
            let whole: Vec<&(i64, CaptureRow)> =
                rows.iter().filter(|(_, row)| is_detail(row) && row.status == 200).collect();
            let read: Vec<PageRead> =
                whole.par_iter().map(|(_, row)| self.read(row)).collect::<Result<_, _>>()?;
            self.refused(read.iter().filter(|read| read.documents.is_empty()).count());
            for ((seq, row), read) in whole.iter().zip(&read) {
                if read.stood_in {
                    self.update_status(row)?;
                } else if self.gauge.is_news(*seq) {
                    self.gauge.page(read);
                }
            }
            let pages: Vec<Vec<Document>> = read.into_iter().map(|read| read.documents).collect();
            self.put(pages)?;
            let is_file = |row: &&CaptureRow| row.kind == PageKind::Attachment && row.status == 200;
            let files: Vec<&CaptureRow> = rows.iter().map(|(_, row)| row).filter(is_file).collect();
            let counts = self.files().fetched(&files, &self.taken_down)?;
            self.tally.files.add(counts);
            for (seq, row) in &rows {
                if is_detail(row) && row.status != 200 {
                    self.update_status(row)?;
                }
                if row.kind == PageKind::List && row.status == 200 && self.gauge.is_news(*seq) {
                    self.gauge.list(row, self.reader, self.config)?;
                }
            }
            self.gauge.reach(reached);
            self.catalogue.set_cursor(CAPTURES, reached)?;
        }
    }

    fn files(&self) -> Files<'_> {
        let hide_personal = self.config.crawler.privacy.hide_personal;
        Files { catalogue: self.catalogue, reader: self.reader, hide_personal }
    }

    fn read(&self, row: &CaptureRow) -> anyhow::Result<PageRead> {
        let capture = self
            .reader
            .capture(&row.position)
            .with_context(|| format!("cannot read {} again", row.url))?;
        let portal = self.portals.get(row.portal.as_str()).copied();
        if self.is_stand_in(&capture)? {
            return Ok(PageRead {
                at: capture.at,
                is_new: false,
                template: None,
                documents: Vec::new(),
                context: capture.context,
                stood_in: true,
            });
        }
        let categories = &self.config.categories;
        let (mut documents, reading): (Vec<Document>, _) =
            if let Some(file) = self.files().page(&row.digest, &capture)? {
                (extract::from_file(&capture, &file, portal, categories), None)
            } else {
                let extraction = extract::extract(&capture, portal, categories);
                (extraction.documents, extraction.reading)
            };
        if capture.is_half() && self.has_whole(&row.key)? {
            documents.clear();
        }
        let (status, since) = self.standing(&row.key)?.unwrap_or_default();
        for document in &mut documents {
            resolve::place(document, portal, &capture.context.column, &self.book);
            self.hide_personal(document);
            let is_hidden = self.taken_down.hides(document, Some(&row.digest));
            (document.status, document.standing) = if is_hidden {
                (Status::Withheld, Standing::default())
            } else {
                (status, since.clone())
            };
        }
        let earlier = self.state.captures_of(&row.key)?;
        Ok(PageRead {
            at: capture.at,
            is_new: !earlier.iter().any(|other| other.status == 200 && other.at < row.at),
            template: reading.and_then(|reading| reading.template),
            documents,
            context: capture.context,
            stood_in: false,
        })
    }

    /// Hides personal data, before anything else looks at the text.
    fn hide_personal(&self, document: &mut Document) {
        document.recipients_since = extract::recipients_since(document);
        if self.config.crawler.privacy.hide_personal {
            extract::hide_personal(document);
        }
    }

    /// Whether a page was ever received whole: half of it is worth nothing then.
    fn has_whole(&self, key: &UrlKey) -> anyhow::Result<bool> {
        Ok(self.state.page(key)?.is_some_and(|page| page.kept_at.is_some()))
    }

    /// Whether something else answered in the place of the page, judged as the crawl does.
    fn is_stand_in(&self, capture: &Capture) -> anyhow::Result<bool> {
        let host = capture.url.authority();
        let mut known = self.error_pages.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(&host) {
            known.insert(host.clone(), self.error_pages_of(capture)?);
        }
        let pages = known.get(&host).map_or(&[][..], Vec::as_slice);
        let nearest = pages.iter().min_by_key(|(at, _)| at.duration_since(capture.at).abs());
        let own = nearest.and_then(|(_, own)| own.clone());
        drop(known);
        Ok(crawl::Looks::of(capture).stand_in(own.as_ref()).is_some())
    }

    fn error_pages_of(&self, capture: &Capture) -> anyhow::Result<Vec<ErrorPage>> {
        let Some(url) = crawl::absent_address(&capture.url) else { return Ok(Vec::new()) };
        let rows = self.state.captures_of(&url.key())?;
        let newest = rows.iter().rev().take(ERROR_PAGES);
        let read = newest.map(|row| {
            let capture = self.reader.capture(&row.position)?;
            Ok((capture.at, crawl::own_error_page(&capture)))
        });
        read.collect()
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
            let read: Vec<_> =
                rows.par_iter().map(|(_, row)| self.imported(row)).collect::<Result<_, _>>()?;
            self.refused(read.iter().filter(|documents| documents.is_empty()).count());
            self.put(read)?;
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

    /// Keeps the documents of pages, or records, in the order these were captured.
    fn put(&mut self, pages: Vec<Vec<Document>>) -> anyhow::Result<()> {
        let shown: Vec<(Origin, Moment, Vec<DocumentId>)> = pages
            .iter()
            .filter_map(|page| {
                let first = page.first()?;
                let ids = page.iter().map(|document| document.id).collect();
                Some((first.origin.clone(), first.captured_at, ids))
            })
            .collect();
        let documents: Vec<Document> = pages.into_iter().flatten().collect();
        let mut looks = Vec::new();
        let put = self.catalogue.put_noting(&documents, |document, effect| {
            if let Origin::Web { url } = &document.origin
                && effect != Effect::New
            {
                looks.push((url.key(), document.captured_at, effect == Effect::Changed));
            }
        })?;
        self.revisit(&looks)?;
        for (origin, at, ids) in &shown {
            self.tally.left += self.catalogue.note_parts(origin, ids, *at)?;
        }
        // An older capture does not decide the status; that it was ever shown there does.
        for hidden in documents.iter().filter(|document| document.status == Status::Withheld) {
            self.catalogue.set_standing(&hidden.id, Status::Withheld, &hidden.standing)?;
        }
        self.tally.counts.new += put.new;
        self.tally.counts.changed += put.changed;
        self.tally.counts.unchanged += put.unchanged;
        Ok(())
    }

    /// Lets the crawler know which pages changed, so that it comes back sooner or later; only the newest answer of
    /// a page counts.
    fn revisit(&self, looks: &[(UrlKey, Moment, bool)]) -> anyhow::Result<()> {
        if self.anew {
            return Ok(());
        }
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
