use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn every_question_reads_back_from_its_link(q in any::<String>(), agency in "\\PC{1,50}[^ ]") {
        let question = Question { q, agency: vec![agency], page: 7, ..Question::default() };
        let link = question.link();
        prop_assert!(link.is_ascii());
        let (read, faults) = Question::read(link.split_once('?').unwrap().1);
        prop_assert_eq!((read, faults), (question, vec![]));
    }

    #[test]
    fn no_address_is_too_odd_to_read(query in "[q=&%+a-f0-9\u{e4}\u{516c}]{0,60}") {
        let (question, _) = Question::read(&query);
        prop_assert!(question.page * question.size <= FARTHEST_HIT);
    }
}

#[test]
fn a_link_reads_back_as_its_question() {
    let query = "q=%E5%85%AC%E5%BC%80+%22a%26b%22&syntax=strict&widen=off&category=work%2Femergency&category=policy\
                 &year=2020&year=unknown&agency=%E6%9F%90%E5%B1%80&portal=a-1&group=near&sort=newest&passages=3&page=3&size=20";
    let (question, faults) = Question::read(query);
    assert_eq!(faults, []);
    assert_eq!(question.q, "公开 \"a&b\"");
    let link = question.link();
    assert_eq!(Question::read(link.split_once('?').unwrap().1).0, question);
}

#[test]
fn defaults_stay_out_of_links() {
    assert_eq!(Question::default().link(), "/search?q=");
    let question = Question { year: vec!["2020".into()], ..Question::default() };
    assert_eq!(question.link(), "/search?q=&year=2020");
    assert_eq!(question.without(Facet::Year, "2020").link(), "/search?q=");
}

#[test]
fn faults_leave_the_default() {
    let (question, faults) = Question::read("q=a&page=1000&size=100&sort=best&spm=1");
    assert_eq!((question.page, question.size, question.sort), (100, 100, SortName::Relevance));
    let named: Vec<&str> = faults.iter().map(|fault| fault.parameter.as_str()).collect();
    assert_eq!(named, ["sort", "spm", "page"]);
}
