//! The published item as we understand it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{
    CategoryPath, DocNumber, DocumentId, FilePart, FileText, Moment, PageUrl, PortalId, PublicDate,
    RegionCode, Table,
};

/// One published item: every field with the evidence that gave it; unknown is `None`, never a guess.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Stable id, made from `origin` and the part of the page.
    pub id: DocumentId,
    /// Which part of the page or record it is, by what it says; empty when it is all of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// Where it came from: with the part, its identity.
    pub origin: Origin,
    /// A link to the publisher's page.
    pub url: Option<String>,
    /// Which portal it was harvested from.
    pub portal: Option<PortalId>,
    /// GB/T 2260 code of the region it is about.
    pub region: Option<Sourced<RegionCode>>,
    /// The title.
    pub title: Sourced<String>,
    /// The text: paragraphs parted by blank lines; a single line break stays inside its paragraph.
    pub text: String,
    /// Who issued it, as printed.
    pub issuer: Option<Sourced<String>>,
    /// Where the portal says it took the text from (来源).
    pub source: Option<Sourced<String>>,
    /// The agencies meant, by their plain names; the first one is shown.
    pub agencies: Vec<String>,
    /// Its own document number (文号), never one it cites.
    pub doc_no: Option<Sourced<DocNumber>>,
    /// Index number (索引号).
    pub index_no: Option<Sourced<String>>,
    /// Theme class (主题分类) as printed.
    pub theme: Option<Sourced<String>>,
    /// The official class it stands for, with `/` before its sub-class: 综合政务/政务公开.
    #[serde(default)]
    pub theme_class: Option<Sourced<String>>,
    /// Genre (体裁) as printed, else the last word of the title.
    pub genre: Option<Sourced<String>>,
    /// Whether it is in force (有效性) as printed, in the box or as a note in title or text.
    pub validity: Option<Sourced<String>>,
    /// Canonical category.
    pub category: Sourced<CategoryPath>,
    /// The portal's own words for the category: breadcrumb or column, outermost first.
    pub category_labels: Vec<String>,
    /// When it was signed (成文日期).
    pub written_date: Option<Sourced<PublicDate>>,
    /// When it was put on the site (发布日期).
    pub published_date: Option<Sourced<PublicDate>>,
    /// The year an annual report is about.
    pub report_year: Option<Sourced<i16>>,
    /// The year an import gave without a date.
    pub given_year: Option<i16>,
    /// Files that belong to it.
    pub attachments: Vec<Attachment>,
    /// For a list of people who receive something: the day from which the time it is shown runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients_since: Option<PublicDate>,
    /// Annexes that the text names and no link leads to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named_files: Vec<String>,
    /// The numbers of other documents that title and text cite, each once, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<DocNumber>,
    /// The tables of the text as grids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Whether it is still published.
    pub status: Status,
    /// Since when its status holds, and what goes with it.
    #[serde(default, skip_serializing_if = "Standing::is_plain")]
    pub standing: Standing,
    /// When the answer was captured that this was read from.
    pub captured_at: Moment,
    /// What was odd about the page.
    pub warnings: Vec<Warning>,
}

impl Document {
    /// A whole page or record of which only title and text are known; everything else is unknown, the status live.
    pub fn bare(origin: Origin, title: Sourced<String>, text: String, captured_at: Moment) -> Self {
        let url = match &origin {
            Origin::Web { url } => Some(url.to_string()),
            Origin::Import { .. } => None,
        };
        Self {
            id: DocumentId::of(&origin, ""),
            part: String::new(),
            origin,
            url,
            portal: None,
            region: None,
            title,
            text,
            issuer: None,
            source: None,
            agencies: Vec::new(),
            doc_no: None,
            index_no: None,
            theme: None,
            theme_class: None,
            genre: None,
            validity: None,
            category: Sourced::new(CategoryPath::other(), Evidence::Default),
            category_labels: Vec::new(),
            written_date: None,
            published_date: None,
            report_year: None,
            given_year: None,
            attachments: Vec::new(),
            recipients_since: None,
            named_files: Vec::new(),
            citations: Vec::new(),
            tables: Vec::new(),
            status: Status::Live,
            standing: Standing::default(),
            captured_at,
            warnings: Vec::new(),
        }
    }

    /// The same as a part of its page or record, with an id of its own.
    #[must_use]
    pub fn as_part(self, part: String) -> Self {
        Self { id: DocumentId::of(&self.origin, &part), part, ..self }
    }

    /// The year of a document: report year, else that of the written, else of the published date, else as given.
    pub fn year(&self) -> Option<i16> {
        let year = |date: &Option<Sourced<PublicDate>>| date.as_ref().map(|d| d.value.year());
        self.report_year
            .as_ref()
            .map(|y| y.value)
            .or_else(|| year(&self.written_date))
            .or_else(|| year(&self.published_date))
            .or(self.given_year)
    }

    /// The agency shown: the first one resolved.
    pub fn agency(&self) -> Option<&str> {
        self.agencies.first().map(String::as_str)
    }

    /// Since when it is suspected, removed, moved or withheld.
    pub fn status_since(&self) -> Option<Moment> {
        self.standing.since.filter(|_| self.refused_since().is_none())
    }

    /// Since when its portal refuses to show us its page, where nothing worse is known of it.
    pub fn refused_since(&self) -> Option<Moment> {
        self.standing.since.filter(|_| matches!(self.status, Status::Live | Status::Changed))
    }

    /// Everything in it that can be searched, part by part: title, text, and each part of each file.
    pub fn searchable(&self) -> impl Iterator<Item = &str> {
        let parts = self.attachments.iter().flat_map(Attachment::parts);
        let files = parts.map(|part| part.text.as_str());
        [self.title.value.as_str(), self.text.as_str()].into_iter().chain(files)
    }

    /// The id an import gave.
    pub fn external_id(&self) -> Option<&str> {
        match &self.origin {
            Origin::Web { .. } => None,
            Origin::Import { id, .. } => Some(id),
        }
    }
}

/// The paragraphs of a text as [`Document::text`] holds it.
pub fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (start, end) = blank_line(rest).unwrap_or((rest.len(), rest.len()));
            let paragraph = rest[..start].trim();
            rest = &rest[end..];
            if !paragraph.is_empty() {
                return Some(paragraph);
            }
        }
        None
    })
}

/// The first run of line breaks that holds an empty line: where it starts and ends, in bytes.
fn blank_line(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('\n').map(|at| at + from) {
        let after = &text[at..];
        let space = after.len() - after.trim_start().len();
        if after[..space].matches('\n').count() > 1 {
            return Some((at, at + space));
        }
        from = at + 1;
    }
    None
}

/// Where a document came from; with the part of the page, its identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Origin {
    /// A page that was captured.
    Web {
        /// Its address.
        url: PageUrl,
    },
    /// A record of an import file.
    Import {
        /// Name of the set.
        set: String,
        /// The record's id in the set.
        id: String,
    },
}

/// A value with the evidence that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// What is believed.
    pub value: T,
    /// Why.
    pub evidence: Evidence,
}

impl<T> Sourced<T> {
    /// A value with its evidence.
    pub fn new(value: T, evidence: Evidence) -> Self {
        Self { value, evidence }
    }
}

/// Which place of a page gave a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "what")]
pub enum Evidence {
    /// A selector of the portal file.
    Selector(String),
    /// A `<meta>` tag, by name.
    Meta(String),
    /// A label of the metadata box.
    Box(String),
    /// A label in a line of text, such as 来源：.
    Line(String),
    /// A value in the page's own script, by its key.
    Script(String),
    /// A heading on the page.
    Heading,
    /// The `<title>` element.
    TitleElement,
    /// The list page: its link or the date beside it.
    List,
    /// The breadcrumb trail.
    Breadcrumb,
    /// The column of the portal file.
    Column,
    /// What the portal file says of the whole portal.
    Portal,
    /// The address.
    Url,
    /// The document's title.
    Title,
    /// The first lines of the text.
    TextHead,
    /// The signature at the end of the text (落款).
    SignOff,
    /// Elsewhere in the text.
    Text,
    /// Computed from another field, by name.
    Derived(String),
    /// A field of an import record, by name.
    Import(String),
    /// Nothing: no rule applied.
    Default,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, what) = match self {
            Self::Selector(what) => ("selector", what.as_str()),
            Self::Meta(what) => ("meta", what.as_str()),
            Self::Box(what) => ("box", what.as_str()),
            Self::Line(what) => ("line", what.as_str()),
            Self::Script(what) => ("script", what.as_str()),
            Self::Derived(what) => ("derived", what.as_str()),
            Self::Import(what) => ("import", what.as_str()),
            Self::Heading => ("heading", ""),
            Self::TitleElement => ("title element", ""),
            Self::List => ("list", ""),
            Self::Breadcrumb => ("breadcrumb", ""),
            Self::Column => ("column", ""),
            Self::Portal => ("portal", ""),
            Self::Url => ("url", ""),
            Self::Title => ("title", ""),
            Self::TextHead => ("head of the text", ""),
            Self::SignOff => ("sign-off", ""),
            Self::Text => ("text", ""),
            Self::Default => ("default", ""),
        };
        if what.is_empty() { f.write_str(word) } else { write!(f, "{word} {what}") }
    }
}

/// A file that belongs to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where it is.
    pub url: String,
    /// Its name as the page prints it.
    pub name: String,
    /// What is held of it; `None` until it was fetched and read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<AttachedFile>,
}

impl Attachment {
    /// A file as a page names it.
    pub fn new(url: String, name: String) -> Self {
        Self { url, name, file: None }
    }

    /// Its parts: pages, sheets, members.
    pub fn parts(&self) -> &[FilePart] {
        self.file.as_ref().map_or(&[], |file| &file.text.parts)
    }
}

/// The content of a file that belongs to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// Digest of the payload, as the archive writes it.
    pub digest: String,
    /// Length in bytes.
    pub bytes: u64,
    /// What was read from it.
    pub text: FileText,
}

/// Whether a document is still published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Still there at the last check.
    #[default]
    Live,
    /// Still there, with another text than the one first kept.
    Changed,
    /// Said to be gone, not often or long enough to believe it.
    Suspected,
    /// Gone; we keep it and say so.
    Removed,
    /// At another address of its portal; we keep what stood here.
    Moved,
    /// Held, but closed by robots.txt or taken down: never shown.
    Withheld,
}

impl Status {
    /// The status as it stands in exports and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Changed => "changed",
            Self::Suspected => "suspected",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Withheld => "withheld",
        }
    }
}

/// What goes with a document's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Since when it is suspected, removed, moved or withheld: the first check that found it so. Of a document that is
    /// still there for all we know: since when its portal refuses to show us its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// When its text was first seen to differ from the one before it; `None` while it is the one first kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Moment>,
    /// Where it moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<PageUrl>,
}

impl Standing {
    /// Whether there is nothing to say beside the status.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Something odd about a page that did not stop it from becoming a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Short name of the kind, such as `body_truncated`; the same for all of its kind.
    pub code: String,
    /// What was seen, for people.
    pub detail: String,
}

impl Warning {
    /// A warning of a kind.
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), detail: detail.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_end_at_blank_lines_only() {
        let text = "\n一\n续\n\n二\r\n \r\n三\n";
        assert_eq!(paragraphs(text).collect::<Vec<_>>(), ["一\n续", "二", "三"]);
        assert_eq!(paragraphs(" \n\n ").count(), 0);
    }
}
