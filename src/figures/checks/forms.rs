//! Forms that are a list: their totals and the parts of these.

use crate::figures::checks::{Known, Rule, ids};
use crate::model::{Check, Verdict};

/// A total and its parts, by rule.
type Sums = (&'static str, &'static str, &'static [&'static str]);

const NATIONAL: [Sums; 8] = [
    (
        "N1",
        "request_total",
        &["request_in_person", "request_fax", "request_online", "request_letter"],
    ),
    ("N2", "concluded_total", &["concluded_on_time", "concluded_extended"]),
    (
        "N3",
        "reply_total",
        &[
            "reply_already_public",
            "reply_granted",
            "reply_partial",
            "reply_denied",
            "reply_not_this_agency",
            "reply_nonexistent",
            "reply_told_to_amend",
            "reply_other_route",
        ],
    ),
    (
        "N4",
        "reply_denied",
        &[
            "denied_state_secret",
            "denied_trade_secret",
            "denied_privacy",
            "denied_security_stability",
            "denied_not_gov_info",
            "denied_other_law",
        ],
    ),
    ("N5", "review_total", &["review_upheld", "review_corrected", "review_other"]),
    ("N6", "litigation_total", &["litigation_upheld", "litigation_corrected", "litigation_other"]),
    ("N7", "staff_total", &["staff_full_time", "staff_part_time"]),
    ("N8", "concluded_total", &["reply_total"]),
];
const ZHEJIANG: [Sums; 7] = [
    (
        "Z1",
        "proactive_total",
        &["proactive_gazette_docs", "proactive_website", "proactive_press_conf"],
    ),
    (
        "Z2",
        "request_total",
        &[
            "request_in_person",
            "request_fax",
            "request_online",
            "request_letter",
            "request_other_means",
        ],
    ),
    ("Z3", "accepted_total", &["accepted_on_time", "accepted_extended"]),
    (
        "Z4",
        "reply_total",
        &[
            "reply_granted",
            "reply_partial",
            "reply_denied",
            "reply_not_held_or_nonexistent",
            "reply_unclear_or_redirected",
            "reply_other",
        ],
    ),
    (
        "Z5",
        "reply_denied",
        &[
            "denied_state_secret",
            "denied_trade_secret",
            "denied_privacy",
            "denied_security_stability",
        ],
    ),
    ("Z6", "review_total", &["review_upheld", "review_illegal", "review_other_corrected"]),
    (
        "Z7",
        "litigation_total",
        &["litigation_upheld", "litigation_illegal", "litigation_other_corrected"],
    ),
];

/// N1 to N8 of the national form of 2014; Z1 to Z7 of that of Zhejiang.
pub(super) fn sums(known: &Known<'_>) -> Vec<Check> {
    let mut checks = Vec::new();
    for (rules, prefix, scope) in [(&NATIONAL[..], "n14_", "n14"), (&ZHEJIANG[..], "zj13_", "zj13")]
    {
        for (name, total, parts) in rules {
            let (left, right) = (ids(prefix, &[total]), ids(prefix, parts));
            let check = Rule { name, scope, left, right, used_by: &[] }.check(known);
            checks.extend(check.map(with_note));
        }
    }
    checks
}

/// The form of Zhejiang adds documents, items and press conferences.
fn with_note(check: Check) -> Check {
    if check.rule != "Z1" || check.verdict != Verdict::Holds {
        return check;
    }
    let detail = "this total adds different units (件, 条, 次); do not compare it with later forms"
        .to_owned();
    Check { verdict: Verdict::Note, detail, ..check }
}
