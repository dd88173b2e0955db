use super::tests::{catalogue, document, imported, moment};
use super::*;
use crate::model::Status;

#[test]
fn changes_are_told_with_the_time_from_which_they_were_seen() {
    let (_dir, catalogue) = catalogue();
    let (first, second) = (document("a.html", 0, "甲", "文"), imported("set", "1"));
    let wanted = ChangesWanted { limit: 10, ..ChangesWanted::default() };
    let told = |wanted: &ChangesWanted| {
        let changes = catalogue.changes(wanted).unwrap();
        changes.iter().map(|change| (change.id, change.at)).collect::<Vec<_>>()
    };
    catalogue.put(std::slice::from_ref(&first), |_, _| {}).unwrap();
    assert_eq!(told(&wanted), [], "not before readers see it");
    assert_eq!(catalogue.last_change_of(&first.id).unwrap(), None);
    catalogue.date_changes(moment(100)).unwrap();
    catalogue.date_changes(moment(150)).unwrap();
    catalogue.put(std::slice::from_ref(&second), |_, _| {}).unwrap();
    // A clock that was set back does not bring changes before others.
    catalogue.date_changes(moment(50)).unwrap();
    assert_eq!(told(&wanted), [(first.id, moment(100)), (second.id, moment(100))]);
    let later = document("a.html", 300, "甲", "新文");
    catalogue.put(std::slice::from_ref(&later), |_, _| {}).unwrap();
    catalogue.date_changes(moment(400)).unwrap();
    assert_eq!(told(&wanted), [(second.id, moment(100)), (first.id, moment(400))]);
    let from = ChangesWanted { from: Some(moment(101)), ..wanted.clone() };
    let until = ChangesWanted { until: Some(moment(399)), ..wanted.clone() };
    let newest = ChangesWanted { newest_first: true, limit: 1, ..wanted.clone() };
    let portal = ChangesWanted { portal: Some("lingzhou".into()), ..wanted.clone() };
    assert_eq!(told(&from), [(first.id, moment(400))]);
    assert_eq!(told(&until), [(second.id, moment(100))]);
    assert_eq!(told(&newest), [(first.id, moment(400))]);
    assert_eq!(told(&portal).len(), 2);
    assert_eq!(catalogue.first_change_at().unwrap(), Some(moment(100)));
    assert_eq!(
        catalogue.last_change_of(&first.id).unwrap().unwrap().document,
        Some(catalogue.document(&first.id).unwrap().unwrap())
    );
}

#[test]
fn places_come_in_parts_without_what_is_withheld() {
    let (_dir, catalogue) = catalogue();
    let mut documents: Vec<_> = (0..5).map(|n| imported("set", &n.to_string())).collect();
    documents[2].status = Status::Withheld;
    catalogue.put(&documents, |_, _| {}).unwrap();
    assert_eq!(catalogue.parts_of_places(2).unwrap(), 3);
    let sizes = [0, 1, 2, 3].map(|part| catalogue.places(part, 2).unwrap().len());
    assert_eq!(sizes.iter().sum::<usize>(), 4, "{sizes:?}");
    assert_eq!(sizes[3], 0);
}
