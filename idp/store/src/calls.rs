//! Calls to the helpdesk: a number that connects a voice with a browser, and unlocks nothing.

use latchkey_core::Timestamp;
use latchkey_core::ids::PersonId;
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::calls::{ActiveModel, Column, Entity, Model};
use crate::sessions::digest;
use crate::{Result, Tx, View};

/// A browser that shows a call number.
#[derive(Clone, Debug)]
pub struct Call {
    /// Six digits.
    pub number: String,
    /// The browser that shows it.
    pub browser: Digest,
    /// When the number stops counting.
    pub expires_at: Timestamp,
    /// Who helps, by name.
    pub helper: Option<String>,
    /// Their case number.
    pub case: Option<String>,
    /// Whom they help.
    pub person: Option<PersonId>,
}

impl Call {
    fn from_row(row: Model) -> Result<Self> {
        Ok(Self {
            browser: digest(&row.browser_digest, "calls.browser_digest")?,
            number: row.number,
            expires_at: Timestamp::from_millis(row.expires_at),
            helper: row.helper,
            case: row.case_number,
            person: row.person_id.map(PersonId),
        })
    }
}

impl View<'_> {
    /// The live call of a browser.
    pub async fn find_call_of(&self, browser: Digest, now: Timestamp) -> Result<Option<Call>> {
        let row = Entity::find()
            .filter(Column::BrowserDigest.eq(browser.as_bytes().to_vec()))
            .filter(Column::ExpiresAt.gt(now.millis()))
            .one(&self.conn)
            .await?;
        row.map(Call::from_row).transpose()
    }

    /// The live call of a number.
    pub async fn find_call(&self, number: &str, now: Timestamp) -> Result<Option<Call>> {
        let live = Column::ExpiresAt.gt(now.millis());
        let row = Entity::find_by_id(number).filter(live).one(&self.conn).await?;
        row.map(Call::from_row).transpose()
    }
}

impl Tx {
    /// Gives a browser a number; `false` when a live call has it.
    pub async fn insert_call(&self, call: &Call, now: Timestamp) -> Result<bool> {
        let digest = call.browser.as_bytes().to_vec();
        let gone = Column::Number.eq(call.number.as_str()).and(Column::ExpiresAt.lte(now.millis()));
        let gone = gone.or(Column::BrowserDigest.eq(digest.clone()));
        Entity::delete_many().filter(gone).exec(&self.conn()).await?;
        let row = ActiveModel {
            number: Set(call.number.clone()),
            browser_digest: Set(digest),
            expires_at: Set(call.expires_at.millis()),
            helper: Set(call.helper.clone()),
            case_number: Set(call.case.clone()),
            person_id: Set(call.person.map(|id| id.0)),
        };
        let added = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Number).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        Ok(added == 1)
    }

    /// Notes who helps a caller; `false` when there is no such call any more.
    pub async fn answer_call(
        &self,
        number: &str,
        helper: &str,
        case: Option<&str>,
        person: PersonId,
        now: Timestamp,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::Helper, Expr::value(helper))
            .col_expr(Column::CaseNumber, Expr::value(case.map(str::to_owned)))
            .col_expr(Column::PersonId, Expr::value(person.0))
            .filter(Column::Number.eq(number))
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes calls that are over: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_expired_calls(&self, now: Timestamp) -> Result<u64> {
        let over = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::Number, over).await
    }
}
