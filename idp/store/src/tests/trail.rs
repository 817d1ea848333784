//! How the database finds events: by an index, whatever is asked, so that a long history costs nothing.

use std::collections::BTreeSet;

use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::ids::{EventId, OrganisationId, PersonId, SessionId};
use latchkey_core::roles::{Actor, Role, Scope};
use sea_orm::{ConnectionTrait as _, DbBackend, QuerySelect as _, QueryTrait as _, Statement};
use uuid::Uuid;

use super::{Fixture, On, at, on_each_database};
use crate::within::trail::events;
use crate::{EventFilter, server};

const SAM: PersonId = PersonId(Uuid::from_u128(7));
const BY_ACTOR: &str = "audit_actor_at_id";

/// Very many events of the installation and of two organisations, a few of them Sam's.
async fn many(fixture: &Fixture, organisations: [OrganisationId; 2]) {
    let new = |number: i64| {
        let sams = number % 500 == 0;
        let organisation = organisations.get(usize::from(number % 2 == 1)).copied();
        let scope = Scope::Platform;
        Event {
            id: EventId::new(&*fixture.rng, at(number)),
            at: at(number),
            actor: match (sams, number % 4) {
                (true, 0) => Actor::Administrator {
                    person: SAM,
                    session: SessionId(Uuid::nil()),
                    role: Role::LocalAdministrator,
                    scope,
                },
                (true, _) => Actor::Person { person: SAM, session: None },
                (false, 0) => Actor::System,
                (false, _) => Actor::Person {
                    person: PersonId(Uuid::from_u128(100 + u128::from(number.unsigned_abs() % 90))),
                    session: None,
                },
            },
            person: None,
            organisation,
            session: None,
            address: None,
            what: What::LoggedOut,
            handling: Handling::default(),
        }
    };
    let all: Vec<Event> = (0..4000).map(new).collect();
    fixture
        .keep(async move |tx| {
            for event in &all {
                tx.insert_event(event).await?;
            }
            Ok(())
        })
        .await;
}

async fn who_did_it_is_looked_up_by_an_index_inside_a_scope_too(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    many(&fixture, [ours, theirs]).await;
    if on == On::Postgresql {
        let conn = server::schema(&fixture.place.url()).expect("an address");
        conn.execute_unprepared("ANALYZE audit").await.expect("counted");
    }
    let view = fixture.store.view();
    let backend = view.conn.get_database_backend();
    let by_sam = EventFilter { actor: Some(SAM), ..EventFilter::default() };
    let here = Scope::Organisations(BTreeSet::from([ours]));
    let both = Scope::Organisations(BTreeSet::from([ours, theirs]));
    for scope in [Scope::Platform, here.clone(), both] {
        for before in [None, Some((at(3000), EventId(Uuid::nil())))] {
            let query = events(&by_sam, scope.clone(), before, backend).limit(50);
            let plan = plan(&view.conn, query.build(backend)).await;
            assert!(plan.contains(BY_ACTOR), "{scope:?}, {before:?}: {plan}");
            assert!(!plan.contains("SCAN audit") && !plan.contains("Seq Scan"), "{plan}");
        }
    }
    let found = view.within(&here).list_events(&by_sam, None, 50).await.expect("read");
    assert_eq!(found.len(), 8, "as many as there are");
    let elsewhere = Scope::Organisations(BTreeSet::from([theirs]));
    let found = view.within(&elsewhere).list_events(&by_sam, None, 50).await.expect("read");
    assert!(found.is_empty(), "what Sam did elsewhere is not seen");
}

/// How the database would find what is asked for.
async fn plan(conn: &impl sea_orm::ConnectionTrait, asked: Statement) -> String {
    let (how, column) = match asked.db_backend {
        DbBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let explain = Statement { sql: format!("{how} {}", asked.sql), ..asked };
    let rows = conn.query_all_raw(explain).await.expect("explained");
    let lines = rows.iter().map(|row| row.try_get::<String>("", column).expect("a line"));
    lines.collect::<Vec<_>>().join("\n")
}

on_each_database! {
    who_did_it_is_looked_up_by_an_index_inside_a_scope_too,
}
