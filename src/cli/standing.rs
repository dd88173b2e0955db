//! What became of a page → whether its documents are still published.

use crate::model::{KnownPage, PageState, Standing, Status};

/// The status of the documents of a page, with its date; `None` where what the crawler found says nothing about them.
pub(crate) fn standing(page: &KnownPage) -> Option<(Status, Standing)> {
    let fate = &page.fate;
    let status = match fate.state {
        PageState::Kept => return Some((Status::Live, Standing::default())),
        PageState::Suspected => Status::Suspected,
        PageState::Removed => Status::Removed,
        PageState::Moved => Status::Moved,
        PageState::Disallowed => Status::Withheld,
        _ => return None,
    };
    let since = Some(fate.since);
    Some((status, Standing { since, changed_at: None, moved_to: fate.moved_to.clone() }))
}
