//! The words of the pages, from one file.

use anyhow::Context;

/// Section → word → text.
#[derive(Clone, Debug)]
pub(crate) struct Glossary(toml::Table);

impl Glossary {
    /// Reads the file that is compiled in.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let table = include_str!("glossary.toml").parse();
        Ok(Self(table.context("src/serve/glossary.toml")?))
    }

    /// A word; its own name where the file lacks it.
    pub(crate) fn word<'a>(&'a self, section: &str, word: &'a str) -> &'a str {
        self.0.get(section).and_then(|words| words.get(word)?.as_str()).unwrap_or(word)
    }

    /// All words, for templates.
    pub(crate) fn table(&self) -> &toml::Table {
        &self.0
    }
}
