//! Reads `tests/scenarios/*.toml`: invented documents, questions, and what must be found.

use serde::Deserialize;

use crate::search::{
    Hit, NumberRole, Request, Syntax,
    testing::{Archive, document, with_facets, with_number},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    document: Vec<Held>,
    #[serde(default)]
    question: Vec<Question>,
    #[serde(default)]
    spelling: Vec<Spelling>,
}

/// A document number in many spellings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    queries: Vec<String>,
    /// Ids of the documents whose own it is, which come first, in any order.
    bears: Vec<String>,
    /// Ids of the others that are found, in any order.
    cites: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    id: String,
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    agency: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    query: String,
    #[serde(default)]
    strict: bool,
    /// Ids in the order they must come first in.
    #[serde(default)]
    first: Vec<String>,
    /// Ids of all hits, in any order.
    all: Option<Vec<String>>,
    /// For each of some hits, by id, the words it lacks.
    #[serde(default)]
    missing: std::collections::BTreeMap<String, Vec<String>>,
    total_all_words: Option<u64>,
}

#[test]
fn questions_find_what_they_should() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios");
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let scenario = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            wrong.extend(play(scenario).into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn play(scenario: Scenario) -> Vec<String> {
    let held = |held: Held| {
        let document = with_facets(
            document(&held.id, &held.title, &held.text),
            &held.category,
            &held.date,
            &held.agency,
        );
        with_number(document, &held.number)
    };
    let archive = Archive::new(scenario.document.into_iter().map(held).collect());
    let questions = scenario.question.iter().flat_map(|question| faults(&archive, question));
    let spellings = scenario.spelling.iter().flat_map(|spelling| misread(&archive, spelling));
    questions.chain(spellings).collect()
}

/// The spellings by which other documents are found, or in another order, or in another role.
fn misread(archive: &Archive, spelling: &Spelling) -> Vec<String> {
    let mut faults = Vec::new();
    for query in &spelling.queries {
        let request = Request { query: query.clone(), size: 100, ..Request::default() };
        let answer = archive.ask(&request).unwrap();
        let mut ids = Archive::ids(&answer);
        let role = |hit: &Hit| hit.number == Some(NumberRole::Bears);
        let bearing = answer.hits.iter().take_while(|hit| role(hit)).count();
        let mut cites = ids.split_off(bearing);
        let (mut bears, mut wanted) = (ids, (spelling.bears.clone(), spelling.cites.clone()));
        for ids in [&mut bears, &mut cites, &mut wanted.0, &mut wanted.1] {
            ids.sort();
        }
        let is_said = answer.hits.iter().all(|hit| hit.number.is_some());
        if (&bears, &cites) != (&wanted.0, &wanted.1) || !is_said {
            faults.push(format!("{query}: borne by {bears:?}, cited by {cites:?}"));
        }
    }
    faults
}

fn faults(archive: &Archive, question: &Question) -> Vec<String> {
    let syntax = if question.strict { Syntax::Strict } else { Syntax::Simple };
    let request =
        Request { query: question.query.clone(), syntax, size: 100, ..Request::default() };
    let answer = archive.ask(&request).unwrap();
    let found = Archive::ids(&answer);
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{}: {what}", question.query));
    if !found.starts_with(&question.first) {
        fault(format!("first {found:?}, want {:?}", question.first));
    }
    if let Some(all) = &question.all {
        let (mut found, mut all) = (found.clone(), all.clone());
        found.sort();
        all.sort();
        if found != all {
            fault(format!("found {found:?}, want {all:?}"));
        }
    }
    for hit in &answer.hits {
        let id = hit.document.external_id().unwrap_or_default();
        if question.missing.get(id).is_some_and(|missing| *missing != hit.missing) {
            fault(format!("{id} lacks {:?}, want {:?}", hit.missing, question.missing[id]));
        }
    }
    if question.total_all_words.is_some_and(|total| total != answer.total_all_words) {
        fault(format!("{} hold all words", answer.total_all_words));
    }
    faults
}
