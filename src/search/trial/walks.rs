//! Walks through facets: values are chosen and dropped, and every number on the way is counted again.

use std::collections::HashMap;

use crate::search::{
    answer::{Answer, FacetCount},
    bits::Bits,
    facet::Facet,
    facets::MOST_VALUES,
    request::Request,
    trial::{Check, Court, described, random::Random, strict},
};

/// The most steps of a walk.
const STEPS: usize = 4;

impl Court<'_> {
    pub(super) fn walks(&self, count: usize, random: &mut Random) -> Check {
        let mut check = Check::new("walks");
        for _ in 0..count {
            self.walk(random, &mut check);
        }
        check
    }

    fn walk(&self, random: &mut Random, check: &mut Check) {
        check.asked += 1;
        let all = Bits::all(self.scan.size());
        let (query, matching) = match random.below(4) {
            0 => (String::new(), all),
            1 => {
                let tree = self.pool.tree(self.scan, random);
                (tree.typed(self.pool), tree.holding(self.scan, self.pool))
            }
            _ => {
                let leaf = self.pool.leaf(random);
                (leaf.typed(self.pool), leaf.holding(self.scan, self.pool))
            }
        };
        let mut request = strict(query);
        for _ in 0..=random.below(STEPS) {
            match self.engine.search(&request, self.texts) {
                Ok(answer) => {
                    self.count_again(&request, &answer, &matching, check);
                    self.click(&request, &answer, random, check);
                    step(&mut request, &answer, random);
                }
                Err(refused) => {
                    check.differences.push(format!("{}: refused: {refused}", described(&request)));
                    return;
                }
            }
        }
    }

    /// Compares the total and every number beside a value with a count over the stored documents.
    fn count_again(&self, request: &Request, answer: &Answer, matching: &Bits, check: &mut Check) {
        let mut hits = matching.clone();
        self.scan.narrow(&mut hits, &request.filters, None);
        let mut fault = |what: String| {
            check.differences.push(format!("{}: {what}", described(request)));
        };
        if hits.count() != answer.total {
            fault(format!("total {}, {} by scan", answer.total, hits.count()));
        }
        for (facet, listed) in answer.facets.iter() {
            let mut open = matching.clone();
            self.scan.narrow(&mut open, &request.filters, Some(facet));
            let counted = self.scan.counts(facet, &open);
            faults_of(facet, listed, &counted).into_iter().for_each(&mut fault);
        }
    }

    /// Chooses one value alone, and sees whether as many hits come as were promised.
    fn click(&self, request: &Request, answer: &Answer, random: &mut Random, check: &mut Check) {
        let Some((facet, value)) = some_value(answer, random) else { return };
        let mut alone = request.clone();
        *alone.filters.of_mut(facet) = vec![value.value.clone()];
        let total = self.engine.search(&alone, self.texts).map(|answer| answer.total);
        if !matches!(total, Ok(total) if total == value.count) {
            let told = format!("{} promised, got {total:?}", value.count);
            check.differences.push(format!("{}: {told}", described(&alone)));
        }
    }
}

/// What is wrong with the list of one facet.
fn faults_of(facet: Facet, listed: &[FacetCount], counted: &HashMap<&str, u64>) -> Vec<String> {
    let mut faults = Vec::new();
    for one in listed {
        let count = counted.get(one.value.as_str()).copied().unwrap_or(0);
        if one.count != count {
            let (name, value) = (facet.name(), &one.value);
            faults.push(format!("{name} {value}: {} beside it, {count} by scan", one.count));
        }
    }
    let least = listed.iter().filter(|one| !one.selected).map(|one| one.count).min().unwrap_or(0);
    let is_cut = !facet.is_tree() && facet != Facet::Year && listed.len() >= MOST_VALUES;
    for (value, count) in counted {
        let is_listed = listed.iter().any(|one| one.value == *value);
        let is_left_out = is_cut && *count <= least;
        if !is_listed && !is_left_out {
            faults.push(format!("{} {value}: not listed, {count} by scan", facet.name()));
        }
    }
    faults
}

fn some_value<'a>(answer: &'a Answer, random: &mut Random) -> Option<(Facet, &'a FacetCount)> {
    let facet = *random.pick(&Facet::ALL)?;
    Some((facet, random.pick(answer.facets.of(facet))?))
}

/// Chooses a value that is listed, or drops one that is chosen.
fn step(request: &mut Request, answer: &Answer, random: &mut Random) {
    let Some((facet, value)) = some_value(answer, random) else { return };
    let chosen = request.filters.of_mut(facet);
    match chosen.iter().position(|known| *known == value.value) {
        Some(at) => {
            chosen.remove(at);
        }
        None => chosen.push(value.value.clone()),
    }
}
