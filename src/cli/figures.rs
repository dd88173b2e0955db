//! `gongkai figures`: the figures of annual reports, each with its source and what the rules say.

use std::{io::Write, path::PathBuf};

use anyhow::bail;
use clap::ValueEnum;
use serde_json::json;

use crate::catalogue::{Catalogue, FigureQuery, FigureRow, Report};
use crate::cli::export::whole;
use crate::cli::tables::to_stdout;
use crate::cli::{Exit, Globals, say, store};
use crate::export::{RowForm, rows};
use crate::figures::{self, Metrics};
use crate::model::{
    Check, DocumentId, Figure, Place, ReportFigures, ReportFormat, ReporterKind, Statement, Verdict,
};
use crate::serve::FigureAnswer;

/// Show the figures of an annual report: value, unit, how it was read, where it stands, and which rules it breaks.
///
/// A blank is null and never 0; a broken rule is shown and nothing is repaired. What is wrong with the reading is
/// corrected in index/corrections.toml.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The id of a report
    #[arg(value_name = "DOC", required_unless_present_any = ["agency", "dictionary", "all"])]
    document: Option<DocumentId>,
    /// The reports of this agency, by its plain name
    #[arg(long, value_name = "NAME", conflicts_with = "document")]
    agency: Option<String>,
    /// Only the report about this year
    #[arg(long, value_name = "YEAR", requires = "agency")]
    year: Option<i16>,
    /// As JSON, one report a line
    #[arg(long, conflicts_with = "format")]
    json: bool,
    #[command(flatten)]
    file: FileArgs,
    /// The sentences' other numbers too
    #[arg(long)]
    statements: bool,
    /// The data dictionary instead: every id with its form, table, labels and unit
    #[arg(long, conflicts_with_all = ["document", "agency"])]
    dictionary: bool,
}

/// The figures as rows of a file.
#[derive(Clone, Debug, clap::Args)]
struct FileArgs {
    /// Every figure of every report that is held; needs --format
    #[arg(long, conflicts_with_all = ["document", "agency"], requires = "format")]
    all: bool,
    /// Only figures with this id; may be given several times
    #[arg(long, value_name = "ID", requires = "format")]
    metric: Vec<String>,
    /// A row for each figure, with where it stands, in this form
    #[arg(long, value_enum)]
    format: Option<FileForm>,
    /// With --format csv: begin with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// Write into this file instead of standard output
    #[arg(long, value_name = "FILE", requires = "format")]
    out: Option<PathBuf>,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    if args.dictionary {
        say(Metrics::built_in().dictionary().trim_end());
        return Ok(Exit::Done);
    }
    let catalogue = store::catalogue(globals)?;
    if let Some(form) = args.file.format {
        write_file(&catalogue, args, form.rows(args.file.bom))?;
        return Ok(Exit::Done);
    }
    for (n, report) in wanted(&catalogue, args)?.iter().enumerate() {
        let across = across_years(&catalogue, report)?;
        if args.json {
            say(json!({
                "document": report.document, "agency": report.agency, "region": report.region, "year": report.year,
                "state": report.state, "version": report.version, "report": report.figures, "across_years": across,
            }));
            continue;
        }
        if n > 0 {
            say("");
        }
        lines(report, &across, args.statements).into_iter().for_each(say);
    }
    Ok(Exit::Done)
}

/// A form of rows.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FileForm {
    Csv,
    Jsonl,
    Xlsx,
    Parquet,
}

impl FileForm {
    fn rows(self, bom: bool) -> RowForm {
        match self {
            Self::Csv => RowForm::Csv { bom },
            Self::Jsonl => RowForm::Jsonl,
            Self::Xlsx => RowForm::Xlsx,
            Self::Parquet => RowForm::Parquet,
        }
    }
}

fn write_file(catalogue: &Catalogue, args: &Args, form: RowForm) -> anyhow::Result<()> {
    let ids: Vec<DocumentId> = if args.file.all {
        catalogue.reports_wanted(&FigureQuery::default())?
    } else {
        wanted(catalogue, args)?.iter().map(|report| report.document).collect()
    };
    match &args.file.out {
        Some(file) => whole(file, |out| write_rows(catalogue, &ids, &args.file.metric, form, out)),
        None => to_stdout(form, |out| write_rows(catalogue, &ids, &args.file.metric, form, out)),
    }
}

/// One report after the other: no more than one is in memory.
fn write_rows(
    catalogue: &Catalogue,
    ids: &[DocumentId],
    metrics: &[String],
    form: RowForm,
    out: impl Write + Send,
) -> anyhow::Result<()> {
    let mut writer = rows(form, &FigureAnswer::COLUMNS, &[], out)?;
    for id in ids {
        let Some(report) = catalogue.report(id)? else { continue };
        for figure in FigureAnswer::of_report(&report, metrics) {
            writer.put(&figure.record())?;
        }
    }
    writer.end()
}

fn wanted(catalogue: &Catalogue, args: &Args) -> anyhow::Result<Vec<Report>> {
    if let Some(id) = &args.document {
        let Some(report) = catalogue.report(id)? else {
            bail!("{id} is no annual report that is held here");
        };
        return Ok(vec![report]);
    }
    let agency = args.agency.as_deref().unwrap_or_default();
    let reports = catalogue.reports_of(agency, args.year)?;
    if !reports.is_empty() {
        return Ok(reports);
    }
    let near: Vec<String> = catalogue
        .reported(&[])?
        .chunk_by(|a, b| a.agency == b.agency)
        .filter_map(|reports| Some((&*reports.first()?.agency, reports)))
        .filter(|(name, _)| name.contains(agency) || agency.contains(name))
        .map(|(name, reports)| {
            let years: Vec<String> = reports.iter().map(|held| held.year.to_string()).collect();
            format!("{name} ({})", years.join(", "))
        })
        .take(10)
        .collect();
    if near.is_empty() {
        bail!("no annual report of {agency} is held here");
    }
    bail!("no such report of {agency} is held here; there are: {}", near.join("; "))
}

/// What other reports say about this one: that of the year before, and those of a government's departments.
pub(crate) fn across_years(catalogue: &Catalogue, report: &Report) -> anyhow::Result<Vec<Check>> {
    let (Some(agency), Some(year)) = (&report.agency, report.year) else { return Ok(Vec::new()) };
    let before = catalogue.reports_of(agency, Some(year - 1))?;
    let before = before.into_iter().find(|before| before.region == report.region);
    let mut checks = before.map_or_else(Vec::new, |before| {
        figures::across_years(&before.figures.figures, &report.figures.figures)
    });
    if ReporterKind::of(agency) == ReporterKind::Government && report.region.is_some() {
        let theirs = of_departments(catalogue, report, year)?;
        checks.extend(figures::against_departments(&report.figures.figures, &theirs));
    }
    Ok(checks)
}

/// What the departments and townships of a government's region say of the year.
fn of_departments(
    catalogue: &Catalogue,
    government: &Report,
    year: i16,
) -> anyhow::Result<Vec<FigureRow>> {
    let mut agencies: Vec<String> = Vec::new();
    for other in catalogue.reported(&[])? {
        let is_below = ReporterKind::of(&other.agency) != ReporterKind::Government;
        if is_below && other.year == year && other.region == government.region {
            agencies.push(other.agency);
        }
    }
    if agencies.is_empty() {
        return Ok(Vec::new());
    }
    let metrics = figures::ADDED_UP.map(str::to_owned).to_vec();
    catalogue.figures(&FigureQuery { metrics, agencies, from: Some(year), to: Some(year) })
}

fn lines(report: &Report, across: &[Check], statements: bool) -> Vec<String> {
    let agency = report.agency.as_deref().unwrap_or("unknown agency");
    let year = report.year.map_or("unknown year".to_owned(), |year| year.to_string());
    let form = report.figures.format.map_or("no form", ReportFormat::as_str);
    let mut lines = vec![
        format!("{agency}  {year}  {}", report.document),
        format!("form {form}, {}, text captured {}", report.state, report.version),
    ];
    let mut table = "";
    for figure in &report.figures.figures {
        let metric = Metrics::built_in().get(&figure.metric);
        let of = metric.map_or("", |metric| metric.table.as_str());
        if of != table {
            lines.extend([String::new(), format!("[{of}]")]);
            table = of;
        }
        lines.push(line(figure, &report.figures));
    }
    for cell in &report.figures.cells {
        let (row, column) = (&cell.source.row, &cell.source.column);
        lines.push(format!("{:>14} {:<4} {row} {column}", cell.value, cell.unit));
    }
    if statements {
        lines.extend([String::new(), "[statements]".to_owned()]);
        let line = |s: &Statement| format!("{:>14} {:<4} {}", s.value, s.unit, s.label);
        lines.extend(report.figures.statements.iter().map(line));
    }
    let count =
        |verdict| report.figures.checks.iter().filter(|check| check.verdict == verdict).count();
    lines.extend([
        String::new(),
        format!(
            "rules: {} hold, {} were used to read, {} are broken",
            count(Verdict::Holds),
            count(Verdict::Used),
            count(Verdict::Broken)
        ),
    ]);
    let said = |check: &&Check| matches!(check.verdict, Verdict::Broken | Verdict::Note);
    lines.extend(report.figures.checks.iter().chain(across).filter(said).map(told));
    lines
}

/// `           451 件   req_new_received__total  一、本年新收… / 总计  [P1]`
fn line(figure: &Figure, report: &ReportFigures) -> String {
    let value = match figure.value {
        Some(value) if figure.approximate => format!("≈{value}"),
        Some(value) => value.to_string(),
        None if figure.printed.is_empty() => "null".to_owned(),
        None => format!("null ({})", figure.printed),
    };
    let of_it = |check: &&Check| check.metrics.contains(&figure.metric);
    let flags: Vec<String> =
        report.broken().filter(of_it).map(|check| format!("[{}]", check.rule)).collect();
    let label = match (&*figure.source.row, &*figure.source.column) {
        (row, "") => row.to_owned(),
        (row, column) => format!("{row} / {column}"),
    };
    let corrected = figure.correction.as_ref().map(|correction| {
        let read = correction.read.map_or("null".to_owned(), |read| read.to_string());
        format!(
            "  corrected by {} on {} ({}), read {read}",
            correction.by, correction.on, correction.reason
        )
    });
    format!(
        "{value:>14} {:<4} {:<40} {label}  {} {}{}",
        figure.unit,
        figure.metric,
        place(figure),
        flags.concat(),
        corrected.unwrap_or_default()
    )
}

/// `cell, table 2 row 4 column 7`, `row_sum, characters 1301–1310`
fn place(figure: &Figure) -> String {
    let source = &figure.source;
    let within = match &source.place {
        Place::Text => String::new(),
        Place::Table { n } => format!(" table {}", n + 1),
        Place::File { url } => format!(" {url}"),
    };
    let at = match (source.cell, source.at) {
        (Some((row, column)), _) => format!(" row {} column {}", row + 1, column + 1),
        (None, Some((from, to))) => format!(" characters {from}–{to}"),
        (None, None) => String::new(),
    };
    format!("{}{within}{at}", figure.method.as_str())
}

/// `B1 natural_person: 11 ≠ 2 (一 + 二 = 三(七) + 四)`
fn told(check: &Check) -> String {
    let sign = match check.left {
        left if left.is(check.right) => "=",
        left if check.rule == "R1" && left.0 < check.right.0 => "<",
        _ => "≠",
    };
    let detail =
        if check.detail.is_empty() { String::new() } else { format!("; {}", check.detail) };
    let name = figures::rule_name(&check.rule);
    format!(
        "{} {}: {} {sign} {} ({name}){detail}",
        check.rule, check.scope, check.left, check.right
    )
}
