//! Single logout (SAML 2.0 Profiles §4.4): who is told, by which way, and what is not believed.

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
use reqwest::Method;

use super::{Provider, answered, credential, our_key, post_from_elsewhere};
use crate::factors::apply;
use crate::support::http::{Answer, DAN, LOGGED_OUT_URI, Page, Person, ROTA, Site, encode};

const SLO: &str = "/saml/slo";
/// What an application gives us to give it back.
const STATE: &str = "a<b>&\"'=+%7F é ~!()*";

/// An application, with what it learnt when somebody logged in.
struct Application {
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
    async fn by(site: &Site, host: &str, binding: Binding) -> Self {
        Self::registered(site, host, &[(binding, format!("https://{host}/saml/logout"))]).await
    }

    /// Logs somebody in who has a session.
    async fn log_in(&mut self, site: &Site, person: &mut Person<'_>) {
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
    fn request(&self, site: &Site) -> LogoutRequest {
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

    fn key(&self) -> &Credential {
        &self.provider.credential
    }
}

fn asks_by_query(request: &LogoutRequest, key: &Credential) -> String {
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

/// Who was told and who could not be, by the audit trail.
async fn told(site: &Site) -> Option<(Vec<String>, Vec<String>)> {
    events(site).await.into_iter().find_map(|what| match what {
        What::ProvidersTold { confirmed, untold } => Some((
            confirmed.into_iter().map(|id| id.0).collect(),
            untold.into_iter().map(|id| id.0).collect(),
        )),
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

#[tokio::test]
async fn an_application_ends_its_session_by_redirect_and_has_its_relay_state_back() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    assert!(is_logged_in(&mut dan).await);
    let request = ledger.request(&site);
    let answer = dan.get(&asks_by_query(&request, ledger.key())).await;
    assert_eq!(relay_state(&answer).as_deref(), Some(STATE));
    let response: LogoutResponse = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!((response.status.top, response.status.nested.len()), (TopStatus::Success, 0));
    assert_eq!(response.header.issuer, site.url("/saml/metadata"));
    assert!(!is_logged_in(&mut dan).await);
    let ended = |what: &What| matches!(what, What::ProviderLoggedOut { .. });
    assert_eq!(events(&site).await.iter().filter(|what| ended(what)).count(), 1);
}

#[tokio::test]
async fn an_application_ends_its_session_by_a_form_of_its_own_site() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Post).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let request = ledger.request(&site);
    let xml = request.write(Some(ledger.key())).expect("XML");
    let answer = post_from_elsewhere(&mut dan, &site, &form(Parameter::Request, &xml)).await;
    let to = "https://ledger.example/saml/logout";
    let (response, page) = posted::<LogoutResponse>(&site, &answer, Parameter::Response, to).await;
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!(response.status.top, TopStatus::Success);
    assert_eq!(page.field("RelayState"), Some(STATE));
    assert!(!is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn an_application_ends_its_session_by_soap_and_another_is_told_before_the_answer() {
    let site = site().await;
    let server = Server::start().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    stores.log_in(&site, &mut dan).await;
    let mut request = ledger.request(&site);
    request.header.destination = None;
    let answer = by_soap(&site, &request.write(Some(ledger.key())).expect("XML")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let screened = soap::screen(answer.body.as_bytes()).expect("an envelope");
    let response = screened.verify::<LogoutResponse>(&[our_key(&site).await]).expect("signed");
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!((response.status.top, response.status.nested.len()), (TopStatus::Success, 0));
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].name_id, stores.name());
    assert!(!is_logged_in(&mut dan).await);
    assert_eq!(told(&site).await.map(|(_, untold)| untold.len()), Some(0));
}

#[tokio::test]
async fn every_other_application_is_told_soap_first_and_the_first_is_told_how_far_that_went() {
    let site = site().await;
    let server = Server::start().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut by_redirect = Application::by(&site, "wards.example", Binding::Redirect).await;
    let mut by_form = Application::by(&site, "beds.example", Binding::Post).await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut by_soap = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&by_soap, &site).await;
    let mut never = Application::registered(&site, "post.example", &[]).await;
    let mut dan = dan(&site).await;
    for application in [&mut ledger, &mut by_redirect, &mut by_form, &mut by_soap, &mut never] {
        application.log_in(&site, &mut dan).await;
    }

    let request = ledger.request(&site);
    let page = dan.open(&asks_by_query(&request, ledger.key())).await;
    assert!(!is_logged_in(&mut dan).await, "ours has ended before anybody is told");
    for shown in ["The wards.example", "The beds.example", "The stores.example", "The rota"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let on = page.form("/on").action;
    assert!(page.body.contains("data-submit"), "it goes on by itself");
    assert_eq!(page.body.matches("Told next").count(), 3, "one of them cannot be told");
    assert_eq!(server.asked().len(), 0);

    let answer = dan.get(&on).await;
    assert_eq!(server.asked().len(), 1, "without a browser first");
    let first: LogoutRequest = sent(&site, &answer, "https://wards.example/saml/logout").await;
    assert_eq!(first.name_id, by_redirect.name());
    let index = by_redirect.assertion.as_ref().and_then(|it| it.authn.session_index.clone());
    assert_eq!(first.session_indexes, index.into_iter().collect::<Vec<_>>());
    let response = by_redirect.response(&site, &first.header.id, TopStatus::Success);
    let answer = dan.open(&answers_by_query(&response, by_redirect.key())).await;
    let to = "https://beds.example/saml/logout";
    let (second, _) = posted::<LogoutRequest>(&site, &answer, Parameter::Request, to).await;
    let response = by_form.response(&site, &second.header.id, TopStatus::Success);
    let xml = response.write(Some(by_form.key())).expect("XML");
    let answer = post_from_elsewhere(&mut dan, &site, &form(Parameter::Response, &xml)).await;

    let last: LogoutResponse = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    assert_eq!(last.in_response_to, Some(request.header.id));
    assert_eq!(relay_state(&answer).as_deref(), Some(STATE));
    assert_eq!(last.status.top, TopStatus::Success);
    assert_eq!(last.status.nested, [SecondStatus::PartialLogout.uri()], "one could not be told");
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!(confirmed.len(), 4, "{confirmed:?}");
    assert_eq!(untold, ["https://post.example/saml"]);
    let page = dan.open(on.trim_end_matches("/on")).await;
    assert!(page.body.contains("Cannot be told") && !page.body.contains("data-submit"));
}

#[tokio::test]
async fn our_own_log_out_goes_round_and_a_silent_application_stops_nobody() {
    let site = site().await;
    let mut silent = Application::by(&site, "silent.example", Binding::Redirect).await;
    let mut refuses = Application::by(&site, "wards.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    silent.log_in(&site, &mut dan).await;
    refuses.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    let page = dan.submit(&page.form("/logout")).await;
    let url = page.url.clone();
    let on = page.form("/on").action;
    let answer = dan.get(&on).await;
    let first: LogoutRequest = sent(&site, &answer, "https://silent.example/saml/logout").await;

    // It shows something of its own. Whoever comes back reads so, and goes on without it.
    let path = url.strip_prefix(&site.issuer).unwrap_or(&url).to_owned();
    let page = dan.open(&path).await;
    assert!(page.body.contains("The silent.example did not answer"), "{}", page.body);
    assert!(!page.body.contains("data-submit"));
    let answer = dan.get(&on).await;
    let second: LogoutRequest = sent(&site, &answer, "https://wards.example/saml/logout").await;
    let response = refuses.response(&site, &second.header.id, TopStatus::Responder);
    let page = dan.open(&answers_by_query(&response, refuses.key())).await;
    assert_eq!(page.heading(), "You are logged out");
    assert_eq!(page.body.matches("Cannot be told").count(), 3, "{}", page.body);
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!((confirmed.len(), untold.len()), (0, 2));

    // Better late than never.
    let response = silent.response(&site, &first.header.id, TopStatus::Success);
    let page = dan.open(&answers_by_query(&response, silent.key())).await;
    assert_eq!(page.body.matches("Cannot be told").count(), 2, "{}", page.body);
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(1));
}

#[tokio::test]
async fn a_log_out_of_openid_connect_goes_round_and_then_back_to_its_application() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    ledger.log_in(&site, &mut dan).await;
    let back = LOGGED_OUT_URI;
    let pairs = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", back)];
    let page = dan.open(&format!("/oauth2/logout?{}", encode(&pairs))).await;
    let on = page.form("/on").action;
    let answer = dan.get(&on).await;
    let asked: LogoutRequest = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    let response = ledger.response(&site, &asked.header.id, TopStatus::Success);
    let answer = dan.open(&answers_by_query(&response, ledger.key())).await;
    assert_eq!(answer.location(), Some(back));
}

#[tokio::test]
async fn a_session_that_ends_elsewhere_is_told_by_soap_and_the_others_are_listed() {
    let site = site().await;
    let server = Server::start().await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut lost = dan(&site).await;
    stores.log_in(&site, &mut lost).await;
    ledger.log_in(&site, &mut lost).await;
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "nothing has ended");

    let mut other = dan(&site).await;
    let page = other.open("/account/sessions").await;
    other.submit(&page.form("/account/sessions").with("others", "yes")).await;
    assert!(!is_logged_in(&mut lost).await);
    server.set(|it| it.status = StatusCode::SERVICE_UNAVAILABLE);
    server.set(|it| it.to = Some(MessageId::random(&SystemRng)));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 2);
    assert_eq!(told(&site).await, None, "one is tried again");
    server.set(|it| (it.status, it.to) = (StatusCode::OK, None));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "not at once");
    site.clock.advance(std::time::Duration::from_secs(61));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!(confirmed, ["https://stores.example/saml"]);
    assert_eq!(untold, ["https://ledger.example/saml"]);
    let names: BTreeSet<_> = server.asked().iter().map(|it| it.name_id.value.clone()).collect();
    assert_eq!(names, BTreeSet::from([stores.name().value]));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "it is over");
}

#[tokio::test]
async fn what_a_browser_leaves_undone_is_done_without_it() {
    let site = site().await;
    let server = Server::start().await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut dan = dan(&site).await;
    stores.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 0, "it is the browser's");
    site.clock.advance(std::time::Duration::from_secs(601));
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(1));
}

#[tokio::test]
async fn an_answer_over_soap_has_to_be_the_applications_own_and_to_this_request() {
    let site = site().await;
    let server = Server::start().await;
    let services = [(Binding::Soap, server.address.clone())];
    let mut stores = Application::registered(&site, "stores.example", &services).await;
    server.speaks_for(&stores, &site).await;
    let mut dan = dan(&site).await;
    stores.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    let right = |it: &mut Answers| it.issuer = "https://stores.example/saml".to_owned();
    let changes: [fn(&mut Answers); 4] = [
        |it| it.key = None,
        |it| it.key = Some(credential()),
        |it| it.to = Some(MessageId::random(&SystemRng)),
        |it| it.issuer = "https://ledger.example/saml".to_owned(),
    ];
    let wait = std::time::Duration::from_secs(3 * 3600);
    for change in changes {
        server.speaks_for(&stores, &site).await;
        server.set(|it| it.to = None);
        server.set(right);
        server.set(change);
        site.clock.advance(wait);
        assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
        assert_eq!(told(&site).await, None, "not believed, and tried again");
    }
    site.clock.advance(wait);
    assert_eq!(absent::round(&site.app, "one").await.expect("a round"), 1);
    let (confirmed, untold) = told(&site).await.expect("given up");
    assert_eq!((confirmed.len(), untold.len()), (0, 1));
}

#[tokio::test]
async fn a_request_that_is_not_the_applications_own_ends_nothing() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut stores = Application::by(&site, "stores.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    stores.log_in(&site, &mut dan).await;

    let request = ledger.request(&site);
    let xml = request.write(None).expect("XML");
    let unsigned = format!("{SLO}?{}", redirect::write(Parameter::Request, &xml, None));
    let signed = asks_by_query(&request, ledger.key());
    let changed = |change: fn(&mut LogoutRequest, &Site)| {
        let mut request = ledger.request(&site);
        change(&mut request, &site);
        asks_by_query(&request, ledger.key())
    };
    let far = |minutes: u64| std::time::Duration::from_secs(minutes * 60);
    let mut old = ledger.request(&site);
    old.header.issued_at = site.clock.now().minus(far(30));
    let mut over = ledger.request(&site);
    over.not_on_or_after = Some(site.clock.now().minus(far(10)));
    for (what, path) in [
        ("unsigned", unsigned),
        ("by another key", asks_by_query(&request, &credential())),
        ("by another application's key", asks_by_query(&request, stores.key())),
        ("changed on the way", signed.replace("RelayState=", "RelayState=x")),
        (
            "for another address",
            changed(|it, _| it.header.destination = Some("https://other.example".into())),
        ),
        ("for no address", changed(|it, _| it.header.destination = None)),
        ("old", asks_by_query(&old, ledger.key())),
        ("over", asks_by_query(&over, ledger.key())),
        ("of nobody registered", changed(|it, _| it.header.issuer = "https://evil.example".into())),
    ] {
        let answer = dan.get(&path).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{what}");
        assert!(is_logged_in(&mut dan).await, "{what}");
    }
    assert_eq!(refusals(&site).await.len(), 9, "{:?}", refusals(&site).await);

    // Well signed, and for somebody else.
    let mut other = ledger.request(&site);
    other.name_id = stores.name();
    let mut foreign = ledger.request(&site);
    foreign.name_id.name_qualifier = Some("https://other.example".to_owned());
    let mut index = ledger.request(&site);
    index.session_indexes = stores.request(&site).session_indexes;
    for request in [other, foreign, index] {
        let answer = dan.get(&asks_by_query(&request, ledger.key())).await;
        let to = "https://ledger.example/saml/logout";
        let response: LogoutResponse = sent(&site, &answer, to).await;
        assert_eq!(response.status.top, TopStatus::Requester);
        assert_eq!(response.status.nested, [SecondStatus::UnknownPrincipal.uri()]);
        assert!(is_logged_in(&mut dan).await);
    }
    assert_eq!(refusals(&site).await.len(), 12, "audited too");

    // And once more what was carried out.
    let request = ledger.request(&site);
    let path = asks_by_query(&request, ledger.key());
    dan.open(&path).await;
    assert!(!is_logged_in(&mut dan).await);
    let mut dan = self::dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let answer = dan.get(&path).await;
    assert_eq!((answer.status, answer.location()), (400, None), "replayed");
    assert!(is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn over_soap_what_is_not_the_applications_own_is_a_fault_and_ends_nothing() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    let request = ledger.request(&site);
    for credential in [None, Some(&credential())] {
        let answer = by_soap(&site, &request.write(credential).expect("XML")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("soap:Client"), "{}", answer.body);
    }
    let send = |body: &str| {
        let request = site.http.request(Method::POST, site.url(SLO));
        site.send(request.header("content-type", "text/xml").body(body.to_owned()))
    };
    for body in ["", "<a/>", "<!DOCTYPE a><a/>", "\u{1}"] {
        assert_eq!(send(body).await.status, 400, "{body}");
    }
    assert!(is_logged_in(&mut dan).await);
    assert_eq!(refusals(&site).await.len(), 6);
    let xml = request.write(Some(ledger.key())).expect("XML");
    assert_eq!(by_soap(&site, &xml).await.status, 200);
    assert_eq!(by_soap(&site, &xml).await.status, 400, "once");
    assert!(!is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn an_answer_is_believed_of_whom_it_was_asked_alone_and_stops_nobody() {
    let site = site().await;
    let mut ledger = Application::by(&site, "ledger.example", Binding::Redirect).await;
    let mut stores = Application::by(&site, "stores.example", Binding::Redirect).await;
    let mut dan = dan(&site).await;
    ledger.log_in(&site, &mut dan).await;
    stores.log_in(&site, &mut dan).await;
    let page = dan.open("/logout").await;
    let page = dan.submit(&page.form("/logout")).await;
    let on = page.form("/on").action;
    let answer = dan.get(&on).await;
    let asked: LogoutRequest = sent(&site, &answer, "https://ledger.example/saml/logout").await;
    let id = &asked.header.id;
    let right = ledger.response(&site, id, TopStatus::Success);
    let mut unasked = right.clone();
    unasked.in_response_to = None;
    let to_another = ledger.response(&site, &MessageId::random(&SystemRng), TopStatus::Success);
    for (what, path) in [
        ("to nothing", answers_by_query(&unasked, ledger.key())),
        ("to another request", answers_by_query(&to_another, ledger.key())),
    ] {
        let answer = dan.get(&path).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{what}");
    }

    let xml = right.write(None).expect("XML");
    let mut old = right.clone();
    old.header.issued_at = site.clock.now().minus(std::time::Duration::from_secs(1800));
    let wrong = [
        ("unsigned", format!("{SLO}?{}", redirect::write(Parameter::Response, &xml, None))),
        ("by another key", answers_by_query(&right, &credential())),
        ("by another application", {
            let theirs = stores.response(&site, id, TopStatus::Success);
            answers_by_query(&theirs, stores.key())
        }),
        ("old", answers_by_query(&old, ledger.key())),
    ];
    for (number, (what, path)) in wrong.into_iter().enumerate() {
        let answer = dan.get(&path).await;
        assert_eq!(answer.location(), Some(on.as_str()), "{what}: the others are told");
        assert_eq!(refusals(&site).await.len(), number + 3, "{what}: it is not believed");
    }
    // The other one is next, and only the right answer changes what is known of the first.
    let answer = dan.get(&on).await;
    let second: LogoutRequest = sent(&site, &answer, "https://stores.example/saml/logout").await;
    let confirms = stores.response(&site, &second.header.id, TopStatus::Success);
    dan.open(&answers_by_query(&confirms, stores.key())).await;
    let (confirmed, untold) = told(&site).await.expect("audited");
    assert_eq!(confirmed, ["https://stores.example/saml"]);
    assert_eq!(untold, ["https://ledger.example/saml"]);
    let answer = dan.get(&answers_by_query(&right, ledger.key())).await;
    assert_eq!(answer.location(), Some(on.as_str()));
    assert_eq!(told(&site).await.map(|(confirmed, _)| confirmed.len()), Some(2));
}

#[tokio::test]
async fn a_log_out_that_nobody_began_is_not_found() {
    let site = site().await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    for path in [nobody, "x", "%00"] {
        for end in ["", "/on"] {
            let answer = site.get(&format!("{SLO}/{path}{end}")).await;
            assert_eq!(answer.status, 404, "{path}{end}");
        }
    }
}

#[tokio::test]
async fn our_metadata_says_where_and_how_people_are_logged_out() {
    let site = site().await;
    let metadata = site.get("/saml/metadata").await.body;
    for binding in [Binding::Redirect, Binding::Post, Binding::Soap] {
        let service = format!("<md:SingleLogoutService Binding=\"{}\"", binding.uri());
        assert_eq!(metadata.matches(&service).count(), 1, "{metadata}");
    }
    let soap = format!("<md:SingleSignOnService Binding=\"{}\"", Binding::Soap.uri());
    assert!(!metadata.contains(&soap), "nobody logs in without a browser");
}
