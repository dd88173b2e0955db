//! `gongkai repeats`: what of an annual report stands in last year's, and in those of other agencies.

use anyhow::Context;

use crate::cli::library::Shelves;
use crate::cli::{Exit, Globals, curated, say};
use crate::model::DocumentId;
use crate::serve::{Holder, RepeatsAnswer};

/// Show what an annual report repeats: the share that stands in the agency's report on the year before, and sentences that
/// stand in reports of other agencies, with the first that had them.
///
/// Only whole sentences count, not tables and headings.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The id of a report
    #[arg(value_name = "DOC")]
    id: DocumentId,
    /// As the API gives it
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let shelves = Shelves::open(globals, &curated::load(globals).config, Vec::new())?;
    let answer = RepeatsAnswer::of(&shelves, &args.id)?;
    let answer =
        answer.with_context(|| format!("{} is no annual report that is held here", args.id))?;
    if args.json {
        say(serde_json::to_string(&answer)?);
        return Ok(Exit::Done);
    }
    match &answer.last_year {
        None => say("no report on the year before is held"),
        Some(before) => {
            let share =
                before.share.map_or("null".to_owned(), |share| format!("{:.1} %", share * 100.0));
            say(format_args!(
                "{share} of its sentences stand in last year's report {} ({} of {} characters)",
                before.document, before.repeated, before.characters
            ));
            before.sentences.iter().for_each(|sentence| say(format_args!("  = {sentence}")));
        }
    }
    for shared in &answer.shared {
        say(format_args!("{}", shared.text));
        say(format_args!("  {} documents; first {}", shared.total, holder(&shared.first)));
        shared.others.iter().for_each(|other| say(format_args!("  also  {}", holder(other))));
    }
    Ok(Exit::Done)
}

fn holder(holder: &Holder) -> String {
    let Holder { document, agency, year, published } = holder;
    let agency = agency.as_deref().unwrap_or("unknown agency");
    let year = year.map_or("unknown year".to_owned(), |year| year.to_string());
    let published = published.as_deref().unwrap_or("unknown day");
    format!("{document}  {agency}  {year}, published {published}")
}
