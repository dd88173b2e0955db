//! `gongkai compare`: metrics and derived indicators of agencies over the years.

use anyhow::bail;
use clap::ValueEnum;

use crate::cli::heirs::KeptSuccession;
use crate::cli::tables::{Layout, column};
use crate::cli::{Exit, Globals, curated, library, say, store};
use crate::figures::{Blanks, CompareQuestion, Comparison, Indicator, Matrix, Point, Ranked};
use crate::model::{Amount, RegionCode, YearSpan};
use crate::serve;

/// Compare metrics, or what is derived from them, between agencies and over the years.
///
/// A blank cell is null unless `--blanks zero` counts it as zero. In the table a value may stand with marks: `|` the
/// series is broken before it (it does not mean the same as the value before, or the agency has a new name), `~` printed as about so much, `!` a rule it
/// belongs to is broken, `*` corrected by a curator. `null` is a report without the value, `·` no report. Sums are among
/// agencies of one kind and level: a government's figures include those of its departments.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of a metric (`gongkai figures --dictionary`) or of an indicator (`--list`); may be given several times
    #[arg(long, value_name = "ID", required_unless_present = "list", value_parser = indicator)]
    metric: Vec<Indicator>,
    /// Only this agency, by its plain name, with what it was before and became; may be given several times
    #[arg(long, value_name = "NAME")]
    agency: Vec<String>,
    /// Only agencies of this region and those in it
    #[arg(long, value_name = "CODE")]
    region: Option<RegionCode>,
    /// A year, or a span such as 2016..2020
    #[arg(long, value_name = "YEARS")]
    year: Option<YearSpan>,
    /// What a blank cell counts as
    #[arg(long, value_enum, default_value_t = BlanksWord::Null)]
    blanks: BlanksWord,
    /// Among whom agencies are ranked, always of one kind and level: all of the comparison, or those of their region
    #[arg(long, value_enum, default_value_t = RankWord::Level)]
    rank: RankWord,
    #[command(flatten)]
    layout: Layout,
    /// The derived indicators with their formulas instead
    #[arg(long)]
    list: bool,
}

/// Values of one comparison: ranks and sums are over all of them, so that they are in memory together.
const MOST_VALUES: usize = 200_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BlanksWord {
    Null,
    Zero,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RankWord {
    Level,
    Region,
}

fn indicator(id: &str) -> Result<Indicator, String> {
    Indicator::find(id).ok_or_else(|| "no metric and no indicator has this id".to_owned())
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    if args.list {
        Indicator::derived().iter().for_each(describe);
        return Ok(Exit::Done);
    }
    let question = CompareQuestion {
        indicators: args.metric.clone(),
        agencies: args.agency.clone(),
        region: args.region.clone(),
        years: args.year,
        blanks: if args.blanks == BlanksWord::Zero { Blanks::Zero } else { Blanks::Null },
        ranked: if args.rank == RankWord::Region { Ranked::Region } else { Ranked::Level },
    };
    let config = curated::load(globals).config;
    let kept = KeptSuccession::default();
    let catalogue = store::catalogue(globals)?;
    let comparison = library::compare(&catalogue, &config, &kept, &question, MOST_VALUES)?;
    let Some(comparison) = comparison else {
        bail!("more than {MOST_VALUES} values: choose by --agency, --region or --year");
    };
    if comparison.points.is_empty() {
        bail!("no report of these agencies and years is held; `gongkai ledger` says whose are");
    }
    if args.layout.is_table() {
        comparison.indicators.iter().for_each(|indicator| table(indicator, &comparison));
        return Ok(Exit::Done);
    }
    let json = || serve::comparison_json(&comparison);
    args.layout.write(json, &Comparison::COLUMNS, comparison.records())?;
    Ok(Exit::Done)
}

fn describe(indicator: &Indicator) {
    say(format_args!("{} {} ({})", indicator.id, indicator.label, indicator.unit));
    for formula in &indicator.formulas {
        say(format_args!("    {}", formula.line()));
    }
}

fn table(indicator: &Indicator, comparison: &Comparison) {
    let Matrix { years, rows } = comparison.matrix(&indicator.id);
    say(format_args!(
        "{} {} ({}), blanks={}",
        indicator.id,
        indicator.label,
        indicator.unit,
        comparison.blanks.as_str()
    ));
    let header: Vec<String> = years.iter().map(|year| format!("{year:>9}")).collect();
    say(format_args!("{} {}", column("", 36), header.join(" ")));
    for (agency, row) in &rows {
        let cells: Vec<String> = years.iter().map(|year| cell(row.get(year).copied())).collect();
        say(format_args!("{} {}", column(agency, 36), cells.join(" ")));
    }
    for summary in comparison.summaries.iter().filter(|summary| summary.indicator == indicator.id) {
        let level = summary.group.level.map_or("level unknown", |level| level.as_str());
        let over = summary.denominator.map(|all| format!(" / {}", Amount(all))).unwrap_or_default();
        let value = summary.value.map_or("null".to_owned(), |value| Amount(value).brief());
        say(format_args!(
            "  {} all {} ({level}): {value} = {}{over}; {} reports, {} null",
            summary.year,
            summary.group.kind.as_str(),
            Amount(summary.numerator),
            summary.reports,
            summary.nulls
        ));
    }
    for (point, before) in continued(indicator, comparison) {
        say(format_args!("  {} {} continues {before}", point.year, point.agency));
    }
    for name in &comparison.without_reports {
        say(format_args!("  no report of {name} is held for these years"));
    }
}

/// The first years of agencies that continue others, with the names of these.
fn continued<'c>(
    indicator: &Indicator,
    comparison: &'c Comparison,
) -> impl Iterator<Item = (&'c Point, String)> {
    let of_it = |point: &&Point| point.indicator == indicator.id && !point.continues.is_empty();
    let points = comparison.points.iter().filter(of_it);
    points.map(|point| (point, point.continues.join(", ")))
}

fn cell(point: Option<&Point>) -> String {
    let Some(point) = point else { return format!("{:>9}", "·") };
    let Ok(value) = point.value else { return format!("{:>9}", "null") };
    let marks =
        [(point.marks.approximate, '~'), (point.marks.flagged, '!'), (point.marks.corrected, '*')];
    let marks: String = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| *mark).collect();
    let gap = if point.is_break { "|" } else { "" };
    format!("{:>9}", format!("{gap}{}{marks}", Amount(value).brief()))
}
