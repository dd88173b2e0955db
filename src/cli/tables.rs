//! What the commands share that print tables: form of the output, columns of Chinese text.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::cli::export::{reader_is_gone, whole};
use crate::cli::say;
use crate::export::{RowForm, write_rows};
use crate::model::{Column, Datum};

/// The form of the output.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Layout {
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// With --format csv: begin with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// Write into this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// As the API gives it
    Json,
    /// A row for each value, with where it comes from
    Csv,
    /// The same, a JSON object on each line
    Jsonl,
    /// The same as an Excel workbook, at most 200,000 rows
    Xlsx,
    /// The same as Parquet
    Parquet,
}

impl Layout {
    /// The form when it is for people.
    pub(crate) fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Writes an answer that has a form for programs: the JSON or the rows, whichever is asked for; not the table.
    pub(crate) fn write(
        &self,
        json: impl FnOnce() -> serde_json::Result<String>,
        columns: &'static [Column],
        rows: impl Iterator<Item = Vec<Datum>>,
    ) -> anyhow::Result<()> {
        let form = match self.format {
            Format::Table => return Ok(()),
            Format::Json => return self.text(&json()?),
            Format::Csv => RowForm::Csv { bom: self.bom },
            Format::Jsonl => RowForm::Jsonl,
            Format::Xlsx => RowForm::Xlsx,
            Format::Parquet => RowForm::Parquet,
        };
        if let Some(file) = &self.out {
            return whole(file, |out| write_rows(form, columns, &[], rows, out));
        }
        to_stdout(form, |out| write_rows(form, columns, &[], rows, out))
    }

    fn text(&self, text: &str) -> anyhow::Result<()> {
        if let Some(file) = &self.out {
            return whole(file, |out| Ok(writeln!(out, "{text}")?));
        }
        say(text);
        Ok(())
    }
}

/// Writes rows to standard output; what is no text is not written to a terminal.
pub(crate) fn to_stdout(
    form: RowForm,
    write: impl FnOnce(&mut BufWriter<io::Stdout>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if matches!(form, RowForm::Xlsx | RowForm::Parquet) && io::stdout().is_terminal() {
        bail!("a file of this form is not for a terminal: --out FILE");
    }
    let mut out = BufWriter::new(io::stdout());
    match write(&mut out).and_then(|()| Ok(out.flush()?)) {
        Err(error) if reader_is_gone(&error) => Ok(()),
        written => written.context("cannot write the rows"),
    }
}

/// A text filled up with blanks to a width at a terminal, where Chinese characters are two wide.
pub(crate) fn column(text: &str, width: usize) -> String {
    let wide = |c: char| if c >= '\u{1100}' { 2 } else { 1 };
    let taken: usize = text.chars().map(wide).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}
