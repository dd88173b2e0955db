//! The parameters of the addresses that answer with tables, read strictly.

use crate::export::RowForm;
use crate::model::{RegionCode, YearSpan, is_region_code};
use crate::serve::api::Answered;
use crate::serve::app::App;
use crate::serve::download::{Download, Pieces};
use crate::serve::parameters::{Fault, LONGEST_VALUE, pairs};
use crate::serve::problem::Problem;

/// Metrics and agencies of one question.
const MOST_METRICS: usize = 10;
const MOST_AGENCIES: usize = 200;

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

    /// Ids of metrics or indicators, one at least.
    pub(super) fn metrics(&self) -> Result<Vec<String>, Fault> {
        let ids = self.many("metric", MOST_METRICS)?;
        if ids.is_empty() {
            return Err(Fault::value("metric", "`metric` is needed: an id of /api/v1/metrics"));
        }
        Ok(ids)
    }

    /// Ids of metrics; none: all.
    pub(super) fn metrics_or_all(&self) -> Result<Vec<String>, Fault> {
        self.many("metric", MOST_METRICS)
    }

    /// Plain names of agencies; none: all.
    pub(super) fn agencies(&self) -> Result<Vec<String>, Fault> {
        self.many("agency", MOST_AGENCIES)
    }

    /// The values of a parameter that may be given several times, each once.
    fn many(&self, name: &str, most: usize) -> Result<Vec<String>, Fault> {
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

    /// A number from 1 on.
    pub(super) fn number(&self, name: &str, usual: usize, most: usize) -> Result<usize, Fault> {
        let Some(given) = self.one(name)? else { return Ok(usual) };
        let read = given.parse().ok().filter(|number| (1..=most).contains(number));
        read.ok_or_else(|| Fault::value(name, format!("`{name}`: a number from 1 to {most}")))
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
    pub(super) fn years(&self) -> Result<Option<YearSpan>, Fault> {
        let Some(given) = self.one("year")? else { return Ok(None) };
        given.parse().map(Some).map_err(|error| Fault::value("year", format!("`year`: {error}")))
    }

    /// A region by its code.
    pub(super) fn region(&self) -> Result<Option<RegionCode>, Fault> {
        let Some(code) = self.one("region")? else { return Ok(None) };
        if is_region_code(&code) {
            return Ok(Some(code));
        }
        Err(Fault::value("region", "`region`: six digits of GB/T 2260, such as 330800"))
    }

    /// How the answer is to be written.
    pub(super) fn form(&self) -> Result<Form, Fault> {
        let name = self.word("format", &["json", "csv", "jsonl", "xlsx", "parquet"])?;
        let bom = self.word("bom", &["false", "true"])? == "true";
        Ok(RowForm::named(name, bom).map_or(Form::Json, Form::Rows))
    }
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Rows(RowForm),
}

/// What a file says about itself where its form has room: the question, and what the rows are.
pub(super) fn about(address: &str, query: &str) -> Vec<(&'static str, String)> {
    vec![
        ("question", format!("{address}?{query}")),
        (
            "note",
            "自动采集的副本，非官方原件，内容以发布机关原网站为准。空白表示不详，不是零。"
                .to_owned(),
        ),
    ]
}

/// A table of a known length as a file; `write` gets the facts about it.
pub(super) async fn file(
    app: &App,
    form: RowForm,
    name: &str,
    rows: usize,
    write: impl FnOnce(&mut Pieces) -> anyhow::Result<()> + Send + 'static,
) -> Answered {
    form.check(rows as u64).map_err(|said| Fault::limit("format", said))?;
    let file = download(form, name);
    app.download(file, |_| Ok(()), move |_, (), to| write(to)).await
}

/// What a file of rows is called.
pub(super) fn download(form: RowForm, name: &str) -> Download {
    Download { media_type: form.media_type(), name: format!("gongkai-{name}.{}", form.ending()) }
}
