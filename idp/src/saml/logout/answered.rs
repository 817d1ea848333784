//! An application that the browser was sent to answers (SAML Profiles §4.4.3.4).

use axum::response::Response;
use latchkey_saml::messages::{LogoutResponse, MessageId};
use latchkey_saml::names::TopStatus;
use latchkey_saml::read::Kind;
use latchkey_saml::verify::Screened;
use latchkey_store::{Farewell, Told};

use super::{check, verified};
use crate::App;
use crate::actions::logouts::{self, Outcome};
use crate::saml::refused::{Message, Refused};
use crate::visitor::{Visitor, see_other};

/// Notes what became of the log-out there, and goes on round. An answer that is not believed leaves
/// the application as one that may still be open, and stops nobody: whoever knows the identifier of
/// our request was sent it.
pub(super) async fn by_browser(
    app: &App,
    visitor: &Visitor,
    screened: &Screened,
) -> Result<Response, Refused> {
    let asked = screened.claimed_in_response_to().ok_or(Refused::wrong(Message::NotAsked))?;
    let view = app.store.view();
    let farewell = view.find_farewell(&asked).await?.ok_or(Refused::wrong(Message::NotAsked))?;
    let session = farewell.participant.session;
    let round = view.find_logout_of(session).await?.ok_or(Refused::wrong(Message::NotAsked))?;
    let told = match believed(app, screened, &asked, &farewell).await {
        Ok(told) => told,
        Err(refused) => {
            refused.tell(app, visitor).await?;
            Told::Failed
        }
    };
    let outcome = Outcome::Settled(told);
    logouts::note(app, session, &farewell.participant.provider, outcome).await?;
    Ok(see_other(&format!("{}/on", logouts::address(round.id)))?)
}

/// What the application that was asked says, by its own signature.
async fn believed(
    app: &App,
    screened: &Screened,
    asked: &str,
    farewell: &Farewell,
) -> Result<Told, Refused> {
    let (provider, answer) =
        verified::<LogoutResponse>(app, screened, Kind::LogoutResponse).await?;
    check(app, &provider, &answer.header, app.clock.now(), true)?;
    if farewell.participant.provider != provider.id {
        return Err(Refused::of(&provider, &Message::OtherSender));
    }
    if answer.in_response_to.as_ref().map(MessageId::as_str) != Some(asked) {
        return Err(Refused::of(&provider, &Message::NotAsked));
    }
    Ok(match answer.status.top {
        TopStatus::Success => Told::Confirmed,
        _ => Told::Failed,
    })
}
