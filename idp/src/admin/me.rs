//! Who calls, and what they may do.

use std::sync::Arc;

use latchkey_api::AdminScope;
use latchkey_api::organisations::{Branded, OrganisationRef};
use latchkey_api::page::Page;
use latchkey_api::people::{May, Me, PlacesQuery};
use latchkey_core::roles::{Role, RoleGrant, Scope};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::approvals;
use super::caller::{Admin, Anything};
use super::failure::Failure;
use super::input::{Asked, limit};
use super::reach::Reach;
use super::shape;
use crate::App;
use crate::oidc::caller::Caller;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(places))
}

/// The organisation that heads the pages of somebody with these roles.
async fn branded(app: &App, roles: &[RoleGrant]) -> Result<Option<Branded>, Failure> {
    let everywhere = |grant: &RoleGrant| grant.role == Role::PlatformAdministrator;
    let Some(first) = roles.first().filter(|_| !roles.iter().any(everywhere)) else {
        return Ok(None);
    };
    let found = app.organisation(first.organisation).await?;
    Ok(Some(Branded {
        named: OrganisationRef { id: found.slug.clone(), name: found.name.clone() },
        colour: found.brand.colour.clone(),
        logo: found.brand.logo.is_some(),
    }))
}

/// Who calls, and what they may do
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])),
    responses((status = 200, body = Me), Problems))]
async fn show(admin: Admin<Anything>) -> Result<Json<Me>, Failure> {
    let (app, known) = (&admin.app, &admin.known);
    let mut may = Vec::new();
    for scope in AdminScope::ALL {
        if !known.caller.scopes().contains(&scope) {
            continue;
        }
        let reach = Reach::of(app, known, &[scope]).await?;
        if reach.is_nowhere() {
            continue;
        }
        let (platform, count) = match reach.scope() {
            Scope::Platform => (true, 0),
            Scope::Organisations(ids) => (false, ids.len() as u64),
        };
        let mut organisations = Vec::new();
        for id in reach.roots(known) {
            organisations.push(shape::organisation(app, id).await?);
        }
        organisations.sort_by(|one, other| one.name.cmp(&other.name));
        may.push(May { scope, platform, organisations, count });
    }
    let mut roles = Vec::with_capacity(known.roles.len());
    for held in &known.roles {
        roles.push(shape::grant(app, held).await?);
    }
    Ok(Json(match &known.caller {
        Caller::Administrator(who) => {
            let age = app.policy_of(&who.person.person).await?.step_up_age;
            Me {
                person: Some(shape::summary(app, &who.person.person).await?),
                client_id: None,
                organisation: branded(app, &known.roles).await?,
                roles,
                auth_time: Some(shape::time(who.auth_time)),
                fresh_until: Some(shape::time(who.auth_time.plus(age))),
                may,
                approvals: approvals::count(app, known).await?,
            }
        }
        Caller::Service(service) => Me {
            person: None,
            client_id: Some(service.client.0.clone()),
            organisation: None,
            roles,
            auth_time: None,
            fresh_until: None,
            may,
            approvals: 0,
        },
    }))
}

/// The organisations in which the caller may do something, by their names in documents
#[utoipa::path(get, path = "/me/organisations", tag = "me", operation_id = "list_places",
    params(PlacesQuery), security(("bearer" = [])),
    responses((status = 200, body = Page<OrganisationRef>), Problems))]
async fn places(
    admin: Admin<Anything>,
    Asked(query): Asked<PlacesQuery>,
) -> Result<Json<Page<OrganisationRef>>, Failure> {
    let (app, known) = (&admin.app, &admin.known);
    let limit = limit(query.limit)?;
    if !known.caller.scopes().contains(&query.scope) {
        return Ok(Json(Page { items: Vec::new(), next: None }));
    }
    let reach = Reach::of(app, known, &[query.scope]).await?;
    let view = app.store.view();
    let within = view.within(reach.scope());
    let mut found = within.list_organisations_after(query.after.as_deref(), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|(last, _)| last.slug.clone());
    let items = found.into_iter();
    let items = items.map(|(it, _)| OrganisationRef { id: it.slug, name: it.name }).collect();
    Ok(Json(Page { items, next }))
}
