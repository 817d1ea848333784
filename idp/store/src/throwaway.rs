//! Organisations that were made to be thrown away, with everybody in them. Nobody else's data goes
//! by this: an organisation says by its name that it is one.

use latchkey_core::ids::OrganisationId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::{organisations, people};
use crate::{OrganisationRecord, Result, Tx};

/// What the name of an organisation that may be thrown away begins with; its own id follows.
const PREFIX: &str = "latchkey-throw-away-";

impl OrganisationRecord {
    /// What an organisation that may be thrown away is called in documents. No other can have the
    /// name by chance.
    #[must_use]
    pub fn throwaway_slug(id: OrganisationId) -> String {
        format!("{PREFIX}{}", id.0.simple())
    }

    /// Whether it may be thrown away.
    #[must_use]
    pub fn is_throwaway(&self) -> bool {
        self.slug == Self::throwaway_slug(self.id)
    }
}

impl Tx {
    /// Throws an organisation away, with its people and all that is theirs; `false` when there is
    /// none, or it may not be thrown away. What the audit trail tells of it stays.
    pub async fn throw_away(&self, id: OrganisationId) -> Result<bool> {
        let found = self.view().find_organisation(id).await?;
        if !found.is_some_and(|found| found.is_throwaway()) {
            return Ok(false);
        }
        people::Entity::delete_many()
            .filter(people::Column::OrganisationId.eq(id.0))
            .exec(&self.conn())
            .await?;
        let gone = organisations::Entity::delete_by_id(id.0).exec(&self.conn()).await?;
        Ok(gone.rows_affected == 1)
    }
}
