//! Groups of an organisation, and who is in them. What is demanded of members stands on top of
//! everything else: no group weakens anything.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use latchkey_api::organisations::{Group, JoinQuery, PartQuery, PutGroup};
use latchkey_api::page::Page;
use latchkey_api::people::PersonSummary;
use latchkey_api::policy::{self as policies, TrialQuery};
use latchkey_core::ids::{GroupId, PersonId};
use latchkey_core::organisations;
use latchkey_core::people::Username;
use latchkey_store::{OrganisationRecord, PeopleFilter};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Created, Json, Problems, Tagged, unchanged};
use super::caller::{
    Admin, JoinTrial, Opens, OrganisationsRead, OrganisationsWrite, PeopleRead, PeopleWrite,
    PolicyTrial,
};
use super::failure::Failure;
use super::input::{Asked, At, Sent, limit};
use super::organisations::{LONGEST_NAME, is_slug, line, named};
use super::{policy, shape};
use crate::App;
use crate::actions::groups as actions;
use crate::actions::policies::{Rules, Trial};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, put, delete))
        .routes(routes!(try_out))
        .routes(routes!(try_out_as_table))
        .routes(routes!(members))
        .routes(routes!(join, leave))
        .routes(routes!(try_joining))
}

/// The groups of an organisation, by their names in documents
#[utoipa::path(get, path = "/organisations/{org}/groups", tag = "groups",
    params(("org" = String, Path), PartQuery), security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Page<Group>), Problems))]
async fn list(
    admin: Admin<OrganisationsRead>,
    At(org): At<String>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<Group>>, Failure> {
    let (record, _) = admin.organisation(&org).await?;
    let most = usize::try_from(limit(query.limit)?).unwrap_or(usize::MAX);
    let after = query.after.unwrap_or_default();
    let mut groups = admin.app.store.view().within(admin.scope()).list_groups().await?;
    groups.retain(|group| group.organisation == record.id && group.slug > after);
    groups.sort_by(|one, other| one.slug.cmp(&other.slug));
    let more = groups.len() > most;
    groups.truncate(most);
    let next = groups.last().filter(|_| more).map(|last| last.slug.clone());
    let mut items = Vec::with_capacity(groups.len());
    for group in groups {
        items.push(shown(&admin.app, &record, group).await?);
    }
    Ok(Json(Page { items, next }))
}

/// A group
#[utoipa::path(get, path = "/organisations/{org}/groups/{group}", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path)),
    security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Group, headers(("ETag" = String))), Problems))]
async fn show(
    admin: Admin<OrganisationsRead>,
    At((org, group)): At<(String, String)>,
) -> Result<Tagged<Group>, Failure> {
    let (record, group) = find(&admin, &org, &group).await?;
    Ok(Tagged(shown(&admin.app, &record, group).await?))
}

/// Adds a group, or changes what is demanded of its members
///
/// A change names what it was made from, in `If-Match`; a new group has nothing to name. Refused
/// when more members could not log in tomorrow than `locks_out_at_most` says.
#[utoipa::path(put, path = "/organisations/{org}/groups/{group}", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = PutGroup, security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = Group, headers(("ETag" = String))),
        (status = 201, body = Group, headers(("ETag" = String))), Problems))]
async fn put(
    admin: Admin<OrganisationsWrite>,
    At((org, slug)): At<(String, String)>,
    headers: HeaderMap,
    Sent(sent): Sent<PutGroup>,
) -> Result<Response, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(&org).await?;
    let origin = admin.acting_in(record.id)?;
    let seen = app.store.view().find_group_named(record.id, &slug).await?;
    match &seen {
        Some(seen) => unchanged(&headers, &shown(app, &record, seen.clone()).await?)?,
        None if headers.contains_key(header::IF_MATCH) => return Err(Failure::Stale),
        None if !is_slug(&slug) => return Err(Failure::NotFound),
        None => {}
    }
    let mut wrong = Vec::new();
    let name = line("name", &sent.name, LONGEST_NAME, &mut wrong);
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    let group = organisations::Group {
        id: seen.as_ref().map_or_else(|| GroupId::new(&*app.rng, origin.at), |seen| seen.id),
        organisation: record.id,
        slug,
        name,
        overrides: policy::settings("demanded", &sent.demanded)?,
    };
    if let Some(seen) = &seen {
        let rules = Rules::read(app).await?;
        let trial = Trial::of_group(rules, seen, &group.overrides, origin.at)?;
        policy::at_most(app, trial, sent.locks_out_at_most).await?;
    }
    if !actions::put(app, &origin, seen.as_ref(), group.clone()).await? {
        return Err(Failure::Stale);
    }
    let told = shown(app, &record, group).await?;
    Ok(if seen.is_some() { Tagged(told).into_response() } else { Created(told).into_response() })
}

/// Which members of a group could not log in tomorrow, if this were demanded of them
#[utoipa::path(post, path = "/organisations/{org}/groups/{group}/trial", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path), TrialQuery), request_body = PutGroup,
    security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = policies::Trial), Problems))]
async fn try_out(
    admin: Admin<PolicyTrial>,
    At((org, group)): At<(String, String)>,
    Asked(query): Asked<TrialQuery>,
    Sent(sent): Sent<PutGroup>,
) -> Result<Json<policies::Trial>, Failure> {
    let trial = trial(&admin, &org, &group, &sent).await?;
    Ok(Json(policy::outcome(&admin, trial, query.has).await?))
}

/// All members of a group who could not log in tomorrow, as a table
#[utoipa::path(post, path = "/organisations/{org}/groups/{group}/trial.csv", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path)), request_body = PutGroup,
    security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = String, content_type = "text/csv"), Problems))]
async fn try_out_as_table(
    admin: Admin<PolicyTrial>,
    At((org, group)): At<(String, String)>,
    Sent(sent): Sent<PutGroup>,
) -> Result<Response, Failure> {
    let trial = trial(&admin, &org, &group, &sent).await?;
    policy::table(&admin, trial).await
}

async fn trial(
    admin: &Admin<PolicyTrial>,
    org: &str,
    group: &str,
    sent: &PutGroup,
) -> Result<Trial, Failure> {
    let app = &admin.app;
    let (_, seen) = find(admin, org, group).await?;
    let new = policy::settings("demanded", &sent.demanded)?;
    Ok(Trial::of_group(Rules::read(app).await?, &seen, &new, app.clock.now())?)
}

/// Removes a group, and with it what is demanded of its members
#[utoipa::path(delete, path = "/organisations/{org}/groups/{group}", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path)),
    security(("bearer" = ["organisations:write"])),
    responses((status = 204, description = "It is gone"), Problems))]
async fn delete(
    admin: Admin<OrganisationsWrite>,
    At((org, group)): At<(String, String)>,
) -> Result<StatusCode, Failure> {
    let (record, group) = find(&admin, &org, &group).await?;
    let origin = admin.acting_in(record.id)?;
    if actions::remove(&admin.app, &origin, &group).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::NotFound)
    }
}

/// Who is in a group, by their user names
#[utoipa::path(get, path = "/organisations/{org}/groups/{group}/members", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path), PartQuery),
    security(("bearer" = ["people:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Page<PersonSummary>), Problems))]
async fn members(
    admin: Admin<PeopleRead>,
    At((org, group)): At<(String, String)>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<PersonSummary>>, Failure> {
    let (_, group) = find(&admin, &org, &group).await?;
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(Username::parse).transpose();
    let after = after.map_err(|_| Failure::field("after", "malformed", "is no `next` of ours"))?;
    let filter = PeopleFilter { group: Some(group.id), ..PeopleFilter::default() };
    let view = admin.app.store.view();
    let within = view.within(admin.scope());
    let mut found = within.list_people(&filter, after.as_ref(), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| last.person.username.to_string());
    let mut items = Vec::with_capacity(found.len());
    for record in &found {
        items.push(shape::summary(&admin.app, &record.person).await?);
    }
    Ok(Json(Page { items, next }))
}

/// Whether somebody could not log in tomorrow, if they joined a group
///
/// Whoever is a member already is judged as if they were none. Nobody is judged who may not log in.
#[utoipa::path(post, path = "/organisations/{org}/groups/{group}/members/{person}/trial",
    tag = "groups", operation_id = "try_joining",
    params(("org" = String, Path), ("group" = String, Path), ("person" = Uuid, Path)),
    security(("bearer" = ["people:write"])),
    responses((status = 200, body = policies::Trial), Problems))]
async fn try_joining(
    admin: Admin<JoinTrial>,
    At((org, group, person)): At<(String, String, Uuid)>,
) -> Result<Json<policies::Trial>, Failure> {
    let app = &admin.app;
    let (_, group) = find(&admin, &org, &group).await?;
    let record = admin.find(PersonId(person)).await?;
    let rules = Rules::read(app).await?;
    let trial = Trial::of_joining(&rules, &group, &record.person, app.clock.now())?;
    Ok(Json(policy::outcome(&admin, trial, None).await?))
}

/// Puts somebody into a group
///
/// Refused when they could not log in tomorrow, unless `locks_out_at_most` says that they may not.
#[utoipa::path(put, path = "/organisations/{org}/groups/{group}/members/{person}", tag = "groups",
    params(("org" = String, Path), ("group" = String, Path), ("person" = Uuid, Path), JoinQuery),
    security(("bearer" = ["people:write"])),
    responses((status = 204, description = "They are in it"), Problems))]
async fn join(
    admin: Admin<PeopleWrite>,
    At((org, group, person)): At<(String, String, Uuid)>,
    Asked(query): Asked<JoinQuery>,
) -> Result<StatusCode, Failure> {
    let app = &admin.app;
    let (record, group) = find(&admin, &org, &group).await?;
    let (person, origin) = admin.touch(PersonId(person)).await?;
    let below = app.store.view().list_subtree(record.id).await?;
    if !below.contains(&person.person.organisation) {
        return Err(Failure::Conflict(
            "elsewhere",
            "They belong neither to the organisation of the group nor to one below it",
        ));
    }
    let theirs = app.store.view().list_groups_of(person.person.id).await?;
    // Whoever is in it already is asked nothing new.
    if !theirs.iter().any(|it| it.id == group.id) {
        let rules = Rules::read(app).await?;
        let trial = Trial::of_joining(&rules, &group, &person.person, origin.at)?;
        policy::at_most(app, trial, query.locks_out_at_most).await?;
    }
    actions::join(app, &origin, &person.person, &group).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody out of a group
#[utoipa::path(delete, path = "/organisations/{org}/groups/{group}/members/{person}",
    tag = "groups",
    params(("org" = String, Path), ("group" = String, Path), ("person" = Uuid, Path)),
    security(("bearer" = ["people:write"])),
    responses((status = 204, description = "They are not in it"), Problems))]
async fn leave(
    admin: Admin<PeopleWrite>,
    At((org, group, person)): At<(String, String, Uuid)>,
) -> Result<StatusCode, Failure> {
    let (_, group) = find(&admin, &org, &group).await?;
    let (person, origin) = admin.touch(PersonId(person)).await?;
    actions::leave(&admin.app, &origin, &person.person, &group).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find<O: Opens>(
    admin: &Admin<O>,
    org: &str,
    group: &str,
) -> Result<(OrganisationRecord, organisations::Group), Failure> {
    let (record, _) = admin.organisation(org).await?;
    let found = admin.app.store.view().find_group_named(record.id, group).await?;
    Ok((record, found.ok_or(Failure::NotFound)?))
}

async fn shown(
    app: &App,
    organisation: &OrganisationRecord,
    group: organisations::Group,
) -> Result<Group, Failure> {
    Ok(Group {
        members: app.store.view().count_members(group.id).await?,
        demanded: policy::written(&group.overrides)?,
        id: group.slug,
        name: group.name,
        organisation: named(organisation),
    })
}
