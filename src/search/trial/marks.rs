//! Marks: what is shown is a piece of the stored text, and marked in it is exactly what was asked for.

use std::ops::Range;

use crate::model::{Attachment, Document};
use crate::search::{
    answer::{Hit, Passage, Segment},
    request::Request,
    trial::{
        Check, Court, described,
        question::{Needle, NeedleKind, is_letter},
        random::Random,
        strict,
    },
};
use crate::text::{fold, fold_quoted};

/// Hits looked at for each question.
const HITS: usize = 10;
/// Questions in a row that find nothing before the trial gives up.
const MOST_IN_VAIN: usize = 2_000;

impl Court<'_> {
    pub(super) fn marks(&self, count: usize, random: &mut Random) -> Check {
        let mut check = Check::new("marks");
        let mut in_vain = 0;
        while check.asked < count && in_vain < MOST_IN_VAIN {
            let before = check.asked;
            let asked = match random.below(3) {
                0 => self.pool.tree(self.scan, random),
                _ => self.pool.leaf(random),
            };
            let mut needles = Vec::new();
            asked.needles(self.pool, true, &mut needles);
            let request = Request { size: HITS, ..strict(asked.typed(self.pool)) };
            match self.engine.search(&request, self.texts) {
                Ok(answer) => {
                    for hit in &answer.hits {
                        look_at(hit, &needles, &request, &mut check);
                    }
                }
                Err(refused) => {
                    check.differences.push(format!("{}: refused: {refused}", described(&request)));
                }
            }
            in_vain = if check.asked == before { in_vain + 1 } else { 0 };
        }
        check
    }
}

/// Checks title and passages of a hit.
fn look_at(hit: &Hit, needles: &[Needle], request: &Request, check: &mut Check) {
    let mut faults = Vec::new();
    let title = &hit.document.title.value;
    if joined(&hit.title) != title.trim() {
        faults.push("the title is not the stored one".to_owned());
    }
    if !is_marked_right(&hit.title, title, needles, true) {
        faults.push(format!("marks of the title {}", shown(&hit.title)));
    }
    for passage in &hit.snippets {
        let sources = sources(&hit.document, passage);
        if !sources.iter().any(|source| is_marked_right(&passage.segments, source, needles, false))
        {
            faults.push(format!("marks of the passage {}", shown(&passage.segments)));
        }
    }
    let all = hit.snippets.iter().flat_map(|passage| &passage.segments).chain(&hit.title);
    for segment in all.filter(|segment| segment.hit) {
        check.asked += 1;
        let text = fold_quoted(&segment.text);
        if !needles.iter().any(|needle| text.contains(&needle.text)) {
            faults.push(format!("{:?} is marked and was not asked for", segment.text));
        }
    }
    let question = described(request);
    let id = hit.document.id;
    check.differences.extend(faults.into_iter().map(|fault| format!("{question}: {id}: {fault}")));
}

/// The stored texts that a passage may be cut from.
fn sources<'d>(document: &'d Document, passage: &Passage) -> Vec<&'d str> {
    let Some(place) = &passage.place else { return vec![document.text.as_str()] };
    let files = document.attachments.iter().filter(|file| file.name == place.attachment);
    let parts = files.flat_map(Attachment::parts).filter(|part| part.label == place.page);
    parts.map(|part| part.text.as_str()).collect()
}

/// Whether the segments are a piece of a source, with exactly the needles in it marked; what must be near something
/// may be marked or not.
fn is_marked_right(segments: &[Segment], source: &str, needles: &[Needle], title: bool) -> bool {
    let text = joined(segments);
    let is_sure = |needle: &&Needle| needle.kind != NeedleKind::Near;
    let (sure, some) = (
        covered(source, needles.iter().filter(is_sure), title),
        covered(source, needles.iter(), title),
    );
    let marked: Vec<bool> =
        segments.iter().flat_map(|segment| vec![segment.hit; segment.text.len()]).collect();
    all_places(source, &text).any(|at| {
        let here = at..at + text.len();
        let between = sure[here.clone()].iter().zip(&some[here]).zip(&marked);
        between.into_iter().all(|((sure, some), marked)| sure <= marked && marked <= some)
    })
}

/// For each byte of a source, whether it belongs to a needle, overlapping ones too.
fn covered<'n>(source: &str, needles: impl Iterator<Item = &'n Needle>, title: bool) -> Vec<bool> {
    let folded = fold(source);
    let mut covered = vec![false; source.len()];
    for needle in needles.filter(|needle| title || needle.kind != NeedleKind::Title) {
        for at in all_places(&folded.text, &needle.text) {
            let span = at..at + needle.text.len();
            let (begins, more) = borders(&folded.text, &span);
            let span = match needle.kind {
                NeedleKind::Whole if !begins || more > 0 => continue,
                NeedleKind::Prefix if !begins => continue,
                NeedleKind::Prefix => span.start..span.end + more,
                _ => span,
            };
            covered[folded.original(span)].fill(true);
        }
    }
    covered
}

/// Every place of a string in a text, overlapping ones too; an empty one stands at the start.
pub(super) fn all_places<'t>(text: &'t str, needle: &'t str) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = text.get(from..)?.find(needle)? + from;
        from = at + needle.chars().next().map_or(1, char::len_utf8);
        Some(at)
    })
}

/// Whether a run of letters and digits can begin at a span, and how many bytes of one follow it.
fn borders(text: &str, span: &Range<usize>) -> (bool, usize) {
    let before = text[..span.start].chars().next_back();
    let rest = &text[span.end..];
    (!before.is_some_and(is_letter), rest.find(|c| !is_letter(c)).unwrap_or(rest.len()))
}

fn joined(segments: &[Segment]) -> String {
    segments.iter().map(|segment| segment.text.as_str()).collect()
}

fn shown(segments: &[Segment]) -> String {
    let one = |segment: &Segment| {
        if segment.hit { format!("【{}】", segment.text) } else { segment.text.clone() }
    };
    segments.iter().map(one).collect()
}
