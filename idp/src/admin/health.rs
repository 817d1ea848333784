//! How the installation is, for those who look after it.

use std::sync::Arc;

use latchkey_api::platform::{
    AilingProvider, CertificateChange, Health, MailQueue, ProvidersHealth,
};
use latchkey_core::Timestamp;
use latchkey_store::PeopleFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::caller::{Admin, HealthRead};
use super::failure::Failure;
use super::{letters, shape};
use crate::App;
use crate::keys::saml;
use crate::saml::providers::Provider;
use crate::saml::refresh::endings::{self, Subject};

/// How many letters that could not be sent are listed, and how many applications.
const LISTED: u64 = 50;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(show))
}

/// How the installation is
#[utoipa::path(get, path = "/health", tag = "platform", security(("bearer" = ["health:read"])),
    responses((status = 200, body = Health), Problems))]
async fn show(admin: Admin<HealthRead>) -> Result<Json<Health>, Failure> {
    admin.acting_everywhere()?;
    let app = &admin.app;
    let view = app.store.view();
    let within = view.within(admin.scope());
    let outbox = within.find_outbox(None, LISTED).await?.ok_or(Failure::NotFound)?;
    let now = app.clock.now();
    let failing = outbox.failed.iter().map(|letter| letters::shown(app, letter, now)).collect();
    Ok(Json(Health {
        issuer: app.issuer.as_str().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: view.database().to_owned(),
        people: within.count_people(&PeopleFilter::default()).await?,
        audit_sequence: view.find_audit_head().await?.sequence,
        audit_unsealed: view.count_unsealed_events().await?,
        mail: MailQueue {
            configured: app.mail.is_some(),
            waiting: outbox.waiting,
            failed: outbox.failing,
            failing,
        },
        metadata: app.metadata.present().map(|metadata| metadata.number()),
        providers: providers(app, now).await?,
        saml_certificate: certificate(app, now).await?,
    }))
}

/// What our SAML answers are signed with, where that is about to change.
async fn certificate(app: &App, now: Timestamp) -> anyhow::Result<Option<CertificateChange>> {
    let stored = app.store.view().list_saml_keys().await?;
    let change = saml::change(&stored, now, app.config.lifetimes.saml_key_lead)?;
    Ok(change.map(|change| CertificateChange {
        ends_at: shape::time(change.ends_at),
        next_from: change.next_from.map(shape::time),
    }))
}

/// How the metadata of applications is that speak SAML.
async fn providers(app: &App, now: Timestamp) -> Result<ProvidersHealth, Failure> {
    let view = app.store.view();
    let counts = view.count_providers(now).await?;
    let mut ailing = Vec::new();
    for (stored, state) in view.list_ailing_providers(now, LISTED).await? {
        let provider = Provider::open(stored)?;
        let has_address = provider.settings.metadata_address.is_some();
        let endings = endings::of(&provider.metadata, has_address, Some(&state));
        let ends = |is_metadata: bool| {
            let near = |it: &&endings::Ending| it.is_near(now) && !it.is_forgotten(now);
            let mut near = endings.iter().filter(near);
            let found = near.find(|it| (it.subject == Subject::Metadata) == is_metadata);
            found.map(|ending| shape::time(ending.until))
        };
        ailing.push(AilingProvider {
            name: provider.name(),
            failing_since: state.failing_since.map(shape::time),
            error: state.error,
            metadata_ends: ends(true),
            certificate_ends: ends(false),
            entity_id: provider.id.0,
        });
    }
    Ok(ProvidersHealth {
        count: counts.all,
        expired: counts.over,
        failing: counts.failing,
        ending: counts.ending,
        ailing,
    })
}
