//! How fast pages become documents, beside a plain parse of the same pages in the same run: a figure to compare, since
//! machines differ. Run it without debug checks: `cargo test --release --test it -- --ignored extract_speed --nocapture`.

use std::time::{Duration, Instant};

use gongkai::config::{self, Dirs};
use gongkai::demo::Sample;
use gongkai::extract::extract;
use gongkai::model::{Capture, Headers, PageUrl};
use rayon::prelude::*;

use crate::support::captured;

/// Extraction may take this many times as long as parsing a page and gathering its text.
const TIMES_THE_PARSE: f64 = 12.0;

fn captures() -> Vec<Capture> {
    let sample = Sample::load().unwrap();
    let pages = sample.pages().filter(|page| page.obtainable);
    pages
        .map(|page| {
            let url = PageUrl::parse(&page.url).unwrap();
            captured(&page.url, sample.answer(url.host(), url.path(), &Headers::default()))
        })
        .collect()
}

/// The shortest of three runs over all pages, on all cores.
fn timed(captures: &[Capture], work: impl Fn(&Capture) -> usize + Sync) -> Duration {
    let run = || {
        let start = Instant::now();
        let sum: usize = captures.par_iter().map(&work).sum();
        assert!(sum > 0);
        start.elapsed()
    };
    (0..3).map(|_| run()).min().unwrap()
}

#[test]
#[ignore = "a measurement: run it alone, in release mode"]
fn extraction_beside_a_plain_parse() {
    let captures = captures();
    let categories =
        config::load(&Dirs { crawler: "none".into(), index: "none".into() }).config.categories;
    let bytes: usize = captures.iter().map(|capture| capture.answer.decoded(8 << 20).0.len()).sum();
    let parse = timed(&captures, |capture| {
        let (body, _) = capture.answer.decoded(8 << 20);
        let tree = scraper::Html::parse_document(&String::from_utf8_lossy(&body));
        tree.root_element().text().map(str::len).sum()
    });
    let whole = timed(&captures, |capture| extract(capture, None, &categories).documents.len());
    let pages = f64::from(u32::try_from(captures.len()).unwrap());
    let rate = |time: Duration| pages / time.as_secs_f64();
    let times = whole.as_secs_f64() / parse.as_secs_f64();
    println!(
        "{} pages, {} KB: parse {:.0} pages/s, extraction {:.0} pages/s, {times:.1} times the parse",
        captures.len(),
        bytes / 1000,
        rate(parse),
        rate(whole)
    );
    assert!(times < TIMES_THE_PARSE, "{times:.1} times the parse");
}
