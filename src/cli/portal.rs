//! `gongkai portal`: portal files, tried without the network.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::archive::{Entry, Reader};
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::{Config, Portal};
use crate::crawl::{discover, first_page};
use crate::extract::extract;
use crate::model::{Capture, Document, KnownPage, Moment, PageKind, PageState, UrlKey};

/// Try portal files before they are used.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Test(TestArgs),
}

/// Run a portal file against answers recorded earlier: what each column would give, without the network.
///
/// Exit code 2 when the file has mistakes or one of its columns yields no document.
#[derive(Debug, clap::Args)]
struct TestArgs {
    /// The portal file
    file: PathBuf,
    /// The answers: a file of an archive that gongkai wrote, such as `data/archive/gongkai-….warc.gz`
    #[arg(long, value_name = "FILE")]
    warc: PathBuf,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let Command::Test(args) = &args.command;
    let config = curated::load(globals).config;
    let text = std::fs::read_to_string(&args.file)
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let portal = match config.read_portal(&args.file, &text) {
        Ok(portal) => portal,
        Err(mistakes) => {
            mistakes.iter().for_each(say);
            return Ok(Exit::Mistakes);
        }
    };
    let recorded = recorded(args)?;
    let yields = replay(&config, &portal, &recorded);
    for (column, yielded) in &yields {
        say(described(column, yielded));
    }
    let barren = yields.iter().filter(|(_, yielded)| yielded.documents.is_empty()).count();
    if barren > 0 {
        note(format_args!("{barren} of {} columns yield no document", yields.len()));
    }
    Ok(if barren > 0 { Exit::Mistakes } else { Exit::Done })
}

/// Recorded answers by their page; of several, the last one that brought the page.
type Recorded = HashMap<UrlKey, Capture>;

fn recorded(args: &TestArgs) -> anyhow::Result<Recorded> {
    let mut recorded = Recorded::new();
    for entry in Reader::entries_of(&args.warc) {
        let Entry::Capture(capture) = entry?.1 else { continue };
        let key = capture.key();
        if capture.answer.status < 300 || !recorded.contains_key(&key) {
            recorded.insert(key, capture);
        }
    }
    Ok(recorded)
}

/// What one column gave.
#[derive(Debug, Default)]
struct Yield {
    /// List pages that were recorded.
    lists: usize,
    /// Documents that they list.
    items: usize,
    /// Pages led to that were not recorded.
    missing: usize,
    documents: Vec<Document>,
    /// Pages that were recorded as documents and gave none, with the reason.
    refused: Vec<String>,
}

/// Follows the portal file from every column through the recorded answers.
fn replay(config: &Config, portal: &Portal, recorded: &Recorded) -> Vec<(String, Yield)> {
    let mut seen = HashSet::new();
    portal
        .columns
        .iter()
        .map(|column| {
            let first = first_page(portal, column, Moment::UNIX_EPOCH);
            (column.name.clone(), follow(config, portal, recorded, first, &mut seen))
        })
        .collect()
}

fn follow(
    config: &Config,
    portal: &Portal,
    recorded: &Recorded,
    first: KnownPage,
    seen: &mut HashSet<UrlKey>,
) -> Yield {
    let mut yielded = Yield::default();
    let mut queue = VecDeque::from([first]);
    while let Some(page) = queue.pop_front() {
        let kind = page.context.kind;
        let leads_on = matches!(kind, PageKind::List | PageKind::Detail);
        if !leads_on || !seen.insert(page.key()) {
            continue;
        }
        yielded.items += usize::from(kind == PageKind::Detail);
        let Some(capture) = recorded.get(&page.key()) else {
            yielded.missing += 1;
            continue;
        };
        let capture = Capture { context: page.context.clone(), ..capture.clone() };
        match kind {
            PageKind::List => yielded.lists += 1,
            _ => yielded.read(config, portal, &capture),
        }
        let found = discover(portal, &page, &capture, &config.crawler.attachments);
        queue.extend(found.into_iter().filter(|page| page.state != PageState::Trap));
    }
    yielded
}

impl Yield {
    fn read(&mut self, config: &Config, portal: &Portal, capture: &Capture) {
        if !(200..300).contains(&capture.answer.status) {
            self.refused.push(format!("{}: status {}", capture.url, capture.answer.status));
            return;
        }
        let extraction = extract(capture, Some(portal), &config.categories);
        if extraction.documents.is_empty() {
            let why = extraction.warnings.first().map_or("no document", |w| w.code.as_str());
            self.refused.push(format!("{}: {why}", capture.url));
        }
        self.documents.extend(extraction.documents);
    }
}

/// Whether a document has a field.
type Has = fn(&Document) -> bool;

/// The fields whose filling is counted.
const FIELDS: [(&str, Has); 7] = [
    ("title", |d| !d.title.value.is_empty()),
    ("text", |d| !d.text.is_empty()),
    ("published date", |d| d.published_date.is_some()),
    ("written date", |d| d.written_date.is_some()),
    ("issuer", |d| d.issuer.is_some()),
    ("number", |d| d.doc_no.is_some()),
    ("attachments", |d| !d.attachments.is_empty()),
];

/// Reasons shown for one column at most.
const REASONS: usize = 3;

fn described(column: &str, yielded: &Yield) -> String {
    let Yield { lists, items, missing, documents, refused } = yielded;
    let count = documents.len();
    let mut text = format!("{column}: list pages {lists}, items {items}, documents {count}");
    if *missing > 0 {
        let _ = write!(text, "; {missing} pages not recorded");
    }
    let filled = FIELDS.iter().map(|(name, has)| {
        format!("{name} {}/{count}", documents.iter().filter(|d| has(d)).count())
    });
    if count > 0 {
        let _ = write!(text, "\n  {}", filled.collect::<Vec<_>>().join(", "));
    }
    for reason in refused.iter().take(REASONS) {
        let _ = write!(text, "\n  gives nothing: {reason}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{Archive, Settings};
    use crate::model::{Answer, Context, Headers, Listed, PageUrl};

    const PORTAL: &str = r#"
id = "lingzhou"
name = "灵洲市人民政府"
bases = ["https://www.lingzhou.example/"]
region = "unknown"
verified = "never"
list.style = "nfcms"
[[columns]]
name = "通知公告"
list = "zwgk/tzgg/"
[[columns]]
name = "规划计划"
list = "zwgk/ghjh/"
"#;

    fn answer(path: &str, body: &str) -> Capture {
        let url = PageUrl::parse("https://www.lingzhou.example/").unwrap().join(path).unwrap();
        Capture {
            url,
            at: "2026-11-22T08:00:00Z".parse().unwrap(),
            request: Headers(vec![("Host".into(), "www.lingzhou.example".into())]),
            answer: Answer {
                status: 200,
                headers: Headers(vec![("Content-Type".into(), "text/html; charset=utf-8".into())]),
                body: body.as_bytes().into(),
            },
            truncated: None,
            unverified_tls: false,
            context: Context {
                portal: "lingzhou".into(),
                column: "通知公告".into(),
                kind: PageKind::Detail,
                listed: Listed::default(),
                referrer: None,
                redirected_from: None,
                form: None,
            },
        }
    }

    /// A file of an archive with one list and one of its two documents.
    fn sample(folder: &std::path::Path) -> PathBuf {
        let now = "2026-11-22T08:00:00Z".parse().unwrap();
        let (mut archive, _) =
            Archive::open(folder, &Settings::new("test"), &std::collections::BTreeMap::new(), now)
                .unwrap();
        let list = "<ul><li><a href='content/post_1.html'>关于调整公交线路的通告</a><span>2024-05-06</span></li>\
            <li><a href='content/post_2.html'>关于道路施工的通告</a><span>2024-05-05</span></li></ul>";
        let body =
            "因道路施工，自即日起调整三路公交线路，请市民留意站牌公告，安排好出行时间。".repeat(4);
        let page = format!(
            "<html><head><meta name=ArticleTitle content='关于调整公交线路的通告'><meta name=PubDate content='2024-05-06 09:00'>\
             </head><body><h1>关于调整公交线路的通告</h1><div class=news_cont_d_wrap><p>{body}</p></div></body></html>"
        );
        archive.append_capture(&answer("zwgk/tzgg/", list)).unwrap();
        archive.append_capture(&answer("zwgk/tzgg/content/post_1.html", &page)).unwrap();
        archive.sync().unwrap();
        let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|ending| ending == "gz")).unwrap()
    }

    #[test]
    fn a_portal_file_is_tried_on_recorded_answers() {
        let dir = tempfile::tempdir().unwrap();
        let warc = sample(dir.path());
        let file = dir.path().join("lingzhou.toml");
        std::fs::write(&file, PORTAL).unwrap();
        let globals =
            Globals { data: dir.path().join("data"), config: dir.path().join("crawler-config") };
        let config = curated::load(&globals).config;
        let portal = config.read_portal(&file, PORTAL).unwrap();
        let args = TestArgs { file, warc };
        let yields = replay(&config, &portal, &recorded(&args).unwrap());
        let said: Vec<String> = yields.iter().map(|(c, y)| described(c, y)).collect();
        assert_eq!(
            said[0],
            "通知公告: list pages 1, items 2, documents 1; 1 pages not recorded\n  title 1/1, text 1/1, \
             published date 1/1, written date 0/1, issuer 0/1, number 0/1, attachments 0/1"
        );
        assert_eq!(said[1], "规划计划: list pages 0, items 0, documents 0; 1 pages not recorded");
        assert_eq!(run(&globals, &Args { command: Command::Test(args) }).unwrap(), Exit::Mistakes);
    }
}
