//! What an administrator may see and change: people inside a [`Scope`], and nobody else.
//!
//! A capability, not a check: without it there is no method to call, and whoever is outside is
//! simply not there, in lists and counts as well as by key.

mod listing;
mod progress;
mod search;

use latchkey_core::credentials::{AssetTag, Credential};
use latchkey_core::ids::{CredentialId, PersonId};
use latchkey_core::people::Username;
use latchkey_core::roles::Scope;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait as _, DbBackend, EntityTrait as _, QueryFilter as _, Select};

use crate::entity::organisations;
use crate::entity::people::{Column, Entity};
use crate::people::PersonRecord;
use crate::{Result, Tx, View};

pub use listing::PeopleFilter;
pub use progress::{Enrolled, KeyModel};
pub use search::Found;

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

impl Within<'_, '_> {
    /// A person by key.
    pub async fn find_person(&self, id: PersonId) -> Result<Option<PersonRecord>> {
        let row = people(self.scope).filter(Column::Id.eq(id.0)).one(&self.view.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// A person by user name.
    pub async fn find_person_by_username(&self, name: &Username) -> Result<Option<PersonRecord>> {
        let of_name = Column::Username.eq(name.as_str());
        let row = people(self.scope).filter(of_name).one(&self.view.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// A key of a person, if both are inside.
    pub async fn find_credential(
        &self,
        person: PersonId,
        id: CredentialId,
    ) -> Result<Option<Credential>> {
        match self.find_person(person).await? {
            Some(_) => self.view.find_credential(person, id).await,
            None => Ok(None),
        }
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
