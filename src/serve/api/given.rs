//! The parameters of the addresses that answer with tables, read strictly.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::export;
use crate::serve::api::{Answered, tagged_json};
use crate::serve::parameters::{Fault, pairs};
use crate::serve::problem::Problem;

/// Characters of one value.
const LONGEST_VALUE: usize = 100;
/// Years of reports run in these.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// What was given, each name known.
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    /// Reads a query; a parameter that is not among the known ones is refused.
    pub(super) fn read(query: Option<&str>, known: &[&str]) -> Result<Self, Problem> {
        let (pairs, faults) = pairs(query.unwrap_or_default());
        let unknown = pairs.iter().find(|(name, _)| !known.contains(&name.as_str()));
        let unknown = unknown.map(|(name, _)| Fault::unknown(name, known));
        match faults.into_iter().chain(unknown).next() {
            Some(fault) => Err(fault.into()),
            None => Ok(Self(pairs)),
        }
    }

    /// The values of a parameter that may be given several times, each once.
    pub(super) fn many(&self, name: &str, most: usize) -> Result<Vec<String>, Fault> {
        let mut values: Vec<String> = Vec::new();
        for (_, value) in self.0.iter().filter(|(given, _)| given == name) {
            let value = value.trim();
            if value.is_empty() || value.chars().count() > LONGEST_VALUE {
                return Err(Fault::value(
                    name,
                    format!("`{name}`: 1 to {LONGEST_VALUE} characters"),
                ));
            }
            if !values.iter().any(|known| known == value) {
                values.push(value.to_owned());
            }
        }
        if values.len() > most {
            return Err(Fault::limit(name, format!("`{name}`: at most {most} values")));
        }
        Ok(values)
    }

    /// The value of a parameter that is given once at most.
    pub(super) fn one(&self, name: &str) -> Result<Option<String>, Fault> {
        let values: Vec<&String> =
            self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value).collect();
        match values[..] {
            [] => Ok(None),
            [value] if value.chars().count() <= LONGEST_VALUE => Ok(Some(value.clone())),
            [_] => Err(Fault::value(name, format!("`{name}`: at most {LONGEST_VALUE} characters"))),
            _ => Err(Fault::value(name, format!("`{name}` is given several times"))),
        }
    }

    /// One of a few words, the first by default.
    pub(super) fn word(&self, name: &str, words: &[&'static str]) -> Result<&'static str, Fault> {
        let Some(given) = self.one(name)? else { return Ok(words[0]) };
        let known = words.iter().find(|word| **word == given);
        known
            .copied()
            .ok_or_else(|| Fault::value(name, format!("`{name}`: one of {}", words.join(", "))))
    }

    /// A year or a span of years.
    pub(super) fn years(&self) -> Result<Option<(i16, i16)>, Fault> {
        let Some(given) = self.one("year")? else { return Ok(None) };
        let fault =
            || Fault::value("year", "`year`: a year such as 2020, or a span such as 2016..2020");
        year_span(&given).map(Some).ok_or_else(fault)
    }

    /// A region by its code.
    pub(super) fn region(&self) -> Result<Option<String>, Fault> {
        let Some(code) = self.one("region")? else { return Ok(None) };
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Some(code));
        }
        Err(Fault::value("region", "`region`: six digits of GB/T 2260, such as 330800"))
    }

    /// How the answer is to be written.
    pub(super) fn form(&self) -> Result<Form, Fault> {
        let is_csv = self.word("format", &["json", "csv"])? == "csv";
        let bom = self.word("bom", &["false", "true"])? == "true";
        Ok(if is_csv { Form::Csv { bom } } else { Form::Json })
    }
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv { bom: bool },
}

/// A table in the form that was asked for.
pub(super) fn written(
    form: Form,
    asked: &HeaderMap,
    answer: &impl Serialize,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Answered {
    match form {
        Form::Json => tagged_json(asked, answer),
        Form::Csv { bom } => Ok(csv(export::csv(header, rows, bom))),
    }
}

fn csv(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response()
}

/// Reads `2020` or `2016..2020`, both ends included.
pub fn year_span(text: &str) -> Option<(i16, i16)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let year = |text: &str| {
        let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().filter(|year| YEARS.contains(year))
    };
    let (from, to) = (year(from)?, year(to)?);
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_years() {
        for (text, span) in [
            ("2020", Some((2020, 2020))),
            ("2016..2020", Some((2016, 2020))),
            ("2020..2016", None),
            ("20..21", None),
            ("2020..", None),
            ("", None),
        ] {
            assert_eq!(year_span(text), span, "{text}");
        }
    }
}
