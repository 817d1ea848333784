//! What the links "This wasn't me" in letters answer to: each by the digest of its token, once.

use latchkey_core::Timestamp;
use latchkey_core::credentials::Authenticator;
use latchkey_core::ids::{CodeId, CredentialId, PersonId};
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::alerts::{ActiveModel, Column, Entity};
use crate::sessions::digest;
use crate::{Result, Tx, View};

/// What a person was told and may say was not them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Of the link's token.
    pub token: Digest,
    /// Who was told.
    pub person: PersonId,
    /// What they were told, as JSON. Nothing that the letter did not say.
    pub told: String,
    /// The key or authenticator app that was added or reinstated, if it is about that.
    pub about: Option<Authenticator>,
    /// When they were told.
    pub created_at: Timestamp,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// When they said so.
    pub used_at: Option<Timestamp>,
}

impl View<'_> {
    /// What a link answers to, expired and used ones too.
    pub async fn find_alert(&self, token: Digest) -> Result<Option<Alert>> {
        let key = token.as_bytes().to_vec();
        let Some(row) = Entity::find_by_id(key).one(&self.conn).await? else { return Ok(None) };
        Ok(Some(Alert {
            token: digest(&row.token_digest, "alerts.token_digest")?,
            person: PersonId(row.person_id),
            told: row.told,
            about: match (row.credential_id, row.app_id) {
                (Some(key), _) => Some(Authenticator::Key(CredentialId(key))),
                (None, Some(app)) => Some(Authenticator::App(CodeId(app))),
                (None, None) => None,
            },
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_millis),
        }))
    }
}

impl Tx {
    /// Keeps what a link will answer to.
    pub async fn insert_alert(&self, new: &Alert) -> Result<()> {
        let row = ActiveModel {
            token_digest: Set(new.token.as_bytes().to_vec()),
            person_id: Set(new.person.0),
            told: Set(new.told.clone()),
            credential_id: Set(new.about.and_then(Authenticator::key).map(|id| id.0)),
            app_id: Set(new.about.and_then(Authenticator::app).map(|id| id.0)),
            created_at: Set(new.created_at.millis()),
            expires_at: Set(new.expires_at.millis()),
            used_at: Set(new.used_at.map(Timestamp::millis)),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Uses a link up; `false` when it was used or expired, or there is none.
    pub async fn use_alert(&self, token: Digest, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now.millis()))
            .filter(Column::TokenDigest.eq(token.as_bytes().to_vec()))
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes links that expired: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_expired_alerts(&self, now: Timestamp) -> Result<u64> {
        let expired = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::TokenDigest, expired).await
    }
}
