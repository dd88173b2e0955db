//! A small library of invented documents for tests: plain substring search, honest counts, and queries that make
//! it refuse, fail, panic or dawdle.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use axum::Router;

use crate::analysis::{Analyzer, Diff};
use crate::catalogue::{FigureQuery, Holding, Report};
use crate::figures::{self, CompareQuestion, Comparison, Ledger, LedgerQuestion};
use crate::model::{
    Attachment, Check, CitedName, Document, DocumentId, Excerpt, Group, Kinship, Relations,
    Relative, Sourced, Status, paragraphs,
};
use crate::search::{
    Answer, Candidate, Explanation, Facet, FacetCount, Facets, Grouping, Hit, MOST_CHARACTERS,
    Passage, Refused, Relaxed, Request, Segment, Similar, Sort, Syntax, UNKNOWN,
};
use crate::serve::app::{App, Labels, Settings, router};
use crate::serve::double_answers;
use crate::serve::double_documents::{
    bare, collection, emergency, hostile, notice, removed_report, report, withheld,
};
use crate::serve::double_reports;
use crate::serve::library::{
    CaptureMark, Found, Health, Highlighted, Library, Renames, Suggested, VersionMark,
};

/// A title that tries everything a title can try.
pub(crate) const HOSTILE: &str =
    r#"<script>alert("灵洲")</script><img src=x onerror=alert(1)>' {{ 7*7 }} &amp; 通知"#;

static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| Analyzer::new([]));

pub(crate) struct Double {
    pub(super) documents: Vec<Document>,
    pub(crate) health: Health,
}

/// The service over the double.
pub(crate) fn service() -> Router {
    service_of(Double::new())
}

pub(crate) fn service_of(library: impl Library) -> Router {
    service_with(library, &Settings::default())
}

pub(crate) fn service_with(library: impl Library, settings: &Settings) -> Router {
    let names = |list: &[(&str, &str)]| {
        list.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
    };
    let labels = Labels {
        categories: names(&[
            ("policy", "政策文件"),
            ("disclosure_admin", "信息公开管理"),
            ("work", "工作信息"),
            ("work/emergency", "应急管理"),
            ("finance", "财政审计"),
            ("other", "其他"),
        ]),
        portals: names(&[("lingzhou", "灵洲市人民政府网")]),
        regions: [("990100".to_owned(), "灵洲市".to_owned())].into(),
    };
    router(App::new(Arc::new(library), Settings { labels, ..settings.clone() }).unwrap())
}

impl Double {
    pub(crate) fn new() -> Self {
        let mut documents = vec![notice(), removed_report(), hostile(), bare()];
        documents.extend((2008..2024).map(report));
        documents.extend((1..=9).map(emergency));
        documents.push(withheld());
        let count = documents.len() as u64 - 1;
        let health =
            Health { documents: count, index_generation: Some("g000001".into()), reasons: vec![] };
        Self { documents, health }
    }

    /// The same with three documents of one page, the last of them withheld.
    pub(crate) fn with_collection() -> Self {
        let mut double = Self::new();
        double.documents.extend(collection());
        double
    }

    pub(crate) fn ids(&self) -> BTreeMap<String, DocumentId> {
        self.documents.iter().map(|d| (d.title.value.clone(), d.id)).collect()
    }

    /// The service's id of the document whose title begins so.
    pub(crate) fn id_of(start: &str) -> DocumentId {
        Self::new().ids().into_iter().find(|(title, _)| title.starts_with(start)).unwrap().1
    }
}

/// The first version of a text that has two rules: the second said something else, and something that tries to be a tag.
fn first_draft(number: usize, text: String) -> String {
    if number == 1 { text.replace("第二条", "第二条<b>试行</b>") } else { text }
}

fn relative(document: &Document) -> Relative {
    Relative {
        id: document.id,
        title: document.title.value.clone(),
        portal: document.portal.clone(),
        date: document.published_date.as_ref().map(|date| date.value),
    }
}

impl Library for Double {
    fn search(&self, request: &Request) -> Result<Answer, Refused> {
        refuse(request)?;
        let words: Vec<&str> = request.query.split_whitespace().collect();
        let holds =
            |d: &Document, word: &str| d.title.value.contains(word) || d.text.contains(word);
        let missing = |d: &Document| -> Vec<String> {
            words.iter().filter(|w| !holds(d, w)).map(|w| (*w).to_owned()).collect()
        };
        let shown = self.documents.iter().filter(|d| d.status != Status::Withheld);
        let mut found: Vec<&Document> = shown
            .filter(|d| missing(d).len() <= usize::from(words.len() > 1))
            .filter(|d| Facet::ALL.into_iter().all(|facet| passes(request, facet, d)))
            .collect();
        found.sort_by_key(|d| (missing(d).len(), d.id));
        let day = |d: &&Document| d.published_date.as_ref().map(|p| p.value.first_day());
        match request.sort {
            Sort::Relevance => {}
            Sort::Newest => found.sort_by_key(|d| std::cmp::Reverse(day(d))),
            Sort::Oldest => found.sort_by_key(day),
        }
        let of_page = found.iter().skip((request.page - 1) * request.size).take(request.size);
        let hit = |d: &&Document| Hit {
            document: (*d).clone(),
            score: 1.0,
            title: cut(&d.title.value, &words),
            snippets: snippets(d, &words),
            missing: missing(d),
            number: None,
            copies: Excerpt::default(),
        };
        Ok(Answer {
            total: found.len() as u64,
            total_all_words: found.iter().filter(|d| missing(d).is_empty()).count() as u64,
            total_groups: (request.group == Grouping::Near).then_some(found.len() as u64),
            hits: of_page.map(hit).collect(),
            facets: all_counts(&found, request),
            notes: vec![],
            relaxed: if found.iter().all(|d| missing(d).is_empty()) {
                vec![]
            } else {
                vec![Relaxed::FewerWords]
            },
        })
    }

    fn candidates(&self, typed: &str) -> Result<Vec<Candidate>, Refused> {
        let one = |n: usize| Candidate { text: format!("候选{n}"), taken: typed.chars().count() };
        Ok((1..=20).map(one).collect())
    }

    fn suggest(&self, typed: &str, size: usize) -> Result<Vec<Suggested>, Refused> {
        let shown = self.documents.iter().filter(|d| d.status != Status::Withheld);
        let begun = shown.filter(|d| !typed.is_empty() && d.title.value.starts_with(typed));
        let title =
            |d: &Document| Suggested { kind: "title", text: d.title.value.clone(), id: Some(d.id) };
        Ok(begun.take(size).map(title).collect())
    }

    fn document(&self, id: &DocumentId) -> anyhow::Result<Option<Document>> {
        Ok(self.documents.iter().find(|d| d.id == *id).cloned())
    }

    fn siblings(&self, document: &Document) -> anyhow::Result<Vec<Document>> {
        let others = self.documents.iter().filter(|other| {
            !document.part.is_empty() && other.origin == document.origin && other.id != document.id
        });
        Ok(others.cloned().collect())
    }

    fn versions(&self, id: &DocumentId) -> anyhow::Result<Vec<VersionMark>> {
        let document = self.document(id)?;
        let mark = |number, document: &Document| VersionMark {
            number,
            captured_at: document.captured_at,
            title: document.title.value.clone(),
            digest: format!("{number:064x}"),
        };
        let versions = if document.as_ref().is_some_and(|d| d.doc_no.is_some()) { 2 } else { 1 };
        Ok(document.iter().flat_map(|d| (1..=versions).map(|n| mark(n, d))).collect())
    }

    /// The notice was reprinted, with the page that tries everything among the reprints, and is cited by a report.
    fn relations(&self, id: &DocumentId) -> anyhow::Result<Relations> {
        let notice = notice();
        if notice.id != *id {
            return Ok(Relations::default());
        }
        let reprint = Some(Kinship::Reprint);
        let members = vec![(relative(&notice), None), (relative(&hostile()), reprint)];
        let by = CitedName::Number("灵政办发〔2020〕12号".into());
        Ok(Relations {
            group: Some(Group {
                leader: notice.id,
                members: Excerpt { first: members, total: 62 },
            }),
            amends: Excerpt { first: vec![relative(&bare())], total: 1 },
            cited_by: Excerpt { first: vec![(relative(&report(2021)), by)], total: 1 },
            ..Relations::default()
        })
    }

    /// As if each question were one word.
    fn explain(&self, request: &Request, id: &DocumentId) -> Result<Explanation, Refused> {
        let all = Request { page: 1, size: 100, ..request.clone() };
        Ok(double_answers::explained(&request.query, &self.search(&all)?, id))
    }

    /// Those with the same agency.
    fn similar(&self, document: &Document, size: usize) -> Result<Vec<Similar>, Refused> {
        Ok(double_answers::similar(&self.documents, document, size))
    }

    fn version(
        &self,
        id: &DocumentId,
        number: usize,
    ) -> anyhow::Result<Option<(VersionMark, String)>> {
        let mark = self.versions(id)?.into_iter().find(|version| version.number == number);
        let text = self.document(id)?.map(|document| first_draft(number, document.text));
        Ok(mark.zip(text))
    }

    fn diff(&self, old: &str, new: &str) -> Diff {
        ANALYZER.diff(old, new)
    }

    /// Of the notice: twice the same, then nothing any more.
    fn captures(&self, document: &Document) -> anyhow::Result<Vec<CaptureMark>> {
        if document.doc_no.is_none() {
            return Ok(vec![]);
        }
        let mark = |hours: i64, status, digest: &str| CaptureMark {
            at: document.captured_at + jiff::SignedDuration::from_hours(hours),
            status,
            digest: format!("sha256:{digest}"),
        };
        Ok(vec![mark(0, 200, "aa11"), mark(24, 200, "aa11"), mark(48, 404, "bb22")])
    }

    fn highlight(&self, query: &str, document: &Document) -> Highlighted {
        let words: Vec<&str> = query.split_whitespace().collect();
        Highlighted {
            title: cut(&document.title.value, &words),
            paragraphs: paragraphs(&document.text).map(|p| cut(p, &words)).collect(),
            files: document.attachments.iter().map(|file| marked(file, &words)).collect(),
        }
    }

    /// The commission was made of the committee and became the bureau.
    fn renames(&self, agency: &str) -> Renames {
        match agency {
            "灵洲市教育局" => Renames {
                before: vec!["灵洲市教育委员会".into()],
                after: vec!["灵洲市教育体育局".into()],
            },
            _ => Renames::default(),
        }
    }

    fn ledger(&self, question: &LedgerQuestion) -> anyhow::Result<Ledger> {
        Ok(question.answer(double_reports::ledger_facts(&self.documents)))
    }

    fn compare(
        &self,
        question: &CompareQuestion,
        most: usize,
    ) -> anyhow::Result<Option<Comparison>> {
        let reported = double_reports::reported(&self.documents);
        if question.count(&reported) > most {
            return Ok(None);
        }
        let rows =
            double_reports::rows(&self.documents, &question.figures(question.agencies.clone()));
        Ok(Some(figures::compare(question, &figures::Succession::default(), &reported, &rows)))
    }

    fn count_figures(&self, wanted: &FigureQuery) -> anyhow::Result<u64> {
        Ok(double_reports::rows(&self.documents, wanted).len() as u64)
    }

    fn reports(&self, wanted: &FigureQuery) -> anyhow::Result<Vec<DocumentId>> {
        Ok(double_reports::wanted(&self.documents, wanted))
    }

    fn all(&self, request: &Request) -> Result<Found, Refused> {
        let whole = Request { page: 1, size: self.documents.len(), ..request.clone() };
        let hits = self.search(&whole)?.hits;
        Ok(Box::new(hits.into_iter().map(|hit| Ok(hit.document.id))))
    }

    fn leader(&self, id: &DocumentId) -> anyhow::Result<Option<DocumentId>> {
        Ok(self.relations(id)?.group.map(|group| group.leader))
    }

    fn report(&self, id: &DocumentId) -> anyhow::Result<Option<Report>> {
        Ok(self
            .documents
            .iter()
            .find(|document| document.id == *id)
            .and_then(double_reports::report))
    }

    fn across_years(&self, _: &Report) -> anyhow::Result<Vec<Check>> {
        Ok(Vec::new())
    }

    fn holdings(&self) -> anyhow::Result<Vec<Holding>> {
        Ok(double_reports::holdings(&self.documents))
    }

    fn health(&self) -> Health {
        self.health.clone()
    }
}

/// Queries with a meaning of their own.
fn refuse(request: &Request) -> Result<(), Refused> {
    let found = request.query.chars().count();
    match request.query.as_str() {
        "!panic" => panic!("asked to"),
        "!broken" => Err(Refused::Internal(anyhow::anyhow!("a secret path"))),
        "!slow" => Err(Refused::Deadline),
        q if found > MOST_CHARACTERS && !q.is_empty() => Err(Refused::TooLong { found }),
        q if q.split_whitespace().count() > 64 => Err(Refused::TooManyLeaves { found: 65 }),
        q if request.syntax == Syntax::Strict && q.contains("((") => {
            Err(Refused::Syntax { at: q.chars().count(), expected: "`)`" })
        }
        _ => Ok(()),
    }
}

fn value_of(facet: Facet, document: &Document) -> String {
    let printed = |value: &Option<Sourced<String>>| value.as_ref().map(|v| v.value.clone());
    let value = match facet {
        Facet::Category => Some(document.category.value.to_string()),
        Facet::Theme => printed(&document.theme_class),
        Facet::Year => document.year().map(|y| y.to_string()),
        Facet::Agency => document.agency().map(str::to_owned),
        Facet::Region => printed(&document.region),
        Facet::Portal => document.portal.clone(),
        Facet::Genre => printed(&document.genre),
        Facet::File => None,
        Facet::Status => Some(document.status.as_str().to_owned()),
        Facet::Validity => printed(&document.validity),
    };
    value.unwrap_or_else(|| UNKNOWN.into())
}

fn passes(request: &Request, facet: Facet, document: &Document) -> bool {
    let chosen = request.filters.of(facet);
    chosen.is_empty() || chosen.contains(&value_of(facet, document))
}

fn all_counts(found: &[&Document], request: &Request) -> Facets {
    let mut facets = Facets::default();
    for (facet, list) in facets.iter_mut() {
        *list = counts(found, request, facet);
    }
    facets
}

fn counts(found: &[&Document], request: &Request, facet: Facet) -> Vec<FacetCount> {
    let mut counts = BTreeMap::new();
    for document in found {
        *counts.entry(value_of(facet, document)).or_insert(0) += 1;
    }
    let chosen = request.filters.of(facet);
    let count = |(value, count): (String, u64)| FacetCount {
        selected: chosen.contains(&value),
        value,
        count,
        region: None,
    };
    let mut counts: Vec<FacetCount> = counts.into_iter().map(count).collect();
    match facet {
        Facet::Category => {}
        Facet::Year => counts.sort_by_key(|c| std::cmp::Reverse(c.value.parse().unwrap_or(0_u16))),
        _ => counts.sort_by_key(|c| std::cmp::Reverse(c.count)),
    }
    counts
}

/// The paragraphs of a file's parts, cut.
fn marked(file: &Attachment, words: &[&str]) -> Vec<Vec<Vec<Segment>>> {
    let part = |text: &str| paragraphs(text).map(|p| cut(p, words)).collect();
    file.parts().iter().map(|one| part(&one.text)).collect()
}

fn snippets(document: &Document, words: &[&str]) -> Vec<Passage> {
    let holding = paragraphs(&document.text).filter(|p| words.iter().any(|w| p.contains(w)));
    holding.take(2).map(|p| Passage { segments: cut(p, words), place: None }).collect()
}

/// The text in pieces, the words as hits.
fn cut(text: &str, words: &[&str]) -> Vec<Segment> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let first = words.iter().filter_map(|w| Some((rest.find(w)?, w.len()))).min();
        let (start, length) = first.unwrap_or((rest.len(), 0));
        let (before, after) = rest.split_at(start);
        let (word, after) = after.split_at(length);
        for (text, hit) in [(before, false), (word, true)] {
            if !text.is_empty() {
                pieces.push(Segment { text: text.to_owned(), hit });
            }
        }
        rest = after;
    }
    pieces
}
