//! The gate of the ranking: judged questions over the documents of the sample portal.
//!
//! `tests/relevance/` holds the questions, the judgements (documents by id, 0 to 3) and the score that was reached. A
//! change that loses more than a hundredth of it fails here; one that gains is written into `reached.txt`.

use crate::whole_path::World;

/// What may be lost.
const TOLERANCE: f64 = 0.01;

#[test]
fn answers_are_as_good_as_they_were() {
    let world = World::new();
    world.crawl("update", &[]);
    let set = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relevance");
    let file = |name: &str| format!("{set}/{name}");
    let scores = world.done(&["eval", "relevance", &file("queries.tsv"), &file("qrels.tsv")]);
    let all = scores.lines().find(|line| line.starts_with("all ")).unwrap();
    let ndcg: f64 = all.split_whitespace().nth(2).unwrap().parse().unwrap();
    let reached = std::fs::read_to_string(file("reached.txt")).unwrap();
    let reached: f64 = reached.trim().parse().unwrap();
    assert!(ndcg >= reached - TOLERANCE, "nDCG@10 was {reached} and is {ndcg}:\n{scores}");
    assert!(ndcg <= reached + 3.0 * TOLERANCE, "better: write {ndcg} into reached.txt\n{scores}");
}
