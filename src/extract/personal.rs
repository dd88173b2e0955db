//! Personal data in a document: hidden in what is kept for the public; lists of recipients are told from other lists.

use std::collections::BTreeMap;

use crate::model::{Document, FileText, PublicDate, Warning, china_day};
use crate::text::{Personal, find_personal, mask_personal, mask_personal_cells};

/// Code of the warning that says what was hidden.
const HIDDEN: &str = "personal_data_hidden";

/// Hides personal data in title and text, which keep their length, and says how much of which kind was hidden.
///
/// Names are hidden in lists of recipients only ([`is_recipient_list`]).
pub fn hide_personal(document: &mut Document) {
    let names = is_recipient_list(document);
    let found = find_personal(&document.text, names);
    let in_title = find_personal(&document.title.value, false);
    if found.is_empty() && in_title.is_empty() {
        return;
    }
    let mut counts: BTreeMap<Personal, usize> = BTreeMap::new();
    for (_, kind) in found.iter().chain(&in_title) {
        *counts.entry(*kind).or_default() += 1;
    }
    let said = counts.iter().map(|(kind, count)| format!("{count} {}", words(*kind)));
    let said = said.collect::<Vec<_>>().join(", ");
    for table in &mut document.tables {
        mask_personal_cells(&mut table.rows, names);
    }
    document.text = mask_personal(&document.text, names).into_owned();
    document.title.value = mask_personal(&document.title.value, false).into_owned();
    document.warnings.push(Warning::new(HIDDEN, said));
}

/// The same for a file; names are hidden where the file itself reads like a list of recipients.
pub fn hide_personal_in_file(file: &mut FileText) {
    let whole = file.text();
    let says = |words: &[&str]| words.iter().any(|word| whole.contains(word));
    let names = has_names(&whole) && says(&BENEFITS) && says(&PUBLISHED);
    for part in &mut file.parts {
        part.text = mask_personal(&part.text, names).into_owned();
    }
}

/// Whether a text has a table with a column of names.
fn has_names(text: &str) -> bool {
    text.lines().any(|line| {
        line.contains('\t') && line.split('\t').any(|cell| squeezed(cell).ends_with("姓名"))
    })
}

fn words(kind: Personal) -> &'static str {
    match kind {
        Personal::Mobile => "mobile numbers",
        Personal::Identity => "identity numbers",
        Personal::BankCard => "bank cards",
        Personal::MailBox => "private mail boxes",
        Personal::Plate => "number plates",
        Personal::Name => "names of recipients",
    }
}

/// What is handed out to people by name.
const BENEFITS: [&str; 22] = [
    "低保",
    "最低生活保障",
    "补贴",
    "补助",
    "救助",
    "特困",
    "五保",
    "公租房",
    "廉租",
    "保障性住房",
    "经济适用住房",
    "危房改造",
    "助学",
    "资助",
    "优抚",
    "残疾",
    "高龄",
    "扶贫",
    "困难",
    "慰问",
    "孤儿",
    "临时生活",
];
/// What titles and columns call the publishing of a list.
const PUBLISHED: [&str; 6] = ["公示", "名单", "名册", "花名", "公布", "发放"];

/// Whether a document lists private persons who receive something: its title or column says both, and its text has
/// a column of names or its title calls it a list of names.
pub fn is_recipient_list(document: &Document) -> bool {
    let title = &document.title.value;
    let says = |words: &[&str]| {
        words.iter().any(|word| {
            title.contains(word)
                || document.category_labels.iter().any(|label| label.contains(word))
        })
    };
    let has_names = ["名单", "名册", "花名"].iter().any(|word| title.contains(word))
        || has_names(&document.text);
    says(&BENEFITS) && says(&PUBLISHED) && has_names
}

fn squeezed(cell: &str) -> String {
    cell.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The day from which the time runs that a list of recipients is shown: when it was published, else signed, else
/// captured; `None` for every other document.
pub fn recipients_since(document: &Document) -> Option<PublicDate> {
    if !is_recipient_list(document) {
        return None;
    }
    let date = document.published_date.as_ref().or(document.written_date.as_ref());
    Some(date.map_or_else(|| china_day(document.captured_at), |date| date.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Evidence, Moment, Origin, Sourced};

    fn document(title: &str, text: &str) -> Document {
        let origin = Origin::Import { set: "t".into(), id: title.into() };
        let title = Sourced::new(title.to_owned(), Evidence::Heading);
        Document::bare(origin, title, text.to_owned(), Moment::UNIX_EPOCH)
    }

    const LIST: &str = "序号\t姓名\t电话\n\n1\t张三丰\t13812345678";

    #[test]
    fn lists_of_recipients_are_told_from_other_lists() {
        for (title, text, expected) in [
            ("青岚区2020年低保对象公示", LIST, true),
            ("青岚区临时救助发放名单", "张三丰、李四", true),
            ("青岚区公务员拟录用人员公示", LIST, false),
            ("青岚区残疾人补贴发放办法", "第一条 为了规范补贴发放，制定本办法。", false),
            ("低保标准公布", "每人每月六百元。", false),
        ] {
            assert_eq!(is_recipient_list(&document(title, text)), expected, "{title}");
        }
    }

    #[test]
    fn hidden_data_is_counted_and_lists_are_shown_for_a_time() {
        let mut list = document("青岚区2020年低保对象公示", LIST);
        list.published_date = Some(Sourced::new("2020-03-01".parse().unwrap(), Evidence::Url));
        assert_eq!(recipients_since(&list), Some("2020-03-01".parse().unwrap()));
        hide_personal(&mut list);
        assert_eq!(list.text, "序号\t姓名\t电话\n\n1\t张＊＊\t***********");
        assert_eq!(list.warnings[0].detail, "1 mobile numbers, 1 names of recipients");
        let mut plain = document("通知", "电话0570-8012345。");
        hide_personal(&mut plain);
        assert_eq!((plain.text.as_str(), plain.warnings.len()), ("电话0570-8012345。", 0));
        assert_eq!(recipients_since(&plain), None);
    }
}
