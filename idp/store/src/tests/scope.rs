use std::collections::BTreeSet;

use latchkey_core::people::Username;
use latchkey_core::roles::Scope;

use super::{Fixture, On, on_each_database};
use crate::PeopleFilter;

fn only(id: latchkey_core::ids::OrganisationId) -> Scope {
    Scope::Organisations(BTreeSet::from([id]))
}

async fn an_administrator_sees_the_people_of_their_own_organisation(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let amy = fixture.person("amy", ours).await;
    fixture.person("dan", theirs).await;
    let (view, scope) = (fixture.store.view(), only(ours));
    let within = view.within(&scope);
    assert!(within.find_person(amy).await.expect("read").is_some());
    assert_eq!(within.count_people(&PeopleFilter::default()).await.expect("read"), 1);
    let listed = within.list_people(&PeopleFilter::default(), None, 10).await.expect("read");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].person.id, amy);
}

async fn nobody_outside_is_there_by_key_name_list_count_or_credential(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let dan = fixture.person("dan", theirs).await;
    let key = fixture.credential(dan, "Blue key").await;
    let name = Username::parse("dan").expect("a user name");
    for scope in [only(ours), Scope::Organisations(BTreeSet::new())] {
        let view = fixture.store.view();
        let within = view.within(&scope);
        assert!(within.find_person(dan).await.expect("read").is_none());
        assert!(within.find_person_by_username(&name).await.expect("read").is_none());
        assert!(
            within.list_people(&PeopleFilter::default(), None, 10).await.expect("read").is_empty()
        );
        assert_eq!(within.count_people(&PeopleFilter::default()).await.expect("read"), 0);
        assert!(within.find_credential(dan, key.id).await.expect("read").is_none());
    }
}

async fn a_key_outside_is_not_removed_and_one_inside_is(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let (amy, dan) = (fixture.person("amy", ours).await, fixture.person("dan", theirs).await);
    let (hers, his) =
        (fixture.credential(amy, "Blue key").await, fixture.credential(dan, "Blue key").await);
    let remove = |person, key| {
        fixture.keep(async move |tx| tx.within(&only(ours)).delete_credential(person, key).await)
    };
    assert!(remove(dan, his.id).await.is_none());
    assert!(remove(amy, his.id).await.is_none(), "another's key under one's own person");
    assert!(remove(dan, hers.id).await.is_none());
    let view = fixture.store.view();
    assert_eq!(view.count_active_credentials(dan).await.expect("read"), 1);
    assert_eq!(view.count_active_credentials(amy).await.expect("read"), 1);
    assert!(remove(amy, hers.id).await.is_some());
    assert_eq!(view.count_active_credentials(amy).await.expect("read"), 0);
}

async fn the_platform_is_a_scope_of_its_own_and_lists_go_on_after_a_name(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    for (name, home) in [("amy", ours), ("ben", theirs), ("cat", ours)] {
        fixture.person(name, home).await;
    }
    let view = fixture.store.view();
    let within = view.within(&Scope::Platform);
    assert_eq!(within.count_people(&PeopleFilter::default()).await.expect("read"), 3);
    let after = Username::parse("amy").expect("a user name");
    let rest = within.list_people(&PeopleFilter::default(), Some(&after), 1).await.expect("read");
    assert_eq!(rest[0].person.username.as_str(), "ben");
}

on_each_database! {
    an_administrator_sees_the_people_of_their_own_organisation,
    nobody_outside_is_there_by_key_name_list_count_or_credential,
    a_key_outside_is_not_removed_and_one_inside_is,
    the_platform_is_a_scope_of_its_own_and_lists_go_on_after_a_name,
}
