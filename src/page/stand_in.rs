//! What servers show in place of a page with a status of success: error pages, shields, login pages.
//!
//! A rule here may take a document for an error page, so each asks for a page that says hardly anything else.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use ego_tree::{NodeRef, iter::Edge};
use scraper::{Html, Node};

use crate::page::{Gate, parse};

/// What stands in the place of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandIn {
    /// An error page: what was asked for is not there.
    Error,
    /// A shield against programs, or a notice that the whole site is closed for a while.
    Shield,
    /// A form that wants a name and a password.
    Login,
}

/// What error pages say. White space is taken out of page and words alike.
const ERRORS: [&str; 20] = [
    "页面不存在",
    "页面未找到",
    "页面找不到",
    "找不到页面",
    "找不到该页",
    "页面已删除",
    "已被删除",
    "不存在或已删除",
    "不存在或者已删除",
    "文章不存在",
    "信息不存在",
    "内容不存在",
    "文件不存在",
    "您访问的页面",
    "您访问的网页",
    "您要查看的页面",
    "无法找到该页",
    "404notfound",
    "404错误",
    "pagenotfound",
];
/// What shields say.
const BLOCKED: [&str; 10] = [
    "访问被拦截",
    "访问被阻断",
    "请求被拦截",
    "访问被拒绝",
    "访问已被拦截",
    "已被网站管理员设置拦截",
    "请求存在威胁",
    "拦截提示",
    "疑似攻击",
    "疑似黑客攻击",
];
/// What a site says while it is closed as a whole; only where it says hardly a sentence more.
const CLOSED: [&str; 4] = ["正在维护", "正在升级", "维护中", "升级中"];
/// Names of shields; one alone may be what a document is about.
const SHIELDS: [&str; 6] = ["云防护", "云盾", "安全狗", "加速乐", "创宇", "web应用防火墙"];
/// What stands in the title of a page that asks for a password.
const LOGINS: [&str; 6] = ["登录", "登陆", "身份认证", "login", "signin", "logon"];
/// What any of these pages holds: without one of these, a page need not be looked into.
const SIGNS: [&str; 23] = [
    "不存在",
    "找不到",
    "找到",
    "已删除",
    "被删除",
    "您访问的",
    "您要查看的",
    "404",
    "not found",
    "Not Found",
    "NOT FOUND",
    "拦截",
    "阻断",
    "疑似",
    "正在升级",
    "升级中",
    "访问被拒绝",
    "云防护",
    "云盾",
    "安全狗",
    "加速乐",
    "创宇",
    "password",
];
/// Any of these signs, looked for in one pass.
static ANY_SIGN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(SIGNS).ok());
/// Such a page says no more than this outside its links, in characters.
const SHORT: usize = 300;
/// A site that is closed says no more than this, in characters.
const SENTENCE: usize = 100;

/// Judges the text of an answer. `forbidden`: its status was 403, where the name of a shield is enough.
pub fn stand_in(text: &str, forbidden: bool) -> Option<StandIn> {
    let tree = || parse(text, &Gate::default()).tree;
    may_be_stand_in(text, forbidden).then(tree).and_then(|tree| stand_in_of(&tree, forbidden))
}

/// Whether a text holds any sign of a page in the place of another: else it need not be looked into.
pub fn may_be_stand_in(text: &str, forbidden: bool) -> bool {
    let is_shield = || SHIELDS.iter().any(|name| text.to_lowercase().contains(name));
    ANY_SIGN.as_ref().is_none_or(|signs| signs.is_match(text))
        || stands_before(text, "正在", "维护")
        || stands_before(text, "维护", "中")
        || forbidden && is_shield()
}

/// Whether one word stands before the other, with nothing but tags and white space between: what many documents hold is
/// a sign only so.
fn stands_before(text: &str, word: &str, other: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let mut rest = text[at + word.len()..].trim_start();
        while let Some((_, behind)) = rest.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
            rest = behind.trim_start();
        }
        rest.starts_with(other)
    })
}

/// Judges a page that is a tree already.
pub fn stand_in_of(tree: &Html, forbidden: bool) -> Option<StandIn> {
    let said = Said::of(tree);
    let holds = |words: &[&str]| {
        words.iter().any(|word| said.title.contains(word) || said.prose.contains(word))
    };
    if said.prose.chars().count() > SHORT {
        return None;
    }
    if holds(&BLOCKED) || (holds(&SHIELDS) && (forbidden || said.title.contains("403"))) {
        return Some(StandIn::Shield);
    }
    if holds(&SHIELDS) && said.prose.contains("拦截") {
        return Some(StandIn::Shield);
    }
    if holds(&ERRORS) {
        return Some(StandIn::Error);
    }
    if holds(&CLOSED) && said.prose.chars().count() <= SENTENCE {
        return Some(StandIn::Shield);
    }
    let names_login = LOGINS.iter().any(|word| said.title.contains(word));
    (said.wants_password && names_login).then_some(StandIn::Login)
}

/// What a page says, in lower case and without white space.
struct Said {
    title: String,
    /// Text outside of links, menus and scripts.
    prose: String,
    wants_password: bool,
}

impl Said {
    fn of(tree: &Html) -> Self {
        let mut said = Self { title: String::new(), prose: String::new(), wants_password: false };
        let mut silent = 0_usize;
        for edge in tree.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    silent += usize::from(is_silent(node));
                    said.wants_password |= is_password(node);
                    if let (Node::Text(text), 0) = (node.value(), silent) {
                        push(&mut said.prose, text);
                    } else if let (Node::Text(text), true) = (node.value(), is_in_title(node)) {
                        push(&mut said.title, text);
                    }
                }
                Edge::Close(node) => silent -= usize::from(is_silent(node)),
            }
        }
        said
    }
}

/// Adds a text in the form that words are looked for in; what is too long is left off.
fn push(to: &mut String, text: &str) {
    if to.len() <= 4 * SHORT {
        let kept = text.chars().filter(|c| !c.is_whitespace()).take(4 * SHORT);
        to.extend(kept.flat_map(char::to_lowercase));
    }
}

/// Whether what is inside an element is no prose: links, menus, forms' choices, the head and foot of a site.
fn is_silent(node: NodeRef<'_, Node>) -> bool {
    let names = [
        "a", "script", "style", "noscript", "template", "head", "title", "nav", "header", "footer",
        "select", "option", "button", "textarea",
    ];
    node.value().as_element().is_some_and(|element| names.contains(&element.name()))
}

fn is_in_title(node: NodeRef<'_, Node>) -> bool {
    let parent = node.parent();
    let element = parent.as_ref().and_then(|parent| parent.value().as_element());
    element.is_some_and(|element| element.name() == "title")
}

fn is_password(node: NodeRef<'_, Node>) -> bool {
    let element = node.value().as_element().filter(|element| element.name() == "input");
    let kind = element.and_then(|element| element.attr("type"));
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_is_closed_is_looked_into_and_a_text_about_upkeep_is_not() {
        for closed in ["系统正在<b class=x> 维护</b>", "<p>维护 </p>\n<p>中", "维护中"]
        {
            assert!(may_be_stand_in(closed, false), "{closed}");
        }
        for other in ["维护与更新中", "正在做好维护", "维护<b", "正在"] {
            assert!(!may_be_stand_in(other, false), "{other}");
        }
    }

    #[test]
    fn pages_in_the_place_of_others_are_told_by_what_they_say() {
        let long = "各县区要认真排查隐患，落实责任。".repeat(30);
        let menu = "<a href=/>首页</a><a href=/zwgk/>政务公开</a>".repeat(40);
        let table = [
            (
                format!("<title>页面不存在</title>{menu}<h2>抱歉，您访问的页面不存在或已删除</h2>"),
                Some(StandIn::Error),
            ),
            (
                format!("<title>灵洲市人民政府</title>{menu}<p>文章 不存在</p>"),
                Some(StandIn::Error),
            ),
            ("<title>404 Not Found</title><center>nginx</center>".to_owned(), Some(StandIn::Error)),
            ("<title>拦截提示</title><p>您的请求被拦截".to_owned(), Some(StandIn::Shield)),
            ("<title>403 - 云防护</title><p>事件编号 7".to_owned(), Some(StandIn::Shield)),
            (
                "<title>网站防火墙</title><p>您的请求已被创宇盾拦截</p>".to_owned(),
                Some(StandIn::Shield),
            ),
            (
                "<title>提示</title><p>网站正在升级维护，请稍后访问。</p>".to_owned(),
                Some(StandIn::Shield),
            ),
            (format!("<title>关于系统维护的公告</title><p>系统维护中暂停办理。{long}</p>"), None),
            ("<title>统一身份认证</title><input type=password>".to_owned(), Some(StandIn::Login)),
            ("<title>云防护采购公告</title><p>云防护采购公告</p>".to_owned(), None),
            (format!("<title>关于页面不存在问题的通报</title><p>页面不存在。{long}</p>"), None),
            (format!("<title>通知</title><form><input type=password>登录</form><p>{long}"), None),
            ("<title>关于防汛的通知</title><p>请落实。</p>".to_owned(), None),
        ];
        for (page, expected) in table {
            assert_eq!(stand_in(&page, false), expected, "{page}");
        }
        assert_eq!(stand_in("<p>本站由云防护保护</p>", true), Some(StandIn::Shield));
        assert_eq!(stand_in("<h1>Forbidden</h1>", true), None);
    }
}
