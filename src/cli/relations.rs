//! What a document has to do with others, for the terminal.

use crate::catalogue::Catalogue;
use crate::model::{CitedName, DocumentId, Excerpt, Kinship, Relative};

/// Its group, editions and citations, line by line; nothing where it stands alone.
pub(crate) fn related(catalogue: &Catalogue, id: &DocumentId) -> anyhow::Result<Vec<String>> {
    let relations = catalogue.relations(id)?;
    let mut lines = Vec::new();
    if let Some(group) = &relations.group {
        lines.push(format!("group      {} documents", group.members.total));
        for (relative, kinship) in &group.members.first {
            let kind = kinship.map_or("first", Kinship::as_str);
            lines.push(format!("  {kind:<8} {}", told(relative)));
        }
    }
    for (name, list) in [("amends", &relations.amends), ("amended_by", &relations.amended_by)] {
        lines.extend(list.first.iter().map(|relative| format!("{name:<10} {}", told(relative))));
    }
    for (name, list) in [("cites", &relations.cites), ("cited_by", &relations.cited_by)] {
        lines.extend(citations(name, list));
    }
    Ok(lines)
}

fn citations(name: &str, list: &Excerpt<(Relative, CitedName)>) -> Vec<String> {
    let line = |(relative, by): &(Relative, CitedName)| {
        format!("{name:<10} {}   [{} {}]", told(relative), by.kind(), by.text())
    };
    let mut lines: Vec<String> = list.first.iter().map(line).collect();
    let more = list.total.saturating_sub(list.first.len() as u64);
    if more > 0 {
        lines.push(format!("{name:<10} … {more} more …"));
    }
    lines
}

fn told(relative: &Relative) -> String {
    let portal = relative.portal.as_deref().unwrap_or("-");
    let date = relative.date.map_or("-".to_owned(), |date| date.to_string());
    let title: String = relative.title.chars().filter(|c| !c.is_control()).take(80).collect();
    format!("{}  {date}  {portal}  {title}", relative.id)
}
