//! What a server answered, when, and why it was asked.

use std::{borrow::Cow, io::Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use serde::{Deserialize, Serialize};

use crate::model::{Body, Form, Moment, PageUrl, PortalId, UrlKey};

/// One HTTP answer at one time, with what led to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// The address asked for; a redirect is an answer of its own.
    pub url: PageUrl,
    /// When the answer began.
    pub at: Moment,
    /// Header fields of the request, in the order sent; the method is POST where the context has a form, else GET.
    pub request: Headers,
    /// What the server said.
    pub answer: Answer,
    /// Set when the body is not whole.
    pub truncated: Option<Truncated>,
    /// Whether it came over TLS with a certificate that was not checked, as the portal file allows for its host.
    pub unverified_tls: bool,
    /// Why the page was asked for.
    pub context: Context,
}

impl Capture {
    /// Whether the body broke off on its way, so that another try may bring the whole; one cut at our own limit is as
    /// long as it will ever be.
    pub fn is_half(&self) -> bool {
        matches!(self.truncated, Some(Truncated::Time | Truncated::Disconnect))
    }

    /// The key of the page that answered.
    pub fn key(&self) -> UrlKey {
        self.url.key_with(self.context.form.as_ref())
    }
}

/// Status line, header fields and payload of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Status code, 100 to 999.
    pub status: u16,
    /// Header fields as parsed, in order.
    pub headers: Headers,
    /// The payload as sent: transfer coding removed, content coding (gzip …) kept.
    pub body: Body,
}

/// Header fields in order; names are compared without letter case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Why a body is not whole; the words of the WARC standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncated {
    /// Longer than the limit.
    Length,
    /// Slower than the limit.
    Time,
    /// The connection ended early: the server hung up, or there was no room left to receive more.
    Disconnect,
}

impl Truncated {
    /// The word for `WARC-Truncated`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Time => "time",
            Self::Disconnect => "disconnect",
        }
    }
}

/// Where a record stands in the archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Name of the WARC file, without folder.
    pub file: String,
    /// Byte at which the record's gzip member begins.
    pub offset: u64,
}

/// What kind of page was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageKind {
    /// `robots.txt` of a host.
    Robots,
    /// A list page of a column.
    List,
    /// A page that publishes a document.
    Detail,
    /// A file that a detail page names.
    Attachment,
    /// A style sheet, picture or font that a detail page is shown with; never a document, never part of one.
    Requisite,
    /// An address that cannot exist: how its host says that a page is not there.
    Absent,
}

impl PageKind {
    /// The kind as it stands in records and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Robots => "robots",
            Self::List => "list",
            Self::Detail => "detail",
            Self::Attachment => "attachment",
            Self::Requisite => "requisite",
            Self::Absent => "absent",
        }
    }
}

/// Why a page was asked for and what the list said about it: kept beside the answer, so that extraction can be
/// repeated from the archive alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Which portal file led here.
    pub portal: PortalId,
    /// Name of the column as the portal file gives it; empty for robots.txt.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// What kind of page was expected.
    pub kind: PageKind,
    /// What the list page, or the detail page for an attachment, said about it.
    #[serde(default)]
    pub listed: Listed,
    /// The page that linked here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<PageUrl>,
    /// The address first asked for, where a redirect led here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirected_from: Option<PageUrl>,
    /// What is sent to ask for it, where a GET request does not do: only to the interface of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}

/// Title and date beside a link, as printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The link's title; whole where the page gives it whole, else cut as the page cut it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The date beside the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A request that got no answer that could be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The address asked for.
    pub url: PageUrl,
    /// When it was given up.
    pub at: Moment,
    /// What happened.
    pub reason: NoAnswer,
    /// The same in the words of the layer that failed; for people.
    pub detail: String,
    /// Why the page was asked for.
    pub context: Context,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoAnswer {
    /// The name has no address.
    Dns,
    /// Nobody took the connection, or it broke before the status line.
    Connect,
    /// The TLS handshake failed: old protocol, foreign ciphers, bad certificate.
    Tls,
    /// No answer in time.
    Timeout,
    /// The answer is no HTTP.
    Protocol,
    /// robots.txt closes the page.
    Robots,
    /// robots.txt could not be read, so the host is closed for now.
    RobotsUnreachable,
    /// The address is private, loopback or link-local, and not allowed.
    PrivateAddress,
    /// Redirected too often, or in a circle.
    RedirectLoop,
    /// Redirected to a page outside the portal.
    OutOfScope,
}

/// A document that came without a capture, as the import file gave it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// Name of the set, given at import.
    pub set: String,
    /// The record's own id; unique in its set.
    pub id: String,
    /// When it was imported.
    pub at: Moment,
    /// The record as read, a JSON object; fields nobody knows are kept.
    pub record: serde_json::Map<String, serde_json::Value>,
}

/// Why a payload could not be decoded; what was decoded before stays usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The coding is not gzip or deflate.
    UnknownCoding,
    /// The compressed bytes are damaged or cut short.
    Damaged,
    /// It grew past the limit.
    TooLong,
}

impl Answer {
    /// The payload with its content coding removed, at most `limit` bytes of it, and what went wrong on the way.
    ///
    /// Bytes that begin like gzip are inflated even when the server forgot to say so. No more than `limit` bytes are
    /// held, whatever a payload would grow to.
    pub fn decoded(&self, limit: usize) -> (Cow<'_, [u8]>, Option<DecodeError>) {
        let coding =
            self.headers.get("content-encoding").unwrap_or_default().trim().to_ascii_lowercase();
        let looks_gzip = self.body.start().starts_with(&[0x1f, 0x8b, 8]);
        match coding.as_str() {
            "gzip" | "x-gzip" if looks_gzip => self.inflated(limit, gzip),
            "deflate" if self.body.start().first() == Some(&0x78) => {
                self.inflated(limit, |input| Box::new(ZlibDecoder::new(input)))
            }
            "deflate" => self.inflated(limit, |input| Box::new(DeflateDecoder::new(input))),
            "" | "identity" | "gzip" | "x-gzip" if !looks_gzip || self.is_gzip_file() => {
                self.plain(limit)
            }
            "" | "identity" => self.inflated(limit, gzip),
            _ => (self.plain(limit).0, Some(DecodeError::UnknownCoding)),
        }
    }

    /// A download that *is* a gzip file is not inflated unasked.
    fn is_gzip_file(&self) -> bool {
        self.headers
            .get("content-type")
            .is_some_and(|t| t.contains("gzip") || t.contains("octet-stream"))
    }

    fn plain(&self, limit: usize) -> (Cow<'_, [u8]>, Option<DecodeError>) {
        let too_long = self.body.len() > u64::try_from(limit).unwrap_or(u64::MAX);
        match self.body.up_to(limit) {
            Ok(body) => (body, too_long.then_some(DecodeError::TooLong)),
            Err(_) => (Cow::default(), Some(DecodeError::Damaged)),
        }
    }

    fn inflated<'a>(
        &'a self,
        limit: usize,
        decoder: impl FnOnce(Source<'a>) -> Source<'a>,
    ) -> (Cow<'a, [u8]>, Option<DecodeError>) {
        let Ok(input) = self.body.open_at(0) else {
            return (Cow::default(), Some(DecodeError::Damaged));
        };
        let mut out = Vec::new();
        let more = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let read = decoder(input).take(more).read_to_end(&mut out);
        if out.len() > limit {
            out.truncate(limit);
            return (Cow::Owned(out), Some(DecodeError::TooLong));
        }
        (Cow::Owned(out), read.err().map(|_| DecodeError::Damaged))
    }
}

/// Bytes on their way through a decoder.
type Source<'a> = Box<dyn Read + Send + 'a>;

fn gzip(input: Source<'_>) -> Source<'_> {
    Box::new(MultiGzDecoder::new(input))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn answer(coding: &str, body: Vec<u8>) -> Answer {
        let headers = Headers(vec![("Content-Encoding".into(), coding.into())]);
        Answer { status: 200, headers, body: body.into() }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_is_undone_asked_or_unasked() {
        for coding in ["gzip", "GZIP", "", "identity"] {
            assert_eq!(
                answer(coding, gzip(b"body")).decoded(99),
                (b"body".to_vec().into(), None),
                "{coding}"
            );
        }
        assert_eq!(
            answer("gzip", b"plain after all".to_vec()).decoded(99).0,
            &b"plain after all"[..]
        );
    }

    #[test]
    fn bombs_and_stumps_give_what_they_can() {
        let bomb = answer("gzip", gzip(&vec![0; 1 << 20]));
        let (body, error) = bomb.decoded(1000);
        assert_eq!((body.len(), error), (1000, Some(DecodeError::TooLong)));
        let mut cut = gzip(b"some text that was cut short on the way");
        cut.truncate(cut.len() - 9);
        assert_eq!(answer("gzip", cut).decoded(99).1, Some(DecodeError::Damaged));
        assert_eq!(answer("br", vec![1]).decoded(9).1, Some(DecodeError::UnknownCoding));
    }
}
