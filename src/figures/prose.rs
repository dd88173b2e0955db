//! Figures that sentences state.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::figures::metrics::Metrics;
use crate::figures::number::{self, NUMBER};
use crate::figures::squeeze::Squeezed;
use crate::model::{Amount, Figure, FigureSource, Method, Place, Scope, Statement};

/// How one metric is stated: a line of `index/prose.tsv`.
struct Pattern {
    metric: String,
    /// The number that the words state without printing it.
    states: Option<f64>,
    regex: Regex,
    not_after: Option<Regex>,
}

static PATTERNS: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| patterns(include_str!("../../index/prose.tsv")));

fn patterns(text: &str) -> Vec<Pattern> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.filter_map(pattern).collect()
}

fn pattern(line: &str) -> Option<Pattern> {
    let mut cells = line.split('\t');
    let (metric, states, regex) = (cells.next()?, cells.next()?, cells.next()?);
    let not_after = match cells.next().filter(|regex| !regex.is_empty()) {
        Some(regex) => Some(Regex::new(regex).ok()?),
        None => None,
    };
    let states = if states.is_empty() { None } else { Some(states.parse().ok()?) };
    let regex = Regex::new(&regex.replace("{n}", NUMBER)).ok()?;
    Some(Pattern { metric: metric.to_owned(), states, regex, not_after })
}

/// The text that sentences are looked for in: without tables, which are kept as line breaks.
pub(super) struct Sentences {
    squeezed: Squeezed,
    place: Place,
}

impl Sentences {
    /// The sentences of a text outside of tables; `tables` are characters of it.
    pub(super) fn of(text: &str, tables: &[(usize, usize)], place: Place) -> Self {
        let mut left: Vec<char> = text.chars().collect();
        let mut start = 0;
        for at in 0..=left.len() {
            if at < left.len() && left[at] != '\n' {
                continue;
            }
            let line: String = left[start..at].iter().collect();
            if line.contains('\t') || line.trim_end().ends_with('|') {
                left[start..at].fill('\n');
            }
            start = at + 1;
        }
        for (from, to) in tables {
            let to = (*to).min(left.len());
            left[(*from).min(to)..to].fill('\n');
        }
        let squeezed = Squeezed::with_paragraphs(&left.into_iter().collect::<String>());
        Self { squeezed, place }
    }

    /// The text without white space.
    pub(super) fn text(&self) -> &str {
        &self.squeezed.text
    }

    /// The sentence up to a place.
    pub(super) fn before(&self, at: usize) -> &str {
        last_sentence(&self.text()[..at])
    }

    /// The figures whose ids are in the metric list, and the parts by class of those that are totals.
    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures: Vec<Figure> = Vec::new();
        let mut classes = Vec::new();
        for pattern in PATTERNS.iter() {
            if figures.iter().any(|figure| figure.metric == pattern.metric) {
                continue;
            }
            let Some((figure, end)) = self.find(pattern) else { continue };
            if TOTALS.contains(&&*figure.metric) {
                classes.extend(self.classes(end));
            }
            figures.push(figure);
        }
        for class in classes {
            if figures.iter().all(|figure| figure.metric != class.metric) {
                figures.push(class);
            }
        }
        figures
    }

    /// The first place that fits a pattern: the figure and where it ends.
    fn find(&self, pattern: &Pattern) -> Option<(Figure, usize)> {
        pattern.regex.captures_iter(self.text()).find_map(|found| {
            let whole = found.get(0)?;
            let before = self.before(whole.start());
            if pattern.not_after.as_ref().is_some_and(|regex| regex.is_match(before)) {
                return None;
            }
            let (value, approximate, method) = if let Some(value) = pattern.states {
                (value, false, Method::StatedZero)
            } else {
                let (value, about) = number::of_sentence(&found)?;
                let start = found.name("n")?.start();
                (value, about || self.is_about(start), Method::Sentence)
            };
            let sentence = format!("{before}{}", whole.as_str());
            let figure =
                self.figure(&pattern.metric, value, approximate, method, whole.range(), &sentence);
            Some((figure, whole.end()))
        })
    }

    fn figure(
        &self,
        metric: &str,
        value: f64,
        approximate: bool,
        method: Method,
        range: Range<usize>,
        sentence: &str,
    ) -> Figure {
        let printed = self.text()[range.clone()].to_owned();
        let unit: String = printed.chars().rev().take_while(|c| !c.is_ascii_digit()).collect();
        let unit: String = unit.chars().rev().filter(|c| !"多余来万亿千百".contains(*c)).collect();
        let known = Metrics::built_in().get(metric).map_or("", |metric| &metric.unit);
        let is_unit = method == Method::Sentence && unit.chars().count() <= 3 && !unit.is_empty();
        Figure {
            metric: metric.to_owned(),
            value: Some(Amount(value)),
            unit: if is_unit {
                unit
            } else {
                known.split('/').next().unwrap_or_default().to_owned()
            },
            approximate,
            scope: scope(sentence),
            method,
            printed,
            source: FigureSource {
                place: self.place.clone(),
                row: last_words(sentence),
                column: String::new(),
                cell: None,
                at: Some(self.squeezed.original(range)),
            },
            correction: None,
        }
    }

    /// Whether a number is printed as about so much: 近200家.
    fn is_about(&self, start: usize) -> bool {
        self.text()[..start].ends_with(['近', '约', '逾', '超'])
            || self.text()[..start].ends_with("超过")
    }

    /// `。其中,文件类47件,公示公告85个`: what follows a total, class by class.
    fn classes(&self, from: usize) -> Vec<Figure> {
        let mut classes = Vec::new();
        let (Some(lead), Some(item)) = (LEAD.as_ref(), ITEM.as_ref()) else { return classes };
        let mut at = from + lead.find(&self.text()[from..]).map_or(0, |found| found.end());
        while let Some(found) = item.captures(&self.text()[at..]) {
            let (Some(whole), Some((value, approximate))) =
                (found.get(0), number::of_sentence(&found))
            else {
                break;
            };
            let label = found["label"].trim_start_matches("其中").to_owned();
            let range = at..at + whole.end() - found["end"].len();
            if !OWN_IDS.iter().any(|own| label.contains(own)) {
                let metric = format!("prose_cat:{label}");
                let printed = self.text()[range.clone()].to_owned();
                classes.push(self.figure(
                    &metric,
                    value,
                    approximate,
                    Method::Sentence,
                    range,
                    &printed,
                ));
            }
            at += whole.end();
            if found["end"].starts_with(['。', '\n']) || classes.len() > MOST_CLASSES {
                break;
            }
        }
        classes
    }

    /// Every number in sentences that counts something, with the words before it.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let Some(regex) = COUNTED.as_ref() else { return Vec::new() };
        let mut statements = Vec::new();
        for found in regex.captures_iter(self.text()) {
            let (Some(whole), Some((value, about))) = (found.get(0), number::of_sentence(&found))
            else {
                continue;
            };
            let before = &self.text()[..whole.start()];
            if before.ends_with(|c: char| c.is_ascii_alphanumeric() || "第年.-[:/+".contains(c)) {
                continue;
            }
            statements.push(Statement {
                label: last_words(before),
                value: Amount(value),
                unit: found["unit"].to_owned(),
                approximate: about || self.is_about(whole.start()),
                at: self.squeezed.original(whole.range()),
            });
            if statements.len() == MOST_STATEMENTS {
                break;
            }
        }
        statements
    }
}

/// Metrics that are totals of what is then said class by class.
const TOTALS: [&str; 4] =
    ["prose_website_items", "prose_proactive_total", "prose_platform_items", "prose_policy_docs"];
/// Classes that have an id of their own.
const OWN_IDS: [&str; 2] = ["规范性文件", "政策解读"];
const MOST_CLASSES: usize = 40;
const MOST_STATEMENTS: usize = 1000;

static LEAD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[,。;:、]?(?:其中)?[,:]?").ok());
static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let share = r"(?:,占(?:比)?[^,。;%]{0,4}[0-9.]+%)?";
    Regex::new(&format!(
        r#"^(?<label>[\p{{Han}}()"]{{2,16}}?){NUMBER}[条件个篇份项]{share}(?<end>[,、;。\n]|$)"#
    ))
    .ok()
});

static COUNTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let digits = NUMBER.replace("|[一二两三四五六七八九十百千]+", "");
    let units = "人次|万元|元|个?工作日|件次|卷次|场次|[条件项次期个宗笔份篇卷页册封%起场家块户名部例批处台套则幅张类人票座辆级版种]";
    Regex::new(&format!(r"{digits}(?<unit>{units})")).ok()
});

static AGGREGATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("全(?:市|区|县|省|旗|州|镇|系统)|各级|各县|各区|各乡镇|各部门|各地").ok()
});
static OWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("本级|本机关|本局|本厅|本委|本办|本单位|本街道|我[局厅委办]|代表[省市区县]?政府")
        .ok()
});

/// Whose figure it is, by the words nearest before it.
fn scope(sentence: &str) -> Scope {
    let last = |regex: &Option<Regex>| {
        regex.as_ref().and_then(|r| r.find_iter(sentence).last()).map(|found| found.start())
    };
    match (last(&AGGREGATE), last(&OWN)) {
        (None, None) => Scope::Unstated,
        (all, own) if all > own => Scope::Aggregate,
        _ => Scope::Own,
    }
}

/// What stands behind the last end of a sentence.
fn last_sentence(text: &str) -> &str {
    text.rsplit(['。', ';', '\n']).next().unwrap_or_default()
}

/// The words before a number: of its sentence, at most so many characters.
fn last_words(before: &str) -> String {
    const LONGEST: usize = 40;
    let sentence = last_sentence(before);
    let skip = sentence.chars().count().saturating_sub(LONGEST);
    sentence.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, f64, Method)> {
        let figures = Sentences::of(text, &[], Place::Text).figures();
        figures.into_iter().map(|f| (f.metric, f.value.unwrap().0, f.method)).collect()
    }

    #[test]
    fn every_pattern_can_be_used() {
        let text = include_str!("../../index/prose.tsv");
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        assert_eq!(PATTERNS.len(), lines.count());
        assert!(COUNTED.is_some() && ITEM.is_some() && AGGREGATE.is_some() && OWN.is_some());
        for pattern in PATTERNS.iter() {
            assert!(Metrics::built_in().get(&pattern.metric).is_some(), "{}", pattern.metric);
        }
    }

    #[test]
    fn sentences_state_figures() {
        let one = |text: &str, metric: &str, value: f64| {
            let found = read(text);
            let of = found.iter().find(|(id, ..)| id == metric).map(|(_, value, _)| *value);
            assert_eq!(of, Some(value), "{metric} in {text}: {found:?}");
        };
        one("2019年，灵洲市水务局共收到政府信息公开申请17件。", "prose_requests_received", 17.0);
        one("收到3份以信函形式提出的信息公开申请", "prose_requests_received", 3.0);
        one("全年未收到公民、法人和其他组织提出的申请。", "prose_requests_received", 0.0);
        one("全市共受理政府信息公开申请案件数为456件", "prose_requests_received", 456.0);
        one("全年新增主动公开政府信息3.99多万条", "prose_proactive_total", 39900.0);
        one("我局召开三次新闻发布会。", "prose_press_conf", 3.0);
        one("没有因政府信息公开而被提起的行政复议或行政诉讼", "prose_review_disclosure", 0.0);
        one("没有因政府信息公开而被提起的行政复议或行政诉讼", "prose_litigation_disclosure", 0.0);
        one("办理工作中，均未向申请人收取费用。", "prose_fee_charged", 0.0);
        one("发生一起政府信息公开行政复议案件。", "prose_review_disclosure", 1.0);
    }

    #[test]
    fn what_is_something_else_is_left_alone() {
        let found =
            read("热线共接听来电4100件，办理行政审批300件，邮编324000，第20条，2012年工作计划。");
        assert!(found.is_empty(), "{found:?}");
        let table = "一、本年新收政府信息公开申请数量\t2\n收到政府信息公开申请9件 |";
        assert!(read(table).is_empty());
    }

    #[test]
    fn classes_follow_their_total() {
        let found = read(
            "通过门户网站主动公开政务信息664件。其中，文件类47件，公示公告85个，政策解读12个，其他事项532个。共",
        );
        let classes: Vec<(&str, f64)> = found
            .iter()
            .filter_map(|(id, value, _)| Some((id.strip_prefix("prose_cat:")?, *value)))
            .collect();
        assert_eq!(classes, [("文件类", 47.0), ("公示公告", 85.0), ("其他事项", 532.0)]);
    }

    #[test]
    fn statements_keep_their_place() {
        let text = "街道 有\n10个服务窗口，接待群众165人次，办结率达98%。";
        let statements = Sentences::of(text, &[], Place::Text).statements();
        let read: Vec<(f64, &str)> = statements.iter().map(|s| (s.value.0, &*s.unit)).collect();
        assert_eq!(read, [(10.0, "个"), (165.0, "人次"), (98.0, "%")]);
        let (start, end) = statements[1].at;
        assert_eq!(text.chars().skip(start).take(end - start).collect::<String>(), "165人次");
    }
}
