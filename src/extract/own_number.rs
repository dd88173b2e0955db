//! A document's own number, as opposed to the many it cites.

use crate::extract::body::squeeze;
use crate::model::{DocNumber, Evidence, Sourced, spot_numbers};

/// Titles of pages about other documents: what numbers they hold are not their own.
const ABOUT_OTHERS: [&str; 10] = [
    "解读",
    "图解",
    "一图读懂",
    "问答",
    "答记者问",
    "新闻发布",
    "吹风会",
    "转载",
    "废止",
    "起草说明",
];

/// How many of the first lines may hold the number.
const HEAD_LINES: usize = 12;
/// Characters of the head.
const HEAD_CHARS: usize = 500;

/// The number in brackets at the end of a title.
pub(super) fn in_title(title: &str) -> Option<Sourced<DocNumber>> {
    let bare = title.trim().strip_suffix(['）', ')', '】', '〕', ']'])?;
    let spot = spot_numbers(title).into_iter().next_back()?;
    let (before, number) = (title.get(..spot.span.start)?, &spot.number);
    let cites = ABOUT_OTHERS.iter().any(|word| title.contains(word)) || title.starts_with("转发");
    let open = before.trim_end().ends_with(['（', '(', '【', '〔', '[']);
    let after_name = before.trim_end_matches(['（', '(', '【', '〔', '[', ' ']).ends_with('》');
    (spot.span.end == bare.len() && open && !cites && !after_name)
        .then(|| Sourced::new(number.clone(), Evidence::Title))
}

/// The number at the head of a text: alone on a line, leading a line, or after the repeated title.
pub(super) fn in_head<'a>(
    paragraphs: impl Iterator<Item = &'a str>,
    title: &str,
) -> Option<Sourced<DocNumber>> {
    if ABOUT_OTHERS.iter().any(|word| title.contains(word)) {
        return None;
    }
    let lines = paragraphs.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    let mut read = 0;
    for (place, line) in lines.take(HEAD_LINES).enumerate() {
        if let Some(number) = of_line(line, place, title) {
            return Some(Sourced::new(number, Evidence::TextHead));
        }
        read += line.chars().count();
        // Behind the salutation begins the text, and in it only citations.
        let prose = line.contains('。') && line.chars().count() > 60;
        if read > HEAD_CHARS || (prose && place > 0) {
            return None;
        }
    }
    None
}

/// The numbers of other documents in title and text, each once.
pub(super) fn cited(title: &str, text: &str, own: Option<&Sourced<DocNumber>>) -> Vec<DocNumber> {
    let mut cited: Vec<DocNumber> = Vec::new();
    for spot in spot_numbers(title).into_iter().chain(spot_numbers(text)) {
        let is_own = own.is_some_and(|own| own.value == spot.number);
        if !is_own && cited.len() < MOST_CITED && !cited.contains(&spot.number) {
            cited.push(spot.number);
        }
    }
    cited
}

/// Numbers that one document is believed to cite: more is a list of documents.
const MOST_CITED: usize = 300;

fn of_line(line: &str, place: usize, title: &str) -> Option<DocNumber> {
    let bare = line.trim_matches(|c: char| "（()）【】".contains(c) || c.is_whitespace());
    let value = bare.rsplit_once(['：', ':']).map_or(bare, |(label, value)| {
        if label.chars().filter(|c| !c.is_whitespace()).count() <= 4 { value } else { bare }
    });
    if let Some(number) = DocNumber::parse(bare).or_else(|| DocNumber::parse(value)) {
        return Some(number);
    }
    if let Some((number, end)) = DocNumber::leading(line)
        && number.year.is_some()
        && !continues_a_sentence(&line[end..])
    {
        return Some(number);
    }
    // A number in a row of a table belongs to what the row lists.
    if place > 2 || line.contains('\t') {
        return None;
    }
    let places = line.char_indices().take(HEAD_LINE).map(|(at, _)| at);
    places.filter(|at| may_begin(&line[..*at])).find_map(|start| {
        let (number, length) = DocNumber::leading(window(&line[start..]))?;
        let (before, after) = (&line[..start], &line[start + length..]);
        let own = number.year.is_some()
            && (follows_a_blank(before, after)
                || (place < 2 && follows_a_title(before, after, title)));
        own.then_some(number)
    })
}

/// Whether a number of its own may begin behind this text: after a blank, a bracket or the last word of a title.
fn may_begin(before: &str) -> bool {
    before.ends_with(|c: char| c.is_whitespace() || "（(【[".contains(c))
        || TITLE_ENDS.iter().any(|word| before.ends_with(word))
}

/// As much of a text as a document number can fill.
fn window(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end])
}

/// What titles of documents end with.
const TITLE_ENDS: [&str; 13] = [
    "通知", "意见", "决定", "公告", "通告", "函", "批复", "方案", "通报", "答复", "命令", "办法",
    "规定",
];

/// Characters of a line in which its number may begin.
const HEAD_LINE: usize = 130;

/// Whether what follows a number shows that the number was cited.
fn continues_a_sentence(after: &str) -> bool {
    after.trim_start().starts_with([
        '文', '收', '精', '要', '规', '）', ')', '》', '”', '、', '，', ',', '。', '；', '和',
        '及', '与', '的', '中', '等', '印', '所', '已', '通', '转', '废',
    ])
}

/// `灵洲市教育局文件 灵教〔2020〕3号`
fn follows_a_blank(before: &str, after: &str) -> bool {
    let head = before.trim_end();
    head.len() < before.len()
        && !head.contains(['，', '。', '；'])
        && ![
            "根据", "按照", "依据", "落实", "贯彻", "执行", "转发", "印发", "、", "和", "与", "及",
            "》",
        ]
        .iter()
        .any(|word| head.ends_with(word))
        && head.chars().count() <= 120
        && !continues_a_sentence(after)
}

/// The title once more, and the number right behind it.
fn follows_a_title(before: &str, after: &str, title: &str) -> bool {
    let head = before.trim_end().trim_end_matches(['（', '(', '【', '[']).trim_end();
    let bracketed = head.len() < before.trim_end().len();
    let same = squeeze(head) == squeeze(title);
    let like_a_title = TITLE_ENDS.iter().any(|word| head.ends_with(word))
        && !head.contains(['，', '。', '；'])
        && !["根据", "按照", "依据", "为", "经"].iter().any(|word| head.starts_with(word))
        && head.chars().count() <= 110;
    let after = if bracketed { after.trim_start_matches([')', '）', '】', ']']) } else { after };
    (same || (like_a_title && (bracketed || !continues_a_sentence(after))))
        && !(bracketed && continues_a_sentence(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str, title: &str) -> Option<String> {
        in_head(crate::model::paragraphs(text), title).map(|number| number.value.to_string())
    }

    #[test]
    fn own_numbers_at_the_head() {
        let title = "灵洲市人民政府关于加强防汛工作的通知";
        for text in [
            "灵政发〔2020〕3号\n\n各县区：根据国发〔2019〕1号文件要求，现通知如下。",
            "灵洲市人民政府文件\n\n灵政发[2020]3号\n\n通知",
            "灵洲市人民政府关于加强防汛工作的通知\n\n（灵政发〔2020〕3号）\n\n各县区：",
            "灵洲市人民政府关于加强防汛工作的通知灵政发〔2020〕3号各县区：",
            "灵洲市人民政府关于加强防汛工作的通知（灵政发〔2020〕3号）\n\n各县区：",
            "灵政发〔2020〕3号 各县区人民政府：",
            "灵洲市人民政府文件 灵政发（2020）3号",
            "文号：灵政发〔2020〕3号",
        ] {
            assert_eq!(head(text, title).as_deref(), Some("灵政发〔2020〕3号"), "{text}");
        }
    }

    #[test]
    fn citations_are_not_own_numbers() {
        for text in [
            "根据国发〔2019〕1号文件要求，现通知如下。",
            "国发〔2019〕1号文件印发以来，各地认真落实。",
            "近日，省政府印发《关于加强防汛工作的通知》（灵政发〔2020〕3号）。",
            "各县区：\n\n为贯彻落实国发〔2019〕1号、国办发〔2019〕2号精神，现通知如下。",
            "《灵洲市防汛办法》（灵政发〔2020〕3号）",
        ] {
            assert_eq!(head(text, "关于加强防汛工作的通知"), None, "{text}");
        }
        assert_eq!(head("灵政发〔2020〕3号", "《关于加强防汛工作的通知》解读"), None);
    }

    #[test]
    fn titles_may_end_with_their_number() {
        let of = |title| in_title(title).map(|number| number.value.to_string());
        assert_eq!(of("关于防汛的通知（灵政发〔2020〕3号）").as_deref(), Some("灵政发〔2020〕3号"));
        assert_eq!(of("解读《关于防汛的通知》（灵政发〔2020〕3号）"), None);
        assert_eq!(of("关于落实灵政发〔2020〕3号的通知"), None);
    }
}
