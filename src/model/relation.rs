//! How documents belong together: copies, editions, citations.

use serde::{Deserialize, Serialize};

use crate::model::{DocumentId, PortalId, PublicDate};

/// What a document is compared by, and the names it bears and cites.
#[expect(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Digest of what counts of its text and files.
    pub digest: i64,
    /// Numbers that texts which resemble each other have in common by place; empty for a text too short for that.
    #[serde(skip)]
    pub sketch: Vec<u32>,
    /// Characters that count.
    pub length: u32,
    /// Digest of the core of its title.
    pub title: i64,
    /// Its agencies, as resolved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<String>,
    /// Its own document number, in normal form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The year an annual report is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_year: Option<i16>,
    /// When this wording was decided, as a number `YYYYMMDD`; `MMDD` is 0 where only the year is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<i32>,
    /// When it was published, else written: days since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<i32>,
    /// Whether the page names no other publisher than its own agency.
    #[serde(default)]
    pub is_own: bool,
    /// Whether it is one form of an annual report that has others: a picture version, or a page whose text is in a file.
    #[serde(default)]
    pub is_form: bool,
    /// Whether it is an annual report, and not a table or notice about one.
    #[serde(default)]
    pub is_report: bool,
    /// Whether it is said to have been changed or repealed.
    #[serde(default)]
    pub is_outdated: bool,
    /// For a law, regulation or rule: digest of the name that its editions share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regulation: Option<i64>,
    /// The names it can be cited by.
    #[serde(skip)]
    pub bears: Vec<BorneName>,
    /// The names it cites.
    #[serde(skip)]
    pub cites: Vec<CitedName>,
}

/// What documents are cited by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "name")]
pub enum CitedName {
    /// A document number in normal form.
    Number(String),
    /// What counts of a title between 《 and 》.
    Title(String),
}

impl CitedName {
    /// `number` or `title`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Title(_) => "title",
        }
    }

    /// The number or title.
    pub fn text(&self) -> &str {
        match self {
            Self::Number(text) | Self::Title(text) => text,
        }
    }
}

/// A name that a document can be cited by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BorneName {
    /// The name.
    pub name: CitedName,
    /// Whether it is the whole name; a shortened one is only meant where no document bears it whole.
    pub is_whole: bool,
}

/// How a document belongs to the first of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kinship {
    /// The same text elsewhere.
    Reprint,
    /// The same report in another form: pictures, a file, a page of its own.
    Variant,
}

impl Kinship {
    /// The word that stands in the catalogue, in exports and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reprint => "reprint",
            Self::Variant => "variant",
        }
    }
}

/// A document beside another one, as far as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its id.
    pub id: DocumentId,
    /// Its title.
    pub title: String,
    /// Its portal.
    pub portal: Option<PortalId>,
    /// When it was published, else written.
    pub date: Option<PublicDate>,
}

/// Some of a list, and how long it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt<T> {
    /// The first ones.
    pub first: Vec<T>,
    /// How many there are.
    pub total: u64,
}

impl<T> Default for Excerpt<T> {
    fn default() -> Self {
        Self { first: Vec::new(), total: 0 }
    }
}

/// A group of documents with one text, or of one report in several forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The first publisher's.
    pub leader: DocumentId,
    /// Everyone in it, the leader first (it is of no kinship), the others in the order of their dates.
    pub members: Excerpt<(Relative, Option<Kinship>)>,
}

/// Everything that a document has to do with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    /// Its group; `None` when it is alone.
    pub group: Option<Group>,
    /// Older editions of the same regulation, the newest of them first.
    pub amends: Excerpt<Relative>,
    /// Newer editions, the oldest of them first.
    pub amended_by: Excerpt<Relative>,
    /// Documents it cites that are held, with the name that stands in its text.
    pub cites: Excerpt<(Relative, CitedName)>,
    /// Documents that cite it or a document of its group, the newest first, with the name that stands in their text.
    pub cited_by: Excerpt<(Relative, CitedName)>,
}
