//! R1: a government's report covers its departments and townships, so that none of them has more.

use crate::catalogue::FigureRow;
use crate::figures::checks::Known;
use crate::model::{Check, Figure, Verdict};

/// What adds up from departments to their government.
pub const ADDED_UP: [&str; 9] = [
    "req_new_received__total",
    "req_processed_total__total",
    "rev_total",
    "lit_direct_total",
    "lit_postrev_total",
    "art20_5_license_decisions",
    "art20_6_penalty_decisions",
    "n14_request_total",
    "n14_reply_total",
];

/// R1: the figures of a government against those of its departments and townships on the same year.
///
/// One that is larger is no more than a note: the government may have reported on its own office only.
pub fn against_departments(government: &[Figure], theirs: &[FigureRow]) -> Vec<Check> {
    let known = Known::of(government);
    let check = |metric: &&str| {
        let own = known.get(metric)?.value?;
        let of_it = theirs.iter().filter(|row| row.metric == *metric);
        let values = of_it.filter_map(|row| Some((row, row.value?)));
        let (row, largest) = values.max_by(|(_, a), (_, b)| a.0.total_cmp(&b.0))?;
        let is_larger = largest.0 > own.0 && !largest.is(own);
        Some(Check {
            rule: "R1".to_owned(),
            scope: (*metric).to_owned(),
            verdict: if is_larger { Verdict::Note } else { Verdict::Holds },
            left: own,
            right: largest,
            detail: row.agency.clone(),
            metrics: vec![(*metric).to_owned()],
        })
    };
    ADDED_UP.iter().filter_map(check).collect()
}
