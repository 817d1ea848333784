//! The application against a provider of a few lines that can lie.

use std::collections::HashMap;
use std::sync::Mutex;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::{
    Assertion, Attribute, AuthnRequest, AuthnStatement, BearerConfirmation, Header, NameId, Status,
};
use latchkey_saml::metadata::read;
use latchkey_saml::metadata::write::{Endpoint, IdentityProvider, UiInfo};
use latchkey_saml::names::{AttributeNameFormat, TopStatus};
use latchkey_saml::redirect;
use latchkey_saml::verify::Key;
use latchkey_saml::write::Signing;
use tokio::net::TcpListener;

use super::*;
use crate::samples;

const MFA: &str = "https://refeds.org/profile/mfa";

/// The provider, with the application and a browser in front of it.
struct Visit {
    issuer: String,
    credential: Credential,
    origin: String,
    http: reqwest::Client,
    cookies: Mutex<HashMap<String, String>>,
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    (listener, origin)
}

fn credential() -> Credential {
    let key = SigningKey::generate(SignatureAlgorithm::EcdsaSha256).expect("a key");
    let day = Duration::from_secs(86_400);
    let certificate = Certificate::self_signed(&key, "A", SystemClock.now(), day, &SystemRng);
    Credential::new(key, certificate.expect("a certificate")).expect("a credential")
}

fn id() -> MessageId {
    MessageId::random(&SystemRng)
}

fn success() -> Status {
    Status { top: TopStatus::Success, nested: Vec::new(), message: None }
}

fn described(issuer: &str, credential: &Credential) -> String {
    let endpoint = |path: &str, back: Option<&str>| Endpoint {
        binding: Binding::Redirect,
        location: format!("{issuer}/{path}"),
        response_location: back.map(|path| format!("{issuer}/{path}")),
    };
    let metadata = IdentityProvider {
        id: id(),
        entity_id: format!("{issuer}/metadata"),
        valid_until: SystemClock.now().plus(Duration::from_secs(86_400)),
        cache_duration: Duration::from_secs(3600),
        want_authn_requests_signed: true,
        certificates: vec![credential.certificate()],
        single_sign_on: vec![endpoint("sso?tenant=1", None)],
        single_logout: vec![endpoint("slo", Some("slo-answers"))],
        artifact_resolution: Vec::new(),
        name_id_formats: Vec::new(),
        scopes: Vec::new(),
        error_url: None,
        ui: UiInfo::default(),
        organization: None,
        contacts: Vec::new(),
        entity_attributes: Vec::new(),
    };
    metadata.write(None).expect("metadata")
}

impl Visit {
    async fn start() -> Self {
        let (provider, issuer) = listener().await;
        let credential = credential();
        let metadata = described(&issuer, &credential);
        let router = Router::new().route("/metadata", get(async move || metadata));
        tokio::spawn(async move { axum::serve(provider, router).await });
        Self::of(issuer, credential).await
    }

    async fn of(issuer: String, credential: Credential) -> Self {
        let (listener, origin) = listener().await;
        let settings = Settings {
            application: Application {
                id: "lab-results".into(),
                name: "Lab Results".into(),
                description: "Blood tests.".into(),
                own_origin: origin.clone(),
                provider: issuer.clone(),
            },
            provider_metadata: format!("{issuer}/metadata"),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
        };
        tokio::spawn(samples::serve(listener, samples::Settings::Saml(settings)));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { issuer, credential, origin, http, cookies: Mutex::default() }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.expect("answered");
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.lock().expect("unpoisoned").insert(name.into(), value.into());
        }
        let header = answer.headers().get("location").map(|value| value.to_str().expect("text"));
        Answer {
            status: answer.status(),
            location: header.map(str::to_owned),
            body: answer.text().await.expect("text"),
        }
    }

    fn jar(&self) -> String {
        let jar = self.cookies.lock().expect("unpoisoned");
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.origin));
        self.send(request.header("cookie", self.jar())).await
    }

    async fn log_out(&self, origin: &str) -> Answer {
        let request = self.http.post(format!("{}/logout", self.origin)).header("origin", origin);
        self.send(request.header("cookie", self.jar())).await
    }

    async fn is_home(&self) -> bool {
        !self.get("/").await.body.contains("Nobody is logged in")
    }

    /// The application's key, as its metadata has it.
    async fn application_key(&self) -> Key {
        let metadata = self.get("/saml/metadata").await.body;
        let read = read::entity(metadata.as_bytes(), None, &[]).expect("metadata");
        assert_eq!(read.entity_id, self.at("/saml/metadata"));
        assert_eq!(read.consumers[0].location, self.at("/saml/acs"));
        read.keys[0].verifying().remove(0)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// What the application asks the provider, verified by its metadata.
    async fn asked<M: latchkey_saml::read::Message>(&self, location: &str, path: &str) -> M {
        let query = location.strip_prefix(&format!("{}{path}", self.issuer)).expect("there");
        let query = redirect::Query::parse(&query[1..]).expect("a message");
        let verified = query.screen().expect("XML").verify::<M>(&[self.application_key().await]);
        verified.expect("signed").into_inner()
    }

    async fn log_in(&self, path: &str) -> AuthnRequest {
        let location = self.get(path).await.location.expect("a redirect");
        self.asked(&location, "/sso?tenant=1").await
    }

    fn header(&self, path: &str) -> Header {
        Header {
            id: id(),
            issued_at: SystemClock.now(),
            destination: Some(self.at(path)),
            issuer: format!("{}/metadata", self.issuer),
        }
    }

    /// What is right to answer to a request.
    fn right(&self, request: &AuthnRequest) -> Message {
        let now = SystemClock.now();
        let later = now.plus(Duration::from_secs(300));
        let told = |name: &str, friendly: &str, value: &str| Attribute {
            name: name.into(),
            name_format: AttributeNameFormat::Uri,
            friendly_name: Some(friendly.into()),
            values: vec![value.into()],
        };
        let assertion = Assertion {
            id: id(),
            issued_at: now,
            issuer: format!("{}/metadata", self.issuer),
            name_id: Some(name_id()),
            confirmation: BearerConfirmation {
                in_response_to: Some(request.header.id.clone()),
                recipient: self.at("/saml/acs"),
                not_on_or_after: later,
            },
            not_before: now,
            not_on_or_after: later,
            audiences: vec![self.at("/saml/metadata")],
            authn: AuthnStatement {
                instant: now,
                session_index: Some("session-1".into()),
                session_not_on_or_after: Some(later),
                class: MFA.into(),
            },
            attributes: vec![
                told("urn:oid:2.16.840.1.113730.3.1.241", "displayName", "<Amy>"),
                told("urn:oid:0.9.2342.19200300.100.1.3", "mail", "amy@northgate.example"),
            ],
        };
        Message {
            header: self.header("/saml/acs"),
            in_response_to: Some(request.header.id.clone()),
            status: success(),
            assertion: Some(assertion),
        }
    }

    async fn post(&self, message: &Message, credential: &Credential) -> Answer {
        let signing = Signing { response: Some(credential), ..Signing::default() };
        self.post_xml(&message.write(&signing, &SystemRng).expect("XML")).await
    }

    /// As a browser posts what another site's page has: without cookies.
    async fn post_xml(&self, xml: &str) -> Answer {
        let form = [("SAMLResponse", STANDARD.encode(xml))];
        self.send(self.http.post(self.at("/saml/acs")).form(&form)).await
    }

    /// A whole log-in.
    async fn whole(&self) {
        let request = self.log_in("/login").await;
        let answer = self.post(&self.right(&request), &self.credential).await;
        let arrived = self.get(&answer.location.expect("a redirect")).await;
        assert_eq!(arrived.location.as_deref(), Some("/"), "{}", arrived.body);
    }

    /// A message of the provider in an address.
    async fn redirect(&self, parameter: Parameter, xml: &str, credential: &Credential) -> Answer {
        let key = credential.key();
        let sign = |octets: &[u8]| key.sign(octets);
        let algorithm = key.algorithm().uri();
        let query = redirect::write_signed(parameter, xml, Some("kept"), algorithm, sign);
        self.get(&format!("/saml/slo?{}", query.expect("signed"))).await
    }

    fn logout(&self) -> LogoutRequest {
        LogoutRequest {
            header: self.header("/saml/slo"),
            name_id: name_id(),
            session_indexes: vec!["session-1".into()],
            not_on_or_after: None,
            reason: None,
        }
    }
}

fn name_id() -> NameId {
    NameId {
        value: "amy-at-the-lab".into(),
        format: Some(NameIdFormat::Persistent.uri().into()),
        name_qualifier: None,
        sp_name_qualifier: None,
    }
}

/// Where a test changes an answer.
type Lie = fn(&mut Message);

fn assertion(message: &mut Message) -> &mut Assertion {
    message.assertion.as_mut().expect("an assertion")
}

#[tokio::test]
async fn somebody_logs_in_and_sees_what_was_told() {
    let visit = Visit::start().await;
    assert!(!visit.is_home().await);
    let request = visit.log_in("/login").await;
    assert_eq!(request.header.issuer, visit.at("/saml/metadata"));
    assert!(!request.force_authn && request.requested_context.is_none());
    let forced = visit.log_in(&format!("/login?force=true&class={MFA}")).await;
    assert!(forced.force_authn);
    assert_eq!(forced.requested_context.expect("one").classes, [MFA]);
    visit.whole().await;
    let home = visit.get("/").await.body;
    let shown = ["&lt;Amy&gt;", "amy-at-the-lab", "session-1", "amy@northgate.example", "mail"];
    for shown in shown {
        assert!(home.contains(shown), "{shown}: {home}");
    }
    assert!(home.contains("https://refeds.org/profile/mfa"), "{home}");
}

#[tokio::test]
async fn an_answer_that_is_not_what_it_must_be_logs_nobody_in() {
    let cases: [(&str, Lie); 12] = [
        ("issuer", |it| it.header.issuer = "https://elsewhere.example".into()),
        ("destination", |it| it.header.destination = Some("https://x.example".into())),
        ("no destination", |it| it.header.destination = None),
        ("old", |it| it.header.issued_at = Timestamp::from_seconds(1_700_000_000)),
        ("assertion's issuer", |it| assertion(it).issuer = "https://elsewhere.example".into()),
        ("recipient", |it| assertion(it).confirmation.recipient = "https://x.example".into()),
        ("request", |it| assertion(it).confirmation.in_response_to = Some(id())),
        ("audience", |it| assertion(it).audiences = vec!["https://x.example".into()]),
        ("confirmation", |it| {
            assertion(it).confirmation.not_on_or_after = Timestamp::from_seconds(1_700_000_000);
        }),
        ("not yet", |it| {
            assertion(it).not_before = SystemClock.now().plus(Duration::from_secs(3600));
        }),
        ("strength", |it| assertion(it).authn.class = "urn:weak".into()),
        ("nobody", |it| assertion(it).name_id = None),
    ];
    for (case, lie) in cases {
        let visit = Visit::start().await;
        let request = visit.log_in(&format!("/login?class={MFA}")).await;
        let mut message = visit.right(&request);
        lie(&mut message);
        let answer = visit.post(&message, &visit.credential).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{case}: {}", answer.body);
        assert!(answer.body.contains("answer_refused"), "{case}: {}", answer.body);
        // The right answer is taken still.
        let right = visit.post(&visit.right(&request), &visit.credential).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{case}");
    }
}

#[tokio::test]
async fn an_answer_that_the_provider_did_not_sign_logs_nobody_in() {
    let visit = Visit::start().await;
    let request = visit.log_in("/login").await;
    let message = visit.right(&request);
    let stranger = credential();
    let answer = visit.post(&message, &stranger).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.body);
    let signing = Signing { response: Some(&visit.credential), ..Signing::default() };
    let signed = message.write(&signing, &SystemRng).expect("XML");
    for changed in [
        signed.replace("amy-at-the-lab", "eve-at-the-lab"),
        signed.split("<ds:Signature").next().expect("a start").to_owned() + "</samlp:Response>",
    ] {
        let answer = visit.post_xml(&changed).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.body);
    }
    for broken in ["", "<a", "not XML"] {
        let answer = visit.post_xml(broken).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{broken}");
    }
    assert!(!visit.is_home().await);
}

#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    let visit = Visit::start().await;
    let request = visit.log_in("/login").await;
    let answer = visit.post(&visit.right(&request), &visit.credential).await;
    let arrived = answer.location.expect("a redirect");
    // Another browser is given the address.
    let jar = std::mem::take(&mut *visit.cookies.lock().expect("unpoisoned"));
    let elsewhere = visit.get(&arrived).await;
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST, "{}", elsewhere.body);
    assert!(!visit.is_home().await);
    // The address is used up, the answer is not.
    *visit.cookies.lock().expect("unpoisoned") = jar;
    assert_eq!(visit.get(&arrived).await.status, StatusCode::BAD_REQUEST);
    let right = visit.right(&request);
    let [one, two] =
        [visit.post(&right, &visit.credential).await, visit.post(&right, &visit.credential).await]
            .map(|answer| answer.location.expect("a redirect"));
    assert_eq!(visit.get(&one).await.location.as_deref(), Some("/"));
    assert_eq!(visit.get(&two).await.status, StatusCode::BAD_REQUEST, "replayed");
    let answer = visit.post(&right, &visit.credential).await;
    assert!(answer.body.contains("request_unknown"), "{}", answer.body);
    // One that nobody asked for.
    let mut unasked = visit.right(&request);
    unasked.in_response_to = None;
    let answer = visit.post(&unasked, &visit.credential).await;
    assert!(answer.body.contains("request_unknown"), "{}", answer.body);
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_told_in_plain_words() {
    let visit = Visit::start().await;
    let request = visit.log_in("/login").await;
    let status = Status {
        top: TopStatus::Responder,
        nested: vec![SecondStatus::NoAuthnContext.uri().into()],
        message: Some("<b>No</b>".into()),
    };
    let message = Message { status, assertion: None, ..visit.right(&request) };
    let answer = visit.post(&message, &visit.credential).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("<code id=\"error\">NoAuthnContext</code>"), "{}", answer.body);
    assert!(answer.body.contains("Your log-in is not strong enough"), "{}", answer.body);
    assert!(answer.body.contains("&lt;b&gt;No"), "{}", answer.body);
}

#[tokio::test]
async fn logging_out_here_asks_the_provider_and_tells_what_became_of_it() {
    let visit = Visit::start().await;
    let own = visit.origin.clone();
    for (nested, end) in [
        (vec![], "/logged-out"),
        (vec![SecondStatus::PartialLogout.uri().to_owned()], "/logged-out?part"),
    ] {
        visit.whole().await;
        let elsewhere = visit.log_out("http://127.0.0.1:1").await;
        assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
        assert!(visit.is_home().await, "a form of another site changes nothing");
        let location = visit.log_out(&own).await.location.expect("a redirect");
        let request: LogoutRequest = visit.asked(&location, "/slo").await;
        assert_eq!(request.name_id, name_id());
        assert_eq!(request.session_indexes, ["session-1"]);
        assert!(!visit.is_home().await);
        let response = LogoutResponse {
            header: visit.header("/saml/slo"),
            in_response_to: Some(request.header.id.clone()),
            status: Status { nested, ..success() },
        };
        let xml = response.write(None).expect("XML");
        let answer = visit.redirect(Parameter::Response, &xml, &visit.credential).await;
        assert_eq!(answer.location.as_deref(), Some(end), "{}", answer.body);
        let again = visit.redirect(Parameter::Response, &xml, &visit.credential).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "it counts once");
    }
    assert!(visit.get("/logged-out?part").await.body.contains("could not tell every application"));
}

#[tokio::test]
async fn the_provider_logs_somebody_out_here_and_is_answered() {
    let visit = Visit::start().await;
    visit.whole().await;
    let other_session =
        LogoutRequest { session_indexes: vec!["session-2".into()], ..visit.logout() };
    let other_person =
        LogoutRequest { name_id: NameId { value: "eve".into(), ..name_id() }, ..visit.logout() };
    for request in [other_session, other_person] {
        let xml = request.write(None).expect("XML");
        let answer = visit.redirect(Parameter::Request, &xml, &visit.credential).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(visit.is_home().await, "somebody else's session was meant");
    }
    let request = visit.logout();
    let xml = request.write(None).expect("XML");
    let answer = visit.redirect(Parameter::Request, &xml, &visit.credential).await;
    assert!(!visit.is_home().await);
    let location = answer.location.expect("a redirect");
    assert!(location.contains("&RelayState=kept&"), "{location}");
    let response: LogoutResponse = visit.asked(&location, "/slo-answers").await;
    assert_eq!(response.in_response_to, Some(request.header.id));
    assert_eq!(response.status, success());
}

#[tokio::test]
async fn a_log_out_that_is_not_the_providers_or_of_another_time_or_place_changes_nothing() {
    let visit = Visit::start().await;
    visit.whole().await;
    let good = visit.logout();
    let of = |change: fn(&mut LogoutRequest)| {
        let mut request = good.clone();
        change(&mut request);
        request.write(None).expect("XML")
    };
    let stranger = credential();
    let xml = of(|_| {});
    let mut answers = vec![visit.redirect(Parameter::Request, &xml, &stranger).await];
    let unsigned = redirect::write(Parameter::Request, &xml, None);
    answers.push(visit.get(&format!("/saml/slo?{unsigned}")).await);
    for xml in [
        of(|it| it.header.issuer = "https://x.example".into()),
        of(|it| it.header.destination = Some("https://x.example".into())),
        of(|it| it.header.issued_at = Timestamp::from_seconds(1_700_000_000)),
        of(|it| it.not_on_or_after = Some(Timestamp::from_seconds(1_700_000_000))),
    ] {
        answers.push(visit.redirect(Parameter::Request, &xml, &visit.credential).await);
    }
    for answer in answers {
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{}", answer.body);
        assert!(visit.is_home().await);
    }
}

#[tokio::test]
async fn a_provider_that_is_down_gives_a_page_with_a_way_on() {
    let (listener, issuer) = listener().await;
    drop(listener);
    let visit = Visit::of(issuer, credential()).await;
    let answer = visit.get("/login").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.body.contains("provider_unreachable"), "{}", answer.body);
    assert!(answer.body.contains("Try again"), "{}", answer.body);
}
