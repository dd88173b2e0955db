//! `GET /api/v1/search`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::DocumentId;
use crate::search::{Answer, Facet, FacetCount, Facets, Hit, Note, NumberRole, year_histogram};
use crate::serve::api::{Answered, json, wire};
use crate::serve::app::App;
use crate::serve::problem::Problem;
use crate::serve::question::Question;

/// Search the documents.
///
/// Hits come ranked, with passages cut where the query matches. When fewer than 20 documents hold every word
/// (`syntax=simple`), documents that lack up to three, lone characters aside, and less than half of what was asked by
/// the rarity of its words, join the list and say which in `missing`; `relaxed` says so. Filters do not count for this.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    operation_id = "search",
    tag = "documents",
    params(Question),
    responses(
        (status = 200, description = "Hits, counts and facets", body = SearchAnswer),
        (status = 400, description = "A parameter is unknown or bad, or a limit is passed; `parameter` names it",
            body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The server failed",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many requests, or the query took too long",
            body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn search(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Answered {
    let (question, faults) = Question::read(query.as_deref().unwrap_or_default());
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault.into());
    }
    let request = question.request();
    let answer = app.blocking(move |library| library.search(&request)).await??;
    json(&SearchAnswer::new(answer, question.page, question.size))
}

/// An answer as the API gives it, for programs that ask without HTTP; `page` and `size` as asked for.
pub fn answer_json(answer: Answer, page: usize, size: usize) -> serde_json::Result<String> {
    serde_json::to_string(&SearchAnswer::new(answer, page, size))
}

/// Hits, counts and facets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchAnswer {
    /// Documents that can be paged through.
    total: u64,
    /// Of these, documents that hold every word asked for, or another way to say it.
    total_all_words: u64,
    /// With `group=near`: hits that can be paged through, copies of one text being one; `total` and all counts beside
    /// facets are of documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    total_groups: Option<u64>,
    /// The page, as asked for.
    page: usize,
    /// Hits on a page, as asked for.
    size: usize,
    /// The hits of the page, in order.
    hits: Vec<SearchHit>,
    /// Values to filter by, with counts.
    facets: SearchFacets,
    /// Hits by year, from the first to the last year that has any, at most 200 years.
    year_histogram: Vec<SearchYear>,
    /// What was done with the query.
    notes: Vec<SearchNote>,
    /// The steps by which more is listed than was asked for, in their order: `number_as_words` when no document has
    /// or names such a number, `fewer_words` when hits may lack words, which they say in `missing`.
    #[schema(value_type = Vec<String>, example = json!(["fewer_words"]))]
    relaxed: Vec<&'static str>,
}

/// Something done with the query.
#[derive(Debug, Serialize, ToSchema)]
struct SearchNote {
    /// What: `signs_ignored`, `question_words_dropped`, `read_as_number`, `number_read_as_words`, `number_not_found`,
    /// `corrected`, `did_you_mean`, `widened`, `fewer_words`.
    #[schema(value_type = String, example = "fewer_words")]
    kind: &'static str,
    /// The signs, words or numbers it was done with; with `widened`, each word and what else was looked for:
    /// `低保 → 最低生活保障、城乡低保`; with `corrected`, what was typed and what was looked for: `烟花暴竹 → 烟花爆竹`.
    values: Vec<String>,
    /// With `fewer_words`: how many words a listed document may lack, lone characters aside.
    #[schema(minimum = 1)]
    lacking: Option<usize>,
}

/// One document found.
#[derive(Debug, Serialize, ToSchema)]
struct SearchHit {
    /// Stable id.
    #[schema(value_type = String, example = "x33t8c9ab24dtk28")]
    id: DocumentId,
    /// The id that an import gave.
    external_id: Option<String>,
    /// The title as published.
    title: String,
    /// The title, cut where the query matches.
    title_segments: Vec<wire::Segment>,
    /// The publisher's page; only web addresses are given.
    #[schema(format = "uri")]
    url: Option<String>,
    /// The agency that issued it.
    agency: Option<String>,
    /// Its document number, normalised.
    #[schema(example = "灵政办发〔2020〕12号")]
    doc_no: Option<String>,
    /// When it was published: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[schema(example = "2020-03-01")]
    published_date: Option<String>,
    /// Category path.
    #[schema(example = "policy")]
    category: String,
    /// Report year, else year of the written, else of the published date.
    year: Option<i16>,
    /// Portal it was harvested from.
    portal: Option<String>,
    /// Whether it is still published.
    status: wire::Status,
    /// Passages that match, of the text and of attachments, each cut where the query matches.
    snippets: Vec<Vec<wire::Segment>>,
    /// Words asked for that it does not hold, nor another way to say them.
    missing: Vec<String>,
    /// How it stands to a document number in the query.
    number: Option<SearchNumber>,
    /// With `group=near`: the other documents of this answer that are folded under it, as they have the same text
    /// (转载) or are the same report in another form. Absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<SearchCopies>,
}

/// Documents folded under a hit.
#[derive(Debug, Serialize, ToSchema)]
struct SearchCopies {
    /// How many.
    #[schema(minimum = 1)]
    total: u64,
    /// Their ids, best first, at most 50.
    #[schema(value_type = Vec<String>, max_items = 50)]
    ids: Vec<DocumentId>,
}

/// How a document stands to a document number in the query.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum SearchNumber {
    /// The number is its own.
    Bears,
    /// Its text names the number.
    Cites,
}

/// Counts for each filter. A count is the number of hits if the value were the only one chosen of its filter.
#[derive(Debug, Serialize, ToSchema)]
struct SearchFacets {
    /// Paths, every level.
    category: Vec<SearchFacetCount>,
    /// Theme classes (主题分类), with and without their sub-classes.
    theme: Vec<SearchFacetCount>,
    /// Latest first.
    year: Vec<SearchFacetCount>,
    /// The most frequent ones, each with its region: a tree by regions.
    agency: Vec<SearchFacetCount>,
    /// Codes, every level: province, prefecture, county.
    region: Vec<SearchFacetCount>,
    /// The most frequent ones, like the next.
    portal: Vec<SearchFacetCount>,
    /// 体裁.
    genre: Vec<SearchFacetCount>,
    /// Kinds of attached files; `unknown` counts documents without any.
    file: Vec<SearchFacetCount>,
    /// Whether still published.
    status: Vec<SearchFacetCount>,
    /// 有效性, as printed.
    validity: Vec<SearchFacetCount>,
}

/// One year of the histogram.
#[derive(Debug, Serialize, ToSchema)]
struct SearchYear {
    /// The year.
    year: i64,
    /// Hits if it were the only year chosen; years without any are there too.
    count: u64,
}

/// One value of a filter.
#[derive(Debug, Serialize, ToSchema)]
struct SearchFacetCount {
    /// The value as the filter takes it; `unknown` for documents without one.
    value: String,
    /// Hits if it were the only value chosen.
    count: u64,
    /// Whether the request chose it.
    selected: bool,
    /// Of an agency: code of the region it serves, where its name tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "330800")]
    region: Option<String>,
}

impl SearchAnswer {
    fn new(answer: Answer, page: usize, size: usize) -> Self {
        Self {
            total: answer.total,
            total_all_words: answer.total_all_words,
            total_groups: answer.total_groups,
            page,
            size,
            hits: answer.hits.into_iter().map(SearchHit::from).collect(),
            year_histogram: year_histogram(answer.facets.of(Facet::Year))
                .into_iter()
                .map(|(year, count)| SearchYear { year, count })
                .collect(),
            facets: answer.facets.into(),
            relaxed: answer.relaxed.iter().map(|step| step.as_str()).collect(),
            notes: answer.notes.into_iter().map(SearchNote::from).collect(),
        }
    }
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let document = hit.document;
        Self {
            id: document.id,
            external_id: document.external_id().map(str::to_owned),
            title_segments: wire::segments(hit.title),
            url: document.url.as_deref().and_then(wire::web_address),
            agency: document.agency().map(str::to_owned),
            doc_no: document.doc_no.as_ref().map(|number| number.value.to_string()),
            published_date: document.published_date.as_ref().map(|date| date.value.to_string()),
            category: document.category.value.to_string(),
            year: document.year(),
            status: document.status.into(),
            snippets: hit.snippets.into_iter().map(wire::passage).collect(),
            missing: hit.missing,
            number: hit.number.map(|role| match role {
                NumberRole::Bears => SearchNumber::Bears,
                NumberRole::Cites => SearchNumber::Cites,
            }),
            copies: (hit.copies.total > 0)
                .then_some(SearchCopies { total: hit.copies.total, ids: hit.copies.first }),
            portal: document.portal,
            title: document.title.value,
        }
    }
}

impl From<Note> for SearchNote {
    fn from(note: Note) -> Self {
        let (kind, values, lacking) = match note {
            Note::SignsIgnored(signs) => ("signs_ignored", signs, None),
            Note::QuestionWordsDropped(words) => ("question_words_dropped", words, None),
            Note::ReadAsNumber(numbers) => ("read_as_number", numbers, None),
            Note::NumberReadAsWords(numbers) => ("number_read_as_words", numbers, None),
            Note::NumberNotFound(numbers) => ("number_not_found", numbers, None),
            Note::Corrected(slips) => ("corrected", slips, None),
            Note::DidYouMean(others) => ("did_you_mean", others, None),
            Note::Widened(words) => ("widened", words, None),
            Note::FewerWords(lacking) => ("fewer_words", Vec::new(), Some(lacking)),
        };
        Self { kind, values, lacking }
    }
}

impl From<Facets> for SearchFacets {
    fn from(mut facets: Facets) -> Self {
        let mut counts = |facet| {
            let count = |c: FacetCount| SearchFacetCount {
                value: c.value,
                count: c.count,
                selected: c.selected,
                region: c.region,
            };
            facets.take(facet).into_iter().map(count).collect()
        };
        Self {
            category: counts(Facet::Category),
            theme: counts(Facet::Theme),
            year: counts(Facet::Year),
            agency: counts(Facet::Agency),
            region: counts(Facet::Region),
            portal: counts(Facet::Portal),
            genre: counts(Facet::Genre),
            file: counts(Facet::File),
            status: counts(Facet::Status),
            validity: counts(Facet::Validity),
        }
    }
}
