//! Values that a page keeps in its own script: the `DETAIL` object of the Guangdong catalogue (gkmlpt).

use scraper::{Html, Node};
use serde_json::{Map, Value};

use crate::extract::{blocks::is, view::one_line};
use crate::model::{Evidence, Moment, PublicDate, Sourced, china_day};

/// The object, empty on most pages.
#[derive(Default)]
pub(super) struct Detail(Map<String, Value>);

impl Detail {
    /// Looks for `DETAIL: {…}` in the scripts of a page.
    pub(super) fn of(tree: &Html) -> Self {
        let scripts = tree.tree.nodes().filter(|node| is(*node, "script"));
        let texts = scripts.filter_map(|script| match script.first_child()?.value() {
            Node::Text(text) => Some(&**text),
            _ => None,
        });
        let objects = texts.filter(|text| text.contains("_CONFIG")).filter_map(|text| {
            let (_, rest) = text.split_once("DETAIL:")?;
            serde_json::Deserializer::from_str(rest).into_iter::<Map<String, Value>>().next()?.ok()
        });
        Self(objects.into_iter().next().unwrap_or_default())
    }

    /// A value that is text and not empty.
    pub(super) fn text(&self, key: &str) -> Option<Sourced<String>> {
        let value = one_line(self.0.get(key)?.as_str()?);
        (!value.is_empty()).then(|| Sourced::new(value, Evidence::Script(key.to_owned())))
    }

    /// A value that is a moment in seconds since 1970; 0 stands for none.
    pub(super) fn day(&self, key: &str) -> Option<Sourced<PublicDate>> {
        let seconds = self.0.get(key)?.as_i64().filter(|seconds| *seconds > 0)?;
        let moment = Moment::from_second(seconds).ok()?;
        Some(Sourced::new(china_day(moment), Evidence::Script(key.to_owned())))
    }
}
