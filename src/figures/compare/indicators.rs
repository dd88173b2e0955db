//! What can be compared: every metric, and what is derived from several (`index/indicators.tsv`).

use std::sync::LazyLock;

use crate::figures::Metrics;
use crate::model::ReportFormat;

/// A metric, or what is computed from several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// Its name in Chinese.
    pub label: String,
    /// What it counts; 比率 for a number from 0 to 1.
    pub unit: String,
    /// How it is computed, by the form of the report.
    pub formulas: Vec<Formula>,
    /// Whether it is computed from several figures.
    pub is_derived: bool,
}

/// How an indicator is computed from reports of some forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The forms; empty: any, and no two of them mean quite the same but those of 2019 and 2021.
    pub forms: Vec<ReportFormat>,
    /// What is counted.
    pub numerator: Vec<Term>,
    /// What it is a share of; empty: nothing, the numerator is the value.
    pub denominator: Vec<Term>,
}

/// A figure in a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Id of the metric.
    pub metric: String,
    /// Taken away instead of added.
    pub is_minus: bool,
    /// Of the report on the year before.
    pub is_of_year_before: bool,
}

static DERIVED: LazyLock<Vec<Indicator>> =
    LazyLock::new(|| read(include_str!("../../../index/indicators.tsv")));

const FORMS: [ReportFormat; 5] = [
    ReportFormat::Narrative,
    ReportFormat::Zhejiang2013,
    ReportFormat::National2014,
    ReportFormat::Tables2019,
    ReportFormat::Tables2021,
];

impl Indicator {
    /// The derived indicators, in the order of the list.
    pub fn derived() -> &'static [Self] {
        &DERIVED
    }

    /// The indicator with an id: a derived one, or a metric as it stands.
    pub fn find(id: &str) -> Option<Self> {
        let derived = DERIVED.iter().find(|indicator| indicator.id == id);
        derived.cloned().or_else(|| Self::plain(id))
    }

    fn plain(id: &str) -> Option<Self> {
        let metric = Metrics::built_in().get(id)?;
        // A metric of several forms may stand on several lines.
        let lines = Metrics::built_in().all().iter().filter(|other| other.id == metric.id);
        let words: Vec<&String> = lines.flat_map(|metric| &metric.forms).collect();
        let forms =
            FORMS.into_iter().filter(|form| words.iter().any(|word| *word == form.as_str()));
        let term = Term { metric: id.to_owned(), is_minus: false, is_of_year_before: false };
        let label = if metric.table == "prose" {
            &metric.label
        } else {
            &format!("{} {}", metric.label, metric.column)
        };
        Some(Self {
            id: id.to_owned(),
            label: label.trim().to_owned(),
            unit: metric.unit.clone(),
            formulas: vec![Formula {
                forms: forms.collect(),
                numerator: vec![term],
                denominator: Vec::new(),
            }],
            is_derived: false,
        })
    }

    /// The ids of all metrics it may be computed from.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.terms().map(|term| term.metric.as_str())
    }

    /// Whether it needs the report on the year before.
    pub fn looks_back(&self) -> bool {
        self.terms().any(|term| term.is_of_year_before)
    }

    fn terms(&self) -> impl Iterator<Item = &Term> {
        self.formulas
            .iter()
            .flat_map(|formula| formula.numerator.iter().chain(&formula.denominator))
    }
}

impl Formula {
    /// The formula as text: `a + b / c`, with brackets round sums.
    pub fn text(&self) -> String {
        let sum = |terms: &[Term]| {
            let mut text = String::new();
            for term in terms {
                let sign = if term.is_minus { " - " } else { " + " };
                text.push_str(if text.is_empty() { "" } else { sign });
                text.push_str(&term.metric);
                text.push_str(if term.is_of_year_before { "@-1" } else { "" });
            }
            if terms.len() > 1 { format!("({text})") } else { text }
        };
        if self.denominator.is_empty() {
            return sum(&self.numerator);
        }
        format!("{} / {}", sum(&self.numerator), sum(&self.denominator))
    }

    /// The words of its forms, then the formula as text.
    pub fn line(&self) -> String {
        let forms: Vec<&str> = self.forms.iter().map(|form| form.as_str()).collect();
        format!("{}: {}", forms.join(", "), self.text())
    }
}

/// Reads the list; a line that is none is left out.
fn read(text: &str) -> Vec<Indicator> {
    let mut indicators: Vec<Indicator> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, label, unit, forms, numerator, denominator] = cells[..] else { continue };
        if id == "id" {
            continue;
        }
        let forms: Vec<&str> = forms.split(',').collect();
        let formula = Formula {
            forms: FORMS.into_iter().filter(|form| forms.contains(&form.as_str())).collect(),
            numerator: terms(numerator),
            denominator: terms(denominator),
        };
        match indicators.last_mut().filter(|last| last.id == id) {
            Some(last) => last.formulas.push(formula),
            None => indicators.push(Indicator {
                id: id.to_owned(),
                label: label.to_owned(),
                unit: unit.to_owned(),
                formulas: vec![formula],
                is_derived: true,
            }),
        }
    }
    indicators
}

fn terms(text: &str) -> Vec<Term> {
    let mut is_minus = false;
    let mut terms = Vec::new();
    for word in text.split_whitespace() {
        match word {
            "+" => is_minus = false,
            "-" => is_minus = true,
            id => {
                let (metric, before) =
                    id.split_once("@-1").map_or((id, false), |(id, _)| (id, true));
                terms.push(Term { metric: metric.to_owned(), is_minus, is_of_year_before: before });
            }
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_is_of_known_metrics_and_forms() {
        assert_eq!(Indicator::derived().len(), 11);
        for indicator in Indicator::derived() {
            for metric in indicator.metrics() {
                assert!(Metrics::built_in().get(metric).is_some(), "{}: {metric}", indicator.id);
            }
            for formula in &indicator.formulas {
                assert!(
                    !formula.forms.is_empty() && !formula.numerator.is_empty(),
                    "{}",
                    indicator.id
                );
            }
            assert!(Indicator::plain(&indicator.id).is_none(), "{} is a metric too", indicator.id);
        }
        let change = Indicator::find("requests_change").unwrap();
        assert!(change.looks_back());
        let text = "(n14_request_total - n14_request_total@-1) / n14_request_total@-1";
        assert_eq!(change.formulas[0].text(), text);
    }

    #[test]
    fn a_metric_is_an_indicator() {
        let decisions = Indicator::find("art20_6_penalty_decisions").unwrap();
        assert_eq!(
            decisions.formulas[0].forms,
            [ReportFormat::Tables2019, ReportFormat::Tables2021]
        );
        assert!(Indicator::find("prose_requests_received").unwrap().formulas[0].forms.is_empty());
        assert_eq!(Indicator::find("no_such_metric"), None);
    }
}
