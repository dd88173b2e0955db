//! Texts dressed up for search engines, as hijacked sites serve them: readings in brackets after single characters.

use std::sync::LazyLock;

use regex::Regex;

static READING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\p{Han}[（(][a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}[）)]").ok());

/// So many readings are no accident.
const READINGS: usize = 6;
/// They stand closer than one in so many characters.
const APART: usize = 120;

/// Whether a text is full of pinyin behind single characters, such as `政(zheng)府(fu)`.
pub(super) fn is_cloaked(text: &str) -> bool {
    let Some(reading) = READING.as_ref() else { return false };
    // Without brackets before small letters there is nothing to count.
    let begins = |(at, bracket): (usize, &str)| {
        text[at + bracket.len()..].starts_with(|c: char| c.is_lowercase())
    };
    if text.match_indices(['(', '（']).filter(|found| begins(*found)).count() < READINGS {
        return false;
    }
    let readings = reading.find_iter(text).take(text.len() / APART + READINGS).count();
    readings >= READINGS && readings * APART > text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_give_it_away() {
        assert!(is_cloaked("政(zheng)府(fu)信息公(gong)開(kai)規(guī)范(fàn)報(bào)告"));
        assert!(!is_cloaked("灵洲市（lingzhou）数据（data）平台公开办法"));
        let long = format!("{}甲(jia)乙(yi)丙(bing)丁(ding)戊(wu)己(ji)", "文".repeat(2000));
        assert!(!is_cloaked(&long));
    }
}
