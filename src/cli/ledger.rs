//! `gongkai ledger`: which agency reported on which year, in time or late, and what is known where no report is held.

use crate::cli::tables::{Layout, column};
use crate::cli::{Exit, Globals, clock, curated, roster, say, store};
use crate::figures::{Ledger, LedgerQuestion, LedgerState};
use crate::model::{Moment, RegionCode, YearSpan};
use crate::serve;

/// Say which agency published its annual report on which year: in time, late, or not.
///
/// The roster is index/roster.toml and every agency of which a report is held or named by a list. States: `published`,
/// `late`, `missing` (the list that should name it was read in full after it was due), `removed`, `unreachable`,
/// `unchecked`, `not_due` (not due yet, or the agency was not there). Reports on years up to 2018 were due on 31 March;
/// since then departments report by 31 January, governments of county level and above by 31 March, and for townships no
/// rule sets a day.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this agency, by its plain name; may be given several times
    #[arg(long, value_name = "NAME")]
    agency: Vec<String>,
    /// Only agencies of this region and those in it
    #[arg(long, value_name = "CODE")]
    region: Option<RegionCode>,
    /// A year, or a span such as 2016..2020; without it 2008 to last year
    #[arg(long, value_name = "YEARS")]
    year: Option<YearSpan>,
    #[command(flatten)]
    layout: Layout,
    /// Judge as if it were this moment, such as 2026-11-22T08:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Moment>,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let config = curated::load(globals).config;
    let catalogue = store::catalogue(globals)?;
    let now = args.now.unwrap_or_else(clock::now);
    let facts = roster::facts(&globals.data, &catalogue, &config, now)?;
    let question = LedgerQuestion {
        agencies: args.agency.clone(),
        region: args.region.clone(),
        years: args.year,
    };
    let ledger = question.answer(facts);
    if args.layout.is_table() {
        matrix(&ledger);
        exceptions(&ledger);
        say(totals(&ledger));
    } else {
        let json = || serve::ledger_json(&ledger);
        args.layout.write(json, &Ledger::COLUMNS, ledger.records())?;
    }
    Ok(Exit::Done)
}

/// What stands in the matrix for a state.
fn mark(state: LedgerState) -> &'static str {
    match state {
        LedgerState::Published => "ok",
        LedgerState::Late => "late",
        LedgerState::Missing => "MISS",
        LedgerState::Removed => "gone",
        LedgerState::Unreachable => "err",
        LedgerState::Unchecked => "?",
        LedgerState::NotDue => "-",
    }
}

fn matrix(ledger: &Ledger) {
    let years: Vec<String> = ledger.years.iter().map(|year| format!("{year:>4}")).collect();
    say(format_args!("{} {}", column("agency", 36), years.join(" ")));
    for row in &ledger.rows {
        let marks: Vec<String> =
            row.cells.iter().map(|cell| format!("{:>4}", mark(cell.state))).collect();
        say(format_args!("{} {}", column(&row.agency, 36), marks.join(" ")));
    }
}

/// What is late, missing, removed or unreachable, with dates and what it rests on.
fn exceptions(ledger: &Ledger) {
    let told =
        [LedgerState::Late, LedgerState::Missing, LedgerState::Removed, LedgerState::Unreachable];
    for (row, cell) in
        ledger.rows.iter().flat_map(|row| row.cells.iter().map(move |cell| (row, cell)))
    {
        if !told.contains(&cell.state) {
            continue;
        }
        let dates = [
            ("due", cell.due),
            ("published", cell.published),
            ("since", cell.gone_since),
            ("list read", cell.looked_at),
        ];
        let dates = dates.iter().filter_map(|(what, day)| Some(format!("{what} {}", (*day)?)));
        let dates: Vec<String> = dates.collect();
        let late = cell.days_late.map(|days| format!(" ({days} days late)")).unwrap_or_default();
        let (state, evidence) = (cell.state.as_str(), cell.evidence.as_str());
        let at = cell.url.as_deref().unwrap_or_default();
        let (agency, year, dates) = (&row.agency, cell.year, dates.join(", "));
        say(format_args!(
            "{agency} {year} {state}: {dates}{late}; {evidence} {} {at}",
            cell.detail
        ));
    }
}

/// `12 agencies × 3 years = 36: 30 published, …`
fn totals(ledger: &Ledger) -> String {
    let totals = ledger.totals();
    let counts: Vec<String> =
        totals.iter().map(|(state, count)| format!("{count} {}", state.as_str())).collect();
    let (agencies, years) = (ledger.rows.len(), ledger.years.len());
    format!("{agencies} agencies × {years} years = {}: {}", agencies * years, counts.join(", "))
}
