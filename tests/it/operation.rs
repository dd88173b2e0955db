//! What an operator does: takes something down and gives it back.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

use gongkai::archive::{Entry, Reader};
use gongkai::catalogue::{Measured, State};
use gongkai::model::{Measure, Moment};
use serde_json::Value;

use crate::whole_path::World;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn ids(lines: &[Value]) -> BTreeSet<String> {
    lines.iter().map(|line| text(&line["id"]).to_owned()).collect()
}

/// How often the archive holds an answer for a page.
fn asked(world: &World, url: &str) -> usize {
    let reader = Reader::open(&world.path("data/archive")).unwrap();
    let captured = |entry| matches!(entry, Entry::Capture(capture) if capture.url.as_str() == url);
    reader.entries().filter(|entry| captured(entry.as_ref().unwrap().1.clone())).count()
}

#[test]
fn what_is_taken_down_is_gone_until_it_is_given_back() {
    let world = World::new();
    let portal = ["--portal", "sample-linting"];
    world.crawl("update", &portal);
    let before = world.export();
    let [page, document, string] = [&before[0], &before[1], &before[2]];
    let list = format!(
        "[[entry]]\nurl = {}\nreason = \"probe\"\ndate = 2026-11-22\n\
         [[entry]]\ndocument = {}\nreason = \"probe\"\ndate = 2026-11-22\n\
         [[entry]]\nstring = {}\nreason = \"probe\"\ndate = 2026-11-22\n",
        page["url"], document["id"], string["title"]
    );
    let hidden: Vec<Value> = before
        .iter()
        .filter(|line| {
            [page, document].contains(line)
                || line["title"] == string["title"]
                || text(&line["text"]).contains(text(&string["title"]))
        })
        .cloned()
        .collect();
    let file = world.path("crawler-config/takedown.toml");
    std::fs::write(&file, list).unwrap();

    assert!(world.done(&["extract"]).contains(&format!("{} documents withheld", hidden.len())));
    let is_hidden = |world: &World| {
        assert_eq!(ids(&world.export()), &ids(&before) - &ids(&hidden));
        for line in &hidden {
            let answer = world.search(&["--size", "50", "--", text(&line["title"])]);
            let found =
                answer["hits"].as_array().unwrap().iter().any(|hit| hit["id"] == line["id"]);
            assert!(!found, "{line}");
        }
    };
    is_hidden(&world);
    world.done(&["index"]);
    is_hidden(&world);
    let said = world.done(&["takedown", "list"]);
    assert!(said.contains("hides 1 document") && said.contains(text(&document["id"])), "{said}");

    world.crawl("update", &[&portal[..], &["--all-due"]].concat());
    assert_eq!([asked(&world, text(&page["url"])), asked(&world, text(&document["url"]))], [1, 1]);
    assert!(asked(&world, text(&before[3]["url"])) > 1);
    is_hidden(&world);
    world.done(&["extract", "--all"]);
    is_hidden(&world);

    std::fs::write(&file, "[[entry]]\nurl = 3\n").unwrap();
    assert_eq!(world.gongkai(&["extract"]).status.code(), Some(2));
    is_hidden(&world);
    std::fs::remove_file(&file).unwrap();
    world.done(&["extract"]);
    assert_eq!(world.export(), before);
    world.done(&["index"]);
    let answer = world.search(&["--size", "50", "--", text(&page["title"])]);
    assert!(answer["hits"].as_array().unwrap().iter().any(|hit| hit["id"] == page["id"]));
}

#[test]
fn a_service_with_a_wrong_filter_does_not_start() {
    let world = World::new();
    let wrong = world.gongkai(&["check", "--log", "gongkai=loud"]);
    assert_eq!(wrong.status.code(), Some(2));
}

/// What one simulated week shows of a column: four new documents.
fn week(number: i64, fields: &[&str], template: &str) -> Measure {
    Measure {
        portal: "lingzhou".into(),
        column: "通知公告".into(),
        at: Moment::from_second(1_767_225_600 + number * 7 * 86_400).unwrap(),
        lists: 1,
        items: 20,
        pages: 4,
        documents: 4,
        new: 4,
        filled: fields.iter().map(|field| ((*field).to_owned(), 4)).collect(),
        templates: [(template.to_owned(), 4)].into(),
        ..Measure::default()
    }
}

#[test]
fn a_template_swapped_in_week_six_is_an_alarm() {
    let world = World::new();
    std::fs::create_dir_all(world.path("data")).unwrap();
    let state = State::open(&world.path("data/state.sqlite")).unwrap();
    let all = ["title", "published_date", "issuer", "doc_no"];
    let weeks: Vec<Measure> = (0..6).map(|number| week(number, &all, "a")).collect();
    state.add_measures(&weeks[..4], Measured::default()).unwrap();
    let health = |now: &str| {
        let output = world.gongkai(&["health", "--now", now]);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert!(health("2026-01-25T00:00:00Z").1.contains("1 are still learned"));
    state.add_measures(&weeks[4..], Measured::default()).unwrap();
    assert_eq!(health("2026-02-08T00:00:00Z").0, Some(0));
    let swapped = week(6, &["title", "published_date"], "b");
    state.add_measures(&[swapped], Measured::default()).unwrap();
    let (code, said) = health("2026-02-12T12:00:00Z");
    assert_eq!(code, Some(5));
    for lost in ["doc_no", "issuer"] {
        let line = format!("lingzhou 通知公告: lost {lost}: in 0 % of the newest 4 documents");
        assert!(said.contains(&line), "{said}");
    }
    assert!(said.contains("last good 2026-02-05") && said.contains("otherwise since 2026-02-12"));
    assert!(!said.contains("lost title"), "{said}");
}

#[test]
fn every_crawl_is_measured_once() {
    let world = World::new();
    world.crawl("update", &["--portal", "sample-linting"]);
    let documents = world.export().len();
    world.done(&["extract", "--all"]);
    world.crawl("update", &["--portal", "sample-linting", "--all-due"]);
    let state = State::open(&world.path("data/state.sqlite")).unwrap();
    let columns = state.measures(100).unwrap();
    assert_eq!(columns.len(), 4);
    for history in &columns {
        assert_eq!(history.len(), 2, "{history:?}");
        let (first, second) = (&history[0], &history[1]);
        assert!(first.lists > 0 && first.items >= first.documents && first.filled["title"] > 0);
        assert_eq!((first.documents, first.templates.len()), (first.new, 1), "{first:?}");
        assert_eq!((second.lists + second.pages, second.lists_failed), (0, 0), "{second:?}");
        assert_eq!(second.lists_unchanged, first.lists);
    }
    let all: u32 = columns.iter().map(|history| history[0].documents).sum();
    assert_eq!(all as usize, documents);
    let said = world.done(&["health", "--now", "2024-06-02T00:00:00Z"]);
    assert!(said.contains("4 are still learned"), "{said}");
}

/// A service started on a fresh folder serves, updates by itself, and ends when it is told to.
#[cfg(unix)]
#[test]
fn a_service_serves_updates_and_ends() {
    let world = World::new();
    let mut service = Command::new(env!("CARGO_BIN_EXE_gongkai"))
        .args(["--data", world.path("data").to_str().unwrap()])
        .args(["--config", world.path("crawler-config").to_str().unwrap()])
        .args(["run", "--listen", "127.0.0.1:0", "--every", "6h"])
        .args(["--proxy", &world.proxy()])
        .env_remove("GONGKAI_LOG")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(service.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut until = |word: &str| lines.find(|line| line.contains(word)).unwrap_or_default();
    let serving = until("serving at http://");
    assert!(until("indexed: ").contains(" INFO "), "after the first update");
    assert!(until("update ended").contains("update ended after "));
    let address = serving.rsplit("http://").next().unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"status\":\"ok\""), "{answer}");
    let terminate = Command::new("kill").arg(service.id().to_string()).status().unwrap();
    assert!(terminate.success());
    assert!(!until("stopping").is_empty());
    assert_eq!(service.wait().unwrap().code(), Some(0));
}
