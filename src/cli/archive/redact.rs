//! `gongkai archive redact`: a page is taken out of the archive for good.

use std::collections::BTreeSet;

use crate::archive::redact;
use crate::catalogue::{CaptureRow, Catalogue};
use crate::cli::store::Store;
use crate::cli::{Exit, Globals, clock, curated, note, say};
use crate::model::{Moment, PageUrl, Position, Status};

/// Take everything captured of a page, or every copy of a file, out of the archive for good.
///
/// For court orders and the like: what is only not to be shown belongs on the takedown list. Each record gives way to a
/// note that names address, time, digest, the reason and the day; nothing else moves, the files stay valid WARC, and
/// `gongkai verify` accepts them. Documents read from the page are withheld: run `gongkai index` afterwards. There is no way
/// back but a backup, and a backup made earlier still holds it. A later crawl may fetch the page again.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Args {
    /// Every capture of the page at this address
    #[arg(long, value_name = "URL", value_parser = PageUrl::parse, group = "what")]
    url: Option<PageUrl>,
    /// Every capture with this payload, such as sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ
    #[arg(long, value_name = "DIGEST", group = "what")]
    digest: Option<String>,
    /// Why, in words that may be published: it is written into the archive
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Write this moment into the note instead of the present one
    #[arg(long, value_name = "TIME")]
    now: Option<Moment>,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let moment = args.now.unwrap_or_else(clock::now);
    let config = curated::load(globals).config;
    let Some(store) = Store::open(globals, &config, moment)? else { return Ok(Exit::Busy) };
    let rows = match (&args.url, &args.digest) {
        (Some(url), _) => store.state.captures_at(url)?,
        (None, Some(digest)) => store.state.captures_with(digest)?,
        (None, None) => Vec::new(),
    };
    if rows.is_empty() {
        note("nothing of this is in the archive");
        return Ok(Exit::Mistakes);
    }
    // Withheld first: whatever happens next, it is shown no more.
    let withheld = withhold(globals, &rows)?;
    let positions: Vec<Position> = rows.iter().map(|row| row.position.clone()).collect();
    let taken = redact(&globals.data.join("archive"), &positions, &args.reason, moment)?;
    store.state.forget_captures(&positions)?;
    say(format_args!("redacted: {taken} captures; {withheld} documents withheld"));
    Ok(Exit::Done)
}

/// Withholds the documents read from these captures' pages; says how many.
fn withhold(globals: &Globals, rows: &[CaptureRow]) -> anyhow::Result<usize> {
    let path = globals.data.join("catalogue.sqlite");
    if !path.try_exists()? {
        return Ok(0);
    }
    let catalogue = Catalogue::open(&path)?;
    let keys: BTreeSet<_> = rows.iter().map(|row| row.url.key()).collect();
    let mut withheld = 0;
    for key in keys {
        for document in catalogue.by_url(&key)? {
            withheld += usize::from(catalogue.set_status(&document.id, Status::Withheld)?);
        }
    }
    Ok(withheld)
}
