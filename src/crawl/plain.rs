//! Hosts that speak no TLS: their `https` addresses are asked for over `http`.
//!
//! `http` and `https` are one page by its key, so nothing but the connection changes, and the capture says over which it
//! came. A host whose certificate is bad *does* speak TLS: nothing is asked of it in the clear instead, or whoever
//! stands between could have that at will.

use crate::crawl::fetch::Silence;
use crate::crawl::frontier::{HostId, Job};
use crate::crawl::run::Run;
use crate::model::{Capture, NoAnswer, PageUrl};

/// The same request over `http`, where the host seems to have no TLS: its handshake failed, or, when the host is
/// asked for the first time, nobody took the connection.
pub(super) fn over_http(job: &Job, silence: &Silence) -> Option<Job> {
    let no_tls = match silence.reason {
        NoAnswer::Tls => !silence.bad_certificate,
        NoAnswer::Connect | NoAnswer::Timeout => job.rules_of.is_some() && job.attempt == 0,
        _ => false,
    };
    let plain = job.page.url.over_http().filter(|plain| no_tls && !job.trail.contains(plain))?;
    let mut job = job.clone();
    job.trail.push(std::mem::replace(&mut job.page.url, plain));
    Some(job)
}

impl Run {
    /// Remembers a host that answers over `http` what it did not over `https`.
    pub(super) fn note_plain(&mut self, host: HostId, job: &Job) {
        if came_from_https(job) {
            self.plain.insert(host);
        }
    }

    /// Asks a host that speaks no TLS over `http`.
    pub(super) fn choose_scheme(&self, host: HostId, job: &mut Job) {
        if self.plain.contains(&host)
            && let Some(plain) = job.page.url.over_http()
        {
            job.page.url = plain;
        }
    }
}

/// Whether this request stands for one over `https`.
fn came_from_https(job: &Job) -> bool {
    let twin = |before: &PageUrl| before.over_http().as_ref() == Some(&job.page.url);
    job.trail.iter().any(twin)
}

/// Whether an answer only leads back to the `https` address that gave none.
pub(super) fn leads_back(job: &Job, capture: &Capture, to: &PageUrl) -> bool {
    came_from_https(job) && to.over_http().as_ref() == Some(&capture.url)
}
