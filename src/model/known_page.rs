//! A page the crawler knows of: one row of the frontier.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Context, Moment, PageUrl, UrlKey};

/// What is known of one address before and after it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownPage {
    /// Where it is.
    pub url: PageUrl,
    /// What the list said about it, which portal and column it belongs to.
    pub context: Context,
    /// Links followed from the column's first page to here.
    pub depth: u16,
    /// What became of it.
    pub state: PageState,
    /// Not asked for before this moment.
    pub due: Moment,
    /// When it last gave an answer that was kept.
    pub kept_at: Option<Moment>,
    /// Failures in a row since the last kept answer.
    pub failures: u16,
    /// `ETag` of the last kept answer, sent back as `If-None-Match`.
    pub etag: Option<String>,
    /// `Last-Modified` of the last kept answer, sent back as `If-Modified-Since`.
    pub last_modified: Option<String>,
    /// How long after a kept answer it is asked for again: shrinks when its text changes, grows when not; `None`: as
    /// the settings say.
    #[serde(default)]
    pub revisit: Option<Duration>,
    /// First of the unbroken run of answers that said the page is gone, and how many they are.
    pub gone: Option<(Moment, u16)>,
}

/// What became of a page; the words that `gongkai crawl` and the portal page show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Found, not asked for yet.
    Found,
    /// Answered and kept.
    Kept,
    /// Answered with a redirect; the target is a page of its own.
    Redirected,
    /// Said to be gone, not often or long enough to believe it.
    Suspected,
    /// Gone: 404 or 410, at least three times over at least 72 hours.
    Removed,
    /// No usable answer yet; tried again later.
    Failing,
    /// Given up in this run: tried as often as the settings allow.
    Unreachable,
    /// Closed by robots.txt.
    Disallowed,
    /// Refused by the portal (401, 403, 412, 521 and the like), or by our own address rules.
    Refused,
}

impl PageState {
    /// The state as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Kept => "kept",
            Self::Redirected => "redirected",
            Self::Suspected => "suspected",
            Self::Removed => "removed",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::Disallowed => "disallowed",
            Self::Refused => "refused",
        }
    }
}

impl KnownPage {
    /// The key of the page: of its address, and of the form that it is asked with.
    pub fn key(&self) -> UrlKey {
        self.url.key_with(self.context.form.as_ref())
    }

    /// A page just found, due at once.
    pub fn found(url: PageUrl, context: Context, depth: u16, now: Moment) -> Self {
        Self {
            url,
            context,
            depth,
            state: PageState::Found,
            due: now,
            kept_at: None,
            failures: 0,
            etag: None,
            last_modified: None,
            revisit: None,
            gone: None,
        }
    }
}
