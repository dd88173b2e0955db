//! How long a host is left in peace after an answer: a multiple of what the answer took, and more when it is strained.

use std::time::Duration;

use crate::config::Politeness;

/// The pause is doubled at most this often.
const MOST_DOUBLINGS: u32 = 6;
/// A pause of nothing is doubled from here.
const FIRST_STEP: Duration = Duration::from_millis(50);
/// Good answers in a row that halve the pause again.
const GOOD_ANSWERS: u32 = 5;
/// An answer that took this many times what is usual on the host is a sign of strain …
const UNUSUAL: u32 = 4;
/// … where it took at least this long: below it, times say nothing.
const NOTICEABLE: Duration = Duration::from_millis(500);

/// The pace of one host.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    floor: Duration,
    ceiling: Duration,
    factor: u32,
    /// What answers usually take: a running mean.
    usual: Option<Duration>,
    doublings: u32,
    good: u32,
}

impl Pace {
    /// The pace the settings ask for.
    pub(crate) fn new(manners: &Politeness) -> Self {
        let (floor, ceiling) = (manners.delay, manners.delay_ceiling.max(manners.delay));
        Self { floor, ceiling, factor: manners.delay_factor, usual: None, doublings: 0, good: 0 }
    }

    /// The pause that holds whatever the host answers.
    pub(crate) fn floor(&self) -> Duration {
        self.floor
    }

    /// Raises the shortest pause; tells by how much.
    pub(crate) fn at_least(&mut self, pause: Duration) -> Duration {
        let more = pause.saturating_sub(self.floor);
        self.floor += more;
        self.ceiling = self.ceiling.max(self.floor);
        more
    }

    /// The pause after a request that took this long; `refused`: it was answered with 429 or 503.
    pub(crate) fn after(&mut self, took: Duration, refused: bool) -> Duration {
        let usual = self.usual.unwrap_or(took);
        let strained = refused || took > NOTICEABLE && took > usual * UNUSUAL;
        if !refused {
            self.usual = Some((usual * 7 + took) / 8);
        }
        if strained {
            (self.doublings, self.good) = ((self.doublings + 1).min(MOST_DOUBLINGS), 0);
        } else {
            self.good += 1;
            if self.good >= GOOD_ANSWERS {
                (self.doublings, self.good) = (self.doublings.saturating_sub(1), 0);
            }
        }
        self.pause(took)
    }

    fn pause(&self, took: Duration) -> Duration {
        let factor = if self.floor.is_zero() { 0 } else { self.factor };
        let pause = took.saturating_mul(factor).max(self.floor);
        let slowed = match self.doublings {
            0 => pause,
            times => pause.max(FIRST_STEP).saturating_mul(1 << times),
        };
        slowed.min(self.ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::portal;

    fn millis(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn pace(delay: u64, factor: u32, ceiling: u64) -> Pace {
        let mut manners = portal("http://a.gov.cn/").politeness;
        (manners.delay, manners.delay_factor, manners.delay_ceiling) =
            (millis(delay), factor, millis(ceiling));
        Pace::new(&manners)
    }

    #[test]
    fn the_pause_follows_the_answer_between_floor_and_ceiling() {
        let mut pace = pace(1000, 5, 10_000);
        for (took, pause) in [(10, 1000), (199, 1000), (400, 2000)] {
            assert_eq!(pace.after(millis(took), false), millis(pause), "{took}");
        }
        let mut slow = self::pace(1000, 5, 10_000);
        assert_eq!(slow.after(millis(60_000), false), millis(10_000));
        let mut none = self::pace(0, 5, 10_000);
        assert_eq!(none.after(millis(400), false), Duration::ZERO);
        let mut low = self::pace(20_000, 5, 10_000);
        assert_eq!(low.after(millis(1), true), millis(20_000), "the floor holds");
    }

    #[test]
    fn strain_doubles_the_pause_and_good_answers_halve_it() {
        let mut pace = pace(1000, 0, 60_000);
        assert_eq!(pace.after(millis(10), true), millis(2000));
        assert_eq!(pace.after(millis(10), true), millis(4000));
        let pauses: Vec<u128> =
            (0..11).map(|_| pace.after(millis(10), false).as_millis()).collect();
        assert_eq!(pauses, [4000, 4000, 4000, 4000, 2000, 2000, 2000, 2000, 2000, 1000, 1000]);
        for _ in 0..20 {
            assert!(pace.after(millis(10), true) <= millis(60_000));
        }
    }

    #[test]
    fn an_answer_far_slower_than_usual_is_strain() {
        let mut pace = pace(100, 0, 60_000);
        for took in [100, 110, 90, 100, 120] {
            pace.after(millis(took), false);
        }
        assert_eq!(pace.after(millis(450), false), millis(100), "slower, but not noticeably");
        assert_eq!(pace.after(millis(2000), false), millis(200));
        let mut zero = self::pace(0, 0, 60_000);
        assert_eq!(zero.after(millis(10), true), millis(100));
    }

    #[test]
    fn what_robots_txt_asks_for_raises_the_floor() {
        let mut pace = pace(1000, 0, 2000);
        assert_eq!(pace.at_least(millis(500)), Duration::ZERO);
        assert_eq!(pace.at_least(millis(5000)), millis(4000));
        assert_eq!(pace.after(millis(10), false), millis(5000));
    }
}
