//! Examples: an old text, a new text, and what a reader is told.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| Analyzer::new([]));

/// A diff as one line: `[-deleted-]`, `{+inserted+}`.
fn told(old: &str, new: &str) -> String {
    let pieces = ANALYZER.diff(old, new).blocks.into_iter().flat_map(|block| block.pieces);
    pieces.fold(String::new(), |told, piece| match piece {
        Piece::Same { new, .. } => told + &new,
        Piece::Deleted(text) => format!("{told}[-{text}-]"),
        Piece::Inserted(text) => format!("{told}{{+{text}+}}"),
    })
}

#[test]
fn words_are_told_not_characters() {
    for (old, new, want) in [
        (
            "自2019年5月15日起施行。",
            "自2020年5月15日起施行。",
            "自[-2019-]{+2020+}年5月15日起施行。",
        ),
        (
            "收到申请1,234.5件，上年结转7件。",
            "收到申请1,235.5件，上年结转7件。",
            "收到申请[-1,234.5-]{+1,235.5+}件，上年结转7件。",
        ),
        ("灵政办〔2020〕1号　通知", "灵政办[2020]1号通知", "灵政办[2020]1号通知"),
        (
            "第一段。\n\n第二段。",
            "第一段。\n\n新的一段。\n\n第二段。",
            "第一段。\n\n{+新的一段。\n\n+}第二段。",
        ),
        ("第一段。\n\n第二段。", "第二段。", "[-第一段。\n\n-]第二段。"),
    ] {
        assert_eq!(told(old, new), want);
    }
}

#[test]
fn what_was_rewritten_is_told_whole() {
    let (old, new) = ("请各部门按月报送材料。", "本办法由市司法局负责解释，各区参照执行！");
    assert_eq!(told(old, new), format!("[-{old}-]{{+{new}+}}"));
}

#[test]
fn another_spelling_is_no_change_but_both_are_kept() {
    let diff = ANALYZER.diff("（⑴）國務院 辦公廳", "(⑴)国务院办公厅");
    assert!(diff.blocks.iter().all(|block| !block.is_changed));
    assert_eq!(diff.counts(), (0, 0));
    assert_eq!(diff.blocks[0].pieces[0].old_text(), "（⑴）國務院 辦公廳");
    assert_eq!(diff.blocks[0].pieces[0].new_text(), "(⑴)国务院办公厅");
}

#[test]
fn too_much_is_compared_coarsely_and_says_so() {
    let line = |seed: usize, n: usize| format!("第{}条甲{}，乙{}。", n, n * seed, n + seed);
    let text = |seed: usize, count: usize| (0..count).map(|n| line(seed, n)).collect::<String>();
    let few = ANALYZER.diff(&text(3, 50), &text(7, 50));
    assert_eq!(few.grain, Grain::Words);
    let many = ANALYZER.diff(&text(3, 1500), &text(7, 1500));
    assert_eq!(many.grain, Grain::Sentences);
    let more = ANALYZER.diff(&text(3, 9000), &text(7, 9000));
    assert_eq!(more.grain, Grain::Paragraphs);
    let paragraphs = |seed: usize| (0..9000).map(|n| line(seed, n) + "\n\n").collect::<String>();
    let lines = ANALYZER.diff(&paragraphs(3), &paragraphs(7));
    assert_eq!(lines.grain, Grain::Paragraphs);
    assert!(lines.blocks[0].is_changed);
}

fn mixed_text() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "政府",
        "信息公开",
        "國務院",
        "2020",
        "1,234.5",
        "年",
        "（",
        "〔",
        "①",
        "⑴",
        "㎡",
        "…",
        "。",
        "；",
        "\n\n",
        "\n",
        " ",
        "\u{3000}",
        "\u{200b}",
        "¨",
        "a",
        "İ",
        "pm2.5",
        "，",
    ]);
    proptest::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn both_texts_are_in_it_to_the_character(old in mixed_text(), new in mixed_text()) {
        let diff = ANALYZER.diff(&old, &new);
        let pieces = || diff.blocks.iter().flat_map(|block| &block.pieces);
        prop_assert_eq!(pieces().map(Piece::old_text).collect::<String>(), old);
        prop_assert_eq!(pieces().map(Piece::new_text).collect::<String>(), new);
        for piece in pieces() {
            if let Piece::Same { old, new } = piece {
                prop_assert_eq!(crate::analysis::folded(old), crate::analysis::folded(new));
            }
        }
    }
}
