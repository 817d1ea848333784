//! What follows a restore: nothing that was open in the backup counts, and keys that were removed
//! after it was made are found by an audit export.

use std::path::Path;

use anyhow::Context as _;
use latchkey_core::Rng;
use latchkey_core::audit::{Event, What};
use latchkey_core::credentials::Credential;
use latchkey_core::ids::CredentialId;
use latchkey_store::backup::Voided;
use latchkey_store::{Error, PersonRecord, Store, Tx};
use serde_json::Value;

use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Letter};

/// Ends what the backup remembers as open, and raises the epoch.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn void(store: &Store, rng: &dyn Rng, by: &Origin) -> anyhow::Result<Voided> {
    let now = by.at;
    let epoch = rng.uuid_v7(now).as_bytes().to_vec();
    let nothing = What::BackupRestored { sessions: 0, grants: 0 };
    let event = by.event_of_installation(rng, nothing);
    let write = async move |tx: &Tx| {
        let voided = tx.void(&epoch, now).await?;
        let what = What::BackupRestored { sessions: voided.sessions, grants: voided.grants };
        tx.insert_event(&Event { what, ..event.clone() }).await?;
        Ok(voided)
    };
    Ok(store.write::<Voided, Error, _>(write).await?)
}

/// The keys that an audit export tells to have been removed: one event a line, as JSON, with what
/// happened in it or under `event`.
///
/// # Errors
/// When it cannot be read, or a line is no event: with file and line.
pub fn removed(path: &Path) -> anyhow::Result<Vec<CredentialId>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut removed = Vec::new();
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}: not an audit event", path.display(), index + 1);
        let event: Value = serde_json::from_str(line).with_context(place)?;
        let what = event.get("event").unwrap_or(&event);
        what.get("kind").and_then(Value::as_str).with_context(place)?;
        // Kinds of later versions are none of these.
        if what["kind"] == "credential_removed" {
            let what: What = serde_json::from_value(what.clone()).with_context(place)?;
            if let What::CredentialRemoved { credential, .. } = what {
                removed.push(credential);
            }
        }
    }
    removed.sort_unstable();
    removed.dedup();
    Ok(removed)
}

/// Those that there are again. A key that was removed never comes back by itself, so whenever that
/// was, the backup is older.
///
/// # Errors
/// When the database fails.
pub async fn back(
    store: &Store,
    removed: &[CredentialId],
) -> anyhow::Result<Vec<(Credential, PersonRecord)>> {
    let mut back = Vec::new();
    for id in removed {
        back.extend(store.view().find_credential_with_person(*id).await?);
    }
    Ok(back)
}

/// Removes those again, each with its event, and tells their owners by letters that whoever serves
/// the restored data sends.
///
/// # Errors
/// When the database fails or the theme cannot write a letter; those before stay removed.
pub async fn remove(
    app: &App,
    back: &[(Credential, PersonRecord)],
    by: &Origin,
) -> anyhow::Result<()> {
    for (credential, record) in back {
        let credential_id = credential.id;
        let nickname = credential.nickname.as_str().to_owned();
        let letter = Letter::KeyRemoved { key: nickname.clone() };
        let letters = mail::write(app, by, record.person.id, None, letter).await?;
        let what = What::CredentialRemoved { credential: credential_id, nickname };
        let event = by.event(&*app.rng, &record.person, None, what);
        app.store
            .write::<_, Error, _>(async move |tx: &Tx| {
                tx.delete_credential(credential_id).await?;
                letters.queue(tx).await?;
                tx.insert_event(&event).await
            })
            .await?;
    }
    mail::wake(app);
    Ok(())
}
