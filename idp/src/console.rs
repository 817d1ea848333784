//! What stands at the admin console's address while no console is served: a page that says what it
//! will be. Tells nothing of anybody, so it needs no log-in.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::App;
use crate::pages::console::Placeholder;
use crate::visitor::Visitor;

/// The console's address.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(latchkey_console::PATH, get(show))
}

async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let frame = visitor.frame(&app, latchkey_console::PATH);
    app.theme.render(&frame, &Placeholder {})
}
