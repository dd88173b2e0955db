//! Reads a TOML table key by key and collects every mistake instead of stopping at the first.

use std::{cell::RefCell, collections::BTreeSet, ops::Range};

use toml::de::{DeTable, DeValue};

use crate::config::{
    Mistake,
    source::Source,
    value::{Kind, shown},
};

/// One file while it is read: where its mistakes gather.
pub(super) struct Sheet<'s> {
    source: &'s Source,
    mistakes: RefCell<Vec<Mistake>>,
    known: RefCell<BTreeSet<String>>,
}

impl<'s> Sheet<'s> {
    /// Reads a whole file with `read`; `None` when it is no TOML at all.
    pub(super) fn read<T>(
        source: &'s Source,
        read: impl FnOnce(&mut Reader<'_>) -> T,
    ) -> (Option<T>, Self) {
        let sheet = Self { source, mistakes: RefCell::default(), known: RefCell::default() };
        let value = match DeTable::parse(&source.text) {
            Ok(document) => {
                Some(Reader::over(&sheet, document.get_ref(), String::new(), 0..0, read))
            }
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                sheet.report(
                    &at,
                    format!("not TOML: {}", error.message()),
                    "a TOML document".to_owned(),
                );
                None
            }
        };
        (value, sheet)
    }

    /// The mistakes found, in order of their lines.
    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort();
        mistakes
    }

    /// Every key that was asked for, with its table: `politeness.delay`.
    #[cfg(test)]
    pub(super) fn known_keys(&self) -> BTreeSet<String> {
        self.known.borrow().clone()
    }

    fn report(&self, at: &Range<usize>, found: String, expected: String) {
        let before = &self.source.text.as_bytes()[..at.start.min(self.source.text.len())];
        let line = Mistake::line_after(before);
        let file = self.source.path.clone();
        self.mistakes.borrow_mut().push(Mistake { file, line, found, expected });
    }
}

/// One table of a file. Keys that nobody asks for are mistakes.
pub(super) struct Reader<'r> {
    sheet: &'r Sheet<'r>,
    table: &'r DeTable<'r>,
    /// Name of the table with a dot behind it; empty for the file itself.
    prefix: String,
    header: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'r> Reader<'r> {
    fn over<T>(
        sheet: &'r Sheet<'_>,
        table: &'r DeTable<'_>,
        prefix: String,
        header: Range<usize>,
        read: impl FnOnce(&mut Reader<'_>) -> T,
    ) -> T {
        let mut reader = Reader { sheet, table, prefix, header, asked: Vec::new() };
        let value = read(&mut reader);
        reader.report_unknown_keys();
        value
    }

    /// Reads a key that may be missing.
    pub(super) fn optional<T>(&mut self, key: &'static str, kind: &Kind<'_, T>) -> Option<T> {
        let (at, value) = self.value(key)?;
        self.check(key, &at, value, kind)
    }

    /// Reads a key that must be there.
    pub(super) fn required<T>(&mut self, key: &'static str, kind: &Kind<'_, T>) -> Option<T> {
        let value = self.value(key);
        if value.is_none() {
            self.missing(key, &kind.expected);
        }
        let (at, value) = value?;
        self.check(key, &at, value, kind)
    }

    /// Reads a key into a place that keeps what it has when the key is missing or wrong.
    pub(super) fn set<T>(&mut self, key: &'static str, place: &mut T, kind: &Kind<'_, T>) {
        if let Some(value) = self.optional(key, kind) {
            *place = value;
        }
    }

    /// Reads a list whose items are all of one kind; `None` when the key is missing.
    pub(super) fn list<T>(&mut self, key: &'static str, kind: &Kind<'_, T>) -> Option<Vec<T>> {
        let (at, value) = self.value(key)?;
        let Some(items) = value.as_array() else {
            self.sheet.report(
                &at,
                format!("`{}{key}` is {}", self.prefix, shown(value)),
                format!("a list in [ ], each item {}", kind.expected),
            );
            return None;
        };
        let read =
            |item: &toml::Spanned<DeValue<'_>>| self.check(key, &item.span(), item.get_ref(), kind);
        Some(items.iter().filter_map(read).collect())
    }

    /// Reads a table below, if there is one.
    pub(super) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'_>) -> T,
    ) -> Option<T> {
        let (at, value) = self.value(key)?;
        let Some(table) = value.as_table() else {
            self.mistake(key, shown(value), format!("a table: a line [{key}] and keys below it"));
            return None;
        };
        Some(Reader::over(self.sheet, table, format!("{}{key}.", self.prefix), at, read))
    }

    /// Reads every table of a list of tables (`[[key]]`).
    pub(super) fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Reader<'_>) -> T,
    ) -> Vec<T> {
        let Some((_, value)) = self.value(key) else { return Vec::new() };
        let expected = || format!("tables, each below a line [[{key}]]");
        let Some(items) = value.as_array() else {
            self.mistake(key, shown(value), expected());
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items {
            let Some(table) = item.get_ref().as_table() else {
                let found = format!("`{}{key}` holds {}", self.prefix, shown(item.get_ref()));
                self.sheet.report(&item.span(), found, expected());
                continue;
            };
            let prefix = format!("{}{key}.", self.prefix);
            all.push(Reader::over(self.sheet, table, prefix, item.span(), &mut read));
        }
        all
    }

    /// Whether a key is missing or an empty list.
    pub(super) fn lacks(&self, key: &str) -> bool {
        let value = self.table.get(key).map(toml::Spanned::get_ref);
        value.is_none_or(|value| value.as_array().is_some_and(|items| items.is_empty()))
    }

    /// Reports a mistake that is seen only after several keys were read: `found` is what `key` is.
    pub(super) fn mistake(&self, key: &str, found: impl AsRef<str>, expected: impl Into<String>) {
        let at = self.table.get(key).map_or_else(|| self.header.clone(), toml::Spanned::span);
        let found = format!("`{}{key}` is {}", self.prefix, found.as_ref());
        self.sheet.report(&at, found, expected.into());
    }

    /// Reports that a key is not there.
    pub(super) fn missing(&self, key: &str, expected: &str) {
        let found = format!("no key `{}{key}`", self.prefix);
        self.sheet.report(&self.header, found, expected.to_owned());
    }

    fn value(&mut self, key: &'static str) -> Option<(Range<usize>, &'r DeValue<'r>)> {
        self.asked.push(key);
        self.sheet.known.borrow_mut().insert(format!("{}{key}", self.prefix));
        let value = self.table.get(key)?;
        Some((value.span(), value.get_ref()))
    }

    fn check<T>(
        &self,
        key: &str,
        at: &Range<usize>,
        value: &DeValue<'_>,
        kind: &Kind<'_, T>,
    ) -> Option<T> {
        let refusal = match kind.read(value) {
            Ok(value) => return Some(value),
            Err(refusal) if refusal.is_empty() => refusal,
            Err(refusal) => format!(" ({refusal})"),
        };
        let found = format!("`{}{key}` is {}{refusal}", self.prefix, shown(value));
        self.sheet.report(at, found, kind.expected.clone());
        None
    }

    fn report_unknown_keys(&self) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let near =
                self.asked.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
            let near = near
                .filter(|known| strsim::damerau_levenshtein(known, name) <= 1 + known.len() / 5);
            let expected = match near {
                Some(known) => format!("`{known}`, perhaps"),
                None => format!("one of {}", self.asked.join(", ")),
            };
            self.sheet.report(
                &key.span(),
                format!("unknown key `{}{name}`", self.prefix),
                expected,
            );
        }
    }
}
