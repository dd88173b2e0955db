//! What pages are shown with: how much of it, when, and for whose sake.

use super::site::{Reply, Site, Trial, html, list, status};
use crate::config::{Portal, Takedown, TakedownEntry, Target};
use crate::model::Truncated;

fn picture(length: usize) -> Reply {
    Reply::Say(200, vec![("Content-Type", "image/png".into())], vec![7; length])
}

/// Two pages that share a picture; each has one of its own, and the first a file.
async fn illustrated() -> (Site, Portal) {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html", "a2.html"], None)])
        .on(
            "/x/a1.html",
            [html(
                "<p>关于a1.html的通知<img src=one.png><img src=both.png><a href=f1.pdf>附件</a>",
            )],
        )
        .on("/x/a2.html", [html("<p>关于a2.html的通知<img src=two.png><img src=both.png>")])
        .on("/x/f1.pdf", [status(200)])
        .on("/x/one.png", [picture(3 << 20)])
        .on("/x/two.png", [picture(2 << 20)])
        .on("/x/both.png", [picture(9)]);
    let mut portal = site.portal();
    portal.requisites = true;
    portal.limits.page_bytes = 8 << 20;
    (site, portal)
}

#[tokio::test]
async fn they_come_last_once_and_are_cut_at_two_mebibytes() {
    let (site, portal) = illustrated().await;
    let told = Trial::of([portal]).run().await;
    let expected =
        ["/x/", "/x/a1.html", "/x/a2.html", "/x/f1.pdf", "/x/one.png", "/x/both.png", "/x/two.png"];
    assert_eq!(site.targets()[1..], expected);
    let cut = |path: &str| {
        let (capture, _) = told.captures(path).remove(0);
        (capture.answer.body.len(), capture.truncated)
    };
    assert_eq!(cut("/x/one.png"), (2 << 20, Some(Truncated::Length)));
    assert_eq!(cut("/x/two.png"), (2 << 20, None));
    assert_eq!((told.summary.documents, told.summary.kept), (2, 7));
}

#[tokio::test]
async fn a_budget_counts_them_and_a_limit_leaves_those_of_its_documents() {
    let (site, mut portal) = illustrated().await;
    portal.politeness.daily_pages = Some(6);
    let told = Trial::of([portal.clone()]).run().await;
    assert_eq!((site.hits().len(), told.summary.left), (6, 2));
    site.forget();
    portal.politeness.daily_pages = None;
    let mut trial = Trial::of([portal]);
    trial.options.limit = Some(1);
    trial.run().await;
    assert_eq!(site.targets()[2..], ["/x/a1.html", "/x/f1.pdf", "/x/one.png", "/x/both.png"]);
}

#[tokio::test]
async fn those_of_a_page_taken_down_are_not_asked_for_unless_another_page_has_them() {
    let (site, portal) = illustrated().await;
    let known = Trial::of([portal.clone()]).run().await.rows(&[]);
    site.forget();
    let url = portal.bases[0].join("/x/a1.html").unwrap();
    let mut trial = Trial::of([portal]);
    let entry = TakedownEntry {
        target: Target::Url(url),
        reason: "probe".into(),
        date: "2025-06-01".parse().unwrap(),
    };
    let list = Takedown { entries: vec![entry], is_doubtful: false };
    (trial.known, trial.options.closed) = (known, list.closed_pages());
    trial.options.all_due_before = Some("2025-07-01T00:00:00Z".parse().unwrap());
    trial.run().await;
    let mut asked = site.targets();
    asked.sort();
    assert_eq!(asked, ["/robots.txt", "/x/", "/x/a2.html", "/x/both.png", "/x/two.png"]);
}
