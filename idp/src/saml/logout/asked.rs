//! An application asks for a log-out (SAML Profiles §4.4.3.1, Core §3.7.1).

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::Timestamp;
use latchkey_core::ids::SessionId;
use latchkey_core::people::Person;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_saml::Binding;
use latchkey_saml::messages::{LogoutRequest, NameId};
use latchkey_saml::names::{NameIdFormat, SecondStatus, TopStatus};
use latchkey_saml::read::Kind;
use latchkey_saml::verify::Screened;
use latchkey_store::SamlParticipant;

use super::{check, taken, tell, verified};
use crate::App;
use crate::actions;
use crate::actions::logouts::{self, Answer, Asked, Back, Done, Leaving};
use crate::audit::Origin;
use crate::flow;
use crate::saml::bindings::Incoming;
use crate::saml::providers::Provider;
use crate::saml::refused::{Message, Refused, enveloped};
use crate::saml::request::{KEPT, SKEW, status};
use crate::visitor::{Visitor, clear_session, see_other};

/// A request that was verified and is of this time.
struct Judged {
    provider: Arc<Provider>,
    request: LogoutRequest,
    at: Timestamp,
}

async fn judge(app: &App, screened: &Screened, by_browser: bool) -> Result<Judged, Refused> {
    let (provider, request) = verified::<LogoutRequest>(app, screened, Kind::LogoutRequest).await?;
    let (request, at) = (request.into_inner(), app.clock.now());
    check(app, &provider, &request.header, at, by_browser)?;
    if is_over(&request, at) {
        return Err(Refused::of(&provider, &Message::TooLate));
    }
    Ok(Judged { provider, request, at })
}

/// Whether a request says itself that it is over, whosever clock is wrong.
pub(in crate::saml) fn is_over(request: &LogoutRequest, now: Timestamp) -> bool {
    request.not_on_or_after.is_some_and(|end| end.plus(SKEW) <= now)
}

/// What a request of a provider names, of sessions that ended too.
pub(in crate::saml) async fn named(
    app: &App,
    provider: &Provider,
    request: &LogoutRequest,
) -> anyhow::Result<Vec<SamlParticipant>> {
    let LogoutRequest { name_id, session_indexes, .. } = request;
    let (view, theirs) = (app.store.view(), &provider.id);
    let format = name_id.format.as_deref().and_then(NameIdFormat::parse);
    if format == Some(NameIdFormat::Transient) && !session_indexes.is_empty() {
        // Such a name was another one at each log-in of a session: only the latest is known.
        return Ok(view.list_saml_sessions(theirs, session_indexes).await?);
    }
    let ours = crate::saml::entity_id(app);
    let mut known = view.list_sessions_of_name(theirs, &name_id.value).await?;
    known.retain(|it| is_name(name_id, it, &ours));
    known.retain(|it| session_indexes.is_empty() || session_indexes.contains(&it.session_index));
    Ok(known)
}

/// The same, with whose they are.
async fn sessions(app: &App, judged: &Judged) -> anyhow::Result<Vec<(SessionId, Person)>> {
    let view = app.store.view();
    let mut found = Vec::new();
    for participant in named(app, &judged.provider, &judged.request).await? {
        let Some(session) = view.find_session_by_id(participant.session).await? else { continue };
        let Some(record) = view.find_person(session.person).await? else { continue };
        found.push((session.id, record.person));
    }
    Ok(found)
}

/// Whether it is the name that the provider was given (SAML Core §3.3.4): of that kind, and of no
/// other namespace.
fn is_name(named: &NameId, known: &SamlParticipant, ours: &str) -> bool {
    let unspecified = NameIdFormat::Unspecified.uri();
    let format = named.format.as_deref().unwrap_or(unspecified);
    (format == unspecified || format == known.name_id_format)
        && named.name_qualifier.as_deref().is_none_or(|it| it == ours)
        && named.sp_name_qualifier.as_deref().is_none_or(|it| it == known.provider.0)
}

fn asked(judged: &Judged, sessions: Vec<(SessionId, Person)>, here: Option<SessionId>) -> Asked {
    let (provider, id) = (&judged.provider.id, judged.request.header.id.as_str());
    Asked {
        provider: provider.clone(),
        request: Digest::of(format!("saml logout\0{provider}\0{id}").as_bytes()),
        until: judged.at.plus(KEPT),
        sessions,
        here,
    }
}

/// By a browser, which goes round to the other applications of its session.
pub(super) async fn by_browser(
    app: &Arc<App>,
    visitor: &Visitor,
    by: Binding,
    message: &Incoming,
) -> Result<Response, Refused> {
    let judged = judge(app, message.request()?, true).await?;
    let answer = Answer {
        provider: judged.provider.id.clone(),
        request: judged.request.header.id.as_str().to_owned(),
        relay_state: message.relay_state.clone(),
        binding: by.uri().to_owned(),
    };
    let sessions = sessions(app, &judged).await?;
    if sessions.is_empty() {
        let refused = Refused::of(&judged.provider, &Message::NobodyThere);
        refused.tell(app, visitor).await?;
        let unknown = status(TopStatus::Requester, SecondStatus::UnknownPrincipal);
        return tell::answer(app, visitor, &answer, unknown).await;
    }
    let own = flow::current(app, visitor).await?.map(|current| current.session.id);
    let is_named = |id: &SessionId| sessions.iter().any(|(session, _)| session == id);
    let own = own.filter(is_named);
    // A form of another site comes without our cookies; the one session that it names is this one.
    let alone = || match sessions.as_slice() {
        [(only, _)] => Some(*only),
        _ => None,
    };
    let here = own.or_else(alone);
    let back = Back::Answer(answer.clone());
    let leaving = Leaving { back, applications: others(app, here).await? };
    let origin = Origin { actor: Actor::System, address: visitor.address(), at: judged.at };
    let done = logouts::end_for(app, &origin, asked(&judged, sessions, here), &leaving).await?;
    let mut response = match done {
        Done::Replayed => return Err(Refused::of(&judged.provider, &Message::Replayed)),
        Done::Ended(Some(round)) => see_other(&logouts::address(round))?,
        Done::Ended(None) => tell::answer(app, visitor, &answer, tell::success()).await?,
    };
    if own.is_some() {
        clear_session(app, &mut response);
    }
    Ok(response)
}

/// The applications of a session that cannot be told, by name.
async fn others(app: &App, session: Option<SessionId>) -> anyhow::Result<Vec<String>> {
    match session {
        Some(session) => actions::sessions::applications(app, session).await,
        None => Ok(Vec::new()),
    }
}

/// Without a browser: all other applications that can be are told before the answer goes.
pub(super) async fn without_browser(
    app: &Arc<App>,
    visitor: &Visitor,
    envelope: &str,
) -> Result<Response, Refused> {
    let message = taken(Binding::Soap, envelope)?;
    let judged = judge(app, message.request()?, false).await?;
    let sessions = sessions(app, &judged).await?;
    let status = if sessions.is_empty() {
        let refused = Refused::of(&judged.provider, &Message::NobodyThere);
        refused.tell(app, visitor).await?;
        status(TopStatus::Requester, SecondStatus::UnknownPrincipal)
    } else {
        let origin = Origin { actor: Actor::System, address: visitor.address(), at: judged.at };
        let ids: Vec<SessionId> = sessions.iter().map(|(id, _)| *id).collect();
        let leaving = Leaving { back: Back::Page, applications: Vec::new() };
        let asked = asked(&judged, sessions, None);
        if logouts::end_for(app, &origin, asked, &leaving).await? == Done::Replayed {
            return Err(Refused::of(&judged.provider, &Message::Replayed));
        }
        for id in &ids {
            tell::by_soap(app, *id).await?;
        }
        tell::outcome(app, &ids).await?
    };
    let envelope = tell::envelope(app, &judged.request, status).await?;
    Ok(enveloped(StatusCode::OK, envelope))
}
