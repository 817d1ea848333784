//! Tests of log-ins to relying applications: begun by a person who may change the application, and
//! told to them alone, in the session in which they began.

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use latchkey_api::log_in_tests::{Hint, HintKind, LogInTest, NewLogInTest};
use latchkey_core::ids::{LogInTestId, OrganisationId};
use latchkey_oidc::Client;
use latchkey_store as store;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Created, Json, Problems};
use super::caller::{Admin, ApplicationsTest};
use super::clients::{find, read};
use super::failure::Failure;
use super::input::{At, Maybe};
use super::progress::COUNTED_AT_ONCE;
use super::shape;
use crate::App;
use crate::actions::clients as actions;
use crate::oidc::log_in_tests::{self as tests, Foreign};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(begin)).routes(routes!(show))
}

/// Tries what a log-in to a relying application would come to
///
/// Whoever calls logs in as themselves, in the browser and the session of their own log-in, as they
/// would from the application. No code and no token is made, the application is sent nothing, and
/// what they agree to is not kept.
#[utoipa::path(post, path = "/clients/{client}/log-in-tests", tag = "applications",
    operation_id = "begin_log_in_test",
    params(("client" = String, Path)), request_body = NewLogInTest,
    security(("bearer" = ["applications:write"])),
    responses((status = 201, body = LogInTest), Problems))]
async fn begin(
    admin: Admin<ApplicationsTest>,
    At(id): At<String>,
    Maybe(sent): Maybe<NewLogInTest>,
) -> Result<Response, Failure> {
    let app = &admin.app;
    let (stored, _) = find(&admin, &id).await?;
    let who = admin.in_person()?;
    let origin = match stored.organisation {
        Some(organisation) => admin.acting_in(organisation)?,
        None => admin.acting_everywhere()?,
    };
    let client = read(&stored)?;
    if client.service.is_some() {
        return Err(Failure::Conflict("no-log-in", "Nobody logs in to it: it acts for itself"));
    }
    let prepared = tests::prepared(app, &client, sent.request.as_deref(), who).await?;
    let mut test = prepared.map_err(foreign)?;
    if let Some(organisation) = stored.organisation
        && test.ended_at.is_none()
        && nobody_has_key(&admin, &client, organisation).await?
    {
        let mut told = tests::told(&test)?;
        told.hints.push(Hint { kind: HintKind::NobodyHasKey, words: String::new() });
        test.told = serde_json::to_string(&told).map_err(anyhow::Error::from)?;
    }
    if !actions::test_log_in(app, &origin, &test, stored.organisation).await? {
        return Err(Failure::NotFound);
    }
    Ok(Created(shown(app, &test)?).into_response())
}

/// What a test of a log-in came to, for whoever began it
#[utoipa::path(get, path = "/clients/{client}/log-in-tests/{test}", tag = "applications",
    operation_id = "log_in_test",
    params(("client" = String, Path), ("test" = uuid::Uuid, Path)),
    security(("bearer" = ["applications:write"])),
    responses((status = 200, body = LogInTest), Problems))]
async fn show(
    admin: Admin<ApplicationsTest>,
    At((client, test)): At<(String, uuid::Uuid)>,
) -> Result<Json<LogInTest>, Failure> {
    find(&admin, &client).await?;
    let (view, now) = (admin.app.store.view(), admin.app.clock.now());
    let found =
        view.within(admin.scope()).find_log_in_test(&client, LogInTestId(test), now).await?;
    let who = admin.in_person().map_err(|_| Failure::NotFound)?;
    let theirs = found.filter(|test| (test.person, test.session) == who);
    Ok(Json(shown(&admin.app, &theirs.ok_or(Failure::NotFound)?)?))
}

fn foreign(foreign: Foreign) -> Failure {
    let (code, message) = match foreign {
        Foreign::Elsewhere => ("elsewhere", "is not an address of the authorization endpoint"),
        Foreign::Malformed => ("malformed", "is encoded wrongly"),
        Foreign::OtherClient => ("other-client", "names another application"),
    };
    Failure::field("request", code, message)
}

/// Whether nobody of an application's organisation, or of those below it, could log in to it for
/// want of a key.
async fn nobody_has_key(
    admin: &Admin<ApplicationsTest>,
    client: &Client,
    organisation: OrganisationId,
) -> Result<bool, Failure> {
    if !tests::needs_key(&admin.app, client, organisation).await? {
        return Ok(false);
    }
    let (view, now) = (admin.app.store.view(), admin.app.clock.now());
    let counted = view.within(admin.scope()).progress(organisation, now, COUNTED_AT_ONCE).await?;
    Ok(counted.uncounted == 0 && counted.sum(|of| of.counts.with_key()) == 0)
}

fn shown(app: &App, test: &store::LogInTest) -> Result<LogInTest, Failure> {
    Ok(LogInTest {
        id: test.id.0,
        client_id: test.client.0.clone(),
        begin: tests::begin_address(app, test),
        expires_at: shape::time(test.expires_at),
        told: tests::told(test)?,
    })
}
