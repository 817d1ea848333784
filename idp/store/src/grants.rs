//! What relying applications were granted: one row a redeemed code, its refresh tokens, and the
//! whole family's revocation.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ClientId, GrantId, PersonId, SessionId};
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::entity::{grants, people, refresh_tokens};
use crate::fixed::Fixed;
use crate::people::PersonRecord;
use crate::{Result, Tx, View};

/// What one log-in at one application was granted.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its key.
    pub id: GrantId,
    /// The digest of the code that it was made from. A code carries the grant's key, which is
    /// unique, so that it works once.
    pub code: Digest,
    /// Who granted it.
    pub person: PersonId,
    /// In which session.
    pub session: SessionId,
    /// To which application.
    pub client: ClientId,
    /// What was granted, as the protocol writes it. Opaque to the store.
    pub facts: String,
    /// Whether it outlives the session.
    pub offline: bool,
    /// When the code was redeemed.
    pub created_at: Timestamp,
    /// When the last thing that hangs on it expires.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// It works, and this was its one time.
    Now,
    /// It was used before. Everything that hangs on it is revoked.
    Before,
}

/// A refresh token of a grant.
#[derive(Clone, Copy, Debug)]
pub struct Refresh {
    /// The digest of the token.
    pub digest: Digest,
    /// The grant that it belongs to.
    pub grant: GrantId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it was replaced by the next one.
    pub used_at: Option<Timestamp>,
}

fn from_row(row: grants::Model) -> Result<Grant> {
    Ok(Grant {
        id: GrantId(row.id),
        code: crate::sessions::digest(&row.code_digest, "grants.code_digest")?,
        person: PersonId(row.person_id),
        session: SessionId(row.session_id),
        client: ClientId(row.client_id),
        facts: row.facts,
        offline: row.offline,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
    })
}

impl View<'_> {
    /// A grant that was not revoked, with whose it is.
    pub async fn find_live_grant(&self, id: GrantId) -> Result<Option<(Grant, PersonRecord)>> {
        static QUERY: Fixed = Fixed::new();
        let query = || {
            let live = grants::Column::RevokedAt.is_null();
            grants::Entity::find_by_id(id.0).filter(live).find_also_related(people::Entity)
        };
        let Some(row) = QUERY.one(&self.conn, query, id.0.into()).await? else { return Ok(None) };
        let grant = from_row(grants::Model::from_query_result(&row, "A_")?)?;
        let person = people::Model::from_query_result(&row, "B_")?;
        Ok(Some((grant, PersonRecord::from_row(person)?)))
    }

    /// A refresh token, used and expired ones too.
    pub async fn find_refresh(&self, digest: Digest) -> Result<Option<Refresh>> {
        let key = digest.as_bytes().to_vec();
        let row = refresh_tokens::Entity::find_by_id(key).one(&self.conn).await?;
        Ok(row.map(|row| Refresh {
            digest,
            grant: GrantId(row.grant_id),
            issued_at: Timestamp::from_millis(row.issued_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_millis),
        }))
    }
}

impl View<'_> {
    /// What outlives a person's sessions and counts still, the latest first.
    pub async fn list_offline_grants(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<Grant>> {
        let rows = grants::Entity::find()
            .filter(grants::Column::PersonId.eq(person.0))
            .filter(grants::Column::Offline.eq(true))
            .filter(grants::Column::RevokedAt.is_null())
            .filter(grants::Column::ExpiresAt.gt(now.millis()))
            .order_by_desc(grants::Column::CreatedAt)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

impl Tx {
    /// Revokes what an application was granted beyond a person's sessions; tells how many grants.
    pub async fn revoke_offline_grants(
        &self,
        person: PersonId,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<u64> {
        let done = grants::Entity::update_many()
            .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
            .filter(grants::Column::PersonId.eq(person.0))
            .filter(grants::Column::ClientId.eq(client.0.as_str()))
            .filter(grants::Column::Offline.eq(true))
            .filter(grants::Column::RevokedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected)
    }

    /// Redeems a code by keeping the grant that it stands for. The second time nothing is kept but
    /// the revocation of the first.
    pub async fn redeem(&self, grant: &Grant) -> Result<Redeemed> {
        let row = grants::ActiveModel {
            id: Set(grant.id.0),
            code_digest: Set(grant.code.as_bytes().to_vec()),
            person_id: Set(grant.person.0),
            session_id: Set(grant.session.0),
            client_id: Set(grant.client.0.clone()),
            facts: Set(grant.facts.clone()),
            offline: Set(grant.offline),
            created_at: Set(grant.created_at.millis()),
            expires_at: Set(grant.expires_at.millis()),
            revoked_at: Set(None),
        };
        // An error instead of "nothing done" would end the transaction on a server.
        let once = OnConflict::new().do_nothing().to_owned();
        let added = grants::Entity::insert(row)
            .on_conflict(once)
            .exec_without_returning(&self.conn())
            .await?;
        if added == 1 {
            return Ok(Redeemed::Now);
        }
        grants::Entity::update_many()
            .col_expr(grants::Column::RevokedAt, Expr::value(grant.created_at.millis()))
            .filter(grants::Column::Id.eq(grant.id.0))
            .filter(grants::Column::RevokedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(Redeemed::Before)
    }

    /// Revokes a grant and with it every token of its family.
    pub async fn revoke_grant(&self, id: GrantId, now: Timestamp) -> Result<()> {
        grants::Entity::update_many()
            .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
            .filter(grants::Column::Id.eq(id.0))
            .filter(grants::Column::RevokedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Lets a grant live until `until`, if that is later.
    pub async fn extend_grant(&self, id: GrantId, until: Timestamp) -> Result<()> {
        grants::Entity::update_many()
            .col_expr(grants::Column::ExpiresAt, Expr::value(until.millis()))
            .filter(grants::Column::Id.eq(id.0))
            .filter(grants::Column::ExpiresAt.lt(until.millis()))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Keeps a new refresh token.
    pub async fn insert_refresh(&self, new: &Refresh) -> Result<()> {
        let row = refresh_tokens::ActiveModel {
            digest: Set(new.digest.as_bytes().to_vec()),
            grant_id: Set(new.grant.0),
            issued_at: Set(new.issued_at.millis()),
            expires_at: Set(new.expires_at.millis()),
            used_at: Set(None),
        };
        refresh_tokens::Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Uses a refresh token up; `false` when somebody else did.
    pub async fn use_refresh(&self, digest: Digest, now: Timestamp) -> Result<bool> {
        let done = refresh_tokens::Entity::update_many()
            .col_expr(refresh_tokens::Column::UsedAt, Expr::value(now.millis()))
            .filter(refresh_tokens::Column::Digest.eq(&digest.as_bytes()[..]))
            .filter(refresh_tokens::Column::UsedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes grants that nothing can hang on any more: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_grants_expired_before(&self, before: Timestamp) -> Result<u64> {
        let expired = grants::Column::ExpiresAt.lt(before.millis());
        self.delete_portion::<grants::Entity, _>(grants::Column::Id, expired).await
    }
}
