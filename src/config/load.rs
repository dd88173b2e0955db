//! Loads every curated file and puts the values together.

use std::path::Path;

use crate::config::{
    Agencies, Categories, CorrectionEntry, Crawler, DictionaryWord, Dirs, Mistake, Portal, Ranking,
    Regions, RosterEntry, Synonym, Takedown, dictionary,
    reader::{Reader, Sheet},
    source::{Folder, Source},
    synonyms,
};

/// All curated files as one value, whole and checked.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// How the crawler behaves.
    pub crawler: Crawler,
    /// The portals that are right, by id.
    pub portals: Vec<Portal>,
    /// The canonical categories.
    pub categories: Categories,
    /// Words for the segmenter.
    pub dictionary: Vec<DictionaryWord>,
    /// Words that stand for each other in questions.
    pub synonyms: Vec<Synonym>,
    /// Weights for the ranking.
    pub ranking: Ranking,
    /// Divisions of China.
    pub regions: Regions,
    /// Agencies, their short names and what they became.
    pub agencies: Agencies,
    /// Figures of annual reports that were read wrongly.
    pub corrections: Vec<CorrectionEntry>,
    /// Agencies that must publish annual reports.
    pub roster: Vec<RosterEntry>,
    /// What must not be shown.
    pub takedown: Takedown,
}

/// What loading gave: usable values, and everything that was wrong.
///
/// A portal with a mistake is left out; elsewhere a wrong value is replaced by the one compiled in.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// What is right.
    pub config: Config,
    /// What is not, by file and line.
    pub mistakes: Vec<Mistake>,
}

/// Loads all curated files.
pub fn load(dirs: &Dirs) -> Loaded {
    let (crawler, index) = (Folder::crawler(&dirs.crawler), Folder::index(&dirs.index));
    let mut loader = Loader::default();
    let mut config = Config {
        crawler: loader.settings(&crawler, "defaults.toml", Crawler::read),
        categories: loader.categories(&index),
        dictionary: loader.dictionary(&index),
        synonyms: loader.synonyms(&index),
        ranking: loader.settings(&index, "ranking.toml", Ranking::read),
        regions: loader.regions(&index),
        agencies: loader.agencies(&index),
        corrections: loader.table(&index, "corrections.toml", CorrectionEntry::read_all),
        roster: loader.table(&index, "roster.toml", RosterEntry::read_all),
        takedown: loader.takedown(&crawler),
        portals: Vec::new(),
    };
    config.portals = loader.portals(&crawler, &config);
    loader.mistakes.extend(crawler.unread(
        &["defaults.toml", "takedown.toml"],
        "defaults.toml or takedown.toml here, portals in portals/",
    ));
    loader.mistakes.extend(index.unread(
        &["agencies.toml", "categories.toml", "corrections.toml", "ranking.toml", "roster.toml"],
        "agencies.toml, categories.toml, corrections.toml, ranking.toml or roster.toml",
    ));
    loader.mistakes.sort();
    Loaded { config, mistakes: loader.mistakes }
}

impl Config {
    /// Reads one more portal from its text, over these defaults; `path` gives it its id and names it in mistakes.
    pub fn read_portal(&self, path: &Path, text: &str) -> Result<Portal, Vec<Mistake>> {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        let (portal, sheet) =
            Sheet::read(&source, |file| Portal::read(file, path, &self.crawler, &self.categories));
        let mistakes = sheet.into_mistakes();
        if mistakes.is_empty() { portal.flatten().ok_or(mistakes) } else { Err(mistakes) }
    }
}

#[derive(Default)]
struct Loader {
    mistakes: Vec<Mistake>,
}

impl Loader {
    /// A file of settings: the copy compiled in, then what the folder's own file says.
    fn settings<T: Default>(
        &mut self,
        folder: &Folder<'_>,
        name: &str,
        read: impl Fn(&mut T, &mut Reader<'_>),
    ) -> T {
        let mut settings = T::default();
        if let Some(source) = folder.compiled_in(name) {
            Sheet::read(&source, |file| read(&mut settings, file));
        }
        if let Some(source) = self.file(folder, name) {
            let (_, sheet) = Sheet::read(&source, |file| read(&mut settings, file));
            self.mistakes.extend(sheet.into_mistakes());
        }
        settings
    }

    fn categories(&mut self, folder: &Folder<'_>) -> Categories {
        self.table(folder, "categories.toml", Categories::read)
    }

    fn agencies(&mut self, folder: &Folder<'_>) -> Agencies {
        self.table(folder, "agencies.toml", Agencies::read)
    }

    /// A file that counts as a whole: the folder's own, or the copy compiled in where that is no TOML.
    fn table<T: Default>(
        &mut self,
        folder: &Folder<'_>,
        name: &str,
        read: impl Fn(&mut Reader<'_>) -> T,
    ) -> T {
        let own = self.file(folder, name).and_then(|source| {
            let (table, sheet) = Sheet::read(&source, &read);
            self.mistakes.extend(sheet.into_mistakes());
            table
        });
        own.unwrap_or_else(|| {
            let compiled = folder.compiled_in(name);
            compiled.and_then(|source| Sheet::read(&source, &read).0).unwrap_or_default()
        })
    }

    fn dictionary(&mut self, folder: &Folder<'_>) -> Vec<DictionaryWord> {
        let Some(source) = self.file(folder, "dictionary.txt") else { return Vec::new() };
        let (words, mistakes) = dictionary::read(&source);
        self.mistakes.extend(mistakes);
        words
    }

    fn synonyms(&mut self, folder: &Folder<'_>) -> Vec<Synonym> {
        let Some(source) = self.file(folder, "synonyms.txt") else { return Vec::new() };
        let (synonyms, mistakes) = synonyms::read(&source);
        self.mistakes.extend(mistakes);
        synonyms
    }

    fn regions(&mut self, folder: &Folder<'_>) -> Regions {
        let Some(source) = self.file(folder, "regions.tsv") else { return Regions::default() };
        let (regions, mistakes) = Regions::read(&source);
        self.mistakes.extend(mistakes);
        regions
    }

    /// The takedown list; one that cannot be read is doubtful as a whole.
    fn takedown(&mut self, folder: &Folder<'_>) -> Takedown {
        let before = self.mistakes.len();
        let file = self.file(folder, "takedown.toml");
        let (mut takedown, mistakes) =
            file.map(|source| Takedown::read(&source)).unwrap_or_default();
        self.mistakes.extend(mistakes);
        takedown.is_doubtful = self.mistakes.len() > before;
        takedown
    }

    fn portals(&mut self, folder: &Folder<'_>, config: &Config) -> Vec<Portal> {
        let mut portals = Vec::new();
        for source in folder.toml_files("portals") {
            let read = source.map_err(|mistake| vec![mistake]).and_then(|source| {
                let portal = config.read_portal(&source.path, &source.text)?;
                Ok((!is_template(&source)).then_some(portal))
            });
            match read {
                Ok(portal) => portals.extend(portal),
                Err(mistakes) => self.mistakes.extend(mistakes),
            }
        }
        portals
    }

    /// The file of that name; one that cannot be read is a mistake.
    fn file(&mut self, folder: &Folder<'_>, name: &str) -> Option<Source> {
        folder.file(name).unwrap_or_else(|mistake| {
            self.mistakes.push(mistake);
            None
        })
    }
}

/// Whether a portal file only shows how one is written.
fn is_template(source: &Source) -> bool {
    source.path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with('_'))
}
