//! What values of facets are called by people.

use std::collections::HashMap;

use crate::search::facet::{Facet, PerFacet};
use crate::text::fold;

/// Names of values, such as those of regions for their codes; what has none is called as it is.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Folded names of values.
    names: PerFacet<HashMap<String, String>>,
    /// Values by folded name.
    values: PerFacet<HashMap<String, Vec<String>>>,
}

impl Names {
    /// Adds a name of a value; a value may have several, and a name may be that of several values.
    pub fn add(&mut self, facet: Facet, value: &str, name: &str) {
        let name = fold(name).text;
        let values = self.values.of_mut(facet).entry(name.clone()).or_default();
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
        let names = self.names.of_mut(facet).entry(value.to_owned()).or_default();
        if !names.is_empty() {
            names.push('\n');
        }
        names.push_str(&name);
    }

    /// The values that are called so.
    pub(super) fn called(&self, facet: Facet, folded: &str) -> &[String] {
        self.values.of(facet).get(folded).map_or(&[], Vec::as_slice)
    }

    /// Whether a value, or a name of it, holds a folded text.
    pub(super) fn holds(&self, facet: Facet, value: &str, folded: &str) -> bool {
        let named = self.names.of(facet).get(value).is_some_and(|names| names.contains(folded));
        named || fold(value).text.contains(folded)
    }
}
