//! A page the crawler knows of: one row of the frontier.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{Context, Moment, NoAnswer, PageUrl, UrlKey};

/// What is known of one address before and after it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownPage {
    /// Where it is.
    pub url: PageUrl,
    /// What the list said about it, which portal and column it belongs to.
    pub context: Context,
    /// Links followed from the column's first page to here.
    pub depth: u16,
    /// What the last request found.
    pub state: PageState,
    /// What became of it, why and since when: follows `state`, but not through failures that are tried again.
    pub fate: Fate,
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

/// What became of a page, with its reason and dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// What became of it; never [`PageState::Failing`].
    pub state: PageState,
    /// Why.
    pub reason: Reason,
    /// More about the reason, for people: a status code, an address, an error; may be empty.
    pub detail: String,
    /// Since when. A page that is removed is so since the first of the checks that found it gone.
    pub since: Moment,
    /// For a page that moved: where it is now.
    pub moved_to: Option<PageUrl>,
}

/// Why a page is in its state, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A list or a page names it.
    Linked,
    /// It answered.
    Answered,
    /// 404.
    NotFound,
    /// 410.
    Gone,
    /// An error page with a status of success, or a redirect to one.
    ErrorPage,
    /// Redirected to the front page or to a list.
    RedirectedHome,
    /// Redirected for good to another page of the portal.
    MovedPermanently,
    /// Redirected for now.
    Redirected,
    /// Redirected too often, or in a circle.
    RedirectLoop,
    /// Redirected out of the portal.
    OutOfScope,
    /// A shield against programs.
    Shield,
    /// A page that wants a name and a password, or 401.
    Login,
    /// Another status that says no.
    Forbidden,
    /// An address that we do not ask: private, loopback, link-local.
    PrivateAddress,
    /// Closed by robots.txt.
    Robots,
    /// robots.txt cannot be read.
    RobotsUnreachable,
    /// A status of a server in trouble.
    ServerError,
    /// A body that never comes whole.
    CutShort,
    /// The name has no address.
    Dns,
    /// Nobody takes the connection.
    Connect,
    /// The TLS handshake fails.
    Tls,
    /// No answer in time.
    Timeout,
    /// The answer is no HTTP.
    Protocol,
    /// A path that is too deep or repeats itself.
    EndlessPath,
    /// A list that has more pages than are read.
    EndlessList,
    /// A list whose pages name nothing.
    EmptyList,
}

impl From<NoAnswer> for Reason {
    fn from(reason: NoAnswer) -> Self {
        match reason {
            NoAnswer::Dns => Self::Dns,
            NoAnswer::Connect => Self::Connect,
            NoAnswer::Tls => Self::Tls,
            NoAnswer::Timeout => Self::Timeout,
            NoAnswer::Protocol => Self::Protocol,
            NoAnswer::Robots => Self::Robots,
            NoAnswer::RobotsUnreachable => Self::RobotsUnreachable,
            NoAnswer::PrivateAddress => Self::PrivateAddress,
            NoAnswer::RedirectLoop => Self::RedirectLoop,
            NoAnswer::OutOfScope => Self::OutOfScope,
        }
    }
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
    /// Redirected for good: the document is at another address of the portal.
    Moved,
    /// Said to be gone, not often or long enough to believe it.
    Suspected,
    /// Gone: 404, 410, an error page or a redirect to the front page, at least three times over at least 72 hours.
    Removed,
    /// No usable answer yet; tried again later.
    Failing,
    /// Given up in this run: tried as often as the settings allow.
    Unreachable,
    /// Closed by robots.txt.
    Disallowed,
    /// Refused by the portal (401, 403, 412, 521, shields and login pages), or by our own address rules.
    Refused,
    /// Beyond the rules that stop endless lists and paths: never asked for.
    Trap,
}

impl PageState {
    /// The state as it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Kept => "kept",
            Self::Redirected => "redirected",
            Self::Moved => "moved",
            Self::Suspected => "suspected",
            Self::Removed => "removed",
            Self::Failing => "failing",
            Self::Unreachable => "unreachable",
            Self::Disallowed => "disallowed",
            Self::Refused => "refused",
            Self::Trap => "trap",
        }
    }

    /// What people call it.
    pub fn plain_word(self) -> &'static str {
        match self {
            Self::Kept => "live",
            Self::Disallowed => "withheld",
            other => other.as_str(),
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
            fate: Fate {
                state: PageState::Found,
                reason: Reason::Linked,
                detail: String::new(),
                since: now,
                moved_to: None,
            },
            due: now,
            kept_at: None,
            failures: 0,
            etag: None,
            last_modified: None,
            revisit: None,
            gone: None,
        }
    }

    /// The same page, beyond a rule that stops the crawler: known, never asked for.
    #[must_use]
    pub fn as_trap(mut self, reason: Reason) -> Self {
        let at = self.fate.since;
        self.settle(PageState::Trap, reason, String::new(), at);
        self
    }

    /// Notes what became of the page at that moment; `since` stays while the state does. What is tried again is no
    /// fate yet.
    pub fn settle(&mut self, state: PageState, reason: Reason, detail: String, at: Moment) {
        self.state = state;
        if state != PageState::Failing {
            let since = if self.fate.state == state { self.fate.since } else { at };
            self.fate = Fate { state, reason, detail, since, moved_to: None };
        }
    }
}
