//! Characters that are taken for each other because they look alike.

/// Groups of characters that readers and machines confuse.
const ALIKE: [&str; 73] = [
    "己已巳",
    "未末",
    "土士",
    "日曰",
    "人入八",
    "大太犬",
    "干千于",
    "天夭",
    "戊戌戍",
    "候侯",
    "拔拨",
    "折拆析",
    "瞻赡",
    "辨辩辫瓣",
    "券卷",
    "征微",
    "陪赔培",
    "偿尝",
    "贷货",
    "贫贪",
    "拆诉",
    "治冶",
    "准淮",
    "泠冷",
    "洽恰",
    "账帐胀",
    "厉历",
    "坐座",
    "做作",
    "的得地",
    "幅副福",
    "撒撤",
    "辑缉",
    "即既",
    "决绝",
    "查察",
    "检捡",
    "杨扬",
    "场扬",
    "籍藉",
    "搏博膊",
    "侍待",
    "徒徙",
    "遣遗",
    "管菅",
    "弘宏",
    "竟竞",
    "壁璧",
    "暴爆",
    "概慨",
    "急极",
    "记纪",
    "驾架",
    "颁额",
    "哀衰",
    "栽裁载",
    "粟栗",
    "施旋",
    "抵低",
    "底低",
    "住往",
    "住注",
    "清请情",
    "清青",
    "晴睛",
    "鸟乌",
    "兔免",
    "折拍",
    "援授",
    "买卖",
    "刺剌",
    "末木",
    "令今",
];

/// Whether two characters look alike.
pub(super) fn look_alike(a: char, b: char) -> bool {
    a != b && ALIKE.iter().any(|group| group.contains(a) && group.contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_of_folded_characters() {
        assert!(look_alike('候', '侯') && look_alike('未', '末') && !look_alike('候', '候'));
        for group in ALIKE {
            assert_eq!(crate::text::fold(group).text, group);
            assert!(group.chars().count() > 1);
        }
    }
}
