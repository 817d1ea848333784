//! Rows that nobody needs any more, removed in portions: whoever writes meanwhile waits for one
//! portion at most, and a server's limit on the time of a statement is never met.

use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter as _, QueryTrait as _};

use crate::line::Line;
use crate::{Result, Tx};

/// How many rows of one kind go in one write.
pub const PORTION: u64 = 500;

impl Tx {
    /// Removes at most a portion of the rows that `over` is true of.
    pub(crate) async fn delete_portion<E, C>(&self, key: C, over: impl IntoCondition) -> Result<u64>
    where
        E: EntityTrait,
        C: ColumnTrait,
    {
        let some = E::find().filter(over.into_condition());
        let mut some = some.into_query();
        some.clear_selects().column(key).limit(PORTION);
        let conn: Line<'_> = self.conn();
        let gone = E::delete_many().filter(key.in_subquery(some));
        Ok(gone.exec(&conn).await?.rows_affected)
    }
}
