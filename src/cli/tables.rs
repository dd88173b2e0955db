//! What the commands share that print tables: form of the output, spans of years, columns of Chinese text.

use std::str::FromStr;

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

/// A year or a span of years, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct YearSpan(i16, i16);

impl YearSpan {
    /// The first and the last year.
    pub(crate) fn both(self) -> (i16, i16) {
        (self.0, self.1)
    }
}

impl FromStr for YearSpan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        crate::serve::year_span(text)
            .map(|(from, to)| Self(from, to))
            .ok_or_else(|| "a year such as 2020, or a span such as 2016..2020".to_owned())
    }
}

/// A text filled up with blanks to a width at a terminal, where Chinese characters are two wide.
pub(crate) fn column(text: &str, width: usize) -> String {
    let wide = |c: char| if c >= '\u{1100}' { 2 } else { 1 };
    let taken: usize = text.chars().map(wide).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}
