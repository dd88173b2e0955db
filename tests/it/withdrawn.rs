//! A portal closes pages by robots.txt that were harvested before: they are withheld until it opens them again.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::support::{Curator, qinglan, website};

fn answer(path: &str, closes: bool) -> Option<String> {
    let item =
        |path: &str, title: &str| format!("<li><a href='{path}'>{title}</a> 2026-01-05</li>");
    let page = |title: &str| {
        format!(
            "<h1>{title}</h1><div id=zoom><p>各乡镇人民政府：</p><p>请做好相关工作，及时上报有关情况。</p></div>"
        )
    };
    match path {
        "/robots.txt" => {
            Some(format!("User-agent: *\nDisallow:{}\n", if closes { " /wj/b" } else { "" }))
        }
        "/wj/" => Some(format!(
            "<ul id=list>{}{}</ul>",
            item("/wj/a1.html", "关于春耕工作的通知"),
            item("/wj/b1.html", "关于防汛工作的通知")
        )),
        "/wj/a1.html" => Some(page("关于春耕工作的通知")),
        "/wj/b1.html" => Some(page("关于防汛工作的通知")),
        _ => None,
    }
}

#[test]
fn what_robots_closes_is_withheld_until_it_opens_again() {
    let curator = Curator::with(&qinglan("", ""));
    let closes = Arc::new(AtomicBool::new(false));
    let rules = Arc::clone(&closes);
    let proxy = website(move |path| answer(path, rules.load(Ordering::SeqCst)));
    let update = |day: u32| {
        let now = format!("2026-02-{day:02}T00:00:00Z");
        curator.run(&["update", "--proxy", &proxy, "--all-due", "--now", &now]);
        let both = curator.run(&["export", "--status", "all"]);
        (both.contains("春耕"), both.contains("防汛"))
    };
    assert_eq!(update(1), (true, true));
    closes.store(true, Ordering::SeqCst);
    assert_eq!(update(8), (true, false));
    assert!(curator.run(&["search", "防汛"]).contains("nothing found"));
    closes.store(false, Ordering::SeqCst);
    assert_eq!(update(15), (true, true));
    assert!(curator.run(&["search", "防汛"]).contains("1 documents"));
    assert!(curator.run(&["crawl", "--audit"]).contains("www.qinglan.example"));
}
