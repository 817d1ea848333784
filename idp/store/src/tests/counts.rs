//! What is kept of how far people are.

use latchkey_core::credentials::Credential;
use latchkey_core::ids::{OrganisationId, PersonId};
use latchkey_core::people::PersonState;
use latchkey_core::roles::Scope;

use super::listing::only;
use super::{Fixture, On, at, on_each_database};
use crate::{Counts, Enrolled, Need, PeopleFilter, Progress};

/// The seconds of a day.
const DAY: i64 = 86_400;
/// Nobody is counted while somebody waits.
const NONE_AT_ONCE: u64 = 0;

impl Fixture {
    async fn count(&self, organisation: OrganisationId, seconds: i64) -> Counts {
        let view = self.store.view();
        let counts = view.count_enrolment(organisation, 100).await.expect("counted");
        // However many are counted at a time, they are the same.
        for most in [1, 2] {
            let parts = view.count_enrolment(organisation, most).await.expect("counted");
            assert_eq!(parts, counts, "{most} at a time");
        }
        self.keep(async move |tx| tx.keep_enrolment(organisation, counts, at(seconds)).await).await;
        counts
    }

    async fn kept(&self, organisation: OrganisationId, seconds: i64) -> Progress {
        let (view, scope) = (self.store.view(), Scope::Platform);
        let within = view.within(&scope);
        within.progress(organisation, at(seconds), NONE_AT_ONCE).await.expect("read")
    }

    async fn change(&self, person: PersonId, change: fn(&mut crate::PersonRecord)) {
        self.keep(async move |tx| {
            let mut record = tx.view().find_person(person).await?.expect("a person");
            change(&mut record);
            tx.update_person(&record).await
        })
        .await;
    }
}

fn keyed(progress: &Progress) -> Vec<(u64, u64)> {
    progress.days.iter().map(|day| (day.people, day.with_key)).collect()
}

async fn few_are_counted_when_they_are_asked_for_and_many_as_they_were_counted_last(on: On) {
    let fixture = Fixture::new(on).await;
    let root = fixture.organisation("root").await;
    let ward = fixture.below("ward", root).await;
    let amy = fixture.person("amy", ward).await;
    fixture.person("ben", root).await;
    assert_eq!(fixture.kept(root, 5).await.uncounted, 2, "neither was counted yet");
    assert_eq!(fixture.kept(root, 5).await.counted_at(), None);
    fixture.count(root, 10).await;
    let one = fixture.kept(root, 15).await;
    assert_eq!((one.uncounted, one.people(), one.counted_at()), (1, 1, Some(at(10))));
    fixture.count(ward, 20).await;
    fixture.credential(amy, "Blue key").await;

    let kept = fixture.kept(root, 30).await;
    assert_eq!((kept.people(), kept.counted_at()), (2, Some(at(10))), "the oldest of them");
    assert_eq!(kept.sum(|of| of.of(Enrolled::OneKey)), 0, "as it was then");
    let (view, scope) = (fixture.store.view(), Scope::Platform);
    let few = view.within(&scope).progress(root, at(30), 2).await.expect("read");
    assert_eq!((few.people(), few.counted_at(), few.uncounted), (2, Some(at(30)), 0));
    assert_eq!(few.sum(|of| of.of(Enrolled::OneKey)), 1);
    let many = view.within(&scope).progress(root, at(30), 1).await.expect("read");
    assert_eq!(many, kept, "one more than are counted at once");

    // Of the ward alone, nothing of the organisation above it.
    let inside = only(&[ward]);
    let below = view.within(&inside).progress(ward, at(30), NONE_AT_ONCE).await.expect("read");
    assert_eq!((below.people(), below.organisations.len()), (1, 1));
    let above = view.within(&inside).progress(root, at(30), NONE_AT_ONCE).await.expect("read");
    assert_eq!((above.people(), above.uncounted), (0, 0), "it is outside");
}

async fn counts_follow_people_who_move_leave_and_lose_their_keys(on: On) {
    let fixture = Fixture::new(on).await;
    let (here, there) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let amy = fixture.person("amy", here).await;
    let ben = fixture.person("ben", here).await;
    let key = fixture.credential(amy, "Blue key").await.id;
    let both = fixture.count(here, 0).await;
    assert_eq!((both.people(), both.with_key(), both.newcomers), (2, 1, 1));
    fixture.suspend(amy, key).await;
    assert_eq!(fixture.count(here, 1).await.with_key(), 0);
    let moved = there;
    fixture
        .keep(async move |tx| {
            let mut record = tx.view().find_person(amy).await?.expect("Amy");
            record.person.organisation = moved;
            tx.update_person(&record).await
        })
        .await;
    assert_eq!(fixture.count(here, 2).await.people(), 1);
    assert_eq!(fixture.count(there, 2).await.people(), 1);
    fixture.change(ben, |record| record.person.state = PersonState::Disabled).await;
    assert_eq!(fixture.count(here, 3).await, Counts::default());
    assert_eq!(fixture.kept(here, 4).await.people(), 0, "what is kept is renewed");
}

async fn grace_and_policy_hold_at_once_for_what_is_kept(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("a").await;
    fixture.person("amy", home).await;
    fixture.person("ben", home).await;
    fixture.count(home, 0).await;
    let told = async |seconds| {
        let kept = fixture.kept(home, seconds).await;
        [
            kept.sum(|of| of.of(Enrolled::Nothing)),
            kept.sum(|of| of.of(Enrolled::InGrace)),
            kept.sum(|of| of.needing(Need::Unreached)),
            kept.sum(|of| of.needing(Need::GraceEnds)),
        ]
    };
    assert_eq!(told(1).await, [2, 0, 2, 0], "neither has an address");
    fixture.grace(home).await;
    assert_eq!(told(1).await, [0, 2, 0, 0], "they can begin, and for long");
    let sixth_day = told(6 * DAY).await;
    assert_eq!(sixth_day, [0, 2, 0, 0], "it does not end within a week");
}

async fn whoever_needs_help_first_is_counted_and_listed_alike(on: On) {
    let fixture = Fixture::new(on).await;
    let (strict, lenient) = (fixture.organisation("s").await, fixture.organisation("l").await);
    fixture.grace(lenient).await;
    let mut people = Vec::new();
    for (name, home) in [
        ("no-address", strict),
        ("address", strict),
        ("gone", strict),
        ("alone", strict),
        ("copied", strict),
        ("app-too", strict),
        ("two", strict),
        ("begins", lenient),
    ] {
        people.push(fixture.person(name, home).await);
    }
    let [_, address, gone, alone, copied, app_too, two, _] = people[..] else { panic!("eight") };
    fixture.change(address, |record| record.person.email = Some("a@x.example".into())).await;
    fixture.change(gone, |record| record.person.state = PersonState::Disabled).await;
    for (person, names) in [(alone, &["One"][..]), (app_too, &["One"]), (two, &["One", "Two"])] {
        for name in names {
            fixture.credential(person, name).await;
        }
    }
    let key = Credential { backup_eligible: true, ..fixture.made(copied, "Phone") };
    fixture.keep(async move |tx| tx.insert_credential(&key).await).await;
    fixture.app(app_too).await;
    let (view, scope) = (fixture.store.view(), Scope::Platform);
    let within = view.within(&scope);
    // Grace ends on 31 January 2027.
    let (early, last_week) = (0, 12 * DAY);
    for (need, seconds, names) in [
        (Need::Unreached, early, vec!["no-address"]),
        (Need::GraceEnds, early, vec![]),
        (Need::GraceEnds, last_week, vec!["begins"]),
        (Need::GraceEnds, 40 * DAY, vec![]),
        (Need::Unreached, 40 * DAY, vec!["begins", "no-address"]),
        (Need::OneKeyAlone, early, vec!["alone"]),
    ] {
        let filter = PeopleFilter { need: Some((need, at(seconds))), ..PeopleFilter::default() };
        assert_eq!(fixture.listed(&scope, &filter).await, names, "{need:?} at {seconds}");
        let mut counted = 0;
        for home in [strict, lenient] {
            let progress = within.progress(home, at(seconds), 100).await.expect("read");
            counted += progress.sum(|of| of.needing(need));
        }
        assert_eq!(counted, names.len() as u64, "{need:?} at {seconds}");
    }
}

async fn each_day_keeps_its_last_count_and_days_that_were_not_finished_are_left_out(on: On) {
    let fixture = Fixture::new(on).await;
    let root = fixture.organisation("root").await;
    let ward = fixture.below("ward", root).await;
    let amy = fixture.person("amy", ward).await;
    for organisation in [root, ward] {
        fixture.count(organisation, 0).await;
    }
    fixture.credential(amy, "Blue key").await;
    fixture.count(ward, 60).await;
    // The second day ended before the ward was counted.
    fixture.count(root, DAY).await;
    fixture.person("ben", ward).await;
    for organisation in [root, ward] {
        fixture.count(organisation, 2 * DAY).await;
    }
    let later = fixture.kept(root, 3 * DAY).await;
    assert_eq!(keyed(&later), [(1, 1), (2, 1), (2, 1)], "two days, and what is known today");
    assert!(later.days.iter().all(|day| day.two_keys == 0), "{:?}", later.days);
    // A node that was slow does not put back what another one counted later.
    let slow = Counts { two_keys: 9, ..Counts::default() };
    fixture.keep(async move |tx| tx.keep_enrolment(ward, slow, at(2 * DAY - 1)).await).await;
    fixture.count(ward, 2 * DAY + 60).await;
    fixture.keep(async move |tx| tx.keep_enrolment(ward, slow, at(2 * DAY + 30)).await).await;
    let today = fixture.kept(root, 2 * DAY + 90).await;
    assert_eq!((today.people(), today.days.last().map(|day| day.two_keys)), (2, Some(0)));
    fixture.credential(amy, "Red key").await;
    fixture.count(ward, 2 * DAY + 90).await;
    let with_two = fixture.kept(root, 3 * DAY).await.days;
    assert_eq!(with_two.iter().map(|day| day.two_keys).collect::<Vec<_>>(), [0, 1, 1]);
    // After a week without a count nothing is known of today.
    assert_eq!(fixture.kept(root, 10 * DAY).await.uncounted, 2);
}

async fn what_was_not_counted_for_longest_comes_first_and_old_days_go(on: On) {
    let fixture = Fixture::new(on).await;
    let (one, two) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let three = fixture.organisation("c").await;
    fixture.count(one, 20).await;
    fixture.count(two, 10).await;
    let due = async |seconds| fixture.store.view().list_uncounted(at(seconds)).await.expect("read");
    assert_eq!(due(15).await, [(three, None), (two, Some(at(10)))]);
    assert_eq!(due(21).await, [(three, None), (two, Some(at(10))), (one, Some(at(20)))]);
    let never = due(10 * DAY).await;
    assert!(never.iter().all(|(_, counted)| counted.is_none()), "{never:?}");
    fixture.count(one, 5 * DAY).await;
    let gone = async |seconds| {
        fixture.keep(async move |tx| tx.delete_oldest_enrolment_before(at(seconds)).await).await
    };
    assert_eq!(gone(60).await, 0, "the same day");
    assert_eq!(gone(DAY).await, 2, "both of the first day");
    assert_eq!(gone(5 * DAY).await, 0);
    assert_eq!(gone(6 * DAY).await, 1);
    assert_eq!(gone(60 * DAY).await, 0, "nothing is left");
}

on_each_database! {
    few_are_counted_when_they_are_asked_for_and_many_as_they_were_counted_last,
    counts_follow_people_who_move_leave_and_lose_their_keys,
    grace_and_policy_hold_at_once_for_what_is_kept,
    whoever_needs_help_first_is_counted_and_listed_alike,
    each_day_keeps_its_last_count_and_days_that_were_not_finished_are_left_out,
    what_was_not_counted_for_longest_comes_first_and_old_days_go,
}
