//! The theme classes of official documents (公文主题分类): part of `index/categories.toml`.

use std::collections::BTreeMap;

use crate::config::{reader::Reader, value::text};

/// The 22 classes with what is below them.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    classes: Vec<Theme>,
    /// Names without blanks and punctuation, to the place of the class and of what is below it.
    names: BTreeMap<String, Vec<(usize, Option<usize>)>>,
}

/// One class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name, such as 综合政务.
    pub name: String,
    /// Its sub-classes.
    pub below: Vec<String>,
}

/// What stands in each class besides what has a name; says nothing without the class.
const REST: &str = "其他";
/// One wrong character is forgiven in names at least this long, in characters; two in longer ones, such as
/// 劳动、认识、监察 for 劳动、人事、监察, which portals do print.
const FORGIVING: usize = 5;

impl Themes {
    /// All classes in their official order.
    pub fn all(&self) -> &[Theme] {
        &self.classes
    }

    /// The class behind a label as portals print it (`综合政务\政务公开`, `劳动、人事、监察`), with `/` before its
    /// sub-class; `None` where the label names none, or several.
    pub fn path(&self, label: &str) -> Option<String> {
        let steps = label.split(['\\', '/', '>', '-', '—', '－', '＞', '|']);
        let named: Vec<_> =
            steps.map(|step| self.places(step)).filter(|all| !all.is_empty()).collect();
        let class = named.iter().flatten().find(|(_, sub)| sub.is_none()).map(|(class, _)| *class);
        let subs = named.iter().flatten().filter_map(|(of, sub)| sub.map(|sub| (*of, sub)));
        let mut subs: Vec<_> =
            subs.filter(|(of, _)| class.is_none_or(|class| class == *of)).collect();
        subs.sort_unstable();
        subs.dedup();
        match (class, &subs[..]) {
            (_, [(class, sub)]) if self.is_certain(*class, *sub, &named) => {
                let class = self.classes.get(*class)?;
                Some(format!("{}/{}", class.name, class.below.get(*sub)?))
            }
            (Some(class), _) => self.classes.get(class).map(|class| class.name.clone()),
            _ => None,
        }
    }

    /// 其他 alone belongs everywhere.
    fn is_certain(&self, class: usize, sub: usize, named: &[Vec<(usize, Option<usize>)>]) -> bool {
        let is_rest = self
            .classes
            .get(class)
            .is_some_and(|class| class.below.get(sub).is_some_and(|sub| sub == REST));
        !is_rest || named.iter().flatten().any(|place| *place == (class, None))
    }

    /// What a step of a label can be: by its name, else by one that differs in one character.
    fn places(&self, step: &str) -> Vec<(usize, Option<usize>)> {
        let step = bare(step);
        if let Some(places) = self.names.get(&step) {
            return places.clone();
        }
        if step.chars().count() < FORGIVING || step.chars().count() > 40 {
            return Vec::new();
        }
        let length = step.chars().count();
        let close = |name: &str| {
            name.chars().count() >= FORGIVING
                && strsim::levenshtein(name, &step) <= if length > FORGIVING { 2 } else { 1 }
        };
        let near = self.names.iter().filter(|(name, _)| close(name));
        let mut near: Vec<_> = near.flat_map(|(_, places)| places.clone()).collect();
        near.sort_unstable();
        near.dedup();
        near
    }

    pub(super) fn read(file: &mut Reader<'_>) -> Self {
        let mut themes = Self::default();
        file.tables("theme", |table| themes.read_one(table));
        themes
    }

    fn read_one(&mut self, table: &mut Reader<'_>) {
        let name = table.required("name", &text("the name of the class"));
        let also = table.list("also", &text("another name of the class")).unwrap_or_default();
        let below = table.list("below", &text("a sub-class")).unwrap_or_default();
        let Some(name) = name else { return };
        if self.classes.iter().any(|class| class.name == name) {
            table.mistake("name", format!("{name:?} a second time"), "every class once");
        }
        let at = self.classes.len();
        for name in std::iter::once(&name).chain(&also) {
            self.names.entry(bare(name)).or_default().push((at, None));
        }
        for (sub, name) in below.iter().enumerate() {
            self.names.entry(bare(name)).or_default().push((at, Some(sub)));
        }
        self.classes.push(Theme { name, below });
    }
}

/// A name without blanks, punctuation and what it says it holds as well: 货币 for 货币(含外汇).
fn bare(name: &str) -> String {
    let name = name.split(['(', '（']).next().unwrap_or_default();
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::{Dirs, load};

    #[test]
    fn labels_of_portals_lead_to_classes() {
        let nowhere = std::path::PathBuf::from("no such folder");
        let loaded = load(&Dirs { crawler: nowhere.clone(), index: nowhere });
        assert_eq!(loaded.mistakes, []);
        let themes = loaded.config.categories.themes();
        assert_eq!(themes.all().len(), 22);
        let table = [
            (r"综合政务\政务公开", Some("综合政务/政务公开")),
            ("综合政务 / 公民", Some("综合政务")),
            ("政务公开", Some("综合政务/政务公开")),
            ("劳动、认识、监察", Some("劳动、人事、监察")),
            ("农业、林业、水利>农业、畜牧业、渔业", Some("农业、林业、水利/农业、畜牧业、渔业")),
            ("财政、金融、审计－货币（含外汇）", Some("财政、金融、审计/货币(含外汇)")),
            ("城乡建设、环境保护\\其他", Some("城乡建设、环境保护/其他")),
            ("其他", Some("其他")),
            ("机构职能", Some("国务院组织机构")),
            ("通知公告", None),
            ("", None),
        ];
        for (label, path) in table {
            assert_eq!(themes.path(label).as_deref(), path, "{label}");
        }
    }
}
