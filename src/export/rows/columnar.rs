//! Rows as Parquet: every column nullable, texts as UTF-8 strings, compressed with Snappy.

use std::{io::Write, sync::Arc};

use anyhow::Context;
use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical},
    data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type},
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};

use crate::export::rows::{RowWriter, check_length};
use crate::model::{Column, ColumnKind, Datum};

/// Rows and bytes of text that are gathered before they are written as a group.
const GROUP_ROWS: usize = 65_536;
const GROUP_BYTES: usize = 8 << 20;

pub(super) struct ParquetRows<W: Write + Send> {
    columns: &'static [Column],
    gathered: Vec<Gathered>,
    rows: usize,
    bytes: usize,
    file: SerializedFileWriter<W>,
}

/// The values of one column since the last group.
struct Gathered {
    /// 1 for each row with a value, 0 for each without.
    known: Vec<i16>,
    values: Values,
}

enum Values {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Truth(Vec<bool>),
}

impl<W: Write + Send> ParquetRows<W> {
    pub(super) fn begin(
        columns: &'static [Column],
        about: &[(&str, String)],
        to: W,
    ) -> anyhow::Result<Self> {
        let meanings =
            columns.iter().map(|column| (format!("meaning of {}", column.name), column.meaning));
        let facts = about.iter().map(|(name, text)| ((*name).to_owned(), text.as_str()));
        let notes = facts.chain(meanings).map(|(name, text)| KeyValue::new(name, text.to_owned()));
        let properties = WriterProperties::builder()
            .set_created_by("gongkai".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(notes.collect()));
        let file = SerializedFileWriter::new(to, schema(columns)?, Arc::new(properties.build()))?;
        let gathered = columns.iter().map(|column| Gathered::new(column.kind)).collect();
        Ok(Self { columns, gathered, rows: 0, bytes: 0, file })
    }

    fn write_group(&mut self) -> anyhow::Result<()> {
        let mut group = self.file.next_row_group()?;
        for gathered in &mut self.gathered {
            let mut column = group.next_column()?.context("a column for each column")?;
            gathered.write(&mut column)?;
            column.close()?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

fn schema(columns: &[Column]) -> anyhow::Result<TypePtr> {
    let field = |column: &Column| {
        let physical = match column.kind {
            ColumnKind::Text => Physical::BYTE_ARRAY,
            ColumnKind::Whole => Physical::INT64,
            ColumnKind::Number => Physical::DOUBLE,
            ColumnKind::Truth => Physical::BOOLEAN,
        };
        let logical = (column.kind == ColumnKind::Text).then_some(LogicalType::String);
        let built = Type::primitive_type_builder(column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build();
        built.map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Type::group_type_builder("row").with_fields(fields).build()?))
}

impl<W: Write + Send> RowWriter for ParquetRows<W> {
    fn put(&mut self, row: &[Datum]) -> anyhow::Result<()> {
        check_length(self.columns, row)?;
        for (gathered, value) in self.gathered.iter_mut().zip(row) {
            self.bytes += gathered.take(value);
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.write_group()?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>) -> anyhow::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.file.close()?;
        Ok(())
    }
}

impl Gathered {
    fn new(kind: ColumnKind) -> Self {
        let values = match kind {
            ColumnKind::Text => Values::Text(Vec::new()),
            ColumnKind::Whole => Values::Whole(Vec::new()),
            ColumnKind::Number => Values::Number(Vec::new()),
            ColumnKind::Truth => Values::Truth(Vec::new()),
        };
        Self { known: Vec::new(), values }
    }

    /// Takes a value and says how many bytes of text it has; one of another kind than the column's is not known.
    fn take(&mut self, value: &Datum) -> usize {
        let mut bytes = 0;
        let is_known = match (&mut self.values, value) {
            (Values::Text(all), Datum::Text(text)) => {
                bytes = text.len();
                all.push(ByteArray::from(text.as_str()));
                true
            }
            (Values::Whole(all), Datum::Whole(number)) => {
                all.push(*number);
                true
            }
            (Values::Number(all), Datum::Number(number)) => {
                all.push(*number);
                true
            }
            (Values::Truth(all), Datum::Truth(is_so)) => {
                all.push(*is_so);
                true
            }
            _ => false,
        };
        self.known.push(i16::from(is_known));
        bytes
    }

    /// Writes what was gathered, and forgets it.
    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> anyhow::Result<()> {
        let known = Some(self.known.as_slice());
        match &mut self.values {
            Values::Text(all) => {
                column.typed::<ByteArrayType>().write_batch(all, known, None)?;
                all.clear();
            }
            Values::Whole(all) => {
                column.typed::<Int64Type>().write_batch(all, known, None)?;
                all.clear();
            }
            Values::Number(all) => {
                column.typed::<DoubleType>().write_batch(all, known, None)?;
                all.clear();
            }
            Values::Truth(all) => {
                column.typed::<BoolType>().write_batch(all, known, None)?;
                all.clear();
            }
        }
        self.known.clear();
        Ok(())
    }
}
