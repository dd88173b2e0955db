//! The fields of the index, by name and kind.

use tantivy::schema::{
    FAST, Field, INDEXED,
    IndexRecordOption::{self, Basic, WithFreqs, WithFreqsAndPositions},
    STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::analysis::folded;
use crate::model::DocNumber;

/// Handles of all fields; unknown values are absent, never empty.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// Document id: a keyword, and the only thing stored.
    pub id: Field,
    /// The first 60 bits of the id as a number, `u64` column: breaks ties the same way in every index.
    pub order: Field,
    /// Character lane: pairs of neighbours with positions, over title, barrier, body; and every barrier by itself.
    pub grams: Field,
    /// Character lane: single characters, documents only, over the same text.
    pub characters: Field,
    /// Single characters of the title, documents only. Longer strings of it stand in `grams` before the first barrier.
    pub title_characters: Field,
    /// Words of the title; frequencies and lengths, no positions.
    pub title_words: Field,
    /// What the title says from each of its words on, cut short: for suggestions.
    pub title_starts: Field,
    /// Words of the body; frequencies and lengths, no positions.
    pub body_words: Field,
    /// Words of all agencies' names and of the issuer as printed; frequencies and lengths, no positions.
    pub agency_words: Field,
    /// Its own document number, as [`number_key`] writes it: a keyword.
    pub number: Field,
    /// Code of its own number, folded: a keyword.
    pub number_code: Field,
    /// Year of its own number, `u64`; absent for orders and masked years.
    pub number_year: Field,
    /// Serial of its own number: a keyword.
    pub number_serial: Field,
    /// Numbers its text names, without its own, as [`number_key`] writes them: keywords.
    pub cited: Field,
    /// Category path and every path above it: keywords and a text column with several values.
    pub category: Field,
    /// Year, `i64`: term and column.
    pub year: Field,
    /// Plain names of all agencies, unfolded: keywords and a text column with several values.
    pub agency: Field,
    /// Portal id: keyword and text column.
    pub portal: Field,
    /// Region code and those of the divisions above it: keywords and a text column with several values.
    pub region: Field,
    /// Theme class, and with its sub-class: keywords and a text column with several values.
    pub theme: Field,
    /// Genre: keyword and text column.
    pub genre: Field,
    /// Kinds of the attached files: keywords and a text column with several values.
    pub file: Field,
    /// Whether it is in force, as printed: keyword and text column.
    pub validity: Field,
    /// Status as its word: keyword and text column.
    pub status: Field,
    /// What kind of document it is, `u64` column: bits such as [`crate::index::GUIDE`], added up.
    pub kinds: Field,
    /// The first 60 bits of the id of the first of its group of copies and forms, `u64` column; absent where it is alone.
    pub group: Field,
    /// What documents are sorted by in time, `i64` column: first day it can mean of the published, else of the written
    /// date, in days since 1970.
    pub day: Field,
}

/// Names of the tokenizers, one for each way of cutting.
pub(super) const GRAMS: &str = "grams";
pub(super) const CHARACTERS: &str = "characters";
pub(super) const WORDS: &str = "words";
pub(super) const STARTS: &str = "starts";

impl Fields {
    /// Adds every field to a schema.
    pub(super) fn build() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let fields = Self {
            id: schema.add_text_field("id", STRING | STORED),
            order: schema.add_u64_field("order", FAST),
            grams: schema.add_text_field("grams", cut(GRAMS, WithFreqsAndPositions)),
            characters: schema.add_text_field("characters", cut(CHARACTERS, Basic)),
            title_characters: schema.add_text_field("title_characters", cut(CHARACTERS, Basic)),
            title_words: schema.add_text_field("title_words", words()),
            title_starts: schema.add_text_field("title_starts", cut(STARTS, Basic)),
            body_words: schema.add_text_field("body_words", words()),
            agency_words: schema.add_text_field("agency_words", words()),
            number: schema.add_text_field("number", keyword()),
            number_code: schema.add_text_field("number_code", keyword()),
            number_year: schema.add_u64_field("number_year", INDEXED),
            number_serial: schema.add_text_field("number_serial", keyword()),
            cited: schema.add_text_field("cited", keyword()),
            category: schema.add_text_field("category", counted()),
            year: schema.add_i64_field("year", INDEXED | FAST),
            agency: schema.add_text_field("agency", counted()),
            portal: schema.add_text_field("portal", counted()),
            region: schema.add_text_field("region", counted()),
            theme: schema.add_text_field("theme", counted()),
            genre: schema.add_text_field("genre", counted()),
            file: schema.add_text_field("file", counted()),
            validity: schema.add_text_field("validity", counted()),
            status: schema.add_text_field("status", counted()),
            kinds: schema.add_u64_field("kinds", FAST),
            group: schema.add_u64_field("group", FAST),
            day: schema.add_i64_field("day", FAST),
        };
        (schema.build(), fields)
    }
}

/// Terms as a tokenizer cuts them, without lengths.
fn cut(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(record)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// Words with their frequencies and the length of the field, for ranking.
fn words() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(WORDS)
        .set_index_option(WithFreqs)
        .set_fieldnorms(true);
    TextOptions::default().set_indexing_options(indexing)
}

/// One term for the whole value, unscored.
fn keyword() -> TextOptions {
    cut("raw", Basic)
}

/// A keyword that is counted as a facet.
fn counted() -> TextOptions {
    keyword().set_fast("raw")
}

/// A document number as the fields `number` and `cited` hold it: its normal form, folded, so that any spelling and any
/// script meet.
pub fn number_key(number: &DocNumber) -> String {
    folded(&number.to_string())
}
