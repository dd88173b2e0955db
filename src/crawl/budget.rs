//! What a portal may still be asked for today, and whether it may be asked at this hour.

use crate::config::Politeness;
use crate::model::{Moment, PublicDate, china_day};

/// What was asked of a portal in one day of China.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests.
    pub pages: u64,
    /// Bytes received, as sent.
    pub bytes: u64,
}

/// Counts what is asked of one portal, day by day.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    day: PublicDate,
    spent: Spent,
}

impl Budget {
    /// A budget of which that much is spent today.
    pub(crate) fn new(now: Moment, spent: Spent) -> Self {
        Self { day: china_day(now), spent }
    }

    /// Why nothing more may be asked now; `None` when it may.
    pub(crate) fn closed(&mut self, now: Moment, manners: &Politeness) -> Option<String> {
        self.turn_to(now);
        if let Some(quiet) = manners.quiet_hours.filter(|quiet| quiet.contain(now)) {
            return Some(format!("it is left alone from {quiet}, as its quiet hours say"));
        }
        if manners.daily_pages.is_some_and(|most| self.spent.pages >= most) {
            return Some(format!("its daily budget of {} requests is spent", self.spent.pages));
        }
        if manners.daily_bytes.is_some_and(|most| self.spent.bytes >= most) {
            return Some(format!("its daily budget is spent: {} bytes", self.spent.bytes));
        }
        None
    }

    /// A request is made.
    pub(crate) fn asked(&mut self, now: Moment) {
        self.turn_to(now);
        self.spent.pages += 1;
    }

    /// Bytes came.
    pub(crate) fn received(&mut self, bytes: u64) {
        self.spent.bytes += bytes;
    }

    fn turn_to(&mut self, now: Moment) {
        let day = china_day(now);
        if day != self.day {
            *self = Self { day, spent: Spent::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::testing::portal;

    #[test]
    fn a_budget_lasts_until_midnight_in_china() {
        let mut manners = portal("http://a.gov.cn/").politeness;
        (manners.daily_pages, manners.daily_bytes) = (Some(2), Some(100));
        let evening: Moment = "2025-06-01T15:59:00Z".parse().unwrap();
        let midnight: Moment = "2025-06-01T16:00:00Z".parse().unwrap();
        let mut budget = Budget::new(evening, Spent { pages: 1, bytes: 50 });
        assert_eq!(budget.closed(evening, &manners), None);
        budget.asked(evening);
        assert!(budget.closed(evening, &manners).unwrap().contains("2 requests"));
        assert_eq!(budget.closed(midnight, &manners), None);
        budget.received(100);
        assert!(budget.closed(midnight, &manners).unwrap().contains("100 bytes"));
    }
}
