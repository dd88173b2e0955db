//! Templates, and the pages that say what went wrong.

use anyhow::Context;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use minijinja::{
    Environment, UndefinedBehavior, Value, context, syntax::SyntaxConfig, value::Serde,
};
use serde::Serialize;

use crate::serve::app::{KioskTimes, Labels};
use crate::serve::assets::addresses;
use crate::serve::dates;
use crate::serve::display::shown;
use crate::serve::glossary::Glossary;
use crate::serve::problem::{Problem, add_retry_after};

const TEMPLATES: [(&str, &str); 32] = [
    ("base.html", include_str!("../templates/base.html")),
    ("parts.html", include_str!("../templates/parts.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("search.html", include_str!("../templates/search.html")),
    ("document.html", include_str!("../templates/document.html")),
    ("explain.html", include_str!("../templates/explain.html")),
    ("browse.html", include_str!("../templates/browse.html")),
    ("agency.html", include_str!("../templates/agency.html")),
    ("portal.html", include_str!("../templates/portal.html")),
    ("news.html", include_str!("../templates/news.html")),
    ("about.html", include_str!("../templates/about.html")),
    ("version.html", include_str!("../templates/version.html")),
    ("diff.html", include_str!("../templates/diff.html")),
    ("captures.html", include_str!("../templates/captures.html")),
    ("ledger.html", include_str!("../templates/ledger.html")),
    ("compare.html", include_str!("../templates/compare.html")),
    ("charts.html", include_str!("../templates/charts.html")),
    ("chart_file.html", include_str!("../templates/chart_file.html")),
    ("report.html", include_str!("../templates/report.html")),
    ("coverage.html", include_str!("../templates/coverage.html")),
    ("interface.html", include_str!("../templates/interface.html")),
    ("failed.html", include_str!("../templates/failed.html")),
    ("json_ld.html", include_str!("../templates/json_ld.html")),
    ("kiosk_base.html", include_str!("../templates/kiosk_base.html")),
    ("kiosk_parts.html", include_str!("../templates/kiosk_parts.html")),
    ("kiosk_home.html", include_str!("../templates/kiosk_home.html")),
    ("kiosk_search.html", include_str!("../templates/kiosk_search.html")),
    ("kiosk_browse.html", include_str!("../templates/kiosk_browse.html")),
    ("kiosk_reports.html", include_str!("../templates/kiosk_reports.html")),
    ("kiosk_apply.html", include_str!("../templates/kiosk_apply.html")),
    ("kiosk_document.html", include_str!("../templates/kiosk_document.html")),
    ("kiosk_failed.html", include_str!("../templates/kiosk_failed.html")),
];

/// What pages are made with.
pub(crate) struct Pages {
    templates: Environment<'static>,
    pub(crate) glossary: Glossary,
    labels: Labels,
}

impl Pages {
    /// Reads templates and glossary.
    ///
    /// # Errors
    /// When one of them is broken.
    pub(crate) fn new(labels: Labels) -> anyhow::Result<Self> {
        let glossary = Glossary::new()?;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates
            .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        for (name, text) in TEMPLATES {
            templates.add_template(name, text).with_context(|| format!("template {name}"))?;
        }
        templates.add_filter("grouped", dates::grouped);
        templates.add_global("t", Value::from(Serde(glossary.table())));
        for (name, address) in addresses() {
            templates.add_global(name, address);
        }
        Ok(Self { templates, glossary, labels }.with_kiosk(&KioskTimes::default()))
    }

    /// The same with the times of the kiosk.
    pub(crate) fn with_kiosk(mut self, times: &KioskTimes) -> Self {
        self.templates.add_global("warning", times.warning.as_secs());
        self.templates.add_global("reset", times.reset.as_secs());
        self
    }

    /// A page with status 200.
    pub(crate) fn page(&self, template: &str, view: impl Serialize) -> Response {
        self.render(template, Value::from(Serde(view)))
            .unwrap_or_else(|problem| self.failed(&problem))
    }

    /// The page for a problem; problems that must never surprise a reader have plain words of their own.
    pub(crate) fn failed(&self, problem: &Problem) -> Response {
        self.failed_with("failed.html", problem)
    }

    /// The same for the kiosk.
    pub(crate) fn kiosk_failed(&self, problem: &Problem) -> Response {
        self.failed_with("kiosk_failed.html", problem)
    }

    fn failed_with(&self, template: &str, problem: &Problem) -> Response {
        let status = problem.status();
        let (title, advice) = words(status);
        let view = context! { status => status.as_u16(), title, advice, q => "" };
        let body = self.render(template, view).unwrap_or_else(|_| title.into_response());
        let mut response = (status, body).into_response();
        add_retry_after(&mut response);
        response
    }

    fn render(&self, template: &str, view: Value) -> Result<Response, Problem> {
        let view = context! { display => Value::from(Serde(shown())), ..view };
        let rendered = self.templates.get_template(template).and_then(|t| t.render(view));
        let html = rendered.map_err(|error| Problem::internal(&error.into()))?;
        Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
    }

    /// The name of a category: its own, else that of its last step as it stands.
    pub(crate) fn category<'a>(&'a self, path: &'a str) -> &'a str {
        label(&self.labels.categories, path)
    }

    /// The name of a portal, else its id.
    pub(crate) fn portal<'a>(&'a self, id: &'a str) -> &'a str {
        label(&self.labels.portals, id)
    }

    /// The name of a region, else its code.
    pub(crate) fn region<'a>(&'a self, code: &'a str) -> &'a str {
        self.labels.regions.get(code).map_or(code, String::as_str)
    }

    /// Portals in their order: id and name.
    pub(crate) fn portals(&self) -> &[(String, String)] {
        &self.labels.portals
    }

    /// Categories in their order: path and name.
    pub(crate) fn categories(&self) -> &[(String, String)] {
        &self.labels.categories
    }
}

fn label<'a>(labels: &'a [(String, String)], id: &'a str) -> &'a str {
    labels.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name)
}

/// Title and advice for a page that could not be given.
fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "没有找到这个页面",
            "网址可能有误，或者文件不在收录范围内。您可以用标题、文号或关键词搜索。",
        ),
        StatusCode::METHOD_NOT_ALLOWED => ("不支持这种请求方式", "请用浏览器直接打开网址。"),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("现在访问的人较多", "请稍等片刻再试，或者换用更简短的词语搜索。")
        }
        _ => ("页面暂时无法显示", "服务器出现了问题，请稍后再试。"),
    }
}
