//! A portal that publishes three documents a week and gets a new template, or a login, in week six, harvested week by
//! week.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::support::{Curator, Reply, qinglan, website, websites};

const DETAIL: &str = r##"
[detail]
title = "h1"
body = "#zoom"
issuer = ".issuer"
index_no = ".index"
"##;

const NEW_TEMPLATE: u32 = 6;
const TOPICS: [&str; 3] = ["防汛", "春耕", "校舍安全"];

fn list(week: u32) -> String {
    let mut page = "<html><body><ul id=list>".to_owned();
    for week in (0..=week).rev() {
        for (number, topic) in TOPICS.iter().enumerate() {
            let day = 1 + week * 3;
            write!(page, "<li><a href='/wj/t{week}_{number}.html'>关于做好第{week}周{topic}工作的通知</a> 2026-01-{day:02}</li>").unwrap();
        }
    }
    page + "</ul></body></html>"
}

fn detail(week: u32, topic: &str) -> String {
    let text = format!(
        "<p>各乡镇人民政府：</p><p>为做好第{week}周{topic}工作，请各单位落实责任，排查隐患，及时上报有关情况，确保各项工作平稳有序。</p>"
    );
    let title = format!("关于做好第{week}周{topic}工作的通知");
    if week < NEW_TEMPLATE {
        format!(
            "<html><body><div class=main><h1>{title}</h1><span class=issuer>青岚县人民政府办公室</span>\
             <span class=index>QL{week:03}-2026</span><div id=zoom>{text}</div></div></body></html>"
        )
    } else {
        format!(
            "<html><body><section class=wrap><h1>{title}</h1><article class=page><div id=zoom>{text}</div>\
             </article></section></body></html>"
        )
    }
}

fn answer(path: &str, week: u32) -> Option<String> {
    if path == "/wj/" {
        return Some(list(week));
    }
    let (page_week, number) = path.strip_prefix("/wj/t")?.strip_suffix(".html")?.split_once('_')?;
    Some(detail(page_week.parse().ok()?, TOPICS.get(number.parse::<usize>().ok()?)?))
}

/// Seven weeks of update and health: exit code and output of each health.
fn weeks(proxy: &str, week: &AtomicU32) -> Vec<(Option<i32>, String)> {
    let curator = Curator::with(&qinglan("", DETAIL));
    let mut said = Vec::new();
    for number in 0..=NEW_TEMPLATE {
        week.store(number, Ordering::SeqCst);
        let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let now =
            (start + jiff::SignedDuration::from_hours(i64::from(number) * 7 * 24)).to_string();
        let update = curator.gongkai(&["update", "--proxy", proxy, "--now", &now]);
        assert!(update.status.success(), "{}", String::from_utf8_lossy(&update.stderr));
        let health = curator.gongkai(&["health", "--now", &now]);
        said.push((health.status.code(), String::from_utf8(health.stdout).unwrap()));
    }
    said
}

#[test]
fn a_portal_that_sends_everybody_to_its_login_is_an_alarm() {
    let week = Arc::new(AtomicU32::new(0));
    let now_served = Arc::clone(&week);
    let proxy = websites(move |url, _header| {
        let path = url.split_once(".example").map_or("", |(_host, path)| path);
        let week = now_served.load(Ordering::SeqCst);
        let body = if path == "/robots.txt" { Some(String::new()) } else { answer(path, week) };
        let asks_to_log_in = week >= NEW_TEMPLATE && path != "/robots.txt";
        let (status, headers) = match (asks_to_log_in, &body) {
            (true, _) => ("302 Found", "Location: /sso/login\r\n"),
            (false, Some(_)) => ("200 OK", "Content-Type: text/html; charset=utf-8\r\n"),
            (false, None) => ("404 Not Found", ""),
        };
        Reply { status, headers: headers.to_owned(), body: body.unwrap_or_default().into_bytes() }
    });
    let said = weeks(&proxy, &week);
    let codes: Vec<_> = said.iter().map(|(code, _)| code.unwrap()).collect();
    assert_eq!(codes, [0, 0, 0, 0, 0, 0, 5], "{said:#?}");
    let silent = "qinglan 县政府文件: went silent: its list does not answer; last good 2026-02-05";
    assert!(said[6].1.contains(silent), "{}", said[6].1);
}

#[test]
fn a_template_swapped_in_week_six_is_an_alarm() {
    let week = Arc::new(AtomicU32::new(0));
    let now_served = Arc::clone(&week);
    let proxy = website(move |path| answer(path, now_served.load(Ordering::SeqCst)));
    let said = weeks(&proxy, &week);
    let codes: Vec<_> = said.iter().map(|(code, _)| code.unwrap()).collect();
    assert_eq!(codes, [0, 0, 0, 0, 0, 0, 5], "{said:#?}");
    assert!(said[3].1.contains("1 are still learned") && said[4].1.contains("1 are well"));
    let alarm = &said[6].1;
    for lost in ["lost issuer: in 0 % of the newest 3 documents", "lost index_no: in 0 %"] {
        assert!(alarm.contains(&format!("qinglan 县政府文件: {lost}")), "{alarm}");
    }
    assert!(alarm.contains("usually in 100 %; last good 2026-02-05"), "{alarm}");
    assert!(alarm.contains("its pages are built otherwise since 2026-02-12"), "{alarm}");
    assert_eq!(alarm.matches("lost ").count(), 2, "{alarm}");
}
