//! WACZ 1.1.1: WARC files, their index and a list of pages in one ZIP file that replays without a server.
//!
//! What is looked up by range (`archive/`, `indexes/`) is stored as it is, so that a reader fetches only what it shows.
//!
//! **In:** captures of ours; files of any writer. **Out:** one file; the captures in it.
//! **Never:** unpacks a file to the disk.

mod pack;
mod unpack;

pub use pack::{Page, Wacz};
pub use unpack::{ForeignWacz, is_wacz};

const WARCS: &str = "archive/";
const PACKAGE: &str = "datapackage.json";

fn sha256_name(digest: &[u8]) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(digest))
}
