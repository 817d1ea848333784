//! What is kept of how far people are is what the tables tell, whatever is written.

use std::collections::BTreeSet;

use latchkey_core::Rng;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Cause, Credential, CredentialState};
use latchkey_core::ids::{CodeId, OrganisationId, PersonId};
use latchkey_core::people::PersonState;
use latchkey_core::rng::SeededRng;
use latchkey_core::roles::{Role, RoleGrant, Scope};
use latchkey_core::secrets::Sealed;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement};

use super::{Fixture, On, at, on_each_database};
use crate::enrolment::Class;
use crate::entity::people;
use crate::{Enrolled, Error, PeopleFilter, Tx};

/// The writes that are drawn in a walk.
const WALKED: [&str; 21] = [
    "accept_invitation",
    "alert_credential",
    "delete_app",
    "delete_credential",
    "delete_person",
    "delete_role",
    "grant_role",
    "insert_credential",
    "insert_people_with_keys",
    "mark_ever_had_factor",
    "mark_invited",
    "put_app",
    "reinstate_app",
    "reinstate_credential",
    "release_credentials",
    "suspend_app",
    "suspend_credential",
    "update_person",
    "use_app",
    "use_credential",
    "withhold_credentials",
];

/// Writes that are these by another name, or change nothing that tells how far somebody is.
const OTHERS: [&str; 20] = [
    "delete_pass",
    "delete_recovery_codes",
    "insert_people",
    "insert_person",
    "mark_interested",
    "miss_pass",
    "put_off_spare",
    "put_pass",
    "put_recovery_codes",
    "rehash_password",
    "rename_credential",
    "reset_reminder",
    "set_locale",
    "set_password",
    "tag_credential",
    "use_pass",
    "use_recovery_code",
    "verify_email",
    // Within the crate.
    "insert_key_rows",
    "void_codes",
];

/// Where these writes are.
const SOURCES: [&str; 3] =
    [include_str!("../people.rs"), include_str!("../credentials.rs"), include_str!("../codes.rs")];

fn number(rng: &dyn Rng, end: usize) -> usize {
    let drawn = u64::from_le_bytes(rng.bytes());
    usize::try_from(drawn % end as u64).expect("a small number")
}

impl Fixture {
    fn an_app(&self) -> AuthenticatorApp {
        AuthenticatorApp {
            id: CodeId::new(&*self.rng, at(0)),
            seed: Sealed::from_bytes(vec![1; 40]),
            last_step: 0,
            state: CredentialState::Active,
            added_at: at(0),
            last_used_at: None,
        }
    }

    /// What is kept of everybody, and what all that is read of them says it should be.
    async fn kept_and_due(&self) -> Vec<(String, i64, i64)> {
        let view = self.store.view();
        let rows = people::Entity::find().all(&self.store.view().conn).await.expect("read");
        let mut all = Vec::new();
        for row in rows {
            let id = PersonId(row.id);
            let person = view.find_person(id).await.expect("read").expect("somebody").person;
            let mut keys = view.list_credentials(id).await.expect("read");
            keys.retain(|key| key.state == CredentialState::Active);
            let app = view.list_codes(id).await.expect("read").app;
            let app = app.is_some_and(|app| app.state == CredentialState::Active);
            let started = person.ever_had_factor || person.standing.administrator;
            let class = match (&keys[..], app, started, &person.email) {
                ([], false, true, Some(_)) => Class::Stuck,
                ([], false, true, None) => Class::StuckUnreached,
                ([], false, false, Some(_)) => Class::Newcomer,
                ([], false, false, None) => Class::NewcomerUnreached,
                ([], true, ..) => Class::AppOnly,
                ([key], false, ..) if !key.backup_eligible => Class::OneKeyAlone,
                ([_], ..) => Class::OneKey,
                _ => Class::TwoKeys,
            };
            let state = match person.state {
                PersonState::Active => 0,
                PersonState::Invited => 8,
                PersonState::Disabled => 16,
            };
            all.push((row.username, row.enrolment, state + class as i64));
        }
        all
    }

    async fn wrong(&self, organisation: OrganisationId) -> Vec<PersonId> {
        let view = self.store.view();
        let mut wrong = view.list_wrongly_enrolled(organisation, 2).await.expect("read");
        wrong.sort_unstable();
        wrong
    }

    /// Writes as a node of the version before does.
    async fn as_before(&self, sql: &'static str) {
        self.keep(async move |tx| {
            tx.conn().execute_unprepared(sql).await?;
            Ok(())
        })
        .await;
    }

    /// One write, drawn among all, of one of these people.
    async fn step(&self, lot: &dyn Rng, homes: [OrganisationId; 2], step: usize) {
        let rows = people::Entity::find().all(&self.store.view().conn).await.expect("read");
        let what = match rows.is_empty() {
            true => "insert_people_with_keys",
            false => WALKED[number(lot, WALKED.len())],
        };
        let home = homes[number(lot, 2)];
        if what == "insert_people_with_keys" {
            let mut record = self.stranger(&format!("p{step}"), home);
            record.person.ever_had_factor = number(lot, 2) == 0;
            record.person.email = (number(lot, 2) == 0).then(|| format!("p{step}@x.example"));
            record.person.state =
                [PersonState::Active, PersonState::Invited, PersonState::Disabled][number(lot, 3)];
            let id = record.person.id;
            let suspended = CredentialState::Suspended(latchkey_core::credentials::Suspension {
                cause: Cause::Administrator,
                at: None,
            });
            let keys: Vec<Credential> = (0..number(lot, 4))
                .map(|key| Credential {
                    backup_eligible: number(lot, 2) == 0,
                    state: [CredentialState::Active, suspended][number(lot, 2)],
                    ..self.made(id, &format!("New {step} {key}"))
                })
                .collect();
            self.keep(async move |tx| {
                tx.insert_people_with_keys(std::slice::from_ref(&record), &keys).await
            })
            .await;
            return;
        }
        let person = PersonId(rows[number(lot, rows.len())].id);
        let view = self.store.view();
        let keys = view.list_credentials(person).await.expect("read");
        let key = (!keys.is_empty()).then(|| keys[number(lot, keys.len())].id);
        let app = view.list_codes(person).await.expect("read").app.map(|app| app.id);
        let new = Credential {
            backup_eligible: number(lot, 2) == 0,
            ..self.made(person, &format!("Key {step}"))
        };
        let (an_app, choice) = (self.an_app(), number(lot, 4));
        let grant = RoleGrant { person, role: Role::Helpdesk, organisation: home };
        let cause = Cause::ReportedLost;
        let write = async move |tx: &Tx| -> Result<(), Error> {
            match (what, key, app) {
                ("accept_invitation", ..) => {
                    tx.accept_invitation(person, None, at(1)).await?;
                }
                ("alert_credential", Some(key), _) => {
                    tx.alert_credential(key, choice == 0, at(1)).await?;
                }
                ("delete_app", ..) => {
                    tx.delete_app(person).await?;
                }
                ("delete_credential", Some(key), _) => {
                    tx.delete_credential(key).await?;
                }
                ("delete_person", ..) => {
                    tx.delete_person(person).await?;
                }
                ("delete_role", ..) => {
                    tx.delete_role(&grant).await?;
                }
                ("grant_role", ..) => {
                    tx.grant_role(&grant).await?;
                }
                ("insert_credential", ..) => tx.insert_credential(&new).await?,
                ("mark_ever_had_factor", ..) => tx.mark_ever_had_factor(person).await?,
                ("mark_invited", ..) => tx.mark_invited(person).await?,
                ("put_app", ..) => tx.put_app(person, &an_app).await?,
                ("reinstate_app", _, Some(app)) => {
                    tx.reinstate_app(person, app, cause).await?;
                }
                ("reinstate_credential", Some(key), _) => {
                    tx.reinstate_credential(person, key, cause).await?;
                }
                ("release_credentials", ..) => {
                    tx.release_credentials(person).await?;
                }
                ("suspend_app", _, Some(app)) => {
                    tx.suspend_app(person, app, cause, at(1)).await?;
                }
                ("suspend_credential", Some(key), _) => {
                    tx.suspend_credential(person, key, cause, at(1)).await?;
                }
                ("update_person", ..) => {
                    let mut record = tx.view().find_person(person).await?.expect("somebody");
                    match choice {
                        0 => record.person.email = None,
                        1 => record.person.email = Some("a@x.example".to_owned()),
                        2 => record.person.state = PersonState::Disabled,
                        _ => record.person.organisation = home,
                    }
                    tx.update_person(&record).await?;
                }
                ("use_app", _, Some(app)) => {
                    tx.use_app(app, 7, at(1)).await?;
                }
                ("use_credential", Some(key), _) => {
                    tx.use_credential(key, 9, false, at(1)).await?;
                }
                ("withhold_credentials", ..) => {
                    tx.withhold_credentials(person, at(1)).await?;
                }
                // There is no key or no app to do it to.
                (_, None, _) | (_, _, None) => {}
                (unknown, ..) => panic!("{unknown} is not walked"),
            }
            Ok(())
        };
        self.keep(write).await;
        for (name, kept, due) in self.kept_and_due().await {
            assert_eq!(kept, due, "{name} after {what}, step {step}");
        }
        for home in homes {
            assert_eq!(self.wrong(home).await, [], "after {what}, step {step}");
        }
    }
}

async fn what_is_kept_is_what_the_tables_tell_after_any_writes(on: On) {
    let fixture = Fixture::new(on).await;
    let homes = [fixture.organisation("a").await, fixture.organisation("b").await];
    let lot = SeededRng::new(11);
    for step in 0..400 {
        fixture.step(&lot, homes, step).await;
    }
}

#[test]
fn every_write_of_people_keys_and_codes_is_walked_or_known_to_change_nothing() {
    let writes = SOURCES.iter().flat_map(|source| {
        let (_, writes) = source.split_once("impl Tx {").expect("writes");
        writes.lines().filter_map(|line| {
            let public = line.strip_prefix("    pub async fn ");
            let name = public.or_else(|| line.strip_prefix("    pub(crate) async fn "));
            Some(name?.split_once('(')?.0)
        })
    });
    let known: BTreeSet<&str> = WALKED.into_iter().chain(OTHERS).collect();
    assert_eq!(writes.collect::<BTreeSet<_>>(), known);
}

async fn what_a_node_of_the_version_before_changed_is_found_and_put_right(on: On) {
    let fixture = Fixture::new(on).await;
    let (here, there) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let mut people = Vec::new();
    for name in ["amy", "ben", "cat", "dan", "eve"] {
        people.push(fixture.person(name, here).await);
    }
    let fay = fixture.person("fay", there).await;
    fixture.credential(people[0], "Blue key").await;
    fixture.credential(fay, "Red key").await;
    assert_eq!(fixture.wrong(here).await, []);
    fixture.as_before("UPDATE credentials SET state = 'suspended'").await;
    fixture
        .as_before("UPDATE people SET state = 'disabled' WHERE username IN ('cat', 'eve')")
        .await;
    let [amy, _, cat, _, eve] = people[..] else { panic!("five") };
    let mut wrong = vec![amy, cat, eve];
    wrong.sort_unstable();
    assert_eq!(fixture.wrong(here).await, wrong, "and nobody of elsewhere");
    assert_eq!(fixture.wrong(there).await, [fay]);
    let nothing = PeopleFilter {
        enrolled: Some((Enrolled::Nothing, at(0))),
        state: Some(PersonState::Active),
        ..PeopleFilter::default()
    };
    let listed = fixture.listed(&Scope::Platform, &nothing).await;
    assert_eq!(listed, ["ben", "cat", "dan", "eve"], "as it was kept");

    let both = [amy, cat, eve, fay, people[1]];
    let refreshed = fixture.keep(async move |tx| tx.refresh_enrolment(&both).await).await;
    assert_eq!(refreshed, 4, "whoever is right is left alone");
    assert_eq!(fixture.wrong(here).await, []);
    assert_eq!(fixture.wrong(there).await, []);
    let listed = fixture.listed(&Scope::Platform, &nothing).await;
    assert_eq!(listed, ["amy", "ben", "dan", "fay"]);
}

#[tokio::test]
async fn a_log_in_does_not_write_anybodys_row_anew() {
    let fixture = Fixture::new(On::Postgresql).await;
    let home = fixture.organisation("a").await;
    let amy = fixture.person("amy", home).await;
    let key = fixture.credential(amy, "Blue key").await.id;
    let app = fixture.an_app();
    let id = app.id;
    fixture
        .keep(async move |tx| {
            tx.put_app(amy, &app).await?;
            tx.mark_ever_had_factor(amy).await
        })
        .await;
    let readers = fixture.store.view().conn;
    let place = async || {
        let sql = "SELECT CAST(ctid AS text) AS place FROM people";
        let sql = Statement::from_string(readers.get_database_backend(), sql);
        let row = readers.query_one_raw(sql).await.expect("read").expect("a row");
        row.try_get::<String>("", "place").expect("a place")
    };
    let before = place().await;
    fixture
        .keep(async move |tx| {
            assert!(tx.use_credential(key, 9, false, at(1)).await?);
            assert!(tx.use_app(id, 7, at(1)).await?);
            tx.mark_ever_had_factor(amy).await?;
            tx.alert_credential(key, false, at(1)).await
        })
        .await;
    assert_eq!(place().await, before);
    fixture.suspend(amy, key).await;
    assert_ne!(place().await, before, "a change is seen by this");
}

on_each_database! {
    what_is_kept_is_what_the_tables_tell_after_any_writes,
    what_a_node_of_the_version_before_changed_is_found_and_put_right,
}
