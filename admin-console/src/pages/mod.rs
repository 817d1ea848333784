//! The console's pages, one file a screen: what each says, and the handlers that show it and take its
//! forms. Sentences live in the theme; a page carries facts and the keys of messages.

pub(crate) mod can;
pub(crate) mod message;
pub(crate) mod shell;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use latchkey_core::Timestamp;
use latchkey_web::{Frame, Page, TemplateError, Theme};

use crate::provider::LOGGED_OUT;
use crate::visitor::Asked;
use crate::{Console, PATH};

/// Every page.
pub(crate) fn router() -> Router<Arc<Console>> {
    Router::new().route(PATH, get(start)).route(can::ADDRESS, get(can::show))
}

/// `GET /admin`: also where the provider sends browsers after a log-out.
async fn start(asked: Asked) -> Response {
    let work = async {
        if asked.session().is_none() && asked.query()?.one("state") == Ok(Some(LOGGED_OUT)) {
            return Ok(asked.message(&message::Message::new(message::Kind::LoggedOut)));
        }
        asked.admin().await?;
        Ok(Redirect::to(can::ADDRESS).into_response())
    };
    asked.shown(work).await
}

/// A time of the API's as pages show it.
pub(crate) fn at(time: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millisecond())
}

/// Renders every page's sample, by the name of its template and its state.
pub fn rendered(theme: &Theme, frame: &Frame) -> Vec<(String, Result<String, TemplateError>)> {
    fn page<P: Page>(theme: &Theme, frame: &Frame, name: &str, page: &P) -> Rendered {
        let name = if name.is_empty() { P::TEMPLATE.to_owned() } else { name.to_owned() };
        (name, theme.html(frame, page))
    }
    let mut all = vec![
        page(theme, frame, "", &can::Can::sample()),
        page(theme, frame, "console, can, of the platform", &can::Can::platform_sample()),
        page(theme, frame, "", &message::Message::sample()),
    ];
    all.extend(message::Kind::ALL.map(|kind| {
        let name = format!("console, message, {}", kind.slug());
        page(theme, frame, &name, &message::Message::new(kind))
    }));
    all
}

type Rendered = (String, Result<String, TemplateError>);
