//! How a reader wants pages to look: size and colours, kept in a cookie and nowhere else.
//!
//! Each request is read in a scope that knows the choice and the address asked for, so that every page can show itself
//! so and link back to itself; no handler has to hand them on.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use serde::Serialize;

/// Name of the cookie.
pub(crate) const COOKIE: &str = "display";

tokio::task_local! {
    static SHOWN: Shown;
}

/// How pages are to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Display {
    /// `large` (大字版) or `normal`.
    pub(crate) size: &'static str,
    /// `light`, `dark`, or `auto`: as the reader's system has it.
    pub(crate) tone: &'static str,
}

/// What each part of the cookie can be, the default first.
const SIZES: [&str; 2] = ["normal", "large"];
const TONES: [&str; 3] = ["auto", "light", "dark"];

impl Display {
    /// Reads `large.dark`; what is unknown is as by default.
    pub(crate) fn read(cookie: &str) -> Self {
        let (size, tone) = cookie.split_once('.').unwrap_or((cookie, ""));
        Self { size: known(&SIZES, size), tone: known(&TONES, tone) }
    }

    /// The same with another size, where it is one.
    pub(crate) fn with_size(self, size: &str) -> Self {
        Self { size: known(&SIZES, size), ..self }
    }

    /// The same with other colours, where they are known.
    pub(crate) fn with_tone(self, tone: &str) -> Self {
        Self { tone: known(&TONES, tone), ..self }
    }

    /// As the cookie keeps it.
    pub(crate) fn cookie(self) -> String {
        format!("{}.{}", self.size, self.tone)
    }

    /// What a request says.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|c| c.split_once('='));
        let own = pairs.find(|(name, _)| name.trim() == COOKIE);
        Self::read(own.map_or("", |(_, value)| value.trim()))
    }
}

fn known(words: &[&'static str], word: &str) -> &'static str {
    words.iter().copied().find(|known| *known == word).unwrap_or(words[0])
}

/// What every page knows of its request.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Shown {
    #[serde(flatten)]
    display: Display,
    /// Path and query of the page itself, percent-encoded as a value in another address.
    here: String,
}

fn encoded(address: &str) -> String {
    url::form_urlencoded::byte_serialize(address.as_bytes()).collect()
}

/// What is known of the request that is being answered.
pub(crate) fn shown() -> Shown {
    let default = || Shown { display: Display::read(""), here: encoded("/") };
    SHOWN.try_with(Shown::clone).unwrap_or_else(|_| default())
}

/// Answers a request in a scope that knows how it is to be shown.
pub(crate) async fn displayed(request: Request, next: Next) -> Response {
    let here = encoded(request.uri().path_and_query().map_or("/", |address| address.as_str()));
    let shown = Shown { display: Display::of(request.headers()), here };
    let mut response = SHOWN.scope(shown, next.run(request)).await;
    let is_page = response.headers().get(header::CONTENT_TYPE);
    if is_page.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("cookie"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_says_what_it_can_and_no_more() {
        let of = |line: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, line.parse().unwrap());
            Display::of(&headers).cookie()
        };
        assert_eq!(of("a=b; display=large.dark; c"), "large.dark");
        assert_eq!(of("display=large"), "large.auto");
        assert_eq!(of("display=<script>.dark"), "normal.dark");
        assert_eq!(of("displays=large"), "normal.auto");
        assert_eq!(Display::read("large.dark").with_tone("pink").cookie(), "large.auto");
    }
}
