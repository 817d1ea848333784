use latchkey_core::credentials::{Cause, CredentialState, Suspension};
use latchkey_core::people::Username;
use latchkey_core::roles::Scope;
use latchkey_core::secrets::Digest;
use latchkey_core::words::Field;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::older::{self, STEPS};
use super::{Fixture, On, Place, on_each_database};
use crate::embedded::WriteLine;
use crate::schema::{Target, of_embedded, of_server};
use crate::{Error, PeopleFilter, Store, server};

/// A database whose schema goes up and down.
enum Schema {
    Embedded(WriteLine),
    Server(DatabaseConnection),
}

impl Schema {
    async fn open(place: &Place) -> Self {
        let url = place.url();
        match url.strip_prefix("sqlite:") {
            Some(path) => {
                let path = std::path::Path::new(path);
                let folder = path.parent().expect("in a folder");
                std::fs::create_dir_all(folder).expect("a folder");
                Self::Embedded(WriteLine::open(path).await.expect("a database"))
            }
            None => Self::Server(server::schema(&url).expect("an address")),
        }
    }

    async fn change(&self, target: Target) -> crate::Result<()> {
        match self {
            Self::Embedded(line) => of_embedded(line, target).await,
            Self::Server(pool) => of_server(pool, target).await,
        }
    }

    fn conn(&self) -> &DatabaseConnection {
        match self {
            Self::Embedded(line) => line.orm(),
            Self::Server(pool) => pool,
        }
    }

    /// Everything that there is, in words.
    async fn words(&self) -> Vec<String> {
        let sql = match self {
            Self::Embedded(_) => {
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'seaql%' \
                 ORDER BY name"
            }
            Self::Server(_) => {
                "SELECT * FROM (
                   SELECT table_name || ' has ' || column_name || ' ' || data_type || ' ' ||
                          is_nullable || coalesce(column_default, '') AS sql
                     FROM information_schema.columns WHERE table_schema = 'public'
                   UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                   UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
                     FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                 ) AS everything WHERE sql NOT LIKE '%seaql%' ORDER BY sql"
            }
        };
        let rows = self.conn().query_all_raw(Statement::from_string(self.backend(), sql));
        let rows = rows.await.expect("read");
        rows.into_iter().map(|row| row.try_get::<String>("", "sql").expect("a text")).collect()
    }

    fn backend(&self) -> DbBackend {
        self.conn().get_database_backend()
    }

    async fn run(&self, sql: &str) {
        self.conn().execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

async fn every_migration_goes_up_down_and_up_again_to_the_same_schema(on: On) {
    let place = Place::new(on);
    let schema = Schema::open(&place).await;
    schema.change(Target::Newest).await.expect("up");
    let first = schema.words().await;
    assert!(first.iter().any(|words| words.contains("people")), "{first:?}");
    for _ in latchkey_migrations::all() {
        schema.change(Target::Back(1)).await.expect("down");
    }
    assert_eq!(schema.words().await, Vec::<String>::new(), "nothing is left behind");
    schema.change(Target::Newest).await.expect("up again");
    assert_eq!(schema.words().await, first);
    schema.change(Target::Newest).await.expect("a second time does nothing");
    assert_eq!(schema.words().await, first);
}

async fn what_an_older_version_wrote_is_there_after_every_migration_since(on: On) {
    assert_eq!(STEPS.len(), latchkey_migrations::all().len(), "each step has rows of its time");
    for known in 1..=STEPS.len() {
        let place = Place::new(on);
        let schema = Schema::open(&place).await;
        for (before, step) in STEPS[..known].iter().enumerate() {
            // Written by whoever knew this far.
            schema.change(Target::Newest).await.expect("up");
            schema.change(Target::Back(STEPS.len() - before - 1)).await.expect("back");
            for row in *step {
                schema.run(&row.insert(schema.backend())).await;
            }
        }
        let store = Store::open(&place.url()).await.expect("brought up to date");
        let view = store.view();
        let amy = view.find_person_by_username(&Username::parse("amy").expect("a name")).await;
        let amy = amy.expect("read").expect("still there").person;
        assert_eq!((amy.id, amy.name.as_str()), (older::AMY, "Amy Ward"));
        assert!(amy.ever_had_factor);
        let keys = view.list_credentials(amy.id).await.expect("read");
        assert_eq!(keys.len(), usize::from(known >= 2), "{known} steps");
        let session = view.find_session(Digest::from_bytes([7; 32])).await.expect("read");
        assert_eq!(session.is_some(), known >= 3, "{known} steps");
        let grant = view.find_live_grant(older::GRANT).await.expect("read");
        assert_eq!(grant.is_some(), known >= 4, "{known} steps");
        let refresh = view.find_refresh(Digest::from_bytes([8; 32])).await.expect("read");
        assert_eq!(refresh.is_some(), known >= 4, "{known} steps");
        let setting = view.find_setting("rp_id").await.expect("read");
        assert_eq!(setting.is_some(), known >= 5, "{known} steps");
        let sealed = view.find_sealed_setting("token_key").await.expect("read");
        let sealed = sealed.map(|sealed| sealed.version);
        assert_eq!(sealed, (known >= 5).then_some(1), "with the one version that there was");
        let filter = PeopleFilter { has_keys: Some(known >= 2), ..PeopleFilter::default() };
        let listed = view.within(&Scope::Platform).list_people(&filter, None, 9).await;
        assert_eq!(listed.expect("read").len(), 1, "{known} steps");
        let wrong = view.list_wrongly_enrolled(amy.organisation, 9).await.expect("read");
        assert_eq!(wrong, [], "{known} steps");
        let keys = view.list_signing_keys().await.expect("read");
        let versions: Vec<u32> = keys.iter().map(|key| key.sealed.version).collect();
        assert_eq!(versions, [1, 2][..known.saturating_sub(4).min(2)], "{known} steps");
    }
}

async fn a_key_that_was_suspended_before_causes_were_kept_has_one(on: On) {
    let all = latchkey_migrations::all();
    let mine = all.iter().position(|step| step.name().ends_with("_suspensions")).expect("it");
    for (how, cause) in [
        ("withheld = TRUE", Cause::Closed),
        ("counter_alerts = 2", Cause::Copied),
        ("counter_alerts = 1", Cause::NotMe),
    ] {
        let place = Place::new(on);
        let schema = Schema::open(&place).await;
        schema.change(Target::Newest).await.expect("up");
        schema.change(Target::Back(all.len() - mine)).await.expect("back");
        for row in STEPS[..2].iter().copied().flatten() {
            schema.run(&row.insert(schema.backend())).await;
        }
        schema.run(&format!("UPDATE credentials SET state = 'suspended', {how}")).await;
        let store = Store::open(&place.url()).await.expect("brought up to date");
        let keys = store.view().list_credentials(older::AMY).await.expect("read");
        let suspension = Suspension { cause, at: None };
        assert_eq!(keys[0].state, CredentialState::Suspended(suspension), "{how}");
    }
}

async fn people_and_keys_of_an_older_version_are_found_by_their_words(on: On) {
    let all = latchkey_migrations::all();
    let mine = all.iter().position(|step| step.name().ends_with("_people_words")).expect("it");
    let place = Place::new(on);
    let schema = Schema::open(&place).await;
    schema.change(Target::Newest).await.expect("up");
    schema.change(Target::Back(all.len() - mine)).await.expect("back");
    for row in STEPS[..mine].iter().copied().flatten() {
        schema.run(&row.insert(schema.backend())).await;
    }
    let store = Store::open(&place.url()).await.expect("brought up to date");
    let view = store.view();
    for (typed, field) in
        [("ward", Field::Name), ("AMY", Field::Username), ("blue k", Field::Nickname)]
    {
        let found = view.within(&Scope::Platform).search(typed, 10).await.expect("read");
        assert_eq!(found.len(), 1, "{typed}");
        assert_eq!(found[0].person.person.id, older::AMY);
        assert!(found[0].fields.contains(&field), "{typed}");
    }
}

async fn an_older_version_works_with_a_schema_that_a_newer_one_extended(on: On) {
    let place = Place::new(on);
    let schema = Schema::open(&place).await;
    schema.change(Target::Newest).await.expect("up");
    schema.run("INSERT INTO seaql_migrations VALUES ('m29991231_000001_flying_keys', 1)").await;
    drop(Store::open(&place.url()).await.expect("it works with it"));
    schema.change(Target::Back(1)).await.expect("back");
    let words = schema.words().await;
    let error = Store::open(&place.url()).await.err().expect("refused");
    assert!(matches!(error, Error::Configuration(_)), "{error}");
    assert!(error.to_string().contains("m29991231_000001_flying_keys"), "{error}");
    assert_eq!(schema.words().await, words, "nothing was changed");
}

async fn nodes_that_start_together_make_one_schema(on: On) {
    let place = Place::new(on);
    // Files have one node; the first of it makes the folder.
    if on == On::Sqlite {
        drop(Store::open(&place.url()).await.expect("a store"));
    }
    let url = place.url();
    let opened = futures_util::future::join_all((0..6).map(|_| Store::open(&url))).await;
    for store in opened {
        store.expect("a store").view().find_setting("rp_id").await.expect("a table");
    }
}

async fn readers_cannot_write(on: On) {
    let fixture = Fixture::new(on).await;
    let readers = fixture.store.view().conn;
    let sql = "DELETE FROM people";
    let written =
        readers.execute_raw(Statement::from_string(readers.get_database_backend(), sql)).await;
    assert!(written.is_err());
}

on_each_database! {
    every_migration_goes_up_down_and_up_again_to_the_same_schema,
    what_an_older_version_wrote_is_there_after_every_migration_since,
    a_key_that_was_suspended_before_causes_were_kept_has_one,
    people_and_keys_of_an_older_version_are_found_by_their_words,
    an_older_version_works_with_a_schema_that_a_newer_one_extended,
    nodes_that_start_together_make_one_schema,
    readers_cannot_write,
}
