//! Who may do what for others: shown to those who look after them, given and taken by the
//! platform's administrators alone, and never to themselves.

use std::sync::Arc;

use axum::http::StatusCode;
use latchkey_api::page::Page;
use latchkey_api::people::{Role, RoleHolder, RoleQuery, RolesQuery, Untouchable};
use latchkey_core::ids::PersonId;
use latchkey_core::roles::{self, RoleGrant};
use latchkey_store::{OrganisationRecord, PersonRecord};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems};
use super::caller::{Admin, RolesRead, RolesWrite};
use super::failure::Failure;
use super::input::{Asked, At, limit};
use super::shape;
use crate::App;
use crate::actions::people::{self, Ended};
use crate::audit::Origin;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(give, end))
}

/// Who has which role
#[utoipa::path(get, path = "/roles", tag = "roles", params(RolesQuery),
    security(("bearer" = ["roles:read"])),
    responses((status = 200, body = Page<RoleHolder>), Problems))]
async fn list(
    admin: Admin<RolesRead>,
    Asked(query): Asked<RolesQuery>,
) -> Result<Json<Page<RoleHolder>>, Failure> {
    let most = usize::try_from(limit(query.limit)?).unwrap_or(usize::MAX);
    let after = query.after.as_deref().map(Place::parse).transpose()?;
    let view = admin.app.store.view();
    let within = view.within(admin.scope());
    let mut grants = within.list_holders(None).await?;
    if let Some(slug) = &query.organisation {
        let (record, _) = admin.organisation(slug).await?;
        let below = view.list_subtree(record.id).await?;
        grants.retain(|grant| below.contains(&grant.organisation));
    }
    grants.sort_by_key(Place::of);
    grants.retain(|grant| after.as_ref().is_none_or(|after| Place::of(grant) > *after));
    let more = grants.len() > most;
    grants.truncate(most);
    let next = grants.last().filter(|_| more).map(|last| Place::of(last).written());
    let mut items = Vec::with_capacity(grants.len());
    for grant in &grants {
        // Whoever was erased in this moment holds nothing.
        let Some(record) = within.find_person(grant.person).await? else { continue };
        items.push(RoleHolder {
            person: shape::summary(&admin.app, &record.person).await?,
            grant: shape::grant(&admin.app, grant).await?,
        });
    }
    Ok(Json(Page { items, next }))
}

/// Where a grant stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(Uuid, roles::Role, Uuid);

impl Place {
    fn of(grant: &RoleGrant) -> Self {
        Self(grant.organisation.0, grant.role, grant.person.0)
    }

    fn written(self) -> String {
        format!("{}.{}.{}", self.0, self.1.as_str(), self.2)
    }

    fn parse(text: &str) -> Result<Self, Failure> {
        let mut parts = text.split('.');
        let read = (|| {
            let organisation = parts.next()?.parse().ok()?;
            let role = roles::Role::parse(parts.next()?)?;
            Some(Self(organisation, role, parts.next()?.parse().ok()?))
        })();
        read.ok_or_else(|| Failure::field("after", "malformed", "is no `next` of ours"))
    }
}

/// Gives a person a role in an organisation and those below it
#[utoipa::path(put, path = "/people/{id}/roles/{role}", tag = "roles",
    params(("id" = Uuid, Path), ("role" = Role, Path), RoleQuery),
    security(("bearer" = ["roles:write"])),
    responses((status = 204, description = "They have it"), Problems))]
async fn give(
    admin: Admin<RolesWrite>,
    At((id, role)): At<(Uuid, Role)>,
    Asked(query): Asked<RoleQuery>,
) -> Result<StatusCode, Failure> {
    let (record, organisation, origin) = concerned(&admin, id, &query).await?;
    let slug = Some(organisation.slug.as_str());
    people::grant_role(&admin.app, &origin, &record.person, read(role), slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a role of a person
#[utoipa::path(delete, path = "/people/{id}/roles/{role}", tag = "roles",
    params(("id" = Uuid, Path), ("role" = Role, Path), RoleQuery),
    security(("bearer" = ["roles:write"])),
    responses((status = 204, description = "They do not have it any more"), Problems))]
async fn end(
    admin: Admin<RolesWrite>,
    At((id, role)): At<(Uuid, Role)>,
    Asked(query): Asked<RoleQuery>,
) -> Result<StatusCode, Failure> {
    let (record, organisation, origin) = concerned(&admin, id, &query).await?;
    let (person, organisation) = (record.person.id, organisation.id);
    let grant = RoleGrant { person, role: read(role), organisation };
    match people::end_role(&admin.app, &origin, &record.person, grant).await? {
        Ended::Done => Ok(StatusCode::NO_CONTENT),
        Ended::NotHeld => Err(Failure::NotFound),
        Ended::LastAdministrator => Err(Failure::Conflict(
            "last-administrator",
            "Nobody else could look after the platform",
        )),
    }
}

/// Whose role it is, where, and as whom it is changed.
async fn concerned(
    admin: &Admin<RolesWrite>,
    id: Uuid,
    query: &RoleQuery,
) -> Result<(PersonRecord, OrganisationRecord, Origin), Failure> {
    let origin = admin.acting_in_person()?;
    let record = admin.find(PersonId(id)).await?;
    if admin.person().is_some_and(|caller| caller.person.id == record.person.id) {
        return Err(Failure::Untouchable(Untouchable::Yourself));
    }
    let found = admin.app.store.view().find_organisation_by_slug(&query.organisation).await?;
    let unknown = || Failure::field("organisation", "unknown", "there is no such organisation");
    Ok((record, found.ok_or_else(unknown)?, origin))
}

fn read(role: Role) -> roles::Role {
    match role {
        Role::Helpdesk => roles::Role::Helpdesk,
        Role::LocalAdministrator => roles::Role::LocalAdministrator,
        Role::Auditor => roles::Role::Auditor,
        Role::PlatformAdministrator => roles::Role::PlatformAdministrator,
    }
}
