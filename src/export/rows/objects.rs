//! Rows as JSON lines: an object on each line, the columns in their order, what is not known null.

use std::io::Write;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::export::rows::{RowWriter, check_length};
use crate::model::{Amount, Column, Datum};

pub(super) struct LineRows<W> {
    columns: &'static [Column],
    to: W,
}

impl<W: Write> LineRows<W> {
    pub(super) fn begin(columns: &'static [Column], to: W) -> Self {
        Self { columns, to }
    }
}

impl<W: Write> RowWriter for LineRows<W> {
    fn put(&mut self, row: &[Datum]) -> anyhow::Result<()> {
        check_length(self.columns, row)?;
        let mut line = serde_json::to_vec(&Object { columns: self.columns, row })?;
        line.push(b'\n');
        Ok(self.to.write_all(&line)?)
    }

    fn end(mut self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

struct Object<'r> {
    columns: &'static [Column],
    row: &'r [Datum],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.columns.len()))?;
        for (column, value) in self.columns.iter().zip(self.row) {
            match value {
                Datum::Unknown => map.serialize_entry(column.name, &()),
                Datum::Text(text) => map.serialize_entry(column.name, text),
                Datum::Whole(number) => map.serialize_entry(column.name, number),
                Datum::Number(number) => map.serialize_entry(column.name, &Amount(*number)),
                Datum::Truth(is_so) => map.serialize_entry(column.name, is_so),
            }?;
        }
        map.end()
    }
}
