//! Personal data in running text, and how it is hidden: mobile numbers, identity numbers, bank cards, private mail
//! boxes, number plates, and the names in lists of recipients.
//!
//! Everything hidden is replaced by as many `*` as it has bytes or by leaving the rest in place, so a masked text is as
//! long as the text and every offset still holds. Officials, the land-lines of agencies and their mail stay.
//! Source: 个人信息保护法 art. 27 allows what was lawfully published to be processed within reason; these are the
//! kinds that reach beyond that (DOMAIN §8).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What kind of personal data was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// A mobile telephone number: 11 digits from 13 to 19.
    Mobile,
    /// An identity number of 18 characters whose check digit is right.
    Identity,
    /// The number of a bank card: 16 to 19 digits whose check digit is right.
    BankCard,
    /// The part before the `@` of a mail box with a private provider.
    MailBox,
    /// A number plate.
    Plate,
    /// A name in a list of recipients, but its first character.
    Name,
}

/// Where personal data stands in a text, in bytes, in order and apart; `names` says whether the text is a list of
/// recipients, whose columns of names count as well.
pub fn find_personal(text: &str, names: bool) -> Vec<(Range<usize>, Personal)> {
    let mut found: Vec<(Range<usize>, Personal)> = Vec::new();
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        found.extend(NUMBER.find_iter(text).filter_map(|run| number(text, run.range())));
        let plates = PLATE.find_iter(text).filter(|plate| stands_alone(text, &plate.range()));
        found.extend(plates.filter_map(|plate| plate_digits(plate.range(), plate.as_str())));
    }
    if text.contains('@') {
        found.extend(MAIL.captures_iter(text).filter_map(|mail| {
            let name = mail.get(1)?.range();
            is_private(mail.get(2)?.as_str()).then_some((name, Personal::MailBox))
        }));
    }
    if names {
        found.extend(names_of_rows(text).into_iter().map(|span| (span, Personal::Name)));
    }
    found.sort_by_key(|(span, _)| (span.start, span.end));
    let mut end = 0;
    found.retain(|(span, _)| {
        let apart = span.start >= end;
        end = if apart { span.end } else { end };
        apart
    });
    found
}

/// The text with its personal data hidden; as long as before, in bytes.
pub fn mask_personal(text: &str, names: bool) -> Cow<'_, str> {
    let found = find_personal(text, names);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
    for (span, _) in found {
        masked.push_str(&text[done..span.start]);
        masked.extend(text[span.clone()].chars().map(hidden));
        done = span.end;
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// Hides the personal data in the cells of a grid; with `names`, also those below a cell 姓名.
pub fn mask_personal_cells(rows: &mut [Vec<String>], names: bool) {
    let mut columns: Vec<usize> = Vec::new();
    for row in rows {
        let headers = row.iter().enumerate().filter(|(_, cell)| names && is_name_header(cell));
        let headers: Vec<usize> = headers.map(|(at, _)| at).collect();
        for (at, cell) in row.iter_mut().enumerate() {
            let mut masked = mask_personal(cell, false).into_owned();
            if let Some(span) = name(cell).filter(|_| headers.is_empty() && columns.contains(&at)) {
                let hidden: String = masked[span.clone()].chars().map(hidden).collect();
                masked.replace_range(span, &hidden);
            }
            *cell = masked;
        }
        if !headers.is_empty() {
            columns = headers;
        }
    }
}

/// What stands for a character that is hidden: as many bytes long.
fn hidden(character: char) -> &'static str {
    match character {
        ' ' => " ",
        '-' => "-",
        _ => match character.len_utf8() {
            1 => "*",
            2 => "··",
            3 => "＊",
            _ => "🞵",
        },
    }
}

/// Runs of digits that are parted by single blanks or hyphens at most, as people write long numbers.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"[0-9](?:[ -]?[0-9]){10,22}[Xx]?"));
static MAIL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"([A-Za-z0-9._%+-]{2,64})[@＠]([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"));
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•. ]?[A-HJ-NP-Z0-9]{4,6}",
    )
});

/// Mail providers for everybody.
const PRIVATE: [&str; 24] = [
    "qq.com",
    "163.com",
    "126.com",
    "sina.com",
    "sina.cn",
    "sina.com.cn",
    "foxmail.com",
    "yeah.net",
    "sohu.com",
    "139.com",
    "189.cn",
    "wo.cn",
    "tom.com",
    "21cn.com",
    "aliyun.com",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "live.cn",
    "msn.com",
    "gmail.com",
    "yahoo.com",
    "yahoo.com.cn",
    "icloud.com",
];

fn regex(pattern: &str) -> Regex {
    #[allow(clippy::expect_used, reason = "the patterns are constants, and a test compiles each")]
    Regex::new(pattern).expect("a constant pattern compiles")
}

fn is_private(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    PRIVATE.iter().any(|private| {
        host == *private || host.strip_suffix(private).is_some_and(|start| start == "vip.")
    })
}

/// What a run of digits is, if anything personal; a part of a longer number or word is nothing.
fn number(text: &str, run: Range<usize>) -> Option<(Range<usize>, Personal)> {
    if !stands_alone(text, &run) {
        return None;
    }
    let written = &text[run.clone()];
    let plain: String = written.chars().filter(char::is_ascii_alphanumeric).collect();
    if plain.len() == 18 && is_identity(&plain) {
        return Some((run, Personal::Identity));
    }
    if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        if is_card(&plain, &text[..run.start]) {
            return Some((run, Personal::BankCard));
        }
        return mobile(text, &run, &plain);
    }
    None
}

/// A mobile number, or the first of several that blanks part.
fn mobile(text: &str, run: &Range<usize>, plain: &str) -> Option<(Range<usize>, Personal)> {
    let digits = plain.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(plain);
    let is_mobile = digits.len() == 11
        && digits.starts_with('1')
        && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'));
    let grouped = groups(&text[run.clone()], digits.len());
    // 0571-1381234 5678 is a land-line with its area code.
    (is_mobile && grouped).then(|| {
        let skipped = plain.len() - digits.len();
        let start =
            text[run.clone()].char_indices().filter(|(_, c)| c.is_ascii_digit()).nth(skipped);
        (run.start + start.map_or(0, |(at, _)| at)..run.end, Personal::Mobile)
    })
}

/// Whether the groups of a number are those that mobile numbers are written in: 3-4-4, 3-8 or one.
fn groups(written: &str, digits: usize) -> bool {
    let lengths: Vec<usize> = written.split([' ', '-']).map(str::len).collect();
    let of_number = if written.len() > digits && lengths.first() == Some(&2) {
        &lengths[1..]
    } else {
        &lengths[..]
    };
    matches!(of_number, [11 | 13] | [3 | 5, 4, 4] | [3, 8])
}

/// Whether no letter, digit or hyphen touches a run: parts of longer numbers and of addresses are not meant.
fn stands_alone(text: &str, run: &Range<usize>) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '=' | '.');
    let before = text[..run.start].chars().next_back();
    let mut after = text[run.end..].chars();
    let next = after.next();
    // A full stop ends a sentence as well.
    let stop = next == Some('.') && !after.next().is_some_and(|c| c.is_ascii_alphanumeric());
    !before.is_some_and(joins) && (stop || !next.is_some_and(joins))
}

/// An identity number of GB 11643: region, birthday, serial, check character.
fn is_identity(number: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits: Option<Vec<u32>> = number.chars().take(17).map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits else { return false };
    let part = |from: usize, to: usize| digits[from..to].iter().fold(0, |n, d| n * 10 + d);
    let born = (1900..=2100).contains(&part(6, 10))
        && (1..=12).contains(&part(10, 12))
        && (1..=31).contains(&part(12, 14));
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = "10X98765432".chars().nth((sum % 11) as usize);
    born && digits[0] > 0 && check == number.chars().last().map(|c| c.to_ascii_uppercase())
}

/// A card of `UnionPay` by its number alone, one of another kind where the words before it say so; Luhn's check digit.
fn is_card(number: &str, before: &str) -> bool {
    let start = before.char_indices().rev().nth(11).map_or(0, |(at, _)| at);
    let said =
        ["卡号", "银行卡", "一卡通", "社保卡"].iter().any(|word| before[start..].contains(word));
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') << (place % 2);
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    (16..=19).contains(&number.len())
        && (number.starts_with("62") || said)
        && sum.is_multiple_of(10)
}

/// The characters of a plate behind the province and the letter of the city, where there are digits enough among them.
fn plate_digits(span: Range<usize>, plate: &str) -> Option<(Range<usize>, Personal)> {
    let rest = plate.char_indices().skip(2).find(|(_, c)| c.is_ascii_alphanumeric())?.0;
    let digits = plate[rest..].bytes().filter(u8::is_ascii_digit).count();
    let length = plate.len() - rest;
    (digits >= 3 && (5..=6).contains(&length))
        .then_some((span.start + rest..span.end, Personal::Plate))
}

/// The names below a cell 姓名 in rows whose cells are parted by tabs, without their first characters.
fn names_of_rows(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut column, mut start) = (None, 0);
    for line in text.split_inclusive('\n') {
        let cells: Vec<&str> = line.trim_end_matches(['\r', '\n']).split('\t').collect();
        let header = cells.iter().position(|cell| is_name_header(cell)).filter(|_| cells.len() > 1);
        if let Some(at) = header {
            column = Some((at, cells.len()));
        } else if let Some((at, width)) = column
            && cells.len() == width
        {
            let before: usize = cells[..at].iter().map(|cell| cell.len() + 1).sum();
            found.extend(
                name(cells[at]).map(|name| start + before + name.start..start + before + name.end),
            );
        } else if cells.len() > 1 {
            column = None;
        }
        start += line.len();
    }
    found
}

fn is_name_header(cell: &str) -> bool {
    let cell: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    cell.ends_with("姓名") && cell.chars().count() <= 8
}

/// All but the first character of a cell that is a name of two to four Han characters.
fn name(cell: &str) -> Option<Range<usize>> {
    let name = cell.trim();
    let han = name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '·');
    let start = cell.len() - cell.trim_start().len();
    let first = name.chars().next()?.len_utf8();
    (han && (2..=12).contains(&name.chars().count())).then(|| start + first..start + name.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(text: &str) -> String {
        mask_personal(text, false).into_owned()
    }

    #[test]
    fn personal_numbers_are_hidden_and_keep_their_length() {
        let table = [
            ("联系人手机13812345678。", "联系人手机***********。"),
            ("手机：138-1234-5678转王", "手机：***-****-****转王"),
            ("+8613812345678", "+86***********"),
            ("身份证号11010519491231002X,", "身份证号******************,"),
            ("卡号6222021234567890128（工行）", "卡号*******************（工行）"),
            ("邮箱 zhang.san@qq.com 。", "邮箱 *********@qq.com 。"),
            ("车牌浙A·12B45已处理", "车牌浙A·*****已处理"),
            ("车牌浙AD12345，", "车牌浙A******，"),
        ];
        for (text, expected) in table {
            assert_eq!(masked(text), expected);
            assert_eq!(masked(text).len(), text.len());
        }
    }

    #[test]
    fn what_belongs_to_agencies_stays() {
        for text in [
            "湘公网安备 43018102000204号",
            "电话：0570-8012345、057188012345",
            "邮箱 zwgk@lingzhou.gov.cn，info@mail.example.com",
            "统一社会信用代码113308000026190000",
            "身份证号110105194912310021",
            "索引号 11330800MB1234567X/2020-00013",
            "浙ICP备12013741号",
            "粤B2-20040001",
            "http://a.gov.cn/t13812345678.html",
            "项目代码2020-330802-48-01-138123",
            "苏A级景区",
            "废塑料（GB 1648712-2005）",
            "2019年12月31日18:00",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn cells_are_hidden_as_their_rows_are() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let mut rows = vec![row(["序号", "姓 名", "电话"]), row(["1", "张三丰", "13812345678"])];
        mask_personal_cells(&mut rows, true);
        assert_eq!(rows, [row(["序号", "姓 名", "电话"]), row(["1", "张＊＊", "***********"])]);
    }

    #[test]
    fn names_are_hidden_in_lists_of_recipients_only() {
        let text =
            "低保对象公示\n\n序号\t姓 名\t金额\n\n1\t张三丰\t300\n\n2\t李四\t200\n\n合计\t500";
        assert_eq!(masked(text), text);
        let hidden =
            "低保对象公示\n\n序号\t姓 名\t金额\n\n1\t张＊＊\t300\n\n2\t李＊\t200\n\n合计\t500";
        assert_eq!(mask_personal(text, true), hidden);
    }

    proptest! {
        #[test]
        fn a_masked_text_is_as_long_and_has_nothing_left(text in "[0-9a-zA-Z@.·浙A姓名张\t\n -]{0,80}") {
            let once = mask_personal(&text, true).into_owned();
            prop_assert_eq!(once.len(), text.len());
            prop_assert_eq!(once.chars().filter(|c| *c == '\n').count(), text.matches('\n').count());
        }

        #[test]
        fn any_mobile_number_between_words_is_hidden(number in "1[3-9][0-9]{9}") {
            let text = format!("电话{number}，");
            prop_assert!(!mask_personal(&text, false).contains(&number));
        }
    }
}
