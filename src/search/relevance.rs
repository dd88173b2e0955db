//! Measures of answers against judgements; pure, for `gongkai eval relevance`.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A question of a judged set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedQuery {
    /// Its id.
    pub id: String,
    /// The group it belongs to.
    pub group: String,
    /// What is typed.
    pub query: String,
}

/// A line of a judged set that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}, parted by tabs")]
pub struct BadLine {
    /// From 1.
    pub line: usize,
    /// What the columns are.
    pub expected: &'static str,
}

/// Reads `qid<TAB>group<TAB>query…`; a first line that begins with `qid` is a heading.
pub fn queries(tsv: &str) -> Result<Vec<JudgedQuery>, BadLine> {
    rows(tsv, "qid, group, query", |row| {
        let [id, group, query, ..] = row else { return None };
        let own = |text: &str| text.to_owned();
        Some(JudgedQuery { id: own(id), group: own(group), query: own(query) })
    })
}

/// Grades of documents by question: question id, document id, 0 to 3.
pub type Judgements = HashMap<String, HashMap<String, u8>>;

/// Reads `qid<TAB>document<TAB>grade`.
pub fn judgements(tsv: &str) -> Result<Judgements, BadLine> {
    let all = rows(tsv, "qid, document, grade 0 to 3", |row| {
        let [id, document, grade, ..] = row else { return None };
        let grade = grade.parse::<u8>().ok().filter(|grade| *grade <= 3)?;
        Some(((*id).to_owned(), (*document).to_owned(), grade))
    })?;
    let mut judgements = Judgements::new();
    for (id, document, grade) in all {
        judgements.entry(id).or_default().insert(document, grade);
    }
    Ok(judgements)
}

fn rows<T>(
    tsv: &str,
    expected: &'static str,
    read: impl Fn(&[&str]) -> Option<T>,
) -> Result<Vec<T>, BadLine> {
    let is_heading = |line: usize, text: &str| line == 1 && text.starts_with("qid");
    let lines = (1..).zip(tsv.lines()).filter(|(line, text)| !is_heading(*line, text));
    let lines = lines.filter(|(_, text)| !text.trim().is_empty());
    lines
        .map(|(line, text)| {
            let row: Vec<&str> = text.split('\t').collect();
            read(&row).ok_or(BadLine { line, expected })
        })
        .collect()
}

/// Means over the questions that have a document of grade 2 or 3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// How many questions.
    pub queries: usize,
    /// Discounted gain of the first ten, gain 2^grade − 1, against the best order of all judged documents.
    pub ndcg10: f64,
    /// One over the rank of the first document of grade 2 or 3.
    pub mrr: f64,
    /// Share of questions with such a document first.
    pub success1: f64,
    /// Among the first five.
    pub success5: f64,
    /// Among the first ten.
    pub success10: f64,
    /// Share of such documents, at most 50, among the first 50.
    pub recall50: f64,
}

/// What was answered: documents by question, best first.
pub type Answers = HashMap<String, Vec<String>>;

/// Scores by group, then over all under `all`.
pub fn score(
    queries: &[JudgedQuery],
    answers: &Answers,
    judgements: &Judgements,
) -> BTreeMap<String, Score> {
    let (nobody, nothing) = (HashMap::new(), Vec::new());
    let mut groups: BTreeMap<String, Vec<Score>> = BTreeMap::new();
    for query in queries {
        let grades = judgements.get(&query.id).unwrap_or(&nobody);
        if !grades.values().any(|grade| *grade >= 2) {
            continue;
        }
        let score = one(answers.get(&query.id).unwrap_or(&nothing), grades);
        groups.entry(query.group.clone()).or_default().push(score);
        groups.entry("all".to_owned()).or_default().push(score);
    }
    groups.into_iter().map(|(group, scores)| (group, mean(&scores))).collect()
}

fn one(answer: &[String], grades: &HashMap<String, u8>) -> Score {
    let mut seen = HashSet::new();
    let answer: Vec<&String> = answer.iter().filter(|document| seen.insert(*document)).collect();
    let grade = |document: &String| grades.get(document).copied().unwrap_or(0);
    let mut ideal: Vec<u8> = grades.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let found: Vec<u8> = answer.iter().map(|document| grade(document)).collect();
    let first = found.iter().position(|grade| *grade >= 2);
    let within = |places: usize| if first.is_some_and(|at| at < places) { 1.0 } else { 0.0 };
    let good = grades.values().filter(|grade| **grade >= 2).count().min(50);
    let held = found.iter().take(50).filter(|grade| **grade >= 2).count();
    Score {
        queries: 1,
        ndcg10: gain(&found) / gain(&ideal),
        mrr: first.map_or(0.0, |at| 1.0 / real(at + 1)),
        success1: within(1),
        success5: within(5),
        success10: within(10),
        recall50: real(held) / real(good),
    }
}

fn gain(grades: &[u8]) -> f64 {
    let worth =
        |(place, grade): (usize, &u8)| (f64::from(*grade).exp2() - 1.0) / real(place + 2).log2();
    grades.iter().take(10).enumerate().map(worth).sum()
}

fn mean(scores: &[Score]) -> Score {
    let of = |part: fn(&Score) -> f64| scores.iter().map(part).sum::<f64>() / real(scores.len());
    Score {
        queries: scores.len(),
        ndcg10: of(|score| score.ndcg10),
        mrr: of(|score| score.mrr),
        success1: of(|score| score.success1),
        success5: of(|score| score.success5),
        success10: of(|score| score.success10),
        recall50: of(|score| score.recall50),
    }
}

/// Counts of questions and places, all small.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_book() {
        let queries =
            queries("qid\tgroup\tquery\nq1\ta\t低保\tmore\nq2\ta\t医保\nq3\tb\t无\n").unwrap();
        let judgements =
            judgements("qid\tdocid\tgrade\nq1\tx\t3\nq1\ty\t1\nq2\tz\t2\nq3\tx\t1\n").unwrap();
        let list = |documents: &[&str]| documents.iter().map(|&d| d.to_owned()).collect::<Vec<_>>();
        let answers = HashMap::from([
            ("q1".to_owned(), list(&["y", "x", "x", "u"])),
            ("q2".to_owned(), list(&["u"])),
        ]);
        let scores = score(&queries, &answers, &judgements);
        assert_eq!(scores.keys().collect::<Vec<_>>(), ["a", "all"]);
        let all = scores["all"];
        let q1 = (1.0 + 7.0 / 3_f64.log2()) / (7.0 + 1.0 / 3_f64.log2());
        assert!((all.ndcg10 - q1 / 2.0).abs() < 1e-12, "{all:?}");
        assert!((all.mrr - 0.25).abs() < 1e-12 && (all.success5 - 0.5).abs() < 1e-12);
        assert!(all.success1.abs() < 1e-12 && all.queries == 2);
        assert!((all.recall50 - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_bad_line_is_named() {
        assert_eq!(judgements("q1\tx\t2\nq1\tx\t9\n").unwrap_err().line, 2);
        assert_eq!(super::queries("only one column\n").unwrap_err().line, 1);
    }
}
