//! Which characters are Han.

/// Code points whose Unicode script is Han (Unicode 16), first and last of each range, in order.
const HAN: [(u32, u32); 22] = [
    (0x2E80, 0x2E99),
    (0x2E9B, 0x2EF3),
    (0x2F00, 0x2FD5),
    (0x3005, 0x3005),
    (0x3007, 0x3007),
    (0x3021, 0x3029),
    (0x3038, 0x303B),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFA6D),
    (0xFA70, 0xFAD9),
    (0x16FE2, 0x16FE3),
    (0x16FF0, 0x16FF1),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B739),
    (0x2B740, 0x2B81D),
    (0x2B820, 0x2CEA1),
    (0x2CEB0, 0x2EBE0),
    (0x2EBF0, 0x2EE5D),
    (0x2F800, 0x2FA1D),
    (0x30000, 0x3134A),
    (0x31350, 0x323AF),
];

/// Whether a character's Unicode script is Han: ideographs, `〇` and `々`, but no punctuation.
#[inline]
pub fn is_han(c: char) -> bool {
    if matches!(c, '\u{4E00}'..='\u{9FFF}') {
        return true;
    }
    let code = u32::from(c);
    code >= HAN[0].0 && HAN.iter().any(|&(first, last)| (first..=last).contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_are_those_of_the_script() {
        let script = regex::Regex::new(r"^\p{Han}$").unwrap();
        let mut buffer = [0; 4];
        for c in '\0'..=char::MAX {
            assert_eq!(
                is_han(c),
                script.is_match(c.encode_utf8(&mut buffer)),
                "{:x}",
                u32::from(c)
            );
        }
    }
}
