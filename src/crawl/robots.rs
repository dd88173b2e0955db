//! What a host's robots.txt allows.
//!
//! RFC 9309 with four choices of ours: 401 and 403 close the host unless the settings say otherwise, 429 is asked
//! again like a server error, a page in HTML holds no rules, and where a shield against programs answers the host is
//! left alone without its pages counting as closed.

use std::{borrow::Cow, time::Duration};

use robotxt::{Agent, BYTE_LIMIT};

use crate::config::RobotsForbidden;
use crate::model::{Capture, PageUrl};
use crate::page::{self, StandIn};

/// The rules of one host for our crawler.
#[derive(Clone, Debug)]
pub(crate) struct Rules(robotxt::Robots);

/// What an answer to the request for robots.txt means.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// These rules hold.
    Rules(Rules),
    /// No rules could be read: the host is closed, and asked again later in the run.
    Unreachable,
    /// The host says that we may not even read the rules, and the settings take that as a no.
    Forbidden,
    /// A shield against programs answers in its place: no rule of the portal was read, so none closes its pages.
    Shielded,
}

impl Rules {
    /// A host without rules.
    pub(crate) fn none() -> Self {
        Self(robotxt::Robots::allow_all())
    }

    /// Reads a robots.txt of any encoding for the crawler of that name.
    pub(crate) fn read(body: &[u8], agent: &str) -> Self {
        let text = utf16_undone(body);
        let start =
            text.iter().position(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b));
        if start.is_some_and(|at| text[at] == b'<') {
            return Self::none();
        }
        Self(robotxt::Robots::parse(&bare_agents(&text), Agent::Exact(agent)))
    }

    /// Whether this page may be asked for.
    pub(crate) fn allow(&self, url: &PageUrl) -> bool {
        self.0.is_allowed(&url.path_and_query())
    }

    /// The pause the host asks for, as given.
    pub(crate) fn crawl_delay(&self) -> Option<Duration> {
        self.0.crawl_delay()
    }
}

/// What a host's robots.txt, as it was answered, lets us ask for.
#[derive(Clone, Debug)]
pub struct Permissions(Option<Rules>);

impl Permissions {
    /// Reads an answer for the crawler of that name; `None` when it says nothing, being an error or a redirect.
    pub fn read(capture: &Capture, agent: &str, forbidden: RobotsForbidden) -> Option<Self> {
        if matches!(capture.answer.status, 300..=399) {
            return None;
        }
        match access(capture, agent, forbidden) {
            Access::Rules(rules) => Some(Self(Some(rules))),
            Access::Forbidden => Some(Self(None)),
            Access::Unreachable | Access::Shielded => None,
        }
    }

    /// Whether a page may be asked for.
    pub fn allow(&self, url: &PageUrl) -> bool {
        self.0.as_ref().is_some_and(|rules| rules.allow(url))
    }
}

/// Judges an answer that is no redirect.
pub(crate) fn access(capture: &Capture, agent: &str, forbidden: RobotsForbidden) -> Access {
    match capture.answer.status {
        412 | 521 => Access::Shielded,
        200..=299 | 401 | 403 if shows_shield(capture) => Access::Shielded,
        200..=299 if !capture.is_half() => {
            let (body, _) = capture.answer.decoded(BYTE_LIMIT + 1);
            Access::Rules(Rules::read(&body, agent))
        }
        401 | 403 if forbidden == RobotsForbidden::Disallow => Access::Forbidden,
        408 | 425 | 429 => Access::Unreachable,
        // A redirect that leads nowhere counts as no file, like all other refusals of the 400s.
        300..=499 => Access::Rules(Rules::none()),
        _ => Access::Unreachable,
    }
}

/// Whether the page of a shield came instead of the rules.
fn shows_shield(capture: &Capture) -> bool {
    let (body, _) = capture.answer.decoded(BYTE_LIMIT + 1);
    let is_markup = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let text = || page::decode(&body, capture.answer.headers.get("content-type")).text;
    let forbidden = capture.answer.status == 403;
    is_markup && page::stand_in(&text(), forbidden) == Some(StandIn::Shield)
}

/// The text with UTF-16 turned into UTF-8; other encodings stay as they are, rules being ASCII.
fn utf16_undone(body: &[u8]) -> Cow<'_, [u8]> {
    let encoding = match body {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        [first, 0, _, 0, ..] if *first != 0 => encoding_rs::UTF_16LE,
        [0, first, 0, _, ..] if *first != 0 => encoding_rs::UTF_16BE,
        _ => return Cow::Borrowed(body),
    };
    Cow::Owned(encoding.decode_with_bom_removal(body).0.into_owned().into_bytes())
}

/// The lines with `User-agent` values cut to the product name: a group for `gongkai/1.0` is meant for us too.
fn bare_agents(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|b| matches!(b, b'\n' | b'\r')) {
        out.extend_from_slice(&line[..agent_end(line).unwrap_or(line.len())]);
        if !out.ends_with(b"\n") && !out.ends_with(b"\r") {
            out.push(b'\n');
        }
    }
    out
}

/// Where the product name of a `User-agent` line ends, when something follows it.
fn agent_end(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|b| *b == b':')?;
    let key: Vec<u8> = line[..colon]
        .iter()
        .filter(|b| b.is_ascii_alphabetic())
        .map(u8::to_ascii_lowercase)
        .collect();
    let value = colon + 1 + line[colon + 1..].iter().position(|b| !b.is_ascii_whitespace())?;
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'*');
    let length = line[value..].iter().position(|b| !in_name(b))?;
    (key == b"useragent" && length > 0).then_some(value + length)
}

#[cfg(test)]
mod tests {
    use crate::model::{Answer, Context, Headers, Listed, Moment, PageKind};

    use super::*;

    fn page(path: &str) -> PageUrl {
        PageUrl::parse(&format!("http://www.lingzhou.gov.cn{path}")).unwrap()
    }

    fn allowed(body: &[u8], path: &str) -> bool {
        Rules::read(body, "gongkai").allow(&page(path))
    }

    fn capture(status: u16, body: &[u8]) -> Capture {
        Capture {
            url: page("/robots.txt"),
            at: Moment::UNIX_EPOCH,
            request: Headers::default(),
            answer: Answer { status, headers: Headers::default(), body: body.into() },
            truncated: None,
            unverified_tls: false,
            context: Context {
                portal: "lingzhou".into(),
                column: String::new(),
                kind: PageKind::Robots,
                listed: Listed::default(),
                referrer: None,
                redirected_from: None,
                form: None,
            },
        }
    }

    #[test]
    fn groups_and_rules_are_matched() {
        let table: &[(&str, &str, bool)] = &[
            ("", "/a", true),
            ("User-agent: *\nDisallow:\n", "/a", true),
            ("User-agent: *\nDisallow: /a\n", "/a/b", false),
            ("User-agent: *\r\nDisallow: /a\r\n", "/a", false),
            ("User-agent: *\rDisallow: /a\r", "/a", false),
            ("\u{feff}User-agent: *\nDisallow: /a\n", "/a", false),
            ("User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", true),
            ("User-agent: *\nDisallow: /*.pdf$\n", "/x/y.pdf", false),
            ("User-agent: *\nDisallow: /*.pdf$\n", "/x/y.pdf?z", true),
            ("User-agent: *\nDisallow: /\n\nUser-agent: gongkai\nDisallow: /b\n", "/a", true),
            ("User-agent: GongKai\nDisallow: /b\n\nUser-agent: *\nAllow: /\n", "/b", false),
            ("User-agent: gongkai/1.0\nDisallow: /b\n\nUser-agent: *\nDisallow:\n", "/b", false),
            ("User-agent: gongkai/2.1 (archive)\r\nDisallow: /b\r\n", "/b", false),
            ("User-agent: gongkaibot\nDisallow: /b\n", "/b", true),
            ("User-agent: other\nUser-agent: gongkai\nDisallow: /b\n", "/b", false),
            ("user-agent : *\ndisallow : /b # 禁止\n", "/b", false),
            ("User-agent: *\nDisallow: /%e6%94%bf\n", "/政", false),
            ("<html><body>\nUser-agent: *\nDisallow: /\n</body></html>", "/a", true),
            ("\n  <!DOCTYPE html>\nUser-agent: *\nDisallow: /\n", "/a", true),
        ];
        for (text, path, expected) in table {
            assert_eq!(allowed(text.as_bytes(), path), *expected, "{text:?} {path}");
        }
    }

    #[test]
    fn utf16_is_read() {
        let text = "User-agent: *\r\nDisallow: /b\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for body in
            [&little, &big, &[b"\xff\xfe", &little[..]].concat(), &[b"\xfe\xff", &big[..]].concat()]
        {
            assert!(!allowed(body, "/b") && allowed(body, "/a"));
        }
    }

    #[test]
    fn rules_beyond_the_limit_do_not_count() {
        let mut long = b"User-agent: *\nDisallow: /early\n".to_vec();
        long.extend(b"# filler\n".repeat(BYTE_LIMIT / 9));
        long.extend(b"Disallow: /late\n");
        assert!(!allowed(&long, "/early") && allowed(&long, "/late"));
    }

    #[test]
    fn status_decides_first() {
        let rules = b"User-agent: *\nDisallow: /\nCrawl-delay: 2.5\n";
        let judged = |status| access(&capture(status, rules), "gongkai", RobotsForbidden::Disallow);
        for status in [404, 410, 400, 302] {
            assert!(matches!(judged(status), Access::Rules(r) if r.allow(&page("/a"))), "{status}");
        }
        assert!(matches!(judged(200), Access::Rules(r)
            if !r.allow(&page("/a")) && r.crawl_delay() == Some(Duration::from_millis(2500))));
        for status in [401, 403] {
            assert!(matches!(judged(status), Access::Forbidden), "{status}");
            let lenient = access(&capture(status, rules), "gongkai", RobotsForbidden::Allow);
            assert!(matches!(lenient, Access::Rules(r) if r.allow(&page("/a"))), "{status}");
        }
        for status in [429, 500, 503] {
            assert!(matches!(judged(status), Access::Unreachable), "{status}");
        }
        for status in [412, 521] {
            assert!(matches!(judged(status), Access::Shielded), "{status}");
        }
        let mut cut = capture(200, rules);
        cut.truncated = Some(crate::model::Truncated::Disconnect);
        assert!(matches!(access(&cut, "gongkai", RobotsForbidden::Disallow), Access::Unreachable));
    }
}
