//! One column against its own past.

use serde::Serialize;

use crate::model::{Measure, Moment};

/// Crawls that must have been seen before a column is judged.
const LEARNING: usize = 5;
/// New documents that the newest crawls must have given before a field counts as lost.
const ENOUGH: u32 = 3;
/// Crawls with new documents that tell what is usual; what was before them was perhaps another time.
const USUAL: usize = 20;
/// A field is lost when so few documents hold it by chance less often than this.
const CHANCE: f64 = 0.005;
/// Silence and staleness: this many times what was usual before, and at least so many days.
const TIMES: i64 = 3;
const CRAWL_DAYS: i64 = 3;
const NEWS_DAYS: i64 = 14;
const DAY: i64 = 86_400;

/// What is to be said of one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The portal's id.
    pub portal: String,
    /// Name of the column.
    pub column: String,
    /// How it is.
    pub condition: Condition,
    /// Crawls seen.
    pub crawls: usize,
    /// What is wrong; empty unless the condition is `alarm`.
    pub ailments: Vec<Ailment>,
    /// When the pages began to be built otherwise, if the newest crawl shows that; a hint, no alarm by itself.
    pub template_changed: Option<Moment>,
}

/// How a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// Too few crawls to tell.
    Learning,
    /// As ever.
    Well,
    /// Somebody should look.
    Alarm,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Ailment {
    /// Nothing comes any more.
    Silent {
        /// What was seen instead.
        what: String,
        /// The last crawl that gave what was usual.
        last_good: Option<Moment>,
    },
    /// A field is no longer found in new documents.
    LostField {
        /// The field.
        field: String,
        /// Share of documents that had it before, 0 to 1.
        usual: f64,
        /// Share of the newest documents that have it, 0 to 1.
        now: f64,
        /// How many the newest documents are.
        documents: u32,
        /// The last crawl that found it.
        last_good: Option<Moment>,
    },
    /// No new document for much longer than ever before.
    Stale {
        /// The crawl that brought the last new one.
        last_good: Moment,
        /// The longest time without a new one before, in days.
        usual_days: i64,
    },
}

/// Judges one column by its measures, oldest first; `None` when there are none.
pub fn judge(history: &[Measure], now: Moment) -> Option<Finding> {
    let last = history.last()?;
    let crawls = history.iter().filter(|m| asked_lists(m) > 0 || m.documents > 0).count();
    let mut finding = Finding {
        portal: last.portal.clone(),
        column: last.column.clone(),
        condition: Condition::Learning,
        crawls,
        ailments: Vec::new(),
        template_changed: None,
    };
    if crawls < LEARNING {
        return Some(finding);
    }
    let ailments = &mut finding.ailments;
    ailments.extend(silent(history, now));
    ailments.extend(lost_fields(history));
    ailments.extend(stale(history, now));
    finding.template_changed = template_changed(history);
    let well = finding.ailments.is_empty();
    finding.condition = if well { Condition::Well } else { Condition::Alarm };
    Some(finding)
}

fn asked_lists(measure: &Measure) -> u32 {
    measure.lists + measure.lists_unchanged + measure.lists_failed
}

fn answered(measure: &Measure) -> bool {
    measure.lists + measure.lists_unchanged > 0
}

fn silent(history: &[Measure], now: Moment) -> Option<Ailment> {
    let asked: Vec<&Measure> = history.iter().filter(|m| asked_lists(m) > 0).collect();
    let (last, before) = asked.split_last()?;
    let silent = |what: &str, good: &dyn Fn(&Measure) -> bool| {
        let last_good = asked.iter().rev().find(|m| good(m)).map(|m| m.at);
        Some(Ailment::Silent { what: what.to_owned(), last_good })
    };
    let usual_gap = longest_gap(asked.iter().map(|m| m.at));
    if seconds(last.at, now) > (TIMES * usual_gap).max(CRAWL_DAYS * DAY) {
        return silent("it was not crawled since", &|_| true);
    }
    if !answered(last) {
        return silent("its list does not answer", &answered);
    }
    let names = |m: &Measure| f64::from(m.items) / f64::from(m.lists.max(1));
    let mut usual: Vec<f64> = before.iter().filter(|m| m.lists > 0).map(|m| names(m)).collect();
    usual.sort_by(f64::total_cmp);
    let usual = usual.get(usual.len() / 2).copied().unwrap_or_default();
    if last.lists > 0 && usual >= 1.0 && names(last) < usual / 5.0 {
        let what = format!("its list pages name {} documents", last.items);
        return silent(&what, &|m| m.lists > 0 && names(m) >= usual / 5.0);
    }
    let last = history.iter().rev().find(|m| m.pages > 0)?;
    if last.pages >= ENOUGH && last.documents == 0 && history.iter().any(|m| m.documents > 0) {
        return silent("no document can be read from its pages", &|m| m.documents > 0);
    }
    None
}

fn lost_fields(history: &[Measure]) -> Vec<Ailment> {
    let with_news: Vec<&Measure> = history.iter().filter(|m| m.new > 0).collect();
    let mut all_now = 0;
    let start = with_news.iter().rposition(|measure| {
        all_now += measure.new;
        all_now >= ENOUGH
    });
    let (before, newest) = with_news.split_at(start.unwrap_or_default());
    let before = &before[before.len().saturating_sub(USUAL)..];
    let all_before = f64::from(before.iter().map(|m| m.new).sum::<u32>());
    if all_before < f64::from(ENOUGH) {
        return Vec::new();
    }
    // What was always there so far may be missing next time: the more was seen, the surer it is.
    let surest = (all_before + 1.0) / (all_before + 2.0);
    let mut fields: Vec<&String> = before.iter().flat_map(|m| m.filled.keys()).collect();
    fields.sort();
    fields.dedup();
    let mut lost = Vec::new();
    for field in fields {
        let held = |m: &Measure| m.filled.get(field).copied().unwrap_or_default();
        // Every crawl weighs the same: the first one brings the pages of years.
        let shares = before.iter().map(|m| f64::from(held(m)) / f64::from(m.new));
        let crawls = u32::try_from(before.len()).unwrap_or(u32::MAX);
        let usual = shares.sum::<f64>() / f64::from(crawls);
        let found = newest.iter().map(|m| held(m)).sum();
        let now = f64::from(found) / f64::from(all_now);
        if now < usual / 2.0 && at_most(found, all_now, usual.min(surest)) < CHANCE {
            let last_good = with_news.iter().rev().find(|m| held(m) > 0).map(|m| m.at);
            let (field, documents) = (field.clone(), all_now);
            lost.push(Ailment::LostField { field, usual, now, documents, last_good });
        }
    }
    lost
}

/// How probable it is that at most `found` of `all` have what each has with probability `usual`.
fn at_most(found: u32, all: u32, usual: f64) -> f64 {
    let mut term = (f64::from(all) * (1.0 - usual).ln()).exp();
    let mut sum = term;
    for k in 0..found {
        term *= f64::from(all - k) / f64::from(k + 1) * usual / (1.0 - usual);
        sum += term;
    }
    sum
}

fn stale(history: &[Measure], now: Moment) -> Option<Ailment> {
    let news = history.iter().filter(|m| m.new > 0).map(|m| m.at);
    let last_good = news.clone().next_back().filter(|_| news.clone().count() >= 3)?;
    let usual = longest_gap(news);
    let is_stale = seconds(last_good, now) > (TIMES * usual).max(NEWS_DAYS * DAY);
    is_stale.then_some(Ailment::Stale { last_good, usual_days: (usual + DAY / 2) / DAY })
}

fn template_changed(history: &[Measure]) -> Option<Moment> {
    let main =
        |m: &Measure| m.templates.iter().max_by_key(|(_, pages)| **pages).map(|(t, _)| t.clone());
    let mut shown = history.iter().filter_map(|m| Some((m.at, main(m)?))).rev();
    let (at, now) = shown.next()?;
    let (_, before) = shown.next()?;
    (now != before).then_some(at)
}

fn seconds(from: Moment, to: Moment) -> i64 {
    to.as_second() - from.as_second()
}

fn longest_gap(moments: impl Iterator<Item = Moment>) -> i64 {
    let moments: Vec<Moment> = moments.collect();
    moments.windows(2).map(|pair| seconds(pair[0], pair[1])).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: i64 = 7 * DAY;
    const START: i64 = 1_767_225_600;

    fn at(week: i64) -> Moment {
        Moment::from_second(START + week * WEEK).unwrap()
    }

    /// A week like any other: four new documents, nearly all with all fields.
    fn week(week: i64) -> Measure {
        let filled = [("published_date", 4), ("doc_no", 3), ("issuer", 4), ("validity", 1)];
        Measure {
            portal: "lingzhou".into(),
            column: "通知公告".into(),
            at: at(week),
            lists: 1,
            items: 20,
            pages: 4,
            documents: 4,
            new: 4,
            filled: filled.map(|(field, n)| (field.to_owned(), n)).into(),
            templates: [("a1".to_owned(), 4)].into(),
            ..Measure::default()
        }
    }

    fn weeks(number: i64) -> Vec<Measure> {
        (0..number).map(week).collect()
    }

    fn ailments(history: &[Measure], now: Moment) -> Vec<Ailment> {
        judge(history, now).unwrap().ailments
    }

    #[test]
    fn a_new_template_at_week_six_loses_fields() {
        let mut history = weeks(6);
        assert_eq!(judge(&history[..4], at(4)).unwrap().condition, Condition::Learning);
        assert_eq!(judge(&history, at(6)).unwrap().condition, Condition::Well);
        let swapped = Measure {
            filled: [("published_date".to_owned(), 4)].into(),
            templates: [("b2".to_owned(), 4)].into(),
            ..week(6)
        };
        history.push(swapped);
        let finding = judge(&history, at(6)).unwrap();
        assert_eq!((finding.condition, finding.template_changed), (Condition::Alarm, Some(at(6))));
        let lost: Vec<_> = finding
            .ailments
            .iter()
            .map(|ailment| match ailment {
                Ailment::LostField { field, last_good, .. } => (field.as_str(), *last_good),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(lost, [("doc_no", Some(at(5))), ("issuer", Some(at(5)))]);
    }

    #[test]
    fn few_documents_are_taken_together() {
        let small = |n: i64| Measure {
            pages: 1,
            documents: 1,
            new: 1,
            filled: [("issuer".to_owned(), u32::from(n < 9))].into(),
            ..week(n)
        };
        let history: Vec<Measure> = (0..12).map(small).collect();
        assert!(ailments(&history[..11], at(10)).is_empty(), "two may be chance");
        assert_eq!(ailments(&history, at(11)).len(), 1);
    }

    #[test]
    fn silence_is_heard() {
        let broken = |change: &dyn Fn(&mut Measure)| {
            let mut history = weeks(7);
            change(&mut history[6]);
            match ailments(&history, at(6)).first() {
                Some(Ailment::Silent { what, last_good }) => (what.clone(), *last_good),
                other => panic!("{other:?}"),
            }
        };
        let (what, last_good) = broken(&|m| (m.lists, m.lists_failed) = (0, 1));
        assert_eq!((what.as_str(), last_good), ("its list does not answer", Some(at(5))));
        let (what, last_good) = broken(&|m| m.items = 2);
        assert_eq!((what.as_str(), last_good), ("its list pages name 2 documents", Some(at(5))));
        let (what, _) = broken(&|m| m.documents = 0);
        assert_eq!(what, "no document can be read from its pages");
        let late = ailments(&weeks(7), at(20));
        assert!(
            late.iter()
                .any(|a| matches!(a, Ailment::Silent { what, .. } if what.contains("not crawled")))
        );
    }

    #[test]
    fn unchanged_lists_are_no_silence_but_grow_stale() {
        let mut history = weeks(6);
        let quiet = |n: i64| Measure {
            lists: 0,
            items: 0,
            lists_unchanged: 1,
            pages: 0,
            documents: 0,
            new: 0,
            filled: [].into(),
            templates: [].into(),
            ..week(n)
        };
        history.extend((6..8).map(quiet));
        assert_eq!(judge(&history, at(8)).unwrap().condition, Condition::Well);
        history.extend((8..10).map(quiet));
        let stale = Ailment::Stale { last_good: at(5), usual_days: 7 };
        assert_eq!(ailments(&history, at(9)), [stale]);
    }

    #[test]
    fn chance_is_counted_right() {
        assert!((at_most(0, 3, 0.5) - 0.125).abs() < 1e-9);
        assert!((at_most(3, 3, 0.5) - 1.0).abs() < 1e-9);
        assert!(at_most(0, 3, 0.99) < 1e-4);
    }
}
