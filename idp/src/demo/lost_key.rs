//! A key that nobody holds: somebody in the demo is locked out, as people who lost theirs are.

use anyhow::Context as _;
use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::credentials::{Credential, CredentialState, Nickname};
use latchkey_core::ids::{CredentialId, EventId};
use latchkey_core::people::Username;
use latchkey_core::policy::Attestation;
use latchkey_core::roles::Actor;
use latchkey_store::{Error, PersonRecord, Tx};

use crate::App;
use crate::authn::passkey::Owner;
use crate::authn::software::{Behaviour, SoftwareKey};

/// Who lost their key.
pub(super) const LOCKED_OUT: &str = "bethan.price";

/// Registers the key, once: whoever had one keeps what they have now.
///
/// # Errors
/// When the ceremony or the database fails.
pub(super) async fn give(app: &App) -> anyhow::Result<()> {
    let username = Username::parse(LOCKED_OUT)?;
    let found = app.store.view().find_person_by_username(&username).await?;
    let record = found.context("the demo's documents lack somebody")?;
    if record.person.ever_had_factor {
        return Ok(());
    }
    let credential = register(app, &record)?;
    let event = Event {
        id: EventId::new(&*app.rng, credential.added_at),
        at: credential.added_at,
        actor: Actor::Cli,
        person: Some(record.person.id),
        organisation: Some(record.person.organisation),
        session: None,
        address: None,
        what: What::CredentialRegistered {
            credential: credential.id,
            nickname: credential.nickname.as_str().to_owned(),
            model: String::new(),
        },
        handling: Handling::default(),
    };
    app.store
        .write::<(), Error, _>(async move |tx: &Tx| {
            tx.insert_credential(&credential).await?;
            tx.mark_ever_had_factor(credential.person).await?;
            tx.insert_event(&event).await
        })
        .await?;
    Ok(())
}

/// A whole ceremony with a key in software, whose private part is gone when this returns.
fn register(app: &App, record: &PersonRecord) -> anyhow::Result<Credential> {
    let person = &record.person;
    let owner =
        Owner { handle: &person.user_handle, username: &person.username, name: &person.name };
    let started = app.passkeys.start_registration(&*app.rng, owner, &[], Attestation::None)?;
    let behaviour = Behaviour::honest(app.issuer.as_str());
    let mut key = SoftwareKey::new();
    // The model of no key that there is: the demo does not claim to hold somebody's product.
    key.aaguid = uuid::Uuid::nil();
    let response = key.create(&started.options, &behaviour)?;
    let told = app.passkeys.finish_registration(&started.state, &response.to_string())?;
    let now = app.clock.now();
    Ok(Credential {
        id: CredentialId::new(&*app.rng, now),
        person: person.id,
        credential_id: told.credential_id,
        public_key: told.public_key,
        nickname: Nickname::parse("Blue key")?,
        asset_tag: None,
        aaguid: told.aaguid,
        counter: told.counter,
        counter_alerts: 0,
        backup_eligible: told.backup_eligible,
        backed_up: told.backed_up,
        transports: told.transports,
        discoverable: told.discoverable,
        attestation_format: told.attestation_format,
        hardware: false,
        state: CredentialState::Active,
        added_at: now,
        last_used_at: None,
    })
}
