//! The rules that the figures of a report must keep (DOMAIN §6.3). Nothing is repaired: a rule that is broken is said.

mod departments;
mod forms;
mod last_part;
mod stated;
mod years;

use std::collections::HashMap;

use crate::figures::number::{self, Cell};
use crate::model::{Amount, Check, Figure, Method, Verdict};

pub use departments::{ADDED_UP, against_departments};
pub use years::across_years;

/// The columns of table B, by the ends of their ids.
const APPLICANTS: [&str; 6] = [
    "natural_person",
    "biz_enterprise",
    "research_inst",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
];
const TOTAL: &str = "total";
/// Rows of table B that are no results.
const FLOWS: [&str; 4] = ["new_received", "carried_in", "processed_total", "carried_out"];

/// The figures of a report by id.
pub(super) struct Known<'a>(HashMap<&'a str, &'a Figure>);

impl<'a> Known<'a> {
    pub(super) fn of(figures: &'a [Figure]) -> Self {
        Self(figures.iter().map(|figure| (figure.metric.as_str(), figure)).collect())
    }

    fn get(&self, id: &str) -> Option<&'a Figure> {
        self.0.get(id).copied()
    }

    /// The sum of figures: a blank cell adds nothing; `None` where one is missing or cannot be read, or all are blank.
    fn sum(&self, ids: &[String]) -> Option<Sum> {
        let mut sum = Sum::default();
        for id in ids {
            let figure = self.get(id)?;
            match figure.value {
                Some(value) => {
                    sum.value += value.0;
                    sum.filled += 1;
                }
                None if is_blank(figure) => {}
                None => return None,
            }
            sum.methods.push(figure.method);
        }
        Some(sum)
    }
}

/// Whether nothing is printed in a cell; else its value is unknown.
fn is_blank(figure: &Figure) -> bool {
    figure.method == Method::Cell && number::cell(&figure.printed) == Cell::Blank
}

#[derive(Default)]
struct Sum {
    value: f64,
    /// How many cells have a number.
    filled: usize,
    methods: Vec<Method>,
}

/// What is compared in a rule.
struct Rule<'r> {
    name: &'r str,
    scope: &'r str,
    left: Vec<String>,
    right: Vec<String>,
    /// Ways of reading that used this rule.
    used_by: &'r [Method],
}

impl Rule<'_> {
    fn check(self, known: &Known<'_>) -> Option<Check> {
        let (left, right) = (known.sum(&self.left)?, known.sum(&self.right)?);
        if left.filled + right.filled == 0 {
            return None;
        }
        let used = || left.methods.iter().chain(&right.methods).any(|m| self.used_by.contains(m));
        let (a, b) = (Amount(left.value), Amount(right.value));
        let verdict = match a.is(b) {
            false => Verdict::Broken,
            true if used() => Verdict::Used,
            true => Verdict::Holds,
        };
        let metrics = self.left.into_iter().chain(self.right).collect();
        let (rule, scope) = (self.name.to_owned(), self.scope.to_owned());
        Some(Check { rule, scope, verdict, left: a, right: b, detail: String::new(), metrics })
    }
}

/// All rules within one report, whose sentences are in `text`.
pub(super) fn of_report(figures: &[Figure], text: &str) -> Vec<Check> {
    let known = Known::of(figures);
    let mut checks = requests(figures, &known);
    checks.extend(reviews(&known));
    checks.extend(forms::sums(&known));
    checks.extend(stated::against_tables(&known));
    checks.extend(last_part::fees_unsaid(&known, text));
    checks
}

fn ids(prefix: &str, parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| format!("{prefix}{part}")).collect()
}

/// B1, B2 by column, B3 by row.
fn requests(figures: &[Figure], known: &Known<'_>) -> Vec<Check> {
    let rows: Vec<&str> = figures
        .iter()
        .filter_map(|figure| figure.metric.strip_prefix("req_")?.strip_suffix("__total"))
        .collect();
    let cell = |row: &str, column: &str| format!("req_{row}__{column}");
    let mut checks = Vec::new();
    for column in APPLICANTS.into_iter().chain([TOTAL]) {
        let of = |rows: &[&str]| rows.iter().map(|row| cell(row, column)).collect::<Vec<_>>();
        let results: Vec<&str> = rows.iter().filter(|row| !FLOWS.contains(row)).copied().collect();
        let used_by = &[Method::ColumnSum, Method::Prose];
        let balance = Rule {
            name: "B1",
            scope: column,
            left: of(&["new_received", "carried_in"]),
            right: of(&["processed_total", "carried_out"]),
            used_by,
        };
        checks.extend(balance.check(known));
        if !results.is_empty() {
            let (left, right) = (of(&results), of(&["processed_total"]));
            checks.extend(Rule { name: "B2", scope: column, left, right, used_by }.check(known));
        }
    }
    for row in rows {
        let left = APPLICANTS.iter().map(|column| cell(row, column)).collect();
        let right = vec![cell(row, TOTAL)];
        let used_by = &[Method::RowSum, Method::ColumnSum, Method::Prose];
        checks.extend(Rule { name: "B3", scope: row, left, right, used_by }.check(known));
    }
    checks
}

/// C1 to C3.
fn reviews(known: &Known<'_>) -> Vec<Check> {
    let blocks = [("C1", "rev"), ("C2", "lit_direct"), ("C3", "lit_postrev")];
    let rule = |(name, scope): (&'static str, &'static str)| Rule {
        name,
        scope,
        left: ids(&format!("{scope}_"), &["upheld", "corrected", "other", "pending"]),
        right: ids(&format!("{scope}_"), &["total"]),
        used_by: &[Method::RowSum],
    };
    blocks.into_iter().filter_map(|block| rule(block).check(known)).collect()
}

/// What a rule says, in a few words, for people.
pub fn rule_name(rule: &str) -> &str {
    match rule {
        "B1" => "一 + 二 = 三(七) + 四",
        "B2" => "Σ 三(一)…(六) = 三(七)",
        "B3" => "Σ 申请人 = 总计",
        "B4" => "四 (去年) = 二 (本年)",
        "C1" | "C2" | "C3" => "维持 + 纠正 + 其他 + 未审结 = 总计",
        "A1" => "现行有效 = 去年 + 制发 − 废止",
        "A2" => "上一年项目 = 去年项目 + 增减",
        "N1" => "三(一)=Σ",
        "N2" => "三(二)=Σ",
        "N3" => "三(三)=Σ1–8",
        "N4" => "4=Σ其中",
        "N5" => "四=Σ",
        "N6" => "五=Σ",
        "N7" => "八(三)=Σ",
        "N8" => "办结=答复",
        "P1" => "文字 = 表格",
        "P2" => "占比、均值按其数字四舍五入",
        "R1" => "政府 ≥ 所属部门、乡镇街道",
        "S2" => "有收费 → 第六部分说明",
        _ => "总数 = Σ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::correct;
    use crate::model::{Correction, ReportFigures, Scope};

    /// A report of these figures, as cells.
    fn report(figures: &[(&str, Option<f64>)]) -> ReportFigures {
        let mut report = ReportFigures {
            format: None,
            figures: Vec::new(),
            statements: Vec::new(),
            cells: Vec::new(),
            checks: Vec::new(),
        };
        let said = || Correction {
            read: None,
            reason: String::new(),
            by: String::new(),
            on: String::new(),
        };
        for (metric, value) in figures {
            assert!(correct(&mut report, metric, value.map(Amount), said()), "{metric}");
        }
        for figure in &mut report.figures {
            figure.correction = None;
        }
        report
    }

    fn told(checks: &[Check]) -> Vec<(&str, &str, Verdict)> {
        checks.iter().map(|check| (&*check.rule, &*check.scope, check.verdict)).collect()
    }

    #[test]
    fn blank_cells_add_nothing_and_unknown_ones_are_not_judged() {
        let block = |upheld, total| {
            report(&[
                ("rev_upheld", upheld),
                ("rev_corrected", None),
                ("rev_other", None),
                ("rev_pending", None),
                ("rev_total", total),
            ])
        };
        let judged = |report: &ReportFigures| of_report(&report.figures, "");
        assert_eq!(told(&judged(&block(Some(3.0), Some(3.0)))), [("C1", "rev", Verdict::Holds)]);
        assert_eq!(told(&judged(&block(Some(3.0), None))), [("C1", "rev", Verdict::Broken)]);
        assert_eq!(told(&judged(&block(None, None))), [], "all blank");
        let mut unknown = block(Some(3.0), Some(4.0));
        unknown.figures[1].method = Method::Digits;
        assert_eq!(told(&judged(&unknown)), [], "a cell that could not be read");
    }

    #[test]
    fn a_rule_that_was_used_to_read_is_not_said_to_hold() {
        let mut read = report(&[
            ("rev_upheld", Some(12.0)),
            ("rev_corrected", Some(0.0)),
            ("rev_other", Some(0.0)),
            ("rev_pending", Some(0.0)),
            ("rev_total", Some(12.0)),
        ]);
        for figure in &mut read.figures {
            figure.method = Method::RowSum;
        }
        assert_eq!(told(&of_report(&read.figures, "")), [("C1", "rev", Verdict::Used)]);
    }

    #[test]
    fn sentences_are_held_against_tables() {
        let stated = |scope| {
            let mut read = report(&[
                ("req_new_received__total", Some(20.0)),
                ("req_processed_total__total", Some(21.0)),
                ("prose_requests_received", Some(21.0)),
            ]);
            read.figures[2].scope = scope;
            of_report(&read.figures, "")
        };
        let checks = stated(Scope::Aggregate);
        assert_eq!(told(&checks), [("P1", "prose_requests_received", Verdict::Broken)]);
        assert!(checks[0].detail.contains("三(七)"), "{}", checks[0].detail);
        assert_eq!(told(&stated(Scope::Own)), [], "the office alone is not the whole government");
    }

    #[test]
    fn reports_are_held_against_those_of_the_year_before() {
        let before = report(&[
            ("req_carried_out__total", Some(3.0)),
            ("art20_1_normdocs_in_force", Some(40.0)),
            ("art20_5_license_items_prev", Some(156.0)),
            ("art20_5_license_items_change", Some(-59.0)),
        ]);
        let after = report(&[
            ("req_carried_in__total", Some(2.0)),
            ("art20_1_normdocs_in_force", Some(43.0)),
            ("art20_1_normdocs_issued", Some(5.0)),
            ("art20_1_normdocs_repealed", Some(2.0)),
            ("art20_5_license_items_prev", Some(97.0)),
        ]);
        assert_eq!(
            told(&across_years(&before.figures, &after.figures)),
            [
                ("B4", "total", Verdict::Broken),
                ("A1", "normdocs", Verdict::Holds),
                ("A2", "5_license", Verdict::Holds)
            ]
        );
    }

    #[test]
    fn fees_that_the_last_part_does_not_mention_are_noted() {
        let fees = |amount| report(&[("art20_8_fee_amount_wanyuan", amount)]);
        let noted = |amount, text: &str| {
            let checks = of_report(&fees(amount).figures, text);
            checks.iter().any(|check| check.rule == "S2" && check.verdict == Verdict::Note)
        };
        let nothing = "五、存在的问题\n人手不足。\n六、其他需要报告的事项\n本年度没有其他需要报告的事项。\n云汀市财政局";
        assert!(noted(Some(12.5), nothing));
        assert!(noted(Some(12.5), "六、其他需要报告的事项：无。"));
        assert!(!noted(Some(0.0), nothing), "no fees");
        assert!(!noted(None, nothing), "a blank");
        assert!(!noted(
            Some(12.5),
            "六、其他需要报告的事项\n未收取信息处理费，行政事业性收费12.5万元。"
        ));
        assert!(!noted(Some(12.5), "六、其他需要报告的事项\n无。\n（收费情况见附表）"));
        assert!(!noted(Some(12.5), "五、存在的问题\n无。"), "no such part");
    }

    #[test]
    fn a_government_has_no_less_than_its_departments() {
        let government = report(&[
            ("req_new_received__total", Some(20.0)),
            ("rev_total", Some(1.0)),
            ("lit_direct_total", None),
        ]);
        let row = |agency: &str, metric: &str, value: Option<f64>| crate::catalogue::FigureRow {
            metric: metric.to_owned(),
            agency: agency.to_owned(),
            year: 2021,
            document: "0000000000000000".parse().unwrap(),
            value: value.map(Amount),
            marks: crate::catalogue::FigureMarks::default(),
            format: None,
            region: None,
            status: crate::model::Status::Live,
        };
        let theirs = [
            row("云汀市教育局", "req_new_received__total", Some(20.0)),
            row("云汀市财政局", "req_new_received__total", None),
            row("云汀市教育局", "rev_total", Some(2.0)),
            row("云汀市财政局", "rev_total", Some(3.0)),
            row("云汀市教育局", "lit_direct_total", Some(3.0)),
        ];
        let checks = against_departments(&government.figures, &theirs);
        assert_eq!(
            told(&checks),
            [("R1", "req_new_received__total", Verdict::Holds), ("R1", "rev_total", Verdict::Note)]
        );
        assert_eq!((checks[1].right, &*checks[1].detail), (Amount(3.0), "云汀市财政局"));
    }
}
