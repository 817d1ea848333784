//! Help at `/help`: for everybody, logged in or not. It looks up nobody: only whoever is logged in
//! in this browser sees their own organisation's helpdesk. "Get help" gives a browser a number to
//! read out to the helpdesk, when its button is pressed: crawlers follow links.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use latchkey_core::secrets::Plain;
use latchkey_store::Call;
use latchkey_web::{Frame, Help};

use crate::actions::calls;
use crate::pages::help::{Article, Index};
use crate::pages::message::Failure;
use crate::visitor::{self, Visitor};
use crate::{App, flow, pages};

/// Where a number is shown, and asked for.
const GET_HELP: &str = "/help/get-help";

/// The help pages' addresses.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/help", get(index))
        .route(GET_HELP, get(get_help).post(call))
        .route("/help/{slug}", get(article))
}

async fn index(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let frame = frame(&app, &visitor).await;
    app.theme.render(&frame, &Index::default())
}

async fn article(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Response {
    let Some(topic) = Help::parse(&slug) else {
        return visitor.failure(&app, Failure::NotFound);
    };
    let frame = frame(&app, &visitor).await;
    app.theme.render(&frame, &Article::of(topic))
}

async fn get_help(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let call = match visitor.browser(&app) {
        Some(browser) => app.store.view().find_call_of(browser, app.clock.now()).await,
        None => Ok(None),
    };
    // The helpdesk's own number is on this page: it is shown whatever fails.
    let call = call.unwrap_or_else(|error| {
        tracing::warn!("help is shown without a call number: {error}");
        None
    });
    let frame = frame(&app, &visitor).await;
    let page = Article { call: call.map(shown), ..Article::of(Help::GetHelp) };
    app.theme.render(&frame, &page)
}

fn shown(call: Call) -> pages::help::Call {
    let (first, second) = call.number.split_at_checked(3).unwrap_or((&call.number, ""));
    let number = [first.to_owned(), second.to_owned()];
    pages::help::Call { number, helper: call.helper, case: call.case }
}

/// Gives this browser a number, unless it has one.
async fn call(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let (browser, fresh) = match visitor.browser(&app) {
        Some(digest) => (digest, None),
        None => {
            let secret = Plain::generate(&*app.rng);
            (secret.digest(), Some(secret))
        }
    };
    match calls::begin(&app, browser, visitor.address().as_deref()).await {
        Ok(Some(wait)) => {
            let page = visitor.failure(&app, Failure::TooMany);
            flow::later(page, &wait, app.clock.now())
        }
        Ok(None) => {
            let mut response = Redirect::to(GET_HELP).into_response();
            if let Some(secret) = fresh {
                visitor::set_browser(&app, &mut response, &secret);
            }
            response
        }
        Err(error) => visitor.our_failure(&app, &error),
    }
}

async fn frame(app: &Arc<App>, visitor: &Visitor) -> Frame {
    let mut frame = visitor.frame(app, visitor.uri().path());
    match flow::current(app, visitor).await {
        Ok(Some(current)) => {
            frame.organisation = Some((&*current.organisation).into());
            frame.person = Some(current.person.person.name);
        }
        Ok(None) => {}
        // Help is needed most when something does not work.
        Err(error) => tracing::warn!("help is shown without a helpdesk: {error:#}"),
    }
    frame
}
