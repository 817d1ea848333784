//! Sessions, the authentications that they rest on, and the applications that were opened in them.

use latchkey_core::Timestamp;
use latchkey_core::assurance::{Assurance, Method, Proof};
use latchkey_core::ids::{ClientId, FlowId, PersonId, SessionId};
use latchkey_core::rng::Rng;
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::cells::Cells;
use crate::entity::sessions::{ActiveModel, Column, Entity, Model};
use crate::entity::{authentications, grants, participants, people};
use crate::fixed::Fixed;
use crate::people::PersonRecord;
use crate::{Error, Result, Tx, View};

/// A session: one person in one browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its immutable key.
    pub id: SessionId,
    /// Whose it is.
    pub person: PersonId,
    /// What its log-in was worth; `None` while the first log-in is under way, when it is good for
    /// nothing but to carry that on.
    pub assurance: Option<Assurance>,
    /// When a factor was last shown.
    pub fresh_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
    /// The browser, in its own words.
    pub agent: Option<String>,
    /// The network address that it began from.
    pub address: Option<String>,
}

impl Session {
    /// Whether it may still be used, idle time aside.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }

    fn from_row(row: Model) -> Result<Self> {
        Ok(Self {
            id: SessionId(row.id),
            person: PersonId(row.person_id),
            assurance: row.assurance.as_deref().map(serde_json::from_str).transpose()?,
            fresh_at: row.fresh_at.map(Timestamp::from_millis),
            started_at: Timestamp::from_millis(row.started_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            ended_at: row.ended_at.map(Timestamp::from_millis),
            agent: row.agent,
            address: row.address,
        })
    }
}

/// A session and whose it is, as every request needs them.
#[derive(Clone, Debug)]
pub struct SessionWithPerson {
    /// The session.
    pub session: Session,
    /// The person.
    pub person: PersonRecord,
}

pub(crate) fn digest(bytes: &[u8], what: &str) -> Result<Digest> {
    <[u8; 32]>::try_from(bytes).map(Digest::from_bytes).map_err(|_| Error::damaged(what))
}

impl View<'_> {
    /// The session that a cookie names, ended and expired ones too.
    pub async fn find_session(&self, secret: Digest) -> Result<Option<SessionWithPerson>> {
        static QUERY: Fixed = Fixed::new();
        let key = secret.as_bytes().to_vec();
        let query = || {
            let by_secret = Entity::find().filter(Column::SecretDigest.eq(&key[..]));
            by_secret.find_also_related(people::Entity)
        };
        let read = |cells: &mut Cells<'_>| Ok((Model::read(cells)?, people::Model::read(cells)?));
        let row = QUERY.read(&self.conn, query, key.clone().into(), read).await?;
        let Some((session, person)) = row else { return Ok(None) };
        Ok(Some(SessionWithPerson {
            session: Session::from_row(session)?,
            person: PersonRecord::from_row(person)?,
        }))
    }

    /// A session by key.
    pub async fn find_session_by_id(&self, id: SessionId) -> Result<Option<Session>> {
        static QUERY: Fixed = Fixed::new();
        let query = || Entity::find_by_id(id.0);
        let row = QUERY.read(&self.conn, query, id.0.into(), Model::read).await?;
        row.map(Session::from_row).transpose()
    }

    /// The proofs that a session rests on: those that count, and those of `flow`.
    pub async fn list_proofs(&self, session: SessionId, flow: FlowId) -> Result<Proofs> {
        let rows = authentications::Entity::find()
            .filter(authentications::Column::SessionId.eq(session.0))
            .order_by_asc(authentications::Column::At)
            .order_by_asc(authentications::Column::Id)
            .all(&self.conn)
            .await?;
        let mut proofs = Proofs::default();
        for row in rows {
            let method: Method = serde_json::from_str(&row.method)?;
            let proof = Proof { at: Timestamp::from_millis(row.at), method };
            if row.flow_id == flow.0 {
                proofs.of_flow.push(proof);
            } else if row.counted {
                proofs.counted.push(proof);
            }
        }
        Ok(proofs)
    }

    /// The applications that were opened in a session, in that order.
    pub async fn list_participants(&self, session: SessionId) -> Result<Vec<ClientId>> {
        let rows = participants::Entity::find()
            .filter(participants::Column::SessionId.eq(session.0))
            .order_by_asc(participants::Column::OpenedAt)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(|row| ClientId(row.client_id)).collect())
    }

    /// A person's open, logged-in sessions, the latest first.
    pub async fn list_sessions(&self, person: PersonId, now: Timestamp) -> Result<Vec<Session>> {
        let rows = Entity::find()
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .filter(Column::Assurance.is_not_null())
            .order_by_desc(Column::StartedAt)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(Session::from_row).collect()
    }
}

/// The proofs of a session, by whether they are of the flow that asks.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    /// Proofs of earlier flows that the session's assurance rests on.
    pub counted: Vec<Proof>,
    /// Proofs of this flow.
    pub of_flow: Vec<Proof>,
}

impl Tx {
    /// Keeps a new session under its secret's digest.
    pub async fn insert_session(&self, new: &Session, secret: Digest) -> Result<()> {
        let assurance = new.assurance.as_ref().map(serde_json::to_string).transpose()?;
        let row = ActiveModel {
            id: Set(new.id.0),
            person_id: Set(new.person.0),
            secret_digest: Set(secret.as_bytes().to_vec()),
            assurance: Set(assurance),
            fresh_at: Set(new.fresh_at.map(Timestamp::millis)),
            started_at: Set(new.started_at.millis()),
            last_seen_at: Set(new.last_seen_at.millis()),
            expires_at: Set(new.expires_at.millis()),
            ended_at: Set(new.ended_at.map(Timestamp::millis)),
            agent: Set(new.agent.clone()),
            address: Set(new.address.clone()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Gives an open session a new secret; the old one is worth nothing from then on. `false`
    /// when it was ended meanwhile.
    pub async fn rotate_session(&self, id: SessionId, secret: Digest) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::SecretDigest, Expr::value(&secret.as_bytes()[..]))
            .filter(Column::Id.eq(id.0))
            .filter(Column::EndedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes a factor that was shown. It counts once the log-in is complete.
    pub async fn insert_authentication(
        &self,
        rng: &dyn Rng,
        session: SessionId,
        flow: FlowId,
        proof: &Proof,
    ) -> Result<()> {
        let row = authentications::ActiveModel {
            id: Set(rng.uuid_v7(proof.at)),
            session_id: Set(session.0),
            flow_id: Set(flow.0),
            counted: Set(false),
            method: Set(serde_json::to_string(&proof.method)?),
            at: Set(proof.at.millis()),
        };
        authentications::Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Completes a log-in: the proofs of `flow` count from now on, and those of earlier flows only
    /// if it was a step-up (`keep_earlier`).
    pub async fn complete_login(
        &self,
        session: SessionId,
        flow: FlowId,
        keep_earlier: bool,
        assurance: &Assurance,
        fresh_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()> {
        use authentications::Column as Authentication;
        let mine = Authentication::SessionId.eq(session.0);
        if !keep_earlier {
            authentications::Entity::update_many()
                .col_expr(Authentication::Counted, Expr::value(false))
                .filter(mine.clone())
                .exec(&self.conn())
                .await?;
        }
        authentications::Entity::update_many()
            .col_expr(Authentication::Counted, Expr::value(true))
            .filter(mine)
            .filter(Authentication::FlowId.eq(flow.0))
            .exec(&self.conn())
            .await?;
        Entity::update_many()
            .col_expr(Column::Assurance, Expr::value(serde_json::to_string(assurance)?))
            .col_expr(Column::FreshAt, Expr::value(fresh_at.millis()))
            .col_expr(Column::LastSeenAt, Expr::value(fresh_at.millis()))
            .col_expr(Column::ExpiresAt, Expr::value(expires_at.millis()))
            .filter(Column::Id.eq(session.0))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.0))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Ends a session and what hangs on it: grants without `offline_access` end too, and applications
    /// that speak SAML are to be told. `false` when it was ended already.
    pub async fn end_session(&self, id: SessionId, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::EndedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::EndedAt.is_null())
            .exec(&self.conn())
            .await?;
        grants::Entity::update_many()
            .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
            .filter(grants::Column::SessionId.eq(id.0))
            .filter(grants::Column::Offline.eq(false))
            .filter(grants::Column::RevokedAt.is_null())
            .exec(&self.conn())
            .await?;
        let ended = done.rows_affected == 1;
        if ended {
            self.farewells_are_due(id, now).await?;
        }
        Ok(ended)
    }

    /// Ends every session of a person but one; tells which.
    pub async fn end_other_sessions(
        &self,
        person: PersonId,
        but: SessionId,
        now: Timestamp,
    ) -> Result<Vec<SessionId>> {
        let rows = Entity::find()
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Id.ne(but.0))
            .filter(Column::EndedAt.is_null())
            .all(&self.conn())
            .await?;
        let mut ended = Vec::with_capacity(rows.len());
        for row in rows {
            self.end_session(SessionId(row.id), now).await?;
            ended.push(SessionId(row.id));
        }
        Ok(ended)
    }

    /// Ends every session of a person; tells which.
    pub async fn end_all_sessions(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<SessionId>> {
        self.end_other_sessions(person, SessionId(uuid::Uuid::nil()), now).await
    }

    /// Ends everything that a person has open, `offline_access` as well; tells how many sessions.
    pub async fn end_everything(&self, person: PersonId, now: Timestamp) -> Result<u64> {
        self.farewells_of_all_are_due(person.0, now).await?;
        let done = Entity::update_many()
            .col_expr(Column::EndedAt, Expr::value(now.millis()))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::EndedAt.is_null())
            .exec(&self.conn())
            .await?;
        grants::Entity::update_many()
            .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
            .filter(grants::Column::PersonId.eq(person.0))
            .filter(grants::Column::RevokedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected)
    }

    /// Notes that an application was opened in a session; `true` the first time.
    pub async fn open_application(
        &self,
        session: SessionId,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<bool> {
        let row = participants::ActiveModel {
            session_id: Set(session.0),
            client_id: Set(client.0.clone()),
            opened_at: Set(now.millis()),
        };
        let columns = [participants::Column::SessionId, participants::Column::ClientId];
        let added = participants::Entity::insert(row)
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        Ok(added == 1)
    }

    /// Removes sessions that ended or expired before `before`: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_sessions_ended_before(&self, before: Timestamp) -> Result<u64> {
        let over = Condition::any()
            .add(Column::ExpiresAt.lt(before.millis()))
            .add(Column::EndedAt.lt(before.millis()));
        self.delete_portion::<Entity, _>(Column::Id, over).await
    }
}
