//! `gongkai eval extraction`: saved inputs → what the pipeline reads from them, in the form that a scorer compares.
//!
//! A page becomes a capture and a report an imported record, and then goes the way that every capture and record goes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cli::clock::now;
use crate::cli::{Exit, Globals, curated, read_file, say};
use crate::config::{Config, Portal};
use crate::crawl::{discover, probe};
use crate::extract::{self, Extraction, PageShape, ReportStatus};
use crate::figures;
use crate::model::{
    Answer, Capture, Context, Document, Figure, Headers, Imported, KnownPage, Listed, PageKind,
    PageUrl, ReportFormat, Sourced,
};
use crate::resolve::{self, Book};

/// The manifest has one JSON object a line: `id`, `kind` (page, report or file), `input` (`corpus:PATH` or
/// `eval:PATH`) and, where known, `url`, `listed_title`, `listed_date`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// What to read
    #[arg(value_name = "MANIFEST.jsonl")]
    manifest: PathBuf,
    /// Folder that `corpus:` stands for
    #[arg(long, value_name = "DIR")]
    root_corpus: PathBuf,
    /// Folder that `eval:` stands for
    #[arg(long, value_name = "DIR")]
    root_eval: PathBuf,
    /// Folder for what was found: one `<id>.json` for each item
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    kind: Kind,
    input: String,
    url: Option<String>,
    listed_title: Option<String>,
    listed_date: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Page,
    Report,
    File,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let config = curated::load(globals).config;
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let manifest = String::from_utf8(read(&args.manifest)?).context("the manifest is not UTF-8")?;
    fs::create_dir_all(&args.out).with_context(|| format!("cannot make {}", args.out.display()))?;
    let mut written = 0;
    for line in manifest.lines().filter(|line| !line.trim().is_empty()) {
        let item: Item =
            serde_json::from_str(line).with_context(|| format!("no item of a manifest: {line}"))?;
        let bytes = read(&path_of(&item, args)?)?;
        let found = match item.kind {
            Kind::Page => page(&config, &item, bytes)?,
            Kind::Report => report(&config, &item, &bytes)?,
            Kind::File => read_file::answer(&item.id, &read_file::read(&bytes)?),
        };
        let path = args.out.join(format!("{}.json", item.id));
        fs::write(&path, serde_json::to_vec_pretty(&found)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        written += 1;
    }
    say(format_args!("{written} items read"));
    Ok(Exit::Done)
}

fn path_of(item: &Item, args: &Args) -> anyhow::Result<PathBuf> {
    match item.input.split_once(':') {
        Some(("corpus", path)) => Ok(args.root_corpus.join(path)),
        Some(("eval", path)) => Ok(args.root_eval.join(path)),
        _ => {
            bail!("{}: input {:?} begins neither with corpus: nor with eval:", item.id, item.input)
        }
    }
}

/// What a crawl that came from the list would have kept.
fn capture(item: &Item, body: Vec<u8>, kind: PageKind) -> anyhow::Result<Capture> {
    let url = item.url.as_deref().unwrap_or("http://page.invalid/page.html");
    Ok(Capture {
        url: PageUrl::parse(url).map_err(anyhow::Error::msg)?,
        at: now(),
        request: Headers::default(),
        answer: Answer { status: 200, headers: Headers::default(), body: body.into() },
        truncated: None,
        unverified_tls: false,
        context: Context {
            portal: "eval".to_owned(),
            column: String::new(),
            kind,
            listed: Listed { title: item.listed_title.clone(), date: item.listed_date.clone() },
            referrer: None,
            redirected_from: None,
            form: None,
        },
    })
}

fn page(config: &Config, item: &Item, body: Vec<u8>) -> anyhow::Result<Value> {
    let capture = capture(item, body, PageKind::Detail)?;
    let extraction = extract::extract(&capture, None, &config.categories);
    let shape = extraction.reading.as_ref().map_or(PageShape::Other, |reading| reading.shape);
    let mut found = match extraction.documents.first() {
        Some(document) => fields(document),
        None => Map::new(),
    };
    found.insert("id".to_owned(), json!(item.id));
    found.insert("kind".to_owned(), json!(shape.as_str()));
    if matches!(shape, PageShape::List | PageShape::Home) {
        add_list(&mut found, config, capture, &extraction)?;
    }
    Ok(Value::Object(found))
}

fn fields(document: &Document) -> Map<String, Value> {
    fn told<T: ToString>(field: Option<&Sourced<T>>) -> Value {
        field.map_or(Value::Null, |field| json!(field.value.to_string()))
    }
    let attachment = |a: &crate::model::Attachment| json!({"name": a.name, "href": a.url});
    let names = document.attachments.iter().map(|a| &a.name).chain(&document.named_files);
    let fields = [
        ("title", told(Some(&document.title))),
        ("published_date", told(document.published_date.as_ref())),
        ("written_date", told(document.written_date.as_ref())),
        ("issuer", told(document.issuer.as_ref())),
        ("content_source", told(document.source.as_ref())),
        ("doc_no", told(document.doc_no.as_ref())),
        ("index_no", told(document.index_no.as_ref())),
        ("theme_class", told(document.theme.as_ref())),
        ("body", json!(document.text)),
        ("attachment_names", json!(names.collect::<Vec<_>>())),
        ("attachments", document.attachments.iter().map(attachment).collect()),
        ("tables", document.tables.iter().map(|table| json!(table.rows)).collect()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What the crawler would find on a list.
fn add_list(
    found: &mut Map<String, Value>,
    config: &Config,
    mut list: Capture,
    extraction: &Extraction,
) -> anyhow::Result<()> {
    list.context.kind = PageKind::List;
    let portal = portal_of(config, &list)?;
    let page = KnownPage::found(list.url.clone(), list.context.clone(), 0, list.at);
    let (mut items, mut next) = (Vec::new(), None);
    for lead in discover(&portal, &page, &list, &config.crawler.attachments) {
        let Listed { title, date } = lead.context.listed;
        match lead.context.kind {
            PageKind::List => next = next.or(Some(lead.url.to_string())),
            _ => items.push(json!({"title": title, "href": lead.url.to_string(), "date": date})),
        }
    }
    let title = extraction.reading.as_ref().and_then(|reading| reading.title.clone());
    found.insert("title".to_owned(), json!(title));
    found.insert("list_items".to_owned(), json!(items));
    found.insert("next_page".to_owned(), json!(next));
    Ok(())
}

/// A portal file such as `gongkai probe` would propose for this list.
fn portal_of(config: &Config, list: &Capture) -> anyhow::Result<Portal> {
    let style = probe(list, &config.categories).style.map_or("links", |(style, _)| style.as_str());
    let base = format!("{}://{}/", list.url.as_url().scheme(), list.url.authority());
    let text = format!(
        "id = \"eval\"\nname = \"eval\"\nbases = [{base:?}]\nregion = \"unknown\"\nverified = \"never\"\n\n\
         [list]\nstyle = {style:?}\n\n[[columns]]\nname = \"list\"\nlist = {:?}\n",
        list.url.as_str()
    );
    config.read_portal(Path::new("eval.toml"), &text).map_err(|mistakes| {
        anyhow::anyhow!("{}", mistakes.first().map(ToString::to_string).unwrap_or_default())
    })
}

/// A report as its text, or as the file that it was published as.
fn report(config: &Config, item: &Item, bytes: &[u8]) -> anyhow::Result<Value> {
    let is_text = Path::new(&item.input).extension().is_some_and(|ending| ending == "txt");
    let text = if is_text {
        crate::page::decode(bytes, None).text
    } else {
        read_file::read(bytes)?.text()
    };
    let record = json!({
        "title": item.listed_title, "text": text, "published_date": item.listed_date, "url": item.url,
    });
    let imported = Imported {
        set: "eval".to_owned(),
        id: item.id.clone(),
        at: now(),
        record: record.as_object().cloned().unwrap_or_default(),
    };
    let documents = extract::from_import(&imported, &config.categories)
        .map_err(|mistake| anyhow::anyhow!("{}: {mistake}", item.id))?;
    let first = documents.into_iter().next();
    let mut document = first.with_context(|| format!("{}: no document", item.id))?;
    resolve::place(&mut document, None, "", &Book::new(&config.regions, &config.agencies));
    let status = extract::report_status(&document.title.value, &document.text);
    let mut found = fields(&document);
    found.retain(|name, _| {
        matches!(&**name, "title" | "published_date" | "written_date" | "attachment_names")
    });
    found.extend([
        ("id".to_owned(), json!(item.id)),
        ("status".to_owned(), json!(status.as_str())),
        ("agency".to_owned(), json!(document.agency())),
        ("region_code".to_owned(), json!(document.region.as_ref().map(|region| &region.value))),
        ("report_year".to_owned(), json!(document.report_year.as_ref().map(|year| year.value))),
    ]);
    if status != ReportStatus::NotAReport {
        found.extend(figures_of(&document));
    }
    Ok(Value::Object(found))
}

/// The figures of a report by id, and the rules they break.
fn figures_of(document: &Document) -> Map<String, Value> {
    let read = figures::read(document);
    let (prose, values): (Vec<_>, Vec<_>) =
        read.figures.iter().partition(|figure| figure.metric.starts_with("prose_"));
    let by_id = |figures: Vec<&Figure>| -> Map<String, Value> {
        figures.iter().map(|figure| (figure.metric.clone(), json!(figure.value))).collect()
    };
    // The rules within tables; the national form's are known by their names.
    let within = read.broken().filter(|check| !matches!(&*check.rule, "P1" | "P2"));
    let failed: Vec<String> = within
        .map(|check| {
            let name = format!("{} {}", check.rule, figures::rule_name(&check.rule));
            let rule = if check.rule.starts_with('N') { name } else { check.rule.clone() };
            format!("{rule}:{}", check.scope)
        })
        .collect();
    let fields = [
        ("format", json!(read.format.map(ReportFormat::as_str))),
        ("values", Value::Object(by_id(values))),
        ("prose", Value::Object(by_id(prose))),
        ("failed_identities", json!(failed)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
