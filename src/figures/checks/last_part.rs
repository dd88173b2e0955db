//! S2: a table that has fees, and a last part that has nothing to say.

use std::sync::LazyLock;

use regex::Regex;

use crate::figures::checks::Known;
use crate::model::{Amount, Check, Verdict};

const FEES: &str = "art20_8_fee_amount_wanyuan";

/// The heading of the last part; in a table of contents it stands a first time.
static HEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)(?:六[、.．]\s*|^\s*)其[他它]需要报告的(?:其[他它])?事项[\s:：。.]*").ok()
});
/// A sentence that says there is nothing, without signs.
static NOTHING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:[0-9]{4}年度?|本年度?|本单位|本机关|本局|我单位|我局|目前)*暂?(?:无|没有)(?:其[他它])?需?要?(?:报告|说明)?的?(?:事项|情况|内容)?$",
    )
    .ok()
});

/// A note where fees are in the table and the last part says only that there is nothing.
pub(super) fn fees_unsaid(known: &Known<'_>, text: &str) -> Option<Check> {
    let fees = known.get(FEES)?.value.filter(|fees| fees.0 > 0.0)?;
    let part = text.get(HEADING.as_ref()?.find_iter(text).last()?.end()..)?;
    let first = part.lines().next().unwrap_or_default();
    let first: String = first.chars().filter(|c| c.is_alphanumeric()).collect();
    let says_nothing = NOTHING.as_ref()?.is_match(&first) && !part.contains("收费");
    says_nothing.then(|| Check {
        rule: "S2".to_owned(),
        scope: "8_fee".to_owned(),
        verdict: Verdict::Note,
        left: fees,
        right: Amount(0.0),
        detail: "fees in the table, and nothing of them in the last part".to_owned(),
        metrics: vec![FEES.to_owned()],
    })
}
