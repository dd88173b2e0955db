//! Who must report, and where reports were looked for: the facts of the ledger, gathered from curated files, catalogue
//! and crawl state.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use crate::catalogue::{Catalogue, ColumnLists, HeldReport, State};
use crate::cli::heirs::{Heir, heirs};
use crate::config::Config;
use crate::extract;
use crate::figures::{LedgerFacts, Look, NamedReport, Reporter};
use crate::model::{KnownPage, Moment, ReporterKind, china_day, looks_like_agency};
use crate::resolve::Book;

/// Portal and column.
type Place = (String, String);

/// Everything that a ledger is judged by; without a crawl state (imports only) nothing was looked for.
pub(crate) fn facts(
    data: &Path,
    catalogue: &Catalogue,
    config: &Config,
    now: Moment,
) -> anyhow::Result<LedgerFacts> {
    let state = data.join("state.sqlite");
    let state = if state.try_exists()? { Some(State::open_read_only(&state)?) } else { None };
    let held = catalogue.held_reports()?;
    let mut gathering = Gathering::new(config);
    gathering.curated();
    for report in &held {
        gathering.held(report);
    }
    if let Some(state) = &state {
        gathering.places(state, &held)?;
        gathering.named(state)?;
        gathering.looks(&state.column_lists()?);
    }
    gathering.kin();
    let Gathering { roster, named, .. } = gathering;
    Ok(LedgerFacts { roster: roster.into_values().collect(), held, named, today: china_day(now) })
}

struct Gathering<'c> {
    config: &'c Config,
    book: Book<'c>,
    roster: BTreeMap<String, Reporter>,
    named: Vec<NamedReport>,
    /// The columns where reports of each agency stand.
    places: BTreeMap<String, BTreeSet<Place>>,
}

impl<'c> Gathering<'c> {
    fn new(config: &'c Config) -> Self {
        let book = Book::new(&config.regions, &config.agencies);
        let (roster, places) = (BTreeMap::new(), BTreeMap::new());
        Self { config, book, roster, named: Vec::new(), places }
    }

    /// The agencies of the curated roster.
    fn curated(&mut self) {
        for entry in &self.config.roster {
            let known = self.reporter(&entry.name);
            let reporter = Reporter {
                region: entry.region.clone().or(known.region),
                kind: entry.kind.unwrap_or(known.kind),
                since: entry.since.or(known.since),
                until: entry.until.or(known.until),
                is_curated: true,
                ..known
            };
            self.roster.insert(entry.name.clone(), reporter);
        }
    }

    /// What a name says by itself.
    fn reporter(&self, name: &str) -> Reporter {
        let entry = self.book.entry(name);
        Reporter {
            name: name.to_owned(),
            region: self.book.agency(name, None, None).region,
            kind: ReporterKind::of(name),
            since: entry.and_then(|entry| entry.since),
            until: entry.and_then(|entry| entry.until),
            before: Vec::new(),
            after: None,
            is_curated: false,
            looks: Vec::new(),
        }
    }

    fn add(&mut self, name: &str) -> Option<&mut Reporter> {
        if !self.roster.contains_key(name) {
            let reporter = self.reporter(name);
            self.roster.insert(name.to_owned(), reporter);
        }
        self.roster.get_mut(name)
    }

    fn held(&mut self, report: &HeldReport) {
        if let Some(reporter) = self.add(&report.agency)
            && reporter.region.is_none()
        {
            reporter.region.clone_from(&report.region);
        }
    }

    /// Where the reports that are held stood.
    fn places(&mut self, state: &State, held: &[HeldReport]) -> anyhow::Result<()> {
        for report in held {
            let Some(key) = &report.page else { continue };
            if let Some(page) = state.page(key)? {
                self.place(&report.agency, place(&page));
            }
        }
        Ok(())
    }

    fn place(&mut self, agency: &str, place: Place) {
        self.places.entry(agency.to_owned()).or_default().insert(place);
    }

    /// Reports that lists name and that were never read.
    fn named(&mut self, state: &State) -> anyhow::Result<()> {
        for page in state.unread_disclosures()? {
            let Some(title) = page.context.listed.title.clone() else { continue };
            let Some(year) = extract::year_of_report_named(&title) else { continue };
            let Some(agency) = self.agency_named(&title, &page, year) else { continue };
            self.add(&agency);
            self.place(&agency, place(&page));
            let reason = serde_json::to_value(page.fate.reason)?;
            self.named.push(NamedReport {
                agency,
                year,
                url: page.url.to_string(),
                page: (page.fate.state, page.fate.since),
                reason: reason.as_str().unwrap_or_default().to_owned(),
                listed: page
                    .context
                    .listed
                    .date
                    .as_deref()
                    .and_then(|date| date.trim().parse().ok()),
            });
        }
        Ok(())
    }

    /// Whose report a title names: what stands before the year, else the agency of the column.
    fn agency_named(&self, title: &str, page: &KnownPage, year: i16) -> Option<String> {
        let (portal, column) = place(page);
        let portal = self.config.portals.iter().find(|known| known.id == portal);
        let printed = title.trim_start_matches("关于").trim_start_matches('《');
        let end = printed.find(|c: char| c.is_ascii_digit()).or_else(|| printed.find("二〇"));
        let printed = printed[..end.unwrap_or(0)].trim();
        let of_column =
            || portal?.columns.iter().find(|known| known.name == column)?.agency.clone();
        let printed = if looks_like_agency(printed) { printed.to_owned() } else { of_column()? };
        let home = portal.map(|portal| portal.region.as_str());
        Some(self.book.agency(&printed, home, Some(year)).name)
    }

    /// Which agencies of the roster became which.
    fn kin(&mut self) {
        for Heir { before, after, since } in
            heirs(&self.book, self.roster.keys().map(String::as_str))
        {
            if let Some(reporter) = self.roster.get_mut(&after) {
                reporter.before.push(before.clone());
            }
            if let Some(reporter) = self.roster.get_mut(&before) {
                reporter.after = Some((after, since));
            }
        }
    }

    /// Gives every agency the lists where its reports stand; a portal that the roster names stands for its columns of
    /// reports.
    fn looks(&mut self, lists: &[ColumnLists]) {
        let lists: HashMap<Place, &ColumnLists> =
            lists.iter().map(|list| ((list.portal.clone(), list.column.clone()), list)).collect();
        let all: BTreeSet<Place> = self.places.values().flatten().cloned().collect();
        for entry in &self.config.roster {
            let of_portal = all.iter().filter(|(portal, _)| Some(portal) == entry.portal.as_ref());
            let of_portal: Vec<Place> = of_portal.cloned().collect();
            self.places.entry(entry.name.clone()).or_default().extend(of_portal);
        }
        for (agency, places) in &self.places {
            let Some(reporter) = self.roster.get_mut(agency) else { continue };
            let known = places.iter().filter_map(|place| Some((place, lists.get(place)?)));
            reporter.looks = known.map(|(place, list)| look(place, list)).collect();
        }
    }
}

fn place(page: &KnownPage) -> Place {
    (page.context.portal.clone(), page.context.column.clone())
}

fn look(place: &Place, list: &ColumnLists) -> Look {
    Look {
        place: place.clone(),
        url: list.url.clone(),
        read_at: list.read_at,
        unasked: list.unasked,
        failed: list.failed,
    }
}
