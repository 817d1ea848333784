//! People: found, shown, added, changed; their way in and out of the organisation.

mod listing;

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use latchkey_api::help::{Help, Receipt, Told};
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people::{Erasure, Move, Moved, NewPerson, Person, PersonChange, Untouchable};
use latchkey_core::ids::{OrganisationId, PersonId};
use latchkey_core::people::{LONGEST_STAFF_NUMBER, PersonState, Username, is_email_address};
use latchkey_store::PersonRecord;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Created, Json, Problems, Tagged, unchanged};
use super::caller::{Admin, Opens, PeopleRead, PeopleWrite};
use super::credentials::demanded;
use super::failure::Failure;
use super::input::{Asked, At, Sent};
use super::reach::Reached;
use super::{help, shape};
use crate::App;
use crate::actions::codes::has_way_in;
use crate::actions::lifecycle::{self, Outcome};
use crate::actions::links::{self, NotInvited};
use crate::actions::people::{Newcomer, Unkept, add, change};
use crate::authn::Means;

/// The longest name.
const LONGEST_NAME: usize = 200;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(listing::list, create))
        .routes(routes!(listing::count))
        .routes(routes!(show, update, erase))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(transfer))
        .routes(routes!(invite))
}

/// An organisation inside, by its name in documents; outside it is as unknown as any other.
pub(super) async fn organisation<O: Opens>(
    admin: &Admin<O>,
    slug: &str,
) -> Result<OrganisationId, Failure> {
    let found = admin.app.store.view().find_organisation_by_slug(slug).await?;
    let inside = found.filter(|found| admin.scope().contains(found.id));
    let unknown = || Failure::field("organisation", "unknown", "there is no such organisation");
    inside.map(|found| found.id).ok_or_else(unknown)
}

/// Adds a person
///
/// They have nothing to log in with yet: invite them in the same step, or later.
#[utoipa::path(post, path = "/people", tag = "people", request_body = NewPerson,
    security(("bearer" = ["people:write"])),
    responses((status = 201, body = Person), Problems))]
async fn create(
    admin: Admin<PeopleWrite>,
    Sent(new): Sent<NewPerson>,
) -> Result<Created<Person>, Failure> {
    let username = Username::parse(&new.username)
        .map_err(|error| Failure::field("username", "malformed", error.to_string()))?;
    let home = organisation(&admin, &new.organisation).await?;
    let newcomer = Newcomer {
        username,
        organisation: home,
        name: name(&new.name)?,
        email: email(new.email)?,
        staff_number: staff_number(new.staff_number)?,
    };
    let origin = admin.acting_in(home)?;
    let record = add(&admin.app, &origin, &newcomer).await?.map_err(unkept)?;
    if new.invite {
        let handling = latchkey_core::audit::Handling::default();
        let invited = links::invite(&admin.app, &origin, &record, &handling).await?;
        invited.map_err(not_invited)?;
    }
    Ok(Created(shown(&admin, &record).await?))
}

fn unkept(unkept: Unkept) -> Failure {
    match unkept {
        Unkept::Gone => Failure::NotFound,
        Unkept::Stale => Failure::Stale,
        Unkept::UsernameTaken => Failure::field("username", "taken", "somebody has that user name"),
        Unkept::Unfit(unfit) => Failure::field("username", "unfit", unfit.to_string()),
        Unkept::StaffNumberTaken => {
            let message = "somebody else of the organisation has that staff number";
            Failure::field("staff_number", "taken", message)
        }
    }
}

pub(super) fn not_invited(why: NotInvited) -> Failure {
    match why {
        NotInvited::NotNew => Failure::Conflict(
            "not-new",
            "They have something to log in with, or may not log in: an invitation is for neither",
        ),
        NotInvited::Username(unfit) => Failure::field("username", "unfit", unfit.to_string()),
    }
}

fn name(typed: &str) -> Result<String, Failure> {
    let name = typed.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let message = format!("has 1 to {LONGEST_NAME} characters, all of them to be seen");
    Err(Failure::field("name", "malformed", message))
}

fn email(typed: Option<String>) -> Result<Option<String>, Failure> {
    let typed = typed.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match typed {
        Some(text) if !is_email_address(&text) => {
            Err(Failure::field("email", "malformed", "is no e-mail address"))
        }
        typed => Ok(typed),
    }
}

fn staff_number(typed: Option<String>) -> Result<Option<String>, Failure> {
    let typed = typed.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match typed {
        Some(text)
            if text.chars().count() > LONGEST_STAFF_NUMBER
                || text.chars().any(char::is_control) =>
        {
            let message = format!("has at most {LONGEST_STAFF_NUMBER} characters");
            Err(Failure::field("staff_number", "malformed", message))
        }
        typed => Ok(typed),
    }
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

/// Changes a person's name, e-mail address or staff number
///
/// They are told of another address at both.
#[utoipa::path(patch, path = "/people/{id}", tag = "people",
    params(("id" = Uuid, Path),
        ("If-Match" = String, Header, description = "The `ETag` of what is changed")),
    request_body = PersonChange, security(("bearer" = ["people:write"])),
    responses((status = 200, body = Person, headers(("ETag" = String))), Problems))]
async fn update(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    headers: HeaderMap,
    Sent(wanted): Sent<PersonChange>,
) -> Result<Tagged<Person>, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    unchanged(&headers, &shown(&admin, &record).await?)?;
    let mut person = record.person.clone();
    if let Some(typed) = &wanted.name {
        person.name = name(typed)?;
    }
    if let Some(typed) = wanted.email {
        person.email = email(typed)?;
    }
    if let Some(typed) = wanted.staff_number {
        person.staff_number = staff_number(typed)?;
    }
    let kept = change(&admin.app, &origin, &record, &person).await?.map_err(unkept)?;
    Ok(Tagged(shown(&admin, &kept).await?))
}

/// Erases a person with everything that is kept about them, for good
///
/// What the audit trail told of them is told no more; that something happened stays.
#[utoipa::path(delete, path = "/people/{id}", tag = "people",
    params(("id" = Uuid, Path), Erasure), security(("bearer" = ["people:write"])),
    responses((status = 204, description = "They are erased"), Problems))]
async fn erase(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    Asked(erasure): Asked<Erasure>,
) -> Result<StatusCode, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let given = latchkey_api::help::Handling {
        note: erasure.note,
        case: erasure.case,
        ..Default::default()
    };
    let handling = help::handling(&given)?;
    let (store, rng) = (&admin.app.store, &*admin.app.rng);
    let done = lifecycle::erase(store, rng, &origin, &handling, record.person.id).await?;
    settled(done)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves a person to another organisation
///
/// What they may do for the one before ends. The caller looks after both.
#[utoipa::path(post, path = "/people/{id}/move", tag = "people", params(("id" = Uuid, Path)),
    request_body = Move, security(("bearer" = ["people:write"])),
    responses((status = 200, body = Moved), Problems))]
async fn transfer(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    Sent(asked): Sent<Move>,
) -> Result<Json<Moved>, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let handling = help::handling(&asked.handling)?;
    let to = organisation(&admin, &asked.organisation).await?;
    let to_named: OrganisationRef = shape::organisation(&admin.app, to).await?;
    let mut moved = shown_there(&admin.app, &record, to, to_named).await?;
    if asked.dry_run {
        return Ok(Json(moved));
    }
    let (store, rng) = (&admin.app.store, &*admin.app.rng);
    let id = record.person.id;
    let ended = settled(lifecycle::transfer(store, rng, &origin, &handling, id, to).await?)?;
    moved.roles_ended = ended.into_iter().map(shape::role).collect();
    moved.done = true;
    Ok(Json(moved))
}

/// How it would be for somebody in another organisation.
pub(super) async fn shown_there(
    app: &App,
    record: &PersonRecord,
    to: OrganisationId,
    organisation: OrganisationRef,
) -> Result<Moved, Failure> {
    if record.person.organisation == to {
        return Err(Failure::Conflict("already", "It is so already"));
    }
    let (view, now) = (app.store.view(), app.clock.now());
    let ending = lifecycle::ending(&view, record).await?;
    let mut there = record.person.clone();
    there.organisation = to;
    there.standing.administrator = view.list_roles(there.id).await?.len() > ending.len();
    let policy = app.policy_of(&there).await?;
    let means = Means::of(&view, record).await?;
    Ok(Moved {
        done: false,
        organisation,
        roles_ended: ending.into_iter().map(|grant| shape::role(grant.role)).collect(),
        demanded: demanded(&policy, now),
        can_log_in: there.state == PersonState::Active
            && has_way_in(&policy, means.password, &means.keys, &means.codes),
    })
}

/// Invites a person who has nothing to log in with yet
///
/// By e-mail; where no letter can go, the link is told here, once. Any earlier invitation is void.
#[utoipa::path(post, path = "/people/{id}/invite", tag = "people", params(("id" = Uuid, Path)),
    request_body = Help, security(("bearer" = ["people:write"])),
    responses((status = 200, body = Receipt), Problems))]
async fn invite(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    Sent(asked): Sent<Help>,
) -> Result<Response, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let handling = help::handling(&asked.handling)?;
    help::refuse_administrator(&record)?;
    let mut receipt = help::empty(&origin);
    receipt.told = help::told(&admin.app, &record);
    if asked.dry_run {
        return Ok(Json(receipt).into_response());
    }
    let issued = links::invite(&admin.app, &origin, &record, &handling).await?;
    let issued = issued.map_err(not_invited)?;
    receipt.done = true;
    if issued.sent {
        return Ok(Json(receipt).into_response());
    }
    let secret = issued.url.expose().to_owned();
    receipt.secret = Some(Told { secret, expires_at: shape::time(issued.until) });
    Ok(help::told_once(receipt))
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

pub(super) fn settled<T>(outcome: Outcome<T>) -> Result<T, Failure> {
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
