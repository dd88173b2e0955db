//! One website of a government: what its file says, with the defaults beneath it.

use std::path::Path;

use crate::config::{
    Categories, Crawler, CssSelector, Limits, ListRules, Politeness, Revisit,
    reader::Reader,
    value::{
        address, category, day, either, flag, host, link, one_of, region, selector, text,
        text_where,
    },
};
use crate::model::{CategoryPath, PageUrl, PortalId, PublicDate, RegionCode};

/// One portal, whole and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// Its name in addresses, files and options: the name of its file.
    pub id: PortalId,
    /// Its name for people.
    pub name: String,
    /// Where its pages live: never empty, each ends with `/`. The first one is what relative addresses start from.
    pub bases: Vec<PageUrl>,
    /// The region it speaks for.
    pub region: RegionCode,
    /// Its columns (栏目), each with a list page.
    pub columns: Vec<Column>,
    /// How its lists are read.
    pub list: ListRules,
    /// Where the fields stand on its detail pages.
    pub detail: DetailRules,
    /// Whether somebody compared what was harvested with the site.
    pub verified: Verified,
    /// Whether its hosts may be at private, loopback or link-local addresses.
    pub allow_private: bool,
    /// Hosts besides its own that its attachments may be on, each as [`PageUrl::authority`] writes it.
    pub attachment_hosts: Vec<String>,
    /// Whether the style sheets and pictures of its detail pages are fetched too, so that they can be shown as they were.
    pub requisites: bool,
    /// Hosts whose certificate is not checked, because it is known to be bad.
    pub insecure_tls: Vec<String>,
    /// How gently it is asked.
    pub politeness: Politeness,
    /// How long, large and often anything of it may be.
    pub limits: Limits,
    /// How soon its pages are asked for again.
    pub revisit: Revisit,
}

/// One column of a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name as printed.
    pub name: String,
    /// The first page of its list.
    pub list: PageUrl,
    /// What its documents are, where it holds one kind only.
    pub category: Option<CategoryPath>,
    /// Who issues its documents, where it belongs to one agency.
    pub agency: Option<String>,
}

/// Where the fields stand on a detail page; what is not given is found by general rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailRules {
    /// The title.
    pub title: Option<CssSelector>,
    /// The element that holds the text and nothing else.
    pub body: Option<CssSelector>,
    /// The day it was put on the site (发布日期).
    pub published_date: Option<CssSelector>,
    /// The day it was signed (成文日期).
    pub written_date: Option<CssSelector>,
    /// Who issued it (发文机关).
    pub issuer: Option<CssSelector>,
    /// Where the portal took it from (来源).
    pub source: Option<CssSelector>,
    /// Its document number (文号).
    pub doc_no: Option<CssSelector>,
    /// Its index number (索引号).
    pub index_no: Option<CssSelector>,
    /// The trail that leads to it (当前位置).
    pub breadcrumb: Option<CssSelector>,
    /// The element that holds the links to its attachments.
    pub attachments: Option<CssSelector>,
}

/// Whether what was harvested was compared with the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// Nobody did.
    Never,
    /// On that day.
    On(PublicDate),
}

impl Portal {
    /// Whether an address belongs to this portal: on one of its hosts and below that base; `http` and `https` are one.
    pub fn covers(&self, url: &PageUrl) -> bool {
        below_one_of(&self.bases, url)
    }

    /// Whether this address is asked over TLS without a look at the certificate.
    pub fn trusts_blindly(&self, url: &PageUrl) -> bool {
        url.as_url().scheme() == "https" && self.insecure_tls.iter().any(|host| host == url.host())
    }

    /// Reads a portal file; `None` when something needed is missing or wrong.
    pub(super) fn read(
        file: &mut Reader<'_>,
        path: &Path,
        crawler: &Crawler,
        categories: &Categories,
    ) -> Option<Self> {
        let id = read_id(file, path);
        let name = file.required("name", &text("the name of the portal"));
        let bases = read_bases(file);
        let region = file.required("region", &region());
        let verified = read_verified(file);
        let allow_private = file.optional("allow_private", &flag()).unwrap_or(false);
        let insecure_tls = read_insecure(file, &bases);
        let columns = read_columns(file, &bases, categories);
        let list = file.table("list", ListRules::read).unwrap_or_default();
        let detail = file.table("detail", DetailRules::read).unwrap_or_default();
        let requisites = file.optional("requisites", &flag()).unwrap_or(false);
        let hosts = file.table("attachments", |table| table.list("hosts", &host())).flatten();
        let Crawler { mut politeness, mut limits, mut revisit, .. } = crawler.clone();
        file.table("politeness", |table| politeness.read(table));
        file.table("limits", |table| limits.read(table));
        file.table("revisit", |table| revisit.read(table));
        let (id, name, region, verified) = (id?, name?, region?, verified?);
        Some(Self {
            id,
            name,
            bases,
            region,
            columns,
            list,
            detail,
            verified,
            allow_private,
            attachment_hosts: hosts.unwrap_or_default(),
            requisites,
            insecure_tls,
            politeness,
            limits,
            revisit,
        })
    }
}

fn below_one_of(bases: &[PageUrl], url: &PageUrl) -> bool {
    let below =
        |base: &PageUrl| base.authority() == url.authority() && url.path().starts_with(base.path());
    bases.iter().any(below)
}

/// The id, which is the name of the file; a file that begins with `_` is no portal and needs only a well-formed one.
fn read_id(file: &mut Reader<'_>, path: &Path) -> Option<PortalId> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let expected =
        format!("the name of the file, \"{stem}\", in lower-case letters, digits and `-`");
    let accept = |text: &str| is_id(text) && (text == stem || stem.starts_with('_'));
    file.required("id", &text_where(&expected, accept))
}

fn is_id(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(fine) && !text.starts_with('-')
}

fn read_bases(file: &mut Reader<'_>) -> Vec<PageUrl> {
    let bases = file.list("bases", &address()).unwrap_or_default();
    if file.lacks("bases") {
        file.missing("bases", "a list of addresses, such as [\"https://www.example.gov.cn/\"]");
    }
    for base in &bases {
        if !base.path().ends_with('/') || base.as_url().query().is_some() {
            file.mistake("bases", format!("{:?}", base.as_str()), "addresses that end with `/`");
        }
    }
    bases
}

/// Only hosts of the portal itself can be excused.
fn read_insecure(file: &mut Reader<'_>, bases: &[PageUrl]) -> Vec<String> {
    let of_a_base = |host: &str| bases.iter().any(|base| base.host() == host);
    let expected = "the host of one of `bases`, such as \"www.example.gov.cn\"";
    file.list("insecure_tls", &text_where(expected, of_a_base)).unwrap_or_default()
}

fn read_verified(file: &mut Reader<'_>) -> Option<Verified> {
    let expected = "\"never\", or the day it was compared with the site, such as 2026-11-22";
    let never = one_of(&[("never", Verified::Never)]);
    file.required("verified", &either(expected, never, day(expected).map(Verified::On)))
}

fn read_columns(file: &mut Reader<'_>, bases: &[PageUrl], categories: &Categories) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    file.tables("columns", |table| {
        let name = table.required("name", &text("the name of the column"));
        let list = match bases.first() {
            Some(base) => table.required("list", &link(base)),
            None => table.required("list", &text("an address")).and(None),
        };
        let category = table.optional("category", &category(|path| categories.has(path)));
        let agency = table.optional("agency", &text("the name of an agency"));
        if let Some((name, list)) = name.zip(list) {
            check_column(table, &name, &list, bases, &columns);
            columns.push(Column { name, list, category, agency });
        }
    });
    if file.lacks("columns") {
        file.missing("columns", "a block [[columns]] for each column to harvest");
    }
    columns
}

fn check_column(
    table: &Reader<'_>,
    name: &str,
    list: &PageUrl,
    bases: &[PageUrl],
    before: &[Column],
) {
    if !below_one_of(bases, list) {
        table.mistake("list", format!("{:?}", list.as_str()), "an address below one of `bases`");
    }
    if before.iter().any(|column| column.name == name) {
        table.mistake(
            "name",
            format!("{name:?} a second time"),
            "a name of its own for every column",
        );
    }
    if before.iter().any(|column| column.list.key() == list.key()) {
        table.mistake(
            "list",
            format!("{:?} a second time", list.as_str()),
            "one column for every list",
        );
    }
}

impl DetailRules {
    fn read(table: &mut Reader<'_>) -> Self {
        Self {
            title: table.optional("title", &selector()),
            body: table.optional("body", &selector()),
            published_date: table.optional("published_date", &selector()),
            written_date: table.optional("written_date", &selector()),
            issuer: table.optional("issuer", &selector()),
            source: table.optional("source", &selector()),
            doc_no: table.optional("doc_no", &selector()),
            index_no: table.optional("index_no", &selector()),
            breadcrumb: table.optional("breadcrumb", &selector()),
            attachments: table.optional("attachments", &selector()),
        }
    }
}
