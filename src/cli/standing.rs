//! What became of a page → whether its documents are still published.

use crate::crawl;
use crate::model::{KnownPage, PageState, Reason, Standing, Status};

/// The status of the documents of a page, with its date; `None` where what the crawler found says nothing about them.
pub(crate) fn standing(page: &KnownPage) -> Option<(Status, Standing)> {
    let fate = &page.fate;
    let status = match fate.state {
        PageState::Kept => return Some((Status::Live, Standing::default())),
        PageState::Suspected => Status::Suspected,
        PageState::Removed => Status::Removed,
        PageState::Moved => Status::Moved,
        PageState::Disallowed => Status::Withheld,
        PageState::Refused if page.gone.is_none() && is_no_of_the_portal(fate.reason) => {
            Status::Live
        }
        _ => return before_silence(page),
    };
    let since = Some(fate.since);
    Some((status, Standing { since, changed_at: None, moved_to: fate.moved_to.clone() }))
}

/// Whether it is the portal that refuses, not our own rule about addresses.
fn is_no_of_the_portal(reason: Reason) -> bool {
    matches!(reason, Reason::Shield | Reason::Login | Reason::Forbidden)
}

/// What was found before a page fell silent or was refused: an outage does not bring back what was gone.
fn before_silence(page: &KnownPage) -> Option<(Status, Standing)> {
    let gone = page.gone?;
    let is_removed = crawl::is_removed(gone, page.fate.since);
    let status = if is_removed { Status::Removed } else { Status::Suspected };
    Some((status, Standing { since: Some(gone.0), ..Standing::default() }))
}
