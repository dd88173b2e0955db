//! `gongkai verify`: reads the whole archive again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use crate::archive::{Report, Stamp, verify_leaves};
use crate::catalogue::State;
use crate::cli::proof::{Proof, heads};
use crate::cli::{Exit, Globals, note, say};
use crate::model::PageUrl;

/// Read every record of the archive again and name what is damaged.
///
/// Checks checksums, digests, lengths, that every answer still has its context, and that every byte is the one that was
/// listed in `archive/leaves.jsonl` when it was kept. May run beside a crawl. Ends with 4 when anything is damaged.
///
/// `--head` prints one line, `head: SIZE:ROOT`, that stands for all that is kept, in its order (the Merkle tree of RFC
/// 9162 over SHA-256; one leaf for each answer with its request and context, each other record by itself). Publish it, or
/// keep it on paper: with `--since`, the line proves later that nothing of it was changed, dropped or put in another
/// order. What was redacted does not change it and is listed.
///
/// A time stamp of others over the head: `openssl ts -query -sha256 -cert -digest ROOT -out head.tsq`, have an authority
/// answer that, give the answer to `--stamp`. `openssl ts -verify -digest ROOT -in STAMP -CAfile CA.pem` checks its signature.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print the head of the tree of all that is kept
    #[arg(long)]
    head: bool,
    /// Prove that the archive only grew since this head, or since each head in this file
    #[arg(long, value_name = "HEAD|FILE")]
    since: Vec<String>,
    /// Print as JSON the proof that each capture of the page at this address is in the tree, and with `--since` that it grew
    #[arg(long, value_name = "URL", value_parser = PageUrl::parse)]
    prove: Option<PageUrl>,
    /// Keep an RFC 3161 time stamp (`.tsr`) beside the archive, if it is over a head that this archive had
    #[arg(long, value_name = "FILE")]
    stamp: Option<PathBuf>,
}

pub(crate) fn run(globals: &Globals, args: &Args) -> anyhow::Result<Exit> {
    let folder = globals.data.join("archive");
    if !folder.try_exists()? {
        bail!(
            "there is no archive at {}; `--data DIR` names another data folder",
            folder.display()
        );
    }
    let mut proof = Proof::new(args.prove.clone());
    for given in &args.since {
        match heads(given) {
            Ok(heads) => proof.since(heads),
            Err(mistake) => {
                note(mistake);
                return Ok(Exit::Mistakes);
            }
        }
    }
    let given = args.stamp.as_deref().map(Stamp::read).transpose()?;
    let kept = Stamp::kept(&folder)?;
    let stamps = kept.iter().filter_map(|(_, stamp)| stamp.as_ref().ok());
    proof.look_for(stamps.chain(given.as_ref().map(|(stamp, _)| stamp)).map(|stamp| stamp.of));
    let known = known_lengths(globals)?;
    let report = verify_leaves(&folder, known.as_ref(), &mut |leaf| proof.push(leaf))?;
    // Where JSON is asked for, it stands alone.
    let tell: fn(Line<'_>) =
        if args.prove.is_some() { |line: Line<'_>| note(line) } else { |line: Line<'_>| say(line) };
    describe(&report, tell);
    let stamps_fit = stamps_fit(&proof, &kept, tell);
    let whole = proof.grew(tell) && stamps_fit && report.damage.is_empty();
    if let Some((stamp, bytes)) = given {
        keep(&folder, &proof, stamp, &bytes)?;
    }
    if args.head && whole {
        tell(format_args!("head: {}", proof.head()));
    } else if args.head {
        note("no head is printed: it would stand for what is damaged");
    }
    match whole {
        false => Ok(Exit::Damaged),
        true if args.prove.is_some() => print_proof(&proof),
        true => Ok(Exit::Done),
    }
}

/// One line for people.
type Line<'a> = std::fmt::Arguments<'a>;

/// Whether every stamp that is kept is over a head that the archive has or had; tells of each.
fn stamps_fit(
    proof: &Proof,
    kept: &[(PathBuf, anyhow::Result<Stamp>)],
    tell: impl Fn(Line<'_>),
) -> bool {
    let mut fit = true;
    for (path, stamp) in kept {
        let head = stamp.as_ref().ok().and_then(|stamp| Some((stamp, proof.head_of(stamp.of)?)));
        if let Some((stamp, head)) = head {
            tell(format_args!("stamped {:.0}: {head}", stamp.at));
        } else {
            fit = false;
            let path = path.display();
            tell(format_args!("damaged: {path}: it stamps no head of this archive"));
        }
    }
    fit
}

fn print_proof(proof: &Proof) -> anyhow::Result<Exit> {
    let Some(json) = proof.json()? else {
        note("nothing of this address is in the archive");
        return Ok(Exit::Mistakes);
    };
    say(json);
    Ok(Exit::Done)
}

fn describe(report: &Report, tell: impl Fn(Line<'_>)) {
    for damage in &report.damage {
        tell(format_args!("damaged: {damage}"));
    }
    for torn in &report.torn {
        tell(format_args!("half written, nothing lost: {torn}"));
    }
    tell(format_args!(
        "{} files, {} records, {} bytes: {} answers, {} requests without answer, {} imported documents; {}",
        report.files,
        report.records,
        report.bytes,
        report.captures,
        report.outcomes,
        report.imports,
        match report.damage.len() {
            0 => "no damage".to_owned(),
            1 => "1 place is damaged".to_owned(),
            more => format!("{more} places are damaged"),
        }
    ));
    for (leaf, note) in &report.redacted {
        let (file, offset) = (&leaf.position.file, leaf.position.offset);
        let url = leaf.url.as_deref().unwrap_or("no address");
        let at = leaf.at.as_deref().unwrap_or("no time");
        let (reason, when) = (&note.reason, note.redacted_at);
        tell(format_args!("redacted {when:.0}: {file}:{offset}: {reason} ({url}, {at})"));
    }
    if !report.redacted.is_empty() {
        tell(format_args!("{} places were redacted and say so", report.redacted.len()));
    }
}

/// Keeps a stamp that was given, if it is over a head that the archive has or had.
fn keep(folder: &Path, proof: &Proof, stamp: Stamp, bytes: &[u8]) -> anyhow::Result<()> {
    let head = proof.head_of(stamp.of).with_context(|| {
        format!("the stamp is over {}, which was never the head of this archive", stamp.of)
    })?;
    let path = stamp.keep(bytes, folder)?;
    note(format_args!("kept: {}, {:.0} over {head}", path.display(), stamp.at));
    Ok(())
}

/// What the state promises of each file; `None`, after saying so, when there is no state.
fn known_lengths(globals: &Globals) -> anyhow::Result<Option<BTreeMap<String, u64>>> {
    let path = globals.data.join("state.sqlite");
    if !path.try_exists()? {
        note(
            "there is no state.sqlite: a file that lost its end cannot be told from one that was never longer",
        );
        return Ok(None);
    }
    let lengths = State::open_read_only(&path).and_then(|state| state.committed_lengths());
    lengths.map(Some).with_context(|| format!("cannot read {}", path.display()))
}
