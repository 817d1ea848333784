//! People: found, shown, added, changed; their way in and out of the organisation.

use std::sync::Arc;

use latchkey_api::help::{Help, Receipt};
use latchkey_api::page::Page;
use latchkey_api::people::{PeopleQuery, Person, PersonSummary, Untouchable};
use latchkey_core::ids::PersonId;
use latchkey_core::people::Username;
use latchkey_store::PersonRecord;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems, Tagged};
use super::caller::{Admin, Opens, PeopleRead, PeopleWrite};
use super::failure::Failure;
use super::input::{Asked, At, Sent, limit};
use super::reach::Reached;
use super::{help, shape};
use crate::App;
use crate::actions::lifecycle::{self, Outcome};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(disable))
        .routes(routes!(enable))
}

/// People whom the caller looks after
#[utoipa::path(get, path = "/people", tag = "people", params(PeopleQuery),
    security(("bearer" = ["people:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Page<PersonSummary>), Problems))]
async fn list(
    admin: Admin<PeopleRead>,
    Asked(query): Asked<PeopleQuery>,
) -> Result<Json<Page<PersonSummary>>, Failure> {
    let view = admin.app.store.view();
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(Username::parse).transpose();
    let after = after.map_err(|_| Failure::field("after", "malformed", "is no `next` of ours"))?;
    let within = view.within(admin.scope());
    let mut found = within.list_people(after.as_ref(), limit + 1).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| last.person.username.to_string());
    let mut items = Vec::with_capacity(found.len());
    for record in &found {
        items.push(shape::summary(&admin.app, &record.person).await?);
    }
    Ok(Json(Page { items, next }))
}

/// A person
#[utoipa::path(get, path = "/people/{id}", tag = "people", params(("id" = Uuid, Path)),
    security(("bearer" = ["people:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Person, headers(("ETag" = String))), Problems))]
async fn show(admin: Admin<PeopleRead>, At(id): At<Uuid>) -> Result<Tagged<Person>, Failure> {
    let record = admin.find(PersonId(id)).await?;
    Ok(Tagged(shown(&admin, &record).await?))
}

/// A person with whether whoever asks may change them.
async fn shown<O: Opens>(admin: &Admin<O>, record: &PersonRecord) -> Result<Person, Failure> {
    let (app, person) = (&admin.app, &record.person);
    let view = app.store.view();
    let mut roles = Vec::new();
    for held in view.list_roles(person.id).await? {
        roles.push(shape::grant(app, &held).await?);
    }
    let groups = match person.standing.grouped {
        true => view.list_groups_of(person.id).await?,
        false => Vec::new(),
    };
    Ok(Person {
        summary: shape::summary(app, person).await?,
        email_verified: person.has_verified_email(),
        claims: person.claims.clone(),
        roles,
        groups: groups.into_iter().map(|group| group.slug).collect(),
        updated_at: shape::time(person.updated_at),
        untouchable: untouchable(admin, record).await?,
    })
}

async fn untouchable<O: Opens>(
    admin: &Admin<O>,
    record: &PersonRecord,
) -> Result<Option<Untouchable>, Failure> {
    Ok(match admin.reach.of_person(&admin.app, &admin.known, record).await? {
        Reached::Touchable(_) => None,
        Reached::Untouchable(why) => Some(why),
    })
}

/// Lets somebody who left log in no more
///
/// Sessions end and keys rest until they are enabled again.
#[utoipa::path(post, path = "/people/{id}/disable", tag = "people", params(("id" = Uuid, Path)),
    request_body = Help, security(("bearer" = ["people:write"])),
    responses((status = 200, body = Receipt), Problems))]
async fn disable(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    Sent(asked): Sent<Help>,
) -> Result<Json<Receipt>, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let handling = help::handling(&asked.handling)?;
    let mut receipt = help::empty(&origin);
    receipt.locked_out = true;
    if asked.dry_run {
        let view = admin.app.store.view();
        let sessions = view.list_sessions(record.person.id, origin.at).await?.len();
        receipt.sessions = u32::try_from(sessions).unwrap_or(u32::MAX);
        return Ok(Json(receipt));
    }
    let (store, rng) = (&admin.app.store, &*admin.app.rng);
    let done = lifecycle::disable(store, rng, &origin, &handling, record.person.id).await?;
    let touched = settled(done)?;
    receipt.done = true;
    receipt.sessions = u32::try_from(touched.sessions).unwrap_or(u32::MAX);
    Ok(Json(receipt))
}

/// Lets somebody who was disabled log in again
#[utoipa::path(post, path = "/people/{id}/enable", tag = "people", params(("id" = Uuid, Path)),
    request_body = Help, security(("bearer" = ["people:write"])),
    responses((status = 200, body = Receipt), Problems))]
async fn enable(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    Sent(asked): Sent<Help>,
) -> Result<Json<Receipt>, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let handling = help::handling(&asked.handling)?;
    let mut receipt = help::empty(&origin);
    if asked.dry_run {
        return Ok(Json(receipt));
    }
    let (store, rng) = (&admin.app.store, &*admin.app.rng);
    let done = lifecycle::enable(store, rng, &origin, &handling, record.person.id).await?;
    settled(done)?;
    receipt.done = true;
    Ok(Json(receipt))
}

fn settled<T>(outcome: Outcome<T>) -> Result<T, Failure> {
    match outcome {
        Outcome::Done(value) => Ok(value),
        Outcome::Already => Err(Failure::Conflict("already", "It is so already")),
        Outcome::Unknown => Err(Failure::NotFound),
        Outcome::NoOrganisation => {
            Err(Failure::field("organisation", "unknown", "there is no such organisation"))
        }
        Outcome::LastAdministrator => Err(Failure::Conflict(
            "last-administrator",
            "Nobody else could look after the platform",
        )),
    }
}
