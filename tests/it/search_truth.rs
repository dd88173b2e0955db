//! `eval truth` over the sample portal: an index that is right differs nowhere, one that lacks documents is found out.

use crate::whole_path::World;

#[test]
fn the_index_of_the_sample_portal_tells_the_truth() {
    let world = World::new();
    world.crawl("crawl", &["--limit", "20"]);
    world.done(&["extract"]);
    world.done(&["index"]);
    world.crawl("crawl", &[]);
    world.done(&["extract"]);

    let behind = world.gongkai(&["eval", "truth", "--sample", "40"]);
    assert_eq!(behind.status.code(), Some(4), "{behind:?}");
    let told = String::from_utf8(behind.stdout).unwrap();
    assert!(told.contains("is stored and not indexed"), "{told}");
    let noted = String::from_utf8(behind.stderr).unwrap();
    assert!(noted.contains("the index is behind the catalogue"), "{noted}");

    world.done(&["index"]);
    let told = world.done(&["eval", "truth", "--sample", "100", "--seed", "3"]);
    let kinds = ["documents", "strings", "trees", "walks", "marks", "agreement"];
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), kinds.len(), "{told}");
    for (line, kind) in lines.iter().zip(kinds) {
        assert!(line.starts_with(kind) && line.contains(" 0 differences"), "{told}");
    }
}
