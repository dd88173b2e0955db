//! Pages that break off on their way: half a page is used where no whole one is to be had, and never instead of one.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crate::support::{Curator, qinglan, serve};

const TITLES: [&str; 3] = ["关于春耕工作的通知", "关于防汛工作的通知", "关于校舍安全的通知"];

/// The first document is whole in the first week only, the second never, the third at every second try.
fn answer(path: &str, week: u32, asked: u32) -> String {
    let (body, cut) = match path {
        "/wj/" => {
            let item = |(n, title): (usize, &&str)| {
                format!("<li><a href='/wj/t{n}.html'>{title}</a> 2026-01-05</li>")
            };
            let items: String = TITLES.iter().enumerate().map(item).collect();
            (format!("<ul id=list>{items}</ul>"), false)
        }
        "/wj/t0.html" => (page(TITLES[0]), week > 0),
        "/wj/t1.html" => (page(TITLES[1]), true),
        "/wj/t2.html" => (page(TITLES[2]), asked % 2 == 1),
        _ => return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
    };
    let sent = if cut { body.split("<p>第二").next().unwrap() } else { &body };
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{sent}"
    )
}

fn page(title: &str) -> String {
    format!(
        "<h1>{title}</h1><div id=zoom><p>第一段：各乡镇人民政府要落实责任，排查隐患，及时上报有关情况。</p>\
         <p>第二段：各单位请于月底之前报送总结材料，逾期不报的予以通报。</p></div>"
    )
}

/// Harvests, as if that many weeks had passed, and gives title and text of every document.
fn texts(curator: &Curator, proxy: &str, week: u32) -> Vec<(String, String)> {
    let now = format!("2026-01-{:02}T00:00:00Z", 1 + 7 * week);
    curator.run(&["update", "--all-due", "--proxy", proxy, "--now", &now]);
    let again = curator.run(&["export", "--format", "jsonl"]);
    curator.run(&["extract", "--all"]);
    assert_eq!(
        curator.run(&["export", "--format", "jsonl"]).lines().count(),
        again.lines().count()
    );
    let document = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| record[key].as_str().unwrap().to_owned();
        (text("title"), text("text"))
    };
    let mut texts: Vec<_> = again.lines().map(document).collect();
    texts.sort_by_key(|(title, _)| TITLES.iter().position(|known| known == title));
    texts
}

#[test]
fn half_a_page_never_takes_the_place_of_a_whole_one() {
    let retries = "limits.retries = 1\nlimits.retry_base = \"10ms\"";
    let curator = Curator::with(&qinglan(retries, ""));
    let (week, asked) = (Arc::new(AtomicU32::new(0)), AtomicU32::new(0));
    let served = Arc::clone(&week);
    let proxy = serve(move |path| {
        let asked =
            if path == "/wj/t2.html" { asked.fetch_add(1, Ordering::SeqCst) + 1 } else { 0 };
        answer(path, served.load(Ordering::SeqCst), asked)
    });
    for number in 0..2 {
        week.store(number, Ordering::SeqCst);
        let texts = texts(&curator, &proxy, number);
        let whole: Vec<bool> = texts.iter().map(|(_, text)| text.contains("第二段")).collect();
        assert_eq!(whole, [true, false, true], "week {number}: {texts:#?}");
        assert!(texts.iter().all(|(_, text)| text.contains("第一段")));
    }
}
