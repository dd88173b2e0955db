//! Measures what a crawl saw of each column, while its answers are turned into documents.

use std::collections::BTreeMap;

use crate::archive::Reader;
use crate::catalogue::{CaptureRow, Measured, State};
use crate::config::Config;
use crate::crawl;
use crate::model::{Context, Document, Evidence, KnownPage, Measure, Moment, PageKind, PageState};

/// Counts under way; what was measured before is left out.
pub(crate) struct Gauge {
    reached: Measured,
    columns: BTreeMap<(String, String), Measure>,
}

/// Requests read at a time.
const AT_ONCE: usize = 1024;

impl Gauge {
    pub(crate) fn new(state: &State) -> anyhow::Result<Self> {
        Ok(Self { reached: state.measured()?, columns: BTreeMap::new() })
    }

    /// Whether a capture is not measured yet.
    pub(crate) fn is_news(&self, seq: i64) -> bool {
        seq > self.reached.captures
    }

    /// Notes that captures up to this one are measured.
    pub(crate) fn reach(&mut self, seq: i64) {
        self.reached.captures = self.reached.captures.max(seq);
    }

    /// Counts a detail page that answered in full.
    pub(crate) fn page(&mut self, read: &PageRead) {
        let measure = self.column(&read.context, read.at);
        measure.pages += 1;
        measure.documents += u32::try_from(read.documents.len()).unwrap_or(u32::MAX);
        if !read.is_new {
            return;
        }
        if let Some(template) = &read.template {
            *measure.templates.entry(template.clone()).or_default() += 1;
        }
        for document in &read.documents {
            measure.new += 1;
            for field in filled(document) {
                *measure.filled.entry(field.to_owned()).or_default() += 1;
            }
        }
    }

    /// Counts a list page that answered in full, and what it names.
    pub(crate) fn list(&mut self, read: &ListRead) {
        let measure = self.column(&read.context, read.at);
        measure.lists += 1;
        measure.items += read.items;
    }

    /// Counts the requests that gave no page, and keeps everything.
    pub(crate) fn finish(mut self, state: &State) -> anyhow::Result<()> {
        loop {
            let asked = state.asked_after(self.reached.fetches, AT_ONCE)?;
            let Some(last) = asked.last() else { break };
            self.reached.fetches = last.seq;
            for asked in &asked {
                if asked.status.is_some_and(|status| (200..=299).contains(&status)) {
                    continue;
                }
                let Some(page) = state.page(&asked.url.key())? else { continue };
                if !matches!(page.context.kind, PageKind::List | PageKind::Detail) {
                    continue;
                }
                let measure = self.column(&page.context, asked.at);
                match (page.context.kind, asked.status) {
                    (PageKind::List, Some(304)) => measure.lists_unchanged += 1,
                    // A redirect to a login or the front page is no page; any other leads to one, which counts.
                    (PageKind::List | PageKind::Detail, Some(300..=399))
                        if !matches!(
                            page.fate.state,
                            PageState::Refused | PageState::Suspected | PageState::Removed
                        ) => {}
                    (PageKind::List, _) => measure.lists_failed += 1,
                    (PageKind::Detail, _) => measure.pages_failed += 1,
                    _ => {}
                }
            }
        }
        let measures: Vec<Measure> =
            self.columns.into_values().filter(|measure| !measure.column.is_empty()).collect();
        state.add_measures(&measures, self.reached)
    }

    fn column(&mut self, context: &Context, at: Moment) -> &mut Measure {
        let key = (context.portal.clone(), context.column.clone());
        let measure = self.columns.entry(key).or_insert_with(|| Measure {
            portal: context.portal.clone(),
            column: context.column.clone(),
            ..Measure::default()
        });
        measure.at = measure.at.max(at);
        measure
    }
}

/// A list page that was read.
pub(crate) struct ListRead {
    context: Context,
    at: Moment,
    /// How many documents it names.
    items: u32,
}

impl ListRead {
    /// Reads a list page again; `None` where its portal is not there any more.
    pub(crate) fn of(
        row: &CaptureRow,
        reader: &Reader,
        config: &Config,
    ) -> anyhow::Result<Option<Self>> {
        let Some(portal) = config.portals.iter().find(|portal| portal.id == row.portal) else {
            return Ok(None);
        };
        let capture = reader.capture(&row.position)?;
        let page = KnownPage::found(capture.url.clone(), capture.context.clone(), 0, capture.at);
        let found = crawl::discover(portal, &page, &capture, &config.crawler.attachments);
        let is_item = |page: &&KnownPage| {
            page.context.kind == PageKind::Detail && page.state != PageState::Trap
        };
        let items = u32::try_from(found.iter().filter(is_item).count()).unwrap_or(u32::MAX);
        Ok(Some(Self { context: capture.context, at: capture.at, items }))
    }
}

/// A detail page that was read.
pub(crate) struct PageRead {
    /// Number of the capture in the state.
    pub(crate) seq: i64,
    pub(crate) context: Context,
    pub(crate) at: Moment,
    /// Whether no earlier answer of the page was kept in full.
    pub(crate) is_new: bool,
    /// Fingerprint of the elements around the text.
    pub(crate) template: Option<String>,
    pub(crate) documents: Vec<Document>,
    /// Whether something else stood in the place of the page.
    pub(crate) stood_in: bool,
    /// Whether it broke off on its way.
    pub(crate) is_half: bool,
}

/// The fields of a document that its page itself gave; what the list or a default gave does not show a lost selector.
fn filled(document: &Document) -> impl Iterator<Item = &'static str> {
    let own = |evidence: &Evidence| {
        !matches!(evidence, Evidence::List | Evidence::Column | Evidence::Url | Evidence::Default)
    };
    let date = |date: &Option<crate::model::Sourced<crate::model::PublicDate>>| {
        date.as_ref().is_some_and(|date| own(&date.evidence))
    };
    let text = |text: &Option<crate::model::Sourced<String>>| {
        // What title or number imply is there whatever the template.
        let implied = |text: &crate::model::Sourced<String>| {
            matches!(text.evidence, Evidence::Title | Evidence::Derived(_))
        };
        text.as_ref().is_some_and(|text| own(&text.evidence) && !implied(text))
    };
    [
        ("title", own(&document.title.evidence) && document.title.evidence != Evidence::TextHead),
        ("text", !document.text.is_empty()),
        ("published_date", date(&document.published_date)),
        ("written_date", date(&document.written_date)),
        ("issuer", text(&document.issuer)),
        ("source", text(&document.source)),
        ("doc_no", document.doc_no.as_ref().is_some_and(|number| own(&number.evidence))),
        ("index_no", text(&document.index_no)),
        ("theme", text(&document.theme)),
        ("genre", text(&document.genre)),
        ("validity", text(&document.validity)),
        ("attachments", !document.attachments.is_empty()),
    ]
    .into_iter()
    .filter(|(_, is_filled)| *is_filled)
    .map(|(name, _)| name)
}
