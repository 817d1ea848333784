//! `/not-me/{token}`: where the link "This wasn't me" of a letter leads, logged in or not.
//!
//! Opening it does nothing, because mail scanners open links; the button on it does, and only in
//! the browser that was shown it. Shows no more than the letter did.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::organisations::Organisation;
use latchkey_core::secrets::{Digest, Plain};
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Frame, Page};

use crate::App;
use crate::actions::alerts::{self, Raised};
use crate::pages::not_me::{self, NotMe, Suspends};
use crate::visitor::Visitor;

/// The page's address.
pub(super) const PATH: &str = "/not-me/{token}";

/// `GET /not-me/{token}`
pub(super) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response {
    let token = Plain::new(token);
    let work = async {
        let Some(raised) = alerts::find(&app, token.digest()).await? else {
            return Ok(over(&app, &visitor));
        };
        let organisation = app.organisation(raised.person.organisation).await?;
        if !raised.is_open(app.clock.now()) {
            return done(&app, &visitor, &raised).await;
        }
        let browser = visitor.browser_or_new(&app);
        let step = step(&app, &token, browser.digest);
        let page = NotMe {
            told: raised.told()?,
            at: raised.alert.created_at,
            suspends: raised.alert.about.map(Suspends::from),
            helpdesk: tells_helpdesk(&app, &organisation),
            form: Form::new(format!("/not-me/{}", token.expose())).with("step", step),
        };
        let mut frame = frame(&app, &visitor);
        frame.organisation = Some((&*organisation).into());
        let mut response = shown(&app, &frame, StatusCode::OK, &page);
        browser.keep(&app, &mut response);
        Ok(response)
    };
    let answer: anyhow::Result<Response> = work.await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

/// `POST /not-me/{token}`
pub(super) async fn submit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Result<Posted, Refusal>,
) -> Response {
    let form = match form {
        Ok(Posted(form)) => form,
        Err(refusal) => return visitor.failure(&app, refusal.into()),
    };
    let token = Plain::new(token);
    let given = form.one("step").ok().flatten().unwrap_or_default();
    let same = visitor.browser(&app).is_some_and(|browser| {
        let ours = step(&app, &token, browser);
        Digest::of(given.as_bytes()) == Digest::of(ours.as_bytes())
    });
    if !same {
        return other_browser(&app, &visitor);
    }
    let work = async {
        let Some(raised) = alerts::find(&app, token.digest()).await? else {
            return Ok(over(&app, &visitor));
        };
        let organisation = app.organisation(raised.person.organisation).await?;
        alerts::deny(&app, visitor.address(), &raised, &organisation).await?;
        done(&app, &visitor, &raised).await
    };
    let answer: anyhow::Result<Response> = work.await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

/// What the form of this browser carries: nobody else's page leads here.
fn step(app: &App, token: &Plain, browser: Digest) -> String {
    let mut message = token.digest().as_bytes().to_vec();
    message.extend_from_slice(browser.as_bytes());
    URL_SAFE_NO_PAD.encode(app.keys.mac.derive("not-me", &message))
}

fn frame(app: &App, visitor: &Visitor) -> Frame {
    visitor.frame(app, visitor.uri().path())
}

/// Whether the organisation's helpdesk can be written to.
fn tells_helpdesk(app: &App, organisation: &Organisation) -> bool {
    organisation.helpdesk.email.is_some() && app.mail.is_some()
}

async fn done(app: &App, visitor: &Visitor, raised: &Raised) -> anyhow::Result<Response> {
    let organisation = app.organisation(raised.person.organisation).await?;
    let told = tells_helpdesk(app, &organisation);
    let mut frame = frame(app, visitor);
    frame.organisation = Some((&*organisation).into());
    // Found before its button was pressed, it was not used then.
    let at = raised.alert.used_at.unwrap_or(app.clock.now());
    let page = not_me::done(raised.alert.about.map(Suspends::from), told, at);
    Ok(shown(app, &frame, StatusCode::OK, &page))
}

/// One answer to a link that expired and to one that never was.
fn over(app: &App, visitor: &Visitor) -> Response {
    shown(app, &frame(app, visitor), StatusCode::GONE, &not_me::over())
}

fn other_browser(app: &App, visitor: &Visitor) -> Response {
    let page = not_me::again(visitor.uri().path());
    shown(app, &frame(app, visitor), StatusCode::CONFLICT, &page)
}

fn shown<P: Page>(app: &App, frame: &Frame, status: StatusCode, page: &P) -> Response {
    app.theme.render_as(status, frame, page)
}
