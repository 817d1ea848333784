//! Security keys and passkeys.

use latchkey_core::Timestamp;
use latchkey_core::credentials::{
    AssetTag, Cause, Credential, CredentialState, Nickname, Suspension,
};
use latchkey_core::ids::{CredentialId, PersonId};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::entity::credentials::{ActiveModel, Column, Entity, Model};
use crate::fixed::Fixed;
use crate::{Error, Result, Tx, View};

/// As it is stored.
pub(crate) const ACTIVE: &str = "active";
pub(crate) const SUSPENDED: &str = "suspended";
/// How many rows one statement writes: both databases have a limit on what they bind.
const AT_A_TIME: usize = 500;

/// Whether something works, from how that is stored. A node of an older version tells no cause;
/// then only the helpdesk may undo it.
pub(crate) fn state(
    state: &str,
    suspended_for: Option<&str>,
    suspended_at: Option<i64>,
    table: &str,
) -> Result<CredentialState> {
    let damaged = || Error::damaged(&format!("{table}.state"));
    match state {
        ACTIVE => Ok(CredentialState::Active),
        SUSPENDED => Ok(CredentialState::Suspended(Suspension {
            cause: match suspended_for {
                Some(text) => Cause::parse(text).ok_or_else(damaged)?,
                None => Cause::Administrator,
            },
            at: suspended_at.map(Timestamp::from_millis),
        })),
        _ => Err(damaged()),
    }
}

/// Cause and time of a state, as they are stored beside it.
pub(crate) fn stored(state: CredentialState) -> (Option<String>, Option<i64>) {
    let suspension = state.suspension();
    (
        suspension.map(|suspension| suspension.cause.as_str().to_owned()),
        suspension.and_then(|suspension| suspension.at).map(Timestamp::millis),
    )
}

pub(crate) fn from_row(row: Model) -> Result<Credential> {
    let counter = |value: i64, what| u32::try_from(value).map_err(|_| Error::damaged(what));
    let nickname = Nickname::parse(&row.nickname);
    let tag = row.asset_tag.as_deref().map(AssetTag::parse);
    Ok(Credential {
        id: CredentialId(row.id),
        person: PersonId(row.person_id),
        credential_id: row.credential_id,
        public_key: row.public_key,
        nickname: nickname.map_err(|_| Error::damaged("credentials.nickname"))?,
        asset_tag: tag.transpose().map_err(|_| Error::damaged("credentials.asset_tag"))?,
        aaguid: row.aaguid,
        counter: counter(row.counter, "credentials.counter")?,
        counter_alerts: counter(row.counter_alerts, "credentials.counter_alerts")?,
        backup_eligible: row.backup_eligible,
        backed_up: row.backed_up,
        transports: serde_json::from_str(&row.transports)?,
        discoverable: row.discoverable,
        attestation_format: row.attestation_format,
        hardware: row.hardware,
        state: state(&row.state, row.suspended_for.as_deref(), row.suspended_at, "credentials")?,
        added_at: Timestamp::from_millis(row.added_at),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    })
}

/// What a browser is told of a key, so that it finds it (WebAuthn Level 3 §5.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// How the authenticator can be reached, as the browser named it.
    pub transports: Vec<String>,
}

fn to_row(new: &Credential) -> Result<ActiveModel> {
    let (suspended_for, suspended_at) = stored(new.state);
    Ok(ActiveModel {
        id: Set(new.id.0),
        person_id: Set(new.person.0),
        credential_id: Set(new.credential_id.clone()),
        public_key: Set(new.public_key.clone()),
        nickname: Set(new.nickname.as_str().to_owned()),
        nickname_folded: Set(new.nickname.folded()),
        aaguid: Set(new.aaguid),
        counter: Set(new.counter.into()),
        counter_alerts: Set(new.counter_alerts.into()),
        backup_eligible: Set(new.backup_eligible),
        backed_up: Set(new.backed_up),
        transports: Set(serde_json::to_string(&new.transports)?),
        discoverable: Set(new.discoverable),
        attestation_format: Set(new.attestation_format.clone()),
        hardware: Set(new.hardware),
        state: Set(new.state.as_str().to_owned()),
        added_at: Set(new.added_at.millis()),
        last_used_at: Set(new.last_used_at.map(Timestamp::millis)),
        withheld: Set(false),
        suspended_for: Set(suspended_for),
        suspended_at: Set(suspended_at),
        asset_tag: Set(new.asset_tag.as_ref().map(|tag| tag.as_str().to_owned())),
    })
}

impl View<'_> {
    /// What browsers are told of the keys of a person, in the same order. No more of them is read:
    /// there is nothing to read of a name that nobody has, and the time must not tell.
    pub async fn list_descriptors(&self, person: PersonId) -> Result<Vec<Descriptor>> {
        static QUERY: Fixed = Fixed::new();
        let query = || {
            Entity::find()
                .select_only()
                .columns([Column::CredentialId, Column::Transports])
                .filter(Column::PersonId.eq(person.0))
                .order_by_asc(Column::AddedAt)
                .order_by_asc(Column::Id)
        };
        let rows = QUERY.all(&self.conn, query, person.0.into()).await?;
        rows.iter()
            .map(|row| {
                let transports: String = row.try_get("", "transports")?;
                Ok(Descriptor {
                    credential_id: row.try_get("", "credential_id")?,
                    transports: serde_json::from_str(&transports)?,
                })
            })
            .collect()
    }

    /// The keys of a person, the first registered first. Suspended ones too.
    pub async fn list_credentials(&self, person: PersonId) -> Result<Vec<Credential>> {
        let rows = Entity::find()
            .filter(Column::PersonId.eq(person.0))
            .order_by_asc(Column::AddedAt)
            .order_by_asc(Column::Id)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(from_row).collect()
    }

    /// A key of this person.
    pub async fn find_credential(
        &self,
        person: PersonId,
        id: CredentialId,
    ) -> Result<Option<Credential>> {
        let of_person = Column::PersonId.eq(person.0);
        let row = Entity::find_by_id(id.0).filter(of_person).one(&self.conn).await?;
        row.map(from_row).transpose()
    }

    /// Anybody's key by what its authenticator calls it.
    pub async fn find_credential_by_raw_id(&self, raw: &[u8]) -> Result<Option<Credential>> {
        let row = Entity::find().filter(Column::CredentialId.eq(raw)).one(&self.conn).await?;
        row.map(from_row).transpose()
    }

    /// How many working keys a person has.
    pub async fn count_active_credentials(&self, person: PersonId) -> Result<u64> {
        let count = Entity::find()
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::State.eq(ACTIVE))
            .count(&self.conn)
            .await?;
        Ok(count)
    }
}

impl Tx {
    /// Adds a key.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the key is registered already, or the person has the nickname.
    pub async fn insert_credential(&self, new: &Credential) -> Result<()> {
        self.insert_key_rows(std::slice::from_ref(new)).await?;
        self.refresh_enrolment(&[new.person]).await?;
        self.refresh_words(&[new.person]).await
    }

    /// Adds the rows of keys; their words, and how far their people are, are kept by the caller.
    pub(crate) async fn insert_key_rows(&self, new: &[Credential]) -> Result<()> {
        for some in new.chunks(AT_A_TIME) {
            let rows = some.iter().map(to_row).collect::<Result<Vec<_>>>()?;
            Entity::insert_many(rows).exec_without_returning(&self.conn()).await?;
        }
        Ok(())
    }

    /// Renames a key.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the person has the nickname already.
    pub async fn rename_credential(&self, id: CredentialId, nickname: &Nickname) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Nickname, Expr::value(nickname.as_str()))
            .col_expr(Column::NicknameFolded, Expr::value(nickname.folded()))
            .filter(Column::Id.eq(id.0))
            .exec(&self.conn())
            .await?;
        self.refresh_words_of_holder(id).await
    }

    /// Notes what is written on a key, or that nothing is; `false` when the key is gone, or
    /// another's.
    pub async fn tag_credential(
        &self,
        person: PersonId,
        id: CredentialId,
        tag: Option<&AssetTag>,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::AssetTag, Expr::value(tag.map(|tag| tag.as_str().to_owned())))
            .filter(Column::Id.eq(id.0))
            .filter(Column::PersonId.eq(person.0))
            .exec(&self.conn())
            .await?;
        self.refresh_words(&[person]).await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes a key; `false` when it is gone already.
    pub async fn delete_credential(&self, id: CredentialId) -> Result<bool> {
        let Some(holder) = self.find_holder(id).await? else { return Ok(false) };
        let gone = Entity::delete_by_id(id.0).exec(&self.conn()).await?.rows_affected == 1;
        self.refresh_enrolment(&[holder]).await?;
        self.refresh_words(&[holder]).await?;
        Ok(gone)
    }

    /// Notes a log-in with a working key: the counter only ever rises, and of two log-ins that
    /// carry the same counter one loses. `false` when the key is gone, suspended or was overtaken.
    pub async fn use_credential(
        &self,
        id: CredentialId,
        counter: u32,
        backed_up: bool,
        now: Timestamp,
    ) -> Result<bool> {
        let mut rises = Condition::any()
            .add(Column::Counter.lt(i64::from(counter)))
            .add(Column::BackupEligible.eq(true));
        if counter == 0 {
            rises = rises.add(Column::Counter.eq(0));
        }
        let done = Entity::update_many()
            .col_expr(Column::Counter, Expr::value(i64::from(counter)))
            .col_expr(Column::BackedUp, Expr::value(backed_up))
            .col_expr(Column::LastUsedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::State.eq(ACTIVE))
            .filter(rises)
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Suspends a key of a person; `false` when it is suspended, gone or another's. One that only
    /// rested with its owner's account is suspended too, and does not come back with that.
    pub async fn suspend_credential(
        &self,
        person: PersonId,
        id: CredentialId,
        cause: Cause,
        now: Timestamp,
    ) -> Result<bool> {
        let works = Condition::any().add(Column::State.eq(ACTIVE)).add(Column::Withheld.eq(true));
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(SUSPENDED))
            .col_expr(Column::Withheld, Expr::value(false))
            .col_expr(Column::SuspendedFor, Expr::value(cause.as_str()))
            .col_expr(Column::SuspendedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::PersonId.eq(person.0))
            .filter(works)
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected == 1)
    }

    /// Lets a key of a person work again that was suspended for this cause; `false` when it works,
    /// is gone, another's, or suspended for another.
    pub async fn reinstate_credential(
        &self,
        person: PersonId,
        id: CredentialId,
        cause: Cause,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(ACTIVE))
            .col_expr(Column::SuspendedFor, Expr::value(None::<String>))
            .col_expr(Column::SuspendedAt, Expr::value(None::<i64>))
            .filter(Column::Id.eq(id.0))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::State.eq(SUSPENDED))
            .filter(Column::SuspendedFor.eq(cause.as_str()))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected == 1)
    }

    /// Suspends the working keys of somebody who may not log in; tells how many.
    pub async fn withhold_credentials(&self, person: PersonId, now: Timestamp) -> Result<u64> {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(SUSPENDED))
            .col_expr(Column::Withheld, Expr::value(true))
            .col_expr(Column::SuspendedFor, Expr::value(Cause::Closed.as_str()))
            .col_expr(Column::SuspendedAt, Expr::value(now.millis()))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::State.eq(ACTIVE))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected)
    }

    /// Lets the keys work again that [`withhold_credentials`](Self::withhold_credentials)
    /// suspended, and no others; tells how many.
    pub async fn release_credentials(&self, person: PersonId) -> Result<u64> {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(ACTIVE))
            .col_expr(Column::Withheld, Expr::value(false))
            .col_expr(Column::SuspendedFor, Expr::value(None::<String>))
            .col_expr(Column::SuspendedAt, Expr::value(None::<i64>))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Withheld.eq(true))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected)
    }

    /// Notes that a key's counter did not increase, and suspends it when told so.
    pub async fn alert_credential(
        &self,
        id: CredentialId,
        suspend: bool,
        now: Timestamp,
    ) -> Result<()> {
        let mut update = Entity::update_many()
            .col_expr(Column::CounterAlerts, ExprTrait::add(Expr::col(Column::CounterAlerts), 1));
        if suspend {
            update = update
                .col_expr(Column::State, Expr::value(SUSPENDED))
                .col_expr(Column::Withheld, Expr::value(false))
                .col_expr(Column::SuspendedFor, Expr::value(Cause::Copied.as_str()))
                .col_expr(Column::SuspendedAt, Expr::value(now.millis()));
        }
        update.filter(Column::Id.eq(id.0)).exec(&self.conn()).await?;
        if suspend && let Some(holder) = self.find_holder(id).await? {
            self.refresh_enrolment(&[holder]).await?;
        }
        Ok(())
    }
}
