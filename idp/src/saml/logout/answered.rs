//! An application that the browser was sent to answers (SAML Profiles §4.4.3.4).

use axum::response::Response;
use latchkey_saml::messages::LogoutResponse;
use latchkey_saml::names::TopStatus;
use latchkey_saml::read::Kind;
use latchkey_saml::verify::Screened;
use latchkey_store::Told;

use super::{check, verified};
use crate::App;
use crate::actions::logouts::{self, Outcome};
use crate::saml::refused::{Message, Refused};
use crate::visitor::see_other;

/// Notes what became of the log-out there, and goes on round.
pub(super) async fn by_browser(app: &App, screened: &Screened) -> Result<Response, Refused> {
    let (provider, answer) =
        verified::<LogoutResponse>(app, screened, Kind::LogoutResponse).await?;
    check(app, &provider, &answer.header, app.clock.now(), true)?;
    let not_asked = || Refused::of(&provider, &Message::NotAsked);
    let asked = answer.in_response_to.as_ref().ok_or_else(not_asked)?;
    let view = app.store.view();
    let farewell = view.find_farewell(asked.as_str()).await?.ok_or_else(not_asked)?;
    if farewell.participant.provider != provider.id {
        return Err(Refused::of(&provider, &Message::OtherSender));
    }
    let session = farewell.participant.session;
    let round = view.find_logout_of(session).await?.ok_or_else(not_asked)?;
    let told = match answer.status.top {
        TopStatus::Success => Told::Confirmed,
        _ => Told::Failed,
    };
    logouts::note(app, session, &provider.id, Outcome::Settled(told)).await?;
    Ok(see_other(&format!("{}/on", logouts::address(round.id)))?)
}
