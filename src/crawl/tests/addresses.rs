//! Private addresses, names that lead to them, and proxies.

use super::site::{Site, Trial, html, list};
use crate::crawl::testing::{page, portal_with};
use crate::model::NoAnswer;

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html"], None)]);
    let port = site.port;
    for host in
        ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "a.localhost"]
    {
        let portal = portal_with(&format!("http://{host}:{port}/"), &[("公示公告", "/x/")]);
        let told = Trial::of([portal]).run().await;
        let reasons: Vec<NoAnswer> = told.outcomes().iter().map(|outcome| outcome.1).collect();
        assert_eq!(reasons, [NoAnswer::PrivateAddress; 2], "{host}: robots.txt and the column");
        assert_eq!(told.summary.closed.len(), 1, "{host}");
    }
    assert!(site.hits().is_empty());
}

#[tokio::test]
async fn private_addresses_are_asked_when_somebody_allows_it() {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html"], None)]).on("/x/a1.html", [html("正文")]);
    let mut portal = site.portal();
    assert_eq!(Trial::of([portal.clone()]).run().await.summary.documents, 1);
    portal.allow_private = false;
    let mut trial = Trial::of([portal]);
    trial.options.allow_private = true;
    assert_eq!(trial.run().await.summary.documents, 1);
}

#[tokio::test]
async fn a_proxy_is_asked_for_everything_but_private_literals() {
    let proxy = Site::start().await;
    let host = "http://www.lingzhou.gov.cn";
    proxy
        .on(&format!("{host}/x/"), [list(&["a1.html"], None)])
        .on(&format!("{host}/x/a1.html"), [html("正文")])
        .on("http://10.1.2.3/x/", [list(&[], None)]);
    let public = portal_with(&format!("{host}/"), &[("公示公告", "/x/")]);
    let mut private = portal_with("http://10.1.2.3/", &[("公示公告", "/x/")]);
    private.id = "neiwang".into();
    let mut trial = Trial::of([public, private]);
    trial.options.proxy = Some(page(&proxy.base()));
    let told = trial.run().await;
    let expected = ["/robots.txt", "/x/", "/x/a1.html"].map(|path| format!("{host}{path}"));
    assert_eq!(proxy.targets(), expected);
    assert!(proxy.hits()[0].head.contains("Host: www.lingzhou.gov.cn\r\n"));
    let reasons: Vec<NoAnswer> = told.outcomes().iter().map(|outcome| outcome.1).collect();
    assert_eq!(reasons, [NoAnswer::PrivateAddress; 2]);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_no_answer() {
    let site = Site::start().await;
    let mut portal = portal_with("http://127.0.0.1:1/", &[("公示公告", "/x/")]);
    portal.allow_private = true;
    let told = Trial::of([portal, site.portal()]).run().await;
    let reasons: Vec<NoAnswer> = told.outcomes().iter().map(|outcome| outcome.1).collect();
    assert_eq!(reasons[..3], [NoAnswer::Connect; 3]);
    assert_eq!(reasons[3], NoAnswer::RobotsUnreachable);
}
