//! One capture → the document on it, put together from what the rules find.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::config::{Categories, Portal, is_in_a_province};
use crate::extract::{
    annexes, attachments,
    blocks::Block,
    body, byline, category,
    fields::{self, Fields, Labels, Signed},
    genre, issuer, noise, own_number, plain, report_year,
    script::Detail,
    shape::{self, PageShape},
    sign_off,
    split::{self, Piece},
    tables, template, title, validity, verdict,
    view::View,
};
use crate::model::{
    Attachment, Capture, DecodeError, Document, Evidence, Origin, PageKind, RegionCode, Sourced,
    Table, Warning, paragraphs,
};
use crate::page::{self, AnswerText, CharsetEvidence, Cut, Gate};

/// What came of a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Extraction {
    /// The documents on the page; none when it is a list, an error page or no page at all.
    pub documents: Vec<Document>,
    /// What was odd about the page when no document came of it; else each document has its own.
    pub warnings: Vec<Warning>,
    /// How the page was read; `None` when it was not looked into.
    pub reading: Option<PageReading>,
}

/// How a page was read: for the author of a portal file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageReading {
    /// Name of the charset.
    pub charset: &'static str,
    /// What decided it.
    pub charset_evidence: CharsetEvidence,
    /// Set when a part of the page was left out.
    pub cut: Option<Cut>,
    /// What pointed at the text; `None` when there is none.
    pub body: Option<String>,
    /// Fingerprint of the elements around the text: pages of one template share it.
    pub template: Option<String>,
    /// What kind of page it looks like.
    pub shape: PageShape,
    /// Its title, were it a document or not.
    pub title: Option<String>,
    /// Blocks at the head and the end of the body that were taken for furniture.
    pub left_out: Vec<String>,
}

/// Reads the document on a detail page; pure, bounded in time and space, and never fails: what is wrong is a warning.
pub fn extract(capture: &Capture, portal: Option<&Portal>, categories: &Categories) -> Extraction {
    extract_text(&AnswerText::of(capture), portal, categories)
}

/// The same, for an answer whose text others read as well.
pub fn extract_text(
    answer: &AnswerText<'_>,
    portal: Option<&Portal>,
    categories: &Categories,
) -> Extraction {
    let capture = answer.capture();
    let nothing = |warnings| Extraction { documents: Vec::new(), warnings, reading: None };
    if capture.context.kind != PageKind::Detail {
        return nothing(Vec::new());
    }
    if let Some(kind) = other_than_a_page(capture) {
        return nothing(vec![Warning::new("not_a_page", kind)]);
    }
    let (decoded, error) = answer.decoded();
    let plain_title = is_plain(capture).then(|| plain::title(&decoded.text));
    let gated = match plain_title {
        Some(_) => Cow::Owned(page::parse(&plain::as_page(&decoded.text), &Gate::default())),
        None => Cow::Borrowed(answer.tree()),
    };
    let mut warnings = page_warnings(capture, error, decoded.lossy, decoded.garbled, gated.cut);
    let view = View::new(&gated.tree, capture, portal);
    let text = Text::of(&view);
    let labels = Labels::of(&view, text.head);
    let title =
        title::find(&view, &labels.boxed).or(plain_title.filter(|title| !title.value.is_empty()));
    let shape = shape::of(&view, &text.joined, labels.count());
    let files = attachments::find(&view);
    let verdict = verdict::no_document(
        &view,
        title.as_ref().map(|t| &*t.value),
        &text.joined,
        files.len(),
        labels.count(),
        shape,
    );
    let shown_title = match shape {
        PageShape::Home => title::of_site(&view),
        _ => title.as_ref().map(|title| title.value.clone()),
    };
    let reading = PageReading {
        charset: decoded.charset,
        charset_evidence: decoded.evidence,
        cut: gated.cut,
        body: view.body.as_ref().map(|body| body.found_by.clone()),
        template: view.body.as_ref().and_then(|body| template::fingerprint(view.tree, body)),
        shape: if verdict.is_none() { PageShape::Document } else { shape.or_other() },
        title: shown_title,
        left_out: text.left_out.clone(),
    };
    if let Some(why) = verdict {
        warnings.push(why);
        return Extraction { documents: Vec::new(), warnings, reading: Some(reading) };
    }
    let page = Page { view: &view, labels: &labels, categories };
    let mut documents = page.documents(title, &text, &warnings);
    share(files, &mut documents);
    Extraction { documents, warnings: Vec::new(), reading: Some(reading) }
}

/// Gives each file to the part that names it, else to all that stand on the page.
fn share(files: Vec<Attachment>, documents: &mut [Document]) {
    for document in &mut *documents {
        document.named_files = annexes::named(&document.text, &files);
    }
    for file in files {
        let names =
            |document: &Document| !file.name.is_empty() && document.text.contains(&file.name);
        let is_named = documents.len() > 1 && documents.iter().any(names);
        let owners = documents.iter_mut().filter(|document| !is_named || names(document));
        owners.for_each(|document| document.attachments.push(file.clone()));
    }
}

/// Whether an answer is a text without mark-up, by its type and by how it begins.
fn is_plain(capture: &Capture) -> bool {
    let kind = capture.answer.headers.get("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let start = capture.answer.body.start();
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    kind.eq_ignore_ascii_case("text/plain") && first != Some(&b'<')
}

/// The type of an answer that is certainly no HTML.
fn other_than_a_page(capture: &Capture) -> Option<String> {
    let kind =
        capture.answer.headers.get("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
    let page = kind.is_empty()
        || kind.starts_with("text/")
        || kind.contains("html")
        || kind.contains("xml");
    let looks =
        capture.answer.body.start().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    (!page && !looks).then_some(kind)
}

fn page_warnings(
    capture: &Capture,
    error: Option<DecodeError>,
    lossy: bool,
    garbled: bool,
    cut: Option<Cut>,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code: &str, detail: String| warnings.push(Warning::new(code, detail));
    if let Some(why) = capture.truncated {
        warn("body_truncated", format!("the answer was cut: {}", why.as_str()));
    }
    if let Some(error) = error {
        let why = match error {
            DecodeError::UnknownCoding => "its content coding is unknown",
            DecodeError::Damaged => "the compressed answer is damaged",
            DecodeError::TooLong => "the page is longer than 8 MiB",
        };
        warn("body_damaged", why.to_owned());
    }
    if garbled {
        warn("mojibake", "the text was decoded wrongly before it was published".to_owned());
    }
    if lossy {
        warn("charset_lossy", "some characters could not be decoded".to_owned());
    }
    if let Some(cut) = cut {
        warn("page_cut", cut.to_string());
    }
    warnings
}

/// The text of a page, without the furniture that stands in the same element.
struct Text {
    joined: String,
    blocks: Vec<Block>,
    tables: Vec<Table>,
    /// How many blocks of the body come before the text.
    head: usize,
    left_out: Vec<String>,
}

impl Text {
    fn of(view: &View<'_>) -> Self {
        let listed = view.capture.context.listed.title.clone().unwrap_or_default();
        let exact = view.body.as_ref().is_some_and(|body| body.exact);
        let kept = body::trim(&view.inside, &listed, exact);
        let left_out = view.inside[..kept.start].iter().chain(&view.inside[kept.end..]);
        let mut left_out = left_out.map(Block::text).collect();
        let blocks = noise::clean(view.inside[kept.clone()].to_vec(), &mut left_out);
        let texts: Vec<String> = blocks.iter().map(Block::text).collect();
        let tables = tables::of(view.tree, &blocks);
        Self { joined: texts.join("\n\n"), blocks, tables, head: kept.start, left_out }
    }

    /// The blocks that the lines of a piece stand in.
    fn blocks_of(&self, piece: &Piece) -> Vec<Block> {
        let wanted: HashSet<usize> = piece.lines.iter().copied().collect();
        let mut line = 0;
        let mut blocks = Vec::new();
        for block in &self.blocks {
            let first = line;
            line += block.text().lines().filter(|line| !line.trim().is_empty()).count();
            if (first..line).any(|line| wanted.contains(&line)) {
                blocks.push(block.clone());
            }
        }
        blocks
    }
}

/// What documents are put together from, beside their texts.
pub(super) struct Page<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) labels: &'a Labels,
    pub(super) categories: &'a Categories,
}

impl Page<'_> {
    /// The document of the page, or its documents where it holds several.
    fn documents(
        &self,
        title: Option<Sourced<String>>,
        text: &Text,
        warnings: &[Warning],
    ) -> Vec<Document> {
        let named = title.as_ref().map(|title| title.value.as_str());
        let Some((pieces, kept_out)) = split::of_text(&text.joined, named) else {
            let tables = text.tables.clone();
            let mut warnings = warnings.to_vec();
            let mut document = self.document(title, text.joined.clone(), tables, &mut warnings);
            document.warnings = warnings;
            plain::made_up(&mut document);
            return vec![document];
        };
        let warnings: Vec<Warning> = warnings.iter().cloned().chain(kept_out).collect();
        let tables = |piece: &Piece| tables::of(self.view.tree, &text.blocks_of(piece));
        let part = |piece: Piece| self.part(tables(&piece), piece, &warnings);
        pieces.into_iter().map(part).collect()
    }

    /// One of several documents: what the page says about itself as a whole is not said about its parts, but for where
    /// and when they were published.
    pub(super) fn part(&self, tables: Vec<Table>, piece: Piece, warnings: &[Warning]) -> Document {
        let mut own = Vec::new();
        let title = Sourced::new(piece.title, Evidence::Text);
        let document = self.document(Some(title), piece.text, tables, &mut own);
        let title = document.title.value.clone();
        let text = &document.text;
        let signed = sign_off::find(text);
        let byline = byline::find(text, &title);
        let number =
            own_number::in_title(&title).or_else(|| own_number::in_head(paragraphs(text), &title));
        let written = signed.as_ref().and_then(|signed| signed.date);
        Document {
            issuer: issuer::implied(&title, number.as_ref().map(|n| &n.value))
                .or_else(|| signed?.agency)
                .or(byline.agency)
                .or_else(|| issuer::in_prose(text))
                .or_else(|| document.issuer.clone()),
            written_date: written.map(|date| Sourced::new(date, Evidence::SignOff)).or(byline.date),
            genre: genre::of_title(&title),
            validity: validity::noted(&title, text),
            citations: own_number::cited(&title, text, number.as_ref()),
            report_year: report_year::find(&title, text, None),
            doc_no: number,
            index_no: None,
            warnings: warnings.to_vec(),
            ..document
        }
        .as_part(piece.key)
    }

    pub(super) fn document(
        &self,
        title: Option<Sourced<String>>,
        text: String,
        tables: Vec<Table>,
        warnings: &mut Vec<Warning>,
    ) -> Document {
        let Self { view, labels, categories } = self;
        let title = title.unwrap_or_else(|| plain::title(&text));
        let sign_off = sign_off::find(&text);
        let detail = Detail::of(view.tree);
        let signed = Signed { sign_off, byline: byline::find(&text, &title.value) };
        let fields = Fields::read(view, labels, &detail, &signed, warnings);
        let filed = category::find(view, fields.class.as_ref(), &title.value, categories);
        let printed = own_number::in_title(&title.value)
            .or_else(|| own_number::in_head(paragraphs(&text), &title.value));
        let doc_no = fields::best("doc_no_differs", [fields.doc_no, printed], warnings);
        let issuer = fields
            .issuer
            .or_else(|| issuer::implied(&title.value, doc_no.as_ref().map(|n| &n.value)))
            .or_else(|| issuer::in_prose(&text));
        let citations = own_number::cited(&title.value, &text, doc_no.as_ref());
        let published = fields.published;
        let genre = fields.genre.or_else(|| genre::of_title(&title.value));
        let validity = fields.validity.or_else(|| validity::noted(&title.value, &text));
        let report_year =
            report_year::find(&title.value, &text, published.as_ref().map(|p| p.value));
        if text.is_empty() {
            warnings.push(Warning::new("no_text", "the page has no text of its own"));
        }
        let origin = Origin::Web { url: view.capture.url.clone() };
        let at = view.capture.at;
        Document {
            portal: Some(view.capture.context.portal.clone()).filter(|portal| !portal.is_empty()),
            region: region(view),
            issuer,
            agencies: fields.jointly,
            source: fields.source,
            doc_no,
            index_no: fields.index_no,
            theme_class: theme_class(fields.theme.as_ref(), categories),
            theme: fields.theme,
            genre,
            validity,
            category: filed.category,
            category_labels: filed.labels,
            written_date: fields.written,
            published_date: published,
            report_year,
            citations,
            tables,
            ..Document::bare(origin, title, text, at)
        }
    }
}

/// The official class that the printed one stands for.
fn theme_class(
    printed: Option<&Sourced<String>>,
    categories: &Categories,
) -> Option<Sourced<String>> {
    let printed = printed?;
    let class = categories.themes().path(&printed.value)?;
    Some(Sourced::new(class, printed.evidence.clone()))
}

/// The portal's region, else the one in the site's identification code.
fn region(view: &View<'_>) -> Option<Sourced<RegionCode>> {
    let fixed = view.portal.map(|portal| &portal.region).filter(|region| *region != "unknown");
    fixed.map(|region| Sourced::new(region.clone(), Evidence::Portal)).or_else(|| {
        let Sourced { value: code, evidence } = view.meta(&["siteidcode"])?;
        let digits = code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_digit());
        let region = code.get(..6)?;
        let is_region = digits && is_in_a_province(region);
        is_region.then(|| Sourced::new(region.to_owned(), evidence))
    })
}
