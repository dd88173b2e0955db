//! The signature at the end of a text (落款): agency and day, before annexes and imprint.

use crate::extract::dates;
use crate::extract::signers::{self, LINE};
use crate::model::{Evidence, PublicDate, Sourced, paragraphs};

/// What a text was signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignOff {
    pub(super) date: Option<PublicDate>,
    /// The agency in charge.
    pub(super) agency: Option<Sourced<String>>,
    /// All that sign, where several do.
    pub(super) jointly: Vec<String>,
}

impl SignOff {
    fn new(date: Option<PublicDate>, signers: Vec<String>) -> Self {
        let agency = signers.first().map(|name| Sourced::new(name.clone(), Evidence::SignOff));
        let jointly = if signers.len() > 1 { signers } else { Vec::new() };
        Self { date, agency, jointly }
    }
}

/// What a text without line breaks ends with, calls to follow somebody passed over.
fn last_words(line: &str) -> &str {
    let line = line.find("更多信息请关注").map_or(line, |at| &line[..at]);
    if line.chars().count() <= LINE {
        return line;
    }
    let tail =
        line.rfind(['。', '：']).map_or(line, |at| line[at..].trim_start_matches(['。', '：']));
    if tail.is_empty() { line } else { tail }
}

/// The first line that is a date; where many are, the first one below a line that names an agency, else one at the
/// end of the text. A line with agency and date counts only there.
pub(super) fn find(text: &str) -> Option<SignOff> {
    let mut lines: Vec<&str> = paragraphs(text)
        .flat_map(str::lines)
        .flat_map(|line| line.split("　　"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if let Some(last) = lines.last_mut() {
        *last = last_words(last);
    }
    let dated: Vec<usize> = (0..lines.len()).filter(|at| day(lines[*at]).is_some()).collect();
    let above = |at: usize| at.checked_sub(1).and_then(|above| signed_by(lines[above]));
    let place = match &dated[..] {
        [] => return one_line(&lines).or_else(|| bracketed(&lines)),
        [first, rest @ ..] if rest.len() < FEW => *first,
        [.., last] => {
            let signed = dated.iter().copied().find(|at| above(*at).is_some());
            signed.or_else(|| Some(*last).filter(|last| last + END > lines.len()))?
        }
    };
    let signers = above(place).or_else(|| dated.iter().find_map(|at| above(*at)));
    Some(SignOff::new(day(lines[place]), signers.unwrap_or_default()))
}

/// A text with more lines that are dates than this is a chronicle.
const FEW: usize = 3;
/// So many of the last lines are the end of a text.
const END: usize = 6;

/// `灵洲市教育局 2020年1月31日` at the end of a text.
fn one_line(lines: &[&str]) -> Option<SignOff> {
    let last = lines.len().saturating_sub(END);
    lines[last..].iter().rev().filter(|line| line.chars().count() <= LINE).find_map(|line| {
        let spotted = dates::spot(line).last()?;
        let ends =
            line[spotted.span.end..].trim_matches(|c: char| c.is_whitespace() || "）)".contains(c));
        let signers = signed_by(&line[..spotted.span.start])?;
        (ends.is_empty() && spotted.date.month().is_some())
            .then(|| SignOff::new(Some(spotted.date), signers))
    })
}

/// `（灵洲市统计局）` as the last line.
fn bracketed(lines: &[&str]) -> Option<SignOff> {
    let name = lines.last()?.strip_prefix(['（', '('])?.strip_suffix(['）', ')'])?;
    Some(SignOff::new(None, signed_by(name)?))
}

fn day(line: &str) -> Option<PublicDate> {
    let is_short = line.chars().nth(24).is_none();
    if !is_short || line.starts_with(['（', '(']) {
        return None;
    }
    dates::alone(line).filter(|date| date.month().is_some())
}

fn signed_by(line: &str) -> Option<Vec<String>> {
    Some(signers::of(line)).filter(|signers| !signers.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(text: &str) -> Option<(String, String)> {
        let found = find(text)?;
        Some((found.date?.to_string(), found.agency.map(|a| a.value).unwrap_or_default()))
    }

    #[test]
    fn signatures() {
        let pair = |date: &str, agency: &str| Some((date.to_owned(), agency.to_owned()));
        let text =
            "现印发给你们。\n\n灵洲市教育局\n\n二〇二〇年一月三日\n\n附件：名单\n\n甲 2019年5月6日";
        assert_eq!(signed(text), pair("2020-01-03", "灵洲市教育局"));
        assert_eq!(
            signed("现通知。\n\n灵洲市教育局　2020年1月3日"),
            pair("2020-01-03", "灵洲市教育局")
        );
        assert_eq!(
            find("现通知如下。　　灵洲市教育局　　2020年1月3日").and_then(|s| s.date),
            "2020-01-03".parse().ok()
        );
        let prose = "本年度未向申请人收取任何费用，也没有因此产生行政复议和行政诉讼案件，各项工作正常开展。".repeat(2);
        assert_eq!(
            signed(&format!("{prose}灵洲市教育局2020年1月3日更多信息请关注官方微信")),
            pair("2020-01-03", "灵洲市教育局")
        );
        let bracketed = find("同比增长9.3％。\n\n（灵洲市统计局）").and_then(|s| s.agency);
        assert_eq!(bracketed.map(|a| a.value).as_deref(), Some("灵洲市统计局"));
        let joint = find("现通知。\n\n灵洲市教育局灵洲市财政局\n\n2020年1月3日").unwrap();
        assert_eq!(joint.agency.map(|agency| agency.value).as_deref(), Some("灵洲市教育局"));
        assert_eq!(joint.jointly, ["灵洲市教育局", "灵洲市财政局"]);
        assert_eq!(signed("特此公告。\n\n2020年1月\n\n（此件公开发布）"), pair("2020-01", ""));
        assert_eq!(signed("（2020年1月3日市人民政府通过）\n\n第一条 为了"), None);
        assert_eq!(signed("会议于2020年1月3日召开，教育局参加。"), None);
    }
}
