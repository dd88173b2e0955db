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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Evidence;
    use crate::serve::api::evidence_words;

    #[test]
    fn every_kind_of_evidence_has_a_word() {
        let what = String::new;
        let all = [
            Evidence::Selector(what()),
            Evidence::Meta(what()),
            Evidence::Box(what()),
            Evidence::Line(what()),
            Evidence::Derived(what()),
            Evidence::Import(what()),
            Evidence::Script(what()),
            Evidence::Heading,
            Evidence::TitleElement,
            Evidence::List,
            Evidence::Breadcrumb,
            Evidence::Column,
            Evidence::Url,
            Evidence::Title,
            Evidence::TextHead,
            Evidence::SignOff,
            Evidence::Text,
            Evidence::Default,
        ];
        let glossary = Glossary::new().unwrap();
        for evidence in &all {
            let (kind, _) = evidence_words(evidence);
            assert_ne!(glossary.word("evidence", kind), kind, "no word for {kind}");
        }
    }
}
