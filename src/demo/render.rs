//! Entries → HTML, by the templates under `tests/portal/templates/`.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::demo::content::{Form, Item, Report};
use crate::demo::forms::{Block, RequestRow, StatisticsRow};
use crate::demo::sample::{Entry, PER_PAGE, Sample};
use crate::demo::sites::{Charset, Cms, DateStyle, Field, Site};
use crate::model::PublicDate;

impl Sample {
    /// Start page of a host: its columns and the newest items of each.
    pub(crate) fn render_home(&self, site: usize) -> Option<String> {
        let columns: Vec<Value> = (0..self.sites[site].column.len())
            .map(|column| {
                let newest = self.columns[site][column].iter().take(5);
                context! {
                    name => self.sites[site].column[column].name.as_str(),
                    path => self.list_path(site, column, 0),
                    links => newest.map(|&entry| self.link(entry)).collect::<Vec<_>>(),
                }
            })
            .collect();
        self.fill(&self.sites[site], "home", context! { columns })
    }

    /// One page of a column's list.
    pub(crate) fn render_list(&self, site: usize, column: usize, page: usize) -> Option<String> {
        let entries = self.columns[site][column].iter().skip(page * PER_PAGE).take(PER_PAGE);
        let pages = self.list_pages(site, column);
        let path = |page| self.list_path(site, column, page);
        let values = context! {
            column => self.column_values(site, column),
            links => entries.map(|&entry| self.link(entry)).collect::<Vec<_>>(),
            pages,
            page,
            previous => page.checked_sub(1).map(path),
            next => (page + 1 < pages).then(|| path(page + 1)),
        };
        self.fill(&self.sites[site], "list", values)
    }

    /// Page of an entry.
    pub(crate) fn render_detail(&self, entry: usize) -> Option<String> {
        let entry = &self.entries[entry];
        let (site, item) = (&self.sites[entry.site], &entry.item);
        let metadata: Vec<Value> = site
            .metadata
            .fields
            .iter()
            .map(|(label, field)| shown(site, item, label, *field))
            .collect();
        let files: Vec<Value> = (0..item.attachments.len())
            .map(|file| {
                let name = &item.attachments[file].name;
                context! { name => name.as_str(), path => self.file_path(entry, file) }
            })
            .collect();
        let values = context! {
            column => self.column_values(entry.site, entry.column),
            title => item.title.as_str(),
            issuer => item.issuer.as_str(),
            source => item.source.as_deref().unwrap_or(&item.issuer),
            doc_no => item.doc_no.as_deref(),
            keywords => item.keywords.as_deref(),
            published => item.published.to_string(),
            minute => format!("{} 09:{:02}", item.published, item.number % 60),
            signed => (!item.unsigned).then(|| han_date(item.written.unwrap_or(item.published))),
            layout => site.metadata.layout.as_str(),
            metadata,
            files,
            parts => self.parts(entry),
        };
        self.fill(site, "detail", values)
    }

    /// What a host shows where nothing is.
    pub(crate) fn render_missing(&self, site: &Site) -> Option<String> {
        self.fill(site, "missing", context! {})
    }

    fn fill(&self, site: &Site, template: &str, values: Value) -> Option<String> {
        let template = match template {
            "missing" => "parts/missing.html".to_owned(),
            name => format!("{}/{name}.html", site.cms.folder()),
        };
        let charset = match site.charset {
            Charset::Utf8 => "utf-8",
            Charset::Gbk => "gb2312",
        };
        let site = context! {
            name => site.name.as_str(), host => site.host.as_str(), owner => site.owner.as_str(),
            code => site.code.as_str(), meta => site.meta, ext => site.extension.as_str(), charset,
        };
        let template = self.templates.get_template(&template).ok()?;
        template.render(context! { site, ..values }).ok()
    }

    fn column_values(&self, site: usize, column: usize) -> Value {
        let path = self.list_path(site, column, 0);
        let column = &self.sites[site].column[column];
        context! {
            name => column.name.as_str(), above => column.above.clone(),
            kind => column.kind.as_str(), path,
        }
    }

    /// A link in a list: title cut as the host cuts it, with the whole one beside.
    fn link(&self, entry: usize) -> Value {
        let entry = &self.entries[entry];
        let (site, title) = (&self.sites[entry.site], &entry.item.title);
        let cut = site.cut > 0 && title.chars().count() > site.cut;
        let shown: String =
            if cut { title.chars().take(site.cut).chain(['…']).collect() } else { title.clone() };
        let href = match site.cms {
            Cms::Trs => relative(entry, &site.column[entry.column].path),
            Cms::Plain => entry.path.clone(),
        };
        context! {
            shown, title => title.as_str(), href, path => entry.path.as_str(),
            date => entry.item.published.to_string(),
        }
    }

    /// The text as a row of parts: paragraphs, headings and tables.
    fn parts(&self, entry: &Entry) -> Vec<Value> {
        let mut parts = Vec::new();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for line in entry.item.text.lines().chain([""]) {
            if let Some(row) = line.strip_prefix('|') {
                rows.push(
                    row.trim_end_matches('|').split('|').map(|c| c.trim().to_owned()).collect(),
                );
                continue;
            }
            if !rows.is_empty() {
                parts.push(context! { kind => "table", rows => std::mem::take(&mut rows) });
            }
            if let Some(name) = line.strip_prefix("@table ") {
                parts.extend(entry.item.report.as_ref().and_then(|r| self.table(name, r)));
            } else if let Some(heading) = line.strip_prefix("# ") {
                parts.push(context! { kind => "heading", text => heading });
            } else if !line.is_empty() {
                parts.push(context! { kind => "paragraph", text => line });
            }
        }
        parts
    }

    fn table(&self, name: &str, report: &Report) -> Option<Value> {
        let revised = report.form == Form::Tables2021;
        let forms = &self.forms;
        Some(match name {
            "statistics" if report.form == Form::Province2013 => {
                statistics(&forms.province2013, report)
            }
            "statistics" => statistics(&forms.national2014, report),
            "disclosure" if revised => disclosure(&forms.disclosure2021, report),
            "disclosure" => disclosure(&forms.disclosure2019, report),
            "requests" if revised => requests(&forms.requests2021, report),
            "requests" => requests(&forms.requests2019, report),
            "disputes" => {
                let cells: Vec<String> = forms.disputes.iter().map(|k| cell(report, k)).collect();
                context! { kind => "disputes", cells }
            }
            _ => return None,
        })
    }
}

fn statistics(form: &[StatisticsRow], report: &Report) -> Value {
    let rows: Vec<Vec<String>> = form
        .iter()
        .map(|row| {
            let value = row.key.as_ref().map_or_else(String::new, |key| cell(report, key));
            vec![row.label.clone(), row.unit.clone(), value]
        })
        .collect();
    context! { kind => "statistics", rows, year => report.year }
}

fn disclosure(form: &[Block], report: &Report) -> Value {
    let width = form.iter().map(|block| block.columns.len()).max().unwrap_or(1);
    let blocks: Vec<Value> = form
        .iter()
        .map(|block| {
            let rows: Vec<Vec<String>> = block
                .rows
                .iter()
                .map(|(label, keys)| {
                    [label.clone()].into_iter().chain(keys.iter().map(|k| cell(report, k))).collect()
                })
                .collect();
            let spare = width - block.columns.len();
            context! { article => block.article.as_str(), columns => block.columns.clone(), rows, spare }
        })
        .collect();
    context! { kind => "disclosure", blocks, width }
}

fn requests(form: &[RequestRow], report: &Report) -> Value {
    let rows: Vec<Value> = form
        .iter()
        .map(|row| {
            let numbers = report.requests.get(&row.key).copied().unwrap_or_default();
            let cells = numbers.map(|n| if report.blank { String::new() } else { n.to_string() });
            let heads: Vec<Value> = row
                .cells
                .iter()
                .map(|head| context! { text => head.text.as_str(), rows => head.rows, cols => head.cols })
                .collect();
            context! { heads, cells => cells.to_vec() }
        })
        .collect();
    context! { kind => "requests", rows }
}

/// A cell as printed: 0 when the data file leaves it out.
fn cell(report: &Report, key: &str) -> String {
    let figures: &BTreeMap<_, _> = &report.figures;
    match figures.get(key) {
        Some(figure) => figure.to_string(),
        None if report.blank => String::new(),
        None => "0".to_owned(),
    }
}

/// Address of an entry as TRS lists write it: relative to the column where that is possible.
fn relative(entry: &Entry, column: &str) -> String {
    match entry.path.strip_prefix(&format!("/{column}/")) {
        Some(rest) => format!("./{rest}"),
        None => entry.path.clone(),
    }
}

/// A line of the metadata box.
fn shown(site: &Site, item: &Item, label: &str, field: Field) -> Value {
    let date = |day: PublicDate| match site.metadata.dates {
        DateStyle::Iso => day.to_string(),
        DateStyle::Han => han_date(day),
    };
    let value = match field {
        Field::IndexNo => item.index_no.clone(),
        Field::Theme => item.theme.clone(),
        Field::Genre => item.genre.clone(),
        Field::Issuer => Some(item.issuer.clone()),
        Field::Written => item.written.map(date),
        Field::Published => Some(date(item.published)),
        Field::DocNo => item.doc_no.clone(),
        Field::Title => Some(item.title.clone()),
        Field::Validity => item.validity.clone(),
        Field::Keywords => item.keywords.clone(),
        Field::OpenMode => Some("主动公开".to_owned()),
        Field::Empty => None,
    };
    context! { label, value => value.unwrap_or_default() }
}

/// A date as texts write it.
fn han_date(day: PublicDate) -> String {
    let month = day.month().map(|month| format!("{month}月"));
    let number = day.day().map(|day| format!("{day}日"));
    format!("{}年{}{}", day.year(), month.unwrap_or_default(), number.unwrap_or_default())
}
