//! The ledger: which agency reported on which year, in time or late, and what is known where no report is held.
//!
//! Every agency of the roster has one state for every year, so that the states add up to roster × years. A report is
//! only said to be missing when the list that should name it was read in full after the report was due.

mod judge;
mod records;

use std::collections::BTreeMap;

use crate::catalogue::HeldReport;
use crate::model::{
    DocumentId, Moment, PageState, PublicDate, RegionCode, ReporterKind, YearSpan, is_within,
};

use judge::ledger;

/// An agency that must report.
#[derive(Clone, Debug, PartialEq)]
pub struct Reporter {
    /// Its plain name.
    pub name: String,
    /// Its region.
    pub region: Option<RegionCode>,
    /// What it is.
    pub kind: ReporterKind,
    /// The first year it must report on, where that is known.
    pub since: Option<i16>,
    /// The last one.
    pub until: Option<i16>,
    /// Agencies of the roster that became this one.
    pub before: Vec<String>,
    /// The agency of the roster that this one became, and the first year that one was there, where it is known.
    pub after: Option<(String, Option<i16>)>,
    /// Whether the curated roster names it; others are known by a report.
    pub is_curated: bool,
    /// The lists where its reports stand, or should.
    pub looks: Vec<Look>,
}

/// The list pages of a column where reports are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The portal and the name of the column.
    pub place: (String, String),
    /// Address of the first list page.
    pub url: String,
    /// When the lists last answered.
    pub read_at: Option<Moment>,
    /// List pages not asked for yet.
    pub unasked: u64,
    /// List pages that gave no usable answer.
    pub failed: u64,
}

/// A report that a list names and that was never read.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedReport {
    /// Whose it is, by its plain name.
    pub agency: String,
    /// The year it is about.
    pub year: i16,
    /// Its address.
    pub url: String,
    /// What became of its page, and since when.
    pub page: (PageState, Moment),
    /// Why, in a word.
    pub reason: String,
    /// The date beside its link.
    pub listed: Option<PublicDate>,
}

/// Everything a ledger is judged by.
#[derive(Clone, Debug)]
pub struct LedgerFacts {
    /// The roster, every agency once.
    pub roster: Vec<Reporter>,
    /// Reports that are held.
    pub held: Vec<HeldReport>,
    /// Reports that are only known by their links.
    pub named: Vec<NamedReport>,
    /// The day of the judgement.
    pub today: PublicDate,
}

/// Which part of a ledger is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerQuestion {
    /// Plain names of agencies; empty: all.
    pub agencies: Vec<String>,
    /// Only agencies of this region and those in it.
    pub region: Option<RegionCode>,
    /// The years; `None`: from 2008 to last year.
    pub years: Option<YearSpan>,
}

/// Reports are owed since the regulation came into force in 2008.
const FIRST_YEAR: i16 = 2008;

impl LedgerQuestion {
    /// The part of the ledger that is asked for.
    pub fn answer(&self, mut facts: LedgerFacts) -> Ledger {
        let is_named = |name: &String| self.agencies.is_empty() || self.agencies.contains(name);
        facts.roster.retain(|reporter| {
            is_named(&reporter.name)
                && is_within(reporter.region.as_deref(), self.region.as_deref())
        });
        let all = YearSpan { first: FIRST_YEAR, last: facts.today.year() - 1 };
        let YearSpan { first, last } = self.years.unwrap_or(all);
        ledger(&facts, first..=last)
    }
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerState {
    /// Published, and not known to be late.
    Published,
    /// Published after it was due.
    Late,
    /// Not in the list that should name it, read in full after it was due.
    Missing,
    /// Published once, and gone.
    Removed,
    /// Its page, or the list that should name it, gives no usable answer.
    Unreachable,
    /// Nobody looked, or not since it was due.
    Unchecked,
    /// No report is owed: not due yet, or the agency was not there.
    NotDue,
}

impl LedgerState {
    /// All of them, in the order they are told in.
    pub const ALL: [Self; 7] = [
        Self::Published,
        Self::Late,
        Self::Missing,
        Self::Removed,
        Self::Unreachable,
        Self::Unchecked,
        Self::NotDue,
    ];

    /// The state as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Late => "late",
            Self::Missing => "missing",
            Self::Removed => "removed",
            Self::Unreachable => "unreachable",
            Self::Unchecked => "unchecked",
            Self::NotDue => "not_due",
        }
    }
}

/// What a state rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The report is held with its date, or was captured before it was due.
    ReportHeld,
    /// The report is held, and nothing says when it was published.
    ReportHeldUndated,
    /// The report is held, and its portal removed it.
    ReportRemoved,
    /// A list names it; its page was gone before it could be read.
    PageRemoved,
    /// A list names it; its page gives no usable answer.
    PageUnreachable,
    /// A list names it; its page was not read yet.
    PageNotRead,
    /// The list was read in full after it was due and does not name it.
    NotInList,
    /// The list gives no usable answer.
    ListUnreachable,
    /// The list was not read in full yet.
    ListNotReadInFull,
    /// The list was not read since it was due.
    NotReadSinceDue,
    /// No list is known where it would stand.
    NoListKnown,
    /// It is not due yet.
    NotYetDue,
    /// The agency was not there yet, or not any more.
    AgencyNotThere,
    /// Before the first report that is held; whether the agency was there is not curated.
    BeforeFirstReport,
}

impl Evidence {
    /// The evidence as it stands in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReportHeld => "report_held",
            Self::ReportHeldUndated => "report_held_undated",
            Self::ReportRemoved => "report_removed",
            Self::PageRemoved => "page_removed",
            Self::PageUnreachable => "page_unreachable",
            Self::PageNotRead => "page_not_read",
            Self::NotInList => "not_in_list",
            Self::ListUnreachable => "list_unreachable",
            Self::ListNotReadInFull => "list_not_read_in_full",
            Self::NotReadSinceDue => "not_read_since_due",
            Self::NoListKnown => "no_list_known",
            Self::NotYetDue => "not_yet_due",
            Self::AgencyNotThere => "agency_not_there",
            Self::BeforeFirstReport => "before_first_report",
        }
    }
}

/// One agency and one year.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerCell {
    /// The year.
    pub year: i16,
    /// What became of its report.
    pub state: LedgerState,
    /// The last day in time; `None`: no rule says one.
    pub due: Option<PublicDate>,
    /// When it was published: the earliest of several copies.
    pub published: Option<PublicDate>,
    /// How many days late.
    pub days_late: Option<i64>,
    /// Since when it is gone, or its page gives no answer.
    pub gone_since: Option<PublicDate>,
    /// When the list that should name it was last read.
    pub looked_at: Option<PublicDate>,
    /// The report that is held.
    pub document: Option<DocumentId>,
    /// Address of the report, or of the list that does not name it.
    pub url: Option<String>,
    /// What the state rests on.
    pub evidence: Evidence,
    /// More about it: the column that was read, why a page gives no answer.
    pub detail: String,
}

/// The years of one agency.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// Its plain name.
    pub agency: String,
    /// Its region.
    pub region: Option<RegionCode>,
    /// What it is.
    pub kind: ReporterKind,
    /// Whether the curated roster names it.
    pub is_curated: bool,
    /// One for each year, in order.
    pub cells: Vec<LedgerCell>,
}

/// Roster × years.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// The years, in order.
    pub years: Vec<i16>,
    /// The agencies, in the order of the roster.
    pub rows: Vec<LedgerRow>,
}

impl Ledger {
    /// How many cells are in each state; together roster × years.
    pub fn totals(&self) -> BTreeMap<LedgerState, usize> {
        let mut totals: BTreeMap<LedgerState, usize> =
            LedgerState::ALL.into_iter().map(|state| (state, 0)).collect();
        for cell in self.rows.iter().flat_map(|row| &row.cells) {
            *totals.entry(cell.state).or_default() += 1;
        }
        totals
    }
}
