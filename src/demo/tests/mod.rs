//! What the sample portal promises, checked on all of its data.

mod documents;
mod lists;
mod reports;
mod serving;

use std::sync::LazyLock;

use crate::demo::Sample;
use crate::model::{Answer, Headers};

/// Read once for all tests.
static SAMPLE: LazyLock<Sample> = LazyLock::new(|| Sample::load().unwrap());

fn get(host: &str, path: &str) -> Answer {
    SAMPLE.answer(host, path, &Headers::default())
}

/// The page as text, decoded the way its host encodes.
fn text_of(host: &str, answer: &Answer) -> String {
    if host.starts_with("mzj.") {
        let (text, _, wrong) = encoding_rs::GBK.decode(answer.body.start());
        assert!(!wrong, "{host}: no GBK");
        return text.into_owned();
    }
    String::from_utf8(answer.body.start().to_vec()).unwrap()
}
