//! Words that stand close together: of the best documents, those where neighbours of the question are neighbours gain.
//!
//! Only the best ones are looked at, over all segments, so that the order depends on no segment and common words cost
//! little.

use crate::search::{
    bits::Bits,
    listing::Matched,
    plan::{Plan, What},
    request::Refused,
    scores::Scores,
};

/// So many of the best documents are looked at.
const LOOKED_AT: usize = 100;
/// Two words farther apart than so many characters have nothing to do with each other.
const FARTHEST: u32 = 30;

/// Adds what is gained; `hits` and `scores` by segment, `rarity` by leaf.
pub(super) fn weigh(
    plan: &Plan,
    weight: f32,
    rarity: &[f32],
    matched: &[Matched<'_>],
    hits: &[Bits],
    scores: &mut [Scores],
) -> Result<(), Refused> {
    let words: Vec<(usize, &str)> = plan.wanted().filter_map(word).collect();
    if weight <= 0.0 || words.len() < 2 {
        return Ok(());
    }
    let least = least_of_best(hits, scores);
    for ((segment, hits), scores) in matched.iter().zip(hits).zip(scores) {
        let best: Vec<u32> = hits.iter().filter(|&hit| scores.of(hit) >= least).collect();
        let mut before: Option<(usize, Vec<Vec<u32>>)> = None;
        for &(leaf, word) in &words {
            let places = segment.shelf.places_in(word, &best)?;
            if let Some((other, of_other)) = before.take() {
                let worth = weight * rarity[leaf].min(rarity[other]);
                for ((&document, a), b) in best.iter().zip(&of_other).zip(&places) {
                    if let Some(apart) = least_apart(a, plan.length(other), b, plan.length(leaf)) {
                        let share = 1.0 / (1.0 + crate::search::ranking::real(apart.into()) / 8.0);
                        scores.add(document, "proximity", word, worth * share);
                    }
                }
            }
            before = Some((leaf, places));
        }
    }
    Ok(())
}

/// A leaf whose places are known: a typed word of several Han characters.
fn word((leaf, what): (usize, &What)) -> Option<(usize, &str)> {
    match what {
        What::Text { folded, quoted: false } if folded.chars().nth(1).is_some() => {
            Some((leaf, folded))
        }
        _ => None,
    }
}

/// The score of the last document that is looked at.
fn least_of_best(hits: &[Bits], scores: &[Scores]) -> f32 {
    let of_segment = |(hits, scores): (&Bits, &Scores)| -> Vec<f32> {
        hits.iter().map(|hit| scores.of(hit)).collect()
    };
    let mut all: Vec<f32> = hits.iter().zip(scores).flat_map(of_segment).collect();
    if all.len() <= LOOKED_AT {
        return f32::MIN;
    }
    let (_, least, _) = all.select_nth_unstable_by(LOOKED_AT - 1, |a, b| b.total_cmp(a));
    *least
}

/// How many characters lie between two words where they stand closest, in either order; `None` where that is far.
fn least_apart(a: &[u32], long_a: u32, b: &[u32], long_b: u32) -> Option<u32> {
    let (mut at, mut least) = (0, FARTHEST + 1);
    for &first in a {
        while b.get(at).is_some_and(|&second| second < first) {
            at += 1;
        }
        if let Some(&second) = b.get(at) {
            least = least.min(second.saturating_sub(first + long_a));
        }
        if let Some(&second) = at.checked_sub(1).and_then(|before| b.get(before)) {
            least = least.min(first.saturating_sub(second + long_b));
        }
    }
    (least <= FARTHEST).then_some(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::{Archive, document};
    use crate::search::{Request, Weights};

    #[test]
    fn the_least_distance_in_either_order() {
        assert_eq!(least_apart(&[10], 2, &[12], 2), Some(0));
        assert_eq!(least_apart(&[10, 90], 2, &[50, 85], 2), Some(3));
        assert_eq!(least_apart(&[10], 2, &[60], 2), None);
        assert_eq!(least_apart(&[], 2, &[60], 2), None);
    }

    #[test]
    fn of_documents_with_the_same_words_the_closer_ones_gain() {
        let filler = "本条规定的其他事项按有关要求办理。";
        let near = format!("{filler}冬季供暖补贴标准由本市确定。{filler}{filler}");
        let far = format!("冬季供暖由本市确定。{filler}{filler}补贴标准另行公布。{filler}");
        let mut archive =
            Archive::new(vec![document("far", "通知", &far), document("near", "通知", &near)]);
        let request = Request { query: "供暖 补贴".to_owned(), ..Request::default() };
        assert_eq!(Archive::ids(&archive.ask(&request).unwrap()), ["near", "far"]);
        let none = Weights { proximity: 0.0, ..Weights::default() };
        archive.engine = archive.engine.with_weights(none);
        let scores: Vec<f32> =
            archive.ask(&request).unwrap().hits.iter().map(|hit| hit.score).collect();
        assert!((scores[0] - scores[1]).abs() < 0.01, "{scores:?}");
    }
}
