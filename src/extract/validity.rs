//! Notes that a document is no longer in force, where no label says so.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{Evidence, Sourced, paragraphs};

static IN_TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[（(【\[〔]\s*(?:本文|全文|此件)?(?<said>(?:已经?|宣布)?(?:废止|失效|修改|修订))\s*[）)】\]〕]").ok()
});
static IN_TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[（(【*※\s]*(?:本|此|该)(?:文件?|件|办法|规定|通知)(?:已|现已)[^。，]{0,30}?(?<said>废止|失效)").ok()
});

/// A bracket in the title such as 【已废止】, or a line such as 此件已废止 at the head or the end of the text.
pub(super) fn noted(title: &str, text: &str) -> Option<Sourced<String>> {
    let said = |pattern: &LazyLock<Option<Regex>>, line: &str| {
        let said = pattern.as_ref()?.captures(line)?.name("said")?.as_str();
        Some(if said.contains("修") {
            "已修改"
        } else if said.contains("废止") {
            "废止"
        } else {
            "失效"
        })
    };
    if let Some(state) = said(&IN_TITLE, title) {
        return Some(Sourced::new(state.to_owned(), Evidence::Title));
    }
    let head = paragraphs(text).take(3);
    let tail = text.rsplit('\n').map(str::trim).filter(|line| !line.is_empty()).take(3);
    let state = head.chain(tail).find_map(|line| said(&IN_TEXT, line))?;
    Some(Sourced::new(state.to_owned(), Evidence::Text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeal_notes() {
        let of = |title: &str, text: &str| noted(title, text).map(|note| note.value);
        assert_eq!(of("【已废止】灵洲市供水办法", "").as_deref(), Some("废止"));
        assert_eq!(of("灵洲市供水办法（失效）", "").as_deref(), Some("失效"));
        assert_eq!(
            of("灵洲市供水办法", "（此件已于2020年废止）\n\n第一条").as_deref(),
            Some("废止")
        );
        assert_eq!(of("关于废止供水办法的决定", "本办法自2020年起施行，原办法同时废止。"), None);
    }
}
