//! What hits can be narrowed by.

/// A property of documents that is counted and filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// Category path; a path takes in everything below it.
    Category,
    /// Theme class (主题分类): a class, or a class and its sub-class with `/` between.
    Theme,
    /// Year of four digits.
    Year,
    /// Plain name of an agency.
    Agency,
    /// Code of a division; a code takes in everything below it.
    Region,
    /// Portal id.
    Portal,
    /// Genre (体裁).
    Genre,
    /// Kind of an attached file, such as `pdf`.
    File,
    /// Whether it is still published.
    Status,
    /// Whether it is in force (有效性), as printed.
    Validity,
}

impl Facet {
    /// How many there are.
    pub const COUNT: usize = 10;

    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Category,
        Self::Theme,
        Self::Year,
        Self::Agency,
        Self::Region,
        Self::Portal,
        Self::Genre,
        Self::File,
        Self::Status,
        Self::Validity,
    ];

    /// Its name: that of the filter, of the parameter, and of the column in the index.
    pub fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Theme => "theme",
            Self::Year => "year",
            Self::Agency => "agency",
            Self::Region => "region",
            Self::Portal => "portal",
            Self::Genre => "genre",
            Self::File => "file",
            Self::Status => "status",
            Self::Validity => "validity",
        }
    }

    /// The facet of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.name() == name)
    }

    /// Whether its values stand below each other.
    pub fn is_tree(self) -> bool {
        matches!(self, Self::Category | Self::Theme | Self::Region)
    }
}

/// One thing for each facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerFacet<T>([T; Facet::COUNT]);

impl<T> PerFacet<T> {
    /// That of one facet.
    pub fn of(&self, facet: Facet) -> &T {
        &self.0[facet as usize]
    }

    /// That of one facet, to be changed.
    pub fn of_mut(&mut self, facet: Facet) -> &mut T {
        &mut self.0[facet as usize]
    }

    /// Each facet with its own.
    pub fn iter(&self) -> impl Iterator<Item = (Facet, &T)> {
        Facet::ALL.into_iter().zip(&self.0)
    }

    /// Each facet with its own, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Facet, &mut T)> {
        Facet::ALL.into_iter().zip(&mut self.0)
    }

    /// Takes out that of one facet.
    pub fn take(&mut self, facet: Facet) -> T
    where
        T: Default,
    {
        std::mem::take(self.of_mut(facet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_facet_has_its_place() {
        assert!(Facet::ALL.iter().enumerate().all(|(at, facet)| *facet as usize == at));
        assert!(Facet::ALL.iter().all(|facet| Facet::named(facet.name()) == Some(*facet)));
    }
}
