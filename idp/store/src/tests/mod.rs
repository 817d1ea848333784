//! Tests of the store against a real file and a real PostgreSQL, as sentences.

mod aggregates;
mod audit;
mod counts;
mod encrypted;
mod enrolment;
mod listing;
mod mail;
mod migrations;
mod older;
mod once;
mod scope;
mod search;
mod sight;
mod throttles;
mod trail;
mod writer;

use std::sync::Arc;

use latchkey_core::credentials::{Credential, CredentialState, Nickname};
use latchkey_core::ids::{
    ClientId, CredentialId, FlowId, GrantId, OrganisationId, PersonId, SessionId, Subject,
    UserHandle,
};
use latchkey_core::people::{Person, PersonState, Username};
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::rng::SeededRng;
use latchkey_core::secrets::Digest;
use latchkey_core::{Rng, Timestamp};
use latchkey_test_databases::Database;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Error, Grant, OrganisationRecord, PersonRecord, Session, Store, StoredClient, Tx};

/// A moment; tests count seconds from it.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

/// What a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgresql,
}

/// Makes two tests of each function that takes an [`On`], named after what they run on.
macro_rules! on_each_database {
    ($($test:ident,)+) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::tests::On::Sqlite).await;
            })+
        }
        mod postgresql {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::tests::On::Postgresql).await;
            })+
        }
    };
}
pub(crate) use on_each_database;

/// An empty database, of one kind or the other.
pub(crate) enum Place {
    File(TempDir),
    Server(Database),
}

impl Place {
    pub(crate) fn new(on: On) -> Self {
        match on {
            On::Sqlite => Self::File(tempfile::tempdir().expect("a folder")),
            On::Postgresql => Self::Server(Database::new()),
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(folder) => {
                format!("sqlite:{}", folder.path().join("data/latchkey.db").display())
            }
            Self::Server(database) => database.url.clone(),
        }
    }
}

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) place: Place,
}

impl Fixture {
    pub(crate) async fn new(on: On) -> Self {
        let place = Place::new(on);
        let store = Store::open(&place.url()).await.expect("a store");
        Self { store, rng: Arc::new(SeededRng::new(7)), place }
    }

    /// A write that must succeed.
    pub(crate) async fn keep<T, F>(&self, work: F) -> T
    where
        F: AsyncFn(&Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        self.store.write(work).await.expect("kept")
    }

    pub(crate) async fn organisation(&self, slug: &str) -> OrganisationId {
        let record = OrganisationRecord {
            id: OrganisationId::new(&*self.rng, at(0)),
            slug: slug.to_owned(),
            parent: None,
            name: slug.to_owned(),
            helpdesk: Default::default(),
            brand: Default::default(),
            preset: Preset::Small,
            usernames: Default::default(),
            overrides: Overrides::default(),
        };
        let id = record.id;
        self.keep(async move |tx| tx.insert_organisation(&record, at(0)).await).await;
        id
    }

    pub(crate) fn stranger(&self, username: &str, organisation: OrganisationId) -> PersonRecord {
        PersonRecord {
            password_hash: None,
            locale: None,
            person: Person {
                id: PersonId::new(&*self.rng, at(0)),
                organisation,
                subject: Subject(self.rng.uuid_v4()),
                user_handle: UserHandle::new(&*self.rng),
                username: Username::parse(username).expect("a user name"),
                name: username.to_owned(),
                email: None,
                verified_email: None,
                staff_number: None,
                state: PersonState::Active,
                ever_had_factor: false,
                interested_at: None,
                claims: serde_json::Map::new(),
                updated_at: at(0),
                standing: latchkey_core::people::Standing::default(),
                reminder: Default::default(),
            },
        }
    }

    pub(crate) async fn person(&self, username: &str, organisation: OrganisationId) -> PersonId {
        let record = self.stranger(username, organisation);
        let id = record.person.id;
        self.keep(async move |tx| tx.insert_person(&record).await).await;
        id
    }

    /// A key that is not stored.
    pub(crate) fn made(&self, person: PersonId, nickname: &str) -> Credential {
        Credential {
            id: CredentialId::new(&*self.rng, at(0)),
            person,
            credential_id: self.rng.bytes::<16>().to_vec(),
            public_key: "key".to_owned(),
            nickname: Nickname::parse(nickname).expect("a nickname"),
            asset_tag: None,
            aaguid: Uuid::nil(),
            counter: 5,
            counter_alerts: 0,
            backup_eligible: false,
            backed_up: false,
            transports: vec!["usb".to_owned()],
            discoverable: Some(true),
            attestation_format: "none".to_owned(),
            hardware: false,
            state: CredentialState::Active,
            added_at: at(0),
            last_used_at: None,
        }
    }

    pub(crate) async fn credential(&self, person: PersonId, nickname: &str) -> Credential {
        let credential = self.made(person, nickname);
        let new = credential.clone();
        self.keep(async move |tx| tx.insert_credential(&new).await).await;
        credential
    }

    pub(crate) async fn client(&self, id: &str) -> ClientId {
        let client = StoredClient {
            id: ClientId(id.to_owned()),
            organisation: None,
            document: "{}".to_owned(),
        };
        let id = client.id.clone();
        self.keep(async move |tx| tx.put_client(&client, at(0)).await).await;
        id
    }

    pub(crate) async fn session(&self, person: PersonId, secret: &str) -> SessionId {
        let session = Session {
            id: SessionId::new(&*self.rng, at(0)),
            person,
            assurance: None,
            fresh_at: None,
            started_at: at(0),
            last_seen_at: at(0),
            expires_at: at(3600),
            ended_at: None,
            agent: None,
            address: None,
        };
        let (id, secret) = (session.id, Digest::of(secret.as_bytes()));
        self.keep(async move |tx| tx.insert_session(&session, secret).await).await;
        id
    }

    pub(crate) fn grant(
        &self,
        code: &str,
        person: PersonId,
        session: SessionId,
        client: &ClientId,
    ) -> Grant {
        let digest = Digest::of(code.as_bytes());
        Grant {
            // A code carries the key of its grant.
            id: GrantId(Uuid::from_slice(&digest.as_bytes()[..16]).expect("16 bytes")),
            code: digest,
            person,
            session,
            client: client.clone(),
            facts: "{}".to_owned(),
            offline: false,
            created_at: at(1),
            expires_at: at(600),
            revoked_at: None,
        }
    }

    pub(crate) fn flow_id(&self) -> FlowId {
        FlowId::new(&*self.rng, at(0))
    }
}
