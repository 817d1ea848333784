//! Answers by reference (SAML Bindings §3.6): the browser carries an artifact, and the provider that
//! it is for fetches the message once.

use std::time::Duration;

use latchkey_core::Clock as _;
use latchkey_core::rng::SystemRng;
use latchkey_saml::artifact::Artifact;
use latchkey_saml::keys::Credential;
use latchkey_saml::messages::{
    ArtifactResolve, ArtifactResponse, Header, MessageId, RequestedConsumer, Response,
};
use latchkey_saml::names::{SecondStatus, TopStatus};
use latchkey_saml::soap;
use latchkey_saml::verify::{Demand, Received, Screened};
use latchkey_saml::write::soap_envelope;
use latchkey_tests::hostile::Victim;
use url::Url;

use super::refusals::told;
use super::{ENTITY, Provider, credential, our_key, post_from_elsewhere};
use crate::factors::apply;
use crate::support::http::{Answer, DAN, Person, ROTA, Site};

const CONSUMER: &str = "https://app.example/saml/artifact";
const OTHER: &str = "https://other.example/saml/metadata";

async fn dan(site: &Site) -> Person<'_> {
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    dan
}

/// The artifact that a log-in ends with, and what came back beside it.
async fn logged_in(
    site: &Site,
    provider: &Provider,
    relay_state: Option<&str>,
) -> (String, Option<String>) {
    let mut request = Provider::request(site);
    request.consumer = RequestedConsumer::Index(6);
    let answer = dan(site).await.get(&provider.redirect(&request, relay_state)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let address = Url::parse(answer.location().expect("an address")).expect("an address");
    assert!(address.as_str().starts_with(CONSUMER), "{address}");
    let value = |name: &str| {
        address.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    (value("SAMLart").expect("an artifact"), value("RelayState"))
}

fn resolve(site: &Site, issuer: &str, artifact: &str) -> ArtifactResolve {
    ArtifactResolve {
        header: Header {
            id: MessageId::random(&SystemRng),
            issued_at: site.clock.now(),
            destination: None,
            issuer: issuer.to_owned(),
        },
        artifact: artifact.to_owned(),
    }
}

async fn posted(site: &Site, envelope: String) -> Answer {
    let request = site.http.post(site.url("/saml/artifact"));
    let request = request.header("content-type", "text/xml; charset=utf-8");
    site.send(request.body(envelope)).await
}

/// What is answered to a request. What is not denied has to be signed.
async fn asked(
    site: &Site,
    resolve: &ArtifactResolve,
    credential: Option<&Credential>,
) -> ArtifactResponse {
    let message = resolve.write(credential).expect("XML");
    let answer = posted(site, soap_envelope(&message).expect("XML")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")));
    let screened = soap::screen(answer.body.as_bytes()).expect("an envelope");
    let received = screened.receive::<ArtifactResponse>(&[our_key(site).await], Demand::Either);
    let response = match received.expect("an answer") {
        Received::Verified(verified) => verified.into_inner(),
        Received::Unsigned(unsigned) => {
            assert_ne!(unsigned.status.top, TopStatus::Success, "whatever is said is signed");
            (*unsigned).clone()
        }
    };
    assert_eq!(response.in_response_to, resolve.header.id);
    response
}

/// That a request is denied: with a success and no message where somebody proved who they are.
async fn is_denied(site: &Site, resolve: &ArtifactResolve, credential: &Credential, what: &str) {
    let response = asked(site, resolve, Some(credential)).await;
    assert_eq!(response.status.top, TopStatus::Success, "{what}");
    assert!(response.message.is_none(), "{what}");
}

#[tokio::test]
async fn an_answer_by_artifact_is_fetched_by_its_provider_and_its_own_signatures_hold() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let odd = "/a?b=c&d=e%20f;g#h\"i\"<j>k\u{e9}\u{1f511}";
    let (artifact, relay_state) = logged_in(&site, &provider, Some(odd)).await;
    assert_eq!(relay_state.as_deref(), Some(odd));
    assert!(artifact.starts_with("AAQAA"), "type 0x0004, index 0: {artifact}");
    let request = resolve(&site, ENTITY, &artifact);
    let response = asked(&site, &request, Some(&provider.credential)).await;
    assert_eq!(response.status.top, TopStatus::Success);
    assert_eq!(response.header.issuer, site.url("/saml/metadata"));
    let message = response.message.expect("the message");
    let screened = Screened::parse(message.as_bytes()).expect("XML");
    let keys = [our_key(&site).await];
    let answer = screened.verify::<Response>(&keys).expect("signed by itself").into_inner();
    assert_eq!(answer.header.destination.as_deref(), Some(CONSUMER));
    let assertion = screened.verify_assertion(&keys).expect("signed by itself").into_inner();
    assert_eq!(assertion.audiences, [ENTITY]);
    assert_eq!(assertion.confirmation.recipient, CONSUMER);
    is_denied(&site, &resolve(&site, ENTITY, &artifact), &provider.credential, "a second time")
        .await;
    assert_eq!(told(&site).await.len(), 1);
}

#[tokio::test]
async fn a_relay_state_that_is_too_long_for_an_address_comes_back_in_a_form() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let mut request = Provider::request(&site);
    request.consumer = RequestedConsumer::Index(6);
    let long = "page ".repeat(400);
    let form = provider.form(&request, Some(&long));
    let page = post_from_elsewhere(&mut dan(&site).await, &site, &form).await;
    let form = page.form(CONSUMER);
    assert_eq!(form.field("RelayState"), Some(&*long));
    let artifact = form.field("SAMLart").expect("an artifact");
    let request = resolve(&site, ENTITY, artifact);
    let response = asked(&site, &request, Some(&provider.credential)).await;
    assert!(response.message.is_some());
}

#[tokio::test]
async fn a_message_is_kept_from_whoever_is_not_its_provider_and_stays_for_that_one() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let other = Provider::of(OTHER, false);
    apply(&site, &other.document("")).await;
    let (artifact, _) = logged_in(&site, &provider, None).await;
    let own = || resolve(&site, ENTITY, &artifact);

    let denied = asked(&site, &own(), None).await;
    assert_eq!(denied.status.top, TopStatus::Requester);
    assert_eq!(denied.status.nested, [SecondStatus::RequestDenied.uri()]);
    assert!(denied.message.is_none(), "unsigned");
    let theirs = resolve(&site, OTHER, &artifact);
    is_denied(&site, &theirs, &other.credential, "another provider").await;
    for (what, request, key) in [
        ("under the provider's name by another's key", own(), &other.credential),
        ("by a key that nobody registered", own(), &credential()),
        (
            "by somebody who is not registered",
            resolve(&site, "urn:nobody", &artifact),
            &credential(),
        ),
    ] {
        let message = request.write(Some(key)).expect("XML");
        let answer = posted(&site, soap_envelope(&message).expect("XML")).await;
        assert_eq!(answer.status, 400, "{what}");
        assert!(answer.body.contains("<soap:Fault>"), "{what}: {}", answer.body);
        assert!(!answer.body.contains("Assertion"), "{what}");
    }
    let mut stale = own();
    stale.header.issued_at = stale.header.issued_at.minus(Duration::from_secs(3600));
    let denied = asked(&site, &stale, Some(&provider.credential)).await;
    assert_eq!(denied.status.nested, [SecondStatus::RequestDenied.uri()], "stale");
    assert!(denied.message.is_none(), "stale");
    let mut misdirected = own();
    misdirected.header.destination = Some("https://elsewhere.example/saml/artifact".to_owned());
    let denied = asked(&site, &misdirected, Some(&provider.credential)).await;
    assert!(denied.message.is_none(), "misdirected");
    let ours = site.url("/saml/metadata");
    for (what, text) in [
        ("a handle that nobody made", Artifact::random(&SystemRng, &ours, 0).text()),
        ("another index", Artifact::random(&SystemRng, &ours, 1).text()),
        ("another source", Artifact::random(&SystemRng, OTHER, 0).text()),
    ] {
        let request = resolve(&site, ENTITY, text.expose());
        is_denied(&site, &request, &provider.credential, what).await;
    }
    is_denied(&site, &resolve(&site, ENTITY, "AAQ<&"), &provider.credential, "no artifact").await;
    assert_eq!(told(&site).await.len(), 11);

    let response = asked(&site, &own(), Some(&provider.credential)).await;
    assert!(response.message.is_some(), "it is there for the one that it is for");
}

#[tokio::test]
async fn no_hostile_request_is_handed_a_message_and_it_stays_for_its_provider() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let (artifact, _) = logged_in(&site, &provider, None).await;
    let (own, stranger) = (resolve(&site, ENTITY, &artifact), credential());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("it does not wait");
    let elsewhere = format!("http://{}", listener.local_addr().expect("bound"));
    let victim = Victim::resolving(&own, &provider.credential, &stranger, &elsewhere);
    let victim = victim.expect("messages");
    let mut sent = 0;
    for hostile in [victim.signatures(), victim.wrappings(), victim.documents()].concat() {
        let Some(xml) = &hostile.xml else { continue };
        sent += 1;
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{xml}\
             </s:Body></s:Envelope>"
        );
        let answer = posted(&site, envelope).await;
        assert!(matches!(answer.status, 200 | 400), "{}: {answer:?}", hostile.name);
        let told = answer.body.contains("RequestDenied") || answer.body.contains("<soap:Fault>");
        assert!(told && !answer.body.contains("Assertion"), "{}: {}", hostile.name, answer.body);
    }
    assert!(sent > 20, "{sent}");
    let nobody = listener.accept().expect_err("nothing is fetched");
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    let response =
        asked(&site, &resolve(&site, ENTITY, &artifact), Some(&provider.credential)).await;
    assert!(response.message.is_some(), "it is there for the one that it is for");
}

#[tokio::test]
async fn a_message_that_nobody_fetches_within_a_minute_is_gone() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let (artifact, _) = logged_in(&site, &provider, None).await;
    let (kept, _) = logged_in(&site, &provider, None).await;
    site.clock.advance(Duration::from_secs(60));
    let request = resolve(&site, ENTITY, &artifact);
    is_denied(&site, &request, &provider.credential, "late").await;
    let removed = latchkey::jobs::tidy(&site.app).await.expect("the database answers");
    assert_eq!(removed.artifacts, 1, "the other one: {kept}");
}

#[tokio::test]
async fn what_is_no_envelope_with_a_request_for_a_message_is_a_fault() {
    let site = Site::start().await;
    let provider = Provider::registered(&site, true, "").await;
    let other_kind = Provider::request(&site).write(Some(&provider.credential)).expect("XML");
    let good = resolve(&site, ENTITY, "AAQA").write(Some(&provider.credential)).expect("XML");
    let envelope = soap_envelope(&good).expect("XML");
    for (what, sent) in [
        ("nothing", String::new()),
        ("no XML", "<a".to_owned()),
        ("no envelope", good.clone()),
        ("another message", soap_envelope(&other_kind).expect("XML")),
        ("two messages", envelope.replace(&*good, &format!("{good}{good}"))),
        ("a document type", format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc\">]>{envelope}")),
        (
            "a header that has to be understood",
            envelope.replacen(
                "<soap:Body>",
                "<soap:Header><a xmlns=\"urn:a\" soap:mustUnderstand=\"1\"/></soap:Header><soap:Body>",
                1,
            ),
        ),
    ] {
        let answer = posted(&site, sent).await;
        assert_eq!(answer.status, 400, "{what}");
        assert!(answer.body.contains("<faultcode>soap:Client</faultcode>"), "{what}");
    }
    let post = async |content: &str, body: Vec<u8>| {
        let request = site.http.post(site.url("/saml/artifact")).header("content-type", content);
        site.send(request.body(body)).await.status
    };
    assert_eq!(post("text/xml", vec![b' '; 5_000_000]).await, 413);
    for content in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        assert_eq!(post(content, envelope.clone().into_bytes()).await, 415, "{content}");
    }
    assert_eq!(site.get("/saml/artifact").await.status, 405);
}

#[tokio::test]
async fn our_metadata_says_where_artifacts_are_resolved_and_that_no_request_comes_by_one() {
    let site = Site::start().await;
    let metadata = site.get("/saml/metadata").await.body;
    let services = |name: &str| {
        let start = format!("<md:{name} ");
        let found = metadata.split(&*start).skip(1);
        found.map(|it| it.split('>').next().expect("an end").to_owned()).collect::<Vec<_>>()
    };
    let resolution = services("ArtifactResolutionService");
    assert_eq!(resolution.len(), 1);
    assert!(resolution[0].contains(&format!("Location=\"{}\"", site.url("/saml/artifact"))));
    assert!(resolution[0].contains("index=\"0\"") && resolution[0].contains("bindings:SOAP"));
    assert!(services("SingleSignOnService").iter().all(|it| !it.contains("HTTP-Artifact")));
}
