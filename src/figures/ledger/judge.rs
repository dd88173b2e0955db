//! Judges roster and years. Pure: the day is an argument.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::catalogue::HeldReport;
use crate::figures::ledger::{
    Evidence, Ledger, LedgerCell, LedgerFacts, LedgerRow, LedgerState, Look, NamedReport, Reporter,
};
use crate::model::{PageState, PublicDate, ReporterKind, Status, china_day};

/// From this report year on the regulation of 2019 sets the dates.
const NEW_RULE: i16 = 2019;

/// The last day on which a report is in time; `None` where no rule says one (DOMAIN §6, issue 6).
///
/// Up to 2018: 31 March of the next year for all. From 2019 on: 31 January for departments, 31 March for governments of
/// county level and above; for townships the regulation sets no day.
fn due(kind: ReporterKind, year: i16) -> Option<PublicDate> {
    let month = match kind {
        _ if year < NEW_RULE => 3,
        ReporterKind::Department => 1,
        ReporterKind::Government => 3,
        ReporterKind::Township => return None,
    };
    PublicDate::new(year + 1, Some(month), Some(31))
}

/// The day after which a list without the report says something; 31 March where no rule sets a day.
fn awaited(kind: ReporterKind, year: i16) -> i64 {
    let day = due(kind, year).or(PublicDate::new(year + 1, Some(3), Some(31)));
    day.map_or(i64::MAX, PublicDate::first_day)
}

/// Judges every agency of the roster and every year.
pub(super) fn ledger(facts: &LedgerFacts, years: RangeInclusive<i16>) -> Ledger {
    let mut held: BTreeMap<(&str, i16), Vec<&HeldReport>> = BTreeMap::new();
    for report in &facts.held {
        held.entry((&report.agency, report.year)).or_default().push(report);
    }
    let mut named: BTreeMap<(&str, i16), Vec<&NamedReport>> = BTreeMap::new();
    for report in &facts.named {
        named.entry((&report.agency, report.year)).or_default().push(report);
    }
    let none = (Vec::new(), Vec::new());
    let mut spans: BTreeMap<&str, (i16, i16)> = BTreeMap::new();
    for (name, year) in held.keys().chain(named.keys()) {
        let span = spans.entry(name).or_insert((*year, *year));
        *span = (span.0.min(*year), span.1.max(*year));
    }
    let row = |reporter: &Reporter| {
        let cell = |year: i16| {
            let key = (reporter.name.as_str(), year);
            let known = Known {
                reporter,
                year,
                held: held.get(&key).unwrap_or(&none.0),
                named: named.get(&key).unwrap_or(&none.1),
                spans: &spans,
                today: facts.today,
            };
            known.judge()
        };
        LedgerRow {
            agency: reporter.name.clone(),
            region: reporter.region.clone(),
            kind: reporter.kind,
            is_curated: reporter.is_curated,
            cells: years.clone().map(cell).collect(),
        }
    };
    Ledger { years: years.clone().collect(), rows: facts.roster.iter().map(row).collect() }
}

/// What is known of one agency and year.
struct Known<'a> {
    reporter: &'a Reporter,
    year: i16,
    held: &'a [&'a HeldReport],
    named: &'a [&'a NamedReport],
    /// The first and the last year of the reports that are known of each agency.
    spans: &'a BTreeMap<&'a str, (i16, i16)>,
    today: PublicDate,
}

impl Known<'_> {
    fn judge(&self) -> LedgerCell {
        self.by_reports().or_else(|| self.by_names()).unwrap_or_else(|| self.by_absence())
    }

    fn cell(&self, state: LedgerState, evidence: Evidence) -> LedgerCell {
        LedgerCell {
            year: self.year,
            state,
            due: due(self.reporter.kind, self.year),
            published: None,
            days_late: None,
            gone_since: None,
            looked_at: None,
            document: None,
            url: None,
            evidence,
            detail: String::new(),
        }
    }

    /// By the reports that are held: one that is still published counts before one that is gone.
    fn by_reports(&self) -> Option<LedgerCell> {
        let is_gone = |report: &HeldReport| report.status == Status::Removed;
        let shown = self.held.iter().find(|report| !is_gone(report)).or(self.held.first())?;
        let published = self
            .held
            .iter()
            .filter_map(|report| report.published)
            .min_by_key(|day| day.first_day());
        let captured = self.held.iter().map(|report| report.first_captured).min().map(china_day);
        let due = due(self.reporter.kind, self.year);
        // A date of a month or a year is late only where its first day is.
        let late = published
            .zip(due)
            .map(|(day, due)| day.first_day() - due.first_day())
            .filter(|days| *days > 0);
        let in_time =
            due.is_none_or(|due| captured.is_some_and(|day| day.first_day() <= due.first_day()));
        let evidence = if published.is_some() || in_time {
            Evidence::ReportHeld
        } else {
            Evidence::ReportHeldUndated
        };
        let (state, evidence) = match late {
            _ if is_gone(shown) => (LedgerState::Removed, Evidence::ReportRemoved),
            Some(_) => (LedgerState::Late, evidence),
            None => (LedgerState::Published, evidence),
        };
        let gone_since = shown.since.filter(|_| is_gone(shown)).map(china_day);
        let (document, url) = (Some(shown.document), shown.url.clone());
        Some(LedgerCell {
            published,
            days_late: late,
            gone_since,
            document,
            url,
            ..self.cell(state, evidence)
        })
    }

    /// By links to reports that were never read.
    fn by_names(&self) -> Option<LedgerCell> {
        let judged = |report: &NamedReport| match report.page.0 {
            PageState::Removed => (LedgerState::Removed, Evidence::PageRemoved),
            PageState::Found
            | PageState::Trap
            | PageState::Kept
            | PageState::Redirected
            | PageState::Moved => (LedgerState::Unchecked, Evidence::PageNotRead),
            PageState::Suspected
            | PageState::Failing
            | PageState::Unreachable
            | PageState::Disallowed
            | PageState::Refused => (LedgerState::Unreachable, Evidence::PageUnreachable),
        };
        let report = self.named.iter().min_by_key(|report| judged(report).0)?;
        let (state, evidence) = judged(report);
        let since = (state != LedgerState::Unchecked).then(|| china_day(report.page.1));
        Some(LedgerCell {
            published: report.listed,
            gone_since: since,
            url: Some(report.url.clone()),
            detail: report.reason.clone(),
            ..self.cell(state, evidence)
        })
    }

    /// The agency that owes the report instead: one that became this one and reports on this year or a later one, or the
    /// one that this one became, when it was there and this one reports no more.
    fn reported_by_kin(&self) -> Option<&str> {
        let span = |name: &str| self.spans.get(name).copied();
        let still_there = |name: &&String| span(name).is_some_and(|(_, last)| last >= self.year);
        if let Some(before) = self.reporter.before.iter().find(still_there) {
            return Some(before);
        }
        let (after, since) = self.reporter.after.as_ref()?;
        let begun = since.iter().copied().chain(span(after).map(|(first, _)| first)).min()?;
        (begun <= self.year && !still_there(&&self.reporter.name)).then_some(after)
    }

    /// Nothing is held and nothing is named: what do the lists say?
    fn by_absence(&self) -> LedgerCell {
        let Reporter { since, until, kind, is_curated, .. } = self.reporter;
        if since.is_some_and(|since| self.year < since)
            || until.is_some_and(|until| self.year > until)
        {
            return self.cell(LedgerState::NotDue, Evidence::AgencyNotThere);
        }
        if let Some(other) = self.reported_by_kin() {
            let cell = self.cell(LedgerState::NotDue, Evidence::AgencyNotThere);
            return LedgerCell { detail: other.to_owned(), ..cell };
        }
        let awaited = awaited(*kind, self.year);
        if self.today.first_day() <= awaited {
            return self.cell(LedgerState::NotDue, Evidence::NotYetDue);
        }
        // Whether a body owes a report on the year it was founded depends on when its region founded it.
        let is_known = *is_curated || since.is_some_and(|since| since < self.year);
        let first = self.spans.get(self.reporter.name.as_str()).map(|(first, _)| *first);
        if !is_known && first.is_none_or(|first| self.year < first) {
            return self.cell(LedgerState::Unchecked, Evidence::BeforeFirstReport);
        }
        // Of several lists the weakest claim holds: the report may stand in any of them.
        let judged = |look: &Look| {
            let read = look.read_at.map(china_day);
            let (state, evidence) = match read {
                _ if look.failed > 0 => (LedgerState::Unreachable, Evidence::ListUnreachable),
                _ if look.unasked > 0 => (LedgerState::Unchecked, Evidence::ListNotReadInFull),
                Some(read) if read.first_day() > awaited => {
                    (LedgerState::Missing, Evidence::NotInList)
                }
                _ => (LedgerState::Unchecked, Evidence::NotReadSinceDue),
            };
            LedgerCell {
                looked_at: read,
                url: Some(look.url.clone()),
                detail: format!("{} {}", look.place.0, look.place.1),
                ..self.cell(state, evidence)
            }
        };
        let cells = self.reporter.looks.iter().map(judged);
        cells
            .max_by_key(|cell| cell.state)
            .unwrap_or_else(|| self.cell(LedgerState::Unchecked, Evidence::NoListKnown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DocumentId, Moment, Origin};

    const AGENCY: &str = "灵洲市教育局";

    fn moment(day: &str) -> Moment {
        format!("{day}T02:00:00Z").parse().unwrap()
    }

    fn held(year: i16, published: &str, captured: &str) -> HeldReport {
        let origin = Origin::Import { set: "t".into(), id: format!("{year} {published}") };
        HeldReport {
            document: DocumentId::of(&origin, ""),
            agency: AGENCY.into(),
            region: None,
            year,
            status: Status::Live,
            since: None,
            published: published.parse().ok(),
            first_captured: moment(captured),
            url: None,
            page: None,
        }
    }

    fn named(year: i16, state: PageState) -> NamedReport {
        NamedReport {
            agency: AGENCY.into(),
            year,
            url: "http://www.lingzhou.example/a.html".into(),
            page: (state, moment("2024-01-01")),
            reason: "not_found".into(),
            listed: "2016-02-01".parse().ok(),
        }
    }

    fn look(read: &str) -> Look {
        let place = ("lingzhou".into(), "年度报告".into());
        let url = "http://www.lingzhou.example/".into();
        Look { place, url, read_at: Some(moment(read)), unasked: 0, failed: 0 }
    }

    fn reporter(name: &str) -> Reporter {
        Reporter {
            name: name.into(),
            region: None,
            kind: ReporterKind::of(name),
            since: None,
            until: None,
            before: Vec::new(),
            after: None,
            is_curated: false,
            looks: vec![look("2024-06-01")],
        }
    }

    fn facts(roster: Vec<Reporter>) -> LedgerFacts {
        let today = "2024-06-02".parse().unwrap();
        LedgerFacts { roster, held: Vec::new(), named: Vec::new(), today }
    }

    fn states(
        facts: &LedgerFacts,
        years: RangeInclusive<i16>,
    ) -> Vec<(i16, LedgerState, Evidence)> {
        let ledger = ledger(facts, years);
        assert_eq!(ledger.totals().values().sum::<usize>(), ledger.rows.len() * ledger.years.len());
        ledger.rows[0].cells.iter().map(|cell| (cell.year, cell.state, cell.evidence)).collect()
    }

    #[test]
    fn due_dates_follow_the_rule_of_the_year() {
        for (name, year, day) in [
            (AGENCY, 2018, Some("2019-03-31")),
            (AGENCY, 2019, Some("2020-01-31")),
            ("灵洲市人民政府", 2018, Some("2019-03-31")),
            ("灵洲市人民政府", 2019, Some("2020-03-31")),
            ("青岚街道办事处", 2018, Some("2019-03-31")),
            ("青岚街道办事处", 2019, None),
        ] {
            let due = due(ReporterKind::of(name), year).map(|day| day.to_string());
            assert_eq!(due.as_deref(), day, "{name} {year}");
        }
    }

    #[test]
    fn a_report_is_late_only_when_it_is_certain() {
        for (year, published, captured, state, days) in [
            (2019, "2020-01-31", "2024-01-01", LedgerState::Published, None),
            (2019, "2020-02-01", "2024-01-01", LedgerState::Late, Some(1)),
            (2018, "2019-03-31", "2024-01-01", LedgerState::Published, None),
            (2018, "2019-04-02", "2024-01-01", LedgerState::Late, Some(2)),
            (2019, "2020-02", "2024-01-01", LedgerState::Late, Some(1)),
            (2019, "2020-01", "2024-01-01", LedgerState::Published, None),
            (2019, "2020", "2024-01-01", LedgerState::Published, None),
        ] {
            let mut facts = facts(vec![reporter(AGENCY)]);
            facts.held = vec![held(year, published, captured)];
            let cell = ledger(&facts, year..=year).rows[0].cells[0].clone();
            assert_eq!((cell.state, cell.days_late), (state, days), "{published}");
            assert_eq!(cell.evidence, Evidence::ReportHeld);
        }
        let mut undated = facts(vec![reporter(AGENCY)]);
        undated.held = vec![held(2019, "", "2024-01-01")];
        assert_eq!(states(&undated, 2019..=2019)[0].2, Evidence::ReportHeldUndated);
        undated.held = vec![held(2019, "", "2020-01-31")];
        assert_eq!(states(&undated, 2019..=2019)[0].2, Evidence::ReportHeld, "captured in time");
    }

    #[test]
    fn the_earliest_copy_counts_and_one_that_is_there_before_one_that_is_gone() {
        let gone = |mut report: HeldReport| {
            report.status = Status::Removed;
            report.since = Some(moment("2023-05-05"));
            report
        };
        let mut facts = facts(vec![reporter(AGENCY)]);
        facts.held = vec![
            held(2019, "2020-03-01", "2024-01-01"),
            gone(held(2019, "2020-01-20", "2024-01-01")),
        ];
        assert_eq!(states(&facts, 2019..=2019)[0].1, LedgerState::Published);
        facts.held = vec![gone(held(2019, "2020-03-01", "2024-01-01"))];
        let cell = ledger(&facts, 2019..=2019).rows[0].cells[0].clone();
        assert_eq!((cell.state, cell.days_late), (LedgerState::Removed, Some(30)));
        assert_eq!(cell.gone_since.unwrap().to_string(), "2023-05-05");
    }

    #[test]
    fn what_lists_say_of_reports_that_are_not_held() {
        let mut facts = facts(vec![reporter(AGENCY)]);
        facts.held = vec![held(2014, "2015-03-01", "2024-01-01")];
        facts.named = vec![
            named(2016, PageState::Removed),
            named(2017, PageState::Suspected),
            named(2018, PageState::Found),
        ];
        let want = [
            (2013, LedgerState::Unchecked, Evidence::BeforeFirstReport),
            (2014, LedgerState::Published, Evidence::ReportHeld),
            (2015, LedgerState::Missing, Evidence::NotInList),
            (2016, LedgerState::Removed, Evidence::PageRemoved),
            (2017, LedgerState::Unreachable, Evidence::PageUnreachable),
            (2018, LedgerState::Unchecked, Evidence::PageNotRead),
        ];
        assert_eq!(states(&facts, 2013..=2018), want);
        assert_eq!(states(&facts, 2023..=2024)[1].2, Evidence::NotYetDue);
    }

    #[test]
    fn nothing_is_missing_that_nobody_could_have_seen() {
        let curated = |looks: Vec<Look>| {
            let reporter = Reporter { is_curated: true, looks, ..reporter(AGENCY) };
            states(&facts(vec![reporter]), 2022..=2022)[0]
        };
        let broken = Look { failed: 1, ..look("2024-06-01") };
        let begun = Look { unasked: 2, ..look("2024-06-01") };
        for (looks, state, evidence) in [
            (vec![], LedgerState::Unchecked, Evidence::NoListKnown),
            (vec![look("2023-01-31")], LedgerState::Unchecked, Evidence::NotReadSinceDue),
            (vec![look("2023-02-01")], LedgerState::Missing, Evidence::NotInList),
            (vec![begun], LedgerState::Unchecked, Evidence::ListNotReadInFull),
            (vec![look("2024-06-01"), broken], LedgerState::Unreachable, Evidence::ListUnreachable),
        ] {
            assert_eq!(curated(looks), (2022, state, evidence));
        }
        let closed = Reporter { until: Some(2018), since: Some(2010), ..reporter(AGENCY) };
        let want = |year| (year, LedgerState::NotDue, Evidence::AgencyNotThere);
        let got = states(&facts(vec![closed]), 2009..=2019);
        assert_eq!((got[0], got[10]), (want(2009), want(2019)));
        assert_eq!(got[1].1, LedgerState::Unchecked, "the year it was founded");
        assert_eq!(got[2].1, LedgerState::Missing, "since when it was there is known");
    }

    #[test]
    fn a_renamed_agency_owes_one_report_a_year() {
        use LedgerState::{Missing, NotDue, Published};
        let old = "灵洲市国土资源局";
        let held_by = |agency: &str, year| HeldReport {
            agency: agency.into(),
            ..held(year, "", "2019-01-01")
        };
        let before = Reporter {
            after: Some((AGENCY.into(), Some(2014))),
            is_curated: true,
            ..reporter(old)
        };
        let after = Reporter { before: vec![old.into()], is_curated: true, ..reporter(AGENCY) };
        let mut facts = facts(vec![before, after]);
        facts.held = vec![held_by(old, 2014), held_by(old, 2016), held_by(AGENCY, 2018)];
        let ledger = ledger(&facts, 2015..=2019);
        let states = |row: usize| -> Vec<LedgerState> {
            ledger.rows[row].cells.iter().map(|cell| cell.state).collect()
        };
        assert_eq!(states(0), [Missing, Published, NotDue, NotDue, NotDue]);
        assert_eq!(states(1), [NotDue, NotDue, Missing, Published, Missing]);
        assert_eq!(ledger.rows[0].cells[2].detail, AGENCY);
    }
}
