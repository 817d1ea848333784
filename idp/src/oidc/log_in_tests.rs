//! Tests of log-ins: an administrator goes through the log-in of an application as themselves, and
//! is told what it would receive. What judges, requires and releases is what does so in a real one;
//! of what a real one ends in nothing is made or kept: no code, no token, no consent, no grant.
//!
//! Such a log-in begins and ends in the very session that asked for the test, so that nobody is told
//! of somebody else.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use latchkey_api::log_in_tests::{Asked, Hint, HintKind, Lasts, Outcome, Refused, Released};
use latchkey_core::assurance::Level;
use latchkey_core::ids::{ClientId, LogInTestId, OrganisationId, PersonId, SessionId};
use latchkey_core::secrets::Plain;
use latchkey_oidc::authorize::Unredirectable;
use latchkey_oidc::discovery::AUTHORIZE_PATH;
use latchkey_oidc::error::AuthorizationError;
use latchkey_oidc::idtoken::unsigned;
use latchkey_oidc::requirement::{refusal, requirement};
use latchkey_oidc::{AuthorizationRequest, Client, Parameters, Scope};
use latchkey_store::{Error, LogInTest, Tx};
use latchkey_web::limits::Params;

use super::authorize::{Unfit, judge};
use super::code::GrantFacts;
use super::released::{Said, claims, refresh_lasts, ruled};
use super::{pairs, registered};
use crate::App;
use crate::flow::{self, Authenticated, Begun, Resume, Resumed};
use crate::pages::message::Notice;
use crate::visitor::{Visitor, see_other};

const BEGIN_PATH: &str = "/oauth2/authorize/test";
const RESUME_PATH: &str = "/oauth2/authorize/test/resume";
/// How long a test can go on, and how long it is told what it came to.
const LASTS: Duration = Duration::from_secs(600);

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(BEGIN_PATH, get(begun)).route(RESUME_PATH, get(resumed))
}

/// Why a request that somebody pasted is none of an application's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// It is the address of something else.
    Elsewhere,
    /// It is encoded wrongly.
    Malformed,
    /// It names another application.
    OtherClient,
}

/// A new test of what an application asks, with what can be told of that at once. `pasted` is the
/// request as the application sends it; without one it is the simplest that it could send.
///
/// # Errors
/// When the database or the keys fail. What is wrong with what was pasted is the value's to tell.
pub(crate) async fn prepared(
    app: &App,
    client: &Client,
    pasted: Option<&str>,
    (person, session): (PersonId, SessionId),
) -> anyhow::Result<Result<LogInTest, Foreign>> {
    let pairs = match pasted.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => match read(app, client, text) {
            Ok(pairs) => pairs,
            Err(foreign) => return Ok(Err(foreign)),
        },
        None => simplest(app, client),
    };
    let now = app.clock.now();
    let (told, request) = match judged(app, client, &pairs).await {
        Ok((told, request)) => (told, Some(serde_json::to_string(&request)?)),
        Err(refused) => (Outcome { refused: Some(refused), ..Outcome::default() }, None),
    };
    Ok(Ok(LogInTest {
        // It stands in addresses, so it does not tell when anything was.
        id: LogInTestId(app.rng.uuid_v4()),
        client: client.id.clone(),
        person,
        session,
        // What is refused at once is over.
        ended_at: request.is_none().then_some(now),
        request: request.unwrap_or_default(),
        told: serde_json::to_string(&told)?,
        begun_at: None,
        expires_at: now.plus(LASTS),
    }))
}

/// Judges a request as the authorization endpoint would.
async fn judged(
    app: &App,
    client: &Client,
    pairs: &[(String, String)],
) -> Result<(Outcome, AuthorizationRequest), Refused> {
    let parameters = Parameters::new(pairs).map_err(|error| shown(error.into()))?;
    let request = match judge(app, client, &parameters).await {
        Ok(request) => request,
        Err(Unfit::Back(refused)) => return Err(sent_back(refused.error)),
        Err(Unfit::Page(Unredirectable::RedirectUriUnregistered)) => {
            let sent = parameters.one("redirect_uri").ok().flatten();
            return Err(unregistered(client, sent.unwrap_or_default()));
        }
        Err(Unfit::Page(error)) => return Err(shown(error)),
    };
    let (asked, hints) = (Some(asked(client, &request)), hints(client, &parameters, &request));
    Ok((Outcome { asked, hints, ..Outcome::default() }, request))
}

/// What there is to tell of a test.
///
/// # Errors
/// When its row is damaged.
pub(crate) fn told(test: &LogInTest) -> anyhow::Result<Outcome> {
    Ok(serde_json::from_str(&test.told)?)
}

/// Where a test begins; nowhere once it has.
pub(crate) fn begin_address(app: &App, test: &LogInTest) -> Option<String> {
    let address = || format!("{}?test={}", app.issuer.address(BEGIN_PATH), test.id);
    (test.begun_at.is_none() && test.ended_at.is_none()).then(address)
}

/// The parameters of a request that somebody pasted.
fn read(app: &App, client: &Client, text: &str) -> Result<Vec<(String, String)>, Foreign> {
    let is_address = text.starts_with("http://") || text.starts_with("https://");
    let query = match (is_address, text.split_once('?')) {
        (true, Some((address, query))) if address == app.issuer.address(AUTHORIZE_PATH) => query,
        (true, _) => return Err(Foreign::Elsewhere),
        (false, _) => text.trim_start_matches('?'),
    };
    let query = query.split('#').next().unwrap_or_default();
    let params = Params::parse(query.as_bytes()).map_err(|_| Foreign::Malformed)?;
    if params.all("client_id").any(|id| id != client.id.0) {
        return Err(Foreign::OtherClient);
    }
    Ok(pairs(&params))
}

/// The simplest request that an application could send.
fn simplest(app: &App, client: &Client) -> Vec<(String, String)> {
    let challenge = Plain::generate(&*app.rng);
    let scopes = client.scopes.without(Scope::OfflineAccess).to_string();
    let to = client.redirect_uris.first().map(String::as_str).unwrap_or_default();
    let pairs = [
        ("response_type", "code"),
        ("client_id", &client.id.0),
        ("redirect_uri", to),
        ("scope", &scopes),
        ("code_challenge", challenge.expose()),
        ("code_challenge_method", "S256"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn asked(client: &Client, request: &AuthorizationRequest) -> Asked {
    Asked {
        redirect_uri: request.redirect_uri.clone(),
        scope: request.scopes.to_string(),
        acr_values: request.acr.values.clone(),
        required_acr: client.required_level.map(|level| level.acr().to_owned()),
        max_age: request.max_age,
    }
}

/// What is amiss in a request that is judged good.
fn hints(client: &Client, sent: &Parameters<'_>, request: &AuthorizationRequest) -> Vec<Hint> {
    let scope = sent.one("scope").ok().flatten().unwrap_or_default();
    let words = || scope.split(' ').filter(|word| !word.is_empty());
    let unknown = words().filter(|word| word.parse::<Scope>().is_err());
    let left_out = words()
        .filter(|word| word.parse().is_ok_and(|scope: Scope| !request.scopes.contains(scope)));
    let strange = request.acr.values.iter().map(String::as_str);
    let strange = strange.filter(|value| client.level(value).is_none());
    let plain = request.redirect_uri.starts_with("http://");
    let all = [
        (HintKind::UnknownScope, joined(unknown)),
        (HintKind::ScopeNotAllowed, joined(left_out)),
        (HintKind::UnknownAcr, joined(strange)),
        (HintKind::NoChallenge, request.code_challenge.is_none().then(String::new)),
        (HintKind::Loopback, plain.then(|| request.redirect_uri.clone())),
    ];
    all.into_iter().filter_map(|(kind, words)| words.map(|words| Hint { kind, words })).collect()
}

fn joined<'w>(words: impl Iterator<Item = &'w str>) -> Option<String> {
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether an organisation's people need a key for an application.
///
/// # Errors
/// When the database fails.
pub(crate) async fn needs_key(
    app: &App,
    client: &Client,
    organisation: OrganisationId,
) -> anyhow::Result<bool> {
    let policy = app.organisation(organisation).await?.policy.required;
    let required = client.required_level.map_or(policy, |level| level.max(policy));
    Ok(required >= Level::PhishingResistant)
}

fn sent_back(error: AuthorizationError) -> Refused {
    Refused {
        error: error.code.as_str().to_owned(),
        description: error.description.to_owned(),
        to_application: true,
        redirect_uri: None,
        registered: Vec::new(),
    }
}

/// With what it would have to be, to be compared.
fn unregistered(client: &Client, sent: &str) -> Refused {
    Refused {
        redirect_uri: Some(sent.to_owned()),
        registered: client.redirect_uris.clone(),
        ..shown(Unredirectable::RedirectUriUnregistered)
    }
}

fn shown(error: Unredirectable) -> Refused {
    let code = match error {
        Unredirectable::ClientIdMissing | Unredirectable::ClientUnknown => "client_id_missing",
        Unredirectable::RedirectUriMissing => "redirect_uri_missing",
        Unredirectable::RedirectUriUnregistered => "redirect_uri_unregistered",
        Unredirectable::TooMany => "too_many_parameters",
    };
    Refused {
        error: code.to_owned(),
        description: error.to_string(),
        to_application: false,
        redirect_uri: None,
        registered: Vec::new(),
    }
}

async fn begun(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let answer = begin(&app, &visitor).await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

async fn resumed(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let answer = go_on(&app, &visitor).await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

async fn begin(app: &Arc<App>, visitor: &Visitor) -> anyhow::Result<Response> {
    let query = Params::of_query(visitor.uri()).unwrap_or_default();
    let named = query.one("test").ok().flatten().unwrap_or_default();
    let Some(test) = theirs(app, visitor, named).await? else { return Ok(no_test(app, visitor)) };
    let (id, now) = (test.id, app.clock.now());
    let write = async move |tx: &Tx| tx.begin_log_in_test(id, now).await;
    match app.store.write::<_, Error, _>(write).await? {
        true => proceed(app, visitor, &test).await,
        false => Ok(no_test(app, visitor)),
    }
}

/// The test of a name, if the visitor is who asked for it, in the session in which they did.
async fn theirs(
    app: &Arc<App>,
    visitor: &Visitor,
    named: &str,
) -> anyhow::Result<Option<LogInTest>> {
    let Ok(id) = named.parse::<LogInTestId>() else { return Ok(None) };
    let found = app.store.view().find_log_in_test(id, app.clock.now()).await?;
    let Some(test) = found else { return Ok(None) };
    let here = flow::current(app, visitor).await?;
    let same = here.is_some_and(|here| {
        here.session.id == test.session && here.person.person.id == test.person
    });
    Ok(same.then_some(test))
}

async fn proceed(app: &Arc<App>, visitor: &Visitor, test: &LogInTest) -> anyhow::Result<Response> {
    let request: AuthorizationRequest = serde_json::from_str(&test.request)?;
    // It may have been removed since.
    let Some(found) = registered(app, &test.client.0).await? else {
        return Ok(no_test(app, visitor));
    };
    let mut required = match requirement(&request, &found.client, found.organisation) {
        Ok(required) => required,
        Err(error) => return end(app, visitor, test, Err(sent_back(error))).await,
    };
    if let Some(consent) = &mut required.consent {
        consent.kept = false;
    }
    let resume = Resume { path: RESUME_PATH, payload: test.id.to_string() };
    match flow::begin(app, visitor, required, resume).await? {
        Begun::Done(who) => finish(app, visitor, test, &who).await,
        Begun::Refused(why) => end(app, visitor, test, Err(sent_back(refusal(why)))).await,
        Begun::Ask(page) => Ok(page),
    }
}

async fn go_on(app: &Arc<App>, visitor: &Visitor) -> anyhow::Result<Response> {
    let resumed = flow::resume(app, visitor).await?;
    let named = match &resumed {
        Resumed::Done(_, named) | Resumed::Refused(_, named) | Resumed::Restart(named) => named,
        Resumed::Page(_) => "",
    };
    if let Resumed::Page(page) = resumed {
        return Ok(page);
    }
    // Somebody else may have logged in on the way: what they would release is not told.
    let test = theirs(app, visitor, named).await?;
    let Some(test) = test.filter(|test| test.ended_at.is_none()) else {
        return Ok(no_test(app, visitor));
    };
    match resumed {
        Resumed::Done(who, _) => finish(app, visitor, &test, &who).await,
        Resumed::Refused(why, _) => end(app, visitor, &test, Err(sent_back(refusal(why)))).await,
        Resumed::Restart(_) => proceed(app, visitor, &test).await,
        Resumed::Page(page) => Ok(page),
    }
}

/// Tells what the application would receive, in place of sending a code.
async fn finish(
    app: &Arc<App>,
    visitor: &Visitor,
    test: &LogInTest,
    who: &Authenticated,
) -> anyhow::Result<Response> {
    let request: AuthorizationRequest = serde_json::from_str(&test.request)?;
    let Some(found) = registered(app, &test.client.0).await? else {
        return Ok(no_test(app, visitor));
    };
    let client = &*found.client;
    if request.return_path(client).is_none() {
        let refused = unregistered(client, &request.redirect_uri);
        return end(app, visitor, test, Err(refused)).await;
    }
    let (now, lifetimes) = (app.clock.now(), &app.config.lifetimes);
    let facts = GrantFacts::new(&*app.rng, now, &request, client, who);
    let person = &who.person().person;
    let ruled = ruled(app, client, person).await?;
    let nonce = request.nonce.as_deref();
    let said = Said::new(app, &facts, person.subject, nonce, ruled.clone(), now);
    let userinfo = serde_json::from_slice(&claims(person, &ruled).userinfo(facts.scopes)?)?;
    let released = Released {
        scope: facts.audience.scope(facts.scopes),
        id_token: unsigned(&said.id_token(None))?,
        signed_with: client.id_token_algorithm.as_str().to_owned(),
        userinfo,
        lasts: Lasts {
            code: lifetimes.code.as_secs(),
            access_token: facts.audience.lifetime(lifetimes).as_secs(),
            id_token: lifetimes.id_token.as_secs(),
            refresh_token: refresh_lasts(client, facts.scopes, lifetimes)
                .map(|lasts| lasts.as_secs()),
        },
    };
    let wished = request.acr.values;
    let missed = !wished.is_empty() && !wished.contains(&facts.acr);
    let hint = missed.then(|| Hint { kind: HintKind::AcrNotReached, words: wished.join(" ") });
    end(app, visitor, test, Ok((released, hint))).await
}

/// Keeps what a test came to, and goes where that is read.
async fn end(
    app: &Arc<App>,
    visitor: &Visitor,
    test: &LogInTest,
    outcome: Result<(Released, Option<Hint>), Refused>,
) -> anyhow::Result<Response> {
    let mut told = told(test)?;
    match outcome {
        Ok((released, hint)) => {
            told.released = Some(released);
            told.hints.extend(hint);
        }
        Err(refused) => told.refused = Some(refused),
    }
    let (id, text, now) = (test.id, serde_json::to_string(&told)?, app.clock.now());
    let write = async move |tx: &Tx| tx.end_log_in_test(id, &text, now, now.plus(LASTS)).await;
    // Of two that end it at once, both are shown what the first one wrote.
    app.store.write::<bool, Error, _>(write).await?;
    match result_address(app, &test.client, test.id) {
        Some(address) => see_other(&address),
        None => Ok(no_test(app, visitor)),
    }
}

/// Where the console tells what a test came to. It is the console's own client that says where the
/// console is, and nothing that anybody sends.
fn result_address(app: &App, client: &ClientId, test: LogInTestId) -> Option<String> {
    let home = app.oidc.console.as_ref()?.client.client_uri.clone()?;
    Some(format!("{home}{}", latchkey_console::log_in_test_path(&client.0, test.0)))
}

fn no_test(app: &App, visitor: &Visitor) -> Response {
    visitor.wrong(app, Notice::NoTest)
}
