//! The words of the domain as plain values.
//!
//! **In:** text from the other parts, parsed once into a type that cannot be wrong.
//! **Out:** [`PageUrl`], [`Capture`], [`Document`], [`DocNumber`] and their kin.
//! **Never:** network, disk, clock (a [`Body`] outside memory is read by whoever put it there); no other part of the program is imported here.

mod agency;
mod body;
mod capture;
mod category;
mod date;
mod document;
mod figure;
mod file_text;
mod form;
mod id;
mod known_page;
mod measure;
mod number;
mod record;
mod region;
mod relation;
mod table;
mod url;
mod year_span;

pub use agency::{ReporterKind, looks_like_agency};
pub use body::{Body, START, Spool, Spooling, Stored};
pub use capture::{
    Answer, Capture, Context, DecodeError, Headers, Imported, Listed, NoAnswer, Outcome, PageKind,
    Position, Truncated,
};
pub use category::CategoryPath;
pub use date::{PublicDate, china_day};
pub use document::{
    AttachedFile, Attachment, Document, Evidence, Origin, Sourced, Standing, Status, Warning,
    paragraphs,
};
pub use figure::{
    Amount, Check, Correction, Figure, FigureSource, LabelledCell, Method, Place, ReportFigures,
    ReportFormat, Scope, Statement, Verdict,
};
pub use file_text::{FileKind, FilePart, FileStatus, FileText};
pub use form::{Form, FormKind, NotAForm};
pub use id::{DocumentId, NotAnId};
pub use known_page::{Fate, KnownPage, PageState, Reason};
pub use measure::Measure;
pub use number::{DocNumber, NumberYear, SpottedNumber, spot_numbers};
pub use record::{Column, ColumnKind, Datum};
pub use region::{RegionLevel, is_region_code, is_within, lies_in, region_lineage};
pub use relation::{
    BorneName, CitedName, Excerpt, Fingerprint, Group, Kinship, Relations, Relative,
};
pub use table::{Span, Table};
pub use url::{NotAPage, PageUrl, UrlKey};
pub use year_span::{NotASpan, YearSpan};

/// A moment in UTC, as WARC writes it; people are shown Asia/Shanghai days.
pub type Moment = jiff::Timestamp;

/// The name of a portal file without its ending: lower-case letters, digits and `-`.
pub type PortalId = String;

/// GB/T 2260 code of a region: six digits, or `unknown`.
pub type RegionCode = String;
