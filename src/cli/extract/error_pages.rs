//! What hosts say of an address that cannot exist, as it was when a page was captured.

use std::collections::HashMap;

use jiff::SignedDuration;

use crate::archive::Reader;
use crate::catalogue::State;
use crate::crawl;
use crate::model::{Capture, Moment, Position};
use crate::page::Likeness;

/// An error page is asked for when an answer is in doubt: it speaks of answers so long before it, and of all later
/// ones until the next is asked for. So what a page is read as does not depend on when it is read.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// Of so many of a host what they say is held; each takes some kilobytes.
const HELD: usize = 8;

/// The error pages of all hosts, read when they are needed.
#[derive(Default)]
pub(super) struct ErrorPages(HashMap<String, OfHost>);

#[derive(Default)]
struct OfHost {
    /// Every answer, oldest first.
    asked: Vec<(Moment, Position)>,
    /// The last ones read.
    read: Vec<(Moment, Option<Likeness>)>,
}

impl ErrorPages {
    /// What the host of a page said when it was captured, or soon after.
    pub(super) fn of(
        &mut self,
        capture: &Capture,
        state: &State,
        reader: &Reader,
    ) -> anyhow::Result<Option<Likeness>> {
        let host = capture.url.authority();
        if !self.0.contains_key(&host) {
            self.0.insert(host.clone(), OfHost::found(capture, state)?);
        }
        match self.0.get_mut(&host) {
            Some(of_host) => of_host.at(capture.at, reader),
            None => Ok(None),
        }
    }
}

impl OfHost {
    fn found(capture: &Capture, state: &State) -> anyhow::Result<Self> {
        let Some(url) = crawl::absent_address(&capture.url) else { return Ok(Self::default()) };
        let rows = state.captures_of(&url.key())?;
        let asked = rows.into_iter().map(|row| (row.at, row.position)).collect();
        Ok(Self { asked, read: Vec::new() })
    }

    fn at(&mut self, at: Moment, reader: &Reader) -> anyhow::Result<Option<Likeness>> {
        let soon = at.saturating_add(BEFORE)?;
        let Some((asked, position)) = self.asked.iter().rfind(|(asked, _)| *asked <= soon) else {
            return Ok(None);
        };
        if let Some((_, own)) = self.read.iter().find(|(read, _)| read == asked) {
            return Ok(own.clone());
        }
        let own = crawl::own_error_page(&reader.capture(position)?);
        if self.read.len() >= HELD {
            self.read.remove(0);
        }
        self.read.push((*asked, own.clone()));
        Ok(own)
    }
}
