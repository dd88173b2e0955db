//! What an answer, or its absence, means for a page: pure judgement.

use std::time::Duration;

use jiff::SignedDuration;

use crate::config::Portal;
use crate::crawl::robots::Permissions;
use crate::crawl::scope;
use crate::model::{
    Capture, KnownPage, Moment, NoAnswer, PageKind, PageState, PageUrl, Reason, china_day,
};
use crate::page::StandIn;

/// Checks that must say "gone" before a page counts as removed …
const GONE_CHECKS: u16 = 3;
/// … and the time they must span: one outage, or one bad evening, never removes a page.
const GONE_SPAN: SignedDuration = SignedDuration::from_hours(72);
/// A page that was said to be gone is checked again this soon.
const GONE_RECHECK: Duration = Duration::from_hours(24);

/// A page that was refused is asked for again after this time, then after twice as long, and so on up to its usual time:
/// a shield may have been for an evening, and one that stays is left alone.
const REFUSED_RECHECK: Duration = Duration::from_hours(24);

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The page, whole or cut at our own limit.
    Kept,
    /// The page is as it was when last kept.
    Unchanged,
    /// It is elsewhere.
    Moved(PageUrl),
    /// It is not there any more, or never was.
    Gone(Reason),
    /// Something that may pass: worth another try.
    Failed(Reason),
    /// A no, by rule or by a shield against programs; it is not argued with.
    Refused(Reason),
}

/// Judges an answer; `shown`: what stands in the place of the page.
pub(crate) fn verdict(
    page: &KnownPage,
    capture: &Capture,
    portal: &Portal,
    shown: Option<StandIn>,
) -> Verdict {
    match shown {
        Some(StandIn::Error) => return Verdict::Gone(Reason::ErrorPage),
        Some(StandIn::Shield) => return Verdict::Refused(Reason::Shield),
        Some(StandIn::Login) => return Verdict::Refused(Reason::Login),
        None => {}
    }
    match capture.answer.status {
        200..=299 if capture.is_half() => Verdict::Failed(Reason::CutShort),
        200..=299 => Verdict::Kept,
        304 if page.kept_at.is_some() => Verdict::Unchanged,
        300..=399 => match target(capture) {
            Some(to) => redirected(page, portal, to),
            None => Verdict::Failed(Reason::Redirected),
        },
        404 => Verdict::Gone(Reason::NotFound),
        410 => Verdict::Gone(Reason::Gone),
        // 521 is the sign of a shield, not of a server in trouble.
        412 | 521 => Verdict::Refused(Reason::Shield),
        408 | 425 | 429 | 500..=599 => Verdict::Failed(Reason::ServerError),
        401 | 407 => Verdict::Refused(Reason::Login),
        _ => Verdict::Refused(Reason::Forbidden),
    }
}

/// What a redirect says: documents do not move to front pages, lists, error pages and logins.
fn redirected(page: &KnownPage, portal: &Portal, to: PageUrl) -> Verdict {
    if scope::is_login_address(&to) && !scope::is_login_address(&page.url) {
        return Verdict::Refused(Reason::Login);
    }
    let is_page = matches!(page.context.kind, PageKind::Detail | PageKind::Attachment);
    if is_page && scope::is_error_address(&to) {
        return Verdict::Gone(Reason::ErrorPage);
    }
    if page.context.kind == PageKind::Detail && scope::is_home_or_list(portal, &to) {
        return Verdict::Gone(Reason::RedirectedHome);
    }
    Verdict::Moved(to)
}

/// Where a redirect leads.
pub(crate) fn target(capture: &Capture) -> Option<PageUrl> {
    let moved = matches!(capture.answer.status, 300..=303 | 305..=308);
    let location = capture.answer.headers.get("location").filter(|_| moved)?;
    capture.url.join(location).ok()
}

/// The page's row after an answer: state, next visit, validators, count of "gone".
///
/// A function of its arguments only, so that an answer found in the archive after a crash gives the same row.
pub fn after_answer(
    mut page: KnownPage,
    capture: &Capture,
    portal: &Portal,
    shown: Option<StandIn>,
) -> KnownPage {
    let at = capture.at;
    let said = format!("status {}", capture.answer.status);
    if page.context.kind == PageKind::Absent {
        page.settle(PageState::Kept, Reason::Answered, said, at);
        page.due = at;
        return page;
    }
    let judged = verdict(&page, capture, portal, shown);
    if matches!(judged, Verdict::Kept | Verdict::Unchanged | Verdict::Moved(_)) {
        page.gone = None;
        page.failures = 0;
    }
    match judged {
        Verdict::Kept => {
            page.settle(PageState::Kept, Reason::Answered, said, at);
            page.kept_at = Some(at);
            page.etag = validator(capture, "etag");
            page.last_modified = validator(capture, "last-modified");
            page.due = later(at, interval(portal, &page, at));
        }
        Verdict::Unchanged => {
            page.revisit = after_look(&page, portal, false);
            page.settle(PageState::Kept, Reason::Answered, said, at);
            page.kept_at = Some(at);
            page.etag = validator(capture, "etag").or(page.etag);
            page.last_modified = validator(capture, "last-modified").or(page.last_modified);
            page.due = later(at, interval(portal, &page, at));
        }
        // `https` for `http`, or a parameter that means nothing: the same page under another address.
        Verdict::Moved(to) if to.key() == page.url.key() && to != page.url => {
            page.state = PageState::Found;
            page.url = to;
            page.due = at;
        }
        Verdict::Moved(to) => {
            let for_good = matches!(capture.answer.status, 301 | 308);
            let (state, reason) = if for_good && page.context.kind == PageKind::Detail {
                (PageState::Moved, Reason::MovedPermanently)
            } else {
                (PageState::Redirected, Reason::Redirected)
            };
            page.settle(state, reason, format!("{said}, to {to}"), at);
            page.fate.moved_to = Some(to);
            page.due = later(at, revisit(portal, page.context.kind));
        }
        Verdict::Gone(reason) => said_to_be_gone(&mut page, reason, said, at, portal),
        Verdict::Failed(_) => {
            page.state = PageState::Failing;
            page.failures = page.failures.saturating_add(1);
            page.due = at;
        }
        Verdict::Refused(reason) => {
            page.settle(PageState::Refused, reason, said, at);
            page.failures = page.failures.saturating_add(1);
            page.due = later(at, after_refusals(page.failures, revisit(portal, page.context.kind)));
        }
    }
    page
}

/// How long a page is left alone that was refused so often in a row, failures counted in.
fn after_refusals(times: u16, usual: Duration) -> Duration {
    let doublings = u32::from(times.saturating_sub(1)).min(16);
    usual.min(REFUSED_RECHECK * (1 << doublings))
}

fn said_to_be_gone(
    page: &mut KnownPage,
    reason: Reason,
    said: String,
    at: Moment,
    portal: &Portal,
) {
    let (first, times) = page.gone.unwrap_or((at, 0));
    let times = times.saturating_add(1);
    page.gone = Some((first, times));
    let removed = is_removed((first, times), at);
    let usual = revisit(portal, page.context.kind);
    let state = if removed { PageState::Removed } else { PageState::Suspected };
    page.settle(state, reason, said, first);
    page.due = later(at, if removed { usual } else { usual.min(GONE_RECHECK) });
}

/// Whether a page counts as removed at a moment: since when, and how often, it was said to be gone until then.
pub fn is_removed((first, times): (Moment, u16), at: Moment) -> bool {
    times >= GONE_CHECKS && at.duration_since(first) >= GONE_SPAN
}

/// The page's row when there was no answer to judge.
pub(crate) fn after_silence(
    mut page: KnownPage,
    reason: NoAnswer,
    at: Moment,
    portal: &Portal,
) -> KnownPage {
    let state = match reason {
        NoAnswer::Robots => PageState::Disallowed,
        NoAnswer::PrivateAddress => PageState::Refused,
        NoAnswer::OutOfScope | NoAnswer::RedirectLoop => PageState::Redirected,
        _ => PageState::Failing,
    };
    page.settle(state, reason.into(), String::new(), at);
    page.due = match reason {
        // Known from the answer that pointed away; it may point elsewhere some day.
        NoAnswer::OutOfScope | NoAnswer::RedirectLoop => {
            later(at, revisit(portal, page.context.kind))
        }
        // Cheap to find out again, and settings, rules and networks change.
        _ => at,
    };
    if page.state == PageState::Failing {
        page.failures = page.failures.saturating_add(1);
    }
    page
}

/// The page's row when nobody tries again: what an outcome in the archive, or a closed host, leaves.
pub fn without_answer(
    page: KnownPage,
    reason: NoAnswer,
    detail: &str,
    at: Moment,
    portal: &Portal,
) -> KnownPage {
    let mut page = after_silence(page, reason, at, portal);
    if page.state == PageState::Failing {
        page.settle(PageState::Unreachable, reason.into(), detail.to_owned(), at);
    }
    page
}

/// The page's row when robots.txt, read anew, closes it; `None` where it is open or was known to be closed.
pub fn newly_closed(
    page: &KnownPage,
    rules: &Permissions,
    at: Moment,
    portal: &Portal,
) -> Option<KnownPage> {
    let known = matches!(page.state, PageState::Disallowed | PageState::Trap)
        || matches!(page.context.kind, PageKind::Robots | PageKind::Absent);
    let closed = !known && !rules.allow(&page.url);
    closed.then(|| after_silence(page.clone(), NoAnswer::Robots, at, portal))
}

/// Whether another try may end better.
pub(crate) fn may_pass(reason: NoAnswer) -> bool {
    matches!(reason, NoAnswer::Dns | NoAnswer::Connect | NoAnswer::Timeout | NoAnswer::Protocol)
}

/// The page's row once its text was compared with the one held before: the next visit comes sooner or later.
pub fn revisited(mut page: KnownPage, portal: &Portal, text_changed: bool) -> KnownPage {
    page.revisit = after_look(&page, portal, text_changed);
    if let Some(kept) = page.kept_at.filter(|_| page.state == PageState::Kept) {
        page.due = later(kept, interval(portal, &page, kept));
    }
    page
}

/// The time of a detail page after a look at it: halved when its text changed, half as long again when not.
fn after_look(page: &KnownPage, portal: &Portal, changed: bool) -> Option<Duration> {
    if page.context.kind != PageKind::Detail {
        return page.revisit;
    }
    let before = page.revisit.unwrap_or(portal.revisit.detail);
    let after = if changed { before / 2 } else { before + before / 2 };
    let shortest = portal.revisit.detail_shortest;
    Some(after.clamp(shortest, portal.revisit.detail_longest.max(shortest)))
}

/// How long after an answer kept at that moment a page is asked for again.
fn interval(portal: &Portal, page: &KnownPage, at: Moment) -> Duration {
    let usual = page.revisit.unwrap_or_else(|| revisit(portal, page.context.kind));
    let season = page.context.kind == PageKind::List
        && is_report_column(&page.context.column)
        && is_report_season(at);
    if season { usual.min(GONE_RECHECK) } else { usual }
}

/// Whether a column is where annual reports are published, by its name.
fn is_report_column(name: &str) -> bool {
    ["年报", "年度报告"].iter().any(|word| name.contains(word))
}

/// Agencies report by the end of January, governments by the end of March.
fn is_report_season(at: Moment) -> bool {
    matches!(china_day(at).month(), Some(1 | 3))
}

fn revisit(portal: &Portal, kind: PageKind) -> Duration {
    match kind {
        PageKind::Robots | PageKind::Absent => Duration::ZERO,
        PageKind::List => portal.revisit.list,
        PageKind::Detail => portal.revisit.detail,
        PageKind::Attachment => portal.revisit.attachment,
        PageKind::Requisite => portal.revisit.requisite,
    }
}

fn later(at: Moment, by: Duration) -> Moment {
    at.checked_add(by).unwrap_or(Moment::MAX)
}

/// A validator as sent, unless it is absurdly long.
fn validator(capture: &Capture, name: &str) -> Option<String> {
    let value = capture.answer.headers.get(name)?.trim();
    (!value.is_empty() && value.len() <= 512).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::{capture, known, portal};

    fn answered(page: &KnownPage, status: u16, headers: &[(&str, &str)], at: &str) -> KnownPage {
        let mut answer = capture(page, status, headers, b"");
        answer.at = at.parse().unwrap();
        after_answer(page.clone(), &answer, &portal("http://a.gov.cn/"), None)
    }

    const MONDAY: &str = "2025-01-06T00:00:00Z";

    #[test]
    fn kept_pages_remember_their_validators() {
        let fresh = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
        let headers = [("ETag", "\"1\""), ("Last-Modified", "Sun, 05 Jan 2025 10:00:00 GMT")];
        let kept = answered(&fresh, 200, &headers, MONDAY);
        assert_eq!((kept.state, kept.etag.as_deref()), (PageState::Kept, Some("\"1\"")));
        assert_eq!(kept.due, "2025-02-05T00:00:00Z".parse().unwrap());
        let same = answered(&kept, 304, &[], "2025-02-05T00:00:00Z");
        assert_eq!(
            (same.state, same.etag, same.last_modified),
            (PageState::Kept, kept.etag.clone(), kept.last_modified.clone())
        );
        assert_eq!(same.kept_at, Some("2025-02-05T00:00:00Z".parse().unwrap()));
        let changed = answered(&kept, 200, &[], "2025-02-05T00:00:00Z");
        assert_eq!((changed.etag, changed.last_modified), (None, None));
    }

    #[test]
    fn a_page_is_asked_for_sooner_when_its_text_changes_and_later_when_not() {
        let portal = portal("http://a.gov.cn/");
        let fresh = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
        let kept = answered(&fresh, 200, &[], MONDAY);
        let days = |page: &KnownPage| page.revisit.map(|time| time.as_secs() / 86_400);
        let mut page = revisited(kept.clone(), &portal, true);
        assert_eq!((days(&page), page.due), (Some(15), "2025-01-21T00:00:00Z".parse().unwrap()));
        page = revisited(revisited(page, &portal, true), &portal, true);
        assert_eq!(days(&page), Some(7), "never sooner");
        page = answered(&page, 304, &[], MONDAY);
        assert_eq!((days(&page), page.due), (Some(10), "2025-01-16T12:00:00Z".parse().unwrap()));
        for _ in 0..9 {
            page = revisited(page, &portal, false);
        }
        assert_eq!(days(&page), Some(90), "never later");
    }

    #[test]
    fn lists_of_annual_reports_are_daily_in_their_season() {
        let mut list = known("http://a.gov.cn/x/", PageKind::List);
        let mut portal = portal("http://a.gov.cn/");
        portal.revisit.list = Duration::from_hours(24 * 7);
        let due = |list: &KnownPage, at: &str| {
            let mut answer = capture(list, 200, &[], b"");
            answer.at = at.parse().unwrap();
            let after = after_answer(list.clone(), &answer, &portal, None);
            after.due.duration_since(answer.at).as_hours()
        };
        assert_eq!(due(&list, MONDAY), 7 * 24);
        list.context.column = "政府信息公开年报".into();
        assert_eq!(due(&list, MONDAY), 24);
        assert_eq!(due(&list, "2025-02-10T00:00:00Z"), 7 * 24);
        assert_eq!(due(&list, "2025-03-10T00:00:00Z"), 24);
    }

    #[test]
    fn gone_needs_three_checks_over_three_days() {
        let page = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
        let one = answered(&page, 404, &[], MONDAY);
        let two = answered(&one, 410, &[], "2025-01-06T01:00:00Z");
        let three = answered(&two, 404, &[], "2025-01-08T23:59:59Z");
        assert_eq!([one.state, two.state, three.state], [PageState::Suspected; 3]);
        assert_eq!(one.due, "2025-01-07T00:00:00Z".parse().unwrap());
        let outage = answered(&three, 500, &[], "2025-01-09T00:00:00Z");
        assert_eq!((outage.state, outage.gone), (PageState::Failing, three.gone));
        let four = answered(&outage, 302, &[("Location", "/")], "2025-01-09T00:00:00Z");
        assert_eq!((four.state, four.gone.map(|g| g.1)), (PageState::Removed, Some(4)));
        let back = answered(&four, 200, &[], "2025-02-09T00:00:00Z");
        assert_eq!((back.state, back.gone), (PageState::Kept, None));
        let twice = answered(&one, 404, &[], "2025-06-01T00:00:00Z");
        assert_eq!(twice.state, PageState::Suspected);
    }

    #[test]
    fn redirects_point_elsewhere_or_to_the_same_page() {
        let page = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
        let moved = answered(&page, 301, &[("Location", "/y/t1.html")], MONDAY);
        assert_eq!(
            (moved.state, moved.url.as_str()),
            (PageState::Moved, "http://a.gov.cn/x/t1.html")
        );
        let target = moved.fate.moved_to.as_ref().map(PageUrl::as_str);
        assert_eq!(target, Some("http://a.gov.cn/y/t1.html"));
        for (to, state) in [
            ("/y/t1.html", PageState::Redirected),
            ("/error/404.html", PageState::Suspected),
            ("/sso/login?back=1", PageState::Refused),
        ] {
            assert_eq!(answered(&page, 302, &[("Location", to)], MONDAY).state, state, "{to}");
        }
        let secure = answered(&page, 301, &[("Location", "https://a.gov.cn/x/t1.html")], MONDAY);
        assert_eq!(
            (secure.state, secure.url.as_str()),
            (PageState::Found, "https://a.gov.cn/x/t1.html")
        );
        let circle = answered(&page, 302, &[("Location", "/x/t1.html")], MONDAY);
        assert_eq!(circle.state, PageState::Redirected);
        assert_eq!(answered(&page, 302, &[], MONDAY).state, PageState::Failing);
        assert_eq!(answered(&page, 304, &[], MONDAY).state, PageState::Failing);
    }

    #[test]
    fn refusals_and_failures_differ() {
        let page = known("http://a.gov.cn/x/t1.html", PageKind::Detail);
        for status in [401, 403, 412, 451, 521] {
            let after = answered(&page, status, &[], MONDAY);
            assert_eq!(after.state, PageState::Refused, "{status}");
            assert!(after.due > MONDAY.parse().unwrap());
        }
        let mut refused = page.clone();
        let mut days = || {
            refused = answered(&refused, 403, &[], MONDAY);
            refused.due.duration_since(MONDAY.parse().unwrap()).as_hours() / 24
        };
        assert_eq!(
            [days(), days(), days(), days(), days(), days(), days()],
            [1, 2, 4, 8, 16, 30, 30]
        );
        assert_eq!(answered(&refused, 200, &[], MONDAY).failures, 0, "then it begins anew");
        for status in [408, 429, 500, 502, 503, 504, 520] {
            let after = answered(&page, status, &[], MONDAY);
            assert_eq!((after.state, after.failures), (PageState::Failing, 1), "{status}");
            assert_eq!(after.due, MONDAY.parse().unwrap());
        }
        let mut cut = capture(&page, 200, &[("ETag", "\"1\"")], b"half");
        cut.truncated = Some(crate::model::Truncated::Disconnect);
        let after = after_answer(page.clone(), &cut, &portal("http://a.gov.cn/"), None);
        assert_eq!((after.state, after.etag, after.kept_at), (PageState::Failing, None, None));
        cut.truncated = Some(crate::model::Truncated::Length);
        assert_eq!(
            after_answer(page, &cut, &portal("http://a.gov.cn/"), None).state,
            PageState::Kept
        );
    }
}
