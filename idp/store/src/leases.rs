//! Who does the housekeeping: one holder at a time, taken over when its time runs out.

use latchkey_core::Timestamp;
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::leases::{ActiveModel, Column, Entity};
use crate::{Result, Tx, View};

impl View<'_> {
    /// Until when somebody holds a lease, if anybody ever did.
    pub async fn find_lease(&self, name: &str) -> Result<Option<Timestamp>> {
        let found = Entity::find_by_id(name.to_owned()).one(&self.conn).await?;
        Ok(found.map(|row| Timestamp::from_millis(row.until)))
    }
}

impl Tx {
    /// Lets go of a lease, so that whoever comes next need not wait for it to run out.
    pub async fn end_lease(&self, name: &str, now: Timestamp) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Until, Expr::value(now.millis()))
            .filter(Column::Name.eq(name))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Takes or renews a lease until `until`; `false` when somebody else holds it.
    pub async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let row = ActiveModel {
            name: Set(name.to_owned()),
            holder: Set(holder.to_owned()),
            until: Set(until.millis()),
        };
        let added = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        if added == 1 {
            return Ok(true);
        }
        let done = Entity::update_many()
            .col_expr(Column::Holder, Expr::value(holder))
            .col_expr(Column::Until, Expr::value(until.millis()))
            .filter(Column::Name.eq(name))
            .filter(
                Condition::any()
                    .add(Column::Holder.eq(holder))
                    .add(Column::Until.lte(now.millis())),
            )
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }
}
