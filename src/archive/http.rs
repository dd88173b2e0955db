//! HTTP messages as blocks of records.
//!
//! The payload is stored without its transfer coding, so a field that speaks of that coding, or of another length,
//! would mislead every reader. It is kept under the prefix `X-Crawler-`, as other crawlers do, and gets its own name
//! back on reading.

use crate::archive::record::one_line;
use crate::model::{Answer, Body, Form, Headers, PageUrl};

/// Put before fields that are no longer true of the stored bytes, and before fields that look as if it had been.
const KEPT_AS: &str = "X-Crawler-";

/// The request for a page as a block: POST with its body where there is a form, else GET.
pub(super) fn request_block(url: &PageUrl, headers: &Headers, form: Option<&Form>) -> Vec<u8> {
    let method = if form.is_some() { "POST" } else { "GET" };
    let mut block = format!("{method} {} HTTP/1.1\r\n", url.path_and_query()).into_bytes();
    write_fields(&mut block, headers, |_, _| false);
    block.extend_from_slice(form.map_or("", Form::body).as_bytes());
    block
}

/// Reads the header fields of a request block.
pub(super) fn read_request(block: &[u8]) -> Result<Headers, String> {
    let (_, fields, _) = split(block)?;
    read_fields(fields)
}

/// Reads what a request block was sent with: `None` for GET, a form for POST.
///
/// Every other request is an error: its answer is not the page that its address names.
pub(super) fn read_form(block: &[u8]) -> Result<Option<Form>, String> {
    let (first, fields, payload) = split(block)?;
    match first.split(|&b| b == b' ').next().unwrap_or_default() {
        b"GET" => Ok(None),
        b"POST" => {
            let media = read_fields(fields)?;
            let media = media.get("content-type").unwrap_or_default();
            let form = Form::sent(media, &block[payload..]);
            form.map(Some)
                .map_err(|_| format!("asked by POST with a body that is no form ({media})"))
        }
        other => Err(format!("asked by {}", String::from_utf8_lossy(other))),
    }
}

/// The head of an answer: what stands before the payload in its block.
pub(super) fn answer_head(answer: &Answer) -> Vec<u8> {
    let status = answer.status;
    let mut block = format!("HTTP/1.1 {status} {}\r\n", reason(status)).into_bytes();
    let length = answer.body.len().to_string();
    // An answer without payload may still tell the length of the page it speaks of.
    let bodiless = answer.body.is_empty() && matches!(status, 100..=199 | 204 | 304);
    write_fields(&mut block, &answer.headers, |name, value| {
        name.eq_ignore_ascii_case("Transfer-Encoding")
            || (name.eq_ignore_ascii_case("Content-Length") && value != length && !bodiless)
    });
    block
}

/// Reads an answer back from its block.
pub(super) fn read_answer(block: Body) -> Result<Answer, String> {
    let (first, fields, payload) = split(block.start())?;
    let status = first
        .split(|&b| b == b' ')
        .nth(1)
        .and_then(|word| std::str::from_utf8(word).ok()?.parse().ok())
        .filter(|_| first.starts_with(b"HTTP/"))
        .ok_or("the answer has no status")?;
    let headers = read_fields(fields)?;
    Ok(Answer { status, headers, body: block.after(payload as u64) })
}

/// Where the payload of an HTTP block begins.
pub(super) fn payload_start(block: &Body) -> Result<u64, String> {
    split(block.start()).map(|(_, _, payload)| payload as u64)
}

/// The payload without chunked transfer coding, which programs differ about keeping; `None` when it has none.
pub(super) fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut payload = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[line + 2..];
        if size == 0 {
            return Some(payload);
        }
        payload.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

fn write_fields(block: &mut Vec<u8>, headers: &Headers, untrue: impl Fn(&str, &str) -> bool) {
    for (name, value) in &headers.0 {
        let prefix = if untrue(name, value) || starts_with_prefix(name) { KEPT_AS } else { "" };
        let name = name.replace(|c: char| c.is_control() || c == ':' || c == ' ', "-");
        block.extend_from_slice(format!("{prefix}{name}: {}\r\n", one_line(value)).as_bytes());
    }
    block.extend_from_slice(b"\r\n");
}

fn read_fields(fields: &[u8]) -> Result<Headers, String> {
    let mut headers = Vec::new();
    for line in fields.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
        let (name, value) = line.split_once(':').ok_or("a header line is no field")?;
        let name = if starts_with_prefix(name) { &name[KEPT_AS.len()..] } else { name };
        headers.push((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()));
    }
    Ok(Headers(headers))
}

fn starts_with_prefix(name: &str) -> bool {
    name.get(..KEPT_AS.len()).is_some_and(|start| start.eq_ignore_ascii_case(KEPT_AS))
}

/// First line, header lines, and where the payload begins.
fn split(block: &[u8]) -> Result<(&[u8], &[u8], usize), String> {
    let first = block.windows(2).position(|w| w == b"\r\n").ok_or("the message has no lines")?;
    let end = block[first..]
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .ok_or("the header of the message has no end")?;
    let fields = &block[(first + 2).min(first + end + 2)..first + end + 2];
    Ok((&block[..first], fields, first + end + 4))
}

/// The usual words beside a status; nobody reads them but people.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        410 => "Gone",
        412 => "Precondition Failed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        Headers(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    fn there_and_back(answer: &Answer) -> String {
        let head = answer_head(answer);
        let block = answer.body.behind(head.clone());
        assert_eq!(payload_start(&block), Ok(head.len() as u64));
        assert_eq!(&read_answer(block).unwrap(), answer);
        String::from_utf8(head).unwrap()
    }

    #[test]
    fn fields_that_are_no_longer_true_are_kept_aside() {
        let fields = headers(&[
            ("Transfer-encoding", "chunked"),
            ("Content-Length", "99"),
            ("x-crawler-name", "someone"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
        ]);
        let answer =
            Answer { status: 200, headers: fields, body: b"5\r\nhello\r\n0\r\n\r\n".into() };
        let head = there_and_back(&answer);
        assert_eq!(
            head,
            "HTTP/1.1 200 OK\r\nX-Crawler-Transfer-encoding: chunked\r\nX-Crawler-Content-Length: 99\r\n\
             X-Crawler-x-crawler-name: someone\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"
        );
    }

    #[test]
    fn a_request_is_kept_with_its_method_and_body() {
        let url = PageUrl::parse("http://a.gov.cn/search.jsp?x=1").unwrap();
        let form = Form::of_pairs(&[("currpage".into(), "2".into())]).unwrap();
        let fields = headers(&[("Host", "a.gov.cn"), ("Content-Type", form.media_type())]);
        for form in [None, Some(&form)] {
            let block = request_block(&url, &fields, form);
            assert_eq!(read_request(&block).unwrap(), fields);
            assert_eq!(read_form(&block).unwrap().as_ref(), form);
        }
        let posted = request_block(&url, &fields, Some(&form));
        assert!(posted.starts_with(b"POST /search.jsp?x=1 HTTP/1.1\r\n"));
        assert!(posted.ends_with(b"\r\n\r\ncurrpage=2"));
        for other in [
            "HEAD / HTTP/1.1\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Type: multipart/form-data\r\n\r\n--x",
            "",
        ] {
            assert!(read_form(other.as_bytes()).is_err(), "{other}");
        }
    }

    #[test]
    fn true_lengths_and_those_of_answers_without_payload_stay() {
        for (status, length, body) in [(200, "2", "ab"), (304, "500", ""), (204, "0", "")] {
            let fields = headers(&[("Content-Length", length)]);
            let answer = Answer { status, headers: fields, body: body.as_bytes().into() };
            assert!(there_and_back(&answer).contains("\r\nContent-Length: "), "{status}");
        }
    }

    #[test]
    fn odd_headers_come_back_as_they_were() {
        let fields = headers(&[
            ("server", ""),
            ("X-Spaces", "  two before, one after "),
            ("Content-Disposition", "attachment; filename=附件.doc"),
            ("X-Colon", "a:b: c"),
        ]);
        there_and_back(&Answer { status: 999, headers: fields, body: vec![0, 255, 13, 10].into() });
        there_and_back(&Answer { status: 521, headers: Headers::default(), body: Body::default() });
    }

    #[test]
    fn chunks_are_joined_and_everything_else_is_left() {
        let joined = |body: &[u8]| unchunked(body);
        assert_eq!(
            joined(b"3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n").unwrap(),
            b"abc0123456789"
        );
        assert_eq!(joined(b"0\r\nTrailer: x\r\n\r\n").unwrap(), b"");
        for other in
            [&b"<html>\r\n"[..], b"", b"5\r\nabc", b"ffffffffffffffff\r\nabc", b"3\r\nabcd\r\n"]
        {
            assert_eq!(joined(other), None);
        }
    }

    #[test]
    fn no_message_is_an_error() {
        for block in [&b""[..], b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK\r\n", b"HELLO 200\r\n\r\n"] {
            assert!(read_answer(block.into()).is_err());
        }
    }
}
