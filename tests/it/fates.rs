//! What became of pages: a portal that answers every address, and takes a document away.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use crate::support::{Curator, qinglan, website};

/// The portal in a week: its error page has a status of success and none of the words that error pages have.
fn answer(path: &str, week: u32) -> String {
    let item =
        |path: &str, title: &str| format!("<li><a href='{path}'>{title}</a> 2026-01-05</li>");
    let page = |title: &str, text: &str| {
        format!(
            "<title>{title}</title><h1>{title}</h1><div id=zoom><p>各乡镇人民政府：</p><p>{text}</p></div>"
        )
    };
    match path {
        "/robots.txt" => String::new(),
        "/wj/" => format!(
            "<ul id=list>{}{}{}</ul>",
            item("/wj/a1.html", "关于做好春耕工作的通知"),
            item("/wj/b1.html", "关于做好防汛工作的通知"),
            item("/wj/c1.html", "关于做好校舍安全工作的通知")
        ),
        "/wj/a1.html" => page("关于做好春耕工作的通知", "请做好春耕备耕，及时上报有关情况。"),
        "/wj/b1.html" if week == 0 => page("关于做好防汛工作的通知", "请做好防汛准备，及时上报有关情况。"),
        "/wj/c1.html" if week < 2 => page("关于做好校舍安全工作的通知", "请排查校舍隐患，及时上报有关情况。"),
        "/wj/c1.html" => page("关于做好校舍安全工作的通知", "请排查校舍隐患，月底之前上报有关情况。"),
        _ => "<title>青岚县人民政府</title><p>哎呀，这里空空如也，去别处看看吧。</p><p>青岚县人民政府办公室主办</p>"
            .to_owned(),
    }
}

#[test]
fn a_page_replaced_by_the_hosts_own_error_page_is_removed_after_three_checks() {
    let curator = Curator::with(&qinglan("", ""));
    let week = Arc::new(AtomicU32::new(0));
    let now_served = Arc::clone(&week);
    let proxy = website(move |path| Some(answer(path, now_served.load(Ordering::SeqCst))));
    let mut states = Vec::new();
    for number in 0..4 {
        week.store(number, Ordering::SeqCst);
        let now = format!("2026-03-{:02}T00:00:00Z", 1 + 7 * number);
        curator.run(&["update", "--proxy", &proxy, "--all-due", "--now", &now]);
        let said = curator.run(&["explain", "http://www.qinglan.example/wj/b1.html"]);
        states.push(said.lines().next().unwrap().to_owned());
    }
    for (said, word) in states.iter().zip(["live", "suspected", "suspected", "removed"]) {
        assert!(said.contains(&format!("state      {word} since")), "{states:#?}");
    }
    assert!(
        states[3].contains("removed since 2026-03-08 (error_page: status 200), 3 checks"),
        "{states:#?}"
    );
    let fates = || {
        ["live", "changed", "removed"].map(|state| {
            curator
                .run(&["pages", "--state", state, "--json"])
                .lines()
                .map(|line| {
                    serde_json::from_str::<serde_json::Value>(line).unwrap()["url"].to_string()
                })
                .filter(|url| url.contains("1.html"))
                .collect::<String>()
        })
    };
    let before = fates();
    for (found, expected) in before.iter().zip(["a1", "c1", "b1"]) {
        assert!(found.contains(expected) && found.matches("1.html").count() == 1, "{before:?}");
    }
    let removed = curator.run(&["export", "--status", "removed"]);
    assert!(
        removed.contains("防汛") && removed.contains("\"status_since\":\"2026-03-08"),
        "{removed}"
    );
    assert!(
        curator
            .run(&["export"])
            .contains("\"status\":\"changed\",\"status_since\":null,\"changed_at\":\"2026-03-15")
    );
    curator.run(&["archive", "reindex"]);
    curator.run(&["extract"]);
    assert_eq!(fates(), before, "the archive knows what became of each page");
}
