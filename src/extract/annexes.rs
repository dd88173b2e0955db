//! Annexes that a text names (附件：1.…), where no link leads to them.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::body::squeeze;
use crate::model::{Attachment, paragraphs};

static ANNEX: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let number = r"[0-9０-９一二三四五六七八九十]{0,3}";
    Regex::new(&format!(r"^[（(【]?附\s*件?\s*{number}[】）)]?\s*[：:]\s*(?<name>\S.*)$")).ok()
});
static NUMBERED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[0-9０-９]{1,2}\s*[.．、：:]\s*(?<name>\S.*)$").ok());

/// Longest name of an annex, in characters.
const LONGEST: usize = 80;
/// Most annexes of one text.
const MOST: usize = 50;

/// The names in `附件：1.表` and in the numbered lines that follow; those of files that are linked are left out.
pub(super) fn named(text: &str, linked: &[Attachment]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut listing = false;
    let lines = paragraphs(text).flat_map(str::lines).flat_map(|line| line.split("　　"));
    let lines =
        lines.map(|line| line.rfind("。附件：").map_or(line, |at| &line[at + "。".len()..]));
    for line in lines.map(str::trim).filter(|line| !line.is_empty()) {
        let name =
            captured(&ANNEX, line).or_else(|| listing.then(|| captured(&NUMBERED, line)).flatten());
        let name = name.map(bare).filter(|name| is_name(name));
        listing = name.is_some() || matches!(line, "附件：" | "附件:");
        if let Some(name) = name.filter(|_| names.len() < MOST) {
            let known = linked.iter().any(|file| same(&file.name, name));
            if !known && !names.iter().any(|other| other == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn captured<'t>(pattern: &LazyLock<Option<Regex>>, line: &'t str) -> Option<&'t str> {
    pattern.as_ref()?.captures(line)?.name("name").map(|name| name.as_str())
}

/// The name without its number and closing marks.
fn bare(name: &str) -> &str {
    let name = captured(&NUMBERED, name).unwrap_or(name);
    name.trim().trim_end_matches(['；', ';', '。', '，', ' '])
}

fn is_name(name: &str) -> bool {
    let length = name.chars().count();
    (2..=LONGEST).contains(&length) && !name.contains(['。', '；'])
}

/// Whether a file's name, whose ending does not count, is the one in the text.
fn same(file: &str, name: &str) -> bool {
    let stem = |text: &str| {
        let text = squeeze(text);
        let end = text.rfind('.').filter(|at| text.len() - at <= 5).unwrap_or(text.len());
        text[..end].to_owned()
    };
    let (file, name) = (stem(file), stem(name));
    file.contains(&name) || name.contains(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annexes_named_in_the_text() {
        let text = "现印发给你们。\n\n附件：1.灵洲市名单\n　　　2．灵洲市表格；\n\n灵洲市教育局\n\n1.不是附件";
        assert_eq!(named(text, &[]), ["灵洲市名单", "灵洲市表格"]);
        let linked = Attachment {
            url: "http://x/1.doc".into(),
            name: "1.灵洲市名单.doc".into(),
            file: None,
        };
        assert_eq!(named(text, &[linked]), ["灵洲市表格"]);
        assert_eq!(named("附件1：名单.xls\n\n附件2：表", &[]), ["名单.xls"]);
        assert_eq!(named("附：结果公示", &[]), ["结果公示"]);
        let glued = "未收费。附件：1、灵洲市年度报告.doc　　2、灵洲市年度报告.pdf";
        assert_eq!(named(glued, &[]), ["灵洲市年度报告.doc", "灵洲市年度报告.pdf"]);
        assert_eq!(named("附件：\n\n1.灵洲市名单", &[]), ["灵洲市名单"]);
        assert!(named("附件\n\n名单\n\n附件：\n\n见附件：名单", &[]).is_empty());
    }
}
