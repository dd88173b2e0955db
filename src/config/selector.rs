//! CSS selectors as curators write them.

use scraper::error::SelectorErrorKind;

/// A CSS selector that parses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CssSelector {
    text: String,
    parsed: scraper::Selector,
}

impl CssSelector {
    /// Reads a selector; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST_SELECTOR {
            return Err(format!("longer than {LONGEST_SELECTOR} bytes"));
        }
        let parsed = scraper::Selector::parse(text).map_err(|error| in_words(&error))?;
        Ok(Self { text: text.to_owned(), parsed })
    }

    /// The selector as the curator wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The selector, ready for use.
    pub fn selector(&self) -> &scraper::Selector {
        &self.parsed
    }
}

/// Nobody writes a longer one, and nested ones are parsed by recursion.
const LONGEST_SELECTOR: usize = 500;

/// The name of the error as words; the library's own text is for its developers.
fn in_words(error: &SelectorErrorKind) -> String {
    let name = match error {
        SelectorErrorKind::UnexpectedSelectorParseError(inner) => format!("{inner:?}"),
        plain => format!("{plain:?}"),
    };
    let mut words = String::new();
    for c in name.chars().take_while(char::is_ascii_alphabetic) {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}
