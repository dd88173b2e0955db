//! `gongkai pages`: what became of every page the crawler knows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use serde::Serialize;

use crate::catalogue::{Catalogue, FateCount, State};
use crate::cli::store::CATALOGUE;
use crate::cli::{Exit, Globals, curated, note, say};
use crate::config;
use crate::model::{KnownPage, Moment, PageKind, PageState, PageUrl, Reason, UrlKey, china_day};

/// Say what became of the pages of the portals: how many, why, since when; or list them.
///
/// States: `live`, `changed` (its text is not the one first kept), `suspected` and `removed` (404, 410, an error page or
/// a redirect to the front page; three times over 72 hours for removed), `moved`, `redirected`, `withheld` (robots.txt),
/// `unreachable`, `refused` (a shield, a login page, 403), `trap` (beyond the stop rules), `found` (not asked for yet).
/// A robots.txt is no page.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Only of this portal
    #[arg(long, value_name = "ID")]
    portal: Option<String>,
    /// List the pages in this state
    #[arg(long, value_name = "STATE", value_parser = state_of)]
    state: Option<Wanted>,
    /// List every page
    #[arg(long)]
    list: bool,
    /// Print JSON: an array of counts, or a line for each page that is listed
    #[arg(long)]
    json: bool,
}

/// A state as people call it; `None`: changed, which the documents know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wanted(Option<PageState>);

const CHANGED: &str = "changed";

fn state_of(word: &str) -> Result<Wanted, String> {
    let all = [
        PageState::Kept,
        PageState::Suspected,
        PageState::Removed,
        PageState::Moved,
        PageState::Redirected,
        PageState::Disallowed,
        PageState::Unreachable,
        PageState::Refused,
        PageState::Trap,
        PageState::Found,
    ];
    if word == CHANGED {
        return Ok(Wanted(None));
    }
    let found = all.into_iter().find(|state| state.plain_word() == word);
    let words = || all.map(PageState::plain_word).join(", ");
    found.map(|state| Wanted(Some(state))).ok_or_else(|| format!("one of {CHANGED}, {}", words()))
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let state = State::open_read_only(&globals.data.join("state.sqlite"))?;
    if let Some(portal) = &args.portal
        && !is_known(globals, &state, portal)?
    {
        return Ok(Exit::Mistakes);
    }
    let changed = changed(globals)?;
    if args.list || args.state.is_some() {
        list(&state, args, &changed)?;
    } else {
        let counts = counts(&state, args, &changed)?;
        if args.json {
            say(serde_json::to_string_pretty(&counts)?);
        } else {
            table(&counts);
        }
    }
    Ok(Exit::Done)
}

/// Whether a portal has a file or pages; where not, it is said, with those that do.
fn is_known(globals: &Globals, state: &State, asked: &str) -> anyhow::Result<bool> {
    let loaded = config::load(&curated::dirs(globals));
    let mut known: BTreeSet<String> = loaded.config.portals.into_iter().map(|it| it.id).collect();
    known.extend(state.fates(None)?.into_iter().map(|count| count.portal));
    let is_known = known.contains(asked);
    if !is_known {
        note(curated::no_portal(asked, known));
    }
    Ok(is_known)
}

/// The pages whose documents changed; none where there is no catalogue yet.
fn changed(globals: &Globals) -> anyhow::Result<HashMap<UrlKey, Moment>> {
    let path = globals.data.join(CATALOGUE);
    if !path.try_exists()? {
        return Ok(HashMap::new());
    }
    Catalogue::open_read_only(&path)?.changed_pages()
}

/// Pages of a portal that share state and reason.
#[derive(Debug, Serialize)]
struct Count {
    portal: String,
    state: &'static str,
    reason: Reason,
    pages: u64,
    since_first: Moment,
    since_last: Moment,
}

fn counts(
    state: &State,
    args: &Args,
    changed: &HashMap<UrlKey, Moment>,
) -> anyhow::Result<Vec<Count>> {
    let mut counts: BTreeMap<(String, &'static str, Reason), Count> = BTreeMap::new();
    for FateCount { portal, state, reason, pages, since } in state.fates(args.portal.as_deref())? {
        let (since_first, since_last) = since;
        let state = state.plain_word();
        let count = Count { portal, state, reason, pages, since_first, since_last };
        counts.insert((count.portal.clone(), state, reason), count);
    }
    for (key, at) in changed {
        let Some(page) = state.page(key)?.filter(|page| page.fate.state == PageState::Kept) else {
            continue;
        };
        let (portal, reason) = (page.context.portal, page.fate.reason);
        let live = counts.get_mut(&(portal.clone(), PageState::Kept.plain_word(), reason));
        let Some(live) = live else { continue };
        live.pages = live.pages.saturating_sub(1);
        let count = counts.entry((portal.clone(), CHANGED, reason)).or_insert_with(|| Count {
            portal,
            state: CHANGED,
            reason,
            pages: 0,
            since_first: *at,
            since_last: *at,
        });
        count.pages += 1;
        count.since_first = count.since_first.min(*at);
        count.since_last = count.since_last.max(*at);
    }
    Ok(counts.into_values().filter(|count| count.pages > 0).collect())
}

fn table(counts: &[Count]) {
    say(format_args!(
        "{:<20} {:<12} {:<20} {:>8}  since (first, last)",
        "portal", "state", "reason", "pages"
    ));
    for count in counts {
        say(format_args!(
            "{:<20} {:<12} {:<20} {:>8}  {}, {}",
            count.portal,
            count.state,
            word(count.reason),
            count.pages,
            china_day(count.since_first),
            china_day(count.since_last)
        ));
    }
}

/// A page as it is listed.
#[derive(Debug, Serialize)]
struct Line<'p> {
    url: &'p PageUrl,
    portal: &'p str,
    column: &'p str,
    kind: PageKind,
    state: &'static str,
    reason: Reason,
    detail: &'p str,
    since: Moment,
    /// Checks in a row that found it gone.
    checks: u16,
    kept_at: Option<Moment>,
    due: Moment,
    changed_at: Option<Moment>,
    moved_to: Option<&'p PageUrl>,
}

impl<'p> Line<'p> {
    fn of(page: &'p KnownPage, changed_at: Option<Moment>) -> Self {
        let changed_at = changed_at.filter(|_| page.fate.state == PageState::Kept);
        Self {
            url: &page.url,
            portal: &page.context.portal,
            column: &page.context.column,
            kind: page.context.kind,
            state: if changed_at.is_some() { CHANGED } else { page.fate.state.plain_word() },
            reason: page.fate.reason,
            detail: &page.fate.detail,
            since: changed_at.unwrap_or(page.fate.since),
            checks: page.gone.map_or(0, |(_, checks)| checks),
            kept_at: page.kept_at,
            due: page.due,
            changed_at,
            moved_to: page.fate.moved_to.as_ref(),
        }
    }

    fn is_wanted(&self, page: &KnownPage, wanted: Option<Wanted>) -> bool {
        let is_page = !matches!(self.kind, PageKind::Robots | PageKind::Absent);
        is_page
            && match wanted {
                None => true,
                Some(Wanted(None)) => self.changed_at.is_some(),
                Some(Wanted(Some(state))) => page.fate.state == state && self.changed_at.is_none(),
            }
    }
}

fn list(state: &State, args: &Args, changed: &HashMap<UrlKey, Moment>) -> anyhow::Result<()> {
    state.for_each_page(args.portal.as_deref(), |page| {
        let line = Line::of(&page, changed.get(&page.key()).copied());
        if line.is_wanted(&page, args.state) {
            if args.json {
                say(serde_json::to_string(&line)?);
            } else {
                say(format_args!("{}  {}", line.url, described(&page, line.changed_at)));
            }
        }
        Ok(())
    })
}

/// What became of a page, in a line.
pub(crate) fn described(page: &KnownPage, changed_at: Option<Moment>) -> String {
    let line = Line::of(page, changed_at);
    let mut said = format!("{} since {} ({}", line.state, china_day(line.since), word(line.reason));
    if !line.detail.is_empty() {
        said += ": ";
        said.extend(line.detail.chars().filter(|c| !c.is_control()).take(200));
    }
    said += ")";
    if line.checks > 0 {
        let _ = write!(said, ", {} checks found it gone", line.checks);
    }
    if let Some(kept) = line.kept_at {
        let _ = write!(said, ", last kept {}", china_day(kept));
    }
    said
}

/// A reason as it stands in JSON.
fn word(reason: Reason) -> String {
    serde_json::to_value(reason).ok().and_then(|v| Some(v.as_str()?.to_owned())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_plain_words() {
        assert_eq!(state_of("live"), Ok(Wanted(Some(PageState::Kept))));
        assert_eq!(state_of("withheld"), Ok(Wanted(Some(PageState::Disallowed))));
        assert_eq!(state_of("changed"), Ok(Wanted(None)));
        assert!(state_of("kept").unwrap_err().contains("live"));
    }
}
