//! What an operator does: takes something down and gives it back.

use std::collections::BTreeSet;

use gongkai::archive::{Entry, Reader};
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
