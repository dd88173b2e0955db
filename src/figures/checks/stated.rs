//! P1: what sentences state, against tables.

use crate::figures::checks::{Known, Rule, ids};
use crate::model::{Check, Method, Scope, Verdict};

/// What sentences and cells both state: the prose figure and the figures it must be the sum of.
const STATED: [(&str, &[&str]); 21] = [
    ("prose_requests_received", &["req_new_received__total"]),
    ("prose_requests_received", &["n14_request_total"]),
    ("prose_requests_received", &["zj13_request_total"]),
    ("prose_requests_concluded", &["req_processed_total__total"]),
    ("prose_granted_partial", &["req_granted__total", "req_partially_granted__total"]),
    ("prose_carried_out", &["req_carried_out__total"]),
    ("prose_normdocs_repealed", &["art20_1_normdocs_repealed"]),
    ("prose_review_disclosure", &["rev_total"]),
    ("prose_review_disclosure", &["n14_review_total"]),
    ("prose_review_disclosure", &["zj13_review_total"]),
    ("prose_litigation_disclosure", &["lit_direct_total", "lit_postrev_total"]),
    ("prose_litigation_disclosure", &["n14_litigation_total"]),
    ("prose_litigation_disclosure", &["zj13_litigation_total"]),
    ("prose_litigation_direct", &["lit_direct_total"]),
    ("prose_litigation_postrev", &["lit_postrev_total"]),
    ("prose_website_items", &["zj13_proactive_website"]),
    ("prose_press_conf", &["n14_press_conf_total"]),
    ("prose_press_conf", &["zj13_proactive_press_conf"]),
    ("prose_requests_online", &["n14_request_online"]),
    ("prose_requests_letter", &["n14_request_letter"]),
    ("prose_requests_in_person", &["n14_request_in_person"]),
];

/// What sentences and tables both state, compared.
pub(super) fn against_tables(known: &Known<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for (prose, cells) in STATED {
        let Some(stated) = known.get(prose) else { continue };
        let cells = ids("", cells);
        // A table of a government covers those below it; a sentence about its office alone is no contradiction.
        if stated.scope == Scope::Own || stated.approximate {
            continue;
        }
        let used_by = &[Method::Prose];
        let rule =
            Rule { name: "P1", scope: prose, left: ids("", &[prose]), right: cells, used_by };
        let Some(mut check) =
            rule.check(known).filter(|check| check.right.0 != 0.0 || check.left.0 != 0.0)
        else {
            continue;
        };
        if known.sum(&check.metrics[1..]).is_none_or(|sum| sum.filled == 0) {
            continue; // all cells are blank: the sentence is all there is
        }
        check.detail = detail(known, &check);
        checks.push(check);
    }
    checks
}

fn detail(known: &Known<'_>, check: &Check) -> String {
    let processed = known.get("req_processed_total__total").and_then(|figure| figure.value);
    if check.scope == "prose_requests_received"
        && check.verdict == Verdict::Broken
        && processed.is_some_and(|processed| processed.is(check.left))
    {
        return format!("{} is 三(七) 总计, requests concluded, not requests received", check.left);
    }
    String::new()
}
