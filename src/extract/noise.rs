//! What gets into texts on their way through converters and copiers: page numbers, watermarks, blanks inside words,
//! lines broken in mid-sentence, the same text twice.

use std::{collections::HashMap, sync::LazyLock};

use regex::Regex;

use crate::extract::{blocks::Block, body};

static PAGE_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let dash = r"[━—–―\-－]";
    Regex::new(&format!(
        r"^(?:{dash}+\s*\d{{1,4}}\s*{dash}+|第\s*\d{{1,4}}\s*页\s*[，,/]?\s*共\s*\d{{1,4}}\s*页)$"
    ))
    .ok()
});
/// A page number that stuck to the end of a paragraph.
static STUCK_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:\s|(?P<mark>[。；：、，]))\s*[━—–―]\s*\d{1,4}\s*[━—–―]$").ok()
});
/// What sites that copy documents print into them.
static WATERMARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:牛牛文库\s*海量资料分享|精品文档\s*你我共享)[ \t]*A*\n?").ok()
});
/// Lines of search forms and of labels whose value a script should have filled in.
static LEADER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:选择特殊符号|选择搜索类型|请输入搜索.{0,6}|【?字体[：:]\s*(?:大?\s*中?\s*小?\s*】?)|(?:浏览次数|点击数|访问量|阅读次数)[：:]\s*\d*次?)$",
    )
    .ok()
});
/// Begins a new item and no continuation of a line.
static LIST_MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）).．、]|第[一二三四五六七八九十百\d]{1,4}[条章节篇]|[—–·•●■◆★▲※]|附)").ok()
});

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Takes the noise out of the paragraphs of a text; what was left out whole is told.
pub(super) fn clean(blocks: Vec<Block>, left_out: &mut Vec<String>) -> Vec<Block> {
    let blocks = without_repeats(blocks, left_out);
    let mut kept = Vec::with_capacity(blocks.len());
    for mut block in blocks {
        if block.cells.len() == 1 {
            let text = block.text();
            if matches(&PAGE_NUMBER, &text) || matches(&LEADER, &text) {
                left_out.push(text);
                continue;
            }
            block.cells = vec![paragraph(&text)];
        }
        if block.chars() > 0 {
            kept.push(block);
        }
    }
    if let Some(last) = kept.last_mut().filter(|last| last.cells.len() == 1) {
        let text = last.text();
        let before = body::without_credits(body::before_the_call(&text).unwrap_or(&text));
        if before.len() < text.len() {
            left_out.push(text[before.len()..].trim().to_owned());
            last.cells = vec![before.to_owned()];
        }
    }
    kept.retain(|block| block.chars() > 0);
    kept
}

/// Takes the noise out of a text whose lines are its paragraphs; blank lines stay where they are.
pub(super) fn clean_lines(text: &str) -> String {
    let text = without_watermarks(text);
    let nowhere = scraper::Html::new_document().tree.root().id();
    let mut blocks = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            if let Some(Block { link_chars, .. }) = blocks.last_mut() {
                *link_chars = 1; // a blank line follows
            }
            continue;
        }
        blocks.push(Block { cells: vec![line.to_owned()], at: nowhere, link_chars: 0 });
    }
    let blocks = clean(blocks, &mut Vec::new());
    let mut cleaned = String::with_capacity(text.len());
    for (place, block) in blocks.iter().enumerate() {
        cleaned.push_str(&block.text());
        if place + 1 < blocks.len() {
            cleaned.push_str(if block.link_chars == 1 { "\n\n" } else { "\n" });
        }
    }
    cleaned
}

fn without_watermarks(text: &str) -> std::borrow::Cow<'_, str> {
    match WATERMARK.as_ref() {
        Some(watermark) if text.contains("文库") || text.contains("精品文档") => {
            watermark.replace_all(text, "")
        }
        _ => text.into(),
    }
}

fn paragraph(text: &str) -> String {
    let text = without_watermarks(text);
    let text = match STUCK_NUMBER.as_ref() {
        Some(stuck) if text.ends_with(['━', '—', '–', '―']) => {
            stuck.replace(&text, "$mark")
        }
        _ => text,
    };
    joined_lines(&without_gaps(&text))
}

/// Removes blanks that stand between single Chinese characters of one word, as converters from PDF and lines set wide
/// have them; a blank between longer words stays.
fn without_gaps(text: &str) -> String {
    if !text.contains(' ') {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let han = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| is_han(*c));
    let mut kept = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        let (before, after) = (at.checked_sub(1), Some(at + 1));
        if *c == ' ' && han(before) && han(after) {
            let alone_before = !han(at.checked_sub(2));
            let alone_after = !han(Some(at + 2));
            if alone_before || alone_after {
                continue;
            }
        }
        kept.push(*c);
    }
    kept
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '〇')
}

/// A line at least so wide was broken because it was full, in half characters.
const FULL_LINE: usize = 50;
/// Lines broken at one width differ by no more than this, in half characters.
const RAGGED: usize = 6;

/// Joins lines that were broken in mid-sentence at the width of a page: all but the last are equally wide.
fn joined_lines(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let width = |line: &str| line.chars().map(|c| 1 + usize::from(!c.is_ascii())).sum::<usize>();
    let mut joined = String::with_capacity(text.len());
    for (place, line) in lines.iter().enumerate() {
        let before = place.checked_sub(1).map_or(0, |before| width(lines[before]));
        let (own, is_last) = (width(line), place + 1 == lines.len());
        let as_wide = own <= before + RAGGED && (is_last || own + RAGGED >= before);
        let goes_on = before >= FULL_LINE
            && as_wide
            && joined.ends_with(|c: char| is_han(c) || c == '，' || c == '、')
            && line.starts_with(is_han)
            && !matches(&LIST_MARK, line);
        if !goes_on && place > 0 {
            joined.push('\n');
        }
        joined.push_str(line);
    }
    joined
}

/// A text that stands twice in a row is told by so many characters.
const REPEAT: usize = 200;
/// By so many first characters the places are found where it may begin again.
const BEGINNING: usize = 20;

/// Leaves out the first of two copies that follow each other: a preview and the text, or the text twice.
fn without_repeats(blocks: Vec<Block>, left_out: &mut Vec<String>) -> Vec<Block> {
    let mut all: Vec<char> = Vec::new();
    let mut starts = Vec::with_capacity(blocks.len());
    for block in &blocks {
        starts.push(all.len());
        let chars = block.cells.iter().flat_map(|cell| cell.chars());
        all.extend(chars.filter(|c| !c.is_whitespace()));
    }
    if all.len() < 2 * REPEAT {
        return blocks;
    }
    let mut places: HashMap<&[char], Vec<usize>> = HashMap::new();
    for (place, start) in starts.iter().enumerate() {
        if let Some(beginning) = all.get(*start..start + BEGINNING) {
            places.entry(beginning).or_default().push(place);
        }
    }
    let repeats = |first: usize, second: usize| {
        let (start, again) = (starts[first], starts[second]);
        let length = again - start;
        length >= REPEAT && all.get(again..again + length) == Some(&all[start..again])
    };
    let mut first_copy = 0..0;
    for (place, start) in starts.iter().enumerate() {
        let Some(beginning) = all.get(*start..start + BEGINNING) else { break };
        let later = places.get(beginning).into_iter().flatten().filter(|other| **other > place);
        if let Some(again) = later.take(5).find(|again| repeats(place, **again)) {
            first_copy = place..*again;
            break;
        }
    }
    let mut kept = blocks;
    let copy: Vec<Block> = kept.drain(first_copy).collect();
    left_out.extend(copy.iter().map(Block::text));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(texts: &[&str]) -> Vec<String> {
        let tree = scraper::Html::new_document();
        let at = tree.tree.root().id();
        let block = |text: &&str| Block { cells: vec![(*text).to_owned()], at, link_chars: 0 };
        let blocks = texts.iter().map(block).collect();
        clean(blocks, &mut Vec::new()).iter().map(Block::text).collect()
    }

    fn one(text: &str) -> String {
        cleaned(&[text]).join("|")
    }

    #[test]
    fn page_numbers() {
        assert_eq!(cleaned(&["甲。", "— 1 —", "━ 12 ━", "第 1 页 共 5 页", "乙"]), ["甲。", "乙"]);
        assert_eq!(one("加强领导、━ 1 ━"), "加强领导、");
        assert_eq!(one("2009-03-18"), "2009-03-18");
        assert_eq!(one("增长1—3"), "增长1—3");
    }

    #[test]
    fn watermarks_inside_words() {
        assert_eq!(one("垃牛牛文库 海量资料分享\n圾清运车队"), "垃圾清运车队");
        assert_eq!(one("精品文档 你我共享 AAAAAA\n灵洲市"), "灵洲市");
    }

    #[test]
    fn blanks_inside_words() {
        assert_eq!(one("《灵 洲市信息公开 依 申请办法》概 述"), "《灵洲市信息公开依申请办法》概述");
        assert_eq!(one("国 家 粮 食 预 案"), "国家粮食预案");
        assert_eq!(one("灵洲市统计局 国家统计局灵洲调查队"), "灵洲市统计局 国家统计局灵洲调查队");
        assert_eq!(one("Open Data 平台 Web"), "Open Data 平台 Web");
    }

    #[test]
    fn lines_broken_in_mid_sentence() {
        let first = "我市各级各部门认真贯彻落实上级决策部署但是部分单位工作进展缓";
        assert_eq!(one(&format!("{first}\n慢、组织不得力")), format!("{first}慢、组织不得力"));
        assert_eq!(one(&format!("{first}。\n二是")), format!("{first}。\n二是"));
        assert_eq!(one(&format!("{first}\n二、下一步")), format!("{first}\n二、下一步"));
        assert_eq!(one("灵洲市教育局\n二〇二〇年"), "灵洲市教育局\n二〇二〇年");
        let list = format!("{first}\n灵洲市第二中学教学楼\n灵洲市第三中学教学楼");
        assert_eq!(one(&list), list);
    }

    #[test]
    fn labels_and_search_forms() {
        let lines = ["选择特殊符号", "选择搜索类型", "请输入搜索", "【字体：", "浏览次数：", "文"];
        assert_eq!(cleaned(&lines), ["文"]);
        assert_eq!(one("请输入搜索词后点击查询按钮即可。"), "请输入搜索词后点击查询按钮即可。");
    }

    #[test]
    fn a_preview_before_the_text() {
        let paragraphs: Vec<String> = (0..12)
            .map(|i| format!("第{i}项工作，灵洲市各部门按照要求逐项推进落实到位。"))
            .collect();
        let cut: String = paragraphs[11].chars().take(9).collect();
        let preview = paragraphs[..11].iter().map(String::as_str).chain([cut.as_str()]);
        let all: Vec<&str> = preview.chain(paragraphs.iter().map(String::as_str)).collect();
        assert_eq!(cleaned(&all), paragraphs);
        let short = ["同一句话。", "同一句话。"];
        assert_eq!(cleaned(&short), short);
    }
}
