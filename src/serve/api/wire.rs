//! Pieces that several answers share, in the shape they travel in.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{self, Evidence};
use crate::search;

/// A piece of text: as published, and whether the query matched it. Joined, the pieces are the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Segment {
    /// The piece, as published.
    text: String,
    /// Whether the query matched it.
    hit: bool,
    /// In a passage of an attachment: the attachment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<String>,
    /// In a passage of an attachment: its page, sheet or member, as people are told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

/// Segments in the shape they travel in.
pub(crate) fn segments(segments: Vec<search::Segment>) -> Vec<Segment> {
    let plain =
        |s: search::Segment| Segment { text: s.text, hit: s.hit, attachment: None, page: None };
    segments.into_iter().map(plain).collect()
}

/// A passage: every segment of it says which file it stands in.
pub(crate) fn passage(passage: search::Passage) -> Vec<Segment> {
    let (attachment, page) = passage.place.map(|place| (place.attachment, place.page)).unzip();
    let page = page.filter(|page| !page.is_empty());
    let placed =
        |segment| Segment { attachment: attachment.clone(), page: page.clone(), ..segment };
    segments(passage.segments).into_iter().map(placed).collect()
}

/// Whether a document is still published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Still there at the last check.
    Live,
    /// Still there, with another text than the one first kept.
    Changed,
    /// Said to be gone, not often or long enough to believe it.
    Suspected,
    /// Gone from its portal; kept here.
    Removed,
    /// At another address of its portal; what stood at this one is kept here.
    Moved,
    /// Closed; never shown.
    Withheld,
}

impl From<model::Status> for Status {
    fn from(status: model::Status) -> Self {
        match status {
            model::Status::Live => Self::Live,
            model::Status::Changed => Self::Changed,
            model::Status::Moved => Self::Moved,
            model::Status::Suspected => Self::Suspected,
            model::Status::Removed => Self::Removed,
            model::Status::Withheld => Self::Withheld,
        }
    }
}

/// The address when it is one of the web; anything else (`javascript:` …) must not become a link.
pub(crate) fn web_address(address: &str) -> Option<String> {
    model::PageUrl::parse(address).is_ok().then(|| address.trim().to_owned())
}

/// Kind of place that gave a value, and which one where the kind has several.
pub(crate) fn evidence_words(evidence: &Evidence) -> (&'static str, Option<&str>) {
    match evidence {
        Evidence::Selector(what) => ("selector", Some(what)),
        Evidence::Meta(what) => ("meta", Some(what)),
        Evidence::Box(what) => ("box", Some(what)),
        Evidence::Line(what) => ("line", Some(what)),
        Evidence::Derived(what) => ("derived", Some(what)),
        Evidence::Import(what) => ("import", Some(what)),
        Evidence::Script(what) => ("script", Some(what)),
        Evidence::Heading => ("heading", None),
        Evidence::TitleElement => ("title_element", None),
        Evidence::List => ("list", None),
        Evidence::Breadcrumb => ("breadcrumb", None),
        Evidence::Column => ("column", None),
        Evidence::Portal => ("portal", None),
        Evidence::Url => ("url", None),
        Evidence::Title => ("title", None),
        Evidence::TextHead => ("text_head", None),
        Evidence::SignOff => ("sign_off", None),
        Evidence::Text => ("text", None),
        Evidence::Default => ("default", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(web_address(" http://a.gov.cn/x#y ").as_deref(), Some("http://a.gov.cn/x#y"));
        for hostile in ["javascript:alert(1)", "data:text/html,x", "//a.gov.cn", "", "附件.doc"] {
            assert_eq!(web_address(hostile), None, "{hostile}");
        }
    }
}
