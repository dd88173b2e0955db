//! `gongkai read-file`: the child process that reads one file; with paths, what it makes of them.

use std::{
    fs,
    io::{stdin, stdout},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::cli::{Exit, say};
use crate::extract::files::child::{self, Limits, Readers};
use crate::model::FileText;

/// Show what is read from files; without any, be the process under limits that `gongkai extract` hands files to.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Files to read, each in a process of its own; one JSON object per line comes out
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Address space of this process, in bytes
    #[arg(long, default_value_t = Limits::default().memory)]
    memory: u64,
    /// Time of this process on the processor, in seconds
    #[arg(long, default_value_t = Limits::default().cpu)]
    cpu: u64,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.paths.is_empty() {
        child::answer(stdin().lock(), stdout().lock(), args.memory, args.cpu)?;
        return Ok(Exit::Done);
    }
    for path in &args.paths {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let id = path.to_string_lossy();
        say(answer(&id, &read(&bytes)?));
    }
    Ok(Exit::Done)
}

/// Reads a file in a child process, under the usual limits.
pub(crate) fn read(bytes: &[u8]) -> anyhow::Result<FileText> {
    let program = program()?;
    child::read(&program, bytes, &Limits::default())
        .with_context(|| format!("cannot start {}", program.display()))
}

/// Processes that read files one after the other, under the usual limits.
pub(crate) fn readers() -> anyhow::Result<Readers> {
    Ok(Readers::new(program()?, Limits::default()))
}

/// This program, also when its file was replaced meanwhile.
fn program() -> anyhow::Result<PathBuf> {
    let itself = Path::new("/proc/self/exe");
    if itself.try_exists().unwrap_or(false) {
        return Ok(itself.to_owned());
    }
    std::env::current_exe().context("cannot find this program's file")
}

/// What was read from a file, in the form the extraction scorer takes.
pub(crate) fn answer(id: &str, file: &FileText) -> serde_json::Value {
    serde_json::json!({
        "id": id,
        "kind": file.kind,
        "status": file.status,
        "text": file.text(),
        "error": file.error,
    })
}
