//! Applications that speak SAML: listed, shown, added, changed and removed. What is sent is judged as
//! documents are, and names nothing on this machine.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use latchkey_api::organisations::PartQuery;
use latchkey_api::page::Page;
use latchkey_api::problem::FieldError;
use latchkey_api::providers::{
    EndingKind, IdentityProvider, ProviderCertificate, ProviderEnding, ProviderEndpoint,
    ProviderRead, ProviderReading, ReleasedAttribute, ServiceProvider, ServiceProviderBody,
    ServiceProviderSummary,
};
use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, OrganisationId};
use latchkey_saml::keys::Certificate;
use latchkey_saml::metadata::provider::{Endpoint, KeyDescriptor};
use latchkey_store::{ProviderState, StoredProvider};
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Created, Json, Problems, Tagged, unchanged};
use super::caller::{Admin, ApplicationsRead, ApplicationsWrite, Opens};
use super::failure::Failure;
use super::input::{Asked, At, SentLarge, limit};
use super::shape;
use crate::App;
use crate::actions::providers as actions;
use crate::documents::{self, Judged, Wrong};
use crate::saml;
use crate::saml::providers::Provider;
use crate::saml::refresh::endings::{self, Ending, Subject};
use crate::saml::refresh::{self as reading, Outcome};
use crate::saml::release::FORMATS;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .routes(routes!(refresh))
}

/// Applications that speak SAML, by their entity IDs
#[utoipa::path(get, path = "/service-providers", tag = "applications", params(PartQuery),
    operation_id = "list_service_providers", security(("bearer" = ["applications:read"])),
    responses((status = 200, body = Page<ServiceProviderSummary>), Problems))]
async fn list(
    admin: Admin<ApplicationsRead>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<ServiceProviderSummary>>, Failure> {
    let limit = limit(query.limit)?;
    let view = admin.app.store.view();
    let within = view.within(admin.scope());
    let mut found = within.list_providers_after(query.after.as_deref(), limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|(last, _)| last.id.0.clone());
    let mut items = Vec::with_capacity(found.len());
    for (stored, changed) in found {
        items.push(summary(&admin.app, &Provider::open(stored)?, changed).await?);
    }
    Ok(Json(Page { items, next }))
}

/// An application that speaks SAML
#[utoipa::path(get, path = "/service-providers/{provider}", tag = "applications",
    operation_id = "show_service_provider", params(("provider" = String, Path)),
    security(("bearer" = ["applications:read"])),
    responses((status = 200, body = ServiceProvider, headers(("ETag" = String))), Problems))]
async fn show(
    admin: Admin<ApplicationsRead>,
    At(key): At<String>,
) -> Result<Tagged<ServiceProvider>, Failure> {
    let (stored, changed) = find(&admin, &key).await?;
    Ok(Tagged(shown(&admin.app, &Provider::open(stored)?, changed).await?))
}

/// Adds an application that speaks SAML, by its metadata
///
/// `metadata` is the XML itself, or an address where it is read now, and again from time to time.
#[utoipa::path(post, path = "/service-providers", tag = "applications",
    operation_id = "add_service_provider", request_body = ServiceProviderBody,
    security(("bearer" = ["applications:write"])),
    responses((status = 201, body = ServiceProvider), Problems))]
async fn create(
    admin: Admin<ApplicationsWrite>,
    SentLarge(ServiceProviderBody(sent)): SentLarge<ServiceProviderBody>,
) -> Result<Created<ServiceProvider>, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let judged = judge(app, &sent, None).await?;
    let organisation = home(app, &judged).await?;
    let new = judged.stored(organisation).map_err(anyhow::Error::from)?;
    if !actions::add(app, &origin, new).await? {
        let message = "is of an application that is there already: change that one";
        return Err(Failure::field("metadata", "taken", message));
    }
    let (stored, changed) = find(&admin, &key(&judged.metadata.entity_id)).await?;
    Ok(Created(shown(app, &Provider::open(stored)?, changed).await?))
}

/// Changes an application that speaks SAML to what its document says, in full
///
/// Without `metadata` what it says of itself stays as it is.
#[utoipa::path(put, path = "/service-providers/{provider}", tag = "applications",
    operation_id = "change_service_provider",
    params(("provider" = String, Path), ("If-Match" = String, Header)),
    request_body = ServiceProviderBody, security(("bearer" = ["applications:write"])),
    responses((status = 200, body = ServiceProvider, headers(("ETag" = String))), Problems))]
async fn update(
    admin: Admin<ApplicationsWrite>,
    At(id): At<String>,
    headers: HeaderMap,
    SentLarge(ServiceProviderBody(sent)): SentLarge<ServiceProviderBody>,
) -> Result<Tagged<ServiceProvider>, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let (seen, changed) = find(&admin, &id).await?;
    let provider = Provider::open(seen.clone())?;
    unchanged(&headers, &shown(app, &provider, changed).await?)?;
    let judged = judge(app, &sent, Some(&provider)).await?;
    if judged.metadata.entity_id != seen.id.0 {
        let message = "is of another application: its entity ID does not change";
        return Err(Failure::field("metadata", "fixed", message));
    }
    let organisation = home(app, &judged).await?;
    let new = judged.stored(organisation).map_err(anyhow::Error::from)?;
    let members = judged.differing(&provider).map_err(anyhow::Error::from)?;
    if !actions::change(app, &origin, &seen, new, members).await? {
        return Err(Failure::Stale);
    }
    saml::providers::forget(app, &seen.id);
    let (stored, changed) = find(&admin, &id).await?;
    Ok(Tagged(shown(app, &Provider::open(stored)?, changed).await?))
}

/// Removes an application that speaks SAML
///
/// Nobody is logged in to it any more, and it is not told when sessions end.
#[utoipa::path(delete, path = "/service-providers/{provider}", tag = "applications",
    operation_id = "remove_service_provider", params(("provider" = String, Path)),
    security(("bearer" = ["applications:write"])),
    responses((status = 204, description = "It is gone"), Problems))]
async fn delete(
    admin: Admin<ApplicationsWrite>,
    At(key): At<String>,
) -> Result<StatusCode, Failure> {
    let origin = admin.acting_everywhere()?;
    let (seen, _) = find(&admin, &key).await?;
    if actions::remove(&admin.app, &origin, &seen.id).await? {
        saml::providers::forget(&admin.app, &seen.id);
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::NotFound)
    }
}

/// Reads the metadata of an application that speaks SAML again, from its address
///
/// What cannot be read, or that nobody vouches for, changes nothing.
#[utoipa::path(post, path = "/service-providers/{provider}/refresh", tag = "applications",
    operation_id = "refresh_service_provider", params(("provider" = String, Path)),
    security(("bearer" = ["applications:write"])),
    responses((status = 200, body = ProviderRead), Problems))]
async fn refresh(
    admin: Admin<ApplicationsWrite>,
    At(key): At<String>,
) -> Result<Json<ProviderRead>, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let (seen, _) = find(&admin, &key).await?;
    if Provider::open(seen.clone())?.settings.metadata_address.is_none() {
        let title = "Its metadata came from no address: send it again";
        return Err(Failure::Conflict("no-address", title));
    }
    let mut read = ProviderRead { changes: Vec::new(), differences: Vec::new(), error: None };
    for address in reading::wanted(app, Some(&seen.id)).await?.addresses {
        for report in reading::read(app, &origin, address).await? {
            match report.outcome {
                Outcome::Read(changes) => read.differences.extend(changes),
                Outcome::Failed(why) => read.error = Some(why),
            }
        }
    }
    read.changes = read.differences.iter().map(|it| it.message.clone()).collect();
    Ok(Json(read))
}

/// What an entity ID is in addresses, where it cannot stand: most have slashes.
fn key(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

async fn find<O: Opens>(
    admin: &Admin<O>,
    key: &str,
) -> Result<(StoredProvider, Timestamp), Failure> {
    let id = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // No URI has control characters, and not every database takes them as a question.
    let id = id.filter(|id| !id.contains(char::is_control));
    let id = EntityId(id.ok_or(Failure::NotFound)?);
    let view = admin.app.store.view();
    view.within(admin.scope()).find_provider(&id.0).await?.ok_or(Failure::NotFound)
}

async fn judge(
    app: &App,
    sent: &Map<String, Value>,
    known: Option<&Provider>,
) -> Result<Judged, Failure> {
    let judged = documents::judge(sent, known, app.clock.now(), app).await;
    judged.map_err(|wrong| {
        let of = |Wrong { member, text }| FieldError {
            field: member,
            code: "invalid".to_owned(),
            message: text,
        };
        Failure::Invalid(wrong.into_iter().map(of).collect())
    })
}

/// The organisation that it belongs to, if to one.
async fn home(app: &App, judged: &Judged) -> Result<Option<OrganisationId>, Failure> {
    let Some(slug) = &judged.settings.organisation else { return Ok(None) };
    let found = app.store.view().find_organisation_by_slug(slug).await?;
    let unknown = || Failure::field("organisation", "unknown", "there is no such organisation");
    Ok(Some(found.ok_or_else(unknown)?.id))
}

async fn summary(
    app: &App,
    provider: &Provider,
    changed: Timestamp,
) -> Result<ServiceProviderSummary, Failure> {
    let organisation = match provider.organisation {
        Some(id) => Some(shape::organisation(app, id).await?),
        None => None,
    };
    Ok(ServiceProviderSummary {
        key: key(&provider.id.0),
        entity_id: provider.id.0.clone(),
        name: provider.name(),
        organisation,
        valid_until: provider.metadata.valid_until.map(shape::time),
        updated_at: shape::time(changed),
    })
}

async fn shown(
    app: &App,
    provider: &Provider,
    changed: Timestamp,
) -> Result<ServiceProvider, Failure> {
    let members = documents::members(&provider.settings).map_err(anyhow::Error::from)?;
    let address = provider.settings.metadata_address.clone();
    let address = address.map(|address| ("metadata", Value::String(address)));
    let document = address.into_iter().chain(members);
    let consumers = provider.metadata.consumers.iter();
    let attributes = provider.rules.iter().map(|rule| ReleasedAttribute {
        name: rule.name.clone(),
        friendly_name: rule.friendly_name.clone(),
        format: FORMATS
            .iter()
            .find(|(_, format)| *format == rule.format)
            .map_or_else(String::new, |(word, _)| (*word).to_owned()),
        from: rule.from.to_string(),
    });
    let state = app.store.view().find_provider_state(&provider.id.0).await?;
    let reads = provider.settings.metadata_address.is_some();
    let ends = endings::of(&provider.metadata, reads, state.as_ref());
    let now = app.clock.now();
    let near = |it: &&Ending| it.is_near(now) && !it.is_forgotten(now);
    let ends: Vec<&Ending> = ends.iter().filter(near).collect();
    let logout = |service: &Endpoint| endpoint(&service.location, &service.binding);
    Ok(ServiceProvider {
        summary: summary(app, provider, changed).await?,
        document: document.map(|(name, value)| (name.to_owned(), value)).collect(),
        attributes: attributes.collect(),
        consumers: consumers.map(|it| endpoint(&it.location, &it.binding)).collect(),
        logout: provider.metadata.logout.iter().map(logout).collect(),
        certificates: provider.metadata.keys.iter().flat_map(certificates).collect(),
        must_sign: provider.must_sign(app).is_some(),
        encrypts: provider.recipient.is_some(),
        start: provider.settings.idp_initiated.then(|| saml::start_address(app, &provider.id)),
        reading: reads.then(|| progress(state.as_ref())),
        endings: ends.iter().map(|it| it.words(now)).collect(),
        ends: ends.into_iter().map(|it| ending(it, now)).collect(),
        ours: IdentityProvider {
            entity_id: saml::entity_id(app),
            metadata: saml::entity_id(app),
            sso: saml::sso_address(app),
            slo: saml::slo_address(app),
        },
    })
}

fn progress(state: Option<&ProviderState>) -> ProviderReading {
    ProviderReading {
        read_at: state.and_then(|state| state.read_at).map(shape::time),
        failing_since: state.and_then(|state| state.failing_since).map(shape::time),
        error: state.and_then(|state| state.error.clone()),
    }
}

fn ending(it: &Ending, now: Timestamp) -> ProviderEnding {
    let (what, sha256) = match &it.subject {
        Subject::Metadata => (EndingKind::Metadata, None),
        Subject::Certificate(name) => (EndingKind::Certificate, Some(name.clone())),
    };
    ProviderEnding { what, sha256, until: shape::time(it.until), over: it.is_over(now) }
}

fn endpoint(location: &str, binding: &str) -> ProviderEndpoint {
    ProviderEndpoint { location: location.to_owned(), binding: binding.to_owned() }
}

fn certificates(key: &KeyDescriptor) -> impl Iterator<Item = ProviderCertificate> {
    let ders = key.certificates.iter().filter_map(|text| STANDARD.decode(text).ok());
    ders.filter_map(|der| {
        let certificate = Certificate::parse(&der).ok()?;
        Some(ProviderCertificate {
            sha256: certificate.fingerprint(),
            not_after: shape::time(certificate.not_after()),
            signing: key.signing,
            encryption: key.encryption,
        })
    })
}
