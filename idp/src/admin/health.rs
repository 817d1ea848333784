//! How the installation is, for those who look after it.

use std::sync::Arc;

use latchkey_api::platform::{Health, MailQueue};
use latchkey_store::PeopleFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::caller::{Admin, HealthRead};
use super::failure::Failure;
use super::letters;
use crate::App;

/// How many letters that could not be sent are listed.
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
    let outbox = within.find_outbox(LISTED).await?.ok_or(Failure::NotFound)?;
    let now = app.clock.now();
    let failing = outbox.failed.iter().map(|letter| letters::shown(app, letter, now)).collect();
    Ok(Json(Health {
        issuer: app.issuer.as_str().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: view.database().to_owned(),
        people: within.count_people(&PeopleFilter::default()).await?,
        audit_sequence: view.find_audit_head().await?.sequence,
        audit_unsealed: view.count_unsealed_events().await?,
        mail: MailQueue { configured: app.mail.is_some(), waiting: outbox.waiting, failing },
        metadata: app.metadata.present().map(|metadata| metadata.number()),
    }))
}
