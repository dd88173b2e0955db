//! Captures → a WACZ file.

use std::io::{self, Seek, Write};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::archive::cdxj::CdxLine;
use crate::archive::copy::Copier;
use crate::archive::reader::Reader;
use crate::archive::wacz::{PACKAGE, WARCS, sha256_name};
use crate::archive::writer::Settings;
use crate::model::{Capture, Moment, PageUrl, Position};

/// A page that a reader of the file can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub url: PageUrl,
    /// When it was captured.
    pub at: Moment,
    /// Its title, when it is known.
    pub title: Option<String>,
}

/// A WARC file in it is closed beyond this size: well below what old ZIP readers can take.
const ROLL_BYTES: u64 = 1 << 30;
/// Lines of the index in one gzip member, so that a reader inflates only what it needs.
const LINES: usize = 300;
const INDEX: &str = "index.cdx.gz";

/// A WACZ file that is being written.
pub struct Wacz<W: Write + Seek> {
    warc: Option<Copier<Entry<W>>>,
    /// The file, while no WARC file in it is open.
    zip: Option<ZipWriter<W>>,
    settings: Settings,
    now: Moment,
    warcs: Vec<String>,
    resources: Vec<Value>,
    lines: Vec<String>,
    pages: Vec<Page>,
}

impl<W: Write + Seek> Wacz<W> {
    /// Begins a file.
    pub fn begin(out: W, settings: Settings, now: Moment) -> anyhow::Result<Self> {
        let (lines, pages, resources, warcs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let zip = Some(ZipWriter::new(out));
        let mut wacz = Self { warc: None, zip, settings, now, warcs, resources, lines, pages };
        wacz.begin_warc()?;
        Ok(wacz)
    }

    /// Adds the capture at a position with its request and context.
    pub fn capture(
        &mut self,
        reader: &Reader,
        position: &Position,
        mime: &str,
        digest: &str,
        capture: &Capture,
    ) -> anyhow::Result<()> {
        if self.warc.as_ref().is_some_and(|warc| warc.written() >= ROLL_BYTES) {
            self.close_warc()?;
            self.begin_warc()?;
        }
        let Some(warc) = &mut self.warc else { anyhow::bail!("the file is closed") };
        let place = warc.capture(reader, position)?;
        let file = self.warcs.last().cloned().unwrap_or_default();
        let status = capture.answer.status;
        let line = CdxLine {
            url: &capture.url,
            form: capture.context.form.as_ref(),
            at: capture.at,
            mime: if status == 304 { "warc/revisit" } else { mime },
            status,
            digest,
            length: place.end - place.start,
            position: &Position { file, offset: place.start },
        };
        self.lines.push(line.to_string());
        Ok(())
    }

    /// Adds a page to the list.
    pub fn page(&mut self, page: Page) {
        self.pages.push(page);
    }

    /// Writes index, list of pages and description, and ends the file.
    pub fn finish(mut self, title: &str) -> anyhow::Result<W> {
        self.close_warc()?;
        self.write_index()?;
        self.write_pages()?;
        let package = json!({
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": title,
            "created": format!("{:.0}", self.now),
            "software": self.settings.software,
            "resources": self.resources,
        });
        let package = serde_json::to_vec_pretty(&package)?;
        self.write(PACKAGE, &package)?;
        let digest = json!({ "path": PACKAGE, "hash": sha256_name(&Sha256::digest(&package)) });
        self.write("datapackage-digest.json", &serde_json::to_vec(&digest)?)?;
        Ok(self.zip()?.finish()?)
    }

    fn begin_warc(&mut self) -> anyhow::Result<()> {
        let name = format!("data-{:05}.warc.gz", self.warcs.len() + 1);
        let entry = Entry::begin(self.zip()?, &format!("{WARCS}{name}"), self.now)?;
        self.warc = Some(Copier::begin(entry, &name, &self.settings, self.now)?);
        self.warcs.push(name);
        Ok(())
    }

    fn close_warc(&mut self) -> anyhow::Result<()> {
        let Some(warc) = self.warc.take() else { return Ok(()) };
        self.close(warc.finish()?);
        Ok(())
    }

    fn close(&mut self, entry: Entry<W>) {
        let (zip, resource) = entry.finish();
        self.zip = Some(zip);
        self.resources.push(resource);
    }

    fn zip(&mut self) -> anyhow::Result<ZipWriter<W>> {
        self.zip.take().ok_or_else(|| anyhow::anyhow!("a WARC file is still open"))
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut entry = Entry::begin(self.zip()?, path, self.now)?;
        entry.write_all(bytes)?;
        self.close(entry);
        Ok(())
    }

    /// The index in pieces that are gzip by themselves, and the index of the pieces.
    fn write_index(&mut self) -> anyhow::Result<()> {
        let mut lines = std::mem::take(&mut self.lines);
        lines.sort_unstable();
        let mut index =
            format!("!meta 0 {}\n", json!({"format": "cdxj-gzip-1.0", "filename": INDEX}));
        let mut packed = Vec::new();
        for piece in lines.chunks(LINES) {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::new(6));
            for line in piece {
                gzip.write_all(line.as_bytes())?;
                gzip.write_all(b"\n")?;
            }
            let member = gzip.finish()?;
            let place = json!({
                "offset": packed.len(),
                "length": member.len(),
                "digest": sha256_name(&Sha256::digest(&member)),
                "filename": INDEX,
            });
            let key: Vec<&str> =
                piece.iter().flat_map(|line| line.splitn(3, ' ').take(2)).take(2).collect();
            index.extend([&key.join(" "), " ", &place.to_string(), "\n"]);
            packed.extend_from_slice(&member);
        }
        self.write(&format!("indexes/{INDEX}"), &packed)?;
        self.write("indexes/index.idx", index.as_bytes())
    }

    fn write_pages(&mut self) -> anyhow::Result<()> {
        let mut out = serde_json::to_vec(
            &json!({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}),
        )?;
        for (number, Page { url, at, title }) in self.pages.iter().enumerate() {
            let title = title.as_deref().unwrap_or(url.as_str());
            let page = json!({
                "id": format!("p{}", number + 1),
                "url": url.as_str(),
                "ts": format!("{at:.0}"),
                "title": title,
            });
            out.push(b'\n');
            serde_json::to_writer(&mut out, &page)?;
        }
        out.push(b'\n');
        self.write("pages/pages.jsonl", &out)
    }
}

/// One file in the file, on its way.
struct Entry<W: Write + Seek> {
    zip: ZipWriter<W>,
    path: String,
    sha: Sha256,
    bytes: u64,
}

impl<W: Write + Seek> Entry<W> {
    fn begin(mut zip: ZipWriter<W>, path: &str, now: Moment) -> anyhow::Result<Self> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(zip_time(now));
        zip.start_file(path, options)?;
        Ok(Self { zip, path: path.to_owned(), sha: Sha256::new(), bytes: 0 })
    }

    /// Gives the file back, and what its description says of this one.
    fn finish(self) -> (ZipWriter<W>, Value) {
        let Self { zip, path, sha, bytes } = self;
        let name = path.rsplit('/').next().unwrap_or(&path);
        let resource = json!({"name": name, "path": path, "hash": sha256_name(&sha.finalize()), "bytes": bytes});
        (zip, resource)
    }
}

impl<W: Write + Seek> Write for Entry<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.zip.write(bytes)?;
        self.sha.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

/// A moment as ZIP knows it: two seconds exactly, UTC; the first it knows for those before it.
fn zip_time(at: Moment) -> DateTime {
    let parts = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |value: i8| u8::try_from(value).unwrap_or(0);
    let year = u16::try_from(parts.year()).unwrap_or(0);
    let (month, day) = (small(parts.month()), small(parts.day()));
    let (hour, minute, second) =
        (small(parts.hour()), small(parts.minute()), small(parts.second()));
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}
