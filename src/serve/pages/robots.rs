//! `GET /robots.txt`: documents may be read by robots, result lists have no end and may not.

/// The rules.
pub(super) async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /search\nDisallow: /api/\n"
}
