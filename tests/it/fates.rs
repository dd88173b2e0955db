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

const TOPICS: [&str; 6] = ["春耕", "防汛", "校舍安全", "森林防火", "道路养护", "疫苗接种"];
/// A page that no rule knows by its words.
const ELSEWHERE: &str = "<title>温馨提示</title><p>为了给您带来更好的体验，请稍候片刻再来。</p><p>青岚县人民政府办公室主办</p>";

/// A portal of six documents; those that are not `there` answer as an address that never was.
fn six(path: &str, there: impl Fn(usize) -> bool) -> String {
    let title = |topic: &str| format!("关于做好{topic}工作的通知");
    let number =
        |path: &str| path.strip_prefix("/wj/t")?.strip_suffix(".html")?.parse::<usize>().ok();
    match (path, number(path)) {
        ("/robots.txt", _) => String::new(),
        ("/wj/", _) => {
            let item = |(n, topic)| {
                format!("<li><a href='/wj/t{n}.html'>{}</a> 2026-01-05</li>", title(topic))
            };
            let items: String = TOPICS.iter().copied().enumerate().map(item).collect();
            format!("<ul id=list>{items}</ul>")
        }
        (_, Some(n)) if n < TOPICS.len() && there(n) => format!(
            "<title>{0}</title><h1>{0}</h1><div id=zoom><p>各乡镇人民政府：</p><p>请做好{1}工作，及时上报。</p></div>",
            title(TOPICS[n]),
            TOPICS[n]
        ),
        _ => ELSEWHERE.to_owned(),
    }
}

/// How many documents are in each of these states.
fn documents(curator: &Curator) -> [usize; 4] {
    ["live", "suspected", "removed", "refused"].map(|state| {
        let listed = curator.run(&["pages", "--state", state]);
        listed.lines().filter(|line| line.contains("/wj/t")).count()
    })
}

#[test]
fn a_host_that_hides_all_its_pages_removes_none() {
    let curator =
        Curator::with(&qinglan("limits.retry_base = \"1ms\"\nlimits.retry_ceiling = \"2ms\"", ""));
    let week = Arc::new(AtomicU32::new(0));
    let now_served = Arc::clone(&week);
    let shown = AtomicU32::new(0);
    let proxy = website(move |path| {
        // In the second week it begins to hide them in the middle of the run; the two that it showed are asked for again
        // to find that out.
        let is_open = match now_served.load(Ordering::SeqCst) {
            0 | 5 => true,
            1 => !path.starts_with("/wj/t") || shown.fetch_add(1, Ordering::SeqCst) < 2,
            _ => false,
        };
        Some(six(path, |_| is_open))
    });
    let mut seen = Vec::new();
    for number in 0..6 {
        week.store(number, Ordering::SeqCst);
        let now = format!("2026-03-{:02}T00:00:00Z", 1 + 5 * number);
        curator.run(&["update", "--proxy", &proxy, "--all-due", "--now", &now]);
        seen.push(documents(&curator));
        if number == 4 {
            let export = curator.run(&["export"]);
            assert_eq!(export.matches("\"status\":\"live\"").count(), 6, "{export}");
            assert_eq!(export.matches("\"refused_since\":\"2026-03-").count(), 6, "{export}");
            curator.run(&["archive", "reindex"]);
            assert_eq!(documents(&curator), seen[4], "the archive knows it too");
        }
    }
    assert_eq!(
        seen,
        [[6, 0, 0, 0], [0, 0, 0, 6], [0, 0, 0, 6], [0, 0, 0, 6], [0, 0, 0, 6], [6, 0, 0, 0]]
    );
    assert!(!curator.run(&["export"]).contains("\"refused_since\":\"2026"));
}

#[test]
fn pages_that_are_gone_together_are_told_from_a_host_that_hides_them() {
    let curator = Curator::with(&qinglan("", ""));
    let day = Arc::new(AtomicU32::new(0));
    let now_served = Arc::clone(&day);
    let proxy =
        website(move |path| Some(six(path, |n| n == 5 || now_served.load(Ordering::SeqCst) == 0)));
    let mut seen = Vec::new();
    for number in 0..6 {
        day.store(number, Ordering::SeqCst);
        let now = format!("2026-03-{:02}T00:00:00Z", 1 + number);
        // Only on the second day is the page due that is still there.
        let due: &[&str] = if number == 1 { &["--all-due"] } else { &[] };
        curator.run(&[&["update", "--proxy", &proxy, "--now", &now], due].concat());
        seen.push(documents(&curator));
    }
    assert_eq!(seen[1..3], [[1, 5, 0, 0]; 2], "{seen:?}");
    assert_eq!(seen[5], [1, 0, 5, 0], "{seen:?}");
    curator.run(&["archive", "reindex"]);
    assert_eq!(documents(&curator), seen[5], "the archive knows it too");
}

#[test]
fn pages_of_a_portal_that_is_not_there_are_a_mistake() {
    let curator = Curator::with(&qinglan("", ""));
    let proxy = website(|path| Some(six(path, |_| true)));
    curator.run(&["update", "--proxy", &proxy, "--now", "2026-03-01T00:00:00Z"]);
    let asked = curator.gongkai(&["pages", "--portal", "nosuch"]);
    let said = String::from_utf8(asked.stderr).unwrap();
    assert_eq!(asked.status.code(), Some(2), "{said}");
    assert!(said.contains("`nosuch`") && said.contains("known: qinglan"), "{said}");
    assert!(curator.run(&["pages", "--portal", "qinglan"]).contains("live"));
}
