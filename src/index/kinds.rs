//! What kind of document it is, as far as the ranking cares: one bit each.

use crate::model::Document;

/// Tells how something is done at a counter: a service guide.
pub const GUIDE: u64 = 1;
/// Lays down rules: a law, regulations, measures.
pub const RULE: u64 = 2;
/// Of the whole country.
pub const NATIONAL: u64 = 4;
/// No longer in force.
pub const REPEALED: u64 = 8;

/// Columns and labels of guides.
const GUIDES: [&str; 3] = ["办事指南", "服务指南", "政务服务事项"];
/// How titles of rules end.
const RULES: [&str; 9] = ["法", "条例", "办法", "规定", "细则", "解释", "规则", "法典", "通则"];
/// How titles and agencies of the whole country begin.
const STATE: [&str; 6] =
    ["中华人民共和国", "国务院", "全国人民代表大会", "最高人民法院", "最高人民检察院", "中共中央"];
/// Columns of rules of the whole country.
const STATE_COLUMNS: [&str; 3] = ["法律", "行政法规", "司法解释"];

/// The kinds of a document, added up.
pub(super) fn of(document: &Document) -> u64 {
    let title = document.title.value.as_str();
    let bare = title.split(['（', '(', '【', '〔']).next().unwrap_or_default().trim();
    let labels = &document.category_labels;
    let labelled = |words: &[&str]| labels.iter().any(|label| words.contains(&label.as_str()));
    let guide = labelled(&GUIDES) || bare.ends_with("指南") || bare.ends_with("须知");
    let rule = RULES.iter().any(|ending| bare.ends_with(ending));
    let begins = |text: &str| STATE.iter().any(|state| text.starts_with(state));
    let national =
        begins(bare) || labelled(&STATE_COLUMNS) || document.agency().is_some_and(begins);
    let repealed = document.validity.as_ref().is_some_and(|said| {
        let said = said.value.trim_start_matches('已');
        ["废止", "失效", "宣布失效"].iter().any(|word| said.starts_with(word))
    });
    [(guide, GUIDE), (rule, RULE), (national, NATIONAL), (repealed, REPEALED)]
        .into_iter()
        .map(|(is, bit)| if is { bit } else { 0 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::testing::document;
    use crate::model::{Evidence, Sourced};

    #[test]
    fn kinds_are_told_by_title_column_and_validity() {
        let kinds = |title: &str| of(&document("1", title, ""));
        assert_eq!(kinds("灵洲市供水条例（2019年修正）"), RULE);
        assert_eq!(kinds("中华人民共和国供水法"), RULE | NATIONAL);
        assert_eq!(kinds("供水报装服务指南"), GUIDE);
        assert_eq!(kinds("关于供水的通知"), 0);
        let mut old = document("2", "灵洲市供水办法", "");
        old.validity = Some(Sourced::new("已废止".to_owned(), Evidence::Title));
        assert_eq!(of(&old), RULE | REPEALED);
    }
}
