//! Answers that no well-behaved server gives: none of them costs more than its own page.

use std::io::Write;
use std::time::{Duration, Instant};

use super::site::{Reply, Site, Told, Trial, html, list};
use crate::model::{Body, PageState, Truncated};

/// Page limits above everything that is sent here, as a curator may set them.
async fn with_room(site: &Site) -> Told {
    let mut portal = site.portal();
    portal.limits.page_bytes = 200 << 20;
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
    for _ in 0..300 {
        encoder.write_all(&[0; 1 << 20]).unwrap();
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
    portal.limits.body_timeout = Duration::from_secs(600);
    let began = Instant::now();
    let told = Trial::of([portal]).run().await;
    let captures = told.captures("/x/a1.html");
    assert_eq!(captures[0].0.truncated, Some(Truncated::Time));
    assert_eq!(captures[1].1.state, PageState::Kept);
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
