//! A document as the index takes it: folded once, its text shared by all lanes.

use std::{collections::BTreeSet, sync::Arc};

use tantivy::schema::{
    Field,
    document::{Document as IndexDocument, ReferenceValue, ReferenceValueLeaf, Value},
};

use crate::analysis::{append_folded, folded};
use crate::index::{
    gauge::Held,
    kinds,
    schema::{Fields, number_key},
};
use crate::model::{
    AttachedFile, DocNumber, Document, DocumentId, NumberYear, Sourced, is_region_code,
    region_lineage, spot_numbers,
};

/// The most characters of a theme, a genre or a note on validity that are counted as one value.
const LONGEST_PRINTED: usize = 40;

/// All that is indexed of one document.
#[derive(Debug)]
pub(super) struct Entry {
    fields: Arc<Fields>,
    /// Title, body and each part of each file, with barriers between: folded.
    text: String,
    /// Where the title ends in `text`.
    title_end: usize,
    agencies: String,
    keywords: Vec<(Field, String)>,
    numbers: Vec<(Field, Number)>,
    /// Counts as waiting to be written for as long as it lives.
    _held: Held,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
}

impl Entry {
    /// Folds a document and gathers its fields; `group` is the first of its group, `hold` is told how many bytes wait.
    pub(super) fn new(
        document: &Document,
        group: Option<&DocumentId>,
        fields: &Arc<Fields>,
        hold: impl FnOnce(usize) -> Held,
    ) -> Self {
        let length: usize = document.searchable().map(|part| part.len() + 1).sum();
        let mut text = String::with_capacity(length);
        append_folded(&document.title.value, &mut text);
        let title_end = text.len();
        document.searchable().skip(1).for_each(|part| append_folded(part, &mut text));
        let (mut keywords, mut numbers) = (Vec::new(), Vec::new());
        add_keywords(document, fields, &mut keywords);
        add_numbers(document, fields, &mut keywords, &mut numbers);
        add_days(document, fields, &mut numbers);
        numbers.extend(group.map(|id| (fields.group, Number::Unsigned(order(id.as_str())))));
        let held = hold(text.len());
        Self {
            fields: Arc::clone(fields),
            text,
            title_end,
            agencies: agency_text(document),
            keywords,
            numbers,
            _held: held,
        }
    }

    fn title(&self) -> &str {
        &self.text[..self.title_end]
    }

    /// Body and files; the barrier before them is no word.
    fn body(&self) -> &str {
        &self.text[self.title_end..]
    }
}

fn add_keywords(document: &Document, fields: &Fields, keywords: &mut Vec<(Field, String)>) {
    keywords.push((fields.id, document.id.to_string()));
    let lineage = document.category.value.lineage();
    keywords.extend(lineage.map(|path| (fields.category, path.to_owned())));
    keywords.extend(document.agencies.iter().map(|agency| (fields.agency, agency.clone())));
    keywords.extend(document.portal.iter().map(|portal| (fields.portal, portal.clone())));
    let region = document.region.iter().filter(|region| is_region_code(&region.value));
    let region = region.flat_map(|region| region_lineage(&region.value));
    keywords.extend(region.map(|code| (fields.region, code)));
    keywords.push((fields.status, document.status.as_str().to_owned()));
    add_printed(document, fields, keywords);
    let kind = |file: &AttachedFile| (fields.file, file.text.kind.as_str().to_owned());
    let files = document.attachments.iter().filter_map(|attachment| attachment.file.as_ref());
    keywords.extend(files.map(kind).collect::<BTreeSet<_>>());
}

/// Adds what is counted as it is printed; a text too long for that is a slip of reading, no value.
fn add_printed(document: &Document, fields: &Fields, keywords: &mut Vec<(Field, String)>) {
    let value = |value: &Option<Sourced<String>>| {
        let text = value.as_ref().map(|value| value.value.trim().to_owned());
        text.filter(|text| !text.is_empty() && text.chars().count() <= LONGEST_PRINTED)
    };
    if let Some(theme) = value(&document.theme_class) {
        let above = theme.split_once('/').map(|(above, _)| above.to_owned());
        keywords.extend(above.map(|above| (fields.theme, above)));
        keywords.push((fields.theme, theme));
    }
    keywords.extend(value(&document.genre).map(|genre| (fields.genre, genre)));
    keywords.extend(value(&document.validity).map(|validity| (fields.validity, validity)));
}

fn add_numbers(
    document: &Document,
    fields: &Fields,
    keywords: &mut Vec<(Field, String)>,
    numbers: &mut Vec<(Field, Number)>,
) {
    let own = document.doc_no.as_ref().map(|number| &number.value);
    if let Some(own) = own {
        keywords.push((fields.number, number_key(own)));
        keywords.push((fields.number_code, folded(&own.code)));
        keywords.push((fields.number_serial, own.serial.clone()));
        if let Some(NumberYear::Known(year)) = own.year {
            numbers.push((fields.number_year, Number::Unsigned(year.into())));
        }
    }
    let named = document.searchable().flat_map(spot_numbers).map(|spot| spot.number);
    let mut cited: Vec<DocNumber> = named.filter(|number| Some(number) != own).collect();
    cited.sort();
    cited.dedup();
    keywords.extend(cited.iter().map(|number| (fields.cited, number_key(number))));
}

fn add_days(document: &Document, fields: &Fields, numbers: &mut Vec<(Field, Number)>) {
    if let Some(year) = document.year() {
        numbers.push((fields.year, Number::Signed(year.into())));
    }
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    if let Some(date) = date {
        numbers.push((fields.day, Number::Signed(date.value.first_day())));
    }
    numbers.push((fields.kinds, Number::Unsigned(kinds::of(document))));
    numbers.push((fields.order, Number::Unsigned(order(document.id.as_str()))));
}

/// The first twelve characters of an id, five bits each.
fn order(id: &str) -> u64 {
    let value = |symbol: u8| u64::from(symbol.to_ascii_lowercase());
    id.bytes().take(12).fold(0, |order, symbol| {
        // Digits come before letters in the alphabet, and letters keep their order; five bits hold both.
        let place = match symbol {
            b'0'..=b'9' => value(symbol) - 48,
            _ => 10 + "abcdefghjkmnpqrstvwxyz".bytes().take_while(|&b| b < symbol).count() as u64,
        };
        order << 5 | place.min(31)
    })
}

fn agency_text(document: &Document) -> String {
    let mut text = String::new();
    let issuer = document.issuer.as_ref().map(|issuer| &issuer.value);
    for name in document.agencies.iter().chain(issuer) {
        append_folded(name, &mut text);
    }
    text
}

impl IndexDocument for Entry {
    type Value<'a> = Leaf<'a>;
    type FieldsValuesIter<'a> = std::vec::IntoIter<(Field, Leaf<'a>)>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let fields = &self.fields;
        let lanes = [
            (fields.grams, Leaf::Text(&self.text)),
            (fields.characters, Leaf::Text(&self.text)),
            (fields.title_characters, Leaf::Text(self.title())),
            (fields.title_words, Leaf::Text(self.title())),
            (fields.title_starts, Leaf::Text(self.title())),
            (fields.body_words, Leaf::Text(self.body())),
            (fields.agency_words, Leaf::Text(&self.agencies)),
        ];
        let keywords = self.keywords.iter().map(|(field, word)| (*field, Leaf::Text(word)));
        let numbers = self.numbers.iter().map(|(field, number)| (*field, Leaf::Number(*number)));
        lanes.into_iter().chain(keywords).chain(numbers).collect::<Vec<_>>().into_iter()
    }
}

/// A value on its way into tantivy.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaf<'a> {
    Text(&'a str),
    Number(Number),
}

impl<'a> Value<'a> for Leaf<'a> {
    type ArrayIter = std::iter::Empty<Self>;
    type ObjectIter = std::iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Self::Text(text) => ReferenceValueLeaf::Str(text),
            Self::Number(Number::Signed(number)) => ReferenceValueLeaf::I64(number),
            Self::Number(Number::Unsigned(number)) => ReferenceValueLeaf::U64(number),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{gauge::Gauge, testing::document};
    use crate::model::{CategoryPath, Evidence, Sourced};

    fn sourced<T>(value: T) -> Sourced<T> {
        Sourced::new(value, Evidence::Default)
    }

    #[test]
    fn every_known_field_is_given_and_no_other() {
        let (_, fields) = Fields::build();
        let fields = Arc::new(fields);
        let mut full = document(
            "1",
            "转发国办发〔2013〕73号的通知",
            "依据国办发[2013]73号、灵政办〔2020〕05号。",
        );
        full.agencies = vec!["灵洲市人民政府".into(), "青岚区人民政府".into()];
        full.issuer = Some(sourced("靈洲市人民政府辦公室".to_owned()));
        full.doc_no = Some(sourced(DocNumber::parse("灵政办〔2020〕5号").unwrap()));
        full.category.value = CategoryPath::new("work/emergency").unwrap();
        full.written_date = Some(sourced("2020-02".parse().unwrap()));
        let entry = Entry::new(&full, Some(&full.id), &fields, |bytes| Gauge::new(1).hold(bytes));
        let all: Vec<(Field, Leaf<'_>)> = entry.iter_fields_and_values().collect();
        let texts = |wanted: Field| -> Vec<&str> {
            let of = all.iter().filter(|(field, _)| *field == wanted);
            of.filter_map(|(_, leaf)| leaf.as_str()).collect()
        };
        assert_eq!(texts(fields.category), ["work", "work/emergency"]);
        assert_eq!(texts(fields.agency), ["灵洲市人民政府", "青岚区人民政府"]);
        assert_eq!(texts(fields.agency_words)[0].lines().last(), Some("灵洲市人民政府办公室"));
        assert_eq!(texts(fields.number), ["灵政办(2020)5号"]);
        assert_eq!(
            (texts(fields.number_code), texts(fields.number_serial)),
            (vec!["灵政办"], vec!["5"])
        );
        assert_eq!(texts(fields.cited), ["国办发(2013)73号"]);
        assert_eq!(texts(fields.title_words), ["转发国办发(2013)73号的通知"]);
        assert_eq!(texts(fields.portal), Vec::<&str>::new());
        let number = |wanted: Field| {
            let leaf = all.iter().find(|(field, _)| *field == wanted)?.1;
            leaf.as_i64().or_else(|| leaf.as_u64().and_then(|n| i64::try_from(n).ok()))
        };
        assert_eq!((number(fields.year), number(fields.day)), (Some(2020), Some(18_293)));
        assert_eq!(number(fields.number_year), Some(2020));
        assert_eq!(number(fields.group), number(fields.order), "the first of its own group");
    }

    #[test]
    fn the_order_of_ids_is_kept() {
        let mut ids =
            ["0123456789ab", "0123456789ac", "zzzzzzzzzzzz", "9zzzzzzzzzzz", "a00000000000"];
        ids.sort_unstable();
        assert!(ids.iter().zip(&ids[1..]).all(|(one, next)| order(one) < order(next)));
        assert_eq!(order("zzzzzzzzzzzz"), (1 << 60) - 1);
    }
}
