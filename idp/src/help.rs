//! Help at `/help`: for everybody, logged in or not. It looks up nobody: only whoever is logged in
//! in this browser sees their own organisation's helpdesk.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use latchkey_web::{Frame, Help};

use crate::pages::help::{Article, Index};
use crate::pages::message::Failure;
use crate::visitor::Visitor;
use crate::{App, flow};

/// The help pages' addresses.
pub fn router() -> Router<Arc<App>> {
    Router::new().route("/help", get(index)).route("/help/{slug}", get(article))
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
    app.theme.render(&frame, &Article { topic })
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
