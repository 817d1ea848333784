//! Links that are sent or handed over: found by the digest of their secret, used once.

use std::collections::BTreeSet;

use latchkey_core::Timestamp;
use latchkey_core::codes::LinkKind;
use latchkey_core::ids::{FlowId, PersonId};
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::links::{ActiveModel, Column, Entity, Model};
use crate::sessions::digest;
use crate::{Error, Result, Tx, View};

/// How many rows one statement names: both databases have a limit on what they bind.
const AT_A_TIME: usize = 500;

/// A link that somebody was given.
#[derive(Clone, Debug)]
pub struct Link {
    /// What is known of its secret.
    pub digest: Digest,
    /// Whose it is.
    pub person: PersonId,
    /// What it opens.
    pub kind: LinkKind,
    /// The administrator who made it, if one did.
    pub issuer: Option<PersonId>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops counting.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// The way through the log-in pages that it began: whoever used it finds back there.
    pub flow: Option<FlowId>,
    /// The address that its letter went to: whoever uses it reads what goes there.
    pub sent_to: Option<String>,
}

impl Link {
    fn from_row(row: &Model) -> Result<Self> {
        let issuer = row.issuer.as_deref().map(str::parse).transpose();
        Ok(Self {
            digest: digest(&row.digest, "links.digest")?,
            person: PersonId(row.person_id),
            kind: LinkKind::parse(&row.kind).ok_or_else(|| Error::damaged("links.kind"))?,
            issuer: issuer.map_err(|_| Error::damaged("links.issuer"))?.map(PersonId),
            issued_at: Timestamp::from_millis(row.issued_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_millis),
            flow: row.flow_id.map(FlowId),
            sent_to: row.sent_to.clone(),
        })
    }
}

impl View<'_> {
    /// The link of a secret, used and expired ones too.
    pub async fn find_link(&self, secret: Digest) -> Result<Option<Link>> {
        let row = Entity::find_by_id(secret.as_bytes().to_vec()).one(&self.conn).await?;
        row.as_ref().map(Link::from_row).transpose()
    }

    /// Which of these people have a link of a kind that has not expired, used or not.
    pub async fn list_linked(
        &self,
        people: &[PersonId],
        kind: LinkKind,
        now: Timestamp,
    ) -> Result<BTreeSet<PersonId>> {
        let mut found = BTreeSet::new();
        for some in people.chunks(AT_A_TIME) {
            let rows = Entity::find()
                .filter(Column::PersonId.is_in(some.iter().map(|id| id.0)))
                .filter(Column::Kind.eq(kind.as_str()))
                .filter(Column::ExpiresAt.gt(now.millis()));
            let rows = rows.all(&self.conn).await?;
            found.extend(rows.into_iter().map(|row| PersonId(row.person_id)));
        }
        Ok(found)
    }

    /// When the last link of a kind was issued to a person.
    pub async fn find_last_link(&self, person: PersonId, kind: LinkKind) -> Result<Option<Link>> {
        let rows = Entity::find()
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Kind.eq(kind.as_str()))
            .all(&self.conn)
            .await?;
        rows.iter().max_by_key(|row| row.issued_at).map(Link::from_row).transpose()
    }
}

impl Tx {
    /// Keeps a link, in place of any other of its kind that the person had.
    pub async fn put_link(&self, link: &Link) -> Result<()> {
        self.delete_links(link.person, Some(link.kind)).await?;
        let row = ActiveModel {
            digest: Set(link.digest.as_bytes().to_vec()),
            person_id: Set(link.person.0),
            kind: Set(link.kind.as_str().to_owned()),
            issuer: Set(link.issuer.map(|issuer| issuer.to_string())),
            flow_id: Set(link.flow.map(|flow| flow.0)),
            issued_at: Set(link.issued_at.millis()),
            expires_at: Set(link.expires_at.millis()),
            used_at: Set(link.used_at.map(Timestamp::millis)),
            sent_to: Set(link.sent_to.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Uses a link, for the way that it begins if it begins one; `false` when it was used or voided
    /// meanwhile, or has expired.
    pub async fn use_link(
        &self,
        secret: Digest,
        flow: Option<FlowId>,
        now: Timestamp,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now.millis()))
            .col_expr(Column::FlowId, Expr::value(flow.map(|flow| flow.0)))
            .filter(Column::Digest.eq(secret.as_bytes().to_vec()))
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Voids a person's links of a kind, or of all kinds.
    pub async fn delete_links(&self, person: PersonId, kind: Option<LinkKind>) -> Result<u64> {
        let mut links = Entity::delete_many().filter(Column::PersonId.eq(person.0));
        if let Some(kind) = kind {
            links = links.filter(Column::Kind.eq(kind.as_str()));
        }
        Ok(links.exec(&self.conn()).await?.rows_affected)
    }

    /// Voids the link of a kind that was issued to a person at this time, unless it was used; `false`
    /// when there is none, because it was voided or another took its place.
    pub async fn delete_link_of(
        &self,
        person: PersonId,
        kind: LinkKind,
        issued_at: Timestamp,
    ) -> Result<bool> {
        let link = Entity::delete_many()
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Kind.eq(kind.as_str()))
            .filter(Column::IssuedAt.eq(issued_at.millis()))
            .filter(Column::UsedAt.is_null());
        Ok(link.exec(&self.conn()).await?.rows_affected > 0)
    }

    /// Removes links that expired before `before`: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_links_expired_before(&self, before: Timestamp) -> Result<u64> {
        let over = Column::ExpiresAt.lt(before.millis());
        self.delete_portion::<Entity, _>(Column::Digest, over).await
    }
}
