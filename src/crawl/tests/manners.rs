//! robots.txt, pauses, and hosts in trouble.

use std::time::Duration;

use super::site::{Reply, Site, Trial, html, list, moved, status};
use crate::config::RobotsForbidden;
use crate::model::{NoAnswer, PageState};

async fn portal_with_rules(rules: impl IntoIterator<Item = Reply>) -> Site {
    let site = Site::start().await;
    site.on("/robots.txt", rules)
        .on("/x/", [list(&["a1.html", "a2.html", "a3.html"], None)])
        .on("/x/a1.html", [html("正文")])
        .on("/x/a2.html", [moved("a4.html")])
        .on("/x/a4.html", [html("正文")])
        .on("/x/a3.html", [status(503), html("正文")]);
    site
}

fn text(body: &str) -> Reply {
    Reply::Say(200, vec![("Content-Type", "text/plain".into())], body.as_bytes().to_vec())
}

#[tokio::test]
async fn every_request_waits_for_the_pause_after_the_last_answer() {
    let site = portal_with_rules([text("")]).await;
    let mut portal = site.portal();
    portal.politeness.delay = Duration::from_millis(50);
    let told = Trial::of([portal]).run().await;
    assert_eq!(told.summary.documents, 3);
    let hits = site.hits();
    assert_eq!(
        hits.len(),
        7,
        "rules, list, two documents, a redirect, a failure and its second try"
    );
    for pair in hits.windows(2) {
        let pause = pair[1].asked - pair[0].answered;
        assert!(pause >= Duration::from_millis(50), "{pause:?} before {}", pair[1].target);
    }
}

#[tokio::test]
async fn crawl_delay_is_kept_up_to_the_ceiling() {
    let site = portal_with_rules([text("User-agent: *\nCrawl-delay: 600")]).await;
    let mut portal = site.portal();
    portal.politeness.crawl_delay_ceiling = Duration::from_millis(40);
    Trial::of([portal]).run().await;
    let hits = site.hits();
    assert_eq!(hits.len(), 7);
    assert!(
        hits.windows(2).all(|pair| pair[1].asked - pair[0].answered >= Duration::from_millis(40))
    );
}

#[tokio::test]
async fn closed_pages_are_never_asked_for() {
    let site =
        portal_with_rules([text("User-agent: gongkai\nDisallow: /x/a1\nDisallow: /x/a4")]).await;
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!(site.targets(), ["/robots.txt", "/x/", "/x/a2.html", "/x/a3.html", "/x/a3.html"]);
    let closed = |path: &str| (path.to_owned(), NoAnswer::Robots, PageState::Disallowed);
    let mut outcomes = told.outcomes();
    outcomes.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(outcomes, [closed("/x/a1.html"), closed("/x/a4.html")]);
    assert_eq!(told.summary.disallowed, 2);
    let mut again = Trial::of([site.portal()]);
    again.known = told.rows(&[]);
    assert!(again.run().await.outcomes().is_empty(), "said once");
}

#[tokio::test]
async fn rules_that_may_not_be_read_close_the_host_or_do_not() {
    for status_code in [401, 403] {
        let site = portal_with_rules([status(status_code)]).await;
        let told = Trial::of([site.portal()]).run().await;
        assert_eq!(site.targets(), ["/robots.txt"]);
        assert_eq!(told.outcomes(), [("/x/".to_owned(), NoAnswer::Robots, PageState::Disallowed)]);
        assert_eq!(told.summary.closed.len(), 1);
        let mut portal = site.portal();
        portal.politeness.robots_forbidden = RobotsForbidden::Allow;
        assert_eq!(Trial::of([portal]).run().await.summary.documents, 3);
    }
}

#[tokio::test]
async fn a_shield_in_place_of_the_rules_closes_no_page() {
    let shield = |code| {
        let kind = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
        Reply::Say(code, kind, "<p>本站由云防护保护，请求被拦截".as_bytes().to_vec())
    };
    for reply in [status(412), status(521), shield(403), shield(200)] {
        let site = portal_with_rules([reply.clone()]).await;
        let told = Trial::of([site.portal()]).run().await;
        assert_eq!(site.targets(), ["/robots.txt"], "{reply:?}");
        let list = ("/x/".to_owned(), NoAnswer::RobotsUnreachable, PageState::Unreachable);
        assert_eq!(told.outcomes(), [list], "not closed by a rule: {reply:?}");
        assert!(told.summary.closed[0].1.contains("refused by the portal"));
    }
}

#[tokio::test]
async fn rules_that_fail_are_asked_again_then_the_host_is_closed() {
    let site =
        portal_with_rules([status(500), Reply::HangUp, text("User-agent: *\nDisallow: /x/a1")])
            .await;
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!((told.summary.documents, told.summary.disallowed), (2, 1));

    let site = portal_with_rules([status(500)]).await;
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!(site.targets(), ["/robots.txt"; 3]);
    let (url, why, state) = &told.outcomes()[0];
    assert_eq!(
        (url.as_str(), *why, *state),
        ("/x/", NoAnswer::RobotsUnreachable, PageState::Unreachable)
    );
    assert_eq!((told.summary.left, told.summary.closed.len()), (1, 1));
}

#[tokio::test]
async fn rules_are_followed_to_where_they_are() {
    let site = portal_with_rules([moved("/rules/robots.txt")]).await;
    site.on("/rules/robots.txt", [text("User-agent: *\nDisallow: /x/a1")]);
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!((told.summary.documents, told.summary.disallowed), (2, 1));
    let site = portal_with_rules([moved("/robots.txt")]).await;
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!(told.summary.documents, 3, "a circle counts as no rules");
}

#[tokio::test]
async fn a_host_in_trouble_does_not_slow_the_others() {
    let (dead, well) = (portal_with_rules([text("")]).await, portal_with_rules([text("")]).await);
    dead.on("/x/", [Reply::Silence]);
    let mut slow = dead.portal();
    slow.id = "qinglan".into();
    let told = Trial::of([slow, well.portal()]).run().await;
    assert_eq!(told.summary.documents, 3);
    let last = told.answers().len();
    assert_eq!(last, 8, "all of the well host and the rules of the other");
    let silent =
        |event: &crate::crawl::Event| matches!(event, crate::crawl::Event::Unanswered { .. });
    assert!(
        told.events[..last].iter().all(|event| !silent(event)),
        "the well one was done long before"
    );
    assert_eq!(
        told.outcomes().last().map(|o| (o.1, o.2)),
        Some((NoAnswer::Timeout, PageState::Unreachable))
    );
}

#[tokio::test]
async fn a_wall_is_not_argued_with() {
    let site = Site::start().await;
    let names: Vec<String> = (0..30).map(|n| format!("a{n}.html")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    site.on("/x/", [list(&names, None)]);
    for name in &names {
        site.on(&format!("/x/{name}"), [status(412)]);
    }
    let told = Trial::of([site.portal()]).run().await;
    assert_eq!(site.hits().len(), 2 + 6);
    assert_eq!((told.summary.failed, told.summary.left), (6, 24));
    assert!(told.answers()[2..].iter().all(|answer| answer.2 == PageState::Refused));
}

#[tokio::test]
async fn the_pause_after_an_earlier_run_and_the_times_in_the_log() {
    let site = portal_with_rules([text("User-agent: *\nCrawl-delay: 0.1")]).await;
    let mut portal = site.portal();
    portal.politeness.delay = Duration::from_millis(40);
    let mut trial = Trial::of([portal]);
    let host = site.base().trim_start_matches("http://").trim_end_matches('/').to_owned();
    trial.history.last.insert(host, trial.now);
    let before = std::time::Instant::now();
    let told = trial.run().await;
    assert!(site.hits()[0].asked - before >= Duration::from_millis(39));
    let timings: Vec<crate::crawl::Timing> = told.events.iter().filter_map(timing).collect();
    assert_eq!(timings.len(), site.hits().len());
    assert!(timings.iter().all(|timing| timing.pause >= Duration::from_millis(100)));
    for pair in timings.windows(2) {
        let gap = pair[1].asked.duration_since(pair[0].ended);
        assert!(Duration::try_from(gap).unwrap() >= pair[0].pause, "{gap:?}");
    }
}

fn timing(event: &crate::crawl::Event) -> Option<crate::crawl::Timing> {
    match event {
        crate::crawl::Event::Answered { timing, .. } => *timing,
        crate::crawl::Event::Unanswered { timing, .. } => *timing,
        crate::crawl::Event::Wanted { .. } | crate::crawl::Event::WantedLive { .. } => None,
    }
}

#[tokio::test]
async fn a_budget_and_quiet_hours_put_the_rest_off() {
    let site = portal_with_rules([text("")]).await;
    let mut portal = site.portal();
    portal.politeness.daily_pages = Some(5);
    let mut trial = Trial::of([portal.clone()]);
    trial.history.spent.insert(portal.id.clone(), crate::crawl::Spent { pages: 2, bytes: 0 });
    let told = trial.run().await;
    assert_eq!(site.hits().len(), 3);
    assert!(told.summary.left > 0 && told.summary.closed[0].1.contains("daily budget"));

    site.forget();
    portal.politeness.daily_pages = None;
    portal.politeness.quiet_hours = crate::config::QuietHours::parse("08:00-20:00");
    let told = Trial::of([portal]).run().await;
    assert_eq!((site.hits().len(), told.summary.documents), (0, 0));
    assert!(told.summary.closed[0].1.contains("quiet hours"));
}
