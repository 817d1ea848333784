//! Single logout (SAML 2.0 Profiles §4.4): the applications, their servers, and what they send.

mod elsewhere;
mod refusals;
mod rounds;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey::saml::logout::absent;
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_core::rng::SystemRng;
use latchkey_saml::Binding;
use latchkey_saml::keys::Credential;
use latchkey_saml::messages::{
    Assertion, Header, LogoutRequest, LogoutResponse, MessageId, NameId, Status,
};
use latchkey_saml::names::{SecondStatus, TopStatus};
use latchkey_saml::post::Form;
use latchkey_saml::redirect::{self, Parameter, Query};
use latchkey_saml::soap;
use latchkey_saml::verify::Key;
use latchkey_saml::write::soap_envelope;

use super::{Provider, answered, credential, our_key, post_from_elsewhere};
use crate::factors::apply;
use crate::support::http::{Answer, DAN, LOGGED_OUT_URI, Page, Person, ROTA, Site, encode};

const SLO: &str = "/saml/slo";
/// What an application gives us to give it back.
const STATE: &str = "a<b>&\"'=+%7F é ~!()*";

/// An application, with what it learnt when somebody logged in.
pub(super) struct Application {
    provider: Provider,
    assertion: Option<Assertion>,
}

impl Application {
    /// One that has these single logout services.
    async fn registered(site: &Site, host: &str, services: &[(Binding, String)]) -> Self {
        let service = |(binding, location): &(Binding, String)| {
            let binding = binding.uri();
            format!(r#"<md:SingleLogoutService Binding="{binding}" Location="{location}"/>"#)
        };
        let services: String = services.iter().map(service).collect();
        let entity = format!("https://{host}/saml");
        let consumer = format!("https://{host}/saml/consume");
        let provider = Provider::described(&entity, &consumer, true, &services, "");
        let file = provider.file.display();
        let document =
            format!("[[service_provider]]\nmetadata = \"{file}\"\nname = \"The {host}\"\n");
        apply(site, &document).await;
        Self { provider, assertion: None }
    }

    /// One that logs out by a binding of browsers.
    pub(super) async fn by(site: &Site, host: &str, binding: Binding) -> Self {
        Self::registered(site, host, &[(binding, format!("https://{host}/saml/logout"))]).await
    }

    /// Logs somebody in who has a session.
    pub(super) async fn log_in(&mut self, site: &Site, person: &mut Person<'_>) {
        let page = person.open(&self.provider.redirect(&self.provider.asks(site), None)).await;
        let response = answered(site, &page, &self.provider.consumer).await;
        self.assertion = Some(response.assertion.expect("an assertion"));
    }

    fn header(&self, site: &Site) -> Header {
        Header {
            id: MessageId::random(&SystemRng),
            issued_at: site.clock.now(),
            destination: Some(site.url(SLO)),
            issuer: self.provider.entity.clone(),
        }
    }

    fn name(&self) -> NameId {
        self.assertion.as_ref().and_then(|it| it.name_id.clone()).expect("a name")
    }

    /// A request to end the session that it has.
    pub(super) fn request(&self, site: &Site) -> LogoutRequest {
        let assertion = self.assertion.as_ref().expect("logged in");
        LogoutRequest {
            header: self.header(site),
            name_id: self.name(),
            session_indexes: assertion.authn.session_index.clone().into_iter().collect(),
            not_on_or_after: None,
            reason: None,
        }
    }

    fn response(&self, site: &Site, to: &MessageId, top: TopStatus) -> LogoutResponse {
        LogoutResponse {
            header: self.header(site),
            in_response_to: Some(to.clone()),
            status: Status { top, nested: Vec::new(), message: None },
        }
    }

    pub(super) fn key(&self) -> &Credential {
        &self.provider.credential
    }
}

pub(super) fn asks_by_query(request: &LogoutRequest, key: &Credential) -> String {
    query(Parameter::Request, &request.write(None).expect("XML"), key)
}

fn answers_by_query(response: &LogoutResponse, key: &Credential) -> String {
    query(Parameter::Response, &response.write(None).expect("XML"), key)
}

fn query(parameter: Parameter, xml: &str, key: &Credential) -> String {
    let sign = |octets: &[u8]| key.key().sign(octets);
    let algorithm = key.key().algorithm().uri();
    let query = redirect::write_signed(parameter, xml, Some(STATE), algorithm, sign);
    format!("{SLO}?{}", query.expect("signed"))
}

fn form(parameter: Parameter, xml: &str) -> Page {
    let fields = vec![
        (parameter.name().to_owned(), STANDARD.encode(xml)),
        ("RelayState".to_owned(), STATE.to_owned()),
    ];
    Page { action: SLO.to_owned(), options: None, creates: false, fields }
}

/// Posts an envelope, as a server does.
async fn by_soap(site: &Site, xml: &str) -> Answer {
    let request = site.http.post(site.url(SLO)).header("content-type", "text/xml; charset=utf-8");
    site.send(request.body(soap_envelope(xml).expect("an envelope"))).await
}

/// What a browser is sent to an application with, verified by our metadata.
async fn sent<M: latchkey_saml::read::Message>(site: &Site, answer: &Answer, to: &str) -> M {
    let location = answer.location().unwrap_or_else(|| panic!("{}", answer.body));
    let (address, query) = location.split_once('?').expect("a query");
    assert_eq!(address, to);
    let screened = Query::parse(query).expect("a message").screen().expect("XML");
    screened.verify::<M>(&[our_key(site).await]).expect("signed").into_inner()
}

/// What a page posts to an application, verified by our metadata.
async fn posted<M: latchkey_saml::read::Message>(
    site: &Site,
    answer: &Answer,
    parameter: Parameter,
    to: &str,
) -> (M, Page) {
    let form = answer.form(to);
    let field = form.field(parameter.name()).expect("a message");
    let read = Form::parse(&encode(&[(parameter.name(), field)])).expect("a form");
    let verified = read.screen().expect("XML").verify::<M>(&[our_key(site).await]);
    (verified.expect("signed").into_inner(), form)
}

fn relay_state(answer: &Answer) -> Option<String> {
    let (_, query) = answer.location()?.split_once('?')?;
    Query::parse(query).ok()?.relay_state().map(str::to_owned)
}

async fn is_logged_in(person: &mut Person<'_>) -> bool {
    let page = person.open("/account").await;
    page.status == 200 && page.url.ends_with("/account")
}

async fn dan(site: &Site) -> Person<'_> {
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    dan
}

async fn events(site: &Site) -> Vec<What> {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    events.into_iter().map(|(_, what)| what).collect()
}

fn texts(ids: Vec<EntityId>) -> Vec<String> {
    ids.into_iter().map(|id| id.0).collect()
}

/// Who was told and who could not be, by the audit trail.
async fn told(site: &Site) -> Option<(Vec<String>, Vec<String>)> {
    events(site).await.into_iter().find_map(|what| match what {
        What::ProvidersTold { confirmed } => Some((texts(confirmed), Vec::new())),
        What::ProvidersUntold { confirmed, untold } => Some((texts(confirmed), texts(untold))),
        _ => None,
    })
}

async fn refusals(site: &Site) -> Vec<String> {
    let reasons = events(site).await.into_iter().filter_map(|what| match what {
        What::SamlRefused { reason, .. } => Some(reason),
        _ => None,
    });
    reasons.collect()
}

/// An application's server: what it was asked, and whether it says yes.
#[derive(Clone)]
struct Server {
    asked: Arc<Mutex<Vec<LogoutRequest>>>,
    answers: Arc<Mutex<Answers>>,
    address: String,
}

struct Answers {
    issuer: String,
    key: Option<Credential>,
    top: TopStatus,
    status: StatusCode,
    to: Option<MessageId>,
    knows: Option<Key>,
}

impl Server {
    /// One that answers nothing yet.
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let answers = Answers {
            issuer: String::new(),
            key: None,
            top: TopStatus::Success,
            status: StatusCode::OK,
            to: None,
            knows: None,
        };
        let this = Self {
            asked: Arc::default(),
            answers: Arc::new(Mutex::new(answers)),
            address: format!("http://{address}/slo"),
        };
        let router = Router::new().route("/slo", post(Self::answer)).with_state(this.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        this
    }

    fn set(&self, set: impl FnOnce(&mut Answers)) {
        set(&mut self.answers.lock().expect("no panic"));
    }

    /// Speaks for an application from now on, and knows us by our metadata.
    async fn speaks_for(&self, application: &Application, site: &Site) {
        let (entity, ours) = (application.provider.entity.clone(), our_key(site).await);
        let key = application.key();
        let pkcs8 = key.key().to_pkcs8().expect("a key");
        let own = latchkey_saml::keys::SigningKey::from_pkcs8(key.key().algorithm(), &pkcs8);
        let own = Credential::new(own.expect("a key"), key.certificate().clone());
        self.set(|it| {
            it.issuer = entity;
            it.key = Some(own.expect("a credential"));
            it.knows = Some(ours);
        });
    }

    fn asked(&self) -> Vec<LogoutRequest> {
        self.asked.lock().expect("no panic").clone()
    }

    async fn answer(State(this): State<Self>, body: String) -> (StatusCode, String) {
        let it = this.answers.lock().expect("no panic");
        let ours = it.knows.clone().into_iter().collect::<Vec<_>>();
        let screened = soap::screen(body.as_bytes()).expect("an envelope");
        let request = screened.verify::<LogoutRequest>(&ours).expect("signed").into_inner();
        let response = LogoutResponse {
            header: Header {
                id: MessageId::random(&SystemRng),
                issued_at: request.header.issued_at,
                destination: None,
                issuer: it.issuer.clone(),
            },
            in_response_to: it.to.clone().or_else(|| Some(request.header.id.clone())),
            status: Status { top: it.top, nested: Vec::new(), message: None },
        };
        this.asked.lock().expect("no panic").push(request);
        let xml = response.write(it.key.as_ref()).expect("XML");
        (it.status, soap_envelope(&xml).expect("an envelope"))
    }
}

/// An installation that may ask servers on this machine.
async fn site() -> Site {
    let own = "127.0.0.1/32".parse().expect("a network");
    Site::start_with(|config| config.fetch.allow = vec![own]).await
}
