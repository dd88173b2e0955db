//! Pages held that a robots.txt has closed since: marked by the crawl, withheld from search, shown again when it opens.

use std::collections::HashMap;

use crate::archive::Reader;
use crate::catalogue::{Batch, Catalogue, State};
use crate::cli::standing::standing;
use crate::cli::{Globals, note};
use crate::config::{Config, Portal};
use crate::crawl::{Permissions, newly_closed};
use crate::model::{Document, KnownPage, Moment, PageUrl, Status};

/// Pages marked in one commit.
const MARKED_AT_ONCE: usize = 1000;

/// Marks every page that the newest robots.txt of its host closes, asked for in this run or not.
pub(crate) fn mark(
    globals: &Globals,
    state: &State,
    config: &Config,
    now: Moment,
) -> anyhow::Result<()> {
    let archive = Reader::open(&globals.data.join("archive"))?;
    for portal in &config.portals {
        let mut rules: HashMap<String, Option<Permissions>> = HashMap::new();
        let (mut pages, mut closed) = (Vec::new(), 0);
        state.for_each_page(Some(&portal.id), |page| {
            let host = page.url.authority();
            if !rules.contains_key(&host) {
                let found = newest_rules(state, &archive, config, portal, &page.url)?;
                rules.insert(host.clone(), found);
            }
            let of_host = rules.get(&host).and_then(Option::as_ref);
            pages.extend(of_host.and_then(|rules| newly_closed(&page, rules, now, portal)));
            if pages.len() >= MARKED_AT_ONCE {
                closed += commit(state, &mut pages)?;
            }
            Ok(())
        })?;
        closed += commit(state, &mut pages)?;
        if closed > 0 {
            note(format_args!("{}: robots.txt now closes {closed} pages", portal.id));
        }
    }
    Ok(())
}

/// Writes the pages down and says how many they were.
fn commit(state: &State, pages: &mut Vec<KnownPage>) -> anyhow::Result<usize> {
    let pages = std::mem::take(pages);
    let count = pages.len();
    if count > 0 {
        state.commit(&Batch { pages, ..Batch::default() })?;
    }
    Ok(count)
}

/// What the newest robots.txt of a page's host lets us ask for; `None` when there is none that says anything.
fn newest_rules(
    state: &State,
    archive: &Reader,
    config: &Config,
    portal: &Portal,
    page: &PageUrl,
) -> anyhow::Result<Option<Permissions>> {
    let Ok(url) = page.join("/robots.txt") else { return Ok(None) };
    let Some(row) = state.captures_of(&url.key())?.pop() else { return Ok(None) };
    let capture = archive.capture(&row.position)?;
    let forbidden = portal.politeness.robots_forbidden;
    Ok(Permissions::read(&capture, &config.crawler.name, forbidden))
}

/// Withholds the documents of closed pages and shows those again whose pages are open again and were seen, but for
/// those that are withheld for another reason.
pub(crate) fn apply(
    catalogue: &Catalogue,
    state: &State,
    stays_withheld: impl Fn(&Document) -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    for (url, closed, withdrawn) in state.withdrawn_pages()? {
        let key = url.key();
        let page = state.page(&key)?;
        let (status, since) = page.as_ref().and_then(standing).unwrap_or_default();
        for document in catalogue.by_url(&key)? {
            let is_withheld = document.status == Status::Withheld;
            if (closed || is_withheld) && !stays_withheld(&document)? {
                catalogue.set_standing(&document.id, status, &since)?;
            }
        }
        if closed != withdrawn {
            state.set_withdrawn(&key, closed)?;
        }
    }
    Ok(())
}
