//! How the crawler behaves everywhere unless a portal says otherwise.

use std::time::Duration;

use crate::config::{
    Privacy, QuietHours,
    reader::Reader,
    value::{duration, one_of, or_off, quiet_hours, size, text_where, whole},
};

/// Settings of all crawling: `crawler-config/defaults.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crawler {
    /// Name of the crawler: what robots.txt groups are matched by.
    pub name: String,
    /// Where a webmaster reaches the people who run it: an address or a mail box.
    pub contact: String,
    /// How gently hosts are asked.
    pub politeness: Politeness,
    /// How long, large and often anything may be.
    pub limits: Limits,
    /// How soon a page is asked for again.
    pub revisit: Revisit,
    /// Which attachments are fetched.
    pub attachments: AttachmentRules,
    /// What of personal data is shown.
    pub privacy: Privacy,
}

impl Crawler {
    /// The `User-Agent` of every request: name, version, contact.
    pub fn user_agent(&self) -> String {
        let version =
            concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
        format!("{}/{version} (+{})", self.name, self.contact)
    }

    /// Whether the contact is still the one shipped, which reaches nobody.
    pub fn contact_is_placeholder(&self) -> bool {
        self.contact.contains("example.")
    }

    pub(super) fn read(&mut self, file: &mut Reader<'_>) {
        let name = "letters, digits and `-`, such as \"gongkai\"";
        file.set("name", &mut self.name, &text_where(name, is_product_token));
        let contact = "an address or mail box without blanks and brackets, such as \"mailto:archive@example.org\"";
        file.set("contact", &mut self.contact, &text_where(contact, is_contact));
        file.table("politeness", |table| {
            self.politeness.read(table);
            table.set(
                "global_connections",
                &mut self.politeness.global_connections,
                &whole(1..=256),
            );
        });
        file.table("limits", |table| self.limits.read(table));
        file.table("revisit", |table| self.revisit.read(table));
        file.table("attachments", |table| self.attachments.read(table));
        file.table("privacy", |table| self.privacy.read(table));
    }
}

/// A name that can stand in `User-Agent` and in robots.txt.
fn is_product_token(text: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (1..=40).contains(&text.len()) && text.bytes().all(fine)
}

/// A contact that can stand inside a comment of `User-Agent`.
fn is_contact(text: &str) -> bool {
    (3..=200).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"()<>\\\"".contains(&b))
        && (text.contains('@') || text.contains("://"))
}

/// How gently a host is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Politeness {
    /// The shortest pause from the end of an answer to the start of the next request to the same host; nothing at all
    /// switches [`Politeness::delay_factor`] off as well.
    pub delay: Duration,
    /// The pause is this many times what the last answer took, where that is longer than [`Politeness::delay`].
    pub delay_factor: u32,
    /// The longest pause that [`Politeness::delay_factor`] and a host in trouble lead to.
    pub delay_ceiling: Duration,
    /// When the portal is not asked at all.
    pub quiet_hours: Option<QuietHours>,
    /// Requests to the portal in one day of China, robots.txt and failures included.
    pub daily_pages: Option<u64>,
    /// Bytes from the portal in one day of China, as sent; the answer that reaches it is the last.
    pub daily_bytes: Option<u64>,
    /// Requests to one host at a time.
    pub connections_per_host: usize,
    /// Requests to all hosts at a time; one number for all portals.
    pub global_connections: usize,
    /// What a robots.txt that answers 401 or 403 means.
    pub robots_forbidden: RobotsForbidden,
    /// A longer `Crawl-delay` of a robots.txt is cut to this.
    pub crawl_delay_ceiling: Duration,
}

/// What a robots.txt that answers 401 or 403 means for its host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RobotsForbidden {
    /// The whole host is closed.
    #[default]
    Disallow,
    /// The host has no rules.
    Allow,
}

impl Politeness {
    pub(super) fn read(&mut self, table: &mut Reader<'_>) {
        let robots = [("disallow", RobotsForbidden::Disallow), ("allow", RobotsForbidden::Allow)];
        table.set("delay", &mut self.delay, &duration(MOMENT..=HOUR));
        table.set("delay_factor", &mut self.delay_factor, &whole(0..=100));
        table.set("delay_ceiling", &mut self.delay_ceiling, &duration(SECOND..=HOUR));
        table.set("quiet_hours", &mut self.quiet_hours, &or_off(quiet_hours()));
        table.set("daily_pages", &mut self.daily_pages, &or_off(whole(1..=100_000_000)));
        table.set("daily_bytes", &mut self.daily_bytes, &or_off(size(1 << 10..=1 << 40)));
        table.set("connections_per_host", &mut self.connections_per_host, &whole(1..=16));
        table.set("robots_forbidden", &mut self.robots_forbidden, &one_of(&robots));
        table.set("crawl_delay_ceiling", &mut self.crawl_delay_ceiling, &duration(SECOND..=HOUR));
    }
}

/// How long, large and often anything may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Time to connect.
    pub connect_timeout: Duration,
    /// Time from the request to the head of the answer.
    pub answer_timeout: Duration,
    /// Time for the whole body.
    pub body_timeout: Duration,
    /// The longest page kept, in bytes as sent; a longer one is cut.
    pub page_bytes: u64,
    /// Redirects followed in a row.
    pub redirects: u8,
    /// Further tries of a request that failed in a way that may pass.
    pub retries: u8,
    /// Pause before the first further try; doubled before each one after it.
    pub retry_base: Duration,
    /// The longest pause between two tries.
    pub retry_ceiling: Duration,
    /// List pages of one column in one run.
    pub list_pages: u32,
    /// Links followed from a column's first page.
    pub depth: u16,
}

impl Limits {
    pub(super) fn read(&mut self, table: &mut Reader<'_>) {
        table.set("connect_timeout", &mut self.connect_timeout, &duration(INSTANT..=HOUR));
        table.set("answer_timeout", &mut self.answer_timeout, &duration(INSTANT..=HOUR));
        table.set("body_timeout", &mut self.body_timeout, &duration(INSTANT..=HOUR));
        table.set("page_bytes", &mut self.page_bytes, &size(1 << 10..=256 << 20));
        table.set("redirects", &mut self.redirects, &whole(0..=20));
        table.set("retries", &mut self.retries, &whole(0..=20));
        table.set("retry_base", &mut self.retry_base, &duration(INSTANT..=HOUR));
        table.set("retry_ceiling", &mut self.retry_ceiling, &duration(INSTANT..=DAY));
        table.set("list_pages", &mut self.list_pages, &whole(1..=100_000));
        table.set("depth", &mut self.depth, &whole(1..=10_000));
    }
}

/// How soon a page is asked for again after an answer that was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revisit {
    /// List pages.
    pub list: Duration,
    /// Detail pages, until it is known how often their text changes.
    pub detail: Duration,
    /// The shortest time for a detail page, however often its text changes.
    pub detail_shortest: Duration,
    /// The longest time for a detail page, however long its text has not changed.
    pub detail_longest: Duration,
    /// Attachments.
    pub attachment: Duration,
    /// Style sheets and pictures that pages are shown with.
    pub requisite: Duration,
}

impl Revisit {
    pub(super) fn read(&mut self, table: &mut Reader<'_>) {
        table.set("list", &mut self.list, &duration(MINUTE..=YEARS));
        table.set("detail", &mut self.detail, &duration(MINUTE..=YEARS));
        table.set("detail_shortest", &mut self.detail_shortest, &duration(MINUTE..=YEARS));
        table.set("detail_longest", &mut self.detail_longest, &duration(MINUTE..=YEARS));
        table.set("attachment", &mut self.attachment, &duration(MINUTE..=YEARS));
        table.set("requisite", &mut self.requisite, &duration(MINUTE..=YEARS));
    }
}

/// Which files that a page names are fetched with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttachmentRules {
    /// Endings of file names in lower case, without dot.
    pub types: Vec<String>,
    /// The longest attachment kept, in bytes as sent; a longer one is cut.
    pub max_bytes: u64,
}

impl AttachmentRules {
    fn read(&mut self, table: &mut Reader<'_>) {
        let ending = text_where("an ending in lower case without dot, such as \"pdf\"", is_ending);
        if let Some(types) = table.list("types", &ending) {
            self.types = types;
        }
        table.set("max_bytes", &mut self.max_bytes, &size(1 << 10..=1 << 30));
    }
}

fn is_ending(text: &str) -> bool {
    (1..=8).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Only the delay may be nothing at all.
const MOMENT: Duration = Duration::ZERO;
const INSTANT: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const YEARS: Duration = Duration::from_hours(3650 * 24);
