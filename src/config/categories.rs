//! The canonical categories, and which words of portals lead to them.

use regex::Regex;

use crate::config::{
    Themes,
    reader::Reader,
    value::{pattern, text, text_where},
};
use crate::model::CategoryPath;

/// The canonical tree: `index/categories.toml`.
#[derive(Clone, Debug, Default)]
pub struct Categories {
    all: Vec<Category>,
    /// Every column word with the place of its category in `all`, longest word first.
    words: Vec<(String, usize)>,
    /// Labels that name an agency, and say nothing about a category.
    agency_labels: Option<Regex>,
    /// The theme classes (主题分类).
    themes: Themes,
}

/// One category.
#[derive(Clone, Debug)]
pub struct Category {
    /// Its path; what it belongs under stands before it.
    pub path: CategoryPath,
    /// Its Chinese name.
    pub name: String,
    /// Titles that are of it whatever the labels say.
    forced: Vec<Regex>,
    /// Titles that are of it when no label says anything.
    titles: Vec<Regex>,
    /// Titles that are of it when no other pattern matches either.
    fallback: Vec<Regex>,
}

/// A category with what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The category.
    pub path: CategoryPath,
    /// Which evidence decided.
    pub by: MappedBy,
}

/// What decided about a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappedBy {
    /// The label at this place of those handed in holds the word.
    Label {
        /// Place among the labels, from 0.
        at: usize,
        /// The column word of `index/categories.toml`.
        word: String,
    },
    /// The words of the title matched a pattern.
    Title {
        /// What of the title matched.
        matched: String,
    },
}

impl Categories {
    /// The category of a document: labels in order of evidence, best first, and its title.
    ///
    /// A title that can only be of one category decides first; then the first label that holds a column word, the
    /// longest word counting; then a title that is mostly of one category. A label of Latin letters is a step of an
    /// address (`zfxxgknb`) and must be the whole word. Hand in the innermost step of a trail first, and a theme class
    /// (主题分类) last or not at all: it says what a document is about, not what it is. `None` when nothing applies.
    pub fn map(&self, labels: &[String], title: &str) -> Option<Mapped> {
        let by_label =
            || labels.iter().enumerate().find_map(|(at, label)| self.by_label(at, label));
        by_title(&self.all, title, |category| &category.forced)
            .or_else(by_label)
            .or_else(|| by_title(&self.all, title, |category| &category.titles))
            .or_else(|| by_title(&self.all, title, |category| &category.fallback))
    }

    /// The theme classes of official documents.
    pub fn themes(&self) -> &Themes {
        &self.themes
    }

    /// The Chinese name of a category.
    pub fn name(&self, path: &CategoryPath) -> Option<&str> {
        self.all.iter().find(|category| category.path == *path).map(|category| &*category.name)
    }

    /// Whether there is such a category.
    pub fn has(&self, path: &CategoryPath) -> bool {
        self.name(path).is_some()
    }

    /// All categories in the order of the file, which is the order to show them in.
    pub fn all(&self) -> impl Iterator<Item = &Category> {
        self.all.iter()
    }

    fn by_label(&self, at: usize, label: &str) -> Option<Mapped> {
        let label: String = label.chars().filter(|c| !c.is_whitespace()).collect();
        if self.agency_labels.as_ref().is_some_and(|agency| agency.is_match(&label)) {
            return None;
        }
        let holds = |word: &str| {
            if word.is_ascii() { label.eq_ignore_ascii_case(word) } else { label.contains(word) }
        };
        let (word, place) = self.words.iter().find(|(word, _)| holds(word))?;
        let by = MappedBy::Label { at, word: word.clone() };
        Some(Mapped { path: self.all[*place].path.clone(), by })
    }

    pub(super) fn read(file: &mut Reader<'_>) -> Self {
        let agency_labels = file.optional("agency_labels", &pattern());
        let mut categories = Self { agency_labels, ..Self::default() };
        file.tables("category", |table| categories.read_one(table));
        categories.themes = Themes::read(file);
        let other = CategoryPath::other();
        if !categories.has(&other) {
            file.mistake("category", "without \"other\"", "a category for what fits nowhere else");
        }
        categories.words.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        categories
    }

    fn read_one(&mut self, table: &mut Reader<'_>) {
        let expected = "steps of a-z, 0-9 and `_` with `/` between, such as \"work/emergency\"";
        let path =
            table.required("path", &text_where(expected, |t| CategoryPath::new(t).is_some()));
        let name = table.required("name", &text("the Chinese name of the category"));
        let words = table.list("words", &text("a word of column names")).unwrap_or_default();
        let forced = table.list("forced_titles", &pattern()).unwrap_or_default();
        let titles = table.list("titles", &pattern()).unwrap_or_default();
        let fallback = table.list("fallback_titles", &pattern()).unwrap_or_default();
        let Some((path, name)) = path.and_then(|path| CategoryPath::new(&path)).zip(name) else {
            return;
        };
        self.check_path(table, &path);
        for word in words {
            if let Some((_, place)) = self.words.iter().find(|(known, _)| *known == word) {
                let first = self.all.get(*place).map_or(&path, |category| &category.path);
                table.mistake(
                    "words",
                    format!("{word:?} again, which leads to {first}"),
                    "every word once in the file",
                );
            }
            self.words.push((word, self.all.len()));
        }
        self.all.push(Category { path, name, forced, titles, fallback });
    }

    fn check_path(&self, table: &Reader<'_>, path: &CategoryPath) {
        if self.has(path) {
            table.mistake("path", format!("\"{path}\" a second time"), "every category once");
        }
        if let Some((parent, _)) = path.as_str().rsplit_once('/')
            && !CategoryPath::new(parent).is_some_and(|parent| self.has(&parent))
        {
            table.mistake(
                "path",
                format!("\"{path}\""),
                format!("the category \"{parent}\" before it"),
            );
        }
    }
}

fn by_title(
    all: &[Category],
    title: &str,
    patterns: impl Fn(&Category) -> &[Regex],
) -> Option<Mapped> {
    all.iter().find_map(|category| {
        let found = patterns(category).iter().find_map(|pattern| pattern.find(title))?;
        let by = MappedBy::Title { matched: found.as_str().to_owned() };
        Some(Mapped { path: category.path.clone(), by })
    })
}
