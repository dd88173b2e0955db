//! How a host says that a page is not there: asked for once in a run, when an answer is in doubt.
//!
//! Asked, not learned from real 404s: the hosts that need to be compared with never send one. Asked only in doubt
//! (a page that does not hold the title its list gave it), so that most hosts are never asked; at their
//! usual pace, and only where robots.txt lets us. The answer is archived like any other, so that the archive can be read again the
//! same way. Held meanwhile are the answers in doubt, which are short, and few: the question is the next one asked.

use std::collections::HashMap;

use crate::crawl::admission::Rank;
use crate::crawl::frontier::{HostId, Job};
use crate::crawl::looks::{self, Looks};
use crate::crawl::plan::Timing;
use crate::crawl::queue::context;
use crate::crawl::run::Run;
use crate::model::{Capture, KnownPage, PageKind};
use crate::page::Likeness;

/// Answers held for one host; further ones are judged by themselves.
const MOST_HELD: usize = 16;

/// What is known of the error pages of the hosts of a run.
#[derive(Default)]
pub(super) struct ErrorPages(HashMap<HostId, ErrorPage>);

enum ErrorPage {
    /// Asked for; these answers wait for it.
    Asked(Vec<Held>),
    /// What it says, where it says something.
    Known(Option<Likeness>),
}

/// An answer with what is needed to judge it later.
pub(super) struct Held {
    pub(super) job: Job,
    pub(super) capture: Capture,
    pub(super) found: Vec<KnownPage>,
    pub(super) looks: Looks,
    pub(super) timing: Option<Timing>,
}

impl ErrorPages {
    /// What the error page of a host says, as far as it is known.
    pub(super) fn of(&self, host: HostId) -> Option<&Likeness> {
        match self.0.get(&host) {
            Some(ErrorPage::Known(own)) => own.as_ref(),
            _ => None,
        }
    }

    /// Documents that are held.
    pub(super) fn documents_held(&self) -> usize {
        let held = self.0.values().map(|page| match page {
            ErrorPage::Asked(held) => held.len(),
            ErrorPage::Known(_) => 0,
        });
        held.sum()
    }
}

impl Run {
    /// Holds an answer until the error page of its host is known, and asks for that; hands back what can be judged now.
    pub(super) fn hold(&mut self, host: HostId, answer: Held) -> Option<Held> {
        let page = &answer.job.page;
        // Of a page never kept, only the title that its list gave says that this may be another one.
        let can_tell = page.kept_at.is_some() || page.context.listed.title.is_some();
        if !answer.looks.are_doubtful() || !can_tell || self.stopping {
            return Some(answer);
        }
        match self.error_pages.0.get_mut(&host) {
            Some(ErrorPage::Known(_)) => Some(answer),
            Some(ErrorPage::Asked(held)) if held.len() >= MOST_HELD => Some(answer),
            Some(ErrorPage::Asked(held)) => {
                held.push(answer);
                None
            }
            None => {
                let Some(url) = looks::absent_address(&answer.capture.url) else {
                    return Some(answer);
                };
                let portal = answer.job.portal;
                let context = context(&self.portals[portal], PageKind::Absent);
                let page = KnownPage::found(url, context, 0, self.clock.now());
                self.error_pages.0.insert(host, ErrorPage::Asked(vec![answer]));
                let rank = Rank::Absent;
                self.queue(Job {
                    page,
                    portal,
                    rank,
                    attempt: 0,
                    trail: Vec::new(),
                    rules_of: None,
                });
                None
            }
        }
    }

    /// The error page of a host is known, or is not to be had: what waited for it is judged.
    pub(super) async fn error_page_is(&mut self, host: HostId, own: Option<Likeness>) {
        let before = self.error_pages.0.insert(host, ErrorPage::Known(own));
        if let Some(ErrorPage::Asked(held)) = before {
            for answer in held {
                // On the heap, as few answers come this way and all others would carry its size.
                Box::pin(self.consider(host, answer)).await;
            }
        }
    }

    /// Judges everything that still waits; tells whether anything did.
    pub(super) async fn release_all(&mut self) -> bool {
        let waiting = |(host, page): (&HostId, &ErrorPage)| match page {
            ErrorPage::Asked(_) => Some(*host),
            ErrorPage::Known(_) => None,
        };
        let hosts: Vec<HostId> = self.error_pages.0.iter().filter_map(waiting).collect();
        for host in &hosts {
            self.error_page_is(*host, None).await;
        }
        !hosts.is_empty() || self.settle_doubts().await
    }
}
