//! What stands in the element of the text and is none of it: boxes and trails at its head, editors, share bars and
//! lists of other documents at its end.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use ego_tree::{NodeId, NodeRef, iter::Edge};
use regex::Regex;
use scraper::{Html, Node};

use super::{Body, candidate, element_name, names, squeeze};
use crate::extract::{
    blocks::Block,
    labels::{self, Label},
};

/// What opens a block of furniture; after the marks of brackets and dots.
const OPENING: &str = r"^[\s\x1f【\[（(●■▪◆·>]*";

/// The text is over where such a block stands.
static END_OF_TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"{OPENING}(?:责任编辑|上一篇|下一篇|上一条|下一条|相关链接|相关阅读|相关文章|相关新闻|相关报道|相关稿件|相关附件|相关文件|相关解读|相关信息|相关政策|相关推荐|推荐阅读|热门推荐|猜你喜欢|政策文件|关联稿件|关联文件|延伸阅读|更多精彩|扫一扫|扫码|分享到|分享：|分享$|手机浏览|返回首页|返回列表|返回顶部|打印本页|关闭窗口|打印正文|版权所有|版权声明|免责声明|特别声明|主办单位|网站标识码|文章关键词|我要评论|发表评论|网友评论|登录后参与)"
    ))
    .ok()
});
/// Furniture whatever it stands in, if it is short.
static SURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"{OPENING}(?:扫一扫在手机|扫一扫打开|分享到|打印本页|打印此页|打印正文|关闭窗口|关闭本页|返回顶部|返回列表|上一篇[：:]|下一篇[：:]|上一条[：:]|下一条[：:]|字体[：:]\s*[大\[【]|浏览次数[：:]|点击数[：:]|访问量[：:]|阅读全文|选择特殊符号|选择搜索类型|请输入搜索)"
    ))
    .ok()
});
static SCRAP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[\s\x1f]*[（(](?:资料|素材|图片|内容|综合)?来源\s*[：:].{0,40}[）)]$|^[\s\x1f【\[（(]*(?:(?:编辑|责编|（?责编|审核|审签|终审|初审|复审|校对|录入|供稿|稿源|信息来源|来源|作者|责任编辑|审核人|签发|摄影|监制|值班编辑|责任校对)\s*[：:|｜/].{0,40}|(?:附件|相关附件|相关政策|政策文件|相关链接)[：:]?|打印|关闭|收藏|纠错|分享|(?:【\d{1,2}】)+|\d{1,2}|原标题[：:].{0,80}|(?:综合)?(?:整理|编译|综合|摘编)自.{0,40}|.{0,20}(?:禁止转载|转载请注明|谢绝转载|保留追究).{0,60}|点击(?:进入|查看更多|下载|播放).{0,30}|阅读全文.{0,20}|【?(?:打印|关闭|收藏|返回|字体)[^。]{0,20}】?)[\s\x1f】\]）)>]*$",
    )
    .ok()
});
/// Lines that ask to follow somebody; what comes after them is more of the same.
static FOLLOW_US: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^[\s★▼↓☆◆]*(?:扫描(?:下方|上方|下面|二维码)|(?:长按|识别)[^。]{0,10}二维码|扫码关注|欢迎关注|(?:请)?关注[^。，]{0,20}(?:公众号|微信号|视频号)|更多(?:信息|精彩|内容)请关注)",
    )
    .ok()
});

fn matches(regex: &LazyLock<Option<Regex>>, text: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Splits the blocks of a body into what is text and the first and last blocks that are metadata or furniture.
///
/// Inside an exact body only what certainly is furniture goes: a metadata box at its head, links to other documents,
/// an editor's line or an empty `附件：` at its end.
pub(in crate::extract) fn trim(blocks: &[Block], title: &str, exact: bool) -> Range<usize> {
    let mut end = blocks.len();
    if !exact {
        let is_end = |block: &Block| matches(&END_OF_TEXT, &block.text()) && block.chars() < LONG;
        end = blocks.iter().skip(1).position(is_end).map_or(end, |at| at + 1);
    }
    let start = head(&blocks[..end], title, exact);
    while end > start && is_furniture_at_end(&blocks[end - 1], exact) {
        end -= 1;
    }
    start..end
}

/// A block with more characters says something.
const LONG: usize = 60;

fn is_furniture_at_end(block: &Block, exact: bool) -> bool {
    let text = block.text();
    let short = block.chars() < LONG;
    matches(&SCRAP, &text)
        || (matches(&END_OF_TEXT, &text) && short && (!exact || block.link_chars > 0))
        || (matches(&SURE, &text) && short)
        || (!exact && block.is_mostly_links() && !text.starts_with("附件"))
}

/// The text of a last block up to the line that asks to follow somebody.
pub(in crate::extract) fn before_the_call(text: &str) -> Option<&str> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if matches(&FOLLOW_US, line) {
            return Some(text[..start].trim_end());
        }
        start += line.len();
    }
    None
}

/// The text of a last block without the lines at its end that only credit editors and sources.
pub(in crate::extract) fn without_credits(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some((before, line)) = text.rsplit_once('\n') {
        if !matches(&SCRAP, line) {
            break;
        }
        text = before.trim_end();
    }
    text
}

/// How many of the first blocks are a metadata box, an information line, a trail, links to other documents, or the
/// title once more.
fn head(blocks: &[Block], title: &str, exact: bool) -> usize {
    let is_prose = |block: &Block| {
        block.cells.len() == 1 && block.chars() >= LONG && block.text().contains('。')
    };
    let before_prose = blocks.iter().take(30).take_while(|block| !is_prose(block)).count();
    let first = &blocks[..before_prose];
    let informing = |block: &Block| {
        let found = labels::of_block(block);
        let about_page = found.iter().any(|l| matches!(l.label, Label::Furniture | Label::Source));
        let cells = block.cells.len() > 1 && !found.is_empty();
        let says_more = block.cells.len() == 1 && block.text().contains('。');
        !says_more
            && block.chars() < 300
            && (found.len() > 1 || cells || (about_page && block.chars() < 80))
    };
    let last = first.iter().rposition(informing);
    let boxed = first.iter().filter(|block| informing(block)).count();
    let mut start = match last {
        Some(at) if boxed >= 3 || !exact || at < 3 => at + 1,
        _ => 0,
    };
    start = start.max(box_of_lines(first));
    let same = |a: &str| squeeze(a) == squeeze(title);
    let furniture = |block: &Block| {
        let text = block.text();
        let leads_away = block.is_mostly_links() || (block.link_chars > 0 && block.chars() < LONG);
        if exact {
            return (leads_away && matches(&END_OF_TEXT, &text)) || matches(&SURE, &text);
        }
        same(&text)
            || block.is_mostly_links()
            || text.contains("当前位置")
            || text.contains("您的位置")
            || matches(&SURE, &text)
    };
    while blocks.get(start).is_some_and(furniture) {
        start += 1;
    }
    start
}

/// Where a box ends that has each of its labels in a block of its own.
fn box_of_lines(first: &[Block]) -> usize {
    let boxed = |block: &Block| match &labels::of_block(block)[..] {
        [only] => {
            !matches!(only.label, Label::Furniture | Label::Source | Label::Other)
                && block.chars() < 120
        }
        _ => false,
    };
    let lines = first.iter().filter(|block| boxed(block)).count();
    let last = first.iter().rposition(boxed).filter(|_| lines >= 3);
    last.map_or(0, |last| last + 1)
}

/// Parts of a page around the text that never say anything about the document: their elements.
pub(in crate::extract) fn surroundings(tree: &Html, body: Option<&Body>) -> HashSet<NodeId> {
    const WORDS: [&str; 16] = [
        "nav",
        "menu",
        "sidebar",
        "footer",
        "foot",
        "related",
        "xgyd",
        "xglj",
        "relate",
        "hot",
        "pn",
        "copyright",
        "friendlink",
        "yqlj",
        "search",
        "banner",
    ];
    let holds_body = |node: NodeRef<'_, Node>| {
        body.is_some_and(|body| {
            body.roots.iter().filter_map(|root| tree.tree.get(*root)).any(|root| {
                root.id() == node.id() || root.ancestors().any(|above| above.id() == node.id())
            })
        })
    };
    let furniture = |node: &NodeRef<'_, Node>| {
        matches!(element_name(*node), "nav" | "footer" | "aside")
            || names(*node).any(|name| WORDS.contains(&name.as_str()))
    };
    let elements = tree.tree.nodes().filter(|node| node.value().is_element());
    elements.filter(furniture).filter(|node| !holds_body(*node)).map(|node| node.id()).collect()
}

/// Characters in and below every element.
fn visible_chars(tree: &Html) -> HashMap<NodeId, usize> {
    let mut sums = HashMap::new();
    let mut open: Vec<usize> = vec![0];
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(_) => open.push(0),
            Edge::Close(node) => {
                let own = node.value().as_text().map_or(0, |text| text.trim().chars().count());
                let sum = open.pop().unwrap_or_default() + own;
                if node.value().is_element() {
                    sums.insert(node.id(), sum);
                }
                if let Some(around) = open.last_mut() {
                    *around += sum;
                }
            }
        }
    }
    sums
}

/// Elements inside a body that was found by its prose and that are named like furniture.
pub(in crate::extract) fn inside(tree: &Html, body: &Body) -> HashSet<NodeId> {
    if body.exact {
        return HashSet::new();
    }
    let roots = body.roots.iter().filter_map(|root| tree.tree.get(*root));
    let below = roots.flat_map(|root| root.descendants().skip(1));
    let named = below.filter(|node| candidate::is_named_like_furniture(*node));
    // What holds most of the text is the text, whatever its name.
    let chars = visible_chars(tree);
    let of = |id: &NodeId| chars.get(id).copied().unwrap_or_default();
    let all: usize = body.roots.iter().map(of).sum();
    named.map(|node| node.id()).filter(|id| of(id) * 2 < all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_to_follow_end_the_text() {
        let text = "资料图\n编辑|甲\n扫描下方二维码解锁更多\n1、回复";
        assert_eq!(before_the_call(text), Some("资料图\n编辑|甲"));
        assert_eq!(without_credits("资料图\n编辑|甲\n来源|乙、丙"), "资料图");
        assert_eq!(before_the_call("市民可扫描下方二维码预约。"), None);
    }
}
