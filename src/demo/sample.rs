//! The whole sample portal in memory: items sorted into columns, and what stands at which address.

use std::fmt::Write as _;
use std::{cmp::Reverse, collections::BTreeMap, sync::atomic::AtomicBool};

use anyhow::Context;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, Output, State, Value};

use crate::demo::FILES;
use crate::demo::content::{Item, ItemFile};
use crate::demo::forms::Forms;
use crate::demo::sites::{Cms, Site, Sites};
use crate::demo::text_file;

/// How many items a list page shows.
pub(crate) const PER_PAGE: usize = 15;

/// The sample portal: read once, then only asked.
#[derive(Debug)]
pub struct Sample {
    pub(crate) sites: Vec<Site>,
    pub(crate) forms: Forms,
    pub(crate) entries: Vec<Entry>,
    /// For each site and column the entries, newest first.
    pub(crate) columns: Vec<Vec<Vec<usize>>>,
    pub(crate) templates: Environment<'static>,
    addresses: BTreeMap<(String, String), Target>,
    /// Whether the portal has taken away what it will.
    pub(crate) has_withdrawn: AtomicBool,
}

/// An item at its place.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) site: usize,
    pub(crate) column: usize,
    /// Path of its page.
    pub(crate) path: String,
    pub(crate) item: Item,
}

/// What stands at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Start page of a host, by its number.
    Home(usize),
    /// List page: site, column, page from 0.
    List(usize, usize, usize),
    /// Page of an entry.
    Detail(usize),
    /// File of an entry: its number, the file's number.
    File(usize, usize),
}

impl Sample {
    /// Reads the data files that are compiled in; fails when they contradict each other.
    pub fn load() -> anyhow::Result<Self> {
        let sites: Sites =
            toml::from_str(text_file("sites.toml")?).context("tests/portal/sites.toml")?;
        let forms: Forms =
            toml::from_str(text_file("forms.toml")?).context("tests/portal/forms.toml")?;
        let entries = entries(&sites.site)?;
        let columns = sort_into_columns(&sites.site, &entries);
        let mut sample = Self {
            has_withdrawn: AtomicBool::new(false),
            sites: sites.site,
            forms,
            entries,
            columns,
            templates: templates()?,
            addresses: BTreeMap::new(),
        };
        sample.addresses = sample.all_addresses()?;
        Ok(sample)
    }

    /// What stands at a path of a host.
    pub fn target(&self, host: &str, path: &str) -> Option<&Target> {
        self.addresses.get(&(host.to_ascii_lowercase(), path.to_owned()))
    }

    /// Every address with what stands there, removed pages included.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, &str, &Target)> {
        self.addresses.iter().map(|((host, path), target)| (host.as_str(), path.as_str(), target))
    }

    /// The host names.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.sites.iter().map(|site| site.host.as_str())
    }

    /// How many list pages a column has; at least one.
    pub(crate) fn list_pages(&self, site: usize, column: usize) -> usize {
        self.columns[site][column].len().div_ceil(PER_PAGE).max(1)
    }

    /// Path of a list page.
    pub(crate) fn list_path(&self, site: usize, column: usize, page: usize) -> String {
        let (site, column) = (&self.sites[site], &self.sites[site].column[column]);
        let name = match (site.cms, page) {
            (_, 0) => format!("index.{}", site.extension),
            (Cms::Trs, _) => format!("index_{page}.{}", site.extension),
            (Cms::Plain, _) => format!("list_{}.{}", page + 1, site.extension),
        };
        format!("/{}/{name}", column.path)
    }

    /// Path of a file that an entry names.
    pub(crate) fn file_path(&self, entry: &Entry, file: usize) -> String {
        let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let ending = entry.item.attachments[file].file.rsplit('.').next().unwrap_or("txt");
        let (number, published) = (entry.item.number, entry.item.published);
        match self.sites[entry.site].cms {
            Cms::Trs => {
                let day = published.to_string().replace('-', "");
                format!("{folder}/P0{day}{number:08}{file:02}.{ending}")
            }
            Cms::Plain => format!("/upload/{}/{number}_{}.{ending}", published.year(), file + 1),
        }
    }

    fn all_addresses(&self) -> anyhow::Result<BTreeMap<(String, String), Target>> {
        let mut all = Vec::new();
        for (s, site) in self.sites.iter().enumerate() {
            all.push((s, "/".to_owned(), Target::Home(s)));
            for (c, column) in site.column.iter().enumerate() {
                all.push((s, format!("/{}/", column.path), Target::List(s, c, 0)));
                for page in 0..self.list_pages(s, c) {
                    all.push((s, self.list_path(s, c, page), Target::List(s, c, page)));
                }
            }
        }
        for (e, entry) in self.entries.iter().enumerate() {
            all.push((entry.site, entry.path.clone(), Target::Detail(e)));
            for file in 0..entry.item.attachments.len() {
                all.push((entry.site, self.file_path(entry, file), Target::File(e, file)));
            }
        }
        let mut addresses = BTreeMap::new();
        for (site, path, target) in all {
            let key = (self.sites[site].host.clone(), path);
            if let Some(other) = addresses.insert(key.clone(), target) {
                anyhow::bail!("two things at {}{}: the other is {other:?}", key.0, key.1);
            }
        }
        Ok(addresses)
    }
}

/// All items of all data files, in a fixed order.
fn entries(sites: &[Site]) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for folder in ["documents", "reports"] {
        let dir = FILES.get_dir(folder).with_context(|| format!("tests/portal/{folder}"))?;
        let mut files: Vec<_> = dir.files().collect();
        files.sort_by_key(|file| file.path());
        for file in files {
            let name = file.path().display();
            let text = file.contents_utf8().with_context(|| format!("{name} is no UTF-8"))?;
            let file: ItemFile = toml::from_str(text).with_context(|| name.to_string())?;
            let site = sites.iter().position(|site| site.id == file.site);
            let site = site.with_context(|| format!("{name}: no site {}", file.site))?;
            let column = sites[site].column.iter().position(|c| c.path == file.column);
            let column = column.with_context(|| format!("{name}: no column {}", file.column))?;
            entries.extend(file.item.into_iter().map(|item| {
                let path = page_path(&sites[site], &file.column, &item);
                Entry { site, column, path, item }
            }));
        }
    }
    Ok(entries)
}

/// Where the page of an item stands.
fn page_path(site: &Site, column: &str, item: &Item) -> String {
    let folder = item.folder.as_deref().unwrap_or(column);
    let (published, number) = (item.published, item.number);
    let day = published.to_string().replace('-', "");
    match site.cms {
        Cms::Trs => {
            format!("/{folder}/{}/t{day}_{number}.{}", &day[..6.min(day.len())], site.extension)
        }
        Cms::Plain => format!("/{folder}/{}/{number}.{}", published.year(), site.extension),
    }
}

fn sort_into_columns(sites: &[Site], entries: &[Entry]) -> Vec<Vec<Vec<usize>>> {
    let mut columns: Vec<Vec<Vec<usize>>> =
        sites.iter().map(|site| vec![Vec::new(); site.column.len()]).collect();
    for (e, entry) in entries.iter().enumerate() {
        columns[entry.site][entry.column].push(e);
    }
    for list in columns.iter_mut().flatten() {
        list.sort_by_key(|&e| Reverse((entries[e].item.published, entries[e].item.number)));
    }
    columns
}

/// The page templates, by their path under `templates/`.
fn templates() -> anyhow::Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_formatter(print_escaped);
    for folder in ["trs", "plain", "parts"] {
        let dir = FILES.get_dir(format!("templates/{folder}"));
        for file in dir.with_context(|| format!("templates/{folder}"))?.files() {
            let name = file.path().strip_prefix("templates")?.to_string_lossy().replace('\\', "/");
            let text = file.contents_utf8().with_context(|| format!("{name} is no UTF-8"))?;
            environment.add_template_owned(name, text.to_owned())?;
        }
    }
    Ok(environment)
}

/// Escapes what HTML needs escaped and no more: portals leave `/` as it is.
fn print_escaped(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(());
    }
    let text = value.to_string();
    if value.is_safe() {
        return Ok(out.write_str(&text)?);
    }
    for c in text.chars() {
        match c {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#x27;")?,
            c => out.write_char(c)?,
        }
    }
    Ok(())
}
