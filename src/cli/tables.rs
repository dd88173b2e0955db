//! What the commands share that print tables: form of the output, columns of Chinese text.

use clap::ValueEnum;

use crate::cli::say;
use crate::export;

/// The form of the output.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Layout {
    /// The form of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// With --format csv: begin with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// As the API gives it
    Json,
    /// A row for each value, with where it comes from
    Csv,
}

impl Layout {
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_csv(&self) -> bool {
        self.format == Format::Csv
    }
}

/// Prints rows as CSV.
pub(crate) fn print_csv(layout: &Layout, header: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    say(export::csv(header, rows, layout.bom).trim_end());
}

/// A text filled up with blanks to a width at a terminal, where Chinese characters are two wide.
pub(crate) fn column(text: &str, width: usize) -> String {
    let wide = |c: char| if c >= '\u{1100}' { 2 } else { 1 };
    let taken: usize = text.chars().map(wide).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}
