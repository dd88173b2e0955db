//! The parameters of a search, shared by API and pages: read from an address, written into links.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use crate::model::{CategoryPath, is_region_code};
use crate::search::{
    FARTHEST_HIT, Facet, FacetQuery, Filters, Grouping, MOST_PASSAGES, PASSAGES, Request, Sort,
    Syntax, UNKNOWN,
};
use crate::serve::parameters::{Fault, LONGEST_VALUE, pairs};

const LARGEST_PAGE: usize = 100;
const DEFAULT_SIZE: usize = 10;
/// Values of one filter; far beyond use, short of abuse.
const MOST_VALUES: usize = 64;

const NAMES: [&str; 19] = [
    "q",
    "syntax",
    "widen",
    "category",
    "theme",
    "year",
    "agency",
    "region",
    "portal",
    "genre",
    "file",
    "status",
    "validity",
    "facet_query",
    "group",
    "sort",
    "passages",
    "page",
    "size",
];

/// What a reader asks for.
#[derive(Clone, Debug, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Question {
    /// What to look for: words, `"exact strings"`, `-word`, document numbers in any bracket; at most 500
    /// characters. Empty: every document that passes the filters.
    #[param(required = false, max_length = 500, example = "依申请公开")]
    pub(crate) q: String,
    /// How `q` is read: `simple` (default) widens words, corrects slips of typing, finds near misses, and says so;
    /// `strict` is pure set algebra. With `widen=off` both list the same wherever 20 documents hold every word.
    #[param(required = false, inline)]
    pub(crate) syntax: SyntaxName,
    /// Whether words of a `simple` question are also looked for in other ways, such as 最低生活保障 for 低保, and slips
    /// of typing are corrected; the notes `widened` and `corrected` say which. Nothing in quotes or under a negation is.
    #[param(required = false, inline)]
    pub(crate) widen: Switch,
    /// Category path, such as `policy` or `work/emergency`, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) category: Vec<String>,
    /// Theme class (主题分类) such as `综合政务` or `综合政务/政务公开`, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) theme: Vec<String>,
    /// Year of four digits, a span such as `2011..2015`, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64, example = json!(["2020"]))]
    pub(crate) year: Vec<String>,
    /// Plain name of an agency, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) agency: Vec<String>,
    /// Code of a region (GB/T 2260, six digits): it and what lies in it; or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64, example = json!(["330800"]))]
    pub(crate) region: Vec<String>,
    /// Id of a portal, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) portal: Vec<String>,
    /// Genre (体裁) such as 通知, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) genre: Vec<String>,
    /// Kind of an attached file such as `pdf`, or `unknown` for documents without files. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) file: Vec<String>,
    /// `live`, `changed`, `suspected`, `removed` or `moved`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) status: Vec<String>,
    /// Whether it is in force (有效性), as printed, or `unknown`. Several: any of them.
    #[param(required = false, max_items = 64)]
    pub(crate) validity: Vec<String>,
    /// Search inside one facet: its name, `:`, and a part of the values to list, such as `agency:财政`. Only values
    /// whose name holds it are listed for that facet; hits and counts stay as they are.
    #[param(required = false, value_type = Option<String>, max_length = 110, example = "agency:财政")]
    pub(crate) facet_query: Option<FacetQuery>,
    /// `near`: copies of one text and forms of one report are one hit, the best of them, which names the others in
    /// `copies`; and hits that fit equally well take turns by agency. `off` (default): each document is a hit.
    #[param(required = false, inline)]
    pub(crate) group: Option<GroupName>,
    /// Order of the hits; `relevance` by default.
    #[param(required = false, inline)]
    pub(crate) sort: SortName,
    /// Passages of each hit: the best ones, in the order of the text.
    #[param(required = false, minimum = 1, maximum = 10, default = 2)]
    pub(crate) passages: usize,
    /// Which page of hits, from 1; page × size is at most 10,000.
    #[param(required = false, minimum = 1, maximum = 10_000, default = 1)]
    pub(crate) page: usize,
    /// Hits on a page.
    #[param(required = false, minimum = 1, maximum = 100, default = 10)]
    pub(crate) size: usize,
}

/// How a query is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SyntaxName {
    #[default]
    Simple,
    Strict,
}

/// On or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Switch {
    #[default]
    On,
    Off,
}

/// Whether documents that belong together are one hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GroupName {
    Off,
    Near,
}

/// Order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SortName {
    #[default]
    Relevance,
    Newest,
    Oldest,
}

impl SortName {
    pub(crate) const ALL: [(Self, &str); 3] =
        [(Self::Relevance, "relevance"), (Self::Newest, "newest"), (Self::Oldest, "oldest")];

    /// The order as it stands in addresses.
    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("relevance", |(_, name)| name)
    }
}

/// Whether a facet can have a value; else what it should have been.
fn check(facet: Facet, value: &str) -> Result<(), String> {
    if value.chars().count() > LONGEST_VALUE {
        return Err(format!("a value of at most {LONGEST_VALUE} characters"));
    }
    let fits = match facet {
        _ if value == UNKNOWN => true,
        Facet::Category => CategoryPath::new(value).is_some(),
        Facet::Year => {
            let year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
            value.split_once("..").map_or(year(value), |(from, to)| year(from) && year(to))
        }
        Facet::Region => is_region_code(value),
        Facet::Portal => {
            let name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            !value.is_empty() && value.bytes().all(name)
        }
        Facet::File => !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric()),
        Facet::Status => STATUSES.contains(&value),
        Facet::Agency | Facet::Theme | Facet::Genre | Facet::Validity => !value.trim().is_empty(),
    };
    if fits { Ok(()) } else { Err(format!("{}, or `unknown`", expected(facet))) }
}

fn expected(facet: Facet) -> &'static str {
    match facet {
        Facet::Category => "a category path such as `policy` or `work/emergency`",
        Facet::Theme => "a theme class",
        Facet::Year => "a year of four digits, a span such as `2011..2015`",
        Facet::Agency => "the name of an agency",
        Facet::Region => "a region code of six digits",
        Facet::Portal => "the id of a portal",
        Facet::Genre => "a genre",
        Facet::File => "a kind of file such as `pdf`",
        Facet::Status => "live, changed, suspected, removed or moved",
        Facet::Validity => "a note on validity",
    }
}

/// The statuses that are ever shown.
const STATUSES: [&str; 5] = ["live", "changed", "suspected", "removed", "moved"];

impl Default for Question {
    fn default() -> Self {
        Self {
            q: String::new(),
            syntax: SyntaxName::default(),
            widen: Switch::default(),
            category: Vec::new(),
            theme: Vec::new(),
            year: Vec::new(),
            agency: Vec::new(),
            region: Vec::new(),
            portal: Vec::new(),
            genre: Vec::new(),
            file: Vec::new(),
            status: Vec::new(),
            validity: Vec::new(),
            facet_query: None,
            group: None,
            sort: SortName::default(),
            passages: PASSAGES,
            page: 1,
            size: DEFAULT_SIZE,
        }
    }
}

impl Question {
    /// Reads the query part of an address. What has a fault is left at its default, and told.
    pub(crate) fn read(query: &str) -> (Self, Vec<Fault>) {
        let (pairs, mut faults) = pairs(query);
        let mut question = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in &pairs {
            let read = match Facet::named(name) {
                Some(facet) => question.read_filter(facet, value),
                None if seen.contains(&name.as_str()) => {
                    Err(Fault::value(name, format!("`{name}` is given more than once")))
                }
                None => question.read_scalar(name, value),
            };
            seen.push(name);
            faults.extend(read.err());
        }
        if question.page.saturating_mul(question.size) > FARTHEST_HIT {
            let detail = format!("page × size is at most {FARTHEST_HIT}");
            faults.push(Fault::limit("page", detail));
            question.page = FARTHEST_HIT / question.size;
        }
        (question, faults)
    }

    fn read_filter(&mut self, facet: Facet, value: &str) -> Result<(), Fault> {
        let name = facet.name();
        check(facet, value).map_err(|expected| {
            Fault::value(name, format!("bad value for `{name}`; expected {expected}"))
        })?;
        let values = self.values_mut(facet);
        if values.len() >= MOST_VALUES {
            let detail = format!("`{name}` may be given at most {MOST_VALUES} times");
            return Err(Fault::limit(name, detail));
        }
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
        Ok(())
    }

    fn read_scalar(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let bad = |expected: String| {
            Fault::value(name, format!("bad value for `{name}`; expected {expected}"))
        };
        match name {
            "q" => value.clone_into(&mut self.q),
            "syntax" => {
                self.syntax = match value {
                    "simple" => SyntaxName::Simple,
                    "strict" => SyntaxName::Strict,
                    _ => return Err(bad("simple or strict".to_owned())),
                }
            }
            "widen" => {
                self.widen = match value {
                    "on" => Switch::On,
                    "off" => Switch::Off,
                    _ => return Err(bad("on or off".to_owned())),
                }
            }
            "group" => {
                self.group = match value {
                    "near" => Some(GroupName::Near),
                    "off" => Some(GroupName::Off),
                    _ => return Err(bad("near or off".to_owned())),
                }
            }
            "sort" => {
                let sort = SortName::ALL.iter().find(|(_, word)| *word == value);
                self.sort = sort.ok_or_else(|| bad("relevance, newest or oldest".to_owned()))?.0;
            }
            "facet_query" => self.facet_query = Some(value.parse().map_err(bad)?),
            "passages" => self.passages = number(value, MOST_PASSAGES).map_err(bad)?,
            "page" => self.page = number(value, FARTHEST_HIT).map_err(bad)?,
            "size" => self.size = number(value, LARGEST_PAGE).map_err(bad)?,
            _ => return Err(Fault::unknown(name, &NAMES)),
        }
        Ok(())
    }

    /// The chosen values of a facet.
    pub(crate) fn values(&self, facet: Facet) -> &[String] {
        match facet {
            Facet::Category => &self.category,
            Facet::Theme => &self.theme,
            Facet::Year => &self.year,
            Facet::Agency => &self.agency,
            Facet::Region => &self.region,
            Facet::Portal => &self.portal,
            Facet::Genre => &self.genre,
            Facet::File => &self.file,
            Facet::Status => &self.status,
            Facet::Validity => &self.validity,
        }
    }

    fn values_mut(&mut self, facet: Facet) -> &mut Vec<String> {
        match facet {
            Facet::Category => &mut self.category,
            Facet::Theme => &mut self.theme,
            Facet::Year => &mut self.year,
            Facet::Agency => &mut self.agency,
            Facet::Region => &mut self.region,
            Facet::Portal => &mut self.portal,
            Facet::Genre => &mut self.genre,
            Facet::File => &mut self.file,
            Facet::Status => &mut self.status,
            Facet::Validity => &mut self.validity,
        }
    }

    /// Whether any filter is set.
    pub(crate) fn is_filtered(&self) -> bool {
        Facet::ALL.iter().any(|facet| !self.values(*facet).is_empty())
    }

    /// The same question, one value of a facet dropped, from the first page.
    pub(crate) fn without(&self, facet: Facet, value: &str) -> Self {
        let mut other = self.at_page(1);
        other.values_mut(facet).retain(|known| known != value);
        other
    }

    /// The same question, one value of a facet added, from the first page.
    pub(crate) fn with(&self, facet: Facet, value: &str) -> Self {
        let mut other = self.without(facet, value);
        other.values_mut(facet).push(value.to_owned());
        other
    }

    /// The same question without filters, from the first page.
    pub(crate) fn without_filters(&self) -> Self {
        Self {
            q: self.q.clone(),
            syntax: self.syntax,
            widen: self.widen,
            group: self.group,
            sort: self.sort,
            passages: self.passages,
            size: self.size,
            ..Self::default()
        }
    }

    /// The same question in another order, from the first page.
    pub(crate) fn sorted(&self, sort: SortName) -> Self {
        Self { sort, ..self.at_page(1) }
    }

    /// The same question with its words as they were typed, from the first page.
    pub(crate) fn unwidened(&self) -> Self {
        Self { widen: Switch::Off, ..self.at_page(1) }
    }

    /// The same question with copies under one hit, where it does not say otherwise: how pages list.
    pub(crate) fn folded(&self) -> Self {
        Self { group: self.group.or(Some(GroupName::Near)), ..self.clone() }
    }

    /// The same question with each copy as a hit of its own, or folded again; from the first page.
    pub(crate) fn grouped(&self, group: Option<GroupName>) -> Self {
        Self { group, ..self.at_page(1) }
    }

    /// Another page of the same question.
    pub(crate) fn at_page(&self, page: usize) -> Self {
        Self { page, ..self.clone() }
    }

    /// The address of the search page for this question.
    pub(crate) fn link(&self) -> String {
        format!("/search?{}", self.query())
    }

    /// The query part of an address that asks it.
    pub(crate) fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &self.q);
        if self.syntax == SyntaxName::Strict {
            query.append_pair("syntax", "strict");
        }
        if self.widen == Switch::Off {
            query.append_pair("widen", "off");
        }
        for facet in Facet::ALL {
            for value in self.values(facet) {
                query.append_pair(facet.name(), value);
            }
        }
        if let Some(FacetQuery { facet, text }) = &self.facet_query {
            query.append_pair("facet_query", &format!("{}:{text}", facet.name()));
        }
        if let Some(group) = self.group {
            query.append_pair("group", if group == GroupName::Near { "near" } else { "off" });
        }
        if self.sort != SortName::default() {
            query.append_pair("sort", self.sort.as_str());
        }
        if self.passages != PASSAGES {
            query.append_pair("passages", &self.passages.to_string());
        }
        if self.page != 1 {
            query.append_pair("page", &self.page.to_string());
        }
        if self.size != DEFAULT_SIZE {
            query.append_pair("size", &self.size.to_string());
        }
        query.finish()
    }

    /// The question in the engine's words.
    pub(crate) fn request(&self) -> Request {
        Request {
            query: self.q.clone(),
            syntax: match self.syntax {
                SyntaxName::Simple => Syntax::Simple,
                SyntaxName::Strict => Syntax::Strict,
            },
            widen: self.widen == Switch::On,
            filters: Facet::ALL.into_iter().fold(Filters::default(), |filters, facet| {
                filters.with(facet, self.values(facet).to_vec())
            }),
            facet_query: self.facet_query.clone(),
            group: match self.group {
                None | Some(GroupName::Off) => Grouping::Off,
                Some(GroupName::Near) => Grouping::Near,
            },
            sort: match self.sort {
                SortName::Relevance => Sort::Relevance,
                SortName::Newest => Sort::Newest,
                SortName::Oldest => Sort::Oldest,
            },
            passages: self.passages,
            page: self.page,
            size: self.size,
        }
    }
}

fn number(value: &str, most: usize) -> Result<usize, String> {
    let read = value.bytes().all(|b| b.is_ascii_digit()).then(|| value.parse().ok()).flatten();
    read.filter(|n| (1..=most).contains(n)).ok_or_else(|| format!("a number from 1 to {most}"))
}

#[cfg(test)]
mod tests;
