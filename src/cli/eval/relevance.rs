//! `gongkai eval relevance`: how good the answers to judged questions are.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;

use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, note, say};
use crate::search::relevance::{self, JudgedQuery, Score};
use crate::search::{Answer, Request};
use crate::serve::Library;

/// The files hold a line for each question (qid, group, query) and for each judgement (qid, document, grade 0 to 3),
/// columns parted by tabs. Documents are named by the id an import gave, else by ours.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The questions
    #[arg(value_name = "QUERIES.tsv")]
    queries: PathBuf,
    /// The judgements
    #[arg(value_name = "QRELS.tsv")]
    judgements: Option<PathBuf>,
    /// Write the first 50 hits of each question here: qid, document, rank
    #[arg(long, value_name = "OUT")]
    run: Option<PathBuf>,
}

/// Hits asked for and written.
const HITS: usize = 50;

pub(crate) fn run(globals: &Globals, files: &Args) -> anyhow::Result<Exit> {
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let queries = relevance::queries(&read(&files.queries)?)
        .with_context(|| files.queries.display().to_string())?;
    let judgements = match &files.judgements {
        Some(path) => {
            Some(relevance::judgements(&read(path)?).with_context(|| path.display().to_string())?)
        }
        None => None,
    };
    let shelves = Shelves::open(globals, &curated::load(globals).config, Vec::new())?;
    let (answers, times) = ask(&shelves, &queries);
    if let Some(path) = &files.run {
        fs::write(path, lines(&queries, &answers))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(judgements) = judgements {
        print(&relevance::score(&queries, &answers, &judgements));
    }
    say(described(times));
    Ok(Exit::Done)
}

/// Asks every question; documents by question, best first, and how long each answer took.
fn ask(
    shelves: &Shelves,
    queries: &[JudgedQuery],
) -> (HashMap<String, Vec<String>>, Vec<Duration>) {
    let (mut answers, mut times) = (HashMap::new(), Vec::new());
    for query in queries {
        let request = Request { query: query.query.clone(), size: HITS, ..Request::default() };
        let start = Instant::now();
        match shelves.search(&request) {
            Ok(answer) => {
                times.push(start.elapsed());
                answers.insert(query.id.clone(), documents(&answer));
            }
            Err(refused) => note(format_args!("{}: {refused}", query.id)),
        }
    }
    (answers, times)
}

fn documents(answer: &Answer) -> Vec<String> {
    let name = |document: &crate::model::Document| match document.external_id() {
        Some(id) => id.to_owned(),
        None => document.id.to_string(),
    };
    answer.hits.iter().map(|hit| name(&hit.document)).collect()
}

/// A run file: question, document, rank from 1.
fn lines(queries: &[JudgedQuery], answers: &HashMap<String, Vec<String>>) -> String {
    let mut text = String::new();
    for query in queries {
        for (rank, document) in (1..).zip(answers.get(&query.id).into_iter().flatten()) {
            // Writing to a String cannot fail.
            let _written = writeln!(text, "{}\t{document}\t{rank}", query.id);
        }
    }
    text
}

fn print(scores: &BTreeMap<String, Score>) {
    say("group  queries  nDCG@10    MRR    s@1    s@5   s@10  recall@50");
    for (group, score) in scores {
        say(format_args!(
            "{group:<6} {:>7}    {:.3}  {:.3}  {:.3}  {:.3}  {:.3}      {:.3}",
            score.queries,
            score.ndcg10,
            score.mrr,
            score.success1,
            score.success5,
            score.success10,
            score.recall50
        ));
    }
}

/// Median and 95th percentile of the times, with all facets and passages.
fn described(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at =
        |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let shown = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    format!("{} answers, p50 {:.1} ms, p95 {:.1} ms", times.len(), shown(at(50)), shown(at(95)))
}
