//! The agencies that sign in one line, however the page sets them: spaced, or run together; without what is no name.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::looks_like_agency;

/// Longest line of a signature, in characters.
pub(super) const LINE: usize = 60;

/// The name of an attached file, which a page without line breaks leaves before the signature.
static FILE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^.*\.(?:s?html?|docx?|wps|ofd|xlsx?|et|pptx?|pdf|txt|zip|rar|jpe?g|png)").ok()
});
/// The place that a name begins with.
static PLACE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\p{Han}{2,6}?(?:自治区|自治州|自治县|[省市县区旗盟])").ok());

/// What names of other agencies begin with where they follow a name without a blank.
const BEGINNINGS: [&str; 24] = [
    "中共",
    "中国",
    "中华人民共和国",
    "国家",
    "国务院",
    "教育部",
    "科技部",
    "科学技术部",
    "工业和信息化部",
    "公安部",
    "民政部",
    "司法部",
    "财政部",
    "人力资源社会保障部",
    "人力资源和社会保障部",
    "自然资源部",
    "生态环境部",
    "住房城乡建设部",
    "住房和城乡建设部",
    "交通运输部",
    "水利部",
    "农业农村部",
    "商务部",
    "海关总署",
];

/// The agencies that a line names, in its order: the one in charge stands first (GB/T 9704-2012, 7.3.5); none where
/// the line is no signature.
pub(super) fn of(line: &str) -> Vec<String> {
    let line = line.trim().trim_end_matches(['：', ':']).trim();
    let file = FILE.as_ref().and_then(|file| file.find(line));
    let line = line[file.map_or(0, |file| file.end())..].trim();
    if line.chars().count() > LINE || line.contains(['，', '。', '；', '、', '：', '《']) {
        return Vec::new();
    }
    let mut signers = Vec::new();
    let mut rest = words(line);
    while let Some(word) = rest.pop() {
        let names = parted(&word);
        if !names.iter().all(|name| looks_like_agency(name)) {
            break;
        }
        signers.splice(0..0, names);
    }
    signers
}

/// The words of a line, with what a blank only parts from its name: `灵洲市 教育局`, `灵洲市教育局 办公室`.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let is_rest = word.chars().count() <= 3;
        match words.last_mut() {
            Some(last) if is_place(last) || (is_rest && looks_like_agency(last)) => {
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn is_place(word: &str) -> bool {
    place(word).is_some_and(|place| place == word)
}

fn place(name: &str) -> Option<&str> {
    Some(PLACE.as_ref()?.find(name)?.as_str())
}

/// Names that stand without a blank between them: the next one begins with the place of the first, or as names of
/// agencies of the state do.
pub(super) fn parted(word: &str) -> Vec<String> {
    let home = place(word.strip_prefix("中共").unwrap_or(word));
    let mut names = Vec::new();
    let mut from = 0;
    for (at, _) in word.char_indices() {
        let (before, after) = (&word[from..at], &word[at..]);
        let again = home.is_some_and(|home| after.starts_with(home));
        // `国家税务总局灵洲省税务局` is one name.
        let is_branch = again && ["国家", "中国"].iter().any(|start| before.starts_with(start));
        let begins =
            (again && !is_branch) || BEGINNINGS.iter().any(|start| after.starts_with(start));
        if begins && before.chars().count() >= 3 && looks_like_agency(before) {
            names.push(before.to_owned());
            from = at;
        }
    }
    names.push(word[from..].to_owned());
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_that_sign() {
        for (line, signers) in [
            ("灵洲市教育局", &["灵洲市教育局"][..]),
            ("灵洲市教育局灵洲市财政局", &["灵洲市教育局", "灵洲市财政局"]),
            ("灵洲市教育局 灵洲市财政局", &["灵洲市教育局", "灵洲市财政局"]),
            (
                "灵洲省人力资源和社会保障厅灵洲省财政厅国家税务总局灵洲省税务局",
                &["灵洲省人力资源和社会保障厅", "灵洲省财政厅", "国家税务总局灵洲省税务局"],
            ),
            ("教育部财政部国家档案局", &["教育部", "财政部", "国家档案局"]),
            ("中共灵洲市委灵洲市人民政府", &["中共灵洲市委", "灵洲市人民政府"]),
            ("灵洲市国家税务局", &["灵洲市国家税务局"]),
            ("灵洲市 教育局", &["灵洲市教育局"]),
            ("灵洲市教育局 办公室", &["灵洲市教育局办公室"]),
            ("供水管理办法.docx 灵洲市水利局", &["灵洲市水利局"]),
            ("附件：《供水管理办法》.doc灵洲市水利局", &["灵洲市水利局"]),
            ("0555-1234567 灵洲市水利局", &["灵洲市水利局"]),
            ("2021年供水项目申报指南 灵洲市水利局", &["灵洲市水利局"]),
            ("各有关单位要认真落实", &[]),
            ("请报送灵洲市水利局，谢谢", &[]),
        ] {
            assert_eq!(of(line), signers, "{line}");
        }
    }

    proptest! {
        #[test]
        fn parting_loses_nothing(word in "[灵洲市教育财政局厅部中共国家]{0,30}") {
            prop_assert_eq!(parted(&word).concat(), word);
        }
    }
}
