//! What the archive holds, as records and back.

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::archive::digest::{Ids, body_digest, warc_date};
use crate::archive::http::{answer_head, payload_start, read_answer, read_request, request_block};
use crate::archive::record::Record;
use crate::archive::redact::Redacted;
use crate::model::{
    Body, Capture, Context, Imported, Moment, Outcome, PageUrl, Position, Truncated,
};

/// One thing kept: what was appended in one go.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// An answer with its request and context.
    Capture(Capture),
    /// A request without an answer.
    Outcome(Outcome),
    /// A document that came without a capture.
    Imported(Imported),
    /// Something was kept here and had to be taken out.
    Redacted(Redacted),
    /// A record that says something about the file, or that another program wrote.
    Other,
}

/// An earlier capture of a page that a later answer speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The address it was captured from.
    pub url: PageUrl,
    /// When.
    pub at: Moment,
    /// The digest of its payload.
    pub digest: String,
}

/// What an answer says about an earlier one.
#[derive(Clone, Copy)]
pub(super) enum Speaks<'a> {
    /// Nothing.
    Alone,
    /// The server said that the page is as it was.
    NotModified(&'a Earlier),
    /// The payload is the same, byte for byte; it stands in the record at this place.
    Identical(&'a Earlier, &'a Position),
}

/// The JSON of a `metadata` record, told apart by what it is about.
#[derive(Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "lowercase")]
enum Note {
    /// Why a page was asked for.
    Context(Context),
    /// What happened instead of an answer.
    Outcome(Outcome),
    /// What stood here.
    Redacted(Redacted),
}

pub(super) const JSON: &str = "application/json";
/// The address of imported records: this, the set, `:`, the id; both percent-encoded.
const IMPORT_URN: &str = "urn:gongkai:import:";
pub(super) const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";
pub(super) const IDENTICAL: &str =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// Says that the certificate of the server was not checked; a field of our own, which other readers pass over.
const CERTIFICATE: &str = "X-Gongkai-Certificate";
const UNVERIFIED: &str = "not verified";
/// Where the payload of an identical revisit stands; the names that other crawlers use, too.
pub(super) const REFERS_TO_FILE: &str = "WARC-Refers-To-Filename";
pub(super) const REFERS_TO_OFFSET: &str = "WARC-Refers-To-File-Offset";

/// The record every file begins with.
pub(super) fn info_record(
    file: &str,
    lines: &[(String, String)],
    ids: &Ids,
    at: Moment,
) -> anyhow::Result<Record> {
    let mut block = String::new();
    for (name, value) in lines {
        let value = crate::archive::record::one_line(value);
        block.extend([name.as_str(), ": ", &value, "\r\n"]);
    }
    let mut fields = head("warcinfo", &ids.nth(0), at);
    push(&mut fields, "WARC-Filename", file);
    finish(fields, "application/warc-fields", block.into_bytes().into())
}

/// Answer, request and context of a capture, in this order.
pub(super) fn capture_records(
    capture: &Capture,
    speaks: Speaks<'_>,
    info: &str,
    ids: &Ids,
) -> anyhow::Result<Vec<Record>> {
    let (url, at) = (capture.url.as_str(), capture.at);
    let answer_id = ids.nth(0);
    let companion = |kind, number| {
        let mut fields = head(kind, &ids.nth(number), at);
        push(&mut fields, "WARC-Target-URI", url);
        push(&mut fields, "WARC-Concurrent-To", &answer_id);
        push(&mut fields, "WARC-Warcinfo-ID", info);
        fields
    };
    let request = finish(
        companion("request", 1),
        "application/http;msgtype=request",
        request_block(&capture.url, &capture.request, capture.context.form.as_ref()).into(),
    )?;
    let mut fields = companion("metadata", 2);
    push(&mut fields, "WARC-Refers-To", &answer_id);
    let note = serde_json::to_vec(&Note::Context(capture.context.clone()))?;
    let answer = answer_record(capture, speaks, info, &answer_id)?;
    Ok(vec![answer, request, finish(fields, JSON, note.into())?])
}

fn answer_record(
    capture: &Capture,
    speaks: Speaks<'_>,
    info: &str,
    id: &str,
) -> anyhow::Result<Record> {
    let is_revisit = capture.answer.status == 304 || matches!(speaks, Speaks::Identical(..));
    let mut fields = head(if is_revisit { "revisit" } else { "response" }, id, capture.at);
    push(&mut fields, "WARC-Target-URI", capture.url.as_str());
    push(&mut fields, "WARC-Warcinfo-ID", info);
    let head = answer_head(&capture.answer);
    match speaks {
        Speaks::Identical(earlier, place) => {
            push(&mut fields, "WARC-Profile", IDENTICAL);
            push_earlier(&mut fields, earlier);
            push(&mut fields, REFERS_TO_FILE, &place.file);
            push(&mut fields, REFERS_TO_OFFSET, &place.offset.to_string());
        }
        _ if !is_revisit => {
            push(&mut fields, "WARC-Payload-Digest", &body_digest(&capture.answer.body)?);
        }
        Speaks::NotModified(earlier) => {
            push(&mut fields, "WARC-Profile", NOT_MODIFIED);
            push_earlier(&mut fields, earlier);
        }
        Speaks::Alone => {
            push(&mut fields, "WARC-Profile", NOT_MODIFIED);
            push(&mut fields, "WARC-Refers-To-Target-URI", capture.url.as_str());
        }
    }
    if let Some(truncated) = capture.truncated {
        push(&mut fields, "WARC-Truncated", truncated.as_str());
    }
    if capture.unverified_tls {
        push(&mut fields, CERTIFICATE, UNVERIFIED);
    }
    let block = match speaks {
        Speaks::Identical(..) => head.into(),
        _ => capture.answer.body.behind(head),
    };
    finish(fields, "application/http;msgtype=response", block)
}

fn push_earlier(fields: &mut Vec<(String, String)>, earlier: &Earlier) {
    push(fields, "WARC-Refers-To-Target-URI", earlier.url.as_str());
    push(fields, "WARC-Refers-To-Date", &warc_date(earlier.at));
    push(fields, "WARC-Payload-Digest", &earlier.digest);
}

/// An outcome as a record.
pub(super) fn outcome_record(outcome: &Outcome, info: &str, ids: &Ids) -> anyhow::Result<Record> {
    let mut fields = head("metadata", &ids.nth(0), outcome.at);
    push(&mut fields, "WARC-Target-URI", outcome.url.as_str());
    push(&mut fields, "WARC-Warcinfo-ID", info);
    finish(fields, JSON, serde_json::to_vec(&Note::Outcome(outcome.clone()))?.into())
}

/// An imported document as a record.
pub(super) fn import_record(imported: &Imported, info: &str, ids: &Ids) -> anyhow::Result<Record> {
    let mut fields = head("resource", &ids.nth(0), imported.at);
    let (set, id) = (percent_encoded(&imported.set), percent_encoded(&imported.id));
    push(&mut fields, "WARC-Target-URI", &format!("{IMPORT_URN}{set}:{id}"));
    push(&mut fields, "WARC-Warcinfo-ID", info);
    let payload = Body::from(serde_json::to_vec(imported)?);
    push(&mut fields, "WARC-Payload-Digest", &body_digest(&payload)?);
    finish(fields, JSON, payload)
}

fn head(kind: &str, id: &str, at: Moment) -> Vec<(String, String)> {
    let mut fields = Vec::with_capacity(10);
    push(&mut fields, "WARC-Type", kind);
    push(&mut fields, "WARC-Record-ID", id);
    push(&mut fields, "WARC-Date", &warc_date(at));
    fields
}

fn push(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.push((name.to_owned(), value.to_owned()));
}

/// The JSON of the note that stands where something was taken out.
pub(super) fn redacted_note(redacted: &Redacted) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Note::Redacted(redacted.clone()))?)
}

fn finish(
    mut fields: Vec<(String, String)>,
    content_type: &str,
    block: Body,
) -> anyhow::Result<Record> {
    push(&mut fields, "WARC-Block-Digest", &body_digest(&block)?);
    push(&mut fields, "Content-Type", content_type);
    Ok(Record { fields, block })
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.extend(["%", &data_encoding::HEXUPPER.encode(&[byte])]),
        }
    }
    out
}

/// Whether an answer begins here, whose request and context follow.
pub(super) fn begins_capture(record: &Record) -> bool {
    matches!(record.kind(), "response" | "revisit")
        && record.field("WARC-Target-URI").is_some_and(|url| url.starts_with("http"))
}

/// Whether a record was written together with this answer.
pub(super) fn belongs_to(record: &Record, answer: &Record) -> bool {
    let id = answer.field("WARC-Record-ID");
    id.is_some() && record.field("WARC-Concurrent-To") == id
}

/// Where the payload of a record begins in its block: behind the header of an HTTP answer, else at once.
pub(super) fn payload_of(record: &Record) -> Result<u64, String> {
    if begins_capture(record) { payload_start(&record.block) } else { Ok(0) }
}

/// Puts a capture together again from its answer and the records that were written with it.
pub(super) fn joined(answer: Record, others: &[Record]) -> anyhow::Result<Capture> {
    let named = |name: &str| answer.field(name).with_context(|| format!("there is no {name}"));
    let url = PageUrl::parse(named("WARC-Target-URI")?)?;
    let at: Moment = named("WARC-Date")?.parse()?;
    let truncated: Option<Truncated> = answer
        .field("WARC-Truncated")
        .map(|word| serde_json::from_value(word.into()))
        .transpose()
        .context("WARC-Truncated")?;
    let unverified_tls = answer.field(CERTIFICATE) == Some(UNVERIFIED);
    let of_kind = |kind| others.iter().find(|record| record.kind() == kind);
    let request = of_kind("request").map(|record| read_request(record.block.start())).transpose();
    let request = request.map_err(anyhow::Error::msg)?.unwrap_or_default();
    let note = of_kind("metadata").context("the context of this answer is missing")?;
    let Note::Context(context) = serde_json::from_slice(&note.block.whole()?).context("context")?
    else {
        bail!("the note beside this answer is not its context");
    };
    let answer = read_answer(answer.block).map_err(anyhow::Error::msg)?;
    Ok(Capture { url, at, request, answer, truncated, unverified_tls, context })
}

/// The context that a `metadata` record holds, when it is one of ours.
pub(super) fn context_of(record: &Record) -> Option<Context> {
    match serde_json::from_slice(&record.block.whole().ok()?).ok()? {
        Note::Context(context) => Some(context),
        Note::Outcome(_) | Note::Redacted(_) => None,
    }
}

/// Reads a record that stands alone.
pub(super) fn alone(record: &Record) -> anyhow::Result<Entry> {
    let json = record.field("Content-Type") == Some(JSON);
    let is_import = record.field("WARC-Target-URI").is_some_and(|url| url.starts_with(IMPORT_URN));
    match record.kind() {
        "metadata" if json => match serde_json::from_slice(&record.block.whole()?) {
            Ok(Note::Outcome(outcome)) => Ok(Entry::Outcome(outcome)),
            Ok(Note::Redacted(redacted)) => Ok(Entry::Redacted(redacted)),
            Ok(Note::Context(_)) => bail!("a context stands here without its answer"),
            Err(_) => Ok(Entry::Other),
        },
        "resource" if json && is_import => {
            let imported: Imported = serde_json::from_slice(&record.block.whole()?)
                .context("the imported record cannot be read")?;
            ensure!(!imported.id.is_empty(), "the imported record has no id");
            Ok(Entry::Imported(imported))
        }
        _ => Ok(Entry::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_found_by_an_address_that_any_id_fits_in() {
        let imported = Imported {
            set: "laws".into(),
            id: "第1号 a:b".into(),
            at: Moment::UNIX_EPOCH,
            record: serde_json::Map::from_iter([("title".to_owned(), "题".into())]),
        };
        let record =
            import_record(&imported, "<i>", &Ids::new("f", 0, Moment::UNIX_EPOCH)).unwrap();
        assert_eq!(
            record.field("WARC-Target-URI"),
            Some("urn:gongkai:import:laws:%E7%AC%AC1%E5%8F%B7%20a%3Ab")
        );
        assert_eq!(alone(&record).unwrap(), Entry::Imported(imported));
    }

    #[test]
    fn notes_of_other_programs_are_left_alone() {
        let record = |kind: &str, json: &str| {
            let fields = vec![
                ("WARC-Type".to_owned(), kind.to_owned()),
                ("Content-Type".to_owned(), JSON.to_owned()),
            ];
            Record { fields, block: json.as_bytes().into() }
        };
        assert_eq!(alone(&record("metadata", "{\"x\":1}")).unwrap(), Entry::Other);
        assert_eq!(alone(&record("resource", "{}")).unwrap(), Entry::Other);
        assert_eq!(alone(&record("conversion", "")).unwrap(), Entry::Other);
    }
}
