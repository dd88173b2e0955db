//! `gongkai coverage`: how much is held, by portal, region and year.

use crate::cli::tables::{Layout, column};
use crate::cli::{Exit, Globals, say, store};
use crate::model::{Datum, RegionCode};
use crate::serve;

/// Say how many documents and annual reports are held of each portal, region and year, and when they were captured.
///
/// What was never harvested is in no count: `gongkai ledger` says which reports were looked for and not found, `gongkai
/// pages` what became of each page.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Only of this portal
    #[arg(long, value_name = "ID")]
    portal: Option<String>,
    /// Only of this region and those in it
    #[arg(long, value_name = "CODE")]
    region: Option<RegionCode>,
    #[command(flatten)]
    layout: Layout,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let coverage = serve::Coverage::of(
        store::catalogue(globals)?.holdings()?,
        args.portal.as_deref(),
        args.region.as_deref(),
    );
    if !args.layout.is_table() {
        let json = || serde_json::to_string(&coverage);
        args.layout.write(json, &serve::Coverage::COLUMNS, coverage.records())?;
        return Ok(Exit::Done);
    }
    let line = |cells: &[String]| {
        if let [portal, region, year, documents, reports, removed, first, last] = cells {
            say(format_args!(
                "{} {region:<8} {year:<5} {documents:>9} {reports:>8} {removed:>8}  {first:<10} {last:<10}",
                column(portal, 24)
            ));
        }
    };
    line(&serve::Coverage::COLUMNS.map(|column| column.name.to_owned()));
    let texts = |record: Vec<Datum>| record.iter().map(Datum::to_text).collect::<Vec<_>>();
    coverage.records().for_each(|record| line(&texts(record)));
    Ok(Exit::Done)
}
