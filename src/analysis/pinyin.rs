//! How characters are read: pinyin without tones, one reading or several.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Readings of one character that are looked at; rarer ones lead nowhere but to names and old texts.
const MOST_READINGS: usize = 3;
/// Ways to read a whole word that are looked at.
const MOST_SPELLINGS: usize = 4;

/// The readings of a character without tones, each once; none for what is no Han character.
pub fn readings(c: char) -> Vec<&'static str> {
    let mut readings: Vec<&'static str> =
        c.to_pinyin().map(pinyin::Pinyin::plain).into_iter().collect();
    for reading in c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain) {
        if !readings.contains(&reading) && readings.len() < MOST_READINGS {
            readings.push(reading);
        }
    }
    readings
}

/// The ways to spell a word in pinyin, the usual readings first; none when a character has no reading.
pub fn spellings(word: &str) -> Vec<String> {
    combined(word, |reading| reading)
}

/// The first letters of the readings of a word's characters: zfxx for 政府信息.
pub fn initials(word: &str) -> Vec<String> {
    combined(word, |reading| {
        let end = reading.chars().next().map_or(0, char::len_utf8);
        &reading[..end]
    })
}

fn combined(word: &str, part: impl Fn(&'static str) -> &'static str) -> Vec<String> {
    let mut all = vec![String::new()];
    for c in word.chars() {
        let mut parts: Vec<&str> = Vec::new();
        for reading in readings(c) {
            let part = part(reading);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let longer =
            |start: &String| parts.iter().map(|part| format!("{start}{part}")).collect::<Vec<_>>();
        all = all.iter().flat_map(longer).take(MOST_SPELLINGS).collect();
    }
    all.retain(|spelling| !spelling.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelled_by_all_usual_readings() {
        assert_eq!(spellings("公积金")[0], "gongjijin");
        assert!(spellings("重庆").contains(&"chongqing".to_owned()));
        assert!(spellings("银行").contains(&"yinhang".to_owned()));
        assert!(initials("烟花爆竹").contains(&"yhbz".to_owned()));
        assert_eq!(spellings("甲a"), Vec::<String>::new());
    }
}
