//! A portal closes pages by robots.txt that were harvested before: they are withheld until it opens them again.

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::support::website;

const PORTAL: &str = r##"
id = "qinglan"
name = "青岚县人民政府"
bases = ["http://www.qinglan.example/"]
region = "unknown"
verified = "never"
politeness.delay = "0s"
[[columns]]
name = "县政府文件"
list = "wj/"
[list]
items = "#list li"
"##;

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

fn run(folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongkai"));
    let command =
        command.current_dir(folder).args(["--data", "data", "--config", "config"]).args(words);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_robots_closes_is_withheld_until_it_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let portals = folder.path().join("config/portals");
    std::fs::create_dir_all(&portals).unwrap();
    std::fs::write(portals.join("qinglan.toml"), PORTAL).unwrap();
    let closes = Arc::new(AtomicBool::new(false));
    let rules = Arc::clone(&closes);
    let proxy = website(move |path| answer(path, rules.load(Ordering::SeqCst)));
    let update = |day: u32| {
        let now = format!("2026-02-{day:02}T00:00:00Z");
        run(folder.path(), &["update", "--proxy", &proxy, "--all-due", "--now", &now]);
        let both = run(folder.path(), &["export", "--status", "all"]);
        (both.contains("春耕"), both.contains("防汛"))
    };
    assert_eq!(update(1), (true, true));
    closes.store(true, Ordering::SeqCst);
    assert_eq!(update(8), (true, false));
    assert!(run(folder.path(), &["search", "防汛"]).contains("nothing found"));
    closes.store(false, Ordering::SeqCst);
    assert_eq!(update(15), (true, true));
    assert!(run(folder.path(), &["search", "防汛"]).contains("1 documents"));
    assert!(run(folder.path(), &["crawl", "--audit"]).contains("www.qinglan.example"));
}
