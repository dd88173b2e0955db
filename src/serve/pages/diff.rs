//! `GET /document/{id}/diff`: what changed between two versions, side by side and in one text.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State, rejection::PathRejection},
    response::Response,
};
use serde::Serialize;

use crate::analysis::{Block, Diff, Grain, Piece};
use crate::model::DocumentId;
use crate::serve::app::App;
use crate::serve::compared::{Compared, Wanted};
use crate::serve::dates;
use crate::serve::library::VersionMark;
use crate::serve::parameters::usable_pairs;
use crate::serve::problem::{NOT_FOUND, Problem};

/// The page of two versions.
pub(super) async fn diff(
    State(app): State<Arc<App>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(id) = id.map(|Path(id)| id).unwrap_or_default().parse::<DocumentId>() else {
        return app.pages.failed(&Problem::new(&NOT_FOUND, "this is no document id"));
    };
    let (wanted, view) = read(&query.unwrap_or_default());
    match app.ask(move |library| wanted.compare(library, &id)).await {
        Ok(Some(compared)) => app.pages.page("diff.html", View::new(id, view, compared)),
        Ok(None) => app.pages.failed(&Problem::new(&NOT_FOUND, "there are no such versions")),
        Err(problem) => app.pages.failed(&problem),
    }
}

/// How it is shown: both ways, of which a screen shows the one it has room for, or one.
const VIEWS: [&str; 3] = ["auto", "side", "inline"];

fn read(query: &str) -> (Wanted, &'static str) {
    let (mut wanted, mut view) = (Wanted::default(), VIEWS[0]);
    for (name, value) in usable_pairs(query) {
        match name.as_str() {
            "from" => wanted.from = value.parse().ok(),
            "to" => wanted.to = value.parse().ok(),
            "view" => view = VIEWS.into_iter().find(|known| *known == value).unwrap_or(view),
            _ => {}
        }
    }
    (wanted, view)
}

#[derive(Debug, Serialize)]
struct View {
    q: &'static str,
    id: String,
    #[serde(rename = "view")]
    shown: &'static str,
    from: usize,
    to: usize,
    from_at: String,
    to_at: String,
    title: String,
    /// The two titles as one, where they differ.
    titles: Option<Vec<Bit>>,
    deleted: usize,
    inserted: usize,
    /// Whether somewhere whole sentences or paragraphs were compared.
    is_coarse: bool,
    has_changes: bool,
    sections: Vec<Section>,
    versions: Vec<Version>,
}

/// A version to choose.
#[derive(Debug, Serialize)]
struct Version {
    number: usize,
    label: String,
}

/// Paragraphs that are the same, or a change three times over: the old text, the new one, both as one.
#[derive(Debug, Default, Serialize)]
struct Section {
    is_changed: bool,
    old: Vec<Vec<Bit>>,
    new: Vec<Vec<Bit>>,
    woven: Vec<Vec<Bit>>,
    /// Of what is the same: beside the change before it, far from changes, beside the change after it.
    lead: Vec<String>,
    far: Vec<String>,
    tail: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Bit {
    /// `same`, `deleted` or `inserted`.
    change: &'static str,
    text: String,
}

impl View {
    fn new(id: DocumentId, view: &'static str, compared: Compared) -> Self {
        let (deleted, inserted) = compared.text.counts();
        let Compared { all, from, to, title, text } = compared;
        let has_changes = text.blocks.iter().any(|block| block.is_changed);
        let titles = title.blocks.iter().any(|block| block.is_changed);
        let version = |mark: VersionMark| Version {
            label: format!("第 {} 版，{}", mark.number, dates::moment(mark.captured_at)),
            number: mark.number,
        };
        Self {
            q: "",
            id: id.to_string(),
            shown: view,
            from: from.number,
            to: to.number,
            from_at: dates::moment(from.captured_at),
            to_at: dates::moment(to.captured_at),
            title: to.title,
            titles: titles.then(|| title.blocks.iter().flat_map(|b| bits(&b.pieces)).collect()),
            deleted,
            inserted,
            is_coarse: text.grain > Grain::Words,
            has_changes,
            sections: sections(text),
            versions: all.into_iter().map(version).collect(),
        }
    }
}

fn sections(diff: Diff) -> Vec<Section> {
    let last = diff.blocks.len().saturating_sub(1);
    let section = |(index, block): (usize, Block)| {
        let pieces = bits(&block.pieces);
        if block.is_changed {
            let of = |change| pieces.iter().filter(move |bit| bit.change != change).cloned();
            return Section {
                is_changed: true,
                old: paragraphs(of("inserted")),
                new: paragraphs(of("deleted")),
                woven: paragraphs(pieces.iter().cloned()),
                ..Section::default()
            };
        }
        let all = paragraphs(pieces.into_iter());
        let mut far: Vec<String> =
            all.into_iter().map(|p| p.into_iter().map(|bit| bit.text).collect()).collect();
        let lead = if index > 0 && !far.is_empty() { vec![far.remove(0)] } else { vec![] };
        let tail = if index < last { far.pop().into_iter().collect() } else { vec![] };
        Section { lead, far, tail, ..Section::default() }
    };
    diff.blocks.into_iter().enumerate().map(section).collect()
}

fn bits(pieces: &[Piece]) -> Vec<Bit> {
    let bit = |piece: &Piece| {
        let (change, text) = match piece {
            Piece::Same { new, .. } => ("same", new),
            Piece::Deleted(text) => ("deleted", text),
            Piece::Inserted(text) => ("inserted", text),
        };
        Bit { change, text: text.clone() }
    };
    pieces.iter().map(bit).collect()
}

/// Bits by paragraph; those of nothing but white space are left out.
fn paragraphs(bits: impl Iterator<Item = Bit>) -> Vec<Vec<Bit>> {
    let mut all: Vec<Vec<Bit>> = vec![Vec::new()];
    for Bit { change, text } in bits {
        for (index, part) in text.split("\n\n").enumerate() {
            if index > 0 {
                all.push(Vec::new());
            }
            if let Some(paragraph) = all.last_mut().filter(|_| !part.trim().is_empty()) {
                paragraph.push(Bit { change, text: part.to_owned() });
            }
        }
    }
    all.retain(|paragraph| !paragraph.is_empty());
    all
}
