//! Lists of agencies, each kept once.

use std::collections::HashMap;

/// Lists of agencies by number; 0 is the empty list: unknown.
pub(super) struct Lists {
    agencies: HashMap<String, u32>,
    numbers: HashMap<Vec<u32>, u32>,
    all: Vec<Vec<u32>>,
}

impl Default for Lists {
    fn default() -> Self {
        let numbers = HashMap::from([(Vec::new(), 0)]);
        Self { agencies: HashMap::new(), numbers, all: vec![Vec::new()] }
    }
}

impl Lists {
    /// The number of a list of names; their order matters only for [`Lists::first`].
    pub(super) fn of_names(&mut self, names: &[String]) -> u32 {
        let mut list = Vec::with_capacity(names.len());
        for name in names {
            let next = u32::try_from(self.agencies.len()).unwrap_or(u32::MAX);
            let known = self.agencies.get(name).copied();
            let number = known.unwrap_or_else(|| {
                self.agencies.insert(name.clone(), next);
                next
            });
            list.push(number);
        }
        self.number(list)
    }

    fn number(&mut self, list: Vec<u32>) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if let Some(known) = self.numbers.get(&list) {
            return *known;
        }
        self.all.push(list.clone());
        self.numbers.insert(list, next);
        next
    }

    /// The first agency of a list.
    pub(super) fn first(&self, list: u32) -> Option<u32> {
        self.all[list as usize].first().copied()
    }

    /// Whether two lists have an agency in common, or one is unknown.
    pub(super) fn agree(&self, a: u32, b: u32) -> bool {
        let (left, right) = (&self.all[a as usize], &self.all[b as usize]);
        a == b || a == 0 || b == 0 || left.iter().any(|agency| right.contains(agency))
    }

    /// What two lists that agree have in common.
    pub(super) fn common(&mut self, a: u32, b: u32) -> u32 {
        if a == b || b == 0 {
            return a;
        }
        if a == 0 {
            return b;
        }
        let right = &self.all[b as usize];
        let common = self.all[a as usize].iter().filter(|agency| right.contains(agency));
        let mut common: Vec<u32> = common.copied().collect();
        common.sort_unstable();
        self.number(common)
    }
}
