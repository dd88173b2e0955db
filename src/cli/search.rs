//! `gongkai search`: a question in the terminal.

use std::io::{self, IsTerminal};

use clap::ValueEnum;

use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config::Config;
use crate::model::{DocumentId, Status};
use crate::search::{
    Answer, Explanation, Facet, FacetQuery, Filters, Grouping, Hit, Note, Refused, Request,
    Segment, Sort, Syntax,
};
use crate::serve;

/// Search what is indexed.
///
/// Words are wanted all, each as it is or said in another way; "…" is an exact string; -word excludes; OR and parentheses
/// group; a document number may be typed with any brackets or none. title:, number:, agency:, year:2011..2015, region:, category: and the other filters
/// may stand in the question; a NEAR/5 b wants both close to each other; word* is the beginning of a Latin word.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The question; quote it for the shell when it holds quotes or parentheses, put `--` before one that begins with `-`
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// How the question is read
    #[arg(long, value_enum, default_value_t = Reading::Simple)]
    syntax: Reading,
    /// Whether words are also looked for in other ways (synonyms, other names of agencies, years in other numerals) and
    /// slips of typing are corrected; never in quotes, behind `-`, or with `--syntax strict`
    #[arg(long, value_enum, default_value_t = Widen::On)]
    widen: Widen,
    /// Only this category, such as `policy`; `unknown` where none is known. May be given several times, like the next
    #[arg(long, value_name = "PATH")]
    category: Vec<String>,
    /// Only this year
    #[arg(long, value_name = "YEAR")]
    year: Vec<String>,
    /// Only this agency
    #[arg(long, value_name = "NAME")]
    agency: Vec<String>,
    /// Only this region and what lies in it, by its code of six digits
    #[arg(long, value_name = "CODE")]
    region: Vec<String>,
    /// Only this portal
    #[arg(long, value_name = "ID")]
    portal: Vec<String>,
    /// Only this theme class (主题分类), such as `综合政务` or `综合政务/政务公开`
    #[arg(long, value_name = "CLASS")]
    theme: Vec<String>,
    /// Only this genre (体裁), such as 通知
    #[arg(long, value_name = "WORD")]
    genre: Vec<String>,
    /// Only with an attached file of this kind, such as `pdf`
    #[arg(long, value_name = "KIND")]
    file: Vec<String>,
    /// Only with this status, such as `removed`
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,
    /// Only with this note on validity (有效性), as printed
    #[arg(long, value_name = "WORD")]
    validity: Vec<String>,
    /// Of one facet, list only values whose name holds a text: `agency:财政`; for `--json`
    #[arg(long, value_name = "FACET:TEXT")]
    facet_query: Option<FacetQuery>,
    /// Whether copies of one text are folded under one hit; counts are of documents in any case
    #[arg(long, value_enum, default_value_t = Group::Off)]
    group: Group,
    /// The order of hits
    #[arg(long, value_enum, default_value_t = Order::Relevance)]
    sort: Order,
    /// Which page of hits
    #[arg(long, default_value_t = 1)]
    page: usize,
    /// Hits on a page
    #[arg(long, default_value_t = 10)]
    size: usize,
    /// Print the answer as the API gives it
    #[arg(long)]
    json: bool,
    /// Explain this document instead: how the question was read, what of it the document holds, what its score is
    /// made of
    #[arg(long, value_name = "ID")]
    explain: Option<DocumentId>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Reading {
    /// Forgiving: up to three words may be missing when fewer than 20 documents hold all
    Simple,
    /// Pure set algebra: nothing is relaxed, widened or corrected
    Strict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Widen {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Group {
    /// Each document is a hit
    Off,
    /// Copies of one text and forms of one report are one hit; hits that fit equally well take turns by agency
    Near,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    Relevance,
    Newest,
    Oldest,
}

impl Args {
    fn filters(&self) -> Filters {
        let values = |facet| match facet {
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
        };
        let all = Facet::ALL.into_iter();
        all.fold(Filters::default(), |filters, facet| filters.with(facet, values(facet).clone()))
    }
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let config = curated::load(globals).config;
    let shelves = Shelves::open(globals, &config, Vec::new())?;
    if let Some(id) = &args.explain {
        return match shelves.engine.explain(&request(args), id) {
            Ok(explanation) => {
                print_explanation(&explanation);
                Ok(Exit::Done)
            }
            Err(refused) => refuse(refused),
        };
    }
    match serve::Library::search(&shelves, &request(args)) {
        Ok(answer) if args.json => say(serve::answer_json(answer, args.page, args.size)?),
        Ok(answer) => print(&answer, args, &config),
        Err(refused) => return refuse(refused),
    }
    Ok(Exit::Done)
}

/// The asker's mistakes are said; ours are failures.
fn refuse(refused: Refused) -> anyhow::Result<Exit> {
    match refused {
        Refused::Internal(error) => Err(error),
        refused => {
            note(refused);
            Ok(Exit::Mistakes)
        }
    }
}

fn print_explanation(explanation: &Explanation) {
    say(format_args!("read as: {}", explanation.reading));
    for leaf in &explanation.leaves {
        let held = match (leaf.held, leaf.in_title) {
            (true, true) => "held, in the title",
            (true, false) => "held",
            (false, _) => "not held",
        };
        let wanted = if leaf.wanted { "wanted" } else { "excluded" };
        say(format_args!(
            "  {} {} ({wanted}): {held}; {} documents hold it",
            leaf.kind, leaf.what, leaf.documents
        ));
    }
    match (explanation.indexed, explanation.listed) {
        (false, _) => say("the document is not in the index"),
        (true, false) => say("the document is not listed"),
        (true, true) => say(format_args!("listed, score {:.3}:", explanation.score)),
    }
    for part in &explanation.parts {
        say(format_args!("  {:>8.3}  {} {}", part.adds, part.kind, part.what));
    }
}

fn request(args: &Args) -> Request {
    Request {
        query: args.query.join(" "),
        syntax: match args.syntax {
            Reading::Simple => Syntax::Simple,
            Reading::Strict => Syntax::Strict,
        },
        widen: args.widen == Widen::On,
        filters: args.filters(),
        facet_query: args.facet_query.clone(),
        group: match args.group {
            Group::Off => Grouping::Off,
            Group::Near => Grouping::Near,
        },
        sort: match args.sort {
            Order::Relevance => Sort::Relevance,
            Order::Newest => Sort::Newest,
            Order::Oldest => Sort::Oldest,
        },
        page: args.page,
        size: args.size,
    }
}

fn print(answer: &Answer, args: &Args, config: &Config) {
    let style = Style { bold: io::stdout().is_terminal() };
    match answer.total {
        0 => say("nothing found"),
        total if total == answer.total_all_words => say(format_args!("{total} documents")),
        total => say(format_args!(
            "{total} documents, {} of them with all words",
            answer.total_all_words
        )),
    }
    if let Some(groups) = answer.total_groups.filter(|groups| *groups < answer.total) {
        say(format_args!("copies of one text are one hit: {groups} hits"));
    }
    for note in &answer.notes {
        match note {
            Note::Widened(words) => {
                say(format_args!("also looked for (--widen off leaves it): {}", words.join("; ")));
            }
            Note::Corrected(slips) => say(format_args!("corrected: {}", slips.join("; "))),
            Note::DidYouMean(others) => {
                say(format_args!("did you mean: {}", others.join("; ")));
            }
            _ => {}
        }
    }
    for (place, hit) in answer.hits.iter().enumerate() {
        let number = args.page.saturating_sub(1) * args.size + place + 1;
        say(format_args!("\n{number:>3}. {}", style.marked(&hit.title)));
        say(format_args!("     {}", facts(hit, config)));
        for passage in &hit.snippets {
            let place = passage
                .place
                .as_ref()
                .map(|place| format!("[{} {}] ", place.attachment, place.page));
            let place = place.unwrap_or_default();
            say(format_args!("     {}{}", printable(&place), style.marked(&passage.segments)));
        }
        if hit.copies.total > 0 {
            let ids: Vec<String> =
                hit.copies.first.iter().take(5).map(ToString::to_string).collect();
            let more = if hit.copies.total > 5 { " …" } else { "" };
            say(format_args!("     copies: {} ({}{more})", hit.copies.total, ids.join(" ")));
        }
        if !hit.missing.is_empty() {
            say(format_args!("     without: {}", hit.missing.join(" ")));
        }
    }
}

/// Agency, date, number, category and id of a hit, as far as they are known.
fn facts(hit: &Hit, config: &Config) -> String {
    let document = &hit.document;
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    let category = config.categories.name(&document.category.value);
    [
        document.agency().map(str::to_owned),
        date.map(|date| date.value.to_string()),
        document.doc_no.as_ref().map(|number| number.value.to_string()),
        category.map(str::to_owned),
        (document.status == Status::Removed).then(|| "removed by the portal".to_owned()),
        Some(document.id.to_string()),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}

/// A text without control characters, which must never reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// How matches are shown: bold on a terminal, plain elsewhere.
struct Style {
    bold: bool,
}

impl Style {
    /// A passage on one line; control characters of the original never reach the terminal.
    fn marked(&self, segments: &[Segment]) -> String {
        let mut line = String::new();
        for segment in segments {
            let text = printable(&segment.text);
            if segment.hit && self.bold {
                line.extend(["\u{1b}[1m", &text, "\u{1b}[0m"]);
            } else {
                line.push_str(&text);
            }
        }
        line
    }
}
