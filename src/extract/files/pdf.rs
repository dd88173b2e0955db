//! PDF: the glyphs of each page with their places, as the page draws them.

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, TransformExt,
    font::{Glyph as PdfGlyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{DecryptionError, LoadPdfError, Pdf},
    interpret_page,
    kurbo::{Affine, BezPath, PathSeg, Point, Rect, Vec2},
};

use crate::extract::files::{
    layout::{self, Glyph, MOST_RULES, Rule},
    prose::LONGEST_TEXT,
    radicals,
};
use crate::model::{FileKind, FilePart, FileStatus, FileText};

/// Pages that are read of one file.
const MOST_PAGES: usize = 3_000;
/// Glyphs of one page; a printed page has two thousand.
const MOST_GLYPHS: usize = 200_000;
/// Glyphs without a character, as part of all, above which a file is no whole text.
const MOST_NAMELESS: f64 = 0.02;

/// Reads the text layer.
pub(super) fn read(bytes: &[u8]) -> FileText {
    let pdf = match Pdf::new(bytes.to_vec()) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
            return FileText::error(FileKind::Pdf, "encrypted: a password is needed to read it");
        }
        Err(LoadPdfError::Decryption(_)) => {
            return FileText::error(FileKind::Pdf, "encrypted in a way that is not known");
        }
        Err(LoadPdfError::Invalid) => return FileText::error(FileKind::Pdf, "the PDF is damaged"),
    };
    let pages = pdf.pages();
    let cache = InterpreterCache::new();
    let (mut parts, mut length, mut seen) = (Vec::new(), 0, Seen::default());
    let mut cut = pages.len() > MOST_PAGES;
    for (page, number) in pages.iter().zip(1..=MOST_PAGES) {
        let (width, height) = page.render_dimensions();
        let whole = Rect::new(0.0, 0.0, width.into(), height.into());
        let transform = page.initial_transform(true).to_kurbo();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(transform, whole, &cache, pdf.xref(), settings);
        let mut device = TextDevice::default();
        interpret_page(page, &mut context, &mut device);
        seen.add(&device);
        let text = layout::text(device.glyphs, &device.rules);
        length += text.len();
        if length > LONGEST_TEXT {
            cut = true;
            break;
        }
        if !text.is_empty() {
            parts.push(FilePart { label: format!("第{number}页"), text });
        }
    }
    judge(parts, pages.len(), seen, cut, !is_whole(bytes))
}

/// What was met on all pages.
#[derive(Clone, Copy, Default)]
struct Seen {
    glyphs: usize,
    nameless: usize,
    images: usize,
    too_many: bool,
}

impl Seen {
    fn add(&mut self, page: &TextDevice) {
        self.glyphs += page.glyphs.len();
        self.nameless += page.nameless;
        self.images += page.images;
        self.too_many |= page.glyphs.len() >= MOST_GLYPHS;
    }
}

/// A file that was cut short has lost the mark that stands at its end.
fn is_whole(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    tail.windows(5).any(|window| window == b"%%EOF")
        || tail.windows(9).any(|window| window == b"startxref")
}

fn judge(parts: Vec<FilePart>, pages: usize, seen: Seen, cut: bool, stump: bool) -> FileText {
    let kind = FileKind::Pdf;
    if parts.is_empty() {
        return FileText::error(
            kind,
            match (pages, seen.images, seen.nameless) {
                (0, _, _) => "the PDF has no pages",
                (_, _, 1..) => "no text layer: the glyphs have no characters",
                (_, 1.., _) => "no text layer: the pages are pictures",
                _ if stump => "the PDF is cut short",
                _ => "no text layer",
            },
        );
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of glyphs are small")]
    let nameless = seen.nameless as f64 / (seen.glyphs + seen.nameless).max(1) as f64;
    let error = if stump {
        Some("the PDF is cut short".to_owned())
    } else if cut || seen.too_many {
        Some("the PDF is too long; the rest was left out".to_owned())
    } else if nameless > MOST_NAMELESS {
        Some(format!("{} glyphs have no characters", seen.nameless))
    } else {
        None
    };
    let status = if error.is_some() { FileStatus::Partial } else { FileStatus::Ok };
    FileText { kind, status, error, parts }
}

/// Takes down glyphs and draws nothing.
#[derive(Default)]
struct TextDevice {
    glyphs: Vec<Glyph>,
    rules: Vec<Rule>,
    nameless: usize,
    images: usize,
}

/// Shorter upright lines are parts of drawings, in points.
const SHORTEST_RULE: f64 = 5.0;

impl TextDevice {
    /// Takes down the upright lines of a path.
    fn path(&mut self, path: &BezPath, to_page: Affine) {
        for segment in path.segments() {
            let PathSeg::Line(line) = segment else { continue };
            let (from, to) = (to_page * line.p0, to_page * line.p1);
            let is_upright = (from.x - to.x).abs() < 1.0 && (from.y - to.y).abs() > SHORTEST_RULE;
            if is_upright && self.rules.len() < MOST_RULES {
                let (top, bottom) = (from.y.min(to.y), from.y.max(to.y));
                self.rules.push(Rule { x: from.x, top, bottom });
            }
        }
    }

    fn glyph(&mut self, glyph: &PdfGlyph<'_>, to_page: Affine) {
        let advance = match glyph {
            PdfGlyph::Outline(outline) => outline.advance_width(),
            PdfGlyph::Type3(drawn) => drawn.advance_width(),
        };
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => {
                self.nameless += 1;
                return;
            }
        };
        let text: String = text.chars().filter(|c| *c != '\0').map(radicals::plain).collect();
        let origin = to_page * Point::ZERO;
        let along = |v: Vec2| (to_page * v.to_point() - origin).hypot();
        let size = along(Vec2::new(0.0, 1000.0));
        let width = along(Vec2::new(f64::from(advance.unwrap_or(1000.0)), 0.0));
        self.glyphs.push(Glyph { text, x: origin.x, y: origin.y, width, size });
    }
}

impl Device<'_> for TextDevice {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            if self.glyphs.len() < MOST_GLYPHS {
                self.glyph(glyph, props.transform * glyph.transform());
            }
        }
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.images += 1;
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, _: &DrawMode) {
        self.path(path, props.transform);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
