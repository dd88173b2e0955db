//! Shingles: a text as the set of all strings of five characters in it, to tell how much two texts share.
//!
//! A. Broder, "On the resemblance and containment of documents" (1997): the resemblance of two texts is the share of
//! shingles that both have among those that either has, and the least value of a hash over a set is a sample of it.

use sha2::{Digest, Sha256};

use crate::text::fold_into;

/// Characters of a shingle.
const WIDTH: usize = 5;
/// Numbers of a [`Sketch`]; each stands for five samples.
///
/// Two texts share a number by chance of resemblance^5. So of pairs with a resemblance of 0.9 one in 7,000 shares none
/// of ten, with 0.85 one in 350, with 0.8 one in 53; of unrelated ones practically all.
pub const BANDS: usize = 10;
const ROWS: usize = 5;
/// Characters of a text that are compared; the rest of longer ones only counts for [`Essence::digest`].
const LONGEST: usize = 1_000_000;

/// Ten numbers; texts that resemble each other have one or more in the same place in common.
pub type Sketch = [u32; BANDS];

/// What of a text counts when copies are compared: letters, digits, Han characters, and points inside numbers, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Essence(String);

impl Essence {
    /// Adds a text behind those that are there.
    pub fn push(&mut self, text: &str) {
        let mut folded = String::new();
        fold_into(text, &mut folded);
        let mut rest = folded.chars().peekable();
        let mut after_digit = false;
        while let Some(c) = rest.next() {
            let is_point = c == '.' && after_digit && rest.peek().is_some_and(char::is_ascii_digit);
            if c.is_alphanumeric() || is_point {
                self.0.push(c);
            }
            after_digit = c.is_ascii_digit();
        }
    }

    /// The essence of one text.
    pub fn of(text: &str) -> Self {
        let mut essence = Self::default();
        essence.push(text);
        essence
    }

    /// The characters that count.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many they are.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// A number that only equal essences share, but for one chance in 2⁶⁴.
    pub fn digest(&self) -> i64 {
        digest(&self.0)
    }

    /// Its shingles.
    pub fn shingles(&self) -> Shingles {
        let mut window = 0_u128;
        let mut all = Vec::with_capacity(self.0.len() / 3);
        for (place, c) in self.0.chars().take(LONGEST).enumerate() {
            window = (window << 21 | u128::from(u32::from(c))) & ((1 << (21 * WIDTH)) - 1);
            if place + 1 >= WIDTH {
                all.push(mixed(low(window) ^ mixed(low(window >> 64))));
            }
        }
        all.sort_unstable();
        all.dedup();
        Shingles(all)
    }
}

/// 64 bits of the SHA-256 of a string.
pub fn digest(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |bits, byte| bits << 8 | i64::from(*byte))
}

/// How much two texts share, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likeness {
    /// The share of shingles that both have among those that either has.
    pub resemblance: f64,
    /// The share of the shingles of the one with fewer that the other has too.
    pub containment: f64,
}

/// The set of shingles of a text, as hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles(Vec<u64>);

impl Shingles {
    /// How much two texts share; nothing where one has no shingles.
    pub fn likeness(&self, other: &Self) -> Likeness {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0_usize;
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => _ = left.next(),
                std::cmp::Ordering::Greater => _ = right.next(),
                std::cmp::Ordering::Equal => {
                    common += 1;
                    left.next();
                    right.next();
                }
            }
        }
        let (less, more) = (self.0.len().min(other.0.len()), self.0.len().max(other.0.len()));
        if less == 0 {
            return Likeness::default();
        }
        let share = |of: usize| float(common) / float(of);
        Likeness { resemblance: share(less + more - common), containment: share(less) }
    }

    /// The sketch of the set.
    pub fn sketch(&self) -> Sketch {
        let factors: [u64; BANDS * ROWS] = std::array::from_fn(|place| mixed(place as u64 + 1) | 1);
        let mut least = [u32::MAX; BANDS * ROWS];
        for shingle in &self.0 {
            for (least, factor) in least.iter_mut().zip(&factors) {
                *least = (*least).min((shingle.wrapping_mul(*factor) >> 32) as u32);
            }
        }
        std::array::from_fn(|band| {
            let rows = &least[band * ROWS..(band + 1) * ROWS];
            (rows.iter().fold(0, |sum, row| mixed(sum ^ u64::from(*row))) >> 32) as u32
        })
    }
}

/// The lower half of a number.
fn low(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default()
}

/// A count of shingles, of which there are a million at most.
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Spreads the bits of a number (the finaliser of splitmix64).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spelling_and_layout_do_not_count_but_numbers_do() {
        let of = |text| Essence::of(text).digest();
        assert_eq!(
            of("各县（市、区）：\n\n請於3.5日內上報。"),
            of("各县(市、区):请于 ３.5 日内上报.")
        );
        assert_ne!(of("请于3.5日内上报"), of("请于35日内上报"));
        assert_ne!(of("2019年收到申请7件"), of("2019年收到申请8件"));
    }

    #[test]
    fn resemblance_is_the_share_of_common_shingles() {
        let of = |text| Essence::of(text).shingles();
        let both = |resemblance, containment| Likeness { resemblance, containment };
        assert_eq!(of("一二三四五六").likeness(&of("一二三四五六")), both(1.0, 1.0));
        assert_eq!(of("一二三四五六").likeness(&of("一二三四五七")), both(1.0 / 3.0, 0.5));
        assert_eq!(of("一二三四五六").likeness(&of("一二三四五")), both(0.5, 1.0));
        assert_eq!(of("一二三").likeness(&of("一二三")), both(0.0, 0.0), "too short to compare");
    }

    /// A text of random characters, and a copy in which some were replaced.
    fn texts() -> impl Strategy<Value = (String, String)> {
        let character = || proptest::char::range('一', '丿');
        let text = prop::collection::vec(character(), 200..600);
        let changes = prop::collection::vec((any::<prop::sample::Index>(), character()), 0..4);
        (text, changes).prop_map(|(text, changes)| {
            let mut copy = text.clone();
            for (place, c) in changes {
                let place = place.index(copy.len());
                copy[place] = c;
            }
            (text.into_iter().collect(), copy.into_iter().collect())
        })
    }

    proptest! {
        #[test]
        fn texts_that_resemble_each_other_share_a_number((text, copy) in texts()) {
            let (text, copy) = (Essence::of(&text).shingles(), Essence::of(&copy).shingles());
            prop_assume!(text.likeness(&copy).resemblance >= 0.95);
            let shared = text.sketch().iter().zip(copy.sketch()).filter(|(a, b)| **a == *b).count();
            prop_assert!(shared > 0);
        }
    }
}
