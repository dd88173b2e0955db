//! The genre (体裁) that the last word of a title tells.

use crate::model::{Evidence, Sourced};

/// Words that end titles, with the genre they stand for: the fifteen kinds of official documents of 2012, and what
/// portals add. Longer ones come before those that end them.
const ENDINGS: [(&str, &str); 42] = [
    ("年度报告", "年度报告"),
    ("年报", "年度报告"),
    ("工作总结", "总结"),
    ("总结", "总结"),
    ("决议", "决议"),
    ("决定", "决定"),
    ("命令", "命令"),
    ("令", "命令"),
    ("公报", "公报"),
    ("公告", "公告"),
    ("通告", "通告"),
    ("意见", "意见"),
    ("通知", "通知"),
    ("通报", "通报"),
    ("报告", "报告"),
    ("请示", "请示"),
    ("批复", "批复"),
    ("议案", "议案"),
    ("复函", "函"),
    ("函", "函"),
    ("会议纪要", "纪要"),
    ("纪要", "纪要"),
    ("实施细则", "细则"),
    ("细则", "细则"),
    ("管理办法", "办法"),
    ("办法", "办法"),
    ("规定", "规定"),
    ("条例", "条例"),
    ("实施方案", "方案"),
    ("工作方案", "方案"),
    ("方案", "方案"),
    ("预案", "预案"),
    ("规划", "规划"),
    ("工作要点", "计划"),
    ("计划", "计划"),
    ("公示", "公示"),
    ("简报", "简报"),
    ("解读", "解读"),
    ("指南", "指南"),
    ("目录", "目录"),
    ("答复", "答复"),
    ("任免", "人事任免"),
];

/// Reads the end of a title, brackets and marks after it passed over; `第3号令` is a command too.
pub(super) fn of_title(title: &str) -> Option<Sourced<String>> {
    let mut bare = title.trim().trim_end_matches(['。', '…', '.']);
    while let Some(open) = bare
        .strip_suffix(['）', ')', '】', ']'])
        .and_then(|inner| inner.rfind(['（', '(', '【', '[']))
    {
        bare = bare[..open].trim_end();
    }
    let (_, genre) = ENDINGS.iter().find(|(ending, _)| bare.ends_with(ending))?;
    Some(Sourced::new((*genre).to_owned(), Evidence::Title))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words() {
        for (title, genre) in [
            ("灵洲市关于印发《供水办法》的通知", Some("通知")),
            ("灵洲市供水办法（试行）", Some("办法")),
            ("灵洲市教育局2019年政府信息公开工作年度报告", Some("年度报告")),
            ("关于同意设立水厂的复函", Some("函")),
            ("灵洲市人民政府第3号令", Some("命令")),
            ("灵洲市召开防汛会议", None),
            ("（", None),
        ] {
            assert_eq!(of_title(title).map(|g| g.value).as_deref(), genre, "{title}");
        }
    }
}
