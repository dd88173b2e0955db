//! Tables of a document as grids.

use serde::{Deserialize, Serialize};

/// A table as a grid: every cell stands in every row and column that it spans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The paragraph of the text, counted from 0, that is its first row; each further row with text is a paragraph.
    pub paragraph: usize,
    /// Rows of cells, from the top; all rows are equally long, and cells without text are empty.
    pub rows: Vec<Vec<String>>,
    /// The cells that cover more than one place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// A cell that covers several rows or columns of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first row, from 0.
    pub row: usize,
    /// Its first column, from 0.
    pub column: usize,
    /// How many rows it covers.
    pub rows: usize,
    /// How many columns it covers.
    pub columns: usize,
}
