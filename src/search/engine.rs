//! The one entry: request → answer.

use std::sync::{Arc, Mutex, PoisonError};

use tantivy::{DocAddress, TantivyDocument, schema::Value};

use crate::index::{Store, View};
use crate::model::{DocumentId, Excerpt};
use crate::search::{
    answer::{Answer, Hit, Note, Relaxed, Segment, Texts},
    best::Place,
    bits::Bits,
    clock::Clock,
    correct::Corrector,
    lexicon::Lexicon,
    listing::{Asked, Listed, Listing, check},
    matching::{Shelf, internal},
    names::Names,
    near_numbers,
    number_lookup::is_part_of_any,
    numbers::lone,
    parse::{Part, Typed, simple, strict},
    passages::Marker,
    plan::{Plan, What},
    request::{FARTHEST_HIT, Grouping, MOST_CHARACTERS, MOST_PASSAGES, Refused, Request, Syntax},
    suggest::{Suggestion, suggest},
    typing::{Candidate, candidates},
    weights::Weights,
    widen::Synonyms,
};

/// The most copies folded under a hit that are named; more are only counted.
const MOST_COPIES: usize = 50;

/// Answers questions over one index; shared by all threads.
pub struct Engine {
    store: Arc<Store>,
    weights: Weights,
    names: Names,
    synonyms: Synonyms,
    /// The words of the index, made when first needed.
    lexicon: Mutex<Option<Made>>,
    /// The same to type with.
    keyboard: Mutex<Option<Made>>,
}

/// A lexicon with the index it was made of.
struct Made {
    generation: String,
    documents: u64,
    lexicon: Arc<Lexicon>,
}

impl Engine {
    /// An engine over a store, with the curated weights.
    pub fn new(store: Arc<Store>, weights: Weights) -> Self {
        Self {
            store,
            weights,
            names: Names::default(),
            synonyms: Synonyms::default(),
            lexicon: Mutex::new(None),
            keyboard: Mutex::new(None),
        }
    }

    /// The same engine with other weights.
    #[cfg(test)]
    pub(super) fn with_weights(self, weights: Weights) -> Self {
        Self { weights, ..self }
    }

    /// The same engine, which knows what values of facets are called.
    #[must_use]
    pub fn with_names(self, names: Names) -> Self {
        Self { names, ..self }
    }

    /// The same engine, which also knows other ways to say words.
    #[must_use]
    pub fn with_synonyms(self, synonyms: Synonyms) -> Self {
        Self { synonyms, ..self }
    }

    pub(super) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The index that is searched.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Answers a request; the documents of its hits are read from `texts`.
    pub fn search(&self, request: &Request, texts: &dyn Texts) -> Result<Answer, Refused> {
        check_limits(request)?;
        let (view, clock) = (self.store.view(), Clock::start());
        let (plan, listing, relaxed) = self.listing(request, &view, &clock)?;
        let marker = Marker::new(&plan, &listing.rarity);
        let mut hits = Vec::with_capacity(listing.page.len());
        for listed in &listing.page {
            clock.check()?;
            hits.extend(hit(listed, &plan, &view, &marker, request.passages, texts)?);
        }
        let notes = notes(&plan, &listing, &view, &clock)?;
        let Listing { total, total_all_words, total_groups, facets, .. } = listing;
        Ok(Answer { total, total_all_words, total_groups, hits, facets, notes, relaxed })
    }

    /// Every document that a request lists, in its order, whatever its page and size: as many as the answer's total.
    pub fn all(&self, request: &Request) -> Result<All, Refused> {
        let (view, clock) = (self.store.view(), Clock::start());
        let size = usize::try_from(view.searcher.num_docs()).map_err(internal)?;
        check_limits(&Request { page: 1, size: 0, ..request.clone() })?;
        let (page, size, group) = (1, size.max(1), Grouping::Off);
        let whole = Request { group, page, size, ..request.clone() };
        let (_, listing, _) = self.listing(&whole, &view, &clock)?;
        Ok(All { view, listed: listing.page.into_iter() })
    }

    /// The plan of a request, what it lists, and by which steps that is more than was asked for.
    fn listing(
        &self,
        request: &Request,
        view: &View,
        clock: &Clock,
    ) -> Result<(Plan, Listing, Vec<Relaxed>), Refused> {
        let mut plan = self.plan(request, true, view, clock)?;
        let mut listing = self.asked(request, &plan, view, clock).list()?;
        let mut relaxed = Vec::new();
        let doubtful = plan.doubtful_numbers();
        if listing.total == 0 && !doubtful.is_empty() && request.syntax == Syntax::Simple {
            plan = self.plan(request, false, view, clock)?;
            plan.notes.push(Note::NumberReadAsWords(doubtful));
            listing = self.asked(request, &plan, view, clock).list()?;
            relaxed.push(Relaxed::NumberAsWords);
        }
        if listing.missing > 0 {
            relaxed.push(Relaxed::FewerWords);
        }
        Ok((plan, listing, relaxed))
    }

    /// Suggests how to go on from what was typed, at most `size`; documents come last and are named by their ids.
    pub fn suggest(&self, typed: &str, size: usize) -> Result<Vec<Suggestion>, Refused> {
        let view = self.store.view();
        let lexicon = self.lexicon(&view)?;
        suggest(typed, size, &view, &lexicon, &Clock::start())
    }

    /// What letters typed on a keyboard without Chinese may stand for, the likeliest first, at most 200.
    pub fn candidates(&self, typed: &str) -> Result<Vec<Candidate>, Refused> {
        let view = self.store.view();
        let keyboard = made(&self.keyboard, &view, || {
            Ok(self.lexicon(&view)?.to_type_with(self.store.analyzer()))
        })?;
        Ok(candidates(typed, &keyboard))
    }

    /// Makes what is made once for an index, so that no question waits for it.
    pub fn warm(&self) -> Result<(), Refused> {
        self.lexicon(&self.store.view()).map(|_| ())
    }

    /// Marks what a question asks for, read as `simple` reads it, in a whole title and in parts of a whole text.
    pub fn mark<'t>(
        &self,
        query: &str,
        title: &str,
        parts: impl Iterator<Item = &'t str>,
    ) -> (Vec<Segment>, Vec<Vec<Segment>>) {
        let request = Request { query: query.to_owned(), ..Request::default() };
        let (view, clock) = (self.store.view(), Clock::start());
        let plan = check_limits(&request).and_then(|()| self.plan(&request, true, &view, &clock));
        let plan = plan.ok();
        let marked = |text: &str, is_title| match &plan {
            Some(plan) => Marker::new(plan, &[]).whole(text, is_title),
            None => vec![Segment { text: text.to_owned(), hit: false }],
        };
        (marked(title, true), parts.map(|part| marked(part, false)).collect())
    }

    /// The documents that a request lists, filters applied, in each segment.
    pub(super) fn listed(&self, request: &Request, view: &View) -> Result<Vec<Bits>, Refused> {
        check_limits(request)?;
        let clock = Clock::start();
        let plan = self.plan(request, true, view, &clock)?;
        self.asked(request, &plan, view, &clock).listed()
    }

    pub(super) fn plan(
        &self,
        request: &Request,
        numbers: bool,
        view: &View,
        clock: &Clock,
    ) -> Result<Plan, Refused> {
        let analyzer = self.store.analyzer();
        if numbers && let Some(typed) = part_of_number(&request.query, view)? {
            return Ok(Plan::new(Some(&typed), analyzer, None));
        }
        if request.syntax == Syntax::Strict {
            let typed = strict(&request.query, &self.names)?;
            return Ok(Plan::new(typed.as_ref(), analyzer, None));
        }
        let (mut typed, dropped) = simple(&request.query, numbers, &self.names)?;
        let corrections = match &mut typed {
            Some(typed) => self.correct(typed, request.widen, view, clock)?,
            None => Vec::new(),
        };
        let synonyms = request.widen.then_some(&self.synonyms);
        let mut plan = Plan::new(typed.as_ref(), analyzer, synonyms);
        plan.notes.splice(0..0, corrections);
        if !dropped.is_empty() {
            plan.notes.push(Note::SignsIgnored(dropped));
        }
        Ok(plan)
    }

    /// Mends slips of typing, or offers to.
    fn correct(
        &self,
        typed: &mut Typed,
        apply: bool,
        view: &View,
        clock: &Clock,
    ) -> Result<Vec<Note>, Refused> {
        let segments = view.searcher.segment_readers().iter();
        let shelf = |segment| Shelf { segment, fields: &view.fields, clock };
        let corrector = Corrector {
            analyzer: self.store.analyzer(),
            shelves: segments.map(shelf).collect(),
            lexicon: &|| clock.stopped(|| self.lexicon(view)),
            apply,
        };
        corrector.correct(typed)
    }

    /// The words of the index.
    pub(super) fn lexicon(&self, view: &View) -> Result<Arc<Lexicon>, Refused> {
        made(&self.lexicon, view, || Lexicon::of(&view.searcher, &view.fields))
    }

    pub(super) fn asked<'a>(
        &'a self,
        request: &'a Request,
        plan: &'a Plan,
        view: &'a View,
        clock: &'a Clock,
    ) -> Asked<'a> {
        Asked {
            request,
            plan,
            view,
            analyzer: self.store.analyzer(),
            weights: &self.weights,
            names: &self.names,
            clock,
        }
    }
}

/// The documents that a request lists, in order: their ids are looked up as they are asked for.
pub struct All {
    view: View,
    listed: std::vec::IntoIter<Listed>,
}

impl Iterator for All {
    type Item = anyhow::Result<DocumentId>;

    fn next(&mut self) -> Option<Self::Item> {
        let listed = self.listed.next()?;
        Some(id_of((listed.segment, listed.document), &self.view).map_err(anyhow::Error::from))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.listed.size_hint()
    }
}

impl ExactSizeIterator for All {}

/// A lexicon that is kept; made anew when the index has grown or shrunk by a tenth.
fn made(
    kept: &Mutex<Option<Made>>,
    view: &View,
    make: impl FnOnce() -> Result<Lexicon, Refused>,
) -> Result<Arc<Lexicon>, Refused> {
    let mut held = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let documents = view.searcher.num_docs();
    let fits = |made: &&Made| {
        made.generation == view.generation && made.documents.abs_diff(documents) <= documents / 10
    };
    if let Some(made) = held.as_ref().filter(fits) {
        return Ok(Arc::clone(&made.lexicon));
    }
    let lexicon = Arc::new(make()?);
    let generation = view.generation.clone();
    *held = Some(Made { generation, documents, lexicon: Arc::clone(&lexicon) });
    Ok(lexicon)
}

/// What can be refused without looking anything up.
pub(super) fn check_limits(request: &Request) -> Result<(), Refused> {
    let found = request.query.chars().count();
    if found > MOST_CHARACTERS {
        return Err(Refused::TooLong { found });
    }
    if request.page == 0 || request.page.saturating_mul(request.size) > FARTHEST_HIT {
        return Err(Refused::TooFar);
    }
    check(&request.filters)
}

/// The id of each document of each segment; `None` for those taken out.
pub(super) fn ids(view: &View) -> anyhow::Result<Vec<Vec<Option<DocumentId>>>> {
    let segments = (0..).zip(view.searcher.segment_readers());
    segments
        .map(|(segment, reader)| {
            let id = |document| -> anyhow::Result<Option<DocumentId>> {
                if reader.is_deleted(document) {
                    return Ok(None);
                }
                Ok(Some(id_at(DocAddress::new(segment, document), view)?))
            };
            (0..reader.max_doc()).map(id).collect()
        })
        .collect()
}

/// A whole question that is a code or a serial which some number has; documents that hold it otherwise are found too.
fn part_of_number(query: &str, view: &View) -> Result<Option<Typed>, Refused> {
    let chars: Vec<char> = query.chars().collect();
    let Some(number) = lone(&chars) else { return Ok(None) };
    if !is_part_of_any(&number, view)? {
        return Ok(None);
    }
    let words = query.trim().to_owned();
    let words = if number.code.is_some() { Part::Quoted(words) } else { Part::Run(words) };
    Ok(Some(Typed::Or(vec![Typed::Leaf(Part::Number(number)), Typed::Leaf(words)])))
}

/// Reads the document of a hit; `None` when the catalogue no longer holds it.
fn hit(
    listed: &Listed,
    plan: &Plan,
    view: &View,
    marker: &Marker<'_>,
    passages: usize,
    texts: &dyn Texts,
) -> Result<Option<Hit>, Refused> {
    let id = id_of((listed.segment, listed.document), view)?;
    let Some(document) = texts.document(&id)? else { return Ok(None) };
    let title = marker.whole(&document.title.value, true);
    let snippets = marker.passages(&document, passages.min(MOST_PASSAGES));
    let missing = listed.missing.iter().map(|&leaf| plan.name(leaf)).collect();
    let (score, number) = (listed.score, listed.number);
    let copies = listed.copies.iter().take(MOST_COPIES).map(|place| id_of(*place, view));
    let copies =
        Excerpt { first: copies.collect::<Result<_, _>>()?, total: listed.copies.len() as u64 };
    Ok(Some(Hit { document, score, title, snippets, missing, number, copies }))
}

/// The id of the document at a place.
pub(super) fn id_of((segment, document): Place, view: &View) -> Result<DocumentId, Refused> {
    let segment = u32::try_from(segment).map_err(internal)?;
    Ok(id_at(DocAddress::new(segment, document), view)?)
}

/// The id of the document at a place in the index.
pub(super) fn id_at(address: DocAddress, view: &View) -> anyhow::Result<DocumentId> {
    let stored: TantivyDocument = view.searcher.doc(address)?;
    let id = stored.get_first(view.fields.id).and_then(|id| id.as_str()).unwrap_or_default();
    Ok(id.parse()?)
}

fn notes(plan: &Plan, listing: &Listing, view: &View, clock: &Clock) -> Result<Vec<Note>, Refused> {
    let mut notes = plan.notes.clone();
    for note in &mut notes {
        if let Note::ReadAsNumber(numbers) = note
            && listing.total == 0
            && plan.leaves.len() == numbers.len()
        {
            *note = Note::NumberNotFound(std::mem::take(numbers));
        }
    }
    if notes.iter().any(|note| matches!(note, Note::NumberNotFound(_))) {
        let mut offered = Vec::new();
        for (_, what) in plan.wanted() {
            if let What::Number(number) = what {
                offered.extend(near_numbers::near(number, view, clock)?);
            }
        }
        notes.extend((!offered.is_empty()).then_some(Note::DidYouMean(offered)));
    }
    if listing.missing > 0 {
        notes.push(Note::FewerWords(listing.missing));
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::{Archive, document};

    #[test]
    fn a_number_that_nobody_bears_or_cites_is_said_so() {
        let archive =
            Archive::new(vec![document("a", "植树通知", "根据灵政发〔2020〕7号，请植树。")]);
        let notes = |query: &str| {
            let request = Request { query: query.to_owned(), ..Request::default() };
            archive.ask(&request).unwrap().notes
        };
        assert_eq!(
            notes("灵政发2020 8号"),
            [
                Note::NumberNotFound(vec!["灵政发〔2020〕8号".to_owned()]),
                Note::DidYouMean(vec!["灵政发〔2020〕7号".to_owned()])
            ]
        );
        assert_eq!(
            notes("灵政发2020 7号"),
            [Note::ReadAsNumber(vec!["灵政发〔2020〕7号".to_owned()])]
        );
    }

    #[test]
    fn all_is_every_page_one_after_the_other() {
        let of = |n: usize| document(&format!("d{n:02}"), "植树通知", "请植树造林，绿化家园。");
        let archive = Archive::new((0..37).map(of).collect());
        for (query, syntax) in [
            ("植树", Syntax::Simple),
            ("", Syntax::Strict),
            ("灵政发〔2020〕8号 植树", Syntax::Simple),
        ] {
            let request =
                Request { query: query.to_owned(), syntax, size: 7, ..Request::default() };
            let pages = (1..=6)
                .flat_map(|page| archive.ask(&Request { page, ..request.clone() }).unwrap().hits);
            let by_page: Vec<DocumentId> = pages.map(|hit| hit.document.id).collect();
            let all = archive.engine.all(&request).unwrap();
            let total = archive.ask(&request).unwrap().total;
            assert_eq!((all.len() as u64, by_page.len()), (total, all.len()), "{query}");
            assert_eq!(all.collect::<anyhow::Result<Vec<_>>>().unwrap(), by_page, "{query}");
        }
        let too_long = Request { query: "植".repeat(501), ..Request::default() };
        assert!(matches!(archive.engine.all(&too_long), Err(Refused::TooLong { .. })));
    }
}
