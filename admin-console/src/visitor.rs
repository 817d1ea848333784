//! Who is at the other end of a request: their language, their log-in and the API with their token;
//! and the checks that every page shares. What keeps a page from being shown is a [`Stop`], which
//! becomes an answer in one place.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people::{May, Me};
use latchkey_core::Timestamp;
use latchkey_core::secrets::Plain;
use latchkey_web::cookies::Lifetime;
use latchkey_web::errors::Reference;
use latchkey_web::i18n::{LOCALE_COOKIE, Wishes};
use latchkey_web::limits::{Params, Refusal};
use latchkey_web::{Form, Frame, Locale, Page, Theme, csrf};

use crate::client::{Api, Challenge, Failure};
use crate::cookies::{Calls, Kept, LogIn, Session, TooLong};
use crate::pages::message::{self, Message};
use crate::pages::places;
use crate::pages::policy::draft::Drafts;
use crate::pages::shell::{Place, Shell};
use crate::provider::{self, Wanted};
use crate::{Console, PATH};

/// A token that is refused so soon after its log-in will be refused after the next one as well.
const FRESH: Duration = Duration::from_secs(20);

/// The longest address that is come back to: it waits in a cookie.
pub(crate) const LONGEST_ADDRESS: usize = 500;

/// The field of every form that says which log-in it belongs to.
const TOKEN: &str = "token";

/// A request of a browser.
pub(crate) struct Asked {
    pub(crate) console: Arc<Console>,
    headers: HeaderMap,
    uri: Uri,
    locale: Locale,
    kept: Option<Kept>,
}

impl FromRequestParts<Arc<Console>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        console: &Arc<Console>,
    ) -> Result<Self, Infallible> {
        Ok(Self::of(console, parts))
    }
}

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody is logged in, or the token counts no more.
    LogIn,
    /// The log-in is too old or too weak.
    Insufficient(Challenge),
    /// The form is of another log-in, or of none.
    OtherForm,
    /// A page in its place.
    Message(Box<Message>),
    /// We cannot serve at present. Why is for the log.
    Down(String),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Expired => Self::LogIn,
            Failure::Insufficient(challenge) => Self::Insufficient(challenge),
            Failure::Refused(problem) => Self::Message(Box::new(Message::refused(&problem))),
            Failure::Down(why) => Self::Down(why),
        }
    }
}

impl From<message::Kind> for Stop {
    fn from(kind: message::Kind) -> Self {
        Self::Message(Box::new(Message::new(kind)))
    }
}

impl From<provider::Failure> for Stop {
    fn from(failure: provider::Failure) -> Self {
        match failure {
            provider::Failure::Unreachable(why) => Self::Down(why),
            // A code that was used already, or waited too long: another log-in is all it takes.
            provider::Failure::Refused(why) if why == "invalid_grant" => {
                message::Kind::AnswerLate.into()
            }
            provider::Failure::Refused(why) | provider::Failure::Untrusted(why) => {
                tracing::warn!("a log-in was not taken: {why}");
                message::Kind::AnswerForeign.into()
            }
        }
    }
}

/// What makes the forms of one log-in.
#[derive(Clone)]
pub(crate) struct Forms(String);

impl Forms {
    pub(crate) fn new(token: String) -> Self {
        Self(token)
    }

    /// A form.
    pub(crate) fn form(&self, action: impl Into<String>) -> Form {
        Form::new(action).with(TOKEN, &self.0)
    }
}

/// Somebody who is logged in.
pub(crate) struct Admin {
    pub(crate) api: Api,
    pub(crate) me: Me,
    pub(crate) session: Session,
    pub(crate) forms: Forms,
}

impl Admin {
    /// The same with every organisation by its name where they may do something, for pages on which
    /// one is chosen: not only those in which that begins.
    ///
    /// # Errors
    /// When the API does not say.
    pub(crate) async fn with_places(mut self) -> Result<Self, Stop> {
        // What begins at the same places is asked for once.
        let mut known: Vec<(May, Vec<OrganisationRef>)> = Vec::new();
        let begun = self.me.may.clone();
        for (may, all) in begun.into_iter().zip(&mut self.me.may) {
            let same = |(other, _): &&(May, _)| {
                (may.platform, &may.organisations) == (other.platform, &other.organisations)
            };
            if let Some((_, found)) = known.iter().find(same) {
                all.organisations.clone_from(found);
                continue;
            }
            all.organisations = places::below(&self.api, &may).await?;
            known.push((may, all.organisations.clone()));
        }
        Ok(self)
    }

    /// What every page of theirs has.
    pub(crate) fn shell(&self, place: Place) -> Shell {
        Shell::new(&self.me, place, &self.forms)
    }
}

impl Asked {
    fn of(console: &Arc<Console>, parts: &Parts) -> Self {
        let asked = Params::of_query(&parts.uri).ok();
        let asked = asked.as_ref().and_then(|query| query.one("ui_locales").ok().flatten());
        let cookies = console.sealer.cookies();
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
        let locale = console.theme.strings().negotiate(Wishes {
            ui_locales: asked,
            cookie: cookies.read(&parts.headers, LOCALE_COOKIE),
            accept_language: accepted.and_then(|value| value.to_str().ok()),
        });
        Self {
            console: Arc::clone(console),
            headers: parts.headers.clone(),
            uri: parts.uri.clone(),
            locale,
            kept: parts.extensions.get::<Kept>().cloned(),
        }
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn theme(&self) -> &Theme {
        &self.console.theme
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.console.clock.now()
    }

    /// A random text: for what is to be done once.
    pub(crate) fn once(&self) -> String {
        self.console.sealer.secret()
    }

    /// The parameters of the address; none when they cannot be read.
    pub(crate) fn query(&self) -> Params {
        Params::of_query(&self.uri).unwrap_or_default()
    }

    /// The form that was filled in here before a log-in came between, if it is theirs.
    pub(crate) fn kept(&self, admin: &Admin) -> Option<&[(String, String)]> {
        let kept = self.kept.as_ref().filter(|kept| kept.sub == admin.session.sub)?;
        Some(&kept.form)
    }

    /// Where the browser is, as an address to come back to. What our pages lead to is short.
    pub(crate) fn address(&self) -> String {
        let whole = self.uri.path_and_query().map_or(PATH, |path| path.as_str());
        let kept = if whole.len() > LONGEST_ADDRESS { self.uri.path() } else { whole };
        kept.to_owned()
    }

    /// What every page of this request has.
    pub(crate) fn frame(&self) -> Frame {
        let mut frame = Frame::new(&*self.console.rng, self.now(), self.address());
        frame.locale = self.locale;
        frame.zone = self.console.zone.clone();
        frame.https = self.console.url.starts_with("https:");
        frame
    }

    /// Who is logged in, as the cookie says.
    pub(crate) fn session(&self) -> Option<Session> {
        self.console.sealer.session(&self.headers)
    }

    /// The API with the token of whoever is logged in.
    ///
    /// # Errors
    /// When nobody is.
    pub(crate) fn api(&self) -> Result<(Api, Session), Stop> {
        let session = self.session().ok_or(Stop::LogIn)?;
        let (transport, base) = (Arc::clone(&self.console.transport), self.console.api.clone());
        Ok((Api::new(transport, base, session.access_token.clone()), session))
    }

    /// Whoever is logged in, as the API knows them.
    ///
    /// # Errors
    /// When nobody is, or the API does not say.
    pub(crate) async fn admin(&self) -> Result<Admin, Stop> {
        let (api, session) = self.api()?;
        let me = api.me().await?;
        let forms = Forms::new(session.form_token.clone());
        Ok(Admin { api, me, session, forms })
    }

    /// Whoever is logged in and sent a form of theirs.
    ///
    /// # Errors
    /// When nobody is, the API does not say, or the form is not of this log-in.
    pub(crate) async fn sender(&self, form: &Params) -> Result<Admin, Stop> {
        let admin = self.admin().await?;
        let sent = form.one(TOKEN).ok().flatten().unwrap_or_default();
        let ours = Plain::new(admin.session.form_token.clone()).digest();
        if Plain::new(sent.to_owned()).digest() != ours {
            return Err(Stop::OtherForm);
        }
        Ok(admin)
    }

    /// The calls that somebody helps.
    pub(crate) fn calls(&self, admin: &Admin) -> Calls {
        self.console.sealer.calls(&self.headers, &admin.session.sub)
    }

    /// The line that keeps them.
    pub(crate) fn keep_calls(&self, calls: Calls) -> Option<HeaderValue> {
        self.console.sealer.keep_calls(calls)
    }

    /// The changes of policies that somebody has not saved.
    pub(crate) fn drafts(&self, admin: &Admin) -> Drafts {
        self.console.sealer.drafts(&self.headers, &admin.session.sub)
    }

    /// The line that keeps them, unless they are more than a browser keeps.
    pub(crate) fn keep_drafts(&self, drafts: &Drafts) -> Result<HeaderValue, TooLong> {
        self.console.sealer.keep_drafts(drafts)
    }

    /// A page.
    pub(crate) fn page<P: Page>(&self, page: &P) -> Response {
        self.theme().render(&self.frame(), page)
    }

    /// The answer to a page that was asked for.
    pub(crate) async fn shown(
        &self,
        work: impl Future<Output = Result<Response, Stop>>,
    ) -> Response {
        match work.await {
            Ok(response) => response,
            Err(stop) => self.stopped(stop, None).await,
        }
    }

    /// The answer to a form. What was typed is kept, whatever comes between: `to` is the address
    /// that shows it again.
    pub(crate) async fn taken(
        &self,
        form: Result<latchkey_web::limits::Form, Refusal>,
        to: &str,
        work: impl AsyncFnOnce(&Params) -> Result<Response, Stop>,
    ) -> Response {
        let params = match form {
            Ok(form) => form.0,
            Err(refusal) => return self.stopped(refusal.into(), None).await,
        };
        match work(&params).await {
            Ok(response) => response,
            Err(stop) => self.stopped(stop, Some((to, &params))).await,
        }
    }

    async fn stopped(&self, stop: Stop, form: Option<(&str, &Params)>) -> Response {
        match self.try_stopped(stop, form).await {
            Ok(response) => response,
            Err(Stop::Down(why)) => self.down(&why),
            Err(_) => self.message(&Message::new(message::Kind::AnswerForeign)),
        }
    }

    async fn try_stopped(
        &self,
        stop: Stop,
        form: Option<(&str, &Params)>,
    ) -> Result<Response, Stop> {
        let to = form.map_or_else(|| self.address(), |(to, _)| to.to_owned());
        let kept = form.and_then(|(to, params)| self.keep(to, params));
        match stop {
            Stop::LogIn => {
                let young = |session: &Session| self.now().since(session.opened_at) < FRESH;
                if form.is_none() && self.session().as_ref().is_some_and(young) {
                    return Err(Stop::Down("a token is refused that was just issued".to_owned()));
                }
                self.log_in(to, kept, &Wanted::default()).await
            }
            // Another log-in with the same key would be as weak: whoever it is chooses another.
            Stop::Insufficient(Challenge { acr_values: Some(_), .. }) if form.is_none() => {
                let again = crate::login::again(&to);
                Ok(self.message(&Message::weak(again)))
            }
            Stop::Insufficient(challenge) => {
                let again = challenge.acr_values.is_some();
                self.log_in(to, kept, &Wanted { challenge: Some(challenge), again }).await
            }
            Stop::OtherForm => {
                let mut response = Redirect::to(&to).into_response();
                let line = kept.and_then(|kept| self.console.sealer.keep(&kept).ok());
                append(&mut response, line);
                Ok(response)
            }
            Stop::Message(message) => Ok(self.message(&message)),
            Stop::Down(why) => Err(Stop::Down(why)),
        }
    }

    fn keep(&self, to: &str, params: &Params) -> Option<Kept> {
        let sub = self.console.sealer.last_sub(&self.headers)?;
        let pairs = params.iter().filter(|(name, _)| *name != TOKEN);
        let form = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(Kept { sub, to: to.to_owned(), form })
    }

    /// Sends the browser to the provider (OpenID Connect Core 1.0 §3.1.2.1), to come back to `to`.
    ///
    /// # Errors
    /// When the provider cannot be asked.
    pub(crate) async fn log_in(
        &self,
        to: String,
        form: Option<Kept>,
        wanted: &Wanted,
    ) -> Result<Response, Stop> {
        let sealer = &self.console.sealer;
        let [state, nonce, verifier] = [(); 3].map(|()| sealer.secret());
        let mut log_in = LogIn { state, nonce, verifier, to, form };
        let address = self.console.provider.start(&log_in, wanted).await?;
        let mut response = Redirect::to(&address).into_response();
        let lines = sealer.begin(&self.headers, &log_in).or_else(|_| {
            // Longer than our pages let anybody type.
            log_in.form = None;
            sealer.begin(&self.headers, &log_in)
        });
        let lines = lines.map_err(|_| Stop::from(message::Kind::Malformed))?;
        lines.into_iter().for_each(|line| append(&mut response, Some(line)));
        Ok(response)
    }

    /// A page that says what is the matter.
    pub(crate) fn message(&self, message: &Message) -> Response {
        self.theme().render_as(message.status(), &self.frame(), message)
    }

    /// The page for when we cannot serve.
    fn down(&self, why: &str) -> Response {
        let reference = Reference::new(&*self.console.rng);
        tracing::error!(%reference, "the console cannot serve: {why}");
        let message = Message::new(message::Kind::Down).with_reference(&reference, self.now());
        let mut response = self.message(&message);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        response
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::ContentType => message::Kind::ContentType,
            Refusal::TooLarge => message::Kind::TooLarge,
            Refusal::Malformed | Refusal::Broken => message::Kind::Malformed,
        }
        .into()
    }
}

/// Adds a line to an answer, if there is one.
pub(crate) fn append(response: &mut Response, line: Option<HeaderValue>) {
    if let Some(line) = line {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// What every page shares: a `POST` acts on a cookie, so it must come from our own pages; a form
/// that waits is shown once; a choice of language is remembered.
pub(crate) async fn guard(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if parts.method == Method::POST
        && let Err(refusal) = csrf::check_origin(&parts.headers, &console.url)
    {
        // Not the address: whoever sends it writes into it what they like.
        let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        tracing::info!(route, "a form was refused: {refusal}");
        let asked = Asked::of(&console, &parts);
        return asked.message(&Message::new(message::Kind::CrossSite));
    }
    let mut lines = Vec::new();
    if parts.method == Method::GET {
        let address = parts.uri.path_and_query().map_or("", |path| path.as_str());
        if let Some((kept, line)) = console.sealer.kept(&parts.headers, address) {
            parts.extensions.insert(kept);
            lines.push(line);
        }
        let chosen = Params::of_query(&parts.uri).ok().and_then(|query| {
            console.theme.strings().find(query.one("ui_locales").ok().flatten()?)
        });
        if let Some(locale) = chosen {
            let year = Lifetime::MaxAge(Duration::from_secs(365 * 86_400));
            let tag = console.theme.strings().tag(locale);
            lines.extend(console.sealer.cookies().set(LOCALE_COOKIE, tag, year));
        }
    }
    let mut response = next.run(Request::from_parts(parts, body)).await;
    lines.into_iter().for_each(|line| append(&mut response, Some(line)));
    response
}
