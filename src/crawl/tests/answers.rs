//! What is kept of an answer, and what is tried again.

use std::io::Write;

use super::site::{Reply, Site, Told, Trial, html, list, moved, status};
use crate::model::{Body, NoAnswer, PageState, Truncated};

/// A portal whose only document answers like this.
async fn document(replies: impl IntoIterator<Item = Reply>) -> (Site, Told) {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html"], None)]).on("/x/a1.html", replies);
    let mut portal = site.portal();
    portal.limits.page_bytes = 4096;
    let told = Trial::of([portal]).run().await;
    (site, told)
}

fn later(seconds: &str) -> Reply {
    Reply::Say(503, vec![("Retry-After", seconds.into())], Vec::new())
}

#[tokio::test]
async fn failures_that_may_pass_are_tried_again() {
    for failure in [
        later("0"),
        later("1"),
        status(500),
        status(429),
        Reply::HangUp,
        Reply::Garbage,
        Reply::Silence,
    ] {
        let (site, told) = document([failure.clone(), html("正文")]).await;
        assert_eq!((told.summary.documents, site.hits().len()), (1, 4), "{failure:?}");
        let (_, page) = told.captures("/x/a1.html").pop().unwrap();
        assert_eq!((page.state, page.failures), (PageState::Kept, 0), "{failure:?}");
    }
}

#[tokio::test]
async fn failures_that_stay_are_given_up() {
    let (site, told) = document([status(502)]).await;
    let states: Vec<PageState> =
        told.captures("/x/a1.html").iter().map(|(_, page)| page.state).collect();
    assert_eq!(states, [PageState::Failing, PageState::Failing, PageState::Unreachable]);
    assert_eq!((told.summary.documents, told.summary.failed, site.hits().len()), (0, 1, 5));
    for (failure, reason) in [
        (Reply::HangUp, NoAnswer::Connect),
        (Reply::Garbage, NoAnswer::Protocol),
        (Reply::Silence, NoAnswer::Timeout),
    ] {
        let (_, told) = document([failure.clone()]).await;
        let last = told.outcomes().pop().unwrap();
        assert_eq!((last.1, last.2), (reason, PageState::Unreachable), "{failure:?}");
        assert_eq!(told.outcomes().len(), 3, "every try is handed over");
    }
}

#[tokio::test]
async fn refusals_and_pages_that_are_gone_are_not_tried_again() {
    for (code, state) in [
        (404, PageState::Suspected),
        (410, PageState::Suspected),
        (403, PageState::Refused),
        (412, PageState::Refused),
    ] {
        let (site, told) = document([status(code)]).await;
        assert_eq!(site.hits().len(), 3, "{code}");
        assert_eq!(told.answers()[2], ("/x/a1.html".to_owned(), code, state));
    }
}

#[tokio::test]
async fn a_body_cut_short_is_kept_marked_and_tried_again() {
    let (_, told) = document([Reply::Cut(b"half a".to_vec()), html("whole")]).await;
    let captures = told.captures("/x/a1.html");
    assert_eq!(captures[0].0.truncated, Some(Truncated::Disconnect));
    assert_eq!(
        (&captures[0].0.answer.body, captures[0].1.state),
        (&Body::from(b"half a"), PageState::Failing)
    );
    assert_eq!(captures[0].1.etag, None, "half a page is no base for `If-None-Match`");
    assert_eq!((captures[1].0.truncated, captures[1].1.state), (None, PageState::Kept));
    let (_, told) = document([Reply::Cut(b"half a".to_vec())]).await;
    assert_eq!(told.captures("/x/a1.html").last().unwrap().1.state, PageState::Unreachable);
    assert_eq!(told.summary.documents, 0);
}

#[tokio::test]
async fn long_and_slow_bodies_are_cut_at_the_limits() {
    let (_, told) = document([html(&"长".repeat(5000))]).await;
    let (capture, page) = told.captures("/x/a1.html").remove(0);
    assert_eq!((capture.truncated, capture.answer.body.len()), (Some(Truncated::Length), 4096));
    assert_eq!(page.state, PageState::Kept);
    let (_, told) = document([Reply::Drip, html("正文")]).await;
    let (capture, page) = told.captures("/x/a1.html").remove(0);
    assert_eq!((capture.truncated, page.state), (Some(Truncated::Time), PageState::Failing));
    assert!(!capture.answer.body.is_empty());
    assert_eq!(told.summary.documents, 1);
}

#[tokio::test]
async fn compressed_bodies_are_kept_as_sent_and_read_all_the_same() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all("<a href=f1.pdf>附件</a>".as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    for headers in [vec![("Content-Encoding", "gzip".to_owned())], Vec::new()] {
        let (site, told) = document([Reply::Say(200, headers, packed.clone())]).await;
        assert_eq!(told.captures("/x/a1.html")[0].0.answer.body, Body::from(&packed[..]));
        assert!(site.targets().contains(&"/x/f1.pdf".to_owned()));
    }
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let site = Site::start().await;
    let tagged = |body: &str| {
        Reply::Say(
            200,
            vec![
                ("ETag", "W/\"7\"".into()),
                ("Last-Modified", "Sun, 05 Jan 2025 10:00:00 GMT".into()),
            ],
            body.into(),
        )
    };
    site.on("/x/", [list(&["a1.html"], None)]).on("/x/a1.html", [tagged("正文"), status(304)]);
    let known = Trial::of([site.portal()]).run().await.rows(&[]);
    site.forget();
    let mut again = Trial::of([site.portal()]);
    (again.known, again.now) = (known, "2025-09-01T00:00:00Z".parse().unwrap());
    let told = again.run().await;
    let hits = site.hits();
    let head = &hits.iter().find(|hit| hit.target == "/x/a1.html").unwrap().head;
    assert!(
        head.contains("If-None-Match: W/\"7\"\r\n")
            && head.contains("If-Modified-Since: Sun, 05 Jan 2025 10:00:00 GMT\r\n")
    );
    assert!(!hits[0].head.contains("If-"), "rules are always read whole");
    let (capture, page) = told.captures("/x/a1.html").remove(0);
    assert_eq!(
        (capture.answer.status, page.state, page.etag.as_deref()),
        (304, PageState::Kept, Some("W/\"7\""))
    );
    assert_eq!(page.kept_at, Some(capture.at));
    assert_eq!((told.summary.unchanged, told.summary.documents), (1, 1));
}

#[tokio::test]
async fn https_for_http_is_the_same_page() {
    // There is no TLS here, so the second request fails: it must be the same page that fails.
    let site = Site::start().await;
    let secure = site.base().replace("http:", "https:") + "x/a1.html";
    site.on("/x/", [list(&["a1.html"], None)]).on("/x/a1.html", [moved(&secure)]);
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!(told.outcomes(), [("/x/a1.html".to_owned(), NoAnswer::Tls, PageState::Unreachable)]);
    let page = told.rows(&[]).into_iter().find(|page| page.url.path() == "/x/a1.html").unwrap();
    assert_eq!((page.url.as_str(), page.state), (secure.as_str(), PageState::Unreachable));
}
