//! Why a document answers a question, or does not, for the terminal.

use crate::cli::say;
use crate::search::{DocumentPart, Explanation, LeafExplanation, LeafPlace};

pub(super) fn print(told: &Explanation) {
    say(format_args!("read as: {}", told.reading));
    for leaf in &told.leaves {
        print_leaf(leaf);
    }
    match (told.indexed, told.listed) {
        (false, _) => say("the document is not in the index"),
        (true, false) => print_miss(told),
        (true, true) => say(format_args!("listed, score {:.3}:", told.score)),
    }
    for part in &told.parts {
        say(format_args!("  {:>8.3}  {} {}", part.adds, part.kind, part.what));
    }
}

fn print_leaf(leaf: &LeafExplanation) {
    let wanted = if leaf.wanted { "wanted" } else { "excluded" };
    let held = if leaf.held { "held" } else { "not held" };
    let LeafExplanation { kind, what, documents, .. } = leaf;
    say(format_args!("  {kind} {what} ({wanted}): {held}; {documents} documents hold it"));
    if !leaf.ways.is_empty() {
        say(format_args!("    said as: {}", leaf.ways.join("; ")));
    }
    for LeafPlace { part, count } in &leaf.places {
        let part = match part {
            DocumentPart::Title => "title".to_owned(),
            DocumentPart::Text => "text".to_owned(),
            DocumentPart::File(file) => format!("{} {}", file.attachment, file.page),
        };
        let part: String = part.chars().filter(|c| !c.is_control()).collect();
        say(format_args!("    {count} × in {}", part.trim_end()));
    }
}

fn print_miss(told: &Explanation) {
    say("the document is not listed");
    if !told.failing.is_empty() {
        let allowed = match told.missing_allowed {
            0 => String::new(),
            most => format!(" (up to {most} may be missing, and less than half of what was asked)"),
        };
        say(format_args!("  it fails by: {}{allowed}", told.failing.join("; ")));
    }
    if !told.stopped_by.is_empty() {
        let names: Vec<&str> = told.stopped_by.iter().map(|facet| facet.name()).collect();
        say(format_args!("  filters keep it out: {}", names.join(", ")));
    }
}
