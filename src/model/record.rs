//! Rows for other programs: values of a known kind under columns that say what they mean.

use crate::model::{Amount, DocumentId, Moment, PublicDate};

/// A column of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in files; it stays.
    pub name: &'static str,
    /// What kind of values it has.
    pub kind: ColumnKind,
    /// What it means, in Chinese, for those who open the file.
    pub meaning: &'static str,
}

/// What kind of values a column has; any may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// True or false.
    Truth,
}

impl Column {
    /// A column of texts.
    pub const fn text(name: &'static str, meaning: &'static str) -> Self {
        Self { name, kind: ColumnKind::Text, meaning }
    }

    /// A column of whole numbers.
    pub const fn whole(name: &'static str, meaning: &'static str) -> Self {
        Self { name, kind: ColumnKind::Whole, meaning }
    }

    /// A column of numbers.
    pub const fn number(name: &'static str, meaning: &'static str) -> Self {
        Self { name, kind: ColumnKind::Number, meaning }
    }

    /// A column of true and false.
    pub const fn truth(name: &'static str, meaning: &'static str) -> Self {
        Self { name, kind: ColumnKind::Truth, meaning }
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// Not known, or there is none.
    Unknown,
    /// A text; an empty one is none.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
}

impl Datum {
    /// The value as text; what is not known is empty.
    pub fn to_text(&self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => Amount(*number).to_string(),
            Self::Truth(is_so) => is_so.to_string(),
        }
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Unknown } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Unknown } else { Self::Text(text) }
    }
}

impl From<&String> for Datum {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<bool> for Datum {
    fn from(is_so: bool) -> Self {
        Self::Truth(is_so)
    }
}

impl From<i16> for Datum {
    fn from(number: i16) -> Self {
        Self::Whole(number.into())
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<u64> for Datum {
    fn from(number: u64) -> Self {
        Self::Whole(number.try_into().unwrap_or(i64::MAX))
    }
}

impl From<usize> for Datum {
    fn from(number: usize) -> Self {
        Self::Whole(number.try_into().unwrap_or(i64::MAX))
    }
}

impl From<f64> for Datum {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Amount> for Datum {
    fn from(amount: Amount) -> Self {
        Self::Number(amount.0)
    }
}

impl From<DocumentId> for Datum {
    fn from(id: DocumentId) -> Self {
        Self::Text(id.to_string())
    }
}

impl From<PublicDate> for Datum {
    fn from(date: PublicDate) -> Self {
        Self::Text(date.to_string())
    }
}

impl From<Moment> for Datum {
    fn from(moment: Moment) -> Self {
        Self::Text(moment.to_string())
    }
}

impl<T: Into<Datum>> From<Option<T>> for Datum {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}
