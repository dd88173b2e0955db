//! What one crawl saw of one column: the raw material of health.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Moment, PortalId};

/// Counts of one crawl and one column (栏目) of a portal; pages asked for, what they gave, what stood in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The portal.
    pub portal: PortalId,
    /// Name of the column.
    pub column: String,
    /// The last answer of the crawl.
    pub at: Moment,
    /// List pages that answered in full.
    pub lists: u32,
    /// Documents that those list pages name.
    pub items: u32,
    /// List pages that answered "not modified".
    pub lists_unchanged: u32,
    /// Requests for list pages that gave neither.
    pub lists_failed: u32,
    /// Detail pages that answered in full.
    pub pages: u32,
    /// Requests for detail pages that gave neither a page nor "not modified".
    pub pages_failed: u32,
    /// Documents read from them.
    pub documents: u32,
    /// Those of them whose page was never read before.
    pub new: u32,
    /// In how many of the new documents each field was found, by the field's name. Only new ones count: old static
    /// pages keep the template they were made with.
    pub filled: BTreeMap<String, u32>,
    /// How many of the new pages were built in each way, by fingerprint of the elements around the text.
    pub templates: BTreeMap<String, u32>,
}
