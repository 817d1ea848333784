//! What an administrator may see and change: people inside a [`Scope`], and nobody else.
//!
//! A capability, not a check: without it there is no method to call, and whoever is outside is
//! simply not there, in lists and counts as well as by key.

mod clients;
pub(crate) mod enrolled;
mod holdings;
mod imports;
mod listing;
mod person;
mod progress;
mod providers;
mod search;
pub(crate) mod trail;
mod tree;

use latchkey_core::credentials::{AssetTag, Credential};
use latchkey_core::ids::{CredentialId, PersonId};
use latchkey_core::roles::Scope;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, Select};

use crate::entity::organisations;
use crate::entity::people::{Column, Entity};
use crate::{Result, Tx, View};

pub use enrolled::{Enrolled, GRACE_ENDS_WITHIN, Need};
#[cfg(test)]
pub(crate) use holdings::FEW;
pub use holdings::{HeldKey, Holders, Holding};
pub use listing::PeopleFilter;
pub use person::{AppFacts, CodeFacts, PassFacts};
pub use progress::{DayProgress, KeyModel, OrganisationProgress, Progress};
pub use search::Found;
pub use trail::{EventFilter, FailedMessage, Outbox};

/// Reads inside a scope.
pub struct Within<'v, 'c> {
    view: &'v View<'c>,
    scope: &'v Scope,
}

/// Writes inside a scope.
pub struct WithinTx<'t> {
    tx: &'t Tx,
    scope: &'t Scope,
}

fn people(scope: &Scope) -> Select<Entity> {
    match scope {
        Scope::Platform => Entity::find(),
        Scope::Organisations(ids) => {
            Entity::find().filter(Column::OrganisationId.is_in(ids.iter().map(|id| id.0)))
        }
    }
}

/// That rows of `table` are of an organisation inside a scope, in words that let both databases go
/// by an index that begins with it.
fn inside(scope: &Scope, backend: DbBackend, table: &'static str) -> Expr {
    let column = Expr::col((table, Column::OrganisationId));
    match scope {
        Scope::Organisations(ids) => column.is_in(ids.iter().map(|id| id.0)),
        // A server would join with a subquery, by whatever plan seems best for very many people.
        Scope::Platform if backend == DbBackend::Postgres => Expr::cust(format!(
            "{table}.organisation_id = ANY(ARRAY(SELECT id FROM organisations))"
        )),
        Scope::Platform => {
            let mut all = Query::select();
            all.column(organisations::Column::Id).from(organisations::Entity);
            column.in_subquery(all)
        }
    }
}

impl<'c> View<'c> {
    /// Reads as somebody with this scope may.
    #[must_use]
    pub fn within<'v>(&'v self, scope: &'v Scope) -> Within<'v, 'c> {
        Within { view: self, scope }
    }
}

impl Tx {
    /// Writes as somebody with this scope may.
    #[must_use]
    pub fn within<'t>(&'t self, scope: &'t Scope) -> WithinTx<'t> {
        WithinTx { tx: self, scope }
    }
}

impl WithinTx<'_> {
    /// Notes what is written on a key of a person inside, or that nothing is; `false` when there is
    /// no such key inside.
    pub async fn tag_credential(
        &self,
        person: PersonId,
        id: CredentialId,
        tag: Option<&AssetTag>,
    ) -> Result<bool> {
        match self.tx.view().within(self.scope).find_credential(person, id).await? {
            Some(_) => self.tx.tag_credential(person, id, tag).await,
            None => Ok(false),
        }
    }

    /// Removes a key of a person inside; `None` when there is no such key inside.
    pub async fn delete_credential(
        &self,
        person: PersonId,
        id: CredentialId,
    ) -> Result<Option<Credential>> {
        let found = self.tx.view().within(self.scope).find_credential(person, id).await?;
        if let Some(credential) = &found {
            self.tx.delete_credential(credential.id).await?;
        }
        Ok(found)
    }
}
