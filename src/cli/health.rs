//! `gongkai health`: which sources went silent, lost a field, or went stale.

use crate::catalogue::State;
use crate::cli::{Exit, Globals, clock, say};
use crate::health::{Ailment, Condition, Finding, judge};
use crate::model::{Moment, china_day};

/// Say which sources went silent, lost a field, or went stale; the exit code is 5 when one did.
///
/// Every column of every portal is compared with its own past: what its list pages name, in how many of its documents
/// each field stands, how long new documents keep one waiting. Before the fifth crawl a column is only learned.
/// `update` and `extract` take the measures. Put `gongkai health` behind `gongkai update` in cron.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Print a JSON array with every column, ailing or not
    #[arg(long)]
    json: bool,
    /// Judge as if it were this moment, such as 2026-11-22T08:00:00Z
    #[arg(long, value_name = "TIME")]
    now: Option<Moment>,
}

/// Crawls looked back at: two years of daily ones.
const HISTORY: usize = 730;

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let state = State::open_read_only(&globals.data.join("state.sqlite"))?;
    let now = args.now.unwrap_or_else(clock::now);
    let history = state.measures(HISTORY)?;
    let findings: Vec<Finding> = history.iter().filter_map(|of| judge(of, now)).collect();
    if args.json {
        say(serde_json::to_string_pretty(&findings)?);
    } else {
        findings.iter().for_each(print);
        say(summary(&findings));
    }
    let ailing = findings.iter().any(|finding| finding.condition == Condition::Alarm);
    Ok(if ailing { Exit::Ailing } else { Exit::Done })
}

fn print(finding: &Finding) {
    for ailment in &finding.ailments {
        say(format_args!("{} {}: {}", finding.portal, finding.column, described(ailment)));
    }
    if let (Some(at), false) = (finding.template_changed, finding.ailments.is_empty()) {
        say(format_args!("    its pages are built otherwise since {}", china_day(at)));
    }
}

fn described(ailment: &Ailment) -> String {
    let good = |at: &Option<Moment>| match at {
        Some(at) => format!("last good {}", china_day(*at)),
        None => "never good".to_owned(),
    };
    match ailment {
        Ailment::Silent { what, last_good } => format!("went silent: {what}; {}", good(last_good)),
        Ailment::LostField { field, usual, now, documents, last_good } => format!(
            "lost {field}: in {:.0} % of the newest {documents} documents, usually in {:.0} %; {}",
            now * 100.0,
            usual * 100.0,
            good(last_good)
        ),
        Ailment::Stale { last_good, usual_days } => format!(
            "went stale: nothing new since {}, at most {usual_days} days without before",
            china_day(*last_good)
        ),
    }
}

fn summary(findings: &[Finding]) -> String {
    let count =
        |condition| findings.iter().filter(|finding| finding.condition == condition).count();
    format!(
        "{} columns ail, {} are well, {} are still learned (fewer than 5 crawls)",
        count(Condition::Alarm),
        count(Condition::Well),
        count(Condition::Learning)
    )
}
