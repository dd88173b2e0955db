//! Which documents the takedown list hides.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::catalogue::{Catalogue, Filter, State};
use crate::config::{Takedown, Target};
use crate::model::{Document, DocumentId, FileText, Origin, PageUrl, Status, UrlKey};
use crate::text::{fold, fold_quoted};

/// The takedown list, ready to be asked about documents.
#[derive(Clone, Debug, Default)]
pub struct TakenDown {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
enum Rule {
    Page(UrlKey),
    Document(DocumentId),
    TextDigest(String),
    PayloadDigest(String),
    Text { plain: String, folded: String },
}

impl TakenDown {
    /// Prepares a list.
    pub fn new(list: &Takedown) -> Self {
        let rule = |target: &Target| match target {
            Target::Url(url) => Rule::Page(url.key()),
            Target::Document(id) => Rule::Document(*id),
            Target::TextDigest(digest) => Rule::TextDigest(digest.clone()),
            Target::PayloadDigest(digest) => Rule::PayloadDigest(digest.clone()),
            Target::Text(text) => {
                Rule::Text { plain: text.clone(), folded: unspaced(&fold_quoted(text)) }
            }
        };
        Self { rules: list.entries.iter().map(|entry| rule(&entry.target)).collect() }
    }

    /// A number that is another one for another list; 0 for the empty one.
    pub fn mark(&self) -> i64 {
        if self.rules.is_empty() {
            return 0;
        }
        let digest = Sha256::digest(format!("{:?}", self.rules).as_bytes());
        digest.iter().take(7).fold(1, |mark, byte| mark << 8 | i64::from(*byte))
    }

    /// Whether a document just read is hidden; `payload` is the digest of the answer it was read from.
    pub fn hides(&self, document: &Document, payload: Option<&str>) -> bool {
        self.rules.iter().any(|rule| match rule {
            Rule::PayloadDigest(digest) => payload == Some(digest),
            rule => rule.names(document) || rule.reads(&document.title.value, &document.text),
        })
    }

    /// Whether a file is closed: by its address, its digest or what it says.
    pub fn hides_file(&self, url: &UrlKey, payload: &str, file: &FileText) -> bool {
        self.rules.iter().any(|rule| match rule {
            Rule::Page(page) => page == url,
            Rule::PayloadDigest(digest) => digest == payload,
            rule if rule.is_about_text() => {
                file.parts.iter().any(|part| rule.reads("", &part.text))
            }
            _ => false,
        })
    }

    /// Whether a document is hidden for anything it ever was: now, in an older version, in any of its captures.
    pub fn hides_any_version(
        &self,
        document: &Document,
        catalogue: &Catalogue,
        state: &State,
    ) -> anyhow::Result<bool> {
        if self.hides(document, None) {
            return Ok(true);
        }
        if self.rules.iter().any(Rule::is_about_text) {
            let versions = catalogue.versions(&document.id)?;
            let read = |rule: &Rule| versions.iter().any(|v| rule.reads(&v.title, &v.text));
            if self.rules.iter().any(read) {
                return Ok(true);
            }
        }
        let (Origin::Web { url }, true) =
            (&document.origin, self.rules.iter().any(|r| matches!(r, Rule::PayloadDigest(_))))
        else {
            return Ok(false);
        };
        let captures = state.captures_of(&url.key())?;
        Ok(captures.iter().any(|row| self.hides(document, Some(&row.digest))))
    }

    /// What each entry hides of all that is held, in the order of the list.
    pub fn hidden(
        &self,
        catalogue: &Catalogue,
        state: &State,
    ) -> anyhow::Result<Vec<BTreeSet<DocumentId>>> {
        let mut hidden = vec![BTreeSet::new(); self.rules.len()];
        if self.rules.is_empty() {
            return Ok(hidden);
        }
        catalogue.for_each_version(|id, title, text| {
            for (rule, hidden) in self.rules.iter().zip(&mut hidden) {
                if rule.reads(title, text) {
                    hidden.insert(id);
                }
            }
            Ok(())
        })?;
        catalogue.for_each(&Filter::default(), |document| {
            for (rule, hidden) in self.rules.iter().zip(&mut hidden) {
                if rule.names(&document) {
                    hidden.insert(document.id);
                }
            }
            Ok(())
        })?;
        for (rule, hidden) in self.rules.iter().zip(&mut hidden) {
            let Rule::PayloadDigest(digest) = rule else { continue };
            for page in state.pages_that_answered(digest)? {
                hidden.extend(catalogue.by_url(&page)?.iter().map(|document| document.id));
            }
        }
        Ok(hidden)
    }

    /// Withholds what the list names and gives back what it no longer names, with the status that `otherwise` finds
    /// for it.
    ///
    /// Returns how many documents were withheld and how many came back.
    pub fn apply(
        &self,
        catalogue: &Catalogue,
        state: &State,
        otherwise: impl Fn(&Document) -> anyhow::Result<Status>,
    ) -> anyhow::Result<(usize, usize)> {
        let hidden: BTreeSet<DocumentId> =
            self.hidden(catalogue, state)?.into_iter().flatten().collect();
        let mut free = Vec::new();
        let withheld = Filter { statuses: vec![Status::Withheld], portal: None };
        catalogue.for_each(&withheld, |document| {
            if !hidden.contains(&document.id) {
                free.push((document.id, otherwise(&document)?));
            }
            Ok(())
        })?;
        let (mut taken, mut given) = (0, 0);
        for id in &hidden {
            taken += usize::from(catalogue.set_status(id, Status::Withheld)?);
        }
        for (id, status) in free {
            given += usize::from(catalogue.set_status(&id, status)?);
        }
        Ok((taken, given))
    }
}

impl Rule {
    fn is_about_text(&self) -> bool {
        matches!(self, Self::TextDigest(_) | Self::Text { .. })
    }

    /// Whether it names the document itself, whatever it holds.
    fn names(&self, document: &Document) -> bool {
        match self {
            Self::Page(key) => match &document.origin {
                Origin::Web { url } => url.key() == *key,
                Origin::Import { .. } => {
                    let link = document.url.as_deref().and_then(|url| PageUrl::parse(url).ok());
                    link.is_some_and(|link| link.key() == *key)
                }
            },
            Self::Document(id) => document.id == *id,
            Self::TextDigest(_) | Self::PayloadDigest(_) | Self::Text { .. } => false,
        }
    }

    /// Whether it speaks of what stands in a title and a text.
    fn reads(&self, title: &str, text: &str) -> bool {
        match self {
            Self::TextDigest(digest) => {
                HEXLOWER.encode(&Sha256::digest(text.as_bytes())) == *digest
            }
            Self::Text { plain, folded } => [title, text].iter().any(|held| {
                held.contains(plain)
                    || (!folded.is_empty() && unspaced(&fold(held).text).contains(folded))
            }),
            Self::Page(_) | Self::Document(_) | Self::PayloadDigest(_) => false,
        }
    }
}

/// Folded text without blanks, so that numbers in groups are found as well; paragraphs stay apart.
fn unspaced(folded: &str) -> String {
    folded.replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(target: Target, title: &str, text: &str) -> bool {
        let (reason, date) = ("probe".to_owned(), "2026-11-22".parse().unwrap());
        let entries = vec![crate::config::TakedownEntry { target, reason, date }];
        let list = TakenDown::new(&Takedown { entries, is_doubtful: false });
        list.rules[0].reads(title, text)
    }

    #[test]
    fn a_string_is_found_as_printed_and_in_other_spellings() {
        let string = || Target::Text("手机(Tel) 13800000000".to_owned());
        assert!(reads(string(), "", "联系：手机（ＴＥＬ）13800000000。"));
        assert!(reads(string(), "手机(Tel) 13800000000", ""));
        assert!(!reads(string(), "手机(Tel)", "13800000000"), "not across title and text");
        assert!(!reads(string(), "", "手机(Tel)\n\n13800000000"), "not across paragraphs");
        assert!(reads(Target::Text("云汀".to_owned()), "", "雲汀市"));
    }

    #[test]
    fn a_text_is_known_by_its_digest() {
        let digest = HEXLOWER.encode(&Sha256::digest("正文。".as_bytes()));
        assert!(reads(Target::TextDigest(digest.clone()), "题", "正文。"));
        assert!(!reads(Target::TextDigest(digest), "题", "正文"));
    }

    #[test]
    fn another_list_has_another_mark() {
        let list = |text: &str| {
            let (reason, date) = ("probe".to_owned(), "2026-11-22".parse().unwrap());
            let target = Target::Text(text.to_owned());
            let entries = vec![crate::config::TakedownEntry { target, reason, date }];
            TakenDown::new(&Takedown { entries, is_doubtful: false }).mark()
        };
        assert_eq!(TakenDown::default().mark(), 0);
        assert!(list("灵洲") > 0 && list("灵洲") != list("青岚"));
    }
}
