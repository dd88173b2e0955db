//! `GET /display`: sets size or colours and goes back to the page one came from.

use axum::{
    extract::RawQuery,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};

use crate::serve::display::{COOKIE, Display};
use crate::serve::parameters::pairs;

/// A year, in seconds.
const KEPT: u32 = 31_536_000;

/// Sets the cookie; `back` is a page of ours.
pub(super) async fn display(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let mut display = Display::of(&headers);
    let mut back = "/".to_owned();
    for (name, value) in pairs(query.as_deref().unwrap_or_default()).0 {
        match name.as_str() {
            "size" => display = display.with_size(&value),
            "tone" => display = display.with_tone(&value),
            "back" if is_ours(&value) => back = value,
            _ => {}
        }
    }
    let cookie =
        format!("{COOKIE}={}; Path=/; Max-Age={KEPT}; SameSite=Lax; HttpOnly", display.cookie());
    let mut response = Redirect::to(&back).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether an address leads to a page of this server: a path, no host, nothing that ends a header line.
fn is_ours(address: &str) -> bool {
    let is_path = address.starts_with('/') && !address[1..].starts_with(['/', '\\']);
    is_path && !address.starts_with("/display") && address.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_are_gone_back_to() {
        for ours in ["/", "/search?q=%E5%85%AC&year=2020", "/document/x33t8c9ab24dtk28?q=a#b"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb:c"]
        {
            assert!(!is_ours(other), "{other}");
        }
    }
}
