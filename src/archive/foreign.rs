//! WARC files of any writer: gzip by record, gzip as a whole, or plain.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use anyhow::Context as _;
use flate2::bufread::MultiGzDecoder;

use crate::archive::entry::{Entry, NOT_MODIFIED, alone, context_of};
use crate::archive::http::{read_answer, read_form, read_request, unchunked};
use crate::archive::record::Record;
use crate::model::{
    Answer, Body, Context, Form, Headers, Imported, Moment, Outcome, PageUrl, Truncated,
};

/// What stands in such a file.
#[derive(Debug)]
pub enum Foreign {
    /// An answer.
    Capture(Box<ForeignCapture>),
    /// A request without an answer, from an archive of ours.
    Outcome(Box<Outcome>),
    /// A document that came without a capture, from an archive of ours.
    Imported(Imported),
    /// A record that cannot be used, and why; those that only describe the file are passed over.
    LeftOut(String),
}

/// An answer as another program kept it.
#[derive(Debug)]
pub struct ForeignCapture {
    /// The address asked for.
    pub url: PageUrl,
    /// When.
    pub at: Moment,
    /// Header fields of the request, when it was kept.
    pub request: Headers,
    /// What was sent to ask for it, where the request is kept and is a POST.
    pub form: Option<Form>,
    /// The answer; without its payload when `same_as` says where that stands.
    pub answer: Answer,
    /// Set when the body is not whole.
    pub truncated: Option<Truncated>,
    /// Why it was asked for, from an archive of ours.
    pub context: Option<Context>,
    /// The earlier capture whose payload this answer repeats: address, and moment where that is said.
    pub same_as: Option<(PageUrl, Option<Moment>)>,
}

/// Whether a file is WARC, by what is in it.
pub fn is_warc(path: &Path) -> anyhow::Result<bool> {
    let mut start = [0; 5];
    Ok(open(path)?.read_exact(&mut start).is_ok() && &start == b"WARC/")
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    let cannot = || format!("cannot read {}", path.display());
    plain(File::open(path).with_context(cannot)?).with_context(cannot)
}

/// The bytes of an input, inflated where they are gzip.
fn plain(input: impl Read + 'static) -> io::Result<Box<dyn BufRead>> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let is_gzip = input.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input)))
    } else {
        Box::new(input)
    })
}

/// The records of such a file, request and answer joined.
pub struct ForeignWarc {
    input: Box<dyn BufRead>,
    /// An answer whose request and context may still come.
    open: Option<(Record, Vec<Record>)>,
    /// A request whose answer may still come: some programs write it first.
    request: Option<Record>,
    ready: VecDeque<Foreign>,
    ended: bool,
}

impl ForeignWarc {
    /// Opens a file.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        Ok(Self::of(open(path)?))
    }

    /// Reads such a file from where it lies in another.
    pub(super) fn read(input: impl Read + 'static) -> io::Result<Self> {
        plain(input).map(Self::of)
    }

    fn of(input: Box<dyn BufRead>) -> Self {
        Self { input, open: None, request: None, ready: VecDeque::new(), ended: false }
    }

    fn take(&mut self, record: Record) {
        let belongs = self.open.as_ref().is_some_and(|(answer, _)| beside(&record, answer));
        let of_web = target(&record).is_some_and(|url| url.starts_with("http"));
        match record.kind() {
            "response" | "revisit" => self.begin(record),
            "resource" if of_web => self.begin(record),
            "request" | "metadata" if belongs => {
                if let Some((_, others)) = &mut self.open {
                    others.push(record);
                }
            }
            "request" => self.request = Some(record),
            _ => {
                self.close();
                match alone(&record) {
                    Ok(Entry::Outcome(outcome)) => {
                        self.ready.push_back(Foreign::Outcome(Box::new(outcome)));
                    }
                    Ok(Entry::Imported(it)) => self.ready.push_back(Foreign::Imported(it)),
                    _ => {}
                }
            }
        }
    }

    fn begin(&mut self, answer: Record) {
        self.close();
        let request = self.request.take().filter(|request| {
            beside(request, &answer)
                || beside(&answer, request)
                || target(request) == target(&answer)
        });
        self.open = Some((answer, request.into_iter().collect()));
    }

    fn close(&mut self) {
        let Some((answer, others)) = self.open.take() else { return };
        let url = target(&answer).unwrap_or("no address").to_owned();
        self.ready.push_back(match capture(answer, &others) {
            Ok(capture) => Foreign::Capture(Box::new(capture)),
            Err(error) => Foreign::LeftOut(format!("{url}: {error:#}")),
        });
    }
}

impl Iterator for ForeignWarc {
    type Item = Foreign;

    fn next(&mut self) -> Option<Foreign> {
        while self.ready.is_empty() && !self.ended {
            match Record::read_next(&mut self.input) {
                Some(Ok(record)) => self.take(record),
                last => {
                    self.ended = true;
                    self.close();
                    if let Some(Err(what)) = last {
                        self.ready
                            .push_back(Foreign::LeftOut(format!("the rest of the file: {what}")));
                    }
                }
            }
        }
        self.ready.pop_front()
    }
}

/// `WARC-Target-URI`, without the angle brackets that older programs put round it.
fn target(record: &Record) -> Option<&str> {
    let url = record.field("WARC-Target-URI")?;
    Some(url.strip_prefix('<').and_then(|url| url.strip_suffix('>')).unwrap_or(url))
}

/// Whether a record says that it was written together with another.
fn beside(record: &Record, other: &Record) -> bool {
    let id = other.field("WARC-Record-ID");
    id.is_some()
        && (record.field("WARC-Concurrent-To") == id || record.field("WARC-Refers-To") == id)
}

fn capture(record: Record, others: &[Record]) -> anyhow::Result<ForeignCapture> {
    let url = PageUrl::parse(target(&record).context("there is no address")?)?;
    let at: Moment = record.field("WARC-Date").context("there is no WARC-Date")?.parse()?;
    let truncated = record.field("WARC-Truncated").map(|word| match word {
        "time" => Truncated::Time,
        "disconnect" => Truncated::Disconnect,
        _ => Truncated::Length,
    });
    let same_as = same_as(&record, &url);
    let request = others.iter().find(|other| other.kind() == "request");
    let form = request.map(|request| {
        let short = request.block.is_held().then(|| request.block.start());
        short.map_or_else(|| Err("asked by a request too long for a form".to_owned()), read_form)
    });
    let form = form.transpose().map_err(anyhow::Error::msg)?.flatten();
    let request =
        request.and_then(|request| read_request(request.block.start()).ok()).unwrap_or_default();
    // The request says how it was asked, whatever the note beside it says.
    let context = others.iter().find_map(context_of);
    let context = context.map(|context| Context { form: form.clone(), ..context });
    let answer = answer(record)?;
    Ok(ForeignCapture { url, at, request, form, answer, truncated, context, same_as })
}

fn same_as(record: &Record, url: &PageUrl) -> Option<(PageUrl, Option<Moment>)> {
    let profile = record.field("WARC-Profile").unwrap_or_default();
    if record.kind() != "revisit" || profile == NOT_MODIFIED || profile.contains("not-modified") {
        return None;
    }
    let earlier = record.field("WARC-Refers-To-Target-URI").map(|url| url.trim_matches(['<', '>']));
    let earlier = earlier.and_then(|url| PageUrl::parse(url).ok()).unwrap_or_else(|| url.clone());
    let at = record.field("WARC-Refers-To-Date").and_then(|date| date.parse().ok());
    Some((earlier, at))
}

fn answer(record: Record) -> anyhow::Result<Answer> {
    let headers = |record: &Record| {
        let kind = record.field("Content-Type").map(str::to_owned);
        Headers(kind.map(|kind| ("Content-Type".to_owned(), kind)).into_iter().collect())
    };
    match record.kind() {
        "resource" => Ok(Answer { status: 200, headers: headers(&record), body: record.block }),
        // A revisit may keep the header of its answer or nothing.
        "revisit" if record.block.is_empty() => {
            let profile = record.field("WARC-Profile").unwrap_or_default();
            let status = if profile.contains("not-modified") { 304 } else { 200 };
            Ok(Answer { status, headers: Headers::default(), body: Body::default() })
        }
        _ => {
            let mut answer = read_answer(record.block).map_err(anyhow::Error::msg)?;
            let coding = answer.headers.get("transfer-encoding").unwrap_or_default();
            if coding.to_ascii_lowercase().contains("chunked")
                && let Some(payload) = unchunked(&answer.body.whole()?)
            {
                answer.body = payload.into();
            }
            Ok(answer)
        }
    }
}
