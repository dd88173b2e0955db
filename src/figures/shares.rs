//! Shares, means and changes that sentences state, against what their own numbers give (rule P2).
//!
//! A stated share is wrong if it is not the computed one rounded half up to its printed decimals. Where the two are so
//! far apart that the sentence most likely means another total, nothing is said.

use std::sync::LazyLock;

use regex::Regex;

use crate::figures::number::rounded;
use crate::figures::prose::Sentences;
use crate::model::{Amount, Check, Verdict};

static SHARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?<label>[\p{Han}]{2,16}?)(?<n>[0-9]+)(?<u>[条件个项份篇起])[,(]?占(?:比|总数的|总量的|全部的)?(?:为|达)?(?<p>[0-9]+(?:\.[0-9]+)?)%").ok()
});
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?<n>[0-9]+)[件条项次][^。;0-9]{0,6}比(?:[0-9]{4}年|上年|去年|上一年)(?:度)?(?:的)?(?<m>[0-9]+)[件条项次](?<d>下降|减少|上升|增长|增加)了?(?<p>[0-9]+(?:\.[0-9]+)?)%").ok()
});
static MEAN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?<t>[0-9]+)个?(?<u>工作日|天|小时),平均(?:每项|每件)?(?<p>[0-9]+(?:\.[0-9]+)?)个?(?<v>工作日|天|小时)").ok()
});
static COUNT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?<n>[0-9]+(?:\.[0-9]+)?)(?<u>[\p{Han}%])").ok());

/// Percentage points, or parts of a mean, beyond which another total must be meant.
const FARTHEST: f64 = 10.0;
/// Sentences before a share in which its total may stand, in bytes.
const REACH: usize = 1500;

/// What the stated shares, changes and means come to.
pub(super) fn checks(sentences: &Sentences) -> Vec<Check> {
    let mut checks = Vec::new();
    let text = sentences.text();
    for found in SHARE.iter().flat_map(|regex| regex.captures_iter(text)) {
        let (Some(part), Some(stated)) = (number(&found["n"]), number(&found["p"])) else {
            continue;
        };
        let Some(start) = found.name("n").map(|n| n.start()) else { continue };
        let Some(total) = total_before(text, start, &found["u"], part) else { continue };
        let computed = rounded(part / total * 100.0, decimals(&found["p"]));
        let detail =
            format!("{}{}{}占{}%: {part}/{total}", &found["label"], part, &found["u"], &found["p"]);
        checks.extend(judged(&found["label"], stated, computed, detail));
    }
    for found in CHANGE.iter().flat_map(|regex| regex.captures_iter(text)) {
        let (Some(now), Some(then), Some(stated)) =
            (number(&found["n"]), number(&found["m"]), number(&found["p"]))
        else {
            continue;
        };
        if then == 0.0 {
            continue;
        }
        let falls = found["d"].starts_with('下') || found["d"].starts_with('减');
        let stated = if falls { -stated } else { stated };
        let computed = rounded((now - then) / then * 100.0, decimals(&found["p"]));
        let detail = format!("{then} → {now}, stated {stated}%");
        checks.extend(judged("change", stated, computed, detail));
    }
    for found in MEAN.iter().flat_map(|regex| regex.captures_iter(text)) {
        let (Some(total), Some(stated)) = (number(&found["t"]), number(&found["p"])) else {
            continue;
        };
        let Some(start) = found.name("t").map(|t| t.start()) else { continue };
        if found["u"] != found["v"] {
            continue;
        }
        let Some(count) = count_before(sentences.before(start)) else { continue };
        let computed = rounded(total / count, decimals(&found["p"]));
        let detail = format!("{total}{} / {count}, stated {}", &found["u"], &found["p"]);
        checks.extend(judged("mean", stated, computed, detail));
    }
    checks
}

fn number(digits: &str) -> Option<f64> {
    digits.parse().ok()
}

fn decimals(printed: &str) -> usize {
    printed.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn judged(scope: &str, stated: f64, computed: f64, detail: String) -> Option<Check> {
    if (stated - computed).abs() > FARTHEST {
        return None;
    }
    let verdict =
        if Amount(stated).is(Amount(computed)) { Verdict::Holds } else { Verdict::Broken };
    Some(Check {
        rule: "P2".to_owned(),
        scope: scope.to_owned(),
        verdict,
        left: Amount(stated),
        right: Amount(computed),
        detail,
        metrics: Vec::new(),
    })
}

/// The nearest number before a part that counts the same and can be its total: no part itself, no number of last year.
fn total_before(text: &str, start: usize, unit: &str, part: f64) -> Option<f64> {
    let from = text.floor_char_boundary(start.saturating_sub(REACH));
    let before = &text[from..start];
    let found: Vec<_> = COUNT.as_ref()?.captures_iter(before).collect();
    found.iter().rev().find_map(|found| {
        let (whole, n) = (found.get(0)?, found.name("n")?);
        let rest = &before[whole.end()..];
        let is_part = rest.starts_with(",占") || rest.starts_with("占") || rest.starts_with("(占");
        let lead = &before[..n.start()];
        let of_last_year = lead.ends_with("年的") || lead.ends_with("年度的");
        let value = number(n.as_str())?;
        (&found["u"] == unit && !is_part && !of_last_year && value >= part && value > 0.0)
            .then_some(value)
    })
}

/// How many things a mean is of: the nearest number of things before it.
fn count_before(before: &str) -> Option<f64> {
    let found: Vec<_> = COUNT.as_ref()?.captures_iter(before).collect();
    let counts = found.iter().rev().filter(|found| ["项", "件", "宗", "家"].contains(&&found["u"]));
    counts.filter_map(|found| number(&found["n"])).find(|count| *count > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    fn broken(text: &str) -> Vec<(f64, f64)> {
        let checks = checks(&Sentences::of(text, &[], Place::Text));
        let broken = checks.iter().filter(|check| check.verdict == Verdict::Broken);
        broken.map(|check| (check.left.0, check.right.0)).collect()
    }

    #[test]
    fn shares_are_rounded_half_up_to_the_printed_decimals() {
        let text = "发布信息80条，其中法规类信息30条，占37.5%，规划类信息10条，占12.5%，业务类信息40条，占51%。";
        assert_eq!(broken(text), [(51.0, 50.0)]);
        let text = "收到申请200件，比2018年的250件下降了21%。其中：予以公开101件，占50.5%；不予公开7件，占3.4%。";
        assert_eq!(broken(text), [(3.4, 3.5), (-21.0, -20.0)]);
        assert!(broken("收到申请200件。机构类信息30条，占12%。").is_empty(), "no total of 条");
    }

    #[test]
    fn means_are_of_the_things_named_before() {
        let text = "40项审批事项法定时间为800个工作日，平均20个工作日，承诺时间为210个工作日，平均5.3个工作日。";
        assert_eq!(broken(text), [], "210 / 40 = 5.25, rounded half up");
        assert_eq!(broken(&text.replace("5.3", "5.2")), [(5.2, 5.3)]);
    }
}
