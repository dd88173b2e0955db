//! `GET /coverage`: how much is held of each portal, region and year, and when it was captured.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use serde::Serialize;

use crate::catalogue::Holding;
use crate::model::{Moment, china_day, is_within};
use crate::serve::app::App;
use crate::serve::library::Library;
use crate::serve::pages::templates::Pages;
use crate::serve::parameters::usable_pairs;

/// Rows of portals and regions that a page shows; the files have all.
const MOST_ROWS: usize = 300;

/// What is held; what cannot be read of the address is passed over.
pub(super) async fn coverage(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    match app.ask(Library::holdings).await {
        Ok(holdings) => app.pages.page("coverage.html", View::new(&app.pages, asked, holdings)),
        Err(problem) => app.pages.failed(&problem),
    }
}

#[derive(Debug, Default, Serialize)]
struct Asked {
    portal: String,
    region: String,
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in usable_pairs(query) {
            match name.as_str() {
                "portal" => asked.portal = value,
                "region" => asked.region = value,
                _ => {}
            }
        }
        asked
    }

    fn wants(&self, held: &Holding) -> bool {
        (self.portal.is_empty() || held.portal.as_deref() == Some(&*self.portal))
            && is_within(
                held.region.as_deref(),
                Some(&*self.region).filter(|code| !code.is_empty()),
            )
    }

    /// The same question to the interface.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("portal", &self.portal), ("region", &self.region)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

/// Documents of any kind.
#[derive(Debug, Default, Serialize)]
struct Count {
    documents: u64,
    reports: u64,
    removed: u64,
    #[serde(skip)]
    captured: Option<(Moment, Moment)>,
}

impl Count {
    fn add(&mut self, held: &Holding) {
        self.documents += held.documents;
        self.reports += held.reports;
        self.removed += held.removed;
        let (first, last) = self.captured.unwrap_or(held.captured);
        self.captured = Some((first.min(held.captured.0), last.max(held.captured.1)));
    }

    /// The days of the first and the last capture.
    fn days(&self) -> String {
        self.captured.map_or(String::new(), |(first, last)| {
            let (first, last) = (china_day(first), china_day(last));
            if first == last { first.to_string() } else { format!("{first} 至 {last}") }
        })
    }
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    link: Option<String>,
    count: Count,
    years: String,
    captured: String,
}

#[derive(Debug, Serialize)]
struct YearCount {
    /// `None` where it is not known.
    year: Option<i16>,
    count: Count,
    /// Its part of the year with most documents, in hundredths.
    share: u64,
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    asked: Asked,
    /// Name of the portal that is chosen.
    chosen: String,
    query: String,
    all: Count,
    captured: String,
    portals: Vec<Row>,
    regions: Vec<Row>,
    /// Regions that are not shown.
    more: usize,
    years: Vec<YearCount>,
}

impl View {
    fn new(pages: &Pages, asked: Asked, mut holdings: Vec<Holding>) -> Self {
        holdings.retain(|held| asked.wants(held));
        let mut all = Count::default();
        for held in &holdings {
            all.add(held);
        }
        let portal = |id: Option<&str>| match id {
            None => ("导入的数据".to_owned(), None),
            Some(id) => (pages.portal(id).to_owned(), Some(link("portal", id))),
        };
        let region = |code: Option<&str>| match code {
            None => ("不详".to_owned(), None),
            Some(code) => (pages.region(code).to_owned(), Some(link("region", code))),
        };
        let mut regions = grouped(&holdings, |held| held.region.as_deref(), region);
        let more = regions.len().saturating_sub(MOST_ROWS);
        regions.truncate(MOST_ROWS);
        Self {
            q: "",
            chosen: if asked.portal.is_empty() {
                String::new()
            } else {
                pages.portal(&asked.portal).to_owned()
            },
            query: asked.query(),
            captured: all.days(),
            portals: grouped(&holdings, |held| held.portal.as_deref(), portal),
            regions,
            more,
            years: years(&holdings),
            all,
            asked,
        }
    }
}

fn link(name: &str, value: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(name, value);
    format!("/coverage?{}", query.finish())
}

/// One row for each value, the value that is not known last.
fn grouped<'h>(
    holdings: &'h [Holding],
    of: impl Fn(&'h Holding) -> Option<&'h str>,
    named: impl Fn(Option<&str>) -> (String, Option<String>),
) -> Vec<Row> {
    let mut groups: BTreeMap<(bool, Option<&str>), Vec<&Holding>> = BTreeMap::new();
    for held in holdings {
        groups.entry((of(held).is_none(), of(held))).or_default().push(held);
    }
    let row = |((_, value), held): ((bool, Option<&str>), Vec<&Holding>)| {
        let mut count = Count::default();
        for held in &held {
            count.add(held);
        }
        let years = || held.iter().filter_map(|held| held.year);
        let years = match (years().min(), years().max()) {
            (Some(first), Some(last)) if first != last => format!("{first} 至 {last}"),
            (Some(only), _) => only.to_string(),
            _ => "不详".to_owned(),
        };
        let (name, link) = named(value);
        Row { name, link, years, captured: count.days(), count }
    };
    groups.into_iter().map(row).collect()
}

fn years(holdings: &[Holding]) -> Vec<YearCount> {
    let mut counts: BTreeMap<(bool, std::cmp::Reverse<Option<i16>>), Count> = BTreeMap::new();
    for held in holdings {
        let key = (held.year.is_none(), std::cmp::Reverse(held.year));
        counts.entry(key).or_default().add(held);
    }
    let most = counts.values().map(|count| count.documents).max().unwrap_or(1).max(1);
    let year = |((_, year), count): ((bool, std::cmp::Reverse<Option<i16>>), Count)| YearCount {
        year: year.0,
        share: (count.documents * 100).div_ceil(most),
        count,
    };
    counts.into_iter().map(year).collect()
}
