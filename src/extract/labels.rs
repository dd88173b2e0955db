//! The labels of metadata boxes and information lines, in any layout: table, list, or several in one line.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use regex::Regex;

use crate::extract::blocks::{Block, MARK};

/// What a label announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Title,
    IndexNo,
    Theme,
    /// Node of the disclosure catalogue (组配分类).
    Class,
    Genre,
    Issuer,
    Source,
    DocNo,
    Written,
    Published,
    Validity,
    /// Known, and not kept; it ends the value before it.
    Other,
    /// Not kept, and only found in the line of a page that informs about the page itself.
    Furniture,
}

/// A label with what stands after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) label: Label,
    /// The label as in [`LABELS`].
    pub(super) word: &'static str,
    /// Trimmed; often empty.
    pub(super) value: String,
}

const LABELS: [(&str, Label); 173] = [
    ("标题", Label::Title),
    ("名称", Label::Title),
    ("信息名称", Label::Title),
    ("文件名称", Label::Title),
    ("公文名称", Label::Title),
    ("文件标题", Label::Title),
    ("信息标题", Label::Title),
    ("索引号", Label::IndexNo),
    ("信息索引号", Label::IndexNo),
    ("索引编号", Label::IndexNo),
    ("索引码", Label::IndexNo),
    ("信息索引", Label::IndexNo),
    ("主题分类", Label::Theme),
    ("主题导航", Label::Theme),
    ("主题类别", Label::Theme),
    ("所属主题", Label::Theme),
    ("分类", Label::Theme),
    ("信息分类", Label::Theme),
    ("组配分类", Label::Class),
    ("公开目录", Label::Class),
    ("所属栏目", Label::Class),
    ("信息类别", Label::Class),
    ("所属目录", Label::Class),
    ("栏目分类", Label::Class),
    ("体裁分类", Label::Genre),
    ("公文种类", Label::Genre),
    ("文种", Label::Genre),
    ("体裁", Label::Genre),
    ("公文类型", Label::Genre),
    ("文件类型", Label::Genre),
    ("发文机关", Label::Issuer),
    ("发布机构", Label::Issuer),
    ("发布机关", Label::Issuer),
    ("发布单位", Label::Issuer),
    ("发布部门", Label::Issuer),
    ("发文单位", Label::Issuer),
    ("发文机构", Label::Issuer),
    ("发文部门", Label::Issuer),
    ("制发机关", Label::Issuer),
    ("制定机关", Label::Issuer),
    ("制发单位", Label::Issuer),
    ("公开主体", Label::Issuer),
    ("公开机构", Label::Issuer),
    ("公开单位", Label::Issuer),
    ("公开部门", Label::Issuer),
    ("责任部门", Label::Issuer),
    ("责任单位", Label::Issuer),
    ("信息提供单位", Label::Issuer),
    ("印发机关", Label::Issuer),
    ("所属机构", Label::Issuer),
    ("来源", Label::Source),
    ("信息来源", Label::Source),
    ("文章来源", Label::Source),
    ("稿件来源", Label::Source),
    ("内容来源", Label::Source),
    ("稿源", Label::Source),
    ("来源单位", Label::Source),
    ("供稿单位", Label::Source),
    ("新闻来源", Label::Source),
    ("文号", Label::DocNo),
    ("发文字号", Label::DocNo),
    ("文件编号", Label::DocNo),
    ("发布文号", Label::DocNo),
    ("发文文号", Label::DocNo),
    ("公文文号", Label::DocNo),
    ("文件字号", Label::DocNo),
    ("文件文号", Label::DocNo),
    ("公文字号", Label::DocNo),
    ("发文号", Label::DocNo),
    ("文件号", Label::DocNo),
    ("成文日期", Label::Written),
    ("成文时间", Label::Written),
    ("生成日期", Label::Written),
    ("生成时间", Label::Written),
    ("产生日期", Label::Written),
    ("产生时间", Label::Written),
    ("签发日期", Label::Written),
    ("签发时间", Label::Written),
    ("印发日期", Label::Written),
    ("印发时间", Label::Written),
    ("制发日期", Label::Written),
    ("发布日期", Label::Published),
    ("发布时间", Label::Published),
    ("发文日期", Label::Published),
    ("发文时间", Label::Published),
    ("公开日期", Label::Published),
    ("公布日期", Label::Published),
    ("公布时间", Label::Published),
    ("发表时间", Label::Published),
    ("发表日期", Label::Published),
    ("发稿时间", Label::Published),
    ("发布于", Label::Published),
    ("信息时间", Label::Published),
    ("时间", Label::Published),
    ("日期", Label::Published),
    ("有效性", Label::Validity),
    ("时效性", Label::Validity),
    ("时效", Label::Validity),
    ("效力状态", Label::Validity),
    ("是否有效", Label::Validity),
    ("信息有效性", Label::Validity),
    ("文件状态", Label::Validity),
    ("有效状态", Label::Validity),
    ("文件有效性", Label::Validity),
    ("统一编号", Label::Other),
    ("统一登记号", Label::Other),
    ("登记号", Label::Other),
    ("服务对象分类", Label::Other),
    ("服务对象", Label::Other),
    ("服务分类", Label::Other),
    ("主题词", Label::Other),
    ("关键词", Label::Other),
    ("关键字", Label::Other),
    ("内容概述", Label::Other),
    ("内容概要", Label::Other),
    ("信息概述", Label::Other),
    ("摘要", Label::Other),
    ("内容摘要", Label::Other),
    ("公开方式", Label::Other),
    ("公开类别", Label::Other),
    ("公开属性", Label::Other),
    ("公开时限", Label::Other),
    ("公开时间", Label::Other),
    ("公开范围", Label::Other),
    ("公开形式", Label::Other),
    ("公开程序", Label::Other),
    ("有效期", Label::Other),
    ("有效期限", Label::Other),
    ("生效日期", Label::Other),
    ("生效时间", Label::Other),
    ("实施日期", Label::Other),
    ("施行日期", Label::Other),
    ("废止日期", Label::Other),
    ("失效日期", Label::Other),
    ("失效时间", Label::Other),
    ("废止时间", Label::Other),
    ("更新日期", Label::Other),
    ("更新时间", Label::Other),
    ("语种", Label::Other),
    ("载体类型", Label::Other),
    ("信息格式", Label::Other),
    ("电话", Label::Other),
    ("联系电话", Label::Other),
    ("浏览次数", Label::Furniture),
    ("浏览量", Label::Furniture),
    ("浏览数", Label::Furniture),
    ("浏览", Label::Furniture),
    ("点击数", Label::Furniture),
    ("点击量", Label::Furniture),
    ("点击次数", Label::Furniture),
    ("点击率", Label::Furniture),
    ("点击", Label::Furniture),
    ("访问量", Label::Furniture),
    ("访问次数", Label::Furniture),
    ("阅读次数", Label::Furniture),
    ("阅读量", Label::Furniture),
    ("阅读数", Label::Furniture),
    ("阅读", Label::Furniture),
    ("人气", Label::Furniture),
    ("字体", Label::Furniture),
    ("字号", Label::Furniture),
    ("字体大小", Label::Furniture),
    ("分享到", Label::Furniture),
    ("分享", Label::Furniture),
    ("作者", Label::Furniture),
    ("责任编辑", Label::Furniture),
    ("编辑", Label::Furniture),
    ("审核", Label::Furniture),
    ("责编", Label::Furniture),
    ("保护视力色", Label::Furniture),
    ("视力保护色", Label::Furniture),
    ("信息员", Label::Furniture),
    ("撰稿", Label::Furniture),
];

/// The labels by their last character, the longest first.
static BY_LAST: LazyLock<HashMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut words: HashMap<char, Vec<&str>> = HashMap::new();
    for (word, _) in LABELS {
        words.entry(word.chars().next_back().unwrap_or_default()).or_default().push(word);
    }
    for words in words.values_mut() {
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }
    words
});

/// Blanks and marks, which may stand anywhere in a label and around it.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || c == MARK
}

/// What ends a value though it is no label: tools at the end of an information line.
static TOOLS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[【\[][\s\x1f]*(?:打印|关闭|收藏|分享|纠错|返回|字|大|中|小)|\x1f\s*(?:打印|分享|收藏|关闭|字体|字号|大\b|A\+|A-)").ok()
});

/// Every label of a block with its value, in order.
pub(super) fn of_block(block: &Block) -> Vec<Labelled> {
    // Labels side by side are the head of a table of documents.
    let is_head = |cell: &String| alone(cell).is_some() && !cell.ends_with(['：', ':']);
    if block.cells.windows(2).any(|pair| pair.iter().all(is_head)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut cells = block.cells.iter().peekable();
    while let Some(cell) = cells.next() {
        match alone(cell).filter(|_| block.cells.len() > 1) {
            Some((word, label)) => {
                let value = cells.next_if(|next| alone(next).is_none());
                let value = value.map_or_else(String::new, |value| clean(value));
                found.push(Labelled { label, word, value });
            }
            None => found.extend(in_line(cell)),
        }
    }
    found
}

/// The label that a text consists of.
pub(super) fn alone(text: &str) -> Option<(&'static str, Label)> {
    let ignored = |c: &char| !c.is_whitespace() && *c != MARK && !"：:【】[]".contains(*c);
    if text.chars().count() > 24 {
        return None;
    }
    let bare: String = text.chars().filter(ignored).collect();
    let last = bare.chars().next_back()?;
    let word = BY_LAST.get(&last)?.iter().find(|word| **word == bare)?;
    LABELS.iter().find(|(other, _)| other == word).copied()
}

/// The labels of a text that end with a colon or stand in brackets.
pub(super) fn in_line(text: &str) -> Vec<Labelled> {
    let mut places = Vec::new();
    let mut before_end = None;
    for (at, c) in text.char_indices().filter(|(_, c)| "】])）：:".contains(*c)) {
        let Some((whole, word)) = ended_at(text, at, c, before_end.unwrap_or(0)) else { continue };
        let joined = before_end != Some(whole.start)
            && text[..word.start].chars().next_back().is_some_and(char::is_alphabetic);
        before_end = Some(whole.end);
        if let (false, Some((word, label))) = (joined, alone(&text[word])) {
            places.push((word, label, whole));
        }
    }
    let ends: Vec<usize> =
        places.iter().skip(1).map(|(_, _, place)| place.start).chain([text.len()]).collect();
    places
        .into_iter()
        .zip(ends)
        .map(|((word, label, place), end)| Labelled {
            label,
            word,
            value: clean(&text[place.end..end]),
        })
        .collect()
}

/// The label that ends with the colon or closing bracket at this place: with what belongs to it, and alone. Nothing
/// of it stands before `from`.
fn ended_at(
    text: &str,
    at: usize,
    ending: char,
    from: usize,
) -> Option<(Range<usize>, Range<usize>)> {
    let before = text.get(from..at)?.trim_end_matches(is_gap);
    let words = BY_LAST.get(&before.chars().next_back()?)?;
    let start = from + words.iter().find_map(|word| start_of(before, word))?;
    let outside = text[from..start].trim_end_matches(is_gap);
    let opened = outside.strip_suffix(['【', '[', '（', '(']).unwrap_or(outside);
    let mut end = at + ending.len_utf8();
    if !"：:".contains(ending) {
        let rest = text[end..].trim_start_matches(is_gap);
        let after = rest.strip_prefix(['：', ':']).unwrap_or(rest);
        end = text.len() - after.len();
    }
    Some((from + opened.len()..end, start..from + before.len()))
}

/// Where a word begins that a text ends with, gaps between its characters let pass.
fn start_of(text: &str, word: &str) -> Option<usize> {
    let mut rest = text;
    for wanted in word.chars().rev() {
        rest = rest.trim_end_matches(is_gap).strip_suffix(wanted)?;
    }
    Some(rest.len())
}

/// A value without marks, tools and doubled blanks.
fn clean(value: &str) -> String {
    let end =
        TOOLS.as_ref().and_then(|tools| tools.find(value)).map_or(value.len(), |at| at.start());
    // A bracket at the very start belongs to the value, as in 〔2020〕.
    let value =
        if value[..end].trim_matches([MARK, ' ']).is_empty() { value } else { &value[..end] };
    let words: Vec<&str> = value
        .split(|c: char| c.is_whitespace() || c == MARK)
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").trim_matches(['|', '｜', ';', '；', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(&'static str, String)> {
        in_line(text).into_iter().map(|found| (found.word, found.value)).collect()
    }

    #[test]
    fn lines_with_several_labels() {
        let line = "2023-05-06 10:00\u{1f} 来源： 灵洲市教育局\u{1f} 浏览次数：\u{1f} 【字体：大 中 小】\u{1f}【打印】";
        let found = read(line);
        assert_eq!(found[0], ("来源", "灵洲市教育局".to_owned()));
        assert_eq!(found.len(), 3);
        let line = "来源：教育局\u{1f}时间：2020年1月2日\u{1f}访问量：12次";
        assert_eq!(read(line)[1], ("时间", "2020年1月2日".to_owned()));
        assert_eq!(
            read("发布时间:    来源:关口街道"),
            [("发布时间", String::new()), ("来源", "关口街道".to_owned())]
        );
        assert_eq!(read("数据来源：统计局"), []);
        assert_eq!(read("来源：教育局 \u{1f}打印\u{1f} 关闭")[0].1, "教育局");
    }

    #[test]
    fn cells_and_spaced_labels() {
        let row = |cells: &[&str]| {
            let tree = scraper::Html::new_document();
            let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
            let block = Block { cells, at: tree.tree.root().id(), link_chars: 0 };
            of_block(&block).into_iter().map(|found| (found.word, found.value)).collect::<Vec<_>>()
        };
        assert_eq!(
            row(&["索 引 号：", "X/2020-1", "文　　号", ""]),
            [("索引号", "X/2020-1".to_owned()), ("文号", String::new())]
        );
        assert_eq!(row(&["文号：", "发布日期：", "2020-01-01"])[0].1, "");
        assert_eq!(
            row(&["【发文字号】灵政办发〔2020〕3号"]),
            [("发文字号", "灵政办发〔2020〕3号".to_owned())]
        );
        assert_eq!(alone("标\u{1f}　题："), Some(("标题", Label::Title)));
    }

    /// Blanks and marks that may stand anywhere in a label.
    const GAP: &str = r"[\s\x1f]*";

    static IN_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let mut words: Vec<&str> = LABELS.iter().map(|(word, _)| *word).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        let spaced = |word: &&str| word.chars().map(String::from).collect::<Vec<_>>().join(GAP);
        let words: Vec<String> = words.iter().map(spaced).collect();
        Regex::new(&format!(
            r"[【\[（(]?{GAP}(?<word>{}){GAP}(?:[】\]）)]{GAP}[：:]?|[：:])",
            words.join("|")
        ))
        .ok()
    });

    proptest! {
        /// What the loop finds is what a plain, slow pattern finds.
        #[test]
        fn labels_in_lines_are_those_of_the_pattern(
            parts in prop::collection::vec(prop::sample::select(vec![
                "发布日期", "日期", "索 引 号", "索", "号", "名称", "信息名称", "来源", "文", "甲", "a", " ", "\x1f",
                "　", "：", ":", "【", "】", "（", "）", "[", "]", "(", ")", "2020",
            ]), 0..16),
        ) {
            let text = parts.concat();
            let regex = IN_LINE.as_ref().unwrap();
            let expected: Vec<_> = regex
                .captures_iter(&text)
                .map(|found| (found.get(0).unwrap().range(), found.name("word").unwrap().range()))
                .collect();
            let mut found: Vec<(Range<usize>, Range<usize>)> = Vec::new();
            for (at, c) in text.char_indices().filter(|(_, c)| "】])）：:".contains(*c)) {
                let from = found.last().map_or(0, |(whole, _)| whole.end);
                found.extend(ended_at(&text, at, c, from));
            }
            prop_assert_eq!(found, expected);
        }
    }
}
