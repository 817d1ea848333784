//! Organisations within the caller's reach, and the keys that their people use.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use latchkey_api::organisations::{
    Helpdesk, KeyModel, KeyModelNeeded, NewOrganisation, Organisation, OrganisationChange,
    OrganisationRef, PartQuery,
};
use latchkey_api::page::Page;
use latchkey_api::problem::FieldError;
use latchkey_core::Timestamp;
use latchkey_core::organisations;
use latchkey_core::policy::{Policy, Preset};
use latchkey_store::OrganisationRecord;
use latchkey_web::headers::OF_PICTURES;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Created, Json, Problems, Tagged, unchanged};
use super::caller::{Admin, Anything, OrganisationsRead, OrganisationsWrite};
use super::failure::Failure;
use super::input::{Asked, At, Sent, limit};
use super::policy::{NAMED, summary};
use super::shape;
use crate::App;
use crate::actions::organisations as actions;
use crate::actions::policies::{Rules, models_in_use, needed};
use crate::authn::models;
use crate::documents::picture;

/// The longest name that people read.
pub(super) const LONGEST_NAME: usize = 100;
/// The longest line about a helpdesk.
const LONGEST_LINE: usize = 200;
/// The longest name in documents.
const LONGEST_SLUG: usize = 63;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(logo))
        .routes(routes!(key_models))
        .routes(routes!(key_model_needed))
}

/// Organisations, by their names in documents
#[utoipa::path(get, path = "/organisations", tag = "organisations", params(PartQuery),
    security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Page<Organisation>), Problems))]
async fn list(
    admin: Admin<OrganisationsRead>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<Organisation>>, Failure> {
    let limit = limit(query.limit)?;
    let view = admin.app.store.view();
    let within = view.within(admin.scope());
    let mut found = within.list_organisations_after(query.after.as_deref(), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|(last, _)| last.slug.clone());
    let rules = Rules::read(&admin.app).await?;
    let mut items = Vec::with_capacity(found.len());
    for (record, changed) in &found {
        items.push(shown(&admin.app, &rules, record, *changed).await?);
    }
    Ok(Json(Page { items, next }))
}

/// An organisation
#[utoipa::path(get, path = "/organisations/{org}", tag = "organisations",
    params(("org" = String, Path)), security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Organisation, headers(("ETag" = String))), Problems))]
async fn show(
    admin: Admin<OrganisationsRead>,
    At(org): At<String>,
) -> Result<Tagged<Organisation>, Failure> {
    let (record, changed) = admin.organisation(&org).await?;
    let rules = Rules::read(&admin.app).await?;
    Ok(Tagged(shown(&admin.app, &rules, &record, changed).await?))
}

/// The picture of an organisation, if it has one
///
/// Everybody who logs in there sees it, so it takes no scope of its own.
#[utoipa::path(get, path = "/organisations/{org}/logo", tag = "organisations",
    params(("org" = String, Path)), security(("bearer" = [])),
    responses((status = 200, description = "A PNG or an SVG of at most 32 KiB",
        content((String = "image/png"), (String = "image/svg+xml"))), Problems))]
async fn logo(admin: Admin<Anything>, At(org): At<String>) -> Result<Response, Failure> {
    let (record, _) = admin.organisation(&org).await?;
    let found = record.brand.logo.as_deref().and_then(picture);
    let (kind, bytes) = found.ok_or(Failure::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, OF_PICTURES),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}

/// Adds an organisation
#[utoipa::path(post, path = "/organisations", tag = "organisations",
    request_body = NewOrganisation, security(("bearer" = ["organisations:write"])),
    responses((status = 201, body = Organisation, headers(("ETag" = String))), Problems))]
async fn create(
    admin: Admin<OrganisationsWrite>,
    Sent(sent): Sent<NewOrganisation>,
) -> Result<Created<Organisation>, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let mut wrong = Vec::new();
    if !is_slug(&sent.id) {
        let message = format!("is 1 to {LONGEST_SLUG} of a-z, 0-9 and -, such as \"northgate\"");
        wrong.push(field("id", "malformed", message));
    }
    let name = line("name", &sent.name, LONGEST_NAME, &mut wrong);
    let preset = match sent.preset.as_deref().map(preset) {
        None => Preset::default(),
        Some(Ok(preset)) => preset,
        Some(Err(error)) => {
            wrong.push(error);
            Preset::default()
        }
    };
    let parent = match sent.parent.as_deref() {
        None => None,
        Some(slug) => {
            let found = app.store.view().find_organisation_by_slug(slug).await?;
            if found.is_none() {
                wrong.push(field("parent", "unknown", "there is no such organisation"));
            }
            found.map(|record| record.id)
        }
    };
    let helpdesk = helpdesk(&sent.helpdesk, &mut wrong);
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    let new = actions::New { slug: sent.id, name, parent, preset, helpdesk };
    let added = actions::add(app, &origin, new).await?;
    let taken = || Failure::field("id", "taken", "there is an organisation of that name");
    let record = added.ok_or_else(taken)?;
    let rules = Rules::read(app).await?;
    Ok(Created(shown(app, &rules, &record, origin.at).await?))
}

/// Renames an organisation, or tells its people whom to call
#[utoipa::path(patch, path = "/organisations/{org}", tag = "organisations",
    params(("org" = String, Path), ("If-Match" = String, Header)),
    request_body = OrganisationChange, security(("bearer" = ["organisations:write"])),
    responses((status = 200, body = Organisation, headers(("ETag" = String))), Problems))]
async fn update(
    admin: Admin<OrganisationsWrite>,
    At(org): At<String>,
    headers: HeaderMap,
    Sent(change): Sent<OrganisationChange>,
) -> Result<Tagged<Organisation>, Failure> {
    let app = &admin.app;
    let (record, changed) = admin.organisation(&org).await?;
    let origin = admin.acting_in(record.id)?;
    let rules = Rules::read(app).await?;
    unchanged(&headers, &shown(app, &rules, &record, changed).await?)?;
    let (mut new, mut wrong) = (record.clone(), Vec::new());
    if let Some(name) = &change.name {
        new.name = line("name", name, LONGEST_NAME, &mut wrong);
    }
    if let Some(sent) = &change.helpdesk {
        new.helpdesk = helpdesk(sent, &mut wrong);
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    if !actions::change(app, &origin, &record, new).await? {
        return Err(Failure::Stale);
    }
    let (record, changed) = admin.organisation(&org).await?;
    Ok(Tagged(shown(app, &rules, &record, changed).await?))
}

/// The models of the keys in use, the commonest first
///
/// Where very many people have keys, as they were counted up to ten minutes ago.
#[utoipa::path(get, path = "/organisations/{org}/key-models", tag = "organisations",
    params(("org" = String, Path)), security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = Vec<KeyModel>), Problems))]
async fn key_models(
    admin: Admin<OrganisationsRead>,
    At(org): At<String>,
) -> Result<Json<Vec<KeyModel>>, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(&org).await?;
    let policy = Rules::read(app).await?.policy(record.id).ok_or(Failure::NotFound)?;
    // Whoever reaches an organisation reaches all of those below it.
    let used = models_in_use(app, record.id).await?;
    Ok(Json(used.iter().map(|used| key_model(app, &policy, used)).collect()))
}

fn key_model(app: &App, policy: &Policy, used: &latchkey_store::KeyModel) -> KeyModel {
    let model = used.aaguid;
    let told = !model.is_nil();
    let name = models::name(app.metadata.present().as_deref(), &model);
    let marked = policy.models_marked.contains(&model);
    let unnamed = || if told { model.to_string() } else { "Not told".to_owned() };
    KeyModel {
        aaguid: told.then_some(model),
        model: name.unwrap_or_else(unnamed),
        keys: used.keys,
        hardware: used.hardware,
        marked,
        allowed: !marked && policy.takes_model(&model) && (told || !policy.names_models()),
    }
}

/// Who could not log in if a model of key were denied at log-in
///
/// Everybody who has one is judged, so it takes a while where many do.
#[utoipa::path(get, path = "/organisations/{org}/key-models/{aaguid}", tag = "organisations",
    params(("org" = String, Path), ("aaguid" = Uuid, Path)),
    security(("bearer" = ["organisations:read"])),
    responses((status = 200, body = KeyModelNeeded), Problems))]
async fn key_model_needed(
    admin: Admin<OrganisationsRead>,
    At((org, aaguid)): At<(String, Uuid)>,
) -> Result<Json<KeyModelNeeded>, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(&org).await?;
    let policy = Rules::read(app).await?.policy(record.id).ok_or(Failure::NotFound)?;
    let found = needed(app, admin.scope(), record.id, aaguid, NAMED).await?;
    if found.holders == 0 {
        return Err(Failure::NotFound);
    }
    let (keys, hardware) = (found.keys, found.hardware);
    let used = latchkey_store::KeyModel { aaguid, keys, hardware };
    let mut people = Vec::with_capacity(found.people.len());
    for holding in found.people {
        people.push(summary(app, holding).await?);
    }
    Ok(Json(KeyModelNeeded {
        model: key_model(app, &policy, &used),
        holders: found.holders,
        would_lock_out: found.would_lock_out,
        people,
    }))
}

async fn shown(
    app: &App,
    rules: &Rules,
    record: &OrganisationRecord,
    changed: Timestamp,
) -> Result<Organisation, Failure> {
    let parent = match record.parent {
        None => None,
        Some(id) => app.store.view().find_organisation(id).await?.as_ref().map(named),
    };
    let rollout = rules.policy(record.id).and_then(|policy| policy.settings().rollout);
    Ok(Organisation {
        named: named(record),
        parent,
        preset: word(&record.preset)?,
        helpdesk: Helpdesk {
            name: record.helpdesk.name.clone(),
            phone: record.helpdesk.phone.clone(),
            hours: record.helpdesk.hours.clone(),
            email: record.helpdesk.email.clone(),
            reporting: record.helpdesk.reporting.clone(),
        },
        rollout: word(&rollout)?,
        updated_at: shape::time(changed),
    })
}

/// An organisation, named, as it is stored.
pub(super) fn named(record: &OrganisationRecord) -> OrganisationRef {
    OrganisationRef { id: record.slug.clone(), name: record.name.clone() }
}

/// A value of a list of words as documents write it.
pub(super) fn word(value: &impl Serialize) -> Result<String, Failure> {
    let written = serde_json::to_value(value).map_err(anyhow::Error::from)?;
    Ok(written.as_str().unwrap_or_default().to_owned())
}

/// Whether something may be called so in documents.
pub(super) fn is_slug(text: &str) -> bool {
    (1..=LONGEST_SLUG).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
}

/// A preset by its name.
pub(super) fn preset(name: &str) -> Result<Preset, FieldError> {
    let unknown = |_| field("preset", "unknown", "is \"small\" or \"hospital\"");
    serde_json::from_value(name.into()).map_err(unknown)
}

/// A member that is wrong.
pub(super) fn field(name: &str, code: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: name.to_owned(), code: code.to_owned(), message: message.into() }
}

/// A text in one line, trimmed.
pub(super) fn line(name: &str, text: &str, most: usize, wrong: &mut Vec<FieldError>) -> String {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        let message = format!("is 1 to {most} characters in one line");
        wrong.push(field(name, "malformed", message));
    }
    text.to_owned()
}

fn helpdesk(sent: &Helpdesk, wrong: &mut Vec<FieldError>) -> organisations::Helpdesk {
    let mut read = |name: &str, text: &Option<String>| {
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
        Some(line(&format!("helpdesk.{name}"), text, LONGEST_LINE, wrong))
    };
    organisations::Helpdesk {
        name: read("name", &sent.name),
        phone: read("phone", &sent.phone),
        hours: read("hours", &sent.hours),
        email: read("email", &sent.email),
        reporting: read("reporting", &sent.reporting),
    }
}
