//! A browser that goes round the applications of a session that has ended: the page it comes back
//! to, and the way on from there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use latchkey_core::ids::LogoutId;
use latchkey_saml::Binding;
use latchkey_saml::messages::Status;
use latchkey_store::{Farewell, Logout, Told};
use uuid::Uuid;

use super::tell;
use crate::App;
use crate::actions::logouts::{self, Back, Leaving, Outcome, PATH};
use crate::flow;
use crate::pages::login::{self, LoggingOut};
use crate::pages::message::Failure;
use crate::saml::providers::{self, Provider};
use crate::saml::refused::Refused;
use crate::visitor::{Visitor, see_other};

pub(super) fn router() -> Router<Arc<App>> {
    let page = format!("{PATH}/{{id}}");
    Router::new().route(&page, get(show)).route(&format!("{page}/on"), get(on))
}

/// A log-out on its way, if the browser may still come back to it.
async fn find(app: &App, id: &str) -> anyhow::Result<Option<(Logout, Leaving)>> {
    let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
    let Some(logout) = app.store.view().find_logout(LogoutId(id)).await? else { return Ok(None) };
    if app.clock.now() >= logout.expires_at {
        return Ok(None);
    }
    let leaving = Leaving::of(&logout)?;
    Ok(Some((logout, leaving)))
}

/// `GET /saml/slo/{id}`: how far it is.
async fn show(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = async {
        let Some((logout, leaving)) = find(&app, &id).await? else {
            return Ok(visitor.failure(&app, Failure::NotFound));
        };
        let farewells = app.store.view().list_farewells(logout.session).await?;
        let frame = visitor.frame(&app, logouts::address(logout.id));
        let mut applications = told(&app, &farewells).await?;
        if farewells.iter().all(|farewell| farewell.due_at.is_none()) {
            return Ok(app.theme.render(&frame, &flow::logged_out(leaving, applications)));
        }
        applications.extend(leaving.applications.into_iter().map(login::Told::never));
        let silent = farewells.iter().find(|it| it.told == Some(Told::Asked));
        let waits_for = match silent {
            Some(farewell) => Some(name(farewell, registered(&app, farewell).await?.as_deref())),
            None => None,
        };
        let next_url = format!("{}/on", logouts::address(logout.id));
        let page = LoggingOut { applications, next_url, waits_for };
        anyhow::Ok(app.theme.render(&frame, &page))
    };
    work.await.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

/// What people see of each application.
async fn told(app: &App, farewells: &[Farewell]) -> anyhow::Result<Vec<login::Told>> {
    let mut told = Vec::new();
    for farewell in farewells {
        let provider = registered(app, farewell).await?;
        let at = farewell.told_at.filter(|_| farewell.is_confirmed());
        let can_be =
            |it: &Provider| it.logout_hop().is_some() || it.logout_service(Binding::Soap).is_some();
        let waits = farewell.told.is_none()
            && farewell.due_at.is_some()
            && provider.as_deref().is_some_and(can_be);
        told.push(login::Told { name: name(farewell, provider.as_deref()), at, waits });
    }
    Ok(told)
}

async fn registered(app: &App, farewell: &Farewell) -> anyhow::Result<Option<Arc<Provider>>> {
    providers::registered(app, &farewell.participant.provider.0).await
}

fn name(farewell: &Farewell, provider: Option<&Provider>) -> String {
    provider.map_or_else(|| farewell.participant.provider.0.clone(), Provider::name)
}

/// `GET /saml/slo/{id}/on`: the next application, or the end. Whoever was asked is not asked again.
async fn on(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<String>) -> Response {
    let work = async {
        let Some((logout, leaving)) = find(&app, &id).await? else {
            return Ok(visitor.failure(&app, Failure::NotFound));
        };
        tell::by_soap(&app, logout.session).await?;
        for farewell in app.store.view().list_farewells(logout.session).await? {
            if farewell.told.is_some() || farewell.due_at.is_none() {
                continue;
            }
            if let Some(response) = tell::hop(&app, &visitor, &farewell).await? {
                return Ok(response);
            }
        }
        end(&app, &visitor, &logout, leaving).await
    };
    match work.await {
        Ok(response) => response,
        Err(refused) => Refused::page(refused, &app, &visitor).await,
    }
}

/// Nobody is left to go to.
async fn end(
    app: &App,
    visitor: &Visitor,
    logout: &Logout,
    leaving: Leaving,
) -> Result<Response, Refused> {
    let session = logout.session;
    for farewell in app.store.view().list_farewells(session).await? {
        let provider = &farewell.participant.provider;
        let by_itself = registered(app, &farewell).await?;
        let by_itself = by_itself.is_some_and(|it| it.logout_service(Binding::Soap).is_some());
        // What could not be reached is tried again without the browser.
        if farewell.due_at.is_some() && !(by_itself && farewell.told.is_none()) {
            logouts::note(app, session, provider, Outcome::Settled(Told::Failed)).await?;
        }
    }
    match leaving.back {
        Back::Answer(answer) => {
            let status = tell::outcome(app, &[session]).await?;
            tell::answer(app, visitor, &answer, status).await
        }
        Back::Address(address) => Ok(see_other(&address)?),
        Back::Page | Back::Link { .. } => Ok(see_other(&logouts::address(logout.id))?),
    }
}

/// The page for whoever comes from an application that has no place for an answer.
pub(super) fn page_alone(
    app: &App,
    visitor: &Visitor,
    provider: &Provider,
    status: &Status,
) -> Response {
    let confirmed = status.top == latchkey_saml::names::TopStatus::Success;
    let at = confirmed.then(|| app.clock.now());
    let told = login::Told { name: provider.name(), at, waits: false };
    let leaving = Leaving { back: Back::Page, applications: Vec::new() };
    app.theme.render(&visitor.frame(app, PATH), &flow::logged_out(leaving, vec![told]))
}
