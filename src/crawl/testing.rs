//! Values that the tests of this part share.

use std::time::Duration;

use crate::config::{
    AttachmentRules, Column, DetailRules, Limits, ListRules, Politeness, Portal, Revisit,
    RobotsForbidden, Verified,
};
use crate::model::{
    Answer, Capture, Context, Headers, KnownPage, Listed, Moment, PageKind, PageUrl,
};

/// An address that is one.
pub(crate) fn page(url: &str) -> PageUrl {
    PageUrl::parse(url).unwrap()
}

/// A portal with one base, no column, and quick settings.
pub(crate) fn portal(base: &str) -> Portal {
    let days = |n: u64| Duration::from_secs(n * 86_400);
    let millis = Duration::from_millis;
    Portal {
        id: "lingzhou".into(),
        name: "灵洲市人民政府".into(),
        bases: vec![page(base)],
        region: "unknown".into(),
        columns: Vec::new(),
        list: ListRules::default(),
        detail: DetailRules::default(),
        verified: Verified::Never,
        allow_private: false,
        attachment_hosts: Vec::new(),
        requisites: false,
        insecure_tls: Vec::new(),
        politeness: Politeness {
            delay: Duration::ZERO,
            delay_factor: 0,
            delay_ceiling: millis(400),
            quiet_hours: None,
            daily_pages: None,
            daily_bytes: None,
            connections_per_host: 1,
            global_connections: 8,
            robots_forbidden: RobotsForbidden::Disallow,
            crawl_delay_ceiling: millis(200),
        },
        limits: Limits {
            connect_timeout: millis(500),
            answer_timeout: millis(500),
            body_timeout: millis(500),
            page_bytes: 1 << 20,
            redirects: 5,
            retries: 2,
            retry_base: millis(1),
            retry_ceiling: millis(20),
            list_pages: 2000,
            depth: 3000,
        },
        revisit: Revisit {
            list: days(1),
            detail: days(30),
            detail_shortest: days(7),
            detail_longest: days(90),
            attachment: days(90),
            requisite: days(180),
        },
    }
}

/// The portal with columns of these names and list addresses.
pub(crate) fn portal_with(base: &str, columns: &[(&str, &str)]) -> Portal {
    let mut portal = portal(base);
    let column = |(name, list): &(&str, &str)| Column {
        name: (*name).to_owned(),
        list: portal.bases[0].join(list).unwrap(),
        category: None,
        agency: None,
    };
    portal.columns = columns.iter().map(column).collect();
    portal
}

/// The types that tests fetch.
pub(crate) fn attachments() -> AttachmentRules {
    let types = ["pdf", "doc", "docx", "xls", "xlsx", "zip"].map(str::to_owned).to_vec();
    AttachmentRules { types, max_bytes: 1 << 20 }
}

/// Why a page of column 公示公告 was asked for.
pub(crate) fn context(kind: PageKind) -> Context {
    Context {
        portal: "lingzhou".into(),
        column: "公示公告".into(),
        kind,
        listed: Listed::default(),
        referrer: None,
        redirected_from: None,
        form: None,
    }
}

/// A page never asked for.
pub(crate) fn known(url: &str, kind: PageKind) -> KnownPage {
    KnownPage::found(page(url), context(kind), 0, Moment::UNIX_EPOCH)
}

/// An answer for a page.
pub(crate) fn capture(
    page: &KnownPage,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Capture {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Capture {
        url: page.url.clone(),
        at: Moment::UNIX_EPOCH,
        request: Headers::default(),
        answer: Answer { status, headers: Headers(headers), body: body.into() },
        truncated: None,
        unverified_tls: false,
        context: page.context.clone(),
    }
}
