//! Answers that no well-behaved server gives: none of them costs more than its own page.

use std::io::Write;
use std::time::{Duration, Instant};

use super::site::{Reply, Site, Told, Trial, html, list, moved};
use crate::config::ListStyle;
use crate::crawl::testing::portal_with;
use crate::model::{Body, NoAnswer, PageState, Truncated};

/// Page limits above everything that is sent here, as a curator may set them, and time enough on a busy machine.
async fn with_room(site: &Site) -> Told {
    let mut portal = site.portal();
    portal.limits.page_bytes = 200 << 20;
    portal.limits.answer_timeout = Duration::from_mins(5);
    portal.limits.body_timeout = Duration::from_mins(5);
    Trial::of([portal]).run().await
}

#[tokio::test]
async fn a_long_page_is_kept_whole_and_never_held() {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html"], None)]).on("/x/a1.html", [Reply::Long(64 << 20)]);
    let told = with_room(&site).await;
    let (capture, page) = told.captures("/x/a1.html").remove(0);
    assert_eq!((capture.truncated, page.state), (None, PageState::Kept));
    assert_eq!(capture.answer.body.len(), 64 << 20);
    assert!(!capture.answer.body.is_held());
}

#[tokio::test]
async fn a_gzip_bomb_is_kept_as_sent_and_harmless() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let megabyte = vec![0; 1 << 20];
    for _ in 0..300 {
        encoder.write_all(&megabyte).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let coding = vec![("Content-Encoding", "gzip".to_owned())];
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html", "a2.html"], None)])
        .on("/x/a1.html", [Reply::Say(200, coding, bomb.clone())])
        .on("/x/a2.html", [html("正文")]);
    let told = with_room(&site).await;
    let (capture, _) = told.captures("/x/a1.html").remove(0);
    assert_eq!(capture.answer.body, Body::from(bomb));
    assert_eq!(capture.answer.decoded(9000).0.len(), 9000);
    assert_eq!(told.summary.documents, 2);
}

#[tokio::test]
async fn a_server_that_drips_is_left_long_before_the_time_for_a_body_is_over() {
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html"], None)]).on("/x/a1.html", [Reply::Drip, html("正文")]);
    let mut portal = site.portal();
    portal.limits.answer_timeout = Duration::from_millis(200);
    portal.limits.body_timeout = Duration::from_mins(10);
    let began = Instant::now();
    let told = Trial::of([portal]).run().await;
    let captures = told.captures("/x/a1.html");
    assert_eq!(captures[0].0.truncated, Some(Truncated::Time));
    assert_eq!(captures[1].1.state, PageState::Kept);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

#[tokio::test]
async fn absurd_headers_cost_their_own_page_only() {
    let head = |fields: &str| Reply::Raw(format!("HTTP/1.1 200 OK\r\n{fields}\r\n<p>x").into());
    let table = [
        (head(&format!("X-Long: {}\r\n", "x".repeat(100_000))), true),
        (head("X-Odd: 附件\r\nBad name: 1\r\nno colon\r\n"), true),
        (Reply::Raw(b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx".to_vec()), true),
        (Reply::Raw(b"HTTP/1.0 200 OK\r\n\r\nx".to_vec()), true),
        (head(&"X-Many: 1\r\n".repeat(900)), true),
        (head(&"X-Many: 1\r\n".repeat(10_000)), false),
        (head("Content-Length: 3\r\nContent-Length: 4\r\n"), false),
        (head("Content-Length: -1\r\n"), false),
        (Reply::Raw([b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 2 << 20]].concat()), false),
    ];
    let site = Site::start().await;
    let names: Vec<String> = (0..=table.len()).map(|n| format!("a{n}.html")).collect();
    site.on("/x/", [list(&names.iter().map(String::as_str).collect::<Vec<_>>(), None)]);
    for (name, (reply, _)) in names.iter().zip(&table) {
        site.on(&format!("/x/{name}"), [reply.clone()]);
    }
    site.on(&format!("/x/{}", names[table.len()]), [html("正文")]);
    let told = Trial::of([site.portal()]).run().await;
    for (name, (_, kept)) in names.iter().zip(&table) {
        let captures = told.captures(&format!("/x/{name}"));
        assert_eq!(captures.iter().any(|(_, page)| page.state == PageState::Kept), *kept, "{name}");
    }
    assert_eq!(told.captures(&format!("/x/{}", names[table.len()])).len(), 1);
    assert_eq!(told.summary.closed, []);
}

#[tokio::test]
async fn an_answer_of_two_lengths_is_read_as_one() {
    // Chunked and of a length: only the chunks count, and what follows them is no second answer.
    let smuggled = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n\
        1\r\nx\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    let site = Site::start().await;
    site.on("/x/", [list(&["a1.html", "a2.html"], None)])
        .on("/x/a1.html", [Reply::Raw(smuggled.to_vec())])
        .on("/x/a2.html", [html("正文")]);
    let told = Trial::of([site.portal()]).run().await;
    for (path, body) in [("/x/a1.html", "x"), ("/x/a2.html", "正文")] {
        let captures = told.captures(path);
        assert!(
            captures.iter().all(|(capture, _)| capture.answer.body == body.as_bytes().into()),
            "{path}"
        );
    }
    assert_eq!(told.captures("/x/a2.html").len(), 1);
}

#[tokio::test]
async fn circles_are_left_at_once() {
    let site = Site::start().await;
    let cookie = Reply::Say(
        302,
        vec![("Location", "/x/a2.html".into()), ("Set-Cookie", "seen=1".into())],
        Vec::new(),
    );
    site.on("/x/", [list(&["a1.html", "a2.html", "a3.html"], None)])
        .on("/x/a1.html", [moved("/x/b1.html")])
        .on("/x/b1.html", [moved("/x/a1.html")])
        .on("/x/a2.html", [cookie])
        .on("/x/a3.html", [moved("//other.lingzhou.gov.cn/x/a3.html")]);
    let told = Trial::of([site.portal()]).run().await;
    let asked = |path: &str| site.targets().iter().filter(|target| *target == path).count();
    assert_eq!(["/x/a1.html", "/x/b1.html", "/x/a2.html", "/x/a3.html"].map(asked), [1; 4]);
    let mut reasons: Vec<NoAnswer> = told.outcomes().into_iter().map(|outcome| outcome.1).collect();
    reasons.sort_by_key(|reason| format!("{reason:?}"));
    assert_eq!(reasons, [NoAnswer::OutOfScope, NoAnswer::RedirectLoop, NoAnswer::RedirectLoop]);
}

#[tokio::test]
async fn an_endless_list_ends() {
    let site = Site::start().await;
    // A calendar: every page leads to the next one, none to a document; and a list that never runs out of documents.
    for page in 0..60 {
        let (at, next) = (format!("/x/{page}.html"), format!("/x/{}.html", page + 1));
        site.on(&at, [list(&[], Some(&next))]);
        let (at, next) = (format!("/y/{page}.html"), format!("/y/{}.html", page + 1));
        site.on(&at, [list(&[&format!("d{page}.html")], Some(&next))]);
    }
    let mut portal = portal_with(&site.base(), &[("会议日历", "/x/0.html"), ("通知", "/y/0.html")]);
    portal.allow_private = true;
    portal.limits.list_pages = 10;
    Trial::of([portal]).run().await;
    let lists = |area: &str| {
        let of_area = |target: &&String| target.starts_with(area) && !target.contains('d');
        site.targets().iter().filter(of_area).count()
    };
    assert_eq!((lists("/x/"), lists("/y/")), (3, 10));
}

#[tokio::test]
async fn a_list_that_claims_a_million_pages_is_no_longer_than_others() {
    let site = Site::start().await;
    let claims = |document: &str| {
        html(&format!(
            "<script>createPageHTML(1000000,0,'index','html')</script>\
             <ul><li><a href='{document}'>关于{document}的通知</a></li></ul>"
        ))
    };
    site.on("/x/", [claims("t20250101_0.html")]);
    for page in 1..60 {
        site.on(&format!("/x/index_{page}.html"), [claims(&format!("t20250101_{page}.html"))]);
    }
    let mut portal = site.portal();
    portal.list.style = ListStyle::Trs;
    portal.limits.list_pages = 10;
    Trial::of([portal]).run().await;
    let lists = site.targets().iter().filter(|target| target.contains("index")).count();
    assert_eq!(lists, 9, "and the first one");
}

#[tokio::test]
async fn hosts_that_hang_do_not_slow_the_one_that_answers() {
    let mut portals = Vec::new();
    for number in 0..12 {
        let site = Site::start().await;
        site.on("/robots.txt", [Reply::Silence]);
        let mut portal = site.portal();
        portal.id = format!("silent-{number}");
        portals.push(portal);
    }
    let good = Site::start().await;
    let names: Vec<String> = (0..40).map(|n| format!("a{n}.html")).collect();
    good.on("/x/", [list(&names.iter().map(String::as_str).collect::<Vec<_>>(), None)]);
    for name in &names {
        good.on(&format!("/x/{name}"), [html("正文")]);
    }
    portals.push(good.portal());
    for portal in &mut portals {
        portal.politeness.global_connections = 4;
        portal.limits.connect_timeout = Duration::from_millis(200);
        portal.limits.answer_timeout = Duration::from_millis(600);
    }
    let hanging = portals[0].limits.connect_timeout + portals[0].limits.answer_timeout;
    let told = Trial::of(portals).run().await;
    assert_eq!(told.summary.documents, 40);
    let hits = good.hits();
    let took = hits[hits.len() - 1].asked - hits[0].asked;
    assert!(took < hanging, "42 answers took {took:?}, one that never comes {hanging:?}");
}
