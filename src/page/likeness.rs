//! Whether a page says nothing that another page does not say: how a host's error page is known again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What a page says: its runs of letters, those in scripts and attributes too, so that a page whose text is drawn by a
/// script differs from its empty frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    runs: HashSet<u64>,
    length: usize,
}

/// An error page has no more runs than this; it bounds what is remembered of a host.
const MOST_RUNS: usize = 2000;
/// Longer pages are no error pages, in bytes of text.
const LONGEST: usize = 128 << 10;
/// What a page may say beyond its pattern: a Han character counts one and any other run counts one, so that the address
/// asked for, a time or a number may differ, and a title of a document may not.
const NEWS: usize = 8;
/// How much longer or shorter it may be, in bytes and as a part of the pattern's length.
const SLACK: usize = 512;

impl Likeness {
    /// What a page says; `None` where it is too long for an error page.
    pub fn of(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut runs = HashSet::new();
        each_run(text, |run| {
            runs.insert(mark(run));
            runs.len() <= MOST_RUNS
        });
        (runs.len() <= MOST_RUNS).then_some(Self { runs, length: text.len() })
    }

    /// Whether a page says nothing but this.
    pub fn is_shown_by(&self, text: &str) -> bool {
        if text.len().abs_diff(self.length) > SLACK.max(self.length / 4) {
            return false;
        }
        let mut news = 0;
        each_run(text, |run| {
            if !self.runs.contains(&mark(run)) {
                news += weight(run);
            }
            news <= NEWS
        });
        news <= NEWS
    }
}

/// Whether a text holds these words, or their first part: lists cut titles. White space does not count.
pub fn names(text: &str, words: &str) -> bool {
    const ENOUGH: usize = 8;
    let wanted: String = words.chars().filter(|c| c.is_alphanumeric()).take(ENOUGH).collect();
    // Most pages set them as the list does.
    if text.contains(&wanted) {
        return true;
    }
    let mut run = String::new();
    // Only what is neither space nor punctuation is compared, as the page may set these otherwise than the list.
    for c in decoded(text).filter(|c| c.is_alphanumeric()) {
        run.push(c);
        if run.len() > 4096 {
            if run.contains(&wanted) {
                return true;
            }
            let tail: String = run.chars().rev().take(ENOUGH).collect();
            run = tail.chars().rev().collect();
        }
    }
    run.contains(&wanted)
}

fn mark(run: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

fn weight(run: &str) -> usize {
    let han = run.chars().filter(|c| !c.is_ascii()).count();
    han.max(1)
}

/// Hands over the runs of letters; stops when told so.
fn each_run(text: &str, mut take: impl FnMut(&str) -> bool) {
    let mut run = String::new();
    for c in decoded(text).chain(std::iter::once(' ')) {
        if c.is_alphabetic() {
            run.push(c);
        } else if !run.is_empty() {
            if !take(&run) {
                return;
            }
            run.clear();
        }
    }
}

/// The characters of markup with `\u4e2d` and `&#20013;` undone.
fn decoded(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        if let Some((c, length)) = escape(rest) {
            rest = &rest[length..];
            return Some(c);
        }
        rest = &rest[first.len_utf8()..];
        Some(first)
    })
}

/// An escaped character at the beginning of a text, and its length in bytes.
fn escape(text: &str) -> Option<(char, usize)> {
    if let Some(digits) = text.strip_prefix("\\u").and_then(|rest| rest.get(..4)) {
        return Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, 6));
    }
    let number = text.strip_prefix("&#")?;
    let end = number.bytes().take(8).position(|byte| byte == b';')?;
    let code = match number[..end].strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number[..end].parse().ok()?,
    };
    Some((char::from_u32(code)?, end + 3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(middle: &str) -> String {
        let menu = "<li><a href='/zwgk/'>政务公开</a></li>".repeat(20);
        format!(
            "<title>灵洲市人民政府</title><ul>{menu}</ul><div>{middle}</div><p>主办单位：灵洲市人民政府</p>"
        )
    }

    #[test]
    fn the_error_page_of_a_host_is_known_again() {
        let own = Likeness::of(&page("哎呀，出错了！<!-- /gongkai-no-such-page.html 12:01:33 -->"))
            .unwrap();
        assert!(own.is_shown_by(&page("哎呀，出错了！<!-- /zwgk/t20200131_7.html 12:44:01 -->")));
        for document in [
            "关于做好防汛工作的通知",
            "哎呀，出错了！关于做好防汛工作的通知",
            "<script>var _CONFIG = {t:'\\u5173\\u4e8e\\u505a\\u597d\\u9632\\u6c5b\\u5de5\\u4f5c'}</script>",
            "&#20851;&#20110;&#20570;&#22909;&#x9632;&#x6c5b;&#24037;&#20316;&#30340;",
        ] {
            assert!(!own.is_shown_by(&page(document)), "{document}");
        }
        assert!(!own.is_shown_by(&"<p>x</p>".repeat(900)));
        assert_eq!(Likeness::of(&"长".repeat(LONGEST)), None);
    }

    #[test]
    fn a_title_is_found_however_it_is_set() {
        let text = page("<h1>关于做好“防汛”\n 工作的<br>通知</h1>");
        assert!(names(&text, "关于做好防汛工作的…"));
        assert!(names("{\"t\":\"\\u9632\\u6c5b\"}", "防汛"));
        assert!(!names(&text, "关于做好春耕工作的通知"));
    }

    proptest! {
        #[test]
        fn any_text_is_like_itself(text in "[a-z<>&#;\\\\u0-9政务公开]{0,400}") {
            let own = Likeness::of(&text).unwrap();
            prop_assert!(own.is_shown_by(&text));
        }
    }
}
