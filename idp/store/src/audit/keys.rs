//! What events tell of a person, under that person's own key. The key's row goes with the person's:
//! nobody reads afterwards what was sealed with it, and the trail stays whole.

use std::sync::Arc;

use latchkey_core::Rng;
use latchkey_core::ids::{EventId, PersonId};
use latchkey_core::secrets::{Sealed, SealingKey};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _, FromQueryResult as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::entity::audit_keys::{ActiveModel, Column, Entity, Model};
use crate::fixed::Fixed;
use crate::{Error, Result, Tx, View};

/// What seals the keys of people's events, and where randomness for that comes from.
pub struct AuditKeys {
    sealing: SealingKey,
    rng: Arc<dyn Rng>,
}

impl AuditKeys {
    /// Keys that are sealed with `sealing`.
    #[must_use]
    pub fn new(sealing: SealingKey, rng: Arc<dyn Rng>) -> Self {
        Self { sealing, rng }
    }

    fn open(&self, person: PersonId, sealed: Vec<u8>) -> Result<SealingKey> {
        let opened = self.sealing.open(&key_purpose(person), &Sealed::from_bytes(sealed));
        let opened = opened.map(Zeroizing::new).map_err(|_| Error::damaged("audit_keys.sealed"))?;
        let bytes = <[u8; 32]>::try_from(opened.as_slice()).map(Zeroizing::new);
        Ok(SealingKey::new(&*bytes.map_err(|_| Error::damaged("audit_keys.sealed"))?))
    }
}

fn key_purpose(person: PersonId) -> String {
    format!("audit key {person}")
}

fn purpose(event: EventId) -> String {
    format!("audit event {event}")
}

/// The part of an event that goes with the person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Personal {
    pub(super) event: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl View<'_> {
    fn audit_keys(&self) -> Result<&AuditKeys> {
        let missing =
            || Error::Internal("the keys of the audit trail are not known yet".to_owned());
        self.audit.get().ok_or_else(missing)
    }

    /// A person's key; `None` when they have none. Read each time: a node that remembered it would
    /// go on with it after another one has destroyed it.
    pub(super) async fn find_audit_key(&self, person: PersonId) -> Result<Option<SealingKey>> {
        static QUERY: Fixed = Fixed::new();
        let row = QUERY.one(&self.conn, || Entity::find_by_id(person.0), person.0.into()).await?;
        let Some(row) = row.map(|row| Model::from_query_result(&row, "")).transpose()? else {
            return Ok(None);
        };
        self.audit_keys()?.open(person, row.sealed).map(Some)
    }

    /// Opens the personal part of an event; `None` when the person's key is gone.
    pub(super) fn open_personal(
        key: Option<&SealingKey>,
        event: EventId,
        sealed: Vec<u8>,
    ) -> Result<Option<Personal>> {
        let Some(key) = key else { return Ok(None) };
        let opened = key.open(&purpose(event), &Sealed::from_bytes(sealed));
        let opened = opened.map(Zeroizing::new).map_err(|_| Error::damaged("audit.personal"))?;
        Ok(Some(serde_json::from_slice(&opened)?))
    }
}

impl Tx {
    /// Seals what an event tells of a person; `None` when there is no such person any more.
    pub(super) async fn seal_personal(
        &self,
        person: PersonId,
        event: EventId,
        personal: &Personal,
    ) -> Result<Option<Vec<u8>>> {
        let key = match self.view().find_audit_key(person).await? {
            Some(key) => key,
            None if self.view().find_person(person).await?.is_none() => return Ok(None),
            None => self.make_audit_key(person).await?,
        };
        let plain = Zeroizing::new(serde_json::to_vec(personal)?);
        let view = self.view();
        let sealed = key.seal(&*view.audit_keys()?.rng, &purpose(event), &plain);
        Ok(Some(sealed.as_bytes().to_vec()))
    }

    async fn make_audit_key(&self, person: PersonId) -> Result<SealingKey> {
        let sealed = {
            let view = self.view();
            let keys = view.audit_keys()?;
            let fresh = Zeroizing::new(keys.rng.bytes::<32>());
            keys.sealing.seal(&*keys.rng, &key_purpose(person), &*fresh).as_bytes().to_vec()
        };
        let row = ActiveModel { person_id: Set(person.0), sealed: Set(sealed) };
        Entity::insert(row)
            .on_conflict(OnConflict::column(Column::PersonId).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        let stands = self.view().find_audit_key(person).await?;
        stands.ok_or_else(|| Error::damaged("audit_keys"))
    }
}
