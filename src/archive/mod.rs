//! WARC 1.1: append, find, verify. The truth that everything else is made from.
//!
//! One gzip member per record, so that every record can be found by its [`Position`](crate::model::Position) alone.
//! What belongs together stands together: `response` (or `revisit`), then its `request`, then a `metadata` record
//! with the context as JSON. Outcomes without an answer are `metadata` records, imported documents `resource` records.
//! Moments are kept to the microsecond. A payload that a page had before is not written again: its `revisit` record
//! names file and byte of the answer that holds it. A long payload is never held in memory: it comes from the
//! [`SpoolFolder`], is copied into its record as a stream, and is read back as one.
//!
//! What was kept in one go is one leaf of a hash tree (`tree`), in the order of the files' serials and then of the bytes;
//! `leaves.jsonl` beside the files lists the leaves as they were when written. The tree follows from the files alone.
//!
//! **In:** captures, outcomes, imported records. **Out:** the same, payloads byte for byte; the damage found on the way.
//! **Never:** network, clock; a change to what was written, but for cutting a torn tail that nobody was promised,
//! and for [`redact`], which a court may order.

mod digest;
mod record;
mod long;
mod member;
mod http;
mod entry;
mod revisit;
mod scan;
mod recover;
mod writer;
mod reader;
mod tree;
mod leaf;
mod leaves;
mod stamp;
mod verify;
mod redact;
mod foreign;
mod copy;
mod cdxj;
mod spool;
mod wacz;
#[cfg(test)]
mod tests;

pub use cdxj::CdxLine;
pub use copy::Copier;
pub use digest::{body_digest, payload_digest};
pub use entry::{Earlier, Entry};
pub use foreign::{Foreign, ForeignCapture, ForeignWarc, is_warc};
pub use leaf::Leaf;
pub use leaves::{LEAVES, seal};
pub use reader::{Entries, Reader};
pub use recover::{Recovery, Shrunken, Torn};
pub use redact::{Redacted, redact};
pub use spool::SpoolFolder;
pub use stamp::{STAMPS, Stamp};
pub use tree::{Hash, Head, Tree, consistency_proof, inclusion_proof, is_grown, is_included};
pub use verify::{Damage, Report, verify, verify_leaves};
pub use wacz::{ForeignWacz, Page, Wacz, is_wacz};
pub use writer::{Archive, Settings};
