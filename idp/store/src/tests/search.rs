use std::collections::BTreeSet;

use latchkey_core::credentials::{AssetTag, Credential, Nickname};
use latchkey_core::ids::{OrganisationId, PersonId};
use latchkey_core::roles::Scope;
use latchkey_core::words::Field;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use super::{Fixture, On, on_each_database};
use crate::entity::people_words;
use crate::{Found, OrganisationRecord};

fn only(id: OrganisationId) -> Scope {
    Scope::Organisations(BTreeSet::from([id]))
}

impl Fixture {
    async fn named(
        &self,
        username: &str,
        name: &str,
        email: Option<&str>,
        number: Option<&str>,
        home: OrganisationId,
    ) -> PersonId {
        let mut record = self.stranger(username, home);
        record.person.name = name.to_owned();
        record.person.email = email.map(str::to_owned);
        record.person.staff_number = number.map(str::to_owned);
        let id = record.person.id;
        self.keep(async move |tx| tx.insert_person(&record).await).await;
        id
    }

    async fn found(&self, scope: &Scope, typed: &str) -> Vec<Found> {
        self.store.view().within(scope).search(typed, 20).await.expect("read")
    }

    /// The user names of those who are found.
    async fn find(&self, scope: &Scope, typed: &str) -> Vec<String> {
        let found = self.found(scope, typed).await.into_iter();
        found.map(|found| found.person.person.username.as_str().to_owned()).collect()
    }

    async fn count_words(&self) -> u64 {
        people_words::Entity::find().count(&self.store.view().conn).await.expect("read")
    }
}

async fn people_are_found_by_the_beginnings_of_all_that_they_are_known_by(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("a").await;
    let amy = fixture
        .named("amy.ward", "Amy Siân Ward", Some("a.w@northgate.example"), Some("NG-10442"), home)
        .await;
    fixture.named("ben.wardle", "Ben Wardle", None, Some("20001"), home).await;
    let key = fixture.credential(amy, "Blue key").await.id;
    let tag = AssetTag::parse("IT 0042").expect("a tag");
    fixture.keep(async move |tx| tx.tag_credential(amy, key, Some(&tag)).await).await;
    for (typed, field) in [
        ("sian", Field::Name),
        ("SIÂN w", Field::Name),
        ("ward am", Field::Name),
        ("amy.w", Field::Username),
        ("a.w", Field::Email),
        ("A.W@north", Field::Email),
        ("ng-10", Field::StaffNumber),
        ("10442", Field::StaffNumber),
        ("blu", Field::Nickname),
        ("0042", Field::AssetTag),
        ("amy blue", Field::Nickname),
    ] {
        let found = fixture.found(&only(home), typed).await;
        assert_eq!(found.len(), 1, "{typed}");
        assert_eq!(found[0].person.person.id, amy, "{typed}");
        assert!(found[0].fields.contains(&field), "{typed}: {:?}", found[0].fields);
        assert!(!found[0].exact, "{typed}");
    }
    assert_eq!(fixture.find(&only(home), "ward").await, ["amy.ward", "ben.wardle"]);
    for typed in ["amy wardle", "my", "northgate", "ward ben amy", "amyward"] {
        assert!(fixture.find(&only(home), typed).await.is_empty(), "{typed}");
    }
}

async fn whoever_is_meant_exactly_comes_first_and_the_others_by_name(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("a").await;
    fixture.named("jo.b", "Zoë Jo", None, Some("jo1"), home).await;
    fixture.named("jo.c", "bea Jo", None, None, home).await;
    fixture.named("jo.d", "Ángel Jo", None, None, home).await;
    fixture.named("jo", "Zzz", Some("Jo@x.example"), None, home).await;
    assert_eq!(fixture.find(&only(home), "Jo").await, ["jo", "jo.d", "jo.c", "jo.b"]);
    let found = fixture.found(&only(home), "jo").await;
    let exact: Vec<bool> = found.iter().map(|found| found.exact).collect();
    assert_eq!(exact, [true, false, false, false]);
    assert_eq!(found[0].fields, BTreeSet::from([Field::Username]));
    for (typed, field) in [("JO1", Field::StaffNumber), ("jo@X.example", Field::Email)] {
        let found = fixture.found(&only(home), typed).await;
        assert!(found.len() == 1 && found[0].exact, "{typed}");
        assert_eq!(found[0].fields, BTreeSet::from([field]));
    }
    let first = fixture.store.view().within(&only(home)).search("jo", 2).await.expect("read");
    assert_eq!(first.len(), 2);
    let none = fixture.store.view().within(&only(home)).search("jo", 0).await.expect("read");
    assert!(none.is_empty());
}

async fn what_is_written_on_a_key_finds_its_holder_until_it_is_taken_off(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let (amy, dan) = (fixture.person("amy", ours).await, fixture.person("dan", theirs).await);
    let (hers, his) =
        (fixture.credential(amy, "Blue").await.id, fixture.credential(dan, "Red").await.id);
    let tag = |person, key, text: Option<&'static str>| {
        fixture.keep(async move |tx| {
            let tag = text.map(|text| AssetTag::parse(text).expect("a tag"));
            tx.within(&only(ours)).tag_credential(person, key, tag.as_ref()).await
        })
    };
    assert!(tag(amy, hers, Some("IT 0042")).await);
    for (person, key) in [(dan, his), (amy, his), (dan, hers)] {
        assert!(!tag(person, key, Some("IT 0043")).await);
    }
    let found = fixture.found(&Scope::Platform, "it 0042").await;
    assert!(found.len() == 1 && found[0].exact && found[0].person.person.id == amy);
    assert!(fixture.find(&Scope::Platform, "0043").await.is_empty());
    let stored = fixture.store.view().find_credential(amy, hers).await.expect("read");
    let stored = stored.expect("a key").asset_tag;
    assert_eq!(stored.as_ref().map(AssetTag::as_str), Some("IT 0042"));
    assert!(tag(amy, hers, None).await);
    assert!(fixture.find(&Scope::Platform, "0042").await.is_empty());
}

async fn signs_that_are_wild_elsewhere_find_only_who_has_them(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("a").await;
    fixture.named("amy", "Amy Ward", None, None, home).await;
    fixture.named("b_n%", "100% \u{1f642} Ben", None, None, home).await;
    fixture.named("dalia", "\u{5d3}\u{5dc}\u{5d9}\u{5d4} Levi", None, None, home).await;
    for typed in ["%", "_", "a%", "a_", "_my", "*", "\\", "'", "\"", "--", "' OR 1=1 --", "\u{0}"] {
        assert!(fixture.find(&only(home), typed).await.is_empty(), "{typed:?}");
    }
    for typed in ["b_n%", "100%", "\u{1f642}", "b_"] {
        assert_eq!(fixture.find(&only(home), typed).await, ["b_n%"], "{typed:?}");
    }
    for typed in ["\u{5d3}\u{5dc}", "\u{202e}\u{5d3}\u{5dc}\u{5d9}\u{5d4}\u{202c} levi"] {
        assert_eq!(fixture.find(&only(home), typed).await, ["dalia"], "{typed:?}");
    }
    let long = "x".repeat(100_000);
    for typed in ["", " ", "x ".repeat(5000).as_str(), long.as_str()] {
        assert!(fixture.find(&only(home), typed).await.is_empty());
    }
}

async fn nobody_outside_is_found_however_they_are_called(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    fixture.named("amy.ward", "Amy Ward", None, Some("1"), ours).await;
    let dan = fixture.named("dan.ward", "Dan Ward", Some("d@x.example"), Some("1"), theirs).await;
    fixture.credential(dan, "Blue key").await;
    for typed in ["dan.ward", "dan", "d@x.example", "blue", "ward dan", "d"] {
        assert!(fixture.find(&only(ours), typed).await.is_empty(), "{typed}");
        let nowhere = Scope::Organisations(BTreeSet::new());
        assert!(fixture.find(&nowhere, typed).await.is_empty(), "{typed}");
        assert_eq!(fixture.find(&Scope::Platform, typed).await, ["dan.ward"], "{typed}");
    }
    for typed in ["1", "ward"] {
        assert_eq!(fixture.find(&only(ours), typed).await, ["amy.ward"]);
        assert_eq!(fixture.find(&Scope::Platform, typed).await, ["amy.ward", "dan.ward"]);
    }
}

async fn words_follow_every_change_of_people_and_keys(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let amy = fixture.named("amy.ward", "Amy Ward", None, Some("77"), ours).await;
    let key = fixture.credential(amy, "Ward phone").await.id;
    let name = Nickname::parse("Blue thing").expect("a nickname");
    fixture.keep(async move |tx| tx.rename_credential(key, &name).await).await;
    assert!(fixture.find(&only(ours), "phone").await.is_empty());
    assert_eq!(fixture.find(&only(ours), "blue").await, ["amy.ward"]);
    assert_eq!(fixture.find(&only(ours), "ward").await, ["amy.ward"], "what others say of her");

    fixture
        .keep(async move |tx| {
            let mut record = tx.view().find_person(amy).await?.expect("Amy");
            record.person.name = "Amy Price".to_owned();
            record.person.staff_number = None;
            record.person.organisation = theirs;
            tx.update_person(&record).await
        })
        .await;
    for typed in ["amy", "amy.ward", "blue", "price"] {
        assert!(fixture.find(&only(ours), typed).await.is_empty(), "{typed}");
        assert_eq!(fixture.find(&only(theirs), typed).await, ["amy.ward"], "{typed}");
    }
    assert!(fixture.find(&Scope::Platform, "77").await.is_empty());

    assert!(fixture.keep(async move |tx| tx.delete_credential(key).await).await);
    assert!(!fixture.keep(async move |tx| tx.delete_credential(key).await).await);
    assert!(fixture.find(&Scope::Platform, "blue").await.is_empty());
    assert!(fixture.keep(async move |tx| tx.delete_person(amy).await).await);
    assert!(fixture.find(&Scope::Platform, "amy").await.is_empty());
    assert_eq!(fixture.count_words().await, 0, "nothing is left of her");
}

async fn people_and_keys_that_come_by_the_dozen_are_found_like_others(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("a").await;
    let people: Vec<_> =
        (0..3).map(|number| fixture.stranger(&format!("p{number}.ward"), home)).collect();
    let tag = AssetTag::parse("IT 0042").expect("a tag");
    let mut keys = Vec::new();
    for (number, record) in people.iter().enumerate() {
        let key = fixture.made(record.person.id, &format!("Key{number}"));
        keys.push(Credential { asset_tag: (number == 1).then(|| tag.clone()), ..key });
    }
    fixture
        .keep(async move |tx| {
            tx.insert_people_with_keys(&people, &keys).await?;
            tx.insert_people(&[]).await
        })
        .await;
    assert_eq!(fixture.find(&only(home), "ward").await, ["p0.ward", "p1.ward", "p2.ward"]);
    assert_eq!(fixture.find(&only(home), "key2").await, ["p2.ward"]);
    assert_eq!(fixture.find(&only(home), "it 0042").await, ["p1.ward"]);
}

async fn an_organisation_that_is_thrown_away_takes_its_words_along(on: On) {
    let fixture = Fixture::new(on).await;
    let id = fixture.organisation("x").await;
    let found = fixture.store.view().find_organisation(id).await.expect("read").expect("it");
    let record = OrganisationRecord { slug: OrganisationRecord::throwaway_slug(id), ..found };
    fixture.keep(async move |tx| tx.update_organisation(&record, super::at(1)).await).await;
    fixture.named("amy", "Amy", None, None, id).await;
    assert!(fixture.keep(async move |tx| tx.throw_away(id).await).await);
    assert_eq!(fixture.count_words().await, 0);
}

async fn a_word_that_very_many_have_hides_nobody_who_is_named_in_full(on: On) {
    let fixture = Fixture::new(on).await;
    let (large, small) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let mut crowd = Vec::new();
    for number in 0..700 {
        let mut record = fixture.stranger(&format!("s{number:04}"), large);
        record.person.name = format!("Smith Crowd{number:04}");
        crowd.push(record);
    }
    fixture
        .keep(async move |tx| {
            for record in &crowd {
                tx.insert_person(record).await?;
            }
            Ok(())
        })
        .await;
    fixture.named("zoe", "Zoë Smith", None, None, small).await;
    for scope in [only(large), Scope::Platform] {
        assert_eq!(fixture.find(&scope, "s").await.len(), 20);
        assert_eq!(fixture.find(&scope, "smith crowd0699").await, ["s0699"]);
        assert_eq!(fixture.find(&scope, "s0699").await, ["s0699"]);
    }
    assert_eq!(fixture.find(&Scope::Platform, "smith zo").await, ["zoe"]);
    assert_eq!(fixture.find(&only(small), "s").await, ["zoe"]);
    assert!(fixture.find(&only(large), "zo").await.is_empty());
}

on_each_database! {
    people_are_found_by_the_beginnings_of_all_that_they_are_known_by,
    whoever_is_meant_exactly_comes_first_and_the_others_by_name,
    what_is_written_on_a_key_finds_its_holder_until_it_is_taken_off,
    signs_that_are_wild_elsewhere_find_only_who_has_them,
    nobody_outside_is_found_however_they_are_called,
    words_follow_every_change_of_people_and_keys,
    people_and_keys_that_come_by_the_dozen_are_found_like_others,
    an_organisation_that_is_thrown_away_takes_its_words_along,
    a_word_that_very_many_have_hides_nobody_who_is_named_in_full,
}
