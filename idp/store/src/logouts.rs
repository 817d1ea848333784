//! Log-outs at the applications that speak SAML: what each was told of a session that ended, and
//! where a browser that goes round to them is on its way.

use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, LogoutId, SessionId};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::entity::logouts::{ActiveModel, Column, Entity, Model};
use crate::entity::saml_participants::{self as participants, Column as Participant};
use crate::entity::sessions;
use crate::service_providers::{SamlParticipant, participant};
use crate::{Error, Result, Tx, View};

/// A log-out on its way round the applications, in a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logout {
    /// Its key, and what the browser knows it by.
    pub id: LogoutId,
    /// The session that ended.
    pub session: SessionId,
    /// Where it leads in the end. Opaque to the store.
    pub leaving: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when the browser may come back to it.
    pub expires_at: Timestamp,
}

/// What is known of a log-out at one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The browser was sent there, and did not come back yet.
    Asked,
    /// The application says that the person is logged out.
    Confirmed,
    /// It says that they are not, or it could not be told.
    Failed,
}

impl Told {
    const ALL: [Self; 3] = [Self::Asked, Self::Confirmed, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|told| told.as_str() == text);
        known.ok_or_else(|| Error::damaged("saml_participants.told"))
    }
}

/// An application that a session had, with what became of the log-out there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// Which, and what it knows the person by.
    pub participant: SamlParticipant,
    /// What is known; `None` while nothing was done.
    pub told: Option<Told>,
    /// Since when that is known.
    pub told_at: Option<Timestamp>,
    /// The request that the browser was sent there with.
    pub asked: Option<String>,
    /// When it is seen to without a browser; `None` when there is nothing left to do.
    pub due_at: Option<Timestamp>,
    /// How often that was tried in vain.
    pub tries: u32,
}

impl Farewell {
    /// Whether the application says that the person is logged out.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.told == Some(Told::Confirmed)
    }

    fn from_row(row: participants::Model) -> Result<Self> {
        Ok(Self {
            told: row.told.as_deref().map(Told::parse).transpose()?,
            told_at: row.told_at.map(Timestamp::from_millis),
            asked: row.asked.clone(),
            due_at: row.due_at.map(Timestamp::from_millis),
            tries: row.tries.and_then(|tries| u32::try_from(tries).ok()).unwrap_or_default(),
            participant: participant(row),
        })
    }
}

fn from_row(row: Model) -> Logout {
    Logout {
        id: LogoutId(row.id),
        session: SessionId(row.session_id),
        leaving: row.leaving,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    }
}

impl View<'_> {
    /// A log-out on its way, expired ones too.
    pub async fn find_logout(&self, id: LogoutId) -> Result<Option<Logout>> {
        Ok(Entity::find_by_id(id.0).one(&self.conn).await?.map(from_row))
    }

    /// The latest log-out on its way of a session.
    pub async fn find_logout_of(&self, session: SessionId) -> Result<Option<Logout>> {
        let found = Entity::find()
            .filter(Column::SessionId.eq(session.0))
            .order_by_desc(Column::CreatedAt)
            .one(&self.conn)
            .await?;
        Ok(found.map(from_row))
    }

    /// The applications of a session with what became of the log-out there, the first opened first.
    pub async fn list_farewells(&self, session: SessionId) -> Result<Vec<Farewell>> {
        let rows = participants::Entity::find()
            .filter(Participant::SessionId.eq(session.0))
            .order_by_asc(Participant::OpenedAt)
            .order_by_asc(Participant::ProviderId)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(Farewell::from_row).collect()
    }

    /// The application that a browser was sent to with a request.
    pub async fn find_farewell(&self, asked: &str) -> Result<Option<Farewell>> {
        let row = participants::Entity::find()
            .filter(Participant::Asked.eq(asked))
            .one(&self.conn)
            .await?;
        row.map(Farewell::from_row).transpose()
    }

    /// What is to be seen to without a browser by now, the longest due first.
    pub async fn list_due_farewells(&self, now: Timestamp, limit: u64) -> Result<Vec<Farewell>> {
        let rows = participants::Entity::find()
            .filter(Participant::DueAt.lte(now.millis()))
            .order_by_asc(Participant::DueAt)
            .limit(limit)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(Farewell::from_row).collect()
    }
}

impl Tx {
    /// Keeps a log-out on its way.
    pub async fn insert_logout(&self, new: &Logout) -> Result<()> {
        let row = ActiveModel {
            id: Set(new.id.0),
            session_id: Set(new.session.0),
            leaving: Set(new.leaving.clone()),
            created_at: Set(new.created_at.millis()),
            expires_at: Set(new.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Removes log-outs to which no browser may come back: at most [`PORTION`](crate::PORTION).
    pub async fn delete_logouts_expired_before(&self, before: Timestamp) -> Result<u64> {
        self.delete_portion::<Entity, _>(Column::Id, Column::ExpiresAt.lt(before.millis())).await
    }

    /// Notes that the applications of a session that ended just now are to be told.
    pub(crate) async fn farewells_are_due(&self, id: SessionId, now: Timestamp) -> Result<()> {
        participants::Entity::update_many()
            .col_expr(Participant::DueAt, Expr::value(now.millis()))
            .filter(Participant::SessionId.eq(id.0))
            .filter(Participant::Told.is_null())
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// The same of all sessions of a person that are about to end.
    pub(crate) async fn farewells_of_all_are_due(
        &self,
        person: uuid::Uuid,
        now: Timestamp,
    ) -> Result<()> {
        let mut open = Query::select();
        open.column(sessions::Column::Id)
            .from(sessions::Entity)
            .and_where(sessions::Column::PersonId.eq(person))
            .and_where(sessions::Column::EndedAt.is_null());
        participants::Entity::update_many()
            .col_expr(Participant::DueAt, Expr::value(now.millis()))
            .filter(Participant::SessionId.in_subquery(open))
            .filter(Participant::Told.is_null())
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Leaves what is to be seen to of a session to a browser until a time.
    pub async fn leave_farewells_until(&self, id: SessionId, until: Timestamp) -> Result<()> {
        participants::Entity::update_many()
            .col_expr(Participant::DueAt, Expr::value(until.millis()))
            .filter(Participant::SessionId.eq(id.0))
            .filter(Participant::DueAt.is_not_null())
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes the request with which a browser is sent to an application; `false` when something was
    /// done there already.
    pub async fn ask_farewell(
        &self,
        session: SessionId,
        provider: &EntityId,
        request: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let done = participants::Entity::update_many()
            .col_expr(Participant::Told, Expr::value(Told::Asked.as_str()))
            .col_expr(Participant::ToldAt, Expr::value(now.millis()))
            .col_expr(Participant::Asked, Expr::value(request))
            .filter(Participant::SessionId.eq(session.0))
            .filter(Participant::ProviderId.eq(provider.0.as_str()))
            .filter(Participant::Told.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes what became of the log-out at an application, with which it is over there. What was
    /// confirmed stays so. `false` when nothing is new.
    pub async fn settle_farewell(
        &self,
        session: SessionId,
        provider: &EntityId,
        told: Told,
        now: Timestamp,
    ) -> Result<bool> {
        let theirs = Participant::SessionId.eq(session.0);
        let theirs = theirs.and(Participant::ProviderId.eq(provider.0.as_str()));
        let over = participants::Entity::update_many()
            .col_expr(Participant::DueAt, Expr::value(None::<i64>))
            .filter(theirs.clone())
            .filter(Participant::DueAt.is_not_null())
            .exec(&self.conn())
            .await?;
        let known = [Told::Confirmed.as_str(), told.as_str()];
        let learnt = participants::Entity::update_many()
            .col_expr(Participant::Told, Expr::value(told.as_str()))
            .col_expr(Participant::ToldAt, Expr::value(now.millis()))
            .filter(theirs)
            .filter(Participant::Told.is_null().or(Participant::Told.is_not_in(known)))
            .exec(&self.conn())
            .await?;
        Ok(over.rows_affected + learnt.rows_affected > 0)
    }

    /// Has an application that could not be told tried again at a time.
    pub async fn retry_farewell(
        &self,
        session: SessionId,
        provider: &EntityId,
        tries: u32,
        at: Timestamp,
    ) -> Result<()> {
        participants::Entity::update_many()
            .col_expr(Participant::DueAt, Expr::value(at.millis()))
            .col_expr(Participant::Tries, Expr::value(i64::from(tries)))
            .filter(Participant::SessionId.eq(session.0))
            .filter(Participant::ProviderId.eq(provider.0.as_str()))
            .exec(&self.conn())
            .await?;
        Ok(())
    }
}
