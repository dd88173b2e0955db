//! Characters that fonts of PDF files name instead of the ones that are meant.

use unicode_normalization::UnicodeNormalization;

/// Radicals of the supplement (U+2E80 …) that Unicode does not map to their characters, and the characters.
const RADICALS: [(char, char); 34] = [
    ('⺟', '母'),
    ('⺠', '民'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻑', '長'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻪', '黾'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻯', '竜'),
    ('⻰', '龙'),
    ('⻱', '龟'),
    ('⻳', '龟'),
    ('⺌', '小'),
    ('⺧', '牛'),
    ('⻌', '辶'),
];

/// The character that is meant: radicals and compatibility forms of Chinese characters become plain ones.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{2f00}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' => c.nfkc().next().unwrap_or(c),
        '\u{2e80}'..='\u{2eff}' => {
            RADICALS.iter().find(|(radical, _)| *radical == c).map_or(c, |(_, plain)| *plain)
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn radicals_become_characters() {
        let text: String = "⼀⾄⻓⻚A々".chars().map(super::plain).collect();
        assert_eq!(text, "一至长页A々");
    }
}
