//! What an answer looks like: the page asked for, or something in its place.
//!
//! Told by what it says, and by comparison with what its host says of an address that cannot exist.

use crate::model::{Capture, PageKind, PageUrl};
use crate::page::{self, AnswerText, Likeness, StandIn};

/// Longer answers are no error pages, in bytes with and without content coding.
const LONGEST: usize = 128 << 10;
/// Less text is no page that could be compared, in bytes.
const SHORTEST: usize = 64;
/// The address that no portal has.
const ABSENT: &str = "/gongkai-no-such-page.html";

/// What an answer looks like by itself.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    shown: Option<StandIn>,
    /// The text of an answer that does not hold the title its list gave it: it may be anything.
    unnamed: Option<String>,
}

impl Looks {
    /// Reads an answer; costs nothing where it cannot stand for another page.
    pub fn of(answer: &AnswerText<'_>) -> Self {
        let capture = answer.capture();
        let status = capture.answer.status;
        let kind = capture.context.kind;
        let is_page = (200..=299).contains(&status) && kind != PageKind::Absent;
        if !(is_page || status == 403) || kind == PageKind::Robots || !is_short_markup(capture) {
            return Self::default();
        }
        let Some(text) = answer.within(LONGEST) else { return Self::default() };
        let is_forbidden = status == 403;
        let shown = page::may_be_stand_in(text, is_forbidden)
            .then(|| page::stand_in_of(&answer.tree().tree, is_forbidden))
            .flatten();
        // Lists have no title, and one without items is told by that.
        let shown = shown.filter(|shown| kind != PageKind::List || *shown != StandIn::Error);
        let listed = capture.context.listed.title.as_deref();
        let is_named = || listed.is_some_and(|title| page::names(text, title));
        let may_be_other = is_page && kind != PageKind::List && shown.is_none();
        let is_unnamed = may_be_other && text.len() >= SHORTEST && !is_named();
        Self { shown, unnamed: is_unnamed.then(|| text.to_owned()) }
    }

    /// Whether only a comparison can tell.
    pub fn are_doubtful(&self) -> bool {
        self.unnamed.is_some()
    }

    /// What stands in the place of the page, its host's own error page being known or not; `None`: the page itself.
    pub fn stand_in(&self, own: Option<&Likeness>) -> Option<StandIn> {
        self.shown.or_else(|| self.are_those_of(own).then_some(StandIn::Error))
    }

    /// Whether only the comparison with its host's error page says that this is another page than the one asked for.
    pub fn are_those_of(&self, own: Option<&Likeness>) -> bool {
        let text = self.unnamed.as_deref().filter(|_| self.shown.is_none());
        own.zip(text).is_some_and(|(own, text)| own.is_shown_by(text))
    }
}

/// The address on a page's host that cannot exist.
pub fn absent_address(page: &PageUrl) -> Option<PageUrl> {
    page.join(ABSENT).ok()
}

/// What a host says of an address that cannot exist; `None` where it says so without a page that could be compared.
pub fn own_error_page(capture: &Capture) -> Option<Likeness> {
    if (300..=399).contains(&capture.answer.status) {
        return None;
    }
    let answer = AnswerText::of(capture);
    answer.within(LONGEST).filter(|text| text.len() >= SHORTEST).and_then(Likeness::of)
}

/// Whether an answer may be a page of a size that error pages have; a file that is asked for may be anything else.
fn is_short_markup(capture: &Capture) -> bool {
    let kind = capture.answer.headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
    let begins = || {
        let start = capture.answer.body.start();
        start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
    };
    let is_markup = match capture.context.kind {
        PageKind::Attachment => kind.contains("html") && begins(),
        _ => kind.is_empty() || kind.starts_with("text/") || kind.contains("html"),
    };
    is_markup && capture.answer.body.len() <= LONGEST as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::{capture, known};

    fn looks(kind: PageKind, status: u16, title: &str, body: &str) -> Looks {
        let mut page = known("http://a.gov.cn/x/t1.html", kind);
        page.context.listed.title = Some(title.to_owned());
        let headers = [("Content-Type", "text/html; charset=utf-8")];
        Looks::of(&AnswerText::of(&capture(&page, status, &headers, body.as_bytes())))
    }

    #[test]
    fn shields_are_told_from_plain_refusals() {
        let shield = "<p>本站由云防护保护</p>";
        assert_eq!(
            looks(PageKind::Detail, 403, "通知", shield).stand_in(None),
            Some(StandIn::Shield)
        );
        assert_eq!(looks(PageKind::Detail, 403, "通知", "<h1>Forbidden").stand_in(None), None);
        assert_eq!(
            looks(PageKind::List, 200, "", "<title>拦截提示").stand_in(None),
            Some(StandIn::Shield)
        );
        assert_eq!(looks(PageKind::List, 200, "", "<title>页面不存在").stand_in(None), None);
        assert_eq!(
            looks(PageKind::Attachment, 200, "", "<p>文件不存在").stand_in(None),
            Some(StandIn::Error)
        );
    }

    #[test]
    fn a_page_that_is_the_hosts_own_error_page_is_none() {
        let odd = "<title>灵洲市人民政府</title><p>哎呀，这里什么都没有，去别处看看吧。</p><p>灵洲市人民政府主办</p>";
        let absent = known("http://a.gov.cn/gongkai-no-such-page.html", PageKind::Absent);
        let own = own_error_page(&capture(&absent, 200, &[], odd.as_bytes())).unwrap();
        let doubtful = looks(PageKind::Detail, 200, "关于防汛的通知", odd);
        assert!(doubtful.are_doubtful());
        assert_eq!(
            (doubtful.stand_in(None), doubtful.stand_in(Some(&own))),
            (None, Some(StandIn::Error))
        );
        let page = odd.replace("哎呀，这里什么都没有", "关于防汛的通知");
        let real = looks(PageKind::Detail, 200, "关于防汛的通知", &page);
        assert!(!real.are_doubtful() && real.stand_in(Some(&own)).is_none());
        assert_eq!(own_error_page(&capture(&absent, 302, &[], odd.as_bytes())), None);
    }
}
