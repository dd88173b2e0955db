//! The category of a document, from the portal's own words for it.

use crate::config::{Categories, MappedBy};
use crate::extract::{blocks::MARK, report_year, view::View};
use crate::model::{CategoryPath, Evidence, Sourced};

/// A category and the labels it came from, outermost first.
pub(super) struct Filed {
    pub(super) category: Sourced<CategoryPath>,
    pub(super) labels: Vec<String>,
}

/// Box, metadata, breadcrumb and column, in this order of belief; a column that the portal file files decides, except
/// for annual reports, which stand everywhere.
pub(super) fn find(
    view: &View<'_>,
    class: Option<&Sourced<String>>,
    title: &str,
    categories: &Categories,
) -> Filed {
    let trail = breadcrumb(view);
    let column = view.capture.context.column.clone();
    let mut evidence: Vec<(String, Evidence)> = Vec::new();
    evidence.extend(class.map(|class| (class.value.clone(), class.evidence.clone())));
    for name in ["columnname", "columntype"] {
        evidence.extend(view.meta(&[name]).map(|meta| (meta.value, meta.evidence)));
    }
    evidence.extend(trail.iter().rev().map(|step| (step.clone(), Evidence::Breadcrumb)));
    if !column.is_empty() {
        evidence.push((column.clone(), Evidence::Column));
    }
    let labels = if !trail.is_empty() {
        trail
    } else if !column.is_empty() {
        vec![column]
    } else {
        evidence.iter().take(1).map(|(label, _)| label.clone()).collect()
    };
    let category = filed(view)
        .filter(|_| !report_year::is_annual_report(title))
        .unwrap_or_else(|| mapped(&evidence, title, categories));
    Filed { category, labels }
}

/// What the portal file says about the column.
fn filed(view: &View<'_>) -> Option<Sourced<CategoryPath>> {
    let name = &view.capture.context.column;
    let column = view.portal?.columns.iter().find(|column| column.name == *name)?;
    Some(Sourced::new(column.category.clone()?, Evidence::Column))
}

/// What labels and title are mapped to; `other` when nothing is.
pub(super) fn mapped(
    evidence: &[(String, Evidence)],
    title: &str,
    categories: &Categories,
) -> Sourced<CategoryPath> {
    let labels: Vec<String> = evidence.iter().map(|(label, _)| label.clone()).collect();
    let Some(mapped) = categories.map(&labels, title) else {
        return Sourced::new(CategoryPath::other(), Evidence::Default);
    };
    let by = match mapped.by {
        MappedBy::Label { at, .. } => {
            evidence.get(at).map_or(Evidence::Default, |(_, evidence)| evidence.clone())
        }
        MappedBy::Title { .. } => Evidence::Title,
    };
    Sourced::new(mapped.path, by)
}

/// Most steps of a trail.
const STEPS: usize = 12;

/// The steps of the trail that leads to the page, outermost first, without home and the page itself.
fn breadcrumb(view: &View<'_>) -> Vec<String> {
    let rule = view.portal.and_then(|portal| portal.detail.breadcrumb.as_ref());
    let line = view.selected(rule).map(|found| found.value).or_else(|| {
        view.before.iter().map(crate::extract::blocks::Block::text).find(|text| is_trail(text))
    });
    let line = line.unwrap_or_default().replace(MARK, " ");
    let line = ["位置", "栏目"]
        .iter()
        .find_map(|word| {
            line.split_once(word).and_then(|(_, rest)| rest.strip_prefix(['：', ':', ' ']))
        })
        .unwrap_or(&line);
    line.split(['>', '›', '»', '/', '\\', '→', '＞'])
        .map(|step| step.trim().to_owned())
        .filter(|step| {
            !matches!(&**step, "" | "首页" | "正文" | "网站首页" | "当前位置" | "详情" | "内容")
        })
        .filter(|step| step.chars().count() <= 30)
        .take(STEPS)
        .collect()
}

fn is_trail(text: &str) -> bool {
    let short = text.chars().count() < 200;
    let says_so = ["当前位置", "您的位置", "所在位置", "当前栏目", "现在的位置"]
        .iter()
        .any(|word| text.contains(word));
    let from_home = text.trim_start().starts_with("首页") && text.contains(['>', '›', '»', '＞']);
    short && (says_so || from_home)
}
