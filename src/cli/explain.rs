//! `gongkai explain`: how a page is read, for the author of a portal file.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::archive::Reader;
use crate::catalogue::{Catalogue, State};
use crate::cli::curated;
use crate::cli::pages::described;
use crate::cli::relations::related;
use crate::cli::store::{self, CATALOGUE};
use crate::cli::{Exit, Globals, note, say};
use crate::config::{Categories, Config, Portal};
use crate::crawl;
use crate::extract::{self, PageReading};
use crate::model::{
    Answer, Capture, Context, Document, DocumentId, Headers, KnownPage, Listed, Moment, PageKind,
    PageUrl, Sourced, Warning, paragraphs,
};
use crate::resolve::{self, Book};

/// Show how a saved or archived page is read: every field with what gave it, and what was left out
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// A saved page, the address of a page in the archive (its latest answer is taken), or the id of a document, to see
    /// what it has to do with others
    #[arg(value_name = "FILE-URL-or-ID")]
    page: String,
    /// Read it with the selectors of this portal file; for an archived page its own portal is the default
    #[arg(long, value_name = "ID")]
    portal: Option<String>,
    /// For a saved page: the Content-Type that the server sent with it, such as "text/html; charset=gbk"
    #[arg(long, value_name = "TYPE")]
    charset_header: Option<String>,
    /// For a saved page: the address it was saved from; links and dates are read from it
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    if let (Ok(id), false) = (args.page.parse(), Path::new(&args.page).try_exists()?) {
        held(globals, &id)?.into_iter().for_each(say);
        return Ok(Exit::Done);
    }
    let config = curated::load(globals).config;
    let mut capture = match PageUrl::parse(&args.page) {
        Ok(url) => {
            let Some(capture) = archived(globals, &url)? else { return Ok(Exit::Done) };
            capture
        }
        Err(_) => saved(args)?,
    };
    if capture.context.kind == PageKind::Requisite && args.portal.is_none() {
        requisite(&capture, &config).into_iter().for_each(say);
        return Ok(Exit::Done);
    }
    // Whatever else it was fetched as, the question is how it reads as a document.
    capture.context.kind = PageKind::Detail;
    let id = args.portal.as_deref().unwrap_or(&capture.context.portal);
    let portal = config.portals.iter().find(|portal| portal.id == id);
    if let (Some(asked), None) = (&args.portal, portal) {
        note(curated::no_portal(asked, config.portals.into_iter().map(|portal| portal.id)));
        return Ok(Exit::Mistakes);
    }
    explain(&capture, portal, &config).into_iter().for_each(say);
    Ok(Exit::Done)
}

/// The latest answer from an address, after what became of it was said; `None` when it is known but never answered.
fn archived(globals: &Globals, url: &PageUrl) -> anyhow::Result<Option<Capture>> {
    let state = State::open(&globals.data.join("state.sqlite"))?;
    let known = state.page(&url.key())?;
    if let Some(page) = &known {
        say(format_args!("state      {}", described(page, changed_at(globals, url)?)));
    }
    let Some(row) = state.newest_capture(&url.key())? else {
        if known.is_none() {
            bail!("{url} is not in the archive below {}", globals.data.display());
        }
        return Ok(None);
    };
    Reader::open(&globals.data.join("archive"))?.capture(&row.position).map(Some)
}

/// A document that is held, and what it has to do with others.
fn held(globals: &Globals, id: &DocumentId) -> anyhow::Result<Vec<String>> {
    let catalogue = store::catalogue(globals)?;
    let document = catalogue.document(id)?.with_context(|| format!("there is no document {id}"))?;
    let mut lines = vec![
        format!("id         {id}"),
        format!("title      {}", shown(&document.title.value)),
        format!("url        {}", document.url.as_deref().unwrap_or("-")),
    ];
    lines.extend(related(&catalogue, id)?);
    Ok(lines)
}

/// When the text of a page's document was last seen to change.
fn changed_at(globals: &Globals, url: &PageUrl) -> anyhow::Result<Option<Moment>> {
    let path = globals.data.join(CATALOGUE);
    if !path.try_exists()? {
        return Ok(None);
    }
    let catalogue = Catalogue::open_read_only(&path)?;
    let documents = catalogue.by_url(&url.key())?;
    for document in &documents {
        related(&catalogue, &document.id)?.into_iter().for_each(say);
    }
    Ok(documents.iter().filter_map(|document| document.standing.changed_at).max())
}

/// A saved page as if it had just been answered.
fn saved(args: &Args) -> anyhow::Result<Capture> {
    let path = Path::new(&args.page);
    let body = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let changed = std::fs::metadata(path)?.modified()?;
    let url = match &args.url {
        Some(url) => PageUrl::parse(url).with_context(|| format!("--url {url}"))?,
        None => PageUrl::parse("http://saved.invalid/")?,
    };
    let header = args.charset_header.iter().map(|kind| ("Content-Type".to_owned(), kind.clone()));
    Ok(Capture {
        url,
        at: Moment::try_from(changed).unwrap_or(Moment::UNIX_EPOCH),
        request: Headers::default(),
        answer: Answer { status: 200, headers: Headers(header.collect()), body: body.into() },
        truncated: None,
        unverified_tls: false,
        context: Context {
            portal: args.portal.clone().unwrap_or_default(),
            column: String::new(),
            kind: PageKind::Detail,
            listed: Listed::default(),
            referrer: None,
            redirected_from: None,
            form: None,
        },
    })
}

/// The explanation, line by line.
fn explain(capture: &Capture, portal: Option<&Portal>, config: &Config) -> Vec<String> {
    let extraction = extract::extract(capture, portal, &config.categories);
    let mut lines = vec![format!("page       {}, captured {}", capture.url, capture.at)];
    lines.push(match portal {
        Some(portal) => format!("portal     {} ({})", portal.id, portal.name),
        None => "portal     none: general rules only".to_owned(),
    });
    lines.extend(extraction.reading.iter().flat_map(reading));
    let book = Book::new(&config.regions, &config.agencies);
    for mut document in extraction.documents {
        resolve::place(&mut document, portal, &capture.context.column, &book);
        lines.extend(fields(&document, &config.categories));
        lines.extend(warnings(&document.warnings));
        lines.extend(text(&document.text));
    }
    lines.extend(warnings(&extraction.warnings));
    lines.extend(leads_to(capture, portal, config));
    lines
}

/// A style sheet or picture, which is no document.
fn requisite(capture: &Capture, config: &Config) -> Vec<String> {
    let Capture { url, at, answer, context, .. } = capture;
    let portal = config.portals.iter().find(|portal| portal.id == context.portal);
    let kind = answer.headers.get("content-type").unwrap_or("unknown type");
    let named_by = context.referrer.as_ref().map_or("-", PageUrl::as_str);
    let mut lines = vec![
        format!("requisite  {url}, captured {at}"),
        format!("portal     {}", context.portal),
        format!("shown with {named_by}"),
        format!("answer     {}, {}, {} bytes", answer.status, shown(kind), answer.body.len()),
    ];
    lines.extend(leads_to(capture, portal, config));
    lines
}

/// What a page or a style sheet is shown with, where its portal file wants that.
fn leads_to(capture: &Capture, portal: Option<&Portal>, config: &Config) -> Vec<String> {
    let Some(portal) = portal else { return Vec::new() };
    let page = KnownPage::found(capture.url.clone(), capture.context.clone(), 0, capture.at);
    let found = crawl::discover(portal, &page, capture, &config.crawler.attachments).into_iter();
    let requisites = found.filter(|page| page.context.kind == PageKind::Requisite);
    requisites.map(|page| format!("requisite  {}", page.url)).collect()
}

fn reading(reading: &PageReading) -> Vec<String> {
    let mut lines = vec![
        format!("charset    {} ({})", reading.charset, reading.charset_evidence),
        format!("body       {}", reading.body.as_deref().unwrap_or("none found")),
    ];
    lines.extend(reading.cut.map(|cut| format!("cut        {cut}")));
    lines.extend(reading.left_out.iter().map(|block| format!("left out   {}", shown(block))));
    lines
}

fn fields(document: &Document, categories: &Categories) -> Vec<String> {
    let mut lines = vec![String::new(), format!("id         {}", document.id)];
    let mut field = |name: &str, value: Option<(String, String)>| {
        lines.push(match value {
            Some((value, evidence)) => format!("{name:<10} {}   [{evidence}]", shown(&value)),
            None => format!("{name:<10} -"),
        });
    };
    field("title", Some(told(&document.title)));
    field("published", document.published_date.as_ref().map(told));
    field("written", document.written_date.as_ref().map(told));
    field("issuer", document.issuer.as_ref().map(told));
    field("source", document.source.as_ref().map(told));
    field("doc_no", document.doc_no.as_ref().map(told));
    field("index_no", document.index_no.as_ref().map(told));
    field("theme", document.theme.as_ref().map(told));
    field("theme_class", document.theme_class.as_ref().map(told));
    field("genre", document.genre.as_ref().map(told));
    field("validity", document.validity.as_ref().map(told));
    field("region", document.region.as_ref().map(told));
    field("report_year", document.report_year.as_ref().map(told));
    let (path, evidence) = told(&document.category);
    let name = categories.name(&document.category.value).unwrap_or("?");
    lines.push(format!("category   {path} ({name})   [{evidence}]"));
    lines.push(format!("labels     {}", document.category_labels.join(" > ")));
    lines.push(format!("agencies   {}", document.agencies.join(", ")));
    for attachment in &document.attachments {
        lines.push(format!("attachment {}   {}", shown(&attachment.name), attachment.url));
    }
    lines
}

fn told<T: std::fmt::Display>(sourced: &Sourced<T>) -> (String, String) {
    (sourced.value.to_string(), sourced.evidence.to_string())
}

fn warnings(warnings: &[Warning]) -> Vec<String> {
    warnings
        .iter()
        .map(|warning| format!("warning    {}: {}", warning.code, warning.detail))
        .collect()
}

/// Paragraphs shown of each end of the text.
const SHOWN: usize = 5;

/// The first and last paragraphs of a text.
fn text(text: &str) -> Vec<String> {
    let all: Vec<&str> = paragraphs(text).collect();
    let mut lines = vec![
        String::new(),
        format!("text       {} paragraphs, {} characters", all.len(), text.chars().count()),
    ];
    let hidden = all.len().saturating_sub(2 * SHOWN);
    let first = if hidden > 0 { SHOWN } else { all.len() };
    lines.extend(all[..first].iter().map(|paragraph| format!("  {}", shown(paragraph))));
    if hidden > 0 {
        lines.push(format!("  … {hidden} more …"));
        lines.extend(
            all[all.len() - SHOWN..].iter().map(|paragraph| format!("  {}", shown(paragraph))),
        );
    }
    lines
}

/// A text on one line, cut where it is long; control characters cannot reach the terminal.
fn shown(text: &str) -> String {
    const LONGEST: usize = 160;
    let one_line: String = text
        .chars()
        .take(LONGEST)
        .map(|c| match c {
            '\n' => '⏎',
            '\t' => '│',
            _ if c.is_control() => ' ',
            _ => c,
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() { one_line + "…" } else { one_line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_page_is_explained() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        let page = "<title>关于防汛的通知_灵洲市人民政府</title><h1>关于防汛的通知</h1>\
            <div id=zoom><p>灵政发〔2020〕3号</p><p>各县区：现就防汛工作通知如下。</p></div>";
        std::fs::write(&path, page).unwrap();
        let args = Args {
            page: path.display().to_string(),
            portal: None,
            charset_header: None,
            url: Some("http://www.example.gov.cn/202001/t20200131_7.html".to_owned()),
        };
        let dirs = crate::config::Dirs {
            crawler: folder.path().join("c"),
            index: folder.path().join("i"),
        };
        let lines =
            explain(&saved(&args).unwrap(), None, &crate::config::load(&dirs).config).join("\n");
        for said in [
            "charset    UTF-8 (the bytes are valid UTF-8)",
            "title      关于防汛的通知   [heading]",
            "doc_no     灵政发〔2020〕3号   [head of the text]",
            "published  2020-01-31   [url]",
            "body       known container zoom",
        ] {
            assert!(lines.contains(said), "{said} in\n{lines}");
        }
    }
}
