//! How well a document fits: BM25 over strings, words and pairs, with what the title says counted apart.

use std::collections::BTreeSet;

use tantivy::{DocId, Searcher, SegmentReader, fieldnorm::FieldNormReader, schema::Field};

use crate::analysis::{Analyzer, grams};
use crate::index::{Fields, GUIDE, NATIONAL, REPEALED, RULE};
use crate::search::{
    bits::Bits,
    intent::Intent,
    matching::{Found, Shelf, internal, together},
    plan::{Leaf, Plan, What},
    request::Refused,
    scores::Scores,
    weights::Weights,
};
use crate::text::is_han;

/// Numbers about the whole index that every segment is scored with.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) documents: f32,
    title_length: f32,
    body_length: f32,
    agency_length: f32,
    /// The latest day any document was published; "now" for freshness, so that answers can be repeated.
    newest: i64,
}

impl Collection {
    pub(super) fn of(searcher: &Searcher, fields: &Fields) -> Result<Self, Refused> {
        let average = |field: Field| -> Result<f32, Refused> {
            let (mut tokens, mut documents) = (0, 0);
            for segment in searcher.segment_readers() {
                tokens += segment.inverted_index(field).map_err(internal)?.total_num_tokens();
                documents += u64::from(segment.max_doc());
            }
            Ok((real(tokens) / real(documents.max(1))).max(1.0))
        };
        let mut newest = i64::MIN;
        for segment in searcher.segment_readers() {
            newest = newest.max(segment.fast_fields().i64("day").map_err(internal)?.max_value());
        }
        Ok(Self {
            newest,
            documents: real(searcher.num_docs()),
            title_length: average(fields.title_words)?,
            body_length: average(fields.body_words)?,
            agency_length: average(fields.agency_words)?,
        })
    }

    /// The lengths of bodies, for BM25.
    pub(super) fn body_lengths(
        &self,
        segment: &SegmentReader,
        fields: &Fields,
        weights: &Weights,
    ) -> Lengths {
        Lengths::of(segment, fields.body_words, self.body_length, weights.b, weights.k1)
    }

    /// The lengths of titles, for BM25.
    pub(super) fn title_lengths(
        &self,
        segment: &SegmentReader,
        fields: &Fields,
        weights: &Weights,
    ) -> Lengths {
        Lengths::of(segment, fields.title_words, self.title_length, weights.b_title, weights.k1)
    }

    /// Rarity of what stands in so many documents.
    pub(super) fn rarity(&self, documents: u64) -> f32 {
        let holding = real(documents).min(self.documents);
        ((self.documents - holding + 0.5) / (holding + 0.5)).ln_1p()
    }
}

/// Counts become factors of a score; their last digits do not matter.
#[expect(clippy::cast_precision_loss, reason = "documents and tokens are counted, not measured")]
pub(super) fn real(count: u64) -> f32 {
    count as f32
}

/// What is scored, and with what.
pub(super) struct Ranking<'a> {
    pub(super) weights: &'a Weights,
    pub(super) plan: &'a Plan,
    pub(super) analyzer: &'a Analyzer,
    pub(super) collection: &'a Collection,
    pub(super) searcher: &'a Searcher,
    /// Rarity of each leaf of the plan.
    pub(super) rarity: &'a [f32],
    /// The places and agencies it names.
    pub(super) intent: &'a Intent,
}

/// The lengths of one field in one segment.
#[derive(Clone)]
pub(super) struct Lengths {
    norms: Option<FieldNormReader>,
    average: f32,
    b: f32,
    k1: f32,
}

impl Lengths {
    fn of(segment: &SegmentReader, field: Field, average: f32, b: f32, k1: f32) -> Self {
        let norms = segment.fieldnorms_readers().get_field(field).ok().flatten();
        Self { norms, average, b, k1 }
    }

    fn tokens(&self, document: DocId) -> f32 {
        self.norms.as_ref().map_or(self.average, |norms| real(norms.fieldnorm(document).into()))
    }

    /// BM25's share of a term that stands so often in a document: 0 to `k1` + 1.
    pub(super) fn saturate(&self, count: u32, document: DocId) -> f32 {
        let count = real(count.into());
        let norm = 1.0 - self.b + self.b * self.tokens(document) / self.average;
        count * (self.k1 + 1.0) / (count + self.k1 * norm)
    }
}

impl Ranking<'_> {
    /// Scores the candidates of a segment; `found` is where each leaf stands in it.
    pub(super) fn score(
        &self,
        shelf: &Shelf<'_>,
        found: &[Found],
        candidates: &Bits,
        watched: Option<DocId>,
    ) -> Result<Scores, Refused> {
        let documents = shelf.segment.max_doc() as usize;
        let mut scores = Scores::new(documents, watched);
        let bench = Bench::new(self, shelf, candidates);
        let spare = || Scores::spare(documents, watched);
        let mut ways = None;
        for (at, leaf) in self.plan.ranked() {
            if leaf.ways.is_empty() {
                bench.leaf(&mut scores, &leaf.what, &found[at], self.rarity[at])?;
            } else {
                let ways = ways.get_or_insert_with(|| (spare(), spare()));
                bench.ways(&mut scores, ways, leaf, &found[at], self.rarity[at])?;
            }
        }
        for run in &self.plan.runs {
            bench.run(&mut scores, run)?;
        }
        self.weigh_titles(&bench, &mut scores);
        self.weigh_kinds(&bench, &mut scores)?;
        self.weigh_intent(&bench, &mut scores)?;
        if self.weights.freshness > 0.0 && !self.plan.names_a_year() {
            self.weigh_days(&bench, &mut scores)?;
        }
        Ok(scores)
    }

    /// Raises or lowers what was scored by the kind and the year of the document.
    fn weigh_kinds(&self, bench: &Bench<'_>, scores: &mut Scores) -> Result<(), Refused> {
        let columns = bench.shelf.segment.fast_fields();
        let (kinds, years) =
            (columns.u64("kinds").map_err(internal)?, columns.i64("year").map_err(internal)?);
        let (asked_years, weights) = (self.plan.years(), self.weights);
        let guide = if self.plan.asks_how() { weights.guide } else { 0.0 };
        for document in bench.candidates.iter() {
            let score = scores.of(document);
            let bits = kinds.first(document).unwrap_or(0);
            for (bit, name, share) in [
                (GUIDE, "guide", guide),
                (RULE, "rule", weights.rule),
                (NATIONAL, "national", weights.national),
                (REPEALED, "repealed", -weights.repealed),
            ] {
                if bits & bit != 0 {
                    scores.add(document, name, "", score * share);
                }
            }
            let year = years.first(document);
            if asked_years.iter().any(|asked| year == Some(i64::from(*asked))) {
                scores.add(document, "year", "", score * weights.year);
            }
        }
        Ok(())
    }

    /// Raises what is of a region or an agency that is meant.
    fn weigh_intent(&self, bench: &Bench<'_>, scores: &mut Scores) -> Result<(), Refused> {
        for (name, share, mut gaining) in self.intent.gains(bench.shelf, self.weights)? {
            gaining.keep(bench.candidates);
            for document in gaining.iter() {
                scores.add(document, name, "", scores.of(document) * share);
            }
        }
        Ok(())
    }

    /// Adds for being new, half as much for every five years.
    fn weigh_days(&self, bench: &Bench<'_>, scores: &mut Scores) -> Result<(), Refused> {
        let days = bench.shelf.segment.fast_fields().i64("day").map_err(internal)?;
        for document in bench.candidates.iter() {
            if let Some(day) = days.first(document) {
                let age = real(u64::try_from(self.collection.newest - day).unwrap_or(0));
                let adds = self.weights.freshness * (-age / (5.0 * 365.25)).exp2();
                scores.add(document, "freshness", "", adds);
            }
        }
        Ok(())
    }

    /// Adds what the title as a whole says, once it is known which words stand in it.
    fn weigh_titles(&self, bench: &Bench<'_>, scores: &mut Scores) {
        let words = self.plan.wanted().filter(|(_, what)| what.is_word());
        let (count, asked) =
            words.fold((0, 0.0), |(n, sum), (at, _)| (n + 1, sum + self.rarity[at]));
        if asked <= 0.0 {
            return;
        }
        for document in bench.candidates.iter() {
            let share = scores.in_title[document as usize] / asked;
            if share <= 0.0 {
                continue;
            }
            scores.add(document, "coverage", "", self.weights.coverage * asked * share * share);
            let covered = share * real(count) / bench.title.tokens(document).max(1.0);
            scores.add(
                document,
                "exactness",
                "",
                self.weights.exactness * asked * share * covered.min(1.0),
            );
        }
    }

    /// In how many documents a term stands.
    fn frequency(&self, field: Field, term: &str) -> Result<u64, Refused> {
        let term = tantivy::Term::from_field_text(field, term);
        self.searcher.doc_freq(&term).map_err(internal)
    }
}

/// One segment with its lengths.
#[derive(Clone)]
struct Bench<'a> {
    ranking: &'a Ranking<'a>,
    shelf: &'a Shelf<'a>,
    candidates: &'a Bits,
    title: Lengths,
    body: Lengths,
    agency: Lengths,
}

impl<'a> Bench<'a> {
    fn new(ranking: &'a Ranking<'a>, shelf: &'a Shelf<'a>, candidates: &'a Bits) -> Self {
        let (weights, all) = (ranking.weights, ranking.collection);
        let (segment, fields) = (shelf.segment, shelf.fields);
        let (b, k1) = (weights.b_title, weights.k1);
        Self {
            ranking,
            shelf,
            candidates,
            title: all.title_lengths(segment, fields, weights),
            body: all.body_lengths(segment, fields, weights),
            agency: Lengths::of(segment, fields.agency_words, all.agency_length, b, k1),
        }
    }

    fn leaf(
        &self,
        scores: &mut Scores,
        what: &What,
        found: &Found,
        rarity: f32,
    ) -> Result<(), Refused> {
        let weights = self.ranking.weights;
        match what {
            What::Number(number) => {
                let name = number.to_string();
                for document in found.bearers.iter().flat_map(Bits::iter) {
                    if self.candidates.holds(document) {
                        scores.add(document, "number", &name, weights.number);
                    }
                }
                Ok(())
            }
            What::Token(token) => self.word(scores, token, rarity, 1.0, true),
            What::Text { folded, quoted } => {
                self.counted(scores, "string", folded, &found.counts, weights.strings * rarity);
                if *quoted {
                    return Ok(());
                }
                self.word(scores, folded, rarity, 1.0, true)?;
                self.inner_words(scores, folded)
            }
            // These choose documents and do not rank them.
            What::Title(_) | What::Agency(_) | What::Value(..) => Ok(()),
            What::Prefix(_) | What::Near(..) | What::Nothing => Ok(()),
        }
    }

    /// Adds a leaf by the way that adds most; `spare` is empty before and after.
    fn ways(
        &self,
        scores: &mut Scores,
        (best, one): &mut (Scores, Scores),
        leaf: &Leaf,
        found: &Found,
        rarity: f32,
    ) -> Result<(), Refused> {
        self.leaf(best, &leaf.what, found, rarity)?;
        for (way, parts) in leaf.ways.iter().zip(&found.ways) {
            let mut holding = together(parts, self.shelf.segment.max_doc());
            holding.keep(self.candidates);
            let share = way.weight * rarity / real(way.all.len() as u64);
            let bench = Bench { candidates: &holding, ..self.clone() };
            for (what, found) in way.all.iter().zip(parts) {
                bench.part(one, what, found, share)?;
            }
            best.take_better(one);
        }
        scores.take(best);
        Ok(())
    }

    /// Adds a part of another way: its string, and the words it is cut into.
    fn part(
        &self,
        scores: &mut Scores,
        what: &What,
        found: &Found,
        rarity: f32,
    ) -> Result<(), Refused> {
        let (What::Text { folded, .. } | What::Token(folded)) = what else { return Ok(()) };
        let strings = self.ranking.weights.strings * rarity;
        self.counted(scores, "string", folded, &found.counts, strings);
        let words = self.ranking.analyzer.cut(folded);
        let share = rarity / real(words.len().max(1) as u64);
        words.iter().try_for_each(|word| self.word(scores, word.text, share, 1.0, true))
    }

    /// Adds a word of the three fields of words.
    fn word(
        &self,
        scores: &mut Scores,
        word: &str,
        rarity: f32,
        share: f32,
        whole: bool,
    ) -> Result<(), Refused> {
        let (fields, weights) = (self.shelf.fields, self.ranking.weights);
        for (field, kind, lengths, weight) in [
            (fields.title_words, "title", &self.title, weights.title),
            (fields.body_words, "body", &self.body, weights.body),
            (fields.agency_words, "agency", &self.agency, weights.agency),
        ] {
            self.shelf.each(field, word, |document, count| {
                if !self.candidates.holds(document) {
                    return;
                }
                let adds = share * weight * rarity * lengths.saturate(count, document);
                scores.add(document, kind, word, adds);
                if whole && kind == "title" {
                    scores.in_title[document as usize] += rarity;
                }
            })?;
        }
        Ok(())
    }

    /// The dictionary words inside a long word count a little, so that a document that says it otherwise is near.
    fn inner_words(&self, scores: &mut Scores, word: &str) -> Result<(), Refused> {
        let mut inner = Vec::new();
        self.ranking.analyzer.words(word, |one| {
            if one != word {
                inner.push(one);
            }
        });
        for one in &inner {
            let frequency = self.ranking.frequency(self.shelf.fields.body_words, one)?;
            let rarity = self.ranking.collection.rarity(frequency);
            let share = self.ranking.weights.inner / real(inner.len() as u64);
            self.word(scores, one, rarity, share, false)?;
        }
        Ok(())
    }

    /// Adds the pairs of a run, and the run itself where it is more than one word.
    fn run(&self, scores: &mut Scores, run: &str) -> Result<(), Refused> {
        let weights = self.ranking.weights;
        let mut pairs = BTreeSet::new();
        grams(run, |_, pair| {
            if pair.chars().all(is_han) {
                pairs.insert(pair);
            }
        });
        for pair in pairs {
            let frequency = self.ranking.frequency(self.shelf.fields.grams, pair)?;
            let weight = weights.pairs * self.ranking.collection.rarity(frequency);
            self.shelf.each(self.shelf.fields.grams, pair, |document, count| {
                if self.candidates.holds(document) {
                    let adds = weight * self.body.saturate(count, document);
                    scores.add(document, "pair", pair, adds);
                }
            })?;
        }
        let words = self.ranking.analyzer.cut(run);
        if words.len() > 1 {
            let rarity: f32 = words.iter().map(|word| self.rarity_of(word.text)).sum();
            let found = self.shelf.text(run)?;
            self.counted(scores, "phrase", run, &found.counts, weights.phrase * rarity);
        }
        Ok(())
    }

    fn rarity_of(&self, word: &str) -> f32 {
        let plan = self.ranking.plan;
        let leaf = plan.wanted().find(|(at, _)| plan.name(*at) == word);
        leaf.map_or(0.0, |(at, _)| self.ranking.rarity[at])
    }

    fn counted(
        &self,
        scores: &mut Scores,
        kind: &'static str,
        what: &str,
        counts: &[(DocId, u32)],
        weight: f32,
    ) {
        for &(document, count) in counts {
            if self.candidates.holds(document) {
                let adds = weight * self.body.saturate(count, document);
                scores.add(document, kind, what, adds);
            }
        }
    }
}
