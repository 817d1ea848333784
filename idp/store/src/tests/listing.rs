use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Cause, Credential, CredentialState};
use latchkey_core::ids::{CodeId, CredentialId, GroupId, OrganisationId, PersonId};
use latchkey_core::organisations::Group;
use latchkey_core::people::{PersonState, Username};
use latchkey_core::policy::Overrides;
use latchkey_core::roles::{Role, RoleGrant, Scope};
use latchkey_core::secrets::Sealed;
use uuid::Uuid;

use super::{Fixture, On, at, on_each_database};
use crate::within::FEW;
use crate::{Enrolled, Holders, KeyModel, Need, PeopleFilter};

/// The model of a key.
const TERN: Uuid = Uuid::from_u128(7);
/// Before the grace of [`Fixture::grace`] ends.
const EARLY: i64 = 0;
/// After it.
const LATE: i64 = 86_400 * 40;

impl Fixture {
    pub(super) async fn below(&self, slug: &str, parent: OrganisationId) -> OrganisationId {
        let id = self.organisation(slug).await;
        let found = self.store.view().find_organisation(id).await.expect("read").expect("it");
        let record = crate::OrganisationRecord { parent: Some(parent), ..found };
        self.keep(async move |tx| tx.update_organisation(&record, at(1)).await).await;
        id
    }

    /// Lets people of an organisation begin with a password alone, until some days after `at(0)`.
    pub(super) async fn grace(&self, id: OrganisationId) {
        let found = self.store.view().find_organisation(id).await.expect("read").expect("it");
        let until = serde_json::json!({ "grace_until": "2027-01-31" });
        let overrides: Overrides = serde_json::from_value(until).expect("overrides");
        let record = crate::OrganisationRecord { overrides, ..found };
        self.keep(async move |tx| tx.update_organisation(&record, at(1)).await).await;
    }

    pub(super) async fn app(&self, person: PersonId) {
        let app = AuthenticatorApp {
            id: CodeId::new(&*self.rng, at(0)),
            seed: Sealed::from_bytes(vec![1; 40]),
            last_step: 0,
            state: CredentialState::Active,
            added_at: at(0),
            last_used_at: None,
        };
        self.keep(async move |tx| tx.put_app(person, &app).await).await;
    }

    pub(super) async fn suspend(&self, person: PersonId, key: CredentialId) {
        self.keep(async move |tx| {
            tx.suspend_credential(person, key, Cause::ReportedLost, at(1)).await
        })
        .await;
    }

    pub(super) async fn listed(&self, scope: &Scope, filter: &PeopleFilter) -> Vec<String> {
        let view = self.store.view();
        let within = view.within(scope);
        let mut names = Vec::new();
        let mut after: Option<Username> = None;
        // In pages of two, as somebody reads them.
        loop {
            let page = within.list_people(filter, after.as_ref(), 2).await.expect("read");
            let Some(last) = page.last() else { break };
            after = Some(last.person.username.clone());
            names.extend(page.iter().map(|it| it.person.username.as_str().to_owned()));
        }
        assert_eq!(within.count_people(filter).await.expect("read"), names.len() as u64);
        names
    }
}

pub(super) fn only(ids: &[OrganisationId]) -> Scope {
    Scope::Organisations(ids.iter().copied().collect())
}

fn so_far(enrolled: Enrolled, seconds: i64) -> PeopleFilter {
    PeopleFilter { enrolled: Some((enrolled, at(seconds))), ..PeopleFilter::default() }
}

async fn people_are_listed_by_state_keys_group_role_and_organisation(on: On) {
    let fixture = Fixture::new(on).await;
    let root = fixture.organisation("root").await;
    let ward = fixture.below("ward", root).await;
    let (amy, ben) = (fixture.person("amy", root).await, fixture.person("ben", ward).await);
    let cat = fixture.person("cat", ward).await;
    let dan = fixture.person("dan", root).await;
    fixture.credential(amy, "Blue").await;
    let lost = fixture.credential(ben, "Red").await.id;
    fixture.suspend(ben, lost).await;
    let group = Group {
        id: GroupId::new(&*fixture.rng, at(0)),
        organisation: root,
        slug: "theatre".to_owned(),
        name: "Theatre".to_owned(),
        overrides: Overrides::default(),
    };
    let id = group.id;
    fixture
        .keep(async move |tx| {
            let mut record = tx.view().find_person(dan).await?.expect("Dan");
            record.person.state = PersonState::Disabled;
            tx.update_person(&record).await?;
            tx.put_group(&group, at(0)).await?;
            tx.add_members(id, &[amy, cat]).await?;
            let role = Role::Helpdesk;
            tx.grant_role(&RoleGrant { person: cat, role, organisation: ward }).await?;
            tx.grant_role(&RoleGrant { person: amy, role, organisation: root }).await
        })
        .await;
    let all = PeopleFilter::default;
    let scope = only(&[root, ward]);
    for (filter, names) in [
        (all(), vec!["amy", "ben", "cat", "dan"]),
        (PeopleFilter { state: Some(PersonState::Disabled), ..all() }, vec!["dan"]),
        (PeopleFilter { has_keys: Some(true), ..all() }, vec!["amy"]),
        (PeopleFilter { has_keys: Some(false), ..all() }, vec!["ben", "cat", "dan"]),
        (PeopleFilter { group: Some(id), ..all() }, vec!["amy", "cat"]),
        (PeopleFilter { role: Some(Role::Helpdesk), ..all() }, vec!["amy", "cat"]),
        (PeopleFilter { role: Some(Role::Auditor), ..all() }, vec![]),
        (PeopleFilter { organisation: Some(root), ..all() }, vec!["amy", "ben", "cat", "dan"]),
        (PeopleFilter { organisation: Some(ward), ..all() }, vec!["ben", "cat"]),
        (
            PeopleFilter { organisation: Some(ward), group: Some(id), has_keys: None, ..all() },
            vec![],
        ),
    ] {
        assert_eq!(fixture.listed(&scope, &filter).await, names, "{filter:?}");
    }
    // Whoever sees the ward alone sees neither a group nor a role of the organisation above it, and
    // an organisation outside has nobody.
    let scope = only(&[ward]);
    for (filter, names) in [
        (all(), vec!["ben", "cat"]),
        (PeopleFilter { group: Some(id), ..all() }, vec![]),
        (PeopleFilter { role: Some(Role::Helpdesk), ..all() }, vec!["cat"]),
        (PeopleFilter { organisation: Some(root), ..all() }, vec![]),
    ] {
        assert_eq!(fixture.listed(&scope, &filter).await, names, "{filter:?}");
    }
}

async fn progress_counts_everybody_once_and_the_lists_name_them(on: On) {
    let fixture = Fixture::new(on).await;
    let (strict, lenient) = (fixture.organisation("s").await, fixture.organisation("l").await);
    fixture.grace(lenient).await;
    let expected: BTreeMap<Enrolled, Vec<&str>> = BTreeMap::from([
        (Enrolled::Nothing, vec!["disabled", "lost", "nothing", "once", "role"]),
        (Enrolled::InGrace, vec!["grace"]),
        (Enrolled::AppOnly, vec!["app"]),
        (Enrolled::OneKey, vec!["one", "one-and-app"]),
        (Enrolled::TwoKeys, vec!["three", "two"]),
    ]);
    let mut people = BTreeMap::new();
    for name in expected.values().flatten() {
        let home = match *name {
            "grace" | "once" | "role" | "two" | "app" => lenient,
            _ => strict,
        };
        people.insert(*name, fixture.person(name, home).await);
    }
    for (name, keys) in [("one", 1), ("one-and-app", 1), ("two", 2), ("three", 3), ("lost", 1)] {
        for number in 0..keys {
            let key = fixture.credential(people[name], &format!("Key {number}")).await.id;
            if name == "lost" {
                fixture.suspend(people[name], key).await;
            }
        }
    }
    fixture.app(people["app"]).await;
    fixture.app(people["one-and-app"]).await;
    let (once, role, disabled) = (people["once"], people["role"], people["disabled"]);
    fixture
        .keep(async move |tx| {
            tx.mark_ever_had_factor(once).await?;
            let grant = RoleGrant { person: role, role: Role::Auditor, organisation: lenient };
            tx.grant_role(&grant).await?;
            let mut record = tx.view().find_person(disabled).await?.expect("it");
            record.person.state = PersonState::Disabled;
            tx.update_person(&record).await
        })
        .await;
    for scope in [Scope::Platform, only(&[strict, lenient])] {
        for (enrolled, names) in &expected {
            assert_eq!(
                &fixture.listed(&scope, &so_far(*enrolled, EARLY)).await,
                names,
                "{enrolled:?}"
            );
        }
        let view = fixture.store.view();
        let within = view.within(&scope);
        let counted = async |of, seconds| {
            let progress = within.progress(of, at(seconds), 100).await.expect("read");
            Enrolled::ALL.map(|enrolled| progress.sum(|of| of.of(enrolled)))
        };
        assert_eq!(counted(strict, EARLY).await, [2, 0, 0, 2, 1], "leavers are not counted");
        assert_eq!(counted(lenient, EARLY).await, [2, 1, 1, 0, 1]);
        // Grace is over.
        assert_eq!(counted(lenient, LATE).await, [3, 0, 1, 0, 1]);
        assert!(fixture.listed(&scope, &so_far(Enrolled::InGrace, LATE)).await.is_empty());
    }
    let view = fixture.store.view();
    let scope = only(&[strict]);
    let progress = view.within(&scope).progress(lenient, at(EARLY), 100).await.expect("read");
    assert_eq!(progress.people(), 0, "an organisation outside has nobody");
}

async fn filters_that_go_together_list_whoever_all_of_them_are_true_of(on: On) {
    use PersonState::{Active, Disabled, Invited};
    let fixture = Fixture::new(on).await;
    let (strict, lenient) = (fixture.organisation("s").await, fixture.organisation("l").await);
    fixture.grace(lenient).await;
    let mut people = BTreeMap::new();
    for (name, home, state, email) in [
        ("active", strict, Active, true),
        ("active-unreached", strict, Active, false),
        ("begins", lenient, Active, false),
        ("gone-unreached", strict, Disabled, false),
        ("invited", strict, Invited, true),
        ("invited-unreached", strict, Invited, false),
        ("keyed-and-gone", strict, Disabled, true),
    ] {
        let mut record = fixture.stranger(name, home);
        record.person.state = state;
        record.person.email = email.then(|| format!("{name}@x.example"));
        people.insert(name, record.person.id);
        fixture.keep(async move |tx| tx.insert_person(&record).await).await;
    }
    fixture.credential(people["keyed-and-gone"], "Blue key").await;
    let group = Group {
        id: GroupId::new(&*fixture.rng, at(0)),
        organisation: strict,
        slug: "theatre".to_owned(),
        name: "Theatre".to_owned(),
        overrides: Overrides::default(),
    };
    let id = group.id;
    let members = [people["active"], people["invited-unreached"]];
    fixture
        .keep(async move |tx| {
            tx.put_group(&group, at(0)).await?;
            tx.add_members(id, &members).await
        })
        .await;
    let nothing = Some((Enrolled::Nothing, at(EARLY)));
    let unreached = Some((Need::Unreached, at(EARLY)));
    let all = PeopleFilter::default;
    for (filter, names) in [
        (
            PeopleFilter { state: Some(Active), enrolled: nothing, ..all() },
            vec!["active", "active-unreached"],
        ),
        (
            PeopleFilter { state: Some(Invited), need: unreached, ..all() },
            vec!["invited-unreached"],
        ),
        (PeopleFilter { state: Some(Disabled), need: unreached, ..all() }, vec![]),
        (
            PeopleFilter { enrolled: nothing, need: unreached, ..all() },
            vec!["active-unreached", "invited-unreached"],
        ),
        (
            PeopleFilter {
                enrolled: Some((Enrolled::InGrace, at(EARLY))),
                need: unreached,
                ..all()
            },
            vec![],
        ),
        (
            PeopleFilter { has_keys: Some(false), state: Some(Active), ..all() },
            vec!["active", "active-unreached", "begins"],
        ),
        (
            PeopleFilter { has_keys: Some(true), state: Some(Disabled), ..all() },
            vec!["keyed-and-gone"],
        ),
        (PeopleFilter { has_keys: Some(true), enrolled: nothing, ..all() }, vec![]),
        (PeopleFilter { group: Some(id), state: Some(Active), ..all() }, vec!["active"]),
        (PeopleFilter { group: Some(id), need: unreached, ..all() }, vec!["invited-unreached"]),
        (PeopleFilter { organisation: Some(lenient), enrolled: nothing, ..all() }, vec![]),
    ] {
        for scope in [Scope::Platform, only(&[strict, lenient])] {
            assert_eq!(fixture.listed(&scope, &filter).await, names, "{scope:?} {filter:?}");
        }
        assert!(fixture.listed(&only(&[]), &filter).await.is_empty(), "{filter:?}");
    }
}

async fn key_models_are_counted_inside_and_whoever_has_no_other_is_named(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    for (name, home, models) in [
        ("amy", ours, &[TERN][..]),
        ("ben", ours, &[TERN, Uuid::nil()]),
        ("cat", ours, &[Uuid::nil()]),
        ("dan", theirs, &[TERN]),
        ("eve", ours, &[]),
    ] {
        let person = fixture.person(name, home).await;
        for (number, aaguid) in models.iter().copied().enumerate() {
            let made = fixture.made(person, &format!("Key {number}"));
            let key = Credential { aaguid, hardware: aaguid == TERN, ..made };
            fixture.keep(async move |tx| tx.insert_credential(&key).await).await;
        }
    }
    let view = fixture.store.view();
    let models = |keys, hardware, rest| {
        vec![
            KeyModel { aaguid: TERN, keys, hardware },
            KeyModel { aaguid: Uuid::nil(), keys: rest, hardware: 0 },
        ]
    };
    let mut found = view.within(&only(&[ours])).list_key_models(None).await.expect("read");
    found.sort_by_key(|model| std::cmp::Reverse(model.aaguid));
    assert_eq!(found, models(2, 2, 2));
    let found = view.within(&Scope::Platform).list_key_models(None).await.expect("read");
    assert_eq!(found, models(3, 3, 2));
    let found = view.within(&Scope::Platform).list_key_models(Some(theirs)).await.expect("read");
    assert_eq!(found, models(1, 1, 0)[..1]);
    let found = view.within(&only(&[ours])).list_key_models(Some(theirs)).await.expect("read");
    assert!(found.is_empty());

    let denied = |models: &[Uuid]| PeopleFilter {
        only_models: Some(models.iter().copied().collect::<BTreeSet<_>>()),
        ..PeopleFilter::default()
    };
    let ours = only(&[ours]);
    assert_eq!(fixture.listed(&ours, &denied(&[TERN])).await, ["amy"]);
    assert_eq!(fixture.listed(&Scope::Platform, &denied(&[TERN])).await, ["amy", "dan"]);
    let both = denied(&[TERN, Uuid::nil()]);
    assert_eq!(fixture.listed(&ours, &both).await, ["amy", "ben", "cat"]);
    assert!(fixture.listed(&ours, &denied(&[])).await.is_empty());
}

async fn holders_of_a_model_are_the_same_however_many_others_have_it(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    for (name, models) in [
        ("amy", &[TERN, Uuid::nil(), TERN][..]),
        ("ben", &[Uuid::nil()]),
        ("cat", &[TERN]),
        ("dan", &[TERN]),
        ("eve", &[TERN]),
    ] {
        let home = if name == "dan" { theirs } else { ours };
        let person = fixture.person(name, home).await;
        for (number, aaguid) in models.iter().copied().enumerate() {
            let key = Credential { aaguid, ..fixture.made(person, &format!("Key {number}")) };
            let id = key.id;
            fixture.keep(async move |tx| tx.insert_credential(&key).await).await;
            if name == "eve" {
                fixture.suspend(person, id).await;
            }
        }
    }
    let (view, scope) = (fixture.store.view(), only(&[ours]));
    let holders = Holders { model: Some(TERN), ..Holders::default() };
    let listed = async |after| {
        let within = view.within(&scope);
        within.list_holdings(ours, holders, after, 10).await.expect("read")
    };
    let told = async || [listed(None).await, listed(Some("amy")).await];
    let [all, after_amy] = told().await;
    let keys: Vec<_> = all.iter().map(|of| (of.username.as_str(), of.keys.len())).collect();
    assert_eq!(keys, [("amy", 3), ("cat", 1)], "with all of their keys");
    assert_eq!(after_amy, all[1..]);

    let many = fixture.stranger("fay", theirs);
    let keys: Vec<Credential> = (0..FEW)
        .map(|number| {
            let made = fixture.made(many.person.id, &format!("Key {number}"));
            Credential { aaguid: TERN, ..made }
        })
        .collect();
    fixture
        .keep(async move |tx| tx.insert_people_with_keys(std::slice::from_ref(&many), &keys).await)
        .await;
    assert_eq!(told().await, [all, after_amy], "now they are not rare");
}

on_each_database! {
    people_are_listed_by_state_keys_group_role_and_organisation,
    progress_counts_everybody_once_and_the_lists_name_them,
    filters_that_go_together_list_whoever_all_of_them_are_true_of,
    key_models_are_counted_inside_and_whoever_has_no_other_is_named,
    holders_of_a_model_are_the_same_however_many_others_have_it,
}
