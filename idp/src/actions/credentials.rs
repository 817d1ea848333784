//! Registering, renaming and removing security keys.

use latchkey_core::audit::What;
use latchkey_core::credentials::{AssetTag, Credential, CredentialState, Nickname, Registered};
use latchkey_core::ids::{CredentialId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::roles::Actor;
use latchkey_store::{Error, Tx};

use super::codes::has_way_in;
use crate::App;
use crate::audit::Origin;
use crate::authn::models;
use crate::mail::{self, Drafts, Letter};

/// Why a key was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The key is registered, for this person or another.
    AlreadyRegistered,
}

/// Why a key was not renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rename {
    /// There is no such key.
    Gone,
    /// Another key of the person has the name.
    Taken,
}

/// Why a key was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remove {
    /// There is no such key.
    Gone,
    /// Without it the person could not log in.
    LastWayIn,
}

/// What removing a key did.
#[derive(Clone, Debug)]
pub struct Removed {
    /// The key.
    pub credential: Credential,
    /// How many other sessions ended with it.
    pub ended: usize,
}

pub(super) enum Outcome<E> {
    Refused(E),
    Failed(Error),
}

impl<E> From<Error> for Outcome<E> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub(super) fn settle<T, E>(result: Result<T, Outcome<E>>) -> anyhow::Result<Result<T, E>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Outcome::Refused(refusal)) => Ok(Err(refusal)),
        Err(Outcome::Failed(error)) => Err(error.into()),
    }
}

/// Has letters sent of what was done.
pub(super) fn told<T, E>(
    app: &App,
    done: anyhow::Result<Result<T, E>>,
) -> anyhow::Result<Result<T, E>> {
    if matches!(done, Ok(Ok(_))) {
        mail::wake(app);
    }
    done
}

/// What a key is called before it is changed, for a letter; nothing where none are written.
async fn nickname_of(
    app: &App,
    person: &Person,
    id: CredentialId,
) -> anyhow::Result<Option<String>> {
    if app.mail.is_none() {
        return Ok(None);
    }
    let key = app.store.view().find_credential(person.id, id).await?;
    Ok(key.map(|key| key.nickname.as_str().to_owned()))
}

/// Keeps a key that a ceremony verified, under its model's name.
///
/// # Errors
/// When the database fails.
pub async fn register(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: Option<SessionId>,
    registered: Registered,
) -> anyhow::Result<Result<Credential, Refused>> {
    let model = models::describe(
        app.metadata.present().as_deref(),
        &registered.aaguid,
        &registered.transports,
        registered.backup_eligible,
    );
    let hardware = registered.trust.proves_hardware(registered.backup_eligible);
    let chain = registered.attestation_chain;
    let credential = Credential {
        id: CredentialId::new(&*app.rng, origin.at),
        person: person.id,
        credential_id: registered.credential_id,
        public_key: registered.public_key,
        nickname: Nickname::from_model(&model.name, 1),
        asset_tag: None,
        aaguid: registered.aaguid,
        counter: registered.counter,
        counter_alerts: 0,
        backup_eligible: registered.backup_eligible,
        backed_up: registered.backed_up,
        transports: registered.transports,
        discoverable: registered.discoverable,
        attestation_format: registered.attestation_format,
        hardware,
        state: CredentialState::Active,
        added_at: origin.at,
        last_used_at: None,
    };
    let letter = Letter::KeyAdded { key: model.name.clone(), credential: credential.id };
    let letters = mail::write(app, origin, person.id, session, letter).await?;
    let (rng, origin, person) = (app.rng.clone(), origin.clone(), person.clone());
    let write = async move |tx: &Tx| {
        let view = tx.view();
        if view.find_credential_by_raw_id(&credential.credential_id).await?.is_some() {
            return Err(Outcome::Refused(Refused::AlreadyRegistered));
        }
        let mine = view.list_credentials(person.id).await?;
        let free = (1..=mine.len() + 1)
            .map(|number| Nickname::from_model(&model.name, number))
            .find(|name| mine.iter().all(|key| key.nickname.folded() != name.folded()));
        let mut credential = credential.clone();
        if let Some(nickname) = free {
            credential.nickname = nickname;
        }
        tx.insert_credential(&credential).await?;
        if !chain.is_empty() {
            tx.insert_attestation(credential.id, &chain).await?;
        }
        tx.mark_ever_had_factor(person.id).await?;
        tx.reset_reminder(person.id).await?;
        let what = What::CredentialRegistered {
            credential: credential.id,
            nickname: credential.nickname.as_str().to_owned(),
            model: model.name.clone(),
        };
        tx.insert_event(&origin.event(&*rng, &person, session, what)).await?;
        letters.queue(tx).await?;
        Ok(credential)
    };
    told(app, settle(app.store.write(write).await))
}

/// Gives a key another name.
///
/// # Errors
/// When the database fails.
pub async fn rename(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: Option<SessionId>,
    id: CredentialId,
    nickname: Nickname,
) -> anyhow::Result<Result<(), Rename>> {
    // Of what they do themselves and cannot be harmed by, nobody is told.
    let letters = match (&origin.actor, nickname_of(app, person, id).await?) {
        (Actor::Person { .. }, _) | (_, None) => Drafts::none(),
        (_, Some(before)) => {
            let letter = Letter::KeyRenamed { before, after: nickname.as_str().to_owned() };
            mail::write(app, origin, person.id, session, letter).await?
        }
    };
    let (rng, origin, person) = (app.rng.clone(), origin.clone(), person.clone());
    let write = async move |tx: &Tx| {
        let mine = tx.view().list_credentials(person.id).await?;
        let Some(key) = mine.iter().find(|key| key.id == id) else {
            return Err(Outcome::Refused(Rename::Gone));
        };
        if key.nickname == nickname {
            return Ok(());
        }
        let folded = nickname.folded();
        if mine.iter().any(|other| other.id != id && other.nickname.folded() == folded) {
            return Err(Outcome::Refused(Rename::Taken));
        }
        tx.rename_credential(id, &nickname).await?;
        let what = What::CredentialRenamed {
            credential: id,
            before: key.nickname.as_str().to_owned(),
            after: nickname.as_str().to_owned(),
        };
        tx.insert_event(&origin.event(&*rng, &person, session, what)).await?;
        Ok(letters.queue(tx).await?)
    };
    told(app, settle(app.store.write(write).await))
}

/// Notes what is written on a key, or that nothing is; `false` when there is no such key.
///
/// # Errors
/// When the database fails.
pub async fn tag(
    app: &App,
    origin: &Origin,
    person: &Person,
    id: CredentialId,
    tag: Option<AssetTag>,
) -> anyhow::Result<bool> {
    let (rng, origin, person) = (app.rng.clone(), origin.clone(), person.clone());
    let write = async move |tx: &Tx| {
        let Some(key) = tx.view().find_credential(person.id, id).await? else { return Ok(false) };
        if key.asset_tag == tag {
            return Ok(true);
        }
        tx.tag_credential(person.id, id, tag.as_ref()).await?;
        let text = |tag: &Option<AssetTag>| tag.as_ref().map(|tag| tag.as_str().to_owned());
        let (before, after) = (text(&key.asset_tag), text(&tag));
        let what = What::CredentialTagged { credential: id, before, after };
        tx.insert_event(&origin.event(&*rng, &person, None, what)).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Removes a key of a person, by themselves: never their last way in. With `keep`, every session
/// but that one ends too.
///
/// # Errors
/// When the database or the organisation cannot be read.
pub async fn remove(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: SessionId,
    id: CredentialId,
    end_others: bool,
) -> anyhow::Result<Result<Removed, Remove>> {
    let policy = app.policy_of(person).await?;
    let letters = match nickname_of(app, person, id).await? {
        Some(key) => {
            let letter = Letter::KeyRemoved { key };
            mail::write(app, origin, person.id, Some(session), letter).await?
        }
        None => Drafts::none(),
    };
    let (rng, origin, person) = (app.rng.clone(), origin.clone(), person.clone());
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let mine = view.list_credentials(person.id).await?;
        let Some(key) = mine.iter().find(|key| key.id == id) else {
            return Err(Outcome::Refused(Remove::Gone));
        };
        let password =
            view.find_person(person.id).await?.is_some_and(|record| record.password_hash.is_some());
        let codes = view.list_codes(person.id).await?;
        let others: Vec<_> = mine.iter().filter(|other| other.id != id).cloned().collect();
        let stays = has_way_in(&policy, password, &others, &codes);
        if key.state == CredentialState::Active && !stays {
            return Err(Outcome::Refused(Remove::LastWayIn));
        }
        tx.delete_credential(id).await?;
        let what =
            What::CredentialRemoved { credential: id, nickname: key.nickname.as_str().to_owned() };
        tx.insert_event(&origin.event(&*rng, &person, Some(session), what)).await?;
        let mut ended = 0;
        if end_others {
            for other in tx.end_other_sessions(person.id, session, origin.at).await? {
                let event = origin.event(&*rng, &person, Some(other), What::LoggedOut);
                tx.insert_event(&event).await?;
                ended += 1;
            }
        }
        letters.queue(tx).await?;
        Ok(Removed { credential: key.clone(), ended })
    };
    told(app, settle(app.store.write(write).await))
}
