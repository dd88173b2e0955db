//! What of a hit is shown: its title and the best passages of its text, with what matched.
//!
//! The same matchers that chose the document run over its folded text; what they find is mapped back to the text as
//! published, so nothing is marked that was not asked for.

use std::{collections::BTreeSet, ops::Range};

use crate::model::{Document, paragraphs, spot_numbers};
use crate::search::{
    answer::{FilePlace, Passage, Segment},
    plan::{Leaf, Plan, What},
};
use crate::text::{BARRIER, fold, is_han};

/// How long a passage is, in characters, more or less.
const LENGTH: usize = 120;
/// How far before the first mark a passage may begin, in characters.
const BEFORE: usize = 30;
/// Passages of one hit.
const MOST_PASSAGES: usize = 2;
/// Marks of one text that are looked at; a word that stands more often says nothing new.
const MOST_MARKS: usize = 5_000;

/// So much of the files of one document is looked at for passages, in bytes.
const MOST_OF_FILES: usize = 4 << 20;

/// A text that passages are taken from.
struct Source<'d> {
    text: &'d str,
    marks: Vec<Mark>,
    place: Option<FilePlace>,
}

/// Marks what a question matched.
pub(super) struct Marker<'p> {
    plan: &'p Plan,
    rarity: &'p [f32],
}

/// Something that matched, in bytes of the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) span: Range<usize>,
    pub(super) leaf: usize,
}

impl<'p> Marker<'p> {
    pub(super) fn new(plan: &'p Plan, rarity: &'p [f32]) -> Self {
        Self { plan, rarity }
    }

    /// The whole of a short text, such as a title.
    pub(super) fn whole(&self, text: &str, is_title: bool) -> Vec<Segment> {
        segments(text, 0..text.len(), &self.marks(text, is_title))
    }

    /// The best passages of a document, in its order, from its text and its files; the beginning of its text when
    /// nothing matched.
    pub(super) fn passages(&self, document: &Document) -> Vec<Passage> {
        let sources = self.sources(document);
        let mut chosen: Vec<(usize, Range<usize>)> = Vec::new();
        let mut shown = BTreeSet::new();
        while chosen.len() < MOST_PASSAGES
            && let Some((source, best)) = self.best_of(&sources, &chosen, &shown)
        {
            let inside = |mark: &&Mark| best.start <= mark.span.start && mark.span.end <= best.end;
            shown.extend(sources[source].marks.iter().filter(inside).map(|mark| mark.leaf));
            chosen.push((source, best));
        }
        if chosen.is_empty() {
            let text = sources[0].text;
            let first = paragraphs(text).next().unwrap_or_default();
            let start = place_of(first, text);
            chosen.push((0, start..start + end_near(first, 0, LENGTH)));
        }
        chosen.sort_by_key(|(source, passage)| (*source, passage.start));
        let shown = chosen.into_iter().map(|(source, passage)| {
            let Source { text, marks, place } = &sources[source];
            Passage { segments: segments(text, passage, marks), place: place.clone() }
        });
        shown.filter(|passage| !passage.segments.is_empty()).collect()
    }

    /// The text of a document, and what its files hold, as far as it is looked at.
    fn sources<'d>(&self, document: &'d Document) -> Vec<Source<'d>> {
        let source = |text, place| Source { text, marks: self.marks(text, false), place };
        let mut sources = vec![source(document.text.as_str(), None)];
        let mut left = MOST_OF_FILES;
        for attachment in &document.attachments {
            for part in attachment.parts() {
                if part.text.len() > left {
                    return sources;
                }
                left -= part.text.len();
                let place =
                    FilePlace { attachment: attachment.name.clone(), page: part.label.clone() };
                sources.push(source(part.text.as_str(), Some(place)));
            }
        }
        sources
    }

    /// The passage of all sources that shows most; of equals, the first.
    fn best_of(
        &self,
        sources: &[Source<'_>],
        chosen: &[(usize, Range<usize>)],
        shown: &BTreeSet<usize>,
    ) -> Option<(usize, Range<usize>)> {
        let mut best: Option<(f32, usize, Range<usize>)> = None;
        for (number, source) in sources.iter().enumerate().filter(|(_, s)| !s.marks.is_empty()) {
            let here: Vec<Range<usize>> =
                chosen.iter().filter(|(n, _)| *n == number).map(|(_, p)| p.clone()).collect();
            if let Some((worth, passage)) = self.best(source.text, &source.marks, &here, shown)
                && (worth > 0.0 || chosen.is_empty())
                && best.as_ref().is_none_or(|(most, _, _)| worth > *most)
            {
                best = Some((worth, number, passage));
            }
        }
        best.map(|(_, number, passage)| (number, passage))
    }

    /// Everything that matched in a text, in order.
    pub(super) fn marks(&self, text: &str, is_title: bool) -> Vec<Mark> {
        let folded = fold(text);
        let mut marks = Vec::new();
        let ways = |(at, leaf): (usize, &'p Leaf)| {
            let others = leaf.ways.iter().flat_map(|way| &way.all);
            std::iter::once(&leaf.what).chain(others).map(move |what| (at, what))
        };
        for (leaf, what) in self.plan.ranked().flat_map(ways) {
            let (needle, borders) = match what {
                What::Text { folded, .. } => (folded.as_str(), Borders::Any),
                What::Token(token) => (token.as_str(), Borders::Both),
                What::Prefix(stem) => (stem.as_str(), Borders::Before),
                What::Title(folded) if is_title => (folded.as_str(), Borders::Any),
                What::Near(far, a, b) => {
                    let spans = near(&folded.text, *far, a, b);
                    let back = |span| Mark { span: folded.original(span), leaf };
                    marks.extend(spans.into_iter().map(back).take(MOST_MARKS));
                    continue;
                }
                What::Number(number) => {
                    let spots = spot_numbers(text).into_iter();
                    let meant = spots.filter(|spot| number.means(&spot.number));
                    marks.extend(meant.map(|spot| Mark { span: spot.span, leaf }));
                    continue;
                }
                What::Title(_) | What::Agency(_) | What::Value(..) | What::Nothing => continue,
            };
            let found = places(&folded.text, needle).map(|at| at..at + needle.len());
            let found = found.filter_map(|span| borders.fit(&folded.text, span));
            let back = found.map(|span| Mark { span: folded.original(span), leaf });
            marks.extend(back.take(MOST_MARKS));
        }
        marks.sort_by_key(|mark| (mark.span.start, mark.span.end));
        marks
    }

    /// The passage of one text that shows most, apart from those chosen already, and how much.
    fn best(
        &self,
        text: &str,
        marks: &[Mark],
        chosen: &[Range<usize>],
        shown: &BTreeSet<usize>,
    ) -> Option<(f32, Range<usize>)> {
        let mut best: Option<(f32, Range<usize>)> = None;
        for paragraph in paragraphs(text) {
            let start = place_of(paragraph, text);
            let span = start..start + paragraph.len();
            let first = marks.partition_point(|mark| mark.span.start < span.start);
            let last = marks.partition_point(|mark| mark.span.start < span.end);
            for at in first..last {
                let window = self.window(&marks[at..last], shown);
                let overlaps = chosen
                    .iter()
                    .any(|other| other.start < window.1.end && window.1.start < other.end);
                if !overlaps && best.as_ref().is_none_or(|(worth, _)| window.0 > *worth) {
                    best = Some((window.0, around(text, &span, &window.1)));
                }
            }
        }
        let (worth, passage) = best?;
        let clear =
            chosen.iter().all(|other| passage.end <= other.start || other.end <= passage.start);
        clear.then_some((worth, passage))
    }

    /// The marks from the first one on that fit into one passage: what they are worth, and where they stand.
    fn window(&self, marks: &[Mark], shown: &BTreeSet<usize>) -> (f32, Range<usize>) {
        let start = marks[0].span.start;
        let (mut leaves, mut end, mut worth) = (BTreeSet::new(), marks[0].span.end, 0.0);
        for mark in marks {
            // Han characters have three bytes; other text is shorter, and its passages hold more of it.
            if mark.span.end > start + 3 * (LENGTH - BEFORE) && mark.span.start > start {
                break;
            }
            end = end.max(mark.span.end);
            worth += match (leaves.insert(mark.leaf), shown.contains(&mark.leaf)) {
                (true, false) => self.rarity[mark.leaf],
                (true, true) => 0.1 * self.rarity[mark.leaf],
                (false, _) => 0.02 * self.rarity[mark.leaf],
            };
        }
        (worth, start..end)
    }
}

/// On which sides no letter or digit may stand beside what is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Borders {
    Any,
    /// The beginning of a run of letters and digits, which is found whole.
    Before,
    Both,
}

impl Borders {
    /// What is found at a place, if its borders fit.
    fn fit(self, folded: &str, span: Range<usize>) -> Option<Range<usize>> {
        let letter = |c: char| c.is_alphanumeric() && !is_han(c);
        let rest = &folded[span.end..];
        let more = rest.find(|c| !letter(c)).unwrap_or(rest.len());
        let begins = !folded[..span.start].chars().next_back().is_some_and(letter);
        match self {
            Self::Any => Some(span),
            Self::Before => begins.then_some(span.start..span.end + more),
            Self::Both => (begins && more == 0).then_some(span),
        }
    }
}

/// Every place where a string stands, overlapping ones too.
fn places<'t>(folded: &'t str, needle: &'t str) -> impl Iterator<Item = usize> {
    let step = needle.chars().next().map_or(1, char::len_utf8);
    let finder = memchr::memmem::Finder::new(needle);
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = finder.find(folded.as_bytes().get(from..)?)? + from;
        from = at + step;
        Some(at)
    })
}

/// Both strings wherever they stand in one paragraph with at most so many characters between.
fn near(folded: &str, far: u32, a: &str, b: &str) -> Vec<Range<usize>> {
    let far = usize::try_from(far).unwrap_or(usize::MAX);
    let (of_a, of_b): (Vec<usize>, Vec<usize>) =
        (places(folded, a).collect(), places(folded, b).collect());
    let mut spans = Vec::new();
    let mut pair = |first: usize, end: usize, second: usize, last: usize| {
        let is_near = folded.get(end..second).is_some_and(|between| {
            !between.contains(BARRIER) && between.chars().take(far + 1).count() <= far
        });
        if is_near {
            spans.extend([first..end, second..last]);
        }
    };
    // Characters have at most four bytes: what begins later is too far away.
    let reach = far.saturating_mul(4);
    for &start in &of_a {
        let end = start + a.len();
        let from = of_b.partition_point(|&place| place < end);
        for &other in of_b[from..].iter().take_while(|&&place| place <= end + reach) {
            pair(start, end, other, other + b.len());
        }
    }
    for &start in &of_b {
        let end = start + b.len();
        let from = of_a.partition_point(|&place| place < end);
        for &other in of_a[from..].iter().take_while(|&&place| place <= end + reach) {
            pair(start, end, other, other + a.len());
        }
    }
    spans
}

/// Where a part of a text begins in it.
fn place_of(part: &str, text: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn ends_sentence(c: char) -> bool {
    "。！？；!?;\n".contains(c)
}

/// A passage around what matched, inside its paragraph, from border to border of sentences where these are near.
fn around(text: &str, paragraph: &Range<usize>, marked: &Range<usize>) -> Range<usize> {
    let before = &text[paragraph.start..marked.start];
    let mut start = paragraph.start;
    for (count, (at, c)) in before.char_indices().rev().enumerate() {
        if ends_sentence(c) {
            start = paragraph.start + at + c.len_utf8();
            break;
        }
        if count == BEFORE {
            start = paragraph.start + at;
            break;
        }
    }
    let used = text[start..marked.end].chars().count();
    let more = LENGTH.saturating_sub(used);
    let rest = &text[marked.end..paragraph.end];
    start..marked.end + end_near(rest, 0, more)
}

/// Where to stop after about so many characters: at the last border of a sentence in the second half, else there.
fn end_near(text: &str, least: usize, length: usize) -> usize {
    let mut border = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count >= length {
            return border.unwrap_or(at);
        }
        if ends_sentence(c) && count >= least.max(length / 2) {
            border = Some(at + c.len_utf8());
        }
    }
    text.len()
}

/// Cuts a passage into what matched and what did not; a mark that begins or ends outside widens the passage.
fn segments(text: &str, passage: Range<usize>, marks: &[Mark]) -> Vec<Segment> {
    let Range { mut start, mut end } = passage;
    for mark in marks {
        if mark.span.start >= end || mark.span.end <= start {
            continue;
        }
        (start, end) = (start.min(mark.span.start), end.max(mark.span.end));
    }
    let mut segments: Vec<Segment> = Vec::new();
    let mut at = start;
    let mut push = |from: usize, to: usize, hit: bool| {
        if from < to {
            segments.push(Segment { text: text[from..to].to_owned(), hit });
        }
    };
    let mut open: Option<Range<usize>> = None;
    for mark in marks.iter().filter(|mark| start <= mark.span.start && mark.span.end <= end) {
        match &mut open {
            Some(hit) if mark.span.start < hit.end => hit.end = hit.end.max(mark.span.end),
            _ => {
                if let Some(hit) = open.replace(mark.span.clone()) {
                    push(at, hit.start, false);
                    push(hit.start, hit.end, true);
                    at = hit.end;
                }
            }
        }
    }
    if let Some(hit) = open {
        push(at, hit.start, false);
        push(hit.start, hit.end, true);
        at = hit.end;
    }
    push(at, end, false);
    trim(segments)
}

/// Drops white space at both ends.
fn trim(mut segments: Vec<Segment>) -> Vec<Segment> {
    if let Some(first) = segments.first_mut().filter(|first| !first.hit) {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = segments.last_mut().filter(|last| !last.hit) {
        last.text.truncate(last.text.trim_end().len());
    }
    segments.retain(|segment| !segment.text.is_empty());
    segments
}
