//! Relying applications: RFC 7591 metadata, judged as documents are. The console is none of them:
//! it is defined in code, and stands in no list.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use latchkey_api::applications::{Application, ApplicationSecret, ApplicationSummary, ClientBody};
use latchkey_api::organisations::PartQuery;
use latchkey_api::page::Page;
use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::secrets::Plain;
use latchkey_oidc::metadata::AuthenticationMethod;
use latchkey_oidc::{Client, ClientMetadata};
use latchkey_store::StoredClient;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Created, Json, Problems, Tagged, ToldOnce, unchanged};
use super::caller::{Admin, ApplicationsRead, ApplicationsWrite, Opens};
use super::failure::Failure;
use super::input::{Asked, At, Sent, limit};
use super::shape;
use crate::App;
use crate::actions::clients as actions;
use crate::oidc::{forget, register};

/// The member that nobody sends: secrets are made here.
const SECRET: &str = "client_secret";

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(rotate))
}

/// Relying applications, by their identifiers
#[utoipa::path(get, path = "/clients", tag = "applications", params(PartQuery),
    security(("bearer" = ["applications:read"])),
    responses((status = 200, body = Page<ApplicationSummary>), Problems))]
async fn list(
    admin: Admin<ApplicationsRead>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<ApplicationSummary>>, Failure> {
    let limit = limit(query.limit)?;
    let view = admin.app.store.view();
    let within = view.within(admin.scope());
    // The console keeps a place among them.
    let mut found = within.list_clients_after(query.after.as_deref(), limit + 2).await?;
    found.retain(|(stored, _)| stored.id.0 != latchkey_console::CLIENT_ID);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|(last, _)| last.id.0.clone());
    let mut items = Vec::with_capacity(found.len());
    for (stored, changed) in &found {
        items.push(summary(&admin.app, stored, &read(stored)?, *changed).await?);
    }
    Ok(Json(Page { items, next }))
}

/// A relying application
#[utoipa::path(get, path = "/clients/{client}", tag = "applications", params(("client" = String, Path)),
    security(("bearer" = ["applications:read"])),
    responses((status = 200, body = Application, headers(("ETag" = String))), Problems))]
async fn show(
    admin: Admin<ApplicationsRead>,
    At(id): At<String>,
) -> Result<Tagged<Application>, Failure> {
    let (stored, changed) = find(&admin, &id).await?;
    Ok(Tagged(shown(&admin.app, &stored, changed).await?))
}

/// Adds a relying application
///
/// Its identifier is made up when none is given, and its secret always: it is told here and never
/// again.
#[utoipa::path(post, path = "/clients", tag = "applications",
    request_body = ClientBody, security(("bearer" = ["applications:write"])),
    responses((status = 201, body = ApplicationSecret), Problems))]
async fn create(
    admin: Admin<ApplicationsWrite>,
    Sent(ClientBody(mut sent)): Sent<ClientBody>,
) -> Result<Response, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    sent.entry("client_id").or_insert_with(|| app.rng.uuid_v4().to_string().into());
    let metadata = metadata(sent)?;
    let secret = has_secret(&metadata).then(|| Plain::generate(&*app.rng));
    let client = judged(ClientMetadata { client_secret: secret.clone(), ..metadata })?;
    let taken = || Failure::field("client_id", "taken", "there is an application of that name");
    refuse_programs(&admin, &client)?;
    let organisation = home(app, &client).await?;
    if !actions::add(app, &origin, &client, organisation).await? {
        return Err(taken());
    }
    let (stored, changed) = find(&admin, &client.id.0).await?;
    let application = shown(app, &stored, changed).await?;
    let client_secret = secret.map(|secret| secret.expose().to_owned());
    let mut response = Created(ApplicationSecret { application, client_secret }).into_response();
    response.extensions_mut().insert(ToldOnce);
    Ok(response)
}

/// Changes a relying application to what its metadata says, in full. Its secret stays
#[utoipa::path(put, path = "/clients/{client}", tag = "applications",
    params(("client" = String, Path), ("If-Match" = String, Header)), request_body = ClientBody,
    security(("bearer" = ["applications:write"])),
    responses((status = 200, body = Application, headers(("ETag" = String))), Problems))]
async fn update(
    admin: Admin<ApplicationsWrite>,
    At(id): At<String>,
    headers: HeaderMap,
    Sent(ClientBody(mut sent)): Sent<ClientBody>,
) -> Result<Tagged<Application>, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let (seen, changed) = find(&admin, &id).await?;
    unchanged(&headers, &shown(app, &seen, changed).await?)?;
    let named = sent.entry("client_id").or_insert_with(|| id.clone().into());
    if *named != Value::String(id.clone()) {
        return Err(Failure::field("client_id", "fixed", "does not change"));
    }
    let metadata = metadata(sent)?;
    let before = read(&seen)?;
    let has_secret = has_secret(&metadata);
    if has_secret && before.secret.is_none() {
        let message = "asks for a secret, which it has none of: add another application";
        return Err(Failure::field("token_endpoint_auth_method", "fixed", message));
    }
    // Whether there has to be a secret is judged with a stand-in for the one that nobody knows.
    let stand_in = has_secret.then(|| Plain::new("kept".to_owned()));
    let mut client = judged(ClientMetadata { client_secret: stand_in, ..metadata })?;
    refuse_programs(&admin, &before)?;
    refuse_programs(&admin, &client)?;
    client.secret = before.secret.filter(|_| has_secret);
    let organisation = home(app, &client).await?;
    if !actions::change(app, &origin, &seen, &client, organisation).await? {
        return Err(Failure::Stale);
    }
    forget(app, &client.id);
    let (stored, changed) = find(&admin, &id).await?;
    Ok(Tagged(shown(app, &stored, changed).await?))
}

/// Removes a relying application, with all that it was granted
#[utoipa::path(delete, path = "/clients/{client}", tag = "applications",
    params(("client" = String, Path)), security(("bearer" = ["applications:write"])),
    responses((status = 204, description = "It is gone"), Problems))]
async fn delete(
    admin: Admin<ApplicationsWrite>,
    At(id): At<String>,
) -> Result<StatusCode, Failure> {
    let origin = admin.acting_everywhere()?;
    let (seen, _) = find(&admin, &id).await?;
    if actions::remove(&admin.app, &origin, &seen).await? {
        forget(&admin.app, &seen.id);
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::NotFound)
    }
}

/// Gives a relying application another secret in place of the one that it has
///
/// It is told here and never again; the one before counts no more.
#[utoipa::path(post, path = "/clients/{client}/secret", tag = "applications",
    params(("client" = String, Path)), security(("bearer" = ["applications:write"])),
    responses((status = 200, body = ApplicationSecret), Problems))]
async fn rotate(admin: Admin<ApplicationsWrite>, At(id): At<String>) -> Result<Response, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let (seen, _) = find(&admin, &id).await?;
    let client = read(&seen)?;
    refuse_programs(&admin, &client)?;
    if client.secret.is_none() {
        return Err(Failure::Conflict("no-secret", "It has no secret, and none is of use to it"));
    }
    let secret = actions::rotate_secret(app, &origin, &seen).await?.ok_or(Failure::Stale)?;
    forget(app, &seen.id);
    let (stored, changed) = find(&admin, &id).await?;
    let application = shown(app, &stored, changed).await?;
    let client_secret = Some(secret.expose().to_owned());
    let mut response = Json(ApplicationSecret { application, client_secret }).into_response();
    response.extensions_mut().insert(ToldOnce);
    Ok(response)
}

/// Refuses that a program adds, changes or takes over what acts for itself.
fn refuse_programs(admin: &Admin<ApplicationsWrite>, client: &Client) -> Result<(), Failure> {
    match client.service {
        Some(_) => admin.acting_in_person().map(drop),
        None => Ok(()),
    }
}

pub(super) async fn find<O: Opens>(
    admin: &Admin<O>,
    id: &str,
) -> Result<(StoredClient, Timestamp), Failure> {
    let view = admin.app.store.view();
    let found = view.within(admin.scope()).find_client(id).await?;
    let found = found.filter(|(stored, _)| stored.id.0 != latchkey_console::CLIENT_ID);
    found.ok_or(Failure::NotFound)
}

pub(super) fn read(stored: &StoredClient) -> Result<Client, Failure> {
    Ok(serde_json::from_str(&stored.document).map_err(anyhow::Error::from)?)
}

/// What is sent, unjudged. No message can quote a secret: none is taken.
fn metadata(sent: Map<String, Value>) -> Result<ClientMetadata, Failure> {
    if sent.contains_key(SECRET) {
        return Err(Failure::field(SECRET, "unknown", "is made here, and told once"));
    }
    serde_json::from_value(Value::Object(sent))
        .map_err(|error| Failure::field("", "malformed", error.to_string()))
}

/// Whether an application proves who it is with a secret.
fn has_secret(metadata: &ClientMetadata) -> bool {
    match metadata.token_endpoint_auth_method.unwrap_or_default() {
        AuthenticationMethod::ClientSecretBasic | AuthenticationMethod::ClientSecretPost => true,
        AuthenticationMethod::PrivateKeyJwt | AuthenticationMethod::None => false,
    }
}

fn judged(metadata: ClientMetadata) -> Result<Client, Failure> {
    register(metadata).map_err(|error| Failure::field(error.member, "invalid", error.reason))
}

/// The organisation that an application belongs to, if to one.
async fn home(app: &App, client: &Client) -> Result<Option<OrganisationId>, Failure> {
    let Some(slug) = &client.organisation else { return Ok(None) };
    let found = app.store.view().find_organisation_by_slug(slug).await?;
    let unknown =
        || Failure::field("latchkey_organisation", "unknown", "there is no such organisation");
    Ok(Some(found.ok_or_else(unknown)?.id))
}

async fn summary(
    app: &App,
    stored: &StoredClient,
    client: &Client,
    changed: Timestamp,
) -> Result<ApplicationSummary, Failure> {
    let organisation = match stored.organisation {
        Some(id) => Some(shape::organisation(app, id).await?),
        None => None,
    };
    Ok(ApplicationSummary {
        client_id: client.id.0.clone(),
        name: client.name.clone(),
        organisation,
        service_account: client.service.is_some(),
        updated_at: shape::time(changed),
    })
}

async fn shown(
    app: &App,
    stored: &StoredClient,
    changed: Timestamp,
) -> Result<Application, Failure> {
    let client = read(stored)?;
    let written = serde_json::to_value(client.metadata()).map_err(anyhow::Error::from)?;
    let Value::Object(metadata) = written else {
        return Err(anyhow::anyhow!("metadata is no object").into());
    };
    Ok(Application { summary: summary(app, stored, &client, changed).await?, metadata })
}
