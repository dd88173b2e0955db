//! A report against that of the year before.

use crate::figures::checks::{APPLICANTS, Known, TOTAL};
use crate::model::{Amount, Check, Figure, Verdict};

/// B4, A1 and A2: a report against that of the year before of the same agency.
pub fn across_years(before: &[Figure], after: &[Figure]) -> Vec<Check> {
    let (before, after) = (Known::of(before), Known::of(after));
    let value = |known: &Known<'_>, id: &str| known.get(id)?.value.map(|value| value.0);
    let mut checks = Vec::new();
    let mut push = |rule: &str, scope: &str, left: f64, right: f64, metrics: Vec<String>| {
        let (left, right) = (Amount(left), Amount(right));
        let verdict = if left.is(right) { Verdict::Holds } else { Verdict::Broken };
        let (rule, scope, detail) = (rule.to_owned(), scope.to_owned(), String::new());
        checks.push(Check { rule, scope, verdict, left, right, detail, metrics });
    };
    for column in APPLICANTS.into_iter().chain([TOTAL]) {
        let (out, carried) =
            (format!("req_carried_out__{column}"), format!("req_carried_in__{column}"));
        if let (Some(left), Some(right)) = (value(&before, &out), value(&after, &carried)) {
            push("B4", column, left, right, vec![out, carried]);
        }
    }
    for kind in ["rules", "normdocs"] {
        let id = |what: &str| format!("art20_1_{kind}_{what}");
        let (Some(then), Some(now), Some(issued), Some(repealed)) = (
            value(&before, &id("in_force")),
            value(&after, &id("in_force")),
            value(&after, &id("issued")),
            value(&after, &id("repealed")),
        ) else {
            continue;
        };
        push(
            "A1",
            kind,
            now,
            then + issued - repealed,
            [id("in_force"), id("issued"), id("repealed")].into(),
        );
    }
    for kind in ["5_license", "5_other_services", "6_penalty", "6_coercion", "8_fee"] {
        let id = |what: &str| format!("art20_{kind}_items_{what}");
        if let (Some(then), Some(change), Some(now)) =
            (value(&before, &id("prev")), value(&before, &id("change")), value(&after, &id("prev")))
        {
            push("A2", kind, now, then + change, vec![id("prev"), id("change")]);
        }
    }
    checks
}
