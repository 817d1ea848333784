//! What people type beside a password: authenticator apps, recovery codes, passes. Each counts once
//! because the statement that takes it finds it untaken.

use latchkey_core::Timestamp;
use latchkey_core::codes::{AuthenticatorApp, Codes, Pass, RecoveryCode};
use latchkey_core::credentials::Cause;
use latchkey_core::ids::{CodeId, PersonId};
use latchkey_core::secrets::Sealed;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
    QueryOrder as _,
};

use crate::credentials::{ACTIVE, SUSPENDED, state, stored};
use crate::entity::codes::{ActiveModel, Column, Entity, Model};
use crate::fixed::Fixed;
use crate::{Error, Result, Tx, View};

pub(crate) const APP: &str = "authenticator-app";
const RECOVERY: &str = "recovery-code";
const PASS: &str = "pass";

fn digest(row: &Model) -> Result<[u8; 32]> {
    let bytes = <[u8; 32]>::try_from(row.secret.as_slice());
    bytes.map_err(|_| Error::damaged("codes.secret"))
}

impl View<'_> {
    /// What a person can type. Used recovery codes are not among it; the last pass is, whatever
    /// became of it.
    pub async fn list_codes(&self, person: PersonId) -> Result<Codes> {
        static QUERY: Fixed = Fixed::new();
        let query = || {
            let mine = Entity::find().filter(Column::PersonId.eq(person.0));
            mine.order_by_asc(Column::AddedAt).order_by_asc(Column::Id)
        };
        let rows = QUERY.all(&self.conn, query, person.0.into()).await?;
        let mut codes = Codes::default();
        for row in rows {
            let row = Model::from_query_result(&row, "")?;
            let id = CodeId(row.id);
            match row.kind.as_str() {
                APP => {
                    let suspended_for = row.suspended_for.as_deref();
                    let state = state(&row.state, suspended_for, row.suspended_at, "codes")?;
                    codes.app = Some(AuthenticatorApp {
                        id,
                        last_step: row.last_step,
                        state,
                        added_at: Timestamp::from_millis(row.added_at),
                        last_used_at: row.used_at.map(Timestamp::from_millis),
                        seed: Sealed::from_bytes(row.secret),
                    });
                }
                RECOVERY if row.used_at.is_none() => {
                    codes.recovery.push(RecoveryCode { id, digest: digest(&row)? });
                }
                RECOVERY => {}
                PASS => {
                    let expires_at = row.expires_at.ok_or_else(|| Error::damaged("codes"))?;
                    codes.pass = Some(Pass {
                        id,
                        digest: digest(&row)?,
                        issued_at: Timestamp::from_millis(row.added_at),
                        expires_at: Timestamp::from_millis(expires_at),
                        tries_left: u32::try_from(row.tries_left).unwrap_or(0),
                        used_at: row.used_at.map(Timestamp::from_millis),
                    });
                }
                _ => return Err(Error::damaged("codes.kind")),
            }
        }
        Ok(codes)
    }
}

impl Tx {
    /// Enrols an authenticator app, in place of the one that the person had.
    pub async fn put_app(&self, person: PersonId, app: &AuthenticatorApp) -> Result<()> {
        self.delete_codes(person, APP).await?;
        let (suspended_for, suspended_at) = stored(app.state);
        let row = ActiveModel {
            id: Set(app.id.0),
            person_id: Set(person.0),
            kind: Set(APP.to_owned()),
            secret: Set(app.seed.as_bytes().to_vec()),
            state: Set(app.state.as_str().to_owned()),
            last_step: Set(app.last_step),
            tries_left: Set(0),
            added_at: Set(app.added_at.millis()),
            expires_at: Set(None),
            used_at: Set(app.last_used_at.map(Timestamp::millis)),
            suspended_for: Set(suspended_for),
            suspended_at: Set(suspended_at),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(())
    }

    /// Accepts a code of a step: `false` when the app is gone, suspended, or accepted that step or
    /// a later one meanwhile (RFC 6238 §5.2).
    pub async fn use_app(&self, app: CodeId, step: i64, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::LastStep, Expr::value(step))
            .col_expr(Column::UsedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(app.0))
            .filter(Column::State.eq(ACTIVE))
            .filter(Column::LastStep.lt(step))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Suspends an authenticator app of a person; `false` when it is suspended, gone or another's.
    pub async fn suspend_app(
        &self,
        person: PersonId,
        app: CodeId,
        cause: Cause,
        now: Timestamp,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(SUSPENDED))
            .col_expr(Column::SuspendedFor, Expr::value(cause.as_str()))
            .col_expr(Column::SuspendedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(app.0))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Kind.eq(APP))
            .filter(Column::State.eq(ACTIVE))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected == 1)
    }

    /// Lets an authenticator app of a person work again that was suspended for this cause; `false`
    /// when it works, is gone, another's, or suspended for another.
    pub async fn reinstate_app(&self, person: PersonId, app: CodeId, cause: Cause) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::State, Expr::value(ACTIVE))
            .col_expr(Column::SuspendedFor, Expr::value(None::<String>))
            .col_expr(Column::SuspendedAt, Expr::value(None::<i64>))
            .filter(Column::Id.eq(app.0))
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Kind.eq(APP))
            .filter(Column::State.eq(SUSPENDED))
            .filter(Column::SuspendedFor.eq(cause.as_str()))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes a person's authenticator app; `false` when there was none.
    pub async fn delete_app(&self, person: PersonId) -> Result<bool> {
        let gone = self.delete_codes(person, APP).await? > 0;
        self.refresh_enrolment(&[person]).await?;
        Ok(gone)
    }

    /// Puts a pass in the place of any earlier one of the person.
    pub async fn put_pass(&self, person: PersonId, pass: &Pass) -> Result<()> {
        self.delete_codes(person, PASS).await?;
        let row = ActiveModel {
            id: Set(pass.id.0),
            person_id: Set(person.0),
            kind: Set(PASS.to_owned()),
            secret: Set(pass.digest.to_vec()),
            state: Set(ACTIVE.to_owned()),
            last_step: Set(0),
            tries_left: Set(i64::from(pass.tries_left)),
            added_at: Set(pass.issued_at.millis()),
            expires_at: Set(Some(pass.expires_at.millis())),
            used_at: Set(pass.used_at.map(Timestamp::millis)),
            suspended_for: Set(None),
            suspended_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Uses a pass; `false` when it was used, has expired, or was tried too often meanwhile.
    pub async fn use_pass(&self, pass: CodeId, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(pass.0))
            .filter(Column::UsedAt.is_null())
            .filter(Column::TriesLeft.gt(0))
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Counts a wrong pass against the one that the person has.
    pub async fn miss_pass(&self, pass: CodeId) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::TriesLeft, Expr::col(Column::TriesLeft).sub(1))
            .filter(Column::Id.eq(pass.0))
            .filter(Column::TriesLeft.gt(0))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Voids a person's pass; `false` when there was none.
    pub async fn delete_pass(&self, person: PersonId) -> Result<bool> {
        Ok(self.delete_codes(person, PASS).await? > 0)
    }

    /// Puts recovery codes in the place of those that the person had.
    pub async fn put_recovery_codes(
        &self,
        person: PersonId,
        codes: &[RecoveryCode],
        now: Timestamp,
    ) -> Result<()> {
        self.delete_codes(person, RECOVERY).await?;
        let rows = codes.iter().map(|code| ActiveModel {
            id: Set(code.id.0),
            person_id: Set(person.0),
            kind: Set(RECOVERY.to_owned()),
            secret: Set(code.digest.to_vec()),
            state: Set(ACTIVE.to_owned()),
            last_step: Set(0),
            tries_left: Set(0),
            added_at: Set(now.millis()),
            expires_at: Set(None),
            used_at: Set(None),
            suspended_for: Set(None),
            suspended_at: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Uses a recovery code; `false` when it was used meanwhile.
    pub async fn use_recovery_code(&self, code: CodeId, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(code.0))
            .filter(Column::UsedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes a person's recovery codes; tells how many there were, used ones too.
    pub async fn delete_recovery_codes(&self, person: PersonId) -> Result<u64> {
        self.delete_codes(person, RECOVERY).await
    }

    /// What follows a restore: no pass counts, and no code of an app that was shown before it.
    pub(crate) async fn void_codes(&self, now: Timestamp) -> Result<()> {
        Entity::delete_many().filter(Column::Kind.eq(PASS)).exec(&self.conn()).await?;
        // One step ahead is accepted, so it may have been used.
        let step = latchkey_core::totp::step(now).saturating_add(1);
        Entity::update_many()
            .col_expr(Column::LastStep, Expr::value(step))
            .filter(Column::Kind.eq(APP))
            .filter(Column::LastStep.lt(step))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    async fn delete_codes(&self, person: PersonId, kind: &str) -> Result<u64> {
        let done = Entity::delete_many()
            .filter(Column::PersonId.eq(person.0))
            .filter(Column::Kind.eq(kind))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected)
    }
}
